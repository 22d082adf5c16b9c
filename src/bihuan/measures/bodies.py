"""What each lead body has open, overdue and closed in an institution on a day: one grouped query."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from bihuan.loop.spec import Institution
from bihuan.matters.models import Assignment, Matter
from bihuan.measures.cockpit import light_q
from bihuan.measures.counting import LEADING, STANDING, Counting


@dataclass(frozen=True)
class BodyStand:
    """One body in one institution. `place` orders bodies as the house does: nobody is ranked."""

    institution: Institution
    pk: int
    body: str
    place: str
    open: int
    late: int
    closed: int

    @property
    def whole(self) -> int:
        """All that counts: open and closed."""
        return self.open + self.closed


@dataclass(frozen=True)
class Overdue:
    """One body over all institutions: how much is overdue, and in which institutions."""

    pk: int
    body: str
    place: str
    late: int
    of: tuple[tuple[Institution, int], ...]


def by_lead_body(ground: Counting, as_of: date) -> list[BodyStand]:
    """Every lead body's stand. A matter with two lead bodies counts for both."""
    lights = {light: light_q(ground, light, as_of) for light in ("open", "late", "closed")}
    lights["late"] &= _owed("assignments__", as_of)
    counts = {light: Count("pk", filter=q, distinct=True) for light, q in lights.items()}
    rows: Any = (
        ground.matters()
        .filter(
            assignments__phase__in=STANDING,
            assignments__kind__in=LEADING,
            assignments__handed_on__lte=as_of,
        )
        .order_by()
        .values(
            key=F("assignments__body"),
            name=F("assignments__body__name"),
            place=F("assignments__body__path"),
        )
        .annotate(**counts)
    )
    found = [
        BodyStand(ground.one, r["key"], r["name"], r["place"], r["open"], r["late"], r["closed"])
        for r in rows
    ]
    return sorted(found, key=lambda one: one.place)


def _owed(share: str, as_of: date) -> Q:
    """The body's own part is what is late: a reply that waits for its rating is not the body's to answer for.
    Shares carry their dates, so a past day needs no replay; one without a limit (any more) goes by its matter."""
    undone = Q(**{f"{share}done_on": None}) | Q(**{f"{share}done_on__gt": as_of})
    return undone & (Q(**{f"{share}due_on": None}) | Q(**{f"{share}due_on__lt": as_of}))


def overdue(stands: Iterable[BodyStand]) -> list[Overdue]:
    """What is overdue body by body over several institutions, in the order of the house."""
    found: dict[int, list[BodyStand]] = {}
    for one in stands:
        if one.late:
            found.setdefault(one.pk, []).append(one)
    summed = [
        Overdue(
            pk,
            own[0].body,
            own[0].place,
            sum(one.late for one in own),
            tuple((one.institution, one.late) for one in own),
        )
        for pk, own in found.items()
    ]
    return sorted(summed, key=lambda one: one.place)


def most(rows: Sequence[Overdue]) -> list[Overdue]:
    """The body with most overdue, or all that have as many."""
    highest = max((row.late for row in rows), default=0)
    return [row for row in rows if row.late == highest]


def late_of(ground: Counting, body: int, as_of: date) -> QuerySet[Matter]:
    """The overdue matters that one body leads."""
    held = Assignment.objects.filter(
        _owed("", as_of),
        matter=OuterRef("pk"),
        body=body,
        kind__in=LEADING,
        handed_on__lte=as_of,
    ).exclude(phase="void")
    return ground.matters().filter(light_q(ground, "late", as_of)).filter(Exists(held))
