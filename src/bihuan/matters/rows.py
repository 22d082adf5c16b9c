"""Rows of an act read and written by plain SQL, for both databases: the one place where speed is bought.

An act touches some ten rows, always by the same few statements; what the ORM adds to each of them (building the
query anew each time) costs several times the statement itself. The statements here are made once from the models,
so that the tables are described in one place only, and what comes back are the models' own objects.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Any, TypeVar

from django.db import connection
from django.db.models import DateTimeField, Field, JSONField, Model

Row = TypeVar("Row", bound=Model)
Convert = Callable[[Any], Any]

_encode = json.JSONEncoder().encode


def select(model: type[Row], where: str, values: Sequence[Any], tail: str = "") -> list[Row]:
    """The rows of a table that meet a condition (`%s` for each of `values`), in the order `tail` says."""
    names = columns(model)
    found = asked(f"{_selecting(model)} WHERE {where} {tail}", values)
    readers = _readers(model, connection.vendor)
    return [model.from_db("default", names, _read(values, readers)) for values in found]


def asked(sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    """What the database answers to a question."""
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        found: list[tuple[Any, ...]] = cursor.fetchall()
        return found


def insert(row: Model, *, key: int | None = None) -> None:
    """Write a new row; it gets its key from the database unless one is given (`next_keys`)."""
    model = type(row)
    if key is not None:
        row.pk = key
    keyed = row.pk is not None
    sql = _inserting(model, keyed)
    values = dumped(row, columns(model) if keyed else columns(model)[1:])
    if keyed:
        done(sql, values)
    else:
        row.pk = asked(f"{sql} RETURNING id", values)[0][0]
    stands(row)


def insert_many(model: type[Model], new: Sequence[Model]) -> None:
    """Write many new rows: those with keys keep them, the others get theirs from the database (not told)."""
    names = columns(model) if new and new[0].pk is not None else columns(model)[1:]
    copy(model._meta.db_table, names, (dumped(row, names) for row in new))


def copy(table: str, names: Sequence[str], values: Iterable[Sequence[Any]]) -> None:
    """Write many rows of a table, the values as its database takes them."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table} ({_listed(names)}) FROM STDIN") as stream:
                for row in values:
                    stream.write_row(row)
            return
        marks = ", ".join(["%s"] * len(names))
        sql = f"INSERT INTO {table} ({_listed(names)}) VALUES ({marks})"
        cursor.executemany(sql, list(values))


def stands(row: Model) -> None:
    """Mark an object as what is in the table now."""
    row._state.adding, row._state.db = False, "default"


def update(row: Model, names: tuple[str, ...], also: str = "", values: Sequence[Any] = ()) -> int:
    """Write these columns of a row, if it also meets a condition; returns how many rows were written."""
    sql = _updating(type(row), names)
    more = f" AND {also}" if also else ""
    return done(sql + more, [*dumped(row, names), row.pk, *values])


def done(sql: str, values: Sequence[Any]) -> int:
    """Run a statement; returns how many rows it touched."""
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return int(cursor.rowcount)


def next_keys(model: type[Model], count: int) -> list[int]:
    """Keys that nobody else is given, for rows whose content depends on them (inside a transaction).

    SQLite counts on from the last key: the writer's lock is held, so nobody comes between.
    """
    table = model._meta.db_table
    if connection.vendor == "postgresql":
        sql = "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)"
        return [row[0] for row in asked(sql, [table, count])]
    found = asked("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
    first = found[0][0] + 1 if found else 1
    return list(range(first, first + count))


@cache
def columns(model: type[Model]) -> tuple[str, ...]:
    """The columns of a table, the key first."""
    return tuple(field.attname for field in model._meta.concrete_fields)


def dumped(row: Model, names: Iterable[str]) -> list[Any]:
    """These columns of an object as the database takes them."""
    writers = _writers(type(row), connection.vendor)
    kept = row.__dict__
    return [
        writers[name](kept[name]) if name in writers and kept[name] is not None else kept[name]
        for name in names
    ]


# Statements and conversions, made once


@cache
def _selecting(model: type[Model]) -> str:
    return f"SELECT {_listed(columns(model))} FROM {model._meta.db_table}"


@cache
def _inserting(model: type[Model], keyed: bool) -> str:
    names = columns(model) if keyed else columns(model)[1:]
    marks = ", ".join(["%s"] * len(names))
    return f"INSERT INTO {model._meta.db_table} ({_listed(names)}) VALUES ({marks})"


@cache
def _updating(model: type[Model], names: tuple[str, ...]) -> str:
    sets = ", ".join(f'"{name}" = %s' for name in names)
    return f"UPDATE {model._meta.db_table} SET {sets} WHERE id = %s"


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)


@cache
def _readers(model: type[Model], vendor: str) -> tuple[tuple[int, Convert], ...]:
    """Where and how a column is not yet what the object keeps. SQLite's driver reads days and booleans itself."""
    return tuple(
        (place, convert)
        for place, field in enumerate(model._meta.concrete_fields)
        if (convert := _reader(field, vendor)) is not None
    )


def _reader(field: Field[Any, Any], vendor: str) -> Convert | None:
    if isinstance(field, JSONField):
        return json.loads
    if isinstance(field, DateTimeField) and vendor == "sqlite":
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
def _writers(model: type[Model], vendor: str) -> dict[str, Convert]:
    return {
        field.attname: convert
        for field in model._meta.concrete_fields
        if (convert := _writer(field, vendor)) is not None
    }


def _writer(field: Field[Any, Any], vendor: str) -> Convert | None:
    if isinstance(field, JSONField):
        return _encode
    if isinstance(field, DateTimeField) and vendor == "sqlite":
        return _as_sqlite_keeps
    return None


def _as_sqlite_keeps(at: datetime) -> str:
    return str(at.astimezone(UTC).replace(tzinfo=None))
