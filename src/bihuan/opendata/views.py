"""Open data for anyone: no sign-in, so many requests a minute, and no second time what has not changed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import wraps
from typing import Any

from django.conf import settings
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.dateparse import parse_datetime
from django.utils.timezone import is_aware
from django.views.decorators.http import require_GET

from bihuan.api import meter
from bihuan.ballots.models import Closing
from bihuan.matters.models import Matter
from bihuan.opendata import popolo, public
from bihuan.opendata.oparl import LISTS, Objects
from bihuan.people.models import Body, Congress, Delegation, Seat, Session, Term
from bihuan.web.events import address_of

PAGE = 100
KEPT_SECONDS = 60
"""How long an answer may be kept by whoever stands between: what was taken back is soon gone there too."""
LARGEST_KEY = 2**31 - 1
View = Callable[..., HttpResponseBase]
Told = dict[str, Any]


def open_data(view: View) -> View:
    """Decorates a view: metered by address, readable from any page of any origin."""

    @require_GET
    @wraps(view)
    def opened(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        wait = meter.take(f"open:{address_of(request)}", settings.OPEN_PER_MINUTE)
        if wait:
            say = f"请求太多，请在 {wait} 秒后再试"
            answer: HttpResponseBase = _json(request, {"error": say}, 429)
            answer["Retry-After"] = str(wait)
        else:
            answer = view(request, *args, **kwargs)
        answer["Access-Control-Allow-Origin"] = "*"
        answer["X-Robots-Tag"] = "noindex"
        return answer

    return opened


def _json(request: HttpRequest, told: object, status: int = 200) -> HttpResponse:
    content = json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()
    answer = HttpResponse(content, status=status, content_type="application/json; charset=utf-8")
    if status != 200:
        return answer
    etag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    answer["ETag"] = etag
    answer["Cache-Control"] = f"public, max-age={KEPT_SECONDS}"
    return get_conditional_response(request, etag=etag, response=answer) or answer


def objects_of(request: HttpRequest) -> Objects:
    """Makes objects whose ids are absolute addresses of this house."""

    def at(kind: str, *args: object) -> str:
        return request.build_absolute_uri(reverse(f"oparl-{kind}", args=args or None))

    return Objects(at)


# OParl


@open_data
def system(request: HttpRequest) -> HttpResponseBase:
    """The entry."""
    return _json(request, objects_of(request).system())


@open_data
def bodies(request: HttpRequest) -> HttpResponseBase:
    """The congresses of this installation."""
    make = objects_of(request)
    return _list(request, Congress.objects.all(), lambda rows: [make.body(row) for row in rows])


@open_data
def body(request: HttpRequest, pk: int) -> HttpResponseBase:
    """One congress."""
    return _json(request, objects_of(request).body(get_object_or_404(Congress, pk=sound(pk))))


@open_data
def listed(request: HttpRequest, pk: int, kind: str) -> HttpResponseBase:
    """One of a body's lists, page by page; filters `created_since`, `modified_since` and their opposites."""
    congress = get_object_or_404(Congress, pk=sound(pk))
    if kind not in LISTS:
        raise Http404
    make = objects_of(request)
    if kind in ("papers", "files"):
        return _of_matters(request, congress, make, kind)
    if _bounds(request):
        return _page(request, [], None)
    if kind == "organizations":
        return _page(request, _organizations(congress, make), None)
    if kind == "people":
        held = _seats(congress).order_by("person_id", "pk")
        return _page(request, [make.person(seats) for seats in _by_person(held)], None)
    rows: dict[str, tuple[QuerySet[Any], Callable[[Any], Told]]] = {
        "memberships": (_seats(congress), make.membership),
        "meetings": (
            Session.objects.filter(term__congress=congress).select_related("term"),
            make.meeting,
        ),
        "legislative-terms": (Term.objects.filter(congress=congress), make.term),
    }
    if kind not in rows:
        return _page(request, [], None)
    found, told = rows[kind]
    return _list(request, found, lambda part: [told(row) for row in part])


def _organizations(congress: Congress, make: Objects) -> list[Told]:
    return [
        make.congress_as_organization(congress),
        *(make.delegation(row) for row in _delegations(congress)),
        *(make.organization(row) for row in Body.objects.filter(congress=congress).order_by("pk")),
    ]


def _delegations(congress: Congress) -> QuerySet[Delegation]:
    rows = Delegation.objects.filter(term__congress=congress).select_related("term")
    return rows.order_by("pk")


def _seats(congress: Congress) -> QuerySet[Seat]:
    return Seat.objects.filter(congress=congress).select_related("person")


def _by_person(seats: QuerySet[Seat]) -> list[list[Seat]]:
    found: dict[int, list[Seat]] = {}
    for seat in seats:
        found.setdefault(seat.person_id, []).append(seat)
    return list(found.values())


def _of_matters(
    request: HttpRequest, congress: Congress, make: Objects, kind: str
) -> HttpResponseBase:
    """Papers or files; where changes since a moment are asked, those taken back are told too."""
    bounds = _bounds(request)
    kinds = {"papers": ("Paper", make.paper), "files": ("File", make.file)}
    name, told = kinds[kind]
    rows = public.matters(congress).filter(bounds)
    rows = rows.exclude(text="") if kind == "files" else rows
    gone = public.withdrawn(congress).filter(bounds) if "modified_since" in request.GET else None
    after = number_after(request)
    found = list(public.read_along(rows).filter(pk__gt=after)[: PAGE + 1])
    lost = list(gone.filter(pk__gt=after).order_by("pk")[: PAGE + 1]) if gone is not None else []
    both = sorted([(r.pk, r, told) for r in found] + [(r.pk, r, None) for r in lost], key=_first)
    page = both[:PAGE]
    data = [make.deleted(name, row) if how is None else how(row) for _, row, how in page]
    return _page(request, data, page[-1][0] if len(both) > PAGE else None)


def _first(row: tuple[int, Any, Any]) -> int:
    return row[0]


def _bounds(request: HttpRequest) -> Q:
    """OParl's four filters by time. What is no date-time with a zone is passed over."""
    bounds = Q()
    for name in ("created", "modified"):
        for side, look_up in (("since", "gte"), ("until", "lte")):
            moment = _moment(request.GET.get(f"{name}_{side}", ""))
            if moment:
                bounds &= Q(**{f"{name}__{look_up}": moment})
    return bounds


def _moment(text: str) -> datetime | None:
    try:
        moment = parse_datetime(text.replace(" ", "+"))
    except ValueError:
        return None
    return moment if moment and is_aware(moment) else None


def number_after(request: HttpRequest, name: str = "after") -> int:
    """The key after (or, by another name, before) which the next page begins; 0 for the first page."""
    word = request.GET.get(name, "")
    return int(word) if word.isascii() and word.isdecimal() and len(word) < 10 else 0


def sound(key: int) -> int:
    """A key from an address, or 0, which is nobody's, where no database could hold it."""
    return key if key <= LARGEST_KEY else 0


def _list(
    request: HttpRequest, rows: QuerySet[Any], told: Callable[[Sequence[Any]], list[Told]]
) -> HttpResponseBase:
    found = list(rows.filter(pk__gt=number_after(request)).order_by("pk")[: PAGE + 1])
    page = found[:PAGE]
    return _page(request, told(page), page[-1].pk if len(found) > PAGE else None)


def _page(request: HttpRequest, data: list[Told], after: int | None) -> HttpResponse:
    """A page in OParl's envelope."""
    asked = request.GET.copy()
    asked.pop("after", None)
    first = request.build_absolute_uri(request.path)
    query = asked.urlencode()
    links = {"first": f"{first}?{query}" if query else first, "self": request.build_absolute_uri()}
    if after is not None:
        asked["after"] = str(after)
        links["next"] = f"{first}?{asked.urlencode()}"
    return _json(request, {"data": data, "pagination": {"elementsPerPage": PAGE}, "links": links})


@open_data
def term(request: HttpRequest, pk: int) -> HttpResponseBase:
    """One term."""
    return _json(request, objects_of(request).term(get_object_or_404(Term, pk=sound(pk))))


@open_data
def meeting(request: HttpRequest, pk: int) -> HttpResponseBase:
    """One session."""
    row = get_object_or_404(Session.objects.select_related("term"), pk=sound(pk))
    return _json(request, objects_of(request).meeting(row))


@open_data
def organization(request: HttpRequest, key: str) -> HttpResponseBase:
    """The congress itself (`c…`), a body (`b…`) or a delegation (`d…`)."""
    make, number = objects_of(request), key[1:]
    pk = int(number) if number.isascii() and number.isdecimal() and len(number) < 10 else 0
    if key[:1] == "c":
        return _json(request, make.congress_as_organization(get_object_or_404(Congress, pk=pk)))
    if key[:1] == "d":
        row = get_object_or_404(Delegation.objects.select_related("term"), pk=pk)
        return _json(request, make.delegation(row))
    if key[:1] == "b":
        return _json(request, make.organization(get_object_or_404(Body, pk=pk)))
    raise Http404


@open_data
def person(request: HttpRequest, pk: int) -> HttpResponseBase:
    """A deputy; nobody else is told of."""
    seats = Seat.objects.filter(person=sound(pk)).select_related("person").order_by("pk")
    if not seats:
        raise Http404
    return _json(request, objects_of(request).person(list(seats)))


@open_data
def membership(request: HttpRequest, pk: int) -> HttpResponseBase:
    """One seat."""
    row = get_object_or_404(Seat.objects.select_related("person"), pk=sound(pk))
    return _json(request, objects_of(request).membership(row))


@open_data
def paper(request: HttpRequest, pk: int) -> HttpResponseBase:
    """One public matter, or that it was taken back."""
    row, here = _matter(pk)
    make = objects_of(request)
    return _json(request, make.paper(row) if here else make.deleted("Paper", row))


@open_data
def file(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The text of a public matter as an object, or that it was taken back."""
    row, here = _matter(pk)
    make = objects_of(request)
    return _json(request, make.file(row) if here else make.deleted("File", row))


@open_data
def text(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The text itself."""
    row, here = _matter(pk)
    if not here or not row.text:
        raise Http404
    content = row.text.encode()
    etag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    answer = HttpResponse(content, content_type="text/plain; charset=utf-8", headers={"ETag": etag})
    return get_conditional_response(request, etag=etag, response=answer) or answer


def _matter(pk: int) -> tuple[Any, bool]:
    """The matter and whether it is public now. Raises Http404 where it never was."""
    found = Matter.objects.filter(pk=sound(pk)).select_related("congress").first()
    if found is None:
        raise Http404
    row = public.read_along(public.matters(found.congress)).filter(pk=found.pk).first()
    if row is not None:
        return row, True
    gone = public.withdrawn(found.congress).filter(pk=found.pk).first()
    if gone is None:
        raise Http404
    return gone, False


# Popolo


def _votes(congress: Congress) -> QuerySet[Closing]:
    """The newest votes that were published."""
    rows = Closing.objects.filter(congress=congress, ballot__public=True)
    return rows.select_related("ballot").prefetch_related("ballot__items").order_by("-seq")[:PAGE]


@open_data
def popolo_index(request: HttpRequest) -> HttpResponseBase:
    """The congresses, each with the address of its people and proposals."""
    items = [
        {
            "name": row.name,
            "url": request.build_absolute_uri(reverse("popolo-congress", args=[row.pk])),
        }
        for row in Congress.objects.order_by("pk")
    ]
    return _json(request, {"items": items})


@open_data
def popolo_congress(request: HttpRequest, pk: int) -> HttpResponseBase:
    """One congress: persons, organizations, memberships, and a page of motions."""
    congress = get_object_or_404(Congress, pk=sound(pk))
    seats = list(_seats(congress).order_by("pk"))
    rows = public.read_along(public.matters(congress)).filter(pk__gt=number_after(request))
    found = list(rows[: PAGE + 1])
    following = None
    if len(found) > PAGE:
        here = request.build_absolute_uri(request.path)
        following = f"{here}?after={found[PAGE - 1].pk}"
    bodies_ = Body.objects.filter(congress=congress).order_by("pk")
    told = {
        "persons": popolo.persons(seats),
        "organizations": popolo.organizations(congress, bodies_, _delegations(congress)),
        "memberships": popolo.memberships(seats),
        "motions": popolo.motions(found[:PAGE]),
        "vote_events": popolo.vote_events(_votes(congress), [row.pk for row in found[:PAGE]]),
        "next": following,
    }
    return _json(request, told)
