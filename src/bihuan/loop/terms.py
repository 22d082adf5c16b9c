"""Limits (时限): from a start day and a term to the last day, with the sum that leads there.

《民法典》 gives the arithmetic. 第二百零一条: the day of the beginning is not counted.
第二百零二条: a term of months or years ends on the corresponding day of the month it runs out in,
or on that month's last day where there is none. 第二百零三条: a term whose last day is a 法定休假日
ends on the day after that rest. 周六 and 周日 count as rest: the rule's forerunner,
《民法通则》第一百五十四条, named 星期日, and 《国务院关于职工工作时间的规定》第七条 makes both days
the weekly rest of state organs.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal, NamedTuple

from bihuan.loop.calendar import Calendar

Unit = Literal["months", "days", "working_days", "years"]

ONE_DAY = timedelta(days=1)
LONGEST: dict[Unit, int] = {"days": 36500, "working_days": 25000, "months": 1200, "years": 100}
"""A hundred years: more is a slip of the hand, and would leave what a date can hold."""
LAST_START_YEAR = 9800

ENGLISH: dict[Unit, str] = {
    "months": "month",
    "days": "day",
    "working_days": "working day",
    "years": "year",
}
CHINESE: dict[Unit, str] = {
    "months": "个月",
    "days": "日",
    "working_days": "个工作日",
    "years": "年",
}
WORDS: dict[str, Unit] = {
    **{english: unit for unit, english in ENGLISH.items()},
    **{f"{english}s": unit for unit, english in ENGLISH.items()},
    **{chinese: unit for unit, chinese in CHINESE.items()},
    "天": "days",
    "工作日": "working_days",
}
TERM = re.compile(r"(\d{1,5})\s*(\D+)")
WEEKDAYS = "一二三四五六日"


class BadTerm(ValueError):
    """A term or start that no limit can be reckoned from: a Chinese sentence saying what to do."""


@dataclass(frozen=True, slots=True)
class Term:
    """A length of time as a rule states it: `amount` of `unit`."""

    amount: int
    unit: Unit

    def __str__(self) -> str:
        """The written form in a declaration, e.g. `5 working days`; `parse_term` reads it back."""
        plural = "" if self.amount == 1 else "s"
        return f"{self.amount} {ENGLISH[self.unit]}{plural}"

    def chinese(self) -> str:
        """The form shown to people, e.g. 5 个工作日."""
        return f"{self.amount} {CHINESE[self.unit]}"


class Step(NamedTuple):
    """One line of the sum: a day, whether it is counted, and why."""

    day: date
    counted: bool
    why: str

    def as_json(self) -> dict[str, str | bool]:
        """The line as plain values, the day in ISO form."""
        return {"day": self.day.isoformat(), "counted": self.counted, "why": self.why}


@dataclass(frozen=True, slots=True)
class Limit:
    """The last day of a term (`due`), how it was reckoned, and from which calendar.

    `confirmed` is false when a year that bears on it has no announced holidays yet. `backwards`: the term
    leads up to `start` instead of running from it.
    """

    start: date
    term: Term
    due: date
    steps: tuple[Step, ...]
    calendar_version: str
    confirmed: bool
    backwards: bool = False


def parse_term(text: str) -> Term:
    """Reads `3 months`, `30 days`, `5 working days`, `1 year`, 3个月, 30日, 5个工作日 or 1年.

    Raises `BadTerm` for anything else, for zero and for more than a hundred years.
    """
    match = TERM.fullmatch(str(text).strip())
    unit = WORDS.get(" ".join(match[2].lower().split())) if match else None
    if match is None or unit is None:
        raise BadTerm(
            f"看不懂时限“{text}”：请写成“3个月”“30日”“5个工作日”“1年”或“5 working days”的形式"
        )
    amount = int(match[1])
    if not 1 <= amount <= LONGEST[unit]:
        raise BadTerm(
            f"时限“{text}”超出范围：应在 1 至 {LONGEST[unit]} {CHINESE[unit]}之间，请核对数字"
        )
    return Term(amount, unit)


def due(start: date, term: Term, calendar: Calendar, *, rolls: bool = True) -> Limit:
    """The limit of `term` that begins with what happened on `start`.

    `rolls`: a term of days, months or years that ends on a day of rest goes on to the next
    working day (第二百零三条); false where a rule fixes the very day. Raises `BadTerm` for a start
    beyond the year 9800, which can only be a slip.
    """
    if isinstance(start, datetime):
        raise TypeError("a limit is reckoned by the day: give a date, not a datetime")
    if start.year > LAST_START_YEAR:
        raise BadTerm(f"起算日 {start} 过晚，无法计算时限：请核对年份")
    if term.unit == "working_days":
        steps = tuple(_working_steps(start, term.amount, calendar))
        first = start + ONE_DAY
    else:
        first, reason = _corresponding_day(start, term)
        opening = Step(start, False, "开始的当日不计入（民法典第二百零一条）")
        steps = (opening, *_closing_steps(first, reason, calendar, rolls))
    last = steps[-1].day
    confirmed = calendar.confirms(first, last)
    return Limit(start, term, last, steps, calendar.version, confirmed)


def due_before(day: date, term: Term, calendar: Calendar) -> Limit:
    """The last day that is `term` before `day` (“举行会议的二十日前”): the day itself is not counted.

    It is a fixed day: moved on for a holiday it would leave fewer days than the law asks for, moved forward it
    would shorten the time of whoever must deliver. Raises `BadTerm` for a term that is not in days, or that
    reaches back before the calendar.
    """
    if term.unit != "days":
        raise BadTerm(f"倒推的期限只能用日计算，不能是“{term.chinese()}”：请写成“20 days”的形式")
    if day.toordinal() <= term.amount:
        raise BadTerm(f"从 {day} 往前推不出 {term.chinese()}：请核对日期")
    last = day - term.amount * ONE_DAY
    kind = calendar.kind(last)
    rest = "" if kind.working else f"；{kind.why}，不顺延，请提前办"
    steps = (
        Step(last, True, f"往前第 {term.amount} 日{rest}"),
        Step(day, False, "会议等所指的当日不计入"),
    )
    return Limit(day, term, last, steps, calendar.version, calendar.confirms(last, day), True)


def _working_steps(start: date, amount: int, calendar: Calendar) -> Iterator[Step]:
    """Each day after `start` until `amount` working days have been counted."""
    day, left = start, amount
    while left:
        day += ONE_DAY
        kind = calendar.kind(day)
        left -= kind.working
        yield Step(day, kind.working, kind.why)


def _corresponding_day(start: date, term: Term) -> tuple[date, str]:
    """The last day by plain arithmetic, and the reason to show for it."""
    if term.unit == "days":
        day = start + term.amount * ONE_DAY
        return day, f"自次日起第 {term.amount} 日"
    day = _months_on(start, _months(term))
    if day.day == start.day:
        return day, "到期月的对应日（民法典第二百零二条）"
    return day, f"到期月没有 {start.day} 日，以月末日为最后一日（民法典第二百零二条）"


def _months(term: Term) -> int:
    return term.amount * 12 if term.unit == "years" else term.amount


def _months_on(start: date, months: int) -> date:
    """The corresponding day so many months on (or back), or the last day of that month."""
    year, month0 = divmod(start.year * 12 + start.month - 1 + months, 12)
    return date(year, month0 + 1, min(start.day, monthrange(year, month0 + 1)[1]))


def back(day: date, term: Term) -> date:
    """The day a term ago, for looking back over what was: no limit, and working days are taken as days."""
    if term.unit in ("days", "working_days"):
        return day - term.amount * ONE_DAY
    return _months_on(day, -_months(term))


def _closing_steps(day: date, reason: str, calendar: Calendar, rolls: bool) -> Iterator[Step]:
    """The last day by arithmetic and, if that is a day of rest, each day until work is resumed."""
    kind = calendar.kind(day)
    if kind.working or not rolls:
        yield Step(day, True, reason)
        return
    yield Step(day, False, f"{reason}；{kind.why}，顺延（民法典第二百零三条）")
    while not (kind := calendar.kind(day := day + ONE_DAY)).working:
        yield Step(day, False, f"{kind.why}，顺延")
    yield Step(day, True, f"休假结束的次日，{kind.why}（民法典第二百零三条）")


def working_days_between(a: date, b: date, calendar: Calendar) -> int:
    """Working days after `a` up to and including `b`; negative when `b` is before `a`."""
    if b < a:
        return -working_days_between(b, a, calendar)
    return sum(calendar.is_working(a + n * ONE_DAY) for n in range(1, (b - a).days + 1))


def days_left(today: date, due: date) -> int:
    """Calendar days until the last day: 0 on that day itself, negative once it is over."""
    return (due - today).days


def explain(limit: Limit) -> str:
    """The limit's sum as one Chinese sentence."""
    if limit.backwards:
        last = _with_weekday(limit.due)
        return f"从 {limit.start} 往前 {limit.term.chinese()}，当日不计入，最迟 {last}；不因休假日顺延。"
    doubt = "" if limit.confirmed else "（所涉年份节假日安排未全部公布，日期可能调整）"
    return (
        f"自 {limit.start} 起 {limit.term.chinese()}，开始的当日不计入，"
        f"{_middle(limit)}至 {_with_weekday(limit.due)}届满{doubt}。"
    )


def _middle(limit: Limit) -> str:
    """The clause about the days that did not count."""
    skipped = [step for step in limit.steps if not step.counted and step.day != limit.start]
    if not skipped:
        return ""
    if limit.term.unit == "working_days":
        return f"扣除休息日和节假日 {len(skipped)} 天，"
    return f"最后一日 {_with_weekday(skipped[0].day)}为休假日，顺延 {len(skipped)} 天，"


def _with_weekday(day: date) -> str:
    return f"{day}（周{WEEKDAYS[day.weekday()]}）"
