"""A leader's three minutes: how it stands, which body is worst, why, press it, and leave with a report."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest
from docx import Document
from playwright.sync_api import Page, expect
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


def test_it_takes_a_leader_from_the_whole_to_the_worst_body_its_pressing_and_a_report(
    cast: Cast, wall: Wall, windows: Opener, tmp_path: Path
) -> None:
    wall.day = date(2026, 6, 1)
    window = windows().sign_in("leader")
    page, finance = window.page, str(cast.bodies["finance"].name)
    page.get_by_role("link", name="驾驶舱").click()
    expect(page.locator("main")).to_contain_text("在办 1 件，逾期 1 件")
    expect(page.locator("#overdue")).to_have_text(f"{finance} 1 件逾期，占全部逾期 1 件的 100.0%")
    figures = _figures(page)
    page.locator("#overdue ~ figure tr", has_text=finance).get_by_role("link").click()
    _see_why_and_press(page)
    page.get_by_role("link", name="驾驶舱").first.click()
    with page.expect_download() as sent:
        page.get_by_role("link", name="存为报告").click()
    sent.value.save_as(tmp_path / "report.docx")
    _same_figures(tmp_path / "report.docx", finance, figures)


def _figures(page: Page) -> list[tuple[str, str, str]]:
    """Every rate of the table of bodies as the screen has it: (rate, numerator, denominator)."""
    table = page.locator("#bodies tbody").inner_text()
    found = re.findall(r"(\d+\.\d%)\s+(\d+)/(\d+)", table)
    assert ("50.0%", "1", "2") in found
    return found


def _see_why_and_press(page: Page) -> None:
    late = page.locator("tr.is-late")
    expect(late).to_contain_text("关于拨付校舍经费的建议")
    expect(late).to_contain_text("还没有")
    late.get_by_role("link", name="督办").click()
    form = page.locator("#act-place form")
    form.locator("[name=press_note]").fill("请两周内答复代表，并说明逾期原因。")
    form.get_by_role("button", name="督办").click()
    expect(page.locator("tr.is-late")).to_contain_text("1 次")
    pressed = Act.objects.get(kind="press")
    assert (pressed.actor, pressed.day) == ("leader", date(2026, 6, 1))


def _same_figures(file: Path, body: str, figures: list[tuple[str, str, str]]) -> None:
    sheet = Document(str(file))
    text = "\n".join(paragraph.text for paragraph in sheet.paragraphs)
    assert f"{body}逾期1件，占全部逾期1件的100.0%" in text
    rows = [[cell.text for cell in row.cells] for table in sheet.tables for row in table.rows]
    cells = {cell for row in rows for cell in row}
    for rate, numerator, denominator in figures:
        assert f"{rate}\n{numerator}/{denominator}" in cells
    late = next(row for row in rows if row[0] == "关于拨付校舍经费的建议")
    assert late[-1] == "1 次"
