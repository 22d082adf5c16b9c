"""Indicators: declared in the institutions, counted by SQL, opened into the rows they count.

Today's figures come from the matters as they stand. A figure as of a past day comes from the acts: each act
keeps the matter as it stood after it, so the last act up to that day says how it stood.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

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
)
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast
from django.utils import timezone

from bihuan.loop.spec import Indicator, Institution, Value
from bihuan.matters import house
from bihuan.matters.models import Act, Assignment, Matter
from bihuan.measures.conditions import as_q
from bihuan.measures.figures import Figure
from bihuan.people.models import Congress

PAST = "past"
LEADING = ("lead", "separate")
"""The kinds of share that answer for a matter."""


def compute(
    congress: Congress,
    institution: str | None = None,
    as_of: date | None = None,
    *,
    year: int | None = None,
    matters: QuerySet[Matter] | None = None,
) -> list[Figure]:
    """Every figure of one institution, or of all. `matters` narrows what is counted (what a user may see).

    One scan gives all rates of an institution; each split indicator (by category, body …) takes one more.
    """
    day = as_of or timezone.localdate()
    wanted = [house.institution(institution)] if institution else house.institutions().values()
    return [
        figure for one in wanted for figure in _of_institution(congress, one, day, year, matters)
    ]


def _of_institution(
    congress: Congress,
    one: Institution,
    day: date,
    year: int | None,
    matters: QuerySet[Matter] | None,
) -> Iterable[Figure]:
    counting = Counting(congress, one, day, year, matters)
    rates = counting.rates()
    for indicator in one.indicators:
        if indicator.by:
            yield from counting.split(indicator)
        elif indicator.sum:
            yield counting.summed(indicator)
        else:
            yield rates[indicator.key]


def rows(
    congress: Congress,
    institution: str,
    key: str,
    as_of: date | None = None,
    *,
    group: str = "",
    hit: bool = True,
    year: int | None = None,
) -> QuerySet[Matter]:
    """The matters behind a figure: those it counts (`hit`) or its whole base. Shares open their matters."""
    one = house.institution(institution)
    indicator = next(indicator for indicator in one.indicators if indicator.key == key)
    counting = Counting(congress, one, as_of or timezone.localdate(), year, None)
    return counting.opened(indicator, group, hit)


class Counting:
    """The ground figures are counted on: which rows, on which day, and where their facts stand."""

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

    # Rates

    def rates(self) -> dict[str, Figure]:
        plain = [i for i in self.one.indicators if not i.by and not i.sum]
        found: dict[str, Figure] = {}
        for track, base in (("matter", self.matters()), ("assignment", self.shares())):
            chosen = [indicator for indicator in plain if indicator.of == track]
            found |= self._counted(base, chosen)
        return found

    def _counted(self, base: QuerySet[Model], chosen: list[Indicator]) -> dict[str, Figure]:
        if not chosen:
            return {}
        counts = {}
        for place, indicator in enumerate(chosen):
            counts[f"base{place}"] = Count("pk", filter=self.q(indicator, hit=False) or None)
            counts[f"hit{place}"] = Count("pk", filter=self.q(indicator, hit=True) or None)
        row = base.aggregate(**counts)
        return {
            indicator.key: self._figure(indicator, row[f"hit{place}"], row[f"base{place}"])
            for place, indicator in enumerate(chosen)
        }

    def split(self, indicator: Indicator) -> list[Figure]:
        """One figure for each value of `by`: shares of the whole, or a rate for each body."""
        rated = bool(indicator.hit)
        path = self._by(indicator)
        counted = (
            self._base(indicator)
            .filter(self.q(indicator, hit=False))
            .order_by()
            .values(value=F(path))
            .annotate(
                whole=Count("pk"), hits=Count("pk", filter=self.q(indicator, hit=True) or None)
            )
        )
        groups = [(row["value"], row["hits"], row["whole"]) for row in counted]
        known = [
            (str(value), hits, whole) for value, hits, whole in groups if value not in (None, "")
        ]
        total = sum(whole for _, _, whole in known)
        return [
            self._figure(indicator, hits, whole if rated else total, value)
            for value, hits, whole in sorted(known, key=lambda row: (-row[2], row[0]))
        ]

    def by_body(self, indicator: Indicator) -> list[Figure]:
        """One rate for each body, in the order of the house. A matter with two lead bodies counts for both."""
        path = "body" if indicator.of == "assignment" else "assignments__body"
        counted = (
            self._handed_over(indicator)
            .filter(self.q(indicator, hit=False))
            .order_by()
            .values(name=F(f"{path}__name"), place=F(f"{path}__path"))
            .annotate(
                whole=Count("pk", distinct=True),
                hits=Count("pk", filter=self.q(indicator, hit=True) or None, distinct=True),
            )
        )
        rows = sorted(counted, key=lambda row: row["place"])
        return [self._figure(indicator, r["hits"], r["whole"], r["name"]) for r in rows]

    def _handed_over(self, indicator: Indicator) -> QuerySet[Model]:
        if indicator.of == "assignment":
            return self.shares()
        return self.matters().filter(
            ~Q(assignments__phase="void"),
            assignments__kind__in=LEADING,
            assignments__handed_on__lte=self.day,
        )

    def _in_charge(self) -> QuerySet[Assignment]:
        held = Assignment.objects.filter(matter=OuterRef("pk"), kind__in=LEADING)
        return held.filter(handed_on__lte=self.day).exclude(phase="void")

    def summed(self, indicator: Indicator) -> Figure:
        """The sum of a field over the acts that filled it in, up to the day."""
        acts = Act.objects.filter(
            congress=self.congress,
            institution=self.one.key,
            day__lte=self.day,
            matter__in=self.matters(),
            data__has_key=indicator.sum,
        )
        amount = Cast(KeyTextTransform(indicator.sum, "data"), FloatField())
        total = acts.aggregate(total=Sum(amount))["total"] or 0
        return self._figure(indicator, total, None)

    def opened(self, indicator: Indicator, group: str, hit: bool) -> QuerySet[Matter]:
        chosen = self._base(indicator).filter(self.q(indicator, hit))
        if group and indicator.per_body and not indicator.by:
            chosen = chosen.filter(Exists(self._in_charge().filter(body__name=group)))
        elif group:
            chosen = chosen.filter(**{self._by(indicator): group})
        if indicator.of == "matter":
            return chosen  # type: ignore[return-value]
        return self.matters().filter(pk__in=chosen.values("matter"))

    # Rows and conditions

    def matters(self) -> QuerySet[Matter]:
        """What counts at all: raised by the day, neither drafts nor merged nor refused."""
        found = Matter.objects.filter(congress=self.congress, institution=self.one.key)
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
        private = [state.id for state in self.one.states if state.private]
        return Q(**{f"{prefix}phase": "void"}) | Q(**{f"{prefix}state__in": private})

    def shares(self) -> QuerySet[Assignment]:
        """Shares handed over by the day that still count."""
        found = Assignment.objects.filter(congress=self.congress, institution=self.one.key)
        found = found.filter(handed_on__lte=self.day).exclude(phase="void")
        return found.filter(matter__in=self.matters().values("pk"))

    def _base(self, indicator: Indicator) -> QuerySet[Model]:
        return self.matters() if indicator.of == "matter" else self.shares()

    def q(self, indicator: Indicator, hit: bool) -> Q:
        """The indicator's base, and its hit as well where that is what is counted."""
        when: dict[str, Value] = {**indicator.base, **(indicator.hit if hit else {})}
        if indicator.of == "matter":
            return as_q(when, self.root)
        return self._q_of_shares(when, hit)

    def _q_of_shares(self, when: dict[str, Value], hit: bool) -> Q:
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
            return "body__name"
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
