"""The ledger of an institution, and the search through all of them."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_GET
from django.views.decorators.vary import vary_on_headers

from bihuan.letters.access import may_make
from bihuan.letters.declared import Letter, of_institution
from bihuan.loop.spec import Act, Choice, Column, Field, Institution
from bihuan.matters import access, queries, search
from bihuan.matters import ledger as books
from bihuan.matters.models import Matter
from bihuan.matters.waiting import Row, Waiting
from bihuan.people.models import Body
from bihuan.web import language
from bihuan.web.standing import institution_of, institutions_of, standing
from bihuan.web.views import saved

FOUND = 50
LIT_COLUMNS = ("light", "phase", "days_left")
USUAL = ("number", "title", "lead", "state", *LIT_COLUMNS)
"""The columns every ledger shows at first; others that are declared fill up to MOST_USUAL."""
MOST_USUAL = 6


@dataclass(frozen=True)
class Cell:
    """One cell as drawn: its column, its text, the tone of a tag where a choice has one, a note under it."""

    column: Column
    title: str
    text: str
    tone: str = ""
    note: str = ""


@dataclass(frozen=True)
class Line:
    """One row as drawn."""

    matter: Matter
    light: queries.Light
    cells: list[Cell]
    todo: Row | None = None


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
    first = None if request.GET else saved.first_view(who, one)
    if first and first.query:
        return redirect(f"{request.path}?{first.query}")
    filters = books.Filters.read(one, request.GET.dict())
    rows = books.matters(who, one, filters, today)
    page = books.page_of(who, one, books.lit(rows, filters.light, today), filters)
    counted = books.counts(rows, today)
    every = request.GET.get("columns") == "all"
    titled = headings(one, every)
    shown: dict[str, Any] = {
        "one": one,
        "filters": filters,
        "query": saved.cleaned(request.GET.urlencode()),
        "here": request.get_full_path(),
        "lines": lines(
            titled, language.Reading.of(who, one, today), page.rows, Waiting(who, today)
        ),
        "next": page.next,
        "headings": titled,
        "every": every,
        "fewer": len(headings(one, every=False)) < len(headings(one)),
        "counts": [(key, _told(counted[key])) for key in books.SHOWN_LIGHTS],
        "count_all": _told(counted["all"]),
        "bulk_acts": takeable(bulk_acts(who, one), page.rows),
        "bulk_letters": bulk_letters(who, one, page.rows),
        "token": secrets.token_urlsafe(12),
        "today": today,
    }
    shown["todos"] = any(line.todo for line in shown["lines"])
    if request.headers.get("HX-Request") and not request.headers.get("HX-Boosted"):
        return render(request, "ledger/table.html", shown)
    narrowing = _narrowing(who, one, filters, today)
    offers = [offer for offer in access.may_raise(who, one) if not offer.act.quiet]
    extra: dict[str, Any] = {
        "narrowing": narrowing,
        "more": [each for each in narrowing[4:] if each.options],
        "more_chosen": any(each.chosen for each in narrowing[4:]),
        "narrowed": sum(bool(each.chosen) for each in narrowing) + bool(filters.text),
        "offers": offers,
        "views": saved.views_of(who, one),
    }
    return render(request, "ledger/ledger.html", shown | extra)


def _told(count: int) -> str:
    most = books.MOST_COUNTED
    return str(count) if count <= most else _("%(n)s 以上") % {"n": most}


def headings(one: Institution, every: bool = True) -> list[tuple[Column, str]]:
    """The columns with their titles: all, or as many as a screen holds. A ledger always shows its lights."""
    columns = list(one.columns)
    if not any(column.name in ("light", "days_left") for column in columns):
        columns.append(Column("light"))
    if not every:
        first = [column for column in columns if column.name in USUAL]
        more = [column for column in columns if column.name not in (*USUAL, "due", "persons")]
        kept = first + more[: max(0, MOST_USUAL - len(first))]
        columns = [column for column in columns if column in kept]
    return [(column, language.heading(one, column)) for column in columns]


def lines(
    titled: list[tuple[Column, str]], reading: books.Reading, rows: list[Matter], waiting: Waiting
) -> list[Line]:
    """The rows as drawn, each with the act that waits for this user, if one does."""
    return [
        Line(
            row,
            queries.light(row, waiting.today),
            _cells(reading, row, titled),
            _todo(waiting, row),
        )
        for row in rows
    ]


def _todo(waiting: Waiting, matter: Matter) -> Row | None:
    row = waiting.row(matter)
    return row if row.mine and row.act else None


def takeable(acts: list[Act], rows: list[Matter]) -> list[Act]:
    """Those of the acts that some row shown is in a state for."""
    places = {row.state for row in rows}
    places |= {share.state for row in rows for share in books.live(row.assignments.all())}
    return [act for act in acts if places & set(act.from_states)]


def _cells(reading: books.Reading, row: Matter, titled: list[tuple[Column, str]]) -> list[Cell]:
    return [_cell(reading, row, column, title) for column, title in titled]


def _cell(reading: books.Reading, row: Matter, column: Column, title: str) -> Cell:
    if column.name in LIT_COLUMNS:
        return Cell(column, title, "")
    text = reading.cell(row, column.name)
    one = reading.institution.field(column.name)
    tone = reading.tone(one, row.facts.get(one.name)) if one and text else ""
    persons = reading.cell(row, "persons") if column.name == "lead" else ""
    return Cell(column, title, text, tone, persons)


def bulk_letters(who: access.Standing, one: Institution, rows: list[Matter]) -> list[Letter]:
    """The letters he may make in bulk for matters that stand as some of these do."""
    stand = {row.state for row in rows}
    return [
        letter
        for letter in of_institution(one.key)
        if letter.bulk
        and letter.about == "share"
        and may_make(who, letter)
        and (not letter.states or stand & set(letter.states))
    ]


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
    waits = [Choice(key, _(WAITS[key])) for key in waits_of(who, filters.waits)]
    bodies = Body.objects.filter(congress=who.user.congress).order_by("path")
    years = [Choice(str(year)) for year in books.years(who, one)]
    held = books.options(who, one, today)
    named = {str(body.pk): str(body) for body in bodies}
    return [
        Narrowing("waits", _("等我做的"), waits, filters.waits),
        Narrowing("state", _("环节"), states, filters.state),
        Narrowing("body", _("单位"), [Choice(k, v) for k, v in named.items()], filters.body),
        Narrowing("year", _("年度"), years, filters.year),
        *(
            Narrowing(
                f"f_{f.name}",
                f.title,
                [language.yes_no(each) for each in _named(f, held[f.name], named)],
                filters.fields.get(f.name, ""),
            )
            for f in books.filterable(one)
        ),
    ]


WAITS = {
    "mine": gettext_noop("等我办理"),
    "calm": gettext_noop("等我办理（没有到期压力）"),
    "promised_late": gettext_noop("承诺到期没有兑现"),
    "to_rate": gettext_noop("等我评价或提交"),
    "proposed": gettext_noop("我提出的，在办"),
    "settled": gettext_noop("我提出的，已办结"),
    "to_acknowledge": gettext_noop("等着签收"),
    "to_answer": gettext_noop("等着答复"),
    "to_improve": gettext_noop("退回重办"),
    "promised": gettext_noop("答应了要做到的"),
}


def waits_of(who: access.Standing, chosen: str) -> list[str]:
    """What a ledger can be narrowed to for this user, by what he is; and what is chosen already."""
    found = ["to_rate", "proposed", "settled"] if who.seats else []
    if who.has(*access.WHOLE_CONGRESS, "delegation"):
        found = ["mine", *found]
    if who.paths:
        found += ["to_acknowledge", "to_answer", "to_improve", "promised"]
    return found if not chosen or chosen in found else [chosen, *found]


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
    open_to_me = [one.key for one in institutions_of(who)]
    mine = access.visible(who).filter(institution__in=open_to_me)
    keys = search.newest(mine, text, FOUND + 1) if text else []
    found = Matter.objects.filter(pk__in=keys[:FOUND]).order_by("-id").defer("text", "limit")
    return render(
        request,
        "ledger/search.html",
        {
            "q": text,
            "found": [(row, queries.light(row, today)) for row in found],
            "more": len(keys) > FOUND,
            "today": today,
        },
    )
