"""What the clerk writes down: sessions planned and moved, items, attendance, speakers, notes, votes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.dateparse import parse_datetime, parse_time
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from bihuan.institutions.sessions import agenda, numbered, presence, speaking, taking_down, votes
from bihuan.institutions.sessions.models import CommitteeSession, Item, Speech
from bihuan.institutions.sessions.models import Note as NoteRow
from bihuan.institutions.sessions.pages import notes_page, plan_page, seen, session_page
from bihuan.loop.forms import Refusal, storable
from bihuan.loop.spec import Value
from bihuan.matters import files
from bihuan.matters.act import Doer, act, key_of
from bihuan.people.models import Congress, Person, User
from bihuan.web.events import note as note_event
from bihuan.web.standing import doer_of, only, standing
from bihuan.web.typed import typed_day

MOST_FILES = 20
Row = Any


def _doer(request: HttpRequest) -> Doer:
    return doer_of(standing(request), "clerk", "committee")


def _user(request: HttpRequest) -> User:
    return standing(request).user


def _text(request: HttpRequest, name: str) -> str:
    """What was typed, without what no database keeps."""
    text = request.POST.get(name, "").strip()
    return text if storable(text) else ""


def _day(request: HttpRequest, name: str) -> date | None:
    return typed_day(_text(request, name))


def _time(request: HttpRequest, name: str) -> time | None:
    try:
        return parse_time(_text(request, name))
    except ValueError:
        return None


def _moment(request: HttpRequest) -> datetime:
    """The moment typed, in local time; now if none was."""
    try:
        typed = parse_datetime(_text(request, "at"))
    except ValueError:
        typed = None
    if typed is None:
        return timezone.now()
    return typed if timezone.is_aware(typed) else timezone.make_aware(typed)


def _person(request: HttpRequest, congress: Congress, name: str = "person") -> Person | None:
    key = key_of(request.POST.get(name, ""))
    return Person.objects.filter(congress=congress, pk=key).first()


def _told(request: HttpRequest, done: Any, well: str) -> bool:
    """Say how it went; whether it was done."""
    if isinstance(done, Refusal):
        cite = f"（{done.cite}）" if done.cite else ""
        messages.error(request, f"{done.say}{cite}")
        return False
    messages.success(request, well)
    return True


def _unknown() -> Refusal:
    return Refusal(_("不知道要做什么，请从页面上的按钮操作"))


# Sessions


@only("clerk")
@require_POST
def new(request: HttpRequest) -> HttpResponse:
    """Plan a session."""
    congress = _user(request).congress
    if congress is None:
        raise PermissionDenied
    begins = _day(request, "begins")
    number = key_of(_text(request, "number"))
    if begins is None:
        return plan_page(request, Refusal(_("请填写开会日"), "begins"), request.POST)
    if not 1 <= number <= 999:
        return plan_page(request, Refusal(_("会次要填 1 至 999 的数"), "number"), request.POST)
    wanted = agenda.Planned(
        number=number,
        begins=begins,
        ends=_day(request, "ends") or begins,
        starts_at=_time(request, "starts_at"),
        place=_text(request, "place")[:60],
    )
    made = agenda.plan(congress, wanted, _user(request))
    if isinstance(made, Refusal):
        return plan_page(request, made, request.POST)
    note_event(request, "session", f"排会议：{made.name} {made.begins}")
    messages.success(request, _("已排入计划，接着列议题"))
    return redirect("sessions:session", made.pk)


@only("clerk")
@seen
@require_POST
def change(request: HttpRequest, session: CommitteeSession) -> HttpResponseBase:
    """Send the notice, move the session, call it off, open or close it."""
    what = request.POST.get("what", "")
    done, well = CHANGES.get(what, _nothing)(request, session)
    if _told(request, done, well):
        note_event(request, "session", f"{session.name}：{well}")
    return redirect("sessions:session", session.pk)


Outcome = tuple[Any, str]
Change = Callable[[HttpRequest, CommitteeSession], Outcome]


def _nothing(request: HttpRequest, session: CommitteeSession) -> Outcome:
    return _unknown(), ""


def _notify(request: HttpRequest, session: CommitteeSession) -> Outcome:
    session.notified_on = _day(request, "on") or standing(request).day
    session.save(update_fields=["notified_on"])
    return None, _("已记下会议通知的日期")


def _move(request: HttpRequest, session: CommitteeSession) -> Outcome:
    begins = _day(request, "begins")
    if begins is None:
        return Refusal(_("请填写改到哪一天")), ""
    ends = _day(request, "ends") or begins
    doer, today = _doer(request), standing(request).day
    moved = agenda.move_session(session, begins, ends, _text(request, "reason"), doer, today)
    return moved, _("已改期，各项时限已经重算")


def _call_off(request: HttpRequest, session: CommitteeSession) -> Outcome:
    doer, today = _doer(request), standing(request).day
    return agenda.call_off(session, _text(request, "reason"), doer, today), _("已取消")


def _open(request: HttpRequest, session: CommitteeSession) -> Outcome:
    return presence.open_session(session, _moment(request)), _("已宣布开会")


def _close(request: HttpRequest, session: CommitteeSession) -> Outcome:
    return presence.close_session(session, _moment(request)), _("已闭会，还在场的一并记离会")


def _number(request: HttpRequest, session: CommitteeSession) -> Outcome:
    made = numbered.take_number(standing(request), session)
    if isinstance(made, Refusal):
        return made, ""
    return made, _("会议纪要已编号：%(number)s") % {"number": made.written}


CHANGES: dict[str, Change] = {
    "notice": _notify,
    "move": _move,
    "call_off": _call_off,
    "open": _open,
    "close": _close,
    "number": _number,
}


# Items


@only("clerk")
@seen
@require_POST
def add_item(request: HttpRequest, session: CommitteeSession) -> HttpResponseBase:
    """Put an item on the agenda; where a body is chosen, its report is demanded at once."""
    if request.POST.get("stray"):
        return _take_in(request, session)
    data: dict[str, Value] = {"title": _text(request, "title"), "kind": _text(request, "kind")}
    body, person = _text(request, "body"), _text(request, "person")
    if bool(body) != bool(person):
        refused = Refusal(_("要报告的，报告机关和责任人都要填"), "person" if body else "body")
        return session_page(request, session, refused, request.POST)
    kept = _kept(request, session)
    if isinstance(kept, Refusal):
        return session_page(request, session, kept, request.POST)
    act_id = "list_report" if body else "list_item"
    doer, today = _doer(request), standing(request).day
    made = agenda.list_item(session, act_id, data | kept, doer, today, _text(request, "token")[:32])
    if isinstance(made, Refusal):
        return session_page(request, session, made, request.POST)
    if body and made.matter.state == "listed":
        rows: list[Value] = [{"body": body, "person": person, "kind": "lead"}]
        done = act(made.matter_id, "demand", doer, today, {"assignments": rows})
        _told(request, done, _("已列入议程并要求报告，三个时限已按会议日倒推"))
    else:
        messages.success(request, _("已列入议程"))
    return redirect("sessions:session", session.pk)


def _kept(request: HttpRequest, session: CommitteeSession) -> dict[str, Value] | Refusal:
    """The files given, kept; the first that is refused stops all."""
    keys: list[Value] = []
    for uploaded in request.FILES.getlist("files")[:MOST_FILES]:
        row = files.keep(uploaded, session.congress, _user(request))
        if isinstance(row, files.FileRefused):
            return Refusal(row.say, "files")
        keys.append(str(row.pk))
    return {"files": keys} if keys else {}


def _take_in(request: HttpRequest, session: CommitteeSession) -> HttpResponse:
    """Give an item that was booked or imported under this session's name its place."""
    rows = agenda.strays(session)
    agenda.place(session, get_object_or_404(rows, pk=key_of(request.POST.get("stray", ""))))
    messages.success(request, _("已排入议程"))
    return redirect("sessions:session", session.pk)


@only("clerk")
@seen
@require_POST
def item(request: HttpRequest, session: CommitteeSession, item: int) -> HttpResponseBase:
    """Move an item up or down, take it up in the session, end it, or book its vote."""
    row = get_object_or_404(session.items.select_related("matter", "session"), pk=item)
    what = request.POST.get("what", "")
    if what in ("up", "down"):
        agenda.move_item(row, up=what == "up")
    elif what == "vote":
        _told(request, _vote(request, row), _("已登记表决结果"))
    elif what in ("hear", "conclude"):
        data: dict[str, Value] = {}
        if what == "hear" and _text(request, "reported_by"):
            data = {"reported_by": _text(request, "reported_by")}
        done = act(row.matter_id, what, _doer(request), standing(request).day, data)
        _told(request, done, _("已记下"))
    else:
        _told(request, _unknown(), "")
    return redirect("sessions:session", session.pk)


def _vote(request: HttpRequest, row: Item) -> Any:
    typed = [_text(request, name) for name in ("yes", "no", "abstained")]
    if not all(text.isascii() and text.isdecimal() and len(text) < 6 for text in typed):
        return Refusal(_("赞成、反对、弃权都要填数字，没有就填 0"))
    count = votes.Count(*(int(text) for text in typed))
    return votes.book(row, count, _moment(request), _user(request), _text(request, "ballot")[:60])


# Attendance


@only("clerk")
@seen
@require_POST
def attend(request: HttpRequest, session: CommitteeSession) -> HttpResponseBase:
    """Note that a member came or left, strike a line out, or answer a leave."""
    done, well = _attended(request, session)
    if _told(request, done, well) and request.POST.get("what") == "strike":
        note_event(request, "session", f"{session.name}：划去一条出席记录")
    return redirect("sessions:session-attendance", session.pk)


def _attended(request: HttpRequest, session: CommitteeSession) -> Outcome:
    pressed = next((one for one in ("arrive", "leave") if one in request.POST), "")
    what, by = pressed or request.POST.get("what", ""), _user(request)
    key = key_of(request.POST.get("row", ""))
    if what == "strike":
        line = get_object_or_404(session.attendances, pk=key)
        return presence.strike(line, by, timezone.now()), _("已划去，原来的记录仍可查看")
    if what in ("agree", "refuse"):
        leave = get_object_or_404(session.leaves.filter(struck_at=None), pk=key)
        today = standing(request).day
        return presence.decide_leave(leave, what == "agree", by, today), _("已答复请假")
    person = _person(request, session.congress, pressed or "person")
    if person is None:
        return Refusal(_("请选择是哪一位组成人员")), ""
    if what == "arrive":
        return presence.arrive(session, person, _moment(request), by), _("已记到会")
    if what == "leave":
        return presence.depart(session, person, _moment(request), by), _("已记离会")
    if what == "ask":
        reason, today = _text(request, "reason"), standing(request).day
        return presence.ask_leave(session, person, reason, by, today), _("已记下请假")
    return _unknown(), ""


# Speakers


@only("clerk")
@seen
@require_POST
def speak(request: HttpRequest, session: CommitteeSession) -> HttpResponseBase:
    """Put a member on the list, give him the floor, note that he ended, or take him off."""
    done, well = _spoken(request, session)
    _told(request, done, well)
    return redirect("sessions:session-speakers", session.pk)


def _spoken(request: HttpRequest, session: CommitteeSession) -> Outcome:
    what, key = request.POST.get("what", ""), key_of(request.POST.get("row", ""))
    if what == "add":
        row = get_object_or_404(session.items.select_related("session"), pk=key)
        person = _person(request, session.congress)
        if person is None:
            return Refusal(_("请选择是哪一位组成人员")), ""
        return speaking.sign_up(row, person, _user(request)), _("已列入发言名单")
    speech: Speech = get_object_or_404(speaking.speeches_of(session), pk=key)
    if what == "begin":
        return speaking.begin(speech, timezone.now()), _("发言开始")
    if what == "end":
        return speaking.end(speech, timezone.now()), _("发言结束")
    if what == "off":
        return speaking.withdraw(speech, _user(request), timezone.now()), _("已取消")
    return _unknown(), ""


# Notes


@only("clerk", "committee")
@seen
@require_POST
def add_note(request: HttpRequest, session: CommitteeSession) -> HttpResponseBase:
    """Take down what was said."""
    row = session.items.filter(pk=key_of(request.POST.get("item", ""))).first()
    if row is None:
        refused = Refusal(_("请选择是哪一项议题"), "item")
        return notes_page(request, session, refused, request.POST)
    person = _person(request, session.congress)
    title, text = _text(request, "title"), _text(request, "text")
    made = taking_down.take_down(row, person, title, text, _user(request))
    if isinstance(made, Refusal):
        return notes_page(request, session, made, request.POST)
    messages.success(request, _("已记下"))
    return redirect("sessions:session-notes", session.pk)


@only("clerk", "committee")
@seen
@require_POST
def note(request: HttpRequest, session: CommitteeSession, note: int) -> HttpResponseBase:
    """Make a note an opinion, or strike it out."""
    rows = NoteRow.objects.select_related("item__matter")
    row = get_object_or_404(rows, pk=note, item__session=session)
    what, who = request.POST.get("what", ""), standing(request)
    if what == "form":
        done = taking_down.form_opinion(row, _doer(request), who.day)
        _told(request, done, _("已列入审议意见，可以交办"))
    elif what == "strike":
        _told(request, taking_down.strike(row, who.user, timezone.now()), _("已划去"))
    else:
        _told(request, _unknown(), "")
    return redirect("sessions:session-notes", session.pk)
