"""Judicial appraisals: closed cases only, no expert in conflict, a draw anybody works out again, sheets counted."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from tests.cast import Cast, cast
from tests.pillars.stories import judges_appraisal

from bihuan.draws import drawing, method
from bihuan.draws.models import Draw
from bihuan.institutions.judicial import lots, scores
from bihuan.loop.forms import Refusal
from bihuan.matters.act import Doer, act
from bihuan.matters.models import Act, Matter

__all__ = ["cast"]
DAY = date(2026, 3, 2)
SECRETS = {"committee": "柳河边上有一棵老槐树", "leader": "明天也许会下雨也许不会"}


def drawn(cast: Cast, matter: Matter) -> Draw:
    """Prepared on the page, committed, announced, opened and drawn."""
    sent = {"cases": "2", "experts": "1", "user": [cast.users[role].pk for role in SECRETS]}
    assert cast.client("clerk").post(f"/i/judicial/{matter.pk}/draw/", sent).status_code == 302
    draw = Draw.objects.get(matter=matter)
    for role, secret in SECRETS.items():
        assert drawing.commit(draw.pk, cast.users[role], secret) is None
    drawing.announce(draw.pk, DAY)
    for role, secret in SECRETS.items():
        assert drawing.open_share(draw.pk, cast.users[role], secret) is None
    done = drawing.draw_now(draw.pk, DAY)
    assert isinstance(done, Draw), done
    return done


def test_it_lists_no_case_that_is_not_closed(cast: Cast) -> None:
    matter = judges_appraisal(cast)
    case = {"case_number": "民初99号", "cause": "借款", "case_closed_on": "2026-03-03"}
    done = act(matter.pk, "list_case", Doer("clerk", cast.clerk), DAY, case)
    assert isinstance(done, Refusal) and "不能晚于办理当天" in done.say


def test_it_draws_from_a_published_list_without_those_in_conflict(cast: Cast) -> None:
    matter = judges_appraisal(cast)
    draw = drawn(cast, matter)
    assert draw.file and method.verify(draw.file) == []
    listed = {entry["id"] for entry in draw.file["announced"]["entries"]}
    assert "唐果" in listed and "唐果" in draw.file["left_out"]
    assert "唐果" not in draw.file["drawn"]
    assert len(lots.drawn(draw, lots.CASES)) == 2 and len(lots.drawn(draw, lots.EXPERTS)) == 1


def test_it_books_what_was_drawn_and_nothing_else(cast: Cast) -> None:
    matter = judges_appraisal(cast)
    url = f"/i/judicial/{matter.pk}/draw/"
    early = cast.client("clerk").post(url, {"do": "book"})
    assert early.status_code == 422 and "还没有抽签" in early.content.decode()
    draw = drawn(cast, matter)
    cast.client("clerk").post(url, {"do": "book"})
    data = Act.objects.get(matter=matter, kind="draw_cases").data
    assert data["drawn_cases"].splitlines() == lots.drawn(draw, lots.CASES)
    assert draw.announced_hash[:16] in data["case_draw_number"]
    matter.refresh_from_db()
    assert matter.state == "reviewing"


def test_it_says_when_there_are_too_few_to_draw(cast: Cast) -> None:
    matter = judges_appraisal(cast)
    sent = {"cases": "2", "experts": "3", "user": [cast.users[role].pk for role in SECRETS]}
    answer = cast.client("clerk").post(f"/i/judicial/{matter.pk}/draw/", sent)
    assert answer.status_code == 422 and "可抽的只有 2 个，要抽 3 个" in answer.content.decode()
    none = cast.client("clerk").post(f"/i/judicial/{matter.pk}/draw/", {"cases": "x"})
    assert none.status_code == 422 and "请填写抽几件案件" in none.content.decode()


def test_it_counts_sheets_by_the_rule_and_keeps_no_rater(cast: Cast) -> None:
    matter = judges_appraisal(cast)
    drawn(cast, matter)
    cast.client("clerk").post(f"/i/judicial/{matter.pk}/draw/", {"do": "book"})
    lines = ["甲 100 100", "乙 88 88", "丙 90 80", "丁 92 84", "戊 94 82", "己 70 99", "庚 96 86"]
    url, sent = f"/i/judicial/{matter.pk}/score/", {"sheets": "\n".join(lines), "note": "说理充分"}
    shown = cast.client("committee").post(url, sent | {"do": "count"}).content.decode()
    assert '第 1 份 <span lang="zh">各项全打满分' in shown
    assert '第 2 份 <span lang="zh">对各评议对象打分全部相同' in shown
    assert not Act.objects.filter(matter=matter, kind="score_case").exists()
    cast.client("committee").post(url, sent | {"do": "book"})
    booked = [row.data for row in Act.objects.filter(matter=matter, kind="score_case")]
    assert [row["case_score"] for row in booked] == [92, 84]
    assert {(row["sheets"], row["void_sheets"], row["dropped"]) for row in booked} == {(7, 2, 2)}
    assert not any(name in str(booked) for name in "甲乙丙丁戊己庚")


def test_it_says_which_sheet_cannot_be_read() -> None:
    for text, said in (
        ("", "请填评分表"),
        ("甲 90", "第 1 行：要打 2 个分，现有 1 个"),
        ("甲 90 101", "第 1 行：“101”不是 0 到 100 的分数"),
        ("甲 90 80\n乙 九十 80", "第 2 行：“九十”"),
        ("甲 90 80\n甲 91 81", "“甲”的评分表填了两次"),
    ):
        read = scores.read(text, ["一", "二"])
        assert isinstance(read, Refusal) and said in read.say
    fine = scores.read("甲，90.5，80", ["一", "二"])
    assert isinstance(fine, scores.Read) and fine.marks == ((Decimal("90.5"), Decimal(80)),)


def test_it_leads_to_its_own_pages_and_keeps_them_for_those_who_work_on_it(cast: Cast) -> None:
    matter = judges_appraisal(cast)
    assert (
        f"/i/judicial/{matter.pk}/draw/"
        in cast.client("clerk").get(f"/m/{matter.pk}/").content.decode()
    )
    for role in ("contact", "other_contact", "deputy", "leader", "outsider"):
        for page in ("draw", "score"):
            got = cast.client(role).get(f"/i/judicial/{matter.pk}/{page}/").status_code
            assert got in (403, 404)
