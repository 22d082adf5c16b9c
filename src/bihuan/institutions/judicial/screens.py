"""Pages over judicial appraisals: the public draw of cases and experts, and their score sheets."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from bihuan.institutions.judicial import lots, scores
from bihuan.loop.forms import Refusal
from bihuan.matters.access import Standing
from bihuan.matters.act import key_of
from bihuan.matters.models import Matter
from bihuan.people.models import Grant, User
from bihuan.web.rooms import Entry
from bihuan.web.standing import doer_of, matter_of, only, standing

KEY = "judicial"
WORKS = ("clerk", "committee")
CONTRIBUTE = ("clerk", "committee", "leader")
WRONG = 422


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
        "users": _contributors(who),
        "given": request.POST,
        "refusal": refusal,
    }
    return render(request, "judicial/draw.html", shown, status=WRONG if refusal else 200)


def _contributors(who: Standing) -> Any:
    held = Grant.objects.filter(Grant.on(who.day), role__in=CONTRIBUTE).values("user")
    users = User.objects.filter(congress=who.user.congress_id, is_active=True, pk__in=held)
    return users.select_related("person").order_by("person__name", "pk")


def _take(request: HttpRequest, matter: Matter, who: Standing) -> Refusal | None:
    if request.POST.get("do") == "book":
        found = lots.latest(matter)
        if found is None:
            return Refusal(_("还没有抽签"))
        return lots.book(matter, found, doer_of(who, *WORKS), who.day)
    cases, experts = (_number(request.POST.get(name, "")) for name in ("cases", "experts"))
    users = list(_contributors(who).filter(pk__in=map(key_of, request.POST.getlist("user"))))
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
    """The sheets typed in, counted before one's eyes, then booked case by case."""
    matter, who = matter_of(request, pk, KEY), standing(request)
    cases = [line for line in str(matter.facts.get("drawn_cases", "")).splitlines() if line]
    shown: dict[str, Any] = {"matter": matter, "cases": cases, "given": request.POST}
    status = 200
    if request.method == "POST" and cases:
        sheets = scores.read(request.POST.get("sheets", "").replace("\0", ""), cases)
        refusal = sheets if isinstance(sheets, Refusal) else None
        if not isinstance(sheets, Refusal):
            shown["scores"], rule = scores.count(matter, sheets, cases, who.day)
            shown["rule"] = rule.said()
            if request.POST.get("do") == "book":
                note = request.POST.get("note", "").replace("\0", "")[:2000]
                refusal = scores.book(matter, sheets, cases, note, doer_of(who, *WORKS), who.day)
                if refusal is None:
                    messages.success(request, _("评分已经记入。"))
                    return redirect("matter", pk)
        shown["refusal"], status = refusal, WRONG if refusal else 200
    return render(request, "judicial/score.html", shown, status=status)


urlpatterns = [
    path("<int:pk>/draw/", draw, name="draw"),
    path("<int:pk>/score/", score, name="score"),
]


def menu(who: Standing) -> list[Entry]:
    """Nothing of its own: both pages are reached from a person's appraisal."""
    return []
