"""A planted year: what is wrong is found, look-alikes are left alone, in memory and in SQL alike."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from tests.cast import Cast
from tests.findings.planted import YEAR, Planted, planted

from bihuan.findings.books import Kept
from bihuan.findings.register import Read, Register
from bihuan.loop.checks import Book, Fault, Listed, faults
from bihuan.loop.params import Rules
from bihuan.loop.spec import Institution
from bihuan.matters import house
from bihuan.matters.models import Matter
from bihuan.people.models import Congress

END = date(YEAR, 12, 31)


def found(
    made: Planted, open_book: Callable[[Institution], Book]
) -> dict[tuple[str, frozenset[int]], Fault]:
    """Everything all checks find in books opened this way."""
    result = {}
    for key in made.rows:
        one = house.institution(key)
        for check in one.checks:
            for fault in faults(check, Rules(one), open_book(one), END):
                result[(f"{key}.{check.id}", frozenset(row.key for row in fault.rows))] = fault
    return result


@pytest.mark.parametrize("seed", range(5))
def test_it_finds_the_planted_variants_and_leaves_the_look_alikes_alone(seed: int) -> None:
    made = planted(seed)
    told = found(made, lambda one: Listed(tuple(made.rows[one.key]), YEAR))
    missed, wrong = made.expected - set(told), set(told) - made.expected
    assert len(missed) <= 0.05 * len(made.expected), sorted(missed, key=str)[:5]
    assert len(wrong) <= 0.05 * len(told), [(c, told[c, k].say) for c, k in sorted(wrong, key=str)][
        :5
    ]


def test_it_cites_the_article_of_the_rule_that_was_broken() -> None:
    made = planted(1)
    told = found(made, lambda one: Listed(tuple(made.rows[one.key]), YEAR))
    for (check_name, _), fault in told.items():
        key, _, check_id = check_name.partition(".")
        one = house.institution(key)
        check = one.check(check_id)
        assert check is not None
        law = [
            one.law_of(check.cite),
            *(one.law_of(p.cite) for p in one.params if p.name in check.params),
        ]
        assert fault.cite in {each.cite() for each in law if each}


def test_it_plants_every_check_of_the_four_registers() -> None:
    checks = {
        f"{key}.{check.id}"
        for key in ("paperwork", "meetings", "inspections", "powers")
        for check in house.institution(key).checks
    }
    assert checks - {check for check, _ in planted(0).expected} == {"paperwork.more_than_last_year"}


@pytest.mark.parametrize(
    "opened",
    [
        lambda congress, one: Kept(congress, one, YEAR),
        lambda congress, one: Read(Register(congress, one, [YEAR]), YEAR),
        lambda congress, one: Read(Register(congress, one, [YEAR + 5]), YEAR),
    ],
    ids=["asked by SQL", "read once", "read by the year"],
)
def test_it_finds_the_same_in_the_database(
    cast: Cast, opened: Callable[[Congress, Institution], Book]
) -> None:
    made = planted(2)
    keys: dict[int, int] = {}
    for key, rows in made.rows.items():
        kept = Matter.objects.bulk_create(
            Matter(
                congress=cast.congress, institution=key, year=row.day.year, title=row.title,
                text=row.word("text"), state=row.word("state"), phase="closed", since=row.day,
                raised_on=row.day,
                facts={n: v for n, v in row.facts.items() if n not in ("state", "title", "text")},
            )
            for row in rows
        )  # fmt: skip
        keys |= {matter.pk: row.key for matter, row in zip(kept, rows, strict=True)}
    _renumber(made, {planted_key: pk for pk, planted_key in keys.items()})
    told = found(made, lambda one: opened(cast.congress, one))
    expected = {(check, frozenset(pks)) for check, pks in _in_database(made, keys)}
    assert set(told) == expected


def _renumber(made: Planted, pks: dict[int, int]) -> None:
    """A link to the planned item is the key of its matter."""
    for matter in Matter.objects.filter(institution="inspections", facts__has_key="plan_item"):
        matter.facts["plan_item"] = str(pks[int(matter.facts["plan_item"])])
        matter.save(update_fields=["facts"])


def _in_database(made: Planted, keys: dict[int, int]) -> list[tuple[str, set[int]]]:
    pks = {planted_key: pk for pk, planted_key in keys.items()}
    return [(check, {pks[key] for key in own}) for check, own in made.expected]
