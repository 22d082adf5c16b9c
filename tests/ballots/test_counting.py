"""The count, on votes that were really published and on every variant of base, tie and void."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from bihuan.ballots.counting import (
    NO_QUORUM,
    Printed,
    Rule,
    Tally,
    compare,
    count,
    half_up,
    rule_of,
)
from bihuan.ballots.preferring import approve, rank
from bihuan.ballots.scoring import Part, ScoreRule, score
from bihuan.loop.votes import BadVote, parse_threshold

LEVELS = ("满意", "基本满意", "不满意")
ZHENHAI: dict[str, Any] = {
    "base": "all",
    "tie": "reached",
    "void": "not_counted",
    "passes": [
        {"result": "满意", "of": ["满意"], "at": "1/2"},
        {"result": "基本满意", "of": ["满意", "基本满意"], "at": "> 1/2"},
        {"result": "不满意"},
    ],
}
"""镇海: all members; exactly half is settled by the tie rule, as its text leaves it open."""
COMMITTEE: dict[str, Any] = {
    "base": "all",
    "tie": "not_reached",
    "void": "not_counted",
    "quorum": "> 1/2",
    "passes": [
        {"result": "通过", "of": ["赞成"], "at": "> 1/2"},
        {"result": "未通过"},
    ],
}


def levels(entitled: int, *votes: int, void: int = 0, present: int | None = None) -> Tally:
    there = entitled if present is None else present
    return Tally(entitled, there, dict(zip(LEVELS, votes, strict=True)), void)


def by(**parts: Any) -> Rule:
    return rule_of(LEVELS, {**ZHENHAI, **parts})


def yes_no(entitled: int, present: int, *votes: int, void: int = 0) -> Tally:
    named = dict(zip(("赞成", "反对", "弃权"), votes, strict=True))
    return Tally(entitled, present, named, void)


@pytest.mark.parametrize(
    "votes",
    [(28, 1, 0), (20, 8, 1), (26, 3, 0), (29, 0, 0), (17, 11, 1)],
)
def test_it_finds_what_zhenhai_published_for_29_members(votes: tuple[int, int, int]) -> None:
    tally = levels(29, *votes)
    assert count(tally, by()).outcome == "满意"
    assert compare(tally, by(), Printed(total=29, outcome="满意")) == []


def test_it_counts_the_absent_where_the_base_is_all_members() -> None:
    tally = levels(35, 17, 11, 1, present=29)
    result = count(tally, by())
    assert (result.outcome, result.base) == ("基本满意", 35)
    assert "满意 17 票 ÷ 全体组成人员 35 = 48.6%" in result.steps[0].said
    assert count(tally, by(base="present")).outcome == "满意"
    assert compare(tally, by(), Printed(outcome="满意")) == ["印的结果是“满意”，按规则是“基本满意”"]


@pytest.mark.parametrize(("tie", "outcome"), [("reached", "满意"), ("not_reached", "基本满意")])
def test_it_lets_the_declared_rule_settle_exactly_half(tie: str, outcome: str) -> None:
    result = count(levels(28, 14, 10, 4), by(tie=tie))
    assert result.outcome == outcome
    assert "恰好等于界限" in result.steps[0].said


def test_it_takes_both_together_at_exactly_half_as_not_enough() -> None:
    assert count(levels(28, 5, 9, 14), by()).outcome == "不满意"
    assert count(levels(28, 5, 10, 13), by()).outcome == "基本满意"


@pytest.mark.parametrize(
    ("base", "void", "measured", "outcome"),
    [
        ("all", "not_counted", 30, "基本满意"),
        ("present", "not_counted", 25, "基本满意"),
        ("valid", "not_counted", 21, "满意"),
        ("valid", "counted", 24, "基本满意"),
        ("valid", "as:不满意", 24, "基本满意"),
        ("valid", "as:满意", 24, "满意"),
    ],
)
def test_it_measures_by_the_declared_base_and_void_rule(
    base: str, void: str, measured: int, outcome: str
) -> None:
    result = count(levels(30, 11, 9, 1, void=3, present=25), by(base=base, void=void))
    assert (result.base, result.outcome) == (measured, outcome)


def test_it_finds_what_shanxi_published() -> None:
    shanxi = {
        "base": "present",
        "tie": "reached",
        "void": "not_counted",
        "passes": [
            {"result": "限期整改，再次报告", "of": ["不满意"], "at": ">= 1/2"},
            {"result": "满意"},
        ],
        "consequence": {"限期整改，再次报告": "在限期内整改，再次向常委会报告"},
    }
    rule = rule_of(LEVELS, shanxi)
    assert count(levels(61, 59, 2, 0), rule).outcome == "满意"
    redo = count(levels(60, 20, 10, 30), rule)
    assert redo.outcome == "限期整改，再次报告"
    assert redo.consequence == "在限期内整改，再次向常委会报告"


def test_it_finds_what_shiquan_decides_at_more_than_half_of_all_members() -> None:
    shiquan = [{"result": "满意", "of": ["满意"], "at": "> 1/2"}, {"result": "不满意"}]
    assert count(levels(28, 14, 14, 0), by(passes=shiquan)).outcome == "不满意"
    assert count(levels(28, 15, 13, 0), by(passes=shiquan)).outcome == "满意"


@pytest.mark.parametrize(
    ("votes", "printed"),
    [
        ((25, 3, 0), ("89.29", "10.71", None)),
        ((26, 2, 0), ("92.86", "7.14", None)),
        ((20, 8, 0), ("71.43", "28.57", None)),
        ((20, 7, 1), ("71.43", "25", "3.57")),
        ((23, 5, 0), ("82.14", "17.86", None)),
    ],
)
def test_it_finds_the_percentages_that_zhanyi_printed(
    votes: tuple[int, int, int], printed: tuple[str | None, ...]
) -> None:
    said = {
        level: Decimal(text)
        for level, text in zip(LEVELS, printed, strict=True)
        if text is not None
    }
    assert compare(levels(28, *votes), by(base="valid"), Printed(percents=said)) == []


def test_it_says_what_in_a_printed_result_does_not_follow() -> None:
    printed = Printed(total=30, percents={"满意": Decimal("71.5")}, outcome="基本满意")
    said = compare(levels(28, 20, 8, 0), by(base="valid"), printed)
    assert said == [
        "印的总数是 30，各项相加是 28",
        "“满意”印的是 71.5%，按基数 28 计算是 71.4%",
        "印的结果是“基本满意”，按规则是“满意”",
    ]
    assert compare(levels(28, 0, 0, 0), by(), Printed()) == ["没有票数，无从核对"]


@pytest.mark.parametrize(
    ("tally", "said"),
    [
        (levels(29, 28, 2, 0), "各项票数加废票合计 30 张，多于到会 29 人，请核对"),
        (levels(29, 1, 0, 0, present=30), "到会 30 人多于全体组成人员 29 人，请核对"),
        (levels(29, -1, 0, 0), "票数、人数不能是负数"),
        (Tally(29, 29, {"好": 1}), "“好”不是本次表决的选项"),
    ],
)
def test_it_gives_no_result_where_the_numbers_cannot_be_true(tally: Tally, said: str) -> None:
    result = count(tally, by())
    assert not result.valid
    assert said in result.faults


def test_it_asks_for_more_than_half_of_all_members_to_meet_and_to_pass() -> None:
    rule = rule_of(("赞成", "反对", "弃权"), COMMITTEE, {"quorum": "《组织法》第五十一条"})
    missed = count(yes_no(28, 14, 14, 0, 0), rule)
    assert missed.outcome == NO_QUORUM
    assert missed.steps[0].cite == "《组织法》第五十一条"
    assert count(yes_no(28, 15, 14, 1, 0), rule).outcome == "未通过"
    assert count(yes_no(28, 15, 15, 0, 0), rule).outcome == "通过"
    assert "出席：全体组成人员过半数（《组织法》第五十一条）" in rule.said()


@pytest.mark.parametrize(
    "parts",
    [
        {"base": "everybody"},
        {"tie": "perhaps"},
        {"void": "as:好"},
        {"passes": []},
        {"passes": [{"result": "满意", "of": ["满意"], "at": "half"}, {"result": "不满意"}]},
        {"passes": [{"result": "满意", "of": ["满意"], "at": "3/2"}, {"result": "不满意"}]},
        {"passes": [{"result": "满意", "of": ["满意"], "at": "1/0"}, {"result": "不满意"}]},
        {"passes": [{"result": "满意", "of": ["好"], "at": "1/2"}, {"result": "不满意"}]},
        {"passes": [{"result": "满意", "of": ["满意"], "at": "1/2"}]},
        {"quorum": "most"},
    ],
)
def test_it_refuses_a_rule_that_cannot_be_read(parts: Mapping[str, Any]) -> None:
    with pytest.raises(BadVote):
        by(**parts)


def test_it_says_thresholds_as_a_statute_does() -> None:
    said = [
        parse_threshold(word).said("not_reached") for word in ("> 1/2", ">= 1/2", ">= 2/3", "1/2")
    ]
    assert said == ["过半数", "半数以上", "三分之二以上", "过半数"]


def test_it_rounds_half_up() -> None:
    from fractions import Fraction

    assert [str(half_up(Fraction(n, 8), 2)) for n in (1, 3, 5)] == ["0.13", "0.38", "0.63"]


PARTS = tuple(Part(title, 100, 25) for title in ("政治素质", "履职能力", "办案质效", "廉洁自律"))
GONGSHU = ScoreRule(PARTS, drop=5, void_full=True, void_equal=True)


def test_it_drops_the_five_highest_and_lowest_and_voids_full_and_equal_sheets() -> None:
    sheets = [{"甲": (80 + n % 10,) * 4, "乙": (91 - n % 10,) * 4} for n in range(50)]
    sheets[5] = {"甲": (85, 85, 85, 85), "乙": (85, 85, 85, 85)}
    sheets[6] = {"甲": (100,) * 4, "乙": (100,) * 4}
    found = score(["甲", "乙"], sheets, GONGSHU)
    assert found.void == {6: "对各评议对象打分全部相同", 7: "各项全打满分"}
    first = found.scores[0]
    assert (first.counted, first.dropped) == (38, 10)
    kept = sorted(80 + n % 10 for n in range(50) if n not in (5, 6))[5:-5]
    assert first.value == (Decimal(sum(kept)) / 38).quantize(Decimal("0.01"))


def test_it_weighs_the_parts() -> None:
    rule = ScoreRule((Part("过程", 100, 40), Part("结果", 100, 60)))
    assert score(["甲"], [{"甲": (100, 50)}], rule).scores[0].value == Decimal("70.00")


def test_it_gives_no_score_when_no_sheet_is_left() -> None:
    one = score(["甲", "乙"], [{"甲": (1,) * 4, "乙": (2,) * 4}], GONGSHU).scores[0]
    assert one.value is None
    assert "不能计分" in one.said


def test_it_voids_a_sheet_beyond_full_marks() -> None:
    found = score(["甲"], [{"甲": (101, 1, 1, 1)}], replace(GONGSHU, drop=0))
    assert "应在 0 和 100 之间" in found.void[1]


def test_it_chooses_by_votes_and_has_equals_voted_on_again() -> None:
    half = parse_threshold("> 1/2")
    ballots = [["学校", "医院"]] * 6 + [["学校", "道路"]] * 6 + [["公园", "公园"]]
    found = approve(
        ["学校", "医院", "道路", "公园"], ballots, 2, base=11, at=half, tie="not_reached"
    )
    assert (found.chosen, found.again, found.places_left) == (("学校",), ("医院", "道路"), 1)
    assert found.void == 1


def test_it_ranks_by_points_and_leaves_out_ballots_that_do_not_order_all() -> None:
    ballots = [["甲", "乙", "丙"], ["甲", "丙", "乙"], ["乙", "甲", "丙"], ["甲"]]
    found = rank(["甲", "乙", "丙"], ballots, 1)
    assert found.points == {"甲": 8, "乙": 6, "丙": 4}
    assert (found.chosen, found.void) == (("甲",), 1)
