"""One institution counted in all congresses at once: a statement a track, grouped by congress, not one a congress.

The conditions, and what is made of the counts, are those of a single congress (counting.py). Indicators are declared
with the institution and know no param of a congress: a limit that a congress set for itself already stands in its
matters as days and facts. So all congresses can be asked by the same words, and each still gets its own figures.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from functools import cached_property
from typing import Any, ClassVar

from django.db.models import F

from bihuan.loop.spec import Indicator, Institution
from bihuan.measures.counting import Counting, Counts
from bihuan.people.models import Body, Congress


class _Pass(Counting):
    """One pass over the rows of all congresses, each count told of its congress."""

    apart: ClassVar[Mapping[str, Any]] = {"owner": F("congress")}

    def __init__(self, one: Institution, day: date, year: int | None) -> None:
        # A congress that was never saved: a question that would still ask for one is refused by Django.
        super().__init__(Congress(), one, day, year, None)

    def _own(self) -> dict[str, Any]:
        return {"institution": self.one.key}


class Everywhere:
    """An institution on a day, counted for every congress; what was counted is kept for the next congress."""

    def __init__(self, one: Institution, day: date, year: int | None = None) -> None:
        self.one, self.day, self.year = one, day, year
        self.ground: Counting = _Pass(one, day, year)
        self._counted: dict[tuple[str, str], Mapping[int, Counts]] = {}

    def of(self, congress: Congress) -> Counting:
        """The ground of one congress: every figure as counted on its rows alone."""
        return _Part(self, congress)

    def counted(self, what: str, indicator: Indicator | None = None) -> Mapping[int, Counts]:
        """Base and hit of one of WHATS by congress (its key), then as `Counting.counted`."""
        asked = (what, indicator.key if indicator else "")
        if asked not in self._counted:
            found: dict[int, Counts] = defaultdict(dict)
            for one in self.ground.live(what, indicator):
                found[one.owner][one.key, one.group] = (one.base, one.hit)
            self._counted[asked] = dict(found)
        return self._counted[asked]

    @cached_property
    def bodies(self) -> dict[int, tuple[str, str]]:
        """Name and place in the house of each body that has a share in the institution."""
        rows = Body.objects.filter(assignments__institution=self.one.key).order_by().distinct()
        return {key: (name, path) for key, name, path in rows.values_list("pk", "name", "path")}


class _Part(Counting):
    """What one congress has of the pass over all."""

    def __init__(self, whole: Everywhere, congress: Congress) -> None:
        super().__init__(congress, whole.one, whole.day, whole.year, None)
        self.whole = whole

    def counted(self, what: str, indicator: Indicator | None = None) -> Counts:
        """As on the rows of the congress alone."""
        return self.whole.counted(what, indicator).get(self.congress.pk, {})

    def _bodies(self, keys: Iterable[Any]) -> dict[Any, tuple[str, str]]:
        known = self.whole.bodies
        return {key: known[key] for key in keys if key in known}


def everywhere(
    institutions: Iterable[Institution], day: date, year: int | None = None
) -> Iterator[Everywhere]:
    """Each institution counted in all congresses, one after the other: only one is held at a time."""
    for one in institutions:
        yield Everywhere(one, day, year)
