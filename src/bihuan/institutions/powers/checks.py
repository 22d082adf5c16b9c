"""Checks of powers: handed down whole, to somebody who can bear them, as fast as promised, and looked after."""

from __future__ import annotations

from collections.abc import Iterator

from bihuan.loop.checks import Book, Fault, Limits, each, year_of
from bihuan.loop.spec import Condition

LIVE: Condition = {"state__in": ["listed", "assessed", "delegated", "unfollowed"]}
DELEGATED: Condition = {"state__in": ["delegated", "unfollowed", "settled"]}
SESSIONS: Condition = {"power_kind": "常委会会议"}
SUPERVISIONS: Condition = {"power_kind": "专项监督"}


def kept_reapproval(book: Book, limits: Limits) -> Iterator[Fault]:
    """Handed down, and the upper office still signs."""
    for row in each(book, {**LIVE, "kept_review": True}):
        days = row.amount("extra_days")
        longer = f"，办理时间增加{days:g}个工作日" if days else ""
        yield limits.broken(
            f"“{row.title}”下放后仍须{row.word('organizer')}复核签字，形成双重审批{longer}",
            days,
            [row],
            f"#{row.key}",
            extra_days=days,
        )


TIMED: Condition = {**DELEGATED, "promised_days__gte": 0.01, "real_days__gte": 0.01}


def slower_than_promised(book: Book, limits: Limits) -> Iterator[Fault]:
    """The mean time of the powers handed down, against the mean that was promised."""
    count = book.count(TIMED, year_of(book))
    if not count:
        return
    real = book.total("real_days", TIMED, year_of(book)) / count
    promised = book.total("promised_days", TIMED, year_of(book)) / count
    over = round(real - promised, 6)
    if over > 0:
        slow = [
            row
            for row in book.rows(TIMED, year_of(book))
            if row.amount("real_days") > row.amount("promised_days")
        ]
        yield limits.broken(
            f"{book.year}年下放事项平均办理时限{real:.1f}天，较承诺时限{promised:.1f}天延长{over:.1f}天，"
            f"其中{len(slow)}项超过承诺",
            real,
            slow,
            "year",
            threshold=promised,
            promised=round(promised, 2),
            over=round(over, 2),
            count=count,
        )


def below_standard(book: Book, limits: Limits) -> Iterator[Fault]:
    """How many of the powers handed down are handled below standard."""
    most = limits.number("below_most")
    judged: Condition = {**DELEGATED, "quality__in": ["达标", "不达标"]}
    bad: Condition = {**DELEGATED, "quality": "不达标"}
    whole, found = book.count(judged, year_of(book)), book.count(bad, year_of(book))
    share = found * 100 / whole if whole else 0.0
    if share > most:
        yield limits.broken(
            f"{book.year}年跟踪的下放事项{whole}项，办理质量不达标{found}项，占{share:.0f}%，超过{most:g}%",
            share,
            book.rows(bad, year_of(book)),
            "year",
            by="below_most",
            whole=whole,
            found=found,
        )


MISSING = {"guidance": "依据和程序指南", "training": "业务培训", "kit": "人员设备"}


def unprepared(book: Book, limits: Limits) -> Iterator[Fault]:
    """Handed to somebody who cannot bear it, or without what it takes."""
    wanted: list[Condition] = [{"capacity": "不具备"}, *({name: False} for name in MISSING)]
    rows = {row.key: row for where in wanted for row in each(book, {**DELEGATED, **where})}
    for row in rows.values():
        lacking = [word for name, word in MISSING.items() if row.facts.get(name) is False]
        unable = row.word("capacity") == "不具备"
        why = "承接单位不具备能力" if unable else f"没有提供{'、'.join(lacking)}"
        yield limits.broken(
            f"“{row.title}”{why}就下放，基层接不住、办不好",
            len(lacking),
            [row],
            f"#{row.key}",
        )


def unfollowed(book: Book, limits: Limits) -> Iterator[Fault]:
    """Handed down, and nobody looked after it within the limit: the clock has noted it."""
    for row in each(book, {"state": "unfollowed"}):
        harm = row.amount("violations")
        told = f"，已发生违规{harm:.0f}起" if harm else ""
        yield limits.broken(
            f"“{row.title}”下放后没有跟踪监督{told}", harm, [row], f"#{row.key}", violations=harm
        )


def few_major(book: Book, limits: Limits) -> Iterator[Fault]:
    """Sessions of the year, and in how many of them a major matter was deliberated."""
    least = limits.number("major_least")
    whole = book.count(SESSIONS, year_of(book))
    major = book.count({**SESSIONS, "major": True}, year_of(book))
    share = major * 100 / whole if whole else 100.0
    if share < least:
        yield limits.broken(
            f"{book.year}年常委会会议{whole}次，审议重大事项的{major}次，占{share:.0f}%，低于{least:g}%",
            share,
            book.rows(SESSIONS, year_of(book)),
            "year",
            by="major_least",
            whole=whole,
            major=major,
        )


LEAST_BASE = 5


def one_field(book: Book, limits: Limits) -> Iterator[Fault]:
    """Supervision that keeps to one field of seven."""
    most = limits.number("one_field_most")
    counts = book.counts("area", SUPERVISIONS, year_of(book))
    whole = sum(counts.values())
    if whole < LEAST_BASE:
        return
    area, found = max(counts.items(), key=lambda pair: (pair[1], pair[0]))
    share = found * 100 / whole
    if share > most:
        yield limits.broken(
            f"{book.year}年专项监督{whole}项，“{area}”领域{found}项，占{share:.0f}%，超过{most:g}%",
            share,
            book.rows({**SUPERVISIONS, "area": area}, year_of(book)),
            area,
            by="one_field_most",
            whole=whole,
            found=found,
        )
