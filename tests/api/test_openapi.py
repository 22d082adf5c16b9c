"""The OpenAPI document is valid, and every operation keeps to it, whatever is sent."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as hypothesis_settings
from openapi_spec_validator import OpenAPIV31SpecValidator
from pytest_django.fixtures import Settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from tests.cast import Cast, make_cast

from bihuan.api import tokens
from bihuan.api.main import api
from bihuan.loop.forms import Refusal
from bihuan.matters.models import Matter
from bihuan.people.models import User

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    response_headers_conformance,
]
FIELDS = ("title", "text", "assignments", "joined_to", "files", "session")
EXAMPLES = 25
"""For each operation: enough to meet NUL, half characters, huge numbers and wrong types."""


def operations() -> list[tuple[str, str]]:
    paths = api.get_openapi_schema()["paths"]
    return [(where, method) for where, of in paths.items() for method in of]


def matter_keys() -> list[int]:
    return list(Matter.objects.order_by("pk").values_list("pk", flat=True))


def lead_somewhere(case: Any, known: dict[str, list[Any]], turn: int) -> None:
    """Two cases in three ask for something that is there: a guessed key would only ever meet 404.

    What is filled in stays as wild as it was, under the names of declared fields.
    """
    if turn % 3 == 0:
        return
    for name in case.path_parameters or {}:
        case.path_parameters[name] = known[name][turn % len(known[name])]
    if isinstance(case.query, dict) and "term" in case.query:
        case.query["term"] = ("3个月", "5个工作日", "100年")[turn % 3]
    if isinstance(case.body, dict) and "act" in case.body:
        case.body["act"] = ("record", "hand_over", "join")[turn % 3]
        if isinstance(case.body.get("data"), dict):
            values = list(case.body["data"].values()) or [[{"body": "市财政局", "person": 7}]]
            case.body["data"] = dict(zip(FIELDS[turn % 3 :], values, strict=False))


def token_of(user: User) -> str:
    today = timezone.localdate()
    made = tokens.issue(user, "试验", ["read", "act"], [], today + timedelta(1), today)
    assert not isinstance(made, Refusal)
    return made[1]


@pytest.fixture
def tried(db: None, settings: Settings) -> Iterator[tuple[Any, Cast, str]]:
    """The interface as a schema under test, a congress with matters at three stages, and a clerk's token.

    A server closes its connections after each request; this one is the test's own.
    """
    settings.API_PER_MINUTE = 10**9
    request_started.disconnect(close_old_connections)
    request_finished.disconnect(close_old_connections)
    cast = make_cast()
    cast.suggestion("working", co=["finance"])
    cast.suggestion("to_hand_over", title="关于公交的建议")
    cast.suggestion("rating", title="关于路灯的建议")
    schema = schemathesis.openapi.from_wsgi("/api/openapi.json", get_wsgi_application())
    yield schema, cast, token_of(cast.clerk)
    request_started.connect(close_old_connections)
    request_finished.connect(close_old_connections)


def test_it_is_a_valid_document() -> None:
    document = Client().get("/api/openapi.json").json()
    assert document["openapi"].startswith("3.1")
    OpenAPIV31SpecValidator(document).validate()


@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
@pytest.mark.parametrize(("where", "method"), operations())
def test_it_keeps_to_its_document_whatever_is_sent(
    tried: tuple[Any, Cast, str], where: str, method: str, mode: GenerationMode
) -> None:
    schema, _, token = tried
    known = {"institution": ["suggestions", "opinions", "paperwork"], "pk": matter_keys()}
    turns = count()
    strategy = schema[where][method.upper()].as_strategy(generation_mode=mode)

    @given(case=strategy)
    @hypothesis_settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def try_(case: Any) -> None:
        case.headers = {**(case.headers or {}), "Authorization": f"Bearer {token}"}
        lead_somewhere(case, known, next(turns))
        answer = case.call()
        case.validate_response(answer, checks=CHECKS)

    try_()
