"""Findings (问题线索): what a check found, the rows that broke the rule, and what people said to it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils import timezone

from bihuan.matters.models import Matter
from bihuan.people.models import Congress, User

STATES = {
    "open": "待处理",
    "confirmed": "属实，已列入整改",
    "explained": "已说明",
    "refuted": "误报",
}


class Finding(models.Model):
    """One fault of one check in one year. `group` tells it from others of the check: a run adds nothing twice.

    `gone_on`: the day a run no longer found it; what was found and what was said to it stay.
    """

    congress = models.ForeignKey(Congress, models.CASCADE, related_name="findings")
    institution = models.CharField("制度", max_length=40)
    check_key = models.CharField("自查规则", max_length=40)
    heading = models.CharField("自查方面", max_length=16)
    year = models.PositiveSmallIntegerField("年度")
    group = models.CharField(max_length=120)
    begins = models.DateField("自")
    ends = models.DateField("至")
    say = models.CharField("线索", max_length=500)
    value = models.FloatField("数值")
    threshold = models.FloatField("界限")
    figures = models.JSONField("数字", default=dict)
    cite = models.CharField("依据", max_length=200)
    state = models.CharField("处理", max_length=10, default="open", choices=list(STATES.items()))
    found_on = models.DateField("发现日期")
    seen_on = models.DateField("最近一次仍在")
    gone_on = models.DateField("不再存在", null=True)
    matter = models.ForeignKey(Matter, models.PROTECT, null=True, related_name="from_findings")
    """The matter of rectification it became."""

    class Meta:
        ordering: ClassVar = ["-ends", "heading", "institution", "check_key", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["congress", "institution", "check_key", "year", "group"],
                name="one_finding_a_group",
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["congress", "state", "heading"]),
            models.Index(fields=["congress", "year", "-ends"]),
        ]

    def __str__(self) -> str:
        return self.say

    @property
    def state_title(self) -> str:
        """Its state as people call it."""
        return STATES[self.state]


class Evidence(models.Model):
    """A row that broke the rule, in the order of the rows."""

    finding = models.ForeignKey(Finding, models.CASCADE, related_name="evidence")
    matter = models.ForeignKey(Matter, models.CASCADE, related_name="evidence")
    place = models.PositiveIntegerField(default=0)

    class Meta:
        ordering: ClassVar = ["place", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["finding", "matter"], name="one_row_a_finding")
        ]

    def __str__(self) -> str:
        return f"{self.finding_id} {self.matter_id}"


class Settlement(models.Model):
    """What somebody said to a finding: confirmed, explained or refuted, and why. Never changed."""

    finding = models.ForeignKey(Finding, models.CASCADE, related_name="settlements")
    state = models.CharField(max_length=10, choices=list(STATES.items()))
    reason = models.CharField("理由", max_length=500, blank=True)
    value = models.FloatField("当时的数值")
    who = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering: ClassVar = ["id"]

    def __str__(self) -> str:
        return f"{self.finding_id} {self.state}"

    @property
    def state_title(self) -> str:
        """Its state as people call it."""
        return STATES[self.state]
