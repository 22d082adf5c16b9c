"""Who was in the room at a moment, and whether that was enough (《地方组织法》第五十一条).

Presence is read from when each member came and left, never from a flag; the base is all members as of that
day, not those who happened to come.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from bihuan.institutions.sessions.models import (
    LONGEST_REASON,
    Attendance,
    CommitteeSession,
    Leave,
)
from bihuan.loop.forms import Refusal
from bihuan.people.committee import Member, members_on
from bihuan.people.models import Person, User

CITE = "《中华人民共和国地方各级人民代表大会和地方各级人民政府组织法》第五十一条"


@dataclass(frozen=True)
class Quorum:
    """How many of all members are in the room; more than half must be."""

    members: int
    present: int

    @property
    def needed(self) -> int:
        """The least number that is more than half of all members."""
        return self.members // 2 + 1

    @property
    def met(self) -> bool:
        """Whether the committee may sit and decide."""
        return self.members > 0 and self.present >= self.needed


@dataclass(frozen=True)
class Place:
    """One member's line on the sheet: his times, his leave, and whether he is in the room."""

    member: Member
    times: list[Attendance]
    leave: Leave | None

    @property
    def here(self) -> bool:
        """Whether he came and has not left."""
        return any(one.left is None for one in self.times)


def standing_rows(session: CommitteeSession) -> list[Attendance]:
    """The attendance that was not struck out, in order of coming."""
    rows = session.attendances.filter(struck_at=None).select_related("person")
    return list(rows.order_by("arrived", "id"))


def members_of(session: CommitteeSession, day: date | None = None) -> list[Member]:
    """All members as of a day of the session, its first if none is given."""
    return members_on(session.congress, day or session.begins)


def present_at(session: CommitteeSession, moment: datetime) -> set[int]:
    """The persons in the room at a moment who are members on that day."""
    members = {one.person.pk for one in members_of(session, _day(moment))}
    return {one.person_id for one in standing_rows(session) if _there(one, moment)} & members


def _there(one: Attendance, moment: datetime) -> bool:
    return one.arrived <= moment and (one.left is None or one.left > moment)


def quorum_at(session: CommitteeSession, moment: datetime) -> Quorum:
    """The count at a moment, against all members of that day."""
    members = members_of(session, _day(moment))
    return Quorum(len(members), len(present_at(session, moment)))


def ever_present(session: CommitteeSession) -> set[int]:
    """Everybody who was there at any time."""
    return {one.person_id for one in standing_rows(session)}


def too_few(session: CommitteeSession) -> Iterator[tuple[datetime, Quorum]]:
    """Each moment between opening and close from which on no quorum was there any more."""
    if session.opened_at is None:
        return
    members = len(members_of(session))
    rows = standing_rows(session)
    end = session.closed_at or timezone.now()
    moments = {session.opened_at, *(one.left for one in rows if one.left), *_arrivals(rows)}
    enough = True
    for moment in sorted(one for one in moments if session.opened_at <= one < end):
        count = Quorum(members, sum(_there(one, moment) for one in rows))
        if enough and not count.met and _sitting(session, rows, moment):
            yield moment, count
        enough = count.met


def _arrivals(rows: list[Attendance]) -> Iterator[datetime]:
    return (one.arrived for one in rows)


def _sitting(session: CommitteeSession, rows: list[Attendance], moment: datetime) -> bool:
    """An adjournment is no lack of members: the night between two days, when everybody has left."""
    return moment == session.opened_at or any(_there(one, moment) for one in rows)


def sheet(session: CommitteeSession) -> list[Place]:
    """The sheet: every member in the order of the roll."""
    times: dict[int, list[Attendance]] = {}
    for one in standing_rows(session):
        times.setdefault(one.person_id, []).append(one)
    leaves = {one.person_id: one for one in session.leaves.filter(struck_at=None)}
    return [
        Place(member, times.get(member.person.pk, []), leaves.get(member.person.pk))
        for member in members_of(session)
    ]


def _day(moment: datetime) -> date:
    return timezone.localtime(moment).date()


# Writing down


def arrive(
    session: CommitteeSession, person: Person, moment: datetime, by: User
) -> Attendance | Refusal:
    """Note that a member came."""
    wrong = _not_then(session, moment) or _no_member(session, person, moment)
    if wrong:
        return wrong
    with transaction.atomic():
        CommitteeSession.objects.select_for_update().get(pk=session.pk)
        own = [one for one in standing_rows(session) if one.person_id == person.pk]
        if any(_there(one, moment) or one.left is None for one in own):
            return Refusal(f"{person} 这时已经记为到会了")
        if any(one.arrived > moment for one in own):
            return Refusal(f"{person} 在这之后还记过到会，请先划去那一条再补记")
        return Attendance.objects.create(
            session=session, person=person, arrived=moment, noted_by=by
        )


def depart(
    session: CommitteeSession, person: Person, moment: datetime, by: User
) -> Attendance | Refusal:
    """Note that a member left."""
    wrong = _not_then(session, moment)
    if wrong:
        return wrong
    with transaction.atomic():
        held = session.attendances.select_for_update()
        row = held.filter(person=person, left=None, struck_at=None).first()
        if row is None:
            return Refusal(f"{person} 还没有记到会，不能记离会")
        if moment <= row.arrived:
            return Refusal(f"离会时间要晚于到会时间 {timezone.localtime(row.arrived):%H:%M}")
        row.left = moment
        row.save(update_fields=["left"])
        return row


def strike(row: Attendance, by: User, now: datetime) -> Refusal | None:
    """Strike out a line that was wrong; it stays to be read."""
    if row.struck_at:
        return Refusal("这一条已经划去了")
    row.struck_at, row.struck_by = now, by
    row.save(update_fields=["struck_at", "struck_by"])
    return None


def _not_then(session: CommitteeSession, moment: datetime) -> Refusal | None:
    if session.covers(_day(moment)):
        return None
    days = str(session.begins)
    if session.ends != session.begins:
        days += f" 至 {session.ends}"
    return Refusal(f"会议是 {days}，这个时间不在会期内，请填写会期内的时间", "at")


def _no_member(session: CommitteeSession, person: Person, moment: datetime) -> Refusal | None:
    if any(one.person.pk == person.pk for one in members_of(session, _day(moment))):
        return None
    return Refusal(f"{person} 这一天不是常委会组成人员，列席的不记在这里")


# Opening and closing


def open_session(session: CommitteeSession, moment: datetime) -> Refusal | None:
    """Declare it open. More than half of all members must be in the room."""
    if session.opened_at or session.called_off_on:
        return Refusal("会议已经开过或者取消了")
    wrong = _not_then(session, moment)
    if wrong:
        return wrong
    count = quorum_at(session, moment)
    if not count.met:
        say = (
            f"全体组成人员 {count.members} 人，现在到会 {count.present} 人，"
            f"要 {count.needed} 人以上（过半数）才能举行会议"
        )
        return Refusal(say, cite=CITE)
    session.opened_at = moment
    session.save(update_fields=["opened_at"])
    return None


def close_session(session: CommitteeSession, moment: datetime) -> Refusal | None:
    """Declare it closed; whoever is still there leaves now."""
    if session.opened_at is None or session.closed_at:
        return Refusal("会议还没有开，或者已经闭会")
    if moment <= session.opened_at:
        return Refusal("闭会时间要晚于开会时间", "at")
    with transaction.atomic():
        still = session.attendances.filter(left=None, struck_at=None, arrived__lt=moment)
        still.update(left=moment)
        session.closed_at = moment
        session.save(update_fields=["closed_at"])
    return None


# Leave


def ask_leave(
    session: CommitteeSession, person: Person, reason: str, by: User, today: date
) -> Leave | Refusal:
    """Ask for leave from the session, with the reason."""
    reason = reason.strip()
    if not reason or len(reason) > LONGEST_REASON:
        return Refusal(f"请写明请假事由，不超过 {LONGEST_REASON} 字", "reason")
    if session.closed_at or session.called_off_on or today > session.ends:
        return Refusal("会议已经结束或者取消，不用再请假")
    if not any(one.person.pk == person.pk for one in members_of(session)):
        return Refusal(f"{person} 不是常委会组成人员")
    if session.leaves.filter(person=person, struck_at=None).exists():
        return Refusal("已经请过假了")
    return Leave.objects.create(
        session=session,
        person=person,
        reason=reason,
        begins=session.begins,
        ends=session.ends,
        noted_by=by,
    )


def take_back_leave(leave: Leave, by: User, now: datetime) -> None:
    """He comes after all."""
    leave.struck_at, leave.struck_by = now, by
    leave.save(update_fields=["struck_at", "struck_by"])


def decide_leave(leave: Leave, agreed: bool, by: User, today: date) -> Refusal | None:
    """Agree to a leave or not; a decision is taken once."""
    if leave.decided_on:
        return Refusal("这个请假已经答复过了")
    leave.answer, leave.decided_by, leave.decided_on = ("同意" if agreed else "不同意"), by, today
    leave.save(update_fields=["answer", "decided_by", "decided_on"])
    return None
