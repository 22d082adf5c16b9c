"""The pages: the year's plan, one session, its sheet of attendance, speakers, notes, projector, files, minutes."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from bihuan.institutions.sessions import (
    agenda,
    checks,
    numbered,
    presence,
    quality,
    speaking,
    taking_down,
)
from bihuan.institutions.sessions.models import CommitteeSession, Item
from bihuan.institutions.sessions.readers import (
    KEY,
    is_own,
    keeps,
    material,
    sees,
    visible,
)
from bihuan.letters.sandbox import BadTemplate
from bihuan.loop.forms import Refusal, choices_of
from bihuan.loop.spec import Choice
from bihuan.matters import access, files, queries
from bihuan.matters.act import key_of
from bihuan.matters.models import Attachment, Matter
from bihuan.people.committee import conflicts_on, members_on
from bihuan.people.models import Body
from bihuan.web import language
from bihuan.web.attached import DOCX, attached
from bihuan.web.standing import standing

WRONG = 422
View = Callable[..., HttpResponseBase]


def seen(view: View) -> View:
    """Give the view the session instead of its key; 404 for whoever may not see it."""

    @login_required
    @wraps(view)
    def guarded(request: HttpRequest, pk: int, **kwargs: Any) -> HttpResponseBase:
        rows = visible(standing(request)).select_related("congress", "minutes")
        return view(request, get_object_or_404(rows, pk=pk), **kwargs)

    return guarded


@dataclass(frozen=True)
class Line:
    """One item as drawn: its matter, the lights of its shares, its files, and what its vote came to."""

    item: Item
    shares: list[tuple[Any, queries.Light]]
    light: queries.Light
    state: str
    kind: str
    outcome: str
    files: list[Attachment]
    opinions: int

    @property
    def is_report(self) -> bool:
        """Whether the limits of a report apply to it."""
        return bool(self.shares) or self.item.matter.state == "listed"


@login_required
@require_GET
def plan(request: HttpRequest) -> HttpResponse:
    """The sessions of a year."""
    return plan_page(request)


def plan_page(
    request: HttpRequest,
    refusal: Refusal | None = None,
    given: Mapping[str, Any] | None = None,
) -> HttpResponse:
    """The year's plan, with the form for a session as it was filled in when it is refused."""
    who = standing(request)
    if not sees(who) or who.user.congress is None:
        raise Http404
    congress, every = who.user.congress, list(visible(who))
    year = key_of(request.GET.get("year", "")) or who.day.year
    rows = [one for one in every if one.begins.year == year]
    members = members_on(congress, who.day)
    shown = {
        "year": year,
        "years": sorted({one.begins.year for one in every} | {who.day.year}, reverse=True),
        "rows": [_row(one) for one in rows],
        "gaps": [
            gap
            for gap in checks.gaps(congress, every, who.day)
            if gap.session and gap.session.begins.year == year
        ],
        "members": members,
        "conflicts": conflicts_on(congress, who.day, members),
        "keeps": keeps(who),
        "own": is_own(who),
        "next_number": agenda.next_number(congress),
        "refusal": refusal,
        "given": given or {},
    }
    return render(request, "sessions/plan.html", shown, status=WRONG if refusal else 200)


def _row(one: CommitteeSession) -> dict[str, Any]:
    members = presence.members_of(one)
    came = presence.ever_present(one) & {member.person.pk for member in members}
    return {
        "session": one,
        "items": one.items.exclude(matter__phase="void").count(),
        "came": len(came),
        "members": len(members),
        "opinions": taking_down.opinions_of(one).count(),
    }


@seen
@require_GET
def session(request: HttpRequest, session: CommitteeSession) -> HttpResponse:
    """One session: agenda, material, what was found, and how it was deliberated."""
    return session_page(request, session)


def session_page(
    request: HttpRequest,
    session: CommitteeSession,
    refusal: Refusal | None = None,
    given: Mapping[str, Any] | None = None,
) -> HttpResponse:
    """The session's page, with the form for an item as it was filled in when it is refused."""
    who = standing(request)
    oversees = who.has(*access.WHOLE_CONGRESS)
    shown = {
        **around(request, session),
        "lines": _lines(who, session),
        "oversees": oversees,
        "numbered": numbered.issued(session),
        "found": checks.of_session(session, who.day) if oversees else [],
        "figures": _by_stage(quality.of_session(session, who.day)) if oversees else [],
        "mine": _mine(who, session) if is_own(who) else None,
        "strays": agenda.strays(session)[:50] if keeps(who) else [],
        "kinds": _choices(session, "kind"),
        "token": secrets.token_urlsafe(12),
        "bodies": _bodies(session) if keeps(who) else [],
        "refusal": refusal,
        "given": given or {},
    }
    return render(request, "sessions/session.html", shown, status=WRONG if refusal else 200)


def around(request: HttpRequest, session: CommitteeSession) -> dict[str, Any]:
    """What every page of a session shows: its head, the count in the room, what this user may do."""
    who, now = standing(request), timezone.now()
    quorum = None
    if session.opened_at or session.covers(who.day):
        quorum = presence.quorum_at(session, _moment(session, now))
    return {
        "session": session,
        "today": who.day,
        "now": now,
        "quorum": quorum,
        "keeps": keeps(who),
        "own": is_own(who),
        "sits": session.opened_at is not None and session.closed_at is None,
        "to_come": not session.opened_at and not session.called_off_on,
        "moment": timezone.localtime(_moment(session, now)).strftime("%Y-%m-%dT%H:%M"),
    }


def _moment(session: CommitteeSession, now: Any) -> Any:
    """Now while it sits; its opening once it is over (after the close the room is empty)."""
    return session.opened_at if session.closed_at and session.opened_at else now


def _lines(who: access.Standing, session: CommitteeSession) -> list[Line]:
    """The items in order; their files and opinions are asked for once for all of them."""
    files_of: dict[int | None, list[Attachment]] = {}
    for row in material(who, session).select_related("act").order_by("-act__seq", "pk"):
        files_of.setdefault(row.matter_id, []).append(row)
    formed = Matter.objects.filter(
        parent__agenda_item__session=session, institution=taking_down.OPINIONS
    )
    opinions = Counter(formed.values_list("parent_id", flat=True))
    kinds, outcomes = _choices(session, "kind"), _choices(session, "vote_outcome")
    return [
        Line(
            item=item,
            shares=[
                (share, queries.light(share, who.day)) for share in item.matter.assignments.all()
            ],
            light=queries.light(item.matter, who.day),
            state=language.institution(KEY).state(item.matter.state).title,
            kind=_said(item.matter.facts.get("kind"), kinds),
            outcome=_said(item.matter.facts.get("vote_outcome"), outcomes),
            files=files_of.get(item.matter_id, []),
            opinions=opinions[item.matter_id],
        )
        for item in agenda.items_of(session)
    ]


def _by_stage(figures: list[quality.Figure]) -> list[tuple[str, list[quality.Figure]]]:
    stages: dict[str, list[quality.Figure]] = {}
    for figure in figures:
        stages.setdefault(figure.stage, []).append(figure)
    return list(stages.items())


def _mine(who: access.Standing, session: CommitteeSession) -> dict[str, Any]:
    """A member's own leave and the items he is on the list of."""
    person = who.user.person
    waiting = speaking.speeches_of(session).filter(person=person)
    return {
        "leave": session.leaves.filter(person=person, struck_at=None).first(),
        "speeches": {speech.item_id: speech for speech in waiting},
    }


def _choices(session: CommitteeSession, name: str) -> tuple[Choice, ...]:
    field = language.institution(KEY).field(name)
    rules = language.rules_of(session.congress, KEY)
    return choices_of(field, rules, session.begins) if field else ()


def _said(stored: object, choices: tuple[Choice, ...]) -> str:
    """What was chosen, as this page says it."""
    word = str(stored or "")
    return next((one.said for one in choices if one.id == word), word)


def _bodies(session: CommitteeSession) -> list[Body]:
    rows = Body.objects.filter(Body.on(session.begins), congress_id=session.congress_id)
    return list(rows.exclude(kind__in=("standing", "committee")).order_by("path"))


@seen
@require_GET
def attendance(request: HttpRequest, session: CommitteeSession) -> HttpResponse:
    """Who came and left when, and who asked for leave: kept on a tablet at the door."""
    _overseers(request)
    struck = session.attendances.exclude(struck_at=None).select_related("person", "struck_by")
    shown = {**around(request, session), "places": presence.sheet(session), "struck": struck}
    return render(request, "sessions/attendance.html", shown)


@seen
@require_GET
def speakers(request: HttpRequest, session: CommitteeSession) -> HttpResponse:
    """The speakers, item by item, with the time each took."""
    _overseers(request)
    speeches = list(speaking.speeches_of(session))
    shown = {
        **around(request, session),
        "groups": [
            (item, [one for one in speeches if one.item_id == item.pk])
            for item in agenda.items_of(session).exclude(matter__phase="void")
        ],
        "running": speaking.running_in(session),
        "members": presence.members_of(session),
        "limits": {
            name: speaking.local_minutes(session, name, timezone.now())
            for name in ("report_minutes", "speech_minutes", "again_minutes")
        },
    }
    return render(request, "sessions/speakers.html", shown)


def _overseers(request: HttpRequest) -> None:
    """Who came late and who spoke how long is not shown to everybody in the room."""
    if not standing(request).has(*access.WHOLE_CONGRESS):
        raise Http404


@seen
@require_GET
def notes(request: HttpRequest, session: CommitteeSession) -> HttpResponse:
    """What was said, taken down, and the opinions formed of it."""
    return notes_page(request, session)


def notes_page(
    request: HttpRequest,
    session: CommitteeSession,
    refusal: Refusal | None = None,
    given: Mapping[str, Any] | None = None,
) -> HttpResponse:
    """The notes, with the form as it was filled in when it is refused."""
    _overseers(request)
    opinions = list(taking_down.opinions_of(session))
    shown = {
        **around(request, session),
        "notes": taking_down.notes_of(session),
        "items": agenda.items_of(session).exclude(matter__phase="void"),
        "members": presence.members_of(session),
        "opinions": opinions,
        "waiting": [one for one in opinions if one.state == "countermeasure"],
        "may_form": standing(request).has("clerk", "committee"),
        "refusal": refusal,
        "given": given or {},
    }
    return render(request, "sessions/notes.html", shown, status=WRONG if refusal else 200)


@seen
@never_cache
@require_GET
def projector(request: HttpRequest, session: CommitteeSession) -> HttpResponse:
    """For the screen in the hall: how many are in the room, whether that is enough, who speaks."""
    running = speaking.running_in(session)
    heard = agenda.items_of(session).filter(matter__state="heard").first()
    shown = {
        **around(request, session),
        "running": running,
        "taken": _clock(running.length(timezone.now())) if running else "",
        "heard": heard,
        "outcome": _said(heard.matter.facts.get("vote_outcome"), _choices(session, "vote_outcome"))
        if heard
        else "",
    }
    return render(request, "sessions/projector.html", shown)


def _clock(length: Any) -> str:
    seconds = max(0, int(length.total_seconds())) if length else 0
    return f"{seconds // 60}:{seconds % 60:02}"


@seen
@require_GET
def file(request: HttpRequest, session: CommitteeSession, file: int) -> HttpResponseBase:
    """A file of the session's material that this user may open."""
    row = get_object_or_404(material(standing(request), session), pk=file)
    try:
        return FileResponse(files.open_file(row), as_attachment=True, filename=row.name)
    except FileNotFoundError:
        raise Http404 from None


@seen
@require_GET
def minutes(request: HttpRequest, session: CommitteeSession) -> HttpResponseBase:
    """The minutes as a .docx, once the session was opened: as numbered, and before that as they would be."""
    _overseers(request)
    if session.opened_at is None:
        messages.error(request, _("会议还没有开，没有可写的会议记录"))
        return redirect("sessions:session", session.pk)
    row = numbered.issued(session)
    if row is None:
        return _drafted(request, session)
    kept = numbered.kept(row)
    if kept is None:
        messages.error(request, _("会议纪要的文件不在，请系统管理员从备份恢复"))
        return redirect("sessions:session", session.pk)
    return FileResponse(kept, as_attachment=True, filename=f"{row.written} {session.name}纪要.docx")


def _drafted(request: HttpRequest, session: CommitteeSession) -> HttpResponseBase:
    try:
        content = numbered.draft(standing(request), session)
    except BadTemplate as bad:
        messages.error(request, str(bad))
        return redirect("sessions:session", session.pk)
    return attached(content, DOCX, f"{_('草稿')} {session.name}纪要.docx")
