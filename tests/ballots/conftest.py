"""What tests of ballots share: a folder of their own for the urns' keys, and a way past the triggers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.db.models import Model
from pytest_django.fixtures import Settings

from bihuan.ballots.guard import TABLES
from bihuan.matters import guard

Tamper = Callable[..., None]


@pytest.fixture(autouse=True)
def own_keys(settings: Settings, tmp_path: Path) -> None:
    settings.BALLOT_KEYS_FOLDER = tmp_path / "keys"


@pytest.fixture
def tamper(db: None) -> Tamper:
    """Change a row behind the program's back: `tamper(row, column=value)`, without a column delete it."""
    guard.remove(connection, TABLES)
    guard.remove(connection)

    def change(row: Model, **columns: Any) -> None:
        found = type(row)._default_manager.filter(pk=row.pk)
        if columns:
            assert found.update(**columns) == 1
        else:
            found._raw_delete(found.db)  # type: ignore[attr-defined]

    return change
