"""Looks at a screen in one language at both widths, once, and keeps what was found."""

from __future__ import annotations

from dataclasses import dataclass, field

from playwright.sync_api import Page, Response
from tests.browser.screens import HERE, Screen
from tests.browser.windows import MODULES, Opener, Window

AXE = MODULES / "axe-core" / "axe.min.js"
LANGUAGES = ("zh-hans", "en")
DESK, HAND = (1280, 900), (390, 844)
"""Across and down, in CSS pixels."""
VIOLATIONS = """async () => (await axe.run(document, {resultTypes: ['violations']})).violations.map(
    v => `${v.id}：${v.help} ` + v.nodes.slice(0, 3).map(n => n.html).join(' ⏎ '))"""
TOO_WIDE = """() => document.documentElement.scrollWidth <= window.innerWidth ? [] :
    [...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > innerWidth + 1)
    .map(e => e.tagName + '.' + e.className).slice(0, 4).concat('html')"""
SEND_UNCHECKED = "form => { form.noValidate = true; form.requestSubmit(); }"


@dataclass
class Seen:
    """What a screen showed: the document as answered, and what is wrong with it."""

    source: str
    faults: list[str] = field(default_factory=list)


class Gallery:
    """All screens, by whoever sees them. Windows and findings are kept: a screen is opened once a language."""

    def __init__(self, opener: Opener, numbers: dict[str, str]) -> None:
        self.opener, self.numbers = opener, numbers
        self.windows: dict[tuple[str, str], Window] = {}
        self.kept: dict[tuple[str, str], Seen] = {}
        self.axe = AXE.read_text(encoding="utf-8")

    def see(self, screen: Screen, language: str) -> Seen:
        """The screen in this language, with every fault found at both widths."""
        key = (screen.name, language)
        if key not in self.kept:
            self.kept[key] = self._look(
                screen, self.window(screen.role, language), language != LANGUAGES[0]
            )
        return self.kept[key]

    def window(self, role: str, language: str) -> Window:
        """The window of this role, signed in and in this language."""
        if (role, language) not in self.windows:
            window = self.opener()
            if role:
                window.sign_in(role)
            cookie = {"name": "django_language", "value": language, "url": window.origin}
            window.page.context.add_cookies([cookie])
            self.windows[role, language] = window
        return self.windows[role, language]

    def _look(self, screen: Screen, window: Window, translated: bool) -> Seen:
        window.faults.clear()
        answer = self.opened(screen, window)
        seen = Seen(answer.text())
        if answer.status != screen.status:
            seen.faults.append(f"应答 {answer.status}，应为 {screen.status}")
        window.page.evaluate(self.axe)
        for size in (DESK, HAND):
            seen.faults += _examined(window.page, size, translated and size == HAND)
        seen.faults += window.faults
        return seen

    def opened(self, screen: Screen, window: Window) -> Response:
        """Go to the screen; the answer that drew it."""
        answer = window.open(screen.path.format(**self.numbers))
        if not screen.send:
            return answer
        form = window.page.locator(screen.send).last
        if screen.choose:
            form.locator("input[type=file]").set_input_files(HERE / screen.choose)
        with window.page.expect_event(
            "response",
            lambda r: r.request.is_navigation_request() and not 300 <= r.status < 400,
        ) as sent:
            form.evaluate(SEND_UNCHECKED)
        window.page.wait_for_load_state()
        return sent.value


def _examined(page: Page, size: tuple[int, int], width_only: bool) -> list[str]:
    """A translated page differs in its words alone: in a hand its width is looked at, and nothing twice."""
    across, down = size
    page.set_viewport_size({"width": across, "height": down})
    violations: list[str] = [] if width_only else page.evaluate(VIOLATIONS)
    wide = [f"比屏幕宽：{place}" for place in page.evaluate(TOO_WIDE)]
    return [f"{across}：{fault}" for fault in [*violations, *wide]]
