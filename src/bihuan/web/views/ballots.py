"""Running a ballot: the list, setting one up, its page, opening, attendance, tellers' entries, closing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from bihuan.ballots import access, closing, rolls, rules, voting
from bihuan.ballots.models import KINDS, STATES, WAYS, WAYS_OF, Ballot
from bihuan.ballots.voting import Plan
from bihuan.loop.forms import Refusal
from bihuan.loop.spec import Ballot as Declared
from bihuan.loop.votes import BASES, TIES, VOIDS
from bihuan.matters import access as matter_access
from bihuan.matters.act import key_of
from bihuan.matters.models import Matter
from bihuan.people.models import Person
from bihuan.web import language
from bihuan.web.standing import only, standing, works
from bihuan.web.tallies import read_entry, shown_results
from bihuan.web.views.people import congress_of

WRONG = 422
SHOWN = 100


@login_required
@require_GET
def listed(request: HttpRequest) -> HttpResponse:
    """The ballots this user may see, newest first."""
    who = standing(request)
    if not works(who):
        raise PermissionDenied
    state = request.GET.get("state", "")
    rows = access.visible(who).order_by("-pk")
    rows = rows.filter(state=state) if state in STATES else rows
    shown = {
        "rows": rows[:SHOWN],
        "states": STATES.items(),
        "state": state,
        "may_run": access.may_run(who),
        "mine": set(access.waiting_for(who).values_list("pk", flat=True)),
    }
    return render(request, "ballots/list.html", shown)


@only(*access.RUNNERS)
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Set up a ballot: about a matter (`?matter=…&declared=…`), or one that stands alone."""
    asked = request.POST if request.method == "POST" else request.GET
    about = _about(request, asked)
    if request.method == "GET":
        return _asked(request, about, asked)
    made = _set_up(request, about, asked)
    if isinstance(made, Refusal):
        return _asked(request, about, asked, made)
    return redirect("ballot", made.pk)


def _about(request: HttpRequest, asked: QueryDict) -> tuple[Matter, Declared] | None:
    """The matter and the vote its institution declares for it; 404 where the user may not see it."""
    if not asked.get("matter"):
        return None
    rows = matter_access.visible(standing(request)).select_related("congress")
    matter = get_object_or_404(rows, pk=key_of(str(asked["matter"])))
    one = language.institution(matter.institution)
    found = [row for row in one.ballots if row.id == asked.get("declared")]
    return (matter, found[0]) if found else None


def _set_up(
    request: HttpRequest, about: tuple[Matter, Declared] | None, sent: QueryDict
) -> Ballot | Refusal:
    who = standing(request)
    congress = congress_of(request)
    persons = _persons(request, sent)
    if isinstance(persons, Refusal):
        return persons
    if about and not _may_vote_on(request, about[0], about[1]):
        return Refusal(_("这件事项现在不到表决的环节，请看最新情况"))
    if about and access.undeclared(about[0], about[1].id).exists():
        return Refusal(_("这件事项已经有一次表决，还没有宣布结果；请在那里接着办"))
    return voting.set_up(congress, _plan(about, sent), persons, who.user, who.day)


def _may_vote_on(request: HttpRequest, matter: Matter, declared: Declared) -> bool:
    offers = language.offers(standing(request), matter)
    return any(offer.act.id == declared.act for offer in offers)


def _plan(about: tuple[Matter, Declared] | None, sent: QueryDict) -> Plan:
    secret = {"1": True, "0": False}.get(sent.get("secret", ""))
    places = sent.get("places", "")
    return Plan(
        title=sent.get("title", "").strip(),
        about=sent.get("about", "").strip(),
        preset=sent.get("preset", ""),
        way=sent.get("way", "phone"),
        secret=secret,
        items=[] if about else sent.get("lines", "").replace("\r", "").split("\n"),
        places=int(places) if places.isascii() and places.isdecimal() and len(places) < 4 else 0,
        own={part: sent.get(part, "") for part in ("base", "tie", "void")},
        matter=about[0] if about else None,
        declared=about[1].id if about else "",
    )


def _persons(request: HttpRequest, sent: QueryDict) -> list[Person] | Refusal:
    """The roll asked for: from a source, with names typed besides."""
    congress, day = congress_of(request), standing(request).day
    source = sent.get("source", "")
    taken = rolls.persons_of(congress, source, day) if source else []
    if isinstance(taken, Refusal):
        return taken
    typed = rolls.named(congress, sent.get("names", ""))
    return typed if isinstance(typed, Refusal) else [*taken, *typed]


def _asked(
    request: HttpRequest,
    about: tuple[Matter, Declared] | None,
    given: QueryDict,
    refusal: Refusal | None = None,
) -> HttpResponse:
    congress = congress_of(request)
    shown = {
        "matter": about[0] if about else None,
        "declared": about[1] if about else None,
        "given": given,
        "refusal": refusal,
        "presets": rules.presets().values(),
        "ways": [(way, WAYS[way]) for way in (WAYS_OF[about[1].secrecy] if about else WAYS)],
        "bases": BASES.items(),
        "ties": TIES.items(),
        "voids": VOIDS.items(),
        "sources": rolls.sources(congress, standing(request).day),
        "every": rolls.DEPUTIES,
        "not_statutory": rules.NOT_STATUTORY,
    }
    return render(request, "ballots/new.html", shown, status=WRONG if refusal else 200)


@login_required
@require_GET
def page(request: HttpRequest, pk: int) -> HttpResponse:
    """One ballot: what may be done with it, its turnout, and once closed its result."""
    row = get_object_or_404(access.visible(standing(request)), pk=pk)
    return show(request, row)


def show(request: HttpRequest, row: Ballot, refusal: Refusal | None = None) -> HttpResponse:
    """The ballot's page, with what was refused."""
    who = standing(request)
    voters = list(row.roll.all())
    mine = next((one for one in voters if one.person_id == who.user.person_id), None)
    shown = {
        "row": row,
        "refusal": refusal,
        "state": STATES[row.state],
        "kind": KINDS[row.kind],
        "way": WAYS[row.way],
        "rule": rules.said(row),
        "voters": voters,
        "there": sum(one.there for one in voters),
        "voted": sum(one.voted for one in voters),
        "mine": mine if row.state == "open" and row.way == "phone" else None,
        "may_run": access.may_run(who),
        "items": list(row.items.select_related("matter", "act")),
        "entries": voting.newest_entries(row),
        "after": Ballot.objects.filter(before=row).first(),
        "not_statutory": rules.NOT_STATUTORY,
        **shown_results(row, request.GET.get("receipt", "")),
    }
    return render(request, "ballots/ballot.html", shown, status=WRONG if refusal else 200)


def run_by(request: HttpRequest, pk: int) -> Ballot:
    """The ballot, if this user may run it; else 404."""
    return get_object_or_404(access.runs(standing(request)), pk=pk)


def answered(request: HttpRequest, pk: int, done: Any, said: str) -> HttpResponse:
    """Back to the ballot with a sentence, or its page with the refusal."""
    if isinstance(done, Refusal):
        return show(request, run_by(request, pk), done)
    messages.success(request, said)
    return redirect("ballot", pk)


@only(*access.RUNNERS)
@require_POST
def roll(request: HttpRequest, pk: int) -> HttpResponse:
    """Change the roll of a ballot in preparation: names added, voters taken off."""
    row = run_by(request, pk)
    if row.state != "draft":
        return show(request, row, Refusal(_("名册在开始投票时已经固定，不能再改")))
    added = rolls.named(row.congress, request.POST.get("names", ""))
    if isinstance(added, Refusal):
        return show(request, row, added)
    off = set(_keys(request, "off"))
    kept = [one.person for one in row.roll.select_related("person") if one.pk not in off]
    rolls.put(row, [*kept, *added])
    return answered(request, pk, row, _("名册已经改好"))


@only(*access.RUNNERS)
@require_POST
def begin(request: HttpRequest, pk: int) -> HttpResponse:
    """Freeze the roll and begin."""
    run_by(request, pk)
    done = voting.open_(pk, standing(request).day, _keys(request, "there"))
    return answered(request, pk, done, _("投票开始，名册已经固定"))


@only(*access.RUNNERS)
@require_POST
def there(request: HttpRequest, pk: int) -> HttpResponse:
    """Note who is there."""
    run_by(request, pk)
    return answered(
        request, pk, voting.note_there(pk, _keys(request, "there")), _("到会人员已经记下")
    )


def _keys(request: HttpRequest, name: str) -> Sequence[int]:
    return [key for word in request.POST.getlist(name) if (key := key_of(word))]


@only(*access.RUNNERS)
@require_POST
def close(request: HttpRequest, pk: int) -> HttpResponse:
    """Close, count, publish the papers and chain the result."""
    run_by(request, pk)
    who = standing(request)
    done = closing.close(pk, who.user, who.day)
    return answered(request, pk, done, _("投票结束，票已封存"))


@only(*access.RUNNERS)
@require_POST
def void(request: HttpRequest, pk: int) -> HttpResponse:
    """End without a result."""
    run_by(request, pk)
    done = voting.void(pk, request.POST.get("reason", ""), standing(request).day)
    return answered(request, pk, done, _("这次表决已经作废"))


@only(*access.RUNNERS)
@require_POST
def again(request: HttpRequest, pk: int) -> HttpResponse:
    """Prepare the next round; the one before stays as it is."""
    row = run_by(request, pk)
    done = voting.again(pk, standing(request).user, closing.equal_at_last(row))
    if isinstance(done, Ballot):
        return redirect("ballot", done.pk)
    return show(request, row, done)


@only(*access.RUNNERS)
@require_http_methods(["GET", "POST"])
def entry(request: HttpRequest, pk: int) -> HttpResponse:
    """What one teller counted. He never sees what another one did."""
    row = run_by(request, pk)
    if row.state != "open" or row.way == "phone":
        return show(request, row, Refusal(_("这次表决没有要录入的")))
    if request.method == "GET":
        return _entry(request, row)
    data = read_entry(row, request.POST)
    done = data if isinstance(data, Refusal) else voting.enter(pk, standing(request).user, data)
    if isinstance(done, Refusal):
        return _entry(request, row, done)
    messages.success(request, _("录入已经记下"))
    return redirect("ballot", pk)


def _entry(request: HttpRequest, row: Ballot, refusal: Refusal | None = None) -> HttpResponse:
    choices = row.rule.get("choices", [])
    items = [
        {
            "place": item.place,
            "title": item.title,
            "inputs": [
                (f"n{item.place}-{n}", choice, request.POST.get(f"n{item.place}-{n}", ""))
                for n, choice in enumerate([*choices, _("废票")])
            ],
        }
        for item in row.items.all()
    ]
    shown = {
        "row": row,
        "items": items,
        "by_counts": row.kind == "choice",
        "given": request.POST,
        "refusal": refusal,
        "count": row.roll.count(),
    }
    return render(request, "ballots/entry.html", shown, status=WRONG if refusal else 200)
