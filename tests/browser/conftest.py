"""A house with its doors open, and people who come in by the sign-in form, each with a window of his own.

The server runs in this process, so that a test can say which day it is. Every window watches what it shows: a
console error, a breach of the content security policy, a request that leaves the house or an answer 5xx
fails the test.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connections
from django.test import override_settings
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, expect, sync_playwright
from pytest_django import DjangoDbBlocker
from tests.browser import windows as house
from tests.browser.chromium import DESKTOP, launched

HASHED = "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"


@pytest.fixture(scope="module")
def ground(
    tmp_path_factory: pytest.TempPathFactory,
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
    migrated: Path,
) -> Iterator[None]:
    """An empty database that several threads can use at once, as in real use, for one module's tests."""
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch:
        # Playwright keeps an event loop in this thread; the queries of a test still come one by one.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        if connections["default"].vendor == "sqlite":
            yield from _in_a_file(migrated, tmp_path_factory.mktemp("database") / "house.sqlite3")
        else:
            yield
            call_command("flush", interactive=False, verbosity=0)


def _in_a_file(migrated: Path, file: Path) -> Iterator[None]:
    """A database in memory belongs to one connection; a file can be opened by all."""
    shutil.copyfile(migrated, file)
    with _connected_to(file):
        yield


@contextmanager
def _connected_to(file: Path) -> Iterator[None]:
    kept = connections["default"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(settings.DATABASES["default"], "NAME", str(file))
        connections["default"] = kept.copy()
        yield
        connections["default"].close()
        connections["default"] = kept


@pytest.fixture(scope="session")
def migrated(
    tmp_path_factory: pytest.TempPathFactory,
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
) -> Path:
    """An empty SQLite database with every table, made once; modules that need one begin from a copy."""
    file = tmp_path_factory.mktemp("migrated") / "house.sqlite3"
    if connections["default"].vendor == "sqlite":
        with django_db_blocker.unblock(), _connected_to(file):
            call_command("migrate", verbosity=0)
    return file


@pytest.fixture(scope="module")
def served(ground: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The origin of a running server, its static files named as they are in real use."""
    storages = {**settings.STORAGES, "staticfiles": {"BACKEND": HASHED}}
    home = tmp_path_factory.mktemp("home")
    with override_settings(
        HOME=home,
        FILES_FOLDER=home / "files",
        STATIC_ROOT=home / "static",
        STORAGES=storages,
        ALLOWED_HOSTS=["127.0.0.1"],
        DEMO=False,
    ):
        call_command("collectstatic", interactive=False, verbosity=0)
        thread = house.started()
        yield f"http://127.0.0.1:{thread.port}"
        thread.terminate()


class Wall:
    """The calendar on the wall: which day it is for the whole program."""

    day = date(2026, 6, 1)

    def __call__(self, *_: object) -> date:
        return self.day


@pytest.fixture(scope="module")
def wall() -> Iterator[Wall]:
    """A test sets `wall.day`. The program asks `timezone.localdate` for the day, and nothing else."""
    calendar = Wall()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(timezone, "localdate", calendar)
        yield calendar


@pytest.fixture(scope="module")
def chromium(served: str) -> Iterator[Browser]:
    """One browser for a module's windows."""
    with sync_playwright() as playwright:
        browser = launched(playwright)
        yield browser
        # Queries asked while Playwright's loop ran have a connection of their own: not for the next module.
        connections.close_all()
        browser.close()


@pytest.fixture(scope="module")
def windows(served: str, chromium: Browser) -> Iterator[house.Opener]:
    """Opens windows: `windows()` on a desk, `windows(PHONE)` in a hand; all are closed at the end."""
    contexts: list[BrowserContext] = []

    def opened(device: dict[str, Any] = DESKTOP, **more: Any) -> house.Window:
        context = chromium.new_context(**{"locale": "zh-CN", **device, **more})
        context.set_default_timeout(20_000)
        expect.set_options(timeout=20_000)
        contexts.append(context)
        return house.Window(context.new_page(), served).watch()

    yield opened
    for context in contexts:
        context.close()
