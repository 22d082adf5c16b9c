"""Rows read once answer every question as rows in memory do, and nothing is read twice."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as some
from tests.cast import Cast

from bihuan.findings.books import Kept
from bihuan.findings.register import Columns, Read, Register, Table
from bihuan.findings.run import Books, looked_through
from bihuan.loop.checks import Listed, Row
from bihuan.loop.spec import Condition, Value
from bihuan.matters import house
from bihuan.matters.models import Matter

FIRST = date(2025, 1, 1)
BOTH = (FIRST, date(2026, 12, 31))
VALUES = some.one_of(
    some.none(),
    some.booleans(),
    some.integers(0, 3),
    some.floats(0, 3),
    some.sampled_from(["", "甲", "乙", "2025-03-01"]),
    some.lists(some.sampled_from(["7", "8"]), max_size=3),
)
FACTS = some.dictionaries(some.sampled_from("abc"), VALUES)
ROWS = some.lists(some.tuples(some.integers(0, 729), FACTS), max_size=25)
LINES = some.one_of(
    some.tuples(some.sampled_from(["a", "b", "c"]), VALUES),
    some.tuples(
        some.sampled_from(["a__gte", "b__lt"]), some.one_of(some.integers(0, 3), some.just("乙"))
    ),
    some.tuples(
        some.just("c__in"), some.lists(some.one_of(some.booleans(), some.just("甲")), max_size=2)
    ),
)
WHERE = some.dictionaries(some.just("a"), VALUES) | some.lists(LINES, max_size=3).map(dict)
PERIODS = some.tuples(some.integers(0, 729), some.integers(0, 729)).map(
    lambda pair: (FIRST + timedelta(days=min(pair)), FIRST + timedelta(days=max(pair)))
)


class InMemory(Register):
    """A register of rows that are not in a database."""

    def __init__(self, rows: list[Row]) -> None:
        facts = [dict(row.facts) for row in rows]
        days, titles = [row.day for row in rows], [row.title for row in rows]
        self._table_of_all = Table(
            Columns([row.key for row in rows], titles, ["" for _ in rows], days, facts)
        )

    def tables(self, between: object) -> list[Table]:
        return [self._table_of_all]


@given(ROWS, WHERE, PERIODS, some.sampled_from("abc"), some.integers(1, 3))
def test_it_answers_as_rows_in_memory_do(
    facts: list[tuple[int, Mapping[str, Value]]],
    where: Condition,
    between: tuple[date, date],
    by: str,
    least: int,
) -> None:
    rows = [
        Row(key, f"第{key}件", FIRST + timedelta(days=day), own)
        for key, (day, own) in enumerate(facts, 1)
    ]
    read, listed = Read(InMemory(rows[::-1]), 2026), Listed(tuple(rows), 2026)
    assert list(read.rows(where, between)) == listed.rows(where, between)
    assert read.count(where, between) == listed.count(where, between)
    assert read.total(by, where, between) == pytest.approx(listed.total(by, where, between))
    assert dict(read.counts(by, where, between)) == dict(listed.counts(by, where, between))
    assert dict(read.groups(by, where, between, least)) == dict(
        listed.groups(by, where, between, least)
    )


def papers(cast: Cast, *facts: Mapping[str, Any], text: str = "") -> list[int]:
    made = Matter.objects.bulk_create(
        Matter(
            congress=cast.congress, institution="paperwork", year=2026, title=f"第{n}件", text=text,
            state="issued", phase="closed", since=FIRST, raised_on=FIRST, facts=own,
        )
        for n, own in enumerate(facts)
    )  # fmt: skip
    return [one.pk for one in made]


def read(cast: Cast, year: int = 2026) -> Read:
    return Read(Register(cast.congress, house.institution("paperwork"), [year]), year)


@pytest.mark.django_db
def test_it_leaves_out_what_has_no_day_or_came_to_nothing(cast: Cast) -> None:
    days = ("2026-03-01", "2026-13-01", "2026-3-1", "", "2024-12-31")
    first, *_ = papers(cast, *({"issued_on": day} for day in days), {}, {"issued_on": 20260301})
    [void] = papers(cast, {"issued_on": "2026-05-01"})
    Matter.objects.filter(pk=void).update(phase="void")
    assert [row.key for row in read(cast).rows({}, BOTH)] == [first]


@pytest.mark.django_db
def test_it_gives_texts_to_those_who_ask_for_them(cast: Cast) -> None:
    papers(cast, {"issued_on": "2026-03-01"})
    [own] = papers(cast, {"issued_on": "2026-03-01"}, text="请于三月底前报送。")
    book = read(cast)
    assert [(row.key, row.word("text")) for row in book.rows({}, BOTH, texts=True)] == [
        (own, "请于三月底前报送。")
    ]
    assert all("text" not in row.facts for row in book.rows({}, BOTH))


@pytest.mark.django_db
def test_it_reads_the_rows_of_two_years_and_of_the_year_before_once(cast: Cast) -> None:
    papers(cast, {"issued_on": "2026-03-01", "length": 9000})
    opened = Books(cast.congress, [2026, 2025])
    with CaptureQueriesContext(connection) as asked:
        told = looked_through(opened, house.institution("paperwork"), date(2026, 6, 1))
    assert {place.year for place, faults in told if faults} == {2026}
    matters = [one for one in asked.captured_queries if 'FROM "matters_matter"' in one["sql"]]
    assert len(matters) == 3  # all rows at once, the texts of each year


@pytest.mark.django_db
@pytest.mark.parametrize("by", ["paper_kind", "addressees"])
def test_it_groups_before_a_row_is_entered_as_at_night(cast: Cast, by: str) -> None:
    facts = [
        {"issued_on": f"2026-03-0{n + 1}", "paper_kind": "通知" if n % 3 else "意见", "addressees": ["7", str(n)]}
        for n in range(7)
    ]  # fmt: skip
    papers(cast, *facts)
    one = house.institution("paperwork")
    kept = Kept(cast.congress, one, 2026).groups(by, {}, BOTH, 2)
    night = read(cast).groups(by, {}, BOTH, 2)
    assert {value: [row.key for row in rows] for value, rows in kept.items()} == {
        value: [row.key for row in rows] for value, rows in night.items()
    }
