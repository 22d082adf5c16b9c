"""A matter held in hand: its row locked, with all that an act has to know of it read once."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from functools import cache

from django.db.models import QuerySet

from bihuan.loop.machine import NEW, Place, with_children
from bihuan.loop.situation import Situation
from bihuan.matters import house, rows
from bihuan.matters.models import Act, Assignment, Matter, Proposer
from bihuan.matters.situations import own_situation
from bihuan.people.models import Congress, User

_LOCK = {"sqlite": "", "postgresql": "FOR NO KEY UPDATE OF m"}
_CHILDREN = """
    SELECT institution, count(*), count(*) FILTER (WHERE phase IN ('pending', 'handling'))
    FROM matters_matter WHERE parent_id = %s GROUP BY institution"""

# SQLite uses the index of tokens only where the query says, as the index does, that none is blank.
_TOKEN = "token = %s AND NOT (token = '')"
_CONGRESS = "(SELECT congress_id FROM matters_matter WHERE id = %s)"
_KEY = "(SELECT institution FROM matters_matter WHERE id = %s)"


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


def hold(matter_id: int, token: str = "") -> tuple[InHand, Act | None]:
    """The matter of this key, held until the transaction ends, and the act once taken with this token.

    Everything is asked at once; the lock is the first question, so that the others are answered as of then.
    Raises Matter.DoesNotExist.
    """
    found, known, shares, children, own = rows.ask(
        rows.Statement(_held(rows.vendor()), [matter_id]),
        rows.selecting(Act, f"congress_id = {_CONGRESS} AND {_TOKEN}", [matter_id, token]),
        rows.selecting(Assignment, "matter_id = %s", [matter_id], "ORDER BY id"),
        rows.Statement(_CHILDREN, [matter_id]),
        rows.Statement(
            house.OWN.format(congress=_CONGRESS, key=_KEY, shared=house.shared_names()),
            [matter_id] * 3,
        ),
    )
    if not found:
        raise Matter.DoesNotExist(f"no matter {matter_id}")
    matter = _with_congress(found[0])
    place = house.place_from(matter.congress, matter.institution, own)
    hand = InHand(matter, place, rows.made(Assignment, shares), _counted(children))
    return hand, next(iter(rows.made(Act, known)), None)


@cache
def _held(database: str) -> str:
    """The matter's columns and its congress's, the matter locked."""
    mine = [f'm."{name}"' for name in rows.columns(Matter)]
    theirs = [f'c."{name}"' for name in rows.columns(Congress)]
    return f"""SELECT {", ".join([*mine, *theirs])} FROM matters_matter m
        JOIN people_congress c ON c.id = m.congress_id WHERE m.id = %s {_LOCK[database]}"""


def _with_congress(found: rows.Found) -> Matter:
    width = len(rows.columns(Matter))
    matter = rows.made(Matter, [found[:width]])[0]
    matter.congress = rows.made(Congress, [found[width:]])[0]
    return matter


def in_hand(matter: Matter) -> InHand:
    """A held matter with what stands beside it."""
    shares, children, own = rows.ask(
        rows.selecting(Assignment, "matter_id = %s", [matter.pk], "ORDER BY id"),
        rows.Statement(_CHILDREN, [matter.pk]),
        house.place_question(matter.congress_id, matter.institution),
    )
    place = house.place_from(matter.congress, matter.institution, own)
    return InHand(matter, place, rows.made(Assignment, shares), _counted(children))


def _counted(children: list[rows.Found]) -> list[tuple[str, int, int]]:
    return [(key, count, still_open) for key, count, still_open in children]


def begun(
    congress: Congress,
    institution: str,
    day: date,
    *,
    token: str = "",
    identity: str = "",
    by: User | None = None,
    parent: Matter | None = None,
) -> tuple[InHand, Act | None]:
    """A matter about to be raised, and the act once taken with this token. It has its key, and no row yet."""
    known, keys, own = rows.ask(
        rows.selecting(Act, f"congress_id = %s AND {_TOKEN}", [congress.pk, token]),
        rows.next_key(Matter),
        house.place_question(congress.pk, institution),
    )
    place = house.place_from(congress, institution, own)
    matter = blank(congress, institution, day, identity=identity, by=by, parent=parent)
    matter.pk = keys[0][0]
    return InHand(matter, place, fresh=True), next(iter(rows.made(Act, known)), None)


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
    matter = rows.new(
        Matter,
        congress_id=congress.pk,
        institution=institution,
        year=day.year,
        title="",
        state="",
        phase="pending",
        since=day,
        raised_on=day,
        raised_by_id=by.pk if by else None,
        identity=identity,
        parent_id=parent.pk if parent else None,
    )
    matter._state.fields_cache["congress"] = congress
    return matter


def already(congress_id: int, token: str) -> Act | None:
    """The act that was taken with this token in this congress, if any."""
    found = rows.select(Act, f"congress_id = %s AND {_TOKEN}", [congress_id, token])
    return found[0] if found else None
