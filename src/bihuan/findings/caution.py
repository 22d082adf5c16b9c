"""What a check says before an act, and how the answer to it is kept in the act (decision 34)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from bihuan.loop.checks import Book, Fault, Row, faults
from bihuan.loop.params import NoSuchParam, Rules
from bihuan.loop.spec import Check, Value

DESPITE = "despite"
"""Under which name the reason is sent, and kept in the act with what was said."""
LONGEST_REASON = 500
MOST_ROWS, MOST_CAUTIONS = 20, 200
"""Kept with an act that was taken in spite of cautions; the finding of the night names all rows."""


@dataclass(frozen=True)
class Caution:
    """What one check says before an act: the rule, the figure and the rows; `unit`: whom it would burden."""

    institution: str
    check: Check
    fault: Fault
    unit: int = 0

    @property
    def key(self) -> str:
        """The check by its institution's key and its own."""
        return f"{self.institution}.{self.check.id}"

    @property
    def rows(self) -> tuple[Row, ...]:
        """The rows already there: without the one that is being entered."""
        return tuple(row for row in self.fault.rows if row.written)

    def as_json(self) -> dict[str, Value]:
        """As it is kept with the act."""
        return {
            "check": self.key,
            "title": self.check.title,
            "say": self.fault.say,
            "value": self.fault.value,
            "threshold": self.fault.threshold,
            "cite": self.fault.cite,
            "rows": [str(row.key) for row in self.rows[:MOST_ROWS]],
        }


def told(rules: Rules, check: Check, book: Book, today: date, unit: int = 0) -> Iterator[Caution]:
    """What one check says of the row its book is opened at; nothing where its rule is not in force."""
    try:
        for fault in faults(check, rules, book, today):
            yield Caution(rules.institution.key, check, fault, unit)
    except NoSuchParam:
        return


def plain(reason: str) -> str:
    """A reason as it is kept: one kind of line break, no blanks around it."""
    return reason.replace("\r\n", "\n").strip()


def despite(reason: str, said: Sequence[Value]) -> dict[str, Value]:
    """What is written beside an act that is taken all the same (`matters.act`'s `aside`): why, and what was said."""
    return {DESPITE: {"reason": reason, "cautions": list(said[:MOST_CAUTIONS])}}
