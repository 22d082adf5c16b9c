"""Background jobs on screen: what waits, what runs and how far it is, what failed and why, what comes next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from bihuan.jobs import kinds, queue, schedule
from bihuan.jobs.models import STATES, Job
from bihuan.people.models import Congress
from bihuan.web.standing import only
from bihuan.web.views.people import congress_of, page_of

SLOW = timedelta(minutes=2)
"""A job that waits longer than this says that no worker runs."""


@dataclass(frozen=True)
class Coming:
    """A turn of the schedule: when it was last taken, how that ended, when it comes again."""

    title: str
    last: Job | None
    next: datetime


@only("system_admin")
@require_GET
def jobs(request: HttpRequest) -> HttpResponse:
    """The jobs of the congress and of the house as a whole, newest first."""
    rows, now = _rows(congress_of(request)), timezone.now()
    state = request.GET.get("state", "")
    shown = rows.filter(state=state) if state in STATES else rows
    titles = {key: kind.title for key, kind in kinds.kinds().items()}
    page = page_of(request, shown.select_related("asked_by__person").order_by("-id"))
    counted = queue.counts(congress_of(request))
    context: dict[str, Any] = {
        "page": page,
        "rows": [(job, titles.get(job.kind, job.kind)) for job in page],
        "states": [(key, title, counted.get(key, 0)) for key, title in STATES.items()],
        "coming": [_coming(turn, titles, now) for turn in schedule.turns()],
        "idle": queue.longest_waiting(now) > SLOW,
    }
    return render(request, "people/jobs.html", context)


@only("system_admin")
@require_POST
def job_again(request: HttpRequest, pk: int) -> HttpResponse:
    """A failed job once more."""
    job = get_object_or_404(_rows(congress_of(request)), pk=pk)
    if queue.retry(job):
        messages.success(request, _("已重新排队。"))
    else:
        messages.error(request, _("这项任务现在不是“没有完成”，不必重办。"))
    return redirect("jobs")


def _rows(congress: Congress) -> QuerySet[Job]:
    return Job.objects.filter(Q(congress=congress) | Q(congress=None))


def _coming(turn: schedule.Turn, titles: dict[str, str], now: datetime) -> Coming:
    last = Job.objects.filter(kind=turn.kind).exclude(slot=None).order_by("-id").first()
    return Coming(titles.get(turn.kind, turn.kind), last, turn.next(now))
