"""One act on a matter in hand — the clock first, then a step, then what is written — and what follows elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from django.db import transaction

from bihuan.loop.forms import Refusal
from bihuan.loop.machine import lapses, step
from bihuan.loop.situation import Done, Lapse, Opening
from bihuan.loop.spec import Value
from bihuan.matters import posts, readers
from bihuan.matters.doers import Doer, NotDone, key_of
from bihuan.matters.holding import InHand, begun, hold, in_hand
from bihuan.matters.models import Act, Matter, Proposer
from bihuan.matters.search import JOINED_FROM
from bihuan.matters.writing import write


def settle(matter: Matter, today: date) -> list[Act]:
    """Note every limit that passed before today (inside a transaction that holds the matter).

    Raises NotDone if the institution refuses its own clock, e.g. for want of a param.
    """
    return settled(in_hand(matter), today)[1]


def settled(hand: InHand, today: date) -> tuple[InHand, list[Act]]:
    """The same for a matter in hand: gives it as it stands afterwards, too."""
    noted: dict[Lapse, Act] = {}
    while due := lapses(hand.place.institution, hand.situation, today):
        lapse = due[0]
        if lapse in noted:
            break
        noted[lapse] = take(hand, lapse.act, Doer("clock"), lapse.day, {}, lapse.assignment)
        hand = in_hand(hand.matter)
    return hand, list(noted.values())


def take(
    hand: InHand,
    act_id: str,
    doer: Doer,
    today: date,
    data: Mapping[str, Value],
    share: str = "",
    token: str = "",
    aside: Mapping[str, Value] | None = None,
) -> Act:
    """Step, write and see to what follows. Raises NotDone with the refusal. `aside`: see `act.act`.

    What the act does to the register of posts is done with it, and kept in its row.
    """
    done = stepped(hand, act_id, doer, today, data, share)
    row = write(hand, done, doer, share, token, {**(aside or {}), **posts.entered(hand, done)})
    hand.fresh = False
    _follow(hand, done, doer)
    return row


def stepped(
    hand: InHand, act_id: str, doer: Doer, today: date, data: Mapping[str, Value], share: str = ""
) -> Done:
    """What the machine says to an act. Raises NotDone with its refusal."""
    filled = readers.read(hand.place.institution, act_id, data)
    day = not_before(hand.matter, today)
    outcome = step(hand.place, hand.situation, act_id, doer.actor, day, filled, share)
    if isinstance(outcome, Refusal):
        raise NotDone(outcome)
    return outcome


def not_before(matter: Matter, today: date) -> date:
    """Acts of one matter never go back in time: a clock's act that comes late stands after the last."""
    return max(today, matter.last_day) if matter.last_day else today


# What follows elsewhere


def _follow(hand: InHand, done: Done, doer: Doer) -> None:
    for opening in done.opens:
        _open(hand, opening, done.day, doer)
    if done.joins:
        _join(hand, done, doer)
    if done.act.tells_parent and hand.matter.parent_id:
        _tell(hand.matter.parent_id, done.act.tells_parent, done.day, {})


def _open(parent: InHand, opening: Opening, day: date, doer: Doer) -> None:
    matter = parent.matter
    child, _ = begun(matter.congress, opening.institution, day, parent=matter)
    theirs = parent.proposed_by() if opening.with_proposers else []
    child.proposers = [
        Proposer(matter=child.matter, seat_id=one.seat_id, name=one.name, place=one.place)
        for one in theirs
    ]
    actor = child.place.institution.act(opening.act).by[0]
    take(child, opening.act, Doer(actor, doer.user, doer.on_behalf), day, opening.data)


def _join(hand: InHand, done: Done, doer: Doer) -> None:
    """Joined: the other matter gains these proposers, so that every one of them gets its reply."""
    matter = hand.matter
    target = _target(matter, done.joins)
    place = target.proposers.count()
    held = set(target.proposers.values_list("seat_id", flat=True))
    for number, one in enumerate(hand.proposed_by()):
        if one.seat_id is None or one.seat_id not in held:
            Proposer.objects.create(
                matter=target,
                seat_id=one.seat_id,
                name=one.name,
                place=place + number,
                joined_from=matter,
            )
    _tell_joined(target, done, matter)


def _tell_joined(target: Matter, done: Done, matter: Matter) -> None:
    """The other matter keeps in its own trail whom it gained; one that cannot be told cannot be joined."""
    try:
        other, _ = settled(hold(target.pk)[0], done.day)
        take(other, done.act.tells_target, Doer("child"), done.day, {JOINED_FROM: str(matter.pk)})
    except NotDone as stopped:
        raise NotDone(
            Refusal(f"不能并入“{target}”：{stopped.refusal.say}", "joined_to", stopped.refusal.cite)
        ) from None


def _target(matter: Matter, word: str) -> Matter:
    """The matter named by its key or its number of the same year; never itself or one already joined."""
    own = Matter.objects.filter(congress_id=matter.congress_id, institution=matter.institution)
    found = own.filter(pk=key_of(word)).first() or own.filter(number=word, year=matter.year).first()
    if found is None or found.pk == matter.pk or found.phase == "void":
        raise NotDone(Refusal(f"找不到可以并入的“{word}”，请填写另一件在办事项", "joined_to"))
    return found


def _tell(matter_id: int, act_id: str, day: date, data: Mapping[str, Value]) -> None:
    """Tell another matter what happened; what it then refuses (not all children done) is no error."""
    try:
        with transaction.atomic():
            other, _ = settled(hold(matter_id)[0], day)
            take(other, act_id, Doer("child"), day, data)
    except NotDone:
        return
