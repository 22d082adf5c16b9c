"""Law-enforcement inspections and audit findings: problems listed one by one and rectified to the end."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from bihuan.demo.ground import DEPARTMENTS, GOVERNMENT
from bihuan.demo.player import Player
from bihuan.matters.models import Matter

INSPECTIONS = (
    ("水污染防治法", 3, "closed"),
    ("道路交通安全法", 2, "closed"),
    ("食品安全法", 1, "closed"),
    ("老年人权益保障法", 0, "rectifying"),
    ("义务教育法", 0, "tabling"),
    ("安全生产法", 0, "inspecting"),
)
FOUND = (
    ("个别单位未按规定履行许可手续", "许可管理条款"),
    ("日常巡查记录不全", "监督管理条款"),
    ("专项经费未足额安排", "保障措施条款"),
)
AUDITED = (
    ("专项资金滞留未拨", "预算法"), ("项目未履行招标程序", "招标投标法"), ("非税收入未及时入库", "预算法"),
    ("往来款项长期挂账", "会计法"), ("固定资产账实不符", "国有资产管理规定"), ("超范围列支项目经费", "预算法"),
    ("政府采购程序不规范", "政府采购法"), ("绩效目标编制不实", "预算法"), ("工程结算多计价款", "审计法"),
    ("结余资金未按规定收回", "预算法"),
)  # fmt: skip


def play_checks(player: Player, chance: Random) -> None:
    """Six inspections and three audit reports with ten problems each."""
    for place, (statute, years_ago, end) in enumerate(INSPECTIONS):
        _Inspection(player, statute, years_ago, place).play(end)
    _Audit(player, chance, 2).book()
    for years_ago in (1, 0):
        _Audit(player, chance, years_ago).play()


def _settle(player: Player, problem: Matter, day: date, proof: str, **extra: object) -> None:
    body = str(problem.assignments.get().body.name)
    player.take(problem, "prove", player.contact(body), day, {"proof": proof, **extra})
    struck = player.workday(day + timedelta(days=4))
    player.take(problem, "strike_off", player.staff("committee"), struck)


class _Inspection:
    def __init__(self, player: Player, statute: str, years_ago: int, place: int) -> None:
        self.player, self.statute, self.place = player, statute, place
        self.begun = player.ground.today - timedelta(days=365 * years_ago + 250 - 20 * place)
        self.committee, self.clerk = player.staff("committee"), player.staff("clerk", "clerk2")
        self.leader = player.staff("leader")

    def play(self, end: str) -> None:
        data = {
            "title": f"检查《{self.statute}》实施情况",
            "statute": self.statute,
            "year": self.begun.year,
            "committee": self.player.body("市人大城乡建设与环境资源保护委员会"),
        }
        self.matter = self.player.begin("enforcement", "raise", self.clerk, self._on(0), data)
        self._inspect()
        if end == "inspecting":
            return
        text = "评价、问题、建议三部分，问题附清单。"
        self._do(70, "report", self.committee, {"report_text": text})
        if end == "tabling":
            return
        self._deliberate()
        if end == "closed":
            self._close()

    def _on(self, days: int) -> date:
        return self.player.workday(self.begun + timedelta(days=days))

    def _do(self, days: int, act: str, doer: object, data: dict[str, object] | None = None) -> None:
        self.player.take(self.matter, act, doer, self._on(days), data)  # type: ignore[arg-type]

    def _inspect(self) -> None:
        plan: dict[str, object] = {"forms": "多种形式", "plan_text": "实地检查六处，问卷二百份。"}
        self._do(20, "plan", self.committee, plan)
        team: dict[str, object] = {
            "team_leader": str(self.leader.user),
            "team_members": "常委会组成人员三人、委员会二人、代表三人",
        }
        self._do(30, "form_team", self.committee, team)
        visit: dict[str, object] = {
            "visited_on": self._on(45).isoformat(),
            "visited_unit": ("柳林镇", "城东街道", "石桥镇")[self.place % 3],
            "forms": "实地检查",
            "visit_note": "查看现场两处，抽查台账，听取群众意见。",
        }
        self._do(46, "visit", self.committee, visit)
        for number, (problem, rule) in enumerate(FOUND):
            body = DEPARTMENTS[(self.place * 3 + number) % len(DEPARTMENTS)]
            row: dict[str, object] = {
                "problem": problem,
                "problem_text": f"检查《{self.statute}》实施情况时发现。",
                "problem_rule": rule,
                "problem_by": (self.begun + timedelta(days=150 + 20 * number)).isoformat(),
                "problem_assignments": [self.player.share(body)],
            }
            self._do(50, "list_problem", self.committee, row)

    def _deliberate(self) -> None:
        self._do(78, "table", self.leader)
        said: dict[str, object] = {"meeting": "常委会会议", "opinions_text": "逐项整改，限期报告。"}
        self._do(90, "deliberate", self.clerk, said)
        rows: dict[str, object] = {"assignments": [self.player.share(GOVERNMENT)]}
        self._do(94, "hand_over", self.clerk, rows)
        contact = self.player.contact(GOVERNMENT)
        self.player.take(self.matter, "acknowledge", contact, self._on(96), share="1")

    def _close(self) -> None:
        contact = self.player.contact(GOVERNMENT)
        done = {"handling_text": "清单所列问题已全部整改，材料附后。"}
        self.player.take(self.matter, "consult", contact, self._on(160), done, "1")
        view = {"view": "可以报送"}
        self.player.take(self.matter, "comment", self.committee, self._on(164), view, "1")
        self.player.take(self.matter, "report_back", contact, self._on(166), share="1")
        for problem in Matter.objects.filter(parent=self.matter):
            _settle(self.player, problem, self._on(140), "整改材料和现场照片。")
        self._do(200, "close", self.clerk)


class _Audit:
    """One year's audit report: this year's problems are on their way, earlier ones closed.

    The six months for the rectification report are the law's since 2024-11: an older year is booked as done.
    """

    def __init__(self, player: Player, chance: Random, years_ago: int) -> None:
        self.player, self.chance, self.years_ago = player, chance, years_ago
        self.heard = player.ground.today - timedelta(days=365 * years_ago + 150)
        self.clerk, self.committee = player.staff("clerk", "clerk2"), player.staff("committee")

    def book(self) -> None:
        """An earlier year from the old ledger: the report and its ten problems, all done."""
        closed = self._on(170)
        done = {"close_on": closed.isoformat()}
        self.player.begin("audit", "record", self.clerk, closed, self._report() | done)
        for number, (problem, rule) in enumerate(AUDITED):
            data: dict[str, object] = {
                "title": f"{self._body(number)}{problem}",
                "rule": rule,
                "amount": self.chance.randint(4, 90) * 20_000,
                "source": "审计",
                "year": self.heard.year - 1,
                "lead_bodies": [self.player.body(self._body(number))],
                "strike_off_on": self._on(90 + 6 * number).isoformat(),
                "proof": "整改凭证存档。",
            }
            data["amount_settled"] = data["amount"]
            self.player.begin("rectifications", "record", self.clerk, closed, data)

    def _report(self) -> dict[str, object]:
        year = self.heard.year - 1
        return {
            "title": f"{year} 年度本级预算执行和其他财政收支的审计工作报告",
            "year": year,
            "meeting": "常委会会议",
            "heard_on": self._on(0).isoformat(),
        }

    def _body(self, number: int) -> str:
        return DEPARTMENTS[(number * 5 + self.years_ago * 2) % len(DEPARTMENTS)]

    def play(self) -> None:
        """From the hearing on: problems listed, handed over and rectified."""
        heard = self._on(0)
        self.matter = self.player.begin("audit", "raise", self.clerk, heard, self._report())
        for number in range(len(AUDITED)):
            self._list(number)
        self._hand_over()
        problems = list(Matter.objects.filter(parent=self.matter).order_by("pk"))
        for number, problem in enumerate(problems):
            self._rectify(number, problem)
        if self.years_ago:
            self._close()

    def _on(self, days: int) -> date:
        return self.player.workday(self.heard + timedelta(days=days))

    def _list(self, number: int) -> None:
        problem, rule = AUDITED[number]
        body = self._body(number)
        row: dict[str, object] = {
            "problem": f"{body}{problem}",
            "problem_rule": rule,
            "problem_amount": self.chance.randint(4, 90) * 20_000,
            "problem_by": (self.heard + timedelta(days=100 + 9 * number)).isoformat(),
            "problem_assignments": [self.player.share(body)],
        }
        self.player.take(self.matter, "list_problem", self.clerk, self._on(4), row)

    def _hand_over(self) -> None:
        report_by = (self.heard + timedelta(days=155)).isoformat()
        rows = {"report_by": report_by, "assignments": [self.player.share(GOVERNMENT)]}
        self.player.take(self.matter, "hand_over", self.clerk, self._on(6), rows)
        contact = self.player.contact(GOVERNMENT)
        self.player.take(self.matter, "acknowledge", contact, self._on(8), share="1")
        bodies = [self.player.body(name) for name in ("市监察委员会", "市财政局", "市审计局")]
        note: dict[str, object] = {"conferred_with": bodies, "note": "逐条认定整改标准。"}
        self.player.take(self.matter, "confer", self.committee, self._on(15), note)

    def _rectify(self, number: int, problem: Matter) -> None:
        day = self._on(80 + 6 * number)
        amount = problem.facts["amount"]
        if self.years_ago or number < 4:
            proof = "入账凭证和整改报告。"
            _settle(self.player, problem, day, proof, amount_settled=amount, rule_made="内控制度")
        elif number in (5, 6):
            body = str(problem.assignments.get().body.name)
            data = {"proof": "凭证和说明。", "amount_settled": amount}
            self.player.take(problem, "prove", self.player.contact(body), self._on(146), data)

    def _close(self) -> None:
        contact = self.player.contact(GOVERNMENT)
        report = {"report_text": "十个问题均已整改，凭证附后。"}
        self.player.take(self.matter, "submit_report", contact, self._on(145), report, "1")
        view = {"view": "可以报告"}
        self.player.take(self.matter, "comment", self.committee, self._on(148), view, "1")
        self.player.take(
            self.matter, "deliberate", self.clerk, self._on(155), {"meeting": "常委会会议"}
        )
        use = {"use": "预算安排参考", "use_note": "相关专项据实安排。"}
        self.player.take(self.matter, "use_result", self.clerk, self._on(165), use)
        self.player.take(self.matter, "close", self.clerk, self._on(168))
