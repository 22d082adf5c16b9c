"""What an import found: counts, refused cells with their reasons, and what each column was taken for.

The same report is given for every kind of import, on the command line as on screen. Nothing of a file is
passed over in silence: it is a row, a refused cell, an ignored column or a notice.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bihuan.exchange import sheets
from bihuan.exchange.headers import NoHeader, Sniffer, Synonyms, Table, recognise
from bihuan.exchange.percentages import Totals, read_totals
from bihuan.exchange.sheets import Sheet, Source

Progress = Callable[[int, int], None]
"""Called with (rows done, rows in all)."""

DULL = ("空行", "表头之前的标题或说明", "重复的表头")
"""Skipped lines that need no notice: nothing of a matter stands in them."""


class Unusable(ValueError):
    """The file as a whole cannot be imported; `sentence` says why and what to do."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


@dataclass(frozen=True)
class Rejected:
    """One cell (or row, when `column` is empty) that cannot be taken, and why."""

    row: int
    column: str
    value: str
    reason: str

    def as_json(self) -> dict[str, Any]:
        """The stable form: row as seen in Excel, column as headed, value as written, reason in Chinese."""
        return {"row": self.row, "column": self.column, "value": self.value, "reason": self.reason}

    def __str__(self) -> str:
        where = f"第 {self.row} 行" + (f"“{self.column}”" if self.column else "")
        return f"{where}：{f'“{self.value}” ' if self.value else ''}{self.reason}"


@dataclass
class Report:
    """What an import would do, or did. `columns` is header → field."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    rejected: list[Rejected] = field(default_factory=list)
    columns: dict[str, str] = field(default_factory=dict)
    ignored: list[str] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """The stable answer of `import --json`."""
        return {
            "added": self.added,
            "changed": self.changed,
            "unchanged": self.unchanged,
            "rejected": [one.as_json() for one in self.rejected],
            "columns": self.columns,
            "ignored_columns": self.ignored,
        }

    def take_columns(self, table: Table) -> None:
        """Note what the columns of one more table were taken for (its rows must have been gone through)."""
        self.columns |= table.header
        self.ignored += [name for name in table.ignored_columns if name not in self.ignored]
        for line in table.skipped:
            if line.reason not in DULL:
                self.notices.append(f"“{table.sheet}”第 {line.number} 行没有导入（{line.reason}）")


def read_tables(
    source: Source, name: str, synonyms: Synonyms, sniff: Sniffer | None, report: Report
) -> list[Table]:
    """The ledgers in a file. Tables of totals are refused line by line in `report`.

    Raises Unusable when the file cannot be read or holds no table that is understood.
    """
    tables: list[Table] = []
    unknown: list[str] = []
    for sheet in _sheets(source, name):
        totals = read_totals(sheet)
        if totals is not None:
            _refuse_totals(totals, report)
            continue
        try:
            tables.append(recognise(sheet, synonyms, sniff))
        except NoHeader as missing:
            unknown.append(missing.sentence)
    if not tables and not report.rejected:
        raise Unusable(" ".join(unknown) or "文件里没有可以导入的工作表。")
    report.notices += unknown
    return tables


def name_of(source: Source, name: str) -> str:
    """The name a file was sent under: given, or its path's."""
    return name or (Path(source).name if isinstance(source, str | Path) else "")


def _sheets(source: Source, name: str) -> list[Sheet]:
    try:
        return sheets.read(source, name_of(source, name))
    except sheets.UnreadableFile as unreadable:
        raise Unusable(unreadable.sentence) from None


def _refuse_totals(totals: Totals, report: Report) -> None:
    label = next(iter(totals.header), "")
    for share in totals.shares:
        reason = totals.sentence + (f"另：{share.reason}。" if share.reason else "")
        report.rejected.append(Rejected(share.number, label, share.label, reason))
    report.notices += totals.reasons
    report.ignored += [name for name in totals.header if name not in report.ignored]
