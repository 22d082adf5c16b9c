"""What the interfaces do in the background."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bihuan.api.webhooks import deliver_due
from bihuan.jobs.kinds import Progress
from bihuan.jobs.models import Job


def send_notices(job: Job, progress: Progress) -> Mapping[str, Any]:
    """Send every notice that is due. Failures are tried again by their own schedule, so the job never fails."""
    return deliver_due()
