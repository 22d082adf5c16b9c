"""Readers of a duty report, and their sheets until they are opened together.

Nothing here is a matter's: the matter keeps a check value for each sheet handed in, and all sheets once opened.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.utils import timezone

from bihuan.matters.models import Matter
from bihuan.people.models import Congress, User


class Reader(models.Model):
    """Who reads a report apart, in one round; `sheet` is empty until he hands it in."""

    congress = models.ForeignKey(Congress, models.CASCADE, related_name="+")
    matter = models.ForeignKey(Matter, models.CASCADE, related_name="duty_report_readers")
    round = models.PositiveSmallIntegerField("轮次", default=1)
    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    invited_at = models.DateTimeField(default=timezone.now)
    sheet: models.JSONField[Any, Any] = models.JSONField("审阅单", null=True)
    seal = models.CharField("校验值", max_length=64, blank=True)
    handed_in_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["matter", "round", "user"], name="one_sheet_a_reader")
        ]

    def __str__(self) -> str:
        return f"{self.matter_id} {self.user}"
