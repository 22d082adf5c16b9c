"""Score sheets of the experts on the cases drawn: void sheets set aside, both ends dropped, the mean of the rest."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import transaction

from bihuan.ballots.scoring import Part, ScoreRule, Scores, Sheet, score
from bihuan.loop.forms import Refusal
from bihuan.loop.spec import Value
from bihuan.matters import house
from bihuan.matters.act import Doer, NotDone, act
from bihuan.matters.models import Matter
from bihuan.people.models import Congress

KEY = "judicial"
FULL = 100
LEAST_LEFT = 3
MOST_SHEETS = 200
MARK = re.compile(r"\d{1,3}(\.\d{1,2})?")
WHOLE = (Part("评查得分", FULL),)
"""On paper a case has one mark."""


@dataclass(frozen=True)
class Read:
    """The sheets as typed: who filled in each (never kept with the result), and a mark for each case."""

    raters: tuple[str, ...]
    marks: tuple[tuple[Decimal, ...], ...]

    def rows(self, cases: Sequence[str]) -> list[Sheet]:
        """The sheets as they are counted: each case with its one mark."""
        return [{case: [mark] for case, mark in zip(cases, row, strict=True)} for row in self.marks]


def read(text: str, cases: Sequence[str]) -> Read | Refusal:
    """One sheet a line: the rater, then a mark for each case in the order shown."""
    raters, marks = [], []
    lines = [line for line in text.replace("\r", "").split("\n") if line.strip()]
    if not lines or len(lines) > MOST_SHEETS:
        return Refusal(f"请填评分表，一行一份，最多 {MOST_SHEETS} 份", "sheets")
    for number, line in enumerate(lines, 1):
        name, *given = [part for part in re.split(r"[\s,，、]+", line.strip()) if part]
        if len(given) != len(cases):
            say = f"第 {number} 行：要打 {len(cases)} 个分，现有 {len(given)} 个"
            return Refusal(say, "sheets")
        row = [mark_of(word) for word in given]
        if None in row:
            wrong = given[row.index(None)]
            return Refusal(f"第 {number} 行：“{wrong}”不是 0 到 {FULL} 的分数", "sheets")
        raters.append(name)
        marks.append(tuple(mark for mark in row if mark is not None))
    twice = next((name for name in raters if raters.count(name) > 1), None)
    if twice:
        return Refusal(f"“{twice}”的评分表填了两次", "sheets")
    return Read(tuple(raters), tuple(marks))


def mark_of(word: str) -> Decimal | None:
    """A mark from 0 to 100 with at most two decimals, or None."""
    if not (word.isascii() and MARK.fullmatch(word)):
        return None
    mark = Decimal(word)
    return mark if mark <= FULL else None


def parts(congress: Congress, day: date) -> tuple[Part, ...]:
    """The parts that an expert marks for each case, by the congress's rule of the day."""
    rows = house.rules_of(congress, KEY).value("case_parts", day)
    named = [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
    return tuple(Part(str(row["id"]), FULL, int(str(row.get("weight", 1)))) for row in named)


def rule_of(matter: Matter, marked: tuple[Part, ...], valid: int, day: date) -> ScoreRule:
    """The congress's rule on the day; with few sheets fewer are dropped, so that three are left."""
    rules = house.rules_of(matter.congress, KEY)
    asked = int(str(rules.value("drop_each_end", day)))
    drop = max(0, min(asked, (valid - LEAST_LEFT) // 2))
    return ScoreRule(marked, drop, void_full=True, void_equal=True)


@dataclass(frozen=True)
class Counted:
    """The sheets with the scores of all cases and the rule they were counted by."""

    sheets: Sequence[Sheet]
    scores: Scores
    rule: ScoreRule


def count(
    matter: Matter,
    sheets: Sequence[Sheet],
    cases: Sequence[str],
    day: date,
    marked: tuple[Part, ...] = WHOLE,
) -> Counted:
    """Set void sheets aside, then drop as many at both ends as the rule and the sheets left allow."""
    void = score(cases, sheets, rule_of(matter, marked, 0, day)).void
    rule = rule_of(matter, marked, len(sheets) - len(void), day)
    return Counted(sheets, score(cases, sheets, rule), rule)


def book(
    matter: Matter, counted: Counted, notes: Mapping[str, str], doer: Doer, day: date
) -> Refusal | None:
    """Write each case's score with its sum and its note (case → words) into the trail; all cases or none."""
    try:
        with transaction.atomic():
            for one in counted.scores.scores:
                if one.value is None:
                    raise NotDone(Refusal(f"{one.subject}：{one.said}", "sheets"))
                note = [notes.get(one.subject, ""), one.said, *counted.rule.said()]
                data: dict[str, Value] = {
                    "case_number": one.subject,
                    "sheets": len(counted.sheets),
                    "void_sheets": len(counted.scores.void),
                    "dropped": one.dropped,
                    "case_score": float(one.value),
                    "case_note": "\n".join(note).strip(),
                }
                done = act(matter.pk, "score_case", doer, day, data)
                if isinstance(done, Refusal):
                    raise NotDone(done)
    except NotDone as stopped:
        return stopped.refusal
    return None
