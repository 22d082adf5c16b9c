"""A worker: takes up one job after the other, says that it lives, and leaves a clear end behind.

Work of a kind that is `whole` and the mark that it is done are one transaction: a worker killed in the middle
has written nothing, and one that lost its lease writes nothing. So another does it, and it is done once.
"""

from __future__ import annotations

import logging
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

from django.db import DatabaseError, close_old_connections, connection, transaction
from django.utils import timezone

from bihuan.jobs import queue, schedule
from bihuan.jobs.kinds import Kind, NotToBeDone, Progress, kind
from bihuan.jobs.models import Job

PAUSE = 1.0
LOOK_ROUND = 20.0
"""Seconds between looks at the queue when it is empty, and at the schedule."""
log = logging.getLogger("bihuan.jobs")


class LostHold(Exception):
    """Another worker has taken the job up meanwhile: undo what this one wrote."""


def name() -> str:
    """This worker's name: machine and process."""
    return f"{socket.gethostname()}/{os.getpid()}"


def work(going_on: Callable[[], bool], who: str = "") -> None:
    """Work until `going_on` says no; the job at hand is finished first."""
    who, looked = who or name(), 0.0
    while going_on():
        close_old_connections()
        try:
            if time.monotonic() - looked > LOOK_ROUND or not looked:
                schedule.put_due()
                looked = time.monotonic()
            job = queue.claim(who)
        except DatabaseError:
            log.warning("the database does not answer; looking again", exc_info=True)
            job = None
        if job:
            carry_out(job)
        else:
            time.sleep(PAUSE)


def drain(who: str = "") -> int:
    """Do whatever is ready now, in this process; returns how many jobs were taken up."""
    taken = 0
    while job := queue.claim(who or name()):
        carry_out(job)
        taken += 1
    return taken


def carry_out(job: Job) -> None:
    """Do one claimed job and write how it ended. Raises nothing but what stops the process."""
    try:
        found = kind(job.kind)
        with _alive(job) as progress:
            _do(found, job, progress)
    except LostHold:
        log.warning("job %s was taken up by another worker", job.pk)
    except NotToBeDone as refused:
        queue.fail(job, str(refused))
    except Exception as error:  # whatever went wrong must be seen by whoever waits for it
        log.exception("job %s (%s) failed", job.pk, job.kind)
        _failed(job, error)


def _do(found: Kind, job: Job, progress: Progress) -> None:
    with transaction.atomic() if found.whole else nullcontext():
        result = found.run(job, progress) or {}
        if not queue.finish(job, result):
            raise LostHold


def _failed(job: Job, error: Exception) -> None:
    reason = f"{type(error).__name__}：{error}"
    try:
        most = kind(job.kind).tries
        if queue.tries(job) < most:
            queue.put_off(job, reason)
        else:
            queue.fail(job, f"试了 {most} 次都没有完成。{reason}")
    except DatabaseError:
        log.exception("job %s: its end could not be written; its lease will run out", job.pk)


@contextmanager
def _alive(job: Job) -> Iterator[Progress]:
    """Renew the lease beside the work, on a connection of its own, and pass on how far it has come."""
    stop, told = threading.Event(), [0, 0]

    def progress(done: int, whole: int) -> None:
        told[:] = [done, whole]

    def beat() -> None:
        try:
            while not stop.wait(queue.LEASE.total_seconds() / 6):
                _renew(job, told)
        finally:
            connection.close()

    pulse: Any = threading.Thread(target=beat, daemon=True)
    pulse.start()
    try:
        yield progress
    finally:
        stop.set()
        pulse.join()


def _renew(job: Job, told: list[int]) -> None:
    """SQLite lets nobody write beside a transaction that writes, so nobody can take the job either."""
    try:
        queue.renew(job, *told)
    except DatabaseError:
        log.debug("job %s: lease not renewed at %s", job.pk, timezone.now())
