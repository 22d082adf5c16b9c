"""What was promised and not done: the institutions that a reply's promises open, on a day, body by body."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bihuan.loop.spec import Institution
from bihuan.matters import house
from bihuan.measures.bodies import BodyStand
from bihuan.measures.cockpit import Stand


@dataclass(frozen=True)
class Promised:
    """One institution of promises: how it stands, and each body's part, in the order of the house."""

    stand: Stand
    rows: tuple[BodyStand, ...]

    @property
    def made(self) -> int:
        """All that was promised and still counts."""
        return self.stand.open + self.stand.closed

    @property
    def broken(self) -> tuple[BodyStand, ...]:
        """The bodies with something promised, due and not done."""
        return tuple(row for row in self.rows if row.late)


def promises() -> set[str]:
    """The institutions in which promises are followed: each row of a field of promises opens a matter there."""
    found: set[str] = set()
    for one in house.institutions().values():
        rows = {field.name for field in one.fields if field.kind == "commitments"}
        found |= {
            opens.institution for act in one.acts for opens in act.opens if opens.each in rows
        }
    return found


def promised(stands: Sequence[Stand], bodies: Sequence[BodyStand]) -> list[Promised]:
    """The institutions of promises among these, with their bodies."""
    keys = promises()
    return [
        Promised(stand, tuple(row for row in bodies if _same(row.institution, stand.institution)))
        for stand in stands
        if stand.institution.key in keys
    ]


def _same(one: Institution, other: Institution) -> bool:
    return one.key == other.key
