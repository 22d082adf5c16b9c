"""Which departments have been appraised in the term, and which not yet: what the next choice is made from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from bihuan.matters.models import Matter
from bihuan.people.models import Body, Congress, Term

APPRAISED = ("department",)
"""Kinds of bodies that are appraised within a term."""


@dataclass(frozen=True)
class Reached:
    """One department and the appraisals of it in the term, oldest first."""

    body: Body
    appraisals: tuple[Matter, ...]


def departments(congress: Congress, day: date) -> list[Reached]:
    """Every department of today with its appraisals of the term; three queries."""
    term = Term.newest(congress, day)
    bodies = Body.objects.filter(Body.on(day), congress=congress, kind__in=APPRAISED)
    rows = Matter.objects.filter(congress=congress, institution="appraisals", raised_on__lte=day)
    rows = rows.exclude(phase="void").order_by("raised_on", "pk")
    if term and term.begins:
        rows = rows.filter(raised_on__gte=term.begins)
    by_word: dict[str, list[Matter]] = {}
    for matter in rows.prefetch_related("assignments"):
        for word in _words_of(matter):
            by_word.setdefault(word, []).append(matter)
    return [Reached(body, tuple(_of(body, by_word))) for body in bodies.order_by("path")]


def _words_of(matter: Matter) -> set[str]:
    shares = {str(share.body_id) for share in matter.assignments.all() if share.phase != "void"}
    return shares or {str(word) for word in matter.facts.get("lead_bodies") or ()}


def _of(body: Body, by_word: Mapping[str, list[Matter]]) -> list[Matter]:
    found = {m.pk: m for word in body.words for m in by_word.get(word, ())}
    return sorted(found.values(), key=lambda matter: (matter.raised_on, matter.pk))
