"""Rows of an act read and written by plain SQL, for both databases: the one place where speed is bought.

An act touches some ten rows, always by the same few statements; what the ORM adds to each of them (building the
query anew each time) costs several times the statement itself. The statements here are made once from the models,
so that the tables are described in one place only, and what comes back are the models' own objects.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any, TypeVar

from django.db import connection
from django.db.models import DateTimeField, Field, JSONField, Model
from django.db.models.base import ModelState

Row = TypeVar("Row", bound=Model)
Convert = Callable[[Any], Any]
Found = tuple[Any, ...]

_encode = json.JSONEncoder().encode


@cache
def vendor() -> str:
    """Which database this is: `sqlite` or `postgresql`."""
    return connection.vendor


@dataclass(frozen=True)
class Statement:
    """SQL with `%s` for each value, and what is done with its answer (rows found, rows touched)."""

    sql: str
    values: Sequence[Any] = ()
    then: Callable[[list[Found], int], None] | None = None


def run(statements: Iterable[Statement]) -> None:
    """Run statements in order. PostgreSQL is told all of them at once and answers once; then each `then` is called.

    Nothing of it is between Django and the driver but the connection: no query log, no wrappers.
    """
    connection.ensure_connection()
    connection.validate_no_broken_transaction()
    with connection.wrap_database_errors:
        told = _TOLD[vendor()](connection.connection, list(statements))
    for statement, found, touched in told:
        if statement.then is not None:
            statement.then(found, touched)


def ask(*questions: Statement) -> list[list[Found]]:
    """What the database answers to each of these questions, asked at once."""
    answers: list[list[Found]] = []
    run(
        Statement(one.sql, one.values, lambda found, touched: answers.append(found))
        for one in questions
    )
    return answers


def asked(sql: str, values: Sequence[Any] = ()) -> list[Found]:
    """What the database answers to one question."""
    return ask(Statement(sql, values))[0]


def done(sql: str, values: Sequence[Any]) -> int:
    """Run a statement; returns how many rows it touched."""
    counts: list[int] = []
    run([Statement(sql, values, lambda found, touched: counts.append(touched))])
    return counts[0]


def _told_sqlite(
    raw: Any, statements: list[Statement]
) -> Iterator[tuple[Statement, list[Found], int]]:
    told = []
    for one in statements:
        cursor = raw.execute(_with_question_marks(one.sql), one.values)
        told.append((one, cursor.fetchall(), cursor.rowcount))
    return iter(told)


def _told_postgresql(
    raw: Any, statements: list[Statement]
) -> Iterator[tuple[Statement, list[Found], int]]:
    """Prepared on the server and sent as a pipeline; a single one needs none."""
    from psycopg import Cursor

    cursors = [Cursor(raw) for _ in statements]
    with raw.pipeline() if len(statements) > 1 else nullcontext():
        for cursor, one in zip(cursors, statements, strict=True):
            cursor.execute(one.sql, one.values, prepare=True)
    told = [
        (one, cursor.fetchall() if _answers(cursor) else [], cursor.rowcount)
        for cursor, one in zip(cursors, statements, strict=True)
    ]
    return iter(told)


def _answers(cursor: Any) -> bool:
    """Whether there are rows to fetch, even none (`description` would look up every column's name and type)."""
    return bool(cursor.pgresult.nfields)


_TOLD = {"sqlite": _told_sqlite, "postgresql": _told_postgresql}


@cache
def _with_question_marks(sql: str) -> str:
    return sql.replace("%s", "?")


# Reading


def selecting(model: type[Model], where: str, values: Sequence[Any], tail: str = "") -> Statement:
    """The question for the rows of a table that meet a condition, in the order `tail` says."""
    return Statement(_selecting(model, where, tail), values)


def made(model: type[Row], found: Iterable[Found]) -> list[Row]:
    """The objects of the rows that such a question found."""
    names, readers = columns(model), _readers(model, vendor())
    return [model.from_db("default", names, _read(values, readers)) for values in found]


def select(model: type[Row], where: str, values: Sequence[Any], tail: str = "") -> list[Row]:
    """The rows of a table that meet a condition."""
    return made(model, ask(selecting(model, where, values, tail))[0])


# Writing


def new(model: type[Row], **values: Any) -> Row:
    """A new object, its columns by name, the others as the model has them by default.

    The model's own way looks up a relation and a default for each name, which takes longer than the rest of an act.
    """
    row = model.__new__(model)
    row._state = ModelState()
    row.__dict__.update(
        (name, values[name] if name in values else default() if callable(default) else default)
        for name, default in _defaults(model)
    )
    return row


@cache
def _defaults(model: type[Model]) -> tuple[tuple[str, Any], ...]:
    return tuple((f.attname, _default(f)) for f in model._meta.concrete_fields)


def _default(field: Field[Any, Any]) -> Any:
    return field.default if field.has_default() else field.get_default()


def inserting(row: Model) -> Statement:
    """Writes a new row; where it has no key yet, it gets its key from the database."""
    model = type(row)
    keyed = row.pk is not None
    values = dumped(row, columns(model) if keyed else columns(model)[1:])

    def then(found: list[Found], touched: int) -> None:
        if not keyed:
            row.pk = found[0][0]
        row._state.adding, row._state.db = False, "default"

    return Statement(_inserting(model, keyed), values, then)


def updating(
    row: Model,
    names: tuple[str, ...],
    also: str = "",
    values: Sequence[Any] = (),
    then: Callable[[list[Found], int], None] | None = None,
) -> Statement:
    """Writes these columns of a row, if it also meets a condition."""
    return Statement(
        _updating(type(row), names, also), [*dumped(row, names), row.pk, *values], then
    )


def insert_many(model: type[Model], new: Sequence[Model]) -> None:
    """Write many new rows: those with keys keep them, the others get theirs from the database (not told)."""
    names = columns(model) if new and new[0].pk is not None else columns(model)[1:]
    copy(model._meta.db_table, names, (dumped(row, names) for row in new))


def copy(table: str, names: Sequence[str], values: Iterable[Sequence[Any]]) -> None:
    """Write many rows of a table, the values as its database takes them."""
    with connection.cursor() as cursor:
        if vendor() == "postgresql":
            with cursor.copy(f"COPY {table} ({_listed(names)}) FROM STDIN") as stream:
                for row in values:
                    stream.write_row(row)
            return
        marks = ", ".join(["%s"] * len(names))
        sql = f"INSERT INTO {table} ({_listed(names)}) VALUES ({marks})"
        cursor.executemany(sql, list(values))


def next_key(model: type[Model]) -> Statement:
    """The question for a key that nobody else is given, for a row whose content depends on it.

    SQLite counts on from the last key: the writer's lock is held, so nobody comes between.
    """
    return _next_keys(model, 1)


def next_keys(model: type[Model], count: int) -> list[int]:
    """So many of them (inside a transaction). SQLite names only the first: the others follow."""
    found = ask(_next_keys(model, count))[0]
    first = int(found[0][0])
    return [int(row[0]) for row in found] if len(found) > 1 else list(range(first, first + count))


def _next_keys(model: type[Model], count: int) -> Statement:
    table = model._meta.db_table
    if vendor() == "postgresql":
        sql = "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)"
        return Statement(sql, [table, count])
    sql = "SELECT coalesce((SELECT seq FROM sqlite_sequence WHERE name = %s), 0) + 1"
    return Statement(sql, [table])


@cache
def columns(model: type[Model]) -> tuple[str, ...]:
    """The columns of a table, the key first."""
    return tuple(field.attname for field in model._meta.concrete_fields)


def dumped(row: Model, names: Iterable[str]) -> list[Any]:
    """These columns of an object as the database takes them."""
    writers = _writers(type(row), vendor())
    kept = row.__dict__
    return [
        writers[name](kept[name]) if name in writers and kept[name] is not None else kept[name]
        for name in names
    ]


# Statements and conversions, made once


@cache
def _selecting(model: type[Model], where: str, tail: str) -> str:
    return f"SELECT {_listed(columns(model))} FROM {model._meta.db_table} WHERE {where} {tail}"


@cache
def _inserting(model: type[Model], keyed: bool) -> str:
    names = columns(model) if keyed else columns(model)[1:]
    marks = ", ".join(["%s"] * len(names))
    sql = f"INSERT INTO {model._meta.db_table} ({_listed(names)}) VALUES ({marks})"
    return sql if keyed else f"{sql} RETURNING id"


@cache
def _updating(model: type[Model], names: tuple[str, ...], also: str) -> str:
    sets = ", ".join(f'"{name}" = %s' for name in names)
    more = f" AND {also}" if also else ""
    return f"UPDATE {model._meta.db_table} SET {sets} WHERE id = %s{more}"


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)


@cache
def _readers(model: type[Model], database: str) -> tuple[tuple[int, Convert], ...]:
    """Where and how a column is not yet what the object keeps. SQLite's driver reads days and booleans itself."""
    return tuple(
        (place, convert)
        for place, field in enumerate(model._meta.concrete_fields)
        if (convert := _reader(field, database)) is not None
    )


def _reader(field: Field[Any, Any], database: str) -> Convert | None:
    if isinstance(field, JSONField):
        return json.loads
    if isinstance(field, DateTimeField) and database == "sqlite":
        return _in_utc
    return None


def _in_utc(naive: datetime) -> datetime:
    return naive.replace(tzinfo=UTC)


def _read(values: tuple[Any, ...], readers: Iterable[tuple[int, Convert]]) -> Sequence[Any]:
    read = list(values)
    for place, convert in readers:
        if read[place] is not None:
            read[place] = convert(read[place])
    return read


@cache
def _writers(model: type[Model], database: str) -> dict[str, Convert]:
    return {
        field.attname: convert
        for field in model._meta.concrete_fields
        if (convert := _writer(field, database)) is not None
    }


def _writer(field: Field[Any, Any], database: str) -> Convert | None:
    if isinstance(field, JSONField):
        return _encode
    if isinstance(field, DateTimeField) and database == "sqlite":
        return _as_sqlite_keeps
    return None


def _as_sqlite_keeps(at: datetime) -> str:
    return str(at.astimezone(UTC).replace(tzinfo=None))
