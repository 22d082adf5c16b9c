"""An institution's words in English, from the `en.toml` beside its declaration: for screens, never for the record.

The file is optional and so is every key in it; what it does not say stays Chinese. Its tables are `states`,
`acts`, `fields`, `indicators`, `params`, `columns`, `ballots`, `checks` and `rungs` (id → title), the same with
`_help` (id → help), `rungs_why` (id → sentence), and `choices.<field>` (value → title). A key that names nothing
declared is a fault.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

from bihuan.loop.forms import as_choice
from bihuan.loop.spec import Choice, Field, Institution, Param

ENGLISH = "en.toml"
PLAIN = ("title", "label", "group", "summary")
TITLES = (
    "states",
    "acts",
    "fields",
    "indicators",
    "params",
    "columns",
    "ballots",
    "checks",
    "rungs",
)
HELPS = (
    "states_help",
    "acts_help",
    "fields_help",
    "indicators_help",
    "ballots_help",
    "checks_help",
    "rungs_help",
    "rungs_why",
)
Table = Mapping[str, str]


class Unreadable(ValueError):
    """The file is there and cannot be read; the sentence says why."""


@dataclass(frozen=True)
class Words:
    """What one `en.toml` says: its plain keys, its tables, and the choices of each field."""

    plain: Table = field(default_factory=dict)
    tables: Mapping[str, Table] = field(default_factory=dict)
    choices: Mapping[str, Table] = field(default_factory=dict)

    def of(self, table: str, key: str, chinese: str) -> str:
        """The English of one key, else the Chinese."""
        return self.tables.get(table, {}).get(key) or chinese


@cache
def words(folder: Path) -> Words:
    """What the folder says in English; nothing where it has no `en.toml`. Raises Unreadable."""
    file = folder / ENGLISH
    if not file.exists():
        return Words()
    try:
        read: dict[str, Any] = tomllib.loads(file.read_text(encoding="utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise Unreadable(f"不是合法的 UTF-8 TOML：{error}") from None
    choices = read.pop("choices", {})
    if not isinstance(choices, dict):
        raise Unreadable("choices 应是一组表，写成 [choices.字段]")
    plain = {key: value for key, value in read.items() if not isinstance(value, dict)}
    tables = {key: value for key, value in read.items() if isinstance(value, dict)}
    said = [plain, *tables.values(), *choices.values()]
    if not all(isinstance(one, dict) and _all_words(one) for one in said):
        raise Unreadable("每个键的值都要是一句英文")
    return Words(plain, tables, choices)


def _all_words(table: Mapping[str, Any]) -> bool:
    return all(isinstance(value, str) for value in table.values())


def strange(institution: Institution) -> Iterator[tuple[str, str, str]]:
    """Keys of `en.toml` that name nothing declared: (key, what, remedy). Raises Unreadable."""
    said, known = words(institution.folder), _declared(institution)
    for key in said.plain:
        if key not in PLAIN:
            yield key, "没有这个键", f"可用：{'、'.join((*PLAIN, *TITLES, *HELPS, 'choices'))}"
    for name, table in said.tables.items():
        if name not in (*TITLES, *HELPS):
            yield name, "没有这组表", f"可用：{'、'.join((*TITLES, *HELPS, 'choices'))}"
            continue
        for key in table:
            if key not in known[name.removesuffix("_help").removesuffix("_why")]:
                yield f"{name}.{key}", "制度里没有声明", "请核对，或先在 institution.toml 里声明"
    for name, table in said.choices.items():
        values = _values(institution, name)
        for key in table:
            if key not in values:
                yield (
                    f"choices.{name}.{key}",
                    "没有这个选择项",
                    f"可用：{'、'.join(values) or '无'}",
                )


def missing(institution: Institution) -> list[str]:
    """The titles that `en.toml` does not say, by key: they stay Chinese on English screens."""
    said, known = words(institution.folder), _declared(institution)
    found = [
        f"{name}.{key}" for name in TITLES for key in known[name] if not said.of(name, key, "")
    ]
    for one in institution.fields:
        table = said.choices.get(one.name, {})
        found += [
            f"choices.{one.name}.{v}" for v in _values(institution, one.name) if v not in table
        ]
    return [name for name in ("title",) if name not in said.plain] + found


def _declared(one: Institution) -> dict[str, list[str]]:
    return {
        "states": [state.id for state in one.states],
        "acts": [act.id for act in one.acts],
        "fields": [each.name for each in one.fields],
        "indicators": [each.key for each in one.indicators],
        "params": list(dict.fromkeys(param.name for param in one.params)),
        "columns": [column.name for column in one.columns if column.title],
        "ballots": [ballot.id for ballot in one.ballots],
        "checks": [check.id for check in one.checks],
        "rungs": [rung.id for rung in one.rungs],
    }


def _values(one: Institution, name: str) -> list[str]:
    found = one.field(name)
    if found is None:
        return []
    rows = [param.value for param in one.params if param.name == found.choices_param]
    listed = [as_choice(row).id for value in rows if isinstance(value, list) for row in value]
    return list(dict.fromkeys([choice.id for choice in found.choices] + listed))


def in_english(one: Institution) -> Institution:
    """The institution with its titles, helps and choices in English, and nothing to count by. All else as declared."""
    said = words(one.folder)
    plain: dict[str, Any] = {name: said.plain[name] for name in PLAIN if name in said.plain}
    return replace(
        one,
        **plain,
        count_word="",
        states=_told(one.states, "states", "id", said),
        acts=_told(one.acts, "acts", "id", said),
        fields=tuple(_choosing(each, said) for each in _told(one.fields, "fields", "name", said)),
        indicators=_told(one.indicators, "indicators", "key", said),
        params=tuple(_listed(param, one, said) for param in one.params),
        columns=_told(one.columns, "columns", "name", said),
        ballots=_told(one.ballots, "ballots", "id", said),
        checks=_told(one.checks, "checks", "id", said),
        rungs=tuple(
            replace(rung, why=said.of("rungs_why", rung.id, rung.why))
            for rung in _told(one.rungs, "rungs", "id", said)
        ),
    )


def _told(rows: Iterable[Any], table: str, name: str, said: Words) -> tuple[Any, ...]:
    return tuple(_one_told(row, table, str(getattr(row, name)), said) for row in rows)


def _one_told(row: Any, table: str, key: str, said: Words) -> Any:
    changed = {"title": said.of(table, key, row.title)}
    if getattr(row, "help", ""):
        changed["help"] = said.of(f"{table}_help", key, row.help)
    return replace(row, **changed)


def _choosing(one: Field, said: Words) -> Field:
    return replace(one, choices=tuple(named(choice, one.name, said) for choice in one.choices))


def named(choice: Choice, field_name: str, said: Words) -> Choice:
    """A choice of this field with its English title; its value stays what is stored."""
    title = said.choices.get(field_name, {}).get(choice.id)
    return replace(choice, title=title) if title else choice


def _listed(param: Param, one: Institution, said: Words) -> Param:
    """A param, and where it holds the choices of a field, those too."""
    titled = replace(param, title=said.of("params", param.name, param.title))
    asking = next((each.name for each in one.fields if each.choices_param == param.name), "")
    if not asking or not isinstance(param.value, list):
        return titled
    table = said.choices.get(asking, {})
    rows = [_row(row, table) for row in param.value]
    return replace(titled, value=rows)


def _row(row: Any, table: Table) -> Any:
    title = table.get(as_choice(row).id)
    if not title:
        return row
    return {**row, "title": title} if isinstance(row, dict) else {"id": str(row), "title": title}
