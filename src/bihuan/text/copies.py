"""Near copies among a handful of papers: whole papers and single paragraphs, with the words they share.

Exact, by sets of five characters; which papers of very many to compare at all is told by `nearness`.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cache
from itertools import combinations

from bihuan.text.sentences import Span, paragraphs

_MARK = re.compile(r"\W+")
_WIDTH = 5
_PAPER_SHARE, _PARAGRAPH_SHARE = 0.5, 0.6
_SHORTEST = 30
_COMMON = 40
_AT_MOST = 200
MANY = 300
"""From how many papers on candidates come from the index instead of from every two."""


@dataclass(frozen=True, slots=True)
class Copy:
    """Two papers, or two paragraphs of them, that say the same. `share` of the shorter one, 0 to 1."""

    one: str
    other: str
    share: float
    left: str = ""
    right: str = ""
    same: tuple[str, ...] = ()


def pieces(text: str) -> frozenset[str]:
    """Every run of five characters, marks and white space left out."""
    bare = _MARK.sub("", text)
    return frozenset(bare[i : i + _WIDTH] for i in range(max(1, len(bare) - _WIDTH + 1)))


def papers(texts: Mapping[str, str]) -> list[Copy]:
    """Papers of which one holds at least half of the other, most alike first."""
    cut = cache(lambda name: pieces(texts[name]))  # of very many papers few are candidates
    pairs = ((one, other, _share(cut(one), cut(other))) for one, other in _candidates(texts))
    found = [Copy(one, other, share) for one, other, share in pairs if share >= _PAPER_SHARE]
    return sorted(found, key=lambda copy: -copy.share)


def _candidates(texts: Mapping[str, str]) -> Iterable[tuple[str, str]]:
    """Every two papers; of very many only those that the index of near copies brings together."""
    if len(texts) <= MANY:
        return combinations(texts, 2)
    from bihuan.text.nearness import Index

    names, index = list(texts), Index()
    index.add_many(texts.values())
    return [(names[near.one], names[near.other]) for near in index.pairs()]


def _share(one: frozenset[str], other: frozenset[str]) -> float:
    return round(len(one & other) / max(1, min(len(one), len(other))), 4)


def passages(texts: Mapping[str, str]) -> list[Copy]:
    """Paragraphs of different papers of which one holds three fifths of the other, most alike first.

    At most 200 of them; runs of characters that stand in more than 40 paragraphs find nothing.
    """
    rows = [(name, span) for name, text in texts.items() for span in _long(text)]
    sets = [pieces(span.text) for _, span in rows]
    found = []
    for (left, right), count in _meetings(rows, sets).items():
        if count < 0.3 * min(len(sets[left]), len(sets[right])):
            continue
        share = _share(sets[left], sets[right])
        if share >= _PARAGRAPH_SHARE:
            found.append((share, left, right))
    found.sort(key=lambda item: (-item[0], item[1], item[2]))
    return [_side_by_side(rows[i], rows[j], share) for share, i, j in found[:_AT_MOST]]


def _long(text: str) -> list[Span]:
    return [span for span in paragraphs(text) if len(span.text) >= _SHORTEST]


def _meetings(
    rows: Sequence[tuple[str, Span]], sets: Sequence[frozenset[str]]
) -> Counter[tuple[int, int]]:
    """How many runs of characters each two paragraphs of different papers share."""
    where: dict[str, list[int]] = defaultdict(list)
    for index, one in enumerate(sets):
        for piece in one:
            where[piece].append(index)
    met: Counter[tuple[int, int]] = Counter()
    for places in where.values():
        if 1 < len(places) <= _COMMON:
            met.update((i, j) for i, j in combinations(places, 2) if rows[i][0] != rows[j][0])
    return met


def _side_by_side(one: tuple[str, Span], other: tuple[str, Span], share: float) -> Copy:
    left, right = one[1].text, other[1].text
    blocks = SequenceMatcher(None, left, right, autojunk=False).get_matching_blocks()
    same = tuple(left[b.a : b.a + b.size] for b in blocks if b.size >= _WIDTH)
    return Copy(one[0], other[0], share, left, right, same)
