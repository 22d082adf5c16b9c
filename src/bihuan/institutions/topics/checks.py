"""Checks of the yearly plan: every field covered, and scores that follow the declared weights."""

from __future__ import annotations

from collections.abc import Iterator

from bihuan.loop.checks import Book, Fault, Limits, each, year_of
from bihuan.loop.forms import as_choice
from bihuan.loop.spec import Condition

PLANNED: Condition = {"state__in": ["planned", "overdue", "done"]}
PARTS = (
    ("importance", "importance_weight"),
    ("concern", "concern_weight"),
    ("feasible", "feasible_weight"),
)
ROUNDING = 0.5


def areas_missing(book: Book, limits: Limits) -> Iterator[Fault]:
    """Fields that no topic of the year's plan belongs to, once there is a plan."""
    period = year_of(book)
    rows = list(book.rows(PLANNED, period))
    if not rows:
        return
    covered = {row.word("area") for row in rows}
    listed = limits.rules.value("areas", limits.on)
    wanted = [as_choice(one).id for one in listed] if isinstance(listed, list) else []
    missing = [one for one in wanted if one not in covered]
    if missing:
        yield limits.broken(
            f"{book.year}年计划列了{len(rows)}项议题，{len(wanted)}个方面中有{len(missing)}个没有："
            f"{'、'.join(missing)}",
            len(missing),
            rows,
            "areas",
            period=period,
            planned=len(rows),
            wanted=len(wanted),
            missing=len(missing),
        )


def score_wrong(book: Book, limits: Limits) -> Iterator[Fault]:
    """A total that is not the weighted sum of its three parts."""
    for row in each(book, {}):
        if not row.has("score"):
            continue
        due = sum(row.amount(part) * limits.number(weight) / 100 for part, weight in PARTS)
        if abs(row.amount("score") - due) > ROUNDING:
            yield limits.broken(
                f"“{row.title}”综合评分填的是{row.amount('score'):g}，按比例应为{due:g}",
                row.amount("score"),
                [row],
                f"score/{row.key}",
                threshold=due,
            )
