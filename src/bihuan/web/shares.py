"""Whom a matter might be handed to: the bodies its ledger row named, each with the person it last had."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from bihuan.loop.spec import Value
from bihuan.matters.models import Assignment, Matter
from bihuan.people.models import Body, Grant

Row = dict[str, str]
NAMED = (("lead_bodies", "lead"), ("co_bodies", "co"))


def proposed(congress_id: int | None, matters: Iterable[Matter]) -> dict[int, list[Row]]:
    """Matter's key -> rows for its hand-over form; no rows where nothing is known. Three queries at most."""
    rows = list(matters)
    found: dict[int, list[Row]] = {row.pk: [] for row in rows}
    if not any(row.facts.get(name) for row in rows for name, _kind in NAMED):
        return found
    bodies = _by_name(congress_id)
    persons = persons_of({body.pk for body in bodies.values()})
    for row in rows:
        for name, kind in NAMED:
            for word in _words(row.facts.get(name)):
                body = bodies.get(word)
                person = persons.get(body.pk, "") if body else ""
                name_ = body.name if body else word
                found[row.pk].append({"body": name_, "person": person, "kind": kind})
    return found


def _by_name(congress_id: int | None) -> dict[str, Body]:
    return {
        word: body
        for body in Body.objects.filter(congress_id=congress_id or 0)
        for word in body.words
    }


def persons_of(keys: set[int]) -> Mapping[int, str]:
    """Body's key -> who answered for it last, else its contact."""
    contacts = Grant.objects.filter(role="contact", body__in=keys).select_related("user__person")
    found = {grant.body_id or 0: str(grant.user) for grant in contacts}
    last = Assignment.objects.filter(body__in=keys).order_by("body", "-id")
    newest: dict[int, str] = {}
    for body, person in last.values_list("body", "person_name"):
        newest.setdefault(body, person)
    return {**found, **newest}


def _words(value: Value) -> list[str]:
    return [str(word) for word in value] if isinstance(value, list) else []
