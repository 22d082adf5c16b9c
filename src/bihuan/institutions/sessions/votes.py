"""The result of a vote, checked against the law before it is booked (《地方组织法》第五十一条).

The quorum is more than half of all members in the room at the moment of the vote; passed is what more than half
of all members — not of those present — voted for. `ballot` names the record of an electronic or secret ballot.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from bihuan.institutions.sessions.models import Item
from bihuan.institutions.sessions.presence import CITE, Quorum, quorum_at
from bihuan.loop.forms import Refusal
from bihuan.matters.act import Doer, act
from bihuan.matters.models import Act
from bihuan.people.models import User


@dataclass(frozen=True)
class Count:
    """Votes as counted. Whoever was present and is in none of the three did not vote."""

    yes: int
    no: int
    abstained: int

    @property
    def cast(self) -> int:
        """How many voted."""
        return self.yes + self.no + self.abstained


def passed(count: Count, members: int) -> bool:
    """More than half of all members: of 29, fifteen; of 30, sixteen."""
    return 2 * count.yes > members


def wrong(count: Count, quorum: Quorum) -> Refusal | None:
    """Why these counts cannot be the result of a vote."""
    if min(count.yes, count.no, count.abstained) < 0:
        return Refusal("票数不能是负数，请核对", "yes")
    if not quorum.met:
        say = (
            f"表决时到会 {quorum.present} 人，全体组成人员 {quorum.members} 人，"
            f"不足 {quorum.needed} 人（过半数），不能表决"
        )
        return Refusal(say, cite=CITE)
    if count.cast > quorum.present:
        say = f"赞成、反对、弃权共 {count.cast} 票，多于表决时到会的 {quorum.present} 人，请核对"
        return Refusal(say, "yes")
    if not count.cast:
        return Refusal("一票也没有，请填写票数", "yes")
    return None


def book(item: Item, count: Count, moment: datetime, by: User, ballot: str = "") -> Act | Refusal:
    """Book the result on the item's matter. The session must be sitting, the item being deliberated."""
    session = item.session
    if session.opened_at is None or moment < session.opened_at:
        return Refusal("会议还没有开，不能表决")
    if session.closed_at and moment >= session.closed_at:
        return Refusal("这个时间会议已经闭会，请填写会议中的时间", "at")
    quorum = quorum_at(session, moment)
    refused = wrong(count, quorum)
    if refused:
        return refused
    data = {
        "members": quorum.members,
        "present": quorum.present,
        "votes_for": count.yes,
        "votes_against": count.no,
        "votes_abstain": count.abstained,
        "vote_outcome": "通过" if passed(count, quorum.members) else "未通过",
        "ballot": ballot,
    }
    day = timezone.localtime(moment).date()
    return act(item.matter_id, "vote", Doer("child", by), day, data)
