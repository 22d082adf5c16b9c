"""The house's own round: limits that passed are noted, acts sealed, old jobs forgotten."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone

from bihuan.jobs import queue
from bihuan.jobs.kinds import Progress
from bihuan.jobs.models import Job
from bihuan.loop import rooms
from bihuan.matters.seal import seal
from bihuan.matters.sweep import sweep
from bihuan.people.models import Congress

KEPT = timedelta(days=180)
"""Jobs are a log of what the program did by itself; logs are kept for six months (《网络安全法》)."""


def sweep_all(job: Job, progress: Progress) -> Mapping[str, Any]:
    """Note every limit that passed, in every congress."""
    return asdict(sweep(timezone.localdate()))


def seal_all(job: Job, progress: Progress) -> Mapping[str, Any]:
    """Seal the acts of every congress."""
    today = timezone.localdate()
    return {
        str(one.pk): seal(one, today).root for one in Congress.objects.order_by("pk").iterator()
    }


def clear_jobs(job: Job, progress: Progress) -> Mapping[str, Any]:
    """Forget what was done long ago."""
    return {"cleared": queue.clear(timezone.now() - KEPT)}


def tidy_rooms(job: Job, progress: Progress) -> Mapping[str, Any]:
    """What institutions with a room of their own forget in time: `nightly.tidy` of each."""
    today = timezone.localdate()
    parts = rooms.parts(settings.INSTITUTION_PACKAGES, "nightly")
    return {key: part.tidy(today) for key, part in parts}
