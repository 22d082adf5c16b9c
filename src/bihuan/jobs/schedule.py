"""What comes round by itself: each turn is a slot that only one job can have, whichever worker is first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.conf import settings
from django.utils import timezone

from bihuan.jobs import queue
from bihuan.jobs.models import Job


@dataclass(frozen=True)
class Turn:
    """A kind of job that comes round: every day at a time of the day (local), or every so many minutes."""

    kind: str
    daily: str = ""
    minutes: int = 0

    def last(self, now: datetime) -> datetime:
        """The newest turn at or before `now`."""
        local = timezone.localtime(now)
        if self.minutes:
            passed = (local.hour * 60 + local.minute) // self.minutes * self.minutes
            return local.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(
                minutes=passed
            )
        today = datetime.combine(local.date(), time.fromisoformat(self.daily), local.tzinfo)
        return today if today <= local else today - timedelta(days=1)

    def next(self, now: datetime) -> datetime:
        """The turn after `now`."""
        return self.last(now) + (timedelta(minutes=self.minutes) if self.minutes else timedelta(1))

    def slot(self, turn: datetime) -> str:
        """The name that only one job of this turn can have."""
        return f"{self.kind}@{turn:%Y-%m-%dT%H:%M}"


def turns() -> list[Turn]:
    """The schedule, from the settings."""
    return [Turn(**told) for told in settings.SCHEDULE]


def put_due(now: datetime | None = None) -> list[Job]:
    """Ask for every turn that has come and was not asked for yet. A turn missed while no worker ran is
    made up for once, not once for every day that passed."""
    return list(_due(now or timezone.now()))


def _due(now: datetime) -> Iterator[Job]:
    for turn in turns():
        slot = turn.slot(turn.last(now))
        if not Job.objects.filter(slot=slot).exists():
            yield queue.put(turn.kind, slot=slot)
