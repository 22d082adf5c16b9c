"""Pages over appointees: the coverage map, one dossier, and one's own. Every look at a dossier is logged."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from bihuan.institutions.appointees import dossier as gathering
from bihuan.institutions.appointees import slack, unwritten
from bihuan.institutions.appointees.coverage import PILLARS, coverage
from bihuan.institutions.appointees.holders import Holder, holder
from bihuan.loop.params import NoSuchParam
from bihuan.matters import house
from bihuan.matters.access import Standing
from bihuan.people.models import Congress
from bihuan.web import language
from bihuan.web.events import note
from bihuan.web.rooms import Entry
from bihuan.web.standing import standing
from bihuan.web.views.people import congress_of

KEY = "appointees"


def oversees(who: Standing, congress: Congress) -> bool:
    """Whether he may see every dossier: a leader, or a clerk of an office that the rule names."""
    if who.has("leader"):
        return True
    return who.has("clerk") and any(
        word in who.bodies.get("clerk", "") for word in _offices(congress, who)
    )


def _offices(congress: Congress, who: Standing) -> list[str]:
    try:
        named = house.rules_of(congress, KEY).value("dossier_offices", who.day)
    except NoSuchParam:
        return []
    return [str(word) for word in named] if isinstance(named, list) else []


@login_required
@require_GET
def coverage_map(request: HttpRequest) -> HttpResponse:
    """Whom each pillar has reached in the term, and whom not; one gap at a time if asked (`gap`)."""
    who, congress = standing(request), congress_of(request)
    if not oversees(who, congress):
        raise PermissionDenied
    whole = coverage(congress, who.day)
    gap = request.GET.get("gap", "")
    pillars = [
        {"key": key, "title": title, "reached": whole.reached(key), "gap": len(whole.gap(key))}
        for key, (title, _keys) in PILLARS.items()
    ]
    shown: dict[str, Any] = {
        "whole": whole,
        "rows": whole.gap(gap) if gap in PILLARS else whole.rows,
        "gap": gap if gap in PILLARS else "",
        "pillars": pillars,
        "slack": slack.listed(congress, who.day),
        "unwritten": unwritten.appointments(congress),
        "day": who.day,
    }
    return render(request, "appointees/coverage.html", shown)


@login_required
@require_GET
def dossier(request: HttpRequest, pk: int) -> HttpResponse:
    """One appointee's dossier, for those who oversee and for himself; refused looks are logged too."""
    who, congress = standing(request), congress_of(request)
    himself = who.user.person_id == pk
    if not himself and not oversees(who, congress):
        note(request, "dossier", _refused(pk), ok=False)
        raise PermissionDenied
    own = holder(congress, pk)
    if own is None:
        raise Http404
    note(request, "dossier", f"查看{'本人' if himself else ''}任命干部档案：{own.person}")
    return render(request, "appointees/dossier.html", _shown(own, who, congress, himself))


def _refused(pk: int) -> str:
    return f"想看任命干部档案（人员 {pk}），没有权限"


@login_required
@require_GET
def mine(request: HttpRequest) -> HttpResponse:
    """The signed-in person's own dossier."""
    person = standing(request).user.person_id
    if person is None:
        raise Http404
    return dossier(request, person)


def _shown(own: Holder, who: Standing, congress: Congress, himself: bool) -> dict[str, Any]:
    chapters = gathering.chapters(own, who)
    listed = [one for one in slack.listed(congress, who.day) if one.person == own.person.name]
    return {
        "own": own,
        "himself": himself,
        "chapters": chapters,
        "votes": gathering.votes(chapters),
        "last": gathering.last_day(chapters),
        "slack": listed,
        "laws": [language.institution(KEY).cited(key) for key in ("sup61", "sup62")],
        "removals": "removals" in house.institutions(),
        "day": who.day,
    }


urlpatterns = [
    path("coverage/", coverage_map, name="coverage"),
    path("dossier/<int:pk>/", dossier, name="dossier"),
    path("mine/", mine, name="mine"),
]


def menu(who: Standing) -> list[Entry]:
    """The map for those who oversee; his own dossier for whom the committee appointed."""
    group = language.institution(KEY).group
    congress = who.user.congress
    if congress is None:
        return []
    if oversees(who, congress):
        return [Entry(group, _("覆盖图"), "appointees:coverage")]
    if who.user.person_id and holder(congress, who.user.person_id):
        return [Entry(group, _("我的档案"), "appointees:mine")]
    return []
