"""Where a matter stands: what the machine is given, and what it gives back. Plain values, no database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from bihuan.loop.params import Applied
from bihuan.loop.spec import Act, Institution, Value
from bihuan.loop.terms import Limit


@dataclass(frozen=True)
class Held:
    """One body's share of a matter (承办): `key` names it within the matter."""

    key: str
    body: str
    person: str
    kind: str
    state: str
    since: date
    handed_on: date
    due: date | None = None
    lapsed: bool = False
    own_limit: date | None = None
    extended: str = ""
    done_on: date | None = None
    facts: Mapping[str, Value] = field(default_factory=dict)
    limit: Limit | None = None


@dataclass(frozen=True)
class Children:
    """How many matters of one institution this matter has opened, and how many are still open."""

    count: int = 0
    open: int = 0


@dataclass(frozen=True)
class Situation:
    """A matter as it stands before an act."""

    state: str
    since: date
    due: date | None = None
    lapsed: bool = False
    round: int = 1
    facts: Mapping[str, Value] = field(default_factory=dict)
    assignments: tuple[Held, ...] = ()
    children: Mapping[str, Children] = field(default_factory=dict)
    limit: Limit | None = None

    def assignment(self, key: str) -> Held | None:
        """The assignment of this key, if it is there."""
        return next((held for held in self.assignments if held.key == key), None)


@dataclass(frozen=True)
class Opening:
    """A matter that the act opens in another institution."""

    institution: str
    act: str
    data: Mapping[str, Value]
    with_proposers: bool


@dataclass(frozen=True)
class Done:
    """What an act did: the matter as it stands after it, and what else follows."""

    act: Act
    day: date
    actor: str
    before: str
    after: Situation
    data: Mapping[str, Value]
    late: bool
    touched: tuple[str, ...] = ()
    opens: tuple[Opening, ...] = ()
    rules: tuple[Applied, ...] = ()
    joins: str = ""


@dataclass(frozen=True)
class Lapse:
    """A limit that has passed unmet: the clock's act that is due, and the day it happened."""

    act: str
    day: date
    assignment: str = ""


def next_due(situation: Situation, institution: Institution) -> date | None:
    """The nearest limit still running on a matter, its own or an assignment's: what 剩余天数 counts to."""
    own = situation.due if institution.state(situation.state).open else None
    shares = [held.due for held in situation.assignments if institution.state(held.state).open]
    running = [due for due in (own, *shares) if due is not None]
    return min(running, default=None)
