"""A list kept on disk: as many rows as a file may have, without holding them in memory."""

from __future__ import annotations

import os
import pickle
import tempfile
from array import array
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Generic, TypeVar, overload

Item = TypeVar("Item")


class Spool(Sequence[Item], Generic[Item]):
    """Added to at its end, read in any order. `flat` gives an item as plain values, `made` makes it again.

    What is kept is the process's own nameless file, gone with it.
    """

    def __init__(self, flat: Callable[[Item], Any], made: Callable[[Any], Item]) -> None:
        self._flat, self._made = flat, made
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 it lives as long as the list
        self._ends = array("Q", [0])
        self._clean = True

    def append(self, item: Item) -> None:
        """Add an item at the end."""
        kept = pickle.dumps(self._flat(item), pickle.HIGHEST_PROTOCOL)
        self._file.write(kept)
        self._ends.append(self._ends[-1] + len(kept))
        self._clean = False

    def __len__(self) -> int:
        return len(self._ends) - 1

    def __iter__(self) -> Iterator[Item]:
        return map(self._read, range(len(self)))

    @overload
    def __getitem__(self, place: int) -> Item: ...
    @overload
    def __getitem__(self, place: slice) -> list[Item]: ...
    def __getitem__(self, place: int | slice) -> Item | list[Item]:
        if isinstance(place, slice):
            return [self._read(one) for one in range(len(self))[place]]
        return self._read(range(len(self))[place])

    def _read(self, place: int) -> Item:
        if not self._clean:
            self._file.flush()
            self._clean = True
        begins, ends = self._ends[place], self._ends[place + 1]
        return self._made(pickle.loads(os.pread(self._file.fileno(), ends - begins, begins)))
