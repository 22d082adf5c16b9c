"""A database of its own for a test that starts the program as processes, and kills some of them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

ROOT = Path(__file__).parents[1]


@contextmanager
def surroundings_in(folder: Path, name: str, **more: str) -> Iterator[dict[str, str]]:
    """The environment of a process that works on a fresh database: on the PostgreSQL of the environment, else
    SQLite in `folder`. It is dropped afterwards, whoever still holds it.
    """
    with _database(folder, name) as url:
        yield os.environ | {
            "DATABASE_URL": url,
            "BIHUAN_HOME": str(folder),
            "DJANGO_SETTINGS_MODULE": "bihuan.settings",
            "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}",
            **more,
        }


@contextmanager
def _database(folder: Path, name: str) -> Iterator[str]:
    given = os.environ.get("DATABASE_URL", "")
    if not given.startswith("postgres"):
        yield f"sqlite:///{folder / name}.sqlite3"
        return
    own = f"bihuan_{name}_{os.getpid()}"
    with psycopg.connect(given, autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {own}")
        try:
            yield f"{given.rsplit('/', 1)[0]}/{own}"
        finally:
            admin.execute(f"DROP DATABASE {own} WITH (FORCE)")
