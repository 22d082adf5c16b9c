"""A matter held in hand: its row locked, with all that an act has to know of it read once."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from django.db import connection
from django.db.models import QuerySet

from bihuan.loop.machine import NEW, Place, with_children
from bihuan.loop.situation import Situation
from bihuan.matters import house, rows
from bihuan.matters.models import Act, Assignment, Matter, Proposer
from bihuan.matters.situations import own_situation
from bihuan.people.models import Congress, User

_LOCK = {"sqlite": "", "postgresql": "FOR NO KEY UPDATE"}
_CHILDREN = """
    SELECT institution, count(*), count(*) FILTER (WHERE phase IN ('pending', 'handling'))
    FROM matters_matter WHERE parent_id = %s GROUP BY institution"""


@dataclass
class InHand:
    """A matter, its shares in order, and its children: institution → how many there are, how many are open.

    `proposers` are known where the matter is only now begun. `kept`: what its columns held when it was read.
    """

    matter: Matter
    place: Place
    shares: list[Assignment] = field(default_factory=list)
    children: list[tuple[str, int, int]] = field(default_factory=list)
    proposers: list[Proposer] | None = None
    fresh: bool = False

    @property
    def situation(self) -> Situation:
        """The matter as the machine sees it."""
        if self.fresh:
            return NEW
        situation = own_situation(self.matter, self.shares)
        for key, count, still_open in self.children:
            situation = with_children(situation, key, count, still_open)
        return situation

    def proposed_by(self) -> list[Proposer]:
        """Its proposers, in order."""
        if self.proposers is None:
            self.proposers = rows.select(
                Proposer, "matter_id = %s", [self.matter.pk], "ORDER BY place, id"
            )
        return self.proposers

    def proposer_names(self) -> list[str]:
        """What they are called."""
        return [one.name for one in self.proposed_by()]


def held_matters(*, skip_locked: bool = False) -> QuerySet[Matter]:
    """Matters to be held until the transaction ends: the row itself, not the congress it belongs to."""
    held = Matter.objects.select_for_update(of=("self",), no_key=True, skip_locked=skip_locked)
    return held.select_related("congress")


def locked(matter_id: int) -> Matter:
    """The matter of this key, held until the transaction ends. Raises Matter.DoesNotExist."""
    found = rows.select(Matter, "id = %s", [matter_id], _LOCK[connection.vendor])
    if not found:
        raise Matter.DoesNotExist(f"no matter {matter_id}")
    found[0].congress = rows.select(Congress, "id = %s", [found[0].congress_id])[0]
    return found[0]


def in_hand(matter: Matter) -> InHand:
    """A held matter with what stands beside it."""
    shares = rows.select(Assignment, "matter_id = %s", [matter.pk], "ORDER BY id")
    children = rows.asked(_CHILDREN, [matter.pk])
    place = house.place_of(matter.congress, matter.institution)
    return InHand(matter, place, shares, [(key, n, still) for key, n, still in children])


def begun(
    congress: Congress,
    institution: str,
    day: date,
    *,
    identity: str = "",
    by: User | None = None,
    parent: Matter | None = None,
) -> InHand:
    """A matter about to be raised: it has its key, and no row yet."""
    place = house.place_of(congress, institution)
    matter = blank(congress, institution, day, identity=identity, by=by, parent=parent)
    matter.pk = rows.next_keys(Matter, 1)[0]
    return InHand(matter, place, fresh=True)


def blank(
    congress: Congress,
    institution: str,
    day: date,
    *,
    identity: str = "",
    by: User | None = None,
    parent: Matter | None = None,
) -> Matter:
    """A matter before its first act, without a key."""
    return Matter(
        congress=congress,
        institution=institution,
        year=day.year,
        title="",
        state="",
        phase="pending",
        since=day,
        raised_on=day,
        raised_by=by,
        identity=identity,
        parent=parent,
    )


def already(congress_id: int, token: str) -> Act | None:
    """The act that was taken with this token in this congress, if any."""
    if not token:
        return None
    # SQLite uses the index of tokens only where the query says, as the index does, that none is blank.
    where = "congress_id = %s AND token = %s AND NOT (token = '')"
    found = rows.select(Act, where, [congress_id, token])
    return found[0] if found else None
