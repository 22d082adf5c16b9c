"""Time words of official Chinese and the last day on which they are kept."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bihuan.text.dates import due, letter_date, number, time_words, weekdays_after

ON = date(2024, 5, 20)


@pytest.mark.parametrize(
    ("words", "last_day"),
    [
        ("2024年6月底前", date(2024, 6, 30)),
        ("２０２４年６月底前", date(2024, 6, 30)),
        ("二〇二四年十月底", date(2024, 10, 31)),
        ("2025年12月31日前", date(2025, 12, 31)),
        ("2024-07-01前", date(2024, 7, 1)),
        ("年底前", date(2024, 12, 31)),
        ("今年年底前", date(2024, 12, 31)),
        ("年内", date(2024, 12, 31)),
        ("本月底", date(2024, 5, 31)),
        ("下月底", date(2024, 6, 30)),
        ("三个月内", date(2024, 8, 20)),
        ("半年内", date(2024, 11, 20)),
        ("两年内", date(2026, 5, 20)),
        ("3至5年内", date(2029, 5, 20)),
        ("十五日内", date(2024, 6, 4)),
        ("20个工作日内", date(2024, 6, 17)),
        ("今年第四季度", date(2024, 12, 31)),
        ("明年上半年", date(2025, 6, 30)),
        ("明年", date(2025, 12, 31)),
        ("明年年初", date(2025, 3, 31)),
        ("2019-2020", date(2020, 12, 31)),
        ("2024—2026年", date(2026, 12, 31)),
        ("十四五期间", date(2025, 12, 31)),
        ("“十五五”时期", date(2030, 12, 31)),
        ("国庆节前", date(2024, 9, 30)),
        ("7月中旬", date(2024, 7, 20)),
        ("7月至9月", date(2024, 9, 30)),
        ("本周内", date(2024, 5, 26)),
        ("今明两年", date(2025, 12, 31)),
    ],
)
def test_it_resolves_time_words_to_their_last_day(words: str, last_day: date) -> None:
    assert due(words, ON) == last_day


@pytest.mark.parametrize(
    "words", ["近期", "适时", "尽快", "早日", "2025年春节前", "", "2024年13月", "每年年底"]
)
def test_it_names_no_day_where_none_can_be_checked(words: str) -> None:
    assert due(words, ON) is None


def test_it_takes_the_next_such_month_where_no_year_is_named() -> None:
    assert due("6月底前", ON) == date(2024, 6, 30)
    assert due("3月底前", ON) == date(2025, 3, 31)


def test_it_ends_february_of_a_leap_year_on_the_29th() -> None:
    assert due("2028年2月底前", ON) == date(2028, 2, 29)
    assert due("一个月内", date(2024, 1, 31)) == date(2024, 2, 29)


def test_it_counts_working_days_with_the_calendar_it_is_given() -> None:
    assert due("5个工作日内", ON, workdays=lambda day, count: date(2024, 6, count)) == date(
        2024, 6, 5
    )


def test_it_skips_weekends_when_counting_weekdays() -> None:
    friday = date(2024, 5, 17)
    assert weekdays_after(friday, 1) == date(2024, 5, 20)
    assert weekdays_after(friday, 10) == date(2024, 5, 31)
    assert weekdays_after(date(2024, 5, 18), 5) == date(2024, 5, 24)


def test_it_reads_chinese_and_arabic_numerals() -> None:
    written = ("12", "十", "十二", "二十", "三十一", "两", "一百零五", "二〇二四", "甲")
    assert [number(words) for words in written] == [12, 10, 12, 20, 31, 2, 105, 2024, None]


def test_it_finds_time_words_with_their_places() -> None:
    text = "我局将于2024年10月底前开工，三个月内完工。"
    assert [(w.text, w.limit) for w in time_words(text)] == [
        ("2024年10月底前", True),
        ("三个月内", True),
    ]


def test_it_reads_the_day_a_letter_was_signed() -> None:
    assert letter_date("您好。2023年1月1日来信收悉。\n县水务局\n2024年6月21日\n联系人：某") == date(
        2024, 6, 21
    )
    assert letter_date("县水务局\n二〇二三年七月三十一日") == date(2023, 7, 31)
    assert letter_date("答复日期：2023-03-23\n县水务局") == date(2023, 3, 23)


def test_it_knows_no_day_for_an_undated_letter() -> None:
    assert letter_date("来信收悉，2023年5月1日我局到现场查看。") is None
    assert letter_date("县水务局\n2024年13月40日") is None


@given(
    st.one_of(
        st.text(),
        st.text(alphabet="0123456789〇一二三十百年月日底前内个半至-—季度旬工作周今明本下末初"),
    ),
    st.dates(),
)
def test_it_never_fails_on_any_words(text: str, on: date) -> None:
    result = due(text, on)
    assert result is None or isinstance(result, date)
    letter_date(text)
    for words in time_words(text):
        assert text[words.start : words.end] == words.text
