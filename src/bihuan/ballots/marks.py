"""What stands on one ballot paper: checked as it is given, and counted together when the ballot closes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bihuan.ballots import rules
from bihuan.ballots.counting import Tally, count
from bihuan.ballots.models import Ballot
from bihuan.ballots.preferring import approve, is_ranking, rank
from bihuan.ballots.scoring import fault, score
from bihuan.loop.forms import Refusal

AGAIN = "票数相等，再次投票"
Marks = list[Any]
"""choice: a word (or nothing) an item; approval and rank: places of items; score: marks for each item."""


def refusal(ballot: Ballot, titles: Sequence[str], marks: Marks) -> Refusal | None:
    """Why these marks cannot be given by phone; a choice left blank is void for that item, and allowed."""
    if ballot.kind == "choice":
        allowed = {*ballot.rule["choices"], ""}
        wrong = [mark for mark in marks if mark not in allowed]
        return Refusal("请从所列选项中选一项") if wrong or len(marks) != len(titles) else None
    if ballot.kind == "approval":
        return _approval(ballot, titles, marks)
    if ballot.kind == "rank":
        whole = is_ranking(_places(titles), [str(mark) for mark in marks])
        return (
            None
            if whole
            else Refusal(f"请给全部 {len(titles)} 项排出次序，1 到 {len(titles)} 各用一次")
        )
    said = fault(titles, _sheet(titles, marks), rules.score_rule(ballot.rule))
    return Refusal(said + "，请改正") if said else None


def _approval(ballot: Ballot, titles: Sequence[str], marks: Marks) -> Refusal | None:
    most = ballot.rule["places"]
    if len(marks) > most:
        return Refusal(f"最多选 {most} 项，现在选了 {len(marks)} 项")
    known = {str(mark) for mark in marks} <= set(_places(titles)) and len(set(marks)) == len(marks)
    return None if known else Refusal("请从所列项目中选择，每项只选一次")


def results(
    ballot: Ballot, titles: Sequence[str], papers: Sequence[Marks], entitled: int, present: int
) -> list[dict[str, Any]]:
    """The published count of every item, from the papers."""
    if ballot.kind == "choice":
        columns = [[paper[n] for paper in papers] for n in range(len(titles))]
        tallies = [_tally(ballot, column, entitled, present) for column in columns]
        return of_tallies(ballot, titles, tallies)
    if ballot.kind == "score":
        return _scores(ballot, titles, papers)
    chosen = _chosen(ballot, titles, papers, entitled, present)
    return [
        {
            "title": title,
            "points": chosen["points"][title],
            "outcome": _place_said(title, chosen, ballot.rule),
            "said": said,
            "void": chosen["void"],
        }
        for title, said in zip(titles, chosen["said"], strict=True)
    ]


def of_tallies(
    ballot: Ballot, titles: Sequence[str], tallies: Sequence[Tally]
) -> list[dict[str, Any]]:
    """The published count of every item, from what was counted of each choice."""
    rule = rules.choice_rule(ballot.rule)
    return [
        {
            "title": title,
            "entitled": tally.entitled,
            "present": tally.present,
            "counts": {choice: tally.counts.get(choice, 0) for choice in rule.choices},
            "void": tally.void,
            "not_voted": tally.not_voted,
            **count(tally, rule).as_json(),
        }
        for title, tally in zip(titles, tallies, strict=True)
    ]


def _tally(ballot: Ballot, column: Sequence[str], entitled: int, present: int) -> Tally:
    choices = ballot.rule["choices"]
    counts = {choice: column.count(choice) for choice in choices}
    return Tally(entitled, present, counts, void=len(column) - sum(counts.values()))


def _scores(ballot: Ballot, titles: Sequence[str], papers: Sequence[Marks]) -> list[dict[str, Any]]:
    sheets = [_sheet(titles, marks) for marks in papers]
    found = score(titles, sheets, rules.score_rule(ballot.rule))
    void = list(found.void.values())
    reasons = {why: void.count(why) for why in void}
    return [
        {
            "title": one.subject,
            "outcome": "" if one.value is None else f"{one.value} 分",
            "void_sheets": reasons,
            **one.as_json(),
        }
        for one in found.scores
    ]


def _chosen(
    ballot: Ballot, titles: Sequence[str], papers: Sequence[Marks], entitled: int, present: int
) -> dict[str, Any]:
    names = list(titles)
    read = [[names[int(mark) - 1] for mark in marks] for marks in papers]
    rule = ballot.rule
    if ballot.kind == "rank":
        return rank(names, read, rule["places"]).as_json()
    base = {"all": entitled, "present": present, "valid": len(read)}[rule["base"]]
    mark = rules.approval_mark(rule)
    found = approve(names, read, rule["places"], base=base, at=mark, tie=rule["tie"])
    return found.as_json()


def _place_said(title: str, chosen: dict[str, Any], rule: Mapping[str, Any]) -> str:
    yes, no = rules.chosen_of(rule)
    if title in chosen["chosen"]:
        return yes
    return AGAIN if title in chosen["again"] else no


def _sheet(titles: Sequence[str], marks: Marks) -> dict[str, list[Any]]:
    given = [[rules.as_score(str(mark)) for mark in row] for row in marks]
    read = [[-1 if mark is None else mark for mark in row] for row in given]
    return dict(zip(titles, read, strict=False))


def _places(titles: Sequence[str]) -> list[str]:
    return [str(place) for place in range(1, len(titles) + 1)]
