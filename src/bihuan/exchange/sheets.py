"""Reading a table file as it was sent: .xlsx, .xls, .ods or .csv, in any of the encodings in use.

What comes out is raw: cells as typed, with the row numbers a person sees in Excel. Finding the
header and understanding the cells is the work of `headers` and `values`.
"""

from __future__ import annotations

import codecs
import csv
import io
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import islice
from pathlib import Path, PurePath
from typing import BinaryIO, Literal, NamedTuple

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from bihuan.exchange import package

Cell = str | int | float | bool | date | datetime | time | timedelta
Source = bytes | str | Path
Kind = Literal["workbook", "text"]

SIZE_LIMIT = 50 * 1024 * 1024
ROW_LIMIT = 200_000
CELL_LIMIT = 20_000_000
"""Cells in the rectangles of all sheets together; a loaded cell takes some 24 bytes."""

ENDINGS = (".xlsx", ".xlsm", ".xls", ".et", ".ods", ".csv", ".tsv", ".txt")
READABLE = "可以读取的表格是 .xlsx、.xls、.ods 和 .csv"
DELIMITERS = (",", ";", "\t")
FORMULA_SIGNS = "=+-@＝＋－＠\t\r"
"""First characters by which a spreadsheet takes a CSV cell for a formula."""

_ZIP, _OLE, _PDF = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"%PDF"
_GUARDED = frozenset(FORMULA_SIGNS + "'")
_SAMPLE_LINES = 50


class UnreadableFile(ValueError):
    """The file cannot be read as a table; `sentence` tells the sender why and what to do."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class Line(NamedTuple):
    """One row as it stands in the file: its number from 1, and its cells from column A."""

    number: int
    cells: list[Cell]


class Merge(NamedTuple):
    """A merged range: rows from 1, columns from 0, both ends inside."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass(frozen=True)
class Sheet:
    """One sheet, which can be gone through any number of times without holding its rows."""

    name: str
    source: Callable[[], Iterator[Line]] = field(repr=False)
    merges: tuple[Merge, ...] = ()
    hidden: bool = False

    def lines(self) -> Iterator[Line]:
        """Every row, blank ones too. A cell merged downwards counts for each row it covers."""
        down = sorted(merge for merge in self.merges if merge.bottom > merge.top)
        return _fill_down(self.source(), down) if down else self.source()

    def head(self, count: int) -> list[Line]:
        """The first `count` rows with every merged range filled, for finding the header."""
        lines = [Line(line.number, list(line.cells)) for line in islice(self.source(), count)]
        for merge in self.merges:
            _fill_whole(lines, merge)
        return lines


def read(source: Source, name: str) -> list[Sheet]:
    """The sheets of a table file.

    `source` is the content or the path of a file (which must stay while the sheets are used);
    `name` is the name it was sent under. Raises `UnreadableFile`.
    """
    _check_name(name)
    with _open(source) as file:
        if _size(file) > SIZE_LIMIT:
            raise UnreadableFile(f"文件超过 {SIZE_LIMIT // 1024 // 1024} MB，请分成几个文件上传。")
        kind = _kind(file)
        sheets = _workbook_sheets(file) if kind == "workbook" else None
    if sheets is None:
        sheets = [_text_sheet(source, PurePath(name).stem)]
    return sheets


def _check_name(name: str) -> None:
    ending = PurePath(name).suffix.lower()
    if ending not in ENDINGS:
        shown = f"“{ending}”文件" if ending else "没有后缀名的文件"
        raise UnreadableFile(f"不能读取{shown}。{READABLE}，请另存为其中一种后再上传。")


def _open(source: Source) -> BinaryIO:
    if isinstance(source, bytes):
        return io.BytesIO(source)
    try:
        return open(source, "rb")
    except OSError as error:
        raise UnreadableFile("打不开这个文件，请重新上传。") from error


def _size(file: BinaryIO) -> int:
    size = file.seek(0, io.SEEK_END)
    file.seek(0)
    return size


def _kind(file: BinaryIO) -> Kind:
    """Tell by the content, since endings are often wrong; refuse what is no table."""
    start = file.read(4096)
    file.seek(0)
    if not start.strip():
        raise UnreadableFile("这个文件是空的，没有任何内容。")
    if start.startswith(_ZIP):
        _check_package(file)
        return "workbook"
    if start.startswith(_OLE):
        _check_compound(file)
        return "workbook"
    _check_text(start)
    return "text"


def _check_package(file: BinaryIO) -> None:
    names = _part_names(file)
    if any(name.startswith("word/") for name in names):
        raise _not_a_table("Word 文档")
    if any(name.startswith("ppt/") for name in names):
        raise _not_a_table("演示文稿")
    if not any(name.startswith("xl/") for name in names) and "content.xml" not in names:
        raise _not_a_table("压缩包")


def _part_names(file: BinaryIO) -> set[str]:
    try:
        return package.part_names(file)
    except package.BROKEN as error:
        raise _damaged() from error
    finally:
        file.seek(0)


def _check_compound(file: BinaryIO) -> None:
    """The old binary container holds .xls, but also .doc and every encrypted .xlsx."""
    content = file.read()
    file.seek(0)
    if "EncryptedPackage".encode("utf-16-le") in content:
        raise _encrypted()
    if "WordDocument".encode("utf-16-le") in content:
        raise _not_a_table("Word 文档")
    if not any(name.encode("utf-16-le") in content for name in ("Workbook", "Book")):
        raise _damaged()


def _check_text(start: bytes) -> None:
    shown = start.lstrip(codecs.BOM_UTF8).lstrip().lower()
    if start.startswith(_PDF):
        raise _not_a_table("PDF 文件")
    if shown.startswith((b"{", b"[{")):
        raise _not_a_table("JSON 数据")
    if shown.startswith((b"<!doctype", b"<html", b"<?xml", b"<table", b"<meta")):
        raise _not_a_table("网页或 XML 文件（有的系统导出的 .xls 其实是网页）")


def _not_a_table(kind: str) -> UnreadableFile:
    return UnreadableFile(f"这是{kind}，不是表格。{READABLE}，请用 Excel 打开并另存后再上传。")


def _damaged() -> UnreadableFile:
    return UnreadableFile("文件已损坏或不完整，打不开。请重新导出或另存一份后再上传。")


def _encrypted() -> UnreadableFile:
    return UnreadableFile("文件设有打开密码。请在 Excel 中取消密码并保存后再上传。")


def _too_many(what: str) -> UnreadableFile:
    return UnreadableFile(
        f"{what}。每个文件最多 {ROW_LIMIT} 行；如果下方或右侧是空行空列，请删除它们并保存后再上传。"
    )


def _workbook_sheets(file: BinaryIO) -> list[Sheet]:
    extents = _measured(file)
    try:
        book = CalamineWorkbook.from_filelike(file)
        shown = {meta.name: meta for meta in book.sheets_metadata}
        names = [n for n in book.sheet_names if shown[n].typ == SheetTypeEnum.WorkSheet]
        loaded = list(_loaded(book, names))
    except PasswordError as error:
        raise _encrypted() from error
    except (CalamineError, OSError, ValueError) as error:
        if isinstance(error, UnreadableFile):
            raise
        raise _damaged() from error
    if not loaded or all(sheet.start is None for sheet in loaded):
        raise UnreadableFile("这个表格是空的，没有任何内容。")
    return [
        _sheet(
            sheet,
            extents[sheet.name].hidden if sheet.name in extents else {},
            shown[sheet.name].visible != SheetVisibleEnum.Visible,
        )
        for sheet in loaded
    ]


def _measured(file: BinaryIO) -> dict[str, package.Extent]:
    """Refuse what would not fit into memory, before anything is loaded."""
    if not zipfile.is_zipfile(file):
        file.seek(0)
        return {}
    try:
        file.seek(0)
        extents = package.measure(file)
    except package.Swollen as error:
        raise _too_many("文件解压后过大") from error
    except package.BROKEN as error:
        raise _damaged() from error
    finally:
        file.seek(0)
    for name, extent in extents.items():
        _check_extent(name, extent.rows, extent.columns)
    return extents


def _check_extent(name: str, rows: int, columns: int) -> None:
    if rows > ROW_LIMIT or rows * columns > CELL_LIMIT:
        raise _too_many(f"工作表“{name}”的内容一直到第 {rows} 行第 {columns} 列，超出了限制")


def _loaded(book: CalamineWorkbook, names: Iterable[str]) -> Iterator[CalamineSheet]:
    rows = cells = 0
    for name in names:
        sheet = book.get_sheet_by_name(name)
        rows += sheet.total_height
        cells += sheet.height * sheet.width
        if rows > ROW_LIMIT or cells > CELL_LIMIT:
            raise _too_many(f"读到工作表“{name}”时已有 {rows} 行，超出了限制")
        yield sheet


def _sheet(sheet: CalamineSheet, hidden: package.Hidden, concealed: bool) -> Sheet:
    merges = tuple(
        Merge(top + 1, left, bottom + 1, right)
        for (top, left), (bottom, right) in sheet.merged_cell_ranges or ()
    )
    by_row: dict[int, dict[int, str]] = {}
    for (row, column), text in hidden.items():
        by_row.setdefault(row, {})[column] = text
    return Sheet(sheet.name, lambda: _sheet_lines(sheet, by_row), merges, concealed)


def _sheet_lines(sheet: CalamineSheet, hidden: dict[int, dict[int, str]]) -> Iterator[Line]:
    if sheet.start is None:
        return
    margin: list[Cell] = [""] * sheet.start[1]
    for number, cells in enumerate(sheet.iter_rows(), 1):
        row = [*margin, *cells]
        for column, text in hidden.get(number, {}).items():
            if column < len(row) and row[column] in ("", 0):
                row[column] = text
        yield Line(number, row)


def _text_sheet(source: Source, name: str) -> Sheet:
    encoding = _encoding(source)
    delimiter = _delimiter(source, encoding)
    count = 0
    for line in _text_lines(source, encoding, delimiter):
        count = line.number
        if count > ROW_LIMIT:
            raise _too_many(f"文件超过 {ROW_LIMIT} 行")
    if not count:
        raise UnreadableFile("这个文件是空的，没有任何内容。")
    return Sheet(name, lambda: _text_lines(source, encoding, delimiter))


def _encoding(source: Source) -> str:
    """UTF-16 and UTF-8 by their marks; else the first of UTF-8 and GB18030 that fits throughout."""
    with _open(source) as file:
        start = file.read(4096)
    if start.startswith(codecs.BOM_UTF8):
        guesses = ["utf-8-sig"]
    elif start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        guesses = ["utf-16"]
    elif b"\0" in start:
        little = start[1::2].count(0) > start[::2].count(0)
        guesses = ["utf-16-le" if little else "utf-16-be"]
    else:
        guesses = ["utf-8", "gb18030"]
    for guess in guesses:
        if _fits(source, guess):
            return guess
    raise UnreadableFile(
        "看不懂这个文本文件的编码。请在 Excel 中另存为“CSV UTF-8（逗号分隔）”或 .xlsx 后再上传。"
    )


def _fits(source: Source, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        with _open(source) as file:
            while chunk := file.read(package.CHUNK):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
    except UnicodeError:
        return False
    return True


def _delimiter(source: Source, encoding: str) -> str:
    """The delimiter that parts the first lines into most columns; the comma where none does."""

    def parted(delimiter: str) -> int:
        lines = islice(_text_lines(source, encoding, delimiter), _SAMPLE_LINES)
        widths = [len(line.cells) for line in lines if line.cells]
        return sum(width - 1 for width in widths)

    return max(DELIMITERS, key=parted)


def _text_lines(source: Source, encoding: str, delimiter: str) -> Iterator[Line]:
    with io.TextIOWrapper(_open(source), encoding=encoding, newline="") as text:
        rows = csv.reader(text, delimiter=delimiter)
        try:
            for number, cells in enumerate(rows, 1):
                yield Line(number, [_unquoted(cell) for cell in cells])
        except csv.Error as error:
            raise UnreadableFile(
                f"第 {rows.line_num} 行附近的引号不成对，读不下去。请用 Excel 打开并另存后再上传。"
            ) from error


def _unquoted(cell: str) -> str:
    """Take off the apostrophe that marks text, where it guards a sign that starts a formula."""
    return cell[1:] if cell[:1] == "'" and cell[1:2] in _GUARDED else cell


def _fill_down(lines: Iterator[Line], merges: Sequence[Merge]) -> Iterator[Line]:
    waiting = list(reversed(merges))
    open_merges: list[tuple[Merge, Cell]] = []
    for line in lines:
        open_merges = [(m, value) for m, value in open_merges if m.bottom >= line.number]
        if open_merges:
            cells = list(line.cells)
            for merge, value in open_merges:
                if cells[merge.left] == "":
                    cells[merge.left] = value
            line = Line(line.number, cells)
        while waiting and waiting[-1].top <= line.number:
            merge = waiting.pop()
            if merge.left < len(line.cells):
                open_merges.append((merge, line.cells[merge.left]))
        yield line


def _fill_whole(lines: Sequence[Line], merge: Merge) -> None:
    inside = [line for line in lines if merge.top <= line.number <= merge.bottom]
    if not inside or inside[0].number != merge.top or merge.left >= len(inside[0].cells):
        return
    value = inside[0].cells[merge.left]
    for line in inside:
        for column in range(merge.left, min(merge.right + 1, len(line.cells))):
            line.cells[column] = value
