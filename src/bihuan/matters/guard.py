"""The database's own refusal to change what was recorded: triggers on acts, leaves and seals.

Installed by migration. A later migration that rebuilds one of these tables on SQLite loses its triggers
with it, and must call `install` again; `verify` says when they are missing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.db.backends.base.base import BaseDatabaseWrapper

TABLES = ("matters_act", "matters_leaf", "matters_seal")
VERBS = {"sqlite": ("UPDATE", "DELETE"), "postgresql": ("UPDATE", "DELETE", "TRUNCATE")}
"""PostgreSQL's TRUNCATE passes the triggers on rows by, and has one of its own; SQLite has no TRUNCATE."""
SAY = "append-only"
_EACH = {"TRUNCATE": "STATEMENT"}

_FUNCTION = f"""
CREATE OR REPLACE FUNCTION matters_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '{SAY}: %', TG_TABLE_NAME; END $$"""

_PRESENT = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE %s",
    "postgresql": "SELECT tgname FROM pg_trigger WHERE tgenabled <> 'D' AND tgname LIKE %s",
}


def install(connection: BaseDatabaseWrapper, tables: Sequence[str] = TABLES) -> None:
    """Refuse UPDATE, DELETE and TRUNCATE of recorded rows from now on. Harmless when already so.

    Another room that records for good names its own tables.
    """
    _execute(connection, *installing(connection.vendor, tables))


def remove(connection: BaseDatabaseWrapper, tables: Sequence[str] = TABLES) -> None:
    """Allow changes again: for taking the migration back."""
    _execute(connection, *removing(connection.vendor, tables))


def present(connection: BaseDatabaseWrapper, tables: Sequence[str] = TABLES) -> bool:
    """Whether every trigger is in place and switched on."""
    with connection.cursor() as cursor:
        cursor.execute(_PRESENT[connection.vendor], ["%append_only%"])
        found = {row[0] for row in cursor.fetchall()}
    return {name for _, _, name in _triggers(connection.vendor, tables)} <= found


def installing(vendor: str, tables: Sequence[str] = TABLES) -> list[str]:
    """The statements that put every trigger in place."""
    if vendor == "sqlite":
        made = [
            f"CREATE TRIGGER {name} BEFORE {verb} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{SAY}: {table}'); END"
            for table, verb, name in _triggers(vendor, tables)
        ]
        return removing(vendor, tables) + made
    made = [
        f"CREATE TRIGGER {name} BEFORE {verb} ON {table} "
        f"FOR EACH {_EACH.get(verb, 'ROW')} EXECUTE FUNCTION matters_append_only()"
        for table, verb, name in _triggers(vendor, tables)
    ]
    return [_FUNCTION, *removing(vendor, tables), *made]


def removing(vendor: str, tables: Sequence[str] = TABLES) -> list[str]:
    """The statements that take every trigger away."""
    where = "" if vendor == "sqlite" else " ON {table}"
    return [
        f"DROP TRIGGER IF EXISTS {name}" + where.format(table=table)
        for table, _, name in _triggers(vendor, tables)
    ]


def _triggers(vendor: str, tables: Sequence[str]) -> Iterator[tuple[str, str, str]]:
    for table in tables:
        for verb in VERBS[vendor]:
            yield table, verb, f"{table}_append_only_{verb.lower()}"


def _execute(connection: BaseDatabaseWrapper, *statements: str) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
