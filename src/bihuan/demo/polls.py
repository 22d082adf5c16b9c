"""Votes that belong to no institution: livelihood projects chosen by all deputies, topics ranked by the committee."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from bihuan.ballots import closing
from bihuan.ballots.marks import Marks
from bihuan.ballots.voting import Plan
from bihuan.demo.chamber import Chamber, members
from bihuan.demo.player import Player

PROJECTS = (
    "新改建农村公路四十公里", "改造老旧小区二十二个", "新建社区养老服务中心六处", "改造城区供水管网三十公里",
    "新增公办幼儿园学位九百个", "建设乡镇标准化卫生院两所", "加装既有住宅电梯六十部", "新建城市公园和步道五处",
    "改造农村危房一百二十户", "新增公共停车泊位八百个", "建设村级光伏路灯一千盏", "改造农贸市场三处",
)  # fmt: skip
PLACES = 10
SO_FAR = {(9, 10): 16, (9, 12): 13, (11, 12): 8}
"""The last two ticks on the papers given so far in the vote that is running; all of them tick the first eight."""
AWAY = 6

BATCH = (
    "修补背街小巷路面六处",
    "增设电动车充电棚四处",
    "更换老旧路灯五十盏",
    "改造社区活动室两间",
    "疏通雨污管道三段",
)
BATCH_PLACES = 3
FIRST_ROUND = {"123": 4, "124": 5, "134": 3, "135": 1, "125": 1}
"""Papers of the small batch by what they tick: of fourteen, items 3 and 4 come out equal, with eight votes each."""
SECOND_ROUND = {"1": 9, "2": 5}

TOPICS = (
    "新能源汽车充电设施建设管理", "农村集体“三资”管理", "校外培训和托管机构监管", "物业服务和业委会建设",
    "县域医共体运行",
)  # fmt: skip
RANKINGS = {"12345": 8, "21345": 6, "31254": 5, "24135": 4, "13524": 2}


def play_polls(player: Player) -> None:
    """A closed choice of projects with its second round, one that is running, and a ranking of topics."""
    year, today = player.ground.first_year + 4, player.ground.today
    ranked_on = player.workday(date(year - 1, 12, 10))
    player.later(ranked_on, lambda: _rank(player, ranked_on, year))
    batch_on = player.workday(date(year, 5, 15))
    player.later(batch_on, lambda: _choose_batch(player, batch_on))
    player.later(today, lambda: _choosing(player, today, year + 1))


def _choose_batch(player: Player, day: date) -> None:
    """A small batch of one sub-district, chosen by its own deputies: two equal at the last place are voted on again."""
    chamber, delegation = Chamber(player, "secretariat"), player.ground.seats[0].delegation
    roll = [one.person for one in player.ground.seats if one.delegation == delegation]
    about = f"{delegation}全体代表从五项候选项目中选出三项，得票过全体代表半数的当选。"
    title = f"青石街道{day.year}年第二批“小快灵”民生实事项目票决"
    plan = Plan(title, about=about, preset="projects", items=BATCH, places=BATCH_PLACES)
    first = chamber.running(plan, roll, roll[:-1], day)
    chamber.cast(first, roll[:-1], _each(FIRST_ROUND))
    first = chamber.close(first, day)
    chamber.announce(first)
    second = chamber.again(first, closing.equal_at_last(first), roll[:-1], day)
    chamber.cast(second, roll[:-1], _each(SECOND_ROUND))
    chamber.announce(chamber.close(second, day))


def _each(papers: Mapping[str, int]) -> list[Marks]:
    return [list(ticks) for ticks, number in papers.items() for _ in range(number)]


def _choosing(player: Player, day: date, year: int) -> None:
    """The vote that is running at the session: the two deputies of the cast are there and have yet to vote."""
    chamber, session = Chamber(player, "secretariat"), player.ground.sessions[5].name
    roll = [seat.person for seat in player.ground.seats]
    there = roll[:-AWAY]
    about = f"{session}：全体代表从十二项候选项目中选出十项，得票过全体代表半数的当选。"
    title = f"{year}年民生实事项目票决"
    plan = Plan(title, about=about, preset="projects", items=PROJECTS, places=PLACES)
    ballot = chamber.running(plan, roll, there, day)
    always = [str(place) for place in range(1, 9)]
    given: list[Marks] = [
        [*always, *map(str, last)] for last, number in SO_FAR.items() for _ in range(number)
    ]
    chamber.cast(ballot, there[2:], given)


def _rank(player: Player, day: date, year: int) -> None:
    """Members put next year's topics in order; three are taken."""
    chamber, roll = Chamber(player), members(player, day)
    about = "各方面提出的监督议题经初步筛选后，由常委会组成人员排序，排序结果供主任会议研究年度计划时参考。"
    plan = Plan(f"{year}年备选监督议题排序", about=about, preset="ranking", items=TOPICS, places=3)
    there = roll[: sum(RANKINGS.values())]
    ballot = chamber.running(plan, roll, there, day)
    chamber.cast(ballot, there, _each(RANKINGS))
    chamber.announce(chamber.close(ballot, day))
