"""The rows of one institution read once for all its checks, by the year; what checks ask is answered in memory.

A check at night asks much the same of the same rows as the one before it: which of them meet a line of a condition.
So a year's rows are read in one pass, and each fact and each line is looked at once, however many checks ask for it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from bihuan.loop.checks import Row, amount_of, under, values_of
from bihuan.loop.conditions import holds, split
from bihuan.loop.periods import Period
from bihuan.loop.spec import Condition, Institution, Value
from bihuan.matters.many import Facts, many_kept, on_days, with_facts
from bihuan.people.models import Congress

Marks = npt.NDArray[np.bool_]


@dataclass
class Columns:
    """Rows as they are read, column by column, in no order. A row's *place* is where it stands in them."""

    keys: list[int] = field(default_factory=list)
    titles: list[str] = field(default_factory=list)
    numbers: list[str] = field(default_factory=list)
    days: list[date] = field(default_factory=list)
    facts: list[Facts] = field(default_factory=list)


class Table:
    """The rows of some years. Each of their facts and each line of a condition is looked at once, whoever asks."""

    def __init__(self, columns: Columns) -> None:
        self._read = columns
        self._days = np.array([day.toordinal() for day in columns.days], dtype=np.int32)
        self._columns: dict[str, list[Any]] = {}
        self._lines: dict[tuple[str, str], Marks] = {}
        self._order = np.lexsort((np.array(columns.keys, dtype=np.int64), self._days))

    def count(self, where: Condition, between: Period) -> int:
        """How many meet the condition with their day in the period."""
        return int(np.count_nonzero(self._marks(where, between)))

    def places(self, where: Condition, between: Period) -> list[int]:
        """Where they stand, by day and key."""
        found: list[int] = self._order[self._marks(where, between)[self._order]].tolist()
        return found

    def rows(self, places: Iterable[int]) -> Iterator[Row]:
        """The rows at these places."""
        read, own = self._read, list(places)
        columns = (read.keys, read.titles, read.days, read.facts, read.numbers)
        return map(Row._make, zip(*(map(c.__getitem__, own) for c in columns), strict=True))

    def groups(
        self, by: str, where: Condition, between: Period, least: int
    ) -> dict[str, list[int]]:
        """The places under each value of a fact that has at least so many; one with a list under each of its values."""
        places, column = self.places(where, between), self.column(by)
        values = [column[place] for place in places]
        if not any(isinstance(value, list) for value in values):
            many = {value for value, n in Counter(values).items() if n >= least}
            values = [value if value in many else None for value in values]
        found: dict[str, list[int]] = {}
        for place, value in zip(places, values, strict=True):
            for one in values_of(value) if value is not None else ():
                found.setdefault(one, []).append(place)
        return {value: own for value, own in found.items() if len(own) >= least}

    def keyed(self, places: Iterable[int], keys: Container[int]) -> list[int]:
        """Of these places those of rows with one of these keys."""
        return [place for place in places if self._read.keys[place] in keys]

    def column(self, name: str) -> list[Any]:
        """One fact of every row, None where it is not there."""
        if name not in self._columns:
            self._columns[name] = [facts.get(name) for facts in self._read.facts]
        return self._columns[name]

    def _marks(self, where: Condition, between: Period) -> Marks:
        first, last = (day.toordinal() for day in between)
        marks = (self._days >= first) & (self._days <= last)
        for name, asked in where.items():
            marks &= self._line(name, asked)
        return marks

    def _line(self, name: str, asked: Value) -> Marks:
        """Which rows meet one line of a condition."""
        key = (name, repr(asked))
        if key not in self._lines:
            self._lines[key] = self._met(name, asked)
        return self._lines[key]

    def _met(self, name: str, asked: Value) -> Marks:
        """Each value there is is looked at once: a thousand rows have the same few states, kinds and days."""
        fact, _ = split(name)
        column, size = self.column(fact), len(self._days)
        try:
            values = set(column)
        except TypeError:  # lists among them
            return np.fromiter((holds({name: asked}, {fact: v}) for v in column), np.bool_, size)
        good = {value for value in values if holds({name: asked}, {fact: value})}
        if len(good) in (0, len(values)):
            return np.full(size, bool(good))
        return np.fromiter(map(good.__contains__, column), np.bool_, size)


class Register:
    """The rows of one institution in a congress. Those of the years a run is about, and of the year before them, are
    read together when something is first asked; any other year when it is asked for.
    """

    def __init__(self, congress: Congress, institution: Institution, years: Sequence[int]) -> None:
        self.congress, self.institution = congress, institution
        self._span = range(min(years) - 1, max(years) + 1)
        self._tables: dict[int, Table] = {}

    def tables(self, between: Period) -> Iterable[Table]:
        """Where rows with their day in the period stand: without those that came to nothing or have no day."""
        first, last = between
        return dict.fromkeys(self._table(year) for year in range(first.year, last.year + 1))

    def _table(self, year: int) -> Table:
        if year not in self._tables:
            years = self._span if year in self._span else range(year, year + 1)
            with many_kept():
                read = self._read((date(years[0], 1, 1), date(years[-1], 12, 31)))
            self._tables |= dict.fromkeys(years, Table(read))
        return self._tables[year]

    def _read(self, between: Period) -> Columns:
        """One query."""
        read, day_of = Columns(), self.institution.day_of
        rows = on_days(self.congress, self.institution, between)
        for columns, facts in with_facts(rows, "pk", "title", "number", "state"):
            keys, titles, numbers, states = columns
            for own, state in zip(facts, states, strict=True):
                own["state"] = state
            read.keys += keys
            read.titles += titles
            read.numbers += numbers
            read.days += [_date(str(own.get(day_of))) for own in facts]
            read.facts += facts
        return read

    def texts(self, between: Period) -> dict[int, str]:
        """The texts there are, by key. One query; texts are long and few checks ask for them, so they are not kept."""
        rows = on_days(self.congress, self.institution, between).exclude(text="")
        return dict(rows.values_list("pk", "text").iterator())


@lru_cache(4_000)
def _date(day: str) -> date:
    """The day of a text; one in no year where the text is none."""
    try:
        return date.fromisoformat(day)
    except ValueError:
        return date.min


@dataclass(frozen=True)
class Read:
    """A book over a register: a year, and the years before it. It is not opened at a row."""

    register: Register
    year: int

    @property
    def focus(self) -> None:
        """None."""
        return None

    def rows(self, where: Condition, between: Period, texts: bool = False) -> Iterator[Row]:
        """In order; with `texts`, those without one are left out."""
        if texts:
            yield from self._with_text(where, between)
            return
        for table in self.register.tables(between):
            yield from table.rows(table.places(where, between))

    def _with_text(self, where: Condition, between: Period) -> Iterator[Row]:
        texts = self.register.texts(between)
        for table in self.register.tables(between) if texts else ():
            for row in table.rows(table.keyed(table.places(where, between), texts)):
                facts = {**row.facts, "text": texts[row.key], "title": row.title}
                yield row._replace(facts=facts)

    def groups(
        self, by: str, where: Condition, between: Period, least: int
    ) -> Mapping[str, list[Row]]:
        """Grouped by places; rows are made of those only that are given out."""
        tables = list(self.register.tables(between))
        if len(tables) == 1:
            places = tables[0].groups(by, where, between, least)
            return {value: list(tables[0].rows(own)) for value, own in places.items()}
        found = under(by, self.rows(where, between))
        return {value: rows for value, rows in found.items() if len(rows) >= least}

    def count(self, where: Condition, between: Period) -> int:
        """Counted by marks."""
        return sum(table.count(where, between) for table in self.register.tables(between))

    def total(self, name: str, where: Condition, between: Period) -> float:
        """Summed over the column."""
        return sum(amount_of(value) for value in self._values(name, where, between))

    def counts(self, by: str, where: Condition, between: Period) -> Mapping[str, int]:
        """Counted over the column."""
        found = self._values(by, where, between)
        return Counter(one for value in found for one in values_of(value))

    def _values(self, name: str, where: Condition, between: Period) -> Iterator[Any]:
        for table in self.register.tables(between):
            yield from map(table.column(name).__getitem__, table.places(where, between))
