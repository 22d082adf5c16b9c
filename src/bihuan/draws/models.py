"""Draws: what was announced, who contributes to the seed, and the file that was published."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from bihuan.matters.models import Matter
from bihuan.people.models import Congress, User

STATES = {
    "committing": "收集承诺",
    "opening": "名单和承诺已公布",
    "drawn": "已抽签",
    "void": "作废",
}


class Draw(models.Model):
    """One draw. `announced` is frozen when it is published; `file` is what anybody can work out again.

    `public` (公开抽签): what is announced is shown to everybody, else (内部抽签) to whoever oversees draws alone.
    """

    congress = models.ForeignKey(Congress, models.PROTECT, related_name="draws")
    title = models.CharField("标题", max_length=200)
    matter = models.ForeignKey(Matter, models.PROTECT, null=True, related_name="draws")
    public = models.BooleanField("公开抽签", default=True)
    plan = models.JSONField("名单和规则", default=dict)
    announced = models.JSONField("公布的内容", null=True)
    announced_hash = models.CharField(max_length=64, blank=True)
    state = models.CharField("状态", max_length=12, default="committing")
    set_up_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    set_up_on = models.DateField()
    announced_on = models.DateField(null=True)
    drawn_on = models.DateField(null=True)
    file = models.JSONField("公布的文件", null=True)
    reason = models.CharField("作废理由", max_length=300, blank=True)

    class Meta:
        ordering: ClassVar = ["-id"]

    def __str__(self) -> str:
        return self.title


class Contributor(models.Model):
    """One who gives a share of the seed: first the commitment, then the secret."""

    draw = models.ForeignKey(Draw, models.CASCADE, related_name="contributors")
    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    name = models.CharField("姓名", max_length=60)
    commitment = models.CharField("承诺", max_length=64, blank=True)
    secret = models.CharField("密语", max_length=100, blank=True)
    changed = models.PositiveSmallIntegerField("与承诺不符的次数", default=0)

    class Meta:
        ordering: ClassVar = ["draw_id", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["draw", "user"], name="one_share_a_draw"),
            models.UniqueConstraint(fields=["draw", "name"], name="one_name_a_draw"),
        ]

    def __str__(self) -> str:
        return self.name
