"""The demo's duty reports: 26 heads on time, all passed, 117 problems rectified, everybody satisfied: 4×100 %."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from bihuan.demo.ground import DEPARTMENTS, OTHERS
from bihuan.demo.player import Player, Unplayable
from bihuan.institutions.duty_reports import sheets
from bihuan.matters.models import Matter

KEY = "duty_reports"
PROBLEMS = 117
BOILERPLATE = (
    "一年来，我坚持把政治建设摆在首位，进一步提高思想认识，进一步加强理论学习，进一步转变工作作风，"
    "切实增强履职尽责的责任感和使命感，各项工作取得了新的成效。"
)
SHORTCOMINGS = (
    "专项资金绩效没有写清楚", "对审议意见的落实只写了打算", "基层培训次数不够", "群众反映的问题没有逐条回应",
    "年度重点工作没有完成时间", "代表建议落实情况没有数字", "执法检查发现的问题整改不彻底", "数据与统计公报不一致",
    "下一年打算没有责任人", "窗口服务评价没有公开",
)  # fmt: skip
CRITERIA = ("依法履职", "落实决议和审议意见", "办理代表建议", "年度重点工作", "问题和打算")


def play(player: Player, chance: Random, share: float) -> None:
    """Last year's reports from the old ledger, this year's from the demand to the last problem rectified."""
    bodies = DEPARTMENTS[: max(2, round(len(DEPARTMENTS) * share))]
    year = player.ground.first_year + 4
    for place, body in enumerate(bodies):
        _book(player, chance, body, place, year - 1)
    problems = round(PROBLEMS * len(bodies) / len(DEPARTMENTS))
    for place, body in enumerate(bodies):
        own = problems // len(bodies) + (place < problems % len(bodies))
        _Report(player, chance, body, place, year).play(own)
    for body in OTHERS:
        _file(player, body, year)


def _title(player: Player, body: str, year: int) -> str:
    return f"{body}局长{player.ground.heads[body]}履职报告（{year - 1} 年度）"


def _text(chance: Random, body: str, year: int, copied: bool) -> str:
    subject = f"{body.removeprefix('市').removesuffix('局')}工作"
    done, asked = chance.randint(8, 30), chance.randint(10, 40)
    own = (
        f"围绕{subject}，{year - 1} 年完成重点任务 {done} 项，投入资金 {chance.randint(200, 9000)} 万元，"
        f"惠及 {chance.randint(3, 60)} 个村（社区）。"
    )
    kept = (
        f"承办审议意见 {chance.randint(3, 9)} 条，已全部销号；承办代表建议 {asked} 件，全部在三个月内答复，"
        f"其中落实 {asked * 2 // 5} 件。"
    )
    left = (
        f"存在的问题：{subject}的基层力量不足，还有 {chance.randint(2, 6)} 个项目进度滞后，"
        f"{year} 年 {chance.randint(6, 11)} 月底前完成，由分管副局长负责。"
    )
    return "\n".join(([BOILERPLATE] if copied else []) + [own, kept, left])


def _book(player: Player, chance: Random, body: str, place: int, year: int) -> None:
    """The year before: most were satisfied, two reports had not passed."""
    day = player.workday(date(year, 4, 10))
    data = {
        "title": _title(player, body, year),
        "year": year - 1,
        "lead_bodies": [player.body(body)],
        "appointee": player.ground.heads[body].name,
        "conclude_on": day.isoformat(),
        "report_text": _text(chance, body, year, place % 2 == 0),
        "quality": "不合格" if place in (7, 19) else "合格",
        "vote_result": "基本满意" if place % 6 == 1 else "满意",
    }
    player.begin(KEY, "record", player.staff("clerk", "clerk2"), day, data)


class _Report:
    """One report from the demand to the day the last problem is struck off."""

    def __init__(self, player: Player, chance: Random, body: str, place: int, year: int) -> None:
        self.player, self.chance, self.body, self.year, self.place = (
            player,
            chance,
            body,
            year,
            place,
        )
        self.clerk, self.committee = player.staff("clerk", "clerk2"), player.staff("committee")

    def _on(self, month: int, day: int) -> date:
        return self.player.workday(date(self.year, month, day))

    def _do(
        self, act: str, doer: object, day: date, data: dict[str, object], key: str = ""
    ) -> None:
        self.player.take(self.matter, act, doer, day, data, key)  # type: ignore[arg-type]

    def play(self, problems: int) -> None:
        self._demand()
        self._read()
        self._feed_back(problems)
        self._conclude()
        self._rectify()

    def _demand(self) -> None:
        data = {
            "title": _title(self.player, self.body, self.year),
            "year": self.year - 1,
            "report_by": self._on(1, 29).isoformat(),
            "contents": "\n".join(CRITERIA),
            "form": "不超过五千字，本人签名",
            "assignments": [self.player.share(self.body)],
        }
        self.matter = self.player.begin(KEY, "raise", self.clerk, self._on(1, 5), data)
        text = _text(self.chance, self.body, self.year, self.place % 8 == 0)
        day = self._on(1, 10 + self.place * 2 // 3)
        self._do("submit", self.player.contact(self.body), day, {"report_text": text}, "1")

    def _read(self) -> None:
        group: dict[str, object] = {
            "group_leader": str(self.player.ground.staff["leader"]),
            "group_members": "常委会组成人员三人、委员会二人",
            "manner": ("互不可见", "双盲")[self.place % 2],
        }
        self._do("form_group", self.clerk, self._on(2, 3), group)
        self.matter = Matter.objects.get(pk=self.matter.pk)
        sheets.invite(
            self.matter, [self.player.ground.staff[key] for key in ("committee", "leader")]
        )
        for reader in sheets.readers(self.matter):
            marks = {name: self.chance.choice(("写得实", "写得实", "一般")) for name in CRITERIA}
            remark = f"数字清楚，{self.chance.choice(SHORTCOMINGS)}。"
            self._done(sheets.hand_in(reader, marks, remark, CRITERIA, self._on(2, 9)))
        named = self.place % 2 == 0
        self._done(sheets.open_together(self.matter, self.clerk, self._on(2, 11), named))
        note: dict[str, object] = {"quality": "合格", "quality_note": "内容齐全，数字可查。"}
        self._do("read_together", self.clerk, self._on(2, 18), note)

    def _done(self, refusal: object) -> None:
        if refusal is not None:
            raise Unplayable(f"{KEY} {self.body}：{refusal}")

    def _feed_back(self, problems: int) -> None:
        limit = self._on(5, 29).isoformat()
        for number in range(problems):
            what = SHORTCOMINGS[(self.place + number) % len(SHORTCOMINGS)]
            row: dict[str, object] = {
                "problem": f"{self.body}{what}",
                "problem_text": f"集中评阅中提出：{what}，请逐项补正并说明办到哪一步。",
                "problem_by": limit,
                "problem_assignments": [self.player.share(self.body)],
            }
            self._do("list_problem", self.committee, self._on(2, 20), row)

    def _conclude(self) -> None:
        visited: dict[str, object] = {
            "extended_on": self._on(3, 3).isoformat(),
            "extended_where": "下属单位和服务对象",
            "extended_note": "抽查三项，与报告一致。",
        }
        self._do("extend_review", self.committee, self._on(3, 4), visited)
        self._do(
            "draft", self.committee, self._on(3, 12), {"review_text": "质量合格，问题附清单。"}
        )
        present = self.chance.randint(24, 27)
        votes: dict[str, object] = {
            "all_members": 27, "present": present, "satisfied": present, "mostly_satisfied": 0,
            "dissatisfied": 0, "vote_result": "满意",
        }  # fmt: skip
        self._do("vote", self.clerk, self._on(3, 26), votes)
        use: dict[str, object] = {"use_note": "评阅情况在常委会会议上通报。"}
        self._do("circulate", self.clerk, self._on(3, 27), use)

    def _rectify(self) -> None:
        contact = self.player.contact(self.body)
        for number, problem in enumerate(Matter.objects.filter(parent=self.matter).order_by("pk")):
            proved = self._on(4, 8 + 3 * number)
            proof = {"proof": "补正材料和现场照片附后。"}
            self.player.take(problem, "prove", contact, proved, proof)
            struck = self.player.workday(proved + timedelta(days=4))
            self.player.take(problem, "strike_off", self.committee, struck)


def _file(player: Player, body: str, year: int) -> None:
    """The supervision commission and the two courts review their own appointees and file what they found."""
    clerk = player.staff("clerk", "clerk2")
    data = {
        "title": f"{body}自行评阅情况（{year - 1} 年度）",
        "year": year - 1,
        "report_by": date(year, 3, 31).isoformat(),
        "assignments": [player.share(body)],
    }
    matter = player.begin(KEY, "ask_own_review", clerk, player.workday(date(year, 1, 5)), data)
    found = {
        "report_text": "成立评阅小组，逐人评阅，情况附后。",
        "own_count": 12,
        "own_qualified": 12,
    }
    player.take(
        matter, "submit", player.contact(body), player.workday(date(year, 3, 18)), found, "1"
    )
