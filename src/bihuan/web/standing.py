"""What the user of a request is today: reckoned once a request, and asked for everywhere."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils import timezone

from bihuan.loop.spec import Institution
from bihuan.matters import access, house
from bihuan.matters.act import Doer
from bihuan.matters.models import Matter
from bihuan.people.models import ADMINISTRATORS, User
from bihuan.web import language

KEPT_AS = "_standing"
View = Callable[..., HttpResponseBase]


def standing(request: HttpRequest) -> access.Standing:
    """The standing of the request's user on the local date, kept on the request (≤ 3 queries in all)."""
    kept = getattr(request, KEPT_AS, None)
    if kept is None:
        kept = access.standing_of(cast(User, request.user), timezone.localdate())
        setattr(request, KEPT_AS, kept)
    return cast(access.Standing, kept)


def works(who: access.Standing) -> bool:
    """Whether he has a role in the work itself. Administrators look after the house, not its matters."""
    return bool(who.roles - set(ADMINISTRATORS))


def institution_of(request: HttpRequest, key: str) -> Institution:
    """The institution of this key as his page says it, if it is open to this user. Raises Http404 otherwise."""
    one, who = house.institutions().get(key), standing(request)
    if one is None or not works(who) or not access.open_to(who, one):
        raise Http404
    return language.worded(one)


def institutions_of(who: access.Standing) -> list[Institution]:
    """The institutions in this user's menu, in menu order."""
    if not works(who):
        return []
    every = language.institutions().values()
    return [one for one in every if one.menu and access.open_to(who, one)]


def doer_of(who: access.Standing, *actors: str) -> Doer:
    """He acting, as the first of these actors that he is, else the last."""
    actor = next((one for one in actors if who.has(one)), actors[-1])
    return Doer(actor, who.user, who.bodies.get(actor, ""))


def matter_of(request: HttpRequest, pk: int, institution: str) -> Matter:
    """A matter of this institution that this user may see. Raises Http404 otherwise."""
    seen = access.visible(standing(request)).select_related("congress")
    return get_object_or_404(seen, pk=pk, institution=institution)


def only(*roles: str) -> Callable[[View], View]:
    """Decorates a view: whoever holds none of these roles today is told so (403), or to sign in."""

    def guard(view: View) -> View:
        @login_required
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not standing(request).has(*roles):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return guarded

    return guard
