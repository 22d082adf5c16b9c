"""193 deliberation opinions over five years, every one closed: S1's account with nothing left on it.

Those of the first three years come in as an old ledger does (补录); the last two were formed at sessions whose
items are here too, and handled here.
"""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from typing import Any

from bihuan.demo.chamber import Chamber, members
from bihuan.demo.player import Player
from bihuan.demo.sittings import KINDS, Sitting, Topic, sittings
from bihuan.matters.models import Matter

HANDLED_HERE_FROM = 3
VOTED_FROM = 49
"""From this subject on, the last four, members vote by ballot; before it the counts are typed."""
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


def play_opinions(player: Player, chance: Random, share: float) -> None:
    """Play all 193 with the items they were formed on, or the part that `share` asks for."""
    kept = Random(chance.random())
    for sitting in sittings(player):
        year = sitting.day.year - player.ground.first_year
        for topic in sitting.topics:
            if share < 1 and topic.number and kept.random() > share:
                continue
            item = _Item(player, chance, sitting, topic)
            item.play(here=year >= HANDLED_HERE_FROM)


def _points(topic: Topic) -> list[tuple[str, str]]:
    """What was asked for: other points when the subject comes again."""
    begin = topic.number // 20 * 4
    chosen = (POINTS[(begin + place) % len(POINTS)] for place in range(topic.opinions))
    return [(title.format(s=topic.subject), text) for title, text in chosen]


class _Item:
    """One subject at one session: reported on, deliberated, and its opinions formed."""

    def __init__(self, player: Player, chance: Random, sitting: Sitting, topic: Topic) -> None:
        self.player, self.chance, self.sitting, self.topic = player, chance, sitting, topic
        self.clerk, self.committee = player.staff("clerk", "clerk2"), player.staff("committee")

    def play(self, *, here: bool) -> None:
        """Through acts where the opinions are handled here; as an old ledger before."""
        if here:
            self._prepare()
            for point in _points(self.topic):
                self._form(*point)
            self._do(self.sitting.day, "conclude")
            return
        day = self.sitting.day
        data = self._data() | {"lead_bodies": [self.player.body(self.topic.body)]}
        self.player.begin("sessions", "record", self.clerk, day, data)
        for title, text in _points(self.topic):
            self._record(title, text)

    def _data(self) -> dict[str, Any]:
        return {
            "title": self.topic.title,
            "kind": KINDS[self.topic.form],
            "meeting": self.sitting.name,
            "meeting_on": self.sitting.day.isoformat(),
            "year": self.sitting.day.year,
        }

    def _record(self, title: str, text: str) -> None:
        day = self.sitting.day + timedelta(days=self.chance.randint(80, 150))
        closed = self.player.workday(day)
        data = {
            "title": title,
            "text": text,
            "topic": self.topic.title,
            "meeting": self.sitting.name,
            "year": self.sitting.day.year,
            "form": self.topic.form,
            "strike_off_on": closed.isoformat(),
            "proof": "办理报告和现场核对记录存档。",
            "lead_bodies": [self.player.body(self.topic.body)],
        }
        self.player.begin("opinions", "record", self.clerk, closed, data)

    def _prepare(self) -> None:
        """Demanded, drafted, commented on, revised, sent and heard; now and then something comes late."""
        slips = self.chance.random() < 0.2
        body = self.player.contact(self.topic.body)
        self.matter = self.player.begin(
            "sessions", "list_report", self.clerk, self._before(48), self._data()
        )
        seen: dict[str, object] = {
            "collected_text": f"视察中代表反映：{self.topic.subject}方面还有短板，请在报告中回应。"
        }
        self._do(self._before(46), "collect", self.committee, seen)
        rows: dict[str, object] = {"assignments": [self.player.share(self.topic.body)]}
        self._do(self._before(44), "demand", data=rows)
        self._do(self._before(18 if slips else 27), "draft", body, share="1")
        view: dict[str, object] = {"comment_text": "请补充数据和群众反映问题的办理情况。"}
        self._do(self._before(17 if slips else 22), "comment", self.committee, view, "1")
        self._do(self._before(9 if slips else 16), "revise", body, share="1")
        self._do(self._before(6 if slips else 10), "deliver")
        head = self.player.ground.heads[self.topic.body]
        said: dict[str, object] = {"reported_by": f"{self.topic.body}主要负责人{head.name}"}
        self._do(self.sitting.day, "hear", data=said)

    def _before(self, days: int) -> date:
        """A working day at least so many days before the session."""
        day = self.sitting.day - timedelta(days=days)
        while not self.player.calendar.is_working(day):
            day -= timedelta(days=1)
        return day

    def _do(
        self,
        day: date,
        act: str,
        doer: object = None,
        data: dict[str, object] | None = None,
        share: str = "",
    ) -> None:
        self.player.take(self.matter, act, doer or self.clerk, day, data, share)  # type: ignore[arg-type]

    def _form(self, title: str, text: str) -> None:
        data: dict[str, object] = {
            "opinion_title": title,
            "opinion_text": text,
            "opinion_form": self.topic.form,
        }
        self._do(self.sitting.day, "form_opinion", data=data)
        opinion = Matter.objects.filter(parent=self.matter, institution="opinions").latest("pk")
        by_ballot = self.topic.number >= VOTED_FROM
        one = _Opinion(
            self.player, self.chance, opinion, self.topic.body, self.sitting.day, by_ballot
        )
        one.play(title)


class _Opinion:
    """One opinion: handed over, reported on, evaluated, struck off."""

    def __init__(
        self,
        player: Player,
        chance: Random,
        matter: Matter,
        body: str,
        day: date,
        by_ballot: bool = False,
    ) -> None:
        self.player, self.chance, self.matter, self.body = player, chance, matter, body
        self.day, self.by_ballot = day, by_ballot
        self.clerk = player.staff("clerk", "clerk2")
        self.committee = player.staff("committee")

    def play(self, title: str) -> None:
        """All of it."""
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
            if self.by_ballot:
                self.player.later(self.day, lambda: self._voted(title, result))
                return
            note = "应到 27 人，实到 25 人，满意 21 票，基本满意 3 票，不满意 1 票。"
            self._do("vote", self.clerk, {"vote_result": result, "vote_note": note})
        else:
            self._do(
                "not_table", leader, {"reason": "事项单一、已经办成，主任会议同意不再提请审议。"}
            )
        self._evaluated(title)

    def _voted(self, title: str, result: str) -> None:
        """By ballot of who has come; one of them does not vote."""
        room = members(self.player, self.day)[: self.chance.randint(23, 27)]
        mostly = self.chance.randint(1, 4) if result == "满意" else len(room) // 2
        against = self.chance.randint(0, 2)
        satisfied = len(room) - 1 - mostly - against
        counts = {"满意": satisfied, "基本满意": mostly, "不满意": against}
        chamber = Chamber(self.player)
        chamber.decide(self.matter, "satisfaction", counts, self.day, {}, there=room)
        self._evaluated(title)

    def _evaluated(self, title: str) -> None:
        self._later(3, 10)
        data: dict[str, object] = {
            "public_result": self.chance.choice(("满意", "满意", "基本满意")),
            "public_count": self.chance.randint(30, 180),
            "public_note": "现场问卷，由代表联络站协助。",
        }
        self._do("evaluate", self.clerk, data)
        self._later(2, 6)
        self._do("strike_off", self.clerk, {"proof": f"“{title}”现场核对完成，资料存档。"})
