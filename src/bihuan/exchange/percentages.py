"""Percentages as printed in published tables, held against the counts beside them.

Our own figures are rounded half up. A printed one that is cut off instead, or simply wrong, is
named with the figure it should be.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from itertools import islice
from typing import Literal

from bihuan.exchange.headers import tidy
from bihuan.exchange.sheets import Cell, Line, Sheet
from bihuan.exchange.values import BadValue, read_decimal, text

Rounding = Literal["half_up", "truncated", "mismatch"]

COUNT_WORDS = ("件数", "数量", "建议数", "件", "项数", "票数", "数目")
SHARE_WORDS = ("占比", "比例", "比重", "百分比", "所占比例", "占总数比例")
TOTAL_WORDS = frozenset({"合计", "总计", "共计", "小计", "总数"})
_SCANNED_LINES = 30


@dataclass(frozen=True)
class Fit:
    """How a printed percentage follows from its counts, and what half-up rounding gives."""

    rounding: Rounding
    printed: Decimal
    right: Decimal


@dataclass(frozen=True)
class Share:
    """One line of a table of totals: its share as printed, and what is wrong with it."""

    number: int
    label: str
    count: Decimal
    of: Decimal
    fit: Fit | None
    reason: str


@dataclass(frozen=True)
class Totals:
    """A table that counts matters instead of listing them."""

    sheet: str
    header: Mapping[str, str]
    whole: Decimal
    shares: Sequence[Share]
    reasons: Sequence[str]

    @property
    def sentence(self) -> str:
        """What to tell someone who sent this as a ledger."""
        columns = "、".join(self.header)
        return f"工作表“{self.sheet}”是汇总数（{columns}），不是逐件的台账，不能导入。"


def half_up(numerator: Decimal | int, denominator: Decimal | int, decimals: int) -> Decimal:
    """`numerator` of `denominator` in per cent, half-up to `decimals` places. 0 of 0 is refused."""
    if not denominator:
        raise ZeroDivisionError("百分比的分母是零")
    return _per_cent(numerator, denominator, decimals, ROUND_HALF_UP)


def check_printed(count: Decimal | int, of: Decimal | int, printed: str | Decimal) -> Fit:
    """Tell which rounding a printed percentage follows, at as many places as it is printed with."""
    shown = Decimal(str(printed).strip().rstrip("%％"))
    decimals = _places(shown)
    right = half_up(count, of, decimals)
    if shown == right:
        return Fit("half_up", shown, right)
    cut = _per_cent(count, of, decimals, ROUND_DOWN)
    return Fit("truncated" if shown == cut else "mismatch", shown, right)


def read_totals(sheet: Sheet) -> Totals | None:
    """The table of totals in a sheet (a count and its share per line), or None if it is none."""
    head = sheet.head(_SCANNED_LINES)
    for line in head:
        places = _places_of(line)
        if places is not None:
            count, share = places
            return _totals(sheet, line, _label_column(line, count), count, share)
    return None


def _per_cent(part: Decimal | int, whole: Decimal | int, decimals: int, rounding: str) -> Decimal:
    """Decimal division keeps 28 digits, far past the point where a printed figure could turn."""
    exact = Decimal(part) * 100 / Decimal(whole)
    return exact.quantize(Decimal(1).scaleb(-decimals), rounding)


def _places(shown: Decimal) -> int:
    exponent = shown.as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def _places_of(line: Line) -> tuple[int, int] | None:
    """The columns of count and share, if the line is the header of a table of totals."""
    words = [tidy(text(cell)).split("(")[0] for cell in line.cells]
    count = next((i for i, word in enumerate(words) if word in COUNT_WORDS), None)
    share = next((i for i, word in enumerate(words) if word in SHARE_WORDS), None)
    return None if count is None or share is None else (count, share)


def _label_column(line: Line, count: int) -> int:
    """The nearest named column before the count says what is counted."""
    named = [i for i in range(count) if text(line.cells[i])]
    return named[-1] if named else 0


def _totals(sheet: Sheet, header: Line, label: int, count: int, share: int) -> Totals:
    lines = islice(sheet.lines(), header.number, None)
    rows = [(line.number, *_picked(line.cells, label, count, share)) for line in lines]
    rows = [row for row in rows if row[1] or row[2] is not None]
    parts = [row for row in rows if tidy(row[1]) not in TOTAL_WORDS]
    written = [row[2] for row in rows if tidy(row[1]) in TOTAL_WORDS and row[2] is not None]
    added = sum((row[2] for row in parts if row[2] is not None), Decimal(0))
    whole = written[-1] if written else added
    shares = [_share(*row, whole) for row in rows if row[2] is not None]
    names = {text(header.cells[label]): "label"} if label != count else {}
    names |= {text(header.cells[count]): "count", text(header.cells[share]): "share"}
    return Totals(sheet.name, names, whole, shares, _reasons(rows, shares, written, added))


def _picked(
    cells: Sequence[Cell], label: int, count: int, share: int
) -> tuple[str, Decimal | None, str]:
    shown = [text(cells[i]) if i < len(cells) else "" for i in (label, count, share)]
    return shown[0], _decimal(shown[1]), shown[2]


def _decimal(shown: str) -> Decimal | None:
    try:
        return read_decimal(shown)
    except BadValue:
        return None


def _share(number: int, label: str, count: Decimal | None, printed: str, whole: Decimal) -> Share:
    count = count or Decimal(0)
    given = _decimal(printed)
    if given is None or not whole:
        reason = f"印的“{printed}”不是百分比" if printed and given is None else ""
        return Share(number, label, count, whole, None, reason)
    fit = check_printed(count, whole, given)
    return Share(number, label, count, whole, fit, _why(fit))


def _why(fit: Fit) -> str:
    if fit.rounding == "half_up":
        return ""
    how = "截去了尾数" if fit.rounding == "truncated" else "与件数不符"
    return f"印 {fit.printed}%，按四舍五入应为 {fit.right}%（{how}）"


def _reasons(
    rows: Sequence[tuple[int, str, Decimal | None, str]],
    shares: Sequence[Share],
    written: Sequence[Decimal],
    added: Decimal,
) -> list[str]:
    uncounted = [f"第 {n} 行“{label}”没有件数" for n, label, count, _ in rows if count is None]
    wrong = [f"第 {s.number} 行“{s.label}”：{s.reason}" for s in shares if s.reason]
    if written and written[-1] != added:
        wrong.append(f"合计印 {written[-1]}，各行相加是 {added}")
    return uncounted + wrong
