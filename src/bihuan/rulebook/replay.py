"""Replay: what a year would have shown under another threshold. Nothing is written; the same check runs twice."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from bihuan.findings import books
from bihuan.findings.register import Read, Register
from bihuan.findings.run import found
from bihuan.loop.checks import Book, Fault
from bihuan.loop.forms import Refusal
from bihuan.loop.params import NoSuchParam, Rules
from bihuan.loop.spec import Check, Institution, Param, Value
from bihuan.matters import house, local_params
from bihuan.matters.many import many_kept
from bihuan.people.models import Congress

TRIED = "试算"


@dataclass(frozen=True)
class Replayed:
    """One check over one year, as it is and as it would be: the values, and the faults found by each."""

    institution: Institution
    check: Check
    param: Param
    year: int
    value: Value
    before: tuple[Fault, ...]
    after: tuple[Fault, ...]

    @property
    def added(self) -> tuple[Fault, ...]:
        """Faults that only the other value finds."""
        known = {fault.group for fault in self.before}
        return tuple(fault for fault in self.after if fault.group not in known)

    @property
    def dropped(self) -> tuple[Fault, ...]:
        """Faults that the other value no longer finds."""
        known = {fault.group for fault in self.after}
        return tuple(fault for fault in self.before if fault.group not in known)


def replay(
    congress: Congress, key: str, check_id: str, name: str, text: str, year: int, today: date
) -> Replayed | Refusal:
    """Run a check over a year with param `name` set to `text`. Raises KeyError where there is no such institution."""
    one = house.institution(key)
    check = one.check(check_id)
    if check is None or name not in check.params:
        return Refusal("这项检查没有用到这个参数，请从列表中选择", "param")
    rules = house.rules_of(congress, key)
    day = min(today, date(year, 12, 31))
    try:
        standing = rules.param(name, day)
    except NoSuchParam as missing:
        return Refusal(str(missing), "param")
    value = local_params.parse_value(standing, text)
    if isinstance(value, Refusal):
        return value
    other = _with(rules, standing, value)
    with many_kept():
        book = _book(congress, one, check, year)
        before, after = (tuple(found(own, check, book, day)) for own in (rules, other))
    return Replayed(one, check, standing, year, value, before, after)


def _book(congress: Congress, one: Institution, check: Check, year: int) -> Book:
    if check.of == "asks":
        return books.asked(congress, year)
    return Read(Register(congress, one, [year]), year)


def _with(rules: Rules, standing: Param, value: Value) -> Rules:
    """The rules with one value tried: as a row of the congress's own, newer than any, in force from the same day."""
    tried = replace(standing, value=value, area=rules.areas[0], note=TRIED)
    return replace(rules, own=(*(row for row in rules.own if row.name != standing.name), tried))
