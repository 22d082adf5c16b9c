"""The only writer: one act is one transaction — lock, let the clock speak, step, write, chain.

Either everything of an act is written or nothing is. The row of the act carries the rule it applied; the
matter's row is moved by compare-and-swap on the number of its acts, and the loser does nothing.

Here are the doors. Behind them: `holding` reads a matter once, `taking` steps and sees to what follows, `writing`
composes the rows, `rows` puts them into the tables. Many matters at once go in by `booking`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from django.db import IntegrityError, transaction

from bihuan.loop.forms import Refusal
from bihuan.loop.situation import Done, Situation
from bihuan.loop.spec import Act as ActSpec
from bihuan.loop.spec import Value
from bihuan.loop.terms import Limit, explain
from bihuan.matters import rows
from bihuan.matters.doers import CLOCK, OPERATOR, Doer, NotDone, Proposing, key_of, too_long
from bihuan.matters.holding import already, begun, held_matters, hold, in_hand
from bihuan.matters.models import Act, Matter, Proposer
from bihuan.matters.search import JOINED_FROM
from bihuan.matters.taking import not_before, settle, settled, take
from bihuan.matters.writing import next_number, write
from bihuan.people.models import Congress

__all__ = [
    "CLOCK", "JOINED_FROM", "OPERATOR", "Doer", "NotDone", "Proposing", "act", "held_matters", "key_of",
    "next_number", "raise_matter", "rewrite_limits", "settle",
]  # fmt: skip

CALENDAR_CORRECTED = "calendar_corrected"
CALENDAR_CORRECTED_TITLE = "日历更正，时限重算"
BALLOT_CLOSED = "ballot_closed"
HOUSE_ACTS = {CALENDAR_CORRECTED: CALENDAR_CORRECTED_TITLE, BALLOT_CLOSED: "表决封存"}
"""The acts no institution declares: open limits moved with the days of rest; a vote on it was closed."""


def raise_matter(
    congress: Congress,
    institution: str,
    act: str,
    doer: Doer,
    today: date,
    data: Mapping[str, Value],
    *,
    proposers: Sequence[Proposing] = (),
    token: str = "",
    identity: str = "",
    raised_on: date | None = None,
    aside: Mapping[str, Value] | None = None,
) -> Matter | Refusal:
    """Begin a matter. Returns it as it stands, or the refusal; the same token never begins two.

    `raised_on` is given where the matter is older than its first act here (a ledger booked later). `aside`:
    see `act`.
    """
    long = too_long(doer, token, identity, proposers)
    if long:
        return long
    try:
        with transaction.atomic():
            day = raised_on or today
            hand, known = begun(
                congress, institution, day, token=token, identity=identity, by=doer.user
            )
            if known:
                return known.matter
            hand.proposers = proposer_rows(hand.matter, proposers)
            take(hand, act, doer, today, data, token=token, aside=aside)
            return hand.matter
    except NotDone as stopped:
        return stopped.refusal
    except IntegrityError:
        known = already(congress.pk, token)
        if known is None:
            raise
        return known.matter


def proposer_rows(matter: Matter, proposers: Sequence[Proposing]) -> list[Proposer]:
    """The proposers of a matter in their order, not yet written."""
    return [
        rows.new(
            Proposer,
            matter_id=matter.pk,
            seat_id=one.seat.pk if one.seat else None,
            name=one.name,
            place=place,
        )
        for place, one in enumerate(proposers)
    ]


def act(
    matter_id: int,
    act_id: str,
    doer: Doer,
    today: date,
    data: Mapping[str, Value] | None = None,
    *,
    share: str = "",
    token: str = "",
    seen: int | None = None,
    aside: Mapping[str, Value] | None = None,
) -> Act | Refusal:
    """Take one act on a matter. `seen` is how many acts the form knew of: if there are more, it is refused.

    `aside` is kept in the act's row beside what was filled in, and moves nothing: what the person was warned of
    and why he went on.

    Limits that passed before today are noted first, each on the day it passed. The same `token` is never
    taken twice: a repeated request gets the act that was written the first time.
    """
    long = too_long(doer, token)
    if long:
        return long
    try:
        with transaction.atomic():
            hand, known = hold(matter_id, token)
            if known:
                return _same(known, matter_id, act_id)
            if seen is not None and seen != hand.matter.acts_count:
                return Refusal("这件事项刚刚有了新的动作，请看过最新情况再办")
            hand, _ = settled(hand, today)
            return take(hand, act_id, doer, today, data or {}, share, token, aside)
    except NotDone as stopped:
        return stopped.refusal


def _same(known: Act, matter_id: int, act_id: str) -> Act | Refusal:
    if (known.matter_id, known.kind) == (matter_id, act_id):
        return known
    return Refusal("这次提交与先前的另一次提交重号，没有办理，请刷新页面后重新提交")


# Limits reckoned anew


@dataclass(frozen=True)
class Rewritten:
    """A limit reckoned anew: of which share (`""`: the matter's own), from which day to which."""

    share: str
    before: date
    after: date
    limit: Limit


def rewrite_limits(
    matter: Matter, doer: Doer, today: date, moved: Sequence[Rewritten], calendar: str
) -> Act:
    """Write limits that a corrected calendar moved (inside a transaction that holds the matter).

    Returns the act CALENDAR_CORRECTED, whose data tells each day before and after.
    """
    hand = in_hand(matter)
    before = hand.situation
    after = before
    for one in moved:
        after = _with_limit(after, one)
    done = Done(
        act=ActSpec(
            CALENDAR_CORRECTED, CALENDAR_CORRECTED_TITLE, ("clock",), from_states=(before.state,)
        ),
        day=not_before(matter, today),
        actor=doer.actor,
        before=before.state,
        after=after,
        data={"calendar": calendar, "limits": [_told(one) for one in moved]},
        late=False,
        touched=tuple(one.share for one in moved if one.share),
    )
    return write(hand, done, doer, "", "")


def note(matter: Matter, kind: str, doer: Doer, today: date, data: Mapping[str, Value]) -> Act:
    """Write one of HOUSE_ACTS that changes nothing where the matter stands: it is only in its chain from now on.

    Inside a transaction that holds the matter.
    """
    hand = in_hand(matter)
    before = hand.situation
    done = Done(
        act=ActSpec(kind, HOUSE_ACTS[kind], ("clerk",), from_states=(before.state,)),
        day=not_before(matter, today),
        actor=doer.actor,
        before=before.state,
        after=before,
        data=data,
        late=False,
    )
    return write(hand, done, doer, "", "")


def _with_limit(situation: Situation, one: Rewritten) -> Situation:
    """A limit that moved beyond the day may pass again: what was noted for the old day stays in the trail."""
    if not one.share:
        lapsed = situation.lapsed and one.after <= one.before
        return replace(situation, due=one.after, limit=one.limit, lapsed=lapsed)
    shares = tuple(
        replace(
            held, due=one.after, limit=one.limit, lapsed=held.lapsed and one.after <= one.before
        )
        if held.key == one.share
        else held
        for held in situation.assignments
    )
    return replace(situation, assignments=shares)


def _told(one: Rewritten) -> dict[str, Value]:
    return {
        "share": one.share,
        "before": one.before.isoformat(),
        "after": one.after.isoformat(),
        "sum": explain(one.limit),
    }
