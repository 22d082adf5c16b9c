"""Every institution that is found: its stories come out, its texts keep to the law, its acts are told."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

import bihuan.institutions as rooms
from bihuan.loop.calendar import Calendar, load_calendar
from bihuan.loop.case import Case, read_cases, replay
from bihuan.loop.check import check_all
from bihuan.loop.load import load_all
from bihuan.loop.spec import Institution

ROOT = Path(__file__).parents[2]
FOLDER = Path(next(iter(rooms.__path__)))
ALL = load_all([FOLDER])
CASES = [case for one in ALL.values() for case in read_cases(one)]

UNTOLD: dict[str, set[str]] = {}
"""Acts that no story takes, by institution: there is no reason for one yet."""

STATUTORY_VOTE = re.compile(r"法定(?:的)?(?:满意度)?测评|测评(?:是|为|属于)法定|法定的?满意度")


@pytest.fixture(scope="module")
def calendar() -> Calendar:
    return load_calendar(ROOT / "calendar")


def taken(case: Case, calendar: Calendar) -> set[tuple[str, str]]:
    """(institution, act) for every act that left its mark where the story ends."""
    _, world = replay(case, ALL, calendar)
    marks = set()
    for name, situation in world.items():
        key = name.split("/")[0] or case.institution
        facts = set(situation.facts).union(*(held.facts for held in situation.assignments))
        marks |= {(key, act.id) for act in ALL[key].acts if f"{act.id}_count" in facts}
    return marks


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.institution}/{case.name}")
def test_it_tells_every_story_as_written(case: Case, calendar: Calendar) -> None:
    misses, _ = replay(case, ALL, calendar)
    assert [str(miss) for miss in misses] == []


def test_it_finds_nothing_that_does_not_hold_together() -> None:
    assert [str(fault) for fault in check_all(ALL)] == []


@pytest.mark.parametrize("one", ALL.values(), ids=lambda one: one.key)
def test_it_has_stories_enough_and_a_page_for_the_clerk(one: Institution) -> None:
    readme = one.folder / "README.md"
    assert len(read_cases(one)) >= 2, f"{one.title} 的案例不到两个"
    assert readme.is_file(), f"{one.title} 没有 README.md"
    text = readme.read_text(encoding="utf-8")
    assert all(heading in text for heading in ("做什么用", "谁做什么", "依据", "数字怎么算"))
    assert len(text.splitlines()) <= 45, "说明要一屏看完"


@pytest.mark.parametrize("one", ALL.values(), ids=lambda one: one.key)
def test_it_takes_every_act_in_some_story(one: Institution, calendar: Calendar) -> None:
    seen = {act for case in CASES for key, act in taken(case, calendar) if key == one.key}
    assert {act.id for act in one.acts} - seen == UNTOLD.get(one.key, set())


@pytest.mark.parametrize("one", ALL.values(), ids=lambda one: one.key)
def test_it_refuses_something_in_some_story(one: Institution) -> None:
    lines = [line for case in read_cases(one) for line in case.story]
    assert any("refused" in line.expect for line in lines), f"{one.title} 没有“不许做”的案例"


@pytest.mark.parametrize("one", ALL.values(), ids=lambda one: one.key)
def test_it_names_the_article_of_national_law_and_the_place_of_local_practice(
    one: Institution,
) -> None:
    for law in one.law:
        assert law.article.startswith("第") if law.national else law.place, law
        assert not (law.national and law.place), f"{law.key}：国家法律不写地方"


@pytest.mark.parametrize("one", ALL.values(), ids=lambda one: one.key)
def test_it_gives_every_limit_a_basis(one: Institution) -> None:
    assert [param.name for param in one.params if not param.cite] == []


@pytest.mark.parametrize("one", ALL.values(), ids=lambda one: one.key)
def test_it_never_calls_a_satisfaction_vote_statutory(one: Institution) -> None:
    for file in sorted(one.folder.rglob("*")):
        if file.suffix in (".toml", ".md"):
            assert not STATUTORY_VOTE.search(file.read_text(encoding="utf-8")), file


@pytest.mark.parametrize("one", ALL.values(), ids=lambda one: one.key)
def test_it_rests_a_satisfaction_vote_on_local_practice_only(one: Institution) -> None:
    for act in one.acts:
        law = one.law_of(act.cite)
        if "测评" in act.title and law:
            assert not law.national, f"{one.key}.{act.id} 把测评写成了国家法律规定"


def changed(key: str, name: str, value: object) -> dict[str, Institution]:
    """All institutions, one param of one of them set to another value."""
    params = tuple(
        replace(param, value=value) if param.name == name else param  # type: ignore[arg-type]
        for param in ALL[key].params
    )
    return {**ALL, key: replace(ALL[key], params=params)}


@pytest.mark.parametrize(
    ("key", "name", "value"),
    [
        ("suggestions", "reply_within", "4 months"),
        ("suggestions", "hard_within", "7 months"),
        ("suggestions", "redo_within", "2 months"),
        ("suggestions", "rate_within", "11 working days"),
        ("motions", "signers_needed", 9),
        ("opinions", "answer_within", "4 months"),
        ("opinions", "send_within", "10 days"),
        ("resolutions", "handle_within", "7 months"),
        ("resolutions", "interpellation_signers", 2),
        ("enforcement", "answer_within", "4 months"),
        ("audit", "rectify_report_within", "7 months"),
        ("interpellations", "signers_needed", 2),
        ("interpellations", "again_needed", "1/2 of signers"),
        ("investigations", "signers_needed", "1/6 of committee_members"),
        ("removals", "signers_needed", "1/6 of committee_members"),
        ("removals", "pass_needed", "1/3 of committee_members"),
    ],
)
def test_it_notices_when_a_rule_is_changed(
    key: str, name: str, value: object, calendar: Calendar
) -> None:
    other = changed(key, name, value)
    misses = Counter(case.name for case in read_cases(ALL[key]) if replay(case, other, calendar)[0])
    assert misses, f"{key}.{name} 改了，没有一个案例发现"
