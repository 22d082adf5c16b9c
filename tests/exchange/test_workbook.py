"""What is written comes back unchanged."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bihuan.exchange import sheets, workbook
from bihuan.exchange.workbook import SheetOut, Unwritable, Value

SIGNS = st.characters(exclude_categories=["Cs"], exclude_characters="\ufffe\uffff")
WORDS = st.text(SIGNS, max_size=12) | st.sampled_from(
    ["=1+1", "+1", "-1", "@cmd", "'=1", "''", "'甲", "_x000D_", "\r", "\n", "\t甲", "a,b;c\td", '"']
)
DAYS = st.dates(date(1900, 3, 1), date(2200, 1, 1))
VALUES = WORDS | st.integers(-(10**14), 10**14) | st.booleans() | DAYS | st.none()


def back(stored: bytes, name: str = "台账.xlsx") -> list[list[sheets.Cell]]:
    return [line.cells for line in sheets.read(stored, name)[0].lines()]


def written(header: Sequence[str], rows: Sequence[Sequence[Value]], title: str = "台账") -> bytes:
    stream = io.BytesIO()
    workbook.write(stream, [SheetOut(title, header, rows)])
    return stream.getvalue()


def part(stored: bytes, name: str) -> str:
    with zipfile.ZipFile(io.BytesIO(stored)) as package:
        return package.read(name).decode()


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(VALUES, VALUES, VALUES), max_size=6))
def test_it_reads_back_from_a_workbook_the_rows_it_wrote(rows: list[tuple[Value, ...]]) -> None:
    expected = [["" if value is None else value for value in row] for row in rows]
    while expected and not any(value != "" for value in expected[-1]):
        expected.pop()  # where a sheet ends is where its last word stands
    found = back(written(["甲", "乙", "丙"], rows))[1 : len(expected) + 1]
    assert found == expected


@settings(max_examples=100, deadline=None)
@given(st.lists(st.lists(WORDS, min_size=2, max_size=3), max_size=6))
def test_it_reads_back_from_csv_the_rows_it_wrote(rows: list[list[str]]) -> None:
    stream = io.BytesIO()
    workbook.write_csv(stream, ["甲", "乙", "丙"], rows)
    assert back(stream.getvalue(), "台账.csv") == [["甲", "乙", "丙"], *rows]


def test_it_writes_a_formula_as_the_signs_it_is_made_of() -> None:
    stored = written(["=HYPERLINK(1)"], [["=1+1"], ["http://a.b"]])
    assert "<f>" not in part(stored, "xl/worksheets/sheet1.xml")
    assert back(stored) == [["=HYPERLINK(1)"], ["=1+1"], ["http://a.b"]]


def test_it_guards_csv_cells_against_being_taken_for_formulas() -> None:
    stream = io.BytesIO()
    assert workbook.write_csv(stream, ["项"], [["=1+1"], [-3], [None], ["甲"]]) == 4
    stored = stream.getvalue().decode("utf-8-sig")
    assert stored.split() == [
        '"项"',
        '"\'=1+1"',
        '"-3"',
        '""',
        '"甲"',
    ]


def test_it_writes_dates_as_dates_and_numbers_as_numbers() -> None:
    moment = datetime(2024, 5, 3, 9, 30)
    row = [date(2024, 5, 3), moment, Decimal("1.5"), date(1899, 1, 1), 10**18, float("inf")]
    assert back(written(list("abcdef"), [row]))[1] == [
        date(2024, 5, 3), moment, 1.5, "1899-01-01", str(10**18), "inf",
    ]  # fmt: skip


def test_it_writes_a_moment_as_its_clock_stands() -> None:
    moment = datetime(2024, 5, 3, 9, 30, tzinfo=timezone(timedelta(hours=8)))
    assert back(written(["时刻"], [[moment]]))[1] == [datetime(2024, 5, 3, 9, 30)]


def test_it_sets_a_ledger_up_for_printing_on_a4() -> None:
    stored = written(["编号", "标题"], [["1", "甲"]], title="A&B")
    page = part(stored, "xl/worksheets/sheet1.xml")
    assert 'paperSize="9"' in page and 'orientation="landscape"' in page
    assert 'state="frozen"' in page and '<autoFilter ref="A1:B2"/>' in page
    assert "A&amp;&amp;B" in page
    assert "Print_Titles" in part(stored, "xl/workbook.xml")


def test_it_gives_every_sheet_a_name_excel_accepts(tmp_path: Path) -> None:
    titles = ["农林/水利", "农林:水利", "", "History", "'甲'", "长" * 40, "长" * 40]
    target = tmp_path / "台账.xlsx"
    rows = workbook.write(target, [SheetOut(title, ["列"], [["值"]], [20]) for title in titles])
    names = [sheet.name for sheet in sheets.read(target, "台账.xlsx")]
    assert rows == len(titles)
    assert names == [
        "农林 水利", "农林 水利(2)", "表", "表(2)", "甲", "长" * 31, "长" * 26 + "(2)",
    ]  # fmt: skip


@pytest.mark.parametrize("words", ["长" * 32_768, "\ud800", "\uffff"])
def test_it_names_the_cell_excel_cannot_hold(words: str) -> None:
    with pytest.raises(Unwritable, match="第 2 行第 1 列"):
        written(["列"], [[words]])
