"""From reminders to messages: one digest an outlet and day, what is urgent at once, nothing in quiet hours.

Twice is once here too: an event and an outlet are a unique pair, an outlet and a day have one digest.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from bihuan.loop.calendar import Calendar
from bihuan.matters import house
from bihuan.people.models import Congress
from bihuan.reminders.gateways import offered
from bihuan.reminders.models import Item, Message, Outlet, Reminder
from bihuan.reminders.rules import Reminding, may_disturb, reminding_of

OLDEST = timedelta(days=14)
MOST = 200
"""What an outlet has not been told in two weeks, or beyond so many at once, is left to the inbox."""


def plan(congress: Congress, now: datetime) -> int:
    """Make the messages that are to be sent now. Returns how many."""
    local = timezone.localtime(now)
    rules, calendar = reminding_of(congress, local.date()), house.calendar_of(congress)
    outlets = Outlet.objects.filter(congress=congress, on=True, channel__in=offered(congress))
    return sum(
        _for(outlet, rules, calendar, local)
        for outlet in outlets.select_related("user", "body").order_by("pk")
    )


def _for(outlet: Outlet, rules: Reminding, calendar: Calendar, local: datetime) -> int:
    if not may_disturb(rules, outlet, local, calendar):
        return 0
    return _digest(outlet, rules, local) + _urgent(outlet, rules, local)


def _digest(outlet: Outlet, rules: Reminding, local: datetime) -> int:
    """What was known when the hour of the digest struck; a day whose digest is made has no other."""
    struck = datetime.combine(local.date(), time(rules.digest_hour), local.tzinfo)
    made = Message.objects.filter(outlet=outlet, day=local.date(), urgent=False)
    if local < struck or made.exists():
        return 0
    lost = Item.objects.filter(outlet=outlet, lost=True)
    rows = untold(outlet, local, lost.values("event")).filter(at__lt=struck)
    return _make(outlet, rows, local, urgent=False)


def _urgent(outlet: Outlet, rules: Reminding, local: datetime) -> int:
    rows = untold(outlet, local).filter(kind__in=rules.urgent)
    return _make(outlet, rows, local, urgent=True)


def untold(outlet: Outlet, now: datetime, again: QuerySet[Any] | None = None) -> QuerySet[Reminder]:
    """What this outlet wants to be told of and was not; what a person has read himself is told him no more.

    `again`: events that count as not told.
    """
    told = Item.objects.filter(outlet=outlet)
    told = told if again is None else told.exclude(event__in=again)
    rows = Reminder.objects.filter(
        congress=outlet.congress_id,
        kind__in=outlet.kinds,
        at__gte=max(outlet.since, now - OLDEST),
    ).exclude(event__in=told.values("event"))
    if outlet.user_id:
        return rows.filter(user=outlet.user_id, read_at=None).order_by("pk")
    assert outlet.body is not None
    return rows.filter(body__path__startswith=outlet.body.path).order_by("pk")


def _make(outlet: Outlet, rows: QuerySet[Reminder], now: datetime, *, urgent: bool) -> int:
    """One message of these rows. A group is told of an event once, however many persons were."""
    events = {one.event: one for one in rows[:MOST]}
    if not events:
        return 0
    try:
        with transaction.atomic():
            message = Message.objects.create(
                congress=outlet.congress,
                outlet=outlet,
                urgent=urgent,
                day=now.date(),
                size=len(events),
                made_at=now,
                next_at=now,
            )
            Item.objects.filter(outlet=outlet, lost=True, event__in=events).delete()
            Item.objects.bulk_create(
                Item(message=message, outlet=outlet, reminder=one, event=event)
                for event, one in events.items()
            )
    except IntegrityError:  # another process was first
        return 0
    return 1
