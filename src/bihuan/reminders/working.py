"""What reminding does in the background."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from bihuan.jobs import queue
from bihuan.jobs.kinds import Progress
from bihuan.jobs.models import Job
from bihuan.people.models import Congress
from bihuan.reminders import send
from bihuan.reminders.gather import gather
from bihuan.reminders.plan import plan


def gather_all(job: Job, progress: Progress) -> Mapping[str, Any]:
    """Every congress's new reminders and the messages that carry them outside, which are sent by another job."""
    now = timezone.now()
    congresses = list(Congress.objects.order_by("pk"))
    made = sum(gather(one, now) for one in congresses)
    messages = sum(plan(one, now) for one in congresses)
    if messages:
        queue.put("messages")
    return {"reminders": made, "messages": messages}


def send_all(job: Job, progress: Progress) -> Mapping[str, Any]:
    """Send every message that is due. Failures are tried again by their own waits, so the job never fails."""
    return send.send_due()


def clear(job: Job, progress: Progress) -> Mapping[str, Any]:
    """Forget the log of messages after half a year."""
    return {"cleared": send.clear(timezone.now())}
