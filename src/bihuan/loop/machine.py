"""One step of the loop: who does what on which day, and where the matter stands after it.

`step` is a pure function. It reads the declaration, never the clock or the database, and answers with
`Done` or with a `Refusal` that a person can act on. `lapses` says which limits have passed by a day.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from bihuan.loop.calendar import Calendar
from bihuan.loop.conditions import holds
from bihuan.loop.forms import Refusal, Refused, accept, refuse
from bihuan.loop.params import Applied, NoSuchParam, Rules, worked_out
from bihuan.loop.situation import Children, Done, Held, Lapse, Opening, Situation
from bihuan.loop.spec import Act, Condition, Institution, Move, Opens, Outcome, State, Value
from bihuan.loop.terms import Limit, due, due_before, parse_term
from bihuan.loop.withheld import Withheld, without

NEW = Situation(state="", since=date.min)
"""Where a matter stands before it is raised."""


@dataclass(frozen=True)
class Place:
    """The ground an institution stands on in one congress: its rules and its calendar."""

    rules: Rules
    calendar: Calendar

    @property
    def institution(self) -> Institution:
        """The institution whose rules these are."""
        return self.rules.institution


def step(
    place: Place,
    situation: Situation,
    act_id: str,
    actor: str,
    today: date,
    data: Mapping[str, Value] | None = None,
    assignment: str = "",
) -> Done | Refusal:
    """Take one act. `actor` is one of spec.ACTORS; `assignment` names the share the act is about.

    Returns the matter as it stands afterwards, or a Refusal: wrong state, wrong actor, a field that is
    missing or malformed, a need that does not hold, a limit later than the law allows.
    """
    try:
        return _Step(place, situation, act_id, actor, today, assignment).take(dict(data or {}))
    except Refused as refused:
        return refused.refusal
    except NoSuchParam as missing:
        return Refusal(str(missing))


def facts_in_view(institution: Institution, situation: Situation) -> dict[str, Value]:
    """The facts conditions may look at: stored ones, and those counted from shares and children."""
    return {**situation.facts, **_counted(institution, situation)}


def lapses(institution: Institution, situation: Situation, today: date) -> list[Lapse]:
    """The limits that have passed before `today` and were not yet noted, oldest first."""
    found = [
        Lapse(act.id, held.due + timedelta(days=1), held.key)
        for held in situation.assignments
        if held.due and held.due < today and not held.lapsed
        for act in _clock_acts(institution, "assignment", held.state)
    ]
    if situation.due and situation.due < today and not situation.lapsed:
        own = _clock_acts(institution, "matter", situation.state)
        found += [Lapse(act.id, situation.due + timedelta(days=1)) for act in own]
    return sorted(found, key=lambda lapse: (lapse.day, lapse.assignment))


def possible(
    institution: Institution, situation: Situation, actors: frozenset[str]
) -> list[tuple[Act, str]]:
    """The acts these actors may take now, with the share each is about (`""`: the matter itself)."""
    own = [
        (act, "")
        for act in institution.acts
        if act.track == "matter" and situation.state in act.from_states and actors & set(act.by)
        if not _spent(act, situation)
    ]
    shares = [
        (act, held.key)
        for act in institution.acts
        if act.track == "assignment" and actors & set(act.by)
        for held in situation.assignments
        if held.state in act.from_states
    ]
    return own + shares


def _spent(act: Act, situation: Situation) -> bool:
    """Whether this act may be taken once and was."""
    return act.once and f"{act.id}_count" in situation.facts


def _clock_acts(institution: Institution, track: str, state: str) -> list[Act]:
    return [
        act
        for act in institution.acts
        if "clock" in act.by and act.track == track and state in act.from_states
    ][:1]


def _counted(institution: Institution, situation: Situation) -> dict[str, Value]:
    counted: dict[str, Value] = {"state": situation.state, "round": situation.round}
    live = [
        (held.kind, institution.state(held.state).open)
        for held in situation.assignments
        if institution.state(held.state).phase != "void"
    ]
    for name, kinds in (("lead", ("lead", "separate")), ("co", ("co",))):
        if not live:
            counted[f"{name}_count"] = counted[f"{name}_open"] = 0
            continue
        counted[f"{name}_count"] = sum(1 for kind, _ in live if kind in kinds)
        counted[f"{name}_open"] = sum(
            1 for kind, still_open in live if kind in kinds and still_open
        )
    for key, children in situation.children.items():
        counted[f"{key}_count"], counted[f"{key}_open"] = children.count, children.open
    return counted


class _Step:
    """One act being taken: its context in one place, so that each check is a few lines."""

    def __init__(
        self,
        place: Place,
        situation: Situation,
        act_id: str,
        actor: str,
        today: date,
        assignment: str,
    ) -> None:
        self.place, self.before, self.actor, self.today = place, situation, actor, today
        self.institution = place.institution
        self.act = self._act(act_id)
        self.share = situation.assignment(assignment) if assignment else None
        self.applied: dict[str, Applied] = {}
        self.released = Withheld.of(self.share) if self.act.releases else None

    def take(self, data: dict[str, Value]) -> Done:
        self._check_where()
        self._check_who()
        self._check_in_time()
        cleaned = self._accept(data)
        late = self._late()
        after = self._with_facts(cleaned, late)
        after = self._move_share(after, cleaned, late)
        after = self._assign(after, cleaned)
        self._check_needs(after)
        after, held_back = self._hold_back(after, cleaned, late)
        after = self._move_matter(after)
        after = self._follow_fields(self._move_shares(after))
        return Done(
            act=self.act,
            day=self.today,
            actor=self.actor,
            before=self.share.state if self.share else self.before.state,
            after=after,
            data=cleaned,
            late=late,
            touched=self._touched(after),
            opens=() if held_back else self._openings(after, cleaned),
            rules=tuple(self.applied.values()),
            joins=str(cleaned.get(self.act.joins, "")) if self.act.joins else "",
        )

    # What must hold before anything moves

    def _act(self, act_id: str) -> Act:
        try:
            return self.institution.act(act_id)
        except KeyError:
            raise refuse(f"“{self.institution.title}”没有这个动作：{act_id}") from None

    def _check_where(self) -> None:
        if self.act.track == "assignment" and not self.share:
            raise refuse(f"“{self.act.title}”要指明是哪个承办单位")
        stands = self.share.state if self.share else self.before.state
        allowed = self.act.from_states or ("",)
        if stands not in allowed:
            where = self.institution.state(stands).title if stands else "尚未提出"
            raise refuse(f"现在的环节是“{where}”，不能“{self.act.title}”，请刷新页面看最新情况")
        if _spent(self.act, self.before):
            raise refuse(f"“{self.act.title}”已经办过，只办一次，请刷新页面看最新情况")

    def _check_who(self) -> None:
        if self.actor not in self.act.by:
            raise refuse(f"您的身份不能“{self.act.title}”")

    def _check_in_time(self) -> None:
        """Some acts are open for a while only: asking to be changed, within days of the hand-over."""
        if not self.act.within:
            return
        handed = self.share.handed_on if self.share else self.before.since
        start = handed if self.act.within_from == "handed" else self.before.since
        term = parse_term(str(self._value(self.act.within)))
        last = due(start, term, self.place.calendar).due
        if self.today > last:
            rule = self.applied[self.act.within]
            say = f"“{self.act.title}”要在 {last} 前提出（{rule.title} {term.chinese()}），现已超过"
            raise refuse(say, cite=rule.cite)

    def _accept(self, data: dict[str, Value]) -> dict[str, Value]:
        fields = self.institution.fields_of(self.act.id)
        facts = facts_in_view(self.institution, self.before)
        return accept(self.act.id, fields, data, facts, self.place.rules, self.today)

    def _check_needs(self, after: Situation) -> None:
        facts = facts_in_view(self.institution, after)
        for need in self.act.needs:
            if self._holds(need.given, facts) and not self._holds(need.when, facts):
                raise refuse(self._said(need.say), cite=self._cite(need.cite))

    # What moves

    def _with_facts(self, cleaned: dict[str, Value], late: bool) -> Situation:
        """Fields become facts of the matter; every act leaves `<act>_on`, `_count` and `_late` behind."""
        facts = {**self.before.facts, **self._let_out(self.before.facts)}
        facts |= {**self._kept(cleaned), **self.act.sets, **self._marks(self.before.facts, late)}
        return replace(
            self.before,
            facts={name: value for name, value in facts.items() if value not in (None, "")},
        )

    def _kept(self, cleaned: Mapping[str, Value]) -> dict[str, Value]:
        """What stays as a fact: all but lists of shares and promises, which become rows of their own."""
        passing = {
            field.name
            for field in self.institution.fields
            if field.kind in ("assignments", "commitments", "files")
        }
        return {name: value for name, value in cleaned.items() if name not in passing}

    def _marks(self, facts: Mapping[str, Value], late: bool) -> dict[str, Value]:
        return _marks(self.act.id, self.today.isoformat(), late, facts)

    def _let_out(self, facts: Mapping[str, Value]) -> dict[str, Value]:
        """What a share held back becomes fact when it is released, as of the day it was said."""
        said = self.released
        if not said:
            return {}
        return {**self._kept(said.data), **_marks(said.act, said.on, said.late, facts)}

    def _hold_back(
        self, after: Situation, cleaned: dict[str, Value], late: bool
    ) -> tuple[Situation, bool]:
        """Entering a state that withholds: nothing said becomes the matter's, the share keeps it.
        Sent back from there: what is said between the reader and the body stays between them."""
        now = after.assignment(self.share.key) if self.share else None
        if not self.share or not now or now.state == self.share.state:
            return after, False
        own = {**self.before.facts, **self.act.sets, **self._marks(self.before.facts, late)}
        if self.institution.state(self.share.state).withholds and not self.released:
            return replace(after, facts=own), False
        if not self.institution.state(now.state).withholds:
            return after, False
        said = Withheld(self.act.id, self.today.isoformat(), late, cleaned)
        kept = replace(now, facts={**without(self.share.facts), **said.as_fact()})
        return _put(replace(after, facts=dict(self.before.facts)), kept), True

    def _late(self) -> bool:
        running = self.share.due if self.share else self.before.due
        return running is not None and running < self.today

    def _move_share(self, after: Situation, cleaned: dict[str, Value], late: bool) -> Situation:
        if not self.share:
            return after
        facts = {**self.share.facts, **self._let_out(self.share.facts)}
        facts |= {**self._kept(cleaned), **self._marks(self.share.facts, late)}
        marked = replace(self.share, facts=facts)
        outcome = self._outcome(self.act.to, facts_in_view(self.institution, after))
        target = outcome.to if outcome else marked.state
        return _put(after, self._enter_share(marked, target, after.facts))

    def _move_matter(self, after: Situation) -> Situation:
        outcomes = self.act.to if self.act.track == "matter" else self.act.carries
        outcome = self._outcome(outcomes, facts_in_view(self.institution, after))
        if outcome:
            after = replace(after, round=after.round + (1 if outcome.new_round else 0))
            return self._enter(after, outcome.to)
        if self.act.track == "assignment":
            return after
        if "clock" in self.act.by:
            return replace(after, lapsed=True)
        return self._enter(after, after.state) if self.act.due else after

    def _move_shares(self, after: Situation) -> Situation:
        facts = facts_in_view(self.institution, after)
        for move in self.act.moves:
            if not self._holds(move.when, facts):
                continue
            for held in after.assignments:
                if self._meant(move, held):
                    after = _put(after, self._enter_share(held, move.to, after.facts))
        return after

    def _meant(self, move: Move, held: Held) -> bool:
        somewhere = not move.from_states or held.state in move.from_states
        live = self.institution.state(held.state).phase != "void"
        return held.kind in move.kinds and somewhere and live

    def _follow_fields(self, after: Situation) -> Situation:
        """Shares whose limit is a date in the matter's facts move along when that date moves."""
        for held in after.assignments:
            day = self._day_of_field(self.institution.state(held.state), after.facts)
            followed = replace(held, due=day) if day else self._led_up_to(held, after.facts)
            after = _put(after, followed)
        return self._lead_up(after)

    def _led_up_to(self, held: Held, facts: Mapping[str, Value]) -> Held:
        """A share whose limit leads up to a day that was moved: reckoned anew, and no longer lapsed if later."""
        state = self.institution.state(held.state)
        if not self._moved(state, facts) or held.extended:
            return held
        limit = self._limit_before(state, facts)
        days = [day for day in (limit.due if limit else None, held.own_limit) if day]
        last = min(days, default=None)
        lapsed = held.lapsed and not _later(last, held.due)
        return replace(held, due=last, limit=limit, lapsed=lapsed)

    def _lead_up(self, after: Situation) -> Situation:
        state = self.institution.state(after.state)
        if not self._moved(state, after.facts) or after.state != self.before.state:
            return after
        limit = self._limit_before(state, after.facts)
        last = limit.due if limit else None
        lapsed = after.lapsed and not _later(last, after.due)
        return replace(after, due=last, limit=limit, lapsed=lapsed)

    def _moved(self, state: State, facts: Mapping[str, Value]) -> bool:
        name = state.due_before.get("field", "")
        return bool(name) and state.open and facts.get(name) != self.before.facts.get(name)

    def _outcome(self, outcomes: tuple[Outcome, ...], facts: Mapping[str, Value]) -> Outcome | None:
        return next((one for one in outcomes if self._holds(one.when, facts)), None)

    def _enter(self, after: Situation, target: str) -> Situation:
        state = self.institution.state(target)
        limit = self._limit(state, self._start(after), "", after.facts)
        day = self._day_of_field(state, after.facts) or (limit.due if limit else None)
        since = after.since if target == after.state else self.today
        return replace(after, state=target, since=since, due=day, limit=limit, lapsed=False)

    def _start(self, after: Situation) -> date:
        return after.since if self.act.due_from == "since" else self.today

    def _enter_share(self, held: Held, target: str, facts: Mapping[str, Value]) -> Held:
        state = self.institution.state(target)
        longer = self.act.due if self.act.track == "assignment" else ""
        if target == held.state and not longer:
            return replace(held, lapsed=held.lapsed or "clock" in self.act.by)
        if not state.withholds:
            held = replace(held, facts=without(held.facts))
        if state.due_from == "kept":
            return replace(held, state=target, since=self.today, done_on=None)
        extended = longer or (held.extended if state.due_from == "handed" else "")
        start = held.handed_on if state.due_from == "handed" else self.today
        limit = self._limit(state, start, held.kind, facts, extended)
        bound = held.own_limit if state.due_from == "handed" and not extended else None
        days = [day for day in (limit.due if limit else None, bound) if day]
        return replace(
            held,
            state=target,
            since=self.today,
            due=min(days, default=None),
            limit=limit,
            lapsed=False,
            extended=extended,
            done_on=None if state.open else self.today,
        )

    def _limit(
        self,
        state: State,
        start: date,
        kind: str,
        facts: Mapping[str, Value],
        extended: str = "",
    ) -> Limit | None:
        longer = extended or (self.act.due if self.act.track == "matter" and not kind else "")
        name = longer or state.due_param(kind)
        if not name or not state.open:
            return None
        if state.due_before and not longer:
            return self._limit_before(state, facts)
        return due(start, parse_term(str(self._value(name))), self.place.calendar)

    def _limit_before(self, state: State, facts: Mapping[str, Value]) -> Limit | None:
        """Reckoned back from a day in the matter's facts; none while that day is not known."""
        day = facts.get(state.due_before["field"])
        if not day or not state.open:
            return None
        term = parse_term(str(self._value(state.due_before["days"])))
        return due_before(date.fromisoformat(str(day)), term, self.place.calendar)

    def _day_of_field(self, state: State, facts: Mapping[str, Value]) -> date | None:
        text = facts.get(state.due_field) if state.due_field and state.open else None
        return date.fromisoformat(str(text)) if text else None

    # Shares

    def _assign(self, after: Situation, cleaned: dict[str, Value]) -> Situation:
        rows = cleaned.get(self.act.assign, []) if self.act.assign else []
        for row in rows if isinstance(rows, list) else []:
            assert isinstance(row, dict)
            after = replace(after, assignments=(*after.assignments, self._new_share(after, row)))
        return after

    def _new_share(self, after: Situation, row: Mapping[str, Value]) -> Held:
        self._check_not_held(after, str(row["body"]))
        kind = str(row.get("kind") or "lead")
        state = self.institution.states_of("assignment")[0]
        limit = self._limit(state, self.today, kind, after.facts)
        own = date.fromisoformat(str(row["limit"])) if row.get("limit") else None
        self._check_own_limit(own, limit)
        set_by_field = self._day_of_field(state, after.facts)
        days = [day for day in (limit.due if limit else None, own, set_by_field) if day]
        if not days:
            raise refuse("交办必须有时限：请给每个承办单位填写办理期限", self.act.assign)
        return Held(
            key=str(len(after.assignments) + 1),
            body=str(row["body"]),
            person=str(row["person"]),
            kind=kind,
            state=state.id,
            since=self.today,
            handed_on=self.today,
            due=min(days),
            own_limit=own,
            limit=limit,
        )

    def _check_not_held(self, after: Situation, body: str) -> None:
        live = {
            held.body
            for held in after.assignments
            if self.institution.state(held.state).phase != "void"
        }
        if body in live:
            raise refuse("该单位已在承办这件事项，不必重复交办", self.act.assign)

    def _check_own_limit(self, own: date | None, limit: Limit | None) -> None:
        if own and own < self.today:
            raise refuse(f"办理期限 {own} 早于今天，请改为以后的日期", self.act.assign)
        if own and limit and own > limit.due:
            rule = next(reversed(self.applied.values()))
            raise refuse(
                f"办理期限 {own} 超过规定的 {limit.due}，请提前", self.act.assign, rule.cite
            )

    # What follows elsewhere

    def _openings(self, after: Situation, cleaned: dict[str, Value]) -> tuple[Opening, ...]:
        said = self.released
        let_out = self.institution.act(said.act).opens if said else ()
        own = [each for opens in self.act.opens for each in self._open(opens, after, cleaned)]
        others = [each for opens in let_out if said for each in self._open(opens, after, said.data)]
        return (*own, *others)

    def _open(self, opens: Opens, after: Situation, cleaned: Mapping[str, Value]) -> list[Opening]:
        rows = cleaned.get(opens.each, []) if opens.each else [{}]
        facts = {**facts_in_view(self.institution, after), **cleaned}
        copied = {to: facts[name] for name, to in opens.copy.items() if name in facts}
        return [
            Opening(
                institution=opens.institution,
                act=opens.act,
                data={**copied, **_without_person(row), **self._heir(opens, row)},
                with_proposers=opens.with_proposers,
            )
            for row in (rows if isinstance(rows, list) else [])
            if isinstance(row, dict)
        ]

    def _heir(self, opens: Opens, row: Mapping[str, Value]) -> dict[str, Value]:
        """The body that made the promise keeps it: its share goes along with the opened matter."""
        share = self.share or next(iter(self.before.assignments), None)
        if share is None or not opens.with_assignment:
            return {}
        person = str(row.get("person") or share.person)
        heir: dict[str, Value] = {"body": share.body, "person": person, "kind": "lead"}
        return {"assignments": [heir]}

    # Small things

    def _touched(self, after: Situation) -> tuple[str, ...]:
        before = {held.key: held for held in self.before.assignments}
        return tuple(held.key for held in after.assignments if before.get(held.key) != held)

    def _value(self, name: str, facts: Mapping[str, Value] | None = None) -> Value:
        found = worked_out(self.place.rules, name, self.today, facts or self.before.facts)
        self.applied |= {one.name: one for one in found}
        return self.applied[name].value

    def _holds(self, when: Condition, facts: Mapping[str, Value]) -> bool:
        return holds(self._resolved(when, facts), facts)

    def _resolved(self, when: Condition, facts: Mapping[str, Value]) -> dict[str, Value]:
        """Conditions may name a param as `$name`: its value on the day stands there instead."""
        return {
            name: self._value(asked[1:], facts)
            if isinstance(asked, str) and asked[:1] == "$"
            else asked
            for name, asked in when.items()
        }

    def _said(self, say: str) -> str:
        for name, rule in self.applied.items():
            say = say.replace(f"{{{name}}}", str(rule.value))
        return say

    def _cite(self, key: str) -> str:
        return self.institution.cited(key or self.act.cite)


def _later(day: date | None, before: date | None) -> bool:
    return day is None or before is None or day > before


def _marks(act: str, on: str, late: bool, facts: Mapping[str, Value]) -> dict[str, Value]:
    count = facts.get(f"{act}_count", 0)
    done = int(count) + 1 if isinstance(count, int) else 1
    return {f"{act}_on": on, f"{act}_count": done, f"{act}_late": late}


def _put(situation: Situation, held: Held) -> Situation:
    shares = tuple(held if held.key == other.key else other for other in situation.assignments)
    return replace(situation, assignments=shares)


def _without_person(row: Mapping[str, Value]) -> dict[str, Value]:
    return {name: value for name, value in row.items() if name != "person"}


def with_children(situation: Situation, key: str, count: int, still_open: int) -> Situation:
    """The same situation, knowing of the matters it opened in institution `key`."""
    children = {**situation.children, key: Children(count, still_open)}
    return replace(situation, children=children)
