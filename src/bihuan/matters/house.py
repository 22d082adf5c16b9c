"""The institutions this program was started with, and the ground each stands on in a congress."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings

from bihuan.loop.calendar import Calendar, DayKind, load_calendar
from bihuan.loop.check import check_all
from bihuan.loop.load import Faulty, load_all
from bihuan.loop.machine import Place
from bihuan.loop.params import Rules
from bihuan.loop.spec import Institution, Param
from bihuan.matters import rows
from bihuan.people.models import Congress

Rows = tuple[tuple[Any, ...], ...]
OWN = """
    SELECT 0 AS kind, name, title, CAST(value AS text), since, cite, id FROM matters_localparam
    WHERE congress_id = {congress} AND (institution = {key} OR name IN {shared})
    UNION ALL
    SELECT 1, '', CASE WHEN working THEN 'x' ELSE '' END, '', day, why, id FROM people_calendarday
    WHERE congress_id = {congress} ORDER BY 1, 2, 5 DESC, 7 DESC"""
"""All that a congress set for itself: its params of one institution and those that institutions share, the newest
first, then its days. `shared` comes from `shared_names`.
"""

COMMON = Path(__file__).resolve().parent / "common"


@cache
def institutions() -> dict[str, Institution]:
    """Every institution by key, in menu order. Raises Faulty with every fault found."""
    found = load_all(settings.INSTITUTION_FOLDERS)
    faults = check_all(found)
    if faults:
        raise Faulty(faults)
    return found


@cache
def common() -> dict[str, Institution]:
    """Params that belong to no one institution, declared like one that has nothing else."""
    return load_all([COMMON])


def institution(key: str) -> Institution:
    """The institution (or the common params) of this key. Raises KeyError with a Chinese sentence."""
    try:
        return common().get(key) or institutions()[key]
    except KeyError:
        known = "、".join(f"{one.key}（{one.title}）" for one in institutions().values())
        raise KeyError(f"没有制度“{key}”，现有：{known}") from None


@cache
def national_calendar() -> Calendar:
    """The calendar that came with the program."""
    return load_calendar(settings.CALENDAR_FOLDER)


def calendar_of(congress: Congress) -> Calendar:
    """The national calendar with the days this congress added or corrected."""
    return _calendar(national_calendar(), _own(congress, "")[1])


def rules_of(congress: Congress, key: str) -> Rules:
    """The params of an institution as they hold in this congress."""
    return _rules(_Known(institution(key)), congress.areas(), _own(congress, key)[0])


def place_of(congress: Congress, key: str) -> Place:
    """Rules and calendar together: what the machine stands on."""
    return place_from(congress, key, rows.ask(place_question(congress.pk, key))[0])


def place_question(congress_id: int, key: str) -> rows.Statement:
    """What must be asked to know the place; `place_from` makes it of the answer."""
    asked = OWN.format(congress="%s", key="%s", shared=shared_names())
    return rows.Statement(asked, [congress_id, key, congress_id])


@cache
def shared_names() -> str:
    """The names of all params that institutions share, as SQL. They are declared, never typed in."""
    names = {param.name for one in institutions().values() for param in one.params if param.shared}
    return f"({', '.join(repr(name) for name in sorted(names) or [''])})"


def place_from(congress: Congress, key: str, own: Iterable[rows.Found]) -> Place:
    """The place, of the answer to its question."""
    params, days = _parted(own)
    calendar = _calendar(national_calendar(), days)
    return _place(_Known(institution(key)), congress.areas(), params, calendar)


# What a congress set for itself is asked for each time, so that nothing is ever stale; what is made of it
# is kept for as long as the answer is the same.


def _own(congress: Congress, key: str) -> tuple[Rows, Rows]:
    return _parted(rows.ask(place_question(congress.pk, key))[0])


def _parted(own: Iterable[rows.Found]) -> tuple[Rows, Rows]:
    """Params and days apart."""
    found = list(own)
    params = tuple(values for kind, *values in found if kind == 0)
    return tuple(map(tuple, params)), tuple(tuple(values) for kind, *values in found if kind == 1)


class _Known:
    """An institution as the key of a cache: the very one that was loaded."""

    def __init__(self, institution: Institution) -> None:
        self.institution = institution

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Known) and other.institution is self.institution

    def __hash__(self) -> int:
        return id(self.institution)


@lru_cache(maxsize=256)
def _rules(known: _Known, areas: tuple[str, ...], params: Rows) -> Rules:
    between = {row.name: row.between for row in known.institution.params}
    own = tuple(
        Param(
            name,
            title,
            json.loads(value),
            _day(since),
            cite,
            areas[0],
            "本级设定",
            between=between[name],
        )
        for name, title, value, since, cite, _ in params
        if name in between
    )
    return Rules(known.institution, areas, own)


@lru_cache(maxsize=64)
def _calendar(national: Calendar, days: Rows) -> Calendar:
    own = {_day(day): DayKind(bool(working), why) for _, working, _, day, why, _ in days}
    return national.with_days(own) if own else national


@lru_cache(maxsize=256)
def _place(known: _Known, areas: tuple[str, ...], params: Rows, calendar: Calendar) -> Place:
    return Place(_rules(known, areas, params), calendar)


def _day(kept: date | str) -> date:
    """SQLite's driver gives a day as such only where it knows the column's kind."""
    return kept if isinstance(kept, date) else date.fromisoformat(kept)


def first_folder() -> Path:
    """Where the institutions that came with the program are."""
    return Path(settings.INSTITUTION_FOLDERS[0])
