"""The ground figures are counted on: one way of counting, for all rows together and for each matter.

Today's figures come from the matters as they stand. A figure as of a past day comes from the acts: each act
keeps the matter as it stood after it, so the last act up to that day says how it stood.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import cached_property
from typing import Any, ClassVar, NamedTuple

from django.db.models import (
    Count,
    Exists,
    F,
    FloatField,
    JSONField,
    Model,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
)
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, TruncMonth
from django.utils import timezone

from bihuan.loop.spec import PHASES, Indicator, Institution
from bihuan.loop.spec import Act as ActSpec
from bihuan.loop.spec import Value as Filled
from bihuan.matters.models import Act, Assignment, Matter
from bihuan.measures.conditions import as_q
from bihuan.measures.figures import Figure
from bihuan.people.models import Body, Congress

PAST = "past"
LEADING = ("lead", "separate")
"""The kinds of share that answer for a matter."""
STANDING = tuple(phase for phase in PHASES if phase != "void")
"""The phases of a share that still counts. Asked for by name: to refuse `void` across the relation would refuse
every matter that ever had one share returned."""
BLANK: tuple[Any, ...] = (None, "")
NONE = (0, 0.0)
TRACKS, SIDES = ("matter", "assignment"), ("base", "hit")
WHATS = ("rate", "split", "body", "sum", "closed", "raised", "ended")
"""Ways of counting: not split, told apart by a value, by lead body, sums of acts, closed, by month."""

Counts = dict[tuple[str, str], tuple[float, float]]


class Counted(NamedTuple):
    """What one owner adds to an indicator, in a group (as JSON): a matter, a congress, or all together (0)."""

    owner: int
    key: str
    group: str
    base: float
    hit: float


def _rows(counted: Any) -> Iterator[Any]:
    yield from counted.iterator()


def _given(indicator: Indicator | None) -> Indicator:
    assert indicator is not None
    return indicator


class Counting:
    """The ground figures are counted on: which rows, on which day, and where their facts stand."""

    apart: ClassVar[Mapping[str, Any]] = {}
    """Whose counts are told apart in one pass (`owner`): nobody's here."""

    def __init__(
        self,
        congress: Congress,
        one: Institution,
        day: date,
        year: int | None,
        matters: QuerySet[Matter] | None,
    ) -> None:
        self.congress, self.one, self.day, self.year = congress, one, day, year
        self.past = day < timezone.localdate()
        self.root = PAST if self.past else ""
        self.seen = matters

    @property
    def kept(self) -> bool:
        """Whether its counts are at hand, and no row need be read for most of them."""
        return False

    # Figures

    def rates(self) -> dict[str, Figure]:
        """Every rate and count that is not split, by key."""
        found = self.counted("rate")
        return {
            indicator.key: self._figure(indicator, hit, int(base))
            for indicator in self.indicators("rate")
            for base, hit in [found.get((indicator.key, ""), NONE)]
        }

    def split(self, indicator: Indicator) -> list[Figure]:
        """One figure for each value of `by`: shares of the whole, or a rate for each body."""
        rated = bool(indicator.hit)
        groups = self._grouped("split", indicator)
        if indicator.by == "body":
            bodies = self._bodies(groups)
            groups = {bodies[key][0]: counted for key, counted in groups.items() if key in bodies}
        known = [(str(value), *counted) for value, counted in groups.items() if value not in BLANK]
        total = sum(base for _, base, _ in known)
        return [
            self._figure(indicator, hit, int(base if rated else total), value)
            for value, base, hit in sorted(known, key=lambda row: (-row[1], row[0]))
        ]

    def by_body(self, indicator: Indicator) -> list[Figure]:
        """One rate for each body, in the order of the house. A matter with two lead bodies counts for both."""
        groups = self._grouped("body", indicator)
        bodies = self._bodies(groups)
        inside = sorted((key for key in groups if key in bodies), key=lambda key: bodies[key][1])
        return [
            self._figure(indicator, hit, int(base), bodies[key][0])
            for key in inside
            for base, hit in [groups[key]]
        ]

    def summed(self, indicator: Indicator) -> Figure:
        """The sum of a field over the acts that filled it in, up to the day."""
        _, total = self.counted("sum", indicator).get((indicator.key, ""), NONE)
        return self._figure(indicator, total, None)

    def closed(self) -> int:
        """How many are closed."""
        return int(self.counted("closed").get(("", ""), NONE)[0])

    def months(self, what: str) -> dict[date, int]:
        """How many were raised (`raised`) or closed (`ended`) in each month, by its first day."""
        groups = {group: base for (_, group), (base, _) in self.counted(what).items()}
        return {date.fromisoformat(json.loads(month)): int(n) for month, n in groups.items() if n}

    def _grouped(self, what: str, indicator: Indicator) -> dict[Any, tuple[float, float]]:
        found = self.counted(what, indicator)
        return {json.loads(group): counted for (_, group), counted in found.items() if counted[0]}

    def _bodies(self, keys: Iterable[Any]) -> dict[Any, tuple[str, str]]:
        rows = Body.objects.filter(pk__in=[key for key in keys if key is not None])
        return {key: (name, path) for key, name, path in rows.values_list("pk", "name", "path")}

    # Counting

    def counted(self, what: str, indicator: Indicator | None = None) -> Counts:
        """Base and hit by indicator and group (as JSON) of one of WHATS; split ones one indicator at a time."""
        return {(c.key, c.group): (c.base, c.hit) for c in self.live(what, indicator)}

    def live(
        self, what: str, indicator: Indicator | None = None, each: bool = False
    ) -> Iterator[Counted]:
        """Counted on the rows as they stand; with `each`, matter by matter."""
        if what == "rate":
            yield from self._live_rates(each)
        elif what == "sum":
            yield from self._live_sum(_given(indicator), each)
        elif what == "split" and not each:
            yield from self._live_splits(_given(indicator))
        elif what in ("split", "body"):
            yield from self._live_groups(what, _given(indicator), each)
        else:
            yield from self._live_days(what, each)

    def indicators(self, what: str) -> list[Indicator]:
        """The indicators that are counted in this way."""
        return [
            one
            for one in self.one.indicators
            if (what == "split" and one.by)
            or (what == "sum" and one.sum and not one.by)
            or (what == "rate" and not one.by and not one.sum)
            or (what == "body" and (one.per_body or (one.by == "body" and one.hit)))
        ]

    def _live_rates(self, each: bool) -> Iterator[Counted]:
        for track in TRACKS:
            chosen = [indicator for indicator in self.indicators("rate") if indicator.of == track]
            if not chosen:
                continue
            for owner, row in self._each(track, chosen) if each else self._at_once[track].items():
                for indicator in chosen:
                    base, hit = row[f"base_{indicator.key}"], row[f"hit_{indicator.key}"]
                    yield Counted(owner, indicator.key, "", base, hit)

    def _each(self, track: str, chosen: list[Indicator]) -> Iterator[tuple[int, Any]]:
        rows = self._rows_of(track).order_by().values(**self._owner(track, each=True))
        for row in _rows(rows.annotate(**self._counts(chosen))):
            yield row["owner"], row

    def _owner(self, track: str, each: bool) -> Mapping[str, Any]:
        """Whom a row's count is told of."""
        return {"owner": F("pk" if track == "matter" else "matter")} if each else self.apart

    def _counts(self, chosen: list[Indicator]) -> dict[str, Any]:
        bases = {f"base_{i.key}": Count("pk", filter=self.q(i, hit=False) or None) for i in chosen}
        hits = {f"hit_{i.key}": Count("pk", filter=self.q(i, hit=True) or None) for i in chosen}
        return bases | hits

    def _rows_of(self, track: str) -> QuerySet[Any]:
        return self.matters() if track == "matter" else self.shares()

    @cached_property
    def _at_once(self) -> dict[str, dict[int, Counter[Any]]]:
        """Every rate and split of a track, by owner, from one pass over its rows: grouped by all values that any
        split asks for, and added up here. Splits stand under (key, group, base or hit)."""
        found: dict[str, dict[int, Counter[Any]]] = {}
        for track in TRACKS:
            found[track] = defaultdict(Counter)
            rates = [i for i in self.indicators("rate") if i.of == track]
            splits = [i for i in self.indicators("split") if i.of == track]
            if rates or splits:
                self._add_up(found[track], track, rates, splits)
        return found

    def _add_up(
        self,
        into: dict[int, Counter[Any]],
        track: str,
        rates: list[Indicator],
        splits: list[Indicator],
    ) -> None:
        counts = self._counts(rates + splits)
        told_apart = {**{f"by_{i.key}": F(self._by(i)) for i in splits}, **self.apart}
        rows = self._rows_of(track).order_by()
        grouped: Any = rows.values(**told_apart).annotate(**counts) if told_apart else None
        plain = [f"{side}_{i.key}" for i in rates for side in SIDES]
        for row in [rows.aggregate(**counts)] if grouped is None else _rows(grouped):
            own = into[row.get("owner", 0)]
            for name in plain:
                own[name] += row[name]
            for indicator in splits:
                group = json.dumps(row[f"by_{indicator.key}"], ensure_ascii=False)
                for side in SIDES:
                    own[indicator.key, group, side] += row[f"{side}_{indicator.key}"]

    def _live_splits(self, indicator: Indicator) -> Iterator[Counted]:
        for owner, counted in self._at_once[indicator.of].items():
            groups = [k[1] for k in counted if k[0] == indicator.key and k[2:] == ("base",)]
            for group in groups:
                base, hit = (counted[indicator.key, group, side] for side in SIDES)
                if base:
                    yield Counted(owner, indicator.key, group, base, hit)

    def _live_groups(self, what: str, indicator: Indicator, each: bool) -> Iterator[Counted]:
        if what == "body":
            rows = self._handed_over(indicator)
            path = "body" if indicator.of == "assignment" else "assignments__body"
        else:
            rows, path = self._base(indicator), self._by(indicator)
        # A body that leads a matter by two shares has it once.
        twice = what == "body" and indicator.of == "matter"
        counted = (
            rows.filter(self.q(indicator, hit=False))
            .order_by()
            .values(value=F(path), **self._owner(indicator.of, each))
            .annotate(
                whole=Count("pk", distinct=twice),
                hits=Count("pk", filter=self.q(indicator, hit=True) or None, distinct=twice),
            )
        )
        for row in counted.iterator():
            group = json.dumps(row["value"], ensure_ascii=False)
            yield Counted(row.get("owner", 0), indicator.key, group, row["whole"], row["hits"])

    def _live_sum(self, indicator: Indicator, each: bool) -> Iterator[Counted]:
        acts = Act.objects.filter(
            **self._own(),
            day__lte=self.day,
            kind__in=[act.id for act in self.one.acts if self._fills(act, indicator.sum)],
            matter__in=self.matters(),
            data__has_key=indicator.sum,
        )
        total = Sum(Cast(KeyTextTransform(indicator.sum, "data"), FloatField()))
        owner = self._owner("act", each)
        grouped: Any = acts.order_by().values(**owner).annotate(total=total) if owner else None
        for row in [acts.aggregate(total=total)] if grouped is None else grouped:
            yield Counted(row.get("owner", 0), indicator.key, "", 0, row["total"] or 0)

    def _fills(self, act: ActSpec, name: str) -> bool:
        return any(field.name == name for field in self.one.fields_of(act.id))

    def _live_days(self, what: str, each: bool) -> Iterator[Counted]:
        """What is closed (`closed`), and when it was (`ended`) and when raised (`raised`), by month."""
        rows = self.matters().order_by()
        if what == "closed":
            rows = rows.filter(Q(**{f"{self.root}__phase" if self.root else "phase": "closed"}))
            value: Any = Value("")
        else:
            day = "raised_on" if what == "raised" else "closed_on"
            rows = rows.filter(**{f"{day}__isnull": False})
            value = TruncMonth(F(day))
        told_apart = rows.annotate(value=value).values("value", **self._owner("matter", each))
        counted = told_apart.annotate(whole=Count("pk"))
        for row in _rows(counted):
            group = json.dumps(row["value"], default=str) if row["value"] else ""
            yield Counted(row.get("owner", 0), "", group, row["whole"], 0)

    def _handed_over(self, indicator: Indicator) -> QuerySet[Model]:
        if indicator.of == "assignment":
            return self.shares()
        return self.matters().filter(
            assignments__phase__in=STANDING,
            assignments__kind__in=LEADING,
            assignments__handed_on__lte=self.day,
        )

    def _in_charge(self) -> QuerySet[Assignment]:
        held = Assignment.objects.filter(matter=OuterRef("pk"), kind__in=LEADING)
        return held.filter(handed_on__lte=self.day).exclude(phase="void")

    def opened(self, indicator: Indicator, group: str, hit: bool) -> QuerySet[Matter]:
        chosen = self._base(indicator).filter(self.q(indicator, hit))
        if group and indicator.per_body and not indicator.by:
            chosen = chosen.filter(Exists(self._in_charge().filter(body__name=group)))
        elif group:
            path = "body__name" if indicator.by == "body" else self._by(indicator)
            chosen = chosen.filter(**{path: group})
        if indicator.of == "matter":
            return chosen  # type: ignore[return-value]
        return self.matters().filter(pk__in=chosen.values("matter"))

    # Rows and conditions

    def _own(self) -> dict[str, Any]:
        """Whose rows they are: of one congress and one institution."""
        return {"congress": self.congress, "institution": self.one.key}

    def matters(self) -> QuerySet[Matter]:
        """What counts at all: raised by the day, neither drafts nor merged nor refused."""
        found = Matter.objects.filter(**self._own())
        found = found.filter(raised_on__lte=self.day)
        if self.year:
            found = found.filter(year=self.year)
        if self.seen is not None:
            found = found.filter(pk__in=self.seen.values("pk"))
        if self.past:
            last = Act.objects.filter(matter=OuterRef("pk"), day__lte=self.day).order_by("-seq")
            found = found.annotate(
                past=Subquery(last.values("outcome")[:1], output_field=JSONField())
            ).filter(past__isnull=False)
        return found.exclude(self._uncounted())

    def _uncounted(self) -> Q:
        prefix = f"{self.root}__" if self.root else ""
        return Q(**{f"{prefix}phase": "void"}) | Q(**{f"{prefix}state__in": self.private()})

    def private(self) -> list[str]:
        """The states in which a matter is its author's alone: it does not count yet."""
        return [state.id for state in self.one.states if state.private]

    def shares(self) -> QuerySet[Assignment]:
        """Shares handed over by the day that still count."""
        found = Assignment.objects.filter(**self._own())
        found = found.filter(handed_on__lte=self.day).exclude(phase="void")
        return found.filter(matter__in=self.matters().values("pk"))

    def _base(self, indicator: Indicator) -> QuerySet[Model]:
        return self.matters() if indicator.of == "matter" else self.shares()

    def q(self, indicator: Indicator, hit: bool) -> Q:
        """The indicator's base, and its hit as well where that is what is counted."""
        when: dict[str, Filled] = {**indicator.base, **(indicator.hit if hit else {})}
        if indicator.of == "matter":
            return as_q(when, self.root)
        return self._q_of_shares(when, hit)

    def _q_of_shares(self, when: dict[str, Filled], hit: bool) -> Q:
        """Shares carry their dates, so a past day needs no replay: done by then, or due before then.

        `owed`: the share has been settled, or its limit has passed: closed-on-time ÷ closed would hide
        what is open and overdue.
        """
        owed = when.pop("owed", None)
        condition = as_q(when)
        if owed:
            condition &= Q(done_on__lte=self.day) | Q(due_on__lt=self.day)
        return condition & Q(done_on__lte=self.day) if hit and owed else condition

    def _by(self, indicator: Indicator) -> str:
        if indicator.by == "body":
            return "body"
        if indicator.by == "year":
            return "year"
        return f"{self.root}__facts__{indicator.by}" if self.root else f"facts__{indicator.by}"

    def _figure(
        self, indicator: Indicator, numerator: float, denominator: int | None, group: str = ""
    ) -> Figure:
        counts_only = not indicator.hit and not indicator.by and not indicator.sum
        return Figure(
            institution=self.one.key,
            key=indicator.key,
            title=indicator.title,
            numerator=denominator or 0 if counts_only else numerator,
            denominator=None if counts_only else denominator,
            as_of=self.day,
            unit="元" if indicator.sum else (self.one.count_word if counts_only else "%"),
            group=group,
            target=indicator.target,
            help=indicator.help,
            cite=indicator.cite,
            less_is_better=indicator.less_is_better,
            year=self.year,
        )


def together(grounds: Sequence[Counting]) -> list[tuple[Counting, QuerySet[Matter]]]:
    """Matters to be counted institution by institution in one question, each time with a ground that says where
    their facts stand: today those of all institutions of a congress, on a past day each institution's own.
    """
    if not grounds or any(each.past or each.year or each.seen is not None for each in grounds):
        return [(each, each.matters()) for each in grounds]
    first = grounds[0]
    private = Q(
        *(
            Q(institution=each.one.key, state__in=each.private())
            for each in grounds
            if each.private()
        ),
        _connector=Q.OR,
    )
    found = Matter.objects.filter(
        congress=first.congress,
        institution__in=[each.one.key for each in grounds],
        raised_on__lte=first.day,
    ).exclude(phase="void")
    return [(first, found.exclude(private) if private else found)]
