"""Figures of today from totals: what was counted before, less what moved since, plus that counted anew.

Each matter says until which day it is counted (`Matter.counted_until`): an act takes the mark off in its own
transaction, and so does the day on which one of its limits passes. A round of counting looks at the matters
without the mark only. Reading takes the totals, takes out what the unmarked matters once added, and counts
those few on their rows: the sum is what a count over all rows gives, to the piece, at any moment.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeVar

from django.db import transaction
from django.db.models import F, Min, Q, QuerySet, Sum
from django.utils import timezone

from bihuan.jobs.kinds import Progress
from bihuan.jobs.models import Job
from bihuan.loop.spec import Indicator, Institution
from bihuan.matters import house
from bihuan.matters.models import Assignment, Matter
from bihuan.measures.counting import WHATS, Counting, Counts
from bihuan.measures.everywhere import Everywhere, everywhere
from bihuan.measures.models import Part, Round, Total
from bihuan.people.models import Congress

BATCH = 2_000
MOST_MOVED = 3_000
"""Matters counted on their rows beside the totals; where more moved, all are counted on their rows."""
FOR_EVER = date.max
ATTEMPTS = 3

WAY = 2
"""Raised when the same declaration is counted otherwise than before: totals of the old way are counted anew."""

Place = TypeVar("Place", bound=tuple[str, ...])
Key = tuple[str, str, str]
Sums = dict[int, dict[Key, tuple[float, float]]]
"""Base and hit by congress and key."""


def declared(institution: str) -> str:
    """What the totals of an institution rest on: its indicators, which states are private, how it is counted."""
    one = house.institution(institution)
    private = [(state.id, state.phase, state.private) for state in one.states]
    return hashlib.sha256(repr((one.indicators, private, WHATS, WAY)).encode()).hexdigest()


def moved(day: date) -> Q:
    """Matters that no total holds as they stand on the day."""
    return Q(counted_until=None) | Q(counted_until__lt=day)


# Reading


@dataclass
class Kept:
    """What is kept of some institutions: sums by institution and key, and the matters to be counted anew."""

    sums: Mapping[str, Mapping[Key, tuple[float, float]]] = field(default_factory=dict)
    moved: Mapping[str, list[int]] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        congress: Congress,
        institutions: Sequence[str],
        day: date,
        year: int | None = None,
        whats: Sequence[str] = WHATS,
    ) -> Kept:
        """The totals of the institutions that were counted; others are missing, and counted on their rows.

        A round that ends between two readings is noticed by its number, and everything read again.
        """
        for _attempt in range(ATTEMPTS):
            rounds = _rounds(congress, institutions)
            known = [key for key, told in rounds.items() if told[0] == declared(key)]
            found = _read(congress, known, day, year, whats)
            if rounds == _rounds(congress, institutions):
                return found
        return cls()


def _rounds(congress: Congress, institutions: Sequence[str]) -> dict[str, tuple[str, int]]:
    rows = Round.objects.filter(congress=congress, institution__in=institutions)
    return {row.institution: (row.declared, row.number) for row in rows}


def _read(
    congress: Congress, known: Sequence[str], day: date, year: int | None, whats: Sequence[str]
) -> Kept:
    if not known:
        return Kept()
    of_year = {"year": year} if year else {}
    rows = Matter.objects.filter(moved(day), congress=congress, institution__in=known, **of_year)
    unmarked = list(rows.order_by().values_list("institution", "pk")[: MOST_MOVED + 1])
    if len(unmarked) > MOST_MOVED:
        return Kept()
    sums: dict[str, dict[Key, tuple[float, float]]] = {key: {} for key in known}
    totals = Total.objects.filter(congress=congress, institution__in=known, what__in=whats)
    added = (
        totals.filter(**of_year)
        .values_list("institution", "what", "indicator", "group")
        .annotate(b=Sum("base"), h=Sum("hit"))
    )
    for institution, what, indicator, group, base, hit in added.order_by():
        sums[institution][what, indicator, group] = (base, hit)
    _take_out(sums, dict((pk, key) for key, pk in unmarked), year)
    moved_by: dict[str, list[int]] = defaultdict(list)
    for key, pk in unmarked:
        moved_by[key].append(pk)
    return Kept(sums, moved_by)


def _take_out(sums: Any, unmarked: Mapping[int, str], year: int | None) -> None:
    for key, parts in Part.objects.filter(pk__in=list(unmarked)).values_list("pk", "parts"):
        own = sums[unmarked[key]]
        for of_year, what, indicator, group, base, hit in parts:
            if year in (None, of_year) and (what, indicator, group) in own:
                before = own[what, indicator, group]
                own[what, indicator, group] = (before[0] - base, before[1] - hit)


class Totalled(Counting):
    """Counting of today from what is kept, for those who count the whole congress."""

    def __init__(
        self, congress: Congress, one: Institution, day: date, year: int | None, kept: Kept
    ) -> None:
        super().__init__(congress, one, day, year, None)
        self.sums = kept.sums.get(one.key)
        self.moved = kept.moved.get(one.key, [])

    @property
    def kept(self) -> bool:
        """Whether the institution was counted before."""
        return self.sums is not None

    def counted(self, what: str, indicator: Indicator | None = None) -> Counts:
        """As on the rows themselves."""
        if self.sums is None:
            return super().counted(what, indicator)
        name = indicator.key if indicator else None
        found = {
            (key, group): counted
            for (of, key, group), counted in self.sums.items()
            if of == what and name in (None, key)
        }
        if self.moved:
            for one in self._anew().live(what, indicator):
                before = found.get((one.key, one.group), (0, 0))
                found[one.key, one.group] = (before[0] + one.base, before[1] + one.hit)
        return found

    def _anew(self) -> Counting:
        rows = Matter.objects.filter(pk__in=self.moved)
        return Counting(self.congress, self.one, self.day, self.year, rows)


def grounds(
    congress: Congress,
    institutions: Sequence[Institution],
    day: date,
    year: int | None = None,
    seen: QuerySet[Matter] | None = None,
    whats: Sequence[str] = WHATS,
) -> list[Counting]:
    """The ground to count each institution on: totals for today and the whole congress, else the rows."""
    if seen is not None or day != timezone.localdate():
        return [Counting(congress, one, day, year, seen) for one in institutions]
    kept = Kept.of(congress, [one.key for one in institutions], day, year, whats)
    return [Totalled(congress, one, day, year, kept) for one in institutions]


# Counting


def count_all(job: Job, progress: Progress) -> Mapping[str, Any]:
    """Count what moved, in every congress: the job."""
    today = timezone.localdate()
    counted = {str(one.pk): count(one, today) for one in Congress.objects.order_by("pk").iterator()}
    return {"matters": sum(counted.values())}


def count(congress: Congress, day: date, anew: bool = False) -> int:
    """Bring the totals of a congress up to date; returns how many matters were counted. `anew`: all of them."""
    found = 0
    for key in house.institutions():
        _begin(congress, key, anew)
        last = 0
        while batch := _batch(congress, key, day, last):
            found, last = found + len(batch), batch[-1]
    return found


def _begin(congress: Congress, key: str, anew: bool) -> None:
    """A first round, and one after the declaration changed, begins from nothing."""
    with transaction.atomic():
        Round.objects.get_or_create(congress=congress, institution=key)
        held = Round.objects.select_for_update().get(congress=congress, institution=key)
        if held.declared == declared(key) and not anew:
            return
        own = Matter.objects.filter(congress=congress, institution=key)
        own.exclude(counted_until=None).update(counted_until=None)
        Part.objects.filter(matter__congress=congress, matter__institution=key).delete()
        Total.objects.filter(congress=congress, institution=key).delete()
        held.declared, held.number = declared(key), held.number + 1
        held.save(update_fields=["declared", "number"])


def _batch(congress: Congress, key: str, day: date, last: int) -> list[int]:
    """Count the next matters without a mark while nobody can move them."""
    with transaction.atomic():
        held = Round.objects.select_for_update().get(congress=congress, institution=key)
        rows = Matter.objects.filter(moved(day), congress=congress, institution=key, pk__gt=last)
        locked = rows.order_by("pk").select_for_update(of=("self",))
        years = dict(locked.values_list("pk", "year")[:BATCH])
        if not years:
            return []
        before = {p.pk: p.parts for p in Part.objects.filter(pk__in=list(years))}
        after = _parts(congress, key, day, years)
        _add(congress, key, before, after)
        _write(after)
        _mark(list(years), day)
        held.number = F("number") + 1
        held.save(update_fields=["number"])
        return sorted(years)


def _parts(
    congress: Congress, key: str, day: date, years: Mapping[int, int]
) -> dict[int, list[Any]]:
    """What each of these matters adds, counted by the same conditions as all together."""
    rows = Matter.objects.filter(pk__in=list(years))
    ground = Counting(congress, house.institution(key), day, None, rows)
    found: dict[int, list[Any]] = {pk: [] for pk in years}
    for what, indicator in _asked(ground):
        for one in ground.live(what, indicator, each=True):
            if one.base or one.hit:
                told = [years[one.owner], what, one.key, one.group, one.base, one.hit]
                found[one.owner].append(told)
    return found


def _asked(ground: Counting) -> Iterator[tuple[str, Indicator | None]]:
    for what in WHATS:
        if what in ("split", "body", "sum"):
            for indicator in ground.indicators(what):
                yield what, indicator
        else:
            yield what, None


def _add(congress: Congress, key: str, before: Mapping[int, Any], after: Mapping[int, Any]) -> None:
    moved_by: dict[tuple[Any, ...], list[float]] = defaultdict(lambda: [0, 0])
    for sign, parts in ((-1, before), (1, after)):
        for year, what, indicator, group, base, hit in _flat(parts.values()):
            moved_by[year, what, indicator, group][0] += sign * base
            moved_by[year, what, indicator, group][1] += sign * hit
    totals = Total.objects.filter(congress=congress, institution=key)
    sums = ("year", "what", "indicator", "group", "base", "hit")
    known = {row[:4]: row[4:] for row in totals.values_list(*sums)}
    rows = []
    for place, (base, hit) in moved_by.items():
        if base or hit:
            year, what, indicator, group = place
            told = {"year": year, "what": what, "indicator": indicator, "group": group}
            old = known.get(place, (0, 0))
            told |= {"base": old[0] + base, "hit": old[1] + hit}
            rows.append(Total(congress=congress, institution=key, **told))
    Total.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["congress", "institution", "year", "what", "indicator", "group"],
        update_fields=["base", "hit"],
        batch_size=500,
    )


def _flat(parts: Iterable[Any]) -> Iterator[Any]:
    for rows in parts:
        yield from rows


def _write(after: Mapping[int, list[Any]]) -> None:
    Part.objects.bulk_create(
        [Part(pk=pk, parts=parts) for pk, parts in after.items()],
        update_conflicts=True,
        unique_fields=["matter"],
        update_fields=["parts"],
    )


def _mark(keys: list[int], day: date) -> None:
    """Counted for ever, or until the day one of its limits passes; from a day to come on, until today."""
    owing = Assignment.objects.filter(matter__in=keys, done_on=None, due_on__gte=day)
    until = dict(owing.order_by().values_list("matter").annotate(least=Min("due_on")))
    rows = Matter.objects.filter(pk__in=keys)
    later = Q(raised_on__gt=day) | Q(assignments__handed_on__gt=day)
    for pk in rows.filter(later).values_list("pk", flat=True):
        until[pk] = day
    by_day: dict[date, list[int]] = defaultdict(list)
    for pk in keys:
        by_day[until.get(pk, FOR_EVER)].append(pk)
    for last, own in by_day.items():
        Matter.objects.filter(pk__in=own).update(counted_until=last)


# Checking


def differences(congress: Congress, day: date) -> Iterator[str]:
    """Where the totals say something else than the rows; nothing where they agree."""
    for one in house.institutions().values():
        yield from _differences(congress, one, day)


def _differences(congress: Congress, one: Institution, day: date) -> Iterator[str]:
    kept = Kept.of(congress, [one.key], day)
    if one.key not in kept.sums:
        return
    totalled = Totalled(congress, one, day, None, kept)
    rows = Counting(congress, one, day, None, None)
    for what, indicator in _asked(rows):
        told, real = totalled.counted(what, indicator), rows.counted(what, indicator)
        for place in _apart(told, real):
            yield f"{one.title} {what} {'/'.join(place)}"


def _apart(told: Mapping[Place, Any], real: Mapping[Place, Any]) -> list[Place]:
    return [
        place
        for place in sorted({*told, *real})
        if _near(told.get(place, (0, 0))) != _near(real.get(place, (0, 0)))
    ]


def differences_everywhere(day: date) -> Iterator[tuple[Congress, str]]:
    """As `differences`, in all congresses: every institution is counted over all of them at once, and only a
    congress that then seems to differ (or in which something moved meanwhile) is counted by itself, which decides.
    """
    congresses = Congress.objects.in_bulk()
    for whole in everywhere(house.institutions().values(), day):
        for pk in sorted(_suspect(whole)):
            for told in _differences(congresses[pk], whole.one, day):
                yield congresses[pk], told


def _suspect(whole: Everywhere) -> set[int]:
    """Congresses whose totals do not say plainly what the rows say."""
    key = whole.one.key
    counted = Round.objects.filter(institution=key, declared=declared(key))
    known = set(counted.values_list("congress", flat=True))
    rows = Matter.objects.filter(moved(whole.day), institution=key).order_by()
    unmarked = set(rows.values_list("congress", flat=True).distinct())
    told, real = _told(key), _real(whole)
    return {pk for pk in known if pk in unmarked or _apart(told[pk], real[pk])}


def _real(whole: Everywhere) -> Sums:
    """What the rows of an institution say in every congress."""
    found: Sums = defaultdict(dict)
    for what, indicator in _asked(whole.ground):
        for pk, counts in whole.counted(what, indicator).items():
            for (name, group), counted in counts.items():
                found[pk][what, name, group] = counted
    return found


def _told(key: str) -> Sums:
    """The totals of an institution in every congress, over all years."""
    found: Sums = defaultdict(dict)
    rows = Total.objects.filter(institution=key).order_by()
    places = rows.values_list("congress", "what", "indicator", "group")
    for pk, what, indicator, group, base, hit in places.annotate(b=Sum("base"), h=Sum("hit")):
        found[pk][what, indicator, group] = (base, hit)
    return found


def _near(counted: tuple[float, float]) -> tuple[float, float]:
    return round(counted[0], 2), round(counted[1], 2)
