"""How much the program itself asks of a unit: counted, so that reminding does not become a burden unseen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Sum
from django.db.models.functions import ExtractMonth

from bihuan.people.models import Body, Congress
from bihuan.reminders.models import Outgone, Reminder


@dataclass(frozen=True)
class Load:
    """`events`: things a unit was told of. `sent`: reminders made of them, one for each person told."""

    events: int
    sent: int


def load_on(body: Body, begins: date, ends: date) -> Load:
    """The load on a body and all below it, from the first day to the last, both counted."""
    rows = Reminder.objects.filter(
        congress=body.congress_id, body__path__startswith=body.path, day__range=(begins, ends)
    )
    return Load(rows.values("event").distinct().count(), rows.count())


def by_month(congress: Congress, year: int) -> list[tuple[Body, list[int], int]]:
    """Each body that was told of anything in the year: events in each month, and in all. By name, unranked."""
    rows = (
        Reminder.objects.filter(congress=congress, day__year=year)
        .exclude(body=None)
        .order_by()
        .values_list("body", ExtractMonth("day"))
        .annotate(events=Count("event", distinct=True))
    )
    months: dict[int, list[int]] = {}
    for body, month, events in rows:
        months.setdefault(body, [0] * 12)[month - 1] = events
    bodies = Body.objects.filter(pk__in=months).order_by("name")
    return [(body, months[body.pk], sum(months[body.pk])) for body in bodies]


def sent_outside(congress: Congress, year: int) -> dict[int, int]:
    """How many messages about each body's matters left the program in the year, by any channel, to anybody."""
    rows = Outgone.objects.filter(congress=congress, year=year).order_by()
    return dict(rows.values_list("body").annotate(whole=Sum("messages")))
