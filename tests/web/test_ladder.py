"""The ladder's page: proposals with evidence; taken, left with a reason or put off by people, never by itself."""

from __future__ import annotations

import re
from datetime import date

import pytest
from tests.cast import Cast

from bihuan.loop.forms import Refusal
from bihuan.matters import local_params
from bihuan.matters.act import Doer, act, raise_matter
from bihuan.matters.models import Matter

pytestmark = pytest.mark.django_db
PRESS = {"press_note": "请抓紧办理。"}


def stubborn(cast: Cast, times: int = 2, title: str = "关于早该办好的事") -> Matter:
    """A suggestion with the traffic bureau, long overdue and pressed so often."""
    matter = cast.suggestion("working", day=date(2026, 1, 6), title=title)
    for month in range(times):
        cast.take(matter, "press", Doer("leader", cast.leader), date(2026, 6 + month, 1), PRESS)
    return Matter.objects.get(pk=matter.pk)


def page(cast: Cast, role: str = "leader", url: str = "/ladder/") -> str:
    answer = cast.client(role).get(url)
    assert answer.status_code == 200, (role, url)
    return answer.content.decode()


def key_of(cast: Cast, step: str, subject: str = "traffic") -> str:
    return f"{step}-b{cast.bodies[subject].pk}"


def test_it_is_for_those_who_oversee_the_congress(cast: Cast) -> None:
    for role in ("leader", "clerk", "committee", "secretariat"):
        assert "督办阶梯" in page(cast, role)
    for role in ("deputy", "contact", "unit", "system_admin"):
        assert cast.client(role).get("/ladder/").status_code == 403, role


def test_it_knows_nothing_of_another_congress(cast: Cast) -> None:
    stubborn(cast)
    assert "关于早该办好的事" not in page(cast, "outsider")


def test_it_proposes_a_talk_with_its_evidence_and_calls_it_local(cast: Cast) -> None:
    matter = stubborn(cast)
    shown = page(cast).split(f'id="{key_of(cast, "talk")}"')[1].split("</article>")[0]
    assert "有 1 件经两次督办仍然逾期" in shown and "地方做法" in shown and "法定程序" not in shown
    assert f'href="/m/{matter.pk}/"' in shown
    assert "2026-06-01 督办" in shown and "2026-07-01 督办" in shown and "逾期未答复" in shown


def test_it_is_on_the_leaders_first_page_and_on_the_matter(cast: Cast) -> None:
    matter = stubborn(cast)
    for url in ("/today/", f"/m/{matter.pk}/"):
        assert "建议的下一步" in page(cast, "leader", url), url
    assert "建议的下一步" not in page(cast, "contact", f"/m/{matter.pk}/")


def test_it_is_taken_by_the_form_of_the_step_filled_in(cast: Cast) -> None:
    matter = stubborn(cast)
    client = cast.client("leader")
    url = re.search(r'href="(/l/talks/new/talk/\?proposal=[^"]+)"', page(cast))
    assert url
    form = client.get(url[1]).content.decode()
    assert "有 1 件经两次督办仍然逾期" in form and matter.title in form
    target = str(cast.bodies["traffic"].name)
    sent = {"title": "约谈", "target": target, "evidence": "两次督办仍然逾期。"}
    assert client.post("/l/talks/new/talk/", sent).status_code == 302
    assert Matter.objects.get(institution="talks").facts["talk_count"] == 1
    assert key_of(cast, "talk") not in page(cast)


def test_nothing_is_written_by_looking(cast: Cast) -> None:
    stubborn(cast)
    before = Matter.objects.count()
    for url in ("/ladder/", "/today/"):
        page(cast, "leader", url)
    assert Matter.objects.count() == before


def decide(cast: Cast, role: str = "leader", **sent: str) -> str:
    answer = cast.client(role).post("/ladder/decide/", sent, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


def test_it_is_left_with_a_reason_that_is_kept(cast: Cast) -> None:
    stubborn(cast)
    key = key_of(cast, "talk")
    assert "请填写“理由”" in decide(cast, proposal=key, decision="leave")
    said = decide(
        cast, proposal=key, decision="leave", reason="局长刚到任，再给一个月。", token="t1"
    )
    assert "局长刚到任" in said and f'id="{key}"' not in said
    kept = Matter.objects.get(institution="escalations")
    assert kept.state == "left" and kept.facts["step"] == "约谈"
    assert "经两次督办" in kept.facts["evidence"]
    taken = act(
        kept.pk, "take_back", Doer("leader", cast.leader), kept.raised_on, {"reason": "再看。"}
    )
    assert not isinstance(taken, Refusal)
    assert f'id="{key}"' in page(cast)


def test_it_is_put_off_to_a_day(cast: Cast) -> None:
    stubborn(cast)
    key = key_of(cast, "talk")
    assert "请填今天以后的日期" in decide(
        cast, proposal=key, decision="put_off", until="2026-01-01"
    )
    assert f'id="{key}"' not in decide(cast, proposal=key, decision="put_off", until="2999-01-04")
    assert Matter.objects.get(institution="escalations").state == "waiting"


def test_it_refuses_a_decision_on_what_is_not_proposed(cast: Cast) -> None:
    for key in ("talk-b1", "talk-b", "x", "removal-b99999999999999999999", "press-m1", "talk-b²"):
        assert "已经处理过" in decide(cast, proposal=key, decision="leave", reason="不。"), key
    stubborn(cast)
    assert "已经处理过" in decide(
        cast, proposal=key_of(cast, "talk"), decision="jump", reason="不。"
    )
    sent = {"proposal": key_of(cast, "talk"), "decision": "leave", "reason": "不。"}
    assert cast.client("committee").post("/ladder/decide/", sent).status_code == 403


def test_it_proposes_pressing_a_matter_until_it_was_pressed_twice(cast: Cast) -> None:
    matter = stubborn(cast, times=0)
    assert f'id="press-m{matter.pk}"' in page(cast)
    cast.take(matter, "press", Doer("clerk", cast.clerk), date(2026, 6, 1), PRESS)
    assert f'id="press_again-m{matter.pk}"' in page(cast)
    cast.take(matter, "press", Doer("clerk", cast.clerk), date(2026, 7, 1), PRESS)
    assert f'-m{matter.pk}"' not in page(cast)


MEMBERS = "常委会组成人员人数"


def removal(cast: Cast, signers: int) -> object:
    doer = Doer("clerk", cast.clerk)
    day = date(2026, 9, 1)
    draft = {
        "title": "关于撤销某甲职务的议案",
        "target": str(cast.bodies["traffic"].pk),
        "evidence": "材料附后。",
    }
    made = raise_matter(cast.congress, "removals", "draft", doer, day, draft)
    assert isinstance(made, Matter)
    data = {
        "person": "某甲", "post": "局长", "post_kind": "常委会任命的政府其他组成人员",
        "reason": "连续两年整改不力。", "congress_closed": True, "proposed_by": "组成人员联名",
        "signers": signers, "written": True,
    }  # fmt: skip
    return act(made.pk, "submit", doer, day, data)


def test_it_takes_a_removal_with_six_of_twenty_nine_and_not_with_five(cast: Cast) -> None:
    unknown = removal(cast, 9)
    assert isinstance(unknown, Refusal) and MEMBERS in unknown.say
    day = date(2026, 8, 1)
    local_params.set_param(
        cast.congress, "investigations", "committee_members", "29", day, "名额批复", None, day
    )
    refused = removal(cast, 5)
    assert isinstance(refused, Refusal)
    assert "29 人，至少要 6 人" in refused.say and "监督法》第六十一条" in refused.cite
    taken = removal(cast, 6)
    assert not isinstance(taken, Refusal)
    rules = {rule["name"]: rule["value"] for rule in taken.rules}  # type: ignore[attr-defined]
    assert rules["committee_members"] == 29 and rules["signers_needed"] == 6
