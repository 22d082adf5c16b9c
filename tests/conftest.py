"""What every test shares: on the build machine nothing may be skipped."""

import os
from collections.abc import Generator
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db import connection
from hypothesis import settings as examples
from pytest_django import DjangoDbBlocker
from pytest_django.fixtures import Settings
from tests.cast import cast

from bihuan.ballots import guard as ballots_guard
from bihuan.matters import guard

__all__ = ["cast"]

# Here a property is tried on new examples each time; the build tries the same ones, so that it tells of changes.
examples.register_profile("build", derandomize=True)
if os.environ.get("CI") == "true":
    examples.load_profile("build")

Report = pytest.CollectReport | pytest.TestReport


def _refuse_skip(report: Report) -> None:
    if os.environ.get("CI") == "true" and report.skipped:
        reason = getattr(report, "wasxfail", None) or report.longrepr
        report.outcome = "failed"
        report.longrepr = f"CI=true: a skipped test proves nothing, so it fails ({reason})"
        if hasattr(report, "wasxfail"):
            del report.wasxfail


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    _refuse_skip(report)
    return report


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    _refuse_skip(report)
    return report


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> None:
    """Emptying the tables between tests is the one deletion allowed: triggers aside, then back."""
    empty = connection.ops.sql_flush

    def flush(*args: Any, **more: Any) -> list[str]:
        sql: list[str] = empty(*args, **more)
        if not sql:
            return sql
        tables = (*guard.TABLES, *ballots_guard.TABLES)
        allow = guard.removing(connection.vendor, tables)
        forbid = guard.installing(connection.vendor, tables)
        return [*allow, "DELETE FROM matters_index", *map(_and_index, sql), *forbid]

    connection.ops.sql_flush = flush  # type: ignore[method-assign]


def _and_index(statement: str) -> str:
    """The search index is no model: PostgreSQL must be told to empty it along with what it refers to."""
    return statement.replace("TRUNCATE ", 'TRUNCATE "matters_index", ', 1)


@pytest.fixture(scope="session", autouse=True)
def keys_of_urns(tmp_path_factory: pytest.TempPathFactory) -> Generator[None, None, None]:
    """Secret ballots of the tests keep their keys in a folder of their own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(django_settings, "BALLOT_KEYS_FOLDER", tmp_path_factory.mktemp("keys"))
        yield


@pytest.fixture(autouse=True)
def plain_static_files(settings: Settings) -> None:
    """Screens are tried without collected files: the plain storage names them as they lie."""
    kind = "django.contrib.staticfiles.storage.StaticFilesStorage"
    settings.STORAGES = {**settings.STORAGES, "staticfiles": {"BACKEND": kind}}
