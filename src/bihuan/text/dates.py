"""Time expressions of official Chinese, and the last day on which they can still be kept.

A period is due on its last day ("今年第四季度" on 31 December), because up to that day nobody
can say that it was missed. Words such as 近期 or 适时 name no day and resolve to None.
"""

import calendar
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from bihuan.text.sentences import paragraphs

_WIDE = str.maketrans("０１２３４５６７８９－～：／．（）", "0123456789-~:/.()")
_DIGITS = {c: i for i, c in enumerate("〇一二三四五六七八九")} | {"零": 0, "○": 0, "两": 2, "Ｏ": 0}
_HAN = "〇零○一二三四五六七八九十两"
_NUMBER = rf"(?:\d{{1,4}}|[{_HAN}百]{{1,5}})"
_YEAR = r"(?:(?:19|20)\d\d|[一二][〇零○一二三四五六七八九]{3})"
_TO = r"\s*(?:-|—{1,2}|–|~|～|至|到)\s*"
_RELATIVE_YEARS = {
    "本年度": 0,
    "本年": 0,
    "今年": 0,
    "当年": 0,
    "明年": 1,
    "来年": 1,
    "下一年度": 1,
    "下年度": 1,
    "后年": 2,
    "去年": -1,
    "上年": -1,
}
YEARLESS = frozenset({"month", "months", "day", "quarter", "half"})
"""Kinds of expression that may leave the year to what was said before."""
_RELATIVE = "|".join(_RELATIVE_YEARS)
_YEAR_WORD = rf"(?:(?P<year>{_YEAR})\s*年度?|(?P<relative>{_RELATIVE}))"
_LIMIT = r"(?P<limit>(?:之?前|以前|内|之内|以内|左右|期间)?)"
_QUARTERS = {"一": 1, "二": 2, "三": 3, "四": 4, "1": 1, "2": 2, "3": 3, "4": 4}
_PART_OF_MONTH = {"初": 10, "上旬": 10, "中": 20, "中旬": 20}
_HALVES = {"上半年": 6, "下半年": 12, "年初": 3, "年中": 6}
_SEASONS = {"春季": 5, "夏季": 8, "秋季": 11, "冬季": 12, "汛期": 9}
_FEASTS = {"元旦": (1, 1), "五一": (5, 1), "七一": (7, 1), "国庆": (10, 1)}
# The lunar calendar moves the Spring Festival; the seasons and terms differ from place to place.
_VAGUE = (
    "近期|近日|适时|短期内|年度内|任期内|届内|本届内|暑假期间|寒假期间|暑期|"
    rf"(?:(?:{_YEAR})年|今年|明年)?(?:春节|中秋|汛期|开学|入冬|雨季|供暖季)(?:之?前|以前)"
)

_PATTERNS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(pattern))
    for kind, pattern in (
        (
            "plan",
            r"[“\"]?(?P<plan>十[一二三四五六七八九])五[”\"]?(?:规划)?(?:期间|时期|期内|"
            rf"末|期末){_LIMIT}",
        ),
        ("years", rf"(?P<first>{_YEAR})\s*年?{_TO}(?P<year>{_YEAR})(?:\s*年度?)?{_LIMIT}"),
        (
            "months",
            rf"{_YEAR_WORD}?\s*{_NUMBER}月?份?{_TO}(?P<month>{_NUMBER})\s*月份?(?P<part>底|"
            rf"末)?{_LIMIT}",
        ),
        (
            "day",
            rf"(?:{_YEAR_WORD}\s*)?(?P<month>{_NUMBER})\s*月\s*(?:{_NUMBER}\s*[日号]?{_TO})?(?P<day>{_NUMBER})\s*[日号]{_LIMIT}",
        ),
        ("iso", rf"(?P<year>{_YEAR})[-/.](?P<month>\d\d?)[-/.](?P<day>\d\d?){_LIMIT}"),
        (
            "month",
            rf"(?:{_YEAR_WORD}\s*)?(?P<month>{_NUMBER})\s*月(?!\s*\d)(?:份)?"
            rf"(?P<part>底|末|初|上旬|中旬|下旬|中(?!心|学|小|国|央))?{_LIMIT}",
        ),
        ("quarter", rf"(?:{_YEAR_WORD}\s*)?第?(?P<quarter>[一二三四1-4])季度(?:末|底)?{_LIMIT}"),
        ("half", rf"(?:{_YEAR_WORD}\s*)?(?P<half>上半年|下半年|年初|年中){_LIMIT}"),
        ("season", rf"{_YEAR_WORD}\s*(?P<season>[春夏秋冬]季(?:学期)?|汛期){_LIMIT}"),
        ("feast", rf"(?:{_YEAR_WORD}\s*)?(?P<feast>元旦|五一|七一|国庆)(?:节|假期)?(?:之?前|以前)"),
        ("year end", rf"(?:{_YEAR_WORD}|本?年)\s*(?:年?[底末]|年?终)(?!端){_LIMIT}"),
        ("year", rf"{_YEAR_WORD}(?!以来|开春)(?:年内)?{_LIMIT}"),
        ("in year", r"年内(?!容)"),
        (
            "this month",
            r"(?P<next>本|当|下个?|这个)月\s*(?P<part>底|末|初|上旬|中旬|下旬|"
            rf"中)?{_LIMIT}|月底(?:之?前)?",
        ),
        ("week", rf"(?P<next>本|下|这)(?:周|星期){_LIMIT}"),
        ("both years", r"(?:今明|明后)(?:两|二)?年(?:内|之内)?"),
        (
            "within",
            rf"(?:(?:自|从)[^，。；,]{{0,12}}?起)?(?:在|于)?(?:未来|今后|此后|随后)?"
            rf"(?:{_NUMBER}{_TO})?(?P<count>{_NUMBER}|半)\s*"
            rf"个?(?P<unit>工作日|月|年|周|星期|天|日|小时)(?:以内|之内|内|时间内)",
        ),
        ("every", r"每(?:两|半|[一二三四五六\d])?个?(?:年|季度|月|周|星期|旬|天|日)(?!度)"),
        ("vague", _VAGUE),
    )
)


@dataclass(frozen=True, slots=True)
class TimeWords:
    """A time expression as printed: `original[start:end] == text`; `limit` if it says 前 or 内."""

    text: str
    start: int
    end: int
    kind: str
    limit: bool


def weekdays_after(day: date, count: int) -> date:
    """The day `count` weekdays after `day`; Saturdays and Sundays do not count."""
    weeks, rest = divmod(count, 5)
    found = day - timedelta(days=max(0, day.weekday() - 4)) + timedelta(weeks=weeks)
    while rest:
        found += timedelta(days=1)
        rest -= found.weekday() < 5
    return found


Workdays = Callable[[date, int], date]


def number(words: str) -> int | None:
    """The whole number written in Arabic or Chinese numerals below one thousand, or a year."""
    if words.isascii() and words.isdigit():
        return int(words)
    if not any(mark in words for mark in "十百"):
        digits = [_DIGITS.get(character) for character in words]
        known = [digit for digit in digits if digit is not None]
        return int("".join(map(str, known))) if known and len(known) == len(digits) else None
    return _by_places(words)


def _by_places(words: str) -> int | None:
    match = re.fullmatch(
        r"(?:(?P<h>[一二两三四五六七八九])百零?)?(?:(?P<t>[一二三四五六七八九])?(?P<ten>十))?(?P<u>[一二三四五六七八九])?",
        words,
    )
    if not match:
        return None
    hundreds, tens, units = (_DIGITS.get(match[key] or "", 0) for key in "htu")
    return hundreds * 100 + ((tens or 1) * 10 if match["ten"] else 0) + units


def time_words(text: str) -> list[TimeWords]:
    """Every time expression of the text in order; where two overlap, the longer one."""
    plain = text.translate(_WIDE)
    found = [
        TimeWords(text[m.start() : m.end()], m.start(), m.end(), kind, _is_limit(m))
        for kind, pattern in _PATTERNS
        for m in pattern.finditer(plain)
        if kind == "every" or not _names_no_day(kind, plain, m.start())
    ]
    found.sort(key=lambda words: (words.start, -words.end))
    return _without_overlaps(found)


def _is_limit(match: re.Match[str]) -> bool:
    return match[0].endswith(("前", "内", "底", "末"))


def _names_no_day(kind: str, plain: str, start: int) -> bool:
    """第三月 counts months; 每年年底 and 每到年末 come round again and again."""
    if kind == "month" and start and plain[start - 1] in "第个":
        return True
    return re.search("每(?:年|到|逢|个|届)?$", plain[max(0, start - 2) : start]) is not None


def _without_overlaps(found: list[TimeWords]) -> list[TimeWords]:
    kept: list[TimeWords] = []
    for words in found:
        if not kept or words.start >= kept[-1].end:
            kept.append(words)
    return kept


def due(words: str, on: date, workdays: Workdays = weekdays_after) -> date | None:
    """The last day that keeps the first datable time expression in `words`.

    `on` is the day of the letter. `workdays` counts working days (pass a calendar with public
    holidays where there is one). None where no checkable day is named.
    """
    plain = words.translate(_WIDE)
    for found in time_words(words):
        match = dict(_PATTERNS)[found.kind].search(plain, found.start)
        day = _resolve(found.kind, match, on, workdays) if match else None
        if day is not None:
            return day
    return None


def _resolve(kind: str, match: re.Match[str], on: date, workdays: Workdays) -> date | None:
    if kind == "within":
        return _within(match, on, workdays)
    try:
        return _RESOLVERS[kind](match, on) if kind in _RESOLVERS else None
    except (ValueError, OverflowError):
        return None


def _year(match: re.Match[str], on: date) -> int | None:
    """The year the expression names; None where it names none."""
    groups = match.groupdict()
    if groups.get("year"):
        return number(groups["year"])
    relative = groups.get("relative")
    return on.year + _RELATIVE_YEARS[relative] if relative else None


def _month_end(year: int, month: int) -> date:
    return date(year, month, calendar.monthrange(year, month)[1])


def _coming(match: re.Match[str], on: date, build: Callable[[int], date]) -> date:
    """The day in the named year; without a year, the first such day not before `on`."""
    year = _year(match, on)
    if year is not None:
        return build(year)
    this_year = build(on.year)
    return this_year if this_year >= on else build(on.year + 1)


def _int(match: re.Match[str], group: str) -> int:
    value = number(match[group])
    if value is None:
        raise ValueError(match[group])
    return value


def _month(match: re.Match[str], on: date) -> date:
    return _coming(match, on, lambda year: _in_month(year, _int(match, "month"), match["part"]))


def _in_month(year: int, month: int, part: str | None) -> date:
    day = _PART_OF_MONTH.get(part or "")
    return date(year, month, day) if day else _month_end(year, month)


def _day(match: re.Match[str], on: date) -> date:
    return _coming(match, on, lambda year: date(year, _int(match, "month"), _int(match, "day")))


def _quarter(match: re.Match[str], on: date) -> date:
    month = 3 * _QUARTERS[match["quarter"]]
    return _coming(match, on, lambda year: _month_end(year, month))


def _half(match: re.Match[str], on: date) -> date:
    return _coming(match, on, lambda year: _month_end(year, _HALVES[match["half"]]))


def _season(match: re.Match[str], on: date) -> date:
    return _coming(match, on, lambda year: _month_end(year, _SEASONS[match["season"][:2]]))


def _feast(match: re.Match[str], on: date) -> date:
    month, day = _FEASTS[match["feast"]]
    return _coming(match, on, lambda year: date(year, month, day) - timedelta(days=1))


def _year_end(match: re.Match[str], on: date) -> date:
    year = _year(match, on)
    return date(on.year if year is None else year, 12, 31)


def _five_year_plan(match: re.Match[str], on: date) -> date:
    # The 14th plan (十四五) runs from 2021 to 2025, the 15th to 2030, and so on.
    return date(1955 + 5 * _int(match, "plan"), 12, 31)


def _this_month(match: re.Match[str], on: date) -> date:
    ahead = 1 if (match["next"] or "").startswith("下") else 0
    year, month = _months_later(on, ahead)
    return _in_month(year, month, match["part"])


def _months_later(on: date, months: int) -> tuple[int, int]:
    years, index = divmod(on.month - 1 + months, 12)
    return on.year + years, index + 1


def _week(match: re.Match[str], on: date) -> date:
    ahead = 7 if match["next"] == "下" else 0
    return on + timedelta(days=6 - on.weekday() + ahead)


def _both_years(match: re.Match[str], on: date) -> date:
    return date(on.year + (2 if match[0].startswith("明") else 1), 12, 31)


def _within(match: re.Match[str], on: date, workdays: Workdays) -> date | None:
    unit = match["unit"]
    count = None if match["count"] == "半" else number(match["count"])
    try:
        if count is None:
            return _add_months(on, 6) if unit == "年" and match["count"] == "半" else None
        if unit == "工作日":
            return workdays(on, count)
        if unit in "年月":
            return _add_months(on, count * (12 if unit == "年" else 1))
        return on + _DURATIONS[unit] * count
    except (ValueError, OverflowError):
        return None


def _add_months(on: date, months: int) -> date:
    year, month = _months_later(on, months)
    return date(year, month, min(on.day, calendar.monthrange(year, month)[1]))


_DURATIONS = {
    "周": timedelta(days=7),
    "星期": timedelta(days=7),
    "天": timedelta(days=1),
    "日": timedelta(days=1),
    "小时": timedelta(hours=1),
}
_RESOLVERS: dict[str, Callable[[re.Match[str], date], date]] = {
    "plan": _five_year_plan,
    "years": _year_end,
    "months": _month,
    "day": _day,
    "iso": _day,
    "month": _month,
    "quarter": _quarter,
    "half": _half,
    "season": _season,
    "feast": _feast,
    "year end": _year_end,
    "year": _year_end,
    "in year": lambda match, on: date(on.year, 12, 31),
    "this month": _this_month,
    "week": _week,
    "both years": _both_years,
}

_SIGNED = re.compile(
    rf"(?P<year>{_YEAR})\s*(?:年|[-/.])\s*(?P<month>{_NUMBER})\s*(?:月|"
    rf"[-/.])\s*(?P<day>{_NUMBER})\s*[日号]?"
)


def letter_date(text: str) -> date | None:
    """The day a letter was signed: the last line that is little more than a full date."""
    for paragraph in reversed(paragraphs(text)):
        plain = paragraph.text.translate(_WIDE)
        match = _SIGNED.search(plain)
        if match and len(plain) - len(match[0]) <= 24 and "。" not in plain:
            day = _signed_day(match)
            if day is not None:
                return day
    return None


def _signed_day(match: re.Match[str]) -> date | None:
    try:
        return date(_int(match, "year"), _int(match, "month"), _int(match, "day"))
    except ValueError:
        return None
