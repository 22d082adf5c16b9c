"""The chain of a matter's acts: each act's hash covers the whole row and the act before it.

Canonical JSON is RFC 8785, the hash SHA-256. No mutable column enters a hash. Seals over all chains are
in `seal.py`; `verify.py` recomputes everything.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Any

from django.db.models import Model

from bihuan.matters.canonical import canonical
from bihuan.matters.models import Act, Assignment, Attachment, Matter, Proposer, Seal

FIRST = "0" * 64
"""What stands before a matter's first act."""

COVERED = (
    "congress_id",
    "institution",
    "matter_id",
    "seq",
    "kind",
    "actor",
    "user_id",
    "who",
    "on_behalf",
    "share",
    "before",
    "after",
    "late",
    "data",
    "outcome",
    "rules",
    "cite",
    "token",
    "previous",
)


MATTER_ROW = (
    "congress_id",
    "institution",
    "number",
    "year",
    "title",
    "text",
    "state",
    "phase",
    "since",
    "due_on",
    "own_due_on",
    "lapsed",
    "limit",
    "round",
    "facts",
    "parent_id",
    "raised_on",
    "raised_by_id",
    "closed_on",
    "public",
    "identity",
)
"""What acts make of a matter. `acts_count`, `head` and `last_day` are compared with the last act itself."""

SHARE_ROW = (
    "key",
    "congress_id",
    "institution",
    "body_id",
    "person_name",
    "person_id",
    "kind",
    "state",
    "phase",
    "since",
    "handed_on",
    "due_on",
    "own_limit",
    "extended",
    "limit",
    "lapsed",
    "done_on",
    "facts",
)


def covered(act: Act) -> dict[str, Any]:
    """Everything the hash covers, as plain JSON values: times in UTC to the microsecond."""
    fields = {name: getattr(act, name) for name in COVERED}
    return {**fields, "at": _utc(act.at), "day": act.day.isoformat()}


def hash_of(act: Act) -> str:
    """SHA-256 over the canonical JSON of what is covered, in hex."""
    return hashlib.sha256(canonical(covered(act))).hexdigest()


def standing_hash(matter: Matter, shares: Iterable[Assignment]) -> str:
    """SHA-256 over the rows of a matter and its shares, in hex.

    Each act keeps the one of the rows it left behind, so that rows changed by anything else are found.
    """
    rows = [_plain(share, SHARE_ROW) for share in sorted(shares, key=lambda share: share.key)]
    standing: dict[str, Any] = {"matter": _plain(matter, MATTER_ROW), "shares": rows}
    return hashlib.sha256(canonical(standing)).hexdigest()


def proposers_json(rows: Iterable[Proposer]) -> list[Any]:
    """Who proposes a matter, in order, as an act that made or changed it keeps them: no column is left out."""
    return [
        {"name": row.name, "seat": row.seat_id, "place": row.place, "joined": row.joined_from_id}
        for row in sorted(rows, key=lambda row: (row.place, row.pk or 0))
    ]


def file_json(row: Attachment) -> dict[str, Any]:
    """A file as the act that it was given with keeps it."""
    return {
        "name": row.name,
        "sha256": row.sha256,
        "size": row.size,
        "kind": row.kind,
        "scanned": row.scanned,
        "uploaded_by": row.uploaded_by_id,
        "uploaded_at": _utc(row.uploaded_at),
    }


def seal_hash(seal: Seal, previous: str) -> str:
    """SHA-256 over a seal and the hash of the seal before it (the first: FIRST), in hex."""
    covered: dict[str, Any] = {
        "congress_id": seal.congress_id,
        "day": seal.day.isoformat(),
        "at": _utc(seal.at),
        "size": seal.size,
        "root": seal.root,
        "previous": previous,
    }
    return hashlib.sha256(canonical(covered)).hexdigest()


def _utc(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def _plain(row: Model, names: Iterable[str]) -> dict[str, Any]:
    values = {name: getattr(row, name) for name in names}
    return {n: v.isoformat() if isinstance(v, date) else v for n, v in values.items()}
