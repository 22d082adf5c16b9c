"""Persons drawn from everybody in office; experts who answer by a link of their own, sealed and opened together."""

from __future__ import annotations

import json
from datetime import date
from hashlib import sha256
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from tests.cast import Cast, cast
from tests.pillars.bench import NAMES, SECRETS, carried_out, court, reviewing
from tests.pillars.stories import judges_appraisal

from bihuan.draws import method
from bihuan.institutions.judicial import lots, sheets
from bihuan.institutions.judicial.models import Invitation, PersonsDraw
from bihuan.matters.act import Doer
from bihuan.matters.models import Act, Matter
from bihuan.people.models import Appointment

__all__ = ["cast"]
PAGE = "/i/judicial/persons/"


def sent(cast: Cast, posts: list[Appointment], **more: str) -> dict[str, Any]:
    """The page filled in: criminal and civil judges in turn, the last one left out."""
    given: dict[str, Any] = {"take-刑事": "1", "take-民事": "1"}
    given["user"] = [cast.users[role].pk for role in SECRETS]
    for place, post in enumerate(posts):
        given[f"field-{post.pk}"] = ("刑事", "民事")[place % 2]
        given[f"closed-{post.pk}"] = str(10 + place)
    given[f"aside-{posts[-1].pk}"] = "近亲属是案件当事人"
    return given | more


def drawn(cast: Cast) -> PersonsDraw:
    posts = court(cast)
    answer = cast.client("clerk").post(PAGE, sent(cast, posts))
    assert answer.status_code == 302, answer.content.decode()
    one = PersonsDraw.objects.get()
    carried_out(cast, one.draw, timezone.localdate())
    return PersonsDraw.objects.select_related("draw", "congress").get()


# Persons


def test_it_lists_everybody_in_office_and_draws_by_field(cast: Cast) -> None:
    one = drawn(cast)
    file = one.draw.file or {}
    assert method.verify(file) == []
    names = " ".join(entry["name"] for entry in file["announced"]["entries"])
    assert all(name in names for name in NAMES) and "离任者" not in names
    assert file["left_out"] == {"04": "近亲属是案件当事人"}
    assert sorted(t["stratum"] for t in file["tickets"] if t["drawn"]) == ["刑事", "民事"]


def test_it_enters_those_drawn_once_with_the_number_of_the_draw(cast: Cast) -> None:
    one = drawn(cast)
    clerk, order = cast.client("clerk"), {"do": "enter", "draw": one.pk, "finish_by": "2099-12-20"}
    assert clerk.post(PAGE, order).status_code == 302
    made = Matter.objects.filter(institution="judicial")
    first = made.first()
    assert made.count() == 2 and first is not None
    assert first.facts["draw_number"] == lots.number_of(one.draw)
    again = clerk.post(PAGE, order)
    assert again.status_code == 422 and "抽中的都已经列入" in again.content.decode()
    page = clerk.get(PAGE).content.decode()
    assert "抽中的列入评议" not in page
    year = timezone.localdate().year
    assert page.count("已列入") >= 2 and page.count(f"本届 {year} 年已经评议") == 2
    assert 'value="10"' in page, "closed cases are as the last draw had them"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"field": ""}, "请给“郑平”选条线"),
        ({"closed": ""}, "请填写“郑平”已审结的案件数"),
        ({"closed": "０"}, "请填写“郑平”已审结的案件数"),
        ({"closed": "0", "take": "2"}, "可抽的只有 1 个，要抽 2 个"),
        ({"take": ""}, "请填写各条线抽几位"),
    ],
)
def test_it_says_what_is_missing_on_the_list(cast: Cast, change: dict[str, str], said: str) -> None:
    posts = court(cast)
    given = sent(cast, posts)
    for name, value in change.items():
        given |= (
            {"take-刑事": value, "take-民事": ""}
            if name == "take"
            else {f"{name}-{posts[0].pk}": value}
        )
    answer = cast.client("clerk").post(PAGE, given)
    page = answer.content.decode()
    assert answer.status_code == 422 and said in page
    assert "近亲属是案件当事人" in page and f'max="99" value="{given["take-刑事"]}"' in page
    assert not PersonsDraw.objects.exists()


def test_it_asks_for_a_day_to_come_before_it_enters(cast: Cast) -> None:
    one = drawn(cast)
    for word in ("", "明天", "2020-01-01"):
        order = {"do": "enter", "draw": one.pk, "finish_by": word}
        answer = cast.client("clerk").post(PAGE, order)
        assert answer.status_code == 422 and "请填写评议完成时限" in answer.content.decode()


# Experts


def link(one: Invitation) -> str:
    return f"/i/judicial/expert/{sheets.token_of(one)}/"


def filled(marks: tuple[int, int] = (90, 80), **more: str) -> dict[str, str]:
    given = {f"mark-{n}-{k}": str(mark + k) for n, mark in enumerate(marks) for k in range(4)}
    return given | {"remark": "说理充分，送达有瑕疵。", "fair": "yes", "do": "sheet"} | more


def test_it_takes_a_sheet_from_someone_without_an_account_and_seals_it(cast: Cast) -> None:
    matter = reviewing(cast)
    one = Invitation.objects.get()
    page = Client().get(link(one)).content.decode()
    assert all(number in page for number in sheets.numbers(matter)) and "程序规范" in page
    thanks = Client().post(link(one), filled()).content.decode()
    one.refresh_from_db()
    assert one.seal and one.seal in thanks
    noted = Act.objects.get(matter=matter, kind="sheet_in")
    assert noted.data == {"sheet_seal": one.seal} and one.name not in noted.who
    Client().post(link(one), filled(marks=(10, 10)))
    assert Act.objects.filter(matter=matter, kind="sheet_in").count() == 1


def test_it_calls_the_next_of_the_draw_when_an_expert_steps_aside(cast: Cast) -> None:
    matter = reviewing(cast)
    one = Invitation.objects.get()
    nothing = Client().post(link(one), {"do": "aside", "why": " "})
    assert nothing.status_code == 422 and "请写明有什么利害关系" in nothing.content.decode()
    assert (
        "已经记下您回避"
        in Client().post(link(one), {"do": "aside", "why": "代理过"}).content.decode()
    )
    first, second = Invitation.objects.filter(matter=matter)
    tickets = [
        t["id"] for t in (lots.latest(matter).file or {})["tickets"] if t["stratum"] == "专家"
    ]  # type: ignore[union-attr]
    assert [first.name, second.name] == tickets[:2]
    Client().post(link(second), {"do": "aside", "why": "同学"})
    assert Invitation.objects.count() == 2, "the one in conflict from the start is never called"
    page = cast.client("clerk").get(f"/i/judicial/{matter.pk}/score/").content.decode()
    assert "候补也用完了" in page


def test_it_opens_all_sheets_together_and_books_the_scores(cast: Cast) -> None:
    matter = reviewing(cast, experts=2)
    url, clerk = f"/i/judicial/{matter.pk}/score/", cast.client("clerk")
    first, second = Invitation.objects.all()
    Client().post(link(first), filled())
    early = clerk.post(url, {"do": "open"})
    assert early.status_code == 422 and "还有 1 份评分表没有交" in early.content.decode()
    Client().post(link(second), filled(marks=(70, 60), remark="庭审规范"))
    assert clerk.post(url, {"do": "open"}).status_code == 302
    opened = Act.objects.get(matter=matter, kind="open_sheets").data["sheets_text"]
    seals = {row.data["sheet_seal"] for row in Act.objects.filter(matter=matter, kind="sheet_in")}
    plain = [line.removeprefix("原文：") for line in opened.splitlines() if line.startswith("原文")]
    assert {sha256(text.encode()).hexdigest() for text in plain} == seals
    assert {json.loads(text)["remark"] for text in plain} == {"说理充分，送达有瑕疵。", "庭审规范"}
    booked = [row.data for row in Act.objects.filter(matter=matter, kind="score_case")]
    # 程序规范 3、释法说理 3、文书质量 2、办案效率 2: 90 + (3·0 + 3·1 + 2·2 + 2·3)/10 = 91.3
    assert [row["case_score"] for row in booked] == [81.3, 71.3]
    told = json.dumps([opened, booked], ensure_ascii=False)
    assert first.name not in told and second.name not in told
    assert not Invitation.objects.exists()
    gone = Client().get(link(first))
    assert gone.status_code == 404 and "这个链接用不了了" in gone.content.decode()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"mark-1-2": "101"}, "“文书质量”请打 0 到 100 分"),
        ({"mark-0-0": ""}, "“程序规范”请打 0 到 100 分"),
        ({"mark-0-0": "９０"}, "“程序规范”请打 0 到 100 分"),
        ({"remark": "  "}, "请写评查意见"),
        ({"remark": "多" * 501}, "请写评查意见，最多 500 字"),
        ({"remark": "坏\0字"}, "请写评查意见"),
        ({"fair": ""}, "请先声明没有利害关系"),
    ],
)
def test_it_says_what_is_wrong_with_a_sheet(cast: Cast, change: dict[str, str], said: str) -> None:
    reviewing(cast)
    one = Invitation.objects.get()
    answer = Client().post(link(one), filled(**change))
    assert answer.status_code == 422 and said in answer.content.decode()
    one.refresh_from_db()
    assert not one.seal and not Act.objects.filter(kind="sheet_in").exists()


def test_it_knows_only_links_it_gave_out(cast: Cast) -> None:
    reviewing(cast)
    one = Invitation.objects.get()
    token = sheets.token_of(one)
    for word in (token[:-1], str(one.pk), f"{one.pk + 1}:{token.split(':')[1]}", "a:b"):
        assert Client().get(f"/i/judicial/expert/{word}/").status_code == 404
    for role in ("contact", "deputy", "leader", "outsider"):
        assert cast.client(role).get(f"/i/judicial/code/{one.pk}/").status_code in (403, 404)
    assert b"<svg" in cast.client("clerk").get(f"/i/judicial/code/{one.pk}/").content


def test_it_takes_so_many_tries_a_minute_from_a_link(cast: Cast) -> None:
    reviewing(cast)
    one = Invitation.objects.get()
    answers = [Client().post(link(one), filled(fair="")).status_code for _ in range(12)]
    assert answers[0] == 422 and answers[-1] == 429


def test_it_forgets_experts_when_a_review_is_over(cast: Cast) -> None:
    matter = reviewing(cast)
    cast.take(matter, "exclude", Doer("clerk", cast.clerk), date.today(), {"reason": "调离"})
    assert sheets.invitation_of(sheets.token_of(Invitation.objects.get())) is None
    assert sheets.forget() == 1 and not Invitation.objects.exists()


def test_it_refuses_more_than_one_act_can_hold(cast: Cast) -> None:
    matter = judges_appraisal(cast)
    url = f"/i/judicial/{matter.pk}/draw/"
    order = {"cases": "6", "experts": "1", "user": [cast.users[role].pk for role in SECRETS]}
    answer = cast.client("clerk").post(url, order)
    assert answer.status_code == 422 and "最多抽 5 件案件" in answer.content.decode()
