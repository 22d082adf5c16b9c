"""Draws on screen: set up, commit, announce, open, draw; the page for the wall and the file for everybody."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from bihuan.draws import drawing, method
from bihuan.draws import public as publicly
from bihuan.draws.method import Announced
from bihuan.draws.models import STATES, Draw
from bihuan.loop.forms import Refusal
from bihuan.matters import access as matter_access
from bihuan.matters.act import key_of
from bihuan.matters.models import Matter
from bihuan.people.models import ADMINISTRATORS, Grant, User
from bihuan.web.attached import attached
from bihuan.web.drawn import as_text, shown_draw
from bihuan.web.scan import scan_of
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
        "congress": who.user.congress,
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
    matter, public = _matter(request), sent.get("public", "1") != "0"
    return drawing.set_up(who.user.congress, plan, chosen, who.user, who.day, matter, public)


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
    who, shown = standing(request), shown_draw(row)
    mine = (one for one in shown["contributors"] if one.user_id == who.user.pk)
    shown |= {
        "refusal": refusal,
        "mine": next(mine, None),
        "may_run": who.has(*drawing.RUNNERS),
        "shortest": method.SHORTEST_SECRET,
        "secrets_shown": True,
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
    return render(request, "draws/hall.html", _on_the_wall(request, pk))


@login_required
@require_GET
def hall_state(request: HttpRequest, pk: int) -> HttpResponse:
    """What changes on the wall, asked for again and again until there is a result."""
    return render(request, "draws/hall_state.html", _on_the_wall(request, pk))


def _on_the_wall(request: HttpRequest, pk: int) -> dict[str, Any]:
    row = _seen(request, pk)
    open_to_all = row.public and row.announced_on is not None
    scan = scan_of(request, "draw-public", row.pk) if open_to_all else None
    return {**shown_draw(row), "scan": scan}


@login_required
@require_GET
def file(request: HttpRequest, pk: int) -> HttpResponse:
    """What is published: before the draw the announcement, after it everything to work it out again."""
    row = _seen(request, pk)
    told = publicly.file_of(row)
    if told is None:
        raise Http404
    return attached(as_text(told), "application/json; charset=utf-8", f"{row}.json")
