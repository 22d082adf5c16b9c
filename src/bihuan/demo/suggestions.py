"""Suggestions played from raising to strike-off: reviews, hand-over, replies, ratings, promises."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta

from bihuan.demo.letters import Letter, Writer, last_month_end, month_end
from bihuan.demo.names import TOWNS, town_of
from bihuan.demo.plan import AT_SESSIONS, Case
from bihuan.demo.player import Player
from bihuan.matters.models import Matter

SLOW = {
    "市自然资源和规划局": 0.42,
    "市住房和城乡建设局": 0.3,
    "市水利和湖泊局": 0.14,
    "市城市管理执法局": 0.1,
}
"""How often a body replies late; elsewhere one in thirty-three."""
SELDOM = 0.03
GRANTS = (180_000, 260_000, 150_000, 320_000, 240_000, 200_000, 280_000, 160_000, 210_000, 190_000)
"""Special-fund grants, together below the yearly 3,000,000."""
RETURNS = (
    "经研究，该事项的主要职责不在我局，建议由属地和行业主管部门承办。",
    "所涉路段产权未移交我局，建议改由建设单位承办，我局配合。",
    "该事项属上级垂直管理单位职责，我局无权办理，建议调整承办单位。",
)
PRAISE = (
    "办理人员三次上门沟通，态度诚恳。",
    "事情办成了，群众很满意。",
    "答复具体，希望把后续管护跟上。",
    "",
    "",
)
BLAME = (
    "答复没有回应所提的三条建议，看不出什么时候能办成。",
    "只讲道理不讲措施，请拿出具体的时间表。",
    "现场没有任何变化，希望重新研究。",
)


class Suggestions:
    """Plays every case of a plan; keeps which matter each case became."""

    def __init__(self, player: Player) -> None:
        self.player = player
        self.matters: dict[int, Matter] = {}
        self.keys_marked = 0
        self.grants: Iterator[int] = iter(GRANTS)

    def play(self, case: Case) -> Matter:
        """Play one case as far as its fate goes."""
        matter = _Story(self, case).play()
        self.matters[id(case)] = matter
        return matter


class _Story:
    """One suggestion on its way; `day` is the day of its last act."""

    def __init__(self, whole: Suggestions, case: Case) -> None:
        self.whole, self.case, self.player = whole, case, whole.player
        self.chance, self.fate = case.chance, case.fate
        self.today = self.player.ground.today
        self.clerk = self.player.staff("clerk")
        self.proposer = self.player.deputy(case.seats[0])
        self.day = self.player.workday(case.day) if case.source != AT_SESSIONS else case.day
        self.kinds: dict[str, tuple[str, str]] = {}
        self.matter = self._raise()

    def play(self) -> Matter:
        if self.fate.stage == "draft":
            return self.matter
        self._do("submit", self.proposer)
        if self._review() and self._hand_over() and self._handle():
            self._finish()
        return self.matter

    def _raise(self) -> Matter:
        wish = self.case.wish
        data = {
            "title": wish.title,
            "text": wish.text,
            "source": self.case.source,
            "field": wish.topic.field,
        }
        if self.case.session:
            data["session"] = self.case.session
        doer = self.player.deputy(self.case.seats[0], "deputy")
        return self.player.begin("suggestions", "raise", doer, self.day, data, self.case.seats)

    def _do(
        self, act: str, doer: object, data: dict[str, object] | None = None, share: str = ""
    ) -> None:
        self.player.take(self.matter, act, doer, self.day, data, share)  # type: ignore[arg-type]

    def _later(self, least: int, most: int) -> None:
        """Days pass: to a working day, and never beyond today."""
        days = self.chance.randint(least, most)
        self.day = max(self.day, self.player.workday(self.day + timedelta(days=days)))

    # Review

    def _review(self) -> bool:
        if self.case.source == AT_SESSIONS and not self._review_at_session():
            return False
        if self.fate.stage == "committee_review":
            return False
        self._later(*((3, 8) if self.fate.back is None else (1, 2)))
        if self.fate.stage == "refused":
            reason = "反映的是正在审理的案件中的具体诉求，依照规定不作代表建议处理，已向代表说明。"
            self._do("refuse", self.clerk, {"reason": reason})
            return False
        if self.case.twin:
            twin = self.whole.matters[id(self.case.twin)]
            self._do("join", self.clerk, {"joined_to": str(twin.pk)})
            return False
        self._do("accept", self.clerk)
        return self.fate.stage != "to_hand_over"

    def _review_at_session(self) -> bool:
        if self.fate.stage == "delegation_review":
            return False
        self._do(
            "delegation_pass", self.player.staff("delegation"), {"advice": "事由清楚，同意提交。"}
        )
        if self.fate.stage == "secretariat_review":
            return False
        self._later(1, 2)
        self._do("secretariat_pass", self.player.staff("secretariat"))
        return True

    # Hand-over

    def _hand_over(self) -> bool:
        if self.fate.back is None:
            self._later(3, 8 if self.chance.random() < 0.9 else 14)
        rows = list(self._shares())
        self._do("hand_over", self.clerk, {"assignments": rows})
        self.kinds = {
            str(place): (self._name(row["body"]), row["kind"]) for place, row in enumerate(rows, 1)
        }
        self.handed = self.day
        if self.chance.random() < 0.05 or self.fate.promises == "overdue":
            self._mark()
        return self.fate.stage != "handed"

    def _shares(self) -> Iterator[dict[str, str]]:
        topic, chance = self.case.wish.topic, self.chance
        separate = chance.random() < 0.05
        yield self.player.share(topic.lead, "separate" if separate else "lead")
        if separate:
            yield self.player.share(topic.co[0], "separate")
        elif chance.random() < 0.45 or self.fate.stage in ("handed", "working"):
            yield self.player.share(topic.co[0], "co")
        asked = chance.random() < 0.15 or self.fate.stage == "handed"
        if asked and self.case.wish.place not in TOWNS:
            yield self.player.share(town_of(self.case.wish.place), "co")

    def _name(self, key: str) -> str:
        return next(name for name, body in self.player.ground.bodies.items() if str(body.pk) == key)

    def _mark(self) -> None:
        if self.whole.keys_marked >= 40:
            return
        self.whole.keys_marked += 1
        leader = self.player.staff("leader")
        data: dict[str, object] = {
            "press_leader": str(leader.user),
            "press_committee": self.player.body("市人大城乡建设与环境资源保护委员会"),
        }
        self._do("mark_key", leader, data)

    # Handling

    def _leads(self) -> list[tuple[str, str]]:
        return [(key, name) for key, (name, kind) in self.kinds.items() if kind != "co"]

    def _handle(self) -> bool:
        self._later(1, 3)
        for key, (name, kind) in self.kinds.items():
            self._do("acknowledge", self.player.contact(name, kind), share=key)
        if self.fate.stage == "return_asked":
            return self._ask_return()
        self._later(4, 20)
        if self.fate.stage != "working" or self.chance.random() < 0.5:
            self._meet()
        if self.fate.stage in ("working", "extended"):
            return self._leave_working()
        self._opine()
        self._reply(self._reply_day())
        return True

    def _ask_return(self) -> bool:
        key, name = self._leads()[0]
        self._later(1, 2)
        reason: dict[str, object] = {"reason": self.chance.choice(RETURNS)}
        self._do("return", self.player.contact(name), reason, key)
        return False

    def _meet(self) -> None:
        for key, name in self._leads():
            note = f"与代表到{self.case.wish.place}现场察看，就办理思路交换了意见。"
            data: dict[str, object] = {"met_on": self.day.isoformat(), "met_note": note}
            self._do("meet", self.player.contact(name), data, key)

    def _leave_working(self) -> bool:
        if self.fate.stage == "extended":
            self.day = max(self.day, self.player.workday(self.handed + timedelta(days=80)))
            reason = "涉及单位多，需上级立项，已当面征得代表同意延长。"
            key, _ = self._leads()[0]
            self._do("extend", self.clerk, {"reason": reason, "consent": True}, key)
        elif (self.today - self.handed).days > 95:
            self.day = self.player.workday(self.handed + timedelta(days=98))
            self._do("press", self.clerk, {"press_note": "答复期限已过，请五个工作日内答复代表。"})
        elif self.chance.random() < 0.4:
            self._claim()
        elif (self.today - self.handed).days > 40 and self._grantable():
            self._grant()
        return False

    def _claim(self) -> None:
        """Answered yesterday or so as solved, in words only: the clerk has it before the deputy."""
        self.day = max(self.day, self.player.before(self.chance.randint(1, 2)))
        for key, name in self._leads():
            letter = self._letter(name, "claimed").as_data()
            self._do("reply", self.player.contact(name), letter, key)

    def _opine(self) -> None:
        shares = [(key, name) for key, (name, kind) in self.kinds.items() if kind == "co"]
        for key, name in shares:
            self._later(1, 6 if self.chance.random() < 0.9 else 30)
            opinion = f"同意主办单位意见。涉及{name}职责的部分，我们将予以配合。"
            self._do("opine", self.player.contact(name, "co"), {"opinion": opinion}, key)

    def _reply_day(self) -> date:
        """Mostly in time; a few bodies are known for being late."""
        if self.fate.stage in ("rating", "lapsed", "redoing"):
            waits = {"rating": 4, "lapsed": 18, "redoing": 16}[self.fate.stage]
            return self.player.before(waits + self.chance.randint(0, 3))
        late = self.chance.random() < SLOW.get(self.case.wish.topic.lead, SELDOM)
        least, most = (97, 125) if late else (35, 84)
        return self.handed + timedelta(days=self.chance.randint(least, most))

    def _reply(self, day: date) -> None:
        self.day = max(self.day, self.player.workday(day))
        for place, (key, name) in enumerate(self._leads()):
            manner = self.fate.manner if place == 0 else "plan"
            letter = self._letter(name, manner)
            self._do("reply", self.player.contact(name), letter.as_data(), key)
            if self.matter.assignments.filter(key=key, state="reply_check").exists():
                self._later(1, 2)
                self._do("pass_reply", self.clerk, {}, key)

    def _letter(self, body: str, manner: str) -> Letter:
        dues = self._dues() if manner == "promise" else []
        proposer = self.case.seats[0].person.name
        return Writer(self.case.wish, proposer, body, self.chance).letter(manner, self.day, dues)

    def _dues(self) -> list[date]:
        """The days promised, by what is to become of the promises."""
        kind, today = self.fate.promises, self.today
        if kind == "soon":
            return [today + timedelta(days=self.chance.randint(2, 6))]
        if kind in ("overdue", "dropped"):
            end = last_month_end(today) if kind == "overdue" else month_end(self.day, 4)
            return [max(end, self.day)]
        if kind == "proven":
            return [month_end(today, 0)]
        if kind == "open":
            return [month_end(today, self.chance.randint(1, 4)), month_end(today, 5)]
        ends = [month_end(self.day, n) for n in (self.chance.randint(1, 3), 4)]
        inside = [end for end in ends if end <= today - timedelta(days=20)]
        return inside[: self.chance.randint(1, 2)] or [last_month_end(today)]

    # Rating and after

    def _finish(self) -> None:
        stage = self.fate.stage
        if stage in ("rating", "lapsed"):
            return
        if stage == "unrated":
            self._later(20, 30)
            reason = "测评期限已过，经提醒代表未测评。"
            self._do("close_unrated", self.clerk, {"reason": reason})
        else:
            self._rate()
        if stage == "redoing":
            return
        self._settle_promises()
        if self.fate.confirmed:
            self._confirm()
        if not self.fate.promises or self.fate.implemented:
            self._publish()

    def _rate(self) -> None:
        for place, wanted in enumerate(self.fate.ratings):
            self._later(2, 11)
            result = wanted or self._result()
            if place:
                self._reply(self.day + timedelta(days=self.chance.randint(8, 26)))
                self._later(2, 9)
            attitude = "基本满意" if self.chance.random() < 0.1 else "满意"
            if result == "不满意" and self.chance.random() < 0.15:
                attitude = "不满意"
            comment = self.chance.choice(BLAME if result == "不满意" else PRAISE)
            data: dict[str, object] = {"attitude": attitude, "result": result, "comment": comment}
            self._do("rate", self.proposer, data)

    def _result(self) -> str:
        likely = 0.86 if self.fate.implemented else 0.52
        return "满意" if self.chance.random() < likely else "基本满意"

    def _confirm(self) -> None:
        self._later(6, 40)
        place = self.case.wish.place
        proof = f"代表与代表工委到{place}现场核对，所提事项已经办成，照片和验收资料存档。"
        self._do("confirm_done", self.clerk, {"proof": proof})

    def _publish(self) -> None:
        if self.chance.random() < 0.6:
            self._later(3, 20)
            self._do("publish", self.clerk)

    def _settle_promises(self) -> None:
        settle: dict[str, Callable[[Matter, date], None]] = {
            "kept": self._keep,
            "dropped": self._drop,
            "proven": self._prove,
        }
        if self.fate.promises == "open" and self._grantable():
            self._grant()
        if self.fate.promises not in settle:
            return
        for promise in Matter.objects.filter(parent=self.matter).order_by("facts__by", "pk"):
            settle[self.fate.promises](promise, date.fromisoformat(promise.facts["by"]))

    def _keep(self, promise: Matter, by: date) -> None:
        early = self.chance.randint(-6, 25)
        self.day = max(self.day, self.player.workday(by - timedelta(days=early)))
        self._take_of(promise, "prove", {"proof": f"“{promise.title}”已完成，附验收单和现场照片。"})
        self._later(1, 8)
        note = {"note": "现场核实属实，予以销号。"}
        self.player.take(promise, "strike_off", self.clerk, self.day, note)

    def _prove(self, promise: Matter, by: date) -> None:
        self.day = max(self.day, self.player.before(self.chance.randint(1, 3)))
        self._take_of(promise, "prove", {"proof": f"“{promise.title}”已完成，请予核实。"})

    def _drop(self, promise: Matter, by: date) -> None:
        self.day = max(self.day, self.player.workday(by + timedelta(days=25)))
        note = "上级项目调整，用地性质改变，客观上不能兑现，已向代表说明。"
        self.player.take(promise, "drop", self.clerk, self.day, {"note": note})

    def _take_of(self, promise: Matter, act: str, data: dict[str, object]) -> None:
        body = self._leads()[0][1]
        self.player.take(promise, act, self.player.contact(body), self.day, data)

    # Money

    def _grantable(self) -> bool:
        return self.day.year >= 2025 and self.chance.random() < 0.5

    def _grant(self) -> None:
        amount = next(self.whole.grants, 0)
        if amount:
            self._do("grant", self.clerk, {"fund_amount": amount})
