"""A reply that calls itself solved and tells of plans only stays with the clerk until he lets it out."""

from __future__ import annotations

from datetime import date

import pytest
from tests.cast import Cast

from bihuan.loop.spec import COMPUTED
from bihuan.matters import access, ledger, search
from bihuan.matters.act import Doer
from bihuan.matters.models import Act, Matter
from bihuan.matters.readers import READERS
from bihuan.matters.verify import verify

pytestmark = pytest.mark.django_db

WORDS = "下一步我局将积极争取资金，尽快建设天桥。"
PROMISE = {"title": "建成天桥", "by": "2099-06-30"}
SAID, READ = date(2026, 3, 10), date(2026, 3, 12)


@pytest.fixture
def doubtful(cast: Cast) -> Matter:
    matter = cast.suggestion("working")
    data = {"category": "A", "reply_text": WORDS, "commitments": [PROMISE]}
    cast.take(matter, "reply", Doer("lead_body", cast.contact, "市交通运输局"), SAID, data, "1")
    return Matter.objects.get(pk=matter.pk)


def _clerk(cast: Cast, matter: Matter, act: str, **data: str) -> Matter:
    cast.take(matter, act, Doer("clerk", cast.clerk), READ, data, "1")
    return Matter.objects.get(pk=matter.pk)


def _pages(cast: Cast, role: str, matter: Matter) -> str:
    """Everything this user can open about the matter."""
    client = cast.client(role)
    addresses = [f"/m/{matter.pk}/", f"/m/{matter.pk}/?q=x", "/l/suggestions/", "/"]
    addresses += [f"/m/{matter.pk}/proof/{act.seq}/" for act in matter.acts.all()]
    return "".join(client.get(address, follow=True).content.decode() for address in addresses)


def test_it_stops_such_a_reply_before_the_deputy(cast: Cast, doubtful: Matter) -> None:
    assert doubtful.state == "handling"
    assert doubtful.assignments.get().state == "reply_check"
    assert "争取资金" not in _pages(cast, "deputy", doubtful)
    assert "争取资金" in _pages(cast, "clerk", doubtful)
    assert "争取资金" in _pages(cast, "contact", doubtful)


def test_it_is_no_fact_of_the_matter_yet(cast: Cast, doubtful: Matter) -> None:
    assert not {"reply_on", "category", "reply_text", "reply_count"} & set(doubtful.facts)
    assert not Matter.objects.filter(parent=doubtful).exists()
    rows = ledger.visible(access.standing_of(cast.users["deputy"], SAID))
    assert not search.find(rows, "争取资金").exists()


def test_it_reaches_the_deputy_as_of_the_day_it_was_said(cast: Cast, doubtful: Matter) -> None:
    matter = _clerk(cast, doubtful, "pass_reply")
    assert matter.state == "rating"
    assert matter.facts["reply_on"] == SAID.isoformat()
    assert matter.facts["reply_late"] is False
    assert Matter.objects.get(parent=matter).title == "建成天桥"
    assert "争取资金" in _pages(cast, "deputy", matter)
    assert verify(cast.congress).broken == []


def test_it_never_reaches_him_when_it_was_sent_back(cast: Cast, doubtful: Matter) -> None:
    matter = _clerk(cast, doubtful, "return_reply", reason="请写明办成了什么")
    share = matter.assignments.get()
    assert (share.state, share.due_on) == ("rewriting", doubtful.assignments.get().due_on)
    body = Doer("lead_body", cast.contact, "市交通运输局")
    better = {"category": "A", "reply_text": "我局已于3月15日建成天桥并开放通行。"}
    cast.take(matter, "reply", body, date(2026, 3, 16), better, "1")
    told = _pages(cast, "deputy", Matter.objects.get(pk=matter.pk))
    assert "已于3月15日建成" in told
    assert "争取资金" not in told and "请写明办成了什么" not in told


def test_it_lets_a_reply_pass_that_tells_what_was_done(cast: Cast) -> None:
    matter = cast.suggestion("working")
    data = {"category": "A", "reply_text": "我局已于3月5日建成天桥并开放通行。"}
    body = Doer("lead_body", cast.contact, "市交通运输局")
    cast.take(matter, "reply", body, SAID, data, "1")
    assert Matter.objects.get(pk=matter.pk).state == "rating"


def test_it_reads_the_reply_itself_whatever_is_sent(cast: Cast) -> None:
    matter = cast.suggestion("working")
    data = {"category": "A", "reply_text": WORDS, "only_plans": "否"}
    body = Doer("lead_body", cast.contact, "市交通运输局")
    cast.take(matter, "reply", body, SAID, data, "1")
    assert Act.objects.get(matter=matter, kind="reply").data["only_plans"] is True


def test_it_can_read_whatever_a_declaration_may_ask() -> None:
    assert set(READERS) == set(COMPUTED)
