"""Deliberation before, in and after a session (会前准备、会中审议、会后督办) as figures, each with its base.

They describe the session; nobody is compared with anybody.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from bihuan.institutions.sessions.agenda import items_of
from bihuan.institutions.sessions.models import CommitteeSession, Item, Speech
from bihuan.institutions.sessions.presence import ever_present, members_of
from bihuan.institutions.sessions.taking_down import opinions_of
from bihuan.matters.models import Assignment, Matter

REPORTS = ("听取和审议报告", "计划预算监督", "执法检查报告")
BEFORE, IN, AFTER = "会前准备", "会中审议", "会后督办"


@dataclass(frozen=True)
class Figure:
    """`hit` of `base`; a base of nothing has no rate."""

    stage: str
    title: str
    hit: int
    base: int
    help: str = ""


def of_session(session: CommitteeSession, today: date) -> list[Figure]:
    """The figures of one session, in order."""
    items = list(items_of(session))
    return [*_before(items), *_in(session, items), *_after(list(opinions_of(session)), today)]


def _before(items: Sequence[Item]) -> list[Figure]:
    shares = [share for item in items for share in item.matter.assignments.all()]
    live = [s for s in shares if s.phase != "void" or s.state == "not_delivered"]
    asked = [item.matter for item in items if item.matter.assignments.all()]
    sent_late = [matter for matter in asked if not _in_time(matter.facts, "deliver")]
    return [
        Figure(BEFORE, "征求意见稿按期送到", _on_time(live, "draft"), len(live), "会议二十日前"),
        Figure(BEFORE, "修改后的报告按期送到", _on_time(live, "revise"), len(live), "会议十日前"),
        Figure(
            BEFORE, "材料按期发给组成人员", len(asked) - len(sent_late), len(asked), "会议七日前"
        ),
        Figure(
            BEFORE,
            "会前汇总意见交报告机关",
            sum(1 for matter in asked if matter.facts.get("collect_count")),
            len(asked),
            "报告里要回应",
        ),
    ]


def _in_time(facts: dict[str, object], act: str) -> bool:
    return bool(facts.get(f"{act}_count")) and facts.get(f"{act}_late") is False


def _on_time(shares: Sequence[Assignment], act: str) -> int:
    return sum(1 for share in shares if _in_time(share.facts, act))


def _in(session: CommitteeSession, items: Sequence[Item]) -> list[Figure]:
    members = {one.person.pk for one in members_of(session)}
    came = ever_present(session) & members
    reports = [item for item in items if item.matter.facts.get("kind") in REPORTS]
    told = Speech.objects.filter(
        item__in=[item.pk for item in items], struck_at=None, began__isnull=False
    )
    speeches = list(told.exclude(ended=None).select_related("item"))
    about = [one for one in speeches if one.item_id in {item.pk for item in reports}]
    spoke = {one.person_id for one in about} & came
    timed = [one for one in speeches if one.minutes is not None]
    return [
        Figure(IN, "到会组成人员", len(came), len(members), "全体组成人员为分母"),
        Figure(IN, "就报告发言的组成人员", len(spoke), len(came), "到会的为分母"),
        Figure(
            IN,
            "有人发言的报告",
            len({one.item_id for one in about}),
            len(reports),
            "列入议程的报告为分母",
        ),
        Figure(
            IN,
            "没有超过时限的发言",
            sum(1 for one in timed if not one.over),
            len(timed),
            "本地规定",
        ),
    ]


def _after(opinions: Sequence[Matter], today: date) -> list[Figure]:
    handed = [one for one in opinions if _handed(one)]
    answered = [one for one in handed if _answered(one)]
    closed = [one for one in opinions if one.phase == "closed"]
    late = [one for one in opinions if one.phase != "closed" and one.due_on and one.due_on < today]
    return [
        Figure(AFTER, "已交办到单位、责任人、期限", len(handed), len(opinions), "全部意见为分母"),
        Figure(AFTER, "已书面报告", len(answered), len(opinions), "全部意见为分母"),
        Figure(AFTER, "已核实销号", len(closed), len(opinions), "全部意见为分母"),
        Figure(AFTER, "超过期限还没有办", len(late), len(opinions), "全部意见为分母"),
    ]


def _handed(opinion: Matter) -> bool:
    live = [share for share in opinion.assignments.all() if share.phase != "void"]
    named = any(share.person_name and share.due_on for share in live)
    return named or (opinion.phase == "closed")


def _answered(opinion: Matter) -> bool:
    facts = opinion.facts
    return opinion.phase == "closed" or bool(facts.get("report_count") or facts.get("report_on"))
