"""Cells as offices write them, and what becomes of them."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bihuan.exchange import values
from bihuan.exchange.values import BadValue, PartialDate, People

DAY = PartialDate(date(2023, 2, 3))
DAYS = st.dates(date(1950, 1, 1), date(2100, 12, 31))


@pytest.mark.parametrize(
    "written",
    [
        "2023年2月3日",
        "2023/02/03",
        "2023.2.3",
        "2023-02-03",
        "20230203",
        "２０２３．０２．０３",
        " 2023 年 2 月 3 日 ",
        "2023年2月3号",
        "二〇二三年二月三日",
        "2023-02-03 09:30:00",
        "2023-02-03T09:30:00",
        "2023年2月3日 9时30分",
        "2023年2月3日（星期五）",
        "2023、2、3",
        "44960",
        44960,
        44960.4,
        20230203.0,
        date(2023, 2, 3),
        datetime(2023, 2, 3, 9, 30),
    ],
)
def test_it_reads_a_day_in_every_style_offices_use(written: values.Cell) -> None:
    assert values.read_date(written) == DAY


@pytest.mark.parametrize("written", ["2024-05", "2024年5月", "2024.5", "202405", 202405.0, 2024.5])
def test_it_keeps_a_month_as_a_month(written: values.Cell) -> None:
    assert values.read_date(written) == PartialDate(date(2024, 5, 1), "month")


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("2024-13-45", "没有13月"),
        ("2023-02-29", "2023年2月没有29日"),
        ("2023年", "只有年份，请补上月和日"),
        ("23.2.3", "年份要写四位"),
        ("2月3日", "没有年份"),
        ("03/02/2023", "请把年份写在前面"),
        ("2023.2.3-2023.5.6", "一格里有不止一个日期"),
        ("年底前", "不是日期，请写成 2024-05-03 的样子"),
        ("1900-01-01", "年份1900不在1949至2100年之间"),
        (2024.1, "分不清是1月还是10月，请写成 2024-01 或 2024-10"),
        (2024.0, "不是完整的日期，请写成 2024-05-03 的样子"),
        (True, "不是日期"),
    ],
)
def test_it_refuses_what_is_no_date_and_says_why(written: values.Cell, reason: str) -> None:
    with pytest.raises(BadValue) as refused:
        values.read_date(written)
    assert refused.value.reason == reason


@pytest.mark.parametrize("written", ["", "  ", "/", "—", "无"])
def test_it_takes_a_dash_for_an_empty_cell(written: str) -> None:
    assert values.read_date(written) is None
    assert values.read_people(written) is None
    assert values.read_bodies(written) == []
    assert values.read_number(written) is None


@example(date(2100, 1, 1), "%Y%m%d")
@given(DAYS, st.sampled_from(["%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y年%m月%d日", "%Y%m%d"]))
def test_it_reads_back_any_day_it_is_given(day: date, style: str) -> None:
    assert values.read_date(day.strftime(style)) == PartialDate(day)


@given(DAYS)
def test_it_reads_a_serial_number_as_excel_does(day: date) -> None:
    serial = (day - values.EXCEL_EPOCH).days
    if serial >= 20_000:
        assert values.read_date(float(serial)) == PartialDate(day)


@given(st.text(max_size=20) | st.floats() | st.integers())
def test_it_answers_every_cell_with_a_value_or_a_reason(raw: values.Cell) -> None:
    for read in (
        values.read_date,
        values.read_number,
        values.read_bodies,
        values.read_people,
        values.read_decimal,
        lambda cell: values.read_choice(cell, {"满意": 1}),
    ):
        try:
            read(raw)
        except BadValue as refused:
            assert refused.reason


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("第9号", "9"),
        ("9", "9"),
        (9.0, "9"),
        ("9号", "9"),
        ("第 ９ 号", "9"),
        ("建议第9号", "9"),
        ("第财政经济类第2号号", "财政经济类第2号"),
        ("财政经济类第2号", "财政经济类第2号"),
        ("第098号", "098"),
        ("第Y19号", "Y19"),
        ("一", "一"),
        ("JY100012050700", "JY100012050700"),
        (1802038.0, "1802038"),
        ("闭字1", "闭字1"),
    ],
)
def test_it_gives_a_number_one_form(written: values.Cell, number: str) -> None:
    assert values.read_number(written) == number


@given(st.text(alphabet="第号财政类0189Y-", min_size=1, max_size=9))
def test_it_leaves_a_cleaned_number_as_it_is(written: str) -> None:
    once = values.read_number(written)
    assert once is None or values.read_number(once) == once


def test_it_refuses_a_number_whose_end_excel_has_lost() -> None:
    with pytest.raises(BadValue, match="请把这一列设为文本"):
        values.read_number(1234567890123456789.0)


@pytest.mark.parametrize(
    ("written", "bodies"),
    [
        ("县教育局、县财政局", ["县教育局", "县财政局"]),
        ("县教育局\n县财政局", ["县教育局", "县财政局"]),
        ("县教育局;县财政局；县水利局", ["县教育局", "县财政局", "县水利局"]),
        ("县教育局 县财政局", ["县教育局", "县财政局"]),
        ("县 教育局", ["县教育局"]),
        ("城乡 建设局", ["城乡建设局"]),
        ("甲镇 乙镇", ["甲镇", "乙镇"]),
        ("广德市发改委(市粮储局)", ["广德市发改委(市粮储局)"]),
        ("县委办（保密局、机要局）、县财政局", ["县委办（保密局、机要局）", "县财政局"]),
        ("县教育局 (牵头)", ["县教育局(牵头)"]),
        ("县教育局，县教育局", ["县教育局"]),
        ("市教育局牵头", ["市教育局"]),
        ("县教育局（县财政局、县水利局", ["县教育局（县财政局", "县水利局"]),
    ],
)
def test_it_parts_the_bodies_in_one_cell(written: str, bodies: list[str]) -> None:
    assert values.read_bodies(written) == bodies


NAMES = st.lists(
    st.text(alphabet="教育财政水利交通", min_size=2, max_size=4).map(lambda w: f"{w}局"),
    min_size=1,
    unique=True,
)


@given(NAMES, st.sampled_from(["、", ",", "，", ";", "；", "\n", "/", " ", " 、 "]))
def test_it_parts_and_loses_no_body(names: list[str], separator: str) -> None:
    assert values.read_bodies(separator.join(names)) == names


@pytest.mark.parametrize(
    ("written", "people"),
    [
        ("张某、李某等12人", People(("张某", "李某"), 12)),
        ("张某等12名代表", People(("张某",), 12)),
        ("张某 等 12 位代表", People(("张某",), 12)),
        ("张某（等12人）", People(("张某",), 12)),
        ("张某、李某（共12人）", People(("张某", "李某"), 12)),
        ("张某等", People(("张某",), 1, open_ended=True)),
        ("张 三 李四", People(("张三", "李四"), 2)),
        ("领衔人：张某；附议人：李某", People(("张某", "李某"), 2)),
        ("代表001", People(("代表001",), 1)),
    ],
)
def test_it_reads_who_proposed_and_how_many(written: str, people: People) -> None:
    assert values.read_people(written) == people


@pytest.mark.parametrize("written", ["张某、李某、王某等2人", "等12人"])
def test_it_refuses_people_that_do_not_add_up(written: str) -> None:
    with pytest.raises(BadValue):
        values.read_people(written)


REPLIES = {"A": "solved", "B": "planned", "已解决": "solved"}


@pytest.mark.parametrize("written", ["A", "a", "Ａ", "A类", " a 类", "已解决", "A（已解决）"])
def test_it_finds_a_choice_by_any_of_its_words(written: str) -> None:
    assert values.read_choice(written, REPLIES) == "solved"


@pytest.mark.parametrize("written", ["很满意", "D", "A（B）", "满意度"])
def test_it_refuses_a_word_that_is_no_choice_and_names_the_choices(written: str) -> None:
    with pytest.raises(BadValue) as refused:
        values.read_choice(written, {"满意": 1, "基本满意": 2, "A": 3, "B": 4})
    assert refused.value.reason == "不在可填的范围内，可填：满意、基本满意、A、B"


def test_it_lets_a_caller_offer_the_word_none() -> None:
    assert values.read_choice("无", {"无": 0}) == 0
    assert values.read_choice("无", {"有": 1}) is None


@pytest.mark.parametrize(
    ("written", "figure"),
    [("1,234件", "1234"), ("11.44%", "11.44"), (69.0, "69"), ("６９", "69"), ("-3", "-3")],
)
def test_it_reads_a_quantity_with_its_unit(written: values.Cell, figure: str) -> None:
    assert values.read_decimal(written) == Decimal(figure)


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        (4.0, "4"),
        (1.5, "1.5"),
        (True, "是"),
        ("\u3000甲 \n", "甲"),
        (date(2024, 5, 3), "2024-05-03"),
    ],
)
def test_it_shows_a_cell_as_one_would_read_it(written: values.Cell, shown: str) -> None:
    assert values.text(written) == shown


@pytest.mark.parametrize("word", ["A", "b类", "甲", "已解决", "列入计划解决"])
def test_it_knows_a_reply_category_when_it_sees_one(word: str) -> None:
    assert values.looks_like_reply_category(word)
    assert not values.looks_like_reply_category("农业农村")
