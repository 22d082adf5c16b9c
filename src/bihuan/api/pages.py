"""The pages of the interfaces: one's own, all of them for the system administrator, the reference."""

from __future__ import annotations

from typing import Any, cast

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from bihuan.api import calendars, meter, tokens, webhooks
from bihuan.api.main import api
from bihuan.api.models import SCOPES, Delivery, Subscription, Token
from bihuan.loop.forms import Refusal
from bihuan.matters import access
from bihuan.people.models import User
from bihuan.web.events import address_of, note
from bihuan.web.standing import institutions_of, only, standing, works
from bihuan.web.typed import typed_day

WRONG = 422
DELIVERIES = 50


def worker(request: HttpRequest) -> User:
    """The signed-in user, if he has a role in the work. Raises PermissionDenied."""
    if not works(standing(request)):
        raise PermissionDenied
    return cast(User, request.user)


# One's own


@login_required
@require_GET
def interfaces(request: HttpRequest) -> HttpResponse:
    """Own tokens, addresses told of acts, and the calendar."""
    return _page(request, worker(request))


def _page(
    request: HttpRequest, user: User, refusal: Refusal | None = None, of: str = ""
) -> HttpResponse:
    today = timezone.localdate()
    own = list(user.tokens.all()[:60])
    shown = {
        "tokens": [(one, one.works_on(today)) for one in own if "calendar" not in one.scopes],
        "calendars": [(one, one.works_on(today)) for one in own if "calendar" in one.scopes],
        "hooks": user.subscriptions.all()[:30],
        "institutions": institutions_of(standing(request)),
        "scopes": {key: title for key, title in SCOPES.items() if key != "calendar"},
        "today": today,
        "latest": today + tokens.LONGEST,
        "given": request.POST,
        "given_scopes": request.POST.getlist("scopes") or ["read"],
        "given_institutions": request.POST.getlist("institutions"),
        "refusal": refusal,
        "of": of,
    }
    return render(request, "api/interfaces.html", shown, status=WRONG if refusal else 200)


@login_required
@never_cache
@require_POST
def issue(request: HttpRequest) -> HttpResponse:
    """Issue a token; its text is on the answer and nowhere else."""
    user, post = worker(request), request.POST
    done = tokens.issue(
        user,
        post.get("name", ""),
        [word for word in post.getlist("scopes") if word != "calendar"],
        post.getlist("institutions"),
        typed_day(post.get("expires_on", "")),
        timezone.localdate(),
    )
    if isinstance(done, Refusal):
        return _page(request, user, done, "token")
    token, text = done
    note(request, "account", f"签发接口令牌：{token.name}（{'、'.join(token.scopes)}）")
    return render(request, "api/secret.html", {"kind": "token", "name": token.name, "text": text})


@login_required
@never_cache
@require_POST
def issue_calendar(request: HttpRequest) -> HttpResponse:
    """A secret address of the own calendar."""
    user = worker(request)
    done = tokens.issue(user, "日历订阅", ["calendar"], [], None, timezone.localdate())
    if isinstance(done, Refusal):
        return _page(request, user, done, "calendar")
    note(request, "account", "签发日历订阅地址")
    address = request.build_absolute_uri(reverse("calendar", args=[done[1]]))
    return render(request, "api/secret.html", {"kind": "calendar", "text": address})


@login_required
@require_POST
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """Revoke one's own token or calendar address."""
    token = get_object_or_404(Token, pk=pk, user=worker(request))
    tokens.revoke(token)
    note(request, "account", f"停用接口令牌：{token.name}")
    messages.success(request, _("已停用，即时生效"))
    return redirect("interfaces")


@login_required
@never_cache
@require_POST
def subscribe(request: HttpRequest) -> HttpResponse:
    """Have an address told of acts; the signing secret is on the answer."""
    user, post = worker(request), request.POST
    done = webhooks.subscribe(
        user, post.get("name", ""), post.get("url", "").strip(), post.getlist("institutions")
    )
    if isinstance(done, Refusal):
        return _page(request, user, done, "hook")
    note(request, "account", f"登记通知地址：{done.url}")
    shown = {"kind": "hook", "name": done.name, "text": webhooks.secret_of(done)}
    return render(request, "api/secret.html", shown)


@login_required
@require_GET
def hook(request: HttpRequest, pk: int) -> HttpResponse:
    """One address: what was sent to it and how that went."""
    one = get_object_or_404(Subscription, pk=pk, user=worker(request))
    rows = one.deliveries.select_related("act__matter")[:DELIVERIES]
    mine = set(
        access.visible(standing(request))
        .filter(pk__in=[row.act.matter_id for row in rows])
        .values_list("pk", flat=True)
    )
    shown = {
        "one": one,
        "rows": [(row, row.act.matter_id in mine, Delivery.STATES[row.state]) for row in rows],
    }
    return render(request, "api/hook.html", shown)


@login_required
@never_cache
@require_POST
def rotate(request: HttpRequest, pk: int) -> HttpResponse:
    """A new signing secret; the old one holds for a day."""
    one = get_object_or_404(Subscription, pk=pk, user=worker(request), ended_at=None)
    text = webhooks.rotate(one)
    note(request, "account", f"更换通知地址的签名密钥：{one.url}")
    return render(request, "api/secret.html", {"kind": "rotated", "name": one.name, "text": text})


@login_required
@require_POST
def unsubscribe(request: HttpRequest, pk: int) -> HttpResponse:
    """No more notices to this address."""
    one = get_object_or_404(Subscription, pk=pk, user=worker(request))
    webhooks.end(one)
    note(request, "account", f"停用通知地址：{one.url}")
    messages.success(request, _("已停用，即时生效"))
    return redirect("interfaces")


@login_required
@require_POST
def again(request: HttpRequest, pk: int) -> HttpResponse:
    """Send one notice once more."""
    mine = Delivery.objects.filter(subscription__user=worker(request))
    row = get_object_or_404(mine, pk=pk, subscription__ended_at=None)
    webhooks.send_again(row)
    messages.success(request, _("已排队，稍后重发"))
    return redirect("hook", row.subscription_id)


# The system administrator's


@only("system_admin")
@require_GET
def all_interfaces(request: HttpRequest) -> HttpResponse:
    """Whose programs come in and who is told outside: never what they read."""
    congress, today = cast(User, request.user).congress, timezone.localdate()
    rows = Token.objects.filter(user__congress=congress).select_related("user__person")
    hooks = Subscription.objects.filter(user__congress=congress).select_related("user__person")
    shown = {
        "tokens": [(one, one.works_on(today)) for one in rows[:200]],
        "hooks": hooks[:200],
        "scope_titles": SCOPES,
    }
    return render(request, "api/all.html", shown)


@only("system_admin")
@require_POST
def revoke_any(request: HttpRequest, pk: int) -> HttpResponse:
    """Revoke anybody's token."""
    congress = cast(User, request.user).congress
    token = get_object_or_404(Token, pk=pk, user__congress=congress)
    tokens.revoke(token)
    note(request, "account", f"停用 {token.user.username} 的接口令牌：{token.name}")
    messages.success(request, _("已停用，即时生效"))
    return redirect("all-interfaces")


@only("system_admin")
@require_POST
def end_any(request: HttpRequest, pk: int) -> HttpResponse:
    """End anybody's notices."""
    congress = cast(User, request.user).congress
    one = get_object_or_404(Subscription, pk=pk, user__congress=congress)
    webhooks.end(one, "系统管理员停用")
    note(request, "account", f"停用 {one.user.username} 的通知地址：{one.url}")
    messages.success(request, _("已停用，即时生效"))
    return redirect("all-interfaces")


# For programs and for those who write them


@require_GET
def calendar(request: HttpRequest, secret: str) -> HttpResponse:
    """The calendar behind a secret address; nothing is said of an address that is none."""
    wait = meter.take(f"calendar:{address_of(request)}", settings.OPEN_PER_MINUTE)
    if wait:
        return HttpResponse(status=429, headers={"Retry-After": str(wait)})
    token = tokens.find(secret, timezone.localdate())
    if token is None or token.scopes != ["calendar"] or token.user.must_change_password:
        return HttpResponse(status=404, content_type="text/plain")
    tokens.used(token, address_of(request))
    root = request.build_absolute_uri("/").rstrip("/")
    content = calendars.feed(access.standing_of(token.user, timezone.localdate()), root)
    headers = {"Cache-Control": "private, max-age=900", "X-Robots-Tag": "noindex"}
    return HttpResponse(content, content_type="text/calendar; charset=utf-8", headers=headers)


@require_GET
def reference(request: HttpRequest) -> HttpResponse:
    """Every operation with what it takes and answers, drawn from the OpenAPI document itself."""
    document = api.get_openapi_schema()
    operations = [
        {"method": method.upper(), "path": where, "id": f"op-{n}-{method}", **told}
        for n, (where, of) in enumerate(document["paths"].items())
        for method, told in of.items()
    ]
    schemas = [
        (name, _properties(told)) for name, told in document["components"]["schemas"].items()
    ]
    shown = {"operations": operations, "schemas": schemas, "document": document}
    return render(request, "api/reference.html", shown)


def _properties(told: dict[str, Any]) -> list[tuple[str, str, bool, str]]:
    required = set(told.get("required", []))
    return [
        (name, _type(one), name in required, str(one.get("description", "")))
        for name, one in told.get("properties", {}).items()
    ]


def _type(one: dict[str, Any]) -> str:
    """A schema's type in a few words."""
    if "$ref" in one:
        return str(one["$ref"]).rsplit("/", 1)[-1]
    if "anyOf" in one:
        return " | ".join(_type(part) for part in one["anyOf"])
    if one.get("type") == "array":
        return f"[{_type(one.get('items', {}))}]"
    return str(one.get("format") or one.get("type") or "any")
