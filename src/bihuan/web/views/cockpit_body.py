"""One body in the cockpit: what is overdue and was promised, its figures with their bases; and the report."""

from __future__ import annotations

from io import BytesIO

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET

from bihuan.letters.standing_report import report as written_report
from bihuan.loop.spec import Institution
from bihuan.matters import house
from bihuan.matters.access import Standing
from bihuan.measures import cockpit as measures
from bihuan.measures.bodies import by_lead_body
from bihuan.people.models import Body
from bihuan.web.cockpit_blocks import Blocks
from bihuan.web.standing import institutions_of, only, standing
from bihuan.web.views.board import day_asked
from bihuan.web.views.cockpit import ROLES

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
SHOWN = 50


@only(*ROLES)
@require_GET
def body(request: HttpRequest, pk: int) -> HttpResponse:
    """The body's page, as of a day."""
    who, as_of = standing(request), day_asked(request)
    row = get_object_or_404(Body, pk=pk, congress=who.user.congress)
    shown = measures.cockpit(who, institutions_of(who), as_of)
    blocks = Blocks(who, institutions_of(who), shown)
    stands = [
        one
        for stand in shown.stands
        for one in by_lead_body(blocks.ground(stand.institution), as_of)
        if one.pk == pk
    ]
    keys = {one.institution.key for one in stands}
    tables = [
        (table, line.figures)
        for one in shown.tables
        if one.key in keys
        for table in [measures.by_body(one, blocks.ground(one))]
        for line in table.rows
        if line.body == row.name
    ]
    context = {
        "body": row,
        "as_of": as_of,
        "is_today": as_of == timezone.localdate(),
        "stands": stands,
        "late": blocks.late(pk, SHOWN),
        "tables": [
            (table, list(zip(table.titles, figures, strict=True))) for table, figures in tables
        ],
    }
    return render(request, "cockpit/body.html", context)


@only(*ROLES)
@require_GET
def report(request: HttpRequest) -> HttpResponse:
    """The cockpit as a report in the national format, with the figures of the page as of the same day."""
    who, as_of = standing(request), day_asked(request)
    of, sort = request.GET.get("of", "")[:80], request.GET.get("sort", "")[:80]
    shown = measures.cockpit(who, _in_chinese(who), as_of, of, sort)
    made = written_report(Blocks(who, _in_chinese(who), shown).told(), timezone.localdate())
    answer = HttpResponse(BytesIO(made).getvalue(), content_type=DOCX)
    name = content_disposition_header(True, f"监督事项办理情况-{as_of:%Y%m%d}.docx")
    answer["Content-Disposition"] = name or "attachment"
    return answer


def _in_chinese(who: Standing) -> list[Institution]:
    """The institutions of his menu as they are declared: a document is in Chinese whoever saves it."""
    return [house.institution(one.key) for one in institutions_of(who)]
