"""What a body has said and a reader has not yet let out: kept with its share, no fact of the matter.

A state that `withholds` keeps the data of the act that led there beside the share. An act that
`releases` makes them facts of the matter, as of the day they were said; any other way out drops them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bihuan.loop.situation import Held
from bihuan.loop.spec import Institution, Value

KEY = "withheld"
"""The name under which a share keeps it. Never shown; `access.barred_acts` hides the act itself."""


@dataclass(frozen=True)
class Withheld:
    """The act that is held back: its id, the day (ISO), whether it came late, what was filled in."""

    act: str
    on: str
    late: bool
    data: Mapping[str, Value]

    @classmethod
    def of(cls, share: Held | None) -> Withheld | None:
        """What this share holds back, if anything."""
        kept = share.facts.get(KEY) if share else None
        if not isinstance(kept, dict):
            return None
        data = kept["data"]
        assert isinstance(data, dict)
        return cls(str(kept["act"]), str(kept["on"]), bool(kept["late"]), data)

    def as_fact(self) -> dict[str, Value]:
        """As kept among the share's facts."""
        kept: dict[str, Value] = {
            "act": self.act,
            "on": self.on,
            "late": self.late,
            "data": dict(self.data),
        }
        return {KEY: kept}


def without(facts: Mapping[str, Value]) -> dict[str, Value]:
    """A share's facts without what it held back."""
    return {name: value for name, value in facts.items() if name != KEY}


def withholding(institution: Institution) -> frozenset[str]:
    """The states in which something is held back."""
    return frozenset(state.id for state in institution.states if state.withholds)
