"""Measure the reading of reply letters against labelled ones: `python -m bihuan.text.evaluate DIR`.

DIR holds `replies.jsonl`: one letter a line with `text`, `commitments`, `optional` (each with
`quote`), `only_plans` and `formulaic` (null = not judged). A predicted and a labelled quote match
when they overlap by half of the shorter one; each is matched once.
"""

import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bihuan.text.commitments import Commitment, Judgement, commitments, formulaic, only_plans

Letter = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Score:
    """Counts of matched, wrong and missed quotes."""

    matched: int = 0
    wrong: int = 0
    missed: int = 0

    def __add__(self, other: "Score") -> "Score":
        return Score(
            self.matched + other.matched, self.wrong + other.wrong, self.missed + other.missed
        )

    @property
    def precision(self) -> float:
        return self.matched / max(1, self.matched + self.wrong)

    @property
    def recall(self) -> float:
        return self.matched / max(1, self.matched + self.missed)

    @property
    def f1(self) -> float:
        return 2 * self.matched / max(1, 2 * self.matched + self.wrong + self.missed)


def score(letters: Iterable[Letter]) -> Score:
    """The sum of the counts over all letters."""
    return sum((_score_one(letter) for letter in letters), Score())


def _score_one(letter: Letter) -> Score:
    text, required = letter["text"], [item["quote"] for item in letter["commitments"]]
    optional = [item["quote"] for item in letter["optional"]]
    matched = wrong = 0
    for found in commitments(text):
        hit = next((quote for quote in required if _overlap(text, found, quote)), None)
        if hit is not None:
            required.remove(hit)
            matched += 1
        elif not any(_overlap(text, found, quote) for quote in optional):
            wrong += 1
    return Score(matched, wrong, len(required))


def _overlap(text: str, found: Commitment, quote: str) -> bool:
    """Whether the two passages share half of the shorter one, wherever the quote stands."""
    start = text.find(quote)
    while start >= 0:
        common = min(found.end, start + len(quote)) - max(found.start, start)
        if 2 * common >= min(len(found.quote), len(quote)):
            return True
        start = text.find(quote, start + 1)
    return False


def agreement(pairs: Sequence[tuple[bool, bool]]) -> tuple[float, float]:
    """The share of equal judgements and Cohen's kappa."""
    if not pairs:
        return 0.0, 0.0
    same = sum(left == right for left, right in pairs) / len(pairs)
    left = sum(pair[0] for pair in pairs) / len(pairs)
    right = sum(pair[1] for pair in pairs) / len(pairs)
    chance = left * right + (1 - left) * (1 - right)
    return same, 1.0 if chance == 1 else (same - chance) / (1 - chance)


def report(letters: Sequence[Letter]) -> str:
    """The figures over the first half, the second half and all letters, as printed lines."""
    half = len(letters) // 2
    parts = {"first half": letters[:half], "second half": letters[half:], "all": letters}
    return "\n".join(_line(name, part) for name, part in parts.items())


def _line(name: str, letters: Sequence[Letter]) -> str:
    counts = score(letters)
    plans, plans_kappa = agreement(_pairs(letters, "only_plans"))
    empty, _ = agreement(_pairs(letters, "formulaic"))
    return (
        f"{name}: letters {len(letters)}; commitments P {counts.precision:.3f} "
        f"R {counts.recall:.3f} F1 {counts.f1:.3f} "
        f"({counts.matched} matched, {counts.wrong} wrong, {counts.missed} missed); "
        f"only_plans agreement {plans:.3f} kappa {plans_kappa:.3f}; formulaic agreement {empty:.3f}"
    )


def _pairs(letters: Iterable[Letter], key: str) -> list[tuple[bool, bool]]:
    judge = {"only_plans": only_plans, "formulaic": formulaic}[key]
    return [
        (letter[key], _value(judge(letter["text"])))
        for letter in letters
        if letter[key] is not None
    ]


def _value(judgement: Judgement) -> bool:
    return judgement.value


def main(arguments: Sequence[str]) -> int:
    """Print the figures; the exit code is 2 where the labels cannot be read."""
    if len(arguments) != 1:
        print(
            "用法：python -m bihuan.text.evaluate 标注目录（内含 replies.jsonl）", file=sys.stderr
        )
        return 2
    path = Path(arguments[0]) / "replies.jsonl"
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
        letters = [json.loads(line) for line in lines if line.strip()]
    except (OSError, ValueError) as error:
        print(f"无法读取标注文件 {path.name}：{error}。请检查目录与文件格式。", file=sys.stderr)
        return 2
    print(report(letters))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
