"""The passing of limits: every lapse noted once, on the day it happened, however late the sweep comes.

Any number of sweepers may run: each matter is moved in a transaction of its own that holds it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from bihuan.loop.spec import Track
from bihuan.matters import house
from bihuan.matters.act import NotDone, held_matters, settle
from bihuan.matters.models import Assignment, Matter
from bihuan.matters.queries import late
from bihuan.people.models import Congress

BATCH = 500


@dataclass(frozen=True)
class Swept:
    """What a sweep did: matters moved, acts written, and the matters that refused their own clock."""

    matters: int = 0
    acts: int = 0
    refused: tuple[str, ...] = ()

    def plus(self, one: Swept) -> Swept:
        """Both together."""
        refused = self.refused + one.refused
        return Swept(self.matters + one.matters, self.acts + one.acts, refused)


def sweep(today: date, congress: Congress | None = None) -> Swept:
    """Note every limit that passed before `today`. Again on the same day, it finds nothing to do."""
    swept = Swept()
    for key in _keys(_passed(today, congress)):
        swept = swept.plus(_settle(key, today))
    return swept


def _settle(key: int, today: date) -> Swept:
    """One matter; one that somebody else holds is left to him or to the next sweep."""
    try:
        with transaction.atomic():
            matter = held_matters(skip_locked=True).filter(pk=key).first()
            noted = settle(matter, today) if matter else []
    except NotDone as stopped:
        return Swept(refused=(f"{matter}：{stopped.refusal.say}",))
    return Swept(matters=bool(noted), acts=len(noted))


def _passed(today: date, congress: Congress | None) -> QuerySet[Matter]:
    """Open matters with a limit that passed and was not noted. A matter that is late and noted so is
    passed over here, or every sweep would open every late matter again."""
    share = Assignment.objects.filter(_clocked("assignment"), matter=OuterRef("pk"))
    shares = share.filter(due_on__lt=today, lapsed=False)
    own = Q(own_due_on__lt=today, lapsed=False) & _clocked("matter")
    found = Matter.objects.filter(late(today)).filter(own | Q(Exists(shares)))
    return found.filter(congress=congress) if congress else found


def _clocked(track: Track) -> Q:
    """Rows in a state whose limit has an act of the clock; elsewhere a limit may pass without one."""
    clocked = Q(pk__in=[])
    for one in house.institutions().values():
        acts = [act for act in one.acts if "clock" in act.by and act.track == track]
        states = {state for act in acts for state in act.from_states}
        if states:
            clocked |= Q(institution=one.key, state__in=sorted(states))
    return clocked


def _keys(found: QuerySet[Matter]) -> Iterator[int]:
    """Keys in order, a batch at a time, so that no cursor stays open while matters are moved."""
    last = 0
    while batch := list(
        found.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:BATCH]
    ):
        yield from batch
        last = batch[-1]
