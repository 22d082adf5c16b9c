"""What happened at a session of the standing committee, as dated facts.

The items on its agenda are matters and are written by acts alone; here is what no loop says: who came and
left when, who asked for leave and why, who spoke for how long, what was noted down.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import ClassVar

from django.db import models
from django.utils import timezone

from bihuan.letters.models import Letter
from bihuan.matters.models import Matter
from bihuan.people.models import Congress, Person, User

LONGEST_REASON = 200


class CommitteeSession(models.Model):
    """A session (常委会会议). Opened, closed and called off are moments, not flags."""

    congress = models.ForeignKey(Congress, models.CASCADE, related_name="committee_sessions")
    number = models.PositiveSmallIntegerField("次")
    name = models.CharField("名称", max_length=60)
    begins = models.DateField("开会日")
    ends = models.DateField("结束日")
    starts_at = models.TimeField("时间", null=True, blank=True)
    place = models.CharField("地点", max_length=60, blank=True)
    notified_on = models.DateField("发出会议通知", null=True, blank=True)
    opened_at = models.DateTimeField("宣布开会", null=True, blank=True)
    closed_at = models.DateTimeField("宣布闭会", null=True, blank=True)
    called_off_on = models.DateField("取消", null=True, blank=True)
    reason = models.CharField("取消或者改期的理由", max_length=LONGEST_REASON, blank=True)
    planned_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    minutes = models.ForeignKey(
        Letter, models.PROTECT, null=True, related_name="+", verbose_name="会议纪要"
    )

    class Meta:
        ordering: ClassVar = ["-begins", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["congress", "name"], name="one_session_a_name")
        ]
        indexes: ClassVar = [models.Index(fields=["congress", "begins"], name="session_begins")]

    def __str__(self) -> str:
        return self.name

    def covers(self, day: date) -> bool:
        """Whether the session sits on this day."""
        return self.begins <= day <= self.ends


class Item(models.Model):
    """An item's place on the agenda. What it is and how far it has come is its matter's."""

    session = models.ForeignKey(CommitteeSession, models.CASCADE, related_name="items")
    matter = models.OneToOneField(Matter, models.PROTECT, related_name="agenda_item")
    place = models.PositiveSmallIntegerField("次序")

    class Meta:
        ordering: ClassVar = ["session_id", "place", "id"]

    def __str__(self) -> str:
        return f"{self.place}. {self.matter.title}"


class Noted(models.Model):
    """Who wrote a fact down, and who struck it out again; struck rows stay to be read."""

    noted_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    noted_at = models.DateTimeField(default=timezone.now)
    struck_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    struck_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True


class Attendance(Noted):
    """A member was in the room from one moment to another, or is still there."""

    session = models.ForeignKey(CommitteeSession, models.CASCADE, related_name="attendances")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    arrived = models.DateTimeField("到会")
    left = models.DateTimeField("离会", null=True)

    class Meta:
        ordering: ClassVar = ["arrived", "id"]
        indexes: ClassVar = [models.Index(fields=["session", "arrived"], name="attendance_moment")]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["session", "person"],
                condition=models.Q(left__isnull=True, struck_at__isnull=True),
                name="in_the_room_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.person} {self.arrived:%H:%M}"


class Leave(Noted):
    """Leave asked for with its reason, for the days of the session or some of them; agreed to or not."""

    session = models.ForeignKey(CommitteeSession, models.CASCADE, related_name="leaves")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    begins = models.DateField("自")
    ends = models.DateField("至")
    reason = models.CharField("事由", max_length=LONGEST_REASON)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    decided_on = models.DateField(null=True)
    answer = models.CharField("答复", max_length=10, blank=True)

    class Meta:
        ordering: ClassVar = ["noted_at", "id"]

    def __str__(self) -> str:
        return f"{self.person} 请假：{self.reason}"


class Speech(Noted):
    """A member's speech on an item: signed up for, begun, ended."""

    item = models.ForeignKey(Item, models.CASCADE, related_name="speeches")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    began = models.DateTimeField("开始", null=True)
    ended = models.DateTimeField("结束", null=True)
    minutes = models.PositiveSmallIntegerField("时限（分钟）", null=True)

    class Meta:
        ordering: ClassVar = ["item_id", "noted_at", "id"]

    def __str__(self) -> str:
        return f"{self.person} {self.item}"

    def length(self, now: datetime | None = None) -> timedelta | None:
        """How long it took, or has taken so far; None before it began."""
        if self.began is None:
            return None
        return (self.ended or now or timezone.now()) - self.began

    @property
    def over(self) -> bool:
        """Whether it went beyond the time that was set when it began."""
        taken = self.length()
        limit = self.minutes
        return taken is not None and limit is not None and taken > timedelta(minutes=limit)


class Note(Noted):
    """Something said on an item, written down; it may become a deliberation opinion."""

    item = models.ForeignKey(Item, models.CASCADE, related_name="notes")
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    title = models.CharField("要点", max_length=120)
    text = models.TextField("内容")
    opinion = models.ForeignKey(Matter, models.PROTECT, null=True, related_name="noted_in")

    class Meta:
        ordering: ClassVar = ["item_id", "id"]

    def __str__(self) -> str:
        return self.title
