"""Lists for other programs: what the signed-in user may see of an institution, as JSON, page by page.

Paging is by key (`after`), so that a list stays whole while matters are added. Only what every reader of a
matter may see is told; facts that a role hides are not.
"""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, JsonResponse
from django.urls import reverse
from django.views.decorators.http import require_GET

from bihuan.matters import access, house
from bihuan.matters.models import Matter
from bihuan.web.standing import institution_of, institutions_of, standing

PAGE = 100


@login_required
@require_GET
def institutions(request: HttpRequest) -> JsonResponse:
    """The institutions open to this user, each with the address of its list."""
    found = institutions_of(standing(request))
    items = [
        {"key": one.key, "title": one.title, "url": reverse("api-list", args=[one.key])}
        for one in found
    ]
    return JsonResponse({"items": items}, json_dumps_params={"ensure_ascii": False})


@login_required
@require_GET
def matters(request: HttpRequest, institution: str) -> JsonResponse:
    """One page of an institution's matters, by key; `next` is the address of the page after, or null."""
    one, who = institution_of(request, institution), standing(request)
    after = request.GET.get("after", "")
    first = int(after) if after.isascii() and after.isdigit() and len(after) < 15 else 0
    rows = access.visible(who).filter(institution=one.key, pk__gt=first).order_by("pk")
    page = list(rows.defer("facts", "limit", "text")[: PAGE + 1])
    here = reverse("api-list", args=[one.key])
    more = f"{here}?after={page[PAGE - 1].pk}" if len(page) > PAGE else None
    told = {"items": [_told(row) for row in page[:PAGE]], "next": more}
    return JsonResponse(told, json_dumps_params={"ensure_ascii": False})


def _told(row: Matter) -> dict[str, Any]:
    state = house.institution(row.institution).state(row.state)
    return {
        "id": row.pk,
        "number": row.number,
        "year": row.year,
        "title": row.title,
        "state": {"id": state.id, "title": state.title, "phase": state.phase},
        "raised_on": row.raised_on.isoformat(),
        "due_on": row.due_on.isoformat() if row.due_on else None,
        "closed_on": row.closed_on.isoformat() if row.closed_on else None,
        "url": reverse("matter", args=[row.pk]),
    }
