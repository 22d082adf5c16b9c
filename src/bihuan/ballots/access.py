"""Who may see a ballot, who may run it: at the query."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q, QuerySet

from bihuan.ballots.models import Ballot, Item, Voter
from bihuan.matters import access
from bihuan.matters.access import Standing
from bihuan.matters.models import Matter

RUNNERS = ("clerk", "secretariat")


def visible(standing: Standing) -> QuerySet[Ballot]:
    """The ballots of his congress that he oversees, unless about a matter hidden from him, and those he votes in."""
    own = Ballot.objects.filter(congress_id=standing.user.congress_id or 0)
    person = standing.user.person_id
    allowed = Q(pk__in=[])
    if person and standing.roles:
        mine = Exists(Voter.objects.filter(ballot=OuterRef("pk"), person=person))
        allowed |= Q(mine) & ~Q(state="draft")
    if standing.has(*access.WHOLE_CONGRESS):
        hidden = Item.objects.filter(ballot=OuterRef("pk"), matter__isnull=False).exclude(
            matter__in=access.visible(standing)
        )
        allowed |= ~Q(Exists(hidden))
    return own.filter(allowed)


def runs(standing: Standing) -> QuerySet[Ballot]:
    """The ballots he may open, close and declare."""
    return visible(standing) if may_run(standing) else Ballot.objects.none()


def may_run(standing: Standing) -> bool:
    """Whether he may run ballots at all."""
    return standing.has(*RUNNERS)


def undeclared(matter: Matter, declared: str) -> QuerySet[Ballot]:
    """Votes on a matter that are not yet through: another one would only confuse."""
    rows = Ballot.objects.filter(items__matter=matter, declared=declared, after=None)
    return rows.exclude(state__in=("declared", "void"))


def waiting_for(standing: Standing) -> QuerySet[Ballot]:
    """The running ballots in which he has not voted yet."""
    if not standing.user.person_id or not standing.roles:
        return Ballot.objects.none()
    owed = Voter.objects.filter(ballot=OuterRef("pk"), person=standing.user.person_id, voted=False)
    return Ballot.objects.filter(
        Exists(owed), congress_id=standing.user.congress_id or 0, state="open", way="phone"
    )
