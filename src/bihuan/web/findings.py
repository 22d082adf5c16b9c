"""A board in the language of its page: titles, values and findings. In Chinese it is shown as it was counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from django.utils.translation import gettext as _

from bihuan.loop.spec import Indicator, Institution
from bihuan.measures.boards import Board, Split, Trend, names_of
from bihuan.measures.figures import Figure
from bihuan.web import language


def worded(board: Board, one: Institution) -> Board:
    """The board as this page says it; `one` is the institution in the page's language."""
    if language.in_chinese():
        return board
    titled = {indicator.key: indicator for indicator in one.indicators}
    return replace(
        board,
        institution=one,
        figures=tuple(language.figure(figure) for figure in board.figures),
        splits=tuple(_split(split, titled[split.indicator.key], one) for split in board.splits),
        trends=tuple(_trend(trend, titled[trend.indicator.key]) for trend in board.trends),
    )


def _split(split: Split, indicator: Indicator, one: Institution) -> Split:
    names = names_of(one, indicator)
    figures = tuple(replace(f, label=names.get(f.group, f.label)) for f in split.figures)
    return Split(indicator, figures, _finding_of_split(indicator, figures))


def _finding_of_split(indicator: Indicator, figures: Sequence[Figure]) -> str:
    said = {"title": indicator.title, "label": figures[0].label, "text": figures[0].text}
    if not indicator.hit:
        return _("%(title)s：%(label)s最多，占 %(text)s") % said
    reached = sum(1 for figure in figures if figure.numerator == figure.denominator)
    if reached == len(figures):
        return _("%(title)s：%(n)d 个单位全部 100%%") % {**said, "n": reached}
    sentence = _("%(title)s：%(label)s最低，%(text)s；%(n)d 个单位 100%%")
    return sentence % {**said, "n": reached}


def _trend(trend: Trend, indicator: Indicator) -> Trend:
    rated = [figure for figure in trend.figures if figure.value is not None]
    low = min(rated, key=lambda figure: figure.value or 0)
    high = max(rated, key=lambda figure: figure.value or 0)
    said = {"title": indicator.title, "low": low.text, "high": high.text}
    if low.text == high.text:
        return Trend(indicator, trend.figures, _("%(title)s：各年都是 %(low)s") % said)
    sentence = _("%(title)s：最低 %(first)s 年 %(low)s，最高 %(second)s 年 %(high)s")
    years = {"first": low.year, "second": high.year}
    return Trend(indicator, trend.figures, sentence % {**said, **years})
