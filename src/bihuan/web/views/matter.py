"""The matter's page: where it stands, what I may do now, how it came to be so, and what proves it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import Prefetch
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from bihuan.ballots import access as ballot_access
from bihuan.ballots.rules import NOT_STATUTORY
from bihuan.findings import settle as findings
from bihuan.findings.caution import DESPITE
from bihuan.ladder.proposals import Ladder, Proposal
from bihuan.loop.params import NoSuchParam, Rules
from bihuan.loop.spec import ASSIGNMENT_KINDS, Field, Institution
from bihuan.loop.terms import parse_term
from bihuan.matters import access, files, house, queries, seal
from bihuan.matters import ledger as books
from bihuan.matters.act import BALLOT_CLOSED
from bihuan.matters.chain import FIRST, covered, hash_of
from bihuan.matters.models import Act, Assignment, Attachment, Leaf, Matter, Proposer
from bihuan.text.commitments import Judgement
from bihuan.web import language
from bihuan.web.language import term_said
from bihuan.web.standing import standing
from bihuan.web.views.acting import judged, opened


@dataclass(frozen=True)
class Stage:
    """One stage of the track: `place` is done, here or next."""

    title: str
    place: str
    day: str = ""


@dataclass(frozen=True)
class Share:
    """A body's share as drawn: its light, its limit explained."""

    row: Assignment
    kind: str
    state: str
    light: queries.Light
    cite: str


@dataclass(frozen=True)
class Said:
    """One field of an act or a matter as read: words, or rows of them."""

    title: str
    words: str = ""
    rows: tuple[str, ...] = ()
    long: bool = False


@dataclass(frozen=True)
class Step:
    """One act of the trail as drawn."""

    act: Act
    title: str
    actor: str
    state: str
    said: list[Said]
    files: list[Attachment]
    despite: dict[str, Any] | None = None


@login_required
@require_GET
def matter(request: HttpRequest, pk: int) -> HttpResponse:
    """One matter, whole."""
    who, today = standing(request), timezone.localdate()
    row = get_object_or_404(_rows(who), pk=pk)
    page = _Page(who, row, today)
    shown = page.shown() | {"opened": opened(request, who, row, page.offers)}
    return render(request, "matter/matter.html", shown | _beside(request, who, page.one, row))


def _beside(
    request: HttpRequest, who: access.Standing, one: Institution, row: Matter
) -> dict[str, Any]:
    """Where the person came from (`in`: a ledger's filter), and the matters before and after there."""
    if "in" not in request.GET:
        return {"within": None}
    query = request.GET["in"].replace("\0", "")[:600]
    filters, today = books.Filters.read(one, QueryDict(query).dict()), timezone.localdate()
    rows = books.lit(books.matters(who, one, filters, today), filters.light, today)
    before, after = books.neighbours(rows, row, filters.order)
    return {"within": query, "before": before, "after": after}


def _rows(who: access.Standing) -> Any:
    return (
        access.visible(who)
        .select_related("congress", "parent")
        .prefetch_related(
            Prefetch("assignments", Assignment.objects.select_related("body")),
            Prefetch("proposers", Proposer.objects.select_related("seat", "joined_from")),
        )
    )


class _Page:
    """What the page shows, put together once."""

    def __init__(self, who: access.Standing, row: Matter, today: date) -> None:
        self.who, self.row, self.today = who, row, today
        self.one = language.institution(row.institution)
        self.rules = language.rules_of(row.congress, row.institution)
        self.reading = language.Reading.of(who, self.one, today)
        self.hidden = access.hidden_fields(self.one, row, access.relation(who, row))
        self.offers = language.offers(who, row)
        self.acts = list(row.acts.prefetch_related("attachments").order_by("-seq"))
        self.barred = access.barred_acts(self.one, self.acts, access.relation(who, row))

    def shown(self) -> dict[str, Any]:
        """The template's context."""
        return {
            "matter": self.row,
            "one": self.one,
            "today": self.today,
            "light": queries.light(self.row, self.today),
            "state": self.reading.state(self.row),
            "cite": cited(self.rules, self.one, self.row.state, self.row.limit),
            "stages": self.stages(),
            "offers": self.offers,
            "names": self.names(),
            "shares": self.shares(),
            "facts": self.facts(),
            "steps": [self.step(act) for act in self.acts],
            "claim": self.claim(),
            "proposers": list(self.row.proposers.all()),
            "may_join": any(offer.act.joins for offer in self.offers),
            "proposals": self.proposals(),
            **self.related(),
            **self.voting(),
            "found": findings.of_matter(self.who, self.row),
        }

    def voting(self) -> dict[str, Any]:
        """The votes on this matter that he may see, and those that may be begun now (开票)."""
        offered = {offer.act.id for offer in self.offers}
        votes = ballot_access.visible(self.who).filter(items__matter=self.row).order_by("pk")
        may = ballot_access.may_run(self.who)
        return {
            "votes": votes.distinct() if self.one.ballots else [],
            "ballots": [
                one
                for one in self.one.ballots
                if may
                and one.act in offered
                and not ballot_access.undeclared(self.row, one.id).exists()
            ],
            "not_statutory": NOT_STATUTORY,
        }

    def proposals(self) -> list[Proposal]:
        """What could come next for it and its bodies, for those who oversee the congress, while it is overdue."""
        if queries.light(self.row, self.today).key != "late":
            return []
        ladder = Ladder(self.who, self.today, language.rules_of)
        return ladder.of_matter(self.row) if ladder.shown else []

    def names(self) -> dict[str, str]:
        """Whose share an act is on, where the same act is offered on several: `act/share` -> body."""
        acts = [offer.act.id for offer in self.offers]
        bodies = {share.key: str(share.body) for share in self.row.assignments.all()}
        return {
            f"{offer.act.id}/{offer.share}": bodies.get(offer.share, "")
            for offer in self.offers
            if acts.count(offer.act.id) > 1
        }

    def stages(self) -> list[Stage]:
        """The states it went through, where it is, and what is meant to follow: never the whole wall."""
        days: dict[str, date] = {}
        for act in reversed(self.acts):
            state = str(act.outcome.get("state", ""))
            if state and state != next(reversed(days), ""):
                days.pop(state, None)
                days[state] = act.day
        path = [
            Stage(self._title(state), "here" if state == self.row.state else "done", str(day))
            for state, day in days.items()
        ]
        follows = following(self.one, self.row.state)
        return [*path, Stage(self._title(follows), "next")] if follows else path

    def _title(self, state: str) -> str:
        return next((one.title for one in self.one.states if one.id == state), state)

    def shares(self) -> list[Share]:
        """The bodies' shares, those that no longer count last."""
        rows = sorted(
            self.row.assignments.all(), key=lambda share: (share.phase == "void", share.pk)
        )
        return [
            Share(
                row,
                _(ASSIGNMENT_KINDS[row.kind]) if row.kind in ASSIGNMENT_KINDS else row.kind,
                self.reading.state(row),
                queries.light(row, self.today),
                cited(self.rules, self.one, row.state, row.limit, row),
            )
            for row in rows
        ]

    def facts(self) -> list[Said]:
        """The declared fields that hold something, but title and text, and what is hidden from this user."""
        return [
            self.said(field, self.row.facts[field.name])
            for field in self.one.fields
            if field.asked
            and field.name not in ("title", "text")
            and field.name not in self.hidden
            and self.row.facts.get(field.name) not in (None, "", [])
        ]

    def said(self, field: Field, value: Any) -> Said:
        """One value as a person reads it."""
        if field.kind in ("assignments", "commitments") and isinstance(value, list):
            return Said(field.title, rows=tuple(_row_in_words(row) for row in value))
        return Said(field.title, self.reading.words(field, value), long=field.kind == "longtext")

    def step(self, act: Act) -> Step:
        """One act: who, when, for whom, what was written, by which rule."""
        barred = act.seq in self.barred
        data = {} if barred else access.readable_data(act, self.hidden)
        said = [
            self.said(field, data[field.name])
            for field in self.one.fields
            if field.asked
            and field.name in data
            and field.kind != "files"
            and data[field.name] != ""
        ]
        if act.kind == BALLOT_CLOSED:
            said.append(Said(_("表决"), str(act.data.get("sum", ""))))
        hides_files = barred or any(
            field.kind == "files" and field.name in self.hidden for field in self.one.fields
        )
        return Step(
            act,
            language.act_title(self.one, act.kind),
            language.actor_title(act.actor),
            self._title(act.after),
            said,
            [] if hides_files else list(act.attachments.all()),
            data.get(DESPITE) if self.who.has(*access.WHOLE_CONGRESS) else None,
        )

    def claim(self) -> Judgement | None:
        """Whether the newest reply files itself as solved and tells of plans only: for those who judge it."""
        if self.row.phase != "handling" or not (
            self.who.has(*access.WHOLE_CONGRESS) or self.who.seats
        ):
            return None
        replying = {
            a.id
            for a in self.one.acts
            if any(f.kind == "commitments" for f in self.one.fields_of(a.id))
        }
        readable = (act for act in self.acts if act.seq not in self.barred)
        last = next((act for act in readable if act.kind in replying), None)
        return judged(self._text_of(last)) if last and self._solved(last) else None

    def _solved(self, act: Act) -> bool:
        fields = self.one.fields_of(act.kind)
        return any(self.reading.tone(one, act.data.get(one.name)) == "good" for one in fields)

    def _text_of(self, act: Act) -> str:
        fields = self.one.fields_of(act.kind)
        return "\n".join(str(act.data.get(f.name, "")) for f in fields if f.kind == "longtext")

    def related(self) -> dict[str, Any]:
        """Parent, children and joined matters, as far as this user may see them."""
        seen = access.visible(self.who)
        children = seen.filter(parent=self.row).prefetch_related("assignments__body").order_by("pk")
        joined = {
            p.joined_from.pk: p.joined_from for p in self.row.proposers.all() if p.joined_from
        }
        open_to_me = set(
            seen.filter(pk__in=[*joined, self.row.parent_id or 0]).values_list("pk", flat=True)
        )
        return {
            "children": [(child, queries.light(child, self.today)) for child in children],
            "joined": [(one, one.pk in open_to_me) for one in joined.values()],
            "parent": self.row.parent if self.row.parent_id in open_to_me else None,
        }


def _row_in_words(row: Any) -> str:
    """A hand-over line or a promise as one line of text."""
    if not isinstance(row, dict):
        return str(row)
    if "body" in row:
        kind = _(ASSIGNMENT_KINDS[row["kind"]]) if row.get("kind") in ASSIGNMENT_KINDS else ""
        limit = _("（%(day)s 前）") % {"day": row["limit"]} if row.get("limit") else ""
        return f"{kind} {row.get('body_name') or row['body']} {row.get('person', '')}{limit}"
    parts = [row.get("title", ""), row.get("person", ""), row.get("by", "")]
    return " · ".join(str(part) for part in parts if part)


def following(one: Institution, state: str) -> str:
    """Where the wanted act leads from here: the track's next stage, if there is one."""
    if not one.state(state).open:
        return ""
    for act in one.acts:
        here = act.track == "matter" and state in act.from_states
        if act.tone == "primary" and here and act.to and act.to[-1].to != state:
            return act.to[-1].to
    return next(
        (
            carried.to
            for act in one.acts
            for carried in act.carries
            if act.tone == "primary"
            and carried.to != state
            and one.state(carried.to).open
            and one.states.index(one.state(carried.to)) > one.states.index(one.state(state))
        ),
        "",
    )


def cited(
    rules: Rules,
    one: Institution,
    state: str,
    limit: dict[str, Any] | None,
    share: Assignment | None = None,
) -> str:
    """The title and article of the rule a running limit rests on."""
    if not limit:
        return ""
    declared = next((each for each in one.states if each.id == state), None)
    name = (share.extended if share else "") or (
        declared.due_param(share.kind if share else "") if declared else ""
    )
    try:
        applied = rules.applied(name, date.fromisoformat(limit["start"]))
    except NoSuchParam:
        return ""
    return _("%(rule)s：%(term)s。%(cite)s") % {
        "rule": applied.title,
        "term": term_said(parse_term(limit["term"])),
        "cite": applied.cite,
    }


@login_required
@require_GET
def file(request: HttpRequest, pk: int) -> HttpResponseBase:
    """A file of a matter this user may see, or one he has just given."""
    who = standing(request)
    row = get_object_or_404(Attachment.objects.select_related("matter", "act"), pk=pk)
    if not _may_open(who, row):
        raise Http404
    try:
        content = files.open_file(row)
    except FileNotFoundError:
        raise Http404 from None
    return FileResponse(content, as_attachment=True, filename=row.name)


def _may_open(who: access.Standing, row: Attachment) -> bool:
    if row.matter is None or row.act is None:
        return row.matter is None and row.uploaded_by_id == who.user.pk
    if not access.visible(who).filter(pk=row.matter.pk).exists():
        return False
    one = house.institution(row.matter.institution)
    actors = access.relation(who, row.matter)
    hidden = access.hidden_fields(one, row.matter, actors)
    if row.act and row.act.seq in access.barred_acts(one, row.matter.acts.all(), actors):
        return False
    return not any(field.kind == "files" and field.name in hidden for field in one.fields)


@login_required
@require_GET
def proof(request: HttpRequest, pk: int, seq: int) -> HttpResponse:
    """What proves one act: its hash reckoned again, the act before it, its place in the seals."""
    who = standing(request)
    row = get_object_or_404(access.visible(who).select_related("congress"), pk=pk)
    act = get_object_or_404(Act, matter=row, seq=seq)
    before = Act.objects.filter(matter=row, seq=seq - 1).first()
    one = language.institution(row.institution)
    actors = access.relation(who, row)
    hidden = access.hidden_fields(one, row, actors) or act.seq in access.barred_acts(
        one, row.acts.all(), actors
    )
    sealed = None if hidden else seal.proof_of(act)
    shown = {
        "matter": row,
        "act": act,
        "title": language.act_title(one, act.kind),
        "holds": hash_of(act) == act.hash,
        "follows": act.previous == (before.hash if before else FIRST),
        "leaf": Leaf.objects.filter(congress=row.congress, act_id=act.pk).first(),
        "text": "" if hidden else json.dumps(covered(act), ensure_ascii=False, indent=2),
        "proof": json.dumps(sealed.as_json(), ensure_ascii=False, indent=2) if sealed else "",
    }
    return render(request, "matter/proof.html", shown)
