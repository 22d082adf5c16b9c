"""Spans of days that counts are made over: quarters, and the same days of the year before."""

from __future__ import annotations

from calendar import monthrange
from datetime import date

Period = tuple[date, date]
"""From the first day to the last, both counted."""


def quarter(year: int, number: int) -> Period:
    """The first to the fourth quarter of a year."""
    last = number * 3
    return date(year, last - 2, 1), date(year, last, monthrange(year, last)[1])


def quarter_number(day: date) -> int:
    """Which quarter of its year a day stands in, from 1."""
    return (day.month + 2) // 3


def quarter_said(number: int) -> str:
    """第一季度."""
    return f"第{'一二三四'[number - 1]}季度"


def year_earlier(period: Period) -> Period:
    """The same days of the year before; for 29 February the 28th."""
    first, last = period
    return _a_year_before(first), _a_year_before(last)


def _a_year_before(day: date) -> date:
    leap = (day.month, day.day) == (2, 29)
    return day.replace(year=day.year - 1, day=28 if leap else day.day)
