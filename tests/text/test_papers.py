"""The structure of a paper, what it demands, and whether its head hides that."""

import random

import pytest

from bihuan.text import copies
from bihuan.text.demands import demands, head
from bihuan.text.papers import length, read

HINT = """关于做好走访工作的提示
某人办提〔2026〕12号

各乡镇人大，县人大各委室：
为做好有关工作，现提示如下。
一、总体情况
今年以来，各地开展走访1200人次，取得了成效。
二、工作要求
（一）请各乡镇人大于6月10日前将开展情况及照片报县人大常委会办公室。
（二）逐项填写附件2，并登录平台录入台账。
（三）6月15日上午召开推进会，各单位主要负责人务必参会。
（四）进一步提高政治站位，加强组织领导。

某县人大常委会办公室
2026年5月20日
"""


def test_it_reads_the_head_of_a_paper() -> None:
    paper = read(HINT)
    assert paper.title == "关于做好走访工作的提示"
    assert paper.number == "某人办提〔2026〕12号"
    assert paper.issuer == "某县人大常委会办公室"
    assert (paper.kind, paper.formal) == ("提示", False)
    assert paper.addressees == ("各乡镇人大", "县人大各委室")


def test_it_reads_parts_with_what_they_are_for() -> None:
    parts = [(part.level, part.heading, part.role) for part in read(HINT).parts]
    assert parts[:2] == [(1, "总体情况", "background"), (1, "工作要求", "measures")]
    assert [level for level, _, _ in parts[2:]] == [2, 2, 2, 2]


def test_the_shares_of_the_text_add_up() -> None:
    assert sum(read(HINT).shares.values()) == pytest.approx(1, abs=0.001)


def test_the_length_counts_characters_marks_and_each_figure_once() -> None:
    assert length("共12.5%，APP 好。") == 6


def test_the_length_leaves_out_title_and_signature() -> None:
    assert read("关于会议的通知\n各单位：\n请准时参会。\n某县政府办公室\n2026年5月1日").length == 10


def test_it_names_empty_demands_with_the_reason() -> None:
    empty = read(HINT).uncheckable
    assert [line.text for line in empty] == ["（四）进一步提高政治站位，加强组织领导。"]
    assert "没有写明" in empty[0].why


def test_it_lists_demands_with_body_and_day() -> None:
    found = [(one.kind, one.who, one.by) for one in demands(HINT)]
    assert found == [
        ("report", "各乡镇人大", "6月10日前"),
        ("fill", None, None),
        ("attend", "各单位", "6月15日"),
    ]


def test_it_says_that_a_hint_which_orders_is_a_notice() -> None:
    claim = head(read(HINT), demands(HINT))
    assert (claim.claimed, claim.real, claim.hidden) == ("提示", "通知", True)
    assert "3项要求" in claim.why


def test_a_notice_may_demand_and_a_briefing_may_tell() -> None:
    notice = HINT.replace("提示\n", "通知\n", 1)
    assert not head(read(notice), demands(notice)).hidden
    told = "关于走访情况的通报\n各单位：\n去年各乡镇上报材料120份，完成走访1200人次。"
    assert not head(read(told), demands(told)).hidden


@pytest.mark.parametrize(
    "text", ["", "\n\n", "一、", "：", "（一）" * 50, "关于" * 4000, "〔2026〕1号"]
)
def test_it_reads_any_text_without_falling_over(text: str) -> None:
    read(text)
    demands(text)


def test_it_shows_copied_paragraphs_side_by_side() -> None:
    shared = (
        "各单位要在每周五下班前将本周走访台账、照片和问题清单报送县人大常委会代表工作委员会汇总。"
    )
    texts = {
        "甲": "关于甲的通知\n" + shared,
        "乙": "关于乙的函\n" + shared.replace("每周五", "每月底"),
    }
    (found,) = copies.passages(texts)
    assert (found.one, found.other) == ("甲", "乙")
    assert "报送县人大常委会代表工作委员会汇总。" in "".join(found.same)
    assert found.left != found.right


def test_it_finds_whole_papers_that_repeat_one_another() -> None:
    texts = {
        "甲": HINT,
        "乙": HINT.replace("走访", "调研"),
        "丙": "关于防汛的公告\n今日水位3.2米。",
    }
    assert [(found.one, found.other) for found in copies.papers(texts)] == [("甲", "乙")]


def test_it_finds_repeated_papers_among_very_many_through_the_index() -> None:
    chance = random.Random(5)
    texts = {
        str(number): "".join(chr(0x4E00 + chance.randrange(3000)) for _ in range(300))
        for number in range(copies.MANY + 1)
    }
    texts["抄"] = texts["7"][:240] + texts["8"][:60]
    assert [(found.one, found.other) for found in copies.papers(texts)] == [("7", "抄")]
