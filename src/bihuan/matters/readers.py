"""Fields nobody fills in: what the program reads from what was filled in (`Field.computed`)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from bihuan.loop.spec import Field, Institution, Value
from bihuan.text import papers
from bihuan.text.commitments import only_plans
from bihuan.text.demands import demands, head
from bihuan.text.sentence_kinds import MEASURE

LONG = 400
"""A text shorter than this has no parts of which one could be the background."""


def _share(role: str) -> Callable[[str], Value]:
    def read_share(text: str) -> Value:
        paper = papers.read(text)
        return round(paper.shares[role] * 100, 1) if paper.length >= LONG else None

    return read_share


def _uncheckable_share(text: str) -> Value:
    paper = papers.read(text)
    asked = sum(line.kind == MEASURE for line in paper.lines)
    return round(len(paper.uncheckable) * 100 / asked, 1) if asked else None


def _hidden_order(text: str) -> Value:
    return head(papers.read(text), demands(text)).hidden


_SCREENSHOTS = re.compile(
    r"截图|截屏|(?:参会|收看|现场|会场)[^，,。；;]{0,6}(?:照片|图片)|拍照(?:留痕|上传)"
)

READERS: dict[str, Callable[[str], Value]] = {
    "only_plans": lambda text: only_plans(text).value,
    "paper_length": lambda text: papers.read(text).length,
    "background_share": _share(papers.BACKGROUND),
    "measures_share": _share(papers.MEASURES),
    "uncheckable": lambda text: len(papers.read(text).uncheckable),
    "uncheckable_share": _uncheckable_share,
    "demands": lambda text: len(demands(text)),
    "hidden_order": _hidden_order,
    "screenshots": lambda text: bool(_SCREENSHOTS.search(text)),
}


UNDER_TITLE = {"hidden_order"}


def read(institution: Institution, act_id: str, data: Mapping[str, Value]) -> dict[str, Value]:
    """What was filled in, with the computed fields of the act; what was sent in their place is dropped."""
    computed = [one for one in institution.fields_of(act_id) if not one.asked_in(act_id)]
    own = {one.name for one in computed}
    asked = {name: value for name, value in data.items() if name not in own}
    title = str(asked.get("title") or "")
    return asked | {one.name: _computed(one, asked, title) for one in computed}


def _computed(one: Field, data: Mapping[str, Value], title: str) -> Value:
    """A paper is read with its title before it, which says of what kind it claims to be."""
    text = str(data.get(one.computed_from) or "")
    if text.strip() and one.computed in UNDER_TITLE and title and title not in text[:200]:
        text = f"{title}\n{text}"
    return READERS[one.computed](text) if text.strip() else None
