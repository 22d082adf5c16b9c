"""Draws on screen: set up, commit, announce, open, draw; the page for the wall and the file for everybody."""

from __future__ import annotations

import json
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from bihuan.draws import drawing, method
from bihuan.draws.method import Announced
from bihuan.draws.models import STATES, Draw
from bihuan.loop.forms import Refusal
from bihuan.matters import access as matter_access
from bihuan.matters.act import key_of
from bihuan.matters.models import Matter
from bihuan.people.models import ADMINISTRATORS, Grant, User
from bihuan.web.attached import attached
from bihuan.web.standing import only, standing, works

WRONG = 422
SHOWN = 100


@login_required
@require_GET
def listed(request: HttpRequest) -> HttpResponse:
    """The draws this user may see, newest first."""
    who = standing(request)
    if not works(who):
        raise PermissionDenied
    shown = {
        "rows": [(row, STATES[row.state]) for row in drawing.visible(who)[:SHOWN]],
        "may_run": who.has(*drawing.RUNNERS),
    }
    return render(request, "draws/list.html", shown)


@only(*drawing.RUNNERS)
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Set up a draw."""
    refusal = None
    if request.method == "POST":
        made = _set_up(request)
        if isinstance(made, Draw):
            return redirect("draw", made.pk)
        refusal = made
    shown = {"given": request.POST or request.GET, "refusal": refusal, "users": _users(request)}
    return render(request, "draws/new.html", shown, status=WRONG if refusal else 200)


def _users(request: HttpRequest) -> list[User]:
    """Who may be asked for a share of the seed: everybody who works here."""
    congress = standing(request).user.congress_id or 0
    rows = User.objects.filter(congress_id=congress, is_active=True, person__isnull=False)
    working = Grant.objects.filter(Grant.on(standing(request).day)).exclude(role__in=ADMINISTRATORS)
    rows = rows.filter(pk__in=working.values("user"))
    return list(rows.select_related("person").order_by("person__name")[:500])


def _set_up(request: HttpRequest) -> Draw | Refusal:
    sent, who = request.POST, standing(request)
    entries = drawing.read_list(sent.get("entries", ""))
    excluded = drawing.read_excluded(sent.get("excluded", ""))
    take = drawing.read_take(sent.get("take", ""))
    for read in (entries, excluded, take):
        if isinstance(read, Refusal):
            return read
    least = sent.get("at_least", "").strip() or "0"
    if not (least.isascii() and least.isdecimal() and len(least) < 5):
        return Refusal(_("至少几件已审结案件：请填整数"), "at_least")
    wanted = {key_of(word) for word in sent.getlist("contributors")}
    chosen = [user for user in _users(request) if user.pk in wanted]
    assert isinstance(entries, list) and isinstance(excluded, dict) and isinstance(take, dict)
    plan = Announced(sent.get("title", "").strip(), tuple(entries), take, int(least), excluded)
    assert who.user.congress is not None
    return drawing.set_up(who.user.congress, plan, chosen, who.user, who.day, _matter(request))


def _matter(request: HttpRequest) -> Matter | None:
    asked = request.POST.get("matter", "")
    if not asked:
        return None
    return get_object_or_404(matter_access.visible(standing(request)), pk=key_of(asked))


@login_required
@require_GET
def page(request: HttpRequest, pk: int) -> HttpResponse:
    """One draw: the list, who contributes, what may be done, the result."""
    return _show(request, _seen(request, pk))


def _seen(request: HttpRequest, pk: int) -> Draw:
    return get_object_or_404(drawing.visible(standing(request)), pk=pk)


def _show(request: HttpRequest, row: Draw, refusal: Refusal | None = None) -> HttpResponse:
    who = standing(request)
    contributors = list(row.contributors.all())
    plan = method.read(row.announced or row.plan)
    left_out = method.left_out(plan)
    shown: dict[str, Any] = {
        "row": row,
        "refusal": refusal,
        "state": STATES[row.state],
        "plan": plan,
        "left_out": left_out,
        "entries": [(entry, left_out.get(entry.id, "")) for entry in plan.entries],
        "takes": list(plan.take.items()),
        "stratified": any(entry.stratum for entry in plan.entries),
        "counted": any(entry.count is not None for entry in plan.entries),
        "contributors": contributors,
        "mine": next((one for one in contributors if one.user_id == who.user.pk), None),
        "may_run": who.has(*drawing.RUNNERS),
        "tickets": row.file["tickets"] if row.file else [],
        "shortest": method.SHORTEST_SECRET,
    }
    return render(request, "draws/draw.html", shown, status=WRONG if refusal else 200)


def _answered(
    request: HttpRequest, row: Draw, done: Draw | Refusal | None, said: str
) -> HttpResponse:
    if isinstance(done, Refusal):
        row.refresh_from_db()
        return _show(request, row, done)
    messages.success(request, said)
    return redirect("draw", row.pk)


@login_required
@require_POST
def commit(request: HttpRequest, pk: int) -> HttpResponse:
    """Take this user's commitment. A secret typed here is hashed and forgotten."""
    row = _seen(request, pk)
    done = drawing.commit(pk, standing(request).user, request.POST.get("word", ""))
    return _answered(request, row, done, _("承诺已经收下，请记住自己的密语"))


@login_required
@require_POST
def reveal(request: HttpRequest, pk: int) -> HttpResponse:
    """Take this user's secret."""
    row = _seen(request, pk)
    done = drawing.open_share(pk, standing(request).user, request.POST.get("secret", ""))
    return _answered(request, row, done, _("密语已经公开"))


@only(*drawing.RUNNERS)
@require_POST
def announce(request: HttpRequest, pk: int) -> HttpResponse:
    """Fix list, rule and commitments."""
    row = _seen(request, pk)
    return _answered(
        request, row, drawing.announce(pk, standing(request).day), _("名单和承诺已经公布，不能再改")
    )


@only(*drawing.RUNNERS)
@require_POST
def now(request: HttpRequest, pk: int) -> HttpResponse:
    """Draw."""
    row = _seen(request, pk)
    return _answered(request, row, drawing.draw_now(pk, standing(request).day), _("已经抽签"))


@only(*drawing.RUNNERS)
@require_POST
def void(request: HttpRequest, pk: int) -> HttpResponse:
    """End without a result."""
    row = _seen(request, pk)
    done = drawing.void(pk, request.POST.get("reason", ""))
    return _answered(request, row, done, _("这次抽签已经作废"))


@login_required
@require_GET
def hall(request: HttpRequest, pk: int) -> HttpResponse:
    """The page for the wall: the announcement's hash, who has opened his secret, who was drawn."""
    row = _seen(request, pk)
    shown = {
        "row": row,
        "contributors": list(row.contributors.all()),
        "drawn": [ticket for ticket in (row.file or {}).get("tickets", []) if ticket["drawn"]],
    }
    return render(request, "draws/hall.html", shown)


@login_required
@require_GET
def file(request: HttpRequest, pk: int) -> HttpResponse:
    """What is published: before the draw the announcement, after it everything to work it out again."""
    row = _seen(request, pk)
    told = row.file or row.announced
    if told is None:
        raise Http404
    if row.file is None:
        told = {"announced": told, "announced_hash": row.announced_hash}
    text = json.dumps(told, ensure_ascii=False, indent=1)
    return attached(text, "application/json; charset=utf-8", f"{row}.json")
