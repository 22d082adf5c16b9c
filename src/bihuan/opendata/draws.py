"""Public draws for anyone: what was announced of each, the file that works it out again, and all of a congress.

Only draws announced as public ones. Names are shown for a term; then the check value alone, which still proves
every copy of the file that somebody kept (docs/decisions/0041-draws-for-everybody.md).
"""

from __future__ import annotations

import hashlib
from datetime import date
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from bihuan.api import meter
from bihuan.draws import public
from bihuan.draws.models import STATES, Draw
from bihuan.opendata.views import KEPT_SECONDS, View, number_after, open_data, sound
from bihuan.people.models import Congress
from bihuan.web.attached import attached
from bihuan.web.drawn import as_text, shown_draw
from bihuan.web.events import address_of

SHOWN = 50


def open_page(view: View) -> View:
    """Decorates a page for people: metered as open data is, and left out of search engines, as it names persons."""

    @require_GET
    @wraps(view)
    def opened(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        wait = meter.take(f"open:{address_of(request)}", settings.OPEN_PER_MINUTE)
        if wait:
            answer: HttpResponseBase = render(request, "429.html", {"wait": wait}, status=429)
            answer["Retry-After"] = str(wait)
        else:
            answer = view(request, *args, **kwargs)
        answer["X-Robots-Tag"] = "noindex"
        answer["Cache-Control"] = "private, no-cache"
        return answer

    return opened


@open_page
def page(request: HttpRequest, pk: int) -> HttpResponse:
    """One announced draw; after its term the check value and nothing that anybody wrote."""
    row, until = _announced(pk)
    shown = {**shown_draw(row), "congress": row.congress, "until": until}
    if _over(until):
        return render(request, "draws/public_past.html", shown)
    return render(request, "draws/public.html", {**shown, "secrets_shown": row.state == "drawn"})


@open_data
def file(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The published file, byte for byte as those who run the draw have it; 410 after the term."""
    row, until = _announced(pk)
    told = public.file_of(row)
    if told is None or _over(until):
        said = _("公开期已过，文件不再公开；手里留有文件的，可以与公开页上的校验值核对")
        return HttpResponse(said, status=410, content_type="text/plain; charset=utf-8")
    text = as_text(told)
    etag = f'"{hashlib.sha256(text.encode()).hexdigest()[:32]}"'
    answer = attached(text, "application/json; charset=utf-8", f"{row}.json")
    answer["ETag"] = etag
    answer["Cache-Control"] = f"public, max-age={KEPT_SECONDS}"
    return get_conditional_response(request, etag=etag, response=answer) or answer


@open_page
def listed(request: HttpRequest, pk: int) -> HttpResponse:
    """The announced public draws of a congress, newest first, so many a page (`before`)."""
    congress = get_object_or_404(Congress, pk=sound(pk))
    rows, before = public.announced().filter(congress=congress), number_after(request, "before")
    found = list((rows.filter(pk__lt=before) if before else rows)[: SHOWN + 1])
    place = public.place_of(congress)
    shown = {
        "congress": congress,
        "rows": [
            (row, STATES[row.state], _over(public.names_until(row, place))) for row in found[:SHOWN]
        ],
        "older": found[SHOWN - 1].pk if len(found) > SHOWN else None,
    }
    return render(request, "draws/public_list.html", shown)


def _announced(pk: int) -> tuple[Draw, date]:
    """The draw, and the last day on which it names anybody. Raises Http404 where nothing was announced in public."""
    row = get_object_or_404(public.announced(), pk=sound(pk))
    return row, public.names_until(row, public.place_of(row.congress))


def _over(until: date) -> bool:
    return timezone.localdate() > until
