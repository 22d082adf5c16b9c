"""Limits and sessions as an iCalendar feed (RFC 5545), for the calendar on a phone or in an office.

The address is secret and the file lies on other people's servers: confidential institutions tell no title, and
only what waits for the reader himself is in it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet
from icalendar import Alarm, Calendar, Event

import bihuan
from bihuan.loop import rooms
from bihuan.loop.spec import Institution
from bihuan.matters import access, house, queries
from bihuan.matters.models import Assignment, Matter, Proposer
from bihuan.people.models import Session

BEFORE, AHEAD = timedelta(days=30), timedelta(days=366)
MOST = 1000
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Entry:
    """One day in the calendar: `uid` stays the same while the limit moves."""

    uid: str
    day: date
    until: date
    title: str
    note: str = ""
    url: str = ""
    remind: bool = True


def feed(standing: access.Standing, root: str) -> bytes:
    """The calendar of one user on a day. `root` is the address of the house, without a slash at the end."""
    made = Calendar()
    made.add("prodid", f"-//bihuan//{bihuan.__version__}//ZH")
    made.add("version", "2.0")
    made.add("method", "PUBLISH")
    made.add("x-wr-calname", "人大监督事项时限")
    made.add("refresh-interval;value=duration", "PT6H")
    stamp = datetime.combine(standing.day, time(), UTC)
    for entry in [*limits(standing, root), *sessions(standing), *of_rooms(standing, root)]:
        made.add_component(_event(entry, stamp))
    return bytes(made.to_ical())


def of_rooms(standing: access.Standing, root: str) -> Iterable[Entry]:
    """What institutions with a room of their own add: `calendars.entries` of each."""
    for _, part in rooms.parts(settings.INSTITUTION_PACKAGES, "calendars"):
        yield from part.entries(standing, root)


def _event(entry: Entry, stamp: datetime) -> Event:
    event = Event()
    event.add("uid", entry.uid)
    event.add("dtstamp", stamp)
    event.add("dtstart", entry.day)
    event.add("dtend", entry.until + ONE_DAY)
    event.add("summary", entry.title)
    event.add("transp", "TRANSPARENT")
    if entry.note:
        event.add("description", entry.note)
    if entry.url:
        event.add("url", entry.url)
    if entry.remind:
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", entry.title)
        alarm.add("trigger", timedelta(hours=-15))
        event.add_component(alarm)
    return event


def limits(standing: access.Standing, root: str) -> Iterable[Entry]:
    """What is due for this user: his bodies' shares, his own proposals, or the whole house he oversees."""
    first, last = standing.day - BEFORE, standing.day + AHEAD
    window = Q(due_on__gte=first, due_on__lte=last) & queries.is_open()
    if standing.has(*access.BY_BODY) and not standing.has(*access.WHOLE_CONGRESS):
        yield from _of_shares(standing, window, root)
        return
    for row in _own(standing).filter(window).order_by("due_on", "pk")[:MOST]:
        assert row.due_on is not None
        yield _limit(row, f"m{row.pk}", row.due_on, root)


def _own(standing: access.Standing) -> QuerySet[Matter]:
    """A deputy's calendar holds what he proposed, not all that he may read."""
    rows = access.visible(standing)
    if standing.has(*access.WHOLE_CONGRESS) or not standing.seats:
        return rows
    proposed = Proposer.objects.filter(matter=OuterRef("pk"), seat__in=standing.seats)
    return rows.filter(Exists(proposed))


def _of_shares(standing: access.Standing, window: Q, root: str) -> Iterable[Entry]:
    rows = access.visible_shares(standing).filter(window)
    rows = rows.filter(matter__in=access.visible(standing).values("pk"))
    for share in rows.select_related("matter").order_by("due_on", "pk")[:MOST]:
        assert share.due_on is not None
        yield _limit(share.matter, f"m{share.matter_id}s{share.key}", share.due_on, root, share)


def _limit(row: Matter, key: str, day: date, root: str, share: Assignment | None = None) -> Entry:
    one = house.institution(row.institution)
    number = f"{row.year}年第{row.number}号" if row.number else ""
    told = f"{one.title}{number}" if is_confidential(one) else f"{row.title}（{one.title}{number}）"
    state = next((s.title for s in one.states if s.id == (share or row).state), "")
    return Entry(
        uid=f"{key}@{row.congress_id}.bihuan",
        day=day,
        until=day,
        title=f"到期：{told}",
        note="" if is_confidential(one) else f"现在环节：{state}",
        url=f"{root}/m/{row.pk}/",
    )


def is_confidential(one: Institution) -> bool:
    """Whether its matters are open to some roles only: then nothing of them goes into a file."""
    return bool(one.visible_to)


def sessions(standing: access.Standing) -> Iterable[Entry]:
    """The sessions of the congress, if he works in it."""
    if not standing.roles:
        return
    rows = Session.objects.filter(term__congress=standing.user.congress, begins__isnull=False)
    for row in rows.filter(begins__gte=standing.day - AHEAD).order_by("begins"):
        assert row.begins is not None
        until = row.ends if row.ends and row.ends >= row.begins else row.begins
        yield Entry(f"session{row.pk}@bihuan", row.begins, until, row.name, remind=False)
