"""What checks say of the rows of a sheet, told row by row before anything is written, and answered once for all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from bihuan.exchange.planned import Planned, where
from bihuan.findings.caution import Caution
from bihuan.loop.checks import NOT_YET
from bihuan.loop.spec import Value

MOST_BESIDE = 12
"""Rows of the same file named beside one that is cautioned."""


@dataclass
class Counted:
    """How many rows each check spoke of, and how many of them there are."""

    rows: int = 0
    by_check: Counter[str] = field(default_factory=Counter)

    def count(self, one: Planned) -> None:
        """One row more, if anything was said of it."""
        self.rows += bool(one.cautions)
        self.by_check.update({str(said["check"]) for said in one.cautions})


class Places:
    """Where each row of a lot stands in the file, in the order in which they are looked at."""

    def __init__(self) -> None:
        self._places: list[str] = []

    def take(self, one: Planned) -> None:
        """The next row of the lot."""
        self._places.append(where(one))

    def said(self, caution: Caution) -> dict[str, Any]:
        """A caution as kept with the row; `beside`: the other rows of the file that it is about."""
        here = len(self._places) - 1
        keys = [row.key - NOT_YET for row in caution.fault.rows if row.key >= NOT_YET]
        beside = [self._places[key] for key in keys if key != here]
        return {**caution.as_json(), "beside": beside[-MOST_BESIDE:], "besides": len(beside)}


def kept(said: Mapping[str, Any]) -> dict[str, Value]:
    """What of it is kept in the act: rows of a file have no place there."""
    return {name: value for name, value in said.items() if name not in ("beside", "besides")}


def lines(rows: Iterable[Planned]) -> Iterator[dict[str, Any]]:
    """Every row of which something was said, with all of it, for a preview."""
    for one in rows:
        if one.cautions:
            about = str(one.data.get("title", ""))
            yield {"row": one.row, "sheet": one.sheet, "about": about, "said": one.cautions}
