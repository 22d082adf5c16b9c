"""Open limits after the days of rest were corrected: each reckoned anew, each move logged and told.

A year's holidays are announced late in the year before, and a county may add days of its own; limits
reckoned before must follow, in the open.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from bihuan.loop.calendar import Calendar
from bihuan.loop.terms import Limit, due, due_before, parse_term
from bihuan.matters import house
from bihuan.matters.act import Doer, Rewritten, held_matters, rewrite_limits
from bihuan.matters.models import Assignment, Matter
from bihuan.matters.queries import is_open
from bihuan.matters.situations import limit_json
from bihuan.people.models import Congress, User


@dataclass(frozen=True)
class Moved:
    """One limit that was reckoned anew: of which matter and body (`""`: the matter's own), and its days."""

    matter_id: int
    title: str
    body: str
    before: date
    after: date


def recompute_limits(congress: Congress, user: User | None, today: date) -> list[Moved]:
    """Reckon every open limit of a congress by its calendar as it now is.

    Writes one act for each matter of which a day or its sum changes, by `user` as clerk (none: the clock).
    Returns the limits whose day moved, for the person who corrected the calendar. Again, it changes nothing.
    """
    calendar = house.calendar_of(congress)
    doer = Doer("clerk", user) if user else Doer("clock")
    keys = list(_outdated(congress, calendar).order_by("pk").values_list("pk", flat=True))
    moved: list[Moved] = []
    for key in keys:
        with transaction.atomic():
            moved += _recompute(held_matters().get(pk=key), calendar, doer, today)
    return moved


def _outdated(congress: Congress, calendar: Calendar) -> QuerySet[Matter]:
    """Matters with an open limit that was reckoned by another calendar."""
    other = Q(limit__isnull=False) & ~Q(limit__calendar=calendar.version)
    shares = Assignment.objects.filter(is_open() & other, matter=OuterRef("pk"))
    own = is_open() & Q(own_due_on__isnull=False) & other
    return Matter.objects.filter(own | Q(Exists(shares)), congress=congress)


def _recompute(matter: Matter, calendar: Calendar, doer: Doer, today: date) -> list[Moved]:
    shares = {row.key: row for row in matter.assignments.select_related("body")}
    written = [*_own(matter, calendar), *_of_shares(shares.values(), calendar)]
    if not written:
        return []
    rewrite_limits(matter, doer, today, written, calendar.version)
    return [
        Moved(
            matter_id=matter.pk,
            title=str(matter),
            body=str(shares[one.share].body) if one.share else "",
            before=one.before,
            after=one.after,
        )
        for one in written
        if one.after != one.before
    ]


def _own(matter: Matter, calendar: Calendar) -> Iterator[Rewritten]:
    limit = _anew(matter.limit, calendar)
    if (
        limit
        and matter.own_due_on
        and house.institution(matter.institution).state(matter.state).open
    ):
        yield Rewritten("", matter.own_due_on, limit.due, limit)


def _of_shares(rows: Any, calendar: Calendar) -> Iterator[Rewritten]:
    for row in rows:
        limit = _anew(row.limit, calendar) if row.phase in ("pending", "handling") else None
        if limit and row.due_on:
            yield Rewritten(row.key, row.due_on, _bounded(row, limit), limit)


def _bounded(row: Assignment, limit: Limit) -> date:
    """A shorter limit given at the hand-over holds as it was given, unless it was lengthened since."""
    state = house.institution(row.institution).state(row.state)
    held_to = state.due_from == "handed" or (
        state.due_from == "kept" and row.due_on == row.own_limit
    )
    bound = row.own_limit if held_to and not row.extended else None
    days = [limit.due, *([bound] if bound else [])]
    set_elsewhere = row.limit is not None and row.due_on not in (
        date.fromisoformat(row.limit["due"]),
        bound,
    )
    return row.due_on if set_elsewhere and row.due_on else min(days)


def _anew(kept: dict[str, Any] | None, calendar: Calendar) -> Limit | None:
    """The limit by this calendar, if any line of its sum differs from the one that is kept."""
    if kept is None or kept["calendar"] == calendar.version:
        return None
    reckon = due_before if kept.get("backwards") else due
    limit = reckon(date.fromisoformat(kept["start"]), parse_term(kept["term"]), calendar)
    shown = limit_json(limit) or {}
    return limit if _sum(shown) != _sum(kept) else None


def _sum(shown: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in shown.items() if name != "calendar"}
