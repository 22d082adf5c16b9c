"""A hall of thirty-five phones before a real server: all at once, turnout on the wall, and the power cut off."""

from __future__ import annotations

import json
import os
import random
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from tests.databases import surroundings_in

PROGRAM = Path(__file__).with_name("hall.py")
PHONES, WITHIN, LAG = 35, 10, 1.0
LEVELS = ["满意", "基本满意", "不满意"]


@dataclass
class Hall:
    """The server as a process, and what was prepared for it."""

    environment: dict[str, str]
    ballots: list[int]
    clerk: str
    phones: list[str]
    port: int = 0
    server: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the program as it is started in use, and wait until it answers."""
        self.port = self.port or _free_port()
        command = [sys.executable, "-m", "bihuan", "serve", "--no-worker", "--port", str(self.port)]
        self.server = subprocess.Popen(
            command,
            env=self.environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            try:
                self.get("/healthy/", self.clerk)
            except (OSError, HTTPException):
                time.sleep(0.05)
            else:
                return
        raise AssertionError("the server does not answer")

    def kill(self) -> None:
        """Cut the power: every process of the server at once."""
        if self.server:
            os.killpg(self.server.pid, signal.SIGKILL)
            self.server.wait()
            self.server = None

    def get(self, path: str, session: str) -> str:
        return self._ask("GET", path, session)[1]

    def vote(self, ballot: int, session: str, choice: int) -> tuple[str, bool]:
        """One vote as a phone gives it: the receipt shown, and whether it was acknowledged."""
        path = f"/ballots/{ballot}/vote/"
        cookie, page = self._ask("GET", path, session)
        if "您已经投过票了" in page:
            return "", False
        signed = re.search(r'name="receipt" value="([^"]+)"', page)
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        assert signed and token, page
        form = {"receipt": signed[1], "csrfmiddlewaretoken": token[1], "m1": str(choice)}
        _, answer = self._ask("POST", path, session, form, cookie)
        receipt = signed[1].partition(":")[0]
        return receipt, "您的票已经投进票箱" in answer and receipt in answer

    def _ask(
        self,
        method: str,
        path: str,
        session: str,
        form: dict[str, str] | None = None,
        cookie: str = "",
    ) -> tuple[str, str]:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            headers = {"Cookie": f"sessionid={session}; {cookie}"}
            if form:
                headers["Content-Type"] = "application/x-www-form-urlencoded"
            connection.request(method, path, urlencode(form) if form else None, headers)
            answer = connection.getresponse()
            text = answer.read().decode()
            assert answer.status < 500, text
            given = answer.headers.get("Set-Cookie", "").partition(";")[0]
            return given, text
        finally:
            connection.close()


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hall]:
    with surroundings_in(tmp_path_factory.mktemp("hall"), "hall") as environment:
        made = Hall(environment, **json.loads(_run(environment, "prepare")))
        try:
            made.start()
            yield made
        finally:
            made.kill()


def _run(environment: dict[str, str], *command: str) -> str:
    done = subprocess.run(
        [sys.executable, PROGRAM, *command],
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()[-1]


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        port: int = found.getsockname()[1]
        return port


@dataclass
class Told:
    """What phones and wall saw, with the moment they saw it."""

    acknowledged: dict[int, tuple[float, str]] = field(default_factory=dict)
    shown: list[tuple[float, int]] = field(default_factory=list)


def _watch(hall: Hall, ballot: int, told: Told, stop: threading.Event) -> None:
    """The page on the wall: asks every half second, as its page does, and notes when it shows how many."""
    while not stop.is_set():
        page = hall.get(f"/ballots/{ballot}/hall/turnout/", hall.clerk)
        found = re.search(r"<b>(\d+)</b>", page)
        assert found
        told.shown.append((time.monotonic(), int(found[1])))
        assert not [level for level in LEVELS if f"{level} " in page]
        time.sleep(0.5)


def test_it_takes_thirty_five_phones_at_once_and_shows_turnout_within_a_second(hall: Hall) -> None:
    ballot, told, stop = hall.ballots[0], Told(), threading.Event()
    wall = threading.Thread(target=_watch, args=[hall, ballot, told, stop])
    begun = threading.Barrier(PHONES + 1)

    def phone(number: int) -> None:
        begun.wait()
        time.sleep(random.uniform(0, 6))
        receipt, taken = hall.vote(ballot, hall.phones[number], number % 3)
        assert taken
        told.acknowledged[number] = (time.monotonic(), receipt)

    phones = [threading.Thread(target=phone, args=[n]) for n in range(PHONES)]
    for one in (wall, *phones):
        one.start()
    begun.wait()
    started = time.monotonic()
    for one in phones:
        one.join()
    took = time.monotonic() - started
    time.sleep(0.6)
    stop.set()
    wall.join()
    assert len(told.acknowledged) == PHONES
    assert took < WITHIN, took
    assert max(_lags(told)) <= LAG, sorted(_lags(told))[-5:]
    found = json.loads(_run(hall.environment, "close", str(ballot)))
    expected = {receipt: [LEVELS[n % 3]] for n, (_, receipt) in told.acknowledged.items()}
    assert found == {"papers": expected, "voted": PHONES, "broken": []}


def _lags(told: Told) -> list[float]:
    """How long after each acknowledgement the wall showed at least so many votes."""
    moments = sorted(moment for moment, _ in told.acknowledged.values())
    return [
        next(seen for seen, count in told.shown if count >= place and seen >= moment) - moment
        for place, moment in enumerate(moments, 1)
    ]


def test_it_loses_nothing_acknowledged_when_the_server_is_killed(hall: Hall) -> None:
    ballot, told = hall.ballots[1], Told()
    unsure: dict[int, list[str]] = {}

    def phone(number: int) -> None:
        """Votes until told that the vote was taken, or that one was before the answer got lost."""
        time.sleep(random.uniform(0, 1.5))
        while number not in told.acknowledged:
            try:
                receipt, taken = hall.vote(ballot, hall.phones[number], number % 3)
            except (OSError, HTTPException):
                time.sleep(0.05)
                continue
            if not receipt:
                unsure.setdefault(number, [])
                return
            if taken:
                told.acknowledged[number] = (time.monotonic(), receipt)

    phones = [threading.Thread(target=phone, args=[n]) for n in range(PHONES)]
    for one in phones:
        one.start()
    while len(told.acknowledged) < PHONES // 3:
        time.sleep(0.005)
    hall.kill()
    kept = dict(told.acknowledged)
    hall.start()
    for one in phones:
        one.join(timeout=60)
    found: dict[str, Any] = json.loads(_run(hall.environment, "close", str(ballot)))
    receipts = {receipt: [LEVELS[n % 3]] for n, (_, receipt) in told.acknowledged.items()}
    assert len(kept) < PHONES
    assert receipts.items() <= found["papers"].items()
    assert len(told.acknowledged) + len(unsure) == PHONES
    assert len(found["papers"]) == found["voted"] == PHONES
    assert found["broken"] == []
