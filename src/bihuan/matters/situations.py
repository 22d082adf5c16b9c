"""Between the tables and the machine: a matter's rows as a Situation, and a Situation back into rows."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import Count, Q

from bihuan.loop.machine import with_children
from bihuan.loop.situation import Held, Situation, next_due
from bihuan.loop.spec import Institution, Value
from bihuan.loop.terms import Limit, explain
from bihuan.matters.models import Assignment, Matter

IN_COLUMNS = ("title", "text")
"""Facts that have columns of their own."""


def situation_of(matter: Matter, shares: Iterable[Assignment] | None = None) -> Situation:
    """The matter as the machine sees it. One query for shares (unless given), one for its children."""
    situation = own_situation(matter, matter.assignments.all() if shares is None else shares)
    for key, count, still_open in _children(matter):
        situation = with_children(situation, key, count, still_open)
    return situation


def own_situation(matter: Matter, shares: Iterable[Assignment]) -> Situation:
    """The matter and its shares as the machine sees them, without the matters it opened."""
    return Situation(
        state=matter.state,
        since=matter.since,
        due=matter.own_due_on,
        lapsed=matter.lapsed,
        round=matter.round,
        facts={**matter.facts, "title": matter.title, "text": matter.text},
        assignments=tuple(held_of(row) for row in shares),
    )


def _children(matter: Matter) -> Iterable[tuple[str, int, int]]:
    if matter.pk is None:
        return []
    still_open = Count("id", filter=Q(phase__in=("pending", "handling")))
    counted = matter.children.order_by().values("institution").annotate(n=Count("id"), o=still_open)
    return [(row["institution"], row["n"], row["o"]) for row in counted]


def held_of(row: Assignment) -> Held:
    """One share as the machine sees it; its body goes by primary key."""
    return Held(
        key=row.key,
        body=str(row.body_id),
        person=row.person_name,
        kind=row.kind,
        state=row.state,
        since=row.since,
        handed_on=row.handed_on,
        due=row.due_on,
        lapsed=row.lapsed,
        own_limit=row.own_limit,
        extended=row.extended,
        done_on=row.done_on,
        facts=row.facts,
    )


def put_matter(matter: Matter, institution: Institution, after: Situation) -> None:
    """Write a situation into the matter's columns (not yet saved)."""
    state = institution.state(after.state)
    matter.limit = _limit_after(matter.limit, matter.own_due_on, after)
    matter.state, matter.phase = after.state, state.phase
    matter.since, matter.own_due_on, matter.lapsed = after.since, after.due, after.lapsed
    matter.round, matter.due_on = after.round, next_due(after, institution)
    matter.title = str(after.facts.get("title", matter.title))[:200]
    matter.text = str(after.facts.get("text", matter.text))
    matter.facts = {n: v for n, v in after.facts.items() if n not in IN_COLUMNS}
    matter.public = bool(after.facts.get("public"))


def put_share(row: Assignment, institution: Institution, held: Held) -> None:
    """Write a share's situation into its columns (not yet saved)."""
    row.limit = _limit_after(row.limit, row.due_on, held)
    row.state, row.phase = held.state, institution.state(held.state).phase
    row.since, row.due_on, row.lapsed = held.since, held.due, held.lapsed
    row.extended, row.done_on, row.own_limit = held.extended, held.done_on, held.own_limit
    row.facts = dict(held.facts)


def _limit_after(
    kept: dict[str, Any] | None, due_before: date | None, after: Situation | Held
) -> dict[str, Any] | None:
    """The sum to show after an act: the one just reckoned, or the kept one while its day stands.

    A day taken from a field or from the hand-over has no sum of its own.
    """
    if after.limit is not None:
        return limit_json(after.limit)
    return kept if after.due is not None and after.due == due_before else None


def limit_json(limit: Limit | None) -> dict[str, Any] | None:
    """A limit with every step of its sum: what a click on a date shows."""
    if limit is None:
        return None
    return {
        "start": limit.start.isoformat(),
        "term": str(limit.term),
        "due": limit.due.isoformat(),
        "steps": [step.as_json() for step in limit.steps],
        "calendar": limit.calendar_version,
        "confirmed": limit.confirmed,
        "sentence": explain(limit),
        **({"backwards": True} if limit.backwards else {}),
    }


def outcome_json(institution: Institution, matter: Matter, after: Situation) -> dict[str, Value]:
    """The matter after an act, as kept in the act: enough to stand at any past day and count."""
    long = {one.name for one in institution.fields if one.kind == "longtext"} | {"text"}
    return {
        "state": after.state,
        "phase": matter.phase,
        "due": matter.due_on.isoformat() if matter.due_on else None,
        "round": after.round,
        "number": matter.number,
        "facts": {n: v for n, v in after.facts.items() if n not in long},
        "shares": [_share_json(held) for held in after.assignments],
    }


def _share_json(held: Held) -> Value:
    return {
        "key": held.key,
        "body": held.body,
        "person": held.person,
        "kind": held.kind,
        "state": held.state,
        "due": held.due.isoformat() if held.due else None,
    }
