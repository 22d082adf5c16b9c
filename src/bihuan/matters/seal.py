"""The daily seal: every act of a congress as a leaf of one growing Merkle tree, and its root kept by day.

A root that was printed or published proves later that nothing before it was changed, removed or added.
Sealing reads the acts that are committed and not yet sealed; nobody who writes acts waits for it.
Leaves that complete a subtree of 256 or more carry its root, so that neither a seal nor a proof reads
the whole tree again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any

import rfc8785
from django.db import transaction
from django.db.models import Exists, Max, OuterRef, QuerySet
from django.utils import timezone

from bihuan.matters import merkle
from bihuan.matters.chain import FIRST, covered, seal_hash
from bihuan.matters.merkle import Frontier
from bihuan.matters.models import Act, Leaf, Seal
from bihuan.people.models import Congress

BATCH = 2_000
KEPT_FROM = 8
"""Subtrees of 2^8 leaves and more are kept; smaller ones are hashed again when asked for."""
HEX = 64
LONGEST_TRANSACTION = timedelta(days=1)
"""An act gets its key when it is written and is seen when it is committed: never so long after."""


@dataclass(frozen=True)
class Proof:
    """That an act was recorded, for someone outside: SHA-256 of `act` is an entry of the sealed tree."""

    congress: str
    day: str
    act: str
    index: int
    size: int
    path: list[str]
    root: str

    def as_json(self) -> dict[str, Any]:
        """Plain values: what is handed out."""
        return asdict(self)


def seal(congress: Congress, day: date) -> Seal:
    """Seal every act not sealed yet and keep the root; twice on a day without new acts is one seal."""
    after: int | None = _long_sealed(congress)
    while after is not None:
        after = _append(congress, after)
    return _keep_root(congress, day)


def proof_of(act: Act) -> Proof | None:
    """The proof that this act is under the newest seal; None if it is not sealed yet."""
    leaf = Leaf.objects.filter(congress_id=act.congress_id, act_id=act.pk).first()
    last = _last_seal(act.congress)
    if leaf is None or last is None or leaf.index >= last.size:
        return None
    ranges = merkle.inclusion_ranges(leaf.index, last.size)
    return Proof(
        congress=act.congress.name,
        day=last.day.isoformat(),
        act=rfc8785.dumps(covered(act)).decode(),
        index=leaf.index,
        size=last.size,
        path=[tree_of(act.congress, *one).root().hex() for one in ranges],
        root=last.root,
    )


def check_proof(proof: Mapping[str, Any]) -> bool:
    """Whether a proof that was handed out leads from its act to its root. Needs no database."""
    try:
        entry = hashlib.sha256(str(proof["act"]).encode()).digest()
        path = [bytes.fromhex(step) for step in proof["path"]]
        place, size, root = int(proof["index"]), int(proof["size"]), bytes.fromhex(proof["root"])
    except (KeyError, TypeError, ValueError):
        return False
    return merkle.check_inclusion(merkle.leaf_hash(entry), place, size, path, root)


def grown(congress: Congress, old: Seal, new: Seal) -> list[str]:
    """The proof that the tree of seal `new` begins with the tree of seal `old`, in hex."""
    ranges = merkle.consistency_ranges(old.size, new.size)
    return [tree_of(congress, *one).root().hex() for one in ranges]


def tree_of(congress: Congress, start: int, end: int) -> Frontier:
    """The tree over leaves `start` to `end` (not included), where `start` suits a subtree of that size."""
    whole = start + (end - start >> KEPT_FROM << KEPT_FROM)
    tree = Frontier(whole - start, _kept(congress, start, whole))
    rest = Leaf.objects.filter(congress=congress, index__gte=whole, index__lt=end)
    for entry in rest.order_by("index").values_list("hash", flat=True):
        tree.append(merkle.leaf_hash(bytes.fromhex(entry)))
    return tree


def _kept(congress: Congress, start: int, end: int) -> list[bytes]:
    """The roots of the whole subtrees from `start` to `end`, largest first, from the leaves they end in."""
    levels: dict[int, int] = {}
    for level in reversed(range(KEPT_FROM, (end - start).bit_length())):
        if (end - start) >> level & 1:
            start += 1 << level
            levels[start - 1] = level
    return _roots_at(congress, levels)


def _roots_at(congress: Congress, levels: Mapping[int, int]) -> list[bytes]:
    if not levels:
        return []
    rows = Leaf.objects.filter(congress=congress, index__in=levels).order_by("index")
    found = []
    for index, above in rows.values_list("index", "above"):
        place = (levels[index] - KEPT_FROM) * HEX
        found.append(bytes.fromhex(above[place : place + HEX]))
    return found


# Appending


def _append(congress: Congress, after: int) -> int | None:
    """Append one batch of acts beyond key `after`; returns the last key, None when there are no more."""
    with transaction.atomic():
        _alone(congress)
        rows = _unsealed(congress).filter(pk__gt=after).order_by("pk")
        acts = list(rows.values_list("pk", "matter_id", "seq", "hash")[:BATCH])
        tree = tree_of(congress, 0, _size(congress)) if acts else Frontier()
        Leaf.objects.bulk_create(_leaf(congress, tree, *act) for act in acts)
    return acts[-1][0] if acts else None


def _leaf(
    congress: Congress, tree: Frontier, act_id: int, matter_id: int, seq: int, entry: str
) -> Leaf:
    index = tree.size
    completed = tree.append(merkle.leaf_hash(bytes.fromhex(entry)))
    return Leaf(
        congress=congress,
        index=index,
        act_id=act_id,
        matter_id=matter_id,
        seq=seq,
        hash=entry,
        above=above_of(completed),
    )


def above_of(completed: list[bytes]) -> str:
    """What a leaf keeps of the subtrees it completes: those of 256 leaves and more, in hex."""
    return "".join(node.hex() for node in completed[KEPT_FROM - 1 :])


def _alone(congress: Congress) -> None:
    """One sealer at a time. The lock is the kind that rows referring to the congress do not wait for."""
    Congress.objects.select_for_update(no_key=True).get(pk=congress.pk)


def _unsealed(congress: Congress) -> QuerySet[Act]:
    sealed = Leaf.objects.filter(congress=congress, act_id=OuterRef("pk"))
    return Act.objects.filter(~Exists(sealed), congress=congress)


def _size(congress: Congress) -> int:
    last = Leaf.objects.filter(congress=congress).aggregate(last=Max("index"))["last"]
    return 0 if last is None else last + 1


def _last_seal(congress: Congress) -> Seal | None:
    return Seal.objects.filter(congress=congress).order_by("size", "pk").last()


def _long_sealed(congress: Congress) -> int:
    """The key up to which nothing unsealed can be left.

    Keys are given in order but committed out of order. Whatever has a key below one that was sealed a
    whole day before the last seal was either seen by the last seal or is being written for over a day.
    """
    last = _last_seal(congress)
    if last is None:
        return 0
    seals = Seal.objects.filter(
        congress=congress, at__lte=last.at - LONGEST_TRANSACTION, size__gt=0
    )
    old = seals.order_by("size", "pk").last()
    if old is None:
        return 0
    end = Leaf.objects.filter(congress=congress, index=old.size - 1)
    return end.values_list("act_id", flat=True).first() or 0


def _keep_root(congress: Congress, day: date) -> Seal:
    with transaction.atomic():
        _alone(congress)
        size, last = _size(congress), _last_seal(congress)
        if last is not None and (last.size, last.day) == (size, day):
            return last
        root = tree_of(congress, 0, size).root().hex()
        made = Seal(congress=congress, day=day, at=timezone.now(), size=size, root=root)
        made.hash = seal_hash(made, last.hash if last else FIRST)
        made.save(force_insert=True)
        return made
