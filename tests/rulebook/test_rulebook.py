"""The rulebook: rules with versions and uses, what is amiss, one volume, and a year under another threshold."""

from __future__ import annotations

from datetime import date
from io import BytesIO

import pytest
from docx import Document
from tests.cast import Cast

from bihuan.loop.forms import Refusal
from bihuan.matters import house
from bihuan.matters.local_params import set_param
from bihuan.matters.models import LocalParam, Matter
from bihuan.rulebook.book import Chapter, Rule, book
from bihuan.rulebook.faults import amiss
from bihuan.rulebook.handbook import handbook, in_chinese
from bihuan.rulebook.replay import replay

pytestmark = pytest.mark.django_db
DAY = date(2026, 6, 1)


def chapters(cast: Cast) -> list[Chapter]:
    return book(cast.congress, list(house.institutions().values()), DAY)


def rule(cast: Cast, key: str, name: str) -> Rule:
    own = next(one for one in chapters(cast) if one.institution.key == key)
    return next(one for one in own.rules if one.name == name)


def test_it_tells_the_value_in_force_its_article_and_what_goes_by_it(cast: Cast) -> None:
    found = rule(cast, "suggestions", "reply_within")
    assert found.now and "个月" in found.now.said
    assert "代表法" in found.now.cite
    assert any(use.kind == "环节时限" for use in found.used_by)


def test_it_keeps_earlier_versions_beside_the_one_the_congress_set(cast: Cast) -> None:
    before = rule(cast, "suggestions", "rate_within")
    set_by_us = set_param(
        cast.congress, "suggestions", "rate_within", "15个工作日", DAY, "主任会议决定", None, DAY
    )
    assert isinstance(set_by_us, LocalParam)
    after = rule(cast, "suggestions", "rate_within")
    assert after.now and after.now.own and after.now.said == "15 个工作日"
    assert len(after.versions) == len(before.versions) + 1
    assert before.now and before.now.said in [version.said for version in after.versions]


def test_it_names_a_use_for_almost_every_rule_and_says_which_has_none(cast: Cast) -> None:
    every = chapters(cast)
    unused = {one.where for one in amiss(every, DAY) if one.kind == "orphan"}
    rules = [found for chapter in every for found in chapter.rules]
    assert {
        f"{c.institution.title}：{r.title}" for c in every for r in c.rules if not r.used_by
    } == unused
    assert len(unused) < len(rules) / 8


def test_it_finds_a_value_that_the_law_does_not_allow(cast: Cast) -> None:
    """As after a restore from before the law changed: no screen lets such a value in."""
    LocalParam.objects.create(
        congress=cast.congress,
        institution="suggestions",
        name="reply_within",
        title="答复期限",
        value="9 months",
        since=date(2026, 1, 1),
        cite="旧办法",
    )
    beyond = [one for one in amiss(chapters(cast), DAY) if one.kind == "beyond"]
    assert [one.where for one in beyond] == [
        f"代表建议办理：{rule(cast, 'suggestions', 'reply_within').title}"
    ]
    assert "代表法" in beyond[0].say


def test_it_binds_all_rules_into_one_volume(cast: Cast) -> None:
    every = chapters(cast)
    made = Document(BytesIO(handbook(cast.congress, every, amiss(every, DAY), DAY)))
    text = "\n".join(paragraph.text for paragraph in made.paragraphs)
    for place, chapter in enumerate(every, 1):
        assert f"{in_chinese(place)}、{chapter.institution.title}" in text
        assert all(found.title in text for found in chapter.rules)


@pytest.mark.parametrize(
    ("number", "said"), [(1, "一"), (10, "十"), (11, "十一"), (20, "二十"), (35, "三十五")]
)
def test_it_numbers_chapters_as_documents_do(number: int, said: str) -> None:
    assert in_chinese(number) == said


def test_it_refuses_a_trial_with_a_param_the_check_does_not_use(cast: Cast) -> None:
    one = next(one for one in house.institutions().values() if one.checks)
    refused = replay(cast.congress, one.key, one.checks[0].id, "no_such", "3", 2026, DAY)
    assert isinstance(refused, Refusal)


def test_it_tries_another_threshold_and_writes_nothing(cast: Cast) -> None:
    one = next(one for one in house.institutions().values() if any(c.params for c in one.checks))
    check = next(check for check in one.checks if check.params)
    rows = Matter.objects.count(), LocalParam.objects.count()
    now = house.rules_of(cast.congress, one.key).value(check.params[0], DAY)
    done = replay(cast.congress, one.key, check.id, check.params[0], str(now), 2026, DAY)
    assert not isinstance(done, Refusal)
    assert (done.added, done.dropped) == ((), ())
    assert rows == (Matter.objects.count(), LocalParam.objects.count())


@pytest.mark.parametrize("role", ["clerk", "leader", "committee", "system_admin"])
def test_it_is_open_to_those_who_work_by_the_rules(cast: Cast, role: str) -> None:
    page = cast.client(role).get("/rulebook/")
    assert page.status_code == 200
    assert "答复" in page.content.decode()


@pytest.mark.parametrize("role", ["deputy", "contact", "audit_admin"])
def test_it_is_shut_to_others(cast: Cast, role: str) -> None:
    assert cast.client(role).get("/rulebook/").status_code == 403
    assert cast.client(role).get("/rulebook/trial/").status_code == 403


def test_it_says_what_is_wrong_with_a_value_tried(cast: Cast) -> None:
    asked = {"rule": "paperwork.too_long.length_most", "value": "许多", "year": "2026"}
    page = cast.client("clerk").get("/rulebook/trial/", asked)
    assert page.status_code == 200
    assert (
        "数字" in page.content.decode()
        or "看不懂" in page.content.decode()
        or "百分数" in page.content.decode()
    )


def test_it_takes_a_year_of_any_length_for_this_one(cast: Cast) -> None:
    assert cast.client("clerk").get("/rulebook/trial/", {"year": "9" * 5000}).status_code == 200
