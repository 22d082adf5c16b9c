"""What the checks found: the ledger of findings, one finding with its rows, and what a clerk says to it."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from bihuan.findings import settle
from bihuan.findings.models import STATES, Finding
from bihuan.jobs import queue
from bihuan.loop.forms import Refusal
from bihuan.loop.params import NoSuchParam
from bihuan.loop.spec import HEADINGS, Check, Institution
from bihuan.matters import access, queries
from bihuan.matters.act import Doer
from bihuan.matters.models import Matter
from bihuan.people.models import User
from bihuan.web import language
from bihuan.web.standing import institutions_of, only, standing
from bihuan.web.views.acting import WRONG
from bihuan.web.views.people import congress_of, page_of
from bihuan.web.widgets import Form

SEERS = settle.SEERS
CHOOSABLE = (*STATES, "gone")
WORDS = (
    gettext_noop("待处理"),
    gettext_noop("属实，已列入整改"),
    gettext_noop("已说明"),
    gettext_noop("误报"),
    gettext_noop("文件制发"),
    gettext_noop("会议和节庆论坛展会"),
    gettext_noop("督查检查调研"),
    gettext_noop("职权运行"),
    gettext_noop("隐蔽吃喝、隔空收礼"),
    gettext_noop("对上拔高、对下上纲上线"),
)
"""Kept in Chinese where they are declared, said in the page's language here."""


@only(*SEERS)
@require_GET
def findings(request: HttpRequest) -> HttpResponse:
    """The ledger: what is still there and waits first of all; others by filter."""
    who = standing(request)
    every = settle.visible(who)
    asked = {name: request.GET.get(name, "")[:40] for name in ("state", "heading", "check", "year")}
    rows = _narrowed(every, asked).annotate(rows_count=Count("evidence"))
    rows = rows.order_by("-ends", "heading", "institution", "check_key", "pk")
    counts = dict(
        every.filter(gone_on=None).order_by().values_list("state").annotate(n=Count("pk"))
    )
    page = page_of(request, rows)
    context = {
        "page": page,
        "rows": [(row, _check_title(row)) for row in page],
        "asked": asked,
        "states": [(key, title, counts.get(key, 0)) for key, title in STATES.items()],
        "gone": every.exclude(gone_on=None).count(),
        "headings": HEADINGS.items(),
        "checks": [(f"{one.key}.{check.id}", check.title) for one, check in _checks(who)],
        "years": list(every.order_by("-year").values_list("year", flat=True).distinct()),
        "may_run": who.has("clerk"),
    }
    return render(request, "findings/findings.html", context)


def _narrowed(rows: QuerySet[Finding], asked: dict[str, str]) -> QuerySet[Finding]:
    state, year = asked["state"], asked["year"]
    rows = rows.exclude(gone_on=None) if state == "gone" else rows.filter(gone_on=None)
    if state in STATES:
        rows = rows.filter(state=state)
    elif state != "all" and state != "gone":
        rows = rows.filter(state="open")
    if asked["heading"] in HEADINGS:
        rows = rows.filter(heading=asked["heading"])
    if year.isascii() and year.isdecimal() and len(year) == 4:
        rows = rows.filter(year=int(year))
    institution, dot, check = asked["check"].partition(".")
    return rows.filter(institution=institution, check_key=check) if dot else rows


def _checks(who: access.Standing) -> list[tuple[Institution, Check]]:
    return [(one, check) for one in institutions_of(who) for check in one.checks]


def _check_title(row: Finding) -> str:
    check = language.institution(row.institution).check(row.check_key)
    return check.title if check else row.check_key


@dataclass(frozen=True)
class Told:
    """A check as listed: its params in force, and how often it was right."""

    one: Institution
    check: Check
    cite: str
    params: tuple[tuple[str, str, Any], ...]
    tally: settle.Tally | None


@only(*SEERS)
@require_GET
def checks(request: HttpRequest) -> HttpResponse:
    """Every check: its article, its limits as they hold today, what it found and how often that was wrong."""
    who, congress = standing(request), congress_of(request)
    tallies = {
        (tally.institution, tally.check): tally for tally in settle.tallies(settle.visible(who))
    }
    told = []
    for one, check in _checks(who):
        rules = language.rules_of(congress, one.key)
        params = []
        for name in check.params:
            try:
                row = rules.param(name, who.day)
            except NoSuchParam:
                continue
            params.append((name, row.title, row.value))
        cite = one.cited(check.cite) or check.cite
        told.append(Told(one, check, cite, tuple(params), tallies.get((one.key, check.id))))
    order = list(HEADINGS)
    told.sort(key=lambda each: order.index(each.check.heading))
    return render(request, "findings/checks.html", {"told": told, "headings": HEADINGS})


@only("clerk")
@require_POST
def run(request: HttpRequest) -> HttpResponse:
    """Ask for all checks to be run now; asked twice within a minute, they run once."""
    congress = congress_of(request)
    slot = f"findings/{congress.pk}@{timezone.now():%Y-%m-%dT%H:%M}"
    queue.put("findings", congress=congress, by=_user(request), slot=slot)
    messages.success(request, _("已经排上：在后台按自查规则查，一会儿刷新本页看结果。"))
    return redirect("findings")


def _user(request: HttpRequest) -> User:
    return standing(request).user


@only(*SEERS)
@require_GET
def finding(request: HttpRequest, pk: int) -> HttpResponse:
    """One finding: its sentence, figure and article, the rows that broke the rule, and what was said to it."""
    return _page(request, get_object_or_404(settle.visible(standing(request)), pk=pk))


def _page(
    request: HttpRequest, row: Finding, refusal: Refusal | None = None, typed: str = ""
) -> HttpResponse:
    who = standing(request)
    seen = access.visible(who).filter(evidence__finding=row).order_by("evidence__place")
    page = page_of(request, seen.prefetch_related("assignments__body"))
    one = language.institution(row.institution)
    context = {
        "finding": row,
        "one": one,
        "check": one.check(row.check_key),
        "heading": HEADINGS.get(row.heading, ""),
        "page": page,
        "rows": [(matter, queries.light(matter, who.day)) for matter in page],
        "title": _("是这几件"),
        "settlements": row.settlements.select_related("who__person"),
        "problem": access.visible(who).filter(pk=row.matter_id or 0).first(),
        "may_settle": who.has("clerk") and row.state != "confirmed",
        "refusal": refusal,
        "typed": typed,
    }
    return render(request, "findings/finding.html", context, status=WRONG if refusal else 200)


@only("clerk")
@require_POST
def set_aside(request: HttpRequest, pk: int) -> HttpResponse:
    """Explain it, or say that it is wrong; the reason is kept."""
    row = get_object_or_404(settle.visible(standing(request)), pk=pk)
    state = "refuted" if request.POST.get("as") == "refuted" else "explained"
    reason = request.POST.get("reason", "").replace("\r\n", "\n")
    done = settle.set_aside(row.pk, state, reason, _user(request))
    if isinstance(done, Refusal):
        return _page(request, row, done, reason)
    messages.success(request, _("已记下：%(state)s") % {"state": _(STATES[state])})
    return redirect("finding", row.pk)


@only("clerk")
@require_http_methods(["GET", "POST"])
def confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """It holds: the form of the problem that it becomes, filled in from the finding."""
    who = standing(request)
    row = get_object_or_404(settle.visible(who), pk=pk)
    if row.matter_id:
        return redirect("matter", row.matter_id)
    form, offer = _form(who)
    if request.method == "GET":
        form.values = dict(settle.problem_of(row))
        return _shown(request, row, form, offer)
    form.fill(request.POST)
    form.keep_files(request.FILES)
    data = form.data()
    if form.errors:
        return _shown(request, row, form, offer, status=WRONG)
    token = request.POST.get("token", "").replace("\0", "")[:64]
    doer = Doer(offer.actor, who.user, offer.on_behalf)
    made = settle.confirm(row.pk, doer, who.user, who.day, data, token)
    if isinstance(made, Matter):
        messages.success(request, _("已列入整改"))
        return redirect("matter", made.pk)
    at_field = any(one.name == made.field for one in form.fields)
    if at_field:
        form.errors[made.field] = made.say
    return _shown(request, row, form, offer, None if at_field else made, WRONG)


def _form(who: access.Standing) -> tuple[Form, access.Offer]:
    one = language.institution(settle.RECTIFICATIONS)
    offer = next((o for o in access.may_raise(who, one) if o.act.id == settle.RAISE), None)
    if offer is None or who.user.congress is None:
        raise PermissionDenied
    rules = language.rules_of(who.user.congress, one.key)
    return Form(one, offer.act, rules, who.day, who.user, access.visible(who)), offer


def _shown(
    request: HttpRequest,
    row: Finding,
    form: Form,
    offer: access.Offer,
    refusal: Refusal | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "finding": row,
        "form": form,
        "controls": form.controls(),
        "offer": offer,
        "one": form.institution,
        "law": form.institution.law_of(offer.act.cite),
        "refusal": refusal,
        "token": request.POST.get("token") or secrets.token_urlsafe(16),
    }
    return render(request, "findings/confirm.html", context, status=status)
