"""One appointee's dossier: gathered from every institution that reached him or his body, never filled in.

Reports and appraisals are his own: they name him. What was handed to his body while he held the post (suggestions,
opinions, problems …) stands under its institution. Each line is a matter and opens it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from bihuan.institutions.appointees.holders import Holder
from bihuan.loop.spec import Institution
from bihuan.matters import access, queries
from bihuan.matters.models import Assignment, Matter
from bihuan.web import language

OWN = ("appointees", "duty_reports", "appraisals", "judicial")
"""Institutions in which a matter is about a person: a share or a record that does not name him is not his."""
VOTES = ("vote_result", "report_vote_result")
LONGEST = 100


@dataclass(frozen=True)
class Line:
    """One matter in the dossier: `said` tells its ratings in words, `open` whether the reader may open it."""

    matter: Matter
    state: str
    light: queries.Light
    said: str
    done: bool
    implemented: bool
    open: bool


@dataclass(frozen=True)
class Chapter:
    """What one institution adds, newest first; counts are of everything, lines of the newest hundred."""

    one: Institution
    lines: tuple[Line, ...]
    whole: int
    done: int
    late: int
    implemented: int

    @property
    def own(self) -> bool:
        """Whether it is about the person himself."""
        return self.one.key in OWN


def matters_of(own: Holder, congress: int) -> list[Matter]:
    """Every matter that belongs into his dossier, newest first. Three queries."""
    found = {matter.pk: matter for matter in (*_by_share(own, congress), *_booked(own, congress))}
    return sorted(found.values(), key=lambda matter: (matter.raised_on, matter.pk), reverse=True)


def _by_share(own: Holder, congress: int) -> Iterator[Matter]:
    shares = Assignment.objects.filter(congress=congress, body__in=own.bodies).exclude(phase="void")
    for share in shares.exclude(matter__phase="void").select_related("matter"):
        if own.held(share.body_id, share.handed_on) and _his(own, share):
            yield share.matter


def _his(own: Holder, share: Assignment) -> bool:
    named = share.person_id == own.person.pk or share.person_name == own.person.name
    whole = share.matter.facts.get("own_review") is True
    return named or whole or share.institution not in OWN


def _booked(own: Holder, congress: int) -> Iterator[Matter]:
    """From old ledgers, where nobody was handed anything: the body stands in what was written.

    An appointment belongs to the post it led to, though he was nominated before.
    """
    rows = Matter.objects.filter(congress=congress, assignments=None).exclude(phase="void")
    given = rows.values_list(
        "pk", "institution", "raised_on", "facts__lead_bodies", "facts__body", "facts__appointee",
        "facts__appointed_on",
    )  # fmt: skip
    keys = [
        pk
        for pk, institution, raised, bodies, body, person, appointed in given
        if (institution not in OWN or person == own.person.name)
        and any(
            own.held(key, date.fromisoformat(appointed) if appointed else raised)
            for key in own.among([*(bodies or ()), body])
        )
    ]
    yield from Matter.objects.filter(pk__in=keys)


def chapters(own: Holder, who: access.Standing) -> list[Chapter]:
    """The dossier as `who` may read it: his own chapters first, the others in menu order."""
    matters = matters_of(own, own.posts[0].body.congress_id)
    seen = set(
        access.visible(who).filter(pk__in=[m.pk for m in matters]).values_list("pk", flat=True)
    )
    by_institution: dict[str, list[Matter]] = {}
    for matter in matters:
        by_institution.setdefault(matter.institution, []).append(matter)
    found = [
        _chapter(one, by_institution[key], who, seen, _reads_own(own, who))
        for key, one in language.institutions().items()
        if key in by_institution
    ]
    return sorted(found, key=lambda chapter: not chapter.own)


def _reads_own(own: Holder, who: access.Standing) -> bool:
    return who.user.person_id == own.person.pk


def _chapter(
    one: Institution, matters: list[Matter], who: access.Standing, seen: set[int], himself: bool
) -> Chapter:
    reader = _Reader(one, who, seen, himself)
    return Chapter(
        one,
        tuple(reader.line(matter) for matter in matters[:LONGEST]),
        len(matters),
        sum(matter.phase == "closed" for matter in matters),
        sum(queries.light(matter, who.day).key == "late" for matter in matters),
        sum(matter.facts.get("implemented") is True for matter in matters),
    )


class _Reader:
    """Reads the matters of one institution for one person."""

    def __init__(self, one: Institution, who: access.Standing, seen: set[int], himself: bool):
        self.one, self.seen, self.himself, self.day = one, seen, himself, who.day
        self.reading = language.Reading.of(who, one, who.day)

    def line(self, matter: Matter) -> Line:
        return Line(
            matter,
            self.reading.state(matter),
            queries.light(matter, self.day),
            "，".join(self._judged(matter)),
            matter.phase == "closed",
            matter.facts.get("implemented") is True,
            matter.pk in self.seen,
        )

    def _judged(self, matter: Matter) -> Iterable[str]:
        """Ratings and grades; from himself hidden as long as they are from the body that was rated."""
        actors = frozenset({"lead_body"}) if self.himself else frozenset[str]()
        hidden = access.hidden_fields(self.one, matter, actors)
        for field in self.one.fields:
            value: Any = matter.facts.get(field.name)
            if field.kind != "choice" or not value or field.name in hidden:
                continue
            if self.reading.tone(field, value):
                yield f"{field.title} {self.reading.words(field, value)}"


def votes(found: Iterable[Chapter]) -> list[Line]:
    """The lines among all chapters on which members voted, newest first."""
    lines = [line for chapter in found for line in chapter.lines]
    voted = [line for line in lines if any(line.matter.facts.get(name) for name in VOTES)]
    return sorted(voted, key=lambda line: line.matter.raised_on, reverse=True)


def last_day(found: Iterable[Chapter]) -> date | None:
    """The day of the newest act in the dossier."""
    days = [line.matter.last_day for chapter in found for line in chapter.lines]
    return max((day for day in days if day), default=None)
