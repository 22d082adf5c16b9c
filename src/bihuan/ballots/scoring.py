"""Scoring sheets: weighted parts, sheets that do not count, the highest and lowest dropped. Pure.

Nobody is ranked: each subject has its own score and the sum that leads to it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from bihuan.ballots.counting import half_up

Sheet = Mapping[str, Sequence[Decimal | int]]
"""One rater's sheet: subject → a score for each part."""


@dataclass(frozen=True)
class Part:
    """A part of the sheet: its title, full marks and weight."""

    title: str
    full: int = 100
    weight: int = 1


@dataclass(frozen=True)
class ScoreRule:
    """The parts; how many highest and lowest are dropped; whether all-full and all-equal sheets are void."""

    parts: tuple[Part, ...]
    drop: int = 0
    void_full: bool = False
    void_equal: bool = False
    cite: str = ""

    def said(self) -> list[str]:
        """The rule in words, as printed on the result."""
        weights = sum(part.weight for part in self.parts)
        lines = [f"{p.title}：满分 {p.full}，权重 {p.weight}/{weights}" for p in self.parts]
        if self.void_full:
            lines.append("各项全打满分的评分表无效")
        if self.void_equal:
            lines.append("对各评议对象打分全部相同的评分表无效")
        if self.drop:
            lines.append(f"去掉 {self.drop} 个最高分和 {self.drop} 个最低分，其余取平均")
        return [*lines, self.cite] if self.cite else lines


@dataclass(frozen=True)
class Score:
    """One subject's score with its sum; `value` is None when too few sheets are left."""

    subject: str
    value: Decimal | None
    counted: int
    dropped: int
    said: str

    def as_json(self) -> dict[str, Any]:
        """Plain values."""
        value = None if self.value is None else str(self.value)
        return {"subject": self.subject, "score": value, "counted": self.counted, "said": self.said}


@dataclass(frozen=True)
class Scores:
    """Every subject's score in the order asked, and why sheets did not count: place (from 1) → reason."""

    scores: tuple[Score, ...]
    void: Mapping[int, str]


def score(subjects: Sequence[str], sheets: Sequence[Sheet], rule: ScoreRule) -> Scores:
    """Weigh every sheet, leave out the void ones, drop the highest and lowest n, and take the mean."""
    void = {
        place: why for place, one in enumerate(sheets, 1) if (why := _void(subjects, one, rule))
    }
    valid = [one for place, one in enumerate(sheets, 1) if place not in void]
    return Scores(tuple(_score(subject, valid, rule) for subject in subjects), void)


def fault(subjects: Sequence[str], sheet: Sheet, rule: ScoreRule) -> str:
    """What is wrong with a sheet as it is filled in, in words; empty when it may be given."""
    for subject in subjects:
        marks = sheet.get(subject, ())
        if len(marks) != len(rule.parts):
            return f"“{subject}”要打 {len(rule.parts)} 项分，现有 {len(marks)} 项"
        for part, mark in zip(rule.parts, marks, strict=True):
            if not 0 <= mark <= part.full:
                return f"“{subject}”的“{part.title}”应在 0 和 {part.full} 之间，现为 {mark}"
    return ""


def weighted(marks: Sequence[Decimal | int], rule: ScoreRule) -> Fraction:
    """The marks of one subject on one sheet, by weight."""
    pairs = zip(rule.parts, marks, strict=True)
    total = sum((Fraction(mark) * part.weight for part, mark in pairs), Fraction())
    return total / sum(part.weight for part in rule.parts)


def _void(subjects: Sequence[str], sheet: Sheet, rule: ScoreRule) -> str:
    why = fault(subjects, sheet, rule)
    if why:
        return why
    marks = [tuple(sheet[subject]) for subject in subjects]
    full = tuple(part.full for part in rule.parts)
    if rule.void_full and all(one == full for one in marks):
        return "各项全打满分"
    if rule.void_equal and len(marks) > 1 and len({weighted(one, rule) for one in marks}) == 1:
        return "对各评议对象打分全部相同"
    return ""


def _score(subject: str, sheets: Sequence[Sheet], rule: ScoreRule) -> Score:
    totals = sorted(weighted(sheet[subject], rule) for sheet in sheets)
    kept = totals[rule.drop : len(totals) - rule.drop] if rule.drop else totals
    dropped = len(totals) - len(kept)
    if not kept:
        said = f"有效评分表 {len(totals)} 张，去掉最高、最低各 {rule.drop} 张后没有剩余，不能计分"
        return Score(subject, None, 0, dropped, said)
    mean = half_up(sum(kept, Fraction()) / len(kept), 2)
    said = f"有效评分表 {len(totals)} 张，去掉 {dropped} 张，其余 {len(kept)} 张平均：{mean}"
    return Score(subject, mean, len(kept), dropped, said)
