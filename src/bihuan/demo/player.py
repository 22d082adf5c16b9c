"""Plays stories through the one writer: every act on its day, by somebody who may."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from heapq import heappop, heappush
from typing import Any

from bihuan.demo.ground import Ground
from bihuan.loop.calendar import Calendar
from bihuan.loop.forms import Refusal
from bihuan.matters import house
from bihuan.matters.act import Doer, Proposing, act, raise_matter
from bihuan.matters.models import Act, Matter
from bihuan.people.models import Seat, User

Story = Callable[[], object]


class Unplayable(RuntimeError):
    """A story of the demo that the institution refused: the story is wrong, not the institution."""


class Player:
    """Takes acts as the people of the ground; days are moved to working days, never beyond today."""

    def __init__(self, ground: Ground) -> None:
        self.ground = ground
        self.calendar: Calendar = house.national_calendar()
        self._staff = {key: _behalf(user) for key, user in ground.staff.items()}
        self._waiting: list[tuple[date, int, Story]] = []
        self._put_off = 0

    def later(self, day: date, story: Story) -> None:
        """Put a story off: those with a vote or a draw are told by day, for closings are chained in the order made."""
        self._put_off += 1
        heappush(self._waiting, (day, self._put_off, story))

    def catch_up(self) -> None:
        """Tell everything that was put off, the earliest first, and what it puts off in its turn."""
        while self._waiting:
            _, _, story = heappop(self._waiting)
            story()

    def workday(self, day: date) -> date:
        """The next working day from `day` on, at most today."""
        while day < self.ground.today and not self.calendar.is_working(day):
            day += timedelta(days=1)
        return min(day, self.ground.today)

    def before(self, days: int) -> date:
        """The day that many working days before today."""
        day = self.ground.today
        while days:
            day -= timedelta(days=1)
            days -= self.calendar.is_working(day)
        return day

    def body(self, name: str) -> str:
        """A body as data names it."""
        return str(self.ground.bodies[name].pk)

    def share(self, name: str, kind: str = "lead", limit: date | None = None) -> dict[str, str]:
        """One row of a hand-over: the body and its head as the person answering for it."""
        row = {"body": self.body(name), "person": self.ground.heads[name].name, "kind": kind}
        return row | ({"limit": limit.isoformat()} if limit else {})

    def begin(
        self,
        institution: str,
        act_id: str,
        doer: Doer,
        day: date,
        data: Mapping[str, Any],
        seats: Sequence[Seat] = (),
    ) -> Matter:
        """Raise a matter. Raises Unplayable with the refusal."""
        proposers = [Proposing(seat.person.name, seat) for seat in seats]
        congress = self.ground.congress
        made = raise_matter(congress, institution, act_id, doer, day, data, proposers=proposers)
        if isinstance(made, Refusal):
            raise Unplayable(f"{institution} {act_id} {day}：{made.say}")
        return made

    def take(
        self,
        matter: Matter,
        act_id: str,
        doer: Doer,
        day: date,
        data: Mapping[str, Any] | None = None,
        share: str = "",
    ) -> Act:
        """Take an act. Raises Unplayable with the refusal."""
        done = act(matter.pk, act_id, doer, day, data, share=share)
        if isinstance(done, Refusal):
            raise Unplayable(f"{matter.institution} {matter} {act_id} {day}：{done.say}")
        return done

    def staff(self, role: str, key: str = "") -> Doer:
        """A person of the committee's own house, in a role."""
        key = key or role
        return Doer(role, self.ground.staff[key], self._staff[key])

    def contact(self, body: str, kind: str = "lead") -> Doer:
        """A body's contact, as lead or co-handling body."""
        actor = "co_body" if kind == "co" else "lead_body"
        return Doer(actor, self.ground.contacts[body], body)

    def deputy(self, seat: Seat, actor: str = "proposer") -> Doer:
        """The deputy of a seat."""
        return Doer(actor, self.ground.deputies[seat.pk])


def _behalf(user: User) -> str:
    grant = user.grants.select_related("body", "delegation").get()
    return str(grant.body or grant.delegation or "")
