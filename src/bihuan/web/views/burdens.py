"""What is asked of units: all units over a quarter or a month, one unit's calendar, and a unit's own page."""

from __future__ import annotations

import calendar
from collections.abc import Iterator
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from bihuan.asks import burden as load
from bihuan.asks.gather import Ask
from bihuan.loop.periods import quarter, quarter_number, quarter_said
from bihuan.matters import access, house
from bihuan.people.models import Body
from bihuan.web import language
from bihuan.web.standing import only, standing
from bihuan.web.views.people import congress_of

SEERS = ("clerk", "leader", "committee")
FEEDBACK = "burden"
"""The institution in which units report each quarter."""


@only(*SEERS)
@require_GET
def burdens(request: HttpRequest) -> HttpResponse:
    """Every unit at the base, by name: how much was asked of it in a quarter."""
    today = standing(request).day
    begins, ends, year, number = _quarter(request, today)
    rows = load.burdens(congress_of(request), begins, ends)
    words = sorted({word for row in rows for word in row.by_word})
    context = {
        "rows": [(row, [(word, row.by_word[word]) for word in words]) for row in rows],
        "words": words,
        "year": year,
        "quarter": number,
        "begins": begins,
        "ends": ends,
        "choices": [(y, q) for y in (today.year, today.year - 1) for q in (4, 3, 2, 1)],
    }
    return render(request, "burdens/burdens.html", context)


def _quarter(request: HttpRequest, today: date) -> tuple[date, date, int, int]:
    word = request.GET.get("q", "")
    year, number = today.year, quarter_number(today)
    if len(word) == 6 and word[:4].isdecimal() and word[4] == "-" and word[5] in "1234":
        year, number = int(word[:4]), int(word[5])
    year = min(max(year, 1954), 9998)
    return *quarter(year, number), year, number


@only(*SEERS)
@require_GET
def burden(request: HttpRequest, pk: int) -> HttpResponse:
    """One unit's month."""
    unit = get_object_or_404(Body, pk=pk, congress=congress_of(request))
    return _month(request, unit)


@only("unit", "contact")
@require_GET
def mine(request: HttpRequest) -> HttpResponse:
    """What everyone asks of my own unit this month, in one calendar."""
    who = standing(request)
    unit = Body.objects.filter(congress=who.user.congress, path__in=who.paths).order_by("path")
    first = unit.first()
    if first is None:
        raise PermissionDenied
    return _month(request, first, own=True)


def _month(request: HttpRequest, unit: Body, own: bool = False) -> HttpResponse:
    who = standing(request)
    begins = _first(request.GET.get("month", ""), who.day)
    ends = begins.replace(day=calendar.monthrange(begins.year, begins.month)[1])
    whole = load.burden(unit, begins, ends)
    seen = set(
        access.visible(who)
        .filter(pk__in=[ask.matter for ask in whole.asks])
        .values_list("pk", flat=True)
    )
    context = {
        "unit": unit,
        "own": own,
        "month": begins,
        "before": _shift(begins, -1),
        "after": _shift(begins, 1),
        "burden": whole,
        "words": sorted(whole.by_word.items()),
        "rows": [_row(ask, seen, who) for ask in whole.asks],
        "twice": [(thing, [_row(ask, seen, who) for ask in asked]) for thing, asked in whole.twice],
        "report": _report(who, unit, begins) if own else "",
    }
    return render(request, "burdens/burden.html", context)


def _row(ask: Ask, seen: set[int], who: access.Standing) -> dict[str, Any]:
    """Whoever may not open an institution is told that something was asked, not what."""
    one = language.institution(ask.institution)
    shut = ask.matter not in seen and not access.open_to(who, one) and not who.paths
    return {"ask": ask, "one": one, "open": ask.matter in seen, "title": "" if shut else ask.title}


def _first(word: str, today: date) -> date:
    try:
        return date.fromisoformat(f"{word}-01")
    except ValueError:
        return today.replace(day=1)


def _shift(month: date, by: int) -> date:
    year, place = divmod(month.year * 12 + month.month - 1 + by, 12)
    return date(min(max(year, 1), 9998), place + 1, 1)


def _report(who: access.Standing, unit: Body, month: date) -> str:
    """The quarter's feedback with the figures filled in: the two minutes are for what the program cannot know."""
    one = house.institutions().get(FEEDBACK)
    offer = next((o for o in access.may_raise(who, one)), None) if one else None
    if one is None or offer is None:
        return ""
    number = quarter_number(month)
    figures = dict(_figures(load.burden(unit, *quarter(month.year, number))))
    given = {
        "title": unit.name,
        "on": who.day,
        "year": month.year,
        "quarter": quarter_said(number),
        **figures,
    }
    known = {each.name for each in one.fields_of(offer.act.id)}
    query = urlencode({name: value for name, value in given.items() if name in known})
    return f"{reverse('raise', args=[one.key, offer.act.id])}?{query}"


WORDS = {"参会": "meetings", "迎检": "visits", "来文": "papers", "交办": "shares"}


def _figures(whole: load.Burden) -> Iterator[tuple[str, int]]:
    for word, name in WORDS.items():
        yield name, whole.by_word[word]
    yield "materials", sum(len(ask.what) for ask in whole.asks)
    yield "twice", len(whole.twice)
