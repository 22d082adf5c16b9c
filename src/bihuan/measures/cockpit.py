"""The cockpit (驾驶舱): all institutions at a glance, as they stood on a day, every figure with its rows.

Nothing here ranks anybody: bodies come in the order of the house, and only the viewer sorts them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, F, Q, QuerySet
from django.db.models.functions import TruncMonth

from bihuan.loop.spec import Indicator, Institution
from bihuan.matters.access import Standing, visible
from bihuan.matters.models import Matter
from bihuan.matters.queries import OPEN, SOON
from bihuan.measures.counting import Counting, together
from bihuan.measures.figures import Figure
from bihuan.measures.totals import grounds as grounds_of

AGES = ((0, 30), (31, 90), (91, 180), (181, None))
"""Days since a matter was raised, from and to: a month, a legal limit, an extended one, and beyond."""
MONTHS = 12
LIGHTS = ("open", "late", "soon", "closed")
WHATS_SHOWN = ("body", "closed", "raised", "ended")


@dataclass(frozen=True)
class Stand:
    """How an institution stands: open, of these late and due soon, closed; and how old the open ones are."""

    institution: Institution
    open: int
    late: int
    soon: int
    closed: int
    ages: tuple[int, ...]

    @property
    def total(self) -> int:
        """Open and closed: what is not counted at all (drafts, joined, refused) left out."""
        return self.open + self.closed


@dataclass(frozen=True)
class BodyRow:
    """One body's figures side by side, in the order of the table's columns; None where it has no base."""

    body: str
    figures: tuple[Figure | None, ...]


@dataclass(frozen=True)
class ByBody:
    """An institution's figures told apart by lead body: titles of the columns, and a row for each body."""

    institution: Institution
    titles: tuple[tuple[str, str], ...]
    rows: tuple[BodyRow, ...]
    sorted_by: str


@dataclass(frozen=True)
class Month:
    """What was raised and what was closed in a month (its first day)."""

    month: date
    raised: int
    closed: int


@dataclass(frozen=True)
class Cockpit:
    """Everything on the page, as of a day."""

    as_of: date
    stands: tuple[Stand, ...]
    tables: tuple[Institution, ...]
    table: ByBody | None
    months: tuple[Month, ...]

    def total(self, light: str) -> int:
        """Of all institutions together."""
        return sum(int(getattr(one, light)) for one in self.stands)


def cockpit(
    standing: Standing,
    institutions: Sequence[Institution],
    as_of: date,
    of: str = "",
    sort: str = "",
) -> Cockpit:
    """The cockpit of these institutions. `of`: whose bodies are told apart (else the first's); `sort`: the
    column (`institution.indicator`) its viewer chose.
    """
    congress = standing.user.congress
    assert congress is not None
    counted = grounds_of(congress, institutions, as_of, whats=WHATS_SHOWN)
    grounds = list(zip(institutions, counted, strict=True))
    stands = _stands(counted, as_of)
    told_apart = [(one, ground) for one, ground in grounds if _columns(one)]
    asked = [each for each in told_apart if each[0].key == of] or told_apart[:1]
    return Cockpit(
        as_of,
        tuple(stand for stand in stands if stand.open or stand.closed),
        tuple(one for one, _ground in told_apart),
        by_body(*asked[0], sort) if asked else None,
        tuple(_months(standing, institutions, counted, as_of)),
    )


# How it stands


def stands(standing: Standing, institutions: Sequence[Institution], as_of: date) -> list[Stand]:
    """How each institution stands that has anything, in the order given."""
    congress = standing.user.congress
    assert congress is not None
    counted = grounds_of(congress, institutions, as_of, whats=("closed",))
    return [stand for stand in _stands(counted, as_of) if stand.total]


def light_q(ground: Counting, light: str, as_of: date) -> Q:
    """The matters in a light as of the day. Raises KeyError for another word."""
    phase, due = (f"{ground.root}__phase", f"{ground.root}__due") if ground.root else ("phase", "")
    here = Q(**{f"{phase}__in": list(OPEN)})
    before = _due(due, "lt", as_of)
    until = ~before & _due(due, "lte", as_of + timedelta(days=SOON))
    lights: dict[str, Callable[[], Q]] = {
        "open": lambda: here,
        "late": lambda: here & before,
        "soon": lambda: here & until,
        "closed": lambda: Q(**{phase: "closed"}),
    }
    return lights[light]()


def _due(path: str, lookup: str, day: date) -> Q:
    """A limit kept in an act is a word in ISO form, and such words sort as days do."""
    return Q(**{f"{path}__{lookup}": day.isoformat()}) if path else Q(**{f"due_on__{lookup}": day})


def age_q(age: int, as_of: date) -> Q:
    """The matters of one of AGES, by the day they were raised."""
    least, most = AGES[age]
    found = Q(raised_on__lte=as_of - timedelta(days=least))
    return found if most is None else found & Q(raised_on__gte=as_of - timedelta(days=most))


def _stands(grounds: Sequence[Counting], as_of: date) -> list[Stand]:
    open_ones, closed = _open_of(grounds, as_of), _closed_of(grounds, as_of)
    return [_stand(each.one, open_ones[each.one.key], closed[each.one.key]) for each in grounds]


def _stand(one: Institution, counts: Counter[str], closed: int) -> Stand:
    ages = tuple(counts[f"age{age}"] for age in range(len(AGES)))
    return Stand(one, counts["open"], counts["late"], counts["soon"], closed, ages)


def _open_of(grounds: Sequence[Counting], as_of: date) -> dict[str, Counter[str]]:
    """What is open, by light and by age, of each institution."""
    found: dict[str, Counter[str]] = {each.one.key: Counter() for each in grounds}
    for ground, matters in together(grounds):
        still = light_q(ground, "open", as_of)
        counts: dict[str, Any] = {
            light: Count("pk", filter=light_q(ground, light, as_of)) for light in LIGHTS[:3]
        }
        counts |= {
            f"age{age}": Count("pk", filter=still & age_q(age, as_of)) for age in range(len(AGES))
        }
        counted: Any = matters.filter(still).order_by().values("institution").annotate(**counts)
        for row in counted:
            found[row["institution"]].update({name: row[name] for name in counts})
    return found


def _closed_of(grounds: Sequence[Counting], as_of: date) -> dict[str, int]:
    """What is closed: from the totals where there are any, else counted on the rows."""
    found = {each.one.key: each.closed() if each.kept else 0 for each in grounds}
    for ground, matters in together([each for each in grounds if not each.kept]):
        closed = matters.filter(light_q(ground, "closed", as_of)).order_by()
        found |= dict(closed.values_list("institution").annotate(n=Count("pk")))
    return found


def rows(ground: Counting, light: str, age: int | None, as_of: date) -> QuerySet[Matter]:
    """The matters behind a number of the cockpit."""
    found = ground.matters().filter(light_q(ground, light, as_of))
    return found if age is None else found.filter(age_q(age, as_of))


# By body


def by_body(one: Institution, ground: Counting, sort: str = "") -> ByBody:
    """One institution's figures, body by body."""
    chosen = _columns(one)
    columns = [{f.group: f for f in ground.by_body(indicator)} for indicator in chosen]
    names = list(dict.fromkeys(name for column in columns for name in column))
    table = [BodyRow(name, tuple(column.get(name) for column in columns)) for name in names]
    titles = tuple((indicator.key, indicator.title) for indicator in chosen)
    place = next(
        (n for n, indicator in enumerate(chosen) if sort == f"{one.key}.{indicator.key}"), None
    )
    if place is not None:
        table.sort(key=lambda row: _worth(row.figures[place]))
    return ByBody(one, titles, tuple(table), sort if place is not None else "")


def _columns(one: Institution) -> list[Indicator]:
    return [i for i in one.indicators if i.per_body or (i.by == "body" and i.hit)]


def _worth(figure: Figure | None) -> tuple[bool, float]:
    """Lowest rate first; a body without a base comes last."""
    value = figure.value if figure else None
    return (value is None, value or 0.0)


# Over time


def _months(
    standing: Standing,
    institutions: Sequence[Institution],
    grounds: Sequence[Counting],
    as_of: date,
) -> list[Month]:
    months = [_month_before(as_of.replace(day=1), n) for n in reversed(range(MONTHS))]
    if not any(ground.past for ground in grounds):
        raised, closed = _added(grounds, "raised"), _added(grounds, "ended")
        return [Month(month, raised.get(month, 0), closed.get(month, 0)) for month in months]
    first = months[0]
    seen = visible(standing).filter(institution__in=[one.key for one in institutions])
    seen = seen.exclude(phase="void").order_by()
    raised = _counted(seen, "raised_on", first, as_of)
    closed = _counted(seen, "closed_on", first, as_of)
    return [Month(month, raised.get(month, 0), closed.get(month, 0)) for month in months]


def _added(grounds: Sequence[Counting], what: str) -> dict[date, int]:
    return dict(sum((Counter(ground.months(what)) for ground in grounds), Counter()))


def _counted(seen: QuerySet[Matter], day: str, first: date, last: date) -> dict[date, int]:
    inside = seen.filter(**{f"{day}__gte": first, f"{day}__lte": last})
    counted = inside.annotate(month=TruncMonth(F(day))).values_list("month")
    return dict(counted.annotate(n=Count("pk")))


def _month_before(month: date, count: int) -> date:
    year, place = divmod(month.year * 12 + month.month - 1 - count, 12)
    return date(year, place + 1, 1)
