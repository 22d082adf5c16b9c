"""Totals kept beside the matters, so that a figure of today need not read every matter again.

Nothing here is entered or decided: `totals.py` derives it, `./bihuan count --check` counts all anew beside it.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from bihuan.matters.models import Matter
from bihuan.people.models import Congress


class Round(models.Model):
    """How often an institution of a congress was counted, and by which declaration of its indicators."""

    congress = models.ForeignKey(Congress, models.CASCADE, related_name="+")
    institution = models.CharField(max_length=40)
    declared = models.CharField(max_length=64)
    number = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["congress", "institution"], name="one_round")
        ]

    def __str__(self) -> str:
        return f"{self.institution} {self.number}"


class Total(models.Model):
    """Base and hit of an indicator in a group, over the counted matters of a year."""

    congress = models.ForeignKey(Congress, models.CASCADE, related_name="+")
    institution = models.CharField(max_length=40)
    year = models.PositiveSmallIntegerField()
    what = models.CharField(max_length=8)
    indicator = models.CharField(max_length=40, blank=True)
    group = models.TextField(blank=True)
    base = models.FloatField(default=0)
    hit = models.FloatField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["congress", "institution", "year", "what", "indicator", "group"],
                name="one_total",
            )
        ]

    def __str__(self) -> str:
        return f"{self.what} {self.indicator} {self.group} {self.hit}/{self.base}"


class Part(models.Model):
    """What a counted matter added to the totals: taken out again, whole, when it is counted anew."""

    matter = models.OneToOneField(Matter, models.CASCADE, primary_key=True, related_name="+")
    parts = models.JSONField(default=list)

    def __str__(self) -> str:
        return f"{self.matter_id}"
