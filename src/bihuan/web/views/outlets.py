"""Reminders outside the program on screen: a person's choices, the house's gateways, the log of what was sent."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from bihuan.loop.forms import Refusal
from bihuan.matters import access
from bihuan.matters.act import key_of
from bihuan.people.models import Body, Event, Grant, User
from bihuan.reminders import gateways, outlets
from bihuan.reminders.models import (
    CHANNELS,
    KINDS,
    MESSAGE_STATES,
    ROBOTS,
    Gateway,
    Message,
    Outlet,
)
from bihuan.reminders.rules import reminding_of
from bihuan.web.events import note
from bihuan.web.standing import only, standing, works
from bihuan.web.views.people import WRONG, congress_of, page_of

WORDS = (
    gettext_noop("电子邮件"),
    gettext_noop("短信"),
    gettext_noop("企业微信群机器人"),
    gettext_noop("钉钉群机器人"),
    gettext_noop("飞书群机器人"),
    gettext_noop("待发"),
    gettext_noop("正在发"),
    gettext_noop("已发出"),
    gettext_noop("没有发出"),
    gettext_noop("不能确定"),
    gettext_noop("不必发"),
    gettext_noop("发送提醒"),
    gettext_noop("清理发送记录"),
)
"""Kept in Chinese where they are declared (reminders/models.py, settings.py), said in the page's language here."""
OWN = ("mail", "sms")
TESTS_AN_HOUR = 10
TESTED = "试发："

# A person's own


def _worker(request: HttpRequest) -> User:
    if not works(standing(request)):
        raise PermissionDenied
    return cast(User, request.user)


@login_required
@require_http_methods(["GET", "POST"])
def choices(request: HttpRequest) -> HttpResponse:
    """His channels, what he gets by each, when he is left alone; a POST keeps what he chose."""
    user = _worker(request)
    if request.method == "GET":
        return _choices_page(request, user)
    refusal = _keep(request, user)
    if refusal:
        return _choices_page(request, user, refusal, "own")
    note(request, "outlet", "修改提醒的接收设置")
    messages.success(request, _("已保存"))
    return redirect("reminder-choices")


def _keep(request: HttpRequest, user: User) -> Refusal | None:
    post = request.POST
    quiet = outlets.parse_quiet(
        post.get("quiet_from", ""), post.get("quiet_to", ""), "quiet_days_off" in post
    )
    if isinstance(quiet, Refusal):
        return quiet
    for channel in OWN:
        kinds = post.getlist(channel)
        if not kinds and not user.outlets.filter(channel=channel).exists():
            continue
        done = outlets.choose(user, channel, kinds, quiet, timezone.now())
        if isinstance(done, Refusal):
            return done
    outlets.hush(user, quiet)
    return None


def _choices_page(
    request: HttpRequest, user: User, refusal: Refusal | None = None, of: str = ""
) -> HttpResponse:
    who, congress = standing(request), congress_of(request)
    open_now = gateways.offered(congress)
    own = {one.channel: one for one in user.outlets.filter(channel__in=OWN)}
    shown = {
        "channels": [_channel(request, user, one, own) for one in OWN if one in open_now],
        "hush": outlets.quiet_of(user),
        "robots": _robots(user, who).order_by("pk"),
        "robot_channels": {one: CHANNELS[one] for one in ROBOTS if one in open_now},
        "bodies": _bodies(who),
        "kinds": {key: _(title) for key, title in KINDS.items()},
        "rules": reminding_of(congress, who.day),
        "given": request.POST,
        "given_kinds": request.POST.getlist("kinds") or list(KINDS),
        "refusal": refusal,
        "of": of,
    }
    return render(request, "reminders/choices.html", shown, status=WRONG if refusal else 200)


def _channel(
    request: HttpRequest, user: User, channel: str, own: dict[str, Outlet]
) -> tuple[str, str, str, list[str], Outlet | None]:
    """Key, title, address, the kinds ticked, and the outlet itself where it is on."""
    outlet = own.get(channel)
    ticked = request.POST.getlist(channel)
    if request.method == "GET":
        ticked = outlet.kinds if outlet and outlet.on else []
    address = gateways.address_of(outlet or Outlet(user=user, channel=channel))
    return channel, CHANNELS[channel], address, ticked, outlet if outlet and outlet.on else None


def _bodies(who: access.Standing) -> QuerySet[Body]:
    """The bodies whose contact he is: their groups are his to connect."""
    grants = Grant.objects.filter(Grant.on(who.day), user=who.user, role__in=access.BY_BODY)
    return Body.objects.filter(pk__in=grants.values("body")).order_by("path")


def _robots(user: User, who: access.Standing) -> QuerySet[Outlet]:
    own = Q(user=user) | Q(body__in=_bodies(who))
    return Outlet.objects.filter(own, on=True, channel__in=ROBOTS).select_related("body")


@login_required
@require_POST
def robot(request: HttpRequest) -> HttpResponse:
    """Connect a group's robot, his own or a body's whose contact he is."""
    user, post, who = _worker(request), request.POST, standing(request)
    owner: User | Body | None = user
    if post.get("body"):
        owner = _bodies(who).filter(pk=key_of(post["body"])).first()
    if owner is None:
        return _choices_page(request, user, Refusal(_("请从列表中选择单位"), "body"), "robot")
    done = outlets.set_robot(
        owner,
        post.get("channel", ""),
        post.get("address", ""),
        post.get("secret", ""),
        post.getlist("kinds"),
        user,
        timezone.now(),
    )
    if isinstance(done, Refusal):
        return _choices_page(request, user, done, "robot")
    note(request, "outlet", f"登记{done.get_channel_display()}：{done.body or user}")
    messages.success(request, _("已登记，地址已加密保存，不再显示。可以先试发一条。"))
    return redirect("reminder-choices")


def _mine(request: HttpRequest, pk: int) -> Outlet:
    """An outlet that is his to try or to end. Raises Http404."""
    user, who = _worker(request), standing(request)
    mine = Q(user=user) | Q(body__in=_bodies(who))
    return get_object_or_404(Outlet.objects.filter(mine, on=True), pk=pk)


@login_required
@require_POST
def test(request: HttpRequest, pk: int) -> HttpResponse:
    """Send him a test."""
    _tell(request, _mine(request, pk))
    return redirect("reminder-choices")


def _tell(request: HttpRequest, outlet: Outlet) -> None:
    """Send a test and say how it went; ten an hour, for each may cost money."""
    hour = timezone.now() - timedelta(hours=1)
    mine = Event.objects.filter(user=cast(User, request.user), kind="outlet", at__gte=hour)
    if mine.filter(what__startswith=TESTED).count() >= TESTS_AN_HOUR:
        messages.error(request, _("一小时最多试发 %(n)d 条，请稍后再试") % {"n": TESTS_AN_HOUR})
        return
    reason = outlets.test(outlet)
    note(request, "outlet", f"{TESTED}{outlet.get_channel_display()}", ok=not reason)
    if reason:
        messages.error(request, _("没有发出：%(why)s") % {"why": reason})
    else:
        messages.success(request, _("已发出，请查收"))


@login_required
@require_POST
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    """No more by this channel; a robot's address is forgotten."""
    return _remove(request, _mine(request, pk), "reminder-choices")


def _remove(request: HttpRequest, outlet: Outlet, to: str) -> HttpResponse:
    outlets.remove(outlet)
    note(request, "outlet", f"停用{outlet.get_channel_display()}：{outlet.body or outlet.user}")
    messages.success(request, _("已停用，地址已删去"))
    return redirect(to)


# The house's


@only("system_admin")
@require_GET
def house(request: HttpRequest) -> HttpResponse:
    """Which channels there are, where they lead, which the congress uses, and whose groups are connected."""
    congress = congress_of(request)
    on = set(gateways.offered(congress))
    rows = Outlet.objects.filter(congress=congress, on=True)
    shown = {
        "gateways": [
            (
                key,
                title,
                gateways.configured(key),
                gateways.host_of(key),
                key in on,
                rows.filter(channel=key).count(),
                key in OWN,
            )
            for key, title in CHANNELS.items()
        ],
        "robots": rows.filter(channel__in=ROBOTS).select_related("user__person", "body"),
    }
    return render(request, "reminders/gateways.html", shown)


def _known(channel: str) -> str:
    if channel not in CHANNELS:
        raise Http404
    return channel


@only("system_admin")
@require_POST
def switch(request: HttpRequest, channel: str) -> HttpResponse:
    """Use a channel no more, or again; what waits for it is not sent."""
    congress, key = congress_of(request), _known(channel)
    row, _made = Gateway.objects.get_or_create(congress=congress, channel=key)
    row.on = not row.on
    row.save(update_fields=["on"])
    note(request, "outlet", f"{'启用' if row.on else '停用'}渠道：{CHANNELS[key]}")
    messages.success(request, _("已启用") if row.on else _("已停用"))
    return redirect("gateways")


@only("system_admin")
@require_POST
def gateway_test(request: HttpRequest, channel: str) -> HttpResponse:
    """Send the administrator himself a test by the house's gateway."""
    if channel not in OWN:
        raise Http404
    user = cast(User, request.user)
    _tell(request, Outlet(congress=congress_of(request), user=user, channel=channel))
    return redirect("gateways")


@only("system_admin")
@require_POST
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """End anybody's robot: whoever connected it may have left."""
    rows = Outlet.objects.filter(congress=congress_of(request), channel__in=ROBOTS, on=True)
    return _remove(request, get_object_or_404(rows, pk=pk), "gateways")


@only("system_admin", "audit_admin")
@require_GET
def log(request: HttpRequest) -> HttpResponse:
    """What was sent outside, to whom, by what and how it ended: never what it said."""
    rows = Message.objects.filter(congress=congress_of(request))
    state, channel = request.GET.get("state", ""), request.GET.get("channel", "")
    rows = rows.filter(state=state) if state in MESSAGE_STATES else rows
    rows = rows.filter(outlet__channel=channel) if channel in CHANNELS else rows
    rows = rows.select_related("outlet__user__person", "outlet__body").order_by("-id")
    shown: dict[str, Any] = {
        "page": page_of(request, rows),
        "states": MESSAGE_STATES,
        "channels": CHANNELS,
        "state": state,
        "channel": channel,
    }
    return render(request, "reminders/messages.html", shown)
