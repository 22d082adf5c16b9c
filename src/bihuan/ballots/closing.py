"""Closing: the urn is emptied, the papers are published, everything is counted and chained; then it is declared.

The papers are written in one go, in the order of their receipts. A closing's row covers the rule, the roll, the
turnout, the Merkle root over the papers and the count; each closing covers the one before it. Where the ballot
is about a matter, the matter's own chain takes up the closing's hash as an act.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import rfc8785
from django.db import transaction

from bihuan.ballots import marks, rules, urn, voting
from bihuan.ballots.counting import NO_QUORUM, Tally
from bihuan.ballots.models import WAYS, Ballot, Closing, Entry, Paper, Urn, Vote
from bihuan.loop.forms import Refusal
from bihuan.loop.spec import Value
from bihuan.matters import act as acts
from bihuan.matters import merkle
from bihuan.matters.act import BALLOT_CLOSED, Doer, NotDone
from bihuan.matters.chain import FIRST
from bihuan.matters.models import Act
from bihuan.people.models import Congress, User

Body = dict[str, Any]
Papers = list[tuple[str, Any]]
"""Under which name each vote is published (receipt, or voter), and its marks."""


def close(pk: int, by: User, day: date) -> Ballot | Refusal:
    """Close a running ballot, publish and chain its count. Refused, and nothing done, where it does not add up."""
    try:
        with transaction.atomic():
            ballot = voting.held(pk, "open", "这次表决不在进行，不能封存")
            papers = _given(ballot) if ballot.way == "phone" else []
            body = _body(ballot, papers, day)
            _publish(ballot, papers)
            row = _chain(ballot, body, day)
            ballot.state, ballot.closed_on = "closed", day
            ballot.save()
            _tell_matters(ballot, row, by, day)
            voting.forget_key(ballot)
            return ballot
    except NotDone as stopped:
        return stopped.refusal
    except urn.Shut as shut:
        return Refusal(str(shut))


def _body(ballot: Ballot, papers: Papers, day: date) -> Body:
    """Everything that is published, as plain values."""
    roll = list(ballot.roll.all())
    titles = voting.titles_of(ballot)
    there = sum(voter.there for voter in roll)
    voted = sum(voter.voted for voter in roll)
    if ballot.way == "phone":
        if len(papers) != voted:
            said = f"名册上投过票的 {voted} 人，票箱里 {len(papers)} 张，对不上；请作废后重新投票"
            raise NotDone(Refusal(said))
        found = marks.results(ballot, titles, [one for _, one in papers], len(roll), there)
    else:
        found, there, voted = _entered(ballot, titles, len(roll))
    return {
        "title": str(ballot),
        "about": ballot.about,
        "round": ballot.round,
        "kind": ballot.kind,
        "way": ballot.way,
        "secret": ballot.secret,
        "local": ballot.local,
        "day": day.isoformat(),
        "rule": ballot.rule,
        "rule_said": rules.said(ballot),
        "roll": {"count": len(roll), "hash": ballot.roll_hash},
        "present": there,
        "voted": voted,
        "papers": {"count": len(papers), "root": root_of(papers)},
        "items": found,
    }


def _given(ballot: Ballot) -> Papers:
    """The votes in the order published: of a secret ballot by receipt, else by name and key of the voter."""
    if ballot.secret:
        box = Urn.objects.get(ballot=ballot)
        return urn.opened(box.name, bytes(box.sealed))
    return named_papers(ballot)


def named_papers(ballot: Ballot) -> Papers:
    """The named votes: who, and what."""
    votes = Vote.objects.filter(voter__ballot=ballot).select_related("voter")
    return sorted((f"{vote.voter.name}#{vote.voter.person_id}", vote.marks) for vote in votes)


def root_of(papers: Sequence[tuple[str, Any]]) -> str:
    """The Merkle root (RFC 9162) over the papers in their order, each as canonical JSON."""
    return merkle.root([rfc8785.dumps(list(paper)) for paper in papers]).hex()


def _publish(ballot: Ballot, papers: Papers) -> None:
    if ballot.secret:
        Paper.objects.bulk_create(
            Paper(receipt=receipt, ballot=ballot, marks=given) for receipt, given in papers
        )


# What tellers counted


def _entered(ballot: Ballot, titles: Sequence[str], entitled: int) -> tuple[list[Body], int, int]:
    """The result from the tellers' entries: of papers two that agree, of hands one."""
    entries = voting.newest_entries(ballot)
    needed = 2 if ballot.way == "paper" else 1
    if len(entries) < needed:
        said = f"{WAYS[ballot.way]}：还差 {needed - len(entries)} 份录入，不能封存"
        raise NotDone(Refusal(said))
    apart = differences(entries, titles) if needed == 2 else []
    if apart:
        raise NotDone(Refusal("两份录入不一致：" + "；".join(apart) + "。请各自重新清点后再录入"))
    return counted(ballot, titles, entries[-1].data, entitled)


def differences(entries: Sequence[Entry], titles: Sequence[str]) -> list[str]:
    """Where two tellers do not agree: the places, never the figures, so that each counts again by himself."""
    first, second = entries[-2].data, entries[-1].data
    words = {"present": "到会人数", "issued": "发出票数", "received": "收回票数", "sheets": "票面"}
    found = [
        said for name, said in words.items() if _plain(first.get(name)) != _plain(second.get(name))
    ]
    rows = zip(titles, first.get("items", []), second.get("items", []), strict=False)
    return found + [f"“{title}”的票数" for title, one, other in rows if one != other]


def _plain(value: Any) -> Any:
    """Sheets agree whatever order they were entered in."""
    return sorted(map(str, value)) if isinstance(value, list) else value


def counted(
    ballot: Ballot, titles: Sequence[str], data: Mapping[str, Any], entitled: int
) -> tuple[list[Body], int, int]:
    """The result of one entry, who was there, and how many ballots came back. Raises NotDone."""
    present, received = int(data["present"]), int(data["received"])
    if received > int(data["issued"]):
        said = f"收回 {received} 张，多于发出的 {data['issued']} 张：这次表决无效，请作废后重新投票"
        raise NotDone(Refusal(said))
    if ballot.kind != "choice":
        return marks.results(ballot, titles, data["sheets"], entitled, present), present, received
    rows = data["items"]
    tallies = [Tally(entitled, present, row["counts"], row["void"]) for row in rows]
    found = marks.of_tallies(ballot, titles, tallies)
    faults = [f"“{one['title']}”{fault}" for one in found for fault in one["faults"]]
    unlike = [
        f"“{title}”各项加废票是 {tally.cast} 张，收回的是 {received} 张"
        for title, tally in zip(titles, tallies, strict=True)
        if ballot.way == "paper" and tally.cast != received
    ]
    if faults or unlike:
        raise NotDone(Refusal("票数对不上，不能封存：" + "；".join(faults + unlike)))
    return found, present, received


# The chain


def _chain(ballot: Ballot, body: Body, day: date) -> Closing:
    Congress.objects.select_for_update(no_key=True).get(pk=ballot.congress_id)
    last = Closing.objects.filter(congress=ballot.congress_id).order_by("seq").last()
    row = Closing(
        congress_id=ballot.congress_id,
        ballot=ballot,
        seq=last.seq + 1 if last else 1,
        day=day,
        body=body,
        previous=last.hash if last else FIRST,
    )
    row.hash = hash_of(row)
    row.save(force_insert=True)
    return row


def hash_of(row: Closing) -> str:
    """SHA-256 over all of a closing and the one before it, in hex."""
    covered: Any = {
        "congress": row.congress_id,
        "ballot": row.ballot_id,
        "seq": row.seq,
        "day": row.day.isoformat(),
        "body": row.body,
        "previous": row.previous,
    }
    return hashlib.sha256(rfc8785.dumps(covered)).hexdigest()


def _tell_matters(ballot: Ballot, row: Closing, by: User, day: date) -> None:
    for item in ballot.items.exclude(matter=None).select_related("matter"):
        assert item.matter is not None
        matter = acts.held_matters().get(pk=item.matter.pk)
        acts.settle(matter, day)
        data: dict[str, Value] = {"ballot": ballot.pk, "item": item.place, "closing": row.hash}
        data["sum"] = summary(row.body, item.place)
        acts.note(matter, BALLOT_CLOSED, Doer("clerk", by), day, data)


# The result


def summary(body: Body, place: int) -> str:
    """An item's count in one line: 应到 29 人，实到 29 人；满意 28 票、…；结果：满意。"""
    item = body["items"][place - 1]
    turnout = (
        f"{rules.whole_of(body['rule'])} {body['roll']['count']} 人，到会 {body['present']} 人"
    )
    votes = "、".join(f"{choice} {n} 票" for choice, n in item.get("counts", {}).items())
    parts = [turnout, f"投票 {body['voted']} 人" if body["way"] == "phone" else "", votes]
    parts += [f"废票 {item['void']} 张" if item.get("void") else ""]
    parts += [f"未投票 {item['not_voted']} 人" if item.get("not_voted") else ""]
    line = "，".join(part for part in parts if part)
    return f"{line}；结果：{item.get('outcome') or '没有结果'}"


def fills(ballot: Ballot, place: int) -> dict[str, Value]:
    """What the ballot fills in of the act that books its result."""
    declared = rules.declared_of(ballot)
    closing = Closing.objects.filter(ballot=ballot).first()
    if declared is None or closing is None:
        return {}
    item = closing.body["items"][place - 1]
    filled: dict[str, Value] = {
        field: item["counts"][choice]
        for choice, field in declared.counts.items()
        if choice in item["counts"]
    }
    if declared.result_field:
        filled[declared.result_field] = item["outcome"]
    if declared.note_field:
        filled[declared.note_field] = note_of(ballot, closing, place)
    if declared.number_field:
        filled[declared.number_field] = str(ballot.pk)
    if declared.secret_field:
        filled[declared.secret_field] = ballot.secret
    return filled


def note_of(ballot: Ballot, closing: Closing, place: int) -> str:
    """The sum in words, with its steps, the rule's standing and the hash that proves it."""
    item = closing.body["items"][place - 1]
    lines = [f"{closing.day}：{summary(closing.body, place)}。"]
    lines += [f"{step['said']}。" for step in item.get("steps", [])]
    if ballot.local:
        lines.append(f"{rules.NOT_STATUTORY}。")
    return "\n".join([*lines, f"封存校验值 {closing.hash}"])


def may_declare(ballot: Ballot) -> Refusal | None:
    """Whether a result can be declared: closed, held with a quorum, and its numbers agreeing."""
    if ballot.state != "closed":
        return Refusal("先封存，再宣布结果")
    faults = [f for item in ballot.closing.body["items"] for f in item.get("faults", [])]
    if faults:
        return Refusal("；".join(faults))
    if any(item.get("outcome") == NO_QUORUM for item in ballot.closing.body["items"]):
        return Refusal("到会人数没有达到法定人数，这次表决没有结果；请另行召集后再投一轮")
    return None


def declared_in(ballot: Ballot, place: int, act: Act) -> None:
    """Note the act that booked an item; when all are booked, the ballot is declared."""
    with transaction.atomic():
        row = voting.held(ballot.pk)
        row.items.filter(place=place).update(act=act)
        if not row.items.exclude(matter=None).filter(act=None).exists():
            row.state = "declared"
            row.save(update_fields=["state"])


def announce(pk: int) -> Ballot | Refusal:
    """Declare the result of a ballot that no act books."""
    with transaction.atomic():
        row = voting.held(pk)
        refused = may_declare(row)
        if refused:
            return refused
        if row.items.exclude(matter=None).exists():
            return Refusal("请在每一项后面宣布结果，记入事项")
        row.state = "declared"
        row.save(update_fields=["state"])
        return row


def make_public(pk: int) -> Ballot | Refusal:
    """Let everybody see the result of a declared ballot."""
    with transaction.atomic():
        row = voting.held(pk)
        if row.state != "declared":
            return Refusal("先宣布结果，再公布")
        row.public = True
        row.save(update_fields=["public"])
        return row


def equal_at_last(ballot: Ballot) -> list[str]:
    """The items equal at the last place, which alone are voted on again."""
    row = Closing.objects.filter(ballot=ballot).first()
    items = row.body["items"] if row else []
    return [one["title"] for one in items if one.get("outcome") == marks.AGAIN]
