"""What the law says of sessions, held against what happened. Shown with its article; nothing follows by itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils import timezone

from bihuan.institutions.sessions.agenda import items_of
from bihuan.institutions.sessions.models import CommitteeSession, Item
from bihuan.institutions.sessions.presence import CITE as SITTING
from bihuan.institutions.sessions.presence import Quorum, too_few
from bihuan.institutions.sessions.readers import KEY
from bihuan.institutions.sessions.votes import Count, passed, wrong
from bihuan.loop.params import Rules
from bihuan.loop.terms import due, parse_term
from bihuan.matters import house
from bihuan.matters.models import Assignment, Matter
from bihuan.people.models import Congress

DECIDED_BY_VOTE = ("议案、决定", "人事任免")
"""Kinds of items that only the committee itself can decide, by a vote."""


@dataclass(frozen=True)
class Found:
    """One finding: what, by which article, and on which session if it is about one."""

    say: str
    cite: str
    session: CommitteeSession | None = None


def of_session(session: CommitteeSession, today: date) -> list[Found]:
    """Everything found on one session."""
    rules = house.rules_of(session.congress, KEY)
    items = list(items_of(session))
    return [
        *_notice(session, rules, today),
        *(found for item in items for found in _material(session, item, today)),
        *_quorum(session),
        *(found for item in items for found in _not_voted(session, item)),
        *(found for item in items for found in _votes(session, item)),
    ]


def _cite(key: str) -> str:
    return house.institution(KEY).cited(key)


def _notice(session: CommitteeSession, rules: Rules, today: date) -> Iterator[Found]:
    """The notice is a local rule; where a place has none, nothing is found."""
    in_force = next((r for r in rules.all_on(session.begins) if r.name == "notice_before"), None)
    if in_force is None or session.called_off_on:
        return
    last = session.begins - timedelta(days=parse_term(str(in_force.value)).amount)
    sent = session.notified_on
    if (sent or today) > last:
        cite = rules.applied("notice_before", session.begins).cite
        when = f"{sent} 才发出" if sent else "还没有发出"
        yield Found(f"会议通知{when}，应在 {last} 前", cite, session)


def _material(session: CommitteeSession, item: Item, today: date) -> Iterator[Found]:
    title = item.matter.title
    for share in item.matter.assignments.all():
        for what in _late(share, today):
            yield Found(f"“{title}”：{share.body}{what}", _cite("sup15"), session)
    facts = item.matter.facts
    if facts.get("deliver_late"):
        say = f"“{title}”的材料 {facts['deliver_on']} 才发给组成人员，晚于会前七日"
        yield Found(say, _cite("sup15"), session)
        return
    last = item.matter.own_due_on
    if item.matter.state == "sending" and last and last < today:
        yield Found(f"“{title}”的材料还没有发给组成人员", _cite("sup15"), session)


def _late(share: Assignment, today: date) -> Iterator[str]:
    facts = share.facts
    if share.state == "not_delivered":
        yield "会前没有送来书面报告"
        return
    if facts.get("draft_late"):
        yield f"征求意见稿 {facts['draft_on']} 才送到，晚于会前二十日"
    if facts.get("revise_late"):
        yield f"修改后的报告 {facts['revise_on']} 才送到，晚于会前十日"
    if share.phase in ("pending", "handling") and share.due_on and share.due_on < today:
        yield f"应在 {share.due_on} 前送的报告还没有送到"


def _quorum(session: CommitteeSession) -> Iterator[Found]:
    for moment, count in too_few(session):
        at = timezone.localtime(moment)
        say = f"{at:%m-%d %H:%M} 起在场 {count.present} 人，不足全体 {count.members} 人的过半数"
        yield Found(f"{say}（{count.needed} 人）", SITTING, session)


def _not_voted(session: CommitteeSession, item: Item) -> Iterator[Found]:
    """Decided without a vote of the committee: perhaps by the council of chairs in its place."""
    matter = item.matter
    decides = matter.facts.get("kind") in DECIDED_BY_VOTE
    booked_here = matter.facts.get("hear_on")
    if decides and matter.state == "concluded" and booked_here and not _outcome(matter):
        say = (
            f"“{matter.title}”已经结束，却没有常委会的表决结果；主任会议不能代替常委会作决定，"
            "请登记表决结果或者说明情况"
        )
        yield Found(say, _cite("org54"), session)


def _outcome(matter: Matter) -> object:
    return matter.facts.get("vote_outcome")


def _votes(session: CommitteeSession, item: Item) -> Iterator[Found]:
    """A result that its own counts do not bear out, however it was booked."""
    facts = item.matter.facts
    names = ("members", "present", "votes_for", "votes_against", "votes_abstain")
    numbers = [facts.get(name) for name in names]
    if not facts.get("vote_outcome") or not all(isinstance(one, int) for one in numbers):
        return
    members, present, yes, no, abstained = (int(str(one)) for one in numbers)
    count = Count(yes, no, abstained)
    refused = wrong(count, Quorum(members, present))
    if refused:
        yield Found(f"“{item.matter.title}”的表决：{refused.say}", SITTING, session)
    elif (facts["vote_outcome"] == "通过") != passed(count, members):
        say = f"赞成 {yes} 票，全体组成人员 {members} 人，登记的结果却是“{facts['vote_outcome']}”"
        yield Found(f"“{item.matter.title}”的表决：{say}", SITTING, session)


def gaps(congress: Congress, sessions: Sequence[CommitteeSession], today: date) -> list[Found]:
    """Where more than two months lie between one session and the next, or the last one and today."""
    rules, calendar = house.rules_of(congress, KEY), house.calendar_of(congress)
    held = sorted((one for one in sessions if not one.called_off_on), key=lambda one: one.begins)
    found = []
    for one, after in zip(held, [*held[1:], None], strict=False):
        term = parse_term(str(rules.value("held_within", one.begins)))
        last = due(one.begins, term, calendar, rolls=False).due
        until = after.begins if after else today
        if until > last:
            then = f"到 {after.begins} 才开下一次" if after else "还没有再开"
            cite = rules.applied("held_within", one.begins).cite
            say = f"{one.name}（{one.begins}）之后{then}，超过{term.chinese()}（{last}）"
            found.append(Found(say, cite, after or one))
    return found
