"""The Chromium of this machine, and the two kinds of screens people have."""

from __future__ import annotations

import os
from typing import Any

from playwright.sync_api import Browser, Playwright

CHROMIUM = os.environ.get("BIHUAN_CHROMIUM", "/usr/bin/chromium")
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
DESKTOP: dict[str, Any] = {"viewport": {"width": 1280, "height": 900}}
PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844},
    "is_mobile": True,
    "has_touch": True,
}


def launched(playwright: Playwright) -> Browser:
    """The Chromium of this machine, asking nobody outside for anything."""
    return playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
