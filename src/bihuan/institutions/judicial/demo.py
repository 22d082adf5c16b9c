"""The demo's judicial appraisals: two from the old ledger; this year's drawn, one of them to its publication."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from random import Random
from typing import TypeVar

from bihuan.demo import lots as draws
from bihuan.demo.chamber import Chamber
from bihuan.demo.player import Player, Unplayable
from bihuan.institutions.judicial import lots, persons, sheets
from bihuan.institutions.judicial.models import Invitation, PersonsDraw
from bihuan.loop.forms import Refusal
from bihuan.matters.models import Matter
from bihuan.people.models import Appointment

KEY = "judicial"
Done = TypeVar("Done")
ORGANS = ("市人民法院", "市人民检察院")
FIELDS = ("民事", "刑事")
CASES = (("买卖合同", "民初"), ("劳动争议", "民初"), ("故意伤害", "刑初"))
EXPERTS = ("何谦", "罗素", "唐果", "温良", "蒋毅", "任远", "凌霄")
IN_CONFLICT = "唐果"
REMARKS = (
    "庭审规范，争点归纳清楚。",
    "说理充分，送达有瑕疵。",
    "文书通顺，引用法条完整。",
    "程序无误，个别期限说明不足。",
    "调解工作扎实。",
)


def play(player: Player, chance: Random, share: float) -> None:
    """Two booked; this year two are drawn from everybody in office: one concluded, one under review."""
    posts = Appointment.objects.filter(
        by_committee=True, body__name__in=ORGANS, body__congress=player.ground.congress
    )
    for post in posts.select_related("person", "body").order_by("pk")[:2]:
        _book(player, post)
    for place, each in enumerate(_drawn(player)):
        _Round(player, each, place).play()


def _book(player: Player, post: Appointment) -> None:
    year = player.ground.first_year + 2
    day = player.workday(date(year, 11, 20))
    data = {
        "title": f"{year} 年{post.post}{post.person}履职评议",
        "year": year,
        "lead_bodies": [str(post.body_id)],
        "appointee": post.person.name,
        "close_on": day.isoformat(),
        "vote_result": "满意",
    }
    player.begin(KEY, "record", player.staff("clerk", "clerk2"), day, data)


def _drawn(player: Player) -> list[persons.Drawn]:
    """Who was drawn this year, entered into the ledger."""
    congress, day = player.ground.congress, player.workday(date(player.ground.first_year + 4, 3, 3))
    given = [
        persons.Line(line.post, FIELDS[place % 2], 30 + 7 * place, line.aside)
        for place, line in enumerate(persons.lines(congress, day))
    ]
    take, by = dict.fromkeys(FIELDS, 1), player.ground.staff["clerk2"]
    asked = draws.contributors(player)
    one = _sure(persons.set_up(congress, day.year, given, take, asked, by, day))
    draws.carried_out(player, one.draw, day)
    one = PersonsDraw.objects.select_related("draw", "congress").get(pk=one.pk)
    clerk, finish_by = player.staff("clerk", "clerk2"), date(day.year, 12, 20)
    _sure(persons.enter(one, persons.drawn(one), finish_by, clerk, day))
    return persons.drawn(one)


def _sure(done: Done | Refusal) -> Done:
    if isinstance(done, Refusal):
        raise Unplayable(f"两官评议：{done.say}")
    return done


class _Round:
    """One person's appraisal in this year."""

    def __init__(self, player: Player, each: persons.Drawn, place: int) -> None:
        assert each.matter is not None
        self.player, self.post, self.place = player, each.post, place
        self.matter: Matter = each.matter
        self.year = player.ground.first_year + 4
        self.clerk, self.committee = player.staff("clerk", "clerk2"), player.staff("committee")

    def _on(self, month: int, day: int) -> date:
        return self.player.workday(date(self.year, month, day))

    def _do(
        self, act: str, doer: object, day: date, data: dict[str, object], key: str = ""
    ) -> None:
        self.player.take(self.matter, act, doer, day, data, key)  # type: ignore[arg-type]

    def play(self) -> None:
        self._list()
        self._draw()
        answered = list(Invitation.objects.filter(matter=self.matter))
        if self.place:
            self._answer(answered[:1])
            return
        self._answer(answered)
        _sure(sheets.open_together(self.matter, self.committee, self._on(4, 14)))
        self._hear()
        self.player.later(self._on(6, 24), self._conclude)

    def _list(self) -> None:
        """Closed cases and experts, one of whom declares that he is interested."""
        for number, (cause, kind) in enumerate(CASES):
            case: dict[str, object] = {
                "case_number": f"（{self.year - 1}）{kind}{11 + 10 * self.place + number} 号",
                "cause": cause,
                "case_closed_on": date(self.year - 1, 10, 9 + number).isoformat(),
            }
            self._do("list_case", self.committee, self._on(3, 5), case)
        for name in EXPERTS:
            expert: dict[str, object] = {
                "expert": name, "expert_from": "邻市政法院校、律师事务所", "across": "是",
                "conflict": "是" if name == IN_CONFLICT else "否",
            }  # fmt: skip
            if name == IN_CONFLICT:
                expert["conflict_note"] = "曾在同一单位任职"
            self._do("invite_expert", self.clerk, self._on(3, 6), expert)

    def _draw(self) -> None:
        day, by = self._on(3, 10), self.player.ground.staff["clerk2"]
        contributors = draws.contributors(self.player)
        made = _sure(lots.set_up(self.matter, 1, len(REMARKS), contributors, by, day))
        _sure(lots.book(self.matter, draws.carried_out(self.player, made, day), self.clerk, day))
        self.matter.refresh_from_db()

    def _answer(self, experts: Sequence[Invitation]) -> None:
        numbers = sheets.numbers(self.matter)
        for place, one in enumerate(experts):
            marks = dict(
                zip(("程序规范", "释法说理", "文书质量", "办案效率"), _marks(place), strict=True)
            )
            done = sheets.hand_in(
                one, dict.fromkeys(numbers, marks), REMARKS[place], self._on(4, 10)
            )
            _sure(done)

    def _hear(self) -> None:
        visited: dict[str, object] = {"party": "被告", "visited_on": self._on(4, 20).isoformat()}
        visited["visit_note"] = "认可庭审作风和释法。"
        self._do("visit_party", self.committee, self._on(4, 21), visited)
        unit: dict[str, object] = {
            "unit_present": 46, "unit_competent": 42, "unit_basic": 4, "unit_incompetent": 0,
        }  # fmt: skip
        self._do("unit_vote", self.committee, self._on(4, 28), unit)
        contact = self.player.contact(str(self.post.body.name))
        self._do("respond", contact, self._on(5, 6), {"own_words": "送达瑕疵属实，已改。"}, "1")
        self._do("table", self.player.staff("leader"), self._on(5, 25), {"meeting": "常委会会议"})

    def _conclude(self) -> None:
        day = self._on(6, 24)
        asked: dict[str, object] = {"question": "怎样防止送达瑕疵？", "answer": "地址确认书前置。"}
        self._do("ask", self.clerk, day, asked)
        counts = {"满意": 23, "基本满意": 2, "不满意": 0}
        Chamber(self.player).decide(self.matter, "satisfaction", counts, day, {})
        self._do("publish", self.clerk, self._on(7, 1), {"publish_note": "常委会网站"})
        self._do("close_clean", self.clerk, self._on(7, 8), {})


def _marks(place: int) -> tuple[str, ...]:
    """An expert's marks for the four parts: each in his own way."""
    return tuple(str(88 + (3 * place + 2 * part) % 9) for part in range(4))
