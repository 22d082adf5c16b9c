"""The room's part of the demo: five years of sessions with who was there and who spoke, and the next one prepared."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from random import Random

from django.utils import timezone

from bihuan.demo.chamber import Chamber
from bihuan.demo.player import Player, Unplayable
from bihuan.demo.sittings import Sitting, sittings
from bihuan.institutions.sessions import agenda, presence, speaking, votes
from bihuan.institutions.sessions.models import Attendance, CommitteeSession, Item, Leave, Speech
from bihuan.institutions.sessions.quality import REPORTS
from bihuan.institutions.sessions.readers import KEY
from bihuan.loop.forms import Refusal
from bihuan.matters.models import Matter
from bihuan.people.committee import Member, members_on

REASONS = ("赴省参加培训", "外出招商", "因病住院治疗", "参加上级会议")
AHEAD = timedelta(days=12)
NEXT = (("市民政局", "养老服务体系建设", "revise"), ("市水利和湖泊局", "农村饮水安全", "draft"))
WAITING = ("市教育局", "义务教育均衡发展", "demand")
DECISIONS = (("人事任免事项", "人事任免"), ("关于批准预算调整方案的决定", "议案、决定"))
BALLOTS = ("appointment", "decision")
"""How each of them is voted on: appointments in secret, other decisions by name."""
WITH_VOTES, BY_BALLOT = 14, 4
"""Of how many sessions the votes are here, and of how many of these as ballots; the others' counts are typed."""


def play(player: Player, chance: Random, share: float) -> None:
    """Every session with its attendance; votes of the last two years; one session still to come."""
    held = sittings(player)
    for sitting in held:
        one = _Held(player, chance, sitting, by_ballot=sitting in held[-BY_BALLOT:])
        one.play(with_votes=sitting in held[-WITH_VOTES:])
    if held:
        _to_come(player, held[-1].number + 1)


def _sure(done: object) -> object:
    if isinstance(done, Refusal):
        raise Unplayable(f"{KEY}：{done.say}")
    return done


def _at(day: date, hour: int, minute: int = 0) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(hour, minute)))


def _planned(player: Player, number: int, day: date) -> CommitteeSession:
    wanted = agenda.Planned(number, day, day, time(9), "人大会议中心第一会议室")
    made = agenda.plan(player.ground.congress, wanted, player.staff("clerk", "clerk2").user)
    assert isinstance(made, CommitteeSession), made
    return made


class _Held:
    """One session that is over."""

    def __init__(
        self, player: Player, chance: Random, sitting: Sitting, *, by_ballot: bool
    ) -> None:
        self.player, self.chance, self.sitting = player, chance, sitting
        self.by_ballot = by_ballot
        self.clerk = player.staff("clerk", "clerk2")
        self.members = members_on(player.ground.congress, sitting.day)

    def play(self, *, with_votes: bool) -> None:
        """Its agenda, the room, speeches and, where asked for, votes."""
        day = self.sitting.day
        self.session = _planned(self.player, self.sitting.number, day)
        self.session.notified_on = day - timedelta(days=9)
        self.session.save(update_fields=["notified_on"])
        for matter in self._own():
            agenda.place(self.session, matter)
        decided = self._decisions() if with_votes else []
        self._come()
        _sure(presence.open_session(self.session, _at(day, 9)))
        self._speak()
        for item in decided:
            self._vote(item)
        _sure(presence.close_session(self.session, _at(day, 17)))

    def _own(self) -> list[Matter]:
        rows = Matter.objects.filter(
            congress=self.player.ground.congress,
            institution=KEY,
            facts__meeting=self.sitting.name,
        )
        return list(rows.order_by("pk"))

    def _decisions(self) -> list[Item]:
        title, kind = DECISIONS[self.sitting.number % len(DECISIONS)]
        day = self.player.workday(self.sitting.day - timedelta(days=12))
        data = {"title": title, "kind": kind}
        made = agenda.list_item(self.session, "list_item", data, self.clerk, day)
        assert isinstance(made, Item), made
        return [made]

    def _come(self) -> None:
        """Some are on leave, one comes late, one leaves early; the rest is there all day."""
        away = self.chance.sample(self.members[2:], self.chance.randint(1, 4))
        for member in away:
            self._excuse(member)
        there = [one for one in self.members if one not in away]
        day, by = self.sitting.day, self.clerk.user
        late, early = self.chance.sample(there[2:], 2)
        Attendance.objects.bulk_create(
            Attendance(
                session=self.session,
                person=member.person,
                arrived=_at(day, 9, 25) if member is late else _at(day, 8, 40 + place % 18),
                left=_at(day, 15, 30) if member is early else None,
                noted_by=by,
                noted_at=_at(day, 9),
            )
            for place, member in enumerate(there)
        )
        self.there = [one for one in there if one not in (late, early)]

    def _excuse(self, member: Member) -> None:
        reason, day = self.chance.choice(REASONS), self.sitting.day
        asked = day - timedelta(days=3)
        leader = self.player.staff("leader").user
        Leave.objects.create(
            session=self.session,
            person=member.person,
            reason=reason,
            begins=day,
            ends=day,
            noted_by=self.clerk.user,
            noted_at=_at(asked, 10),
            decided_by=leader,
            decided_on=asked,
            answer="同意",
        )

    def _speak(self) -> None:
        """Two to five members speak on each report, one after another."""
        begun = _at(self.sitting.day, 9, 30)
        limit = speaking.local_minutes(self.session, "speech_minutes", begun)
        rows = []
        for item in self.session.items.filter(matter__facts__kind__in=REPORTS):
            for member in self.chance.sample(self.there, self.chance.randint(2, 5)):
                length = timedelta(minutes=self.chance.randint(4, 16), seconds=30)
                rows.append(
                    Speech(
                        item=item,
                        person=member.person,
                        began=begun,
                        ended=begun + length,
                        minutes=limit,
                        noted_by=self.clerk.user,
                        noted_at=begun,
                    )
                )
                begun += length + timedelta(minutes=1)
        Speech.objects.bulk_create(rows)

    def _vote(self, item: Item) -> None:
        day = self.sitting.day
        self.player.take(item.matter, "hear", self.clerk, day)
        present = presence.quorum_at(self.session, _at(day, 16)).present
        no, abstained = self.chance.choice(((0, 0), (0, 1), (1, 1)))
        count = votes.Count(present - no - abstained, no, abstained)
        if self.by_ballot:
            self.player.later(day, lambda: self._ballot(item, count))
            return
        assert self.clerk.user is not None
        _sure(votes.book(item, count, _at(day, 16), self.clerk.user))
        self.player.take(item.matter, "conclude", self.clerk, day)

    def _ballot(self, item: Item, count: votes.Count) -> None:
        """Whoever is in the room votes."""
        day = self.sitting.day
        there = presence.present_at(self.session, _at(day, 16))
        counts = {"赞成": count.yes, "反对": count.no, "弃权": count.abstained}
        declared = BALLOTS[self.sitting.number % len(BALLOTS)]
        room = [one.person for one in self.members if one.person.pk in there]
        Chamber(self.player).decide(item.matter, declared, counts, day, {}, there=room)
        self.player.take(item.matter, "conclude", self.clerk, day)


def _to_come(player: Player, number: int) -> None:
    """The next session: one report revised, one being commented on, one not even drafted."""
    clerk, committee = player.staff("clerk", "clerk2"), player.staff("committee")
    today = player.ground.today
    day = today + AHEAD
    while not player.calendar.is_working(day):
        day += timedelta(days=1)
    session = _planned(player, number, day)
    for body, subject, upto in (*NEXT, WAITING):
        data = {"title": f"关于{subject}情况的报告", "kind": "听取和审议报告"}
        item = agenda.list_item(session, "list_report", data, clerk, player.before(24))
        assert isinstance(item, Item), item
        rows = {"assignments": [player.share(body)]}
        player.take(item.matter, "demand", clerk, player.before(22), rows)
        if upto == "demand":
            continue
        contact = player.contact(body)
        player.take(item.matter, "draft", contact, player.before(8), share="1")
        if upto == "revise":
            view = {"comment_text": "请补充群众反映问题的办理情况。"}
            player.take(item.matter, "comment", committee, player.before(4), view, "1")
            player.take(item.matter, "revise", contact, player.before(1), share="1")
    title, kind = DECISIONS[0]
    _sure(agenda.list_item(session, "list_item", {"title": title, "kind": kind}, clerk, today))
