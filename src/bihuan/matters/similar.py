"""Earlier matters that ask for the same thing (相似建议), found by the search index and weighed by wording."""

from __future__ import annotations

from dataclasses import dataclass

from bihuan.matters import search
from bihuan.matters.access import private
from bihuan.matters.models import Matter
from bihuan.people.models import Congress
from bihuan.text.similar import Fingerprint, fingerprint, likeness, why

CANDIDATES = 300
ALIKE = 0.35
"""The least likeness worth a person's look."""
SAME = 0.6
"""The least likeness at which joining is offered: below it stand matters on the same subject that ask for
different things (the roads of two villages, say). Chosen by looking at titles, to be measured on real twins."""


@dataclass(frozen=True)
class Similar:
    """An earlier matter, its likeness from 0 to 1, and the phrases both have."""

    matter: Matter
    score: float
    shared: tuple[str, ...]

    @property
    def same(self) -> bool:
        """Whether it may well ask for the same thing; a person reads both before joining."""
        return self.score >= SAME

    @property
    def percent(self) -> int:
        """The likeness as a whole percentage."""
        return round(self.score * 100)


def similar_to(
    congress: Congress,
    institution: str,
    title: str,
    text: str = "",
    *,
    beside: int | None = None,
    limit: int = 5,
) -> list[Similar]:
    """The matters of this institution most like what is written, the likest first.

    They come from the whole congress: what of them is shown to whom is for the caller (title, number,
    year and outcome are open to all deputies; the page itself only to those who may see the matter).
    Drafts and matters that came to nothing are left out, and so is the matter `beside` itself.
    """
    own = fingerprint(title, text)
    keys = search.candidates(congress.pk, institution, title, own.pairs, CANDIDATES)
    rows = Matter.objects.filter(pk__in=keys).exclude(pk=beside or 0).exclude(private())
    rows = rows.exclude(phase="void")
    weighed = [(likeness(own, _print_of(row)), row) for row in rows.defer("limit")]
    best = sorted((pair for pair in weighed if pair[0] >= ALIKE), key=_best_first)[:limit]
    return [Similar(row, score, tuple(why(title, row.title)[:3])) for score, row in best]


def _print_of(row: Matter) -> Fingerprint:
    return fingerprint(row.title, row.text)


def _best_first(pair: tuple[float, Matter]) -> tuple[float, int]:
    return (-pair[0], -pair[1].pk)
