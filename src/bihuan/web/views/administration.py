"""For the security administrator, the auditor, and the clerk who keeps the congress's params."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from axes.models import AccessAttempt
from axes.utils import reset
from django.conf import settings
from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from bihuan.loop import bounds
from bihuan.loop.forms import Refusal
from bihuan.loop.params import Applied
from bihuan.loop.spec import Institution
from bihuan.matters import house, local_params
from bihuan.matters.act import key_of
from bihuan.matters.doers import OPERATOR, WITHOUT_USER
from bihuan.matters.models import Act, LocalParam
from bihuan.people import roles
from bihuan.people.models import ROLES, Body, Delegation, Event, Grant, User
from bihuan.web import language
from bihuan.web.events import note
from bihuan.web.registers import own
from bihuan.web.standing import only, standing
from bihuan.web.typed import typed_day
from bihuan.web.views.people import WRONG, congress_of, page_of, searched

# The security administrator


@only("security_admin")
@require_GET
def grants(request: HttpRequest) -> HttpResponse:
    """Who holds which role, and the form that gives one."""
    return _grants_page(request)


def _grants_page(request: HttpRequest, refusal: Refusal | None = None) -> HttpResponse:
    congress, today = congress_of(request), standing(request).day
    text, role = searched(request), request.GET.get("role", "").replace("\0", "")
    rows = Grant.objects.filter(roles.not_over(today), user__congress=congress)
    if text:
        rows = rows.filter(
            Q(user__username__icontains=text)
            | Q(user__person__name__icontains=text)
            | Q(body__name__icontains=text)
        )
    rows = rows.filter(role=role) if role else rows
    rows = rows.select_related("user__person", "body", "delegation", "given_by__person")
    shown = {
        "page": page_of(request, rows.order_by("role", "user__username", "id")),
        "users": User.objects.filter(congress=congress, is_active=True)
        .select_related("person")
        .order_by("username"),
        "bodies": own(Body, congress).order_by("path"),
        "delegations": own(Delegation, congress).select_related("term"),
        "roles": ROLES,
        "refusal": refusal,
        "given": request.POST,
        "q": text,
        "role": role,
    }
    return render(request, "people/grants.html", shown, status=WRONG if refusal else 200)


@only("security_admin")
@require_POST
def give(request: HttpRequest) -> HttpResponse:
    """Give a role from today on."""
    congress, who = congress_of(request), standing(request)
    user = _chosen(request, "user", User.objects.filter(congress=congress))
    if user is None:
        return _grants_page(request, Refusal(_("请选择用户"), "user"))
    body = _chosen(request, "body", own(Body, congress))
    delegation = _chosen(request, "delegation", own(Delegation, congress))
    done = roles.give(user, request.POST.get("role", ""), body, delegation, who.user, who.day)
    if isinstance(done, Refusal):
        return _grants_page(request, done)
    note(
        request,
        "grant",
        f"授权：{user.username} 任 {ROLES[done.role]} {done.body or done.delegation or ''}",
    )
    messages.success(request, _("已授权，即时生效"))
    return redirect("grants")


def _chosen(request: HttpRequest, name: str, among: QuerySet[Any]) -> Any:
    key = request.POST.get(name, "")
    return among.filter(pk=key_of(key)).first()


@only("security_admin")
@require_POST
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """End a role at once."""
    grant = get_object_or_404(Grant, pk=pk, user__congress=congress_of(request))
    who = standing(request)
    refusal = roles.end(grant, who.user, who.day)
    if refusal:
        messages.error(request, refusal.say)
    else:
        note(request, "grant", f"收回：{grant.user.username} 的 {ROLES[grant.role]}")
        messages.success(request, _("已收回，即时生效"))
    return redirect("grants")


@only("security_admin")
@require_http_methods(["GET", "POST"])
def lock_outs(request: HttpRequest) -> HttpResponse:
    """Who is shut out after wrong passwords; a POST lets one in again."""
    known = User.objects.filter(congress=congress_of(request))
    if request.method == "POST":
        user = get_object_or_404(known, username=request.POST.get("username", ""))
        reset(username=user.username)
        note(request, "lock-out", f"解除登录暂停：{user.username}")
        messages.success(request, _("已解除，可以马上登录"))
        return redirect("lock-outs")
    since = timezone.now() - timedelta(hours=settings.AXES_COOLOFF_TIME)
    shut = AccessAttempt.objects.filter(
        failures_since_start__gte=settings.AXES_FAILURE_LIMIT,
        attempt_time__gte=since,
        username__in=known.values("username"),
    )
    return render(request, "people/lock_outs.html", {"shut": shut.order_by("-attempt_time")})


# The auditor

EVENT_KINDS = {
    "sign-in": gettext_lazy("登录"),
    "sign-out": gettext_lazy("退出"),
    "lock-out": gettext_lazy("登录暂停"),
    "password": gettext_lazy("修改密码"),
    "account": gettext_lazy("用户"),
    "register": gettext_lazy("登记"),
    "grant": gettext_lazy("授权"),
    "param": gettext_lazy("参数"),
    "export": gettext_lazy("导出"),
    "import": gettext_lazy("导入"),
    "dossier": gettext_lazy("查看档案"),
    "outlet": gettext_lazy("提醒渠道"),
    "second-factor": gettext_lazy("两步验证"),
}


@only("audit_admin")
@require_GET
def events(request: HttpRequest) -> HttpResponse:
    """What users did outside matters."""
    rows = Event.objects.filter(congress=congress_of(request)).select_related("user__person")
    rows = _narrowed(request, rows, "at__date", "kind", ("user__username", "user__person__name"))
    if request.GET.get("failed"):
        rows = rows.filter(ok=False)
    shown = {"page": page_of(request, rows.order_by("-id")), "kinds": EVENT_KINDS}
    return render(request, "people/events.html", shown)


@only("audit_admin")
@require_GET
def act_log(request: HttpRequest) -> HttpResponse:
    """Who took which act on which matter and when: never what the matter says."""
    rows = Act.objects.filter(congress=congress_of(request)).defer("data", "outcome", "rules")
    rows = _narrowed(request, rows, "day", "institution", ("who", "on_behalf"))
    page = page_of(request, rows.order_by("-id"))
    shown = {
        "page": page,
        "rows": [(act, *_words(act)) for act in page],
        "nobody": (*WITHOUT_USER.values(), OPERATOR),
        "institutions": language.institutions().values(),
    }
    return render(request, "people/acts.html", shown)


def _words(act: Act) -> tuple[str, str, str]:
    """Institution, act and actor in the titles declared; the bare word where one is declared no more."""
    one = language.institutions().get(act.institution)
    return (
        one.title if one else act.institution,
        language.act_title(one, act.kind) if one else act.kind,
        language.actor_title(act.actor) or act.actor,
    )


def _narrowed(
    request: HttpRequest, rows: QuerySet[Any], day: str, kind: str, names: tuple[str, ...]
) -> QuerySet[Any]:
    """By the filters that both logs have: from, to, kind, who. What cannot be read is passed over."""
    begins, ends = typed_day(request.GET.get("from", "")), typed_day(request.GET.get("to", ""))
    rows = rows.filter(**{f"{day}__gte": begins}) if begins else rows
    rows = rows.filter(**{f"{day}__lte": ends}) if ends else rows
    if request.GET.get("kind"):
        rows = rows.filter(**{kind: request.GET["kind"].replace("\0", "")[:40]})
    text, named = searched(request), Q()
    for name in names if text else ():
        named |= Q(**{f"{name}__icontains": text})
    return rows.filter(named)


# The clerk's params


@only("clerk")
@require_GET
def params(request: HttpRequest) -> HttpResponse:
    """Every param in force today, with its value, its law and the day it holds from."""
    congress, today = congress_of(request), standing(request).day
    groups = [(one, _applied(congress, one, today)) for one in language.ruled().values()]
    shown = {"groups": [(one, rows) for one, rows in groups if rows], "today": today}
    return render(request, "people/params.html", shown)


def _applied(congress: Any, one: Institution, today: date) -> list[tuple[Applied, str]]:
    rules = language.rules_of(congress, one.key)
    rows = [rules.applied(row.name, today) for row in rules.all_on(today)]
    return [(row, local_params.as_text(row.value)) for row in rows]


@only("clerk")
@require_http_methods(["GET", "POST"])
def param(request: HttpRequest, institution: str, name: str) -> HttpResponse:
    """One param: its history, and the form that sets it from a day on."""
    one = language.ruled().get(institution)
    if one is None or not any(row.name == name for row in one.params):
        raise Http404
    refusal = _set(request, institution, name) if request.method == "POST" else None
    if request.method == "POST" and refusal is None:
        messages.success(request, _("已设定；到那一天生效，以前的不变"))
        return redirect("param", institution, name)
    shown = _param_page(request, one, name) | {"refusal": refusal, "given": request.POST}
    return render(request, "people/param.html", shown, status=WRONG if refusal else 200)


def _set(request: HttpRequest, institution: str, name: str) -> Refusal | None:
    who, post = standing(request), request.POST
    done = local_params.set_param(
        congress_of(request),
        institution,
        name,
        post.get("value", ""),
        typed_day(post.get("since", "")),
        post.get("cite", ""),
        who.user,
        who.day,
    )
    if isinstance(done, Refusal):
        return done
    note(request, "param", f"设定参数：{done}")
    return None


def _param_page(request: HttpRequest, one: Institution, name: str) -> dict[str, Any]:
    congress, today = congress_of(request), standing(request).day
    rows = local_params.history(congress, one.key, name)
    now = next(
        (r for r in house.rules_of(congress, one.key).all_on(today) if r.name == name), rows[0]
    )
    setters = LocalParam.objects.filter(congress=congress, institution=one.key, name=name)
    return {
        "one": one,
        "now": now,
        "title": next((each.title for each in one.params if each.name == name), now.title),
        "now_text": local_params.as_text(now.value),
        "long": isinstance(now.value, list | dict),
        "bound": bounds.sentence(house.rules_of(congress, one.key), name, today),
        "today": today,
        "rows": [
            (row, local_params.as_text(row.value), one.cited(row.cite) or row.cite) for row in rows
        ],
        "setters": setters.select_related("set_by__person").order_by("-since", "-id"),
    }
