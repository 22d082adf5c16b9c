"""A worker killed in the middle of an import: another takes it up, and every row is written once."""

import csv
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.databases import surroundings_in

ROWS = 400
ASK = """
import json, sys
import django
django.setup()
from datetime import date
from django.core.management import call_command
call_command("migrate", verbosity=0)
from bihuan.exchange import runs
from bihuan.jobs import queue
from tests.cast import make_cast
cast = make_cast()
run = runs.begin(cast.congress.pk, cast.clerk.pk, "suggestions", "a.csv",
                 open(sys.argv[1], "rb").read(), date(2026, 3, 2))
queue.put("import", {"run": run.id}, congress=cast.congress, by=cast.clerk)
print(run.folder)
"""
TELL = """
import json
import django
django.setup()
from bihuan.jobs.models import Job
from bihuan.matters.models import Matter
from bihuan.matters.verify import verify
job = Job.objects.get(kind="import")
print(json.dumps({"state": job.state, "claims": job.claim, "result": job.result,
                  "matters": Matter.objects.count(), "reason": job.reason,
                  "broken": [str(one) for one in verify().broken]}))
"""


@pytest.fixture
def surroundings(tmp_path: Path) -> Iterator[dict[str, str]]:
    with surroundings_in(tmp_path, "jobs", BIHUAN_JOB_LEASE="2") as given:
        yield given


def _python(surroundings: dict[str, str], program: str, *given: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", program, *given],
        env=surroundings,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip().splitlines()[-1]


def _worker(surroundings: dict[str, str]) -> "subprocess.Popen[bytes]":
    return subprocess.Popen([sys.executable, "-m", "bihuan", "worker"], env=surroundings)


def _until(told: str, folder: Path, worker: "subprocess.Popen[bytes]") -> None:
    """Wait until the run's file tells this."""
    deadline = time.monotonic() + 60
    while True:
        run = json.loads((folder / "run.json").read_text(encoding="utf-8"))
        if run["state"] == told and (told == "done" or run["done"]):
            return
        assert time.monotonic() < deadline and worker.poll() is None, run
        time.sleep(0.02)


def test_it_is_finished_once_by_another(surroundings: dict[str, str], tmp_path: Path) -> None:
    sheet = tmp_path / "a.csv"
    with sheet.open("w", newline="", encoding="utf-8") as file:
        lines = csv.writer(file)
        lines.writerow(["标题", "提出人", "办理结果"])
        lines.writerows([f"关于修缮第{n}号桥的建议", "李某", "A"] for n in range(ROWS))
    folder = Path(_python(surroundings, ASK, str(sheet)))
    first = _worker(surroundings)
    _until("running", folder, first)
    os.kill(first.pid, signal.SIGKILL)
    first.wait()
    between = json.loads(_python(surroundings, TELL))
    assert (between["state"], between["matters"]) == ("running", 0)
    second, third = _worker(surroundings), _worker(surroundings)
    try:
        _until("done", folder, second)
    finally:
        second.terminate()
        third.terminate()
        ended = [second.wait(timeout=20), third.wait(timeout=20)]
    assert ended == [0, 0]
    found = json.loads(_python(surroundings, TELL))
    assert (found["state"], found["claims"], found["matters"]) == ("done", 2, ROWS), found
    assert found["result"] == {"added": ROWS, "changed": 0}
    assert found["broken"] == []
