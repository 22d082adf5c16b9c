"""The rulebook on screen: all rules with their versions, what is amiss, the handbook, and another threshold tried."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from bihuan.loop.forms import Refusal
from bihuan.loop.spec import Check, Institution
from bihuan.matters import house, local_params
from bihuan.matters.act import key_of
from bihuan.rulebook.book import Chapter, book
from bihuan.rulebook.faults import amiss
from bihuan.rulebook.handbook import handbook
from bihuan.rulebook.replay import replay
from bihuan.web import language
from bihuan.web.attached import DOCX, attached
from bihuan.web.standing import institutions_of, only, standing
from bihuan.web.views.people import congress_of

READERS = ("clerk", "leader", "committee", "system_admin")


@only(*READERS)
@require_GET
def rulebook(request: HttpRequest) -> HttpResponse:
    """Every rule, chapter by chapter, or of one institution; what is amiss first."""
    chapters = _chapters(request)
    key = request.GET.get("institution", "")
    found = amiss(chapters, timezone.localdate())
    shown = [chapter for chapter in chapters if key in ("", chapter.institution.key)]
    if key and not shown:
        raise Http404
    rules = sum(len(chapter.rules) for chapter in chapters)
    return render(
        request,
        "rulebook/rulebook.html",
        {"chapters": shown, "all": chapters, "found": found, "rules": rules, "chosen": key},
    )


@only(*READERS)
@require_GET
def volume(request: HttpRequest) -> HttpResponse:
    """The handbook as a .docx."""
    today = timezone.localdate()
    chapters = _chapters(request)
    congress = congress_of(request)
    content = handbook(congress, chapters, amiss(chapters, today), today)
    return attached(content, DOCX, f"rulebook-{today}.docx")


@only("clerk", "leader", "committee")
@require_GET
def trial(request: HttpRequest) -> HttpResponse:
    """What a year would have shown under another threshold. Reading only: nothing is set."""
    today = timezone.localdate()
    offered = _offered(request)
    chosen = _chosen(request, offered)
    context: dict[str, Any] = {
        "offered": offered,
        "asked": request.GET,
        "years": range(today.year, today.year - 6, -1),
        "year": _year(request, today.year),
    }
    if chosen is not None:
        one, check, name = chosen
        context |= {"one": one, "check": check, "standing_value": _standing(request, one, name)}
        if request.GET.get("value", "").strip():
            context |= _replayed(request, one, check, name, context["year"])
    return render(request, "rulebook/trial.html", context)


Offer = tuple[Institution, Check, str, str]
"""An institution, one of its checks, a param the check goes by, and the param's title."""


def _offered(request: HttpRequest) -> list[Offer]:
    return [
        (one, check, name, next(row.title for row in one.params if row.name == name))
        for one in _open(request)
        for check in one.checks
        for name in check.params
    ]


def _chosen(request: HttpRequest, offered: list[Offer]) -> tuple[Institution, Check, str] | None:
    asked = request.GET.get("rule", "")
    for one, check, name, _title in offered:
        if asked == f"{one.key}.{check.id}.{name}":
            return one, check, name
    return None


def _replayed(
    request: HttpRequest, one: Institution, check: Check, name: str, year: int
) -> dict[str, Any]:
    text = request.GET["value"][:200]
    done = replay(congress_of(request), one.key, check.id, name, text, year, timezone.localdate())
    return {"refusal": done} if isinstance(done, Refusal) else {"done": done}


def _standing(request: HttpRequest, one: Institution, name: str) -> str:
    rules = house.rules_of(congress_of(request), one.key)
    rows = [row for row in rules.all_on(timezone.localdate()) if row.name == name]
    return local_params.as_text(rows[0].value) if rows else _("现在没有生效的值")


def _year(request: HttpRequest, this: int) -> int:
    asked = key_of(request.GET.get("year", ""))
    return asked if 2000 <= asked <= this else this


def _chapters(request: HttpRequest) -> list[Chapter]:
    return book(congress_of(request), _open(request), timezone.localdate())


def _open(request: HttpRequest) -> list[Institution]:
    """The institutions this reader may know of; the system administrator looks after all rules."""
    who = standing(request)
    every = list(language.institutions().values())
    return every if who.has("system_admin") else institutions_of(who)
