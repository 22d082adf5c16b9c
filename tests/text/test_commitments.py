"""Promises, plans and formulas in invented reply letters."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bihuan.text.commitments import (
    Commitment,
    claims_more_than_it_tells,
    commitments,
    formulaic,
    only_plans,
)

ON = date(2024, 5, 20)


def letter(body: str, signed: str = "2024年5月20日") -> str:
    return (
        f"赵代表：\n您提出的《关于整治青禾路的建议》收悉，现答复如下：\n{body}\n县住建局\n{signed}"
    )


def promised(body: str) -> list[Commitment]:
    return commitments(letter(body))


@pytest.mark.parametrize(
    "body",
    [
        "我局将于2024年10月底前完成青禾路雨水管网改造。",
        "拟将该路段纳入2025年农村公路养护计划。",
        "待资金落实后，立即启动滨河小区供水管道更换工程。",
        "下步，我局将定期组织执法人员对夜市摊点进行巡查。",
        "我局将制定《县城停车管理办法》并公布停车收费标准。",
        "我局将增派2名交警在上下学时段值守。",
        "已责成施工单位于本月底前修复破损路面。",
        "力争在2025年实现全覆盖。",
        "设计方案一经批复即组织施工。",
        "一、沿河栽植护岸林带。\n二、在桥头安装照明灯。",
    ],
)
def test_it_finds_a_promise_of_a_checkable_action(body: str) -> None:
    assert promised(body)


@pytest.mark.parametrize(
    "body",
    [
        "下一步，我局将继续加强与上级部门的沟通衔接，积极争取资金支持。",
        "今后我们将进一步提升服务水平，努力为群众办实事。",
        "我局已于2024年3月完成该路口信号灯安装。",
        "我们将持续加大宣传力度，提高群众环保意识。",
        "我局将把您的建议作为今后工作的重要参考。",
        "该处不符合设置条件，暂不安装信号灯。",
        "巡查中发现设施损坏的，立即予以更换。",
        "感谢您的关心，希望今后继续监督我们把路修好。",
        "我局已安排施工队将淤泥清理完毕。",
        "一是开展了摸底调查。\n二是清理沿街垃圾。",
    ],
)
def test_it_takes_good_intentions_and_things_done_for_no_promise(body: str) -> None:
    assert promised(body) == []


def test_it_quotes_the_limit_resolves_it_and_names_the_doer() -> None:
    [found] = promised("由县水务局牵头，三个月内对全县病险水库开展安全鉴定。")
    assert (found.by, found.due, found.who) == ("三个月内", date(2024, 8, 20), "县水务局")


def test_it_takes_the_replying_body_itself_for_nobody_named() -> None:
    [found] = promised("我局将在青禾路安装路灯30盏。")
    assert found.who is None and found.by is None


def test_it_keeps_a_vague_time_as_printed_without_a_day() -> None:
    [found] = promised("近期，我们将会同镇政府对该河段开展清淤。")
    assert (found.by, found.due) == ("近期", None)


def test_it_makes_two_promises_of_two_deadlines_and_carries_the_year_on() -> None:
    found = promised("确保2025年3月开工建设，10月底竣工。")
    assert [item.due for item in found] == [date(2025, 3, 31), date(2025, 10, 31)]


def test_it_joins_the_actions_of_one_sentence_into_one_promise() -> None:
    [found] = promised("我局计划投资80万元，在柳湾村新建广场一处，2025年6月底前建成投用。")
    assert found.due == date(2025, 6, 30)


def test_it_prefers_the_day_it_is_given_to_the_date_of_the_letter() -> None:
    [found] = commitments(letter("我局将在三个月内更换水管。"), on=date(2025, 1, 15))
    assert found.due == date(2025, 4, 15)


def test_it_quotes_but_does_not_resolve_without_any_day() -> None:
    [found] = commitments("现答复如下：\n我局将在三个月内更换水管。")
    assert found.by is not None and found.due is None


def test_it_reads_a_plan_section_up_to_the_next_heading() -> None:
    body = "一、基本情况\n沿街安装路灯。\n二、下一步打算\n沿街铺设排水管。"
    assert [found.quote for found in promised(body)] == ["沿街铺设排水管"]


def test_it_does_not_take_the_deputys_request_for_a_promise() -> None:
    assert commitments(letter("此复。") + "\n建议：由县住建局将桥梁加宽改造。") == []


def test_it_calls_a_letter_of_intentions_only_plans() -> None:
    judged = only_plans(letter("我局将在青禾路安装路灯。"))
    assert judged.value
    assert [reason.text for reason in judged.reasons] == ["我局将在青禾路安装路灯。"]


def test_it_quotes_the_sentence_that_tells_of_something_done() -> None:
    judged = only_plans(letter("经协调，我局已安装路灯30盏。今后将加强管护。"))
    assert not judged.value
    assert [reason.text for reason in judged.reasons] == ["经协调，我局已安装路灯30盏。"]


def test_it_takes_a_place_in_a_plan_for_nothing_done() -> None:
    assert only_plans(letter("该路已列入2025年改造计划。")).value


def test_it_calls_a_letter_without_act_promise_or_fact_formulaic() -> None:
    assert formulaic(letter("我局高度重视。我们将进一步加强领导，努力提高服务水平。")).value


@pytest.mark.parametrize(
    "body", ["由于该路权属铁路部门，我局无权施工。", "我局将安装路灯30盏。", "我局已修复路面。"]
)
def test_it_does_not_call_a_letter_with_substance_formulaic(body: str) -> None:
    assert not formulaic(letter(body)).value


def test_it_catches_a_letter_filed_as_solved_that_speaks_of_plans_only() -> None:
    planned, done = letter("我局将安装路灯。"), letter("我局已安装路灯30盏。")
    assert claims_more_than_it_tells(planned).value
    assert not claims_more_than_it_tells(done).value
    assert not claims_more_than_it_tells(planned, category_meaning="planned").value


WORDS = st.sampled_from(
    [
        "我局",
        "将",
        "拟",
        "计划",
        "已",
        "正在",
        "待",
        "后",
        "一经",
        "即",
        "力争",
        "确保",
        "2024年",
        "6月底前",
        "三个月内",
        "年底",
        "安装",
        "修建",
        "编制",
        "加强",
        "完成",
        "了",
        "路灯",
        "村",
        "30盏",
        "由县水务局",
        "牵头",
        "，",
        "。",
        "；",
        "、",
        "：",
        "\n",
        "一是",
        "二、",
        "（一）",
        "下一步",
        "建议：",
        "《",
        "》",
        "“",
        "”",
        "答复如下",
    ]
)


@given(st.one_of(st.text(), st.lists(WORDS, max_size=60).map("".join)), st.none() | st.dates())
def test_it_never_fails_and_always_quotes_exactly(text: str, on: date | None) -> None:
    end = 0
    for found in commitments(text, on):
        assert text[found.start : found.end] == found.quote
        assert found.by is None or found.by in text
        assert found.who is None or found.who in found.quote
        assert found.start >= end
        end = found.end
    for judge in (only_plans, formulaic, claims_more_than_it_tells):
        for reason in judge(text).reasons:
            assert text[reason.start : reason.end] == reason.text
