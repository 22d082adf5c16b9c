"""A program with a token of one of the cast."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from tests.cast import Cast, cast

from bihuan.api import tokens
from bihuan.api.models import Token
from bihuan.loop.forms import Refusal

__all__ = ["cast"]
NUMBERS = count(1)


@dataclass
class Program:
    """Asks with a token; each POST with a new key unless one is given."""

    token: Token
    text: str

    def get(self, path: str, query: dict[str, str] | None = None) -> Any:
        return Client().get(path, query, headers={"Authorization": f"Bearer {self.text}"})

    def post(self, path: str, body: object, key: str = "") -> Any:
        return Client().post(
            path,
            json.dumps(body),
            content_type="application/json",
            headers={
                "Authorization": f"Bearer {self.text}",
                "Idempotency-Key": key or f"test-{next(NUMBERS):06}",
            },
        )


Programs = Callable[..., Program]


@pytest.fixture
def program(cast: Cast) -> Programs:
    """Issues a token to the user of a role and gives the program that holds it."""

    def issued(
        role: str, scopes: Sequence[str] = ("read", "act"), institutions: Sequence[str] = ()
    ) -> Program:
        today = timezone.localdate()
        user = cast.users[role]
        made = tokens.issue(user, "试验", scopes, institutions, today + timedelta(days=30), today)
        assert not isinstance(made, Refusal), made
        return Program(*made)

    return issued
