"""Who may make a letter, and who may read one: at the query."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Exists, OuterRef, Q, QuerySet

from bihuan.letters import declared
from bihuan.letters.models import Letter
from bihuan.matters import access
from bihuan.matters.access import WHOLE_CONGRESS, Standing
from bihuan.matters.models import Assignment, Matter, Proposer


def may_make(standing: Standing, letter: declared.Letter) -> bool:
    """Whether this user holds a role that makes this letter at all."""
    one = declared.ground(letter.institution)
    return standing.has(*letter.by) and access.open_to(standing, one)


def shares_for(standing: Standing, letter: declared.Letter, matter: Matter) -> list[Assignment]:
    """The shares of a matter he sees on which he may make this letter now."""
    if not may_make(standing, letter) or not _stands(letter, matter):
        return []
    shares = access.visible_shares(standing).filter(matter=matter).exclude(phase="void")
    return [share for share in shares.select_related("body") if _wanted(letter, share)]


def on_matter(standing: Standing, letter: declared.Letter, matter: Matter) -> bool:
    """Whether he may make this letter about a matter he sees."""
    return letter.about == "matter" and may_make(standing, letter) and _stands(letter, matter)


def _stands(letter: declared.Letter, matter: Matter) -> bool:
    return not letter.states or matter.state in letter.states


def _wanted(letter: declared.Letter, share: Assignment) -> bool:
    kinds, states = letter.share_kinds, letter.share_states
    return (not kinds or share.kind in kinds) and (not states or share.state in states)


def readable(standing: Standing) -> QuerySet[Letter]:
    """The letters this user may read.

    Drafts are read by those who may make them. Issued ones and void ones are read by the congress's own people,
    by the body they are about where the letter declares it, and by the proposers where it declares that. No
    letter is read by one who may not see its matter.
    """
    own = Letter.objects.filter(congress_id=standing.user.congress_id or 0)
    allowed = Q(pk__in=[])
    for letter in declared.letters().values():
        named = Q(institution=letter.institution, key=letter.key)
        allowed |= named & _of_kind(standing, letter)
    seen = Q(matter=None) | Q(matter__in=access.visible(standing).order_by().values("pk"))
    return own.filter(allowed & seen)


def _of_kind(standing: Standing, letter: declared.Letter) -> Q:
    if not access.open_to(standing, declared.ground(letter.institution)):
        return Q(pk__in=[])
    out = ~Q(state="draft")
    allowed = Q(pk__in=[])
    if standing.has(*WHOLE_CONGRESS):
        allowed |= out
    own_bodies = _below(standing.paths)
    if may_make(standing, letter):
        whole = standing.has(*(set(letter.by) & WHOLE_CONGRESS))
        allowed |= ~Q(pk__in=[]) if whole else own_bodies
    if {"lead_body", "co_body"} & set(letter.readers):
        allowed |= out & own_bodies
    if "proposer" in letter.readers and standing.seats:
        mine = Proposer.objects.filter(matter=OuterRef("matter"), seat__in=standing.seats)
        allowed |= out & Q(Exists(mine))
    return allowed


def _below(paths: Iterable[str]) -> Q:
    below = Q(pk__in=[])
    for path in paths:
        below |= Q(body__path__startswith=path)
    return below


def editable(standing: Standing) -> QuerySet[Letter]:
    """The drafts this user may go on with, and the issued letters he may declare void."""
    allowed = Q(pk__in=[])
    for letter in declared.letters().values():
        if not may_make(standing, letter):
            continue
        named = Q(institution=letter.institution, key=letter.key)
        whole = standing.has(*(set(letter.by) & WHOLE_CONGRESS))
        allowed |= named if whole else named & _below(standing.paths)
    return readable(standing).filter(allowed)
