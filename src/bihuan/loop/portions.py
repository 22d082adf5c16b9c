"""A part of a number as a law asks for it: `1/5 of committee_members`, `more than 1/2 of committee_members`.

What stands after `of` is a param or a fact. People cannot be parted: 1/5 or more of 29 are 6.
“以上” includes the number itself (《民法典》第一千二百五十九条); “过半数” is more than half.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

WRITTEN = re.compile(r"(more than )?(\d{1,3})/(\d{1,3}) of ([a-z][a-z_]*)")


@dataclass(frozen=True)
class Portion:
    """`parts` of `whole` of the number named `of`; `over`: more than that, not just as much."""

    parts: int
    whole: int
    of: str
    over: bool = False

    def least(self, base: int) -> int:
        """The fewest whole ones that are enough."""
        exact = base * self.parts
        return exact // self.whole + 1 if self.over else -(-exact // self.whole)

    def chinese(self) -> str:
        """As it is said: 1/5 以上, 过半数."""
        if self.over:
            return (
                "过半数"
                if (self.parts, self.whole) == (1, 2)
                else f"超过 {self.parts}/{self.whole}"
            )
        return f"{self.parts}/{self.whole} 以上"


def portion_of(value: object) -> Portion | None:
    """The portion that a value is, or None where it is something else."""
    found = WRITTEN.fullmatch(value) if isinstance(value, str) else None
    if found is None or not 0 < int(found[2]) <= int(found[3]):
        return None
    return Portion(int(found[2]), int(found[3]), found[4], bool(found[1]))
