"""Nothing ends or suspends an office by score or by the clock: read in every declaration, every text, every path."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import bihuan
import bihuan.institutions as rooms
from bihuan.loop.conditions import split
from bihuan.loop.load import load_all
from bihuan.loop.spec import Act, Institution

SOURCE = Path(bihuan.__file__).parent
ALL = load_all([Path(next(iter(rooms.__path__)))])
ENDS = re.compile(
    r"撤职|免职|罢免|停职|辞职|离任|除名|淘汰|劝辞|退出|(?:暂停|停止|终止|结束)[^，。；]{0,6}职"
)
PEOPLE = {
    "proposer", "deputy", "delegation", "secretariat", "clerk", "committee", "leader", "lead_body",
    "co_body", "unit",
}  # fmt: skip
BY_ITSELF = re.compile(
    r"(?:自动|系统|程序|得分|分数|积分|时钟)(?:(?!不|只|由)[^，。；“”]){0,10}"
    r"(?:撤职|免职|罢免|停职|暂停执行|终止职务|停止职务)"
)
WRITES_AN_END = re.compile(
    r"(?<!finding)\.ends\s*=(?!=)|Appointment\.objects[^\n]*\.(?:update|delete)\("
)
BALLOTS = {"removals.vote"}
"""Where deputies or members decide by ballot and a clerk records what was counted (组织法：全体的过半数)."""
BY_HAND = {"people/roles.py", "web/registers.py", "people/accounts.py", "people/posts.py"}
"""Where a person's own click ends a role or corrects a register; `people/posts.py` only through acts in `[[posts]]`."""


def leads_to(one: Institution, act: Act) -> Iterator[str]:
    """The titles of everything an act leads to: states of matter and shares, and what it opens elsewhere."""
    targets = {outcome.to for outcome in (*act.to, *act.carries)} | {move.to for move in act.moves}
    yield from (state.title for state in one.states if state.id in targets)
    for opens in act.opens:
        other = ALL[opens.institution]
        yield from (other.title, other.act(opens.act).title)


@pytest.mark.parametrize("one", ALL.values(), ids=lambda one: one.key)
def test_it_ends_no_office_by_the_clock(one: Institution) -> None:
    for act in one.acts:
        if not set(act.by) <= PEOPLE:
            for said in (act.title, *leads_to(one, act)):
                assert not ENDS.search(said), f"{one.key}.{act.id} 由 {act.by} 办，却到“{said}”"


@pytest.mark.parametrize("one", ALL.values(), ids=lambda one: one.key)
def test_it_ends_no_office_by_a_number(one: Institution) -> None:
    numbers = {field.name for field in one.fields if field.kind in ("number", "money")}
    titles = {state.id: state.title for state in one.states}
    for act in one.acts:
        if f"{one.key}.{act.id}" in BALLOTS:
            assert set(act.by) == {"clerk"}
            continue
        for outcome in (*act.to, *act.carries):
            asked = {split(name)[0] for name in outcome.when}
            if ENDS.search(titles[outcome.to]):
                assert not asked & numbers, f"{one.key}.{act.id} 凭数字到“{titles[outcome.to]}”"


@pytest.mark.parametrize("one", ALL.values(), ids=lambda one: one.key)
def test_it_says_nowhere_that_an_office_ends_by_itself(one: Institution) -> None:
    for file in sorted(one.folder.rglob("*")):
        if file.suffix in (".toml", ".md", ".html", ".py"):
            found = BY_ITSELF.search(file.read_text(encoding="utf-8"))
            assert not found, f"{file}：{found[0] if found else ''}"


def test_it_writes_the_end_of_a_post_only_by_somebodys_hand() -> None:
    writing = {
        str(file.relative_to(SOURCE))
        for file in SOURCE.rglob("*.py")
        if WRITES_AN_END.search(file.read_text(encoding="utf-8"))
    }
    assert writing <= BY_HAND, writing - BY_HAND


def test_it_writes_a_post_only_by_an_act_of_its_own_that_a_clerk_confirms() -> None:
    writing = [(one, one.act(post.act)) for one in ALL.values() for post in one.posts]
    assert {(one.key, act.id) for one, act in writing} == {
        ("appointees", "enter_post"), ("appointees", "end_post"), ("removals", "end_post"),
    }  # fmt: skip
    for _one, act in writing:
        assert act.by == ("clerk",) and act.once and not act.bulk
        assert not (act.to or act.opens or act.raises)
    callers = {
        str(file.relative_to(SOURCE))
        for file in SOURCE.rglob("*.py")
        if re.search(r"people import posts|people\.posts", file.read_text(encoding="utf-8"))
    }
    assert callers == {"matters/posts.py"}


def test_it_leaves_office_only_by_acts_of_clerks_and_leaders() -> None:
    own = ALL["appointees"]
    for act in own.acts:
        if "in_office" in act.from_states and any(out.to != "in_office" for out in act.to):
            assert set(act.by) <= {"clerk", "leader"}, act.id
    assert not any("clock" in act.by for act in own.acts)


def test_it_notices_an_office_that_the_clock_would_end() -> None:
    assert ENDS.search("暂停执行代表职务") and ENDS.search("已离任")
    assert BY_ITSELF.search("积分低于 60 分的暂停执行") and BY_ITSELF.search("到期系统自动免职")
    assert not BY_ITSELF.search("程序不会停止或者结束任何人的职务，撤职由人提出")
