"""What tests of matters share: the cast, and a way past the triggers for those who tamper."""

from collections.abc import Callable
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
