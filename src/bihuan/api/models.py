"""What the interfaces keep: tokens (hashed), answers already given, how often was asked, notices sent.

Nothing here is part of a matter: `matters.act` stays the only writer of those.
"""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy

from bihuan.matters.models import Act
from bihuan.people.models import User

SCOPES = {
    "read": gettext_lazy("读取"),
    "act": gettext_lazy("办理"),
    "calendar": gettext_lazy("日历"),
}


class Token(models.Model):
    """A key a program shows instead of a password: its owner's rights, narrowed to its scopes.

    Only its SHA-256 is kept. `institutions` empty: all that the owner may see. A calendar's secret
    address is a token of scope `calendar` and nothing else.
    """

    user = models.ForeignKey(User, models.CASCADE, related_name="tokens")
    name = models.CharField("用途", max_length=60)
    begins_with = models.CharField("开头", max_length=12)
    hash = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField("范围", default=list)
    institutions = models.JSONField("制度", default=list)
    created_at = models.DateTimeField("签发", default=timezone.now)
    expires_on = models.DateField("有效至", null=True)
    last_used_at = models.DateTimeField("最近使用", null=True)
    last_used_from = models.GenericIPAddressField("最近来自", null=True)
    revoked_at = models.DateTimeField("停用", null=True)

    class Meta:
        ordering: ClassVar = ["-id"]

    def __str__(self) -> str:
        return f"{self.name}（{self.begins_with}…）"

    def works_on(self, day: date) -> bool:
        """Whether it is neither revoked nor past its last day."""
        return self.revoked_at is None and (self.expires_on is None or self.expires_on >= day)


class Answered(models.Model):
    """The answer given to a request that wrote, by its idempotency key; written with what it wrote."""

    token = models.ForeignKey(Token, models.CASCADE, related_name="answers")
    key = models.CharField(max_length=100)
    fingerprint = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(default=0)
    body = models.TextField(default="")
    location = models.CharField(max_length=200, default="")
    at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["token", "key"], name="one_answer_a_key")
        ]

    def __str__(self) -> str:
        return f"{self.token_id} {self.key} {self.status}"


class Meter(models.Model):
    """How often somebody (`token:7`, `open:203.0.113.9`) asked in the minute `minute`."""

    key = models.CharField(max_length=80, unique=True)
    minute = models.PositiveBigIntegerField(default=0)
    count = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.key} {self.count}"


class Subscription(models.Model):
    """Where a user wants to be told of acts he may see. `seen_to`: acts up to this key are dealt with.

    The signing secret is derived (`webhooks.secret_of`), not kept: `generation` changes it, and the one
    before holds until `older_until`.
    """

    user = models.ForeignKey(User, models.CASCADE, related_name="subscriptions")
    name = models.CharField("用途", max_length=60)
    url = models.CharField("地址", max_length=500)
    institutions = models.JSONField("制度", default=list)
    generation = models.PositiveIntegerField(default=1)
    older_until = models.DateTimeField(null=True)
    seen_to = models.BigIntegerField(default=0)
    begins_after = models.BigIntegerField(default=0)
    created_at = models.DateTimeField("登记", default=timezone.now)
    ended_at = models.DateTimeField("停用", null=True)
    why_ended = models.CharField(max_length=100, blank=True)

    class Meta:
        ordering: ClassVar = ["-id"]

    def __str__(self) -> str:
        return f"{self.name} {self.url}"


class Delivery(models.Model):
    """One notice to one subscription about one act, with each attempt."""

    STATES: ClassVar = {
        "waiting": gettext_lazy("待发"),
        "sent": gettext_lazy("已送达"),
        "failed": gettext_lazy("未送达"),
        "dropped": gettext_lazy("不再发送"),
    }

    subscription = models.ForeignKey(Subscription, models.CASCADE, related_name="deliveries")
    act = models.ForeignKey(Act, models.PROTECT, related_name="+")
    message = models.CharField("消息编号", max_length=40, unique=True)
    state = models.CharField(max_length=10, default="waiting")
    attempts = models.PositiveSmallIntegerField("次数", default=0)
    next_at = models.DateTimeField("下次", default=timezone.now)
    log = models.JSONField("经过", default=list)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["subscription", "act"], name="told_once")
        ]
        indexes: ClassVar = [models.Index(fields=["state", "next_at"])]

    def __str__(self) -> str:
        return f"{self.message} {self.state}"
