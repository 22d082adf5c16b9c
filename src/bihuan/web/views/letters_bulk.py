"""Letters in bulk: who would get one, the job that issues them, how far it is, and the letters as one zip."""

from __future__ import annotations

import secrets

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from bihuan.jobs.models import Job
from bihuan.letters import access as letter_access
from bihuan.letters import background, bulk, declared
from bihuan.loop.spec import Institution
from bihuan.matters import access
from bihuan.matters import ledger as books
from bihuan.matters.access import Standing
from bihuan.matters.act import key_of
from bihuan.matters.models import Matter
from bihuan.web.attached import attached
from bihuan.web.events import note
from bihuan.web.standing import institution_of, standing

SHOWN = 5


@login_required
@require_http_methods(["GET", "POST"])
def bulk_page(request: HttpRequest, institution: str, key: str) -> HttpResponse:
    """One letter for every share of the matters ticked, or of a filtered ledger: who would get it, then a job."""
    one, who = institution_of(request, institution), standing(request)
    letter = declared.letters().get(f"{one.key}/{key}")
    if letter is None or not letter.bulk:
        raise Http404
    if not letter_access.may_make(who, letter):
        raise PermissionDenied
    ticked = _ticked(request)
    shares = bulk.wanted(who, letter, _chosen(request, who, one, ticked))
    if request.method == "POST" and shares and len(shares) <= bulk.MOST:
        token = request.POST.get("token", "").replace("\0", "")[:40]
        job = background.ask(who, letter, shares, token)
        note(request, "letter", f"批量发文 {letter.title} {len(shares)} 份")
        return redirect("letter-run", job.pk)
    shown = {
        "one": one,
        "kind": letter,
        "shares": shares[: bulk.MOST],
        "count": len(shares),
        "too_many": len(shares) > bulk.MOST,
        "most": bulk.MOST,
        "query": request.GET.urlencode(),
        "ticked": ticked,
        "token": secrets.token_urlsafe(12),
        "runs": background.runs(who).order_by("-pk")[:SHOWN],
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "letters/bulk.html", shown, status=status)


def _ticked(request: HttpRequest) -> list[int]:
    asked = request.POST if request.method == "POST" else request.GET
    return [key for word in asked.getlist("m")[: bulk.MOST] if (key := key_of(word))]


def _chosen(
    request: HttpRequest, who: Standing, one: Institution, ticked: list[int]
) -> QuerySet[Matter]:
    """The matters ticked, else all that the ledger's filter finds."""
    if ticked:
        return access.visible(who).filter(pk__in=ticked, institution=one.key).order_by("pk")
    today = timezone.localdate()
    filters = books.Filters.read(one, request.GET.dict())
    rows = books.lit(books.matters(who, one, filters, today), filters.light, today)
    return Matter.objects.filter(pk__in=rows.order_by().values("pk")).order_by("pk")


@login_required
@require_GET
def run(request: HttpRequest, pk: int) -> HttpResponse:
    """How far a job of letters is, and what came of it: can be left and found again."""
    who = standing(request)
    job = get_object_or_404(background.runs(who), pk=pk)
    rows = letter_access.readable(who).filter(pk__in=background.issued(job).values("pk"))
    shown = {
        "job": job,
        "one": institution_of(request, job.data["institution"]),
        "rows": rows.select_related("body").order_by("number", "pk"),
        "on_its_way": job.state in ("waiting", "running"),
    }
    return render(request, "letters/run.html", shown)


@login_required
@require_GET
def run_zip(request: HttpRequest, pk: int) -> HttpResponse:
    """The letters of a finished job as one zip, those this user may read."""
    who = standing(request)
    job: Job = get_object_or_404(background.runs(who), pk=pk, state="done")
    rows = letter_access.readable(who).filter(pk__in=background.issued(job).values("pk"))
    made = bulk.Run(list(rows.order_by("number", "pk")), list(job.result.get("refused", [])))
    name = f"{job.about}-{timezone.localtime(job.put_at):%Y%m%d-%H%M}.zip"
    return attached(bulk.zipped(made), "application/zip", name)
