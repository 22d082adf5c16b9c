"""Bodies at different steps of the ladder: one pressed twice, one talked to, one named in a notice; and past steps."""

from __future__ import annotations

from datetime import date, timedelta

from bihuan.demo.player import Player, Unplayable
from bihuan.ladder.facts import LIMIT_ON, overdue
from bihuan.loop.forms import Refusal
from bihuan.matters import local_params
from bihuan.matters.models import Assignment, Matter

MEMBERS = 29
INQUIRED = "市城市管理执法局"


def play_ladder(player: Player) -> None:
    """Press what is overdue longest, and take the steps that follow, each some weeks ago."""
    _size(player)
    _inquiry(player)
    stories = (_pressed, _talked_to, _named)
    for story, shares in zip(stories, _by_body(player), strict=False):
        story(player, shares)


def _size(player: Player) -> None:
    begins = player.ground.term.begins
    assert begins is not None
    made = local_params.set_param(
        player.ground.congress, "investigations", "committee_members", str(MEMBERS), begins,
        "省人大常委会关于名额的批复", None, begins,
    )  # fmt: skip
    if isinstance(made, Refusal):
        raise Unplayable(made.say)


def _by_body(player: Player) -> list[list[Assignment]]:
    """The overdue suggestions of each body, the bodies with most of them first."""
    rows = overdue(player.ground.congress, player.ground.today).filter(institution="suggestions")
    found: dict[int, list[Assignment]] = {}
    for share in rows.select_related("matter", "body").order_by(LIMIT_ON, "pk"):
        found.setdefault(share.body_id, []).append(share)
    return sorted(found.values(), key=len, reverse=True)


def _ago(player: Player, days: int) -> date:
    return player.workday(player.ground.today - timedelta(days=days))


def _press(player: Player, shares: list[Assignment], *ago: int) -> None:
    leader = player.staff("leader")
    for share in shares:
        for days in ago:
            note = {"press_note": "请抓紧办理，并向代表说明逾期的原因。"}
            player.take(share.matter, "press", leader, _ago(player, days), note)


def _pressed(player: Player, shares: list[Assignment]) -> None:
    _press(player, shares[:2], 12, 3)


def _talked_to(player: Player, shares: list[Assignment]) -> None:
    _press(player, shares[:1], 10, 5)
    _talk(player, shares[0].body.name, shares[0].matter.title, 48)


def _named(player: Player, shares: list[Assignment]) -> None:
    _press(player, shares[:1], 9)
    name, title = shares[0].body.name, shares[0].matter.title
    _talk(player, name, title, 110)
    clerk, day = player.staff("clerk", "clerk2"), _ago(player, 40)
    data = {
        "title": f"{name}答复逾期",
        "target": player.body(name),
        "evidence": f"“{title}”约谈后仍未答复。",
    }
    matter = player.begin("talks", "circulate", clerk, day, data)
    issued = {
        "chairs_agree": True,
        "text": f"{name}约谈后仍有建议逾期未答复，现予通报。",
        "circulated_to": "市政府各部门",
    }
    player.take(matter, "issue", clerk, day, issued)


def _talk(player: Player, name: str, title: str, ago: int) -> None:
    clerk, leader = player.staff("clerk", "clerk2"), player.staff("leader")
    day = _ago(player, ago)
    data = {
        "title": f"{name}答复逾期",
        "target": player.body(name),
        "evidence": f"“{title}”等逾期未答复。",
    }
    matter = player.begin("talks", "talk", leader, day, data)
    held = {
        "held_on": day.isoformat(),
        "talked_with": f"{player.ground.heads[name].name}，主要负责人",
        "note": "说明逾期原因，两周内拿出办理方案。",
        "assignments": [player.share(name, limit=day + timedelta(days=14))],
    }
    player.take(matter, "hold", clerk, day, held)
    later = player.workday(day + timedelta(days=12))
    said = {"report_text": "已调整分工，专人负责，逾期事项逐件列出计划。"}
    player.take(matter, "report", player.contact(name), later, said, "1")
    player.take(matter, "close", clerk, player.workday(later + timedelta(days=2)))


def _inquiry(player: Player) -> Matter:
    """A special inquiry of last spring, from its proposal to its end."""
    clerk, leader = player.staff("clerk", "clerk2"), player.staff("leader")
    day = _ago(player, 190)
    data = {
        "title": "城区停车难治理",
        "target": player.body(INQUIRED),
        "evidence": "代表连续三年提出，群众反映集中。",
    }
    matter = player.begin("inquiries", "propose", player.staff("committee"), day, data)
    on = player.workday(day + timedelta(days=20))
    player.take(matter, "approve", leader, day, {"form": "联组会议", "meeting_on": on.isoformat()})
    held = {
        "held_on": on.isoformat(),
        "heads_came": True,
        "record_text": "八位委员询问，局长逐一回答。",
    }
    player.take(matter, "hold", clerk, on, held)
    handed = {
        "opinions_text": "一、年内新增车位一千个。二、开放机关车场。",
        "assignments": [player.share(INQUIRED, limit=on + timedelta(days=60))],
    }
    player.take(matter, "hand_over", clerk, player.workday(on + timedelta(days=3)), handed)
    told = player.workday(on + timedelta(days=50))
    report = {"report_text": "新增车位一千一百个，二十三处机关车场已开放。"}
    player.take(matter, "report_back", player.contact(INQUIRED), told, report, "1")
    player.take(matter, "close", leader, player.workday(told + timedelta(days=8)))
    return matter
