"""Checks as the loop sees them: books of rows, limits with their article, and declarations that do not hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some

from bihuan.loop.check import check
from bihuan.loop.checks import (
    Listed,
    Missing,
    Row,
    each,
    faults,
    functions,
    groups,
    near,
    quarters,
    together,
)
from bihuan.loop.params import NoSuchParam, Rules
from bihuan.loop.spec import Act, Asks, Check, Field, Institution, Law, Outcome, Param, State

FIRST = date(2026, 3, 2)
YEAR = (date(2026, 1, 1), date(2026, 12, 31))
CHECKS = '''
"""Checks of a test."""

from bihuan.loop.checks import each


def too_many(book, limits):
    """More than allowed."""
    most = limits.number("most")
    for row in each(book, {"n__gte": most + 1}):
        yield limits.broken("太多", row.amount("n"), [row], f"#{row.key}", by="most")
'''


def row(key: int, day: date = FIRST, **facts: object) -> Row:
    return Row(key, f"第{key}件", day, facts)  # type: ignore[arg-type]


def house(folder: Path, **changes: object) -> Institution:
    """A register with one check."""
    (folder / "checks.py").write_text(CHECKS, encoding="utf-8")
    plain = Institution(
        key=folder.name,
        title="试",
        folder=folder,
        day_of="on",
        law=(Law("rule", "某办法", "第三条", place="某县"),),
        params=(Param("most", "上限", "40%", date(2024, 1, 1), "rule"),),
        states=(State("noted", "已登记", phase="closed"),),
        acts=(Act("raise", "登记", ("clerk",), to=(Outcome("noted"),)),),
        fields=(
            Field("on", "日期", "date", ("raise",)),
            Field("units", "单位", "bodies", ("raise",)),
        ),
        checks=(Check("too_many", "太多", "documents", "rule", ("most",), ("raise",)),),
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def test_it_says_rule_figure_article_and_rows(tmp_path: Path) -> None:
    one = house(tmp_path)
    book = Listed((row(1, n=40), row(2, n=41)), 2026)
    [fault] = faults(one.checks[0], Rules(one), book, FIRST)
    assert (fault.value, fault.threshold, fault.cite) == (41, 40, "《某办法》第三条")
    assert [each_row.key for each_row in fault.rows] == [2]


def test_it_has_no_rule_before_the_rule_is_in_force(tmp_path: Path) -> None:
    one = house(tmp_path)
    with pytest.raises(NoSuchParam):
        faults(one.checks[0], Rules(one), Listed((), 2023), date(2023, 6, 1))


def test_it_speaks_of_the_opened_row_alone(tmp_path: Path) -> None:
    one = house(tmp_path)
    rows = (row(1, n=90), row(2, n=10))
    opened = Listed(rows, 2026, row(2, n=50))
    assert [f.rows[0].key for f in faults(one.checks[0], Rules(one), opened, FIRST)] == [2]
    assert not faults(one.checks[0], Rules(one), Listed(rows, 2026, row(3, n=5)), FIRST)


def test_it_counts_the_opened_row_once_in_the_place_of_what_is_kept() -> None:
    kept = (row(1, place="甲"), row(2, place="甲"))
    assert Listed(kept, 2026, row(2, place="乙")).counts("place", {}, YEAR) == {"甲": 1, "乙": 1}
    assert Listed(kept, 2026, row(0, place="甲")).count({}, YEAR) == 3


def test_it_groups_a_row_under_each_of_its_units() -> None:
    book = Listed((row(1, units=["7", "8"]), row(2, units=["8"])), 2026)
    assert {unit: len(rows) for unit, rows in groups(book, "units", {})} == {"8": 2}
    opened = Listed(book.listed, 2026, row(3, units=["7"]))
    assert [unit for unit, _ in groups(opened, "units", {})] == ["7"]


@pytest.mark.parametrize(
    ("gaps", "runs"),
    [([14], [2]), ([15], []), ([14, 14], [3]), ([14, 15, 1], [2, 2]), ([], [])],
)
def test_it_takes_rows_less_than_so_many_days_apart_for_one_run(
    gaps: Sequence[int], runs: list[int]
) -> None:
    days = [FIRST]
    for gap in gaps:
        days.append(days[-1] + timedelta(days=gap))
    found = near([row(n, day) for n, day in enumerate(days)], 15)
    assert [len(run) for run in found] == runs


@given(some.lists(some.integers(0, 60), max_size=12), some.integers(1, 20))
def test_it_never_parts_neighbours_nor_joins_strangers(offsets: list[int], days: int) -> None:
    rows = [row(n, FIRST + timedelta(days=offset)) for n, offset in enumerate(offsets)]
    for run in near(rows, days):
        gaps = [(b.day - a.day).days for a, b in pairwise(run)]
        assert gaps and all(gap < days for gap in gaps)


@given(some.lists(some.tuples(some.integers(0, 9), some.integers(0, 9)), max_size=12))
def test_it_puts_pairs_that_share_one_into_one_set(pairs: list[tuple[int, int]]) -> None:
    sets = together(pairs)
    assert all(any({one, other} <= own for own in sets) for one, other in pairs)
    assert sum(map(len, sets)) == len({one for pair in pairs for one in pair})
    parted = [{pair for pair in pairs if pair[0] in own} for own in sets]
    for own, inside in zip(sets, parted, strict=True):
        reached = {min(own)}
        for _ in own:
            reached |= {n for pair in inside if reached & set(pair) for n in pair}
        assert reached == own


def test_it_knows_four_quarters_and_that_of_the_opened_row() -> None:
    assert len(quarters(Listed((), 2026))) == 4
    [quarter] = quarters(Listed((), 2026, row(1, date(2026, 5, 31))))
    assert quarter == (date(2026, 4, 1), date(2026, 6, 30))


def test_it_looks_at_the_rows_of_its_year_only() -> None:
    book = Listed((row(1, date(2025, 12, 31)), row(2)), 2026)
    assert [one.key for one in each(book, {})] == [2]


@pytest.mark.parametrize(
    ("changes", "id_"),
    [
        ({"checks": (Check("unknown", "没有", "documents", "rule"),)}, "C033"),
        ({"checks": (Check("too_many", "太多", "nothing", "rule"),)}, "C034"),
        ({"checks": (Check("too_many", "太多", "documents", "no"),)}, "C035"),
        ({"checks": (Check("too_many", "太多", "documents", "rule", ("no",)),)}, "C004"),
        ({"checks": (Check("too_many", "太多", "documents", "rule", (), ("no",)),)}, "C014"),
        ({"day_of": ""}, "C032"),
        ({"day_of": "units"}, "C032"),
        ({"asks": Asks("on", "来文")}, "C036"),
        ({"asks": Asks("units", "来文", what=("on",))}, "C036"),
    ],
)
def test_it_refuses_a_declaration_that_does_not_hold_together(
    tmp_path: Path, changes: dict[str, object], id_: str
) -> None:
    one = house(tmp_path, **changes)
    assert id_ in {fault.id for fault in check(one, {one.key: one})}


def test_it_finds_nothing_wrong_with_a_whole_one(tmp_path: Path) -> None:
    one = house(tmp_path, asks=Asks("units", "来文"))
    assert not check(one, {one.key: one})


@pytest.mark.parametrize("text", ["def (", "raise ValueError('x')"])
def test_it_says_what_is_wrong_with_functions_that_cannot_be_read(
    tmp_path: Path, text: str
) -> None:
    one = house(tmp_path)
    (tmp_path / "checks.py").write_text(text, encoding="utf-8")
    with pytest.raises(Missing):
        functions(tmp_path)
    assert "C033" in {fault.id for fault in check(one, {one.key: one})}
