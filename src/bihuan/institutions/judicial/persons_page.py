"""Persons of a year are drawn here: the whole list, the draw, and whoever was drawn entered at once."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from bihuan.draws.models import STATES
from bihuan.institutions.judicial import persons
from bihuan.institutions.judicial.models import PersonsDraw
from bihuan.loop.forms import Refusal
from bihuan.matters.access import Standing
from bihuan.matters.act import key_of
from bihuan.people.models import Congress, Grant, User
from bihuan.web import language
from bihuan.web.standing import doer_of, only, standing
from bihuan.web.typed import typed_day
from bihuan.web.views.people import congress_of

KEY = "judicial"
WORKS = ("clerk", "committee")
CONTRIBUTE = ("clerk", "committee", "leader")
WRONG = 422


def contributors(who: Standing) -> Any:
    """Who may be asked for a share of the seed."""
    held = Grant.objects.filter(Grant.on(who.day), role__in=CONTRIBUTE).values("user")
    users = User.objects.filter(congress=who.user.congress_id, is_active=True, pk__in=held)
    return users.select_related("person").order_by("person__name", "pk")


@only(*WORKS)
@require_http_methods(["GET", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    """Everybody in office with his field and closed cases; below, the draws of the year."""
    congress, who = congress_of(request), standing(request)
    lines, refusal = persons.lines(congress, who.day), None
    if request.method == "POST":
        lines = [_as_given(request, line) for line in lines]
        enters = request.POST.get("do") == "enter"
        refusal = _enter(request, congress) if enters else _set_up(request, congress, lines)
        if refusal is None:
            return redirect("judicial:persons")
    shown = {
        "lines": lines,
        "year": who.day.year,
        "fields": _fields(),
        "takes": [(one, request.POST.get(f"take-{one.id}", "")) for one in _fields()],
        "draws": [_shown(one) for one in persons.of_year(congress, who.day.year)],
        "users": contributors(who),
        "chosen": set(request.POST.getlist("user")),
        "given": request.POST,
        "refusal": refusal,
    }
    return render(request, "judicial/persons.html", shown, status=WRONG if refusal else 200)


def _shown(one: PersonsDraw) -> tuple[PersonsDraw, str, list[persons.Drawn], bool]:
    """A draw, its state in words, who was drawn, and whether somebody of them is still to be entered."""
    drawn = persons.drawn(one)
    return one, STATES[one.draw.state], drawn, any(each.matter is None for each in drawn)


def _fields() -> tuple[Any, ...]:
    field = language.institution(KEY).field("field")
    return field.choices if field else ()


def _as_given(request: HttpRequest, line: persons.Line) -> persons.Line:
    key, sent = line.post.pk, request.POST
    field, known = sent.get(f"field-{key}", ""), {one.id for one in _fields()}
    return replace(
        line,
        field=field if field in known else "",
        closed=_number(sent.get(f"closed-{key}", "")),
        aside=sent.get(f"aside-{key}", "").strip(),
    )


def _number(word: str) -> int | None:
    word = word.strip()
    return int(word) if word.isascii() and word.isdecimal() and len(word) < 5 else None


def _set_up(request: HttpRequest, congress: Congress, lines: list[persons.Line]) -> Refusal | None:
    who, sent = standing(request), request.POST
    uncounted = next((line for line in lines if line.closed is None and not line.aside), None)
    if uncounted:
        say = _("请填写“%(name)s”已审结的案件数，没有的填 0") % {"name": uncounted.post.person}
        return Refusal(say, "entries")
    take = {
        one.id: number for one in _fields() if (number := _number(sent.get(f"take-{one.id}", "")))
    }
    if not take:
        return Refusal(_("请填写各条线抽几位"), "take")
    keys = map(key_of, sent.getlist("user"))
    users = list(contributors(who).filter(pk__in=keys))
    public = sent.get("public", "1") != "0"
    made = persons.set_up(congress, who.day.year, lines, take, users, who.user, who.day, public)
    if isinstance(made, Refusal):
        return made
    messages.success(request, _("抽签已经筹备，请出密语的人交承诺。"))
    return None


def _enter(request: HttpRequest, congress: Congress) -> Refusal | None:
    who = standing(request)
    rows = PersonsDraw.objects.select_related("draw", "congress")
    one = get_object_or_404(rows, congress=congress, pk=key_of(request.POST.get("draw", "")))
    finish_by = typed_day(request.POST.get("finish_by", ""))
    if finish_by is None or finish_by < who.day:
        return Refusal(_("请填写评议完成时限，今天或者以后，按 2026-12-20 的样子"), "finish_by")
    waiting = [each for each in persons.drawn(one) if each.matter is None]
    if not waiting:
        return Refusal(_("抽中的都已经列入"))
    refused = persons.enter(one, waiting, finish_by, doer_of(who, *WORKS), who.day)
    if refused is None:
        messages.success(request, _("已列入 %(n)s 位。") % {"n": len(waiting)})
    return refused
