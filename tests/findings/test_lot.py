"""A lot of rows: each judged with those before it, corrections in the place of what they correct."""

from __future__ import annotations

from datetime import date

import pytest
from tests.cast import Cast, cast
from tests.findings.planted import YEAR, planted

from bihuan.findings.growing import Grown
from bihuan.findings.lot import Lot, lot
from bihuan.loop.checks import NOT_YET, Listed, Row, groups, year_of
from bihuan.loop.forms import Refusal
from bihuan.loop.situation import Done
from bihuan.loop.spec import Condition
from bihuan.matters import house
from bihuan.matters.act import Doer, raise_matter
from bihuan.matters.foresee import foresee
from bihuan.matters.models import Matter

__all__ = ["cast"]
TODAY = date(2026, 6, 1)
WHERE: list[Condition] = [
    {},
    {"state": "issued"},
    {"inside": False},
    {"state": "issued", "inside": True},
]


@pytest.mark.parametrize("seed", range(3))
def test_it_answers_as_a_book_of_all_its_rows(seed: int) -> None:
    rows = planted(seed).rows["paperwork"]
    half = len(rows) // 2
    grown = Grown(Listed(tuple(rows[:half]), YEAR))
    asked_before = answers(grown)
    for row in rows[half:]:
        grown.add(row)
    changed = Row(rows[0].key, "改过的", rows[0].day, {**rows[0].facts, "inside": False})
    grown.open_at(changed, instead_of=rows[0])
    whole = Listed(tuple(rows), YEAR, changed)
    assert answers(grown) == answers(whole) != asked_before


def answers(book: Grown | Listed) -> list[object]:
    """Whatever a check could ask."""
    period = year_of(book)
    return [
        told
        for where in WHERE
        for told in (
            book.rows(where, period),
            book.count(where, period),
            round(book.total("length", where, period), 6),
            {value: n for value, n in book.counts("paper_kind", where, period).items() if n},
            dict(groups(book, "paper_kind", where)),
        )
    ]


@pytest.mark.django_db
def test_it_puts_a_correction_in_the_place_of_what_it_corrects(cast: Cast) -> None:
    township = str(cast.bodies["township"].pk)
    first, second = (planned(cast, f"会{n}", units=[township]) for n in (1, 2))
    rows = opened(cast)
    assert not rows.said_of(coming(cast, first, {"minutes_planned": 80}), first)
    long = rows.said_of(coming(cast, second, {"minutes_planned": 200}), second)
    assert [one.key for one in long] == ["meetings.over_time"]
    third = rows.said_of(coming(cast, None, {"title": "会3", "units": [township]}))
    assert [(one.key, one.fault.value) for one in third] == [("burden.too_often", 3)]
    assert {row.key for row in third[0].fault.rows} == {first.pk, second.pk, NOT_YET + 2}
    assert third[0].rows == third[0].fault.rows[:2]


@pytest.mark.django_db
def test_it_is_not_opened_for_acts_of_which_nothing_is_ever_said(cast: Cast) -> None:
    assert lot(cast.congress, house.institution("suggestions"), {"record"}, TODAY) is None


def opened(cast: Cast) -> Lot:
    found = lot(cast.congress, house.institution("meetings"), {"raise", "change"}, TODAY)
    assert found is not None
    return found


PLAIN = {
    "organizer": "督查室", "meeting_kind": "一般性会议", "minutes_planned": 60, "held_on": "2026-06-10",
}  # fmt: skip


def planned(cast: Cast, title: str, **more: object) -> Matter:
    data = {"title": title, **PLAIN, **more}
    made = raise_matter(cast.congress, "meetings", "raise", Doer("clerk"), TODAY, data)  # type: ignore[arg-type]
    assert isinstance(made, Matter), made
    return made


def coming(cast: Cast, matter: Matter | None, data: dict[str, object]) -> Done:
    act = "change" if matter else "raise"
    asked = {field.name for field in house.institution("meetings").fields_of(act)}
    facts = {
        name: value for name, value in (matter.facts if matter else PLAIN).items() if name in asked
    }
    filled = {**facts, **data}
    done = foresee(cast.congress, "meetings", matter, act, "clerk", TODAY, filled)
    assert not isinstance(done, Refusal), done
    return done
