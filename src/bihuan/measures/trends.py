"""An institution's rates over the years, in one grouped query for each track."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import Count, F

from bihuan.loop.spec import Indicator
from bihuan.measures.boards import YEARS_SHOWN, Trend
from bihuan.measures.counting import Counting
from bihuan.measures.figures import Figure


def trends(ground: Counting, as_of: date) -> list[Trend]:
    """Each rate of the cockpit's table by year, oldest first; a rate with a base in one year only has no trend."""
    rates = [one for one in ground.one.indicators if one.per_body and one.hit and not one.by]
    found: list[Trend] = []
    for track in ("matter", "assignment"):
        chosen = [one for one in rates if one.of == track]
        found += _of(ground, chosen, as_of) if chosen else []
    order = {one.key: place for place, one in enumerate(rates)}
    return sorted(found, key=lambda trend: order[trend.indicator.key])


def _of(ground: Counting, chosen: list[Indicator], as_of: date) -> Iterable[Trend]:
    own = chosen[0].of == "matter"
    rows = ground.matters() if own else ground.shares()
    counts = {}
    for place, one in enumerate(chosen):
        counts[f"base{place}"] = Count("pk", filter=ground.q(one, hit=False) or None)
        counts[f"hit{place}"] = Count("pk", filter=ground.q(one, hit=True) or None)
    grouped: Any = rows.order_by().values(in_year=F("year" if own else "matter__year"))
    years = sorted(grouped.annotate(**counts), key=lambda row: row["in_year"])[-YEARS_SHOWN:]
    for place, one in enumerate(chosen):
        figures = [
            _figure(ground, one, as_of, row["in_year"], row[f"hit{place}"], row[f"base{place}"])
            for row in years
        ]
        rated = [figure for figure in figures if figure.denominator]
        if len(rated) > 1:
            yield Trend(one, tuple(rated), finding(one, rated))


def _figure(
    ground: Counting, one: Indicator, as_of: date, year: int, hits: int, base: int
) -> Figure:
    return Figure(
        institution=ground.one.key,
        key=one.key,
        title=one.title,
        numerator=hits,
        denominator=base,
        as_of=as_of,
        target=one.target,
        help=one.help,
        cite=one.cite,
        less_is_better=one.less_is_better,
        year=year,
    )


def finding(one: Indicator, rated: list[Figure]) -> str:
    """落实率：2022 年 43.3%，2026 年 40.5%; the years that have a base."""
    first, last = rated[0], rated[-1]
    return f"{one.title}：{first.year} 年 {first.text}，{last.year} 年 {last.text}"
