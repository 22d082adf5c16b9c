"""Today: what needs this person now, by what he is."""

from __future__ import annotations

import secrets
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from bihuan.ballots.access import waiting_for
from bihuan.loop.spec import Institution
from bihuan.matters.access import WHOLE_CONGRESS, Offer, Standing, may_raise
from bihuan.matters.waiting import Group, Waiting
from bihuan.web.standing import institutions_of, standing

OVERSEERS = WHOLE_CONGRESS - {"leader"} | {"delegation"}


@login_required
@require_GET
def today(request: HttpRequest) -> HttpResponse:
    """What needs this person today: one part of the page for each thing he is."""
    who = standing(request)
    waiting = Waiting(who, who.day)
    shown: dict[str, Any] = {
        "today": who.day,
        "groups": groups(who, waiting),
        "figures": waiting.figures if who.has("leader") else None,
        "month": waiting.month if who.has("unit") else None,
        "raising": raising(who),
        "ballots": waiting_for(who),
        "token": secrets.token_urlsafe(12),
    }
    return render(request, "today/today.html", shown)


def groups(who: Standing, waiting: Waiting) -> list[Group]:
    """The groups for his roles, in the order in which they want him."""
    wanted: list[Group] = []
    if who.has("deputy"):
        wanted += [waiting.to_rate, waiting.proposed, waiting.settled]
    if who.has("contact"):
        wanted += [waiting.to_acknowledge, waiting.to_answer, waiting.to_improve, waiting.promised]
    if who.has(*OVERSEERS):
        wanted += [waiting.late, waiting.soon, waiting.mine]
    elif who.has("leader"):
        wanted += [waiting.mine, waiting.late, waiting.promised_late]
    return wanted


def raising(who: Standing) -> list[tuple[Institution, Offer]]:
    """What he may raise himself: the buttons at the head of the page, in menu order."""
    found = [(one, offer) for one in institutions_of(who) for offer in may_raise(who, one)]
    booked = {one.imports.act for one, _ in found if one.imports}
    return [(one, offer) for one, offer in found if offer.act.id not in booked][:6]
