"""193 deliberation opinions over five years, every one closed: S1's account with nothing left on it.

Those of the first three years come in as an old ledger does (补录); the last two were handled here.
"""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from bihuan.demo.player import Player

FORMED = (37, 38, 38, 40, 40)
HANDLED_HERE_FROM = 3
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
POINTS = (
    ("摸清{s}的底数，建立问题台账", "逐项登记，明确到单位和人，每季度更新一次。"),
    ("补齐{s}的短板项目", "年内完成已经列入计划的项目，按月报送进度。"),
    ("落实{s}的经费保障", "足额安排预算，资金下达后三十日内到项目。"),
    ("充实{s}的基层力量", "补足空缺岗位，全年培训不少于两轮。"),
    ("完善{s}的制度机制", "制定或者修订管理办法，公开办事标准。"),
    ("加强{s}的监督检查", "每半年检查一次，检查结果向社会公布。"),
    ("回应{s}中群众反映的突出问题", "对反映集中的问题限期整改，并向反映人反馈。"),
    ("提高{s}的信息化水平", "打通部门数据，减少基层重复填报。"),
    ("做好{s}的宣传引导", "以案释法、以例说理，让群众知晓政策。"),
    ("建立{s}的长效管护", "明确管护责任和经费来源，验收时一并移交。"),
)
FORMS = (*["听取和审议报告"] * 42, *["执法检查"] * 6, *["专题视察"] * 5)


def play_opinions(player: Player, chance: Random, share: float) -> None:
    """Play all 193, or the part that `share` asks for."""
    wanted = [(subject, point) for point in POINTS for subject in SUBJECTS.items()]
    meeting = 0
    for number, formed in enumerate(FORMED):
        for place in range(max(1, round(formed * share))):
            meeting += place % 4 == 0
            (body, subject), point = wanted.pop(0)
            opinion = _Opinion(player, chance, number, place, meeting, body)
            opinion.play(point[0].format(s=subject), point[1], subject)


class _Opinion:
    """One opinion: formed in one of a year's meetings, handed over, reported, evaluated, struck off."""

    def __init__(
        self, player: Player, chance: Random, number: int, place: int, meeting: int, body: str
    ) -> None:
        self.player, self.chance, self.number, self.body = player, chance, number, body
        self.year = player.ground.first_year + number
        month = 2 + place * (5 if number == 4 else 8) // FORMED[number]
        self.day = player.workday(date(self.year, month, 24))
        self.meeting = f"常委会第{meeting}次会议"
        self.form = FORMS[meeting % len(FORMS)]
        self.clerk = player.staff("clerk", "clerk2")
        self.committee = player.staff("committee")

    def play(self, title: str, text: str, subject: str) -> None:
        data = {
            "title": title,
            "text": text,
            "topic": f"关于{subject}情况的报告",
            "meeting": self.meeting,
            "year": self.year,
            "form": self.form,
        }
        if self.number < HANDLED_HERE_FROM:
            closed = self.player.workday(self.day + timedelta(days=self.chance.randint(80, 150)))
            data |= {"strike_off_on": closed.isoformat(), "proof": "办理报告和现场核对记录存档。"}
            data |= {"lead_bodies": [self.player.body(self.body)]}
            self.player.begin("opinions", "record", self.clerk, closed, data)
            return
        self.matter = self.player.begin("opinions", "raise_opinion", self.clerk, self.day, data)
        self._handle(title)
        self._conclude(title)

    def _later(self, least: int, most: int) -> None:
        days = self.chance.randint(least, most)
        self.day = self.player.workday(self.day + timedelta(days=days))

    def _do(
        self, act: str, doer: object, data: dict[str, object] | None = None, key: str = ""
    ) -> None:
        self.player.take(self.matter, act, doer, self.day, data, key)  # type: ignore[arg-type]

    def _handle(self, title: str) -> None:
        contact = self.player.contact(self.body)
        self._later(2, 4)
        self._do("hand_over", self.clerk, {"assignments": [self.player.share(self.body)]})
        self._later(1, 3)
        self._do("acknowledge", contact, key="1")
        self._later(25, 50)
        if self.chance.random() < 0.3:
            self._do("press", self.committee, {"press_note": "请对照清单逐条报送进度。"})
        report = f"关于“{title}”，我单位制定了方案，逐项落实，现已完成，佐证材料附后。"
        self._do("consult", contact, {"report_text": report}, "1")
        self._later(1, 4)
        self._do("comment", self.committee, {"view": "可以报送"}, "1")
        self._later(1, 3)
        self._do("report", contact, key="1")

    def _conclude(self, title: str) -> None:
        self._later(3, 8)
        leader = self.player.staff("leader")
        if self.chance.random() < 0.5:
            self._do("table", leader)
            self._later(8, 15)
            result = self.chance.choice(("满意", "满意", "满意", "基本满意"))
            note = "应到 27 人，实到 25 人，满意 21 票，基本满意 3 票，不满意 1 票。"
            self._do("vote", self.clerk, {"vote_result": result, "vote_note": note})
        else:
            self._do(
                "not_table", leader, {"reason": "事项单一、已经办成，主任会议同意不再提请审议。"}
            )
        self._later(3, 10)
        data: dict[str, object] = {
            "public_result": self.chance.choice(("满意", "满意", "基本满意")),
            "public_count": self.chance.randint(30, 180),
            "public_note": "现场问卷，由代表联络站协助。",
        }
        self._do("evaluate", self.clerk, data)
        self._later(2, 6)
        self._do("strike_off", self.clerk, {"proof": f"“{title}”现场核对完成，资料存档。"})
