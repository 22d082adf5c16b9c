"""Ledgers out: the columns of the ledger, then every field that can be imported, ready to come in again.

What is written here and what `matters_in` compares a row with are the same values, so that a file that was
exported and not touched changes nothing when it is imported.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import BinaryIO

from django.db.models import QuerySet

from bihuan.exchange import workbook
from bihuan.exchange.values import BadValue, read_people
from bihuan.exchange.workbook import SheetOut
from bihuan.loop.forms import as_choice
from bihuan.loop.spec import Field, Institution, Value
from bihuan.matters import house
from bihuan.matters.models import Matter
from bihuan.matters.queries import light
from bihuan.people.models import Body, Congress

NUMBER, DEPUTIES, LEADS, COS = "old_number", "deputies", "lead_bodies", "co_bodies"
"""Fields of a booked row that a matter under way keeps elsewhere: as number, proposers and shares."""

STANDS_FOR = {"number": NUMBER, "proposers": DEPUTIES, "lead": LEADS, "co": COS}
"""Built-in ledger column → the field an import reads from it."""

BUILT_IN = {
    "number": "编号",
    "title": "标题",
    "proposers": "提出人",
    "lead": "主办单位",
    "co": "会办单位",
    "persons": "责任人",
    "state": "当前环节",
    "days_left": "剩余天数",
    "due": "最近一个到期日",
    "children": "下设件数",
    "parent": "上级事项",
    "round": "轮次",
}
RAISED_ON, RAISED_TITLE = "raised_on", "提出日期"
REF, REF_TITLE = "ref", "系统号"
"""The matter's key here, by which an exported row is known again where number and title are not enough."""

UNREADABLE_KINDS = ("assignments", "commitments", "files", "matter")
WIDE = 42.0
CHUNK = 500

Names = dict[str, str]
"""Body's key → its name."""


def importable(institution: Institution) -> tuple[Field, ...]:
    """The fields a row of a sheet may fill, in the order declared. Empty without an [import]."""
    if institution.imports is None:
        return ()
    fields = institution.fields_of(institution.imports.act)
    return tuple(one for one in fields if one.kind not in UNREADABLE_KINDS)


def names_of(congress: Congress) -> Names:
    """The bodies' names by the key that data keeps."""
    return {
        str(key): name
        for key, name in Body.objects.filter(congress=congress).values_list("pk", "name")
    }


def fetched(matters: QuerySet[Matter]) -> QuerySet[Matter]:
    """The same matters with what `value_of` looks at: three queries for any number of rows."""
    return matters.select_related("parent").prefetch_related("assignments__body", "proposers")


def value_of(matter: Matter, field: Field, names: Names) -> Value:
    """A matter's value for an importable field, wherever it is kept."""
    if field.name == NUMBER:
        return matter.number
    if field.name in ("title", "text"):
        return str(getattr(matter, field.name))
    if field.name == DEPUTIES:
        return _deputies(matter)
    if field.name in (LEADS, COS):
        return _bodies(matter, field.name)
    return named(field, matter.facts.get(field.name), names)


def named(field: Field, kept: Value, names: Names) -> Value:
    """A value as it is written in a sheet: bodies by their names, where data keeps their keys."""
    if field.kind == "bodies" and isinstance(kept, list):
        return [names.get(str(one), str(one)) for one in kept]
    return names.get(str(kept), str(kept)) if field.kind == "body" and kept else kept


def _deputies(matter: Matter) -> str:
    """As booked (张某等12人) where that still names everyone, else the proposers' names."""
    names = tuple(one.name for one in matter.proposers.all())
    written = str(matter.facts.get(DEPUTIES, ""))
    try:
        people = read_people(written)
    except BadValue:
        people = None
    return written if people and people.names == names else "、".join(names) or written


def _bodies(matter: Matter, name: str) -> list[Value]:
    kinds = ("co",) if name == COS else ("lead", "separate")
    live = [one for one in matter.assignments.all() if one.phase != "void"]
    held: list[Value] = [one.body.name for one in live if one.kind in kinds]
    kept = matter.facts.get(name)
    booked: list[Value] = kept if isinstance(kept, list) else []
    return held if live else booked


def export(
    congress: Congress,
    key: str,
    target: Path | BinaryIO,
    today: date,
    *,
    matters: QuerySet[Matter] | None = None,
    hidden: frozenset[str] = frozenset(),
    as_csv: bool | None = None,
) -> int:
    """Write the ledger of one institution as .xlsx or .csv; returns how many rows were written.

    `matters` narrows the rows (what a user may see), `hidden` leaves out fields. Raises KeyError for an
    unknown institution and `workbook.Unwritable` for what Excel cannot hold.
    """
    institution = house.institution(key)
    chosen = matters if matters is not None else Matter.objects.filter(congress=congress)
    chosen = fetched(chosen.filter(institution=key).order_by("pk"))
    columns = _columns(institution, names_of(congress), today, hidden)
    header = [title for title, _, _ in columns]
    rows = _rows(chosen.iterator(chunk_size=CHUNK), [read for _, _, read in columns])
    widths = [width for _, width, _ in columns]
    return write(target, institution.title, header, rows, widths, as_csv)


def write(
    target: Path | BinaryIO,
    title: str,
    header: list[str],
    rows: Iterable[list[workbook.Value]],
    widths: list[float],
    as_csv: bool | None = None,
) -> int:
    """One table as .csv (asked for, or by the file's ending) or as .xlsx."""
    if as_csv is None:
        as_csv = isinstance(target, Path) and target.suffix.lower() == ".csv"
    if not as_csv:
        return workbook.write(target, [SheetOut(title, header, rows, widths)])
    if not isinstance(target, Path):
        return workbook.write_csv(target, header, rows)
    with target.open("wb") as file:
        return workbook.write_csv(file, header, rows)


Column = tuple[str, float, Callable[[Matter], workbook.Value]]
"""Header, width, and what a matter has there."""


def _columns(
    institution: Institution, names: Names, today: date, hidden: frozenset[str]
) -> list[Column]:
    fields = {one.name: one for one in importable(institution)}
    chosen: dict[str, Column] = {}
    for column in institution.columns:
        name = STANDS_FOR.get(column.name, column.name)
        width = WIDE if column.wide else workbook.DEFAULT_WIDTH
        field = fields.get(name) or institution.field(name)
        if field is not None:
            chosen[name] = (field.title, width, _of_field(field, names, institution))
        else:
            title = column.title or BUILT_IN.get(column.name, column.name)
            chosen[name] = (title, width, _built_in(column.name, institution, today))
    chosen[RAISED_ON] = (RAISED_TITLE, workbook.DEFAULT_WIDTH, lambda matter: matter.raised_on)
    for field in fields.values():
        width = WIDE if field.kind == "longtext" else workbook.DEFAULT_WIDTH
        chosen.setdefault(field.name, (field.title, width, _of_field(field, names, institution)))
    chosen[REF] = (REF_TITLE, workbook.DEFAULT_WIDTH, lambda matter: str(matter.pk))
    return [column for name, column in chosen.items() if name not in hidden]


def _of_field(
    field: Field, names: Names, institution: Institution
) -> Callable[[Matter], workbook.Value]:
    titles = _titles(field, institution) if field.kind == "choice" else {}

    def read(matter: Matter) -> workbook.Value:
        value = value_of(matter, field, names)
        return titles.get(str(value), _shown(value, field.kind))

    return read


def _titles(field: Field, institution: Institution) -> dict[str, str]:
    """Id → the word to print, over every list the choices ever came from."""
    lists = [p.value for p in institution.params if p.name == field.choices_param]
    listed = [as_choice(row) for rows in lists if isinstance(rows, list) for row in rows]
    return {one.id: one.said for one in (*field.choices, *listed)}


def _shown(value: Value, kind: str) -> workbook.Value:
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list):
        return "、".join(str(one) for one in value)
    if kind == "date" and value:
        return date.fromisoformat(str(value))
    return value if isinstance(value, str | int | float | date) else ""


def _built_in(
    name: str, institution: Institution, today: date
) -> Callable[[Matter], workbook.Value]:
    titles = {state.id: state.title for state in institution.states}
    readers: dict[str, Callable[[Matter], workbook.Value]] = {
        "number": lambda matter: matter.number,
        "proposers": _deputies,
        "lead": lambda matter: _shown(_bodies(matter, LEADS), "bodies"),
        "co": lambda matter: _shown(_bodies(matter, COS), "bodies"),
        "persons": _persons,
        "state": lambda matter: titles.get(matter.state, matter.state),
        "days_left": lambda matter: light(matter, today).days_left,
        "due": lambda matter: matter.due_on,
        "children": lambda matter: matter.children.count(),
        "parent": lambda matter: str(matter.parent) if matter.parent else "",
        "round": lambda matter: matter.round,
    }
    return readers.get(name, lambda matter: _shown(matter.facts.get(name), "text"))


def _persons(matter: Matter) -> str:
    live = [one.person_name for one in matter.assignments.all() if one.phase != "void"]
    return "、".join(dict.fromkeys(live))


def _rows(
    matters: Iterator[Matter], readers: list[Callable[[Matter], workbook.Value]]
) -> Iterator[list[workbook.Value]]:
    for matter in matters:
        yield [read(matter) for read in readers]
