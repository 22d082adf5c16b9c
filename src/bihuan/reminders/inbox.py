"""A person's own reminders: what he may still see, what he has not read."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet

from bihuan.matters import access
from bihuan.reminders.models import Reminder


def inbox(standing: access.Standing) -> QuerySet[Reminder]:
    """His reminders, newest first; of a matter that he may no longer see, none."""
    own = Reminder.objects.filter(user_id=standing.user.pk, matter__in=access.visible(standing))
    return own.select_related("matter", "body", "act").order_by("-id")


def unread(standing: access.Standing) -> int:
    """How many he has not read."""
    if not Reminder.objects.filter(user_id=standing.user.pk, read_at=None).exists():
        return 0
    return inbox(standing).filter(read_at=None).count()


def mark_read(standing: access.Standing, now: datetime, pk: int | None = None) -> int:
    """Mark one of his as read, or all; how many that were."""
    rows = Reminder.objects.filter(user_id=standing.user.pk, read_at=None)
    return (rows if pk is None else rows.filter(pk=pk)).update(read_at=now)
