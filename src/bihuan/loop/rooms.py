"""Institutions that are more than a loop: a folder with an `__init__.py` is a Python package as well.

Wherever such a folder lies, it is imported as `bihuan.institutions.<key>`. The house finds it by its place and
asks for its parts by name (`screens`, `calendars`, `demo`); it names no institution anywhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType

PACKAGE = "bihuan.institutions"


def packages(folders: Iterable[Path]) -> list[str]:
    """The packages under these folders by dotted name, and importable from now on. Each is a Django app."""
    found = []
    for folder in folders:
        own = sorted(path.parent.name for path in folder.glob("[!_.]*/__init__.py"))
        if own:
            _reach(folder)
        found += [f"{PACKAGE}.{key}" for key in own]
    return found


def _reach(folder: Path) -> None:
    """Let Python look for `bihuan.institutions.<key>` in this folder too."""
    path = import_module(PACKAGE).__path__
    if str(folder) not in path:
        path.append(str(folder))


def parts(names: Iterable[str], part: str) -> Iterator[tuple[str, ModuleType]]:
    """(key, module) of every package that has this part. What is wrong inside a part is raised, not passed over."""
    for name in names:
        if find_spec(f"{name}.{part}"):
            yield name.rpartition(".")[2], import_module(f"{name}.{part}")
