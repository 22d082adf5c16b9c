"""The ledger of an institution, and the search through all of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET
from django.views.decorators.vary import vary_on_headers

from bihuan.loop.spec import Act, Choice, Column, Field, Institution
from bihuan.matters import access, queries, search
from bihuan.matters import ledger as books
from bihuan.matters.models import Matter, SavedView
from bihuan.people.models import Body
from bihuan.web.standing import institution_of, institutions_of, standing

FOUND = 50
LIT_COLUMNS = ("light", "phase", "days_left")


@dataclass(frozen=True)
class Cell:
    """One cell as drawn: its column, its text, and the tone of a tag where a choice has one."""

    column: Column
    title: str
    text: str
    tone: str = ""


@dataclass(frozen=True)
class Line:
    """One row as drawn."""

    matter: Matter
    light: queries.Light
    cells: list[Cell]


@dataclass(frozen=True)
class Narrowing:
    """A filter as drawn: its name in the address, its options and the one chosen."""

    name: str
    title: str
    options: list[Choice]
    chosen: str


@login_required
@require_GET
@vary_on_headers("HX-Request")
def ledger(request: HttpRequest, institution: str) -> HttpResponse:
    """The ledger: counts, filters, rows, saved views. HTMX asks for the table alone."""
    one, who, today = institution_of(request, institution), standing(request), timezone.localdate()
    filters = books.Filters.read(one, request.GET.dict())
    rows = books.matters(who, one, filters, today)
    page = books.page_of(who, one, books.lit(rows, filters.light, today), filters)
    counted = books.counts(rows, today)
    shown = {
        "one": one,
        "filters": filters,
        "lines": lines(one, books.Reading.of(who, one, today), page.rows, today),
        "next": page.next,
        "headings": headings(one),
        "counts": [(key, counted[key]) for key in books.SHOWN_LIGHTS],
        "count_all": counted["all"],
        "bulk_acts": bulk_acts(who, one),
        "today": today,
    }
    if request.headers.get("HX-Request") and not request.headers.get("HX-Boosted"):
        return render(request, "ledger/table.html", shown)
    narrowing = _narrowing(who, one, filters, today)
    offers = access.may_raise(who, one)
    views = SavedView.objects.filter(user=who.user, institution=one.key).order_by("name")
    extra: dict[str, Any] = {"narrowing": narrowing, "offers": offers, "views": views}
    extra["narrowed"] = any(each.chosen for each in narrowing) or bool(
        filters.text or filters.light
    )
    return render(request, "ledger/ledger.html", shown | extra)


def headings(one: Institution) -> list[tuple[Column, str]]:
    """The columns with their titles. A ledger always shows its lights."""
    columns = list(one.columns)
    if not any(column.name in ("light", "days_left") for column in columns):
        columns.append(Column("light"))
    return [(column, books.heading(one, column)) for column in columns]


def lines(one: Institution, reading: books.Reading, rows: list[Matter], today: date) -> list[Line]:
    """The rows as drawn."""
    titled = headings(one)
    return [Line(row, queries.light(row, today), _cells(reading, row, titled)) for row in rows]


def _cells(reading: books.Reading, row: Matter, titled: list[tuple[Column, str]]) -> list[Cell]:
    return [_cell(reading, row, column, title) for column, title in titled]


def _cell(reading: books.Reading, row: Matter, column: Column, title: str) -> Cell:
    if column.name in LIT_COLUMNS:
        return Cell(column, title, "")
    text = reading.cell(row, column.name)
    one = reading.institution.field(column.name)
    tone = reading.tone(one, row.facts.get(one.name)) if one and text else ""
    return Cell(column, title, text, tone)


def bulk_acts(who: access.Standing, one: Institution) -> list[Act]:
    """The acts this user could take on many matters at once."""
    mine = set(who.roles) & {"clerk", "secretariat", "committee", "leader", "delegation"}
    mine |= {"lead_body", "co_body"} if who.paths else set()
    mine |= {"proposer"} if who.seats else set()
    return [act for act in one.acts if act.bulk and mine & set(act.by)]


def _narrowing(
    who: access.Standing, one: Institution, filters: books.Filters, today: date
) -> list[Narrowing]:
    states = [Choice(state.id, state.title) for state in one.states_of("matter")]
    bodies = Body.objects.filter(congress=who.user.congress).order_by("path")
    years = [Choice(str(year)) for year in books.years(who, one)]
    held = books.options(who, one, today)
    named = {str(body.pk): str(body) for body in bodies}
    return [
        Narrowing("state", "环节", states, filters.state),
        Narrowing("body", "单位", [Choice(k, v) for k, v in named.items()], filters.body),
        Narrowing("year", "年度", years, filters.year),
        *(
            Narrowing(
                f"f_{f.name}",
                f.title,
                _named(f, held[f.name], named),
                filters.fields.get(f.name, ""),
            )
            for f in books.filterable(one)
        ),
    ]


def _named(one: Field, options: list[Choice], bodies: dict[str, str]) -> list[Choice]:
    if one.kind != "body":
        return options
    return [Choice(option.id, bodies.get(option.id, option.id)) for option in options]


@login_required
@require_GET
def search_all(request: HttpRequest) -> HttpResponse:
    """Every matter this user may see in which all the words stand."""
    who, today = standing(request), timezone.localdate()
    text = request.GET.get("q", "").strip()[: search.LONGEST_QUERY]
    rows = search.find(access.visible(who), text) if text else Matter.objects.none()
    open_to_me = [one.key for one in institutions_of(who)]
    rows = rows.filter(institution__in=open_to_me).order_by("-id").defer("text", "limit")
    found = list(rows[: FOUND + 1])
    return render(
        request,
        "ledger/search.html",
        {
            "q": text,
            "found": [(row, queries.light(row, today)) for row in found[:FOUND]],
            "more": len(found) > FOUND,
            "today": today,
        },
    )
