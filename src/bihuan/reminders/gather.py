"""From acts and limits to reminders: read only, by a cursor over the acts, so that nothing hangs on a signal.

Twice is once: an event and a person are a unique pair. Any number of workers may run, and die.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Max
from django.utils import timezone

from bihuan.loop.terms import working_days_between
from bihuan.matters import house
from bihuan.matters.models import Act, Assignment, Matter
from bihuan.matters.queries import due_soon, is_open
from bihuan.people.models import Body, Congress
from bihuan.reminders.models import Cursor, Reminder
from bihuan.reminders.recipients import Recipients
from bihuan.reminders.rules import reminding_of

OVERLAP = timedelta(minutes=15)
"""Numbers are dealt out before a transaction ends: acts younger than this are looked at again."""
RECENT = timedelta(days=14)
"""What happened longer ago (a ledger of past years taken in) is news to nobody."""
FARTHEST = 30
"""Calendar days looked ahead at most: the working days asked for and the longest holidays lie within."""
MOST_AT_ONCE = 500


@dataclass(frozen=True)
class Event:
    """Something to be told: of which matter, to which body (None: to the clerks)."""

    kind: str
    key: str
    matter: Matter
    body: Body | None
    act: Act | None = None
    due_on: date | None = None


def gather(congress: Congress, now: datetime) -> int:
    """Tell what is new, as of the local day of `now`. Returns how many reminders were made.

    Reminders begin with the first call: what was done before it is told to nobody.
    """
    today = timezone.localdate(now)
    begins = Act.objects.filter(congress=congress).aggregate(last=Max("pk"))["last"] or 0
    cursor, _ = Cursor.objects.get_or_create(congress=congress, defaults={"seen_to": begins})
    recipients, made = Recipients(congress, today), 0
    for acts in _batches(congress, cursor.seen_to):
        recent = [act for act in acts if act.day >= today - RECENT]
        made += _tell(congress, recipients, _of_acts(recent), now)
        _advance(cursor, acts, now - OVERLAP)
    return made + _tell(congress, recipients, _of_limits(congress, today), now)


def _batches(congress: Congress, after: int) -> Iterator[list[Act]]:
    """The acts since, a few hundred at a time."""
    rows = Act.objects.filter(congress=congress).select_related("matter").order_by("pk")
    while acts := list(rows.filter(pk__gt=after)[:MOST_AT_ONCE]):
        yield acts
        after = acts[-1].pk


def _advance(cursor: Cursor, acts: list[Act], before: datetime) -> None:
    settled = [act.pk for act in acts if act.at < before]
    if settled:
        newer = Cursor.objects.filter(pk=cursor.pk, seen_to__lt=settled[-1])
        newer.update(seen_to=settled[-1])


def _tell(
    congress: Congress, recipients: Recipients, events: Iterator[Event], now: datetime
) -> int:
    rows = [
        Reminder(
            congress=congress,
            user=user,
            body=event.body,
            matter=event.matter,
            act=event.act,
            kind=event.kind,
            event=event.key,
            due_on=event.due_on,
            day=timezone.localdate(now),
            at=now,
        )
        for event in events
        for user in recipients.of(event.body)
        if recipients.may_see(user, event.matter)
    ]
    before = Reminder.objects.filter(congress=congress).count()
    Reminder.objects.bulk_create(rows, ignore_conflicts=True, batch_size=MOST_AT_ONCE)
    return Reminder.objects.filter(congress=congress).count() - before


def _of_acts(acts: list[Act]) -> Iterator[Event]:
    for act in acts:
        kind = _kind(act)
        if not kind:
            continue
        if kind in ("returned", "lapsed"):
            yield Event(kind, f"act/{act.pk}", act.matter, None, act)
        if kind != "returned":
            for share in _shares(act, kind):
                yield Event(
                    kind, f"act/{act.pk}/{share.key}", act.matter, share.body, act, share.due_on
                )


def _kind(act: Act) -> str:
    """As what its declaration says it is told; an act declared no more is told to nobody."""
    one = house.institutions().get(act.institution)
    return next((each.tells for each in one.acts if each.id == act.kind), "") if one else ""


def _shares(act: Act, kind: str) -> list[Assignment]:
    """The shares an act speaks to: its own, those it gave out, or all that are still open."""
    shares = Assignment.objects.filter(matter=act.matter_id).select_related("body")
    if act.share:
        return list(shares.filter(key=act.share))
    if kind == "handed":
        return list(shares.filter(handed_on=act.day).exclude(phase="void"))
    return list(shares.filter(is_open()))


def _of_limits(congress: Congress, today: date) -> Iterator[Event]:
    """Shares whose limit is at most so many working days away; once a limit, anew when it is moved."""
    calendar, before = house.calendar_of(congress), reminding_of(congress, today).before
    near = Assignment.objects.filter(due_soon(today, FARTHEST), congress=congress)
    for share in near.select_related("body", "matter").order_by("pk"):
        assert share.due_on is not None
        if working_days_between(today, share.due_on, calendar) <= before:
            key = f"soon/{share.pk}/{share.due_on}"
            yield Event("soon", key, share.matter, share.body, due_on=share.due_on)
