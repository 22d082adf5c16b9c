"""Pages over duty reports: the yearly demand, the page on which one reads apart, and the 4×100 % board."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from bihuan.institutions.duty_reports import board as four
from bihuan.institutions.duty_reports import demand as asking
from bihuan.institutions.duty_reports import reading, sheets
from bihuan.institutions.duty_reports.models import Reader
from bihuan.loop.forms import Refusal
from bihuan.loop.params import NoSuchParam
from bihuan.matters import access, house, queries
from bihuan.matters.access import Standing
from bihuan.matters.act import NotDone, key_of
from bihuan.matters.models import Act, Matter
from bihuan.people.models import Congress, Grant, User
from bihuan.web import language
from bihuan.web.rooms import Entry
from bihuan.web.standing import doer_of, only, standing
from bihuan.web.typed import typed_day
from bihuan.web.views.people import congress_of

KEY = "duty_reports"
ORGANISES = ("clerk", "committee")
READS = ("committee", "leader", "clerk")
WRONG = 422


# The yearly demand


@only("clerk")
@require_http_methods(["GET", "POST"])
def demand(request: HttpRequest) -> HttpResponse:
    """Everybody who owes a report for the year, what his body has to do already, and one button for all."""
    congress, who = congress_of(request), standing(request)
    year = _year(request.POST.get("year") or request.GET.get("year", ""), who.day.year - 1)
    owed = asking.heads(congress, year, who.day)
    if request.method == "GET":
        return _demand_page(request, year, owed)
    chosen = [one for one in owed if str(one.post.pk) in request.POST.getlist("post")]
    asked = _asked_of_all(request, year, who.day)
    if isinstance(asked, Refusal) or not chosen:
        said = asked if isinstance(asked, Refusal) else Refusal(_("请至少勾选一位负责人"))
        return _demand_page(request, year, owed, said)
    doer = doer_of(who, "clerk")
    try:
        with transaction.atomic():
            made = asking.send(congress, asked, chosen, doer, who.day)
            if isinstance(made, Refusal):
                raise NotDone(made)
    except NotDone as stopped:
        return _demand_page(request, year, owed, stopped.refusal)
    messages.success(request, _("已发出 %(n)s 份报送要求。") % {"n": len(made)})
    return redirect("ledger", KEY)


def _year(word: str, otherwise: int) -> int:
    return int(word) if word.isascii() and word.isdecimal() and len(word) == 4 else otherwise


def _asked_of_all(request: HttpRequest, year: int, today: date) -> asking.Demand | Refusal:
    report_by = typed_day(request.POST.get("report_by", ""))
    contents = request.POST.get("contents", "").strip()
    form = request.POST.get("form", "").strip()
    if report_by is None:
        return Refusal(_("请填写报送时限，按 2026-01-31 的样子"), "report_by")
    if report_by < today:
        return Refusal(_("报送时限早于今天，请改为以后的日期"), "report_by")
    if not contents or not form:
        return Refusal(_("请写明要写的内容和格式要求"), "contents")
    return asking.Demand(year, report_by, contents, form)


def _demand_page(
    request: HttpRequest, year: int, owed: list[asking.Owed], refusal: Refusal | None = None
) -> HttpResponse:
    congress, today = congress_of(request), standing(request).day
    shown = {
        "year": year,
        "owed": owed,
        "open": [one for one in owed if not one.asked],
        "refusal": refusal,
        "given": request.POST,
        "chosen": set(request.POST.getlist("post")),
        "contents": request.POST.get("contents") or "\n".join(criteria(congress, today)),
    }
    status = WRONG if refusal else 200
    return render(request, "duty_reports/demand.html", shown, status=status)


def criteria(congress: Congress, day: date) -> list[str]:
    """What a report is read for: the congress's own list on the day."""
    try:
        rows = house.rules_of(congress, KEY).value("criteria", day)
    except NoSuchParam:
        return []
    return (
        [str(row["id"] if isinstance(row, dict) else row) for row in rows]
        if isinstance(rows, list)
        else []
    )


# Reading apart


@login_required
@require_http_methods(["GET", "POST"])
def read(request: HttpRequest, pk: int) -> HttpResponse:
    """The report with the program's hints and the reader's own sheet; for those who organise, the readers too."""
    who, congress = standing(request), congress_of(request)
    matter = get_object_or_404(Matter, pk=pk, congress=congress, institution=KEY)
    page = _Reading(who, congress, matter)
    if not page.may_open():
        raise Http404
    if request.method == "POST":
        refusal = page.take(request)
        if refusal is None:
            return redirect("duty_reports:read", pk)
        shown = page.shown() | {"refusal": refusal, "given": request.POST}
        return render(request, "duty_reports/read.html", shown, status=WRONG)
    return render(request, "duty_reports/read.html", page.shown())


class _Reading:
    """What one person sees and may do on the reading page of one report."""

    def __init__(self, who: Standing, congress: Congress, matter: Matter) -> None:
        self.who, self.congress, self.matter = who, congress, matter
        self.readers = sheets.readers(matter)
        self.own = next((row for row in self.readers if row.user_id == who.user.pk), None)
        self.organises = who.has(*ORGANISES)
        self.reading = matter.state == sheets.READING
        self.opened = not self.reading or _opened(matter)

    def may_open(self) -> bool:
        """Those asked to read, and those of the congress who see the matter anyway; never the body itself."""
        if self.own is not None:
            return True
        seen = access.visible(self.who).filter(pk=self.matter.pk)
        return self.who.has(*READS) and seen.exists()

    @property
    def blind(self) -> bool:
        """Whether this reader is not to know whose report it is."""
        double = self.matter.facts.get("manner") == "双盲"
        return double and self.own is not None and not self.own.seal

    def take(self, request: HttpRequest) -> Refusal | None:
        """Do what the button says; a refusal is shown on the page."""
        what = {
            "hand_in": self._hand_in,
            "invite": self._invite,
            "release": self._release,
            "open": self._open,
        }.get(request.POST.get("do", ""))
        if what is None:
            return Refusal(_("请选择要办的事"))
        return what(request)

    def _hand_in(self, request: HttpRequest) -> Refusal | None:
        if self.own is None:
            return Refusal(_("没有请您审阅这份报告"))
        if not self.reading:
            return Refusal(_("分散审阅已经结束"))
        names = criteria(self.congress, self.who.day)
        marks = {name: request.POST.get(f"mark-{n}", "") for n, name in enumerate(names)}
        remark = request.POST.get("remark", "").replace("\0", "")
        return sheets.hand_in(self.own, marks, remark, names, self.who.day)

    def _invite(self, request: HttpRequest) -> Refusal | None:
        if not self.organises:
            return Refusal(_("您的身份不能请人审阅"))
        keys = map(key_of, request.POST.getlist("user"))
        users = list(_readers_to_ask(self.congress, self.who.day).filter(pk__in=keys))
        return sheets.invite(self.matter, users) if users else Refusal(_("请至少选一位审阅人"))

    def _release(self, request: HttpRequest) -> Refusal | None:
        key = request.POST.get("reader", "")
        row = next((row for row in self.readers if str(row.pk) == key), None)
        if not self.organises or row is None:
            return Refusal(_("没有这位审阅人"))
        return sheets.release(row)

    def _open(self, request: HttpRequest) -> Refusal | None:
        if not self.organises:
            return Refusal(_("您的身份不能揭开审阅单"))
        doer = doer_of(self.who, *ORGANISES)
        named = self.matter.facts.get("manner") != "双盲"
        return sheets.open_together(self.matter, doer, self.who.day, named)

    def shown(self) -> dict[str, Any]:
        """The template's context."""
        text, found = reading.report_of(self.matter), reading.hints(self.matter)
        title = self.matter.title
        if self.blind:
            text, title = (reading.without_names(self.matter, each) for each in (text, title))
        asked = {row.user_id for row in self.readers}
        return {
            "matter": self.matter,
            "title": title,
            "text": text,
            "hints": found,
            "blind": self.blind,
            "own": self.own,
            "readers": self.readers,
            "in": sum(bool(row.seal) for row in self.readers),
            "all_in": sheets.all_in(self.readers),
            "organises": self.organises,
            "reading": self.reading,
            "opened": self.opened,
            "sheets": self.matter.facts.get("sheets_text") if self.opened else "",
            "marks": [
                (f"mark-{n}", name) for n, name in enumerate(criteria(self.congress, self.who.day))
            ],
            "grades": sheets.GRADES,
            "longest": sheets.LONGEST_REMARK,
            "others": [
                user
                for user in _readers_to_ask(self.congress, self.who.day)
                if user.pk not in asked
            ]
            if self.organises and self.reading
            else [],
            "refusal": None,
            "given": {},
        }


def _opened(matter: Matter) -> bool:
    """Whether the sheets of the round that runs were opened: the newest of both acts says."""
    kinds = ("form_group", "open_sheets")
    last = Act.objects.filter(matter=matter, kind__in=kinds).order_by("-seq").first()
    return last is not None and last.kind == "open_sheets"


def _readers_to_ask(congress: Congress, day: date) -> Any:
    held = Grant.objects.filter(Grant.on(day), role__in=READS).values("user")
    users = User.objects.filter(congress=congress, is_active=True, pk__in=held)
    return users.select_related("person").order_by("person__name", "pk")


@login_required
@require_GET
def mine(request: HttpRequest) -> HttpResponse:
    """The reports a person was asked to read and has not handed in yet."""
    rows = _to_read(standing(request)).select_related("matter").order_by("pk")
    return render(request, "duty_reports/mine.html", {"rows": rows})


def _to_read(who: Standing) -> Any:
    return Reader.objects.filter(
        congress=who.user.congress_id, user=who.user.pk, seal="", matter__state=sheets.READING
    )


# The board


@login_required
@require_GET
def four_hundred(request: HttpRequest) -> HttpResponse:
    """The four figures of every year of the term and of all years together."""
    who, congress = standing(request), congress_of(request)
    if not who.has(*READS):
        raise PermissionDenied
    years = queries.years(Matter.objects.filter(congress=congress, institution=KEY), 6)
    boards = [four.board(who, congress, year, who.day) for year in years]
    shown = {"boards": boards, "whole": four.board(who, congress, None, who.day), "day": who.day}
    return render(request, "duty_reports/board.html", shown)


urlpatterns = [
    path("demand/", demand, name="demand"),
    path("read/", mine, name="mine"),
    path("read/<int:pk>/", read, name="read"),
    path("board/", four_hundred, name="board"),
]


def menu(who: Standing) -> list[Entry]:
    """The demand for clerks, the board for those who oversee, and what he was asked to read."""
    group = language.institution(KEY).group
    found = []
    if who.has(*READS):
        found.append(Entry(group, _("4×100% 看板"), "duty_reports:board"))
    if who.has("clerk"):
        found.append(Entry(group, _("年度报送要求"), "duty_reports:demand"))
    if who.has(*READS) and _to_read(who).exists():
        found.append(Entry(group, _("我的审阅"), "duty_reports:mine"))
    return found
