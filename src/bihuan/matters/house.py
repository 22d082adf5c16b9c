"""The institutions this program was started with, and the ground each stands on in a congress."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from django.conf import settings
from django.db.models import Q

from bihuan.loop.calendar import Calendar, DayKind, load_calendar
from bihuan.loop.check import check_all
from bihuan.loop.load import Faulty, load_all
from bihuan.loop.machine import Place
from bihuan.loop.params import Rules
from bihuan.loop.spec import Institution, Param
from bihuan.matters.models import LocalParam
from bihuan.people.models import CalendarDay, Congress

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
    own = {
        row.day: DayKind(row.working, row.why)
        for row in CalendarDay.objects.filter(congress=congress)
    }
    return national_calendar().with_days(own) if own else national_calendar()


def rules_of(congress: Congress, key: str) -> Rules:
    """The params of an institution as they hold in this congress."""
    one = institution(key)
    shared = [param.name for param in one.params if param.shared]
    theirs = Q(institution=key) | Q(name__in=shared)
    rows = LocalParam.objects.filter(theirs, congress=congress).order_by("-id")
    area = congress.areas()[0]
    between = {row.name: row.between for row in one.params}
    own = tuple(
        Param(
            r.name,
            r.title,
            r.value,
            r.since,
            r.cite,
            area,
            "本级设定",
            between=between.get(r.name, ()),
        )
        for r in rows
    )
    return Rules(one, congress.areas(), own)


def place_of(congress: Congress, key: str) -> Place:
    """Rules and calendar together: what the machine stands on."""
    return Place(rules_of(congress, key), calendar_of(congress))


def first_folder() -> Path:
    """Where the institutions that came with the program are."""
    return Path(settings.INSTITUTION_FOLDERS[0])
