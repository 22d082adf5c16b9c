"""Duty reports: demanded of everybody at one go, read apart unseen by one another, and the 4×100 % board."""

from __future__ import annotations

import json
import re
from datetime import date

from django.test import Client
from django.urls import reverse
from tests.cast import Cast, cast
from tests.pillars.stories import appoint, report

from bihuan.institutions.duty_reports.models import Reader
from bihuan.matters.act import Doer
from bihuan.matters.canonical import check_value
from bihuan.matters.models import Act, Matter

__all__ = ["cast"]
ASKED = {"year": "2025", "report_by": "2030-01-31", "contents": "依法履职", "form": "五千字以内"}


def ask_to_read(cast: Cast, matter: Matter, *roles: str) -> None:
    for role in roles:
        Reader.objects.create(congress=cast.congress, matter=matter, user=cast.users[role])


def hand_in(client: Client, matter: Matter, remark: str) -> int:
    sent = {"do": "hand_in", "remark": remark} | {f"mark-{n}": "写得实" for n in range(5)}
    return client.post(page_of(matter), sent).status_code


def page_of(matter: Matter) -> str:
    return reverse("duty_reports:read", args=[matter.pk])


def test_it_asks_every_appointed_head_once(cast: Cast) -> None:
    appoint(cast)
    appoint(cast, "other_contact", "finance")
    clerk = cast.client("clerk")
    page = clerk.get("/i/duty_reports/demand/?year=2025").content.decode()
    keys = re.findall(r'name="post" value="(\d+)"', page)
    assert len(keys) == 2
    clerk.post("/i/duty_reports/demand/", ASKED | {"post": keys})
    clerk.post("/i/duty_reports/demand/", ASKED | {"post": keys})
    made = Matter.objects.filter(institution="duty_reports")
    assert {row.assignments.get().person_name for row in made} == {"周建国", "吴秀英"}
    assert (
        made.count() == 2
        and "已发" in clerk.get("/i/duty_reports/demand/?year=2025").content.decode()
    )


def test_it_asks_an_organ_to_review_its_own(cast: Cast) -> None:
    cast.bodies["finance"].kind = "court"
    cast.bodies["finance"].save()
    appoint(cast, "other_contact", "finance")
    clerk = cast.client("clerk")
    key = re.findall(
        r'name="post" value="(\d+)"', clerk.get("/i/duty_reports/demand/").content.decode()
    )
    clerk.post("/i/duty_reports/demand/", ASKED | {"post": key})
    made = Matter.objects.get(institution="duty_reports")
    assert made.state == "own_review" and made.facts["own_review"] is True


def test_it_says_what_is_missing_and_writes_nothing(cast: Cast) -> None:
    post = appoint(cast).appointments.get(by_committee=True)
    clerk = cast.client("clerk")
    for wrong, said in (
        ({"report_by": ""}, "请填写报送时限"),
        ({"report_by": "2026-13-45"}, "请填写报送时限"),
        ({"report_by": "2001-01-01"}, "早于今天"),
        ({"form": " "}, "请写明要写的内容和格式要求"),
        ({"post": []}, "请至少勾选一位负责人"),
    ):
        answer = clerk.post("/i/duty_reports/demand/", ASKED | {"post": [post.pk]} | wrong)
        assert answer.status_code == 422 and said in answer.content.decode()
    assert not Matter.objects.filter(institution="duty_reports").exists()


def test_it_shows_nobody_anothers_sheet_before_all_are_in(cast: Cast) -> None:
    matter = report(cast)
    ask_to_read(cast, matter, "committee", "leader")
    assert hand_in(cast.client("committee"), matter, "甲的看法很重") == 302
    for role in ("leader", "clerk", "contact"):
        for url in (page_of(matter), f"/m/{matter.pk}/", f"/m/{matter.pk}/proof/4/"):
            assert "甲的看法很重" not in cast.client(role).get(url).content.decode()
    early = cast.client("clerk").post(page_of(matter), {"do": "open"})
    assert early.status_code == 422 and "还有 1 份审阅单没有交" in early.content.decode()
    hand_in(cast.client("leader"), matter, "乙的看法很轻")
    cast.client("clerk").post(page_of(matter), {"do": "open"})
    shown = cast.client("leader").get(page_of(matter)).content.decode()
    assert "甲的看法很重" in shown and "乙的看法很轻" in shown
    assert "甲的看法很重" not in cast.client("contact").get(f"/m/{matter.pk}/").content.decode()


def test_it_opens_what_was_sealed(cast: Cast) -> None:
    matter = report(cast)
    ask_to_read(cast, matter, "committee")
    hand_in(cast.client("committee"), matter, "写得实，缺打算")
    cast.client("clerk").post(page_of(matter), {"do": "open"})
    sealed = Act.objects.get(matter=matter, kind="sheet_in").data["sheet_seal"]
    told = Act.objects.get(matter=matter, kind="open_sheets").data["sheets_text"]
    opened = json.loads(told.rpartition("原文：")[2])
    assert check_value(opened) == sealed
    assert check_value(opened | {"remark": "写得空"}) != sealed


def test_it_takes_one_sheet_and_no_second(cast: Cast) -> None:
    matter = report(cast)
    ask_to_read(cast, matter, "committee")
    client = cast.client("committee")
    short = client.post(page_of(matter), {"do": "hand_in", "remark": "好"})
    assert short.status_code == 422 and "请给“依法履职”选一档" in short.content.decode()
    assert hand_in(client, matter, "一") == 302 and hand_in(client, matter, "二") == 422
    assert Act.objects.filter(matter=matter, kind="sheet_in").count() == 1
    assert hand_in(cast.client("leader"), matter, "没有请我") == 422


def test_it_leads_from_the_acts_to_the_page_where_they_are_taken(cast: Cast) -> None:
    matter = report(cast)
    ask_to_read(cast, matter, "committee")
    assert (
        f'href="{page_of(matter)}"'
        in cast.client("committee").get(f"/m/{matter.pk}/").content.decode()
    )
    sent = cast.client("committee").post(f"/m/{matter.pk}/act/sheet_in/", {"sheet_seal": "0" * 64})
    assert sent.headers["Location"] == page_of(matter)
    assert not Act.objects.filter(matter=matter, kind="sheet_in").exists()


def test_it_blots_out_whose_report_it_is_when_asked(cast: Cast) -> None:
    matter = report(cast, "双盲")
    ask_to_read(cast, matter, "committee")
    page = cast.client("committee").get(page_of(matter)).content.decode()
    assert "周建国" not in page and "交通运输局" not in page and "86公里" in page
    assert "周建国" in cast.client("clerk").get(page_of(matter)).content.decode()
    hand_in(cast.client("committee"), matter, "不看姓名也看得出来")
    cast.client("clerk").post(page_of(matter), {"do": "open"})
    told = Act.objects.get(matter=matter, kind="open_sheets").data["sheets_text"]
    assert told.startswith("审阅人1") and "孙委员" not in told


def test_it_points_out_what_was_copied_and_what_nobody_could_check(cast: Cast) -> None:
    report(cast, year=2024)
    matter = report(cast)
    page = cast.client("clerk").get(page_of(matter)).content.decode()
    same = re.search(r"同上一年的报告相同或者相近的段落：(\d) 段", page)
    assert same and int(same[1]) >= 2
    assert "进一步提高思想认识" in page.split("没有数字的段落")[1]
    assert "不打分，不影响任何结果" in page
    matter.refresh_from_db()
    assert "quality" not in matter.facts


def test_it_is_no_page_for_the_body_or_another_congress(cast: Cast) -> None:
    matter = report(cast)
    for role in ("contact", "other_contact", "deputy", "outsider", "audit_admin"):
        assert cast.client(role).get(page_of(matter)).status_code == 404


def finish(cast: Cast, matter: Matter) -> Matter:
    """Read, with one problem fed back and rectified, and voted on."""
    clerk, committee = Doer("clerk", cast.clerk), Doer("committee", cast.committee)
    ask_to_read(cast, matter, "committee")
    hand_in(cast.client("committee"), matter, "写得实")
    cast.client("clerk").post(page_of(matter), {"do": "open"})
    day = date.today()
    rows = [{"body": str(cast.bodies["traffic"].pk), "person": "周建国"}]
    problem = {"problem": "养护资金缺口", "problem_by": "2099-12-31", "problem_assignments": rows}
    votes = {"all_members": 29, "present": 29, "satisfied": 29, "mostly_satisfied": 0}
    read = {"quality": "合格", "quality_note": "写实"}
    cast.take(matter, "read_together", clerk, day, read)
    cast.take(matter, "list_problem", committee, day, problem)
    cast.take(matter, "draft", clerk, day, {"review_text": "合格", "no_extension_reason": "无"})
    cast.take(matter, "vote", clerk, day, votes | {"dissatisfied": 0, "vote_result": "满意"})
    child = Matter.objects.get(parent=matter)
    cast.take(child, "prove", Doer("lead_body", cast.contact), day, {"proof": "下达文件"})
    cast.take(child, "strike_off", committee, day)
    return Matter.objects.get(pk=matter.pk)


def test_it_counts_four_times_a_hundred_and_opens_each_to_its_rows(cast: Cast) -> None:
    matter = finish(cast, report(cast))
    assert matter.state == "concluded"
    page = cast.client("leader").get("/i/duty_reports/board/").content.decode()
    assert page.count("100.0%") >= 4 and ">4×100%<" in page and "1 / 1" in page
    links = re.findall(r'href="(/b/(?:duty_reports|rectifications)/[^"]+)"', page)
    child = Matter.objects.get(parent=matter)
    for link in links[:4]:
        rows = cast.client("leader").get(link.replace("&amp;", "&")).content.decode()
        key = child.pk if "rectif" in link else matter.pk
        assert f"/m/{key}/" in rows and "分母 1 件" in rows


def test_it_keeps_the_board_for_those_who_oversee(cast: Cast) -> None:
    assert cast.client("contact").get("/i/duty_reports/board/").status_code == 403
