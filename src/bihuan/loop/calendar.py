"""Which days are worked in the People's Republic of China, as a value.

The holidays and make-up working days of a year are announced by the General Office of the State
Council late in the year before. Each announced year is one file `<year>.toml` that names its
notice. A year without a file is reckoned from its weekends and the statutory days of
《全国年节及纪念日放假办法》 (国务院令第795号, in force since 2025), and every answer says so.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any


class BadCalendar(ValueError):
    """A calendar file that cannot be used: a Chinese sentence naming file, key and remedy."""


@dataclass(frozen=True, slots=True)
class DayKind:
    """Whether a day is worked, why (as shown to a person), and the festival it belongs to."""

    working: bool
    why: str
    occasion: str = ""


def day_off(occasion: str) -> DayKind:
    """A day without work for the festival `occasion`."""
    return DayKind(False, f"{occasion}假期", occasion)


def make_up_day(occasion: str) -> DayKind:
    """A weekend day worked in exchange for a day off at `occasion` (调休)."""
    return DayKind(True, "调休上班", occasion)


WORKDAY = DayKind(True, "工作日")
WEEK = (*[WORKDAY] * 5, DayKind(False, "周六"), DayKind(False, "周日"))
"""Monday to Sunday; 周六, 周日 by 《国务院关于职工工作时间的规定》第七条."""

FIXED_FESTIVALS = {
    (1, 1): "元旦",
    (5, 1): "劳动节",
    (5, 2): "劳动节",
    (10, 1): "国庆节",
    (10, 2): "国庆节",
    (10, 3): "国庆节",
}
"""Statutory days (month, day) that fall on the same date every year."""


def _moving_festivals(
    eve: date, qingming: date, duanwu: date, mid_autumn: date
) -> Iterator[tuple[date, str]]:
    """The statutory days that follow moon and sun; 春节 is 除夕 to 初三."""
    for offset in range(4):
        yield eve + timedelta(days=offset), "春节"
    yield qingming, "清明节"
    yield duanwu, "端午节"
    yield mid_autumn, "中秋节"


MOVING_FESTIVALS = {
    day: festival
    for year in (
        (date(2027, 2, 5), date(2027, 4, 5), date(2027, 6, 9), date(2027, 9, 15)),
        (date(2028, 1, 25), date(2028, 4, 4), date(2028, 5, 28), date(2028, 10, 3)),
        (date(2029, 2, 12), date(2029, 4, 4), date(2029, 6, 16), date(2029, 9, 22)),
        (date(2030, 2, 2), date(2030, 4, 5), date(2030, 6, 5), date(2030, 9, 12)),
    )
    for day, festival in _moving_festivals(*year)
}
"""Statutory days 2027-2030 by 除夕, 清明, 端午 and 中秋, until each year's notice appears."""


def statutory_festival(day: date) -> str:
    """The festival for which the law itself makes `day` a holiday, or an empty string."""
    return FIXED_FESTIVALS.get((day.month, day.day)) or MOVING_FESTIVALS.get(day, "")


@dataclass(frozen=True)
class Calendar:
    """The days that differ from the plain week, and the years for which a notice has settled them.

    `version` names the content: the same days and years always give the same version.
    """

    days: Mapping[date, DayKind] = field(hash=False)
    confirmed_years: frozenset[int]
    version: str = ""

    def __post_init__(self) -> None:
        if not self.version:
            object.__setattr__(self, "version", _fingerprint(self.days, self.confirmed_years))

    def kind(self, day: date) -> DayKind:
        """What kind of day `day` is."""
        known = self.days.get(day)
        if known is not None:
            return known
        if day.year in self.confirmed_years:
            return WEEK[day.weekday()]
        return _reckoned(day)

    def is_working(self, day: date) -> bool:
        """Whether `day` is a working day (工作日), make-up working days included."""
        return self.kind(day).working

    def why(self, day: date) -> str:
        """Why `day` is worked or not, in Chinese: 周六, 春节假期, 调休上班, 工作日 …"""
        return self.kind(day).why

    def confirms(self, first: date, last: date) -> bool:
        """Whether every year from `first` to `last` has an announced arrangement."""
        return self.confirmed_years.issuperset(range(first.year, last.year + 1))

    def with_days(self, extra: Mapping[date, DayKind]) -> Calendar:
        """This calendar with `extra` days laid over it, e.g. a congress's own days off."""
        return Calendar({**self.days, **extra}, self.confirmed_years)


def _reckoned(day: date) -> DayKind:
    """The kind of a day in a year that no notice covers yet."""
    festival = statutory_festival(day)
    kind = day_off(festival) if festival else WEEK[day.weekday()]
    doubt = f"{kind.why}（{day.year} 年节假日安排未确认，按周末推算）"
    return DayKind(kind.working, doubt, kind.occasion)


def _fingerprint(days: Mapping[date, DayKind], years: frozenset[int]) -> str:
    """Twelve hexadecimal digits of the SHA-256 of everything that can move a limit."""
    lines = [f"{day} {days[day].working} {days[day].why}" for day in sorted(days)]
    lines += [f"{day} {festival}" for day, festival in MOVING_FESTIVALS.items()]
    lines += [str(year) for year in sorted(years)]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:12]


def load_calendar(folder: Path) -> Calendar:
    """The calendar made of every `<year>.toml` in `folder`.

    Raises `BadCalendar` when the folder holds no year or a file cannot be used.
    """
    files = sorted(folder.glob("*.toml"))
    if not files:
        raise BadCalendar(f"日历文件夹 {folder.name} 中没有年度文件：请放入如 2026.toml 的文件")
    days: dict[date, DayKind] = {}
    confirmed: set[int] = set()
    for path in files:
        arrangement = _YearFile(path)
        days |= arrangement.days()
        if arrangement.confirmed():
            confirmed.add(arrangement.year)
    return Calendar(days, frozenset(confirmed))


class _YearFile:
    """One `<year>.toml`, read with an error sentence for everything that can be wrong in it."""

    def __init__(self, path: Path) -> None:
        self.name = path.name
        if not (path.stem.isascii() and path.stem.isdigit() and len(path.stem) == 4):
            raise self._bad("文件名", "应为四位年份，如 2026.toml")
        self.year = int(path.stem)
        try:
            self.data = tomllib.loads(path.read_text(encoding="utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            problem = f"不是有效的 UTF-8 TOML 文件（{error}），请按其他年份改正"
            raise self._bad("全文", problem) from None

    def _bad(self, key: str, problem: str) -> BadCalendar:
        return BadCalendar(f"日历 {self.name} 的“{key}”：{problem}")

    def confirmed(self) -> bool:
        """Whether the notice is out. A confirmed year must name it in `source`."""
        confirmed = self.data.get("confirmed")
        if not isinstance(confirmed, bool):
            raise self._bad("confirmed", "应写 true（已公布）或 false（未公布）")
        if confirmed and not self._text(self.data, "source"):
            raise self._bad("source", "已公布的年份须写明通知的标题或文号")
        return confirmed

    def days(self) -> dict[date, DayKind]:
        """Every day of the file, each at most once."""
        days: dict[date, DayKind] = {}
        for key, day, kind in (*self._holidays(), *self._workdays()):
            if day in days:
                raise self._bad(key, f"{day} 出现了两次，请只保留一处")
            days[day] = kind
        return days

    def _holidays(self) -> Iterator[tuple[str, date, DayKind]]:
        for key, row in self._rows("holidays"):
            kind = day_off(self._need_text(key, row, "name"))
            listed = row.get("days")
            if not isinstance(listed, list) or not listed:
                raise self._bad(f"{key}.days", '应为日期列表，如 ["2026-02-16"]')
            for value in listed:
                yield key, self._day(f"{key}.days", value), kind

    def _workdays(self) -> Iterator[tuple[str, date, DayKind]]:
        for key, row in self._rows("workdays"):
            kind = make_up_day(self._need_text(key, row, "for"))
            day = self._day(f"{key}.day", row.get("day"))
            if WEEK[day.weekday()].working:
                raise self._bad(f"{key}.day", f"{day} 不是周末，不能列为调休上班日")
            yield key, day, kind

    def _rows(self, key: str) -> Iterator[tuple[str, dict[str, Any]]]:
        rows = self.data.get(key, [])
        if not isinstance(rows, list):
            raise self._bad(key, "应为列表，请按其他年份的写法改正")
        for number, row in enumerate(rows, start=1):
            if not isinstance(row, dict):
                raise self._bad(f"{key} 第 {number} 项", "应为 { … } 形式，请按其他年份的写法改正")
            yield f"{key} 第 {number} 项", row

    def _day(self, key: str, value: object) -> date:
        try:
            day = date.fromisoformat(str(value))
        except ValueError:
            raise self._bad(key, f"“{value}”不是日期，请写成 {self.year}-02-16 的形式") from None
        if day.year != self.year:
            raise self._bad(key, f"{day} 不在 {self.year} 年，请移到 {day.year}.toml")
        return day

    def _text(self, row: Mapping[str, Any], key: str) -> str:
        value = row.get(key, "")
        return value.strip() if isinstance(value, str) else ""

    def _need_text(self, where: str, row: Mapping[str, Any], key: str) -> str:
        text = self._text(row, key)
        if not text:
            raise self._bad(f"{where}.{key}", "应写节日名称，如 春节")
        return text
