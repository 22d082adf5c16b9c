"""Score sheets of the experts on the cases drawn: void sheets set aside, both ends dropped, the mean of the rest."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

from django.db import transaction

from bihuan.ballots.scoring import Part, ScoreRule, Scores, score
from bihuan.loop.forms import Refusal
from bihuan.loop.spec import Value
from bihuan.matters import house
from bihuan.matters.act import Doer, NotDone, act
from bihuan.matters.models import Matter

KEY = "judicial"
FULL = 100
LEAST_LEFT = 3
MOST_SHEETS = 200
MARK = re.compile(r"\d{1,3}(\.\d{1,2})?")


@dataclass(frozen=True)
class Read:
    """The sheets as typed: who filled in each (never kept with the result), and a mark for each case."""

    raters: tuple[str, ...]
    marks: tuple[tuple[Decimal, ...], ...]


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
        wrong = next((word for word in given if not _is_mark(word)), None)
        if wrong is not None:
            return Refusal(f"第 {number} 行：“{wrong}”不是 0 到 {FULL} 的分数", "sheets")
        raters.append(name)
        marks.append(tuple(Decimal(word) for word in given))
    twice = next((name for name in raters if raters.count(name) > 1), None)
    if twice:
        return Refusal(f"“{twice}”的评分表填了两次", "sheets")
    return Read(tuple(raters), tuple(marks))


def _is_mark(word: str) -> bool:
    try:
        return bool(MARK.fullmatch(word)) and Decimal(word) <= FULL
    except InvalidOperation:
        return False


def rule_of(matter: Matter, valid: int, day: date) -> ScoreRule:
    """The congress's rule on the day; with few sheets fewer are dropped, so that three are left."""
    rules = house.rules_of(matter.congress, KEY)
    asked = int(str(rules.value("drop_each_end", day)))
    drop = max(0, min(asked, (valid - LEAST_LEFT) // 2))
    return ScoreRule((Part("评查得分", FULL),), drop, void_full=True, void_equal=True)


def count(
    matter: Matter, sheets: Read, cases: Sequence[str], day: date
) -> tuple[Scores, ScoreRule]:
    """The scores of all cases and the rule they were counted by."""
    rows = [{case: [mark] for case, mark in zip(cases, row, strict=True)} for row in sheets.marks]
    void = score(cases, rows, rule_of(matter, 0, day)).void
    rule = rule_of(matter, len(rows) - len(void), day)
    return score(cases, rows, rule), rule


def book(
    matter: Matter, sheets: Read, cases: Sequence[str], note: str, doer: Doer, day: date
) -> Refusal | None:
    """Write each case's score with its sum into the trail; all cases or none."""
    scores, rule = count(matter, sheets, cases, day)
    try:
        with transaction.atomic():
            for one in scores.scores:
                if one.value is None:
                    raise NotDone(Refusal(f"{one.subject}：{one.said}", "sheets"))
                data: dict[str, Value] = {
                    "case_number": one.subject,
                    "sheets": len(sheets.marks),
                    "void_sheets": len(scores.void),
                    "dropped": one.dropped,
                    "case_score": float(one.value),
                    "case_note": "\n".join([note, one.said, *rule.said()]).strip(),
                }
                done = act(matter.pk, "score_case", doer, day, data)
                if isinstance(done, Refusal):
                    raise NotDone(done)
    except NotDone as stopped:
        return stopped.refusal
    return None
