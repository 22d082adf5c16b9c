"""Before an act is taken: what the checks would find once it were. Nothing is written, nothing is forbidden."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date

from bihuan.asks.gather import BASE, SHARE, Ask, of_matter
from bihuan.findings import books
from bihuan.loop.checks import Book, Fault, Row, faults
from bihuan.loop.forms import Refusal
from bihuan.loop.params import NoSuchParam, Rules
from bihuan.loop.situation import Done
from bihuan.loop.spec import Check, Institution, Value
from bihuan.matters import house
from bihuan.matters.foresee import foresee
from bihuan.matters.models import Matter
from bihuan.people.models import Body, Congress

MOST_KEPT = 20
"""Rows kept with an act that was taken in spite of a caution; the finding names all of them."""


@dataclass(frozen=True)
class Caution:
    """What one check says before an act: the rule, the figure and the rows; `unit`: whom it would burden."""

    institution: str
    check: Check
    fault: Fault
    unit: int = 0

    @property
    def rows(self) -> tuple[Row, ...]:
        """The rows already there: without the one that is being entered."""
        return tuple(row for row in self.fault.rows if row.key)

    def as_json(self) -> dict[str, Value]:
        """As it is kept with the act."""
        return {
            "check": f"{self.institution}.{self.check.id}",
            "title": self.check.title,
            "say": self.fault.say,
            "value": self.fault.value,
            "threshold": self.fault.threshold,
            "cite": self.fault.cite,
            "rows": [str(row.key) for row in self.rows[:MOST_KEPT]],
        }


@dataclass(frozen=True)
class Intent:
    """An act about to be taken: by which actor, on which matter (none: it begins one), with what filled in."""

    congress: Congress
    institution: str
    matter: Matter | None
    act: str
    actor: str
    today: date
    data: Mapping[str, Value]
    share: str = ""


def cautions(intents: Iterable[Intent]) -> list[Caution]:
    """What the checks of an institution say of each row as it would stand, and those of the base of what would be
    asked of units; what a lot of acts asks counts together. Nothing of acts that would be refused anyway.
    """
    told: list[Caution] = []
    lot: list[Ask] = []
    for intent in intents:
        one = house.institution(intent.institution)
        done = _foreseen(intent) if _may_speak(one, intent.act) else None
        if done is None or isinstance(done, Refusal):
            continue
        new = _new_asks(intent, one, done)
        told += [*_of_row(intent, one, done), *_of_asks(intent, new, lot)]
        lot += new
    return told


def _may_speak(one: Institution, act_id: str) -> bool:
    """Whether anything could be said of this act: most acts of most institutions are not even looked at."""
    checked = any(act_id in check.acts for check in one.checks)
    return checked or one.asks is not None or bool(one.act(act_id).assign)


def _foreseen(intent: Intent) -> Done | Refusal:
    return foresee(
        intent.congress,
        intent.institution,
        intent.matter,
        intent.act,
        intent.actor,
        intent.today,
        intent.data,
        intent.share,
    )


def _of_row(intent: Intent, one: Institution, done: Done) -> Iterator[Caution]:
    own = [check for check in one.checks if intent.act in check.acts and check.of == "rows"]
    row = _row(intent, one, done) if own else None
    if row is None:
        return
    book = books.Kept(intent.congress, one, row.day.year, row)
    rules = house.rules_of(intent.congress, one.key)
    for check in own:
        yield from _told(intent, rules, check, book)


def _row(intent: Intent, one: Institution, done: Done) -> Row | None:
    key = intent.matter.pk if intent.matter else 0
    number = intent.matter.number if intent.matter else ""
    facts = {**done.after.facts, "state": done.after.state}
    return books.row_from(one, key, str(facts.get("title", "")), facts, number)


def _told(
    intent: Intent, rules: Rules, check: Check, book: Book, unit: int = 0
) -> Iterator[Caution]:
    try:
        for fault in faults(check, rules, book, intent.today):
            yield Caution(rules.institution.key, check, fault, unit)
    except NoSuchParam:
        return


# What would be asked of units


def _of_asks(intent: Intent, new: list[Ask], lot: list[Ask]) -> Iterator[Caution]:
    if not new:
        return
    judges = [
        (house.rules_of(intent.congress, judge.key), own)
        for judge in house.institutions().values()
        if (own := [check for check in judge.checks if check.of == "asks"])
    ]
    units = {body.pk: body for body in _units(intent.congress, [ask.unit for ask in new])}
    for ask in new:
        if ask.unit in units:
            book = _book_of_unit(intent.congress, units[ask.unit], ask, lot)
            for rules, own in judges:
                for check in own:
                    yield from _told(intent, rules, check, book, ask.unit)


def _book_of_unit(congress: Congress, unit: Body, ask: Ask, lot: list[Ask]) -> Book:
    """What was asked of the unit in the year, and what the same lot asks of it; opened at this ask."""
    names = {unit.pk: str(unit)}
    kept = books.asked(congress, ask.day.year, [unit], books.row_of_ask(ask, names))
    beside = [books.row_of_ask(one, names) for one in lot if one.unit == ask.unit]
    return replace(kept, listed=(*kept.listed, *beside))


def _units(congress: Congress, keys: list[int]) -> list[Body]:
    return list(Body.objects.filter(congress=congress, pk__in=keys, kind__in=BASE))


def _new_asks(intent: Intent, one: Institution, done: Done) -> list[Ask]:
    """Shares that the act hands over, and what the institution says it asks from here on."""
    before = {share.key for share in intent.matter.assignments.all()} if intent.matter else set()
    key, title = intent.matter.pk if intent.matter else 0, str(done.after.facts.get("title", ""))
    shares = [
        Ask(int(held.body), done.day, key, title, one.key, SHARE, "", until=held.due)
        for held in done.after.assignments
        if held.key not in before and held.body.isdecimal()
    ]
    known = set()
    if intent.matter:
        facts, state = intent.matter.facts, intent.matter.state
        known = {(ask.unit, ask.day) for ask in of_matter(one, key, title, state, facts)}
    coming = of_matter(one, key, title, done.after.state, done.after.facts)
    return [*shares, *(ask for ask in coming if (ask.unit, ask.day) not in known)]
