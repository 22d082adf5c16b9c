"""What waits for a user today, in groups: for each row the one act that moves it.

A state says who holds it; whoever is that actor is waited for. Each group costs a fixed number of queries,
however many matters there are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

from django.db.models import Count, Exists, F, OuterRef, Prefetch, Q, QuerySet

from bihuan.loop.spec import Act as ActSpec
from bihuan.loop.spec import Institution
from bihuan.matters import house, queries
from bihuan.matters.access import WHOLE_CONGRESS, Standing, visible, visible_shares
from bihuan.matters.models import Assignment, Matter, Proposer
from bihuan.people.models import Body

SHOWN = 20
"""Rows of a group on the page; the figures beside its title lead to the rest."""
WAITS = (
    "mine", "calm", "promised_late", "to_rate", "proposed", "settled",
    "to_acknowledge", "to_answer", "to_improve", "promised",
)  # fmt: skip
"""What a ledger can be narrowed to by who is waited for; every group of a day's page has one of these or a light."""
BODY_GROUPS = ("to_acknowledge", "to_answer", "to_improve")
PRESS = "press"
"""Every institution calls 督办 so: what a congress does about a limit that passed."""
BODY_ACTORS = frozenset({"lead_body", "co_body"})


@dataclass(frozen=True)
class Row:
    """One matter (or one body's share of it) and what to do about it; no act: only to be looked at.

    `plain`: the act asks nothing and can be taken by one click. `mine`: it is this user who is waited for.
    """

    matter: Matter
    share: Assignment | None
    today: date
    by_share: bool = False
    act: ActSpec | None = None
    plain: bool = False
    mine: bool = False
    asked_before: bool = False

    @property
    def light(self) -> queries.Light:
        """How the limit stands today."""
        return queries.light(self.light_of, self.today)

    @property
    def bodies(self) -> list[Body]:
        """The bodies in charge: this share's, or all that are not out of it."""
        if self.share:
            return [self.share.body]
        return [share.body for share in self.matter.assignments.all() if share.phase != "void"]

    @property
    def due_on(self) -> date | None:
        """The limit that matters in this row: the one its light tells of."""
        return self.light_of.due_on

    @property
    def light_of(self) -> Matter | Assignment:
        """A body's day goes by its share; whoever looks after the matter goes by the matter's first limit."""
        return self.share if self.share and self.by_share else self.matter


@dataclass(frozen=True)
class Group:
    """Rows of one kind: the first of them, how many there are in each institution, and a filter to the rest."""

    key: str
    rows: Sequence[Row]
    counts: Sequence[tuple[Institution, int]] = ()
    filter: str = ""

    @property
    def total(self) -> int:
        """How many rows there are in all."""
        return sum(count for _, count in self.counts)

    @property
    def more(self) -> bool:
        """Whether the page shows only the first of them."""
        return self.total > len(self.rows)


@dataclass(frozen=True)
class Waiting:
    """A user's day. Every property is asked for only where the page shows it."""

    standing: Standing
    today: date

    # Those who look after the whole congress, a delegation or their own proposals

    @cached_property
    def late(self) -> Group:
        """What the user may see and is overdue, longest first, with 督办 where it is his to press."""
        return self._of_matters("late", queries.late(self.today), "light=late")

    @cached_property
    def soon(self) -> Group:
        """Due within seven days."""
        return self._of_matters("soon", queries.due_soon(self.today), "light=soon")

    @cached_property
    def mine(self) -> Group:
        """In a state that one of the user's actors holds, and neither late nor due soon."""
        return self._of_matters("mine", self.which("calm"), "waits=calm")

    @cached_property
    def promised_late(self) -> Group:
        """Promised in an answer, and not done when it was due."""
        which = self.which("promised_late")
        return self._of_matters("promised", which, "waits=promised_late")

    # Deputies

    @cached_property
    def to_rate(self) -> Group:
        """Own proposals that wait for the proposer: to be rated, submitted, confirmed."""
        return self._of_matters("to_rate", self.which("to_rate"), "waits=to_rate")

    @cached_property
    def proposed(self) -> Group:
        """Own proposals under way, wherever they stand."""
        return self._of_matters("proposed", self.which("proposed"), "waits=proposed")

    @cached_property
    def settled(self) -> Group:
        """Own proposals that are closed, newest first."""
        which = self.which("settled")
        return self._of_matters("settled", which, "waits=settled", newest=True)

    # Bodies

    @cached_property
    def to_acknowledge(self) -> Group:
        """Handed over and not yet acknowledged."""
        return self._of_shares("to_acknowledge")

    @cached_property
    def to_answer(self) -> Group:
        """Acknowledged, to be answered within the limit."""
        return self._of_shares("to_answer")

    @cached_property
    def to_improve(self) -> Group:
        """Sent back: the first answer did not satisfy."""
        return self._of_shares("to_improve")

    @cached_property
    def promised(self) -> Group:
        """What the bodies do themselves: promises to keep, problems to put right, in order of limit."""
        return self._of_matters("promised", self.which("promised"), "waits=promised")

    @cached_property
    def month(self) -> list[tuple[date | None, list[Row]]]:
        """Everything asked of the user's bodies that is open, by the day it is due."""
        shares = (
            self._shares()
            .filter(queries.is_open())
            .order_by(F("due_on").asc(nulls_last=True), "id")
        )
        rows = [self._share_row(share) for share in shares[: 5 * SHOWN]]
        titles = [row.matter.title for row in rows]
        days: dict[date | None, list[Row]] = {}
        for row in rows:
            twice = titles.count(row.matter.title) > 1
            days.setdefault(row.due_on, []).append(replace(row, asked_before=twice))
        return list(days.items())

    # Which matters

    def which(self, key: str) -> Q:
        """The matters behind a group, by one of WAITS: as the ledger narrows to them. None for other words."""
        if key in BODY_GROUPS:
            asked = self._own_shares().filter(self._shares_asked(key), matter=OuterRef("pk"))
            return Q(Exists(asked))
        matters = {
            "mine": self._held_by_me,
            "calm": lambda: self._held_by_me() & self._calm(),
            "promised_late": lambda: Q(parent__isnull=False) & queries.late(self.today),
            "to_rate": lambda: self._held_by("proposer") & self._proposed(),
            "proposed": self._under_way,
            "settled": lambda: self._proposed() & Q(phase="closed"),
            "promised": self._promised,
        }
        return matters[key]() if key in matters else Q(pk__in=[])

    def row(self, matter: Matter) -> Row:
        """What this user is to do about a matter whose shares and proposers were fetched with it."""
        for share in matter.assignments.all():
            if _under(share, self.standing.paths):
                row = self._share_row(share)
                if row.act:
                    return row
        return self._matter_row(matter)

    def _calm(self) -> Q:
        return ~queries.late(self.today) & ~queries.due_soon(self.today)

    def _under_way(self) -> Q:
        return self._proposed() & queries.is_open() & ~self._held_by("proposer")

    def _promised(self) -> Q:
        own = Exists(self._own_shares().filter(matter=OuterRef("pk")))
        return _in(_states(self._bodies_act_on_matter)) & queries.is_open() & Q(own)

    # Building groups

    def _of_matters(self, key: str, which: Q, filter: str, newest: bool = False) -> Group:
        matters = visible(self.standing).filter(which)
        order = ("-id",) if newest else (F("due_on").asc(nulls_last=True), "-id")
        shown = matters.order_by(*order).prefetch_related(*_around())[:SHOWN]
        return Group(key, [self._matter_row(m) for m in shown], _counted(matters), filter)

    def _of_shares(self, key: str) -> Group:
        shares = self._shares().filter(self._shares_asked(key))
        shown = shares.order_by(F("due_on").asc(nulls_last=True), "id")[:SHOWN]
        counted = _counted(visible(self.standing).filter(self.which(key)))
        return Group(key, [self._share_row(share) for share in shown], counted, f"waits={key}")

    def _shares_asked(self, key: str) -> Q:
        """The shares behind one of a body's groups."""
        if key == "to_acknowledge":
            return Q(phase="pending") & self._share_held_by_body()
        rounds = Q(matter__round=1) if key == "to_answer" else Q(matter__round__gt=1)
        return self._answering() & rounds

    def _shares(self) -> QuerySet[Assignment]:
        own = self._own_shares().select_related("body", "matter")
        return own.prefetch_related(
            Prefetch("matter__proposers", Proposer.objects.order_by("place"))
        )

    def _own_shares(self) -> QuerySet[Assignment]:
        """The shares of the user's own bodies, also where he oversees the whole congress."""
        below = Q(pk__in=[])
        for path in self.standing.paths:
            below |= Q(body__path__startswith=path)
        return visible_shares(self.standing).filter(below).exclude(phase="void")

    def _matter_row(self, matter: Matter) -> Row:
        """The own act on the matter, else on somebody's share, else to press whoever holds it."""
        one, actors = house.institution(matter.institution), self._actors_on(matter)
        act = _next(one, matter.state, "matter", actors)
        mine = act is not None and one.state(matter.state).held_by in actors
        if not mine:
            share, on_share = self._asked_about_share(one, matter)
            if on_share:
                return self._row(one, matter, share, on_share, mine=True)
            act = _named(one, PRESS, matter.state, actors) or act
        return self._row(one, matter, None, act, mine=mine)

    def _asked_about_share(
        self, one: Institution, matter: Matter
    ) -> tuple[Assignment | None, ActSpec | None]:
        """Perhaps a body asks something: to be changed, to be given longer."""
        for share in matter.assignments.all():
            act = _next(one, share.state, "assignment", self.standing.roles)
            if act and one.state(share.state).held_by in self.standing.roles:
                return share, act
        return None, None

    def _row(
        self,
        one: Institution,
        matter: Matter,
        share: Assignment | None,
        act: ActSpec | None,
        mine: bool,
        by_share: bool = False,
    ) -> Row:
        plain = act is not None and not any(field.asked for field in one.fields_of(act.id))
        return Row(matter, share, self.today, by_share, act, plain, mine)

    def _share_row(self, share: Assignment) -> Row:
        one = house.institution(share.institution)
        actor = "co_body" if share.kind == "co" else "lead_body"
        act = _next(one, share.state, "assignment", frozenset({actor}))
        act = act or _settles(one, share.state, frozenset({actor}))
        return self._row(one, share.matter, share, act, mine=True, by_share=True)

    # Who the user is to a matter

    def _actors_on(self, matter: Matter) -> frozenset[str]:
        actors = self.standing.roles & (WHOLE_CONGRESS | {"delegation"})
        if any(p.seat_id in self.standing.seats for p in matter.proposers.all()):
            actors |= {"proposer"}
        if any(_under(share, self.standing.paths) for share in matter.assignments.all()):
            actors |= {"lead_body"}
        return frozenset(actors)

    def _held_by_me(self) -> Q:
        roles = self.standing.roles & (WHOLE_CONGRESS | {"delegation"})
        held = self._held_by(*roles)
        if self.standing.seats:
            held |= self._held_by("proposer") & self._proposed()
        return held

    def _held_by(self, *actors: str) -> Q:
        """Matters in a state these actors hold, or with a share in one."""
        own = _states(lambda one, state: _waits_for(one, state, frozenset(actors)))
        shares = _share_states(actors)
        asked = Exists(Assignment.objects.filter(_in(shares), matter=OuterRef("pk")))
        waiting = _in(own) | Q(asked) if shares else _in(own)
        return queries.is_open() & waiting

    def _proposed(self) -> Q:
        own = Proposer.objects.filter(matter=OuterRef("pk"), seat__in=self.standing.seats)
        return Q(Exists(own))

    def _share_held_by_body(self) -> Q:
        return _in(_share_states(BODY_ACTORS))

    def _answering(self) -> Q:
        """Shares a body works on by acts on the share; where it acts on the matter, see `promised`."""
        elsewhere = _in(_states(self._bodies_act_on_matter), "matter__state")
        return Q(phase="handling") & self._share_held_by_body() & ~elsewhere

    @staticmethod
    def _bodies_act_on_matter(one: Institution, state: str) -> bool:
        return any(
            act.track == "matter" and state in act.from_states and BODY_ACTORS & set(act.by)
            for act in one.acts
        )


def _under(share: Assignment, paths: Iterable[str]) -> bool:
    return share.phase != "void" and any(share.body.path.startswith(path) for path in paths)


def _around() -> tuple[Prefetch[str], ...]:
    return (
        Prefetch("proposers", Proposer.objects.order_by("place")),
        Prefetch("assignments", Assignment.objects.select_related("body")),
    )


def _counted(rows: QuerySet[Matter]) -> list[tuple[Institution, int]]:
    counted = dict(rows.order_by().values_list("institution").annotate(n=Count("id")))
    return [(one, counted[key]) for key, one in house.institutions().items() if key in counted]


def _next(one: Institution, state: str, track: str, actors: frozenset[str]) -> ActSpec | None:
    """The act that moves it on: the declared primary one."""
    return next(
        (
            act
            for act in one.acts
            if act.track == track
            and act.tone == "primary"
            and state in act.from_states
            and actors & set(act.by)
        ),
        None,
    )


def _settles(one: Institution, state: str, actors: frozenset[str]) -> ActSpec | None:
    """The first act that settles a share, where none is declared primary."""
    return next(
        (
            act
            for act in one.acts
            if act.track == "assignment"
            and state in act.from_states
            and actors & set(act.by)
            and any(one.state(outcome.to).phase == "closed" for outcome in act.to)
        ),
        None,
    )


def _named(one: Institution, name: str, state: str, actors: frozenset[str]) -> ActSpec | None:
    return next(
        (a for a in one.acts if a.id == name and state in a.from_states and actors & set(a.by)),
        None,
    )


def _states(wanted: Callable[[Institution, str], bool]) -> dict[str, list[str]]:
    """Institution → its states of the matter's track that are wanted."""
    return {
        key: [s.id for s in one.states_of("matter") if wanted(one, s.id)]
        for key, one in house.institutions().items()
    }


def _share_states(actors: Iterable[str]) -> dict[str, list[str]]:
    found = {
        key: [s.id for s in one.states_of("assignment") if s.open and s.held_by in actors]
        for key, one in house.institutions().items()
    }
    return {key: states for key, states in found.items() if states}


def _waits_for(one: Institution, state: str, actors: frozenset[str]) -> bool:
    """Held by one of these, and there is something they are expected to do. Following up is no waiting."""
    declared = one.state(state)
    acts = _next(one, state, "matter", actors)
    return declared.open and declared.held_by in actors and acts is not None


def _in(places: dict[str, list[str]], column: str = "state") -> Q:
    found = Q(pk__in=[])
    for key, states in places.items():
        if states:
            found |= Q(**{"institution": key, f"{column}__in": states})
    return found
