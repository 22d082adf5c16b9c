"""Matters as told to a program: what `matters.access` lets the caller see, and nothing else."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.http import Http404
from django.urls import reverse

from bihuan.api import shapes
from bihuan.api.tokens import Caller
from bihuan.findings.caution import DESPITE
from bihuan.loop.spec import Institution
from bihuan.matters import access, house, queries
from bihuan.matters import ledger as books
from bihuan.matters.act import HOUSE_ACTS
from bihuan.matters.models import Act, Assignment, Attachment, Matter, Proposer

PAGE, MOST = 50, 200
LARGEST_KEY = 2**31 - 1


def page(
    caller: Caller, one: Institution, filters: books.Filters, order: str, after: int, size: int
) -> tuple[list[Matter], int | None]:
    """A page by key and where the next one begins; None after the last. Two look-ups, however deep."""
    today = caller.who.day
    rows = books.matters(caller.who, one, filters, today)
    rows = books.lit(rows, filters.light, today) if filters.light else rows
    newest = order == "newest"
    if after:
        rows = rows.filter(pk__lt=after) if newest else rows.filter(pk__gt=after)
    rows = rows.order_by("-pk" if newest else "pk").defer("text", "limit", "facts")
    found = list(rows[: size + 1])
    return found[:size], found[size - 1].pk if len(found) > size else None


def short(row: Matter, today: date) -> dict[str, Any]:
    """A matter in a list: nothing that any reader of it may not know."""
    light = queries.light(row, today)
    return {
        "id": row.pk,
        "institution": row.institution,
        "number": row.number,
        "year": row.year,
        "title": row.title,
        "state": state_of(row.institution, row.state),
        "light": {"key": light.key, "word": light.word, "days_left": light.days_left},
        "raised_on": row.raised_on,
        "due_on": row.due_on,
        "closed_on": row.closed_on,
        "public": row.public,
        "acts": row.acts_count,
        "url": reverse("api:api-matter", args=[row.pk]),
    }


def state_of(institution: str, key: str) -> dict[str, str]:
    """A state by id, title and phase; one that is declared no more keeps its id."""
    states = house.institution(institution).states
    found = next((one for one in states if one.id == key), None)
    if found is None:
        return {"id": key, "title": key, "phase": ""}
    return {"id": found.id, "title": found.title, "phase": found.phase}


def found(caller: Caller, pk: int) -> Matter:
    """A matter the caller may see, with its shares and proposers. Raises Http404."""
    row = with_shares(caller.visible()).filter(pk=pk if pk <= LARGEST_KEY else 0).first()
    if row is None:
        raise Http404
    return row


def with_shares(rows: QuerySet[Matter]) -> QuerySet[Matter]:
    """With congress, shares and proposers read along."""
    return rows.select_related("congress").prefetch_related(
        Prefetch("assignments", Assignment.objects.select_related("body")),
        Prefetch("proposers", Proposer.objects.select_related("seat")),
    )


class Whole:
    """One matter, put together once for one caller."""

    def __init__(self, caller: Caller, row: Matter) -> None:
        self.caller, self.row = caller, row
        self.one = house.institution(row.institution)
        self.reading = books.Reading.of(caller.who, self.one, caller.who.day)
        self.hidden = hidden(caller, row)
        self.acts = list(row.acts.prefetch_related("attachments").order_by("seq"))
        self.barred = barred(caller, row, self.acts)

    def told(self) -> dict[str, Any]:
        """Everything of it that the caller may see."""
        row, seen = self.row, self.caller.visible()
        parent = seen.filter(pk=row.parent_id).first() if row.parent_id else None
        return {
            **short(row, self.caller.who.day),
            "text": "" if "text" in self.hidden else row.text,
            "round": row.round,
            "limit": row.limit,
            "facts": self.values(row.facts, without=("title", "text")),
            "proposers": [{"name": p.name, "seat": p.seat_id} for p in row.proposers.all()],
            "shares": [self.share(share) for share in row.assignments.all()],
            "trail": [self.act(act) for act in self.acts],
            "offers": offers(self.caller, row),
            "parent": parent.pk if parent else None,
            "children": list(seen.filter(parent=row).order_by("pk").values_list("pk", flat=True)),
        }

    def values(self, data: dict[str, Any], without: tuple[str, ...] = ()) -> list[dict[str, Any]]:
        """The declared fields that hold something and are not hidden from the caller."""
        return [
            {
                "name": field.name,
                "title": field.title,
                "value": data[field.name],
                "words": self.words(field, data[field.name]),
            }
            for field in self.one.fields
            if field.name not in self.hidden
            and field.name not in without
            and data.get(field.name) not in (None, "", [])
        ]

    def words(self, field: Any, value: Any) -> str:
        """As a person reads it; rows and files have no words but their parts."""
        if field.kind in ("assignments", "commitments", "files"):
            return ""
        return self.reading.words(field, value)

    def share(self, share: Assignment) -> dict[str, Any]:
        """One body's share."""
        light = queries.light(share, self.caller.who.day)
        return {
            "key": share.key,
            "body": share.body_id,
            "body_name": share.body.name,
            "person": share.person_name,
            "kind": share.kind,
            "state": state_of(self.row.institution, share.state),
            "light": {"key": light.key, "word": light.word, "days_left": light.days_left},
            "handed_on": share.handed_on,
            "due_on": share.due_on,
            "done_on": share.done_on,
        }

    def act(self, act: Act) -> dict[str, Any]:
        """One act of the trail."""
        titles = HOUSE_ACTS | {one.id: one.title for one in self.one.acts}
        unread = act.seq in self.barred
        data = {} if unread else access.readable_data(act, self.hidden)
        attached = [] if unread or self.hides_files() else act.attachments.all()
        return {
            "seq": act.seq,
            "act": act.kind,
            "title": titles.get(act.kind, act.kind),
            "actor": act.actor,
            "who": act.who,
            "on_behalf": act.on_behalf,
            "day": act.day,
            "at": act.at,
            "share": act.share,
            "state": act.after,
            "late": act.late,
            "data": self.values(data),
            "files": [file(row) for row in attached],
            "rules": act.rules,
            "cite": act.cite,
            "despite": None if unread else self.despite(act),
            "hash": act.hash,
        }

    def despite(self, act: Act) -> Any:
        """Why it was taken in spite of cautions: for whoever sees the whole congress, as on the page."""
        kept = act.data.get(DESPITE)
        if not kept or not self.caller.who.has(*access.WHOLE_CONGRESS):
            return None
        said = [{k: v for k, v in one.items() if k != "rows"} for one in kept["cautions"]]
        return {"reason": kept["reason"], "cautions": said}

    def hides_files(self) -> bool:
        """Whether a field of files is hidden: then no file of the matter is told."""
        return any(f.kind == "files" and f.name in self.hidden for f in self.one.fields)


def hidden(caller: Caller, row: Matter) -> set[str]:
    """The names of fields the caller may not see on this matter."""
    one = house.institution(row.institution)
    return access.hidden_fields(one, row, access.relation(caller.who, row))


def barred(caller: Caller, row: Matter, acts: list[Act]) -> frozenset[int]:
    """The numbers of acts whose words and files the caller may not read."""
    one = house.institution(row.institution)
    return access.barred_acts(one, acts, access.relation(caller.who, row))


def offers(caller: Caller, row: Matter) -> list[dict[str, str]]:
    """The acts he may take now; none through a token that may only read."""
    if caller.token is not None and "act" not in caller.token.scopes:
        return []
    return [
        {
            "act": offer.act.id,
            "title": offer.act.title,
            "actor": offer.actor,
            "share": offer.share,
            "on_behalf": offer.on_behalf,
        }
        for offer in access.offers(caller.who, row)
    ]


def file(row: Attachment) -> dict[str, Any]:
    """A file by name, size and hash, with its address."""
    url = reverse("api:api-file", args=[row.pk])
    return {"id": row.pk, "name": row.name, "size": row.size, "sha256": row.sha256, "url": url}


def found_file(caller: Caller, pk: int) -> Attachment:
    """A file of a matter the caller may see, or one he gave and has not used yet. Raises Http404."""
    rows = Attachment.objects.select_related("matter", "act", "act__matter")
    row = rows.filter(pk=pk if pk <= LARGEST_KEY else 0).first()
    if row is None:
        raise Http404
    if row.matter is None:
        if row.uploaded_by_id != caller.who.user.pk:
            raise Http404
        return row
    matter = found(caller, row.matter.pk)
    whole = Whole(caller, matter)
    if whole.hides_files() or (row.act is not None and row.act.seq in whole.barred):
        raise Http404
    return row


def done(matter: Matter, act: Act) -> shapes.Done:
    """What to answer after an act."""
    return shapes.Done(
        matter=matter.pk,
        number=matter.number,
        seq=act.seq,
        act=act.kind,
        day=act.day,
        state=shapes.StateShape(**state_of(matter.institution, matter.state)),
        hash=act.hash,
        url=reverse("api:api-matter", args=[matter.pk]),
    )
