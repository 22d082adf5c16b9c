"""Planning sessions and putting items on their agendas. Items are matters: written by acts, and moved along."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time

from django.db import IntegrityError, transaction
from django.db.models import Max, QuerySet

from bihuan.institutions.sessions.models import CommitteeSession, Item
from bihuan.institutions.sessions.readers import KEY
from bihuan.loop.forms import Refusal
from bihuan.loop.spec import Value
from bihuan.matters.act import Doer, NotDone, act, raise_matter
from bihuan.matters.models import Matter
from bihuan.people.models import Congress, User

BEFORE = ("listed", "preparing", "sending", "ready")
"""States of an item whose session is still to come."""
LONGEST_SESSION_DAYS = 15
YEARS = range(1954, 2200)
"""The first local people's congresses met in 1954; a year beyond these is a slip."""


@dataclass(frozen=True)
class Planned:
    """What is filled in to plan a session."""

    number: int
    begins: date
    ends: date
    starts_at: time | None = None
    place: str = ""


def named(number: int) -> str:
    """常委会第34次会议."""
    return f"常委会第{number}次会议"


def next_number(congress: Congress) -> int:
    """The number after the last one planned."""
    last = CommitteeSession.objects.filter(congress=congress).aggregate(n=Max("number"))["n"]
    return int(last or 0) + 1


def plan(congress: Congress, wanted: Planned, by: User | None) -> CommitteeSession | Refusal:
    """Plan a session. Refused where its days or its number cannot be."""
    wrong = _days_wrong(wanted.begins, wanted.ends)
    if wrong:
        return wrong
    try:
        with transaction.atomic():
            return CommitteeSession.objects.create(
                congress=congress,
                number=wanted.number,
                name=named(wanted.number),
                begins=wanted.begins,
                ends=wanted.ends,
                starts_at=wanted.starts_at,
                place=wanted.place,
                planned_by=by,
            )
    except IntegrityError:
        return Refusal(f"已经有“{named(wanted.number)}”了，请改会次", "number")


def _days_wrong(begins: date, ends: date) -> Refusal | None:
    if begins.year not in YEARS:
        return Refusal(f"开会日 {begins} 的年份不对，请核对", "begins")
    if ends < begins:
        return Refusal("结束日早于开会日，请核对", "ends")
    if (ends - begins).days > LONGEST_SESSION_DAYS:
        return Refusal(f"一次会议最多排 {LONGEST_SESSION_DAYS} 天，请核对结束日", "ends")
    return None


def list_item(
    session: CommitteeSession,
    act_id: str,
    data: Mapping[str, Value],
    doer: Doer,
    today: date,
    token: str = "",
) -> Item | Refusal:
    """Put an item on the agenda by one of the acts that raise it: `list_report` or `list_item`.

    The same token never lists two.
    """
    if session.closed_at or session.called_off_on:
        return Refusal("这次会议已经结束或者取消，不能再列议题")
    told: dict[str, Value] = {
        **data,
        "meeting": session.name,
        "meeting_on": session.begins.isoformat(),
        "year": session.begins.year,
    }
    with transaction.atomic():
        made = raise_matter(session.congress, KEY, act_id, doer, today, told, token=token)
        if isinstance(made, Refusal):
            return made
        return place(session, made)


def place(session: CommitteeSession, matter: Matter) -> Item:
    """Give a matter the last place on the agenda, if it has none yet."""
    last = session.items.aggregate(n=Max("place"))["n"]
    own = {"session": session, "place": int(last or 0) + 1}
    return Item.objects.get_or_create(matter=matter, defaults=own)[0]


def move_item(item: Item, up: bool) -> None:
    """Change places with the neighbour above or below; at the end of the list nothing happens."""
    others: Sequence[Item] = list(item.session.items.order_by("place", "id"))
    here = [one.pk for one in others].index(item.pk)
    there = here - 1 if up else here + 1
    if 0 <= there < len(others):
        order = [one for one in others if one.pk != item.pk]
        order.insert(there, item)
        with transaction.atomic():
            for number, one in enumerate(order, 1):
                Item.objects.filter(pk=one.pk).update(place=number)


def items_of(session: CommitteeSession) -> QuerySet[Item]:
    """The items in order, each with its matter and the shares of it."""
    return session.items.select_related("matter", "matter__congress").prefetch_related(
        "matter__assignments__body"
    )


def strays(session: CommitteeSession) -> QuerySet[Matter]:
    """Items booked or imported under this session's name that have no place on its agenda yet."""
    rows = Matter.objects.filter(
        congress_id=session.congress_id,
        institution=KEY,
        agenda_item=None,
        facts__meeting=session.name,
    )
    return rows.exclude(phase="void").order_by("pk")


def move_session(
    session: CommitteeSession, begins: date, ends: date, reason: str, doer: Doer, today: date
) -> Refusal | None:
    """Hold it on other days: every item still to come is told, and its limits are reckoned anew."""
    wrong = _days_wrong(begins, ends) or _not_movable(session, reason)
    if wrong:
        return wrong
    said: dict[str, Value] = {"meeting_on": begins.isoformat(), "reason": reason}
    return _with_items(session, "reschedule", said, doer, today, begins=begins, ends=ends)


def call_off(session: CommitteeSession, reason: str, doer: Doer, today: date) -> Refusal | None:
    """Not hold it at all: every item still to come is taken off, with the reason."""
    wrong = _not_movable(session, reason)
    if wrong:
        return wrong
    return _with_items(session, "take_off", {"reason": reason}, doer, today, called_off_on=today)


def _not_movable(session: CommitteeSession, reason: str) -> Refusal | None:
    if session.opened_at or session.called_off_on:
        return Refusal("会议已经开过或者取消了，不能再改")
    return None if reason.strip() else Refusal("请写明理由", "reason")


def _with_items(
    session: CommitteeSession,
    act_id: str,
    data: Mapping[str, Value],
    doer: Doer,
    today: date,
    **changed: date,
) -> Refusal | None:
    try:
        with transaction.atomic():
            for item in items_of(session).filter(matter__state__in=BEFORE):
                done = act(item.matter_id, act_id, doer, today, data)
                if isinstance(done, Refusal):
                    raise NotDone(done)
            session.reason = str(data["reason"])[:200]
            for name, value in changed.items():
                setattr(session, name, value)
            session.save()
    except NotDone as stopped:
        return stopped.refusal
    return None
