"""Checks of papers: fewer inside the count and more outside it, length, background, empty words, repetition."""

from __future__ import annotations

from collections.abc import Iterator

from bihuan.loop.checks import Book, Fault, Limits, Row, each, quarters, together, year_of
from bihuan.loop.periods import quarter, quarter_said
from bihuan.loop.spec import Condition
from bihuan.text import copies

ISSUED: Condition = {"state": "issued"}
FEW = 5
"""Below so many a quarter, growth in percent says nothing."""


def outside_grows(book: Book, limits: Limits) -> Iterator[Fault]:
    """A quarter's papers outside the count against the mean of the year's quarters before it."""
    most = limits.number("outside_growth_most")
    every = [quarter(book.year, number) for number in range(1, 5)]
    outside = [book.count(_counted(False), period) for period in every]
    inside = [book.count(_counted(True), period) for period in every]
    for place, period in enumerate(every):
        if not place or period not in quarters(book):
            continue
        now, mean = outside[place] + len(_coming(book)), sum(outside[:place]) / place
        growth = (now - mean) * 100 / mean if mean else 0.0
        if now >= FEW and growth > most and inside[place] <= sum(inside[:place]) / place:
            yield limits.broken(
                f"{book.year}年{quarter_said(place + 1)}印发口径外文件{now}份，较前{place}个季度"
                f"平均数（{mean:.1f}份）增长{growth:.0f}%；同期口径内{inside[place]}份，没有增加",
                growth,
                [*book.rows(_counted(False), period), *_coming(book)],
                f"q{place + 1}",
                by="outside_growth_most",
                period=period,
                count=now,
                mean=round(mean, 2),
                growth=round(growth, 2),
                inside=inside[place],
            )


def _counted(inside: bool) -> Condition:
    return {**ISSUED, "inside": inside}


def _coming(book: Book) -> list[Row]:
    """The paper about to be sent, which is not yet issued, if it stands outside the count."""
    row = book.focus
    outside = row is not None and row.facts.get("inside") is False
    return [row] if row and outside and row.facts.get("state") != "issued" else []


def red_to_white(book: Book, limits: Limits) -> Iterator[Fault]:
    """A hint, a briefing or a letter that orders lower bodies."""
    for row in each(book, {"hidden_order": True}):
        asked = (
            f"向下级提出{row.amount('demands'):.0f}项要求"
            if row.has("demands")
            else "向下级部署任务"
        )
        yield limits.broken(
            f"《{row.title}》名为“{row.word('paper_kind')}”，正文{asked}，应当按通知制发并计入发文数量",
            row.amount("demands"),
            [row],
            f"#{row.key}",
            demands=row.amount("demands"),
            claimed=row.word("paper_kind"),
        )


def too_long(book: Book, limits: Limits) -> Iterator[Fault]:
    """Longer than the rules allow: a paper on a special task less than any other."""
    general, special = limits.number("length_most"), limits.number("special_length_most")
    for row in each(book, {"length__gte": min(general, special) + 1}):
        by = "special_length_most" if row.yes("special") else "length_most"
        most, length = limits.number(by), row.amount("length")
        if length > most:
            yield limits.broken(
                f"《{row.title}》正文{length:,.0f}字，超过{most:,.0f}字的上限",
                length,
                [row],
                f"#{row.key}",
                by=by,
            )


def background_heavy(book: Book, limits: Limits) -> Iterator[Fault]:
    """More background than the paper can bear."""
    most = limits.number("background_most")
    for row in each(book, {"background_share__gte": most}):
        share = row.amount("background_share")
        if share > most:
            told = (
                f"，意见措施占{row.amount('measures_share'):g}%"
                if row.has("measures_share")
                else ""
            )
            yield limits.broken(
                f"《{row.title}》背景阐述占{share:g}%{told}，超过{most:g}%",
                share,
                [row],
                f"#{row.key}",
                by="background_most",
                length=row.amount("length"),
                measures=row.amount("measures_share"),
            )


LEAST_EMPTY = 3


def empty_words(book: Book, limits: Limits) -> Iterator[Fault]:
    """Demands of which nobody could say afterwards whether they were met."""
    most = limits.number("uncheckable_most")
    for row in each(book, {"uncheckable_share__gte": most, "uncheckable__gte": LEAST_EMPTY}):
        share = row.amount("uncheckable_share")
        if share > most:
            yield limits.broken(
                f"《{row.title}》有{row.amount('uncheckable'):.0f}句要求没有单位、时限、数量，事后查不到，"
                f"占全部要求的{share:g}%",
                share,
                [row],
                f"#{row.key}",
                by="uncheckable_most",
                sentences=row.amount("uncheckable"),
            )


SAME = 0.6
LEAST_TEXT = 100


def deployed_again(book: Book, limits: Limits) -> Iterator[Fault]:
    """Papers of one year of which one holds most of the other: each set of them is one fault."""
    rows = {str(row.key): row for row in _with_text(book)}
    texts = {key: row.word("text") for key, row in rows.items()}
    found = [copy for copy in copies.papers(texts) if copy.share >= SAME] if len(texts) > 1 else []
    shares: dict[str, float] = {}
    for copy in found:
        shares[copy.one] = max(copy.share, shares.get(copy.one, 0))
    for keys in together((copy.one, copy.other) for copy in found):
        same = sorted((rows[key] for key in keys), key=lambda row: (row.key == 0, row.day, row.key))
        share = max(shares[key] for key in keys if key in shares)
        yield limits.broken(
            f"《{same[0].title}》等{len(same)}份文件大半相同（相同部分最多占{share * 100:.0f}%），重复部署",
            len(same),
            same,
            f"#{same[0].key}",
            threshold=1,
            share=round(share * 100, 1),
        )


def _with_text(book: Book) -> list[Row]:
    if book.focus is not None and len(book.focus.word("text")) < LEAST_TEXT:
        return []
    found = book.rows({}, year_of(book), texts=True)
    return [row for row in found if len(row.word("text")) >= LEAST_TEXT]


def unreviewed(book: Book, limits: Limits) -> Iterator[Fault]:
    """Issued without the review before issue."""
    for row in each(book, {**ISSUED, "unreviewed": True}):
        yield limits.broken(f"《{row.title}》没有审核就印发", 1, [row], f"#{row.key}")


def more_than_last_year(book: Book, limits: Limits) -> Iterator[Fault]:
    """The year's papers, inside and outside the count, are more than in the whole year before."""
    now, before = book.count(ISSUED, year_of(book)), book.count(ISSUED, year_of(book, 1))
    if before and now > before:
        yield limits.broken(
            f"{book.year}年已印发{now}份（口径内外合计），超过上年全年的{before}份，须书面说明",
            now,
            book.rows({**ISSUED, "inside": False}, year_of(book)),
            "year",
            threshold=before,
            before=before,
        )
