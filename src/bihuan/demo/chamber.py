"""The chamber: how members of the demo vote, every one by himself and through the room of ballots.

Who marks what is dealt out by a generator of the vote's own title, so the counts are the same in every demo; the
receipts are random, as they must be.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from random import Random
from typing import Any

from bihuan.ballots import closing, urn, voting
from bihuan.ballots.marks import Marks
from bihuan.ballots.models import Ballot
from bihuan.ballots.voting import Plan
from bihuan.demo.player import Player, Unplayable
from bihuan.loop.forms import Refusal
from bihuan.matters import house
from bihuan.matters.models import Matter
from bihuan.people.committee import members_on
from bihuan.people.models import Person, User

Counts = Mapping[str, int]
"""How many papers bear each choice."""
TELLERS = ("clerk2", "secretariat")


def members(player: Player, day: date) -> list[Person]:
    """The members of the standing committee on the day, in the order of the roll."""
    return [one.person for one in members_on(player.ground.congress, day)]


def papers(counts: Counts) -> list[Marks]:
    """So many papers of each choice, one item on each."""
    return [[choice] for choice, number in counts.items() for _ in range(number)]


class Chamber:
    """One vote of the demo, step by step. Raises Unplayable with what the room of ballots refused."""

    def __init__(self, player: Player, by: str = "clerk2") -> None:
        self.player = player
        user = player.ground.staff[by]
        self.user: User = user

    def running(
        self, plan: Plan, roll: Sequence[Person], there: Sequence[Person], day: date
    ) -> Ballot:
        """A vote set up and opened, with who is there noted."""
        congress = self.player.ground.congress
        return self.opened(voting.set_up(congress, plan, roll, self.user, day), there, day)

    def again(
        self, first: Ballot, titles: Sequence[str], there: Sequence[Person], day: date
    ) -> Ballot:
        """The next round of a closed vote, on these items alone, opened."""
        return self.opened(voting.again(first.pk, self.user, titles), there, day)

    def opened(self, prepared: Ballot | Refusal, there: Sequence[Person], day: date) -> Ballot:
        """A prepared vote opened."""
        ballot = _sure(prepared)
        present = ballot.roll.filter(person__in=there).values_list("pk", flat=True)
        return _sure(voting.open_(ballot.pk, day, list(present)))

    def cast(self, ballot: Ballot, there: Sequence[Person], given: Sequence[Marks]) -> None:
        """Each paper is given by one of those there, nobody twice; whoever is left over does not vote."""
        chance = Random(str(ballot))
        dealt = chance.sample(list(given), len(given))
        for person, marks in zip(chance.sample(list(there), len(given)), dealt, strict=True):
            refused = voting.vote(ballot.pk, person, marks, urn.new_receipt())
            if refused:
                raise Unplayable(f"{ballot} {person}：{refused.say}")

    def enter(self, ballot: Ballot, counts: Counts, present: int) -> None:
        """Two tellers count the papers apart and come to the same."""
        received = sum(counts.values())
        data = {
            "present": present,
            "issued": present,
            "received": received,
            "items": [{"counts": dict(counts), "void": 0}],
        }
        for teller in TELLERS:
            entered = voting.enter(ballot.pk, self.player.ground.staff[teller], data)
            if isinstance(entered, Refusal):
                raise Unplayable(f"{ballot} {teller}：{entered.say}")

    def close(self, ballot: Ballot, day: date) -> Ballot:
        """Counted, published and chained."""
        return _sure(closing.close(ballot.pk, self.user, day))

    def announce(self, ballot: Ballot, *, public: bool = True) -> None:
        """Declared where no act books it, and shown to everybody unless told otherwise."""
        _sure(closing.announce(ballot.pk))
        if public:
            _sure(closing.make_public(ballot.pk))

    def decide(
        self,
        matter: Matter,
        declared: str,
        counts: Counts,
        day: date,
        more: Mapping[str, Any],
        *,
        there: Sequence[Person] = (),
        way: str = "phone",
    ) -> None:
        """Members vote on a matter as its institution declares; the result is booked with `more`, and published.

        `there`: who has come; where it is left out, as many as there are papers.
        """
        roll = members(self.player, day)
        present = list(there) or roll[: sum(counts.values())]
        one = house.institution(matter.institution).ballot(declared)
        plan = Plan(f"{matter.title}：{one.title}", way=way, matter=matter, declared=declared)
        ballot = self.running(plan, roll, present, day)
        if way == "paper":
            self.enter(ballot, counts, len(present))
        else:
            self.cast(ballot, present, papers(counts))
        ballot = self.close(ballot, day)
        data = {**more, **closing.fills(ballot, 1)}
        clerk = self.player.staff("clerk", "clerk2")
        closing.declared_in(ballot, 1, self.player.take(matter, one.act, clerk, day, data))
        _sure(closing.make_public(ballot.pk))


def _sure(done: Ballot | Refusal) -> Ballot:
    if isinstance(done, Refusal):
        raise Unplayable(f"表决：{done.say}")
    return done
