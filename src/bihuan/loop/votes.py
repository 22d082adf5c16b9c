"""The words in which a rule of voting is written: base, tie, void, thresholds and what follows.

Each is a param of its institution (`[[ballots]]` names them), so that it has a day, an article and a place.
`ballots/counting.py` counts by them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from bihuan.loop.forms import as_choice
from bihuan.loop.spec import Ballot, Param, Value

BASES = {"all": "全体组成人员", "present": "到会人员", "valid": "有效票"}
TIES = {"reached": "恰好等于界限的，算达到", "not_reached": "恰好等于界限的，不算达到"}
VOIDS = {
    "not_counted": "废票不计入有效票",
    "counted": "废票计入有效票总数，但不计入任何一项",
}
AS = "as:"
"""`as:弃权`: a void ballot counts as this choice."""
SECRECIES = {"secret": "无记名", "named": "记名", "show": "举手"}

_SHARE = re.compile(r"(>=|>|)\s*(\d{1,4})\s*/\s*(\d{1,4})")
_STEP = re.compile(r"(.+?)\s*((?:>=|>|)\s*\d{1,4}\s*/\s*\d{1,4})")
_NUMBERS = dict(enumerate("零一二三四五六七八九十"))


class BadVote(ValueError):
    """A rule of voting cannot be read; the Chinese sentence says what is wrong."""


@dataclass(frozen=True)
class Threshold:
    """A share of the base, and whether exactly that share is enough (None: the tie rule says)."""

    share: Fraction
    exact: bool | None = None

    def reached(self, votes: int, base: int, tie: str) -> bool:
        """Whether so many votes of this base reach it."""
        enough = self.exact if self.exact is not None else tie == "reached"
        asked = self.share * base
        return votes >= asked if enough else votes > asked

    def said(self, tie: str) -> str:
        """过半数, 三分之二以上: as a statute says it."""
        enough = self.exact if self.exact is not None else tie == "reached"
        half = self.share == Fraction(1, 2)
        if half:
            return "半数以上" if enough else "过半数"
        share = f"{_number(self.share.denominator)}分之{_number(self.share.numerator)}"
        return f"{share}以上" if enough else f"超过{share}"


@dataclass(frozen=True)
class Step:
    """One try: the votes for all of `of` together against the threshold. Without one it is what is left over."""

    result: str
    of: tuple[str, ...] = ()
    at: Threshold | None = None


def parse_threshold(word: Value) -> Threshold:
    """`> 1/2`, `>= 2/3`, or `1/2`, for which the tie rule decides. Raises BadVote."""
    found = _SHARE.fullmatch(word.strip()) if isinstance(word, str) else None
    if found is None or not int(found[3]):
        raise BadVote(f"“{word}”不是界限，写成“> 1/2”“>= 2/3”，或“1/2”（由平票规则决定）")
    share = Fraction(int(found[2]), int(found[3]))
    if not 0 < share <= 1:
        raise BadVote(f"界限“{word}”应大于零，不超过一")
    return Threshold(share, {">": False, ">=": True, "": None}[found[1]])


def parse_steps(value: Value, choices: tuple[str, ...]) -> tuple[Step, ...]:
    """The steps of a pass rule, tried in order; the last one is what is left over. Raises BadVote."""
    if not isinstance(value, list) or not value:
        raise BadVote("通过规则应是一组表：{ result = …, of = [选项], at = 界限 }")
    steps = tuple(_step(row, choices) for row in value)
    if steps[-1].at is not None or any(step.at is None for step in steps[:-1]):
        raise BadVote("通过规则的最后一行、也只有最后一行不写 of 和 at：前面都没有达到时的结果")
    return steps


def _step(row: Value, choices: tuple[str, ...]) -> Step:
    if not isinstance(row, Mapping) or not isinstance(row.get("result"), str):
        raise BadVote("通过规则的每一行要写 result = 结果")
    strange = set(row) - {"result", "of", "at"}
    if strange:
        raise BadVote(f"通过规则没有键“{'、'.join(sorted(strange))}”，可用：result、of、at")
    of = row.get("of") or []
    if not isinstance(of, list) or not set(map(str, of)) <= set(choices):
        raise BadVote(f"of 里要写选项，可用：{'、'.join(choices)}")
    if bool(of) != ("at" in row):
        raise BadVote("of 和 at 要一起写")
    at = parse_threshold(row["at"]) if of else None
    return Step(str(row["result"]), tuple(map(str, of)), at)


def are_steps(value: Value) -> bool:
    """Whether a value is a pass rule: rows that each name a result."""
    rows = value if isinstance(value, list) else []
    return bool(rows) and all(isinstance(row, Mapping) and "result" in row for row in rows)


def steps_text(value: Value) -> str:
    """A pass rule as it is edited, one line a step: `基本满意：满意＋基本满意 > 1/2`; the last line a result alone."""
    lines = []
    for row in value if isinstance(value, list) else []:
        assert isinstance(row, Mapping)
        of = row.get("of") or []
        said = f"：{'＋'.join(map(str, of))} {row.get('at')}" if isinstance(of, list) and of else ""
        lines.append(f"{row['result']}{said}")
    return "\n".join(lines)


def read_steps(text: str) -> Value:
    """The way back of `steps_text`. Raises BadVote naming the line."""
    found: list[Value] = []
    for line in filter(None, (line.strip() for line in text.splitlines())):
        result, mark, rest = line.replace(":", "：", 1).partition("：")
        if not mark:
            found.append({"result": result.strip()})
            continue
        step = _STEP.fullmatch(rest.strip())
        if step is None:
            raise BadVote(f"“{line}”读不出来，写成“基本满意：满意＋基本满意 > 1/2”")
        of: list[Value] = [word.strip() for word in re.split(r"[＋+]", step[1])]
        found.append({"result": result.strip(), "of": of, "at": step[2].strip()})
    return found


def check_word(value: Value, words: Mapping[str, str], what: str) -> str:
    """The value, if it is one of the words. Raises BadVote."""
    if not isinstance(value, str) or value not in words:
        known = "、".join(f"{word}（{said}）" for word, said in words.items())
        raise BadVote(f"{what}不能是“{value}”，可用：{known}")
    return value


def check_void(value: Value, choices: tuple[str, ...]) -> str:
    """The void rule: one of VOIDS, or `as:` and a choice. Raises BadVote."""
    if isinstance(value, str) and value.startswith(AS) and value[len(AS) :] in choices:
        return value
    return check_word(value, VOIDS, "废票规则")


def void_said(value: str) -> str:
    """The void rule in words."""
    return f"废票按“{value[len(AS) :]}”计" if value.startswith(AS) else VOIDS[value]


def consequence_of(value: Value, result: str) -> str:
    """What follows from a result: a text for all, or a table of texts by result."""
    if isinstance(value, Mapping):
        return str(value.get(result, ""))
    return str(value or "")


def choices_of(ballot: Ballot, param: Param | None) -> tuple[str, ...]:
    """The choices on the ballot: its own, or those of its param as it holds on a day."""
    if ballot.choices or param is None or not isinstance(param.value, list):
        return ballot.choices
    return tuple(as_choice(row).id for row in param.value)


def _number(number: int) -> str:
    return _NUMBERS.get(number, str(number))
