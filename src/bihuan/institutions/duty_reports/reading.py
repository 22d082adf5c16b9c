"""What the program points out in a duty report: hints for the person who reads it, which decide nothing."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bihuan.matters.models import Assignment, Matter
from bihuan.text import copies
from bihuan.text.checkable import judge
from bihuan.text.sentences import paragraphs, sentences

FIGURE = re.compile(
    r"[0-9０-９]|[一二三四五六七八九十百千万亿]+[个件次项条户人名家座处所场期亩元吨份公里%]"
)
SHORTEST = 30
MOST = 40


@dataclass(frozen=True)
class Hints:
    """`copied`: paragraphs that stand in last year's report; `bare`: without a figure; `empty`: nobody could check."""

    earlier: Matter | None
    copied: tuple[copies.Copy, ...]
    bare: tuple[str, ...]
    empty: tuple[str, ...]
    paragraphs: int
    sentences: int


def hints(matter: Matter) -> Hints:
    """Read a report beside the one of the year before, if there is one."""
    text = report_of(matter)
    earlier = earlier_of(matter)
    parts = [span.text for span in paragraphs(text) if len(span.text) >= SHORTEST]
    said = [span.text for span in sentences(text)]
    return Hints(
        earlier=earlier,
        copied=tuple(_copied(text, report_of(earlier)) if earlier else ()),
        bare=tuple(part for part in parts if not FIGURE.search(part))[:MOST],
        empty=tuple(line for line in said if judge(line).uncheckable)[:MOST],
        paragraphs=len(parts),
        sentences=len(said),
    )


def report_of(matter: Matter) -> str:
    """The report's text as handed in or booked."""
    return str(matter.facts.get("report_text") or "")


def _copied(text: str, before: str) -> list[copies.Copy]:
    return copies.passages({"now": text, "before": before})[:MOST]


def earlier_of(matter: Matter) -> Matter | None:
    """The report of the same body for the year before, the newest if there are several."""
    year = matter.facts.get("year")
    if not isinstance(year, int):
        return None
    others = Matter.objects.filter(
        congress=matter.congress_id, institution=matter.institution, facts__year=year - 1
    ).exclude(phase="void")
    own = body_words(matter)
    for other in others.order_by("-pk"):
        if own & body_words(other) and report_of(other):
            return other
    return None


def body_words(matter: Matter) -> set[str]:
    """Every word by which the reporting body goes: from its share, or as booked."""
    shares = Assignment.objects.filter(matter=matter).exclude(phase="void").select_related("body")
    words = {word for share in shares for word in share.body.words}
    return words | {str(word) for word in matter.facts.get("lead_bodies") or ()}


def without_names(matter: Matter, text: str) -> str:
    """The text with the person and the body blotted out: for readers who are not to know whose it is."""
    shares = Assignment.objects.filter(matter=matter).select_related("body")
    words = {name for share in shares for name in (share.person_name, *share.body.words)}
    words |= {str(matter.facts.get("appointee") or "")}
    words |= {word.removeprefix("市").removeprefix("县") for word in words}
    for word in sorted(
        (w for w in words if len(w) > 1 and not w.isdecimal()), key=len, reverse=True
    ):
        text = text.replace(word, "○○")
    return text
