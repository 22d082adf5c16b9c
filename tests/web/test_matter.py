"""The matter's page: where it stands, why its limit is that day, what happened, and what proves it."""

from __future__ import annotations

from datetime import date, timedelta

from django.utils import timezone
from tests.cast import Cast, cast

from bihuan.matters.act import Doer
from bihuan.matters.models import Act, Matter

__all__ = ["cast"]


def _page(cast: Cast, role: str, matter: Matter) -> str:
    answer = cast.client(role).get(f"/m/{matter.pk}/")
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_it_shows_where_a_matter_stands_and_what_i_may_do(cast: Cast) -> None:
    matter = cast.suggestion("handed", day=timezone.localdate() - timedelta(days=5))
    page = _page(cast, "contact", matter)
    assert '<h1 class="serif">关于修建城北人行天桥的建议</h1>' in page
    assert f'href="/m/{matter.pk}/act/acknowledge/?share=1"' in page
    assert "/act/hand_over/" not in page
    assert f'href="/m/{matter.pk}/act/press/"' in _page(cast, "leader", matter)


def test_it_explains_a_limit_step_by_step_with_its_article(cast: Cast) -> None:
    matter = cast.suggestion("handed", day=timezone.localdate() - timedelta(days=5))
    page = _page(cast, "clerk", matter)
    assert "怎么算的" in page and "第五十一条" in page and "3个月" in page.replace(" ", "")
    assert page.count("<td>计入</td>") + page.count("<td>不计</td>") >= 1


def test_it_shows_the_way_gone_and_the_next_stage_only(cast: Cast) -> None:
    page = _page(cast, "clerk", cast.suggestion("redoing"))
    track = page.split('<ol class="stages"')[1].split("</ol>")[0]
    names = [part.split("<")[0] for part in track.split('class="stage-name">')[1:]]
    assert names[-2:] == ["待测评", "重办"] or names[-3:-1] == ["待测评", "重办"]
    assert len(names) <= 8
    assert track.count('aria-current="step"') == 1


def test_it_tells_the_trail_newest_first_with_every_reply(cast: Cast) -> None:
    page = _page(cast, "clerk", cast.suggestion("closed"))
    trail = page.split('<ol class="trail"')[1]
    assert trail.index("测评") < trail.index("签收") < trail.index("交办") < trail.index("提出建议")
    assert "2026年12月底前建成" in trail and "已于今年5月20日建成天桥" in trail
    assert "以市交通运输局名义" in trail and "第五十一条" in trail


def test_it_hides_a_rating_from_the_rated_until_it_is_closed(cast: Cast) -> None:
    matter = cast.suggestion("redoing")
    assert "没有回答什么时候修" not in _page(cast, "contact", matter)
    assert "没有回答什么时候修" in _page(cast, "clerk", matter)
    last = Act.objects.filter(matter=matter).order_by("-seq")[0]
    proof = cast.client("contact").get(f"/m/{matter.pk}/proof/{last.seq}/").content.decode()
    assert "没有回答什么时候修" not in proof and "不满意" not in proof
    assert "没有回答什么时候修" in _page(cast, "contact", cast.suggestion("closed"))


def test_it_marks_what_the_clock_noted(cast: Cast) -> None:
    matter = cast.suggestion("working", day=date(2025, 1, 6))
    cast.take(
        matter, "press", Doer("clerk", cast.clerk), date(2025, 9, 1), {"press_note": "请抓紧"}
    )
    page = _page(cast, "clerk", matter)
    assert "时钟" in page and "逾期未答复" in page and "超 " in page


def test_it_warns_of_a_reply_that_claims_more_than_it_tells(cast: Cast) -> None:
    matter = cast.suggestion("working")
    data = {"category": "A", "reply_text": "下一步我局将积极争取资金，尽快建设。"}
    body = Doer("lead_body", cast.contact, "市交通运输局")
    cast.take(matter, "reply", body, date(2026, 3, 10), data, "1")
    assert "答复自报已解决，正文只有打算" in _page(cast, "clerk", matter)
    assert "答复自报已解决，正文只有打算" not in _page(cast, "contact", matter)


def test_it_shows_the_promises_of_a_matter_with_their_lights(cast: Cast) -> None:
    matter = cast.suggestion("working")
    promise = {"title": "建成天桥", "by": "2099-06-30"}
    data = {"category": "B", "reply_text": "列入计划。", "commitments": [promise]}
    body = Doer("lead_body", cast.contact, "市交通运输局")
    cast.take(matter, "reply", body, date(2026, 3, 10), data, "1")
    child = Matter.objects.get(parent=matter)
    page = _page(cast, "clerk", matter)
    assert f'href="/m/{child.pk}/"' in page and "建成天桥" in page
    assert f'href="/m/{matter.pk}/"' in _page(cast, "contact", child)


def test_it_proves_an_act(cast: Cast) -> None:
    matter = cast.suggestion("working")
    text = cast.client("clerk").get(f"/m/{matter.pk}/proof/2/").content.decode()
    assert "与记录时一字不差" in text and "没有缺少" in text and "尚未封存" in text
    assert cast.client("outsider").get(f"/m/{matter.pk}/proof/2/").status_code == 404
    assert cast.client("clerk").get(f"/m/{matter.pk}/proof/99/").status_code == 404


def test_it_keeps_strangers_out(cast: Cast) -> None:
    matter = cast.suggestion("working")
    for role in ("outsider", "other_contact", "system_admin", "nobody", "other_deputy"):
        assert cast.client(role).get(f"/m/{matter.pk}/").status_code == 404, role
