"""Indicators: declared in the institutions, counted by SQL, opened into the rows they count."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db.models import QuerySet
from django.utils import timezone

from bihuan.matters import house
from bihuan.matters.models import Matter
from bihuan.measures.counting import Counting
from bihuan.measures.figures import Figure
from bihuan.measures.totals import grounds
from bihuan.people.models import Congress


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
    counted = grounds(congress, list(wanted), day, year, matters, ("rate", "split", "sum"))
    return [figure for ground in counted for figure in figures_of(ground)]


def figures_of(counting: Counting) -> Iterable[Figure]:
    """Every figure of an institution, as declared, from the ground it is counted on."""
    rates = counting.rates()
    for indicator in counting.one.indicators:
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
