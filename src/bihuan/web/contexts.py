"""What every page needs around its content: whose house it is, who is looking, and where he can go."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

import bihuan
from bihuan.loop.spec import Institution
from bihuan.matters.access import Standing, may_raise
from bihuan.matters.models import Seal
from bihuan.people.models import Congress, User
from bihuan.reminders.inbox import unread
from bihuan.web import rooms
from bihuan.web.standing import institutions_of, standing, works


def house(request: HttpRequest) -> dict[str, Any]:
    """`menu` (by group), `congress`, `standing`, `unread`, `works`, `large`, `version`, `seal`, `demo`.

    Everything that asks the database is lazy: a page that does not show it does not pay for it.
    """
    user = getattr(request, "user", None)
    if not isinstance(user, User) or not user.is_authenticated:
        return _for_anyone(request)
    who = standing(request)
    return {
        **_for_anyone(request),
        "standing": who,
        "works": works(who),
        "menu": grouped(institutions_of(who), rooms.entries(who)),
        "writing": first_to_write(who) if who.has("deputy") else None,
        "unread": SimpleLazyObject(lambda: unread(who)),
        "congress": user.congress,
        "large": user.large_type,
        "seal": SimpleLazyObject(lambda: last_seal(user.congress)),
    }


def _for_anyone(request: HttpRequest) -> dict[str, Any]:
    session = getattr(request, "session", {})
    return {
        "large": session.get("large_type", False),
        "version": bihuan.__version__,
        "demo": settings.DEMO,
    }


Group = tuple[str, list[Institution], list[rooms.Entry]]


def grouped(institutions: list[Institution], entries: list[rooms.Entry]) -> list[Group]:
    """By the group they declare, groups in the order of their first member; pages of their own come first."""
    groups: dict[str, Group] = {}
    for one in institutions:
        groups.setdefault(one.group, (one.group, [], []))[1].append(one)
    for entry in entries:
        groups.setdefault(entry.group, (entry.group, [], []))[2].append(entry)
    return list(groups.values())


def first_to_write(who: Standing) -> tuple[str, str] | None:
    """What a deputy writes first of all: institution and act, for the bar at the foot of his phone."""
    return next(
        ((one.key, offer.act.id) for one in institutions_of(who) for offer in may_raise(who, one)),
        None,
    )


def last_seal(congress: Congress | None) -> Seal | None:
    """The newest seal over this congress's acts, if any was made yet."""
    return Seal.objects.filter(congress=congress).order_by("-size", "-id").first()
