"""The coverage map of a term: whom no pillar has reached yet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, F, Q, Value
from django.utils.translation import gettext_lazy

from bihuan.institutions.appointees.dossier import OWN
from bihuan.institutions.appointees.holders import Holder, holders
from bihuan.matters.models import Assignment, Matter
from bihuan.people.models import Congress, Term

PILLARS: Mapping[str, tuple[Any, tuple[str, ...]]] = {
    "report": (gettext_lazy("履职报告"), ("duty_reports",)),
    "appraisal": (gettext_lazy("工作评议"), ("appraisals", "judicial")),
    "suggestion": (gettext_lazy("建议督办"), ("suggestions", "motions")),
    "opinion": (gettext_lazy("审议意见"), ("opinions", "resolutions")),
}
"""S1's four pillars, and the institutions that are each of them."""
EVERYBODY = "*"
"""An organ's own review, filed with the committee, reaches each of its appointees."""
KEYS = tuple(key for _, keys in PILLARS.values() for key in keys)


@dataclass(frozen=True)
class Row:
    """One appointee: how many matters of each pillar have reached him in the term."""

    holder: Holder
    reached: Mapping[str, int]

    @property
    def gaps(self) -> list[str]:
        """The pillars that have not reached him."""
        return [pillar for pillar in PILLARS if not self.reached.get(pillar)]


@dataclass(frozen=True)
class Map:
    """The term's appointees and what reached them."""

    term: Term | None
    rows: list[Row]

    def reached(self, pillar: str) -> int:
        """How many of them this pillar has reached."""
        return sum(bool(row.reached.get(pillar)) for row in self.rows)

    def gap(self, pillar: str) -> list[Row]:
        """Those whom it has not."""
        return [row for row in self.rows if pillar in row.gaps]


def coverage(congress: Congress, day: date) -> Map:
    """The map as of a day, in a fixed number of queries."""
    term = Term.newest(congress, day)
    begins = term.begins if term else None
    own = holders(congress, begins, day)
    touched = [*_shares(congress, begins, day), *_booked(congress, begins, day)]
    by_body: dict[str, list[_Touch]] = {}
    for touch in touched:
        by_body.setdefault(touch.body, []).append(touch)
    return Map(term, [_row(one, by_body) for one in own])


@dataclass(frozen=True)
class _Touch:
    institution: str
    body: str
    day: date
    person: str
    count: int


def _row(own: Holder, by_body: Mapping[str, list[_Touch]]) -> Row:
    counted: Counter[str] = Counter()
    for body in {post.body.pk: post.body for post in own.posts}.values():
        for touch in (touch for word in body.words for touch in by_body.get(word, ())):
            his = touch.institution not in OWN or touch.person in (own.person.name, EVERYBODY)
            if his and own.held(body.pk, touch.day):
                counted[_pillar(touch.institution)] += touch.count
    return Row(own, counted)


def _pillar(institution: str) -> str:
    return next(pillar for pillar, (_, keys) in PILLARS.items() if institution in keys)


def _shares(congress: Congress, begins: date | None, day: date) -> Iterable[_Touch]:
    rows = Assignment.objects.filter(
        congress=congress, institution__in=KEYS, handed_on__lte=day
    ).exclude(phase="void")
    rows = rows.exclude(matter__phase="void")
    rows = rows.filter(handed_on__gte=begins) if begins else rows
    own = Q(matter__facts__has_key="own_review")
    for whose, found in (
        (F("person_name"), rows.exclude(own)),
        (Value(EVERYBODY), rows.filter(own)),
    ):
        counted = found.order_by().values_list("institution", "body", "handed_on", whose)
        for key, body, on, person, count in counted.annotate(n=Count("pk")):
            yield _Touch(key, str(body), on, person, count)


def _booked(congress: Congress, begins: date | None, day: date) -> Iterable[_Touch]:
    """Matters from old ledgers: nobody was handed them, so the body stands in what was written."""
    rows = Matter.objects.filter(
        congress=congress, institution__in=KEYS, assignments=None, raised_on__lte=day
    ).exclude(phase="void")
    rows = rows.filter(raised_on__gte=begins) if begins else rows
    for key, on, facts in rows.values_list("institution", "raised_on", "facts"):
        for body in facts.get("lead_bodies") or ():
            yield _Touch(key, str(body), on, str(facts.get("appointee", "")), 1)
