"""Votes that belong to no institution: livelihood projects chosen by all deputies, topics ranked by the committee."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from bihuan.ballots import closing
from bihuan.ballots.marks import Marks
from bihuan.ballots.voting import Plan
from bihuan.demo.chamber import Chamber, members
from bihuan.demo.player import Player
from bihuan.people.models import Person

PROJECTS = (
    "新改建农村公路四十公里", "改造老旧小区二十二个", "新建社区养老服务中心六处", "改造城区供水管网三十公里",
    "新增公办幼儿园学位九百个", "建设乡镇标准化卫生院两所", "加装既有住宅电梯六十部", "新建城市公园和步道五处",
    "改造农村危房一百二十户", "新增公共停车泊位八百个", "建设村级光伏路灯一千盏", "改造农贸市场三处",
)  # fmt: skip
PLACES = 10
FIRST_ROUND = {(9, 10): 70, (9, 11): 74, (10, 11): 24, (10, 12): 4, (9, 12): 2}
"""The last two ticks of a paper and on how many papers they stand: items 10 and 11 come out equal, at 98."""
SECOND_ROUND = {1: 101, 2: 66}
SO_FAR = {(9, 10): 21, (9, 12): 18, (11, 12): 14}
"""The papers given so far in the vote that is running."""
AWAY = 6

TOPICS = (
    "新能源汽车充电设施建设管理", "农村集体“三资”管理", "校外培训和托管机构监管", "物业服务和业委会建设",
    "县域医共体运行",
)  # fmt: skip
RANKINGS = {"12345": 8, "21345": 6, "31254": 5, "24135": 4, "13524": 2}


def play_polls(player: Player) -> None:
    """A closed choice of projects with its second round, one that is running, and a ranking of topics."""
    held, now = player.ground.sessions[4], player.ground.sessions[5]
    assert held.begins and now.begins
    year = held.begins.year
    ranked_on = player.workday(date(year - 1, 12, 10))
    player.later(ranked_on, lambda: _rank(player, ranked_on, year))
    chosen_on = held.begins + timedelta(days=3)
    player.later(chosen_on, lambda: _choose(player, chosen_on, held.name, year))
    today = player.ground.today
    player.later(today, lambda: _choosing(player, today, now.name, year + 1))


def _deputies(player: Player) -> list[Person]:
    return [seat.person for seat in player.ground.seats]


def _projects(year: int, session: str) -> Plan:
    about = f"{session}：从十二项候选项目中选出十项，得票过全体代表半数的当选。"
    return Plan(
        f"{year}年民生实事项目票决", about=about, preset="projects", items=PROJECTS, places=PLACES
    )


def _ticked(groups: dict[tuple[int, int], int]) -> list[Marks]:
    """Papers that tick the first eight items and two more."""
    always = [str(place) for place in range(1, 9)]
    return [[*always, *map(str, last)] for last, number in groups.items() for _ in range(number)]


def _choose(player: Player, day: date, session: str, year: int) -> None:
    """Last session's choice: two projects equal at the last place are voted on again."""
    chamber, roll = Chamber(player, "secretariat"), _deputies(player)
    there = roll[:-AWAY]
    first = chamber.running(_projects(year, session), roll, there, day)
    chamber.cast(first, there, _ticked(FIRST_ROUND))
    first = chamber.close(first, day)
    chamber.announce(first)
    second = chamber.again(first, closing.equal_at_last(first), there, day)
    given: list[Marks] = [
        [str(place)] for place, number in SECOND_ROUND.items() for _ in range(number)
    ]
    chamber.cast(second, there, given)
    chamber.announce(chamber.close(second, day))


def _choosing(player: Player, day: date, session: str, year: int) -> None:
    """The vote that is running: the two deputies of the cast are there and have yet to vote."""
    chamber, roll = Chamber(player, "secretariat"), _deputies(player)
    there = roll[:-AWAY]
    ballot = chamber.running(_projects(year, session), roll, there, day)
    chamber.cast(ballot, there[2:], _ticked(SO_FAR))


def _rank(player: Player, day: date, year: int) -> None:
    """Members put next year's topics in order; three are taken."""
    chamber, roll = Chamber(player), members(player, day)
    about = "各方面提出的监督议题经初步筛选后，由常委会组成人员排序，排序结果供主任会议研究年度计划时参考。"
    plan = Plan(f"{year}年备选监督议题排序", about=about, preset="ranking", items=TOPICS, places=3)
    there: Sequence[Person] = roll[: sum(RANKINGS.values())]
    ballot = chamber.running(plan, roll, there, day)
    chamber.cast(ballot, there, [list(order) for order, n in RANKINGS.items() for _ in range(n)])
    chamber.announce(chamber.close(ballot, day))
