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


CHANNELS = {
    "mail": "电子邮件",
    "sms": "短信",
    "wecom": "企业微信群机器人",
    "dingtalk": "钉钉群机器人",
    "feishu": "飞书群机器人",
}
ROBOTS = ("wecom", "dingtalk", "feishu")
"""Channels whose address is a secret of its own, given by whoever set up the group."""

MESSAGE_STATES = {
    "waiting": "待发",
    "sending": "正在发",
    "sent": "已发出",
    "failed": "没有发出",
    "unsure": "不能确定",
    "dropped": "不必发",
}


class Outlet(models.Model):
    """Where one person, or one body's group, is told outside the program, and of what.

    `sealed` is a robot's address, encrypted (`sealed.py`); mail and text messages go to what the register of persons
    says. Nothing that happened before `since` is sent. Quiet hours are his own, beside the house's.
    """

    congress = models.ForeignKey(Congress, models.CASCADE, related_name="+")
    user = models.ForeignKey(User, models.CASCADE, null=True, related_name="outlets")
    body = models.ForeignKey(Body, models.CASCADE, null=True, related_name="outlets")
    channel = models.CharField(max_length=10, choices=list(CHANNELS.items()))
    sealed = models.TextField(blank=True)
    kinds = models.JSONField(default=list)
    quiet_from = models.PositiveSmallIntegerField(null=True)
    quiet_to = models.PositiveSmallIntegerField(null=True)
    quiet_days_off = models.BooleanField(default=False)
    on = models.BooleanField(default=True)
    since = models.DateTimeField()
    set_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "channel"], name="one_outlet_a_person"),
            models.UniqueConstraint(fields=["body", "channel"], name="one_outlet_a_body"),
            models.CheckConstraint(
                condition=models.Q(user=None, body__isnull=False)
                | models.Q(user__isnull=False, body=None),
                name="outlet_of_one",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user or self.body} {self.get_channel_display()}"


class Message(models.Model):
    """One message sent outside, or to be: it holds no text, which is written when it is sent.

    Not urgent: the digest, of which an outlet has one a day.
    """

    congress = models.ForeignKey(Congress, models.CASCADE, related_name="+")
    outlet = models.ForeignKey(Outlet, models.CASCADE, related_name="messages")
    urgent = models.BooleanField(default=False)
    day = models.DateField()
    state = models.CharField(max_length=8, default="waiting", choices=list(MESSAGE_STATES.items()))
    tries = models.PositiveSmallIntegerField(default=0)
    size = models.PositiveSmallIntegerField(default=0)
    made_at = models.DateTimeField()
    next_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["outlet", "day"],
                condition=models.Q(urgent=False),
                name="one_digest_a_day",
            )
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["next_at"],
                condition=models.Q(state__in=["waiting", "sending"]),
                name="messages_to_send",
            ),
            models.Index(fields=["congress", "-id"], name="messages_of_congress"),
        ]

    def __str__(self) -> str:
        return f"{self.outlet} {self.day} {self.state}"


class Item(models.Model):
    """A reminder that a message carries. An outlet is told of an event once, by whatever message.

    `lost`: that message did not get through, so the next digest may carry it again.
    """

    message = models.ForeignKey(Message, models.CASCADE, related_name="items")
    outlet = models.ForeignKey(Outlet, models.CASCADE, related_name="+")
    reminder = models.ForeignKey(Reminder, models.CASCADE, related_name="+")
    event = models.CharField(max_length=60)
    lost = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["outlet", "event"], name="sent_once")
        ]

    def __str__(self) -> str:
        return self.event


class Outgone(models.Model):
    """How many messages about a body's matters went out in a month: kept when the log of messages is cleared."""

    congress = models.ForeignKey(Congress, models.CASCADE, related_name="+")
    body = models.ForeignKey(Body, models.CASCADE, related_name="+")
    year = models.PositiveSmallIntegerField()
    month = models.PositiveSmallIntegerField()
    messages = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["body", "year", "month"], name="one_count_a_month")
        ]

    def __str__(self) -> str:
        return f"{self.body} {self.year}-{self.month} {self.messages}"


class Gateway(models.Model):
    """Whether a congress uses a channel at all; one that has no row does."""

    congress = models.ForeignKey(Congress, models.CASCADE, related_name="+")
    channel = models.CharField(max_length=10, choices=list(CHANNELS.items()))
    on = models.BooleanField(default=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["congress", "channel"], name="one_gateway_a_channel")
        ]

    def __str__(self) -> str:
        return f"{self.congress} {self.channel}"
