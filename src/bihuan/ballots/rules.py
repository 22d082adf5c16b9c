"""Where the rule of a ballot comes from, how it is kept on the ballot, and how it is read back for the count."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from bihuan.ballots.counting import Rule, rule_of
from bihuan.ballots.models import KINDS, Ballot
from bihuan.ballots.scoring import Part, ScoreRule
from bihuan.loop.params import Applied, NoSuchParam
from bihuan.loop.spec import Ballot as Declared
from bihuan.loop.spec import Institution
from bihuan.loop.votes import BASES, TIES, BadVote, Threshold, choices_of, parse_threshold
from bihuan.matters import house
from bihuan.people.models import Congress

PRESETS = Path(__file__).with_name("presets.toml")
PARTS = ("base", "tie", "void", "quorum", "consequence")
NOT_STATUTORY = "地方测评，不是法定程序"
LARGE = 1_000
WHOLE = "全体组成人员"
CHOSEN = ("当选", "未当选")


def whole_of(rule: Mapping[str, Any]) -> str:
    """What all who are entitled are called together: the members, or the deputies of a congress."""
    return str(rule.get("whole") or WHOLE)


def chosen_of(rule: Mapping[str, Any]) -> tuple[str, str]:
    """What becomes of an item that is chosen, and of one that is not: persons 当选, projects and topics 入选."""
    yes, no = rule.get("chosen") or CHOSEN
    return str(yes), str(no)


@dataclass(frozen=True)
class Preset:
    """A rule for votes outside institutions; `national` ones rest on a law and may not be changed."""

    key: str
    title: str
    cite: str
    kind: str = "choice"
    secret: bool = False
    national: bool = False
    rule: Mapping[str, Any] = field(default_factory=dict)


@cache
def presets() -> dict[str, Preset]:
    """Every preset by key. Raises BadVote when one cannot be counted by."""
    rows = tomllib.loads(PRESETS.read_text(encoding="utf-8"))["presets"]
    found = {row["key"]: _preset(dict(row)) for row in rows}
    for one in found.values():
        check(one.kind, one.rule)
    return found


def _preset(row: dict[str, Any]) -> Preset:
    names = ("key", "title", "cite", "kind", "secret", "national")
    own = {name: row.pop(name) for name in names if name in row}
    cites = {"passes": own["cite"]}
    if "pass" in row:
        parts = {part: row.pop(part) for part in PARTS if part in row}
        row["parts"] = {**parts, "passes": row.pop("pass")}
    return Preset(**own, rule={**row, "cites": cites})


def of_declared(congress: Congress, institution: str, ballot_id: str, day: date) -> dict[str, Any]:
    """The rule of an institution's ballot as its params stand on the day. Raises BadVote."""
    one = house.institution(institution)
    declared = one.ballot(ballot_id)
    rules = house.rules_of(congress, institution)
    try:
        applied = {part: rules.applied(name, day) for part, name in declared.rule_params.items()}
        listed = rules.param(declared.choices_param, day) if declared.choices_param else None
        members = rules.applied(declared.members, day) if declared.members else None
    except NoSuchParam as missing:
        raise BadVote(str(missing)) from None
    rule: dict[str, Any] = {
        "choices": list(choices_of(declared, listed)),
        "parts": {part: row.value for part, row in applied.items()},
        "cites": {part: row.cite for part, row in applied.items()},
        "cite": one.cited(declared.cite),
    }
    if members is not None:
        rule["members"] = _known(members, one)
    check("choice", rule)
    return rule


def _known(members: Applied, one: Institution) -> int:
    """How many members there are. Raises BadVote as long as nobody has entered it."""
    if isinstance(members.value, int) and members.value > 0:
        return members.value
    raise BadVote(f"还没有登记“{members.title}”，不能表决，请先在“规则参数”的“{one.title}”里填写")


def wrong_roll(rule: Mapping[str, Any], entitled: int) -> str:
    """Why a roll of so many cannot vote: the law counts all members, no fewer and no more. Empty when it can."""
    members = rule.get("members")
    if members is None or members == entitled:
        return ""
    return (
        f"名册上 {entitled} 人，登记的全体组成人员是 {members} 人：以全体组成人员为基数，"
        "一个也不能少、不能多。请改名册；人数有变动的，先改规则参数，再重新发起"
    )


def of_preset(preset: Preset, own: Mapping[str, str], places: int = 0) -> dict[str, Any]:
    """A preset's rule with base, tie or void as this place has them. Raises BadVote."""
    changed = {part: word for part, word in own.items() if word}
    if changed and preset.national:
        raise BadVote(
            f"“{preset.title}”的规则由法律规定（{preset.cite}），不能另选基数、平票、废票"
        )
    rule = {**preset.rule}
    if "parts" in rule:
        rule["parts"] = {**rule["parts"], **changed}
    else:
        rule |= {part: word for part, word in changed.items() if part in rule}
    if preset.kind in ("approval", "rank"):
        rule["places"] = places
        if not 0 < places < LARGE:
            raise BadVote("请写明要选出几项（1 到 999 之间）")
    rule["cite"] = preset.cite
    check(preset.kind, rule)
    return rule


def check(kind: str, rule: Mapping[str, Any]) -> None:
    """Read the rule once, so that no ballot opens that cannot be counted. Raises BadVote."""
    if kind not in KINDS:
        raise BadVote(f"没有方式“{kind}”，可用：{'、'.join(KINDS)}")
    if kind == "choice":
        choice_rule(rule)
    elif kind == "score":
        score_rule(rule)
    elif kind == "approval":
        approval_mark(rule)


def choice_rule(rule: Mapping[str, Any]) -> Rule:
    """The rule of a vote by choices."""
    return rule_of(tuple(rule.get("choices", ())), rule.get("parts", {}), rule.get("cites", {}))


def score_rule(rule: Mapping[str, Any]) -> ScoreRule:
    """The rule of scoring sheets."""
    parts = tuple(Part(**part) for part in rule["parts_scored"] if part)
    flags = {name: bool(rule.get(name)) for name in ("void_full", "void_equal")}
    return ScoreRule(parts, int(rule.get("drop", 0)), cite=str(rule.get("cite", "")), **flags)


def approval_mark(rule: Mapping[str, Any]) -> Threshold:
    """How many votes a candidate needs."""
    if rule.get("base") not in BASES or rule.get("tie") not in TIES:
        raise BadVote("差额票决要写明基数和平票规则")
    return parse_threshold(rule["pass_mark"])


def said(ballot: Ballot) -> list[str]:
    """The rule in words, as printed on every result."""
    rule = ballot.rule
    if ballot.kind == "choice":
        lines = choice_rule(rule).said()
    elif ballot.kind == "score":
        lines = score_rule(rule).said()
    elif ballot.kind == "approval":
        mark = approval_mark(rule).said(rule["tie"])
        base = whole_of(rule) if rule["base"] == "all" else BASES[rule["base"]]
        lines = [f"每张票最多选 {rule['places']} 项", f"{base}{mark}同意的{chosen_of(rule)[0]}"]
        lines += [TIES[rule["tie"]], "末位票数相等的，对这几项再次投票"]
    else:
        lines = [f"排出全部 {ballot.items.count()} 项的次序，取前 {rule['places']} 项"]
        lines += ["漏排、重排的是废票", "末位分数相等的，对这几项再次投票"]
    cite = str(rule.get("cite", ""))
    lines += [f"名册是全体组成人员，共 {rule['members']} 人"] if rule.get("members") else []
    lines += [f"依据：{cite}"] if cite and not any(cite in line for line in lines) else []
    return [*lines, NOT_STATUTORY] if ballot.local else lines


def longest_vote(ballot: Ballot, items: int) -> int:
    """The most bytes one vote can take in the urn: every vote is filled up to it."""
    if ballot.kind == "choice":
        one = max(len(choice.encode()) for choice in ballot.rule["choices"]) + 3
    elif ballot.kind == "score":
        one = 10 * len(score_rule(ballot.rule).parts) + 3
    else:
        one = 6
    return 40 + one * items


def declared_of(ballot: Ballot) -> Declared | None:
    """What the institution declares of this ballot, if it belongs to one."""
    if not ballot.institution:
        return None
    return house.institution(ballot.institution).ballot(ballot.declared)


def as_score(word: str) -> Decimal | None:
    """A mark as typed; None when it is no number with at most one decimal place."""
    whole, dot, part = word.strip().partition(".")
    fine = whole.isascii() and whole.isdecimal() and len(whole) < 5
    if not fine or (dot and not (part.isascii() and part.isdecimal() and len(part) == 1)):
        return None
    return Decimal(word.strip())
