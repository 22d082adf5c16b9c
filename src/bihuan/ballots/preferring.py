"""Votes that choose several: approval (赞成制), ranked (排序计分). Pure; equal votes are never split by chance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bihuan.loop.votes import Threshold


@dataclass(frozen=True)
class Chosen:
    """Who is chosen, who must be voted on again for the places left, and each one's sum in words."""

    chosen: tuple[str, ...]
    again: tuple[str, ...]
    places_left: int
    points: Mapping[str, int]
    said: tuple[str, ...]
    void: int

    def as_json(self) -> dict[str, Any]:
        """Plain values."""
        return {
            "chosen": list(self.chosen),
            "again": list(self.again),
            "places_left": self.places_left,
            "points": dict(self.points),
            "said": list(self.said),
            "void": self.void,
        }


def approve(
    candidates: Sequence[str],
    ballots: Sequence[Sequence[str]],
    places: int,
    *,
    base: int,
    at: Threshold,
    tie: str,
) -> Chosen:
    """Each ballot names up to `places`; who reaches the threshold of `base` is chosen, most votes first."""
    valid = [one for one in ballots if is_approval(candidates, one, places)]
    points = {name: sum(name in one for one in valid) for name in candidates}
    able = {name for name in candidates if at.reached(points[name], base, tie)}
    said = tuple(
        f"{name} {points[name]} 票，要求{base}的{at.said(tie)}：{'达到' if name in able else '没有达到'}"
        for name in candidates
    )
    return _filled(candidates, points, able, places, said, len(ballots) - len(valid))


def rank(candidates: Sequence[str], ballots: Sequence[Sequence[str]], places: int) -> Chosen:
    """Each ballot orders all candidates: the first of n gets n points, the last one (排序计分)."""
    valid = [one for one in ballots if is_ranking(candidates, one)]
    worth = len(candidates)
    points = {name: sum(worth - one.index(name) for one in valid) for name in candidates}
    said = tuple(f"{name} {points[name]} 分" for name in candidates)
    return _filled(candidates, points, set(candidates), places, said, len(ballots) - len(valid))


def is_approval(candidates: Sequence[str], ballot: Sequence[str], places: int) -> bool:
    """Whether a ballot names candidates only, each once, and no more than there are places."""
    return (
        len(ballot) <= places and len(set(ballot)) == len(ballot) and set(ballot) <= set(candidates)
    )


def is_ranking(candidates: Sequence[str], ballot: Sequence[str]) -> bool:
    """Whether a ballot orders every candidate exactly once."""
    return sorted(ballot) == sorted(candidates)


def _filled(
    candidates: Sequence[str],
    points: Mapping[str, int],
    able: set[str],
    places: int,
    said: tuple[str, ...],
    void: int,
) -> Chosen:
    """Fill the places from the most points down; those equal at the last place are voted on again."""
    chosen: list[str] = []
    for worth in sorted({points[name] for name in able}, reverse=True):
        level = [name for name in candidates if name in able and points[name] == worth]
        if len(chosen) + len(level) > places:
            again = tuple(level) if len(chosen) < places else ()
            return Chosen(tuple(chosen), again, places - len(chosen), points, said, void)
        chosen += level
    return Chosen(tuple(chosen), (), places - len(chosen), points, said, void)
