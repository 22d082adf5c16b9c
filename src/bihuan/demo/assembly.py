"""Motions of deputies jointly, and resolutions that are followed until they are carried out."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from typing import Any

from bihuan.demo.player import Player
from bihuan.matters.models import Matter

MOTIONS = (
    ("关于保护柳河饮用水水源地的议案", "adopted", "生态环境"),
    ("关于加强农村公路管护的议案", "adopted", "交通出行"),
    ("关于建设城区第二水厂的议案", "turned", "水利"),
    ("关于扩建市殡仪服务中心的议案", "turned", "养老与社会保障"),
    ("关于促进茶产业发展的议案", "concluded", "农业农村"),
    ("关于加强校园周边治理的议案", "concluded", "教育"),
    ("关于制定停车管理规定的议案", "not_adopted", "城市建设与管理"),
    ("关于推进殡葬改革的议案", "withdrawn", "养老与社会保障"),
    ("关于加强电动自行车管理的议案", "in_committee", "公共安全与法治"),
    ("关于保护传统村落的议案", "reported", "文化旅游体育"),
    ("关于加强湿地保护的议案", "at_presidium", "生态环境"),
    ("关于发展社区养老服务的议案", "listing_opinion", "养老与社会保障"),
)
TURNED = 2
"""How many become suggestions: they are among the 774."""

FOLLOWED = (
    ("完成化工小区污水管网改造", "市生态环境局", "pressed"),
    ("出台营商环境投诉处理办法", "市司法局", "struck_off"),
    ("建成城区三处应急避难场所", "市应急管理局", "struck_off"),
    ("偿还义务教育债务", "市财政局", "working"),
    ("完成公立医院薪酬改革", "市卫生健康局", "checking"),
    ("清理拖欠企业账款", "市财政局", "late"),
    ("实现农村垃圾转运全覆盖", "市城市管理执法局", "working"),
    ("完成不动产登记存量数据整合", "市自然资源和规划局", "late"),
)
FAULTY = (
    "规范校外培训收费", "建设乡镇消防站", "完善河湖长考核", "公布行政执法清单", "整合涉农资金",
    "改造农村福利院", "清理闲置土地", "压减会议文件", "规范村级财务", "完善公交补贴", "开展危桥检测",
    "建立欠薪预警",
)  # fmt: skip
"""Twelve opinions of an old ledger, five of them done: seven had neither a named person nor a limit."""


def play_assembly(player: Player, chance: Random) -> None:
    """Play the motions, the resolutions that follow, and the old ledger with its fault."""
    for place, (title, end, field) in enumerate(MOTIONS):
        _Motion(player, chance, place, title).play(end, field)
    for place, (title, body, end) in enumerate(FOLLOWED):
        _follow(player, place, title, body, end)
    _old_ledger(player)


class _Motion:
    def __init__(self, player: Player, chance: Random, place: int, title: str) -> None:
        self.player, self.title = player, title
        self.seats = chance.sample(player.ground.seats, 12)
        current = title.endswith(("湿地保护的议案", "养老服务的议案"))
        session = player.ground.sessions[5 if current else 4]
        begins = session.begins
        assert begins
        self.day, self.session = begins + timedelta(days=1), session.name
        self.secretariat = player.staff("secretariat")
        self.clerk, self.committee = player.staff("clerk", "clerk2"), player.staff("committee")
        self.proposer = player.deputy(self.seats[0])

    def play(self, end: str, field: str) -> None:
        data = {
            "title": self.title,
            "grounds": "代表视察和走访群众时，这件事反映集中，现有措施力度不够。",
            "text": "请大会审议，明确目标、责任单位和完成时间，并由常委会跟踪督办。",
            "session": self.session,
            "year": self.day.year,
            "field": field,
        }
        doer = self.player.deputy(self.seats[0], "deputy")
        self.matter = self.player.begin("motions", "raise", doer, self.day, data, self.seats)
        self._do("submit", self.proposer, {"signers": len(self.seats)})
        getattr(self, f"_{end}")()

    def _do(
        self, act: str, doer: Any, data: dict[str, object] | None = None, days: int = 0
    ) -> None:
        self.day = min(self.day + timedelta(days=days), self.player.ground.today)
        self.player.take(self.matter, act, doer, self.day, data)

    def _at_presidium(self) -> None:
        """Waits for the presidium."""

    def _listing_opinion(self) -> None:
        self._do("ask_committee", self.secretariat, self._committee())

    def _adopted(self) -> None:
        self._voted("通过")
        text = "责任单位年内完成，常委会每季度听取一次进展。"
        self._do("follow_up", self.clerk, {"resolution_text": text}, 2)

    def _not_adopted(self) -> None:
        self._voted("未通过")

    def _voted(self, decision: str) -> None:
        self._do("put_on_agenda", self.secretariat)
        note = "应到 180 人，实到 174 人，按表决器结果当场宣布。"
        self._do("vote", self.secretariat, {"decision": decision, "vote_note": note}, 2)

    def _turned(self) -> None:
        reason = "属具体工作事项，经主席团决定转为代表建议办理。"
        self._do("turn_into_suggestion", self.secretariat, {"reason": reason})
        self._handle(Matter.objects.get(parent=self.matter))

    def _handle(self, suggestion: Matter) -> None:
        """The suggestion it became goes the way of any other."""
        player, body = self.player, "市发展和改革局"
        contact = player.contact(body)
        steps: tuple[tuple[int, str, Any, dict[str, object], str], ...] = (
            (6, "hand_over", self.clerk, {"assignments": [player.share(body)]}, ""),
            (2, "acknowledge", contact, {}, "1"),
            (20, "meet", contact, _met(self.day + timedelta(days=28)), "1"),
            (30, "reply", contact, _reply(self.title), "1"),
            (6, "rate", self.proposer, {"attitude": "满意", "result": "基本满意"}, ""),
        )
        day = self.day
        for days, act, doer, data, share in steps:
            day = player.workday(day + timedelta(days=days))
            player.take(suggestion, act, doer, day, data, share)

    def _withdrawn(self) -> None:
        self._do("withdraw", self.proposer, {"reason": "代表拟进一步调研后再提。"})

    def _in_committee(self, report_by: date | None = None) -> None:
        until = report_by or self.day + timedelta(days=280)
        self._do("refer", self.secretariat, self._committee() | {"report_by": until.isoformat()})
        met: dict[str, object] = _met(self.day)
        self._do("consult", self.committee, met, 3)

    def _reported(self) -> None:
        self._in_committee()
        text = "委员会审议认为议案所提问题属实，建议列入明年监督计划。"
        self._do("report", self.committee, {"report_text": text}, 150)

    def _concluded(self) -> None:
        self._reported()
        self._do("conclude", self.player.staff("leader"), None, 20)

    def _committee(self) -> dict[str, object]:
        return {"committee": self.player.body("市人大城乡建设与环境资源保护委员会")}


def _met(day: date) -> dict[str, object]:
    return {"met_on": day.isoformat(), "met_note": "与领衔代表沟通，听取了联名代表的意见。"}


def _reply(title: str) -> dict[str, object]:
    subject = title.removeprefix("关于").removesuffix("的议案")
    text = f"您领衔提出的{subject}事项收悉。经论证，该项目投资较大，拟列入中期规划，分步推进。"
    return {"category": "B", "reply_text": text}


def _follow(player: Player, place: int, title: str, body: str, end: str) -> None:
    """One resolution: handed over with person and limit, pressed, reported, verified."""
    clerk, committee = player.staff("clerk", "clerk2"), player.staff("committee")
    contact, today = player.contact(body), player.ground.today
    begun = player.workday(today - timedelta(days=130 + 4 * place))
    limit = today + timedelta(days=20 + place) if end == "working" else today - timedelta(days=30)
    data = {
        "title": title,
        "text": f"{title}，按期报告结果。",
        "form": "常委会决议决定",
        "meeting": "常委会会议",
        "year": begun.year,
    }
    matter = player.begin("resolutions", "raise", clerk, begun, data)
    handed = player.workday(begun + timedelta(days=2))
    rows = {"assignments": [player.share(body, limit=limit)]}
    player.take(matter, "hand_over", clerk, handed, rows)
    player.take(
        matter, "acknowledge", contact, player.workday(handed + timedelta(days=2)), share="1"
    )
    if end in ("checking", "struck_off"):
        day = player.workday(limit - timedelta(days=6))
        report = {"report_text": f"{title}已经完成，验收和公示材料附后。"}
        player.take(matter, "report", contact, day, report, "1")
    if end == "struck_off":
        day = player.workday(limit + timedelta(days=6))
        proof = {"proof": "现场抽查三处，与报告一致。"}
        player.take(matter, "strike_off", committee, day, proof)
    if end == "pressed":
        _press(player, matter, limit)


def _press(player: Player, matter: Matter, limit: date) -> None:
    committee, today = player.staff("committee"), player.ground.today
    day = player.workday(limit + timedelta(days=3))
    player.take(matter, "press", committee, day, {"press_note": "已到期，请说明进展。"})
    day = player.workday(limit + timedelta(days=15))
    again = {
        "press_note": "反馈没有实质进展，请按新的时限完成。",
        "new_limit": (today + timedelta(days=25)).isoformat(),
    }
    player.take(matter, "press_again", committee, day, again)


def _old_ledger(player: Player) -> None:
    day = player.workday(player.ground.today - timedelta(days=40))
    clerk = player.staff("clerk", "clerk2")
    for place, title in enumerate(FAULTY):
        data: dict[str, object] = {
            "title": title,
            "meeting": "常委会上年度会议",
            "form": "常委会决议决定",
            "year": day.year - 1,
        }
        if place < 5:
            closed = (day - timedelta(days=320)).isoformat()
            data |= {"strike_off_on": closed, "proof": "上年度办结材料。"}
        player.begin("resolutions", "record", clerk, day, data)
