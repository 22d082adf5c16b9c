"""Who may see what, and who may do what: at the query, never in a template."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from bihuan.loop.machine import possible
from bihuan.loop.spec import Act as ActSpec
from bihuan.loop.spec import Field, Institution
from bihuan.loop.withheld import withholding
from bihuan.matters import house
from bihuan.matters.models import Act, Assignment, Matter, Proposer
from bihuan.matters.situations import situation_of
from bihuan.people.models import Grant, Seat, User

WHOLE_CONGRESS = {"clerk", "secretariat", "committee", "leader"}
BODIES = {"lead_body", "co_body"}
BY_BODY = {"contact", "unit"}


@dataclass(frozen=True)
class Standing:
    """What a user is on a day: his roles, and the bodies, delegations and seats they are for."""

    user: User
    day: date
    roles: frozenset[str] = frozenset()
    paths: tuple[str, ...] = ()
    delegations: frozenset[int] = frozenset()
    seats: frozenset[int] = frozenset()
    bodies: Mapping[str, str] = field(default_factory=dict)

    def has(self, *roles: str) -> bool:
        """Whether any of these roles is held."""
        return bool(self.roles & set(roles))


@dataclass(frozen=True)
class Offer:
    """An act that a user may take now: as whom, about which share, on whose behalf."""

    act: ActSpec
    actor: str
    share: str = ""
    on_behalf: str = ""


def standing_of(user: User, day: date) -> Standing:
    """The user's grants and seats in force on the day, in three queries at most."""
    if not user.is_authenticated or not user.is_active or user.congress_id is None:
        return Standing(user, day)
    grants = list(
        Grant.objects.filter(Grant.on(day), user=user).select_related("body", "delegation")
    )
    seats = Seat.objects.filter(
        Seat.on(day), person_id=user.person_id or 0, congress_id=user.congress_id
    )
    has_seat = any(grant.role == "deputy" for grant in grants) and user.person_id
    return Standing(
        user=user,
        day=day,
        roles=frozenset(grant.role for grant in grants),
        paths=tuple(g.body.path for g in grants if g.body and g.role in BY_BODY),
        delegations=frozenset(
            g.delegation_id for g in grants if g.delegation_id and g.role == "delegation"
        ),
        seats=frozenset(seats.values_list("id", flat=True)) if has_seat else frozenset(),
        bodies={g.role: str(g.body or g.delegation or "") for g in grants},
    )


def open_to(standing: Standing, institution: Institution) -> bool:
    """Whether an institution is open to this user at all; most are open to everyone in the work."""
    return not institution.visible_to or standing.has(*institution.visible_to)


def visible(standing: Standing) -> QuerySet[Matter]:
    """Every matter this user may see, and none other: of his congress, by role, body, delegation, seat."""
    own = Matter.objects.filter(congress_id=standing.user.congress_id or 0)
    if standing.user.congress_id is None or not standing.roles:
        return own.none()
    shut = [one.key for one in house.institutions().values() if not open_to(standing, one)]
    if shut:
        own = own.exclude(institution__in=shut)
    allowed = _by_role(standing)
    return own.filter(allowed) if allowed else own.none()


def _by_role(standing: Standing) -> Q:
    mine = Q(Exists(_proposals().filter(seat__in=standing.seats))) if standing.seats else Q()
    shared = ~private()
    allowed = Q()
    if standing.has(*WHOLE_CONGRESS):
        allowed |= shared
    if standing.delegations:
        theirs = _proposals().filter(seat__delegation__in=standing.delegations)
        allowed |= shared & Q(Exists(theirs))
    if standing.paths:
        allowed |= Q(Exists(_shares_of(standing.paths)))
    if standing.has("deputy"):
        allowed |= Q(public=True) & shared
    if mine:
        allowed |= mine
    return allowed | Q(raised_by=standing.user) if allowed else allowed


def _proposals() -> QuerySet[Proposer]:
    return Proposer.objects.filter(matter=OuterRef("pk"))


def _shares_of(paths: Iterable[str]) -> QuerySet[Assignment]:
    below = Q()
    for path in paths:
        below |= Q(body__path__startswith=path)
    return Assignment.objects.filter(below, matter=OuterRef("pk")).exclude(phase="void")


def private() -> Q:
    """Matters in a state only the proposer sees: a draft is nobody else's business."""
    hidden = Q(pk__in=[])
    for one in house.institutions().values():
        states = [state.id for state in one.states if state.private]
        if states:
            hidden |= Q(institution=one.key, state__in=states)
    return hidden


def visible_shares(standing: Standing) -> QuerySet[Assignment]:
    """The shares this user answers for (his bodies'), or all of his congress's if he oversees it."""
    own = Assignment.objects.filter(congress_id=standing.user.congress_id or 0)
    if standing.has(*WHOLE_CONGRESS):
        return own
    if not standing.paths:
        return own.none()
    below = Q()
    for path in standing.paths:
        below |= Q(body__path__startswith=path)
    return own.filter(below).exclude(phase="void")


def offers(standing: Standing, matter: Matter) -> list[Offer]:
    """The acts this user may take on this matter now, in the order declared."""
    shares = list(matter.assignments.select_related("body"))
    found: list[Offer] = []
    own = _actors_in_matter(standing, matter)
    institution = house.institution(matter.institution)
    situation = situation_of(matter, shares)
    for act, key in possible(institution, situation, frozenset(own)):
        actor = _first(own, act, sharing=bool(key))
        if actor:
            found.append(Offer(act, actor, key, own[actor]))
    for share in shares:
        found += _offers_on_share(standing, institution, share)
    order = {act.id: place for place, act in enumerate(institution.acts)}
    return sorted(found, key=lambda offer: order[offer.act.id])


def _first(own: Mapping[str, str], act: ActSpec, sharing: bool) -> str:
    """As whom to act. A body acts on its own share only, which `_offers_on_share` sees to."""
    barred = {"lead_body", "co_body"} if sharing else set()
    return next((name for name in own if name in act.by and name not in barred), "")


def _actors_in_matter(standing: Standing, matter: Matter) -> dict[str, str]:
    """Actor -> on whose behalf. Roles of the congress as such, and what the matter makes of a user."""
    own: dict[str, str] = {
        role: standing.bodies.get(role, "")
        for role in ("clerk", "secretariat", "committee", "leader")
        if role in standing.roles
    }
    proposals = list(matter.proposers.select_related("seat"))
    if any(p.seat_id in standing.seats for p in proposals):
        own["proposer"] = ""
    of_delegation = {p.seat.delegation_id for p in proposals if p.seat}
    if standing.delegations & of_delegation:
        own["delegation"] = standing.bodies.get("delegation", "")
    own |= {
        actor: str(share.body)
        for share in matter.assignments.all()
        if (actor := _holder(standing, share))
    }
    return own


def _holder(standing: Standing, share: Assignment) -> str:
    mine = any(share.body.path.startswith(path) for path in standing.paths)
    if not mine or share.phase == "void":
        return ""
    return "co_body" if share.kind == "co" else "lead_body"


def _offers_on_share(
    standing: Standing, institution: Institution, share: Assignment
) -> list[Offer]:
    actor = _holder(standing, share)
    if not actor:
        return []
    return [
        Offer(act, actor, share.key, str(share.body))
        for act in institution.acts
        if act.track == "assignment" and actor in act.by and share.state in act.from_states
    ]


def may_raise(standing: Standing, institution: Institution) -> list[Offer]:
    """The acts by which this user may raise a matter of this institution."""
    own: dict[str, str] = {
        role: standing.bodies.get(role, "")
        for role in ("clerk", "secretariat", "committee", "leader", "unit")
        if role in standing.roles
    }
    if standing.seats:
        own["deputy"] = ""
    raising = [(act, _first(own, act, sharing=False)) for act in institution.acts if act.raises]
    return [Offer(act, actor, "", own[actor]) for act, actor in raising if actor]


def relation(standing: Standing, matter: Matter) -> frozenset[str]:
    """What this user is to this matter: the actors he may be, for hiding what they may not see."""
    return frozenset(_actors_in_matter(standing, matter))


def hidden_fields(institution: Institution, matter: Matter, actors: frozenset[str]) -> set[str]:
    """Names of fields this user may not see on this matter yet.

    Who rated what stays hidden from the body that was rated until the matter is closed, so that no one
    can be pressed to tick 满意. Someone who is also something else to the matter sees as that.
    """
    return {
        field_.name
        for field_ in institution.fields
        if field_.hidden_from and _still_hidden(field_, matter) and _only_hidden(field_, actors)
    }


def _still_hidden(field_: Field, matter: Matter) -> bool:
    return field_.hidden_until != "closed" or matter.phase != "closed"


def _only_hidden(field_: Field, actors: frozenset[str]) -> bool:
    return bool(actors) and actors <= set(field_.hidden_from)


def barred_acts(
    institution: Institution, acts: Iterable[Act], actors: frozenset[str]
) -> frozenset[int]:
    """Numbers (`seq`) of the acts among a matter's whose words and files this user may not read.

    A reply held back is read by the congress's own people and the bodies; the proposer and everyone else
    read it once it is released, and never if it was sent back.
    """
    states = withholding(institution)
    if not states or actors & (WHOLE_CONGRESS | BODIES):
        return frozenset()
    releasing = {act.id for act in institution.acts if act.releases}
    barred: set[int] = set()
    waiting: dict[str, int] = {}
    for act in sorted(acts, key=lambda each: each.seq):
        said = waiting.pop(act.share, None) if act.before in states else None
        if act.after in states and act.share:
            waiting[act.share] = act.seq
            barred.add(act.seq)
        elif act.kind in releasing:
            barred.discard(said or 0)
        elif act.before in states:
            barred.add(act.seq)
    return frozenset(barred)


def readable_data(act: Act, hidden: set[str]) -> dict[str, Any]:
    """What was filled in with an act, without what this user may not see."""
    return {name: value for name, value in act.data.items() if name not in hidden}
