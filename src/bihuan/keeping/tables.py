"""Every row as a line of JSON, read in one moment, and back into an empty database of either kind.

The rows are read and written by the tables as the migrations then applied describe them, not as the program
now does: a backup can be taken before an upgrade, and one from before it can be restored after it.
"""

from __future__ import annotations

import copy
import json
from base64 import b64encode
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.core.management.color import no_style
from django.db import DEFAULT_DB_ALIAS, DatabaseError, connection, connections, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.models import Model
from django.utils.duration import duration_iso_string
from psycopg import IsolationLevel

from bihuan.matters import search

NOT_KEPT = {"sessions", "contenttypes", "auth"}
"""Who is signed in just now is nobody's to restore; the other two follow from the program itself."""
MOMENT = "moment"
READ, WRITTEN = 2_000, 500

Node = tuple[str, str]
Table = dict[str, Any]


class CannotKeep(Exception):
    """A backup cannot be made or restored; the text is a Chinese sentence that says why and what to do."""


@contextmanager
def moment() -> Iterator[str]:
    """The alias of a connection that sees one moment of the database, while others go on writing.

    SQLite: a read transaction beside the write-ahead log. PostgreSQL: one REPEATABLE READ snapshot.
    """
    given = copy.deepcopy(connection.settings_dict)
    if connection.vendor == "sqlite":
        given["OPTIONS"]["transaction_mode"] = "DEFERRED"
    else:
        given["OPTIONS"]["isolation_level"] = IsolationLevel.REPEATABLE_READ
    connections.settings[MOMENT] = given
    try:
        with transaction.atomic(using=MOMENT):
            yield MOMENT
    finally:
        connections[MOMENT].close()
        del connections[MOMENT]
        del connections.settings[MOMENT]


def write(alias: str, folder: Path) -> tuple[list[Node], dict[str, Table]]:
    """Write every table to `<folder>/<label>.jsonl`; returns the migrations applied and what each file holds."""
    applied = _applied(alias)
    tables = {
        model._meta.label_lower: _write(model, alias, folder)
        for model in _models(MigrationLoader(connections[alias]), applied)
    }
    return applied, tables


def _applied(alias: str) -> list[Node]:
    """What is applied; the first thing read, so that the moment begins here."""
    loader = MigrationLoader(connections[alias])
    applied = sorted(loader.applied_migrations)
    _known(loader, applied)
    return applied


def _known(loader: MigrationLoader, nodes: Iterable[Node]) -> None:
    unknown = [".".join(node) for node in nodes if node not in loader.graph.nodes]
    if unknown:
        raise CannotKeep(
            f"数据来自比本程序更新的版本（本程序不认识 {unknown[0]}），请先把程序升级到那个版本"
        )


def _last(loader: MigrationLoader, applied: list[Node]) -> list[Node]:
    """The last applied of each app: what to migrate to."""
    inner = {
        parent.key
        for node in applied
        for parent in loader.graph.node_map[node].parents
        if parent.key[0] == node[0]
    }
    return [node for node in applied if node not in inner]


def _models(loader: MigrationLoader, nodes: list[Node]) -> list[type[Model]]:
    found = loader.project_state(nodes).apps.get_models(include_auto_created=True)
    kept = [
        model
        for model in found
        if model._meta.managed
        and not model._meta.proxy
        and not model._meta.swapped
        and model._meta.app_label not in NOT_KEPT
    ]
    return sorted(kept, key=lambda model: model._meta.label_lower)


def _write(model: type[Model], alias: str, folder: Path) -> Table:
    names = [field.attname for field in model._meta.concrete_fields]
    rows = model._base_manager.using(alias).order_by("pk").values_list(*names)
    count = 0
    with (folder / f"{model._meta.label_lower}.jsonl").open("w", encoding="utf-8") as file:
        for row in rows.iterator(READ):
            file.write(json.dumps(row, default=_plain, ensure_ascii=False, separators=(",", ":")))
            file.write("\n")
            count += 1
    return {"fields": names, "rows": count}


def _plain(value: Any) -> str:
    """A value that JSON has no word for, as the field that holds it reads it back."""
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return duration_iso_string(value)
    if isinstance(value, bytes | memoryview):
        return b64encode(bytes(value)).decode()
    if isinstance(value, Decimal | UUID):
        return str(value)
    raise TypeError(f"cannot keep {type(value).__name__}")


# Back


def read(folder: Path, applied: list[Node], tables: Mapping[str, Table]) -> None:
    """Build the default database from an empty one: the tables as they were, their rows, then to this version.

    Raises CannotKeep when the rows do not fit. PostgreSQL: call it inside a transaction.
    """
    executor = MigrationExecutor(connection)
    _known(executor.loader, applied)
    executor.migrate(_last(executor.loader, applied))
    models = {one._meta.label_lower: one for one in _models(executor.loader, applied)}
    strange = sorted(set(tables) - set(models))
    if strange:
        raise CannotKeep(f"备份里有本程序没有的表“{strange[0]}”，没有恢复")
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":  # migrations leave the references checked at once
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        for label, table in tables.items():
            _fill(models[label], folder / f"{label}.jsonl", table)
        _counters(models.values())
        _hold_together()
    call_command("migrate", interactive=False, verbosity=0)
    search.reindex()


def _fill(model: type[Model], file: Path, table: Table) -> None:
    if model._base_manager.exists():
        model._base_manager.all()._raw_delete(DEFAULT_DB_ALIAS)
    count = 0
    try:
        with file.open(encoding="utf-8") as lines:
            rows = (_row(model, table["fields"], json.loads(line)) for line in lines)
            while batch := list(islice(rows, WRITTEN)):
                model._base_manager.bulk_create(batch)
                count += len(batch)
    except (DatabaseError, ValueError, TypeError, LookupError, ValidationError) as error:
        where = f"{model._meta.label_lower} 第 {count + 1} 行起"
        raise CannotKeep(f"备份里的表放不进数据库（{where}）：{error}") from None
    if count != table["rows"]:
        raise CannotKeep(
            f"备份里的表 {model._meta.label_lower} 应有 {table['rows']} 行，只有 {count} 行"
        )


def _row(model: type[Model], names: list[str], values: list[Any]) -> Model:
    fields = {field.attname: field for field in model._meta.concrete_fields}
    read = {name: fields[name].to_python(v) for name, v in zip(names, values, strict=True)}
    return model(**read)


def _counters(models: Iterable[type[Model]]) -> None:
    """PostgreSQL counts keys apart from the rows: the next key is to come after the last one restored."""
    statements = connection.ops.sequence_reset_sql(no_style(), list(models))
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def _hold_together() -> None:
    try:
        connection.check_constraints()
    except DatabaseError as error:
        raise CannotKeep(f"备份里的数据彼此对不上，没有恢复：{error}") from None


def drop_all() -> None:
    """Take away every table of this program, inside a transaction (PostgreSQL)."""
    from django.apps import apps

    own = {config.label for config in apps.get_app_configs()}
    found = [
        name
        for name in connection.introspection.table_names()
        if name == "django_migrations"
        or any(name.startswith(f"{label}_") for label in own)
        or name == search.TABLE
        or name.startswith("django_")
    ]
    with connection.cursor() as cursor:
        for name in found:
            cursor.execute(f"DROP TABLE IF EXISTS {connection.ops.quote_name(name)} CASCADE")
