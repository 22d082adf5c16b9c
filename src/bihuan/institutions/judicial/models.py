"""Which draw decides who is appraised in a year, and the experts' sheets until they are opened together.

Nothing here is a matter's: the matter keeps the draw's number, a check value for each sheet handed in, and all
sheets once opened. An expert has no account; his row goes when the sheets are opened.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.utils import timezone

from bihuan.draws.models import Draw
from bihuan.matters.models import Matter
from bihuan.people.models import Congress


class PersonsDraw(models.Model):
    """A draw of persons for one year. `posts`: number on the published list → key of the post in the register."""

    congress = models.ForeignKey(Congress, models.CASCADE, related_name="+")
    draw = models.OneToOneField(Draw, models.CASCADE, related_name="of_persons")
    year = models.PositiveSmallIntegerField("年度")
    posts: models.JSONField[Any, Any] = models.JSONField("名单上的职务", default=dict)

    class Meta:
        ordering: ClassVar = ["-id"]

    def __str__(self) -> str:
        return str(self.draw)


class Invitation(models.Model):
    """An expert who was drawn: `seal` once his sheet is in, `aside` with his reason once he steps aside."""

    congress = models.ForeignKey(Congress, models.CASCADE, related_name="+")
    matter = models.ForeignKey(Matter, models.CASCADE, related_name="expert_invitations")
    name = models.CharField("姓名", max_length=40)
    invited_at = models.DateTimeField(default=timezone.now)
    sheet: models.JSONField[Any, Any] = models.JSONField("评分表", null=True)
    seal = models.CharField("校验值", max_length=64, blank=True)
    aside = models.CharField("回避理由", max_length=200, blank=True)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["matter", "name"], name="one_sheet_an_expert")
        ]

    def __str__(self) -> str:
        return f"{self.matter_id} {self.name}"
