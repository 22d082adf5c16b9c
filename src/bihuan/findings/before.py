"""Before an act is taken: what the checks would find once it were. Nothing is written, nothing is forbidden.

Here for one act, or a lot of acts on matters in hand; for the rows of a ledger see `lot`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date

from bihuan.asks.gather import BASE, Ask
from bihuan.findings import books
from bihuan.findings.caution import Caution, told
from bihuan.findings.outcome import (
    asks_of,
    checks_of,
    is_history,
    judges_of_asks,
    may_speak,
    row_of,
)
from bihuan.loop.checks import Book
from bihuan.loop.forms import Refusal
from bihuan.loop.situation import Done
from bihuan.loop.spec import Institution, Value
from bihuan.matters import house
from bihuan.matters.foresee import foresee
from bihuan.matters.models import Matter
from bihuan.people.models import Body, Congress


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
    said: list[Caution] = []
    lot: list[Ask] = []
    for intent in intents:
        one = house.institution(intent.institution)
        done = _foreseen(intent) if may_speak(one, intent.act) else None
        if done is None or isinstance(done, Refusal):
            continue
        new = asks_of(one, intent.matter, done)
        said += [*_of_row(intent, one, done), *_of_asks(intent, new, lot)]
        lot += new
    return said


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
    own = checks_of(one, intent.act)
    row = row_of(one, intent.matter, done) if own else None
    if row is None or (intent.matter is None and is_history(row.day, intent.today)):
        return
    book = books.Kept(intent.congress, one, row.day.year, row)
    rules = house.rules_of(intent.congress, one.key)
    for check in own:
        yield from told(rules, check, book, intent.today)


# What would be asked of units


def _of_asks(intent: Intent, new: list[Ask], lot: list[Ask]) -> Iterator[Caution]:
    new = [ask for ask in new if not is_history(ask.day, intent.today)]
    if not new:
        return
    judges = judges_of_asks(intent.congress)
    units = {body.pk: body for body in _units(intent.congress, [ask.unit for ask in new])}
    for ask in new:
        if ask.unit in units:
            book = _book_of_unit(intent.congress, units[ask.unit], ask, lot)
            for rules, own in judges:
                for check in own:
                    yield from told(rules, check, book, intent.today, ask.unit)


def _book_of_unit(congress: Congress, unit: Body, ask: Ask, lot: list[Ask]) -> Book:
    """What was asked of the unit in the year, and what the same lot asks of it; opened at this ask."""
    names = {unit.pk: str(unit)}
    kept = books.asked(congress, ask.day.year, [unit], books.row_of_ask(ask, names))
    beside = [books.row_of_ask(one, names) for one in lot if one.unit == ask.unit]
    return replace(kept, listed=(*kept.listed, *beside))


def _units(congress: Congress, keys: list[int]) -> list[Body]:
    return list(Body.objects.filter(congress=congress, pk__in=keys, kind__in=BASE))
