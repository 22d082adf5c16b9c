"""Printed percentages held against their counts."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bihuan.exchange.percentages import check_printed, half_up, read_totals
from bihuan.exchange.sheets import Sheet, read


def sheet(*lines: str) -> Sheet:
    return read("\n".join(lines).encode(), "统计.csv")[0]


def test_it_rounds_half_up_where_binary_numbers_would_not() -> None:
    assert half_up(1, 8, 2) == Decimal("12.50")
    assert half_up(1, 800, 2) == Decimal("0.13")
    assert half_up(19, 166, 2) == Decimal("11.45")
    assert half_up(327, 774, 1) == Decimal("42.2")


def test_it_refuses_a_share_of_nothing() -> None:
    with pytest.raises(ZeroDivisionError):
        half_up(0, 0, 2)


@pytest.mark.parametrize(
    ("count", "of", "printed", "rounding", "right"),
    [
        (69, 166, "41.57", "half_up", "41.57"),
        (19, 166, "11.44", "truncated", "11.45"),
        (114, 166, "68.68%", "mismatch", "68.67"),
        (2, 166, "1.2", "half_up", "1.2"),
        (11, 81, "11", "mismatch", "14"),
        (5, 5, "100", "half_up", "100"),
    ],
)
def test_it_tells_how_a_printed_figure_was_rounded(
    count: int, of: int, printed: str, rounding: str, right: str
) -> None:
    fit = check_printed(count, of, printed)
    assert (fit.rounding, fit.right) == (rounding, Decimal(right))


@given(st.integers(0, 5000), st.integers(1, 5000), st.integers(0, 4))
def test_it_finds_no_fault_with_its_own_figures(count: int, of: int, decimals: int) -> None:
    assert check_printed(count, of, half_up(count, of, decimals)).rounding == "half_up"
    assert abs(half_up(count, of, decimals) * of - count * 100) * 2 * 10**decimals <= of


def test_it_tells_a_table_of_totals_from_a_ledger_and_names_wrong_shares() -> None:
    totals = read_totals(
        sheet(
            "类别,件数,占比(%)", "甲类,100,60.24", "乙类,47,28.31", "丙类,19,11.44", "合计,166,100"
        )
    )
    assert totals is not None
    assert totals.whole == 166
    assert [share.reason for share in totals.shares if share.reason] == [
        "印 11.44%，按四舍五入应为 11.45%（截去了尾数）"
    ]
    assert totals.reasons == ["第 4 行“丙类”：印 11.44%，按四舍五入应为 11.45%（截去了尾数）"]
    assert "不是逐件的台账" in totals.sentence


def test_it_names_a_total_that_does_not_add_up() -> None:
    totals = read_totals(sheet("办理结果,件数,比例", "A,6,60%", "B,3,30%", "合计,10,100%"))
    assert totals is not None
    assert totals.reasons == ["合计印 10，各行相加是 9"]


def test_it_names_a_line_whose_count_or_share_is_no_number() -> None:
    totals = read_totals(sheet("类别,件数,占比", "甲,4,约四成", "乙,若干,", "丙,6,60"))
    assert totals is not None
    assert totals.reasons == ["第 3 行“乙”没有件数", "第 2 行“甲”：印的“约四成”不是百分比"]


def test_it_takes_a_ledger_for_no_table_of_totals() -> None:
    assert read_totals(sheet("编号,标题", "1,关于修路的建议")) is None
