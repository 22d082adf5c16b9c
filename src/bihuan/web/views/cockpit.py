"""The cockpit: how all institutions stand, each body's figures side by side, what is late and was pressed."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from itertools import chain

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from bihuan.exchange import workbook as sheets
from bihuan.matters import access, house, queries
from bihuan.matters.models import Matter
from bihuan.matters.waiting import Row, Waiting
from bihuan.measures import cockpit as measures
from bihuan.measures import totals
from bihuan.measures.counting import Counting
from bihuan.people.models import Congress
from bihuan.web.attached import SHEET, attached
from bihuan.web.cockpit_blocks import Blocks
from bihuan.web.standing import institution_of, institutions_of, only, standing
from bihuan.web.views.board import day_asked

PAGE = 50
ROLES = ("leader", "clerk", "committee", "secretariat")
AGE_TITLES = ("30 天以内", "31–90 天", "91–180 天", "180 天以上")
LIGHT_TITLES = {"open": "在办", "late": "逾期", "soon": "七天内到期", "closed": "办结"}


@dataclass(frozen=True)
class Evidence:
    """A late matter: what is to be done about it, how often it was pressed, and when last."""

    row: Row
    days_over: int
    pressed: int
    pressed_on: str


@only(*ROLES)
@require_GET
def cockpit(request: HttpRequest) -> HttpResponse:
    """The page, as of a day."""
    who, as_of = standing(request), day_asked(request)
    of, sort = request.GET.get("of", "")[:80], request.GET.get("sort", "")[:80]
    ones = institutions_of(who)
    shown = measures.cockpit(who, ones, as_of, of, sort)
    blocks = Blocks(who, ones, shown)
    today = timezone.localdate()
    waiting = Waiting(who, today)
    context = {
        "cockpit": shown,
        "as_of": as_of,
        "is_today": as_of == today,
        "finding": _finding(shown),
        "months": _bars(shown),
        "month_finding": _month_finding(shown),
        "ages": [_(title) for title in AGE_TITLES],
        "age_totals": _ages(shown),
        "late": [_evidence(row, today) for row in waiting.late.rows],
        "late_group": waiting.late,
        "blocks": blocks,
        "promises": [(one, blocks.promised_finding(one)) for one in blocks.promised if one.made],
        "token": secrets.token_urlsafe(12),
    }
    return render(request, "cockpit/cockpit.html", context)


@only(*ROLES)
@require_GET
def rows(request: HttpRequest, institution: str) -> HttpResponse:
    """The matters behind a number of the cockpit."""
    one, who, as_of = institution_of(request, institution), standing(request), day_asked(request)
    light, age = request.GET.get("light", "open"), request.GET.get("age", "")
    if light not in LIGHT_TITLES or age not in ("", "0", "1", "2", "3"):
        raise Http404
    assert who.user.congress is not None
    ground = Counting(who.user.congress, one, as_of, None, None)
    found = measures.rows(ground, light, int(age) if age else None, as_of)
    found = found.filter(pk__in=access.visible(who).values("pk"))
    page = Paginator(_in_order(found), PAGE).get_page(request.GET.get("page"))
    title = _(LIGHT_TITLES[light]) + (f" · {_(AGE_TITLES[int(age)])}" if age else "")
    context = {
        "one": one,
        "title": title,
        "as_of": as_of,
        "whole": page.paginator.count,
        "page": page,
        "rows": [(matter, queries.light(matter, timezone.localdate())) for matter in page],
    }
    return render(request, "cockpit/rows.html", context)


@only(*ROLES)
@require_GET
def workbook(request: HttpRequest) -> HttpResponse:
    """The cockpit as a workbook: the figures of the page and, as it stands today, what is late."""
    who, as_of = standing(request), day_asked(request)
    shown = measures.cockpit(who, institutions_of(who), as_of)
    target = BytesIO()
    assert who.user.congress is not None
    told = chain(
        _sheets(shown, Waiting(who, timezone.localdate()), who.user.congress),
        _more_sheets(Blocks(who, institutions_of(who), shown)),
    )
    sheets.write(target, told)
    return attached(target.getvalue(), SHEET, f"驾驶舱-{as_of:%Y%m%d}.xlsx")


def _sheets(
    shown: measures.Cockpit, waiting: Waiting, congress: Congress
) -> Iterator[sheets.SheetOut]:
    day = shown.as_of.isoformat()
    yield sheets.SheetOut(
        f"各项制度（截至 {day}）",
        ["制度", "在办", "逾期", "七天内到期", "办结", *(f"在办 {title}" for title in AGE_TITLES)],
        [[s.institution.title, s.open, s.late, s.soon, s.closed, *s.ages] for s in shown.stands],
    )
    grounds = totals.grounds(congress, shown.tables, shown.as_of, whats=("body",))
    for one, ground in zip(shown.tables, grounds, strict=True):
        table = measures.by_body(one, ground)
        header = [part for _key, title in table.titles for part in (title, "计入", "分母")]
        lines = [[row.body, *_cells(row)] for row in table.rows]
        yield sheets.SheetOut(f"各单位 {table.institution.title}", ["单位", *header], lines)
    yield sheets.SheetOut(
        "各月",
        ["月份", "提出", "办结"],
        [[f"{m.month:%Y-%m}", m.raised, m.closed] for m in shown.months],
    )
    yield sheets.SheetOut(
        "逾期（今天）",
        ["制度", "编号", "标题", "单位", "时限", "超期天数", "督办次数", "最近督办"],
        [_late_line(_evidence(row, waiting.today)) for row in waiting.late.rows],
    )


def _more_sheets(blocks: Blocks) -> Iterator[sheets.SheetOut]:
    day = blocks.as_of.isoformat()
    yield sheets.SheetOut(
        "各单位逾期",
        ["单位", f"逾期（截至 {day}）"],
        [[one.body, one.late] for one in blocks.overdue],
    )
    for one in blocks.promised:
        lines: list[list[sheets.Value]] = [[r.body, r.late, r.whole] for r in one.broken]
        title = house.institution(one.stand.institution.key).title
        yield sheets.SheetOut(f"到期没有办成 {title}", ["单位", "到期没有办成", "承诺"], lines)
    years = [
        [trend.indicator.title, figure.year, figure.text, figure.numerator, figure.denominator]
        for trend in blocks.trends
        for figure in trend.figures
    ]
    yield sheets.SheetOut("历年", ["指标", "年度", "比率", "计入", "分母"], years)


def _cells(row: measures.BodyRow) -> list[sheets.Value]:
    cells: list[sheets.Value] = []
    for figure in row.figures:
        cells += [figure.text, figure.numerator, figure.denominator] if figure else ["", "", ""]
    return cells


def _late_line(one: Evidence) -> list[sheets.Value]:
    matter = one.row.matter
    bodies = "、".join(str(body) for body in one.row.bodies)
    title = house.institution(matter.institution).title
    held = [title, matter.number, matter.title, bodies, matter.due_on]
    return [*held, one.days_over, one.pressed, one.pressed_on]


def _evidence(row: Row, today: date) -> Evidence:
    due, facts = row.due_on, row.matter.facts
    over = (today - due).days if due else 0
    return Evidence(row, over, int(facts.get("press_count", 0)), str(facts.get("press_on", "")))


def _in_order(matters: QuerySet[Matter]) -> QuerySet[Matter]:
    oldest = matters.order_by("raised_on", "id").defer("facts", "limit", "text")
    return oldest.prefetch_related("assignments__body")


# What the figures say


def _finding(shown: measures.Cockpit) -> str:
    said = {light: shown.total(light) for light in measures.LIGHTS}
    if not said["open"]:
        return _("没有在办的事项，已办结 %(closed)d 件") % said
    worst = max(shown.stands, key=lambda one: one.late)
    if not worst.late:
        return _("在办 %(open)d 件，没有逾期；%(soon)d 件七天内到期") % said
    more = {"late_in_worst": worst.late, "worst": worst.institution.title}
    sentence = _(
        "在办 %(open)d 件，逾期 %(late)d 件，其中%(worst)s %(late_in_worst)d 件；%(soon)d 件七天内到期"
    )
    return sentence % {**said, **more}


def _month_finding(shown: measures.Cockpit) -> str:
    raised, closed = sum(m.raised for m in shown.months), sum(m.closed for m in shown.months)
    most = max(shown.months, key=lambda month: month.raised)
    said = {"raised": raised, "closed": closed, "most": most.raised, "month": f"{most.month:%Y-%m}"}
    if not raised:
        return _("近十二个月没有提出事项，办结 %(closed)d 件") % said
    return (
        _("近十二个月提出 %(raised)d 件、办结 %(closed)d 件；%(month)s 提出最多，%(most)d 件")
        % said
    )


@dataclass(frozen=True)
class Bar:
    """A month drawn: where its two bars stand and how high, in a field 600 × 120."""

    month: measures.Month
    x: int
    raised: int
    closed: int

    @property
    def raised_y(self) -> int:
        """Where the first bar begins, from the top."""
        return 120 - self.raised

    @property
    def closed_y(self) -> int:
        """Where the second bar begins, from the top."""
        return 120 - self.closed


def _bars(shown: measures.Cockpit) -> list[Bar]:
    most = max(max(month.raised, month.closed) for month in shown.months) or 1
    return [
        Bar(month, place * 50 + 5, 120 * month.raised // most, 120 * month.closed // most)
        for place, month in enumerate(shown.months)
    ]


def _ages(shown: measures.Cockpit) -> list[tuple[str, int]]:
    totals = [sum(one.ages[age] for one in shown.stands) for age in range(len(AGE_TITLES))]
    return [(_(title), total) for title, total in zip(AGE_TITLES, totals, strict=True)]
