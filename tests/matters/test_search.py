"""The search index: what stands in a text is found, whatever is said around it."""

from datetime import date

import pytest

from bihuan.matters import search
from bihuan.matters.act import Doer, Proposing, act, raise_matter
from bihuan.matters.models import Matter
from bihuan.matters.similar import similar_to
from bihuan.people.models import Body, Congress, User

DAY = date(2026, 1, 20)
TITLES = (
    "关于修建柳湾村二组K301公路桥的建议",
    "关于在2024年底前解决城区停车难（二期）的建议",
    "关于加强“一老一小”服务的建议",
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def congress() -> Congress:
    return Congress.objects.create(name="青石县人大", short_name="青石", level="county")


@pytest.fixture
def clerk(congress: Congress) -> Doer:
    return Doer("clerk", User.objects.create_user("clerk", congress=congress))


def _raise(congress: Congress, clerk: Doer, title: str, text: str = "") -> Matter:
    data = {"title": title, "text": text}
    by = [Proposing("欧阳芳")]
    matter = raise_matter(congress, "suggestions", "raise", clerk, DAY, data, proposers=by)
    assert isinstance(matter, Matter)
    return matter


def _found(text: str) -> set[int]:
    return set(search.find(Matter.objects.all(), text).values_list("pk", flat=True))


@pytest.mark.parametrize("title", TITLES)
def test_it_finds_every_substring_of_a_title(congress: Congress, clerk: Doer, title: str) -> None:
    matter = _raise(congress, clerk, title)
    missed = [
        part
        for start in range(len(title))
        for end in range(start + 2, len(title) + 1)
        if (part := title[start:end]) and matter.pk not in _found(part)
    ]
    assert not missed


def test_it_finds_nothing_that_is_not_there(congress: Congress, clerk: Doer) -> None:
    for title in TITLES:
        _raise(congress, clerk, title)
    assert not _found("桥公")
    assert not _found("柳湾村停车难")
    assert not _found("，。 ")
    assert not _found('" OR 1')


def test_it_finds_all_words_wherever_they_stand(congress: Congress, clerk: Doer) -> None:
    matter = _raise(congress, clerk, "关于安装路灯的建议", "请在幸福巷安装")
    assert _found("幸福巷 路灯 欧阳芳") == {matter.pk}
    assert _found("灯") == {matter.pk}


def test_it_follows_an_edit_and_a_reply(congress: Congress, clerk: Doer) -> None:
    matter = _raise(congress, clerk, "关于修桥的建议")
    data = {"title": "关于修路的建议"}
    act(matter.pk, "edit", clerk, DAY, data)
    assert not _found("修桥")
    assert _found("修路") == {matter.pk}
    _reply(matter, clerk, "已经列入养护计划")
    assert _found("养护") == {matter.pk}


def _reply(matter: Matter, clerk: Doer, text: str) -> None:
    body = Body.objects.create(congress=matter.congress, name="交通运输局")
    shares = [{"body": str(body.pk), "person": "周一", "kind": "lead"}]
    by_body = Doer("lead_body", clerk.user, "交通运输局")
    act(matter.pk, "submit", clerk, DAY)
    act(matter.pk, "accept", clerk, DAY)
    act(matter.pk, "hand_over", clerk, DAY, {"assignments": shares})
    act(matter.pk, "acknowledge", by_body, DAY, share="1")
    act(matter.pk, "reply", by_body, DAY, {"category": "B", "reply_text": text}, share="1")


def test_it_finds_a_long_text_from_end_to_end(congress: Congress, clerk: Doer) -> None:
    text = "".join(f"第{number}户要求修路，" for number in range(1500))
    matter = _raise(congress, clerk, "关于修路的建议", text + "恳请早日动工")
    assert _found("第1499户要求修路") == {matter.pk}
    assert _found("早日动工") == {matter.pk}


def test_it_makes_the_index_anew(congress: Congress, clerk: Doer) -> None:
    matter = _raise(congress, clerk, "关于修桥的建议")
    Matter.objects.filter(pk=matter.pk).update(title="关于架桥的建议")
    assert search.reindex() == 1
    assert _found("架桥") == {matter.pk}
    assert not _found("修桥")


def test_it_shows_earlier_matters_that_ask_the_same(congress: Congress, clerk: Doer) -> None:
    same = _raise(congress, clerk, "关于修建柳湾村大桥的建议")
    _raise(congress, clerk, "关于加强养老服务的建议")
    for matter in Matter.objects.all():
        act(matter.pk, "submit", clerk, DAY)
    found = similar_to(congress, "suggestions", "关于请求新建柳湾村大桥的建议")
    assert [one.matter for one in found] == [same]
    assert "柳湾村大桥" in found[0].shared[0]
    assert not similar_to(congress, "suggestions", same.title, beside=same.pk)


def test_it_keeps_drafts_to_their_writers(congress: Congress, clerk: Doer) -> None:
    _raise(congress, clerk, "关于修建柳湾村大桥的建议")
    assert not similar_to(congress, "suggestions", "关于修建柳湾村大桥的建议")
