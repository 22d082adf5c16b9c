"""Everything asked of units between two days, by everyone: shares handed over, meetings, inspections, papers,
letters, reminders.

A matter asks once, however often it is told: letters and reminders about it are counted beside it, not as
requests of their own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from bihuan.letters.models import Letter
from bihuan.loop.conditions import holds
from bihuan.loop.spec import Institution
from bihuan.matters import house
from bihuan.matters.many import on_days, with_facts
from bihuan.matters.models import Assignment
from bihuan.people.models import Body, Congress
from bihuan.reminders.models import Reminder

BASE = ("township", "other")
"""The kinds of body that stand at the base: townships, and enterprises, villages, communities."""
SHARE = "交办"


@dataclass(frozen=True)
class Ask:
    """One thing asked of one unit: on which day, by which matter; `what` is to be handed in, `until` by when."""

    unit: int
    day: date
    matter: int
    title: str
    institution: str
    word: str
    asked_by: str
    what: tuple[str, ...] = ()
    until: date | None = None


@dataclass(frozen=True)
class Told:
    """How often a unit was written to and reminded in the same time: no requests, but work to read."""

    letters: int = 0
    reminders: int = 0


def base_units(congress: Congress) -> QuerySet[Body]:
    """The units at the base, by name."""
    return Body.objects.filter(congress=congress, kind__in=BASE).order_by("name")


def asks(
    congress: Congress, begins: date, ends: date, units: Iterable[Body] | None = None
) -> list[Ask]:
    """What was asked of these units (else of all at the base), by day. A matter asks a unit once."""
    keys = {body.pk for body in (base_units(congress) if units is None else units)}
    found = [*_shares(congress, keys, begins, ends), *_declared(congress, keys, begins, ends)]
    once = {(ask.unit, ask.matter): ask for ask in reversed(found)}
    return sorted(once.values(), key=lambda ask: (ask.day, ask.matter, ask.unit))


def _shares(congress: Congress, keys: set[int], begins: date, ends: date) -> Iterator[Ask]:
    rows = Assignment.objects.filter(
        congress=congress, body__in=keys, handed_on__range=(begins, ends)
    ).exclude(phase="void")
    for row in rows.select_related("matter").order_by("handed_on", "id"):
        yield Ask(
            unit=row.body_id,
            day=row.handed_on,
            matter=row.matter_id,
            title=row.matter.title,
            institution=row.institution,
            word=SHARE,
            asked_by=_asked_by(row.matter.facts),
            until=row.due_on,
        )


def _declared(congress: Congress, keys: set[int], begins: date, ends: date) -> Iterator[Ask]:
    """What institutions say they ask (`[asks]`): meetings of those who attend, inspections of those visited."""
    for one in house.institutions().values():
        if one.asks is None:
            continue
        rows = on_days(congress, one, (begins, ends)).order_by("pk")
        for (numbers, titles, states), facts in with_facts(rows, "pk", "title", "state"):
            for number, title, state, own in zip(numbers, titles, states, facts, strict=True):
                yield from of_matter(one, number, title, state, own, keys)


def of_matter(
    one: Institution,
    key: int,
    title: str,
    state: str,
    facts: Mapping[str, Any],
    keys: set[int] | None = None,
) -> Iterator[Ask]:
    """What one matter asks of units, as it stands; nothing before its institution says that it counts."""
    declared = one.asks
    if declared is None or not holds(declared.when, {**facts, "state": state}):
        return
    for word in facts.get(declared.units) or []:
        unit = int(word) if str(word).isdecimal() else 0
        if unit and (keys is None or unit in keys):
            yield Ask(
                unit=unit,
                day=date.fromisoformat(facts[one.day_of]),
                matter=key,
                title=title,
                institution=one.key,
                word=declared.word,
                asked_by=_asked_by(facts),
                what=_lines(facts, declared.what),
            )


def _lines(facts: Mapping[str, Any], names: Iterable[str]) -> tuple[str, ...]:
    lines = (line.strip() for name in names for line in str(facts.get(name) or "").splitlines())
    return tuple(line for line in lines if line)


def _asked_by(facts: Mapping[str, Any]) -> str:
    """Whoever the register names as the one who does it (主办、牵头)."""
    return str(facts.get("organizer") or "")


def told(congress: Congress, begins: date, ends: date) -> dict[int, Told]:
    """Letters and reminders by unit."""
    letters = Letter.objects.filter(
        congress=congress, state="issued", day__range=(begins, ends), body__kind__in=BASE
    )
    reminders = Reminder.objects.filter(
        Q(body__kind__in=BASE), congress=congress, day__range=(begins, ends)
    )
    written: dict[int, int] = {}
    for body in letters.values_list("body_id", flat=True):
        written[body or 0] = written.get(body or 0, 0) + 1
    events: dict[int, set[str]] = {}
    for body, event in reminders.values_list("body_id", "event"):
        events.setdefault(body or 0, set()).add(event)
    return {
        unit: Told(written.get(unit, 0), len(events.get(unit, ()))) for unit in {*written, *events}
    }
