"""Reminders on screen: a person's own, and for clerks how much each unit was told."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_GET, require_POST

from bihuan.reminders import inbox as box
from bihuan.reminders.load import by_month, sent_outside
from bihuan.web.standing import only, standing, works
from bihuan.web.views.people import congress_of, page_of

WORDS = (
    gettext_noop("交办"),
    gettext_noop("退办"),
    gettext_noop("督办"),
    gettext_noop("逾期"),
    gettext_noop("临近时限"),
    gettext_noop("生成提醒"),
)
"""Kept in Chinese where they are declared (reminders/models.py, settings.py), said in the page's language here."""


@login_required
@require_GET
def inbox(request: HttpRequest) -> HttpResponse:
    """His reminders, newest first."""
    who = standing(request)
    if not works(who):
        raise PermissionDenied
    return render(request, "reminders/inbox.html", {"page": page_of(request, box.inbox(who))})


@login_required
@require_POST
def read(request: HttpRequest) -> HttpResponse:
    """All of his as read."""
    count = box.mark_read(standing(request), timezone.now())
    messages.success(request, _("已标为已读：%(n)s 条。") % {"n": count})
    return redirect("reminders")


@login_required
@require_POST
def follow(request: HttpRequest, pk: int) -> HttpResponse:
    """One as read, and on to its matter."""
    who = standing(request)
    reminder = get_object_or_404(box.inbox(who), pk=pk)
    box.mark_read(who, timezone.now(), pk)
    return redirect("matter", reminder.matter_id)


@only("clerk")
@require_GET
def load(request: HttpRequest) -> HttpResponse:
    """What each unit was told of in a year, by month."""
    this = timezone.localdate().year
    asked = request.GET.get("year", "")
    years = range(this, this - 5, -1)
    year = int(asked) if asked in {str(one) for one in years} else this
    rows = by_month(congress_of(request), year)
    context = {
        "rows": rows,
        "outside": sent_outside(congress_of(request), year),
        "year": year,
        "years": years,
        "months": range(1, 13),
    }
    return render(request, "reminders/load.html", context)
