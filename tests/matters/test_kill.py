"""Whoever was told “done” keeps it: the server is killed ten times while sixteen clients have acts taken."""

import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from tests.databases import surroundings_in

PROGRAM = Path(__file__).with_name("kill_server.py")
CLIENTS, ACTS, KILLS = 16, 200, 10
SHARES = [ACTS // CLIENTS + (number < ACTS % CLIENTS) for number in range(CLIENTS)]


@pytest.fixture
def surroundings(tmp_path: Path) -> Iterator[dict[str, str]]:
    with surroundings_in(tmp_path, "kill") as given:
        yield given


def _run(surroundings: dict[str, str], command: str) -> str:
    done = subprocess.run(
        [sys.executable, PROGRAM, command],
        env=surroundings,
        capture_output=True,
        text=True,
        timeout=50,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@contextmanager
def _served(surroundings: dict[str, str], pidfile: Path) -> Iterator[str]:
    server = subprocess.Popen(
        [sys.executable, PROGRAM, "serve", pidfile],
        env=surroundings,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert server.stdout
    try:
        yield server.stdout.readline().strip()
    finally:
        os.killpg(server.pid, signal.SIGKILL)
        server.wait()
        server.stdout.close()


def _clients(port: str, body: str, told: int) -> list["subprocess.Popen[bytes]"]:
    return [
        subprocess.Popen(
            [sys.executable, PROGRAM, "client", port, str(number), str(acts), body], stdout=told
        )
        for number, acts in enumerate(SHARES)
    ]


def _kill(pidfile: Path, before: int) -> int:
    """Kill the process now serving; it must be another than the one killed before."""
    deadline = time.monotonic() + 20
    while not pidfile.exists() or int(pidfile.read_text()) == before:
        assert time.monotonic() < deadline, "no server took over"
        time.sleep(0.002)
    serving = int(pidfile.read_text())
    time.sleep(random.uniform(0, 0.03))
    os.kill(serving, signal.SIGKILL)
    return serving


def _acknowledged(told: int, pidfile: Path) -> dict[str, dict[str, Any]]:
    """What clients were told, while the server is killed after every so many acknowledgements."""
    moments = sorted(random.sample(range(5, ACTS - 10), KILLS))
    answers: dict[str, dict[str, Any]] = {}
    killed = 0
    with os.fdopen(told) as lines:
        for line in lines:
            answer = json.loads(line)
            assert answer["token"] not in answers
            answers[answer["token"]] = answer
            if moments and len(answers) >= moments[0]:
                moments.pop(0)
                killed = _kill(pidfile, killed)
    assert moments == []
    return answers


def test_it_loses_doubles_and_halves_nothing_when_killed(surroundings: dict[str, str]) -> None:
    _run(surroundings, "prepare")
    body = _run(surroundings, "body").strip()
    with tempfile.TemporaryDirectory() as folder:
        pidfile = Path(folder) / "pid"
        read, write = os.pipe()
        with _served(surroundings, pidfile) as port:
            clients = _clients(port, body, write)
            os.close(write)
            answers = _acknowledged(read, pidfile)
            assert [client.wait(timeout=20) for client in clients] == [0] * CLIENTS
    found = json.loads(_run(surroundings, "report"))
    assert [answer for answer in answers.values() if "refused" in answer] == []
    told = {token: answer["hash"] for token, answer in answers.items()}
    assert len(found["taken"]) == len(told) == ACTS
    assert dict(found["taken"]) == told
    assert found["broken"] == []
    assert found["numbers"] == list(range(1, CLIENTS + 2))
    assert found["promises"] == found["replies"]
