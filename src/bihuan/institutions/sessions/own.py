"""What a member does himself, mostly on his phone: ask to speak, ask for leave, take either back."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from bihuan.institutions.sessions import presence, speaking
from bihuan.institutions.sessions.models import CommitteeSession
from bihuan.institutions.sessions.pages import seen
from bihuan.institutions.sessions.readers import is_own
from bihuan.loop.forms import Refusal, storable
from bihuan.matters.access import Standing
from bihuan.matters.act import key_of
from bihuan.people.models import Person
from bihuan.web.standing import standing


@seen
@require_POST
def mine(request: HttpRequest, session: CommitteeSession) -> HttpResponseBase:
    """One wish of the member who is signed in."""
    who = standing(request)
    if not is_own(who) or who.user.person is None:
        raise PermissionDenied
    done, well = _wish(request, who, who.user.person, session)
    if isinstance(done, Refusal):
        messages.error(request, done.say)
    else:
        messages.success(request, well)
    return redirect("sessions:session", session.pk)


def _wish(
    request: HttpRequest, who: Standing, person: Person, session: CommitteeSession
) -> tuple[Any, str]:
    what, key = request.POST.get("what", ""), key_of(request.POST.get("row", ""))
    if what == "speak":
        item = get_object_or_404(session.items.select_related("session"), pk=key)
        return speaking.sign_up(item, person, who.user), _("已报名发言")
    if what == "off":
        speech = get_object_or_404(speaking.speeches_of(session).filter(person=person), pk=key)
        return speaking.withdraw(speech, who.user, timezone.now()), _("已取消报名")
    if what == "leave":
        reason = request.POST.get("reason", "")
        reason = reason if storable(reason) else ""
        return presence.ask_leave(session, person, reason, who.user, who.day), _("已提出请假")
    if what == "come":
        leave = get_object_or_404(session.leaves.filter(person=person, struck_at=None))
        presence.take_back_leave(leave, who.user, timezone.now())
        return None, _("已销假")
    return Refusal(_("不知道要做什么，请从页面上的按钮操作")), ""
