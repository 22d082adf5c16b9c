"""A reminder: who was told of what, for which body, and whether he has read it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from bihuan.matters.models import Act, Matter
from bihuan.people.models import Body, Congress, User

KINDS = {
    "handed": "交办",
    "returned": "退办",
    "pressed": "督办",
    "lapsed": "逾期",
    "soon": "临近时限",
}


class Reminder(models.Model):
    """One person told of one event. It holds no text: what is shown is read from the matter, with his rights.

    `event` names what happened (an act on a share, a limit that comes near): nobody is told twice.
    """

    congress = models.ForeignKey(Congress, models.CASCADE, related_name="+")
    user = models.ForeignKey(User, models.CASCADE, related_name="reminders")
    body = models.ForeignKey(Body, models.CASCADE, null=True, related_name="+")
    matter = models.ForeignKey(Matter, models.CASCADE, related_name="+")
    act = models.ForeignKey(Act, models.CASCADE, null=True, related_name="+")
    kind = models.CharField(max_length=10, choices=list(KINDS.items()))
    event = models.CharField(max_length=60)
    due_on = models.DateField(null=True)
    day = models.DateField()
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "event"], name="reminded_once")
        ]
        indexes: ClassVar = [
            models.Index(fields=["user", "-id"], name="reminders_of_user"),
            models.Index(fields=["congress", "day", "body"], name="reminders_load"),
        ]

    def __str__(self) -> str:
        return f"{self.event} {self.user}"


class Cursor(models.Model):
    """The number of the act up to which everybody in a congress was told."""

    congress = models.OneToOneField(Congress, models.CASCADE, related_name="+")
    seen_to = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.congress} {self.seen_to}"
