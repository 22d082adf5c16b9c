"""The demo's appraisals: ten departments over five years, 79 problems and 35 opinions, doubly satisfied every year."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from bihuan.demo import lots
from bihuan.demo.chamber import Chamber, members
from bihuan.demo.ground import DEPARTMENTS
from bihuan.demo.player import Player
from bihuan.draws.method import Announced, Entry
from bihuan.matters.models import Matter

KEY = "appraisals"
CHOSEN = (
    ("市教育局", "义务教育均衡发展"), ("市交通运输局", "农村公路建管养运"), ("市卫生健康局", "基层医疗卫生服务"),
    ("市住房和城乡建设局", "老旧小区改造"), ("市农业农村局", "耕地保护和粮食安全"), ("市生态环境局", "水环境治理"),
    ("市人力资源和社会保障局", "稳就业和职业培训"), ("市民政局", "养老服务体系建设"),
    ("市市场监督管理局", "食品安全和涉企服务"), ("市政务服务和大数据管理局", "优化营商环境"),
)  # fmt: skip
HANDLED_HERE_FROM = 6
"""The first three years, two departments each, come in as an old ledger does (补录)."""
BY_BALLOT_FROM = 8
"""The last year's two votes on each department are ballots; the counts of the year before are typed."""
ON_PAPER = 8
"""Whose first vote is on paper, counted by two tellers apart."""
PROBLEMS = (8, 8, 8, 8, 8, 8, 8, 8, 8, 7)
OPINIONS = (4, 4, 4, 4, 4, 3, 3, 3, 3, 3)
HEARD = (
    ("办一件事跑了几趟", "原话：“去了三趟，每趟都说还差一张纸。”"),
    ("收费公示不全", "原话：“墙上写的和实际收的不一样，问了也没人说清楚。”"),
    ("电话打不通", "原话：“公布的电话一上午打了七次，没有人接。”"),
    ("项目完工没人管护", "原话：“修好了第二年就坏了，找谁都说不归他。”"),
    ("培训走过场", "原话：“签个到拍张照就散了，什么也没学到。”"),
    ("政策知道得晚", "原话：“截止那天才听邻居说有这个补贴。”"),
    ("检查太多太碎", "原话：“一个月来了五拨人，要的材料一样。”"),
    ("反映的问题没有回音", "原话：“去年写的信，到今天没有答复。”"),
)
WANTED = (
    "一次告知清单上墙公示",
    "管护责任和经费落实到人",
    "收费项目和标准全部公开",
    "反映的问题限期回音",
)


def play(player: Player, chance: Random, share: float) -> None:
    """Two departments a year; a small part of the demo plays the last one only."""
    first = 0 if share >= 1 else len(CHOSEN) - 1
    for place in range(first, len(CHOSEN)):
        one = _Appraisal(player, chance, place)
        one.play() if place >= HANDLED_HERE_FROM else one.book()
    player.later(player.before(24), lambda: _draw_next(player))
    player.later(player.before(1), lambda: _draw_problems(player))


def _draw_next(player: Player) -> None:
    """Which departments come next: drawn among those that the term has not reached."""
    day, done = player.before(24), {body for body, _ in CHOSEN}
    year = player.ground.first_year + 5
    entries = tuple(Entry(f"{place:02}", name) for place, name in enumerate(DEPARTMENTS, 1))
    out = {entry.id: "本届已经评议过" for entry in entries if entry.name in done}
    lots.drawn(player, Announced(f"{year}年专项工作评议部门抽签", entries, {"": 2}, 0, out), day)


def _draw_problems(player: Player) -> None:
    """Which struck-off problems are looked at again: two of each department appraised last; one share is waited for."""
    day, year = player.before(1), player.ground.first_year + 4
    rows = Matter.objects.filter(
        institution="rectifications", parent__institution=KEY, parent__facts__year=year,
        facts__source="工作评议问题", congress=player.ground.congress,
    )  # fmt: skip
    entries = tuple(
        Entry(f"{place:02}", row.title, row.parent.title)
        for place, row in enumerate(rows.select_related("parent").order_by("pk"), 1)
        if row.parent
    )
    out = {entries[0].id: "上月已经回访核对"}
    plan = Announced(f"{year}年工作评议整改“回头看”抽查问题抽签", entries, {"": 2}, 0, out)
    lots.announced(player, plan, day, opened=("committee", "clerk"))


class _Appraisal:
    """One department's appraisal, from choice to the vote on its report."""

    def __init__(self, player: Player, chance: Random, place: int) -> None:
        self.player, self.chance, self.place = player, chance, place
        self.body, self.subject = CHOSEN[place]
        self.year = player.ground.first_year + place // 2
        self.clerk, self.committee = player.staff("clerk", "clerk2"), player.staff("committee")
        self.leader, self.contact = player.staff("leader"), player.contact(self.body)

    def _on(self, month: int, day: int) -> date:
        return self.player.workday(date(self.year, month, day))

    @property
    def _title(self) -> dict[str, object]:
        business = self.body == "市政务服务和大数据管理局"
        variant = "优化营商环境评议" if business else "专项工作评议"
        return {"title": f"评议{self.subject}工作", "variant": variant, "year": self.year}

    def _problem(self, number: int) -> tuple[str, str]:
        what, words = HEARD[(self.place + number) % len(HEARD)]
        return f"{self.subject}：{what}", words

    # From the old ledger

    def book(self) -> None:
        closed = self._on(11, 26)
        data = self._title | {
            "lead_bodies": [self.player.body(self.body)],
            "appointee": self.player.ground.heads[self.body].name,
            "close_on": closed.isoformat(),
            "vote_result": "满意",
            "report_vote_result": "满意",
        }
        self.player.begin(KEY, "record", self.clerk, closed, data)
        for number in range(PROBLEMS[self.place]):
            self._book_one("工作评议问题", *self._problem(number))
        for number in range(OPINIONS[self.place]):
            self._book_one("工作评议意见", f"{self.subject}：{WANTED[number]}", "评议意见书存档。")

    def _book_one(self, source: str, title: str, text: str) -> None:
        closed = self._on(11, 26)
        data: dict[str, object] = {
            "title": title, "text": text, "source": source, "year": self.year,
            "lead_bodies": [self.player.body(self.body)], "strike_off_on": closed.isoformat(),
            "proof": "整改报告和核实记录存档。",
        }  # fmt: skip
        self.player.begin("rectifications", "record", self.clerk, closed, data)

    # Handled here

    def play(self) -> None:
        self._choose()
        self._look_into()
        self._hand_back()
        self._deliberate()
        day = self._on(6, 24)
        if self.place >= BY_BALLOT_FROM:
            self.player.later(day, self._first_ballot)
            return
        self._do("vote", self.clerk, day, self._typed("") | self._rectify_by)
        self._rectify()
        self._report()
        self._do("vote_report", self.clerk, self._on(10, 28), self._typed("report_"))
        self._tell()

    def _first_ballot(self) -> None:
        way = "paper" if self.place == ON_PAPER else "phone"
        self._ballot("qualitative", self._on(6, 24), "", self._rectify_by, way)
        self._rectify()
        self._report()
        self.player.later(self._on(10, 28), self._second_ballot)

    def _second_ballot(self) -> None:
        self._ballot("report", self._on(10, 28), "report_", {}, "phone")
        self._tell()

    def _ballot(self, declared: str, day: date, of: str, more: dict[str, object], way: str) -> None:
        roll = members(self.player, day)
        satisfied, mostly = self.chance.randint(20, 23), self.chance.randint(0, 2)
        counts = {"满意": satisfied, "基本满意": mostly, "不满意": 0}
        there = roll[: satisfied + mostly]
        told = {f"{of}all_members": len(roll), f"{of}present": len(there)}
        chamber = Chamber(self.player)
        chamber.decide(self.matter, declared, counts, day, told | more, there=there, way=way)

    @property
    def _rectify_by(self) -> dict[str, object]:
        return {"rectify_by": f"{self.year}-10-30"}

    def _do(
        self, act: str, doer: object, day: date, data: dict[str, object], key: str = ""
    ) -> None:
        self.player.take(self.matter, act, doer, day, data, key)  # type: ignore[arg-type]

    def _choose(self) -> None:
        data = self._title | {
            "subject": f"{self.subject}的履职、效率和群众评价",
            "finish_by": date(self.year, 12, 20).isoformat(),
            "assignments": [self.player.share(self.body)],
        }
        self.matter = self.player.begin(KEY, "raise", self.committee, self._on(1, 20), data)
        plan: dict[str, object] = {
            "plan_text": "走访、座谈、问卷、查阅案卷，问题原汁原味反馈。",
            "group_leader": str(self.leader.user),
            "group_members": "常委会组成人员四人、代表五人",
        }
        self._do("plan", self.committee, self._on(2, 6), plan)
        arranged: dict[str, object] = {"arrangements": "全年四件重点事，按季报进度。"}
        self._do("hear_plan", self.clerk, self._on(2, 20), arranged)

    def _look_into(self) -> None:
        for month, way, place in (
            (3, "走访", "十二家单位和企业"),
            (3, "座谈", "服务对象二十人"),
            (4, "代表视察", "两个现场"),
        ):
            day = self._on(month, 10 if way != "座谈" else 17)
            seen: dict[str, object] = {
                "way": way, "investigated_on": day.isoformat(), "place": place, "found": "意见按原话记下。",
            }  # fmt: skip
            self._do("investigate", self.committee, day, seen)
        asked: dict[str, object] = {"answers": self.chance.randint(120, 480)}
        asked["answers_text"] = "满意六成多，一般近三成，不满意不到一成。"
        self._do("questionnaire", self.clerk, self._on(4, 14), asked)
        if self._title["variant"] == "优化营商环境评议":
            self._four_levels()
        for number in range(PROBLEMS[self.place]):
            what, words = self._problem(number)
            told: dict[str, object] = {"problem": what, "problem_text": words}
            self._do("note_problem", self.committee, self._on(4, 16), told)

    def _four_levels(self) -> None:
        day = self._on(4, 15)
        joined: dict[str, object] = {
            "province_deputies": 2, "city_deputies": 9, "county_deputies": 41, "township_deputies": 76,
            "investigated_on": day.isoformat(), "place": "十二个乡镇街道", "found": "涉企检查多头、材料重复报。",
        }  # fmt: skip
        self._do("deputies_join", self.committee, day, joined)

    def _hand_back(self) -> None:
        day = self._on(4, 24)
        for problem in Matter.objects.filter(parent=self.matter, state="noted").order_by("pk"):
            rows: dict[str, object] = {"by": date(self.year, 9, 30).isoformat()}
            rows["assignments"] = [self.player.share(self.body)]
            self.player.take(problem, "hand_over", self.committee, day, rows)
        note: dict[str, object] = {"hand_back_note": "当面交给单位主要负责人，原话照录。"}
        self._do("hand_back", self.committee, day, note)
        own: dict[str, object] = {"self_text": "对照反馈的问题逐条自查，负责人一并述职。"}
        self._do("self_report", self.contact, self._on(5, 18), own, "1")

    def _deliberate(self) -> None:
        self._do("table", self.leader, self._on(5, 25), {"meeting": "常委会会议"})
        day = self._on(6, 24)
        asked: dict[str, object] = {
            "question": "为什么同样的问题年年有？",
            "answer": "责任没有到人，已经明确。",
        }
        self._do("ask", self.clerk, day, asked)
        for number in range(OPINIONS[self.place]):
            row: dict[str, object] = {
                "opinion": f"{self.subject}：{WANTED[number]}",
                "opinion_by": date(self.year, 10, 20).isoformat(),
                "opinion_assignments": [self.player.share(self.body)],
            }
            self._do("form_opinion", self.clerk, day, row)

    def _typed(self, of: str) -> dict[str, object]:
        present = self.chance.randint(24, 27)
        few = self.chance.randint(0, 2)
        counts = {"all_members": 27, "present": present, "satisfied": present - few}
        counts |= {"mostly_satisfied": few, "dissatisfied": 0}
        named: dict[str, object] = {f"{of}{name}": count for name, count in counts.items()}
        return named | {f"{of}vote_result": "满意"}

    def _rectify(self) -> None:
        for number, problem in enumerate(Matter.objects.filter(parent=self.matter).order_by("pk")):
            proved = self.player.workday(date(self.year, 7, 8) + timedelta(days=6 * number))
            proof = {"proof": "整改前后对照和回访记录附后。"}
            self.player.take(problem, "prove", self.contact, proved, proof)
            struck = self.player.workday(proved + timedelta(days=5))
            self.player.take(problem, "strike_off", self.committee, struck)

    def _report(self) -> None:
        told: dict[str, object] = {"report_text": "反馈的问题和评议意见逐条整改，均已销号。"}
        self._do("report", self.contact, self._on(10, 16), told, "1")

    def _tell(self) -> None:
        sent: dict[str, object] = {
            "inform_to": "有关方面",
            "inform_note": "评议结果供干部监督参考。",
        }
        self._do("inform", self.leader, self._on(11, 3), sent)
        self._do("publish", self.clerk, self._on(11, 4), {})
