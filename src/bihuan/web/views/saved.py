"""What a user keeps: a ledger's filter under a name — for himself or shared — and a form not sent yet."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from bihuan.loop.spec import Institution
from bihuan.matters.access import Standing
from bihuan.matters.models import FirstView, SavedView
from bihuan.people.models import ADMINISTRATORS, ROLES
from bihuan.web import drafts
from bihuan.web.standing import institution_of, standing, works

MOST = 50
EVERYONE = "everyone"
SHARING = tuple(role for role in ROLES if role not in ADMINISTRATORS)


def views_of(who: Standing, one: Institution) -> QuerySet[SavedView]:
    """The views this user may open: his own first, then what colleagues share with him."""
    shared = Q(shared_with__in=[EVERYONE, *who.roles], user__congress=who.user.congress)
    rows = SavedView.objects.filter(Q(user=who.user) | shared, institution=one.key)
    return rows.select_related("user__person").order_by("name", "pk")


def first_view(who: Standing, one: Institution) -> SavedView | None:
    """The view his ledger opens with, while he may still open it."""
    return views_of(who, one).filter(first_for__user=who.user).first()


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def views(request: HttpRequest, institution: str) -> HttpResponse:
    """All views of a ledger: one's own to rename, share and delete; colleagues' to open with.

    POST keeps the ledger's filter under a name; the same name is kept anew.
    """
    if request.method == "POST":
        return _keep(request, institution)
    one, who = institution_of(request, institution), standing(request)
    rows = list(views_of(who, one))
    shown = {
        "one": one,
        "own": [view for view in rows if view.user_id == who.user.pk],
        "others": [view for view in rows if view.user_id != who.user.pk],
        "first": first_view(who, one),
        "sharing": SHARING,
    }
    return render(request, "ledger/views.html", shown)


def _keep(request: HttpRequest, institution: str) -> HttpResponse:
    one, who = institution_of(request, institution), standing(request)
    name, query = _name(request), cleaned(request.POST.get("query", ""))
    back = f"{reverse('ledger', args=[one.key])}?{query or 'all=1'}"
    if not name:
        messages.error(request, _("请给这个视图起个名字"))
        return redirect(back)
    mine = SavedView.objects.filter(user=who.user, institution=one.key)
    if mine.exclude(name=name).count() >= MOST:
        messages.error(request, _("最多保存 50 个视图，请先删去不用的"))
        return redirect(back)
    SavedView.objects.update_or_create(
        user=who.user, institution=one.key, name=name, defaults={"query": query}
    )
    messages.success(request, _("已保存视图“%(name)s”") % {"name": name})
    return redirect(back)


def _name(request: HttpRequest) -> str:
    return request.POST.get("name", "").replace("\0", "").strip()[:40]


def cleaned(query: str) -> str:
    """The filter alone: not the page one happened to be on."""
    asked = QueryDict(query.lstrip("?")[:2000])
    pairs = [(name, asked[name]) for name in asked if name not in ("after", "all") and asked[name]]
    while len(urlencode(pairs)) > 500:
        pairs.pop()
    return urlencode(pairs)


@login_required
@require_POST
def change(request: HttpRequest, institution: str, pk: int) -> HttpResponse:
    """Rename one of one's own views, and say who else may open it."""
    one, who = institution_of(request, institution), standing(request)
    view = get_object_or_404(SavedView, pk=pk, user=who.user, institution=one.key)
    name, shared = _name(request), request.POST.get("shared_with", "")
    twins = SavedView.objects.filter(user=who.user, institution=one.key, name=name)
    if not name:
        messages.error(request, _("请给这个视图起个名字"))
    elif twins.exclude(pk=pk).exists():
        messages.error(request, _("您已经有一个视图叫“%(name)s”，请换一个名字") % {"name": name})
    else:
        view.name = name
        view.shared_with = shared if shared in (EVERYONE, *SHARING) else ""
        view.save(update_fields=["name", "shared_with"])
        messages.success(request, _("已保存视图“%(name)s”") % {"name": name})
    return redirect("views", one.key)


@login_required
@require_POST
def first(request: HttpRequest, institution: str) -> HttpResponse:
    """Open the ledger with this view from now on; none: with all rows."""
    one, who = institution_of(request, institution), standing(request)
    key = request.POST.get("view", "")
    if key.isdecimal() and len(key) < 15:
        view = get_object_or_404(views_of(who, one), pk=int(key))
        FirstView.objects.update_or_create(
            user=who.user, institution=one.key, defaults={"view": view}
        )
        messages.success(request, _("以后打开台账先看“%(name)s”") % {"name": view.name})
    else:
        FirstView.objects.filter(user=who.user, institution=one.key).delete()
        messages.success(request, _("以后打开台账先看全部"))
    return redirect("views", one.key)


@login_required
@require_POST
def drop(request: HttpRequest, institution: str, pk: int) -> HttpResponse:
    """Delete one of one's own views."""
    one, who = institution_of(request, institution), standing(request)
    SavedView.objects.filter(pk=pk, user=who.user, institution=one.key).delete()
    return redirect("views", one.key)


@login_required
@require_POST
def draft(request: HttpRequest) -> HttpResponse:
    """Keep a form while it is typed."""
    who = standing(request)
    key = request.POST.get("draft_key", "")
    if key and works(who):
        drafts.keep(who.user, key, request.POST)
    return HttpResponse(status=204)
