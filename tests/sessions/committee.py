"""A standing committee for the cast: nine members, two of them deputies of the cast, and a session today."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils import timezone
from tests.cast import TERM_BEGINS, Cast

from bihuan.institutions.sessions import agenda, presence
from bihuan.institutions.sessions.models import CommitteeSession, Item
from bihuan.loop.forms import Refusal
from bihuan.matters.act import Doer
from bihuan.people.models import Appointment, Body, Person


@dataclass(frozen=True)
class Committee:
    """The cast with its committee."""

    cast: Cast
    body: Body
    members: list[Person]

    def session(self, day: date, number: int = 34) -> CommitteeSession:
        """A session planned on a day."""
        made = agenda.plan(self.cast.congress, agenda.Planned(number, day, day), self.cast.clerk)
        assert isinstance(made, CommitteeSession), made
        return made

    def item(self, session: CommitteeSession, day: date, kind: str = "议案、决定") -> Item:
        """An item on its agenda that needs no report."""
        data = {"title": f"关于{kind}的议题", "kind": kind}
        made = agenda.list_item(session, "list_item", data, self.clerk, day)
        assert isinstance(made, Item), made
        return made

    def report(
        self, session: CommitteeSession, day: date, title: str = "关于养老服务的报告"
    ) -> Item:
        """A report that was demanded from the traffic bureau."""
        data = {"title": title, "kind": "听取和审议报告"}
        made = agenda.list_item(session, "list_report", data, self.clerk, day)
        assert isinstance(made, Item), made
        rows = [{"body": str(self.cast.bodies["traffic"].pk), "person": "周建国", "kind": "lead"}]
        self.cast.take(made.matter, "demand", self.clerk, day, {"assignments": rows})
        return made

    def arrive(self, session: CommitteeSession, how_many: int, moment: datetime) -> None:
        """So many members come, in the order of the roll."""
        for person in self.members[:how_many]:
            done = presence.arrive(session, person, moment, self.cast.clerk)
            assert not isinstance(done, Refusal), done.say

    @property
    def clerk(self) -> Doer:
        """The clerk, acting."""
        return Doer("clerk", self.cast.clerk)


def make_committee(cast: Cast) -> Committee:
    """The body, its posts, and two deputies of the cast among the members."""
    body = Body.objects.create(
        congress=cast.congress, name=cast.congress.name, kind="standing", begins=TERM_BEGINS
    )
    names = ["主任甲", "副主任乙", "委员丙", "委员丁", "委员戊", "委员己", "委员庚"]
    persons = [Person.objects.create(congress=cast.congress, name=name) for name in names]
    persons.append(cast.seats["deputy"].person)
    persons.append(Person.objects.create(congress=cast.congress, name="委员辛"))
    posts = ["主任", "副主任", *["委员"] * 7]
    for person, post in zip(persons, posts, strict=True):
        Appointment.objects.create(person=person, body=body, post=post, begins=TERM_BEGINS)
    return Committee(cast, body, persons)


def at(day: date, hour: int, minute: int = 0) -> datetime:
    """A moment of a day, in local time."""
    moment = datetime.combine(day, datetime.min.time()) + timedelta(hours=hour, minutes=minute)
    return timezone.make_aware(moment)
