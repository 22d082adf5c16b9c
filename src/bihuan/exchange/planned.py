"""One row of a ledger on its way in, and the words by which it is told and compared."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from typing import Any

from bihuan.exchange.report import Rejected
from bihuan.exchange.spool import Spool
from bihuan.exchange.values import read_people
from bihuan.loop.spec import Value

Key = tuple[str, ...]


@dataclass
class Planned:
    """One good row: what it says, when, the matter it means (None: a new one), and what checks say of it."""

    row: int
    sheet: str
    data: dict[str, Value]
    deputies: tuple[str, ...] = ()
    raised_on: date | None = None
    day: date | None = None
    key: Key = ()
    ref: int | None = None
    matter: int | None = None
    seen: int = 0
    headers: Mapping[str, str] = field(default_factory=dict)
    shown: dict[str, str] = field(default_factory=dict)
    cautions: list[dict[str, Any]] = field(default_factory=list)


KEPT = tuple(one.name for one in fields(Planned) if one.name != "headers")


def spool() -> Spool[Planned]:
    """A list of rows, on disk; the headers, the same for every row of a table, are kept once."""
    headers: list[Mapping[str, str]] = []

    def flat(one: Planned) -> Any:
        if not headers or headers[-1] is not one.headers:
            headers.append(one.headers)
        return [one.__dict__[name] for name in KEPT], len(headers) - 1

    def made(kept: Any) -> Planned:
        values, table = kept
        return Planned(**dict(zip(KEPT, values, strict=True)), headers=headers[table])

    return Spool(flat, made)


def rejected(one: Planned, name: str, reason: str) -> Rejected:
    """The row as the report of rejected rows tells it: at the column of the field `name` (empty: the whole
    row), with what stands there and why it will not do.
    """
    header = one.headers.get(name, "") if name else ""
    sheet = f"工作表“{one.sheet}”：" if one.sheet else ""
    return Rejected(one.row, header or name, one.shown.get(name, ""), f"{sheet}{reason}")


def where(one: Planned) -> str:
    """Sheet and row as a person finds them in the file."""
    return f"{f'工作表“{one.sheet}”' if one.sheet else ''}第 {one.row} 行"


def plain(words: str) -> str:
    """What is compared, never what is kept: half-width, small letters, no blanks."""
    return "".join(unicodedata.normalize("NFKC", words).split()).casefold()


def names_in(value: Value) -> tuple[str, ...]:
    """The people a cell names; nobody when it cannot be read as names."""
    people = read_people(str(value or ""))
    return people.names if people else ()


def form(value: Value) -> object:
    """What a value is compared by: 3.0 is 3, blanks and width of letters and order of a list do not count."""
    if isinstance(value, list):
        return sorted(plain(str(one)) for one in value)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return plain(str(value)) if value is not None else ""


def shown(value: Value) -> str:
    """A value as one line of at most 60 characters."""
    rows: Iterable[Value] = value if isinstance(value, list) else [value]
    return "、".join(str(row) for row in rows if row not in (None, ""))[:60]
