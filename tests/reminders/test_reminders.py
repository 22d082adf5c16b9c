"""Reminders: each person told once of what concerns him, of nothing he may not see, and every unit's load counted."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from tests.cast import Cast, cast

from bihuan.matters import house
from bihuan.matters.access import standing_of
from bihuan.matters.act import Doer
from bihuan.matters.models import Assignment, Matter
from bihuan.matters.sweep import sweep
from bihuan.people.models import Grant
from bihuan.reminders import inbox
from bihuan.reminders.gather import gather
from bihuan.reminders.load import by_month, load_on
from bihuan.reminders.models import Cursor, Reminder

__all__ = ["cast"]

BEGUN = date(2026, 3, 2)
HANDED = date(2026, 3, 5)


def _gather(cast: Cast, day: date) -> int:
    return gather(cast.congress, datetime.combine(day, time(2), UTC))


@pytest.fixture
def handed(cast: Cast) -> Matter:
    """A suggestion handed over after reminding began."""
    Cursor.objects.create(congress=cast.congress, seen_to=0)
    return cast.suggestion("handed", day=BEGUN, co=["finance"])


def _kinds(cast: Cast, role: str, day: date) -> list[str]:
    return [one.kind for one in inbox.inbox(standing_of(cast.users[role], day))]


def test_it_tells_each_body_of_what_was_handed_to_it_once(cast: Cast, handed: Matter) -> None:
    assert _gather(cast, HANDED) == 2
    assert _gather(cast, HANDED) == 0
    assert _kinds(cast, "contact", HANDED) == ["handed"]
    assert _kinds(cast, "other_contact", HANDED) == ["handed"]
    assert _kinds(cast, "clerk", HANDED) == []
    assert _kinds(cast, "outsider", HANDED) == []


def test_it_tells_nobody_of_what_was_done_before_reminding_began(cast: Cast) -> None:
    cast.suggestion("handed", day=BEGUN)
    assert _gather(cast, HANDED) == 0


def test_it_tells_nobody_of_what_is_long_past(cast: Cast, handed: Matter) -> None:
    Assignment.objects.update(due_on=None)
    assert _gather(cast, HANDED + timedelta(days=15)) == 0


def test_it_reminds_three_working_days_before_a_limit_and_again_when_it_was_moved(
    cast: Cast, handed: Matter
) -> None:
    _gather(cast, HANDED)
    friday, tuesday = date(2026, 3, 13), date(2026, 3, 17)
    Assignment.objects.filter(key="1").update(due_on=date(2026, 3, 18))
    Assignment.objects.filter(key="2").update(due_on=None)
    assert _gather(cast, date(2026, 3, 12)) == 0
    assert _gather(cast, friday) == 1
    assert _gather(cast, tuesday) == 0
    Assignment.objects.filter(key="1").update(due_on=date(2026, 3, 20))
    assert _gather(cast, tuesday) == 1
    assert _kinds(cast, "contact", tuesday) == ["soon", "soon", "handed"]


def test_it_tells_clerks_and_bodies_of_a_limit_that_passed(cast: Cast, handed: Matter) -> None:
    due = Assignment.objects.get(key="1").due_on
    assert due is not None
    _gather(cast, HANDED)
    sweep(due + timedelta(days=1))
    _gather(cast, due + timedelta(days=1))
    assert "lapsed" in _kinds(cast, "clerk", due)
    assert "lapsed" in _kinds(cast, "contact", due)


def test_it_tells_the_clerks_of_what_a_body_returns(cast: Cast, handed: Matter) -> None:
    _gather(cast, HANDED)
    body = Doer("lead_body", cast.contact, str(cast.bodies["traffic"]))
    day = HANDED + timedelta(days=1)
    cast.take(handed, "return", body, day, {"reason": "不属我局职责"}, "1")
    _gather(cast, day)
    assert _kinds(cast, "clerk", day) == ["returned"]


def test_it_shows_nothing_of_a_matter_that_he_may_no_longer_see(cast: Cast, handed: Matter) -> None:
    _gather(cast, HANDED)
    Grant.objects.filter(user=cast.contact).update(ends=HANDED)
    assert _kinds(cast, "contact", HANDED + timedelta(days=1)) == []
    assert inbox.unread(standing_of(cast.contact, HANDED + timedelta(days=1))) == 0


def test_it_turns_to_the_nearest_body_above_where_a_body_has_no_contact(
    cast: Cast, handed: Matter
) -> None:
    Grant.objects.filter(user=cast.contact).update(body=cast.bodies["government"])
    _gather(cast, HANDED)
    assert _kinds(cast, "contact", HANDED) == ["handed"]


def test_it_counts_the_load_on_a_body_and_all_below_it_by_events_not_by_people(
    cast: Cast, handed: Matter
) -> None:
    Grant.objects.create(user=cast.nobody, role="contact", body=cast.bodies["traffic"])
    _gather(cast, HANDED)
    traffic = load_on(cast.bodies["traffic"], HANDED, HANDED)
    assert (traffic.events, traffic.sent) == (1, 2)
    assert load_on(cast.bodies["government"], HANDED, HANDED).events == 2
    assert load_on(cast.bodies["government"], BEGUN, BEGUN).events == 0
    counted = {
        str(body): (months[2], whole) for body, months, whole in by_month(cast.congress, 2026)
    }
    assert counted == {"市交通运输局": (1, 1), "市财政局": (1, 1)}


def test_it_shows_the_inbox_marks_one_as_read_and_leads_to_the_matter(
    cast: Cast, handed: Matter
) -> None:
    _gather(cast, HANDED)
    page = cast.client("contact").get("/reminders/").content.decode()
    assert handed.title in page and "1 条未读" in page
    own = Reminder.objects.get(user=cast.contact)
    assert cast.client("other_contact").post(f"/reminders/{own.pk}/").status_code == 404
    led = cast.client("contact").post(f"/reminders/{own.pk}/")
    assert led.headers["Location"] == f"/m/{handed.pk}/"
    assert inbox.unread(standing_of(cast.contact, HANDED)) == 0
    assert inbox.unread(standing_of(cast.other_contact, HANDED)) == 1


def test_it_shows_the_load_to_clerks_and_shuts_administrators_out_of_both(
    cast: Cast, handed: Matter
) -> None:
    _gather(cast, HANDED)
    page = cast.client("clerk").get("/reminders/load/?year=2026").content.decode()
    assert "市交通运输局" in page
    assert cast.client("clerk").get("/reminders/load/?year=abc").status_code == 200
    assert cast.client("contact").get("/reminders/load/").status_code == 403
    assert cast.client("system_admin").get("/reminders/").status_code == 403


def test_it_is_told_by_every_institution_what_is_handed_over_pressed_and_lapsed() -> None:
    silent = [
        f"{one.key}.{act.id}：请写明 tells"
        for one in house.institutions().values()
        for act in one.acts
        if not act.tells and (act.assign or "clock" in act.by or act.id == "press")
    ]
    assert not silent, "\n".join(silent)
