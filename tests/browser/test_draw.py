"""A public draw in the hall: the wall tells by itself what happens, and its code leads anybody to the result."""

from __future__ import annotations

from datetime import date

import pytest
from playwright.sync_api import expect
from tests.browser.chromium import PHONE
from tests.browser.conftest import Wall
from tests.browser.votes import JUDGES, SECRETS
from tests.browser.windows import Opener, Window
from tests.cast import Cast, make_cast

from bihuan.draws import drawing
from bihuan.draws.method import Announced
from bihuan.draws.models import Draw

pytestmark = pytest.mark.browser

DAY = date(2026, 6, 25)
HEIGHT = 1080
SEATS = 0.4
"""The part of the screen's height that a code must have, its white margin not counted, to be read from the seats."""


@pytest.fixture(scope="module")
def cast(ground: None) -> Cast:
    return make_cast()


def test_it_tells_the_hall_of_a_draw_without_being_opened_again(
    cast: Cast, wall: Wall, windows: Opener
) -> None:
    wall.day = DAY
    plan = Announced("抽取法官", JUDGES, {"": 1}, 1)
    draw = drawing.set_up(cast.congress, plan, [cast.clerk, cast.leader], cast.clerk, DAY)
    assert isinstance(draw, Draw), draw
    hall = windows().sign_in("committee")
    hall.page.set_viewport_size({"width": 1920, "height": HEIGHT})
    hall.open(f"/draws/{draw.pk}/hall/")
    hall.page.evaluate("window.kept = true")
    state = hall.page.locator("#state")
    expect(state).to_contain_text("等待承诺")
    clerk, leader = windows().sign_in("clerk"), windows(PHONE).sign_in("leader")
    for who, secret in ((clerk, SECRETS[0]), (leader, SECRETS[1])):
        _give(who, draw, "密语，或自己算好的承诺", secret, "交承诺")
    expect(state).to_contain_text("已交承诺", timeout=5_000)
    clerk.page.get_by_role("button", name="公布名单和承诺").click()
    expect(state).to_contain_text("等待公开密语", timeout=5_000)
    _large_enough(hall)
    for who, secret in ((clerk, SECRETS[0]), (leader, SECRETS[1])):
        _give(who, draw, "密语", secret, "公开密语")
    expect(state).to_contain_text("已公开密语", timeout=5_000)
    clerk.open(f"/draws/{draw.pk}/")
    clerk.page.get_by_role("button", name="抽签", exact=True).click()
    expect(state.locator("li")).to_contain_text(["法官", "法官"], timeout=5_000)
    assert hall.page.evaluate("window.kept") is True
    _opened_by_anybody(windows(PHONE), hall)
    assert [window.faults for window in (hall, clerk, leader)] == [[]] * 3


def _give(who: Window, draw: Draw, label: str, secret: str, button: str) -> None:
    who.open(f"/draws/{draw.pk}/")
    who.page.get_by_label(label, exact=True).fill(secret)
    who.page.get_by_role("button", name=button).click()
    expect(who.page.locator(".notice.success")).to_be_visible()


def _large_enough(hall: Window) -> None:
    code = hall.page.locator(".scan-code svg path").last.bounding_box()
    assert code is not None and code["height"] >= SEATS * HEIGHT
    assert hall.page.evaluate("document.documentElement.scrollHeight <= innerHeight")


def _opened_by_anybody(phone: Window, hall: Window) -> None:
    """What the code says is said below it too."""
    address = hall.page.locator(".address").text_content()
    assert address and address.startswith(phone.origin)
    phone.open(address.removeprefix(phone.origin))
    expect(phone.page.locator("main")).to_contain_text("./bihuan draw verify")
    with phone.page.expect_download() as kept:
        phone.page.get_by_role("link", name="下载公布的文件").click()
    assert kept.value.suggested_filename == "抽取法官.json"
    assert phone.faults == []
