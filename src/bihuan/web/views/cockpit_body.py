"""One body in the cockpit: what is overdue and was promised, its figures with their bases; and the report."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from bihuan.letters.standing_report import report as written_report
from bihuan.matters import house
from bihuan.measures import cockpit as measures
from bihuan.measures.bodies import by_lead_body
from bihuan.people.models import Body
from bihuan.web.attached import DOCX, attached
from bihuan.web.cockpit_blocks import Blocks
from bihuan.web.standing import institutions_of, only, standing
from bihuan.web.views.board import day_asked
from bihuan.web.views.cockpit import ROLES

SHOWN = 50


@only(*ROLES)
@require_GET
def body(request: HttpRequest, pk: int) -> HttpResponse:
    """The body's page, as of a day."""
    who, as_of = standing(request), day_asked(request)
    row = get_object_or_404(Body, pk=pk, congress=who.user.congress)
    ones = institutions_of(who)
    shown = measures.cockpit(who, ones, as_of)
    blocks = Blocks(who, ones, shown)
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
    # As they are declared: a document is in Chinese whoever saves it.
    ones = [house.institution(one.key) for one in institutions_of(who)]
    shown = measures.cockpit(who, ones, as_of, of, sort)
    made = written_report(Blocks(who, ones, shown).told(), timezone.localdate())
    return attached(made, DOCX, f"监督事项办理情况-{as_of:%Y%m%d}.docx")
