"""Near copies among very many papers: an index that grows paper by paper, or a hundred thousand at once.

Each paper becomes one minimum hash for each of 256 bins over its runs of three characters (one permutation
hashing: Li, Owen and Zhang 2012; empty bins borrow from the next full one: Shrivastava and Li 2014). Three
neighbouring bins make a band; papers that share a band are compared by all their bins. Bins filled by words that
many papers share (letter heads, set phrases) count for nothing, on either side.

It finds nearly every copy whose clauses were exchanged up to two fifths or whose words were scattered
up to a fifth; of copies with three or four words in ten replaced it misses some, as
`benchmarks/near_duplicates.py` prints.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

_BINS = 256
_ROWS = 3
_BANDS = _BINS // _ROWS
_WIDTH = 3
LIKE = 0.16
_SLOTS = 1 << 22
_ONE, _TWO, _THREE = (
    np.uint64(0x9E3779B97F4A7C15),
    np.uint64(0xC2B2AE3D27D4EB4F),
    np.uint64(0x165667B19E3779F9),
)
_MARK = re.compile(r"[\W_]+")
_CHUNK = 65536

Words = npt.NDArray[np.uint64]
Bins = npt.NDArray[np.uint32]
Ids = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Near:
    """Two papers by their numbers in the index and how alike they are, 0 to 1, without what many share."""

    one: int
    other: int
    likeness: float


def signature(text: str) -> Bins | None:
    """The 256 minima of a text; None if it holds fewer than three characters."""
    bare = _MARK.sub("", text)
    if len(bare) < _WIDTH:
        return None
    letters = np.frombuffer(bare.encode("utf-32-le"), dtype=np.uint32).astype(np.uint64)
    runs = letters[:-2] * _ONE + letters[1:-1] * _TWO + letters[2:] * _THREE
    runs ^= runs >> np.uint64(29)
    runs *= _ONE
    runs ^= runs >> np.uint64(32)
    runs.sort()
    bins = (runs >> np.uint64(56)).astype(np.intp)
    first = np.flatnonzero(np.concatenate(([True], bins[1:] != bins[:-1])))
    minima = np.zeros(_BINS, dtype=np.uint32)
    full = bins[first]
    minima[full] = (runs[first] >> np.uint64(24)).astype(np.uint32)
    if len(full) < _BINS:
        place = np.searchsorted(full, np.arange(_BINS)) % len(full)
        away = (full[place] - np.arange(_BINS)) % _BINS
        minima = minima[full[place]] + away.astype(np.uint32) * np.uint32(0x9E3779B1)
    return minima


class Index:
    """Papers by number in the order they were added. Texts are not kept: about 3 kB a paper."""

    def __init__(self) -> None:
        self._bins = np.empty((1024, _BINS), dtype=np.uint32)
        self._size = 0
        self._known = np.zeros(_SLOTS, dtype=np.uint32)
        self._sorted: list[tuple[Words, Ids]] = []
        self._fresh: dict[int, list[int]] = {}
        self._fresh_from = 0

    def __len__(self) -> int:
        return self._size

    def add(self, text: str) -> int:
        """Put one paper in; returns its number. A text of under three characters is like nothing."""
        number = self._put(signature(text))
        for key in _keys(self._bins[number]).tolist():
            self._fresh.setdefault(key, []).append(number)
        if self._size - self._fresh_from >= 2048:
            self._settle()
        return number

    def add_many(self, texts: Iterable[str]) -> range:
        """Put many papers in; returns their numbers."""
        self._settle()
        start = self._size
        for text in texts:
            self._put(signature(text))
        self._settle()
        return range(start, self._size)

    def near(self, text: str) -> list[Near]:
        """The papers in the index that are near to a text, nearest first; `one` is -1 for the text."""
        minima = signature(text)
        if minima is None or not self._size:
            return []
        met = [found for found in self._meeting(_keys(minima)) if len(found)]
        if not met:
            return []
        others = np.unique(np.concatenate(met))
        likeness = self._likeness(np.broadcast_to(minima, (len(others), _BINS)), self._bins[others])
        order = np.argsort(-likeness, kind="stable")
        return [
            Near(-1, int(others[i]), round(float(likeness[i]), 4))
            for i in order
            if likeness[i] >= LIKE
        ]

    def pairs(self) -> list[Near]:
        """Every two near papers of the index, `one` before `other`."""
        self._settle()
        if not self._size:
            return []
        keys, owners = self._sorted[0]
        together = _meetings(keys, owners, self._size, self._many)
        found = []
        for start in range(0, len(together), _CHUNK):
            one, other = np.divmod(together[start : start + _CHUNK], np.int64(self._size))
            likeness = self._likeness(self._bins[one], self._bins[other])
            for i in np.flatnonzero(likeness >= LIKE):
                found.append(Near(int(one[i]), int(other[i]), round(float(likeness[i]), 4)))
        return found

    @property
    def memory(self) -> int:
        """Bytes that the index holds."""
        runs = sum(keys.nbytes + owners.nbytes for keys, owners in self._sorted)
        return self._bins.nbytes + self._known.nbytes + runs

    @property
    def _many(self) -> int:
        """From how many papers on a band calls nobody."""
        return max(100, self._size // 1000)

    @property
    def _everybodys(self) -> int:
        """From how many papers on a minimum counts for nothing."""
        return max(40, self._size // 1000)

    def _put(self, minima: Bins | None) -> int:
        number = self._size
        if number == len(self._bins):
            self._bins = np.concatenate((self._bins, np.empty_like(self._bins)))
        if minima is None:
            minima = np.full(_BINS, number, dtype=np.uint32)
        self._bins[number] = minima
        self._known[_slots(minima)] += 1
        self._size += 1
        return number

    def _settle(self) -> None:
        """Sort what came since the last time in among the rest."""
        fresh = self._bins[self._fresh_from : self._size]
        if len(fresh):
            keys = _keys(fresh).ravel()
            owners = np.repeat(np.arange(self._fresh_from, self._size), _BANDS)
            for old_keys, old_owners in self._sorted:
                keys = np.concatenate((old_keys, keys))
                owners = np.concatenate((old_owners, owners))
            order = np.argsort(keys, kind="stable")
            self._sorted = [(keys[order], owners[order])]
        self._fresh, self._fresh_from = {}, self._size

    def _meeting(self, keys: Words) -> Iterator[Ids]:
        for known, owners in self._sorted:
            left = np.searchsorted(known, keys, "left")
            right = np.searchsorted(known, keys, "right")
            for start, end in zip(left.tolist(), right.tolist(), strict=True):
                if 0 < end - start <= self._many:
                    yield owners[start:end]
        if self._fresh:
            found = [number for key in keys.tolist() for number in self._fresh.get(key, ())]
            yield np.array(found, dtype=np.int64)

    def _likeness(self, one: Bins, other: Bins) -> npt.NDArray[np.float64]:
        """The share of bins alike among those that are not everybody's on both sides."""
        alike = one == other
        common = self._known[_slots(one)] > self._everybodys
        common &= self._known[_slots(other)] > self._everybodys
        counted = _BINS - np.count_nonzero(common, axis=1)
        shared = np.count_nonzero(alike & ~common, axis=1)
        enough = counted >= 8
        return np.where(enough, shared / np.maximum(counted, 1), 0.0)


def _keys(minima: Bins) -> Words:
    """One key for each band of three bins; for one paper or a table of them."""
    wide = minima[..., : _BANDS * _ROWS].astype(np.uint64)
    one, two, three = wide[..., 0::3], wide[..., 1::3], wide[..., 2::3]
    keys = (one * _ONE) ^ (two * _TWO + (three << np.uint64(17))) ^ (three * _THREE)
    keys += np.arange(_BANDS, dtype=np.uint64) * _THREE
    mixed: Words = keys ^ (keys >> np.uint64(31))
    return mixed


def _slots(minima: Bins) -> Ids:
    """Where the count of papers that hold each minimum is kept."""
    mixed = minima * np.uint32(0x85EBCA6B) + np.arange(_BINS, dtype=np.uint32) * np.uint32(40503)
    return (mixed >> np.uint32(10)).astype(np.int64)


def _meetings(keys: Words, owners: Ids, papers: int, many: int) -> Ids:
    """Every two owners of one key as one · papers + other; keys of more than `many` owners are left out."""
    size = np.int64(papers)
    starts = np.flatnonzero(np.concatenate(([True], keys[1:] != keys[:-1])))
    lengths = np.diff(np.concatenate((starts, [len(keys)])))
    found: list[Ids] = []
    for length in np.unique(lengths[(lengths > 1) & (lengths <= many)]).tolist():
        rows = owners[starts[lengths == length][:, None] + np.arange(length)]
        left, right = np.triu_indices(length, 1)
        one, other = rows[:, left].ravel(), rows[:, right].ravel()
        low, high = np.minimum(one, other), np.maximum(one, other)
        found.append(np.unique((low * size + high)[low != high]))
    return np.unique(np.concatenate(found)) if found else np.empty(0, dtype=np.int64)
