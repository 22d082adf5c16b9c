"""An act's outcome as checks see it: the row as it would stand, and what would be asked of units from here on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from bihuan.asks.gather import SHARE, Ask, of_matter
from bihuan.findings import books
from bihuan.loop.checks import Row
from bihuan.loop.params import Rules
from bihuan.loop.situation import Done
from bihuan.loop.spec import Check, Institution
from bihuan.matters import house
from bihuan.matters.models import Matter
from bihuan.people.models import Congress

Judge = tuple[Rules, list[Check]]
"""Checks with the rules they judge by."""


def may_speak(one: Institution, act_id: str) -> bool:
    """Whether anything could be said of this act: most acts of most institutions are not even looked at."""
    return bool(checks_of(one, act_id)) or one.asks is not None or bool(one.act(act_id).assign)


def checks_of(one: Institution, act_id: str) -> list[Check]:
    """The institution's checks of its own rows that speak before this act."""
    return [check for check in one.checks if act_id in check.acts and check.of == "rows"]


def judges_of_asks(congress: Congress) -> list[Judge]:
    """Whoever judges what is asked of units, by whomever."""
    return [
        (house.rules_of(congress, one.key), own)
        for one in house.institutions().values()
        if (own := [check for check in one.checks if check.of == "asks"])
    ]


def is_history(day: date, today: date) -> bool:
    """Whether a row that begins now stands in a year gone by: booked afterwards, it burdens nobody any more.

    The checks of the night still find it; nobody is asked why he tells the past.
    """
    return day.year < today.year


def row_of(one: Institution, matter: Matter | None, done: Done, new: int = 0) -> Row | None:
    """The row as it would stand; without a matter under the key `new`. None where it has no day to stand on."""
    facts = {**done.after.facts, "state": done.after.state}
    key, number = (matter.pk, matter.number) if matter else (new, "")
    return books.row_from(one, key, str(facts.get("title", "")), facts, number)


def asks_of(one: Institution, matter: Matter | None, done: Done, new: int = 0) -> list[Ask]:
    """Shares that the act hands over, and what the institution says it asks from here on."""
    return [*_shares(one, matter, done, new), *_declared(one, matter, done, new)]


def _shares(one: Institution, matter: Matter | None, done: Done, new: int) -> Sequence[Ask]:
    before = {share.key for share in matter.assignments.all()} if matter else set()
    key, title = matter.pk if matter else new, str(done.after.facts.get("title", ""))
    return [
        Ask(int(held.body), done.day, key, title, one.key, SHARE, "", until=held.due)
        for held in done.after.assignments
        if held.key not in before and held.body.isdecimal()
    ]


def _declared(one: Institution, matter: Matter | None, done: Done, new: int) -> Sequence[Ask]:
    key, title = matter.pk if matter else new, str(done.after.facts.get("title", ""))
    known = set()
    if matter:
        before = of_matter(one, key, title, matter.state, matter.facts)
        known = {(ask.unit, ask.day) for ask in before}
    coming = of_matter(one, key, title, done.after.state, done.after.facts)
    return [ask for ask in coming if (ask.unit, ask.day) not in known]
