"""Checks of meetings: how many, how long, who only sat there, what was demanded as proof."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from bihuan.loop.checks import Book, Fault, Limits, Row, each, year_of
from bihuan.loop.periods import year_earlier
from bihuan.loop.spec import Condition

GENERAL, SPECIAL = "综合性会议", "专题研讨会"
HELD: Condition = {"state__in": ["held", "recorded"]}


def too_many_general(book: Book, limits: Limits) -> Iterator[Fault]:
    """More general meetings in the year, planned ones with them, than the place allows itself."""
    if book.focus is not None and book.focus.word("meeting_kind") != GENERAL:
        return
    most = limits.number("general_most")
    found = book.count({"meeting_kind": GENERAL}, year_of(book))
    if found > most:
        yield limits.broken(
            f"{book.year}年综合性会议已列{found}次，原则上全年不超过{most:.0f}次",
            found,
            book.rows({"meeting_kind": GENERAL}, year_of(book)),
            "year",
            by="general_most",
        )


def accompanied(book: Book, limits: Limits) -> Iterator[Fault]:
    """More than the allowed share came to sit there: who neither reports nor discusses."""
    most = limits.number("accompanying_most")
    for row in each(book, {"accompanying__gte": 1, "attending__gte": 1}):
        share = row.amount("accompanying") * 100 / row.amount("attending")
        if share > most and not row.yes("urgent"):
            yield limits.broken(
                f"“{row.title}”参会{row.amount('attending'):.0f}人，其中陪会{row.amount('accompanying'):.0f}人，"
                f"陪会率{share:.1f}%，超过{most:g}%",
                share,
                [row],
                f"#{row.key}",
                by="accompanying_most",
            )


LEAST_BEFORE = 20
"""Attendances of the year before below which a percentage says nothing."""


def basic_not_fewer(book: Book, limits: Limits) -> Iterator[Fault]:
    """People of the base called to meetings, against the same days of the year before."""
    least = limits.number("basic_cut_least")
    now = (year_of(book)[0], limits.on)
    came, had_come = book.total("basic", HELD, now), book.total("basic", HELD, year_earlier(now))
    if had_come < LEAST_BEFORE:
        return
    cut = (had_come - came) * 100 / had_come
    if cut < least:
        moved = f"减少{cut:.1f}%" if cut >= 0 else f"增加{-cut:.1f}%"
        yield limits.broken(
            f"{book.year}年以来基层参会{came:.0f}人次，上年同期{had_come:.0f}人次，{moved}，没有达到减少{least:g}%",
            cut,
            book.rows({**HELD, "basic__gte": 1}, now),
            "year",
            by="basic_cut_least",
            now=came,
            before=had_come,
        )


def over_time(book: Book, limits: Limits) -> Iterator[Fault]:
    """Longer than a meeting of its kind may be, planned or real, and nobody said why."""
    plain, special = limits.number("minutes_most"), limits.number("special_minutes_most")
    long = [
        *each(book, {"minutes__gte": min(plain, special) + 1}),
        *each(book, {"minutes": "", "minutes_planned__gte": min(plain, special) + 1}),
    ]
    for row in long:
        by = "special_minutes_most" if row.word("meeting_kind") == SPECIAL else "minutes_most"
        most = limits.number(by)
        minutes = row.amount("minutes") or row.amount("minutes_planned")
        if minutes > most and not row.has("over_reason"):
            what = "实际" if row.has("minutes") else "计划"
            yield limits.broken(
                f"“{row.title}”{what}{minutes:.0f}分钟，超过{most:.0f}分钟，没有说明理由",
                minutes,
                [row],
                f"#{row.key}",
                by=by,
            )


def proof_demanded(book: Book, limits: Limits) -> Iterator[Fault]:
    """Units had to prove by pictures that they attended."""
    for row in each(book, {"screenshots": True}):
        units = row.amount("proof_units") or len(row.words("units"))
        whom = f"{units:.0f}个基层单位" if units else "参会单位"
        yield limits.broken(
            f"“{row.title}”要求{whom}报送参会截图、照片；日常调度会原则上不要求录制参会画面",
            units,
            [row],
            f"#{row.key}",
            units=units,
        )


def long_speech(book: Book, limits: Limits) -> Iterator[Fault]:
    """The main speech took too long."""
    most = limits.number("speech_minutes_most")
    for row in each(book, {"speech_minutes__gte": most + 1}):
        yield limits.broken(
            f"“{row.title}”主要讲话{row.amount('speech_minutes'):.0f}分钟，超过{most:.0f}分钟",
            row.amount("speech_minutes"),
            [row],
            f"#{row.key}",
            by="speech_minutes_most",
        )


def late_materials(book: Book, limits: Limits) -> Iterator[Fault]:
    """Papers came too late to be read before the meeting."""
    least = limits.number("materials_before_least")
    for row in each(book, {"materials_on__gte": "0"}):
        before = _days_before(row)
        if before is not None and before < least:
            when = f"提前{before}天" if before > 0 else "当天" if before == 0 else "会后"
            yield limits.broken(
                f"“{row.title}”的材料{when}送达，应当提前{least:.0f}天",
                before,
                [row],
                f"#{row.key}",
                by="materials_before_least",
            )


def _days_before(row: Row) -> int | None:
    try:
        return (row.day - date.fromisoformat(row.word("materials_on"))).days
    except ValueError:
        return None


def no_substance(book: Book, limits: Limits) -> Iterator[Fault]:
    """Held, and nothing was decided, arranged or proposed."""
    for row in each(book, {**HELD, "substance": False}):
        yield limits.broken(
            f"“{row.title}”没有部署具体事项、没有作出决定，属于没有实质内容的会议",
            1,
            [row],
            f"#{row.key}",
        )
