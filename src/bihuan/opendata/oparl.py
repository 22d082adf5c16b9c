"""Objects of OParl 1.1 (https://oparl.org): the congress as Body, its organs, deputies, sessions and public matters.

What the standard has no word for stands under `bihuan:` — the loop: state, limit, shares. Nobody's telephone,
no name of a person in charge and no field but title and text is told.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings

import bihuan
from bihuan.matters import house
from bihuan.matters.models import Matter
from bihuan.people.models import Body, Congress, Delegation, Seat, Session, Term

SCHEMA = "https://schema.oparl.org/1.1"
LISTS = {
    "organizations": "organization",
    "people": "person",
    "meetings": "meeting",
    "papers": "paper",
    "legislative-terms": "legislativeTermList",
    "memberships": "membership",
    "files": "file",
    "agenda-items": "agendaItem",
    "consultations": "consultation",
    "locations": "locationList",
}
"""Address of a body's list -> the property of Body that names it."""
Told = dict[str, Any]


@dataclass(frozen=True)
class Objects:
    """Makes objects. `at` turns a kind and a key into the object's absolute address: its id."""

    at: Callable[..., str]

    # The house

    def system(self) -> Told:
        """The entry: which version, and where the bodies are."""
        return {
            "id": self.at("system"),
            "type": f"{SCHEMA}/System",
            "oparlVersion": f"{SCHEMA}/",
            "body": self.at("bodies"),
            "name": "闭环：人大监督工作全流程闭环管理平台",
            "bihuan:version": bihuan.__version__,
        }

    def body(self, row: Congress) -> Told:
        """A congress."""
        lists = {name: self.at("list", row.pk, kind) for kind, name in LISTS.items()}
        return {
            "id": self.at("body", row.pk),
            "type": f"{SCHEMA}/Body",
            "system": self.at("system"),
            "name": row.name,
            "shortName": row.short_name,
            "classification": "人民代表大会",
            "mainOrganization": self.at("organization", f"c{row.pk}"),
            "legislativeTerm": [self.term(term) for term in row.terms.order_by("number")],
            **lists,
            **_known({"bihuan:area": row.area, "bihuan:level": row.level}),
        }

    def term(self, row: Term) -> Told:
        """A term of a congress."""
        return {
            "id": self.at("legislative-term", row.pk),
            "type": f"{SCHEMA}/LegislativeTerm",
            "body": self.at("body", row.congress_id),
            "name": str(row),
            **_known({"startDate": _day(row.begins), "endDate": _day(row.ends)}),
        }

    def congress_as_organization(self, row: Congress) -> Told:
        """The congress again, as the organ whose members the deputies are."""
        return {
            "id": self.at("organization", f"c{row.pk}"),
            "type": f"{SCHEMA}/Organization",
            "body": self.at("body", row.pk),
            "name": row.name,
            "shortName": row.short_name,
            "organizationType": "全体代表",
        }

    def organization(self, row: Body) -> Told:
        """A body: organ, department, township."""
        parent = self.at("organization", f"b{row.parent_id}") if row.parent_id else None
        told = {
            "shortName": row.short_name,
            "subOrganizationOf": parent,
            "startDate": _day(row.begins),
            "endDate": _day(row.ends),
        }
        return {
            "id": self.at("organization", f"b{row.pk}"),
            "type": f"{SCHEMA}/Organization",
            "body": self.at("body", row.congress_id),
            "name": row.name,
            "classification": row.kind,
            **_known(told),
        }

    def delegation(self, row: Delegation) -> Told:
        """A delegation of a term."""
        return {
            "id": self.at("organization", f"d{row.pk}"),
            "type": f"{SCHEMA}/Organization",
            "body": self.at("body", row.term.congress_id),
            "name": row.name,
            "organizationType": "代表团",
            "subOrganizationOf": self.at("organization", f"c{row.term.congress_id}"),
        }

    # Deputies

    def person(self, seats: list[Seat]) -> Told:
        """A deputy by name, with the seats he had and has."""
        first = seats[0]
        return {
            "id": self.at("person", first.person_id),
            "type": f"{SCHEMA}/Person",
            "body": self.at("body", first.congress_id),
            "name": first.person.name,
            "membership": [self.membership(seat) for seat in seats],
        }

    def membership(self, row: Seat) -> Told:
        """A seat: from when to when, in which delegation, for which constituency."""
        delegation = self.at("organization", f"d{row.delegation_id}") if row.delegation_id else None
        told = {
            "onBehalfOf": delegation,
            "startDate": _day(row.begins),
            "endDate": _day(row.ends),
            "bihuan:constituency": row.constituency,
        }
        return {
            "id": self.at("membership", row.pk),
            "type": f"{SCHEMA}/Membership",
            "person": self.at("person", row.person_id),
            "organization": self.at("organization", f"c{row.congress_id}"),
            "role": "代表",
            "votingRight": True,
            **_known(told),
        }

    # Sessions

    def meeting(self, row: Session) -> Told:
        """A session of the congress."""
        told = {"start": _moment(row.begins), "end": _moment(row.ends)}
        return {
            "id": self.at("meeting", row.pk),
            "type": f"{SCHEMA}/Meeting",
            "name": row.name,
            "organization": [self.at("organization", f"c{row.term.congress_id}")],
            "agendaItem": [],
            **_known(told),
        }

    # Matters

    def paper(self, row: Any) -> Told:
        """A public matter (`public.matters`, `public.read_along`)."""
        one = house.institution(row.institution)
        state = next((s for s in one.states if s.id == row.state), None)
        parent = row.parent_id if row.parent_public else None
        shares = [share for share in row.assignments.all() if share.phase != "void"]
        persons = [p.seat.person_id for p in row.proposers.all() if p.seat]
        told: Told = {
            "id": self.at("paper", row.pk),
            "type": f"{SCHEMA}/Paper",
            "body": self.at("body", row.congress_id),
            "name": row.title,
            "date": _day(row.raised_on),
            "paperType": one.title,
            "originatorPerson": [self.at("person", key) for key in persons],
            "underDirectionOf": [
                self.at("organization", f"b{s.body_id}") for s in shares if s.kind != "co"
            ],
            "auxiliaryFile": [],
            "subordinatedPaper": [self.at("paper", child.pk) for child in row.children.all()],
            "superordinatedPaper": [self.at("paper", parent)] if parent else [],
            "created": _stamp(row.created),
            "modified": _stamp(row.modified),
            "bihuan:institution": row.institution,
            "bihuan:state": {"id": row.state, "name": state.title if state else row.state},
            "bihuan:phase": row.phase,
            "bihuan:round": row.round,
            "bihuan:shares": [self.share(row, share) for share in shares],
            "bihuan:proof": row.head,
        }
        if row.text:
            told["mainFile"] = self.file(row)
        more = {
            "reference": row.number,
            "bihuan:due": _day(row.due_on),
            "bihuan:closed": _day(row.closed_on),
        }
        return told | _known(more)

    def share(self, row: Matter, share: Any) -> Told:
        """A body's share: who, since when, until when — never which person."""
        states = house.institution(row.institution).states
        state = next((s.title for s in states if s.id == share.state), share.state)
        told = {"due": _day(share.due_on), "done": _day(share.done_on)}
        return {
            "organization": self.at("organization", f"b{share.body_id}"),
            "kind": share.kind,
            "state": state,
            "handed": _day(share.handed_on),
            **_known(told),
        }

    def file(self, row: Any) -> Told:
        """The matter's own text as a file."""
        url = self.at("text", row.pk)
        return {
            "id": self.at("file", row.pk),
            "type": f"{SCHEMA}/File",
            "name": row.title,
            "fileName": f"{row.institution}-{row.pk}.txt",
            "mimeType": "text/plain",
            "date": _day(row.raised_on),
            "size": len(row.text.encode()),
            "accessUrl": url,
            "downloadUrl": url,
            "paper": [self.at("paper", row.pk)],
            "created": _stamp(row.created),
            "modified": _stamp(row.modified),
        }

    def deleted(self, kind: str, row: Any) -> Told:
        """What was public and is no more: that it was, and when it ended — nothing else."""
        return {
            "id": self.at(kind.lower(), row.pk),
            "type": f"{SCHEMA}/{kind}",
            "deleted": True,
            "created": _stamp(row.created),
            "modified": _stamp(row.modified),
        }


def _known(told: Told) -> Told:
    """Without what is not known: OParl leaves such properties out."""
    return {name: value for name, value in told.items() if value not in (None, "")}


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _moment(day: date | None) -> str | None:
    """A day as OParl's date-time: midnight where the congress is."""
    if day is None:
        return None
    return datetime.combine(day, time(), ZoneInfo(settings.TIME_ZONE)).isoformat()


def _stamp(at: datetime | None) -> str:
    return (at or datetime(1970, 1, 1, tzinfo=UTC)).astimezone(UTC).isoformat(timespec="seconds")
