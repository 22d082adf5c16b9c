"""Signing in by the area's identity provider (OpenID Connect), for accounts that an administrator has linked."""

from __future__ import annotations

from typing import cast

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from bihuan.loop.forms import Refusal
from bihuan.people import accounts
from bihuan.people.models import User
from bihuan.web import provider
from bihuan.web.events import note
from bihuan.web.standing import only
from bihuan.web.views import session
from bihuan.web.views.people import WRONG, congress_of


@never_cache
@require_GET
def begin(request: HttpRequest) -> HttpResponse:
    """To the provider, with a state, a nonce and a challenge of which this browser's session knows the answers."""
    client = provider.client()
    if request.user.is_authenticated:
        return redirect("today")
    here = request.build_absolute_uri(reverse("sign-in-back"))
    try:
        return cast(HttpResponse, client.authorize_redirect(request, here))
    except provider.UNREACHABLE:
        return _no(request, _("统一身份认证现在连不上，请用用户名和密码登录"), "连不上", 503)


@never_cache
@require_GET
def back(request: HttpRequest) -> HttpResponse:
    """From the provider: whom it names, if the token holds and an account is linked with that name."""
    try:
        claims, token = provider.proved(request)
    except provider.UNREACHABLE:
        return _no(request, _("统一身份认证现在连不上，请用用户名和密码登录"), "连不上", 503)
    except provider.UNTRUE as error:
        say = _("统一身份认证没有通过，请重新登录；还是不行，请联系系统管理员")
        return _no(request, say, f"令牌或请求不可信（{type(error).__name__}）")
    name = str(claims.get(settings.OIDC_CLAIM) or "")
    user = User.objects.filter(single_name=name).first() if name else None
    if user is None or not user.is_active:
        say = _("您的统一身份还没有和本平台的账号挂接，请联系系统管理员")
        return _no(request, say, f"没有挂接的账号：{name[:100]}", user=user)
    return session.enter(request, user, "统一身份认证登录", token)


def _no(
    request: HttpRequest, say: str, why: str, status: int = 403, user: User | None = None
) -> HttpResponse:
    note(request, "sign-in", f"统一身份认证登录失败：{why}", user=user, ok=False)
    return session.sign_in_page(request, say, status=status)


@only("system_admin")
@require_http_methods(["GET", "POST"])
def link(request: HttpRequest, pk: int) -> HttpResponse:
    """Link an account with the name by which the provider knows its owner, or with none."""
    user = get_object_or_404(User, pk=pk, congress=congress_of(request))
    given = request.POST.get("name", "") if request.method == "POST" else user.single_name or ""
    refusal = accounts.link(user, given) if request.method == "POST" else None
    if request.method == "POST" and refusal is None:
        note(request, "account", f"挂接统一身份：{user.username} → {user.single_name or '无'}")
        messages.success(request, _("已保存"))
        return redirect("users")
    return _link_page(request, user, given, refusal)


def _link_page(
    request: HttpRequest, user: User, given: str, refusal: Refusal | None
) -> HttpResponse:
    shown = {"account": user, "given": given, "refusal": refusal, "claim": settings.OIDC_CLAIM}
    return render(request, "people/link.html", shown, status=WRONG if refusal else 200)
