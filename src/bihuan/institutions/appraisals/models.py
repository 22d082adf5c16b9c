"""Questionnaires that anyone can answer from a scan-code, without an account; answers go when their time is over.

An answer is the day and what was chosen: no user, no address, no time of day, nothing that leads back to anybody.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.utils import timezone

from bihuan.matters.models import Matter
from bihuan.people.models import Congress, User


class Questionnaire(models.Model):
    """What is asked about one appraisal, from when to when, and until when single answers are kept."""

    congress = models.ForeignKey(Congress, models.CASCADE, related_name="+")
    matter = models.ForeignKey(Matter, models.CASCADE, related_name="questionnaires")
    token = models.CharField(max_length=24, unique=True)
    title = models.CharField("题目", max_length=80)
    questions: models.JSONField[Any, Any] = models.JSONField("问题", default=list)
    opens = models.DateField("开始")
    closes = models.DateField("截止")
    kept_until = models.DateField("答卷保存到")
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    entered = models.BooleanField("已记入", default=False)

    class Meta:
        ordering: ClassVar = ["-id"]

    def __str__(self) -> str:
        return self.title


class Answer(models.Model):
    """One answer: a choice for each question, and a few words of one's own if any."""

    questionnaire = models.ForeignKey(Questionnaire, models.CASCADE, related_name="answers")
    day = models.DateField("日期")
    chosen: models.JSONField[Any, Any] = models.JSONField("选择", default=list)
    words = models.CharField("想说的话", max_length=300, blank=True)

    class Meta:
        ordering: ClassVar = ["id"]

    def __str__(self) -> str:
        return f"{self.questionnaire_id} {self.day}"
