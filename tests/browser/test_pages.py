"""Every screen, in both languages, on a desk and in a hand: well-formed, usable by ear, never too wide."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from django.urls import resolve
from tests.browser.conftest import Wall
from tests.browser.gallery import LANGUAGES, Gallery
from tests.browser.screens import SCREENS, Screen, world
from tests.browser.windows import MODULES, Opener
from tests.security.test_probes import addresses

pytestmark = pytest.mark.browser

CHECKER = MODULES / "vnu-jar" / "build" / "dist" / "vnu.jar"
LISTED = [screen for screen in SCREENS if screen.status != 404]
NO_PAGES = {
    "root", "boards", "healthy", "ready", "metrics", "sign-in-as", "sign-out", "language",
    "large-type", "draft", "file", "export", "import-commit", "import-run", "view-drop",
    "view-change", "view-first", "user-open", "user-reset", "user-switch", "grant-give",
    "grant-end", "job-again", "reminder", "reminders-read", "cockpit-workbook", "api", "api-list",
    "findings-run", "finding-set-aside",
    "letters-export", "letter-template", "letter-year", "letter-issue", "letter-void",
    "letter-discard", "letter-file", "letter-new", "api-act", "api-bodies", "api-declaration",
    "api-file", "api-files", "api-indicators", "api-matter", "api-me", "api-missing", "api-root",
    "api-terms", "openapi-json", "token-issue", "token-revoke", "calendar-issue", "calendar",
    "hook-new", "hook-rotate", "hook-end", "delivery-again", "any-token-revoke", "any-hook-end",
    "popolo", "popolo-congress", "oparl-system", "oparl-bodies", "oparl-body", "oparl-list",
    "oparl-legislative-term", "oparl-organization", "oparl-person", "oparl-membership",
    "oparl-meeting", "oparl-paper", "oparl-file", "oparl-text", "sign-in-code", "sign-in-house",
    "sign-in-back", "second-factor-codes", "second-factor-off", "second-factor-reset", "robot-new",
    "outlet-test", "outlet-remove", "gateway-switch", "gateway-test", "robot-end", "session-new",
    "session-change", "session-add-item", "session-item", "session-attend", "session-speak",
    "session-add-note", "session-note", "session-mine", "session-file", "session-minutes", "ballot-roll",
    "ballot-open", "ballot-there", "ballot-close", "ballot-void", "ballot-again", "ballot-turnout",
    "ballot-announce", "ballot-publish", "ballot-sheet", "draw-commit", "draw-announce", "draw-reveal",
    "draw-now", "draw-void", "draw-file", "draw-hall-state", "draw-public-file",
    "ladder-decide", "cockpit-report", "letter-free", "letter-run-zip", "code", "selfcheck-paper", "rulebook-volume",
}  # fmt: skip
"""Lead elsewhere, give a file, or answer a form that stands on another page (and is sent from there)."""
OF_HTMX = "hx-"
"""htmx reads its own attributes; the HTML standard leaves them to it, and the checker does not know them."""


class AnyNumber(dict[str, str]):
    """Stands for the numbers of a world not built."""

    def __missing__(self, name: str) -> str:
        return "1"


@pytest.fixture(scope="module")
def gallery(ground: None, wall: Wall, windows: Opener) -> Gallery:
    """The screens of a congress where everything is at some stage."""
    _, numbers = world()
    return Gallery(windows, numbers)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("screen", SCREENS, ids=lambda screen: screen.name)
def test_it_can_be_used_by_everyone_on_every_screen(
    gallery: Gallery, screen: Screen, language: str
) -> None:
    faults = gallery.see(screen, language).faults
    assert not faults, "\n".join(faults)


def test_it_leaves_no_page_out() -> None:
    shown = {
        resolve(screen.path.split("?")[0].format_map(AnyNumber())).url_name for screen in LISTED
    }
    assert {name for name, _ in addresses()} - shown == NO_PAGES


def test_it_writes_valid_html_on_every_screen(gallery: Gallery, tmp_path: Path) -> None:
    for screen in SCREENS:
        for language in LANGUAGES:
            page = tmp_path / f"{screen.name}.{language}.html"
            page.write_text(gallery.see(screen, language).source, encoding="utf-8")
    faults = _html_faults(tmp_path)
    assert not faults, "\n".join(faults)


def _html_faults(folder: Path) -> list[str]:
    said = subprocess.run(
        [
            "java",
            "-Xss2m",
            "-jar",
            CHECKER,
            "--format",
            "json",
            "--stdout",
            "--exit-zero-always",
            folder,
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    messages = json.loads(said.stdout)["messages"]
    return [
        f"{Path(one['url']).name}:{one.get('lastLine', '?')} {one['message']}"
        for one in messages
        if one["type"] == "error" and OF_HTMX not in one["message"]
    ]
