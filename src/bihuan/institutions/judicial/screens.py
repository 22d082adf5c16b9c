"""Pages over judicial appraisals: the public draws of persons, cases and experts, and the scoring sheets."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from bihuan.institutions.judicial import expert_page, lots, persons_page, scores, sheets
from bihuan.institutions.judicial.persons_page import WORKS, WRONG, contributors
from bihuan.loop.forms import Refusal
from bihuan.matters.access import Standing
from bihuan.matters.act import key_of
from bihuan.matters.models import Matter
from bihuan.web import language
from bihuan.web.rooms import Entry
from bihuan.web.standing import doer_of, matter_of, only, standing

KEY = "judicial"


@only(*WORKS)
@require_http_methods(["GET", "POST"])
def draw(request: HttpRequest, pk: int) -> HttpResponse:
    """The list that is drawn from, the draw about it, and its result booked once it is drawn."""
    matter, who = matter_of(request, pk, KEY), standing(request)
    refusal: Refusal | None = None
    if request.method == "POST":
        refusal = _take(request, matter, who)
        if refusal is None:
            return redirect("judicial:draw", pk)
    found = lots.latest(matter)
    shown = {
        "matter": matter,
        "entries": lots.entries(matter),
        "excluded": lots.excluded(matter),
        "draw": found,
        "cases": lots.drawn(found, lots.CASES) if found else [],
        "experts": lots.drawn(found, lots.EXPERTS) if found else [],
        "booked": matter.state not in ("drawn", "cases_listed"),
        "users": contributors(who),
        "given": request.POST,
        "refusal": refusal,
    }
    return render(request, "judicial/draw.html", shown, status=WRONG if refusal else 200)


def _take(request: HttpRequest, matter: Matter, who: Standing) -> Refusal | None:
    if request.POST.get("do") == "book":
        found = lots.latest(matter)
        if found is None:
            return Refusal(_("还没有抽签"))
        return lots.book(matter, found, doer_of(who, *WORKS), who.day)
    cases, experts = (_number(request.POST.get(name, "")) for name in ("cases", "experts"))
    users = list(contributors(who).filter(pk__in=map(key_of, request.POST.getlist("user"))))
    if not cases or not experts:
        return Refusal(_("请填写抽几件案件、几位专家"))
    public = request.POST.get("public", "1") != "0"
    made = lots.set_up(matter, cases, experts, users, who.user, who.day, public)
    return made if isinstance(made, Refusal) else None


def _number(word: str) -> int:
    return int(word) if word.isascii() and word.isdecimal() and len(word) < 3 else 0


@only(*WORKS)
@require_http_methods(["GET", "POST"])
def score(request: HttpRequest, pk: int) -> HttpResponse:
    """The experts' links and who has answered, opened together; or sheets on paper typed in and counted first."""
    matter, who = matter_of(request, pk, KEY), standing(request)
    shown: dict[str, Any] = {"refusal": None}
    if request.method == "POST":
        opens = request.POST.get("do") == "open"
        shown = _opened(matter, who) if opens else _typed(request, matter, who)
        if shown["refusal"] is None and request.POST.get("do") != "count":
            messages.success(request, _("评分已经记入。"))
            return redirect("matter", pk)
    reviewing = matter.state == sheets.REVIEWING
    invited = sheets.invited(matter) if reviewing else []
    shown |= {
        "matter": matter,
        "cases": sheets.numbers(matter),
        "experts": [(one, expert_page.link_of(request, one)) for one in invited],
        "handed": sum(bool(one.seal) for one in invited),
        "asked": sum(not one.aside for one in invited),
        "given": request.POST,
    }
    status = WRONG if shown["refusal"] else 200
    return render(request, "judicial/score.html", shown, status=status)


def _opened(matter: Matter, who: Standing) -> dict[str, Any]:
    return {"refusal": sheets.open_together(matter, doer_of(who, *WORKS), who.day)}


def _typed(request: HttpRequest, matter: Matter, who: Standing) -> dict[str, Any]:
    """Sheets on paper: the count shown, and booked if asked."""
    cases = sheets.numbers(matter)
    if not cases:
        return {"refusal": Refusal(_("还没有抽取案件"))}
    read = scores.read(request.POST.get("sheets", "").replace("\0", ""), cases)
    if isinstance(read, Refusal):
        return {"refusal": read}
    counted = scores.count(matter, read.rows(cases), cases, who.day)
    shown: dict[str, Any] = {"scores": counted.scores, "rule": counted.rule.said(), "refusal": None}
    if request.POST.get("do") == "book":
        note = request.POST.get("note", "").replace("\0", "")[:2000]
        doer = doer_of(who, *WORKS)
        shown["refusal"] = scores.book(matter, counted, dict.fromkeys(cases, note), doer, who.day)
    return shown


urlpatterns = [
    path("persons/", persons_page.page, name="persons"),
    path("<int:pk>/draw/", draw, name="draw"),
    path("<int:pk>/score/", score, name="score"),
    path("code/<int:pk>/", expert_page.code, name="code"),
    path("expert/<str:token>/", expert_page.expert, name="expert"),
]


def menu(who: Standing) -> list[Entry]:
    """The draw of persons; the other pages are reached from a person's appraisal."""
    if not who.has(*WORKS):
        return []
    return [Entry(language.institution(KEY).group, _("抽取评议人员"), "judicial:persons")]
