"""Raising a matter: the form, the proposers, and earlier matters that ask for the same."""

from __future__ import annotations

import re
import secrets
from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from bihuan.findings.before import Intent
from bihuan.ladder.proposals import Ladder, prefilled
from bihuan.loop.forms import Refusal
from bihuan.loop.spec import Field, Institution
from bihuan.matters import access
from bihuan.matters import ledger as books
from bihuan.matters.act import Doer, Proposing, raise_matter
from bihuan.matters.models import Draft, Matter
from bihuan.matters.similar import Similar, similar_to
from bihuan.people.models import Congress, Seat
from bihuan.web import drafts, language
from bihuan.web.cautions import spoken
from bihuan.web.standing import institution_of, standing
from bihuan.web.views.acting import WRONG
from bihuan.web.widgets import Form, name_of

MOST_PROPOSERS = 200
PROPOSED_BY = ("deputy", "clerk", "secretariat", "committee")


@login_required
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest, institution: str, act_id: str) -> HttpResponse:
    """The form that begins a matter, or its beginning."""
    one, who = institution_of(request, institution), standing(request)
    offer = next((o for o in access.may_raise(who, one) if o.act.id == act_id), None)
    if offer is None or who.user.congress is None:
        raise Http404
    form = _form(who, one, offer)
    proposers = Proposers(who, one, offer.actor)
    key = f"new/{one.key}/{act_id}"
    if request.method == "GET":
        kept = drafts.of(who.user, key)
        if kept is not None:
            form.fill(kept)
            proposers.fill(kept.get("proposers", ""))
        else:
            form.values = {
                one.name: request.GET[one.name][:500] for one in form.fields if _given(request, one)
            }
        form.values |= _proposed(who, offer, request.GET.get("proposal", "")[:60])
        return _show(request, form, offer, proposers)
    form.fill(request.POST)
    form.keep_files(request.FILES)
    proposers.fill(request.POST.get("proposers", ""))
    if "similar" in request.POST:
        return _show(request, form, offer, proposers, alike=_alike(who, one, form))
    return _begin(request, form, offer, proposers)


def _proposed(who: access.Standing, offer: access.Offer, key: str) -> dict[str, str]:
    """The words of the ladder's proposal that this form takes, if one was opened with it."""
    found = Ladder(who, who.day).find(key) if key else None
    if found is None or found.step.rung.act != offer.act.id:
        return {}
    return prefilled(found)


def _given(request: HttpRequest, one: Field) -> bool:
    """What an address may fill in beforehand: plain values, so that a page can hand over its figures."""
    plain = one.kind in ("text", "longtext", "choice", "date", "number", "money")
    return plain and one.name in request.GET and "\0" not in request.GET[one.name]


def _form(who: access.Standing, one: Institution, offer: access.Offer) -> Form:
    congress = cast(Congress, who.user.congress)
    return Form(
        institution=one,
        act=offer.act,
        rules=language.rules_of(congress, one.key),
        today=timezone.localdate(),
        user=who.user,
        matters=access.visible(who),
    )


class Proposers:
    """Who raises it: a deputy and those who join him, or the deputies a clerk enters it for."""

    def __init__(self, who: access.Standing, one: Institution, actor: str) -> None:
        self.who, self.actor = who, actor
        self.typed, self.error = "", ""
        proposer_acts = [act for act in one.acts if "proposer" in act.by]
        self.asked = actor in PROPOSED_BY and bool(proposer_acts)
        self.own = self._own() if actor == "deputy" else []

    def _own(self) -> list[Proposing]:
        seats = Seat.objects.filter(pk__in=self.who.seats).select_related("person")
        return [Proposing(seat.person.name, seat) for seat in seats[:1]]

    @property
    def required(self) -> bool:
        """A matter entered for deputies must name them."""
        return self.asked and not self.own

    def fill(self, typed: str) -> None:
        """Take over the names typed."""
        self.typed = typed[:4000]

    def seats(self) -> list[Seat]:
        """The seats in force, for the list of names."""
        held = Seat.objects.filter(Seat.on(self.who.day), congress=self.who.user.congress)
        return list(held.select_related("person").order_by("person__name"))

    def read(self) -> list[Proposing]:
        """Names to seats; a name without exactly one seat is said in `error`."""
        names = list(dict.fromkeys(word for word in re.split(r"[、，,；;\s]+", self.typed) if word))
        if self.required and not names:
            self.error = _("请填写提出人：代表姓名，几位代表用顿号分开")
            return []
        if len(names) > MOST_PROPOSERS:
            self.error = _("提出人太多，请核对后再提交")
            return []
        by_name: dict[str, list[Seat]] = {}
        for seat in self.seats() if names else []:
            by_name.setdefault(seat.person.name, []).append(seat)
        unknown = [name for name in names if len(by_name.get(name, [])) != 1]
        if unknown:
            self.error = _("代表名册里没有（或不止一位）：%(names)s，请核对姓名") % {
                "names": "、".join(unknown)
            }
        held = {one.seat.pk for one in self.own if one.seat}
        joint = [Proposing(name, by_name[name][0]) for name in names if name not in unknown]
        return [*self.own, *(one for one in joint if one.seat and one.seat.pk not in held)]


def _begin(
    request: HttpRequest, form: Form, offer: access.Offer, proposers: Proposers
) -> HttpResponse:
    token = request.POST.get("token", "").replace("\0", "")[:64]
    congress = cast(Congress, form.user.congress)
    data, proposing = form.data(), proposers.read() if proposers.asked else []
    if form.errors or proposers.error:
        return _refused(request, form, offer, proposers)
    intent = Intent(
        congress, form.institution.key, None, offer.act.id, offer.actor, form.today, data
    )
    said = spoken(request, standing(request), [intent])
    if said.stops:
        drafts.keep(form.user, f"new/{form.institution.key}/{offer.act.id}", request.POST)
        return _show(request, form, offer, proposers, spoken=said, status=WRONG)
    begun = raise_matter(
        congress,
        form.institution.key,
        offer.act.id,
        Doer(offer.actor, form.user, offer.on_behalf),
        form.today,
        data,
        proposers=proposing,
        token=token,
        aside=said.aside,
    )
    if isinstance(begun, Refusal):
        return _refused(request, form, offer, proposers, begun)
    Draft.objects.filter(user=form.user, key=f"new/{form.institution.key}/{offer.act.id}").delete()
    messages.success(request, _("已办：%(act)s") % {"act": offer.act.title})
    seen = access.visible(standing(request)).filter(pk=begun.pk).exists()
    return redirect("matter", begun.pk) if seen else redirect("ledger", form.institution.key)


def _refused(
    request: HttpRequest,
    form: Form,
    offer: access.Offer,
    proposers: Proposers,
    refusal: Refusal | None = None,
) -> HttpResponse:
    drafts.keep(form.user, f"new/{form.institution.key}/{offer.act.id}", request.POST)
    at_field = refusal is not None and any(one.name == refusal.field for one in form.fields)
    if refusal and at_field:
        form.errors[refusal.field] = refusal.say
    rest = None if at_field else refusal
    return _show(request, form, offer, proposers, refusal=rest, status=WRONG)


def _show(
    request: HttpRequest,
    form: Form,
    offer: access.Offer,
    proposers: Proposers,
    *,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    shown = {
        "form": form,
        "controls": form.controls(),
        "offer": offer,
        "one": form.institution,
        "law": form.institution.law_of(offer.act.cite),
        "proposers": proposers,
        "token": request.POST.get("token") or secrets.token_urlsafe(16),
        "draft_key": f"new/{form.institution.key}/{offer.act.id}",
        **more,
    }
    return render(request, "act/raise.html", shown, status=status)


# Earlier ones that ask for the same


@login_required
@require_GET
def similar(request: HttpRequest, institution: str) -> HttpResponse:
    """The five likest earlier matters of a title, or of a matter the user may see (`beside`)."""
    one, who = institution_of(request, institution), standing(request)
    title, text = request.GET.get("title", "")[:300], request.GET.get("text", "")[:5000]
    key = request.GET.get("beside", "")
    beside: Matter | None = None
    if key.isdecimal() and len(key) < 15:
        beside = get_object_or_404(access.visible(who), pk=int(key), institution=one.key)
        title, text = beside.title, beside.text
    shown = {"one": one, "title": title, "beside": beside}
    shown["alike"] = alike(who, one, title, text, beside) if len(title.strip()) > 1 else []
    shown["may_join"] = beside is not None and joins(who, beside)
    in_place = request.headers.get("HX-Request")
    return render(request, "act/alike.html" if in_place else "act/similar.html", shown)


def joins(who: access.Standing, matter: Matter) -> str:
    """The act by which this user may join the matter to another one, if he may."""
    return next((offer.act.id for offer in access.offers(who, matter) if offer.act.joins), "")


def _alike(who: access.Standing, one: Institution, form: Form) -> list[dict[str, Any]]:
    title, text = str(form.values.get("title", "")), str(form.values.get("text", ""))
    return alike(who, one, title, text)


def alike(
    who: access.Standing, one: Institution, title: str, text: str, beside: Matter | None = None
) -> list[dict[str, Any]]:
    """Similar matters as shown to anyone of the congress: title, number, year, state, outcome — no more."""
    if not one.similar or who.user.congress is None:
        return []
    found = similar_to(
        who.user.congress, one.key, title, text, beside=beside.pk if beside else None
    )
    mine = set(
        access.visible(who).filter(pk__in=[s.matter.pk for s in found]).values_list("pk", flat=True)
    )
    reading = language.Reading.of(who, one, who.day)
    return [_shown(similar_, reading, mine) for similar_ in found]


def _shown(found: Similar, reading: books.Reading, mine: set[int]) -> dict[str, Any]:
    matter = found.matter
    category = reading.institution.field("category")
    return {
        "pk": matter.pk if matter.pk in mine else None,
        "title": matter.title,
        "name": name_of(matter),
        "year": matter.year,
        "state": reading.state(matter),
        "category": reading.words(category, matter.facts.get("category")) if category else "",
        "implemented": matter.facts.get("implemented") is True,
        "shared": found.shared,
        "percent": found.percent,
        "same": found.same,
    }
