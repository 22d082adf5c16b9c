"""What a board shows: an institution's figures, their trend by year and by body, for those who may see them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from django.db.models import QuerySet

from bihuan.loop.conditions import split
from bihuan.loop.forms import as_choice
from bihuan.loop.spec import Indicator, Institution
from bihuan.matters import house
from bihuan.matters.access import WHOLE_CONGRESS, Standing, visible
from bihuan.matters.models import Matter
from bihuan.matters.queries import years
from bihuan.measures.figures import Figure
from bihuan.measures.indicators import compute

YEARS_SHOWN = 6


@dataclass(frozen=True)
class Split:
    """An indicator told apart by value: its title, its figures, and the finding they show."""

    indicator: Indicator
    figures: tuple[Figure, ...]
    finding: str


@dataclass(frozen=True)
class Trend:
    """One rate over the years, oldest first."""

    indicator: Indicator
    figures: tuple[Figure, ...]
    finding: str


@dataclass(frozen=True)
class Board:
    """Everything on one institution's board, as of a day."""

    institution: Institution
    as_of: date
    year: int | None
    years: tuple[int, ...]
    figures: tuple[Figure, ...]
    splits: tuple[Split, ...]
    trends: tuple[Trend, ...]


def board(standing: Standing, key: str, as_of: date, year: int | None = None) -> Board:
    """The board of one institution as this user may see it.

    Whoever oversees the whole congress counts all of it; anyone else only what he may see, and no
    figure that would give away a rating still hidden from him.
    """
    one = house.institution(key)
    shown = {indicator.key for indicator in one.indicators if may_count(standing, one, indicator)}
    scope = scope_of(standing)
    congress = standing.user.congress
    assert congress is not None
    figures = [f for f in compute(congress, key, as_of, year=year, matters=scope) if f.key in shown]
    known = _years(standing, key, as_of)
    return Board(
        institution=one,
        as_of=as_of,
        year=year,
        years=known,
        figures=tuple(figure for figure in figures if not figure.group),
        splits=tuple(_splits(one, figures)),
        trends=tuple(_trends(standing, one, shown, known, as_of)) if year is None else (),
    )


def scope_of(standing: Standing) -> QuerySet[Matter] | None:
    """What is counted for this user: all (None) for those who oversee the congress, else what he sees."""
    return None if standing.has(*WHOLE_CONGRESS) else visible(standing)


def may_count(standing: Standing, one: Institution, indicator: Indicator) -> bool:
    """Whether the figure gives away nothing that a field hides from this user."""
    if not indicator.board:
        return False
    if standing.has(*WHOLE_CONGRESS) or not standing.paths:
        return True
    hidden = {
        field.name for field in one.fields if set(field.hidden_from) & {"lead_body", "co_body"}
    }
    named = {split(name)[0] for name in (*indicator.base, *indicator.hit)} | {indicator.by}
    return not hidden & named


def _years(standing: Standing, key: str, as_of: date) -> tuple[int, ...]:
    rows = visible(standing).filter(institution=key, raised_on__lte=as_of)
    return tuple(sorted(years(rows, YEARS_SHOWN)))


def _splits(one: Institution, figures: list[Figure]) -> Iterable[Split]:
    for indicator in one.indicators:
        names = names_of(one, indicator)
        own = tuple(
            replace(figure, label=names.get(figure.group, figure.group))
            for figure in figures
            if figure.key == indicator.key and figure.group
        )
        if indicator.hit:
            own = tuple(sorted(own, key=lambda figure: (figure.value or 0, -figure.numerator)))
        if own:
            yield Split(indicator, own, _finding_of_split(indicator, own))


def names_of(one: Institution, indicator: Indicator) -> dict[str, str]:
    """What people call the values of the field an indicator is split by: B → B 正在解决或列入计划."""
    field = one.field(indicator.by)
    if field is None or field.kind != "choice":
        return {}
    lists = [param.value for param in one.params if param.name == field.choices_param]
    rows = lists[-1] if lists and isinstance(lists[-1], list) else []
    choices = field.choices or tuple(as_choice(row) for row in rows)
    return {choice.id: choice.said for choice in choices}


def _finding_of_split(indicator: Indicator, figures: tuple[Figure, ...]) -> str:
    if indicator.hit:
        worst = min(figures, key=lambda figure: figure.value or 0)
        reached = sum(1 for figure in figures if figure.numerator == figure.denominator)
        if reached == len(figures):
            return f"{indicator.title}：{len(figures)} 个单位全部 100%"
        return f"{indicator.title}：{worst.label}最低，{worst.text}；{reached} 个单位 100%"
    most = figures[0]
    return f"{indicator.title}：{most.label}最多，占 {most.text}"


def _trends(
    standing: Standing, one: Institution, shown: set[str], known: tuple[int, ...], as_of: date
) -> Iterable[Trend]:
    if len(known) < 2:
        return
    congress = standing.user.congress
    assert congress is not None
    scope = scope_of(standing)
    by_year = [compute(congress, one.key, as_of, year=year, matters=scope) for year in known]
    for indicator in one.indicators:
        if indicator.key not in shown or indicator.by or indicator.sum or not indicator.hit:
            continue
        own = tuple(f for figures in by_year for f in figures if f.key == indicator.key)
        rated = [figure for figure in own if figure.value is not None]
        if len(rated) > 1:
            yield Trend(indicator, own, _finding_of_trend(indicator, rated))


def _finding_of_trend(indicator: Indicator, rated: list[Figure]) -> str:
    low = min(rated, key=lambda figure: figure.value or 0)
    high = max(rated, key=lambda figure: figure.value or 0)
    if low.text == high.text:
        return f"{indicator.title}：各年都是 {low.text}"
    return f"{indicator.title}：最低 {low.year} 年 {low.text}，最高 {high.year} 年 {high.text}"
