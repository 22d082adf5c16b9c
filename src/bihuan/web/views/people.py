"""For the system administrator: users, and the registers of bodies, persons, posts, seats and days."""

from __future__ import annotations

from typing import Any, cast

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from bihuan.loop.forms import Refusal
from bihuan.matters.act import key_of
from bihuan.matters.recompute import recompute_limits
from bihuan.people import accounts
from bihuan.people.models import CalendarDay, Congress, Person, User
from bihuan.web.events import note
from bihuan.web.registers import REGISTERS, Register, own
from bihuan.web.standing import only

PAGE = 50
LONGEST_SEARCH = 60
WRONG = 422


def searched(request: HttpRequest) -> str:
    """What a list is searched for: as much as a name can be, for a longer pattern no database will look."""
    return request.GET.get("q", "").replace("\0", "").strip()[:LONGEST_SEARCH]


def congress_of(request: HttpRequest) -> Congress:
    """The congress of the signed-in user; none: there is nothing here for him."""
    congress = cast(User, request.user).congress
    if congress is None:
        raise Http404
    return congress


def page_of(request: HttpRequest, rows: QuerySet[Any]) -> Any:
    """The page asked for, 50 rows; beyond the last it is the last."""
    return Paginator(rows, PAGE).get_page(request.GET.get("page"))


@only("system_admin")
@require_GET
def users(request: HttpRequest) -> HttpResponse:
    """Users by name, with what they are."""
    return _users_page(request)


def _users_page(request: HttpRequest, refusal: Refusal | None = None) -> HttpResponse:
    congress, text = congress_of(request), searched(request)
    rows = User.objects.filter(
        Q(username__icontains=text) | Q(person__name__icontains=text), congress=congress
    )
    shown = {
        "page": page_of(request, rows.select_related("person").order_by("username")),
        "persons": Person.objects.filter(congress=congress, users=None).order_by("name"),
        "refusal": refusal,
        "given": request.POST,
        "provider": bool(settings.OIDC_ISSUER),
        "q": text,
    }
    return render(request, "people/users.html", shown, status=WRONG if refusal else 200)


@only("system_admin")
@never_cache
@require_POST
def open_account(request: HttpRequest) -> HttpResponse:
    """Open an account and show its one-time password, this once."""
    congress = congress_of(request)
    key = request.POST.get("person", "")
    person = own(Person, congress).filter(pk=key_of(key)).first()
    if person is None:
        return _users_page(request, Refusal(_("请选择这个用户是谁"), "person"))
    opened = accounts.open_account(congress, request.POST.get("username", ""), person)
    if isinstance(opened, Refusal):
        return _users_page(request, opened)
    user, password = opened
    note(request, "account", f"开户：{user.username}（{person.name}）")
    return _one_time(request, user, password)


@only("system_admin")
@never_cache
@require_POST
def reset_password(request: HttpRequest, pk: int) -> HttpResponse:
    """Replace a forgotten password by a one-time one, shown this once."""
    user = _user(request, pk)
    password = accounts.reset_password(user)
    note(request, "account", f"重置密码：{user.username}")
    return _one_time(request, user, password)


def _one_time(request: HttpRequest, user: User, password: str) -> HttpResponse:
    return render(request, "people/one_time.html", {"account": user, "password": password})


@only("system_admin")
@require_POST
def switch(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a user in no more, or again."""
    user = _user(request, pk)
    if user.pk == request.user.pk:
        messages.error(request, _("不能停用自己，请由另一位系统管理员办理"))
        return redirect("users")
    accounts.switch(user, not user.is_active)
    done = "启用" if user.is_active else "停用"
    note(request, "account", f"{done}：{user.username}")
    messages.success(request, _("已启用") if user.is_active else _("已停用"))
    return redirect("users")


def _user(request: HttpRequest, pk: int) -> User:
    return get_object_or_404(User, pk=pk, congress=congress_of(request))


@only("system_admin")
@require_GET
def register(request: HttpRequest, key: str) -> HttpResponse:
    """One register's rows."""
    one, text = _register(key), searched(request)
    page = page_of(request, one.rows(congress_of(request), text))
    rows = [(row.pk, one.cells(row)) for row in page]
    shown = {
        "register": one,
        "registers": REGISTERS.values(),
        "page": page,
        "rows": rows,
        "q": text,
    }
    return render(request, "people/register.html", shown)


@only("system_admin")
@require_http_methods(["GET", "POST"])
def entry(request: HttpRequest, key: str, pk: int | None = None) -> HttpResponse:
    """Add a row to a register, or change one."""
    one, congress = _register(key), congress_of(request)
    row = get_object_or_404(one.rows(congress), pk=pk) if pk else None
    form = one.form(congress, request.POST or None, instance=row)
    if request.method == "POST" and form.is_valid():
        saved = form.save()
        note(request, "register", f"{'修改' if pk else '登记'}{one.title}：{saved}")
        messages.success(request, _("已保存"))
        if isinstance(saved, CalendarDay):
            _reckon_anew(request, congress)
        return redirect("register", key)
    status = WRONG if form.errors else 200
    return render(
        request, "people/entry.html", {"register": one, "form": form, "row": row}, status=status
    )


def _reckon_anew(request: HttpRequest, congress: Congress) -> None:
    """A corrected calendar moves open limits. Each move is an act in its matter's trail; here only their
    number is told, for whoever keeps the calendar does not read the matters.
    """
    moved = recompute_limits(congress, None, timezone.localdate())
    note(request, "register", f"按改过的日历重算时限：{len(moved)} 个日期有变")
    messages.info(
        request, _("办理中的时限已按新的日历重算，%(n)d 个日期有变。") % {"n": len(moved)}
    )


def _register(key: str) -> Register:
    try:
        return REGISTERS[key]
    except KeyError:
        raise Http404 from None
