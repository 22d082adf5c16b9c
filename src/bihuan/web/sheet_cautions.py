"""What checks say of the rows of a sheet, as its preview shows it: how many, then row by row, a page at a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator
from django.http import HttpRequest
from django.utils.translation import gettext as _

from bihuan.exchange.matters_in import Answer
from bihuan.exchange.runs import Run
from bihuan.findings.caution import DESPITE, plain
from bihuan.matters import access
from bihuan.matters.models import Matter
from bihuan.web import language
from bihuan.web.cautions import fault_of

PAGE = 50
CHOICE, GO_ON, LEAVE_OUT = "cautioned", "go_on", "leave_out"


@dataclass(frozen=True)
class Said:
    """One caution of a row: the check in the page's words, what it says, and the rows this user may open."""

    title: str
    say: str
    cite: str
    rows: tuple[Matter, ...]
    beside: tuple[str, ...]
    besides_more: int


@dataclass(frozen=True)
class Line:
    """A row of the sheet with what was said of it."""

    row: int
    sheet: str
    about: str
    said: tuple[Said, ...]


@dataclass(frozen=True)
class Preview:
    """All of it: `by_check` counts rows under each check, `lines` are those of the page."""

    rows: int
    by_check: tuple[tuple[str, int], ...]
    page: Page[int]
    lines: list[Line]


def preview(who: access.Standing, run: Run, page: str) -> Preview | None:
    """What is shown of a run's cautions; None where no check spoke."""
    counted = run.report.get("cautions")
    if not counted:
        return None
    by_check = tuple((_title(key), n) for key, n in counted["by_check"].items())
    here = Paginator(range(run.told.count), PAGE).get_page(page)
    lines = _lines(who, run.told.few(here.start_index() - 1, here.end_index()))
    return Preview(counted["rows"], by_check, here, lines)


def _title(key: str) -> str:
    """A check's title in the page's words; what is declared no more keeps its key."""
    institution, _, check_id = key.partition(".")
    try:
        check = language.institution(institution).check(check_id)
    except KeyError:
        return key
    return check.title if check else key


def _lines(who: access.Standing, told: list[dict[str, Any]]) -> list[Line]:
    """The matters of a page are asked for at once; those this user may not see are left out."""
    keys = {int(key) for one in told for said in one["said"] for key in said["rows"]}
    seen = access.visible(who).in_bulk(keys)
    return [
        Line(one["row"], one["sheet"], one["about"], tuple(_said(s, seen) for s in one["said"]))
        for one in told
    ]


def _said(said: dict[str, Any], seen: dict[int, Matter]) -> Said:
    rows = tuple(seen[int(key)] for key in said["rows"] if int(key) in seen)
    beside = tuple(said["beside"])
    more = said["besides"] - len(beside)
    return Said(_title(said["check"]), said["say"], said["cite"], rows, beside, more)


def answered(request: HttpRequest, run: Run) -> tuple[Answer, str]:
    """What the clerk wants done with these rows, and what is wrong with that (empty: nothing)."""
    reason = plain(request.POST.get(DESPITE, ""))
    answer = Answer(reason, request.POST.get(CHOICE) == LEAVE_OUT)
    if not run.report.get("cautions"):
        return Answer(), ""
    if answer.leave_out:
        return Answer("", leave_out=True), ""
    if request.POST.get(CHOICE) != GO_ON:
        return answer, _("有些行有事前提示：请选择写明理由照样导入，或者先不导入这些行")
    return answer, fault_of(reason)
