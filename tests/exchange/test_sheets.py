"""Files as they are sent, and those that are refused."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from pathlib import Path

import pytest
import xlsxwriter  # type: ignore[import-untyped]
from hypothesis import given, settings
from hypothesis import strategies as st

from bihuan.exchange import package, sheets, workbook
from bihuan.exchange.sheets import Line, UnreadableFile

LEDGER = "编号,标题\n1,关于修路的建议\n"
ROWS = [["编号", "标题"], ["1", "关于修路的建议"]]


def xlsx(fill: object = None) -> bytes:
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream) as book:
        page = book.add_worksheet("交办表")
        if callable(fill):
            fill(page)
    return stream.getvalue()


def cells(stored: bytes, name: str) -> list[list[sheets.Cell]]:
    return [line.cells for line in sheets.read(stored, name)[0].lines()]


def refusal(stored: bytes, name: str) -> str:
    with pytest.raises(UnreadableFile) as refused:
        sheets.read(stored, name)
    return refused.value.sentence


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gb18030"]
)
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_it_finds_the_encoding_and_the_delimiter(encoding: str, delimiter: str) -> None:
    assert cells(LEDGER.replace(",", delimiter).encode(encoding), "台账.csv") == ROWS


def test_it_keeps_the_row_numbers_a_person_sees() -> None:
    stored = '\n编号,标题\n\n1,"两行\n标题"\n2,乙\n'.encode()
    lines = list(sheets.read(stored, "a.csv")[0].lines())
    assert [line.number for line in lines if line.cells] == [2, 4, 5]


def test_it_reads_a_sheet_that_starts_far_from_the_corner() -> None:
    stored = xlsx(lambda page: page.write_string(3, 2, "甲"))
    assert list(sheets.read(stored, "a.xlsx")[0].lines())[3] == Line(4, ["", "", "甲"])


def test_it_reads_a_table_by_its_content_where_the_ending_is_wrong() -> None:
    assert cells(LEDGER.encode("gb18030"), "台账.xls") == ROWS
    assert cells(xlsx(lambda page: page.write(0, 0, "甲")), "台账.csv") == [["甲"]]


def test_it_can_be_gone_through_more_than_once(tmp_path: Path) -> None:
    path = tmp_path / "upload.bin"
    path.write_bytes(LEDGER.encode())
    sheet = sheets.read(path, "台账.CSV")[0]
    assert list(sheet.lines()) == list(sheet.lines())
    assert sheet.name == "台账"


def test_it_counts_a_cell_merged_downwards_for_each_row() -> None:
    def fill(page: object) -> None:
        page.merge_range(0, 0, 2, 0, "城建")  # type: ignore[attr-defined]
        for row in range(4):
            page.write(row, 1, row)  # type: ignore[attr-defined]

    assert [row[0] for row in cells(xlsx(fill), "a.xlsx")] == ["城建", "城建", "城建", ""]


def test_it_shows_error_values_and_uncalculated_formulas_instead_of_losing_them() -> None:
    def fill(page: object) -> None:
        page.write_formula(0, 0, "=1/0", None, "#DIV/0!")  # type: ignore[attr-defined]
        page.write_formula(0, 1, "=TODAY()", None, "")  # type: ignore[attr-defined]
        page.write_formula(0, 2, "=1+1", None, 2)  # type: ignore[attr-defined]

    assert cells(xlsx(fill), "a.xlsx") == [["#DIV/0!", "=TODAY()", 2.0]]


def test_it_marks_hidden_sheets() -> None:
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream) as book:
        book.add_worksheet("台账").write(0, 0, "甲")
        book.add_worksheet("选项").hide()
    assert [(s.name, s.hidden) for s in sheets.read(stream.getvalue(), "a.xlsx")] == [
        ("台账", False),
        ("选项", True),
    ]


def zipped(*names: str) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as made:
        for name in names:
            made.writestr(name, "x")
    return stream.getvalue()


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)


@pytest.mark.parametrize(
    ("stored", "name", "said"),
    [
        (b"", "a.csv", "是空的"),
        (b" \n \n", "a.csv", "是空的"),
        (xlsx(), "a.xlsx", "是空的"),
        (b"{}", "a.jsonl", "不能读取“.jsonl”文件"),
        (b"x", "台账", "没有后缀名"),
        (b'{"a": 1}', "a.csv", "JSON"),
        (b"%PDF-1.7", "a.xlsx", "PDF"),
        (b"<html><table>", "a.xls", "网页"),
        (zipped("word/document.xml"), "a.xlsx", "Word"),
        (zipped("ppt/presentation.xml"), "a.xlsx", "演示文稿"),
        (zipped("photo.jpg"), "a.xlsx", "压缩包"),
        (zipped("xl/workbook.xml"), "a.xlsx", "已损坏"),
        (b"PK\x03\x04 broken", "a.xlsx", "已损坏"),
        (xlsx()[:900], "a.xlsx", "已损坏"),
        (OLE, "a.xls", "已损坏"),
        (OLE + "EncryptedPackage".encode("utf-16-le"), "a.xlsx", "密码"),
        (OLE + "WordDocument".encode("utf-16-le"), "a.xls", "Word"),
        (OLE + "Workbook".encode("utf-16-le"), "a.xls", "已损坏"),
        (b"\xff\xff\xff\xff\x80", "a.csv", "编码"),
        (b"a,b\n" * 200_001, "a.csv", "超过 200000 行"),
        (b"a" * (50 * 1024 * 1024 + 1), "a.csv", "超过 50 MB"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_it_refuses_what_it_cannot_read_and_says_what_to_do(
    stored: bytes, name: str, said: str
) -> None:
    sentence = refusal(stored, name)
    assert said in sentence and sentence.endswith("。")


def test_it_refuses_two_cells_so_far_apart_that_memory_would_not_do() -> None:
    def low(page: object) -> None:
        page.write(0, 0, "甲")  # type: ignore[attr-defined]
        page.write(1_048_575, 3, " ")  # type: ignore[attr-defined]

    def wide(page: object) -> None:
        page.write(0, 16_383, "甲")  # type: ignore[attr-defined]
        page.write(150_000, 0, "乙")  # type: ignore[attr-defined]

    assert "第 1048576 行第 4 列" in refusal(xlsx(low), "a.xlsx")
    assert "第 150001 行第 16384 列" in refusal(xlsx(wide), "a.xlsx")


def test_it_refuses_a_package_that_swells(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(package, "INFLATED_LIMIT", 1000)
    assert "解压后过大" in refusal(xlsx(), "a.xlsx")


def test_it_refuses_a_path_that_is_gone(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="打不开"):
        sheets.read(tmp_path / "gone", "a.csv")


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=60), st.sampled_from([b"", b"PK\x03\x04", OLE, b"\xff\xfe", b"a,b\n"]))
def test_it_reads_or_refuses_any_bytes(noise: bytes, start: bytes) -> None:
    try:
        for sheet in sheets.read(start + noise, "a.xls"):
            list(sheet.lines())
    except UnreadableFile as refused:
        assert refused.sentence.endswith("。")


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_it_reads_or_refuses_a_damaged_workbook(data: st.DataObject) -> None:
    stored = bytearray(WHOLE)
    for _ in range(data.draw(st.integers(1, 4))):
        stored[data.draw(st.integers(0, len(stored) - 1))] = data.draw(st.integers(0, 255))
    try:
        for sheet in sheets.read(bytes(stored), "a.xlsx"):
            list(sheet.lines())
    except UnreadableFile as refused:
        assert refused.sentence.endswith("。")


def _whole() -> bytes:
    stream = io.BytesIO()
    rows = [[str(n), f"建议{n}", date(2024, 5, 3)] for n in range(5)]
    workbook.write(stream, [workbook.SheetOut("台账", ["编号", "标题", "日期"], rows)])
    return stream.getvalue()


WHOLE = _whole()
