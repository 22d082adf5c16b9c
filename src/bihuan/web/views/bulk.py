"""One act on many matters at once: each is done or refused by itself, and the list says which."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from bihuan.findings.before import Intent
from bihuan.loop.forms import Refusal
from bihuan.loop.spec import Act as ActSpec
from bihuan.loop.spec import Institution, Value
from bihuan.matters import access
from bihuan.matters.act import Doer
from bihuan.matters.act import act as take
from bihuan.matters.models import Act, Matter
from bihuan.web import language, shares
from bihuan.web.cautions import spoken
from bihuan.web.standing import institution_of, standing
from bihuan.web.views.acting import form_of
from bihuan.web.views.ledger import bulk_acts
from bihuan.web.widgets import Form, Row

MOST = 200


@dataclass
class Line:
    """One matter of the lot: whom to hand it to, and what came of it."""

    matter: Matter
    offers: list[access.Offer]
    body: str = ""
    person: str = ""
    kind: str = "lead"
    further: list[Row] = field(default_factory=list)
    done: bool = False
    say: str = ""


@login_required
@require_http_methods(["GET", "POST"])
def bulk(request: HttpRequest, institution: str, act_id: str) -> HttpResponse:
    """The form for the matters ticked, or the acts themselves with what came of each."""
    one, who = institution_of(request, institution), standing(request)
    act = next((each for each in bulk_acts(who, one) if each.id == act_id), None)
    if act is None:
        raise Http404
    lines = _lines(request, who, one, act)
    if not lines:
        messages.error(request, _("请先在台账里勾选事项"))
        return redirect("ledger", one.key)
    form = _form(who, lines)
    if request.method == "GET":
        _propose(who, act, lines)
        return _show(request, one, act, lines, form)
    if form:
        form.fill(request.POST)
    _typed(request, lines)
    token = request.POST.get("token", "").replace("\0", "")[:32] or secrets.token_urlsafe(12)
    said = spoken(request, who, _intents(who, act, lines, form, token))
    if said.stops:
        return _show(request, one, act, lines, form, spoken=said)
    for line in lines:
        _take(who, act, line, form, token, said.aside)
    return _show(request, one, act, lines, form, taken=True)


def _intents(
    who: access.Standing, act: ActSpec, lines: list[Line], form: Form | None, token: str
) -> Iterator[Intent]:
    """The acts that would be taken, one for each offer."""
    for line in lines:
        data = _data(act, line, form) if form and line.offers and not _taken(line, token) else None
        if data is None or form is None or form.errors:
            continue
        for offer in line.offers:
            yield Intent(
                line.matter.congress,
                line.matter.institution,
                line.matter,
                act.id,
                offer.actor,
                who.day,
                data,
                offer.share,
            )


def _taken(line: Line, token: str) -> bool:
    own = f"{token}-{line.matter.pk}-"
    return Act.objects.filter(matter=line.matter, token__startswith=own).exists()


def _data(act: ActSpec, line: Line, form: Form) -> dict[str, Value]:
    """The form as filled in for one line; what is wrong with it is in `form.errors`."""
    form.errors = {}
    if act.assign:
        own = {"body": line.body, "person": line.person, "kind": line.kind}
        form.values[act.assign] = [own, *line.further]
    return form.data()


def _lines(
    request: HttpRequest, who: access.Standing, one: Institution, act: ActSpec
) -> list[Line]:
    asked = request.POST if request.method == "POST" else request.GET
    keys = [int(key) for key in asked.getlist("m") if key.isdecimal() and len(key) < 15][:MOST]
    rows = access.visible(who).filter(pk__in=keys, institution=one.key).select_related("congress")
    return [
        Line(row, [offer for offer in language.offers(who, row) if offer.act.id == act.id])
        for row in rows.order_by("pk")
    ]


def _form(who: access.Standing, lines: list[Line]) -> Form | None:
    """The form they share, drawn from the first that can be acted on."""
    line = next((line for line in lines if line.offers), None)
    return form_of(who, line.matter, line.offers[0]) if line else None


def _propose(who: access.Standing, act: ActSpec, lines: list[Line]) -> None:
    if not act.assign:
        return
    proposed = shares.proposed(who.user.congress_id, [line.matter for line in lines])
    for line in lines:
        rows = proposed[line.matter.pk]
        if rows:
            line.body, line.person = rows[0]["body"], rows[0]["person"]
            line.kind, line.further = rows[0]["kind"], rows[1:]


def _typed(request: HttpRequest, lines: list[Line]) -> None:
    """A row's own body and person; where they are empty, those given once for all."""
    sent = request.POST
    for line in lines:
        key = line.matter.pk
        line.body = sent.get(f"body-{key}", "").strip() or sent.get("body", "").strip()
        line.person = sent.get(f"person-{key}", "").strip() or sent.get("person", "").strip()
        line.kind = sent.get(f"kind-{key}", "lead")
        further = zip(
            sent.getlist(f"more-body-{key}"),
            sent.getlist(f"more-person-{key}"),
            sent.getlist(f"more-kind-{key}"),
            strict=False,
        )
        line.further = [{"body": b, "person": p, "kind": k} for b, p, k in further if b.strip()]


def _take(
    who: access.Standing,
    act: ActSpec,
    line: Line,
    form: Form | None,
    token: str,
    aside: dict[str, Value],
) -> None:
    own_token = f"{token}-{line.matter.pk}-"
    if _taken(line, token):
        line.done = True
        return
    if form is None or not line.offers:
        line.say = _("现在的环节不能办这个动作，或者不由您办")
        return
    data = _data(act, line, form)
    if form.errors:
        line.say = "；".join(form.errors.values())
        return
    for offer in line.offers:
        doer = Doer(offer.actor, who.user, offer.on_behalf)
        today = timezone.localdate()
        done = take(
            line.matter.pk,
            act.id,
            doer,
            today,
            data,
            share=offer.share,
            token=own_token + offer.share,
            aside=aside,
        )
        line.done = not isinstance(done, Refusal)
        line.say = done.say if isinstance(done, Refusal) else ""


def _show(
    request: HttpRequest,
    one: Institution,
    act: ActSpec,
    lines: list[Line],
    form: Form | None,
    taken: bool = False,
    **more: Any,
) -> HttpResponse:
    controls = form.controls() if form else []
    shown = {
        "one": one,
        "act": act,
        "lines": lines,
        "form": form,
        "controls": [each for each in controls if each.field.name != act.assign],
        "taken": taken,
        "done": sum(line.done for line in lines),
        "token": secrets.token_urlsafe(12),
        **more,
    }
    return render(request, "ledger/bulk.html", shown)
