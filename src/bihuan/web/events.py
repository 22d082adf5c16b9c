"""The one place where the screens write to the log of what users do outside matters."""

from __future__ import annotations

from ipaddress import ip_address

from django.conf import settings
from django.http import HttpRequest

from bihuan.people.models import Event, User


def note(
    request: HttpRequest, kind: str, what: str, *, user: User | None = None, ok: bool = True
) -> None:
    """Log that the request's user (or `user`) did something; `what` is one sentence for the auditor."""
    who = user or (request.user if isinstance(request.user, User) else None)
    Event.objects.create(
        congress=who.congress if who else None,
        user=who,
        kind=kind,
        what=what[:300],
        ok=ok,
        address=address_of(request),
    )


def address_of(request: HttpRequest) -> str | None:
    """The address the request came from: as the server saw it, or as its own reverse proxies say.

    Each proxy adds whom it saw at the end of X-Forwarded-For; what stands before is the caller's own word.
    """
    seen = str(request.META.get("REMOTE_ADDR") or "")
    if settings.PROXIES:
        told = [*filter(None, request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")), seen]
        seen = told[-settings.PROXIES - 1].strip() if len(told) > settings.PROXIES else seen
    try:
        return str(ip_address(seen))
    except ValueError:
        return None
