"""What this room does in the background: keys that a crash left behind after their ballot closed are destroyed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bihuan.ballots import voting
from bihuan.jobs.kinds import Progress
from bihuan.jobs.models import Job


def forget_keys(job: Job, progress: Progress) -> Mapping[str, Any]:
    """Destroy keys of urns that are empty."""
    return {"forgotten": voting.forget_left_keys()}
