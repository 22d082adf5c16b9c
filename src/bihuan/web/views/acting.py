"""Taking one act on a matter: its form, drawn from the declaration, and the answer."""

from __future__ import annotations

import secrets
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from bihuan.findings.before import Intent
from bihuan.loop.forms import Refusal
from bihuan.loop.spec import Value
from bihuan.matters import access, posts
from bihuan.matters.act import Doer
from bihuan.matters.act import act as take
from bihuan.matters.models import Act, Draft, Matter
from bihuan.text.commitments import Judgement, claims_more_than_it_tells, commitments
from bihuan.web import drafts, language, shares
from bihuan.web.cautions import spoken
from bihuan.web.rooms import screen_address
from bihuan.web.standing import standing
from bihuan.web.widgets import Form

WRONG = 422


@login_required
@require_http_methods(["GET", "POST"])
def act(request: HttpRequest, pk: int, act_id: str) -> HttpResponse:
    """The form of an act, or the act itself: after it, the matter as it stands."""
    who = standing(request)
    matter = get_object_or_404(access.visible(who).select_related("congress"), pk=pk)
    if request.method == "POST" and _taken(request, matter):
        return redirect(back(request) or reverse("matter", args=[pk]))
    offer = _offer(request, who, matter, act_id)
    if offer is None:
        messages.error(request, _("现在不能办这个动作：环节已经变了，或者不由您办。请看最新情况。"))
        return redirect("matter", pk)
    if offer.act.screen:
        return redirect(screen_address(matter, offer.act))
    form = form_of(who, matter, offer)
    if request.method == "GET":
        _prefill(request, form, matter, offer)
        return _show(request, form, matter, offer)
    form.fill(request.POST)
    form.keep_files(request.FILES)
    if "read" in request.POST:
        read_commitments(form)
        return _show(request, form, matter, offer, claim=claims_too_much(form))
    return _take(request, form, matter, offer)


def form_of(who: access.Standing, matter: Matter, offer: access.Offer) -> Form:
    """The empty form of an offer."""
    return Form(
        institution=language.institution(matter.institution),
        act=offer.act,
        rules=language.rules_of(matter.congress, matter.institution),
        today=timezone.localdate(),
        user=who.user,
        matters=access.visible(who).exclude(pk=matter.pk),
        facts={**matter.facts, "title": matter.title, "text": matter.text},
        prefix=f"s{offer.share}-" if offer.share else "",
    )


def _taken(request: HttpRequest, matter: Matter) -> bool:
    """Whether this very request was carried out before: a second click, a page sent again."""
    token = request.POST.get("token", "").replace("\0", "")
    return bool(token) and Act.objects.filter(matter=matter, token=token[:64]).exists()


def _offer(
    request: HttpRequest, who: access.Standing, matter: Matter, act_id: str
) -> access.Offer | None:
    asked = request.POST if request.method == "POST" else request.GET
    share = asked.get("share", "")
    mine = [offer for offer in language.offers(who, matter) if offer.act.id == act_id]
    return next((offer for offer in mine if offer.share == share), None)


def _prefill(request: HttpRequest, form: Form, matter: Matter, offer: access.Offer) -> None:
    """What is known already: the draft, else the matter's own words in a form that edits them."""
    kept = drafts.of(form.user, _key(matter, offer))
    if kept is not None:
        form.fill(kept)
        return
    names = {one.name for one in form.fields}
    if "title" in names:
        form.values = {name: value for name, value in form.facts.items() if name in names}
    form.values |= posts.proposed(matter, offer.act.id, form.today)
    for one in form.fields:
        if one.kind == "assignments":
            form.values[one.name] = shares.proposed(form.user.congress_id, [matter])[matter.pk]
        elif one.kind == "matter":
            form.values[one.name] = request.GET.get(one.name, "")[:100]


def _key(matter: Matter, offer: access.Offer) -> str:
    return f"{matter.pk}/{offer.act.id}/{offer.share}"


def _take(request: HttpRequest, form: Form, matter: Matter, offer: access.Offer) -> HttpResponse:
    data = form.data()
    if form.errors:
        return _refused(request, form, matter, offer)
    said = spoken(request, standing(request), [_intent(form, matter, offer, data)])
    if said.stops:
        drafts.keep(form.user, _key(matter, offer), request.POST)
        return _show(request, form, matter, offer, spoken=said, status=WRONG)
    seen = request.POST.get("seen", "")
    done = take(
        matter.pk,
        offer.act.id,
        Doer(offer.actor, form.user, offer.on_behalf),
        form.today,
        data,
        share=offer.share,
        token=request.POST.get("token", "").replace("\0", "")[:64],
        seen=int(seen) if seen.isdecimal() and len(seen) < 9 else None,
        aside=said.aside,
    )
    if isinstance(done, Refusal):
        return _refused(request, form, matter, offer, done)
    Draft.objects.filter(user=form.user, key=_key(matter, offer)).delete()
    messages.success(request, _("已办：%(act)s") % {"act": offer.act.title})
    still = access.visible(standing(request)).filter(pk=matter.pk).exists()
    if back(request):
        return redirect(back(request))
    return redirect("matter", matter.pk) if still else redirect("ledger", matter.institution)


def _intent(form: Form, matter: Matter, offer: access.Offer, data: dict[str, Value]) -> Intent:
    return Intent(
        matter.congress,
        matter.institution,
        matter,
        offer.act.id,
        offer.actor,
        form.today,
        data,
        offer.share,
    )


def _refused(
    request: HttpRequest,
    form: Form,
    matter: Matter,
    offer: access.Offer,
    refusal: Refusal | None = None,
) -> HttpResponse:
    """The form again with what was typed, and the sentence where it belongs; the draft is kept."""
    drafts.keep(form.user, _key(matter, offer), request.POST)
    at_field = refusal is not None and any(one.name == refusal.field for one in form.fields)
    if refusal and at_field:
        form.errors[refusal.field] = refusal.say
    return _show(
        request, form, matter, offer, refusal=refusal if not at_field else None, status=WRONG
    )


def _show(
    request: HttpRequest,
    form: Form,
    matter: Matter,
    offer: access.Offer,
    *,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    shown = form_shown(request, form, matter, offer) | more
    in_place = request.headers.get("HX-Request")
    return render(request, "act/form.html" if in_place else "act/act.html", shown, status=status)


def form_shown(
    request: HttpRequest, form: Form, matter: Matter, offer: access.Offer
) -> dict[str, Any]:
    """What `act/form.html` needs."""
    return {
        "form": form,
        "controls": form.controls(),
        "matter": matter,
        "offer": offer,
        "one": form.institution,
        "share": matter.assignments.filter(key=offer.share).select_related("body").first(),
        "law": form.institution.law_of(offer.act.cite),
        "seen": request.POST.get("seen") or matter.acts_count,
        "token": request.POST.get("token") or secrets.token_urlsafe(16),
        "draft_key": _key(matter, offer),
        "back": back(request),
    }


def back(request: HttpRequest) -> str:
    """Where the person came from and wants to go back to: a page of this house, or nothing."""
    asked = (request.POST if request.method == "POST" else request.GET).get("back", "")[:600]
    safe = url_has_allowed_host_and_scheme(asked, None) and asked.startswith("/")
    return asked if safe and "\0" not in asked else ""


def opened(
    request: HttpRequest, who: access.Standing, matter: Matter, offers: list[access.Offer]
) -> str:
    """The form of the act that the address asks for (`?act=…&share=…`), drawn in place; else nothing."""
    asked, share = request.GET.get("act", ""), request.GET.get("share", "")
    offer = next((o for o in offers if o.act.id == asked and o.share == share), None)
    if offer is None or offer.act.screen:
        return ""
    form = form_of(who, matter, offer)
    _prefill(request, form, matter, offer)
    return render_to_string("act/form.html", form_shown(request, form, matter, offer), request)


# Reading a reply


def read_commitments(form: Form) -> None:
    """Fill the rows of promises from the reply's text; rows already typed are kept."""
    field = next((one for one in form.fields if one.kind == "commitments"), None)
    if field is None:
        return
    typed = form.values.get(field.name) or []
    known = {row.get("quote") for row in typed}
    read = [
        {
            "title": found.quote[:200],
            "by": found.due.isoformat() if found.due else "",
            "person": "",
            "quote": found.quote,
        }
        for found in commitments(_long_text(form), form.today)
        if found.quote not in known
    ]
    form.values[field.name] = [*typed, *read]


def _long_text(form: Form) -> str:
    return "\n".join(
        str(form.values.get(one.name) or "") for one in form.fields if one.kind == "longtext"
    )


def claims_too_much(form: Form) -> Judgement | None:
    """Whether a reply files itself as solved and tells of plans only."""
    solved = any(
        choice.id == form.values.get(control.field.name) and choice.tone == "good"
        for control in form.controls()
        for choice in control.choices
    )
    return judged(_long_text(form)) if solved else None


def judged(text: str) -> Judgement | None:
    """The judgement on a text filed as solved, if it contradicts that."""
    judgement = claims_more_than_it_tells(text)
    return judgement if judgement.value else None
