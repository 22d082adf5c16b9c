"""After closing: declaring the result on the matter, publishing it, the sheet to sign, the page for everybody."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from bihuan.ballots import access, closing, rules, voting
from bihuan.ballots import sheet as sheets
from bihuan.ballots.models import Ballot, Item
from bihuan.loop.forms import Refusal
from bihuan.loop.spec import Value
from bihuan.matters import access as matter_access
from bihuan.matters.act import Doer
from bihuan.matters.act import act as take
from bihuan.web import language
from bihuan.web.attached import DOCX, attached
from bihuan.web.standing import only, standing
from bihuan.web.tallies import shown_results
from bihuan.web.views.acting import form_of
from bihuan.web.views.ballots import answered, run_by, show
from bihuan.web.widgets import Form

WRONG = 422


@only(*access.RUNNERS)
@require_POST
def announce(request: HttpRequest, pk: int) -> HttpResponse:
    """Declare a result that no act books."""
    run_by(request, pk)
    return answered(request, pk, closing.announce(pk), _("结果已经宣布"))


@only(*access.RUNNERS)
@require_http_methods(["GET", "POST"])
def declare(request: HttpRequest, pk: int, place: int) -> HttpResponse:
    """Book an item's result on its matter: the ballot fills in its fields, the clerk the others."""
    row = run_by(request, pk)
    item = get_object_or_404(row.items.select_related("matter"), place=place, matter__isnull=False)
    found = _form(request, row, item)
    if isinstance(found, Refusal):
        return show(request, row, found)
    form, offer = found
    filled = {name: _typed(value) for name, value in closing.fills(row, place).items()}
    if request.method == "POST":
        form.fill(request.POST)
        form.keep_files(request.FILES)
        form.values.update(filled)
        done = _book(request, row, item, form, offer)
        if done is None:
            messages.success(request, _("结果已经宣布，记入事项"))
            return redirect("matter", item.matter_id)
        return _declare(request, row, item, form, offer, filled, done)
    return _declare(request, row, item, form, offer, filled)


def _typed(value: Value) -> str:
    """What the ballot fills in, as a clerk would have typed it."""
    return ("是" if value else "否") if isinstance(value, bool) else str(value)


def _form(
    request: HttpRequest, row: Ballot, item: Item
) -> tuple[Form, matter_access.Offer] | Refusal:
    """The form of the act that books the result, if this clerk may take it now."""
    who = standing(request)
    refused = closing.may_declare(row)
    if refused:
        return refused
    if item.act_id:
        return Refusal(_("这一项的结果已经宣布过了"))
    declared = rules.declared_of(row)
    matter = (
        matter_access.visible(who).select_related("congress").filter(pk=item.matter_id or 0).first()
    )
    if matter is None or declared is None:
        raise Http404
    offers = [o for o in language.offers(who, matter) if o.act.id == declared.act]
    if not offers:
        return Refusal(_("事项的环节已经变了，现在不能记入结果，请看最新情况"))
    return form_of(who, matter, offers[0]), offers[0]


def _book(
    request: HttpRequest, row: Ballot, item: Item, form: Form, offer: matter_access.Offer
) -> Refusal | None:
    """Take the act. None when it is booked."""
    data = form.data()
    if form.errors:
        return Refusal("；".join(form.errors.values()))
    assert item.matter_id is not None
    doer = Doer(offer.actor, form.user, offer.on_behalf)
    token = f"ballot-{row.pk}-{item.place}"
    done = take(item.matter_id, offer.act.id, doer, form.today, data, token=token)
    if isinstance(done, Refusal):
        return done
    closing.declared_in(row, item.place, done)
    return None


def _declare(
    request: HttpRequest,
    row: Ballot,
    item: Item,
    form: Form,
    offer: matter_access.Offer,
    filled: dict[str, str],
    refusal: Refusal | None = None,
) -> HttpResponse:
    known = {one.name: one.title for one in form.fields}
    shown: dict[str, Any] = {
        "row": row,
        "item": item,
        "offer": offer,
        "refusal": refusal,
        "filled": [(known[name], value) for name, value in filled.items()],
        "controls": [one for one in form.controls() if one.field.name not in filled],
    }
    return render(request, "ballots/declare.html", shown, status=WRONG if refusal else 200)


@only(*access.RUNNERS)
@require_POST
def publish(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the result to everybody."""
    run_by(request, pk)
    return answered(request, pk, closing.make_public(pk), _("结果已经公布"))


@login_required
@require_GET
def sheet(request: HttpRequest, pk: int) -> HttpResponse:
    """The result as a document, with lines to sign on."""
    row = get_object_or_404(access.visible(standing(request)), pk=pk)
    if row.state not in ("closed", "declared"):
        return show(request, row, Refusal(_("先封存，再生成结果单")))
    return attached(sheets.document(row), DOCX, f"{row}结果单.docx")


@require_GET
def public(request: HttpRequest, pk: int) -> HttpResponse:
    """A published result, for anyone: rule, count, sum, every paper under its receipt."""
    row = get_object_or_404(Ballot.objects.select_related("congress"), pk=pk, public=True)
    results = shown_results(row, request.GET.get("receipt", ""))
    if results["closing"] is None:
        raise Http404
    shown = {
        "row": row,
        "rule": rules.said(row),
        "titles": voting.titles_of(row),
        "not_statutory": rules.NOT_STATUTORY,
        **results,
    }
    return render(request, "ballots/public.html", shown)
