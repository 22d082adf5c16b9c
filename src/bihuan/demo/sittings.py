"""The committee's sessions over five years, and the 53 subjects on their agendas: S1's 42 reports heard among them.

A session every 52 days keeps within the two months of the law, days of rest included.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

from bihuan.demo.player import Player

EVERY = timedelta(days=52)
SUBJECTS = {
    "市教育局": "义务教育均衡发展",
    "市公安局": "社会治安防控体系建设",
    "市民政局": "养老服务体系建设",
    "市司法局": "公共法律服务",
    "市财政局": "国有资产管理",
    "市人力资源和社会保障局": "稳就业工作",
    "市自然资源和规划局": "国土空间规划实施",
    "市生态环境局": "环境状况和环境保护目标完成",
    "市住房和城乡建设局": "老旧小区改造",
    "市交通运输局": "农村公路建设和养护",
    "市水利和湖泊局": "农村饮水安全",
    "市农业农村局": "粮食安全和耕地保护",
    "市商务局": "城乡商贸流通",
    "市文化和旅游局": "公共文化服务",
    "市卫生健康局": "基层医疗卫生服务",
    "市应急管理局": "安全生产",
    "市市场监督管理局": "食品安全监管",
    "市城市管理执法局": "城市精细化管理",
    "市政务服务和大数据管理局": "优化营商环境",
    "市发展和改革局": "国民经济和社会发展计划执行",
}
TOPICS_A_YEAR = (11, 11, 11, 10, 10)
FORMED = (37, 38, 38, 40, 40)
"""Opinions formed in each year: 193."""
REPORT, INSPECTION, VISIT = "听取和审议报告", "执法检查", "专题视察"
KINDS = {REPORT: "听取和审议报告", INSPECTION: "执法检查报告", VISIT: "其他"}
INSPECTED, VISITED = {4, 13, 22, 31, 40, 49}, {8, 19, 30, 41, 52}
LAST_OPINIONS = 6
"""In the last year no opinion is formed after this month: all of them are closed by now."""


@dataclass
class Topic:
    """One subject on an agenda: which body reports on what, in which form, with how many opinions."""

    number: int
    body: str
    subject: str
    form: str
    opinions: int

    @property
    def title(self) -> str:
        """The item as the agenda words it."""
        return f"关于{self.subject}情况的报告"


@dataclass
class Sitting:
    """One session: its number, its day, and what is on its agenda."""

    number: int
    day: date
    topics: list[Topic] = field(default_factory=list)

    @property
    def name(self) -> str:
        """常委会第34次会议."""
        return f"常委会第{self.number}次会议"


def sittings(player: Player) -> list[Sitting]:
    """Every session held so far, the subjects dealt out over those of each year."""
    first, today = date(player.ground.first_year, 1, 20), player.ground.today
    days: list[date] = []
    while first + EVERY * len(days) < today - timedelta(days=20):
        days.append(player.workday(first + EVERY * len(days)))
    held = [Sitting(number, day) for number, day in enumerate(days, 1)]
    number = 0
    for year, wanted in enumerate(TOPICS_A_YEAR):
        own = _open_to(held, player.ground.first_year + year, last=year == 4)
        for place in range(wanted):
            own[place * len(own) // wanted].topics.append(_topic(number, year, place))
            number += 1
    return held


def _open_to(held: list[Sitting], year: int, *, last: bool) -> list[Sitting]:
    own = [one for one in held if one.day.year == year]
    return [one for one in own if one.day.month <= LAST_OPINIONS] if last else own


def _topic(number: int, year: int, place: int) -> Topic:
    body, subject = list(SUBJECTS.items())[number % len(SUBJECTS)]
    wanted, formed = TOPICS_A_YEAR[year], FORMED[year]
    opinions = (place + 1) * formed // wanted - place * formed // wanted
    return Topic(number, body, subject, _form(number), opinions)


def _form(number: int) -> str:
    """Of 53, forty-two are reports, six inspections and five visits, spread over the years."""
    if number in INSPECTED:
        return INSPECTION
    return VISIT if number in VISITED else REPORT
