"""Before an act: the rule, the figure and the rows are shown; with a reason one may go on, and it is kept."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from tests.cast import Cast

from bihuan.matters.act import Doer, raise_matter
from bihuan.matters.models import Act, Matter

TODAY = date(2026, 6, 1)
HINT = {
    "title": "关于防汛工作的工作提示",
    "paper_kind": "工作提示",
    "inside": "否",
    "organizer": "办公室",
    "issued_on": "2026-06-03",
    "text": "各乡镇人大：请于6月25日前将排查情况报送市人大办公室，并逐项填报台账。",
}
GENERAL = {
    "title": "全市人大工作会议",
    "meeting_kind": "综合性会议",
    "organizer": "办公室",
    "held_on": "2026-06-20",
    "minutes_planned": "80",
}


@pytest.fixture(autouse=True)
def first_of_june(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "localdate", lambda *_: TODAY)


@pytest.fixture
def clerk(cast: Cast) -> Client:
    return cast.client("clerk")


def entered(cast: Cast, institution: str, act_id: str, **data: Any) -> Matter:
    made = raise_matter(cast.congress, institution, act_id, Doer("clerk", cast.clerk), TODAY, data)
    assert isinstance(made, Matter), made
    return made


def meeting(cast: Cast, title: str, **more: Any) -> Matter:
    plain = {"organizer": "督查室", "meeting_kind": "一般性会议", "minutes_planned": 60}
    return entered(
        cast, "meetings", "raise", title=title, held_on="2026-06-10", **{**plain, **more}
    )


def send(client: Client, institution: str, act_id: str, **data: Any) -> tuple[int, str]:
    answer = client.post(reverse("raise", args=[institution, act_id]), data)
    return answer.status_code, answer.content.decode()


def test_it_warns_of_a_hint_that_orders_before_anything_is_written(
    cast: Cast, clerk: Client
) -> None:
    status, page = send(clerk, "paperwork", "raise", **HINT)
    assert status == 422
    assert "名为“工作提示”，正文向下级提出1项要求" in page
    assert "整治形式主义为基层减负若干规定" in page
    assert not Matter.objects.filter(institution="paperwork").exists()


def test_it_goes_on_with_a_reason_and_keeps_it_in_the_act(cast: Cast, clerk: Client) -> None:
    status, _ = send(clerk, "paperwork", "raise", **HINT, despite="汛情紧急，会后补发通知")
    assert status == 302
    kept = Act.objects.get(institution="paperwork").data["despite"]
    assert kept["reason"] == "汛情紧急，会后补发通知"
    assert [one["check"] for one in kept["cautions"]] == ["paperwork.red_to_white"]
    page = clerk.get(reverse("matter", args=[Matter.objects.get(institution="paperwork").pk]))
    assert "汛情紧急，会后补发通知" in page.content.decode()


def test_it_asks_for_the_reason_when_it_is_left_empty(cast: Cast, clerk: Client) -> None:
    status, page = send(clerk, "paperwork", "raise", **HINT, despite=" ")
    assert status == 422 and "请写明仍要办理的理由" in page


def test_it_takes_a_reason_no_longer_than_can_be_kept(cast: Cast, clerk: Client) -> None:
    status, page = send(clerk, "paperwork", "raise", **HINT, despite="急" * 501)
    assert status == 422 and "理由最多 500 字" in page


def test_it_says_nothing_of_a_notice_that_is_one(cast: Cast, clerk: Client) -> None:
    notice = {**HINT, "title": "关于防汛工作的通知", "paper_kind": "通知", "inside": "是"}
    assert send(clerk, "paperwork", "raise", **notice)[0] == 302


def test_it_warns_of_the_third_general_meeting_and_shows_the_two_before(
    cast: Cast, clerk: Client
) -> None:
    for n in (1, 2):
        meeting(cast, f"综合会{n}", meeting_kind="综合性会议")
    status, page = send(clerk, "meetings", "raise", **GENERAL)
    assert status == 422
    assert "综合性会议已列3次，原则上全年不超过2次" in page
    assert "综合会1" in page and "综合会2" in page
    assert send(clerk, "meetings", "raise", **GENERAL, despite="党代会后传达贯彻")[0] == 302


def test_it_warns_of_the_third_request_to_one_township_in_a_month(
    cast: Cast, clerk: Client
) -> None:
    township = [str(cast.bodies["township"].pk)]
    meeting(cast, "防汛调度会", units=township, materials="水库名册")
    meeting(cast, "食品安全会", units=township)
    matter = cast.suggestion("to_hand_over", day=date(2026, 5, 20))
    sent = {
        "seen": matter.acts_count,
        "assignments.body": ["均县镇"],
        "assignments.person": ["李镇长"],
        "assignments.kind": ["lead"],
        "assignments.limit": [""],
    }
    url = reverse("act", args=[matter.pk, "hand_over"])
    page = clerk.post(url, sent)
    text = page.content.decode()
    assert page.status_code == 422
    assert "这是本月向均县镇提出的第三次要求" in text
    assert "防汛调度会" in text and "食品安全会" in text
    assert not matter.assignments.exists()
    assert clerk.post(url, {**sent, "despite": "群众反映强烈"}).status_code == 302
    assert matter.acts.get(kind="hand_over").data["despite"]["reason"] == "群众反映强烈"


def test_it_says_who_had_the_same_list_and_when(cast: Cast, clerk: Client) -> None:
    township = [str(cast.bodies["township"].pk)]
    meeting(cast, "防汛调度会", units=township, materials="水库名册\n值班表")
    status, page = send(
        clerk, "meetings", "raise", **{**GENERAL, "meeting_kind": "一般性会议"},
        units="均县镇", materials="水库名册",
    )  # fmt: skip
    assert status == 422
    assert "同样的“水库名册”6月10日督查室已经要过" in page


def test_it_does_not_weigh_departments_like_townships(cast: Cast, clerk: Client) -> None:
    for n in range(3):
        meeting(cast, f"会{n}", units=[str(cast.bodies["traffic"].pk)])
    matter = cast.suggestion("to_hand_over", day=date(2026, 5, 20))
    sent = {
        "seen": matter.acts_count, "assignments.body": ["市交通运输局"],
        "assignments.person": ["周建国"], "assignments.kind": ["lead"], "assignments.limit": [""],
    }  # fmt: skip
    assert clerk.post(reverse("act", args=[matter.pk, "hand_over"]), sent).status_code == 302


def test_it_warns_before_many_are_handed_over_at_once(cast: Cast, clerk: Client) -> None:
    township = [str(cast.bodies["township"].pk)]
    for n in (1, 2):
        meeting(cast, f"会{n}", units=township)
    matter = cast.suggestion("to_hand_over", day=date(2026, 5, 20))
    sent = {"m": [matter.pk], "body": "均县镇", "person": "李镇长", "token": "t"}
    url = reverse("bulk", args=["suggestions", "hand_over"])
    page = clerk.post(url, sent).content.decode()
    assert "第三次要求" in page and not matter.assignments.exists()
    assert clerk.post(url, {**sent, "despite": "已与镇里商量"}).status_code == 200
    assert matter.assignments.count() == 1


def test_it_counts_what_one_lot_asks_together(cast: Cast, clerk: Client) -> None:
    lot = [
        cast.suggestion("to_hand_over", day=date(2026, 5, 20), title=f"关于修路的建议{n}")
        for n in range(3)
    ]
    sent = {"m": [m.pk for m in lot], "body": "均县镇", "person": "李镇长", "token": "t"}
    page = clerk.post(reverse("bulk", args=["suggestions", "hand_over"]), sent).content.decode()
    assert "第三次要求" in page and not any(m.assignments.exists() for m in lot)


def test_it_never_lets_a_reason_stand_for_a_rule_that_refuses(cast: Cast, clerk: Client) -> None:
    status, page = send(clerk, "paperwork", "raise", **{**HINT, "organizer": ""}, despite="急")
    assert status == 422 and "请填写“制发单位”" in page
