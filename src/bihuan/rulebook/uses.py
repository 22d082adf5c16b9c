"""What uses a rule: limits, windows, choices, checks, votes, rungs of the ladder, and code that asks by name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from functools import cache
from pathlib import Path
from typing import Any

from bihuan.loop.portions import portion_of
from bihuan.loop.spec import Institution

PARTS = {
    "states": "环节时限",
    "acts": "动作",
    "fields": "填写项",
    "checks": "检查",
    "ballots": "表决",
    "rungs": "督办阶梯",
    "indicators": "指标",
}
"""The lists of an institution whose entries may name a param or a law, and what an entry of each is called."""
BY_CODE = "程序"
PACKAGE = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Use:
    """One place that goes by a rule: what kind of place, and its title."""

    kind: str
    title: str


def uses(one: Institution) -> dict[str, list[Use]]:
    """Each param of the institution, by name, with everything that goes by it; those that nothing uses have none."""
    names = dict.fromkeys(param.name for param in one.params)
    found: dict[str, list[Use]] = {name: [] for name in names}
    for use, words in _entries(one):
        for name in words & found.keys():
            found[name].append(use)
    for param in one.params:
        portion = portion_of(param.value)
        if portion and portion.of in found:
            found[portion.of].append(Use("参数", param.title))
    for name, own in found.items():
        if not own and any(f'"{name}"' in code for code in (_code(one.folder), _house_code())):
            own.append(Use(BY_CODE, one.title))
    return {name: list(dict.fromkeys(own)) for name, own in found.items()}


def cited(one: Institution) -> set[str]:
    """The keys of all laws that something in the institution rests on."""
    words = {word for _, said in _entries(one) for word in said}
    return words | {param.cite for param in one.params}


def _entries(one: Institution) -> Iterator[tuple[Use, set[str]]]:
    for part, kind in PARTS.items():
        for entry in getattr(one, part):
            title = getattr(entry, "title", "") or getattr(entry, "name", "")
            yield Use(kind, title), {word.lstrip("$") for word in _words(entry)}


def _words(value: Any) -> Iterator[str]:
    """Every text inside a declaration, however deep."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        yield from _of_all(value.values())
    elif isinstance(value, list | tuple):
        yield from _of_all(value)
    elif is_dataclass(value):
        yield from _of_all(getattr(value, each.name) for each in fields(value))


def _of_all(values: Iterable[Any]) -> Iterator[str]:
    for value in values:
        yield from _words(value)


@cache
def _code(folder: Path) -> str:
    """The institution's own Python text, which may ask for a param by name."""
    return _text(folder.glob("**/*.py"))


@cache
def _house_code() -> str:
    """The house's, read once for all institutions."""
    return _text(file for file in PACKAGE.glob("**/*.py") if "institutions" not in file.parts)


def _text(files: Iterable[Path]) -> str:
    return "\n".join(file.read_text(encoding="utf-8") for file in files)
