"""The burden of units over a period: each unit's figure, its calendar, and what was asked of it twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from bihuan.asks.gather import Ask, Told, asks, base_units, told
from bihuan.people.models import Body, Congress
from bihuan.text.similar import fold


@dataclass(frozen=True)
class Burden:
    """What was asked of one unit: in all, by word (交办, 参会, 迎检, 来文), and told beside it."""

    unit: Body
    asks: tuple[Ask, ...]
    told: Told

    @property
    def figure(self) -> int:
        """How many things were asked: the one figure."""
        return len(self.asks)

    @property
    def by_word(self) -> Counter[str]:
        """How many of each kind."""
        return Counter(ask.word for ask in self.asks)

    @property
    def twice(self) -> list[tuple[str, list[Ask]]]:
        """The same thing demanded by more than one matter: its name, and who asked for it when."""
        return asked_twice(self.asks)


def burdens(congress: Congress, begins: date, ends: date) -> list[Burden]:
    """Every unit at the base with what was asked of it, by name: nobody is ranked."""
    units = list(base_units(congress))
    return _each(congress, units, begins, ends)


def burden(unit: Body, begins: date, ends: date) -> Burden:
    """One unit's, with all below it that stand at the base."""
    congress = unit.congress
    below = Body.objects.filter(congress=congress, path__startswith=unit.path)
    found = asks(congress, begins, ends, below)
    spoken = told(congress, begins, ends)
    own = [spoken[body.pk] for body in below if body.pk in spoken]
    letters, reminders = sum(one.letters for one in own), sum(one.reminders for one in own)
    return Burden(unit, tuple(found), Told(letters, reminders))


def _each(congress: Congress, units: list[Body], begins: date, ends: date) -> list[Burden]:
    found: dict[int, list[Ask]] = {unit.pk: [] for unit in units}
    for ask in asks(congress, begins, ends, units):
        found[ask.unit].append(ask)
    spoken = told(congress, begins, ends)
    return [Burden(unit, tuple(found[unit.pk]), spoken.get(unit.pk, Told())) for unit in units]


def asked_twice(found: Iterable[Ask]) -> list[tuple[str, list[Ask]]]:
    """Materials that several matters demand, most often first."""
    by_thing: dict[str, tuple[str, list[Ask]]] = {}
    for ask in found:
        for thing in ask.what:
            by_thing.setdefault(fold(thing), (thing, []))[1].append(ask)
    twice = [(thing, own) for thing, own in by_thing.values() if len({a.matter for a in own}) > 1]
    return sorted(twice, key=lambda pair: (-len(pair[1]), pair[0]))
