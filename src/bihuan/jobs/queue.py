"""Putting jobs, claiming them, keeping hold of them, ending them: each one short transaction.

A claim is a lease. A worker that lives renews it; one that was killed lets it run out, and another takes the
job up with the next claim. Only the newest claim may end a job.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.db.models import Count, F, Q, QuerySet
from django.utils import timezone

from bihuan.jobs.models import Job
from bihuan.people.models import Congress, User

LEASE = timedelta(seconds=settings.JOB_LEASE_SECONDS)
WAIT, LONGEST_WAIT = timedelta(seconds=20), timedelta(hours=1)
"""Before a job is tried again: doubled each time, never longer than an hour."""


def put(
    kind: str,
    data: Mapping[str, Any] | None = None,
    *,
    about: str = "",
    congress: Congress | None = None,
    by: User | None = None,
    slot: str | None = None,
    at: datetime | None = None,
) -> Job:
    """Ask for work, inside the caller's transaction: if that is undone, nothing was asked.

    With a `slot`, the job that already has it is returned instead of a second one.
    """
    now = timezone.now()
    job = Job(
        kind=kind,
        data=dict(data or {}),
        about=about[:200],
        congress=congress,
        asked_by=by,
        slot=slot,
        put_at=now,
        due_at=at or now,
    )
    if slot is None:
        job.save()
        return job
    try:
        with transaction.atomic():
            job.save(force_insert=True)
            return job
    except IntegrityError:
        return Job.objects.get(slot=slot)


def ready(now: datetime) -> QuerySet[Job]:
    """What may be taken up now: what waits and is due, and what a worker left lying. Oldest first."""
    left = Q(state="running", lease_until__lt=now)
    waiting = Q(state="waiting", due_at__lte=now)
    return Job.objects.filter(waiting | left).order_by("due_at", "id")


def claim(worker: str, now: datetime | None = None) -> Job | None:
    """Take up one job, or None where there is none. No two workers get the same one."""
    now = now or timezone.now()
    if not ready(now).exists():
        return None
    with transaction.atomic():
        rows = ready(now)
        if connection.vendor == "postgresql":
            rows = rows.select_for_update(skip_locked=True)
        job = rows.first()
        if job is None:
            return None
        job.state, job.worker, job.claim = "running", worker[:80], job.claim + 1
        job.started_at, job.lease_until, job.ended_at = now, now + LEASE, None
        job.done = job.whole = 0
        job.save()
        return job


def held(job: Job) -> QuerySet[Job]:
    """The job's row as long as this claim is the newest and not ended."""
    return Job.objects.filter(pk=job.pk, claim=job.claim, state="running")


def renew(job: Job, done: int, whole: int) -> bool:
    """Say that the work goes on, and how far it has come; False where another has taken it up."""
    lease = timezone.now() + LEASE
    return held(job).update(lease_until=lease, done=done, whole=whole) == 1


def finish(job: Job, result: Mapping[str, Any]) -> bool:
    """The work is done; False where another has taken it up, and what was written must be undone."""
    ended = {"state": "done", "ended_at": timezone.now(), "lease_until": None, "reason": ""}
    return held(job).update(**ended, result=dict(result)) == 1


def fail(job: Job, reason: str) -> None:
    """The work cannot be done."""
    ended = {"state": "failed", "ended_at": timezone.now(), "lease_until": None}
    held(job).update(**ended, reason=reason[:2000])


def put_off(job: Job, reason: str) -> None:
    """The work failed and will be tried again, later each time."""
    wait = min(WAIT * 2 ** min(job.claim - 1, 10), LONGEST_WAIT)
    held(job).update(
        state="waiting", due_at=timezone.now() + wait, lease_until=None, reason=reason[:2000]
    )


def retry(job: Job) -> bool:
    """Somebody asks for a failed job once more; its count of tries begins anew from here."""
    again = {"state": "waiting", "due_at": timezone.now(), "ended_at": None, "reason": ""}
    failed = Job.objects.filter(pk=job.pk, state="failed")
    return failed.update(**again, data={**job.data, "tries_before": job.claim}) == 1


def tries(job: Job) -> int:
    """How often the job was taken up since somebody asked for it."""
    before = job.data.get("tries_before", 0)
    return job.claim - (before if isinstance(before, int) else 0)


def clear(before: datetime) -> int:
    """Forget jobs that were done before this moment; those that failed stay until somebody looks."""
    count, _ = Job.objects.filter(state="done", ended_at__lt=before).delete()
    return count


def counts(congress: Congress) -> dict[str, int]:
    """How many jobs stand in each state, of a congress and of the house as a whole."""
    mine = Job.objects.filter(Q(congress=congress) | Q(congress=None))
    return dict(mine.order_by().values_list("state").annotate(n=Count("id")))


def longest_waiting(now: datetime) -> timedelta:
    """How long the oldest job that is due has waited: a worker is missing when this grows."""
    first = ready(now).filter(state="waiting").values_list(F("due_at"), flat=True).first()
    return now - first if first else timedelta(0)
