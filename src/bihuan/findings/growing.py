"""A book to which rows are added as they are entered, each judged with those before it in their places.

Every question a check asks is asked of the book below once, however many rows come: its answer is kept, and each row
that is added is put into it by hand. So thousands of rows cost the database no more questions than one.
"""

from __future__ import annotations

from bisect import insort
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol, TypeVar, cast

from bihuan.loop.checks import Book, Row
from bihuan.loop.conditions import holds
from bihuan.loop.periods import Period
from bihuan.loop.spec import Condition


class _Answer(Protocol):
    """What was answered once, and how a row more (1) or less (-1) changes it."""

    def put(self, row: Row, sign: int) -> None: ...


AnswerT = TypeVar("AnswerT", bound=_Answer)


@dataclass(frozen=True)
class _Asked:
    """One question with its answer so far."""

    where: Condition
    between: Period
    answer: _Answer

    def put(self, row: Row, sign: int) -> None:
        if self.between[0] <= row.day <= self.between[1] and holds(self.where, row.facts):
            self.answer.put(row, sign)


class Grown:
    """The rows of the book below with those added since; opened at the last that was."""

    def __init__(self, below: Book) -> None:
        self.below = below
        self.year = below.year
        self.focus: Row | None = None
        self._added: list[tuple[Row, int]] = []
        self._asked: dict[Hashable, _Asked] = {}

    def open_at(self, row: Row, instead_of: Row | None = None) -> None:
        """Add a row — in the place of an earlier form of it — and open the book there, in its year."""
        self.add(row, instead_of)
        self.year, self.focus = row.day.year, row

    def add(self, row: Row, instead_of: Row | None = None) -> None:
        """Add a row nobody is asked about."""
        for one, sign in ([(instead_of, -1)] if instead_of else []) + [(row, 1)]:
            self._added.append((one, sign))
            for asked in self._asked.values():
                asked.put(one, sign)

    def rows(self, where: Condition, between: Period, texts: bool = False) -> list[Row]:
        """By day; rows of one day in the order they were entered. Not to be changed by whoever asks."""
        return self._in_order(where, between, texts).rows

    def count(self, where: Condition, between: Period) -> int:
        """Asked once, then counted on."""
        return int(self._sum("count", where, between, lambda row: 1).total)

    def total(self, name: str, where: Condition, between: Period) -> float:
        """Asked once, then added up."""
        return self._sum(name, where, between, lambda row: row.amount(name)).total

    def counts(self, by: str, where: Condition, between: Period) -> Mapping[str, int]:
        """Asked once, then counted on. Not to be changed by whoever asks."""
        return self._answer(
            ("counts", by),
            where,
            between,
            lambda: _Counts(by, Counter(self.below.counts(by, where, between))),
        ).counted

    def groups(
        self, by: str, where: Condition, between: Period, least: int
    ) -> Mapping[str, list[Row]]:
        """Looked up; opened at a row, under its values alone."""
        found = self._in_order(where, between, texts=False).under(by)
        own = found if self.focus is None else self.focus.of(by)
        return {value: found[value] for value in own if len(found.get(value, ())) >= least}

    def _in_order(self, where: Condition, between: Period, texts: bool) -> _InOrder:
        return self._answer(
            ("rows", texts),
            where,
            between,
            lambda: _InOrder(self.below.rows(where, between, texts)),
        )

    def _sum(
        self, name: str, where: Condition, between: Period, amount: Callable[[Row], float]
    ) -> _Sum:
        def ask() -> _Sum:
            counted = name == "count"
            below = self.below
            first = below.count(where, between) if counted else below.total(name, where, between)
            return _Sum(first, amount)

        return self._answer(("sum", name), where, between, ask)

    def _answer(
        self, kind: Hashable, where: Condition, between: Period, ask: Callable[[], AnswerT]
    ) -> AnswerT:
        """The answer as it stands; a question not asked before is asked below, and told what came since."""
        key = (kind, repr(where), between)
        known = self._asked.get(key)
        if known is None:
            known = self._asked[key] = _Asked(where, between, ask())
            for row, sign in self._added:
                known.put(row, sign)
        return cast(AnswerT, known.answer)


class _InOrder:
    """Rows by day and key, and — for each field that was asked for — under its values."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self.rows = sorted(rows, key=_place)
        self._under: dict[str, dict[str, list[Row]]] = {}

    def under(self, by: str) -> Mapping[str, list[Row]]:
        if by not in self._under:
            self._under[by] = {}
            for row in self.rows:
                self._sort_in(by, row, 1)
        return self._under[by]

    def put(self, row: Row, sign: int) -> None:
        _put(self.rows, row, sign)
        for by in self._under:
            self._sort_in(by, row, sign)

    def _sort_in(self, by: str, row: Row, sign: int) -> None:
        for value in row.of(by):
            _put(self._under[by].setdefault(value, []), row, sign)


def _place(row: Row) -> tuple[object, int]:
    return row.day, row.key


def _put(rows: list[Row], row: Row, sign: int) -> None:
    if sign > 0:
        insort(rows, row, key=_place)
    else:
        rows[:] = [one for one in rows if one.key != row.key]


@dataclass
class _Sum:
    total: float
    amount: Callable[[Row], float]

    def put(self, row: Row, sign: int) -> None:
        self.total += sign * self.amount(row)


@dataclass
class _Counts:
    by: str
    counted: Counter[str]

    def put(self, row: Row, sign: int) -> None:
        for value in row.of(self.by):
            self.counted[value] += sign
