"""Signing in and out, the own password, language and type size."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any, cast

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import authenticate, login, logout, update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.contrib.auth.forms import SetPasswordForm
from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from bihuan.people import second_factor
from bihuan.people.models import User
from bihuan.web import provider
from bihuan.web.events import note

BY_PASSWORD = "django.contrib.auth.backends.ModelBackend"
HALF_IN = "half_in"
HALF_IN_SECONDS = 300
"""Between password and code: as long as it takes to find the telephone."""


@require_GET
def root(request: HttpRequest) -> HttpResponse:
    """To today's page, or to sign in."""
    return redirect("today" if request.user.is_authenticated else "sign-in")


@require_GET
def healthy(request: HttpRequest) -> HttpResponse:
    """`ok`, for whatever watches over the process."""
    return HttpResponse("ok", content_type="text/plain")


@never_cache
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Ask for name and password; after five wrong ones the door stays shut for a while."""
    if request.user.is_authenticated:
        return redirect("today")
    if request.method == "POST":
        return _try_password(request)
    return sign_in_page(request)


def _try_password(request: HttpRequest) -> HttpResponse:
    username = request.POST.get("username", "").strip()
    password = request.POST.get("password", "")
    if not username or not password:
        return sign_in_page(request, _("请填写用户名和密码"), username, status=422)
    user = authenticate(request, username=username, password=password)
    if getattr(request, "axes_locked_out", False):
        return locked_out(request)
    if user is None:
        note(request, "sign-in", f"登录失败：{username[:40]}", user=_known(username), ok=False)
        say = _("用户名或密码不对，请重新输入。连续输错 %(n)d 次将暂停登录一刻钟。")
        return sign_in_page(request, say % {"n": settings.AXES_FAILURE_LIMIT}, username, status=422)
    return enter(request, user)


def _known(username: str) -> User | None:
    return User.objects.filter(username=username).first()


def sign_in_page(
    request: HttpRequest, error: str = "", username: str = "", status: int = 200
) -> HttpResponse:
    """The page, with what went wrong."""
    shown = {
        "error": error,
        "username": username,
        "next": request.POST.get("next") or request.GET.get("next", ""),
        "cast": demo_cast(),
        "provider": settings.OIDC_NAME if settings.OIDC_ISSUER else "",
    }
    return render(request, "session/sign_in.html", shown, status=status)


def enter(request: HttpRequest, user: User, how: str = "登录", token: str = "") -> HttpResponse:
    """In, or half in: who has a second factor is asked for it first. `token`: what the identity provider gave."""
    request.session.pop(provider.KEPT_AS, None)
    if token:
        request.session[provider.KEPT_AS] = token
    if second_factor.device_of(user) is None:
        return let_in(request, user, how)
    request.session[HALF_IN] = {
        "user": user.pk,
        "at": timezone.now().timestamp(),
        "password": user.get_session_auth_hash(),
        "how": how,
        "next": request.POST.get("next", ""),
    }
    return redirect("sign-in-code")


def half_in(request: HttpRequest) -> User | None:
    """Who gave the right password a few minutes ago at most, and still has that password."""
    kept = request.session.get(HALF_IN)
    if not kept or timezone.now().timestamp() - kept["at"] > HALF_IN_SECONDS:
        return None
    user = User.objects.filter(pk=kept["user"], is_active=True).first()
    if user is None or not constant_time_compare(user.get_session_auth_hash(), kept["password"]):
        return None
    return user


def let_in(request: HttpRequest, user: User, how: str = "登录") -> HttpResponse:
    """Begin the session and go to the page asked for."""
    kept = request.session.pop(HALF_IN, None) or {}
    login(request, user, backend=BY_PASSWORD)
    note(request, "sign-in", kept.get("how", how), user=user)
    wanted = kept.get("next") or request.POST.get("next", "")
    return _in_language(_back(request, "today", wanted), user.language)


def demo_cast() -> list[dict[str, str]]:
    """The demonstration's people as its builder wrote them down; none outside a demonstration."""
    kept = settings.HOME / "demo" / "cast.json"
    if not settings.DEMO or not kept.exists():
        return []
    return cast(list[dict[str, str]], json.loads(kept.read_text(encoding="utf-8")))


@require_POST
def sign_in_as(request: HttpRequest) -> HttpResponse:
    """One click signs in one of the demonstration's people. Does not exist outside a demonstration."""
    username = request.POST.get("username", "")
    if username not in {one["username"] for one in demo_cast()}:
        raise Http404
    user = User.objects.filter(username=username, is_active=True).first()
    if user is None:
        raise Http404
    return enter(request, user, "演示登录")


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session."""
    if request.user.is_authenticated:
        note(request, "sign-out", "退出登录")
    token = request.session.get(provider.KEPT_AS, "")
    logout(request)
    return provider.sign_out(request, token) or redirect("sign-in")


def locked_out(request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
    """Too many wrong passwords: how long to wait, and what else to do."""
    asking = half_in(request)
    username = asking.username if asking else request.POST.get("username", "")[:40]
    note(
        request, "lock-out", f"连续输错密码，暂停登录：{username}", user=_known(username), ok=False
    )
    wait = timedelta(hours=settings.AXES_COOLOFF_TIME)
    minutes = int(wait.total_seconds() // 60)
    return render(request, "session/locked_out.html", {"minutes": minutes}, status=429)


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def password(request: HttpRequest) -> HttpResponse:
    """Replace the own password. Who came in with a one-time password must, before anything else."""
    user = cast(User, request.user)
    errors = _change(request, user) if request.method == "POST" else {}
    if request.method == "POST" and not errors:
        note(request, "password", "修改密码")
        messages.success(request, _("密码已修改"))
        return redirect("today")
    return render(
        request, "session/password.html", {"errors": errors}, status=422 if errors else 200
    )


def _change(request: HttpRequest, user: User) -> dict[str, list[str]]:
    """Field → what is wrong. Nothing wrong: the new password is set and this session goes on."""
    new = request.POST.get("new", "")
    if not user.check_password(request.POST.get("old", "")):
        return {"old": [_("原密码不对，请重新输入")]}
    if new == request.POST.get("old"):
        return {"new": [_("新密码要和原密码不同")]}
    asked = {"new_password1": new, "new_password2": request.POST.get("again", "")}
    form: SetPasswordForm[User] = SetPasswordForm(user, asked)
    if not form.is_valid():
        names = {"new_password1": "new", "new_password2": "again"}
        return {
            names.get(name, name): [str(say) for say in says] for name, says in form.errors.items()
        }
    user.must_change_password = False
    form.save()
    update_session_auth_hash(request, user)
    return {}


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Switch the language and stay on the page."""
    chosen = request.POST.get("language", "")
    if chosen not in dict(settings.LANGUAGES):
        raise Http404
    if isinstance(request.user, User):
        request.user.language = chosen
        request.user.save(update_fields=["language"])
    return _in_language(_back(request, "root"), chosen)


def _in_language(answer: HttpResponseRedirect, chosen: str) -> HttpResponseRedirect:
    answer.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        chosen,
        max_age=365 * 86400,
        secure=settings.SECURE_COOKIES,
        samesite="Lax",
    )
    return answer


@require_POST
def large_type(request: HttpRequest) -> HttpResponse:
    """Larger type on, or off again."""
    if isinstance(request.user, User):
        request.user.large_type = not request.user.large_type
        request.user.save(update_fields=["large_type"])
    else:
        request.session["large_type"] = not request.session.get("large_type", False)
    return _back(request, "root")


def _back(request: HttpRequest, otherwise: str, wanted: str = "") -> HttpResponseRedirect:
    """To the page asked for (by `next`), if it is one of ours."""
    wanted = wanted or request.POST.get("next", "")
    if wanted and url_has_allowed_host_and_scheme(
        wanted, {request.get_host()}, require_https=request.is_secure()
    ):
        return HttpResponseRedirect(wanted)
    return redirect(otherwise)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400, or 413 where what was sent is too much."""
    if isinstance(exception, RequestDataTooBig):
        return render(request, "413.html", status=413)
    return render(request, "400.html", status=400)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that stood open too long, or was not ours."""
    return render(request, "csrf_failure.html", status=403)
