"""Today: for each role what waits, with the act as a button, in a number of queries that does not grow."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.cast import Cast, cast

from bihuan.matters import house
from bihuan.matters.access import standing_of
from bihuan.matters.act import Doer
from bihuan.matters.models import Assignment, Matter, Proposer
from bihuan.matters.waiting import Group, Waiting
from bihuan.measures.cockpit import stands

__all__ = ["cast"]

DAY = date(2026, 3, 16)


def _of(cast: Cast, role: str, day: date = DAY) -> Waiting:
    return Waiting(standing_of(cast.users[role], day), day)


def _titles(group: Group) -> list[str]:
    return [row.matter.title for row in group.rows]


def _page(cast: Cast, role: str) -> str:
    answer = cast.client(role).get("/today/")
    assert answer.status_code == 200
    return answer.content.decode()


def test_it_gives_the_clerk_what_is_late_what_is_due_soon_and_what_waits_for_him(
    cast: Cast,
) -> None:
    cast.suggestion("to_hand_over", title="待交办的", day=date(2026, 3, 1))
    cast.suggestion("handed", title="逾期的", day=date(2025, 11, 1))
    cast.suggestion("committee_review", title="临期的", day=date(2026, 3, 10))
    waiting = _of(cast, "clerk")
    assert _titles(waiting.late) == ["逾期的", "待交办的"]
    assert _titles(waiting.soon) == ["临期的"]
    assert waiting.mine.total == 0


def test_it_offers_to_press_what_is_late_elsewhere_and_the_own_act_where_he_is_late_himself(
    cast: Cast,
) -> None:
    cast.suggestion("to_hand_over", title="待交办的", day=date(2026, 3, 1))
    cast.suggestion("handed", title="逾期的", day=date(2025, 11, 1))
    acts = {row.matter.title: row.act.id for row in _of(cast, "clerk").late.rows if row.act}
    assert acts == {"逾期的": "press", "待交办的": "hand_over"}


def test_it_asks_the_clerk_to_decide_a_return(cast: Cast) -> None:
    matter = cast.suggestion("handed", title="退办的", day=date(2026, 3, 8))
    body = Doer("lead_body", cast.contact, "交通运输局")
    cast.take(matter, "return", body, date(2026, 3, 13), {"reason": "不属本单位职责"}, "1")
    row = _of(cast, "clerk").mine.rows[0]
    assert row.act and row.act.id == "allow_return" and row.share


def test_it_sorts_a_contacts_work_into_acknowledge_answer_improve_and_promised(cast: Cast) -> None:
    cast.suggestion("handed", title="等签收")
    cast.suggestion("working", title="等答复")
    cast.suggestion("redoing", title="要重办")
    waiting = _of(cast, "contact")
    assert _titles(waiting.to_acknowledge) == ["等签收"]
    assert _titles(waiting.to_answer) == ["等答复"]
    assert _titles(waiting.to_improve) == ["要重办"]
    acts = [g.rows[0].act for g in (waiting.to_acknowledge, waiting.to_answer, waiting.to_improve)]
    assert [act.id for act in acts if act] == ["acknowledge", "reply", "reply"]
    assert waiting.to_acknowledge.rows[0].plain and not waiting.to_answer.rows[0].plain


def test_it_lists_what_a_body_promised_until_it_is_proven(cast: Cast) -> None:
    matter = cast.suggestion("working", title="修桥")
    promise = {"title": "桥修好", "by": "2026-12-31"}
    reply = {"category": "B", "reply_text": "好", "commitments": [promise]}
    body = Doer("lead_body", cast.contact, "交通运输局")
    cast.take(matter, "reply", body, date(2026, 3, 10), reply, "1")
    waiting = _of(cast, "contact")
    assert _titles(waiting.promised) == ["桥修好"]
    assert waiting.promised.rows[0].act and waiting.promised.rows[0].act.id == "prove"
    assert not waiting.to_answer.rows
    assert _titles(_of(cast, "leader", date(2027, 1, 5)).promised_late) == ["桥修好"]


def test_it_shows_a_deputy_his_own_and_first_what_waits_for_his_rating(cast: Cast) -> None:
    cast.suggestion("rating", title="等评价的")
    cast.suggestion("working", title="在办的")
    cast.suggestion("closed", title="办结的")
    waiting = _of(cast, "deputy")
    assert _titles(waiting.to_rate) == ["等评价的"]
    assert _titles(waiting.proposed) == ["在办的"]
    assert _titles(waiting.settled) == ["办结的"]
    assert _of(cast, "other_deputy").proposed.total == 0
    page = _page(cast, "deputy")
    assert "提出建议" in page and 'class="bottom"' in page


def test_it_counts_by_institution_for_a_leader(cast: Cast) -> None:
    cast.suggestion("handed", day=date(2025, 11, 1))
    cast.suggestion("closed", title="办结的")
    leader = _of(cast, "leader")
    figure = stands(leader.standing, list(house.institutions().values()), leader.today)[0]
    assert (figure.total, figure.open, figure.late) == (2, 1, 1)


def test_it_puts_all_that_is_asked_of_a_unit_by_day_and_marks_what_is_asked_twice(
    cast: Cast,
) -> None:
    for _ in range(2):
        cast.suggestion("handed", title="报送防汛情况", lead="township")
    month = _of(cast, "unit").month
    assert len(month) == 1 and [row.asked_before for row in month[0][1]] == [True, True]
    assert "同样的事要了两次" in _page(cast, "unit")


def test_it_shows_nobody_the_work_of_another_congress_or_another_body(cast: Cast) -> None:
    cast.suggestion("handed", title="城北人行天桥")
    for role in ("outsider", "other_contact", "nobody", *("system_admin", "audit_admin")):
        assert "城北人行天桥" not in _page(cast, role)


@pytest.mark.parametrize(
    ("role", "says"),
    [
        ("clerk", "没有逾期的"),
        ("contact", "没有等着签收的"),
        ("deputy", "没有等您评价的"),
        ("leader", "还没有事项"),
        ("unit", "现在没有哪个部门"),
        ("delegation", "没有等您办的"),
        ("nobody", "您还没有角色"),
        ("system_admin", "系统管理"),
        ("security_admin", "安全管理"),
        ("audit_admin", "审计管理"),
    ],
)
def test_it_says_on_an_empty_day_what_will_appear(cast: Cast, role: str, says: str) -> None:
    assert says in _page(cast, role)


def test_it_lets_a_contact_acknowledge_with_one_click(cast: Cast) -> None:
    matter = cast.suggestion("handed", day=date(2026, 3, 8))
    asked = {"share": "1", "seen": matter.acts_count, "token": "once"}
    cast.client("contact").post(f"/m/{matter.pk}/act/acknowledge/", asked)
    assert Assignment.objects.get(matter=matter).state == "working"


def _many(matter: Matter, count: int) -> None:
    share, proposer = matter.assignments.get(), matter.proposers.get()
    for _ in range(count):
        copy = Matter.objects.get(pk=matter.pk)
        copy.pk = None
        copy.save(force_insert=True)
        for row in (share, proposer):
            again: Any = type(row).objects.get(pk=row.pk)
            again.pk, again.matter = None, copy
            again.save(force_insert=True)


@pytest.mark.parametrize("role", ["clerk", "contact", "deputy", "leader", "unit"])
def test_it_asks_no_more_queries_for_three_hundred_matters_than_for_ten(
    cast: Cast, role: str
) -> None:
    lead = "township" if role == "unit" else "traffic"
    matter = cast.suggestion("handed", day=date.today() - timedelta(days=150), lead=lead)
    client = cast.client(role)
    few, many = (_queries(client.get, matter, count) for count in (9, 290))
    assert Proposer.objects.count() == 300
    assert many == few and few <= 45


def _queries(get: Callable[[str], Any], matter: Matter, more: int) -> int:
    _many(matter, more)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert get("/today/").status_code == 200
    return len(asked)
