"""Appraisals: words handed back as noted, questions anyone may answer, and everybody reached in the term."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from tests.cast import Cast, cast
from tests.pillars.stories import WORDS, appraisal, questionnaire

from bihuan.api.models import Meter
from bihuan.institutions.appraisals import nightly
from bihuan.institutions.appraisals.models import Answer, Questionnaire
from bihuan.matters.models import Act, Matter

__all__ = ["cast"]


# Handed back


def test_it_hands_back_what_was_noted_byte_for_byte(cast: Cast) -> None:
    matter = appraisal(cast, problems=2)
    children = list(Matter.objects.filter(parent=matter).order_by("pk"))
    client, url = cast.client("committee"), f"/i/appraisals/{matter.pk}/hand-back/"
    assert client.get(url).status_code == 200
    sent = {f"person-{c.pk}": "周建国" for c in children} | {
        f"by-{c.pk}": "2099-08-31" for c in children
    }
    sent |= {"title": "服务有待改进", "text": "略", f"text-{children[0].pk}": "略"}
    client.post(url, sent)
    for child in children:
        noted = Act.objects.get(matter=child, kind="note").data
        child.refresh_from_db()
        assert child.state == "handling"
        assert child.text.encode() == noted["text"].encode() == WORDS.encode()
        assert child.title == noted["title"] and child.title.startswith("办事跑四趟")
    matter.refresh_from_db()
    assert matter.state == "handed_back"


def test_it_tells_the_body_nothing_before_it_is_handed_back(cast: Cast) -> None:
    matter = appraisal(cast, problems=1)
    child = Matter.objects.get(parent=matter)
    assert cast.client("contact").get(f"/m/{child.pk}/").status_code == 404
    sent = {f"person-{child.pk}": "周建国", f"by-{child.pk}": "2099-08-31"}
    cast.client("clerk").post(f"/i/appraisals/{matter.pk}/hand-back/", sent)
    assert "跑了四趟" in cast.client("contact").get(f"/m/{child.pk}/").content.decode()


def test_it_hands_back_all_or_nothing(cast: Cast) -> None:
    matter = appraisal(cast, problems=2)
    first, second = Matter.objects.filter(parent=matter).order_by("pk")
    url = f"/i/appraisals/{matter.pk}/hand-back/"
    sent = {f"person-{first.pk}": "周建国", f"by-{first.pk}": "2099-08-31"}
    for more, said in (
        ({}, "第 2 个问题请填写责任人和整改时限"),
        ({f"person-{second.pk}": "周" * 41, f"by-{second.pk}": "2099-08-31"}, "最多 40 字"),
    ):
        answer = cast.client("clerk").post(url, sent | more)
        assert answer.status_code == 422 and said in answer.content.decode()
    assert {m.state for m in Matter.objects.filter(parent=matter)} == {"noted"}


def test_it_asks_how_it_was_looked_into_when_no_problem_was_found(cast: Cast) -> None:
    matter = appraisal(cast)
    url = f"/i/appraisals/{matter.pk}/hand-back/"
    assert cast.client("clerk").post(url, {}).status_code == 422
    assert cast.client("clerk").post(url, {"note": "走访三十家，没有反映问题。"}).status_code == 302


# Questionnaires


def test_it_takes_answers_from_anyone_and_keeps_no_trace_of_who(cast: Cast) -> None:
    asked = questionnaire(cast, appraisal(cast))
    public = Client(REMOTE_ADDR="203.0.113.77")
    page = public.get(f"/i/appraisals/q/{asked.token}/").content.decode()
    assert "不用账号" in page and "路面好不好" in page and "答卷保存到" in page
    sent = {"q-0": "满意", "q-1": "不满意", "words": "修了一年"}
    assert "收到了" in public.post(f"/i/appraisals/q/{asked.token}/", sent).content.decode()
    row = Answer.objects.values().get()
    assert set(row) == {"id", "questionnaire_id", "day", "chosen", "words"}
    assert "203.0.113.77" not in str(list(Meter.objects.values()))


def test_it_says_which_question_was_left_out(cast: Cast) -> None:
    asked = questionnaire(cast, appraisal(cast))
    for sent, said in (
        ({"q-0": "满意"}, "第 2 题还没有选"),
        ({"q-0": "满意", "q-1": "很好"}, "第 2 题还没有选"),
        ({"q-0": "满意", "q-1": "满意", "words": "长" * 301}, "最多 300 字"),
        ({"q-0": "满意", "q-1": "满意", "words": "\0"}, "无法保存"),
    ):
        answer = Client().post(f"/i/appraisals/q/{asked.token}/", sent)
        assert answer.status_code == 422 and said in answer.content.decode()
    assert not Answer.objects.exists()
    assert Client().get("/i/appraisals/q/nothing/").status_code == 404


def test_it_slows_down_who_answers_by_machine(cast: Cast) -> None:
    asked = questionnaire(cast, appraisal(cast))
    sent = {"q-0": "满意", "q-1": "满意"}
    codes = [Client().post(f"/i/appraisals/q/{asked.token}/", sent).status_code for _ in range(30)]
    assert 429 in codes and Answer.objects.count() < 30


def test_it_enters_the_totals_once_and_forgets_the_answers_in_time(cast: Cast) -> None:
    today = timezone.localdate()
    matter = appraisal(cast)
    asked = questionnaire(cast, matter)
    for choice in ("满意", "满意", "不满意"):
        Answer.objects.create(questionnaire=asked, day=today, chosen=[choice, choice])
    url, sent = (
        f"/i/appraisals/{matter.pk}/questionnaires/",
        {"do": "enter", "questionnaire": asked.pk},
    )
    assert "才截止" in cast.client("clerk").post(url, sent).content.decode()
    Questionnaire.objects.update(opens=today - timedelta(3), closes=today - timedelta(1))
    assert "截止" in Client().get(f"/i/appraisals/q/{asked.token}/").content.decode()
    assert cast.client("clerk").post(url, sent).status_code == 302
    assert cast.client("clerk").post(url, sent).status_code == 422
    data = Act.objects.get(matter=matter, kind="questionnaire").data
    assert (
        data["answers"] == 3 and "路面好不好：满意 2，基本满意 0，不满意 1" in data["answers_text"]
    )
    assert nightly.tidy(today) == {"answers": 0}
    Questionnaire.objects.update(kept_until=today - timedelta(1))
    assert nightly.tidy(today) == {"answers": 3} and not Answer.objects.exists()


def test_it_shows_the_code_to_those_who_ask_and_reads_the_form(cast: Cast) -> None:
    matter = appraisal(cast)
    url = f"/i/appraisals/{matter.pk}/questionnaires/"
    wrong = cast.client("clerk").post(
        url, {"title": "问卷", "questions": "", "closes": "2099-01-01"}
    )
    assert wrong.status_code == 422 and "请写问题" in wrong.content.decode()
    sent = {"title": "问卷", "questions": "路好不好\n\n有人管吗", "closes": "2099-01-01"}
    cast.client("clerk").post(url, sent)
    asked = Questionnaire.objects.get()
    assert asked.questions == ["路好不好", "有人管吗"]
    page = cast.client("committee").get(url).content.decode()
    assert asked.token in page
    code = cast.client("committee").get(f"/i/appraisals/code/{asked.pk}/")
    assert code["Content-Type"] == "image/svg+xml" and b"<svg" in code.content
    assert cast.client("outsider").get(f"/i/appraisals/code/{asked.pk}/").status_code == 404


# Everybody reached


def test_it_puts_those_never_appraised_first(cast: Cast) -> None:
    matter = appraisal(cast)
    page = cast.client("leader").get("/i/appraisals/choice/").content.decode()
    assert "本届已经评议 1 个部门" in page and f"/m/{matter.pk}/" in page
    names = re.findall(r'<th scope="row"[^>]*>([^<]+)</th>', page)
    assert names.index("市财政局") < names.index("市交通运输局")


@pytest.mark.parametrize("role", ["contact", "deputy", "audit_admin", "nobody"])
def test_it_keeps_its_pages_for_those_who_work_on_it(cast: Cast, role: str) -> None:
    matter = appraisal(cast)
    for url in ("choice/", f"{matter.pk}/hand-back/", f"{matter.pk}/questionnaires/"):
        assert cast.client(role).get(f"/i/appraisals/{url}").status_code in (403, 404)
