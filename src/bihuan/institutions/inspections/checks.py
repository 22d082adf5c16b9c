"""Checks of inspections and studies: plan against execution, splits, checks that call themselves studies."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from bihuan.loop.checks import (
    Book,
    Fault,
    Limits,
    Row,
    each,
    groups,
    near,
    quarters,
    together,
    year_of,
)
from bihuan.loop.periods import quarter_number, quarter_said, year_earlier
from bihuan.loop.spec import Condition

STUDIES = ("调研", "评估")
DONE: Condition = {"state__in": ["executed", "reported"]}
GOING: Condition = {"state__in": ["planned", "noticed", "executed", "reported"]}
"""A part that is announced counts as much as one that was carried out: it is warned of before."""


def split_in_time(book: Book, limits: Limits) -> Iterator[Fault]:
    """One planned item, or one topic, that comes to the same unit again within days."""
    days = limits.number("split_days")
    seen: set[tuple[int, ...]] = set()
    for by in ("plan_item", "topic"):
        for value, rows in groups(book, by, GOING):
            for run in _runs(rows, int(days)):
                keys = tuple(row.key for row in run)
                if keys not in seen and len({row.title for row in run}) > 1:
                    seen.add(keys)
                    yield _split(limits, by, value, run)


def _runs(rows: list[Row], days: int) -> Iterator[list[Row]]:
    """Runs of rows near in time of which each comes to a unit of the one before: one run for all their units."""
    for close in near(rows, days):
        own = _visiting(close, rows)
        for places in together(_near_again(own, days)):
            yield [own[place] for place in sorted(places)]


def _visiting(close: list[Row], rows: list[Row]) -> list[Row]:
    """Rows that go to somebody; the item of the plan itself goes nowhere once its parts do."""
    parts = {row.word("plan_item") for row in rows}
    return [row for row in close if row.has("units") and str(row.key) not in parts]


def _near_again(rows: list[Row], days: int) -> Iterator[tuple[int, int]]:
    """The places of every two rows of which the later comes to a unit less than so many days after the earlier."""
    last: dict[str, int] = {}
    for place, row in enumerate(rows):
        for unit in row.words("units"):
            before = last.get(unit, place)
            if before != place and (row.day - rows[before].day).days < days:
                yield before, place
            last[unit] = place


def _split(limits: Limits, by: str, value: str, run: list[Row]) -> Fault:
    titles = list(dict.fromkeys(row.title for row in run))
    gap = max((b.day - a.day).days for a, b in pairwise(run))
    materials = [thing for row in run for thing in row.words("materials")]
    asked = f"，先后要求提供资料{len(materials)}份" if materials else ""
    what = next((row.word("topic") for row in run if row.has("topic")), "") or "同一计划事项"
    return limits.broken(
        f"“{what}”1项督查拆成{len(titles)}项分别开展（{'、'.join(titles[:4])}），间隔最长{gap}天，"
        f"不足{limits.number('split_days'):.0f}天{asked}",
        gap,
        run,
        f"{by}/{value}/{run[0].key}",
        by="split_days",
        planned=1,
        parts=len(titles),
        gap=gap,
        materials=len(materials),
    )


def packed_and_split(book: Book, limits: Limits) -> Iterator[Fault]:
    """One item in the plan, several in execution: how many more than planned, and how many visits in all."""
    apart = {item: rows for item, rows in _carried_out(book) if not _one_run(limits, rows)}
    merged_items = _merged(book) if apart else {}
    for item, parts in apart.items():
        titles = list(dict.fromkeys(row.title for row in parts))
        visits = sum(row.amount("visits") or 1 for row in parts)
        growth = (len(titles) - 1) * 100.0
        merged = merged_items.get(item, 0)
        packed = f"年初把{merged:.0f}项业务合并为1项计划，" if merged > 1 else "年度计划列1项，"
        yield limits.broken(
            f"{packed}实际拆成{len(titles)}项分别实施（{'、'.join(titles[:4])}），累计开展{visits:.0f}次，"
            f"执行项数较计划增加{growth:.0f}%",
            growth,
            parts,
            f"item/{item}",
            planned=1,
            merged=merged,
            parts=len(titles),
            executed=visits,
            growth=growth,
        )


def _carried_out(book: Book) -> Iterator[tuple[str, list[Row]]]:
    """Items of the plan with what was carried out of them under more than one name."""
    for item, rows in groups(book, "plan_item", GOING):
        parts = [row for row in rows if str(row.key) != item]
        if len({row.title for row in parts}) > 1:
            yield item, parts


def _one_run(limits: Limits, parts: list[Row]) -> bool:
    """Already told as one split within days on the same unit."""
    runs = list(_runs(parts, int(limits.number("split_days"))))
    return any(len(run) == len(parts) for run in runs)


def _merged(book: Book) -> dict[str, float]:
    """How many items were packed into one of the plan, by that item."""
    rows = book.rows({"merged_items__gte": 2}, year_of(book))
    return {str(row.key): row.amount("merged_items") for row in rows}


def _checks_files(row: Row) -> bool:
    return bool(row.yes("on_site") or row.amount("archives") or row.amount("form_fields"))


def disguised(book: Book, limits: Limits) -> Iterator[Fault]:
    """A study or an evaluation that reads files, has forms filled in or marks what it sees."""
    for row in each(book, {**GOING, "visit_kind__in": list(STUDIES)}):
        if _checks_files(row):
            archives, asked = row.amount("archives"), row.amount("form_fields")
            found = [
                f"现场查阅{archives:.0f}类业务档案" if archives else "",
                f"要求填写{asked:.0f}项指标" if asked else "",
                "现场核查考核" if row.yes("on_site") else "",
            ]
            told = "、".join(one for one in found if one)
            yield limits.broken(
                f"“{row.title}”以{row.word('visit_kind')}名义{told}，实质是检查",
                archives + asked,
                [row],
                f"#{row.key}",
                archives=archives,
                fields=asked,
            )


def studies_on_site(book: Book, limits: Limits) -> Iterator[Fault]:
    """A quarter's on-site checks under the name of study, against the same quarter of the year before."""
    where: Condition = {**DONE, "visit_kind__in": list(STUDIES), "on_site": True}
    for quarter in quarters(book):
        now, before = book.count(where, quarter), book.count(where, year_earlier(quarter))
        if now < 2:
            continue
        growth = (now - before) * 100 / before if before else 0.0
        told = f"，上年同期{before}次，增长{growth:.0f}%" if before and growth > 0 else ""
        number = quarter_number(quarter[1])
        yield limits.broken(
            f"{book.year}年{quarter_said(number)}以调研、评估名义开展实地检查{now}次{told}",
            now,
            book.rows(where, quarter),
            f"q{number}",
            period=quarter,
            before=before,
            growth=round(growth, 2),
        )


LEAST_BASE = 10
"""Of fewer than ten one alone is more than ten per cent."""


def off_plan(book: Book, limits: Limits) -> Iterator[Fault]:
    """Inspections outside the plan, as a share of all that were carried out or are under way."""
    most = limits.number("off_plan_most")
    whole = book.count(GOING, year_of(book))
    outside = book.count({**GOING, "off_plan": True}, year_of(book))
    share = outside * 100 / whole if whole else 0.0
    if whole >= LEAST_BASE and share > most:
        yield limits.broken(
            f"{book.year}年督查检查{whole}项，其中计划外{outside}项，占{share:.1f}%，超过{most:g}%",
            share,
            book.rows({**GOING, "off_plan": True}, year_of(book)),
            "year",
            by="off_plan_most",
            whole=whole,
            outside=outside,
        )


def total_not_fewer(book: Book, limits: Limits) -> Iterator[Fault]:
    """All that was carried out this year, against the same days of the year before."""
    least = limits.number("total_cut_least")
    running = (year_of(book)[0], limits.on)
    now, before = book.count(DONE, running), book.count(DONE, year_earlier(running))
    if before < LEAST_BASE:
        return
    cut = (before - now) * 100 / before
    if cut < least:
        moved = f"减少{cut:.1f}%" if cut >= 0 else f"增加{-cut:.1f}%"
        yield limits.broken(
            f"{book.year}年以来开展督查检查{now}项，上年同期{before}项，{moved}，没有达到减少{least:g}%",
            cut,
            book.rows(DONE, running),
            "year",
            by="total_cut_least",
            now=now,
            before=before,
        )


def files_heavy(book: Book, limits: Limits) -> Iterator[Fault]:
    """Papers count for more of the mark than they may."""
    most = limits.number("files_weight_most")
    for row in each(book, {**DONE, "files_weight__gte": most}):
        weight = row.amount("files_weight")
        if weight > most:
            yield limits.broken(
                f"“{row.title}”资料台账占评分{weight:g}%，超过{most:g}%",
                weight,
                [row],
                f"#{row.key}",
                by="files_weight_most",
            )


def without_notice(book: Book, limits: Limits) -> Iterator[Fault]:
    """Carried out before the unit was told what is looked at, by which standard and how."""
    for row in each(book, {**DONE, "unannounced": ""}):
        told = row.word("noticed_on")
        if (not told or told > row.day.isoformat()) and row.has("units"):
            yield limits.broken(
                f"“{row.title}”没有事先告知内容、标准和方式就开展",
                1,
                [row],
                f"#{row.key}",
            )


def no_supervision_plan(book: Book, limits: Limits) -> Iterator[Fault]:
    """A study or an evaluation that no oversight follows."""
    where: Condition = {
        "state": "reported",
        "visit_kind__in": list(STUDIES),
        "supervision_plan": False,
    }
    for row in each(book, where):
        yield limits.broken(
            f"“{row.title}”没有同步制定监督方案，调研与监督脱节", 1, [row], f"#{row.key}"
        )


def not_adopted(book: Book, limits: Limits) -> Iterator[Fault]:
    """Of the opinions given in the year fewer were taken up than the place asks for."""
    least = limits.number("adoption_least")
    where: Condition = {"state": "reported", "opinions__gte": 1, "adopted__gte": 0}
    given = book.total("opinions", where, year_of(book))
    taken = book.total("adopted", where, year_of(book))
    rate = taken * 100 / given if given else 100.0
    if rate < least:
        low = [
            row
            for row in book.rows(where, year_of(book))
            if row.amount("adopted") * 100 < least * row.amount("opinions")
        ]
        yield limits.broken(
            f"{book.year}年督查检查提出意见{given:.0f}条，采纳{taken:.0f}条，采纳率{rate:.1f}%，低于{least:g}%",
            rate,
            low,
            "year",
            by="adoption_least",
            given=given,
            taken=taken,
        )
