"""Checks (自查规则): small functions over plain rows that say which rule was broken, by how much and by which rows.

A check is given a `Book` of rows and the `Limits` in force, and yields `Fault`s. The same function is run over
a whole year and over the one row a clerk is about to send: a book *opened at* that row shows only what the row
belongs to. Checks read no clock and no database; `findings` gives them books over rows read once, or such as count
in SQL.
"""

from __future__ import annotations

import importlib.util
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple, Protocol, TypeVar

from bihuan.loop.conditions import holds
from bihuan.loop.params import Applied, Rules
from bihuan.loop.periods import Period, quarter
from bihuan.loop.spec import Check, Condition, Value

CHECKS = "checks.py"
NOT_YET = 2**62
"""Keys from here on stand for rows of a lot that is being looked through: none of them is written yet."""
Name = TypeVar("Name")
NOTHING: Mapping[str, Value] = MappingProxyType({})


class Missing(LookupError):
    """A folder declares checks and has no functions for them; the sentence says what is missing."""


def amount_of(value: Value) -> float:
    """A number as it counts, 0 for anything else."""
    return value if type(value) in (int, float) else 0  # type: ignore[return-value]


def values_of(value: Value) -> tuple[str, ...]:
    """What a value is grouped under: each of a list, or itself; nothing where there is none."""
    if value is None or value == "":
        return ()
    if isinstance(value, list):
        return tuple(dict.fromkeys(str(one) for one in value))
    return (str(value),)


class Row(NamedTuple):
    """One matter (or one thing asked of a unit) as a check sees it. `key` 0, or from NOT_YET on: not yet written.

    A tuple, because a night's run makes very many of them.
    """

    key: int
    title: str
    day: date
    facts: Mapping[str, Value] = NOTHING
    number: str = ""

    @property
    def written(self) -> bool:
        """Whether it is there already."""
        return 0 < self.key < NOT_YET

    def amount(self, name: str) -> float:
        """A number, 0 where nothing was filled in."""
        return amount_of(self.facts.get(name))

    def has(self, name: str) -> bool:
        """Whether something was filled in."""
        return self.facts.get(name) not in (None, "", [])

    def word(self, name: str) -> str:
        """A text, empty where nothing was filled in."""
        value = self.facts.get(name)
        return "" if value is None else str(value)

    def yes(self, name: str) -> bool:
        """A yes."""
        return self.facts.get(name) is True

    def words(self, name: str) -> tuple[str, ...]:
        """A list, or the lines of a text."""
        value = self.facts.get(name)
        found = value if isinstance(value, list) else str(value or "").splitlines()
        bare = [str(one).strip() for one in found]
        return tuple([one for one in bare if one])

    def of(self, by: str) -> tuple[str, ...]:
        """The values it is grouped under: each of a list, or the one."""
        return values_of(self.facts.get(by))


@dataclass(frozen=True)
class Fault:
    """A rule that some rows broke. `say` is a whole sentence with its figures; `group` tells this fault from
    others of the same check and period, and stays the same when rows join it.
    """

    say: str
    value: float
    threshold: float
    rows: tuple[Row, ...]
    group: str
    cite: str
    figures: Mapping[str, Value] = field(default_factory=dict)
    period: Period | None = None


class Book(Protocol):
    """Rows of one institution in a year, and of the years before; perhaps opened at one row, the focus."""

    @property
    def year(self) -> int:
        """The year it is about."""

    @property
    def focus(self) -> Row | None:
        """The row it is opened at."""

    def rows(self, where: Condition, between: Period, texts: bool = False) -> Iterable[Row]:
        """The rows that meet the condition with their day in the period, by day; the focus among them.
        With `texts`, the fact `text` holds the text of each; rows without one may be left out.
        """

    def count(self, where: Condition, between: Period) -> int:
        """How many there are."""

    def total(self, name: str, where: Condition, between: Period) -> float:
        """The sum of a number over them."""

    def counts(self, by: str, where: Condition, between: Period) -> Mapping[str, int]:
        """How many there are under each value of a field; a row with a list counts under each of its values."""

    def groups(
        self, by: str, where: Condition, between: Period, least: int
    ) -> Mapping[str, list[Row]]:
        """The rows, by day, under each value of a field that has at least so many. Opened at a row, no more than the
        values of that row need be there.
        """


@dataclass(frozen=True)
class Listed:
    """A book over rows in memory."""

    listed: tuple[Row, ...]
    year: int
    focus: Row | None = None

    def rows(self, where: Condition, between: Period, texts: bool = False) -> list[Row]:
        """Filtered and in order."""
        first, last = between
        found = [row for row in self._all() if first <= row.day <= last and holds(where, row.facts)]
        return sorted(found, key=lambda row: (row.day, row.key))

    def _all(self) -> Iterator[Row]:
        if self.focus is None:
            yield from self.listed
            return
        yield from (row for row in self.listed if row.key != self.focus.key or not row.key)
        yield self.focus

    def count(self, where: Condition, between: Period) -> int:
        """Counted one by one."""
        return len(self.rows(where, between))

    def total(self, name: str, where: Condition, between: Period) -> float:
        """Summed one by one."""
        return sum(row.amount(name) for row in self.rows(where, between))

    def counts(self, by: str, where: Condition, between: Period) -> Mapping[str, int]:
        """Counted by value."""
        return Counter(value for row in self.rows(where, between) for value in row.of(by))

    def groups(
        self, by: str, where: Condition, between: Period, least: int
    ) -> Mapping[str, list[Row]]:
        """Put together one by one."""
        found = under(by, self.rows(where, between))
        return {value: rows for value, rows in found.items() if len(rows) >= least}


def under(by: str, rows: Iterable[Row]) -> dict[str, list[Row]]:
    """The rows under each value of a field."""
    found: dict[str, list[Row]] = {}
    for row in rows:
        for value in row.of(by):
            found.setdefault(value, []).append(row)
    return found


# What checks ask of a book


def year_of(book: Book, back: int = 0) -> Period:
    """The book's year, or the one so many years before."""
    return date(book.year - back, 1, 1), date(book.year - back, 12, 31)


def quarters(book: Book) -> list[Period]:
    """The four quarters of the book's year; opened at a row, the quarter it stands in."""
    every = (quarter(book.year, number) for number in range(1, 5))
    return [one for one in every if book.focus is None or one[0] <= book.focus.day <= one[1]]


def each(book: Book, where: Condition) -> Iterable[Row]:
    """Every row of the year that meets the condition; opened at a row, that one alone."""
    if book.focus is None:
        return book.rows(where, year_of(book))
    return [book.focus] if holds(where, book.focus.facts) else []


def groups(
    book: Book, by: str, where: Condition, least: int = 2, between: Period | None = None
) -> Iterator[tuple[str, list[Row]]]:
    """The rows under each value of a field that has at least so many; opened at a row, its own values only."""
    period = between or year_of(book)
    own = None if book.focus is None else set(book.focus.of(by))
    if own is not None and not (own and book.focus and holds(where, book.focus.facts)):
        return
    found = book.groups(by, where, period, least)
    yield from sorted((v, rows) for v, rows in found.items() if own is None or v in own)


def near(rows: Iterable[Row], days: int) -> Iterator[list[Row]]:
    """Runs of rows of which each stands less than so many days after the one before; only runs of two and more."""
    run: list[Row] = []
    for row in sorted(rows, key=lambda one: (one.day, one.key)):
        if run and (row.day - run[-1].day).days >= days:
            if len(run) > 1:
                yield run
            run = []
        run.append(row)
    if len(run) > 1:
        yield run


def together(pairs: Iterable[tuple[Name, Name]]) -> list[set[Name]]:
    """Pairs that share one make one set; sets in the order of their first pair."""
    sets: dict[Name, set[Name]] = {}
    for one, other in pairs:
        small, large = sorted((sets.get(one, {one}), sets.get(other, {other})), key=len)
        large |= small
        sets |= dict.fromkeys((*small, one, other), large)
    return list({id(found): found for found in sets.values()}.values())


def concerns(book: Book, rows: Iterable[Row]) -> bool:
    """Whether a fault of these rows is the focus's business: always, in a book that is not opened at one."""
    return book.focus is None or any(row.key == book.focus.key for row in rows)


# Limits and faults


@dataclass(frozen=True)
class Limits:
    """The params of one check as they hold in one place on a day."""

    rules: Rules
    check: Check
    on: date

    def number(self, name: str) -> float:
        """A number: 5000, or 40 for `40%`. Raises NoSuchParam where none is in force, ValueError for a word."""
        value = self.rules.value(name, self.on)
        return float(str(value).removesuffix("%"))

    def applied(self, name: str) -> Applied:
        """The rule with its article."""
        return self.rules.applied(name, self.on)

    @property
    def cite(self) -> str:
        """The article of the check itself."""
        return self.rules.institution.cited(self.check.cite) or self.check.cite

    def broken(
        self,
        say: str,
        value: float,
        rows: Iterable[Row],
        group: str,
        *,
        by: str = "",
        threshold: float = 0,
        period: Period | None = None,
        **figures: Value,
    ) -> Fault:
        """A fault: of the param `by` with its value and article, or of the check's own article."""
        cite = self.applied(by).cite if by else self.cite
        bound = self.number(by) if by else threshold
        return Fault(say, value, bound, tuple(rows), group, cite, figures, period)


Function = Callable[[Book, Limits], Iterable[Fault]]


@cache
def functions(folder: Path) -> Mapping[str, Function]:
    """The public functions of the folder's `checks.py` by name. Raises Missing."""
    file = folder / CHECKS
    if not file.exists():
        raise Missing("没有 checks.py")
    found = importlib.util.spec_from_file_location(f"bihuan_checks_{folder.name}", file)
    assert found and found.loader
    module = importlib.util.module_from_spec(found)
    sys.modules[found.name] = module
    try:
        found.loader.exec_module(module)
    except Exception as error:  # whatever the folder's author wrote: said at the start, by file
        raise Missing(f"checks.py 读不了：{error}") from error
    own = vars(module).items()
    return {
        name: value
        for name, value in own
        if callable(value)
        and not name.startswith("_")
        and getattr(value, "__module__", "") == module.__name__
    }


def faults(check: Check, rules: Rules, book: Book, on: date) -> list[Fault]:
    """Run one check. Raises NoSuchParam where a rule it needs is not in force on the day."""
    function = functions(rules.institution.folder)[check.id]
    found = function(book, Limits(rules, check, on))
    return [one for one in found if concerns(book, one.rows)]
