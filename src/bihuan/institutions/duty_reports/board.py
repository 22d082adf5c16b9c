"""The 4×100 % board: handed in on time, quality passed, problems rectified, members satisfied; each opens its rows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from bihuan.matters.access import Standing, visible
from bihuan.measures.figures import Figure
from bihuan.measures.indicators import compute
from bihuan.people.models import Congress
from bihuan.web import language

FOUR = (
    ("duty_reports", "on_time"),
    ("duty_reports", "quality_rate"),
    ("rectifications", "reading_rectified"),
    ("duty_reports", "satisfied_rate"),
)
BESIDE = (("duty_reports", "demanded"), ("duty_reports", "filed_count"))


@dataclass(frozen=True)
class Year:
    """The four of one year (by the day of the demand), in order."""

    year: int | None
    four: tuple[Figure, ...]
    beside: tuple[Figure, ...]

    @property
    def all_four(self) -> bool:
        """Whether each of them has rows and all of them count: 4×100 %."""
        return all(f.denominator and f.numerator == f.denominator for f in self.four)


def board(who: Standing, congress: Congress, year: int | None, day: date) -> Year:
    """The figures of a year, or of all years, over what the reader may see."""
    found: dict[tuple[str, str], Figure] = {}
    for key in dict.fromkeys(key for key, _ in (*FOUR, *BESIDE)):
        for figure in compute(congress, key, day, year=year, matters=visible(who)):
            found.setdefault((key, figure.key), language.figure(figure))
    return Year(year, tuple(found[one] for one in FOUR), tuple(found[one] for one in BESIDE))
