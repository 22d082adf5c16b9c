"""Browser windows that watch what they show, and the server they look at."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from django.core.handlers.wsgi import WSGIHandler
from django.test.testcases import LiveServerThread
from playwright.sync_api import ConsoleMessage, Page, Request, Response
from tests.cast import PASSWORD

MODULES = Path(__file__).parents[2] / "node_modules"
"""Where `npm ci` puts the two page checkers."""

BY_ANSWER = "Failed to load resource"
"""How the console repeats what an answer's status says already; answers are judged by themselves."""


def started() -> LiveServerThread:
    """A server in this process on a free port, as it answers in real use; end it with `terminate`."""
    thread = LiveServerThread("127.0.0.1", lambda media: WSGIHandler())
    thread.daemon = True
    thread.start()
    thread.is_ready.wait()
    if thread.error:
        raise thread.error
    return thread


@dataclass
class Window:
    """One person's browser window, and everything that went wrong in it."""

    page: Page
    origin: str
    faults: list[str] = field(default_factory=list)

    def watch(self) -> Window:
        """Note every fault from now on."""
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.faults.append(f"脚本出错：{error}"))
        self.page.on("request", self._request)
        self.page.on("response", self._response)
        return self

    def open(self, path: str) -> Response:
        """Go to an address of the house; the answer to it."""
        answer = self.page.goto(self.origin + path)
        assert answer is not None
        return answer

    def sign_in(self, username: str, password: str = PASSWORD) -> Window:
        """Come in by the form, as everybody does."""
        self.open("/sign-in/")
        self.page.fill("#username", username)
        self.page.fill("#password", password)
        self.page.click("main button[type=submit]")
        self.page.wait_for_url("**/today/")
        return self

    def _console(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not message.text.startswith(BY_ANSWER):
            self.faults.append(f"控制台：{message.text}")

    def _request(self, request: Request) -> None:
        if not request.url.startswith((self.origin, "data:", "blob:")):
            self.faults.append(f"离开本站：{request.url}")

    def _response(self, answer: Response) -> None:
        document = answer.request.is_navigation_request()
        if answer.status >= 500 or (answer.status >= 400 and not document):
            self.faults.append(f"{answer.status}：{answer.url}")


Opener = Callable[..., Window]
