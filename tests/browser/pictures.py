"""Take the pictures of docs/pictures from a fresh demonstration: `python tests/browser/pictures.py`.

Builds the demonstration in a folder of its own (or takes the one named by `BIHUAN_HOME`), serves it on a free
port and photographs the pages as the people of its cast see them.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "src")]

from tests.browser.chromium import DESKTOP, PHONE, launched  # noqa: E402

PICTURES = ROOT / "docs" / "pictures"
LARGEST = 250_000
"""Bytes a picture may have: the repository is cloned over slow lines too."""
WIDE = {"width": 1280, "height": 800}
READY_WITHIN = 300
LEDGER = """编号,标题,领衔代表,承办单位,答复日期,办理结果,满意度
1,关于修缮文昌路人行道的建议,沈丽霞,市交通运输局,2020-06-11,A类,满意
2,关于增设村级卫生室的建议,薛志敏,市卫生健康局,2020-06-20,B类,基本满意
3,关于规范电动车停放的建议,沈丽霞,市公安局,二〇二〇年六月,B类,不满意
4,,薛志敏,市财政局,2020-07-01,C类,满意
"""


@contextmanager
def demonstration() -> Iterator[str]:
    """The origin of a running demonstration."""
    with tempfile.TemporaryDirectory() as empty, socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        free.close()
        home = {
            "BIHUAN_HOME": os.environ.get("BIHUAN_HOME", empty),
            "PYTHONPATH": str(ROOT / "src"),
        }
        command = [sys.executable, "-m", "bihuan", "demo", "--port", str(port)]
        with subprocess.Popen(command, env={**os.environ, **home}, cwd=ROOT) as process:
            try:
                yield _ready(f"http://127.0.0.1:{port}")
            finally:
                process.terminate()


def _ready(origin: str) -> str:
    until = time.monotonic() + READY_WITHIN
    while time.monotonic() < until:
        try:
            urllib.request.urlopen(f"{origin}/healthz", timeout=5).close()
            return origin
        except OSError:
            time.sleep(1)
    raise TimeoutError(f"the demonstration did not answer at {origin} in {READY_WITHIN} s")


Walk = Callable[[Page], object]


def _open(path: str) -> Walk:
    return lambda page: page.goto(path)


def _matter(page: Page) -> None:
    """A suggestion whose promise is being followed: all that a matter's page has."""
    page.goto("/l/suggestions/?state=following")
    page.locator(".ledger tbody a").first.click()


def _preview(page: Page) -> None:
    page.goto("/x/suggestions/import/")
    book = {"name": "2020年代表建议.csv", "mimeType": "text/csv", "buffer": LEDGER.encode()}
    page.set_input_files("#file", book)
    page.click("main form button.primary")


def _draw_wall(page: Page) -> None:
    """The wall of a draw that was carried out."""
    page.goto("/draws/")
    page.get_by_role("link", name="部门抽签").first.click()
    page.goto(f"{page.url}hall/")


def _vote(page: Page) -> None:
    """A vote on a judge, counted."""
    page.goto("/ballots/")
    page.get_by_role("link", name="两官履职评议测评").first.click()


SHOTS: list[tuple[str, str, Walk]] = [
    ("sign-in", "", _open("/sign-in/")),
    ("today-clerk", "clerk", _open("/today/")),
    ("ledger", "clerk", _open("/l/suggestions/")),
    ("matter", "clerk", _matter),
    ("board", "leader", _open("/b/suggestions/")),
    ("import-preview", "clerk", _preview),
    ("deputy-phone", "deputy", _open("/today/")),
    ("draw-wall", "leader", _draw_wall),
    ("vote-result", "clerk", _vote),
]


def photograph(browser: Browser, origin: str, name: str, username: str, walk: Walk) -> None:
    """One picture, as one of the cast sees the page after this walk; too large a picture is refused."""
    device = PHONE if name.endswith("phone") else {**DESKTOP, "viewport": WIDE}
    context = browser.new_context(base_url=origin, locale="zh-CN", **device)
    page = context.new_page()
    if username:
        page.goto("/sign-in/")
        page.locator(f".cast-list button[value={username}]").click()
    walk(page)
    page.wait_for_load_state("networkidle")
    picture = PICTURES / f"{name}.png"
    page.screenshot(path=picture)
    context.close()
    size = picture.stat().st_size
    print(f"{picture.relative_to(ROOT)} {size // 1000} kB")
    if size > LARGEST:
        raise ValueError(f"{picture.name}: {size} bytes, at most {LARGEST} are kept")


def main() -> None:
    """All pictures."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    with demonstration() as origin, sync_playwright() as playwright:
        browser = launched(playwright)
        for name, username, walk in SHOTS:
            photograph(browser, origin, name, username, walk)


if __name__ == "__main__":
    main()
