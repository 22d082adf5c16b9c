"""The one definition of late, phase and light: as a filter and as a property, so that no two screens differ."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q, QuerySet

from bihuan.matters.models import Assignment, Matter

OPEN = ("pending", "handling")
SOON = 7
"""Calendar days before a limit from which it shows as 临期."""

LIGHTS = {
    "late": ("逾期", "■"),
    "soon": ("临期", "▲"),
    "running": ("办理中", "●"),
    "pending": ("待交办", "○"),
    "closed": ("办结", "✓"),
    "void": ("不再办理", "–"),
}
"""Each light has a word and a shape: colour is never the only sign."""


HANDED = "待签收"
"""A share is handed over already: what it waits for is to be acknowledged."""


@dataclass(frozen=True)
class Light:
    """What a person sees of a limit: `key` for colour, `word`, `shape`, and days left (negative: over)."""

    key: str
    word: str
    shape: str
    days_left: int | None


def is_open() -> Q:
    """Something is still to be done."""
    return Q(phase__in=OPEN)


def late(today: date) -> Q:
    """Open, and the nearest limit has passed. By day: on the last day itself nothing is late."""
    return is_open() & Q(due_on__lt=today)


def due_soon(today: date, days: int = SOON) -> Q:
    """Open, not late, and due within `days`."""
    return is_open() & Q(due_on__gte=today, due_on__lte=today + timedelta(days=days))


def in_light(key: str, today: date) -> Q:
    """The rows that show this light: the filter behind every count on a screen."""
    calm = Q(due_on=None) | Q(due_on__gt=today + timedelta(days=SOON))
    return {
        "late": late(today),
        "soon": due_soon(today),
        "running": Q(phase="handling") & calm,
        "pending": Q(phase="pending") & calm,
        "closed": Q(phase="closed"),
        "void": Q(phase="void"),
    }[key]


def light(row: Matter | Assignment, today: date) -> Light:
    """The light of one row; agrees with `in_light` by test."""
    key = _light_key(row, today)
    word, shape = LIGHTS[key]
    if key == "pending" and isinstance(row, Assignment):
        word = HANDED
    running = row.due_on is not None and row.phase in OPEN
    return Light(key, word, shape, (row.due_on - today).days if running and row.due_on else None)


def _light_key(row: Matter | Assignment, today: date) -> str:
    return light_of(row.phase, row.due_on, today)


def light_of(phase: str, due_on: date | None, today: date) -> str:
    """The light of a phase and a limit."""
    if phase not in OPEN:
        return phase
    if due_on is not None and due_on < today:
        return "late"
    if due_on is not None and (due_on - today).days <= SOON:
        return "soon"
    return "running" if phase == "handling" else "pending"


def years(rows: QuerySet[Matter], most: int = 60) -> list[int]:
    """The years that rows have, newest first: one step down the index a year, however many rows there are."""
    found: list[int] = []
    while len(found) < most:
        below = rows.filter(year__lt=found[-1]) if found else rows
        year = below.order_by("-year").values_list("year", flat=True).first()
        if year is None:
            break
        found.append(year)
    return found
