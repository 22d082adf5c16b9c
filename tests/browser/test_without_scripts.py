"""Without JavaScript everything still works: the forms are pages of their own."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect
from tests.browser.screens import world
from tests.browser.windows import Opener

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def numbers(ground: None, wall: object) -> dict[str, str]:
    """The matters of the world."""
    return world()[1]


def test_it_shows_a_matter_and_takes_an_act(numbers: dict[str, str], windows: Opener) -> None:
    window = windows(java_script_enabled=False).sign_in("clerk")
    window.open(f"/m/{numbers['review']}/")
    expect(window.page.locator("h1")).to_have_text("关于增设老年助餐点的建议")
    expect(window.page.locator(".trail")).to_contain_text("提交")
    window.page.get_by_role("link", name="代表工委审查通过").click()
    window.page.get_by_label("审查意见").fill("内容明确，予以受理。")
    window.page.get_by_role("button", name="代表工委审查通过").click()
    expect(window.page.locator(".notice.success")).to_contain_text("已办")
    expect(window.page.locator(".stages .here")).to_contain_text("待交办")
    assert not window.faults


def test_it_reads_promises_and_finds_similar_ones(numbers: dict[str, str], windows: Opener) -> None:
    window = windows(java_script_enabled=False).sign_in("contact")
    window.open(f"/m/{numbers['working']}/act/reply/?share=1")
    window.page.get_by_label("答复正文").fill("我局将于2026年9月底前完成路灯修复。")
    window.page.get_by_role("button", name="从答复中读出承诺").click()
    expect(window.page.get_by_label("完成日期 1")).to_have_value("2026-09-30")
    assert not window.faults
    deputy = windows(java_script_enabled=False).sign_in("deputy")
    deputy.open("/l/suggestions/new/raise/")
    deputy.page.get_by_label("标题", exact=True).fill("关于尽快修复滨江路路灯的建议")
    deputy.page.get_by_role("button", name="查相似").click()
    expect(deputy.page.locator("#alike")).to_contain_text("关于修复滨江路路灯的建议")
    assert not deputy.faults
