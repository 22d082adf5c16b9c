"""People, organs, memberships and public proposals as Popolo JSON (https://www.popoloproject.com)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from bihuan.matters import house
from bihuan.people.models import Body, Congress, Delegation, Seat

Told = dict[str, Any]


def persons(seats: Iterable[Seat]) -> list[Told]:
    """The deputies by name, each once."""
    found = {seat.person_id: seat.person.name for seat in seats}
    return [{"id": f"person/{key}", "name": name} for key, name in found.items()]


def organizations(
    congress: Congress, bodies: Iterable[Body], delegations: Iterable[Delegation]
) -> list[Told]:
    """The congress, its delegations, and the bodies of its area."""
    return [
        {
            "id": _congress(congress.pk),
            "name": congress.name,
            "classification": "legislature",
            "area_id": congress.area or None,
        },
        *(
            {
                "id": f"delegation/{row.pk}",
                "name": row.name,
                "classification": "delegation",
                "parent_id": _congress(congress.pk),
            }
            for row in delegations
        ),
        *(
            {
                "id": f"body/{row.pk}",
                "name": row.name,
                "classification": row.kind,
                "parent_id": f"body/{row.parent_id}" if row.parent_id else None,
                "founding_date": row.begins.isoformat() if row.begins else None,
                "dissolution_date": row.ends.isoformat() if row.ends else None,
            }
            for row in bodies
        ),
    ]


def memberships(seats: Iterable[Seat]) -> list[Told]:
    """The seats."""
    return [
        {
            "id": f"seat/{seat.pk}",
            "person_id": f"person/{seat.person_id}",
            "organization_id": _congress(seat.congress_id),
            "on_behalf_of_id": f"delegation/{seat.delegation_id}" if seat.delegation_id else None,
            "role": "代表",
            "label": seat.constituency or None,
            "start_date": seat.begins.isoformat() if seat.begins else None,
            "end_date": seat.ends.isoformat() if seat.ends else None,
        }
        for seat in seats
    ]


def motions(rows: Iterable[Any]) -> list[Told]:
    """Public matters as formal proposals; the creator is the first deputy who proposed it."""
    return [_motion(row) for row in rows]


def _motion(row: Any) -> Told:
    one = house.institution(row.institution)
    state = next((s for s in one.states if s.id == row.state), None)
    first = next((p.seat.person_id for p in row.proposers.all() if p.seat), None)
    return {
        "id": f"matter/{row.pk}",
        "organization_id": _congress(row.congress_id),
        "creator_id": f"person/{first}" if first else None,
        "text": row.title,
        "identifier": row.number or None,
        "classification": one.title,
        "date": row.raised_on.isoformat(),
        "result": state.title if state and row.phase == "closed" else None,
        "created_at": row.created.isoformat(),
        "updated_at": row.modified.isoformat(),
    }


def _congress(key: int) -> str:
    return f"congress/{key}"
