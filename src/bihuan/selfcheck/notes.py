"""Sentences whose figures can be opened: each carries a note that says which rows its numbers were counted on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

MOST_NUMBERS = 12
"""Rows named in a note; the page behind it opens them all."""


@dataclass(frozen=True)
class Note:
    """Where the figures of a sentence come from: what was counted, by which rule, on which rows."""

    figures: tuple[str, ...]
    counted: str
    cite: str = ""
    rows: tuple[str, ...] = ()
    total: int = 0
    address: str = ""

    def said(self) -> str:
        """The note in words."""
        parts = [f"{self.counted}，共{self.total}条记录"]
        if self.rows:
            more = "等" if self.total > len(self.rows) else ""
            parts.append(f"编号{'、'.join(self.rows)}{more}")
        if self.cite:
            parts.append(f"依据{self.cite}")
        return "；".join(parts) + "。"


@dataclass(frozen=True)
class Said:
    """One sentence of the report and the note behind it; headings have none."""

    text: str
    note: Note | None = None


@dataclass
class Paper:
    """The report as it grows: its lines, and the notes numbered as they come."""

    lines: list[str] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)

    def say(self, said: Said) -> None:
        """Add a line; a note gets the next number, printed behind the sentence."""
        if said.note is None:
            self.lines.append(said.text)
            return
        self.notes.append(said.note)
        self.lines.append(f"{said.text}〔注{len(self.notes)}〕")

    def all(self, every: Iterable[Said]) -> None:
        """Add many."""
        for said in every:
            self.say(said)


def numbered(rows: Iterable[str]) -> tuple[str, ...]:
    """The first numbers of many rows, those without a number left out."""
    return tuple(row for row in rows if row)[:MOST_NUMBERS]
