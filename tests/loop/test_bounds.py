"""What a law leaves to a place, held in every unit it may be written in."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bihuan.loop import bounds
from bihuan.loop.calendar import load_calendar
from bihuan.loop.check import check
from bihuan.loop.params import Rules
from bihuan.loop.spec import Institution, Law, Param, Value
from bihuan.loop.terms import due, parse_term

CALENDAR = load_calendar(Path(__file__).parents[2] / "calendar")
LAW = Law("law", "某法", "第一条", national=True)
CUSTOM = Law("custom", "某地办法", place="某县")
SINCE = date(2020, 1, 1)


def _bound(value: Value, how: str, **more: object) -> Param:
    return Param("x_within", "期限", value, SINCE, "law", bound=how, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("limit", "how", "value", "held"),
    [
        ("3 months", "at_most", "3 months", True),
        ("3 months", "at_most", "2 months", True),
        ("3 months", "at_most", "4 months", False),
        ("3 months", "at_most", "89 days", True),
        ("3 months", "at_most", "90 days", False),
        ("3 months", "at_most", "30 working days", True),
        ("3 months", "at_most", "60 working days", False),
        ("12 months", "at_most", "1 year", True),
        ("12 months", "at_least", "1 year", True),
        ("7 days", "at_least", "1 month", True),
        ("1 month", "at_least", "30 days", False),
        (10, "exact", 10, True),
        (10, "exact", 9, False),
        (10, "exact", "10%", False),
        ("1 year", "exact", "12 months", True),
        ("50%", "at_least", "40%", False),
        ("3 months", "at_most", 3, False),
        ("3 months", "at_most", "不限", False),
        (3, "at_most", True, False),
    ],
)
def test_it_compares_across_units(limit: Value, how: str, value: Value, held: bool) -> None:
    assert bounds.within(_bound(limit, how), value) is held


@given(
    start=st.dates(date(2008, 1, 1), date(2025, 1, 1)),
    months=st.integers(1, 6),
    amount=st.integers(1, 130),
    unit=st.sampled_from(["days", "working days"]),
)
def test_it_never_lets_a_term_end_after_the_most_the_law_allows(
    start: date, months: int, amount: int, unit: str
) -> None:
    """Counted day by day: what is within “at most” ends no later, whenever it begins."""
    local = f"{amount} {unit}"
    if bounds.within(_bound(f"{months} months", "at_most"), local):
        most = due(start, parse_term(f"{months} months"), CALENDAR)
        assert due(start, parse_term(local), CALENDAR, rolls=False).due <= most.due


def _institution(*params: Param) -> Institution:
    return Institution("x", "某制度", Path("x"), law=(LAW, CUSTOM), params=params)


def test_it_takes_the_bound_of_the_narrowest_area_and_those_to_come() -> None:
    later = SINCE + timedelta(days=900)
    one = _institution(
        _bound(10, "exact"),
        _bound(5, "exact", area="乡镇"),
        replace(_bound(8, "at_most"), since=later),
    )
    nation, township = Rules(one), Rules(one, ("420381", "乡镇", ""))
    assert bounds.refusal(township, "x_within", 5, SINCE) is None
    refused = bounds.refusal(township, "x_within", 10, SINCE)
    assert refused is not None and refused.cite == "《某法》第一条"
    assert "只能是5（《某法》第一条），现在填的是 10" in refused.say
    assert bounds.refusal(nation, "x_within", 10, SINCE) is not None, "the later law allows 8"
    assert bounds.refusal(nation, "x_within", 8, later) is None
    assert bounds.sentence(nation, "x_within", SINCE) == "法定只能是10（《某法》第一条）"
    assert bounds.sentence(nation, "other", SINCE) == ""


def test_it_refuses_declarations_beyond_the_law() -> None:
    local = Param("x_within", "期限", "4 months", SINCE, "custom", area="42")
    custom = replace(_bound("3 months", "at_most"), cite="custom")
    unclear = replace(_bound("3 months", "at_most"), value=["a"])
    for params, id_ in (
        ((_bound("3 months", "at_most"), local), "C025"),
        ((custom,), "C023"),
        ((unclear,), "C024"),
    ):
        one = _institution(*params)
        assert id_ in {fault.id for fault in check(one, {"x": one})}
    one = _institution(_bound("3 months", "at_most"), replace(local, value="2 months"))
    assert not {"C023", "C024", "C025"} & {fault.id for fault in check(one, {"x": one})}
