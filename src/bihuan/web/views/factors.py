"""Two-factor sign-in on screen: the code after the password, switching it on and off, and resetting a lost one."""

from __future__ import annotations

from typing import Any, cast

import segno
from axes.handlers.proxy import AxesProxyHandler
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from bihuan.loop.forms import Refusal
from bihuan.people import second_factor
from bihuan.people.devices import Totp
from bihuan.people.models import ROLES, User
from bihuan.web import provider
from bihuan.web.events import note
from bihuan.web.standing import only, standing
from bihuan.web.views import session
from bihuan.web.views.people import WRONG, congress_of, page_of, searched

# Signing in


@never_cache
@require_http_methods(["GET", "POST"])
def code(request: HttpRequest) -> HttpResponse:
    """Ask who gave the right password for his code; wrong ones count towards the lock-out as wrong passwords do."""
    user = session.half_in(request)
    if user is None:
        return redirect("sign-in")
    if not AxesProxyHandler.is_allowed(request, {"username": user.username}):
        return session.locked_out(request)
    if request.method == "GET":
        return _code_page(request)
    waits = second_factor.waits_until(user)
    if waits:
        seconds = int((waits - timezone.now()).total_seconds()) + 1
        return _code_page(request, _("刚才输错了，请等 %(n)d 秒再输") % {"n": seconds}, 429)
    return _try_code(request, user)


def _try_code(request: HttpRequest, user: User) -> HttpResponse:
    how = second_factor.verify(user, request.POST.get("code", ""))
    if how == "recovery":
        note(request, "second-factor", "用恢复码登录", user=user)
        left = second_factor.codes_left(user)
        messages.warning(request, _("这个恢复码已用掉，还剩 %(n)d 个。") % {"n": left})
    if how:
        return session.let_in(request, user)
    credentials = {"username": user.username}
    AxesProxyHandler.user_login_failed(__name__, credentials=credentials, request=request)
    note(request, "second-factor", f"验证码不对：{user.username}", user=user, ok=False)
    return _code_page(request, _(second_factor.WRONG), WRONG)


def _code_page(request: HttpRequest, error: str = "", status: int = 200) -> HttpResponse:
    return render(request, "session/code.html", {"error": error}, status=status)


# One's own


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def own(request: HttpRequest) -> HttpResponse:
    """Whether it is on; where not, the picture to scan, and a POST with the first code switches it on."""
    user = cast(User, request.user)
    if request.method == "GET":
        return _own_page(request, user)
    refusal = _not_himself(request, user)
    done = refusal or second_factor.confirm(user, request.POST.get("code", ""))
    if isinstance(done, Refusal):
        return _own_page(request, user, done)
    note(request, "second-factor", "开通两步验证")
    return _codes(request, done)


def _not_himself(request: HttpRequest, user: User) -> Refusal | None:
    """Whoever finds the screen open is not yet he; who signs in elsewhere need not know a password."""
    if provider.vouched(request) or user.check_password(request.POST.get("password", "")):
        return None
    return Refusal(_("密码不对，请重新输入"), "password")


def _own_page(request: HttpRequest, user: User, refusal: Refusal | None = None) -> HttpResponse:
    device, today = second_factor.device_of(user), standing(request).day
    shown: dict[str, Any] = {
        "device": device,
        "left": second_factor.codes_left(user),
        "required": second_factor.required(user, today),
        "vouched": provider.vouched(request),
        "refusal": refusal,
    }
    if device is None:
        shown |= _to_scan(second_factor.begin(user))
    return render(request, "session/second_factor.html", shown, status=WRONG if refusal else 200)


def _to_scan(device: Totp) -> dict[str, str]:
    address = device.config_url
    secret = address.partition("secret=")[2].partition("&")[0]
    return {
        "picture": segno.make(address, micro=False, error="m").svg_data_uri(scale=5, border=3),
        "secret": " ".join(secret[n : n + 4] for n in range(0, len(secret), 4)),
    }


def _codes(request: HttpRequest, codes: list[str]) -> HttpResponse:
    return render(request, "session/recovery_codes.html", {"codes": codes})


@login_required
@never_cache
@require_POST
def new_codes(request: HttpRequest) -> HttpResponse:
    """New recovery codes, against a code of the authenticator."""
    user = cast(User, request.user)
    refusal = _not_by_code(request, user)
    if refusal:
        return _own_page(request, user, refusal)
    note(request, "second-factor", "重新生成恢复码")
    return _codes(request, second_factor.issue_codes(user))


@login_required
@require_POST
def off(request: HttpRequest) -> HttpResponse:
    """Switch it off, against a code; not where the house requires it."""
    user = cast(User, request.user)
    if second_factor.required(user, standing(request).day):
        refusal: Refusal | None = Refusal(_("您的角色必须使用两步验证，不能关闭"), "code")
    else:
        refusal = _not_by_code(request, user)
    if refusal:
        return _own_page(request, user, refusal)
    second_factor.remove(user)
    note(request, "second-factor", "关闭两步验证")
    messages.success(request, _("已关闭两步验证"))
    return redirect("second-factor")


def _not_by_code(request: HttpRequest, user: User) -> Refusal | None:
    if second_factor.device_of(user) is None:
        return Refusal(_("两步验证还没有开通"), "code")
    if second_factor.verify(user, request.POST.get("code", "")):
        return None
    note(request, "second-factor", "验证码不对", ok=False)
    return Refusal(_(second_factor.WRONG), "code")


# The security administrator


@only("security_admin")
@require_GET
def everyone(request: HttpRequest) -> HttpResponse:
    """Who has it, and who must and has it not yet."""
    text = searched(request)
    users = User.objects.filter(congress=congress_of(request), is_active=True)
    if text:
        users = users.filter(username__icontains=text) | users.filter(person__name__icontains=text)
    page = page_of(request, users.select_related("person").order_by("username"))
    having = set(
        Totp.objects.filter(user__in=[one.pk for one in page], confirmed=True).values_list(
            "user_id", flat=True
        )
    )
    asked = second_factor.required_of(page, standing(request).day)
    rows = [(one, one.pk in having, one.pk in asked) for one in page]
    titles = [_(ROLES[role]) for role in settings.SECOND_FACTOR_ROLES if role in ROLES]
    shown = {"page": page, "rows": rows, "q": text, "roles": titles}
    return render(request, "people/second_factors.html", shown)


@only("security_admin")
@require_POST
def reset(request: HttpRequest, pk: int) -> HttpResponse:
    """Take away a lost second factor; his next sign-in is by password alone, or by setting it up anew."""
    user = get_object_or_404(User, pk=pk, congress=congress_of(request))
    if user.pk == request.user.pk:
        messages.error(request, _("不能重置自己的，请由另一位安全管理员办理"))
        return redirect("second-factors")
    second_factor.remove(user)
    note(request, "second-factor", f"重置两步验证：{user.username}")
    messages.success(request, _("已重置，请本人重新开通"))
    return redirect("second-factors")
