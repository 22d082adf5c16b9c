"""What tests of matters share: the cast, and a way past the triggers for those who tamper."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.db.models import Model
from tests.cast import cast

from bihuan.matters import guard

__all__ = ["cast"]

Tamper = Callable[..., None]


@pytest.fixture
def tamper(db: None) -> Tamper:
    """Change a row behind the program's back: `tamper(row, column=value)`, without a column delete it."""
    guard.remove(connection)

    def change(row: Model, **columns: Any) -> None:
        found = type(row)._default_manager.filter(pk=row.pk)
        if columns:
            assert found.update(**columns) == 1
        else:
            found._raw_delete(found.db)  # type: ignore[attr-defined]

    return change


@pytest.fixture
def parallel(transactional_db: None, tmp_path: Path) -> Iterator[None]:
    """A database that threads can share: SQLite in memory locks otherwise than SQLite on disk."""
    if connection.vendor != "sqlite":
        yield
        return
    connection.ensure_connection()
    memory, name = connection.connection, connection.settings_dict["NAME"]
    with closing(sqlite3.connect(tmp_path / "parallel.sqlite3")) as copy:
        memory.backup(copy)
    connection.connection = None
    connection.settings_dict["NAME"] = str(tmp_path / "parallel.sqlite3")
    yield
    connection.close()
    connection.connection, connection.settings_dict["NAME"] = memory, name
