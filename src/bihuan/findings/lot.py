"""The rows of a ledger before they are entered: what checks would say of each, with those before it in their places.

The same checks, rules and rows as before a single act (`before`); only the books are kept open over the whole lot, so
that a row costs no question of its own.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date

from bihuan.asks.gather import Ask, asks, base_units
from bihuan.findings import books
from bihuan.findings.caution import Caution, told
from bihuan.findings.growing import Grown
from bihuan.findings.outcome import (
    asks_of,
    checks_of,
    is_history,
    judges_of_asks,
    may_speak,
    row_of,
)
from bihuan.loop.checks import NOT_YET, Listed, Row
from bihuan.loop.situation import Done
from bihuan.loop.spec import Check, Institution
from bihuan.matters import house
from bihuan.matters.models import Matter
from bihuan.people.models import Body, Congress


def lot(congress: Congress, one: Institution, acts: Collection[str], today: date) -> Lot | None:
    """A lot of rows to be entered by these acts; None where no check would ever speak of any of them."""
    return Lot(congress, one, acts, today) if any(may_speak(one, act) for act in acts) else None


class Lot:
    """Rows in the order they would be entered."""

    def __init__(
        self, congress: Congress, one: Institution, acts: Collection[str], today: date
    ) -> None:
        self.one, self.today = one, today
        self.checks = {act: checks_of(one, act) for act in acts}
        self.rules = house.rules_of(congress, one.key)
        self.book = Grown(books.Kept(congress, one, today.year))
        self.asked = _Asked(congress, today)
        self.entered = 0

    def said_of(self, done: Done, matter: Matter | None = None) -> list[Caution]:
        """What the checks say of the next row, given what its act would lead to (`matter`: it corrects that one).

        Rows of the lot are known in the faults by their keys: NOT_YET and the place at which they were entered.
        """
        key = NOT_YET + self.entered
        self.entered += 1
        row = row_of(self.one, matter, done, key) if any(self.checks.values()) else None
        own = self._of_row(row, matter, self.checks[done.act.id]) if row else []
        return [*own, *self.asked.said_of(asks_of(self.one, matter, done, key))]

    def _of_row(self, row: Row, matter: Matter | None, checks: list[Check]) -> list[Caution]:
        before = books.row_of(self.one, matter) if matter else None
        if matter is None and is_history(row.day, self.today):
            self.book.add(row)
            return []
        self.book.open_at(row, before)
        return [
            caution
            for check in checks
            for caution in told(self.rules, check, self.book, self.today)
        ]


class _Asked:
    """What is asked of each unit: by everyone so far, and by the rows of the lot."""

    def __init__(self, congress: Congress, today: date) -> None:
        self.congress, self.today = congress, today
        self.judges = judges_of_asks(congress)
        self._units: dict[int, Body] | None = None
        self._books: dict[int, dict[int, Grown]] = {}

    @property
    def units(self) -> dict[int, Body]:
        """The units at the base, read once."""
        if self._units is None:
            self._units = {body.pk: body for body in base_units(self.congress)}
        return self._units

    def said_of(self, new: list[Ask]) -> Iterator[Caution]:
        """What the checks say of these."""
        for ask in new:
            if not is_history(ask.day, self.today) and ask.unit in self.units:
                book = self._book(ask)
                row = books.row_of_ask(ask, {ask.unit: str(self.units[ask.unit])})
                book.open_at(row, self._earlier(book, row))
                for rules, own in self.judges:
                    for check in own:
                        yield from told(rules, check, book, self.today, ask.unit)

    def _book(self, ask: Ask) -> Grown:
        year = ask.day.year
        if year not in self._books:
            self._books[year] = self._opened(year)
        return self._books[year][ask.unit]

    def _opened(self, year: int) -> dict[int, Grown]:
        """A book for every unit, over all that was asked in the year."""
        found: dict[int, list[Row]] = {key: [] for key in self.units}
        names = {key: str(body) for key, body in self.units.items()}
        spread = asks(self.congress, date(year, 1, 1), date(year, 12, 31), self.units.values())
        for ask in spread:
            found[ask.unit].append(books.row_of_ask(ask, names))
        return {key: Grown(Listed(tuple(rows), year)) for key, rows in found.items()}

    def _earlier(self, book: Grown, row: Row) -> Row | None:
        """A matter asks a unit once: what it asked before, where it is corrected."""
        if not row.written:
            return None
        assert isinstance(book.below, Listed)
        return next((one for one in book.below.listed if one.key == row.key), None)
