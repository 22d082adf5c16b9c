"""The Merkle tree of RFC 9162 §2.1: root, proof that an entry is in it, proof that one tree grew from another.

Pure: bytes in, bytes out. A node's place is its range of leaves, so that whoever keeps the hashes of whole
subtrees can answer for a proof without reading every leaf (`seal.py` does).
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field

EMPTY = hashlib.sha256(b"").digest()
"""The root of a tree without leaves."""

Range = tuple[int, int]
"""A subtree by its leaves: from, up to (not included)."""


def leaf_hash(entry: bytes) -> bytes:
    """The hash of one entry as a leaf: SHA-256(0x00 || entry)."""
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of an inner node: SHA-256(0x01 || left || right)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


@dataclass
class Frontier:
    """A growing tree, of which only the roots of its whole subtrees (`peaks`, largest first) are kept."""

    size: int = 0
    peaks: list[bytes] = field(default_factory=list)

    def append(self, leaf: bytes) -> list[bytes]:
        """Add a leaf's hash; returns the roots of the subtrees it completes, two leaves upwards."""
        node, completed, size = leaf, [], self.size
        while size & 1:
            node = node_hash(self.peaks.pop(), node)
            completed.append(node)
            size >>= 1
        self.peaks.append(node)
        self.size += 1
        return completed

    def root(self) -> bytes:
        """The root over all leaves so far."""
        if not self.peaks:
            return EMPTY
        *left, node = self.peaks
        for peak in reversed(left):
            node = node_hash(peak, node)
        return node


def root(entries: Sequence[bytes]) -> bytes:
    """The root over these entries."""
    tree = Frontier()
    for entry in entries:
        tree.append(leaf_hash(entry))
    return tree.root()


def inclusion_ranges(index: int, size: int) -> list[Range]:
    """The subtrees whose roots prove that leaf `index` is in a tree of `size`, from the leaf upwards.

    Raises ValueError for an index outside the tree.
    """
    if not 0 <= index < size:
        raise ValueError(f"第 {index} 片叶不在 {size} 片叶的树里")
    start, end, found = 0, size, []
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            found.append((middle, end))
            end = middle
        else:
            found.append((start, middle))
            start = middle
    return found[::-1]


def consistency_ranges(old: int, new: int) -> list[Range]:
    """The subtrees whose roots prove that the tree of `new` leaves begins with the tree of `old`.

    Raises ValueError unless 0 < old <= new.
    """
    if not 0 < old <= new:
        raise ValueError(f"{old} 片叶的树长不成 {new} 片叶的树")
    start, end, whole, found = 0, new, True, []
    while old != end:
        middle = start + _split(end - start)
        if old <= middle:
            found.append((middle, end))
            end = middle
        else:
            found.append((start, middle))
            start, whole = middle, False
    if not whole:
        found.append((start, end))
    return found[::-1]


def inclusion_proof(index: int, entries: Sequence[bytes]) -> list[bytes]:
    """The proof that entry `index` is under the root of `entries` (§2.1.3.1)."""
    return [root(entries[start:end]) for start, end in inclusion_ranges(index, len(entries))]


def consistency_proof(old: int, entries: Sequence[bytes]) -> list[bytes]:
    """The proof that the first `old` entries made the tree that `entries` grew from (§2.1.4.1)."""
    return [root(entries[start:end]) for start, end in consistency_ranges(old, len(entries))]


def check_inclusion(
    leaf: bytes, index: int, size: int, proof: Sequence[bytes], expected: bytes
) -> bool:
    """Whether `leaf` (a leaf's hash) stands at `index` under the root `expected` (§2.1.3.2)."""
    if not 0 <= index < size:
        return False
    place, last, node = index, size - 1, leaf
    for step in proof:
        if last == 0:
            return False
        if place & 1 or place == last:
            node = node_hash(step, node)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            node = node_hash(node, step)
        place, last = place >> 1, last >> 1
    return last == 0 and node == expected


def check_consistency(
    old: int, new: int, proof: Sequence[bytes], old_root: bytes, new_root: bytes
) -> bool:
    """Whether the tree of `new` leaves begins with the tree of `old` leaves (§2.1.4.2)."""
    if not 0 < old <= new:
        return False
    if old == new:
        return not proof and old_root == new_root
    path = [old_root, *proof] if old & (old - 1) == 0 else list(proof)
    return bool(path) and _grown(old - 1, new - 1, path) == (old_root, new_root)


def _grown(place: int, last: int, path: Sequence[bytes]) -> tuple[bytes, bytes] | None:
    """Both roots that a consistency path leads to, or None if it does not fit the sizes."""
    while place & 1:
        place, last = place >> 1, last >> 1
    old = new = path[0]
    for step in path[1:]:
        if last == 0:
            return None
        if place & 1 or place == last:
            old, new = node_hash(step, old), node_hash(step, new)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            new = node_hash(new, step)
        place, last = place >> 1, last >> 1
    return (old, new) if last == 0 else None


def _split(size: int) -> int:
    """The largest power of two smaller than `size`."""
    return 1 << (size - 1).bit_length() - 1
