"""Limits: the arithmetic of 《民法典》第二百零一条 to 第二百零三条, and its properties."""

import json
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bihuan.loop.calendar import DayKind, day_off, load_calendar
from bihuan.loop.terms import (
    BadTerm,
    Term,
    Unit,
    back,
    days_left,
    due,
    due_before,
    explain,
    parse_term,
    working_days_between,
)

CALENDAR = load_calendar(Path(__file__).parents[2] / "calendar")

starts = st.dates(date(2006, 1, 1), date(2031, 12, 31))
terms = st.builds(Term, st.integers(1, 90), st.sampled_from(get_args(Unit)))
plain_terms = st.builds(Term, st.integers(1, 90), st.sampled_from(["days", "months", "years"]))
working_terms = st.builds(Term, st.integers(1, 90), st.just("working_days"))
extra_days_off = st.sets(st.dates(date(2006, 1, 1), date(2033, 12, 31)), max_size=40)


def last_day(start: date, text: str, *, rolls: bool = True) -> date:
    return due(start, parse_term(text), CALENDAR, rolls=rolls).due


@pytest.mark.parametrize(
    ("term", "day"),
    [
        ("1 month", date(2026, 3, 30)),
        ("2 months", date(2026, 2, 28)),
        ("2 years", date(2024, 4, 30)),
        ("30 days", date(2026, 3, 31)),
        ("5 working days", date(2026, 4, 25)),
    ],
)
def test_it_looks_back_to_the_corresponding_day(term: str, day: date) -> None:
    assert back(date(2026, 4, 30), parse_term(term)) == day


def test_it_counts_five_working_days_over_the_spring_festival_of_2026() -> None:
    limit = due(date(2026, 2, 10), parse_term("5 working days"), CALENDAR)
    assert limit.due == date(2026, 2, 24)
    counted = [step.day.day for step in limit.steps if step.counted]
    skipped = [step.day.day for step in limit.steps if not step.counted]
    assert counted == [11, 12, 13, 14, 24]
    assert skipped == list(range(15, 24))
    assert limit.steps[3].why == "调休上班"
    assert limit.steps[4].why == "春节假期"
    assert limit.calendar_version == CALENDAR.version
    assert limit.confirmed


@pytest.mark.parametrize(
    ("start", "term", "expected"),
    [
        # The corresponding day (第二百零二条).
        (date(2026, 3, 10), "3 months", date(2026, 6, 10)),
        (date(2025, 6, 17), "1 year", date(2026, 6, 17)),
        (date(2025, 9, 8), "6 months", date(2026, 3, 9)),
        # No corresponding day: the month's end.
        (date(2025, 10, 31), "6 months", date(2026, 4, 30)),
        (date(2026, 8, 31), "1个月", date(2026, 9, 30)),
        (date(2023, 12, 31), "2 months", date(2024, 2, 29)),
        (date(2024, 2, 29), "1 year", date(2025, 2, 28)),
        (date(2024, 2, 29), "4年", date(2028, 2, 29)),
        # Days: the first day is not counted (第二百零一条).
        (date(2026, 3, 2), "1 day", date(2026, 3, 3)),
        (date(2026, 8, 31), "30日", date(2026, 9, 30)),
        # The last day is one of rest: the day after the rest (第二百零三条).
        (date(2026, 2, 10), "3 months", date(2026, 5, 11)),
        (date(2026, 1, 15), "1 month", date(2026, 2, 24)),
        (date(2026, 9, 3), "30 days", date(2026, 10, 8)),
        # A Saturday that is worked ends a term like any other working day.
        (date(2026, 1, 14), "1 month", date(2026, 2, 14)),
    ],
)
def test_it_ends_a_term_as_the_civil_code_says(start: date, term: str, expected: date) -> None:
    assert last_day(start, term) == expected


def test_it_can_leave_the_last_day_where_the_arithmetic_puts_it() -> None:
    assert last_day(date(2026, 2, 10), "3 months", rolls=False) == date(2026, 5, 10)
    assert last_day(date(2026, 9, 3), "30 days", rolls=False) == date(2026, 10, 3)


def test_it_shows_each_line_of_the_sum() -> None:
    limit = due(date(2026, 8, 31), parse_term("13 months"), CALENDAR, rolls=False)
    assert [step.as_json() for step in limit.steps] == [
        {
            "day": "2026-08-31",
            "counted": False,
            "why": "开始的当日不计入（民法典第二百零一条）",
        },
        {
            "day": "2027-09-30",
            "counted": True,
            "why": "到期月没有 31 日，以月末日为最后一日（民法典第二百零二条）",
        },
    ]
    rolled = due(date(2026, 9, 3), parse_term("30 days"), CALENDAR).steps
    assert [step.day for step in rolled[1:]] == [date(2026, 10, day) for day in range(3, 9)]
    assert "国庆节假期，顺延" in rolled[1].why
    assert rolled[-1].why == "休假结束的次日，工作日（民法典第二百零三条）"


def test_it_marks_a_limit_that_a_coming_notice_may_move() -> None:
    into_2027 = due(date(2026, 12, 30), parse_term("5 working days"), CALENDAR)
    assert not into_2027.confirmed
    assert "未确认" in into_2027.steps[-1].why
    assert not due(date(2026, 11, 30), parse_term("3 months"), CALENDAR).confirmed
    assert due(date(2026, 12, 1), parse_term("5 working days"), CALENDAR).confirmed


@pytest.mark.parametrize(
    ("text", "term"),
    [
        ("3 months", Term(3, "months")),
        ("1 month", Term(1, "months")),
        ("30 days", Term(30, "days")),
        ("5 working days", Term(5, "working_days")),
        ("1 year", Term(1, "years")),
        ("3个月", Term(3, "months")),
        ("30日", Term(30, "days")),
        ("30 天", Term(30, "days")),
        ("5个工作日", Term(5, "working_days")),
        ("5 工作日", Term(5, "working_days")),
        ("1年", Term(1, "years")),
        ("  10  Working  Days ", Term(10, "working_days")),
        ("１５日", Term(15, "days")),
    ],
)
def test_it_reads_terms_in_english_and_chinese(text: str, term: Term) -> None:
    assert parse_term(text) == term


@pytest.mark.parametrize(
    "text", ["", "soon", "3", "months", "三个月", "-3 days", "3 weeks", "3.5日"]
)
def test_it_says_how_to_write_a_term_it_cannot_read(text: str) -> None:
    with pytest.raises(BadTerm) as caught:
        parse_term(text)
    assert f"看不懂时限“{text}”" in str(caught.value)
    assert "请写成" in str(caught.value)


@pytest.mark.parametrize("text", ["0 days", "0个月", "101 years", "99999 days"])
def test_it_refuses_a_term_of_nothing_or_of_more_than_a_century(text: str) -> None:
    with pytest.raises(BadTerm, match="超出范围"):
        parse_term(text)


def test_it_refuses_a_start_that_can_only_be_a_slip() -> None:
    with pytest.raises(BadTerm, match="起算日 9999-12-31 过晚"):
        last_day(date(9999, 12, 31), "1 day")


def test_it_reckons_by_the_day_only() -> None:
    with pytest.raises(TypeError, match="not a datetime"):
        last_day(datetime(2026, 2, 10, 9, 30), "5 working days")


@pytest.mark.parametrize(
    ("start", "term", "sentence"),
    [
        (
            date(2026, 2, 10),
            "5 working days",
            "自 2026-02-10 起 5 个工作日，开始的当日不计入，"
            "扣除休息日和节假日 9 天，至 2026-02-24（周二）届满。",
        ),
        (
            date(2026, 2, 10),
            "3 months",
            "自 2026-02-10 起 3 个月，开始的当日不计入，"
            "最后一日 2026-05-10（周日）为休假日，顺延 1 天，至 2026-05-11（周一）届满。",
        ),
        (
            date(2026, 8, 31),
            "30 days",
            "自 2026-08-31 起 30 日，开始的当日不计入，至 2026-09-30（周三）届满。",
        ),
        (
            date(2026, 12, 31),
            "1 year",
            "自 2026-12-31 起 1 年，开始的当日不计入，至 2027-12-31（周五）届满"
            "（所涉年份节假日安排未全部公布，日期可能调整）。",
        ),
    ],
)
def test_it_explains_a_limit_in_one_sentence(start: date, term: str, sentence: str) -> None:
    assert explain(due(start, parse_term(term), CALENDAR)) == sentence


def test_it_counts_the_days_left_and_the_days_late() -> None:
    assert days_left(date(2026, 2, 20), date(2026, 2, 24)) == 4
    assert days_left(date(2026, 2, 24), date(2026, 2, 24)) == 0
    assert days_left(date(2026, 3, 1), date(2026, 2, 24)) == -5


def test_it_counts_working_days_between_two_days() -> None:
    assert working_days_between(date(2026, 2, 10), date(2026, 2, 24), CALENDAR) == 5
    assert working_days_between(date(2026, 2, 24), date(2026, 2, 10), CALENDAR) == -5
    assert working_days_between(date(2026, 2, 14), date(2026, 2, 23), CALENDAR) == 0


def test_it_keeps_what_the_screens_need_as_plain_values() -> None:
    limit = due(date(2026, 2, 10), parse_term("5 working days"), CALENDAR)
    assert json.loads(json.dumps([step.as_json() for step in limit.steps]))[0] == {
        "day": "2026-02-11",
        "counted": True,
        "why": "工作日",
    }


@given(terms)
def test_it_reads_back_every_term_it_writes(term: Term) -> None:
    assert parse_term(str(term)) == term
    assert parse_term(term.chinese()) == term


@given(starts, terms, extra_days_off)
def test_it_never_brings_a_limit_nearer_by_more_holidays(
    start: date, term: Term, days_off: set[date]
) -> None:
    fewer_days = CALENDAR.with_days({day: day_off("放假") for day in days_off})
    assert due(start, term, fewer_days).due >= due(start, term, CALENDAR).due


@given(starts, st.integers(0, 40), terms)
def test_it_never_ends_earlier_for_a_later_start(start: date, later: int, term: Term) -> None:
    second = start + timedelta(days=later)
    assert due(start, term, CALENDAR).due <= due(second, term, CALENDAR).due


@given(starts, st.integers(1, 20), terms)
def test_it_never_ends_earlier_for_a_longer_term(start: date, more: int, term: Term) -> None:
    longer = Term(term.amount + more, term.unit)
    assert due(start, term, CALENDAR).due <= due(start, longer, CALENDAR).due


@given(starts, terms)
def test_it_always_ends_after_the_start_on_a_working_day(start: date, term: Term) -> None:
    limit = due(start, term, CALENDAR)
    assert limit.due > start
    assert CALENDAR.is_working(limit.due)
    assert limit.steps[-1].day == limit.due
    assert limit.steps[-1].counted


@given(starts, plain_terms)
def test_it_never_ends_before_plain_arithmetic_nor_past_the_next_working_day(
    start: date, term: Term
) -> None:
    plain = due(start, term, CALENDAR, rolls=False).due
    rolled = due(start, term, CALENDAR).due
    assert rolled >= plain
    assert working_days_between(plain - timedelta(days=1), rolled, CALENDAR) == 1


@given(starts, st.integers(1, 200))
def test_it_ends_a_term_of_months_in_the_month_it_runs_out_in(start: date, amount: int) -> None:
    plain = due(start, Term(amount, "months"), CALENDAR, rolls=False).due
    assert (plain.year - start.year) * 12 + plain.month - start.month == amount
    assert plain.day == start.day or (plain + timedelta(days=1)).day == 1


@given(starts, working_terms)
def test_it_counts_each_working_day_exactly_once(start: date, term: Term) -> None:
    limit = due(start, term, CALENDAR)
    assert sum(step.counted for step in limit.steps) == term.amount
    assert working_days_between(start, limit.due, CALENDAR) == term.amount
    span = (limit.due - start).days
    assert [step.day for step in limit.steps] == [
        start + timedelta(days=n) for n in range(1, span + 1)
    ]


@given(starts, st.integers(1, 90))
def test_it_counts_working_days_like_days_where_every_day_is_worked(
    start: date, amount: int
) -> None:
    days = (start + timedelta(days=n) for n in range(amount + 1))
    no_rest = CALENDAR.with_days({day: DayKind(True, "工作日") for day in days})
    expected = start + timedelta(days=amount)
    assert due(start, Term(amount, "working_days"), no_rest).due == expected
    assert due(start, Term(amount, "days"), no_rest).due == expected


def test_it_reckons_back_from_a_meeting() -> None:
    limit = due_before(date(2026, 5, 28), parse_term("20 days"), CALENDAR)
    assert limit.due == date(2026, 5, 8) and limit.backwards
    assert explain(limit) == (
        "从 2026-05-28 往前 20 日，当日不计入，最迟 2026-05-08（周五）；不因休假日顺延。"
    )


def test_it_says_that_a_day_of_rest_moves_nothing() -> None:
    limit = due_before(date(2026, 3, 7), parse_term("7 days"), CALENDAR)
    assert limit.due == date(2026, 2, 28)
    assert due_before(date(2026, 3, 8), parse_term("7 days"), CALENDAR).due == date(2026, 3, 1)
    assert (
        "不顺延，请提前办"
        in due_before(date(2026, 3, 8), parse_term("7 days"), CALENDAR).steps[0].why
    )


@pytest.mark.parametrize("text", ["5 working days", "1 month", "1 year"])
def test_it_reckons_back_in_days_only(text: str) -> None:
    with pytest.raises(BadTerm, match="只能用日计算"):
        due_before(date(2026, 5, 28), parse_term(text), CALENDAR)


@given(starts, st.integers(1, 90), extra_days_off)
def test_it_never_brings_a_limit_before_a_meeting_nearer_by_more_holidays(
    meeting: date, amount: int, days_off: set[date]
) -> None:
    fewer_days = CALENDAR.with_days({day: day_off("放假") for day in days_off})
    term = Term(amount, "days")
    assert due_before(meeting, term, fewer_days).due >= due_before(meeting, term, CALENDAR).due


@given(starts, st.integers(1, 90), st.integers(0, 40))
def test_it_always_ends_before_the_meeting_and_moves_with_it(
    meeting: date, amount: int, later: int
) -> None:
    term, moved = Term(amount, "days"), meeting + timedelta(days=later)
    first, second = due_before(meeting, term, CALENDAR), due_before(moved, term, CALENDAR)
    assert first.due < meeting and (meeting - first.due).days == amount
    assert second.due - first.due == timedelta(days=later)
