"""The act form: every declared field, errors where they belong, nothing typed is lost, nothing done twice."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.utils import timezone
from pytest_django.fixtures import Settings
from tests.cast import Cast, cast

from bihuan.matters.models import Act, Attachment, Draft, Matter

__all__ = ["cast"]

REPLY = "我局将于2027年6月底前建成城北人行天桥。下一步积极争取资金。"
ROW = ("assignments.body", "assignments.person", "assignments.kind", "assignments.limit")


def _post(cast: Cast, role: str, matter: Matter, act: str, **sent: object) -> HttpResponse:
    address = f"/m/{matter.pk}/act/{act}/"
    return cast.client(role).post(address, {"seen": matter.acts_count, **sent})  # type: ignore[arg-type,return-value]


def _hand_over(*rows: tuple[str, str, str, str]) -> dict[str, list[str]]:
    return {name: [row[n] for row in rows] for n, name in enumerate(ROW)}


def _text(answer: HttpResponse) -> str:
    return answer.content.decode()


def test_it_hands_over_and_comes_back_to_the_matter(cast: Cast) -> None:
    matter = cast.suggestion("to_hand_over", day=timezone.localdate())
    sent = _hand_over(
        ("市交通运输局", "周建国", "lead", ""),
        ("市财政局", "吴秀英", "co", ""),
        ("", "", "lead", ""),
    )
    answer = _post(cast, "clerk", matter, "hand_over", token="once", **sent)
    assert answer.status_code == 302
    assert answer["Location"] == f"/m/{matter.pk}/"
    assert [(s.body.name, s.kind) for s in matter.assignments.all()] == [
        ("市交通运输局", "lead"),
        ("市财政局", "co"),
    ]
    assert _post(cast, "clerk", matter, "hand_over", token="once", **sent).status_code == 302
    assert Act.objects.filter(matter=matter, kind="hand_over").count() == 1


def test_it_says_at_the_field_what_is_wrong_and_keeps_what_was_typed(cast: Cast) -> None:
    matter = cast.suggestion("to_hand_over", day=timezone.localdate())
    sent = _hand_over(("市交通运输", "周建国", "lead", ""))
    answer = _post(cast, "clerk", matter, "hand_over", hand_over_note="请抓紧", **sent)
    assert answer.status_code == 422
    assert "没有单位“市交通运输”" in _text(answer)
    assert 'value="市交通运输"' in _text(answer) and "请抓紧" in _text(answer)
    assert Draft.objects.get().user == cast.clerk
    again = _text(cast.client("clerk").get(f"/m/{matter.pk}/act/hand_over/"))
    assert "请抓紧" in again


def test_it_shows_a_refusal_of_the_institution_with_its_article(cast: Cast) -> None:
    matter = cast.suggestion("to_hand_over", day=timezone.localdate())
    late = _hand_over(("市交通运输局", "周建国", "lead", "2099-01-01"))
    text = _text(_post(cast, "clerk", matter, "hand_over", **late))
    assert "超过规定的" in text
    only_co = _hand_over(("市交通运输局", "周建国", "co", ""))
    text = _text(_post(cast, "clerk", matter, "hand_over", **only_co))
    assert "至少要有一个主办单位" in text and "第五十一条" in text


def test_it_refuses_a_form_that_has_become_old(cast: Cast) -> None:
    matter = cast.suggestion("working", day=timezone.localdate())
    sent = {"share": "1", "seen": matter.acts_count - 1, "met_on": "2026-03-09", "met_note": "谈"}
    answer = cast.client("contact").post(f"/m/{matter.pk}/act/meet/", sent)
    assert "刚刚有了新的动作" in _text(answer)  # type: ignore[arg-type]


def test_it_offers_no_form_to_those_who_may_not_act(cast: Cast) -> None:
    matter = cast.suggestion("to_hand_over")
    for role, status in (("contact", 404), ("deputy", 302), ("outsider", 404)):
        answer = cast.client(role).get(f"/m/{matter.pk}/act/hand_over/")
        assert answer.status_code == status, role
    sent = _hand_over(("市交通运输局", "周建国", "lead", ""))
    _post(cast, "deputy", matter, "hand_over", **sent)
    assert not matter.assignments.exists()


def test_it_reads_the_promises_of_a_reply_into_rows(cast: Cast) -> None:
    matter = cast.suggestion("working", day=timezone.localdate())
    sent = {"share": "1", "reply_text": REPLY, "category": "A", "read": "1"}
    text = _text(_post(cast, "contact", matter, "reply", **sent))
    assert 'name="commitments.by" value="2027-06-30"' in text
    assert "答复自报已解决，正文只有打算" in text
    assert Matter.objects.get(pk=matter.pk).state == "handling"


def test_it_replies_with_promises_and_a_file(
    cast: Cast, settings: Settings, tmp_path: object
) -> None:
    settings.FILES_FOLDER = tmp_path
    matter = cast.suggestion("working", day=timezone.localdate())
    sent = {
        "share": "1",
        "reply_text": REPLY,
        "category": "B",
        "commitments.title": "建成天桥",
        "commitments.by": "2027-06-30",
        "commitments.person": "",
        "commitments.quote": REPLY,
        "files": SimpleUploadedFile("答复.txt", "答复".encode()),
    }
    answer = _post(cast, "contact", matter, "reply", **sent)
    assert answer.status_code == 302, _text(answer)
    assert Matter.objects.get(pk=matter.pk).state == "rating"
    assert Matter.objects.get(parent=matter).title == "建成天桥"
    assert Attachment.objects.get().matter == matter


def test_it_keeps_a_file_when_the_form_is_sent_again(
    cast: Cast, settings: Settings, tmp_path: object
) -> None:
    settings.FILES_FOLDER = tmp_path
    matter = cast.suggestion("working", day=timezone.localdate())
    file = SimpleUploadedFile("答复.txt", "答复".encode())
    text = _text(_post(cast, "contact", matter, "reply", share="1", category="B", files=file))
    kept = Attachment.objects.get()
    assert "请填写“答复正文”" in text and f'value="{kept.pk}" checked' in text
    sent = {"share": "1", "category": "B", "reply_text": REPLY, "files": str(kept.pk)}
    _post(cast, "contact", matter, "reply", **sent)
    kept.refresh_from_db()
    assert kept.matter == matter


def test_it_costs_as_much_to_be_dissatisfied_as_to_be_satisfied(cast: Cast) -> None:
    matter = cast.suggestion("rating", day=timezone.localdate())
    text = _text(cast.client("deputy").get(f"/m/{matter.pk}/act/rate/"))  # type: ignore[arg-type]
    for word in ("满意", "基本满意", "不满意"):
        assert text.count(f'type="radio" name="result" value="{word}"') == 1
    sent = {"attitude": "满意", "result": "不满意"}
    assert _post(cast, "deputy", matter, "rate", **sent).status_code == 302
    assert Matter.objects.get(pk=matter.pk).state == "redoing"


def test_it_joins_by_number_and_by_words_of_the_title(cast: Cast) -> None:
    target = cast.suggestion("to_hand_over", title="关于修建柳湾大桥的建议")
    for word in (f"2026年第{target.number}号", "柳湾大桥"):
        other = cast.suggestion("to_hand_over", title="关于尽快架桥的建议")
        assert _post(cast, "clerk", other, "join", joined_to=word).status_code == 302
        assert Matter.objects.get(pk=other.pk).state == "merged", word
    lost = cast.suggestion("to_hand_over", title="关于路灯的建议")
    assert "找不到“没有的事”" in _text(_post(cast, "clerk", lost, "join", joined_to="没有的事"))


def test_it_raises_for_a_deputy_with_those_who_join_him(cast: Cast) -> None:
    client = cast.client("deputy")
    sent = {"title": "关于修路的建议", "source": "闭会期间", "proposers": "李大山", "token": "t"}
    assert client.post("/l/suggestions/new/raise/", sent).status_code == 302
    client.post("/l/suggestions/new/raise/", sent)
    matter = Matter.objects.get()
    assert [one.name for one in matter.proposers.all()] == ["张春梅", "李大山"]
    assert "修路" in _text(client.get(f"/m/{matter.pk}/act/edit/"))  # type: ignore[arg-type]


@pytest.mark.parametrize(("names", "say"), [("", "请填写提出人"), ("王某某", "王某某")])
def test_it_asks_a_clerk_whose_suggestion_it_is(cast: Cast, names: str, say: str) -> None:
    sent = {"title": "关于修路的建议", "proposers": names}
    answer = cast.client("clerk").post("/l/suggestions/new/raise/", sent)
    assert answer.status_code == 422
    assert say in _text(answer)  # type: ignore[arg-type]
    assert not Matter.objects.exists()


def test_it_draws_every_form_of_every_stage(cast: Cast) -> None:
    for stage in ("draft", "committee_review", "to_hand_over", "handed", "working", "rating",
                  "redoing", "closed"):  # fmt: skip
        matter = cast.suggestion(stage, day=date(2026, 3, 2), title=f"关于{stage}的建议")
        for role in ("clerk", "contact", "deputy", "leader", "committee"):
            client = cast.client(role)
            page = client.get(f"/m/{matter.pk}/")
            for address in _forms(page.content.decode()) if page.status_code == 200 else []:
                assert client.get(address).status_code == 200, address


def _forms(page: str) -> list[str]:
    return [
        part.split('"')[0]
        for part in page.split('href="')
        if part.startswith("/m/") and "/act/" in part.split('"')[0]
    ]


def test_it_answers_characters_that_cannot_be_kept_with_a_sentence(cast: Cast) -> None:
    matter = cast.suggestion("to_hand_over", day=timezone.localdate())
    sent = {**_hand_over(("\0", "\0", "lead", "")), "hand_over_note": "\0", "token": "a\0"}
    assert _post(cast, "clerk", matter, "hand_over", **sent).status_code in (400, 422)
    raised = {"title": "\0路", "proposers": "张春梅", "token": "t"}
    answer = cast.client("clerk").post("/l/suggestions/new/raise/", raised)
    assert "无法保存的字符" in _text(answer)  # type: ignore[arg-type]
    assert _post(cast, "clerk", matter, "join", joined_to="\0").status_code == 422
