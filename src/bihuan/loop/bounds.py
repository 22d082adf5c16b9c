"""What a law leaves to a place: a local value may not go beyond the most (or the least) that a law sets.

A param's row that has a `bound` is such a law: its value is the bound. Where a local term is written in
another unit, it must stay within the bound whenever it begins: 90 days are longer than three months that
hold a February, and so are not within “at most 3 months”.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from bihuan.loop.forms import Refusal
from bihuan.loop.params import Rules
from bihuan.loop.portions import portion_of
from bihuan.loop.spec import Institution, Param, Value
from bihuan.loop.terms import BadTerm, parse_term

WORDS = {"at_most": "最多", "at_least": "最少", "exact": "只能是"}
REFUSED = {"at_most": "不能超过", "at_least": "不能少于", "exact": "只能是"}


def refusal(rules: Rules, name: str, value: Value, since: date) -> Refusal | None:
    """Why a place may not set this value from this day on, with the article; None if it may."""
    for bound in bounds_of(rules, name, since):
        if not within(bound, value):
            cite = _cite(rules.institution, bound)
            say = (
                f"“{bound.title}”{REFUSED[bound.bound]}{shown(bound.value)}（{cite}），"
                f"现在填的是 {shown(value)}，请改正"
            )
            return Refusal(say, "value", cite)
    return None


def sentence(rules: Rules, name: str, on: date) -> str:
    """The bound in force on a day, for a person who is about to set a value; empty if there is none."""
    bound = next(bounds_of(rules, name, on), None)
    if bound is None:
        return ""
    return f"法定{WORDS[bound.bound]}{shown(bound.value)}（{_cite(rules.institution, bound)}）"


def bounds_of(rules: Rules, name: str, since: date) -> Iterator[Param]:
    """The bound in force on a day, and those that come into force later: the narrowest area's alone."""
    rows = [
        row
        for row in rules.institution.params
        if row.bound and row.name == name and row.area in rules.areas
    ]
    if not rows:
        return
    narrowest = min(rules.areas.index(row.area) for row in rows)
    own = sorted((r for r in rows if rules.areas.index(r.area) == narrowest), key=lambda r: r.since)
    yield from [row for row in own if row.since <= since][-1:]
    yield from (row for row in own if row.since > since)


def within(bound: Param, value: Value) -> bool:
    """Whether a value stays within a bound. What cannot be measured is within an exact one if it is the same."""
    try:
        unit, limit = _measured(bound.value)
        own_unit, own = _measured(value)
        same = unit == own_unit
        least, most = (limit, limit) if same else _in_days(unit, limit)
        own_least, own_most = (own, own) if same else _in_days(own_unit, own)
    except (BadTerm, ValueError):
        return bound.bound == "exact" and value == bound.value
    if bound.bound == "at_most":
        return own_most <= least
    if bound.bound == "at_least":
        return own_least >= most
    return same and own == limit


def comparable(value: Value) -> bool:
    """Whether a value can be a bound: a number, a percentage or a term."""
    try:
        _measured(value)
    except (BadTerm, ValueError):
        return False
    return True


def shown(value: Value) -> str:
    """A value as it stands in a sentence."""
    portion = portion_of(value)
    if portion:
        return portion.chinese()
    try:
        return parse_term(value).chinese() if isinstance(value, str) else str(value)
    except BadTerm:
        return str(value)


# Measuring


def _measured(value: Value) -> tuple[str, float]:
    """Of what and how much. Raises BadTerm or ValueError for what cannot be measured."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise ValueError(f"{value} is no measure")
    if isinstance(value, int | float):
        return "number", value
    portion = portion_of(value)
    if portion:
        return f"part of {portion.of} {portion.over}", portion.parts / portion.whole
    if value.endswith("%"):
        return "percent", float(value.removesuffix("%"))
    term = parse_term(value)
    months = {"months": 1, "years": 12}.get(term.unit)
    if months:
        return "months", term.amount * months
    return term.unit, term.amount


def _in_days(unit: str, amount: float) -> tuple[float, float]:
    """The fewest and the most days it can be, whenever it begins; raises ValueError for what is no time.

    Months: February and leap years. Working days: weekends, and the two long holidays of a year.
    """
    if unit == "days":
        return amount, amount
    if unit == "months":
        return amount * 365 // 12 - 2, amount * 366 // 12 + 3
    if unit == "working_days":
        return amount, amount * 7 // 5 + 3 + 12 * (1 + amount // 100)
    raise ValueError(f"{unit} is no time")


def _cite(institution: Institution, bound: Param) -> str:
    return institution.cited(bound.cite) or bound.cite
