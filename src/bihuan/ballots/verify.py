"""Closed ballots, reckoned again: a paper added, dropped or changed, a count, a roll or a closing altered."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db import connection

from bihuan.ballots import closing, marks, urn, voting
from bihuan.ballots.guard import TABLES
from bihuan.ballots.models import Ballot, Closing, Paper, Urn
from bihuan.ballots.rolls import roll_hash
from bihuan.loop.votes import BadVote
from bihuan.matters import guard
from bihuan.matters.act import BALLOT_CLOSED, NotDone
from bihuan.matters.chain import FIRST
from bihuan.matters.models import Act
from bihuan.matters.verify import Broken
from bihuan.people.models import Congress


def verify() -> tuple[int, list[Broken]]:
    """How many closings were looked at, and what is broken."""
    broken = [] if guard.present(connection, TABLES) else [_unguarded()]
    seen = 0
    for congress in Congress.objects.order_by("pk"):
        before, place = FIRST, 0
        for row in Closing.objects.filter(congress=congress).select_related("ballot"):
            seen, place = seen + 1, place + 1
            broken += [Broken(_label(row.ballot), "", why) for why in _row(row, before, place)]
            before = row.hash
    broken += [Broken(_label(one), "", why) for one in _not_running() for why in _gone(one)]
    broken += [Broken(_label(one), "", why) for one in _running() for why in _in_urn(one)]
    broken += _strays()
    return seen, broken


def _unguarded() -> Broken:
    return Broken("表决", "", "数据库里防改动的触发器不全，请重新迁移数据库")


def _row(row: Closing, before: str, place: int) -> Iterator[str]:
    if row.seq != place or row.previous != before:
        yield "在它之前的封存被删除、插入或改动过"
    if closing.hash_of(row) != row.hash:
        yield "封存的内容被改动过"
    yield from _roll(row)
    yield from _papers(row)
    yield from _matter(row)


def _roll(row: Closing) -> Iterator[str]:
    roll = list(row.ballot.roll.all())
    if {"count": len(roll), "hash": roll_hash(roll)} != row.body["roll"]:
        yield "名册与开始投票时不同：有人被加进、删去或改名"
    if row.body["way"] == "phone" and sum(voter.voted for voter in roll) != row.body["voted"]:
        yield "名册上投过票的人数与封存时不同"


def _papers(row: Closing) -> Iterator[str]:
    """The published papers against their root and their count."""
    if row.body["way"] != "phone":
        yield from _entries(row)
        return
    papers = papers_of(row.ballot)
    held = row.body["papers"]["count"]
    if len(papers) > held:
        yield f"封存时 {held} 张票，现有 {len(papers)} 张：有票被加进来"
    elif len(papers) < held:
        yield f"封存时 {held} 张票，现有 {len(papers)} 张：有票被删去"
    if closing.root_of(papers) != row.body["papers"]["root"]:
        if len(papers) == held:
            yield "票的内容与封存时不同：有票被改动或调换"
        return
    yield from _count(row, [one for _, one in papers])


def _count(row: Closing, given: list[Any]) -> Iterator[str]:
    titles = voting.titles_of(row.ballot)
    entitled, present = row.body["roll"]["count"], row.body["present"]
    try:
        again = marks.results(row.ballot, titles, given, entitled, present)
    except (BadVote, LookupError, ValueError, TypeError):
        again = []
    if again != row.body["items"] or row.ballot.rule != row.body["rule"]:
        yield "按封存的票和规则重新计算，结果与公布的不同：规则、事项或结果被改动过"


def _entries(row: Closing) -> Iterator[str]:
    entries = voting.newest_entries(row.ballot)
    if not entries:
        yield "计票人录入的票数不见了"
        return
    titles = voting.titles_of(row.ballot)
    try:
        again = closing.counted(row.ballot, titles, entries[-1].data, row.body["roll"]["count"])
    except (NotDone, BadVote, LookupError, ValueError, TypeError):
        again = ([], 0, 0)
    if again != (row.body["items"], row.body["present"], row.body["voted"]):
        yield "按录入的票数重新计算，结果与公布的不同：录入、规则或结果被改动过"


def _matter(row: Closing) -> Iterator[str]:
    for item in row.ballot.items.exclude(matter=None):
        noted = Act.objects.filter(matter=item.matter_id, kind=BALLOT_CLOSED)
        if row.hash not in {act.data.get("closing") for act in noted}:
            yield f"事项“{item.title}”的轨迹里没有这次封存：封存被换过"


def papers_of(ballot: Ballot) -> closing.Papers:
    """The papers as published, in the order of their root."""
    if ballot.secret:
        rows = Paper.objects.filter(ballot=ballot).values_list("receipt", "marks")
        return sorted(rows)
    return closing.named_papers(ballot)


def _not_running() -> list[Ballot]:
    closed = Ballot.objects.filter(state__in=("closed", "declared"))
    return list(closed.filter(closing=None))


def _gone(ballot: Ballot) -> Iterator[str]:
    yield "已经封存，封存的记录却不见了：被删除"


def _running() -> list[Ballot]:
    return list(Ballot.objects.filter(state="open", secret=True, way="phone"))


def _in_urn(ballot: Ballot) -> Iterator[str]:
    """A running ballot: the urn opens, and holds as many votes as the roll has marks."""
    box = Urn.objects.filter(ballot=ballot).first()
    if box is None:
        yield "票箱不见了"
        return
    if roll_hash(list(ballot.roll.all())) != ballot.roll_hash:
        yield "名册与开始投票时不同：有人被加进、删去或改名"
    try:
        held = len(urn.opened(box.name, bytes(box.sealed)))
    except urn.Shut as shut:
        yield str(shut)
        return
    voted = ballot.roll.filter(voted=True).count()
    if held != voted:
        yield f"名册上投过票的 {voted} 人，票箱里 {held} 张，对不上"


def _strays() -> list[Broken]:
    """Papers of ballots that were never closed."""
    loose = Paper.objects.filter(ballot__closing=None).values_list("ballot__title", flat=True)
    return [
        Broken(f"表决“{title}”", "", "没有封存，却有公布的票：是后来插入的")
        for title in sorted(set(loose))
    ]


def _label(ballot: Ballot) -> str:
    return f"表决“{ballot}”"
