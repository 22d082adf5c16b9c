"""Checks of festivals, forums and fairs: filed first, not too many, worth their cost, deputies heard."""

from __future__ import annotations

from collections.abc import Iterator

from bihuan.loop.checks import Book, Fault, Limits, each, groups, year_of
from bihuan.loop.spec import Condition

GOING: Condition = {"state__in": ["filing", "filed", "held", "booked"]}
BAD: Condition = {"state": "booked", "effect": "不达标"}


def unfiled(book: Book, limits: Limits) -> Iterator[Fault]:
    """Held without having been filed."""
    for row in each(book, {"unfiled": True}):
        yield limits.broken(f"“{row.title}”没有备案就举办", 1, [row], f"#{row.key}")


def crowded(book: Book, limits: Limits) -> Iterator[Fault]:
    """More fairs of one sector in the year than the place allows."""
    most = limits.number("sector_most")
    for sector, rows in groups(book, "sector", GOING, least=int(most) + 1):
        yield limits.broken(
            f"{book.year}年“{sector}”领域的节庆论坛展会有{len(rows)}个，超过{most:.0f}个",
            len(rows),
            rows,
            sector,
            by="sector_most",
        )


def two_bad_years(book: Book, limits: Limits) -> Iterator[Fault]:
    """A series that fell short this year and last; before one is filed anew, the two years before."""
    most, planned = limits.number("bad_years_most"), book.focus is not None
    first, second = year_of(book, 2 if planned else 1), year_of(book, 1 if planned else 0)
    earlier = {row.word("series"): row for row in book.rows(BAD, first)}
    for row in book.rows(BAD, second):
        before = earlier.pop(row.word("series"), None)
        if before is None or (book.focus and book.focus.word("series") != row.word("series")):
            continue
        coming = [book.focus] if book.focus else []
        yield limits.broken(
            f"“{row.word('series')}”{before.day.year}年、{row.day.year}年连续两年成效不达标，"
            "应当约谈主办方、减少经费支持",
            2,
            [before, row, *coming],
            row.word("series"),
            by="bad_years_most",
            years=most + 1,
        )


def deputies_unheard(book: Book, limits: Limits) -> Iterator[Fault]:
    """A forum on major matters in which deputies have less of the agenda than the place keeps for them."""
    least = limits.number("deputies_share_least")
    for row in each(book, {**GOING, "major": True, "agenda_minutes__gte": 1}):
        share = row.amount("deputies_minutes") * 100 / row.amount("agenda_minutes")
        if share < least:
            yield limits.broken(
                f"“{row.title}”涉及重大事项，代表审议发言只占议程{share:.1f}%，不足{least:g}%",
                share,
                [row],
                f"#{row.key}",
                by="deputies_share_least",
            )
