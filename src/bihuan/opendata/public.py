"""Which matters the public may see, and which it once could. Everything open data tells begins here."""

from __future__ import annotations

from django.db.models import Exists, F, OuterRef, Prefetch, Q, QuerySet, Subquery

from bihuan.loop.spec import Institution
from bihuan.matters import access, house
from bihuan.matters.models import Act, Assignment, Matter, Proposer
from bihuan.measures.conditions import as_q
from bihuan.people.models import Congress

NOWHERE = Q(pk__in=[])


def matters(congress: Congress) -> QuerySet[Matter]:
    """The matters of this congress that are public now, with when they began and last moved."""
    rows = Matter.objects.filter(public_now(), congress=congress)
    return _dated(rows.exclude(access.private()))


def public_now() -> Q:
    """The condition under which the public may see a matter: published, and as its institution declares."""
    found = NOWHERE
    for one in _opening():
        found |= Q(institution=one.key, public=True) & as_q(dict(one.public_when))
    return found


def _opening() -> list[Institution]:
    """The institutions whose matters can be public at all: declared so, and not open to some roles only."""
    found = house.institutions().values()
    return [one for one in found if one.public_when and not one.visible_to]


def withdrawn(congress: Congress) -> QuerySet[Matter]:
    """Those that were public after some act and are not now: their addresses say so for ever."""
    keys = [one.key for one in _opening()]
    rows = Matter.objects.filter(congress=congress, institution__in=keys)
    return _dated(rows.filter(~public_now() | access.private()).filter(_once_public()))


def _once_public() -> Q:
    """Some act left the matter meeting its institution's declared condition: read from the acts themselves."""
    found = NOWHERE
    for one in _opening():
        acts = Act.objects.filter(as_q(dict(one.public_when), "outcome"), matter=OuterRef("pk"))
        found |= Q(institution=one.key) & Q(Exists(acts))
    return found


def _dated(rows: QuerySet[Matter]) -> QuerySet[Matter]:
    acts = Act.objects.filter(matter=OuterRef("pk"))
    return rows.annotate(
        created=Subquery(acts.order_by("seq").values("at")[:1]),
        modified=Subquery(acts.order_by("-seq").values("at")[:1]),
    )


def read_along(rows: QuerySet[Matter]) -> QuerySet[Matter]:
    """With all that an object of a matter names, in a fixed number of queries."""
    public_children = Matter.objects.filter(public_now()).exclude(access.private())
    return (
        rows.defer("limit", "facts")
        .annotate(parent_public=Exists(public_children.filter(pk=OuterRef("parent_id"))))
        .prefetch_related(
            Prefetch("assignments", Assignment.objects.exclude(phase="void").order_by("pk")),
            Prefetch("proposers", Proposer.objects.select_related("seat")),
            Prefetch("children", public_children.only("pk", "parent_id").order_by("pk")),
        )
        .order_by(F("pk").asc())
    )
