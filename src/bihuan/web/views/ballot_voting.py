"""In the hall: the ballot on a member's phone, and the page for the wall with turnout and nothing else.

The answer to a vote carries the receipt itself: it goes through no session, message or redirect, which are
all stored. Choices are sent by number and every answer is as long as any other.
"""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.signing import BadSignature, Signer
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from bihuan.ballots import access, rules, urn, voting
from bihuan.ballots.models import Ballot, Voter
from bihuan.loop.forms import Refusal
from bihuan.web.scan import scan_of
from bihuan.web.standing import standing
from bihuan.web.tallies import read_marks

WRONG = 422


@login_required
@require_http_methods(["GET", "POST"])
def vote(request: HttpRequest, pk: int) -> HttpResponse:
    """The paper, with the receipt it will go under; then that it was taken."""
    who = standing(request)
    row = get_object_or_404(access.visible(who), pk=pk, way="phone")
    mine = get_object_or_404(Voter, ballot=row, person=who.user.person_id or 0)
    signer = Signer(salt=f"ballot/{row.pk}/{mine.pk}")
    if request.method == "GET":
        return _paper(request, row, mine, signer)
    try:
        receipt = signer.unsign(request.POST.get("receipt", ""))
    except BadSignature:
        return _paper(request, row, mine, signer, Refusal(_("回执号不对，请重新投票")))
    refused = voting.vote(row.pk, mine.person, read_marks(row, request.POST), receipt)
    if refused:
        return _paper(request, row, mine, signer, refused, receipt)
    return render(request, "ballots/voted.html", {"row": row, "receipt": receipt})


def _paper(
    request: HttpRequest,
    row: Ballot,
    mine: Voter,
    signer: Signer,
    refusal: Refusal | None = None,
    receipt: str = "",
) -> HttpResponse:
    receipt = receipt or urn.new_receipt()
    mine.refresh_from_db()
    row.refresh_from_db()
    shown = {
        "row": row,
        "mine": mine,
        "refusal": refusal if not mine.voted or row.state != "open" else None,
        "receipt": receipt,
        "signed": signer.sign(receipt),
        "items": _items(row, request),
        "choices": list(enumerate(row.rule.get("choices", []))),
        "parts": rules.score_rule(row.rule).parts if row.kind == "score" else (),
        "places": row.rule.get("places"),
        "not_statutory": rules.NOT_STATUTORY,
    }
    return render(request, "ballots/vote.html", shown, status=WRONG if refusal else 200)


def _items(row: Ballot, request: HttpRequest) -> list[dict[str, Any]]:
    sent = request.POST
    return [
        {
            "place": item.place,
            "title": item.title,
            "given": sent.get(f"m{item.place}", "")[:8],
            "ticked": str(item.place) in sent.getlist("m"),
            "marks": [sent.get(f"m{item.place}-{n}", "")[:8] for n in range(20)],
        }
        for item in row.items.all()
    ]


@login_required
@require_GET
def hall(request: HttpRequest, pk: int) -> HttpResponse:
    """The page for the wall: what is voted on, and how many have voted. Never how."""
    row = get_object_or_404(access.visible(standing(request)), pk=pk)
    return render(request, "ballots/hall.html", {"row": row, **_turnout(request, row)})


@login_required
@require_GET
def turnout(request: HttpRequest, pk: int) -> HttpResponse:
    """The numbers and the scan-code alone, asked for again and again."""
    row = get_object_or_404(access.visible(standing(request)), pk=pk)
    return render(request, "ballots/turnout.html", {"row": row, **_turnout(request, row)})


def _turnout(request: HttpRequest, row: Ballot) -> dict[str, Any]:
    """How many are there and have voted; while phones may vote, or soon may, the way to this ballot's paper."""
    on_phones = row.way == "phone" and row.state in ("draft", "open")
    marked = list(Voter.objects.filter(ballot=row).values_list("there", "voted"))
    return {
        "all": len(marked),
        "there": sum(there for there, _voted in marked),
        "voted": sum(voted for _there, voted in marked),
        "scan": scan_of(request, "ballot-vote", row.pk) if on_phones else None,
        "not_statutory": rules.NOT_STATUTORY,
    }
