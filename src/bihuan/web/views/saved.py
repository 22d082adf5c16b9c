"""What a user keeps for himself: a ledger's filter under a name, a form not sent yet."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from bihuan.matters.models import SavedView
from bihuan.web import drafts
from bihuan.web.standing import institution_of, standing, works

MOST = 50


@login_required
@require_POST
def keep(request: HttpRequest, institution: str) -> HttpResponse:
    """Keep the ledger's filter under a name; the same name is kept anew."""
    one, who = institution_of(request, institution), standing(request)
    name = request.POST.get("name", "").replace("\0", "").strip()[:40]
    query = _clean(request.POST.get("query", ""))
    back = f"{reverse('ledger', args=[one.key])}?{query}"
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


def _clean(query: str) -> str:
    """The filter alone: not the page one happened to be on."""
    asked = QueryDict(query.lstrip("?")[:2000])
    pairs = [(name, asked[name]) for name in asked if name != "after" and asked[name]]
    while len(urlencode(pairs)) > 500:
        pairs.pop()
    return urlencode(pairs)


@login_required
@require_POST
def drop(request: HttpRequest, institution: str, pk: int) -> HttpResponse:
    """Delete one of one's own views."""
    one, who = institution_of(request, institution), standing(request)
    SavedView.objects.filter(pk=pk, user=who.user, institution=one.key).delete()
    return redirect("ledger", one.key)


@login_required
@require_POST
def draft(request: HttpRequest) -> HttpResponse:
    """Keep a form while it is typed."""
    who = standing(request)
    key = request.POST.get("draft_key", "")
    if key and works(who):
        drafts.keep(who.user, key, request.POST)
    return HttpResponse(status=204)
