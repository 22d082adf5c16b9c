"""The chain of a matter's acts: each act's hash covers the whole row and the act before it.

Canonical JSON is RFC 8785, the hash SHA-256. No mutable column enters a hash. Seals over all chains are
in `seal.py`; `verify.py` recomputes everything.
"""

from __future__ import annotations

import hashlib
from datetime import UTC
from typing import Any

import rfc8785

from bihuan.matters.models import Act

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


def covered(act: Act) -> dict[str, Any]:
    """Everything the hash covers, as plain JSON values: times in UTC to the microsecond."""
    fields = {name: getattr(act, name) for name in COVERED}
    at = act.at.astimezone(UTC).isoformat(timespec="microseconds")
    return {**fields, "at": at, "day": act.day.isoformat()}


def hash_of(act: Act) -> str:
    """SHA-256 over the canonical JSON of what is covered, in hex."""
    return hashlib.sha256(rfc8785.dumps(covered(act))).hexdigest()
