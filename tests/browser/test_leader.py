"""A leader's three minutes: how it stands, which body is worst, why, press it, and leave with the figures."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import expect
from python_calamine import CalamineWorkbook
from tests.browser.conftest import Wall
from tests.browser.windows import Opener
from tests.cast import Cast, make_cast

from bihuan.matters.models import Act

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def cast(ground: None) -> Cast:
    cast = make_cast()
    cast.suggestion("closed", day=date(2026, 1, 5), title="关于修缮柳河桥的建议")
    cast.suggestion("closed", day=date(2026, 1, 6), title="关于增设路灯的建议", lead="finance")
    cast.suggestion("working", day=date(2026, 1, 7), title="关于拨付校舍经费的建议", lead="finance")
    return cast


def test_it_takes_a_leader_from_the_whole_to_the_matter_and_its_pressing(
    cast: Cast, wall: Wall, windows: Opener, tmp_path: Path
) -> None:
    wall.day = date(2026, 6, 1)
    window = windows().sign_in("leader")
    page = window.page
    page.get_by_role("link", name="驾驶舱").click()
    expect(page.locator("main")).to_contain_text("在办 1 件，逾期 1 件")
    page.locator("#bodies thead").get_by_role("link", name="答复率", exact=True).click()
    worst = page.locator("#bodies tbody tr").first
    expect(worst).to_contain_text(str(cast.bodies["finance"].name))
    worst.get_by_role("link", name="50.0%").first.click()
    page.get_by_role("link", name="在分母里、没有计入的").click()
    expect(page.locator("main")).to_contain_text("关于拨付校舍经费的建议")
    window.open("/cockpit/")
    late = page.locator("tr.is-late")
    expect(late).to_contain_text("还没有")
    late.get_by_role("link", name="督办").click()
    form = page.locator("#act-place form")
    form.locator("[name=press_note]").fill("请两周内答复代表，并说明逾期原因。")
    form.get_by_role("button", name="督办").click()
    expect(page.locator("tr.is-late")).to_contain_text("1 次")
    pressed = Act.objects.get(kind="press")
    assert (pressed.actor, pressed.day) == ("leader", date(2026, 6, 1))
    with page.expect_download() as sent:
        page.get_by_role("link", name="存为 Excel").click()
    sent.value.save_as(tmp_path / "cockpit.xlsx")
    book = CalamineWorkbook.from_path(tmp_path / "cockpit.xlsx")
    late_rows = book.get_sheet_by_name("逾期（今天）").to_python()
    assert late_rows[1][2] == "关于拨付校舍经费的建议" and float(late_rows[1][6]) == 1
