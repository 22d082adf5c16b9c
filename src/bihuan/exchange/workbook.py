"""Writing ledgers: .xlsx ready to be printed on A4, and .csv that Excel opens in Chinese.

What is written comes back unchanged through `sheets.read`. Text is written as text, so a cell such
as =1+1 stays those four signs and never becomes a formula.
"""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import BinaryIO

import xlsxwriter  # type: ignore[import-untyped]  # the package ships no types
from xlsxwriter.format import Format  # type: ignore[import-untyped]
from xlsxwriter.worksheet import Worksheet  # type: ignore[import-untyped]

from bihuan.exchange.sheets import FORMULA_SIGNS

Value = str | int | float | Decimal | bool | date | datetime | None

A4 = 9
DEFAULT_WIDTH = 16.0
ROWS_OF_EXCEL = 1_048_575
CHARACTERS_OF_EXCEL = 32_767
EXACT_NUMBERS = 10**15
"""From here on Excel would round a number, so it is written as text."""

FIRST_DAY = date(1900, 3, 1)
"""Earlier days are written as text: Excel counts a 29 February 1900 that never was."""

_GUARDED = frozenset(FORMULA_SIGNS + "'")
_UNWRITABLE = re.compile("[\ud800-\udfff\ufffe\uffff]")


class Unwritable(ValueError):
    """A table that Excel cannot hold; the message says where and why, in Chinese."""


@dataclass(frozen=True)
class SheetOut:
    """A sheet to write: its title, header, rows, and column widths in characters."""

    title: str
    header: Sequence[str]
    rows: Iterable[Sequence[Value]]
    widths: Sequence[float] = ()


@dataclass(frozen=True)
class _Formats:
    header: Format
    body: Format
    day: Format
    moment: Format


def write(target: str | Path | BinaryIO, sheets: Iterable[SheetOut]) -> int:
    """Write a workbook and return how many rows it holds, headers left out.

    Rows are written as they come, so memory stays flat. Times are written as they stand, without
    their zone. Raises `Unwritable` for what Excel cannot hold.
    """
    options = {"constant_memory": True, "remove_timezone": True}
    with xlsxwriter.Workbook(str(target) if isinstance(target, Path) else target, options) as book:
        formats = _formats(book)
        names: list[str] = []
        written = 0
        for sheet in sheets:
            names.append(_sheet_name(sheet.title, names))
            written += _write_sheet(book.add_worksheet(names[-1]), sheet, formats)
    return written


def write_csv(target: BinaryIO, header: Sequence[str], rows: Iterable[Sequence[Value]]) -> int:
    """Write one table as UTF-8 with its mark and return how many rows were written.

    Text that a spreadsheet would take for a formula gets an apostrophe, which `sheets.read` takes
    off again. The stream stays open.
    """
    stream = io.TextIOWrapper(target, encoding="utf-8-sig", newline="", write_through=True)
    writer = csv.writer(stream, quoting=csv.QUOTE_ALL)
    written = 0
    try:
        writer.writerow([_csv_cell(word) for word in header])
        for row in rows:
            writer.writerow([_csv_cell(value) for value in row])
            written += 1
    finally:
        stream.detach()
    return written


def _formats(book: xlsxwriter.Workbook) -> _Formats:
    body = {"valign": "top", "text_wrap": True, "border": 1}
    return _Formats(
        header=book.add_format({**body, "bold": True, "align": "center", "valign": "vcenter"}),
        body=book.add_format(body),
        day=book.add_format({**body, "num_format": "yyyy-mm-dd"}),
        moment=book.add_format({**body, "num_format": "yyyy-mm-dd hh:mm:ss"}),
    )


def _sheet_name(title: str, taken: Sequence[str]) -> str:
    """A name Excel accepts: 31 characters, none of []:*?/\\, no apostrophe at the ends, unique."""
    name = re.sub(r"[\[\]:*?/\\\x00-\x1f\ud800-\udfff\ufffe\uffff]", " ", title).strip(" '")
    name = "表" if not name or name.casefold() == "history" else name[:31].rstrip(" '")
    used = {other.casefold() for other in taken}
    candidate, count = name, 2
    while candidate.casefold() in used:
        candidate = f"{name[:26]}({count})"
        count += 1
    return candidate


def _write_sheet(page: Worksheet, sheet: SheetOut, formats: _Formats) -> int:
    columns = len(sheet.header)
    widths = [*sheet.widths, *[DEFAULT_WIDTH] * columns][:columns]
    for column, width in enumerate(widths):
        page.set_column(column, column, width)
        _write_text(page, 0, column, sheet.header[column], formats.header)
    count = 0
    for count, row in enumerate(sheet.rows, 1):
        if count > ROWS_OF_EXCEL:
            raise Unwritable(f"“{sheet.title}”超过 {ROWS_OF_EXCEL} 行，一张工作表放不下。")
        for column, value in enumerate(row):
            _write_value(page, count, column, value, formats)
    _set_up(page, sheet.title, count, columns)
    return count


def _set_up(page: Worksheet, title: str, rows: int, columns: int) -> None:
    page.freeze_panes(1, 0)
    page.set_landscape()
    page.set_paper(A4)
    page.repeat_rows(0)
    page.fit_to_pages(1, 0)
    page.set_header(f"&C{_UNWRITABLE.sub('', title).replace('&', '&&')[:200]}")
    page.set_footer("&C第 &P 页，共 &N 页")
    if columns:
        page.autofilter(0, 0, max(rows, 1), columns - 1)


def _write_value(page: Worksheet, row: int, column: int, value: Value, formats: _Formats) -> None:
    if value is None:
        page.write_blank(row, column, None, formats.body)
    elif isinstance(value, bool):
        page.write_boolean(row, column, value, formats.body)
    elif isinstance(value, int | float | Decimal) and _is_exact(value):
        page.write_number(row, column, float(value), formats.body)
    elif isinstance(value, datetime) and value.date() >= FIRST_DAY:
        page.write_datetime(row, column, value, formats.moment)
    elif isinstance(value, date) and not isinstance(value, datetime) and value >= FIRST_DAY:
        page.write_datetime(row, column, value, formats.day)
    else:
        _write_text(page, row, column, str(value), formats.body)


def _is_exact(value: float | Decimal) -> bool:
    return math.isfinite(value) and abs(float(value)) < EXACT_NUMBERS


def _write_text(page: Worksheet, row: int, column: int, words: str, style: Format) -> None:
    place = f"第 {row + 1} 行第 {column + 1} 列"
    if len(words) > CHARACTERS_OF_EXCEL:
        raise Unwritable(f"{place}有 {len(words)} 个字，一格最多 {CHARACTERS_OF_EXCEL} 个字。")
    if _UNWRITABLE.search(words):
        raise Unwritable(f"{place}有 Excel 不能保存的字符，请删除后再导出。")
    page.write_string(row, column, words, style)


def _csv_cell(value: Value) -> str:
    if not isinstance(value, str):
        return "" if value is None else str(value)
    return f"'{value}" if value[:1] in _GUARDED and _needs_guard(value) else value


def _needs_guard(words: str) -> bool:
    """A leading apostrophe needs another one only where reading would take it off."""
    return words[0] != "'" or words[1:2] in _GUARDED
