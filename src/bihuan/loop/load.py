"""Read an institution's folder into frozen tables. Every fault names file, key and remedy."""

from __future__ import annotations

import hashlib
import tomllib
import types
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, fields, is_dataclass
from datetime import date
from pathlib import Path
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from bihuan.loop.forms import as_choice
from bihuan.loop.spec import (
    Act,
    Asks,
    Ballot,
    Check,
    Choice,
    Column,
    Field,
    Import,
    Indicator,
    Institution,
    Law,
    Outcome,
    Param,
    Post,
    Rung,
    State,
)

DECLARATION = "institution.toml"


@dataclass(frozen=True)
class Fault:
    """Something wrong in a declaration: where, what, and how to mend it."""

    id: str
    file: Path
    key: str
    what: str
    hint: str

    def __str__(self) -> str:
        return f"[{self.id}] {self.file} · {self.key}：{self.what}。{self.hint}"


class Faulty(ValueError):
    """A declaration cannot be used; `faults` says all that is wrong with it."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__("\n".join(str(fault) for fault in faults))
        self.faults = faults


LISTS: dict[str, type] = {
    "law": Law,
    "params": Param,
    "states": State,
    "acts": Act,
    "fields": Field,
    "indicators": Indicator,
    "columns": Column,
    "ballots": Ballot,
    "posts": Post,
    "rungs": Rung,
    "checks": Check,
}

RENAMED = {"from": "from_states", "act": "acts", "import": "imports", "pass": "passes"}
"""Words that read well in TOML but are taken in Python, or are the singular of a list."""


def load(folder: Path) -> Institution:
    """Read `<folder>/institution.toml`. The folder's name is the institution's key.

    Raises Faulty when the file is missing, is not TOML, has unknown or missing keys or wrong kinds of values.
    """
    file = folder / DECLARATION
    return _Reader(file).institution(_tables(file))


def load_all(folders: list[Path]) -> dict[str, Institution]:
    """Every institution found under these folders, by key, in menu order. Raises Faulty with all faults."""
    found, faults = [], []
    for folder in _found(folders):
        faults += _unreachable(folder)
        try:
            found.append(load(folder))
        except Faulty as faulty:
            faults += faulty.faults
    faults += _doubled(found)
    if faults:
        raise Faulty(faults)
    return {one.key: one for one in sorted(found, key=lambda one: (one.order, one.key))}


def _found(folders: list[Path]) -> list[Path]:
    return sorted(
        path
        for folder in folders
        if folder.is_dir()
        for path in folder.iterdir()
        if path.is_dir() and not path.name.startswith(("_", "."))
    )


def _unreachable(folder: Path) -> list[Fault]:
    """Models and screens that nobody would ever find, for want of an `__init__.py` beside them."""
    if (folder / "__init__.py").exists():
        return []
    return [
        Fault(
            "L009", folder / name, "-", "没有 __init__.py，程序找不到它", "请补一个空的 __init__.py"
        )
        for name in ("models.py", "screens.py", "calendars.py", "demo.py")
        if (folder / name).exists()
    ]


def _doubled(found: list[Institution]) -> list[Fault]:
    keys = [one.key for one in found]
    return [
        Fault("L005", one.folder, "key", f"制度“{one.key}”有两个文件夹", "请给其中一个改名")
        for one in found
        if keys.count(one.key) > 1
    ]


def _tables(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise Faulty(
            [Fault("L001", file, "-", "文件不存在", "每个制度文件夹里要有 institution.toml")]
        ) from None
    except UnicodeDecodeError:
        raise Faulty([Fault("L002", file, "-", "不是 UTF-8 文本", "请另存为 UTF-8")]) from None
    except tomllib.TOMLDecodeError as error:
        raise Faulty(
            [Fault("L002", file, "-", f"不是合法的 TOML：{error}", "请按提示的行列改正")]
        ) from None


class _Reader:
    """Turns tables into dataclasses by their own type hints, so that no key is silently dropped."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.faults: list[Fault] = []

    def institution(self, tables: dict[str, Any]) -> Institution:
        lists = {
            name: tuple(self._rows(name, kind, tables.pop(name, [])))
            for name, kind in LISTS.items()
        }
        tables = {**tables, "key": self.file.parent.name, "folder": self.file.parent}
        tables["version"] = hashlib.sha256(self.file.read_bytes()).hexdigest()[:12]
        whole = self._make(Institution, {**tables, **lists}, "制度")
        if self.faults:
            raise Faulty(self.faults)
        assert isinstance(whole, Institution)
        return whole

    def _rows(self, name: str, kind: type, rows: Any) -> list[Any]:
        if not isinstance(rows, list):
            self._fault("L003", name, "应是一组表", f"写成 [[{name}]]")
            return []
        made = [
            self._make(kind, row, self._name(name, place, row)) for place, row in enumerate(rows)
        ]
        return [one for one in made if one is not None]

    def _name(self, name: str, place: int, row: Any) -> str:
        label = "id" if isinstance(row, dict) and "id" in row else "name"
        own = row.get(label) or row.get("key") if isinstance(row, dict) else None
        return f"{name}[{own or place}]"

    def _make(self, kind: type, row: Any, where: str) -> Any:
        if isinstance(row, kind):
            return row
        if not isinstance(row, dict):
            self._fault("L003", where, "应是一个表", "写成 { 键 = 值, … }")
            return None
        hints = get_type_hints(kind)
        values: dict[str, Any] = {}
        for key, value in row.items():
            name = RENAMED.get(key, key) if RENAMED.get(key, key) in hints else key
            if name not in hints:
                known = "、".join(sorted(hints))
                self._fault("L004", f"{where}.{key}", "没有这个键", f"可用的键：{known}")
                continue
            values[name] = self._value(hints[name], value, f"{where}.{key}")
        return self._build(kind, values, where)

    def _build(self, kind: type, values: dict[str, Any], where: str) -> Any:
        required = [
            f.name
            for f in fields(kind)
            if f.default is MISSING and f.default_factory is MISSING and f.name not in values
        ]
        for name in required:
            self._fault("L006", f"{where}.{name}", "缺少这个键", f"请补上 {name} = …")
        return None if required else kind(**values)

    def _value(self, hint: Any, value: Any, where: str) -> Any:
        special = SPECIAL.get(hint)
        if special:
            return special(value)
        origin, inner = get_origin(hint), get_args(hint)
        if origin is tuple:
            return self._tuple(inner[0], value, where)
        if origin in (Union, types.UnionType):
            return self._made_of(inner, value, where)
        if origin is Literal:
            return self._one_of(inner, value, where)
        return self._plain(hint, origin, value, where)

    def _tuple(self, inner: Any, value: Any, where: str) -> tuple[Any, ...]:
        if inner is Outcome and isinstance(value, str):
            return (Outcome(value),)
        rows = list(value) if isinstance(value, list | tuple) else [value]
        if is_dataclass(inner) and inner is not Choice:
            assert isinstance(inner, type)
            made = [self._make(inner, row, f"{where}[{n}]") for n, row in enumerate(rows)]
            return tuple(one for one in made if one is not None)
        return tuple(self._value(inner, row, where) for row in rows)

    def _made_of(self, inner: tuple[Any, ...], value: Any, where: str) -> Any:
        """A table that may be missing: `[import]`, `[asks]`."""
        table = next((kind for kind in (Import, Asks) if kind in inner), None)
        return self._make(table, value, where) if table else value

    def _one_of(self, allowed: tuple[Any, ...], value: Any, where: str) -> Any:
        if value not in allowed:
            words = "、".join(str(word) for word in allowed)
            self._fault("L007", where, f"不能是“{value}”", f"可以是：{words}")
        return value

    def _plain(self, hint: Any, origin: Any, value: Any, where: str) -> Any:
        expected = KINDS.get(hint) or (dict if origin in (dict, Mapping) else None)
        if expected and (not isinstance(value, expected) or _is_sly_bool(value, expected)):
            self._fault("L008", where, f"“{value}”不是{NAMES[expected]}", "请按类型改写")
        return value

    def _fault(self, id_: str, key: str, what: str, hint: str) -> None:
        self.faults.append(Fault(id_, self.file, key, what, hint))


def _is_sly_bool(value: Any, expected: type) -> bool:
    return expected is int and isinstance(value, bool)


SPECIAL: dict[Any, Callable[[Any], Any]] = {Choice: as_choice}
KINDS: dict[Any, type] = {str: str, int: int, bool: bool, date: date, Path: Path}
NAMES: dict[type, str] = {
    str: "文字",
    int: "整数",
    bool: "是否（true/false）",
    date: "日期（如 2020-01-01）",
    dict: "表",
    Path: "路径",
}
