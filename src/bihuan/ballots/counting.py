"""The count: so many votes of each choice and a declared rule → a result, with each step of the sum in words.

Pure: no Django, no clock. Numbers that cannot all be true are told as faults and give no result.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any

from bihuan.loop.spec import Value
from bihuan.loop.votes import (
    AS,
    BASES,
    TIES,
    BadVote,
    Step,
    Threshold,
    check_void,
    check_word,
    consequence_of,
    parse_steps,
    parse_threshold,
    void_said,
)

QUORUM_MET, NO_QUORUM = "达到法定人数", "未达到法定人数"


@dataclass(frozen=True)
class Rule:
    """How votes for `choices` are counted. `cites`: part of the rule → the article it rests on."""

    choices: tuple[str, ...]
    base: str
    tie: str
    void: str
    steps: tuple[Step, ...]
    quorum: Threshold | None = None
    consequence: Value = ""
    cites: Mapping[str, str] = field(default_factory=dict)

    def said(self) -> list[str]:
        """The rule in words, a line a part, with the article: what is printed on every result."""
        lines = [("base", f"基数：{BASES[self.base]}")]
        if self.quorum:
            lines.insert(0, ("quorum", f"出席：全体组成人员{self.quorum.said('not_reached')}"))
        lines += [("passes", self._step_said(step)) for step in self.steps]
        lines += [("tie", TIES[self.tie]), ("void", void_said(self.void))]
        return self._cited(lines)

    def _step_said(self, step: Step) -> str:
        if step.at is None:
            return f"都没有达到：{step.result}"
        return f"{'＋'.join(step.of)}{step.at.said(self.tie)}：{step.result}"

    def _cited(self, lines: list[tuple[str, str]]) -> list[str]:
        """Each line with its article, which is not said again on the lines that rest on the same."""
        found, before = [], ""
        for part, said in lines:
            cite = self.cites.get(part, "")
            found.append(f"{said}（{cite}）" if cite and cite != before else said)
            before = cite
        return found


@dataclass(frozen=True)
class Tally:
    """What was counted: who is entitled, who is there, the votes of each choice and the void ones."""

    entitled: int
    present: int
    counts: Mapping[str, int]
    void: int = 0

    @property
    def cast(self) -> int:
        """Ballots given, void ones among them."""
        return sum(self.counts.values()) + self.void

    @property
    def not_voted(self) -> int:
        """Present and gave no ballot."""
        return self.present - self.cast


@dataclass(frozen=True)
class Reckoned:
    """One step of the sum in words, and whether it was reached."""

    said: str
    met: bool
    cite: str = ""


@dataclass(frozen=True)
class Result:
    """What follows: the outcome (empty when there is none), its base, each step, and what is wrong."""

    outcome: str
    base: int
    steps: tuple[Reckoned, ...] = ()
    consequence: str = ""
    faults: tuple[str, ...] = ()

    @property
    def valid(self) -> bool:
        """Whether the vote was held and its numbers agree."""
        return not self.faults and bool(self.outcome)

    def as_json(self) -> dict[str, Any]:
        """Plain values: what is published."""
        return {
            "outcome": self.outcome,
            "base": self.base,
            "steps": [{"said": s.said, "met": s.met, "cite": s.cite} for s in self.steps],
            "consequence": self.consequence,
            "faults": list(self.faults),
        }


def rule_of(
    choices: tuple[str, ...], parts: Mapping[str, Value], cites: Mapping[str, str] | None = None
) -> Rule:
    """The rule from the values of its params. Raises BadVote with a Chinese sentence."""
    missing = [name for name in ("base", "tie", "void", "passes") if name not in parts]
    if missing:
        raise BadVote(f"规则缺少：{'、'.join(missing)}")
    if len(choices) < 2 or len(set(choices)) != len(choices):
        raise BadVote("至少要有两个选项，且不能重复")
    return Rule(
        choices=choices,
        base=check_word(parts["base"], BASES, "基数"),
        tie=check_word(parts["tie"], TIES, "平票规则"),
        void=check_void(parts["void"], choices),
        steps=parse_steps(parts["passes"], choices),
        quorum=parse_threshold(parts["quorum"]) if parts.get("quorum") else None,
        consequence=parts.get("consequence", ""),
        cites=cites or {},
    )


def count(tally: Tally, rule: Rule) -> Result:
    """Count by the rule: the first step that is reached gives the result."""
    base = base_of(tally, rule)
    faults = tuple(_faults(tally, rule))
    if faults:
        return Result("", base, faults=faults)
    quorum = _quorum(tally, rule)
    if quorum and not quorum.met:
        return Result(NO_QUORUM, base, (quorum,))
    reckoned = [quorum] if quorum else []
    outcome = ""
    for step in rule.steps:
        if step.at is None:
            outcome = step.result
            reckoned.append(Reckoned(f"前面各项都没有达到：{outcome}", True, _cite(rule, "passes")))
            break
        reckoned.append(_try(step, step.at, tally, rule, base))
        if reckoned[-1].met:
            outcome = step.result
            break
    return Result(outcome, base, tuple(reckoned), consequence_of(rule.consequence, outcome))


def base_of(tally: Tally, rule: Rule) -> int:
    """The number everything is measured against."""
    if rule.base == "all":
        return tally.entitled
    if rule.base == "present":
        return tally.present
    return tally.cast - (tally.void if rule.void == "not_counted" else 0)


def votes_of(tally: Tally, rule: Rule, choices: tuple[str, ...]) -> int:
    """The votes of these choices together, void ballots included where the rule gives them to one."""
    given = tally.void if rule.void.startswith(AS) and rule.void[len(AS) :] in choices else 0
    return sum(tally.counts.get(choice, 0) for choice in choices) + given


def percent(part: int | Fraction, base: int | Fraction, places: int = 1) -> str:
    """Half-up, as published: 58.6%; a dash where there is nothing to measure against."""
    if not base:
        return "—"
    exact = Fraction(part) * 100 / Fraction(base)
    return f"{half_up(exact, places)}%"


def half_up(exact: Fraction, places: int) -> Decimal:
    """An exact number rounded half-up."""
    scaled = exact * 10**places
    whole = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    return Decimal(whole).scaleb(-places)


def _quorum(tally: Tally, rule: Rule) -> Reckoned | None:
    if rule.quorum is None:
        return None
    met = rule.quorum.reached(tally.present, tally.entitled, "not_reached")
    word = QUORUM_MET if met else NO_QUORUM
    said = (
        f"到会 {tally.present} 人 ÷ 全体组成人员 {tally.entitled} 人 = "
        f"{percent(tally.present, tally.entitled)}，要求{rule.quorum.said('not_reached')}：{word}"
    )
    return Reckoned(said, met, _cite(rule, "quorum"))


def _try(step: Step, at: Threshold, tally: Tally, rule: Rule, base: int) -> Reckoned:
    votes = votes_of(tally, rule, step.of)
    met = base > 0 and at.reached(votes, base, rule.tie)
    line = _plain(at.share * base)
    said = (
        f"{'＋'.join(step.of)} {votes} 票 ÷ {BASES[rule.base]} {base} = {percent(votes, base)}，"
        f"要求{at.said(rule.tie)}（界限 {line} 票）：{'达到' if met else '没有达到'}"
    )
    if votes == at.share * base and at.exact is None:
        said += f"；恰好等于界限，按平票规则“{TIES[rule.tie]}”"
    return Reckoned(said, met, _cite(rule, "passes"))


def _plain(number: Fraction) -> str:
    return str(number.numerator) if number.denominator == 1 else str(half_up(number, 2).normalize())


def _cite(rule: Rule, part: str) -> str:
    return rule.cites.get(part, "")


def _faults(tally: Tally, rule: Rule) -> list[str]:
    found = [f"“{c}”不是本次表决的选项" for c in tally.counts if c not in rule.choices]
    numbers = [tally.entitled, tally.present, tally.void, *tally.counts.values()]
    if any(number < 0 for number in numbers):
        found.append("票数、人数不能是负数")
    if tally.entitled < 1:
        found.append("全体组成人员人数应大于零")
    if tally.present > tally.entitled:
        found.append(f"到会 {tally.present} 人多于全体组成人员 {tally.entitled} 人，请核对")
    if tally.cast > tally.present:
        found.append(f"各项票数加废票合计 {tally.cast} 张，多于到会 {tally.present} 人，请核对")
    return found


# Results that somebody published


@dataclass(frozen=True)
class Printed:
    """What was printed somewhere: the total, percentages by choice, the outcome; None where nothing was."""

    total: int | None = None
    percents: Mapping[str, Decimal] = field(default_factory=dict)
    outcome: str = ""


def compare(tally: Tally, rule: Rule, printed: Printed) -> list[str]:
    """What in a published result does not follow from its votes under the rule, in words."""
    result = count(tally, rule)
    found = list(result.faults)
    if not tally.cast:
        return ["没有票数，无从核对"]
    if printed.total is not None and printed.total != tally.cast:
        found.append(f"印的总数是 {printed.total}，各项相加是 {tally.cast}")
    for choice, said in printed.percents.items():
        exact = Fraction(votes_of(tally, rule, (choice,)) * 100, result.base or 1)
        places = max(0, -int(said.as_tuple().exponent))
        own = half_up(exact, places)
        if own != said:
            found.append(f"“{choice}”印的是 {said}%，按基数 {result.base} 计算是 {own}%")
    if printed.outcome and not result.faults and printed.outcome != result.outcome:
        found.append(f"印的结果是“{printed.outcome}”，按规则是“{result.outcome}”")
    return found
