"""The self-examination on screen: the report as of a day, each figure with the rows behind it, and as a .docx."""

from __future__ import annotations

from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from bihuan.selfcheck.report import Report, docx, draft
from bihuan.web.attached import DOCX, attached
from bihuan.web.standing import only
from bihuan.web.views.people import congress_of

READERS = ("clerk", "leader")


@only(*READERS)
@require_GET
def selfcheck(request: HttpRequest) -> HttpResponse:
    """The report, line by line."""
    report = draft(congress_of(request), _day(request))
    return render(request, "selfcheck/selfcheck.html", {"report": report, "lines": _lines(report)})


@only(*READERS)
@require_GET
def paper(request: HttpRequest) -> HttpResponse:
    """The same as a document in the national format."""
    report = draft(congress_of(request), _day(request))
    return attached(docx(report), DOCX, f"selfcheck-{report.day}.docx")


def _lines(report: Report) -> list[tuple[str, str]]:
    """(kind, words) of each line: `one` and `two` are headings."""
    return [(_kind(line), line) for line in report.paper.lines]


def _kind(line: str) -> str:
    if line.startswith("（") and line.endswith(("表现", "措施")):
        return "two"
    return "one" if line[1:2] == "、" and line.endswith("方面") else "text"


def _day(request: HttpRequest) -> date:
    today = timezone.localdate()
    try:
        asked = date.fromisoformat(request.GET.get("as_of", ""))
    except ValueError:
        return today
    return min(max(asked, date(2000, 1, 1)), today)
