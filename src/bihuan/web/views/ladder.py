"""The escalation ladder: open proposals with their evidence; a person takes one, leaves it or puts it off."""

from __future__ import annotations

import secrets
from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from bihuan.ladder.proposals import (
    DECISIONS,
    ROLES,
    Ladder,
    Proposal,
    decision_data,
    lead_decisions,
)
from bihuan.loop.forms import Refusal
from bihuan.loop.ladder import Step
from bihuan.loop.params import Applied, NoSuchParam, worked_out
from bihuan.loop.spec import Value
from bihuan.matters import access, house
from bihuan.matters.act import Doer, raise_matter
from bihuan.people.models import Congress
from bihuan.web import language
from bihuan.web.standing import only, standing
from bihuan.web.views.acting import back

SHOWN = 10
"""Proposals for matters on the page; the ledgers have them all."""
ASKED = {"leave": "reason", "put_off": "until"}
"""What a decision asks for, by its act."""


@only(*ROLES)
@require_GET
def ladder(request: HttpRequest) -> HttpResponse:
    """Every open proposal, what was decided last, and the ladder itself with its rules."""
    who, today = standing(request), timezone.localdate()
    found = Ladder(who, today, language.rules_of)
    matters = found.of_matters()
    context = {
        "bodies": found.of_bodies(),
        "matters": matters[:SHOWN],
        "matters_total": len(matters),
        "decided": lead_decisions(found.congress),
        "steps": [(step, _rules(step, found)) for step in found.steps],
        "today": today,
        "token": secrets.token_urlsafe(12),
    }
    return render(request, "ladder/ladder.html", context)


def _rules(step: Step, found: Ladder) -> list[Applied]:
    """The thresholds a step goes by today."""
    asked = [str(value) for value in step.rung.when.values()]
    rules: list[Applied] = []
    for name in (value[1:] for value in asked if value[:1] == "$"):
        try:
            rules += worked_out(step.rules, name, found.today, {})
        except NoSuchParam:
            continue
    return rules


@only("leader", "clerk")
@require_POST
def decide(request: HttpRequest) -> HttpResponse:
    """Leave a proposal with a reason, or put it off to a day: kept as a matter with its own trail."""
    who, sent = standing(request), request.POST
    where = back(request) or "ladder"
    act_id, key = sent.get("decision", ""), sent.get("proposal", "")[:60]
    proposal = Ladder(who, timezone.localdate()).find(key)
    if act_id not in ASKED or proposal is None:
        messages.error(request, _("这条建议已经处理过，或者情形已经变了，请看最新的建议。"))
        return redirect(where)
    made = _kept(who, act_id, proposal, sent.get(ASKED[act_id], ""), sent.get("token", ""))
    if made:
        messages.error(request, made.say)
    else:
        messages.success(request, _("已记下。收回这个决定，建议会重新出现。"))
    return redirect(where)


def _kept(
    who: access.Standing, act_id: str, proposal: Proposal, said: str, token: str
) -> Refusal | None:
    one = house.institution(DECISIONS)
    offer = next((each for each in access.may_raise(who, one) if each.act.id == act_id), None)
    if offer is None:
        return Refusal(_("您的身份不能办这个动作"))
    if act_id == "put_off" and said and said <= who.day.isoformat():
        return Refusal(_("请填今天以后的日期"))
    data: dict[str, Value] = {**decision_data(proposal), ASKED[act_id]: said}
    doer = Doer(offer.actor, who.user, offer.on_behalf)
    mark = f"{token.replace(chr(0), '')[:40]}-{act_id}"[:64] if token else ""
    made = raise_matter(
        cast(Congress, who.user.congress), DECISIONS, act_id, doer, who.day, data, token=mark
    )
    return made if isinstance(made, Refusal) else None
