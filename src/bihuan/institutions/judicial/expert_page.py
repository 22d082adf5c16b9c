"""The page behind an expert's own link: he declares whether he is interested, marks the cases, and hands in once."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from bihuan.api import meter
from bihuan.institutions.judicial import scores, sheets
from bihuan.institutions.judicial.models import Invitation
from bihuan.loop.forms import Refusal
from bihuan.web import scan
from bihuan.web.standing import only
from bihuan.web.views.people import congress_of

WRONG = 422
TRIES_A_MINUTE = 10


def link_of(request: HttpRequest, one: Invitation) -> str:
    """The expert's own address."""
    return scan.whole_address(request, "judicial:expert", sheets.token_of(one))


@only("clerk", "committee")
@require_GET
def code(request: HttpRequest, pk: int) -> HttpResponse:
    """The scan-code of an expert's link, as SVG."""
    one = get_object_or_404(Invitation, pk=pk, congress=congress_of(request))
    return scan.picture_of(link_of(request, one))


@never_cache
@require_http_methods(["GET", "POST"])
def expert(request: HttpRequest, token: str) -> HttpResponse:
    """The cases, what he declares, his marks. No account: the link is his alone and ends with the review."""
    one = sheets.invitation_of(token)
    if one is None:
        return render(request, "judicial/expert_over.html", status=404)
    if request.method == "POST":
        wait = meter.take(f"expert:{sha256(token.encode()).hexdigest()[:32]}", TRIES_A_MINUTE)
        if wait:
            said = _("交得太密，请在 %(n)s 秒后再交") % {"n": wait}
            return _shown(request, one, Refusal(said), 429)
        done = _take(request, one)
        if isinstance(done, Refusal):
            return _shown(request, one, done, WRONG)
        one.refresh_from_db()
    return _shown(request, one)


def _take(request: HttpRequest, one: Invitation) -> Refusal | str | None:
    sent, today = request.POST, timezone.localdate()
    if sent.get("do") == "aside":
        return sheets.step_aside(one, sent.get("why", ""), today)
    if sent.get("fair") != "yes":
        return Refusal(_("请先声明没有利害关系；有的，请在下面写明并回避"), "fair")
    marks = {
        number: {part.title: sent.get(f"mark-{n}-{k}", "") for k, part in enumerate(_parts(one))}
        for n, number in enumerate(sheets.numbers(one.matter))
    }
    return sheets.hand_in(one, marks, sent.get("remark", ""), today)


def _parts(one: Invitation) -> tuple[Any, ...]:
    return scores.parts(one.matter.congress, timezone.localdate())


def _shown(
    request: HttpRequest, one: Invitation, refusal: Refusal | None = None, status: int = 200
) -> HttpResponse:
    sent = request.POST
    lines = [
        (
            case,
            [
                (f"mark-{n}-{k}", part, sent.get(f"mark-{n}-{k}", ""))
                for k, part in enumerate(_parts(one))
            ],
        )
        for n, case in enumerate(sheets.cases(one.matter))
    ]
    shown = {
        "one": one,
        "matter": one.matter,
        "congress": one.matter.congress,
        "lines": lines,
        "given": sent,
        "longest": sheets.LONGEST_REMARK,
        "refusal": refusal,
    }
    return render(request, "judicial/expert.html", shown, status=status)
