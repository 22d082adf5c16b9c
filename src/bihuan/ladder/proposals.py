"""Proposals: the next step for a body or a matter, with its evidence; less those a person left or put off."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property, partial

from bihuan.ladder import facts
from bihuan.loop.ladder import Proposed, Step, next_step, rungs_of
from bihuan.loop.params import Rules
from bihuan.loop.spec import Value
from bihuan.loop.terms import back, parse_term
from bihuan.matters import house, queries
from bihuan.matters.access import Standing, open_to, visible
from bihuan.matters.act import key_of
from bihuan.matters.models import Act, Matter
from bihuan.people.models import Body, Congress

DECISIONS = "escalations"
"""The institution in which people's decisions on proposals are kept, and whose params weigh them all."""
ROLES = ("leader", "clerk", "committee", "secretariat")
"""Who is shown proposals."""
MOST_MATTERS = 200
SHOWN = 8
"""Rows of evidence of one kind; the rest is a number that opens the ledger."""
PRESSED = ("late", "pressed", "pressed_twice")
"""The facts about overdue matters, by how often they were pressed."""
TELLING = ("press", "press_again", "rate", "send_back", "redo")
"""Acts told as evidence beside limits that passed (by the clock)."""


@dataclass(frozen=True)
class Piece:
    """One piece of evidence: a matter, and the act or day that speaks."""

    matter: Matter
    said: str
    day: date | None = None


@dataclass(frozen=True)
class Proposal:
    """What could come next, for whom, why, and on what evidence. `key` names it in addresses."""

    proposed: Proposed
    body: Body | None = None
    matter: Matter | None = None
    facts: dict[str, Value] = field(default_factory=dict)
    gather: Callable[[], Iterable[Piece]] = tuple
    may_take: bool = True

    @cached_property
    def evidence(self) -> tuple[Piece, ...]:
        """The acts, limits that passed and earlier steps that opened it; asked for only where it is shown."""
        return tuple(self.gather())

    @property
    def step(self) -> Step:
        """The step proposed."""
        return self.proposed.step

    @property
    def key(self) -> str:
        """`talk-b12` for body 12, `press-m7` for matter 7."""
        subject = f"m{self.matter.pk}" if self.matter else f"b{self.body.pk if self.body else 0}"
        return f"{self.step.rung.id}-{subject}"

    @property
    def title(self) -> str:
        """市交通运输局 · 约谈."""
        subject = self.matter.title if self.matter else str(self.body)
        return f"{subject[:150]} · {self.step.rung.title}"

    @property
    def told(self) -> str:
        """Why, and each piece of evidence, as lines for a form or a decision."""
        lines = [f"{number}. {_line(piece)}" for number, piece in enumerate(self.evidence, 1)]
        return "\n".join([f"{self.proposed.why}。", *lines])


def _line(piece: Piece) -> str:
    number = f"（{piece.matter.year}年第{piece.matter.number}号）" if piece.matter.number else ""
    return f"{piece.matter.title}{number}：{piece.said}"


class Ladder:
    """The ladder as one user sees it on a day; each list is asked for only where it is shown.

    `rules`: where the steps' words come from; a page gives its own language, whatever is kept is Chinese.
    """

    def __init__(
        self, who: Standing, today: date, rules: Callable[[Congress, str], Rules] = house.rules_of
    ) -> None:
        congress = who.user.congress
        assert congress is not None
        self.who, self.today, self.congress, self.rules = who, today, congress, rules

    @cached_property
    def steps(self) -> list[Step]:
        """Every declared step that is open to this user, from the lowest up."""
        ones = [one for one in house.institutions().values() if one.rungs]
        return rungs_of(
            self.rules(self.congress, one.key) for one in ones if open_to(self.who, one)
        )

    @property
    def shown(self) -> bool:
        """Whether this user is shown proposals at all."""
        return self.who.has(*ROLES) and bool(self.steps)

    def of_bodies(self, only: Collection[int] | None = None) -> list[Proposal]:
        """A proposal for each body whose record opens a step, in the order of the house, with its evidence."""
        since = self._ago("counted_within")
        records = facts.of_bodies(self.congress, self.steps, self.today, since, only)
        found = {
            key: (record, proposed)
            for key, record in records.items()
            if (proposed := next_step(self.steps, "body", record.facts, self.today))
        }
        bodies = Body.objects.filter(congress=self.congress, pk__in=found).order_by("path")
        made = [self._of_body(body, *found[body.pk]) for body in bodies]
        return [one for one in made if not self._settled(one)]

    def of_matters(self, only: Matter | None = None) -> list[Proposal]:
        """A proposal for each overdue matter that this user may press, longest overdue first."""
        late = visible(self.who).filter(queries.late(self.today)).order_by("due_on", "pk")
        rows = [only] if only else late.defer("text", "limit")[:MOST_MATTERS]
        found = []
        for matter in rows:
            known = facts.of_matter(matter, self.today)
            proposed = next_step(self.steps, "matter", known, self.today)
            if proposed and self._may(matter, proposed.step.rung.act):
                gather = partial(self._evidence_of_matter, matter, known["days_late"])
                found.append(Proposal(proposed, matter=matter, facts=known, gather=gather))
        return [one for one in found if not self._settled(one)]

    def of_matter(self, matter: Matter) -> list[Proposal]:
        """What could come next for a matter and for the bodies that answer for it."""
        bodies = {
            share.body_id
            for share in matter.assignments.all()
            if share.kind in facts.LEADING and share.phase in queries.OPEN
        }
        own = self.of_matters(matter)
        return own + (self.of_bodies(bodies) if bodies else [])

    def find(self, key: str) -> Proposal | None:
        """The open proposal of this key, if it is open still."""
        _step, _, subject = key.rpartition("-")
        kind, number = subject[:1], key_of(subject[1:])
        if kind == "b":
            found = self.of_bodies([number])
        else:
            matter = visible(self.who).filter(pk=number).first() if kind == "m" else None
            found = self.of_matters(matter) if matter else []
        return next((one for one in found if one.key == key), None)

    # What people decided

    @cached_property
    def _decided(self) -> list[Matter]:
        """Decisions that still keep a proposal back."""
        rows = Matter.objects.filter(
            congress=self.congress, institution=DECISIONS, state__in=("left", "waiting")
        )
        left = self._ago("left_for_within")
        return [
            one
            for one in rows.only("pk", "state", "facts", "raised_on")
            if (one.state == "left" and one.raised_on > left)
            or str(one.facts.get("until", "")) > self.today.isoformat()
        ]

    def _settled(self, proposal: Proposal) -> bool:
        subject = ("about", proposal.matter.pk) if proposal.matter else ("target", None)
        wanted = str(subject[1] or (proposal.body.pk if proposal.body else ""))
        return any(
            one.facts.get("step") == recorded(proposal.step)
            and str(one.facts.get(subject[0], "")) == wanted
            for one in self._decided
        )

    def _ago(self, name: str) -> date:
        """How far back a param looks from today."""
        term = house.rules_of(self.congress, DECISIONS).value(name, self.today)
        return back(self.today, parse_term(str(term)))

    # Evidence

    def _of_body(self, body: Body, record: facts.Record, proposed: Proposed) -> Proposal:
        gather = partial(self._evidence, body, record, proposed)
        takers = set(proposed.step.institution.act(proposed.step.rung.act).by)
        may = bool(self.who.roles & takers)
        return Proposal(proposed, body, facts=record.facts, gather=gather, may_take=may)

    def _evidence(self, body: Body, record: facts.Record, proposed: Proposed) -> Iterable[Piece]:
        asked = proposed.step.rung.evidence
        times = [n for n, name in enumerate(PRESSED) if name in asked]
        if times:
            yield from self._overdue(body, max(times))
        titles = {step.rung.id: step.rung.title for step in self.steps}
        for taken in record.taken:
            if taken.step in asked:
                matter = taken.matter
                yield Piece(matter, f"{matter.raised_on} {titles[taken.step]}", matter.raised_on)

    def _overdue(self, body: Body, times: int) -> Iterable[Piece]:
        shares = facts.overdue(self.congress, self.today).filter(body=body)
        shares = shares.filter(facts.pressed(times)) if times else shares
        rows = list(shares.select_related("matter").order_by(facts.LIMIT_ON, "pk")[:SHOWN])
        told = _told([share.matter for share in rows])
        for share in rows:
            limit = share.due_on or share.matter.due_on or self.today
            more = told.get(share.matter_id, [])
            said = "，".join([f"逾期 {(self.today - limit).days} 天", *more])
            yield Piece(share.matter, said, limit)

    def _evidence_of_matter(self, matter: Matter, days: Value) -> Iterable[Piece]:
        more = _told([matter]).get(matter.pk, [])
        yield Piece(matter, "，".join([f"逾期 {days} 天", *more]), matter.due_on)

    def _may(self, matter: Matter, act_id: str) -> bool:
        one = house.institution(matter.institution)
        return any(
            act.id == act_id and matter.state in act.from_states and self.who.roles & set(act.by)
            for act in one.acts
        )


def _told(matters: Sequence[Matter]) -> dict[int, list[str]]:
    """Of each matter its pressings, ratings and limits that passed, in words with their days; one query."""
    acts = Act.objects.filter(matter__in=matters).order_by("matter_id", "seq")
    found: dict[int, list[str]] = {}
    for row in acts.values("matter_id", "institution", "kind", "actor", "day", "data"):
        if row["actor"] != "clock" and row["kind"] not in TELLING:
            continue
        one = house.institution(row["institution"])
        title = next((act.title for act in one.acts if act.id == row["kind"]), row["kind"])
        result = f"“{row['data']['result']}”" if row["data"].get("result") else ""
        found.setdefault(row["matter_id"], []).append(f"{row['day']} {title}{result}")
    return found


def recorded(step: Step) -> str:
    """A step's title as decisions keep it: in Chinese, whatever language a page is in."""
    rungs = house.institution(step.institution.key).rungs
    return next(rung.title for rung in rungs if rung.id == step.rung.id)


def prefilled(proposal: Proposal) -> dict[str, str]:
    """The words of a proposal for the form of the step that takes it."""
    return {
        "title": f"{proposal.body}：{proposal.proposed.why}"[:120],
        proposal.step.rung.target: str(proposal.body.name if proposal.body else ""),
        "evidence": proposal.told,
    }


def decision_data(proposal: Proposal) -> dict[str, Value]:
    """What a decision on a proposal keeps of it."""
    data: dict[str, Value] = {
        "title": proposal.title[:200],
        "step": recorded(proposal.step),
        "evidence": proposal.told,
    }
    if proposal.matter:
        return {**data, "about": proposal.matter.pk}
    return {**data, "target": str(proposal.body.pk if proposal.body else "")}


def lead_decisions(congress: Congress, count: int = 10) -> list[Matter]:
    """The newest decisions on proposals, for the foot of the page."""
    rows = Matter.objects.filter(congress=congress, institution=DECISIONS).exclude(phase="void")
    return list(rows.order_by("-pk")[:count])
