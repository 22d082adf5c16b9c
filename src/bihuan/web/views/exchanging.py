"""Ledgers in and out on screen: the sheet as seen, an upload, its preview row by row, the commit with progress."""

from __future__ import annotations

from datetime import date
from io import BytesIO
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from bihuan.exchange import matters_in, matters_out, runs
from bihuan.exchange.report import Unusable
from bihuan.jobs import queue
from bihuan.loop.spec import Institution
from bihuan.matters import access, house
from bihuan.web.attached import SHEET, attached
from bihuan.web.events import note
from bihuan.web.sheet_cautions import answered, preview
from bihuan.web.standing import institution_of, standing

LARGEST = 50 * 1024 * 1024


@login_required
@require_GET
def export(request: HttpRequest, institution: str) -> HttpResponse:
    """The ledger as this user sees it, as a workbook; what is hidden from him is not in it."""
    one, who = institution_of(request, institution), standing(request)
    assert who.user.congress is not None
    today = timezone.localdate()
    target = BytesIO()
    matters_out.export(
        who.user.congress,
        one.key,
        target,
        today,
        matters=access.visible(who).filter(institution=one.key),
        hidden=frozenset(_hidden(who, one)),
    )
    note(request, "export", f"导出“{house.institution(one.key).title}”台账")
    name = f"{house.institution(one.key).title}台账-{today:%Y%m%d}.xlsx"
    return attached(target.getvalue(), SHEET, name)


@login_required
@require_http_methods(["GET", "POST"])
def upload(request: HttpRequest, institution: str) -> HttpResponse:
    """Choose a file; it is looked through at once and nothing is written."""
    one = _importing(request, institution)
    sentence = ""
    if request.method == "POST":
        run = _take_in(request, one)
        if isinstance(run, runs.Run):
            return redirect("import-run", one.key, run.id)
        sentence = run
    assert request.user.pk is not None
    context = {"one": one, "sentence": sentence, "mine": runs.mine(request.user.pk, one.key)}
    return render(request, "exchange/upload.html", context, status=400 if sentence else 200)


def _take_in(request: HttpRequest, one: Institution) -> runs.Run | str:
    """Keep the file and look through it; a sentence where it cannot be used."""
    file = request.FILES.get("file")
    if file is None or not file.name:
        return _("请先选择要导入的表格文件（.xlsx、.xls 或 .csv）。")
    if (file.size or 0) > LARGEST:
        return _("文件超过 50 MB，请分成几个文件导入。")
    congress, user = standing(request).user.congress_id, request.user.pk
    assert congress is not None and user is not None
    run = runs.begin(congress, user, one.key, file.name, file.read(), timezone.localdate())
    try:
        made = _plan(request, run)
    except Unusable as unusable:
        return unusable.sentence
    run.report, run.notices = made.as_json(), made.notices[:50]
    run.told.keep(made.told())
    run.save()
    return run


@login_required
@require_GET
def run(request: HttpRequest, institution: str, run_id: str) -> HttpResponse:
    """A run as it stands: its preview, its progress, or how it ended."""
    one = _importing(request, institution)
    return _show(request, one, _mine(request, one, run_id))


def _show(
    request: HttpRequest, one: Institution, run: runs.Run, status: int = 200, **more: Any
) -> HttpResponse:
    cautions = preview(standing(request), run, request.GET.get("page", ""))
    shown = {
        "one": one, "run": run, "cautions": cautions, "leave_out": run.leave_out,
        "reason": run.despite, **more,
    }  # fmt: skip
    return render(request, "exchange/run.html", shown, status=status)


@login_required
@require_POST
def commit(request: HttpRequest, institution: str, run_id: str) -> HttpResponse:
    """Write a previewed file: all of it, or — where rows were refused and the clerk says so — the rest. Rows of which
    checks spoke are written with his reason, or left out too.
    """
    one = _importing(request, institution)
    found = _mine(request, one, run_id)
    if found.state != "previewed":
        return redirect("import-run", one.key, run_id)
    answer, fault = answered(request, found)
    found.despite, found.leave_out = answer.despite, answer.leave_out
    if found.report.get("rejected") and request.POST.get("skip_rejected") != "1":
        found.sentence = _("有些行不能导入。请改好文件重新上传，或者勾选“跳过这些行”。")
        return _show(request, one, found, 400)
    if fault:
        return _show(request, one, found, 400, fault=fault)
    user = standing(request).user
    found.state, found.done, found.sentence = "waiting", 0, ""
    found.save()
    about, slot = f"{one.title}：{found.file}", f"import/{found.id}"
    queue.put("import", {"run": found.id}, about=about, congress=user.congress, by=user, slot=slot)
    note(request, "import", f"导入“{house.institution(one.key).title}”：{found.file}")
    return redirect("import-run", one.key, run_id)


def _plan(request: HttpRequest, run: runs.Run) -> matters_in.Plan:
    congress = standing(request).user.congress
    return matters_in.plan(
        congress, run.key, run.path.read_bytes(), date.fromisoformat(run.day), name=run.file
    )


def _mine(request: HttpRequest, one: Institution, run_id: str) -> runs.Run:
    assert request.user.pk is not None
    found = runs.find(run_id, request.user.pk)
    if found is None or found.key != one.key:
        raise Http404
    return found


def _importing(request: HttpRequest, key: str) -> Institution:
    """Only those who may book a row by hand may book many by a sheet."""
    one = institution_of(request, key)
    offered = {offer.act.id for offer in access.may_raise(standing(request), one)}
    if one.imports is None or one.imports.act not in offered:
        raise PermissionDenied
    return one


def _hidden(who: access.Standing, one: Institution) -> set[str]:
    """Fields that a body may not see on matters still open are left out of its sheets altogether."""
    if who.has(*access.WHOLE_CONGRESS) or not who.paths:
        return set()
    return {one_.name for one_ in one.fields if set(one_.hidden_from) & {"lead_body", "co_body"}}
