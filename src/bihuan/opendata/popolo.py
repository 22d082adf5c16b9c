"""People, organs, memberships, public proposals and published votes as Popolo JSON (https://www.popoloproject.com)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from bihuan.ballots import closing
from bihuan.ballots.models import Closing
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


OPTIONS = {"赞成": "yes", "反对": "no", "弃权": "abstain"}
"""Popolo's own words; other choices are told as they stand on the ballot."""


def vote_events(rows: Iterable[Closing], public_matters: Iterable[int]) -> list[Told]:
    """Published votes by choices, an event an item. Who voted how is told of named votes only."""
    known = set(public_matters)
    return [
        _vote_event(row, place, item, known)
        for row in rows
        for place, item in enumerate(row.body["items"], 1)
        if "counts" in item
    ]


def _vote_event(row: Closing, place: int, item: Told, known: set[int]) -> Told:
    matter = next((i.matter_id for i in row.ballot.items.all() if i.place == place), None)
    named = [] if row.ballot.secret else closing.named_papers(row.ballot)
    return {
        "id": f"ballot/{row.ballot_id}/{place}",
        "organization_id": _congress(row.congress_id),
        "motion_id": f"matter/{matter}" if matter in known else None,
        "identifier": item["title"],
        "start_date": row.day.isoformat(),
        "end_date": row.day.isoformat(),
        "result": item["outcome"] or None,
        "counts": [
            {"option": OPTIONS.get(choice, choice), "value": number}
            for choice, number in _as_on_paper(row, item["counts"])
        ],
        "votes": [
            {
                "voter_id": f"person/{name.rpartition('#')[2]}",
                "voter": {"name": name.rpartition("#")[0]},
                "option": OPTIONS.get(marks[place - 1], marks[place - 1]) or "not voting",
            }
            for name, marks in named
        ],
    }


def _as_on_paper(row: Closing, counts: dict[str, int]) -> list[tuple[str, int]]:
    """The counts in the order of the ballot paper's choices; a database may give back another one."""
    paper = row.ballot.rule["choices"]
    return sorted(
        counts.items(), key=lambda one: paper.index(one[0]) if one[0] in paper else len(paper)
    )


def _congress(key: int) -> str:
    return f"congress/{key}"
