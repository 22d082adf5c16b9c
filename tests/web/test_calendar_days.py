"""A local holiday entered by the system administrator moves the limits that are running, and says so."""

from __future__ import annotations

from datetime import timedelta

from django.urls import reverse
from django.utils import timezone
from tests.cast import Cast

from bihuan.matters.models import Act, Assignment
from bihuan.people.models import CalendarDay, Event


def test_it_reckons_running_limits_anew_and_logs_each_move(cast: Cast) -> None:
    matter = cast.suggestion("handed", day=timezone.localdate() - timedelta(days=3))
    share = Assignment.objects.get(matter=matter)
    assert share.due_on is not None
    form = {"day": share.due_on.isoformat(), "working": "0", "why": "本地纪念日"}
    answer = cast.client("system_admin").post(
        reverse("register-new", args=["days"]), form, follow=True
    )
    assert answer.status_code == 200 and CalendarDay.objects.count() == 1
    share.refresh_from_db()
    moved = Act.objects.get(matter=matter, kind="calendar_corrected")
    assert share.due_on.isoformat() > form["day"]
    assert moved.data["limits"][0]["before"] == form["day"]
    assert moved.data["limits"][0]["after"] == share.due_on.isoformat()
    assert "重算" in answer.content.decode() and matter.title not in answer.content.decode()
    assert Event.objects.filter(what__contains="重算时限").exists()
