"""The minutes (会议纪要) of a session as a .docx by the national form, from what was written down."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from django.utils import timezone

from bihuan.institutions.sessions.agenda import items_of
from bihuan.institutions.sessions.models import CommitteeSession, Item, Speech
from bihuan.institutions.sessions.presence import Place, Quorum, sheet
from bihuan.institutions.sessions.speaking import speeches_of
from bihuan.institutions.sessions.taking_down import opinions_of
from bihuan.letters.content import full_name, written_day
from bihuan.letters.documents import document
from bihuan.letters.make import Shown, Table
from bihuan.text.numerals import in_chinese

ATTENDANCE = "出席情况"


def docx(session: CommitteeSession, number: str = "", form: bytes = b"") -> bytes:
    """The minutes of a session that was opened, under this document number; `form`: a template of one's own."""
    congress, places = session.congress, sheet(session)
    return document(
        congress,
        title(session),
        "\n".join(_lines(session, places)),
        timezone.localdate(session.closed_at or session.opened_at or timezone.now()),
        Shown({ATTENDANCE: _attendance(session, places)}),
        form,
        发文机关标志=f"{congress.name}会议纪要",
        发文字号=number,
        印发机关=f"{congress.name}办公室",
    )


def title(session: CommitteeSession) -> str:
    """What the minutes are called."""
    return f"{session.congress.name}{session.name.removeprefix('常委会')}纪要"


def text(session: CommitteeSession) -> str:
    """Their text, a line a paragraph; 【表：…】 stands for the sheet of attendance."""
    return "\n".join(_lines(session, sheet(session)))


def _lines(session: CommitteeSession, places: Sequence[Place]) -> Iterator[str]:
    came = [one for one in places if one.times]
    enough = Quorum(len(places), len(came)).met
    where = f"在{session.place}" if session.place else ""
    yield (
        f"{_span(session)}，{session.congress.name}{where}举行{session.name.removeprefix('常委会')}。"
        f"全体组成人员{len(places)}人，出席{len(came)}人，{'符合' if enough else '不足'}法定人数。"
    )
    yield "一、出席和请假"
    yield f"【表：{ATTENDANCE}】"
    for place in places:
        if place.leave:
            yield f"{place.member.person}请假：{place.leave.reason}。"
    yield "二、议程和审议情况"
    speeches = list(speeches_of(session))
    for number, item in enumerate(items_of(session).exclude(matter__phase="void"), 1):
        own = [one for one in speeches if one.item_id == item.pk and one.began]
        yield from _item(session, number, item, own)
    opinions = list(opinions_of(session))
    if opinions:
        yield "三、审议意见"
    for number, opinion in enumerate(opinions, 1):
        yield f"{number}.{opinion.title}。{opinion.text}"


def _span(session: CommitteeSession) -> str:
    first, last = written_day(session.begins), written_day(session.ends)
    return first if first == last else f"{first}至{last}"


def _item(
    session: CommitteeSession, number: int, item: Item, spoke: Sequence[Speech]
) -> Iterator[str]:
    matter = item.matter
    yield f"（{in_chinese(number)}）{matter.title}"
    if matter.facts.get("reported_by"):
        yield f"会议听取了{matter.facts['reported_by']}所作的报告。"
    elif shares := list(matter.assignments.all()):
        named = "、".join(full_name(share.body, session.congress) for share in shares)
        yield f"会议听取了{named}的报告。"
    if spoke:
        names = dict.fromkeys(str(one.person) for one in spoke)
        yield f"{'、'.join(names)}等{len(names)}人发言。"
    yield from _vote(matter.facts)


def _vote(facts: dict[str, object]) -> Iterator[str]:
    """The result with its base; one that a ballot brought along says it in the ballot's own words."""
    if not facts.get("vote_outcome"):
        return
    if not facts.get("members"):
        yield f"会议表决：{str(facts.get('vote_note', '')).splitlines()[0]}"
        return
    yield (
        f"会议表决：全体组成人员{facts['members']}人，表决时出席{facts['present']}人，"
        f"赞成{facts['votes_for']}票，反对{facts['votes_against']}票，"
        f"弃权{facts['votes_abstain']}票，{facts['vote_outcome']}（全体组成人员过半数）。"
    )


def _attendance(session: CommitteeSession, places: Sequence[Place]) -> Table:
    came = sum(1 for one in places if one.times)
    form = "%H:%M" if session.begins == session.ends else "%m-%d %H:%M"
    rows = tuple((str(one.member.person), one.member.post, _times(one, form)) for one in places)
    return Table(f"全体{len(places)}人，出席{came}人", ("姓名", "职务", "到会—离会"), rows)


def _times(place: Place, form: str) -> str:
    spans = "；".join(
        f"{_clock(one.arrived, form)}—{_clock(one.left, form)}" for one in place.times
    )
    return spans or (f"请假（{place.leave.answer or '未答复'}）" if place.leave else "缺席")


def _clock(moment: datetime | None, form: str) -> str:
    return timezone.localtime(moment).strftime(form) if moment else ""
