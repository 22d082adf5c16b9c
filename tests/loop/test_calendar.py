"""The calendar against two independently published ones, and against files gone wrong.

`chinese_calendar` and `holidays` are kept by different people from the same notices. They agree on
every day from 2007 to 2026, so a difference here is ours.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import chinese_calendar
import holidays
import pytest

from bihuan.loop.calendar import (
    MOVING_FESTIVALS,
    BadCalendar,
    Calendar,
    DayKind,
    day_off,
    load_calendar,
    statutory_festival,
)

FOLDER = Path(__file__).parents[2] / "calendar"
ANNOUNCED = range(2007, 2027)


def days_of(years: range) -> Iterator[date]:
    day = date(years.start, 1, 1)
    while day.year < years.stop:
        yield day
        day += timedelta(days=1)


@pytest.fixture(scope="module")
def calendar() -> Calendar:
    return load_calendar(FOLDER)


def test_it_has_every_year_since_the_supervision_law_took_effect(calendar: Calendar) -> None:
    assert calendar.confirmed_years == frozenset(ANNOUNCED)


def test_it_agrees_with_chinese_calendar_on_every_day(calendar: Calendar) -> None:
    wrong = [
        day
        for day in days_of(ANNOUNCED)
        if calendar.is_working(day) != chinese_calendar.is_workday(day)
    ]
    assert wrong == []


def test_it_agrees_with_the_holidays_package_on_every_day(calendar: Calendar) -> None:
    published = holidays.country_holidays("CN", years=ANNOUNCED)
    wrong = [
        day
        for day in days_of(ANNOUNCED)
        if calendar.is_working(day) != published.is_working_day(day)
    ]
    assert wrong == []


@pytest.mark.parametrize(
    ("day", "off"),
    [
        # 国发明电〔2015〕1号 added a holiday in the middle of the year.
        (date(2015, 9, 4), True),
        (date(2015, 9, 6), False),
        # 国办发明电〔2019〕3号 lengthened Labour Day after the year had begun.
        (date(2019, 5, 3), True),
        (date(2019, 4, 28), False),
        # 国办发明电〔2020〕1号 made the Spring Festival longer; 1 February was to be worked.
        (date(2020, 1, 31), True),
        (date(2020, 2, 1), True),
        # The last days of 2018 were arranged by the notice for 2019.
        (date(2018, 12, 31), True),
        (date(2018, 12, 29), False),
    ],
)
def test_it_knows_the_notices_that_changed_a_year(calendar: Calendar, day: date, off: bool) -> None:
    assert calendar.is_working(day) is not off


@pytest.mark.parametrize(
    ("day", "why"),
    [
        (date(2026, 2, 7), "周六"),
        (date(2026, 2, 8), "周日"),
        (date(2026, 2, 14), "调休上班"),
        (date(2026, 2, 15), "春节假期"),
        (date(2026, 2, 24), "工作日"),
        (date(2020, 10, 8), "国庆节、中秋节假期"),
        (date(2027, 3, 1), "工作日（2027 年节假日安排未确认，按周末推算）"),
        (date(2027, 3, 6), "周六（2027 年节假日安排未确认，按周末推算）"),
        (date(2027, 2, 8), "春节假期（2027 年节假日安排未确认，按周末推算）"),
    ],
)
def test_it_says_why_a_day_is_worked_or_not(calendar: Calendar, day: date, why: str) -> None:
    assert calendar.why(day) == why


def test_it_reckons_unannounced_years_from_the_statutory_days(calendar: Calendar) -> None:
    years = range(2027, 2031)
    published = holidays.country_holidays("CN", years=years, observed=False)
    statutory = {day for day in days_of(years) if statutory_festival(day)}
    assert statutory == set(published)
    assert not any(calendar.is_working(day) for day in statutory)
    assert len(MOVING_FESTIVALS) == 4 * 7


def test_it_names_the_festivals_of_unannounced_years_as_published() -> None:
    published = holidays.country_holidays(
        "CN", years=range(2027, 2031), observed=False, language="zh_CN"
    )
    wrong = {
        day: (name, published[day])
        for day, name in MOVING_FESTIVALS.items()
        if name not in published[day] and published[day] != "农历除夕"
    }
    assert wrong == {}


def test_it_works_far_outside_the_known_years(calendar: Calendar) -> None:
    assert calendar.why(date(2099, 10, 1)).startswith("国庆节假期（2099 年")
    assert calendar.is_working(date(1954, 9, 15))


def test_it_confirms_a_span_only_when_every_year_in_it_is_announced(calendar: Calendar) -> None:
    assert calendar.confirms(date(2025, 12, 1), date(2026, 12, 31))
    assert not calendar.confirms(date(2026, 12, 31), date(2027, 1, 1))


def test_it_lays_a_congress_own_days_over_a_copy(calendar: Calendar) -> None:
    local = calendar.with_days({date(2026, 4, 20): day_off("三月三")})
    assert local.why(date(2026, 4, 20)) == "三月三假期"
    assert calendar.is_working(date(2026, 4, 20))
    assert local.version != calendar.version
    assert local.confirmed_years == calendar.confirmed_years


def test_it_names_the_same_content_with_the_same_version(calendar: Calendar) -> None:
    again = load_calendar(FOLDER)
    assert again == calendar
    assert hash(again) == hash(calendar)
    shuffled = dict(reversed(list(calendar.days.items())))
    assert Calendar(shuffled, calendar.confirmed_years).version == calendar.version


def test_it_gives_another_version_when_a_year_is_confirmed_or_a_reason_changes() -> None:
    day = date(2026, 1, 2)
    plain = Calendar({day: day_off("元旦")}, frozenset())
    confirmed = Calendar({day: day_off("元旦")}, frozenset({2026}))
    renamed = Calendar({day: DayKind(False, "放假")}, frozenset())
    assert len({plain.version, confirmed.version, renamed.version}) == 3


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.toml")), ids=lambda path: path.stem)
def test_it_names_the_notice_of_each_year(path: Path) -> None:
    first_line = path.read_text(encoding="utf-8").splitlines()[0]
    assert f"国务院办公厅关于{path.stem}年部分节假日安排的通知" in first_line
    assert f"国办发明电〔{int(path.stem) - 1}〕" in first_line


def write(folder: Path, text: str, name: str = "2027.toml") -> Path:
    (folder / name).write_text(text, encoding="utf-8")
    return folder


def test_it_keeps_a_draft_year_unconfirmed(tmp_path: Path) -> None:
    draft = 'confirmed = false\nholidays = [{ name = "元旦", days = [2027-01-04] }]'
    calendar = load_calendar(write(tmp_path, draft))
    assert calendar.confirmed_years == frozenset()
    assert calendar.why(date(2027, 1, 4)) == "元旦假期"
    assert "未确认" in calendar.why(date(2027, 1, 5))


GOOD = 'source = "通知"\nconfirmed = true\n'


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("confirmed = ", "不是有效的 UTF-8 TOML 文件"),
        ('source = "通知"', "应写 true（已公布）或 false（未公布）"),
        ("confirmed = true", "须写明通知的标题或文号"),
        (GOOD + 'holidays = "春节"', "应为列表"),
        (GOOD + 'holidays = ["2027-02-05"]', "holidays 第 1 项”：应为 { … } 形式"),
        (GOOD + 'holidays = [{ days = ["2027-02-05"] }]', "name”：应写节日名称"),
        (GOOD + 'holidays = [{ name = "春节" }]', "days”：应为日期列表"),
        (GOOD + 'holidays = [{ name = "春节", days = ["二月五日"] }]', "“二月五日”不是日期"),
        (GOOD + 'holidays = [{ name = "元旦", days = ["2026-12-31"] }]', "请移到 2026.toml"),
        (
            GOOD + 'holidays = [{ name = "春节", days = ["2027-02-05", "2027-02-05"] }]',
            "2027-02-05 出现了两次",
        ),
        (GOOD + 'workdays = [{ day = "2027-02-20" }]', "for”：应写节日名称"),
        (GOOD + 'workdays = [{ for = "春节" }]', "day”：“None”不是日期"),
        (GOOD + 'workdays = [{ day = "2027-02-18", for = "春节" }]', "不是周末"),
    ],
)
def test_it_says_what_is_wrong_in_a_year_file(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(BadCalendar) as caught:
        load_calendar(write(tmp_path, text))
    assert "2027.toml" in str(caught.value)
    assert said in str(caught.value)


def test_it_refuses_a_file_that_names_no_year(tmp_path: Path) -> None:
    with pytest.raises(BadCalendar, match=r"应为四位年份，如 2026\.toml"):
        load_calendar(write(tmp_path, GOOD, name="今年.toml"))


def test_it_refuses_a_file_in_another_encoding(tmp_path: Path) -> None:
    (tmp_path / "2027.toml").write_bytes('source = "国务院办公厅"'.encode("gb18030"))
    with pytest.raises(BadCalendar, match="UTF-8"):
        load_calendar(tmp_path)


def test_it_refuses_an_empty_folder(tmp_path: Path) -> None:
    with pytest.raises(BadCalendar, match="没有年度文件"):
        load_calendar(tmp_path)
