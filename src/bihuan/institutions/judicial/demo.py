"""The demo's judicial appraisals: earlier ones from the old ledger, and this year's from the draw to publication."""

from __future__ import annotations

from datetime import date
from random import Random

from bihuan.demo.player import Player
from bihuan.people.models import Appointment

KEY = "judicial"
COURT, PROCURATORATE = "市人民法院", "市人民检察院"
CASES = (("买卖合同", "民初"), ("劳动争议", "民初"), ("故意伤害", "刑初"))


def play(player: Player, chance: Random, share: float) -> None:
    """Two booked and two played; whoever is drawn holds a post by appointment of the committee."""
    posts = Appointment.objects.filter(
        by_committee=True,
        body__name__in=(COURT, PROCURATORATE),
        body__congress=player.ground.congress,
    )
    drawn = list(posts.select_related("person", "body").order_by("pk")[:4])
    for post in drawn[:2]:
        _book(player, post)
    for place, post in enumerate(drawn[2:]):
        _Round(player, post, place).play()


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


class _Round:
    """One person's appraisal in this year."""

    def __init__(self, player: Player, post: Appointment, place: int) -> None:
        self.player, self.post, self.place = player, post, place
        self.year = player.ground.first_year + 4
        self.clerk, self.committee = player.staff("clerk", "clerk2"), player.staff("committee")

    def _on(self, month: int, day: int) -> date:
        return self.player.workday(date(self.year, month, day))

    def _do(
        self, act: str, doer: object, day: date, data: dict[str, object], key: str = ""
    ) -> None:
        self.player.take(self.matter, act, doer, day, data, key)  # type: ignore[arg-type]

    def play(self) -> None:
        self._draw()
        self._review()
        if self.place == 0:
            self._conclude()

    def _draw(self) -> None:
        row = {"body": str(self.post.body_id), "person": self.post.person.name, "kind": "lead"}
        data = {
            "title": f"{self.year} 年{self.post.post}{self.post.person}履职评议",
            "year": self.year,
            "post": self.post.post,
            "field": "民事",
            "draw_number": f"{self.year}-1",
            "finish_by": date(self.year, 12, 20).isoformat(),
            "assignments": [row],
        }
        self.matter = self.player.begin(KEY, "raise", self.clerk, self._on(3, 3), data)
        self.cases = [f"（{self.year - 1}）{kind}{11 + n} 号" for n, (_, kind) in enumerate(CASES)]
        for number, (cause, _) in enumerate(CASES):
            case: dict[str, object] = {"case_number": self.cases[number], "cause": cause}
            case["case_closed_on"] = date(self.year - 1, 10, 9 + number).isoformat()
            self._do("list_case", self.committee, self._on(3, 5), case)
        for name, conflict in (("何谦", "否"), ("罗素", "否"), ("唐果", "是")):
            expert: dict[str, object] = {
                "expert": name, "expert_from": "邻市政法院校、律师事务所", "across": "是", "conflict": conflict,
            }  # fmt: skip
            expert |= {"conflict_note": "曾在同一单位任职"} if conflict == "是" else {}
            self._do("invite_expert", self.clerk, self._on(3, 6), expert)

    def _review(self) -> None:
        drawn: dict[str, object] = {
            "case_draw_number": f"{self.year}-2",
            "drawn_cases": self.cases[0],
            "drawn_experts": "何谦、罗素",
        }
        self._do("draw_cases", self.clerk, self._on(3, 10), drawn)
        score: dict[str, object] = {
            "case_number": self.cases[0], "sheets": 15, "void_sheets": 1, "dropped": 10,
            "case_score": 91.5, "case_note": "说理充分，送达有瑕疵。",
        }  # fmt: skip
        self._do("score_case", self.committee, self._on(4, 14), score)

    def _conclude(self) -> None:
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
        asked: dict[str, object] = {"question": "怎样防止送达瑕疵？", "answer": "地址确认书前置。"}
        self._do("ask", self.clerk, self._on(6, 24), asked)
        votes: dict[str, object] = {
            "all_members": 29, "present": 28, "satisfied": 27, "mostly_satisfied": 1, "dissatisfied": 0,
            "vote_result": "满意",
        }  # fmt: skip
        self._do("vote", self.clerk, self._on(6, 24), votes)
        self._do("publish", self.clerk, self._on(7, 1), {"publish_note": "常委会网站"})
        self._do("close_clean", self.clerk, self._on(7, 8), {})
