"""Boards: an institution's figures, and each figure opened into its rows."""

from __future__ import annotations

from datetime import date

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from bihuan.loop.spec import Indicator, Institution
from bihuan.matters import access, queries
from bihuan.matters.models import Matter
from bihuan.measures import boards, indicators
from bihuan.web import findings
from bihuan.web.standing import institution_of, institutions_of, standing

PAGE = 50


@login_required
@require_GET
def all_boards(request: HttpRequest) -> HttpResponse:
    """The way to the boards: the first institution of the user's menu."""
    own = institutions_of(standing(request))
    if not own:
        raise Http404
    return redirect("board", own[0].key)


@login_required
@require_GET
def board(request: HttpRequest, institution: str) -> HttpResponse:
    """One institution's figures as of a day, with trend and by body."""
    one, who = institution_of(request, institution), standing(request)
    as_of, year = day_asked(request), _year(request)
    shown = boards.board(who, one.key, as_of, year)
    others = institutions_of(who)
    return render(
        request,
        "board/board.html",
        {"board": findings.worded(shown, one), "one": one, "others": others},
    )


@login_required
@require_GET
def figure(request: HttpRequest, institution: str, key: str) -> HttpResponse:
    """The rows behind a figure: those that count, or the rest of its base."""
    one, who = institution_of(request, institution), standing(request)
    indicator = _indicator(one, key)
    if not boards.may_count(who, one, indicator):
        raise Http404
    as_of, year, group = day_asked(request), _year(request), request.GET.get("group", "")[:80]
    assert who.user.congress is not None
    base = indicators.rows(
        who.user.congress, one.key, key, as_of, group=group, hit=False, year=year
    )
    hits = indicators.rows(who.user.congress, one.key, key, as_of, group=group, hit=True, year=year)
    seen = access.visible(who).values("pk")
    base, hits = base.filter(pk__in=seen), hits.filter(pk__in=seen)
    rest = request.GET.get("rest") == "1"
    chosen = base.exclude(pk__in=hits.values("pk")) if rest else hits
    page = Paginator(_in_order(chosen), PAGE).get_page(request.GET.get("page"))
    today = timezone.localdate()
    return render(
        request,
        "board/figure.html",
        {
            "one": one,
            "indicator": indicator,
            "law": one.law_of(indicator.cite),
            "group": group,
            "as_of": as_of,
            "year": year,
            "rest": rest,
            "hits": hits.count(),
            "whole": base.count(),
            "page": page,
            "rows": [(matter, queries.light(matter, today)) for matter in page],
        },
    )


def _in_order(matters: QuerySet[Matter]) -> QuerySet[Matter]:
    newest = matters.order_by("-year", "-id").defer("facts", "limit", "text")
    return newest.prefetch_related("assignments__body")


def _indicator(one: Institution, key: str) -> Indicator:
    found = next((indicator for indicator in one.indicators if indicator.key == key), None)
    if found is None:
        raise Http404
    return found


def day_asked(request: HttpRequest) -> date:
    """The day a page is to stand for: the one asked for, never later than today."""
    today = timezone.localdate()
    try:
        asked = date.fromisoformat(request.GET.get("as_of", ""))
    except ValueError:
        return today
    return min(asked, today)


def _year(request: HttpRequest) -> int | None:
    year = request.GET.get("year", "")
    return int(year) if year.isascii() and year.isdecimal() and len(year) == 4 else None
