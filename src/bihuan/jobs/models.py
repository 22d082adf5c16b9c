"""A job: what is to be done, who asked, how far it has come, how it ended."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from bihuan.people.models import Congress

STATES = {"waiting": "排队", "running": "正在办", "done": "已完成", "failed": "没有完成"}


class Job(models.Model):
    """One piece of background work.

    `slot` names a turn of the schedule (or any other thing to be done once only): two jobs never share one.
    `claim` counts how often it was taken up: whoever holds an older claim may write nothing more.
    """

    congress = models.ForeignKey(Congress, models.CASCADE, null=True, related_name="+")
    kind = models.CharField(max_length=40)
    about = models.CharField(max_length=200, blank=True)
    data = models.JSONField(default=dict)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    slot = models.CharField(max_length=120, null=True, unique=True)
    state = models.CharField(max_length=10, default="waiting", choices=list(STATES.items()))
    put_at = models.DateTimeField()
    due_at = models.DateTimeField()
    claim = models.PositiveIntegerField(default=0)
    worker = models.CharField(max_length=80, blank=True)
    lease_until = models.DateTimeField(null=True)
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    done = models.PositiveIntegerField(default=0)
    whole = models.PositiveIntegerField(default=0)
    result = models.JSONField(default=dict)
    reason = models.TextField(blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["due_at", "id"],
                name="jobs_to_do",
                condition=models.Q(state__in=["waiting", "running"]),
            ),
            models.Index(fields=["kind", "-id"], name="jobs_of_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.about}".strip()

    @property
    def percent(self) -> int:
        """How far it has come, 0–100."""
        return 100 * self.done // self.whole if self.whole else 0
