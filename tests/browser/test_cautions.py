"""A clerk is shown rule, figure and rows before the act; goes on with a reason, and finds it in the trail."""

from __future__ import annotations

from datetime import date

import pytest
from playwright.sync_api import Page, expect
from tests.browser.conftest import Wall
from tests.browser.windows import Opener
from tests.cast import Cast, make_cast

from bihuan.loop.forms import Refusal
from bihuan.matters.act import Doer, raise_matter
from bihuan.matters.models import Act, Matter

pytestmark = pytest.mark.browser
TODAY = date(2026, 6, 1)


@pytest.fixture(scope="module")
def cast(ground: None) -> Cast:
    cast = make_cast()
    for title, kind in (("年初工作会", "综合性会议"), ("年中工作会", "综合性会议")):
        made = raise_matter(
            cast.congress, "meetings", "raise", Doer("clerk", cast.clerk), TODAY,
            {
                "title": title, "meeting_kind": kind, "organizer": "督查室", "held_on": "2026-06-09",
                "minutes_planned": 60, "units": [str(cast.bodies["township"].pk)],
                "materials": "水库名册",
            },
        )  # fmt: skip
        assert not isinstance(made, Refusal), made
    return cast


def test_it_warns_before_each_act_and_keeps_the_reason(
    cast: Cast, wall: Wall, windows: Opener
) -> None:
    wall.day = TODAY
    matter = cast.suggestion("to_hand_over", day=date(2026, 5, 20))
    page = windows().sign_in("clerk").page
    _hand_over(page, matter)
    _caution(page, "第三次要求", "年初工作会", "群众反映强烈")
    expect(page.locator("main")).to_contain_text("群众反映强烈")
    assert "despite" in Act.objects.get(matter=matter, kind="hand_over").data

    _begin(page, "文件制发", "送审文件")
    page.get_by_label("文件标题").fill("关于防汛的工作提示")
    page.get_by_label("文种").select_option("工作提示")
    page.get_by_role("group", name="计入发文统计口径").get_by_label("否").check()
    page.get_by_label("制发单位").fill("办公室")
    page.get_by_label("印发日期").fill("2026-06-02")
    page.get_by_label("正文", exact=True).fill(
        "各乡镇人大：请于6月25日前将情况报送市人大办公室，并填报台账。"
    )
    _send(page, "送审文件")
    _caution(page, "名为“工作提示”", "", "汛情紧急")

    _begin(page, "会议", "列入会议计划")
    page.get_by_label("会议名称").fill("年末工作会")
    page.get_by_role("group", name="会议类别").get_by_label("综合性会议").check()
    page.get_by_label("主办单位").fill("办公室")
    page.get_by_label("召开日期").fill("2026-12-09")
    page.get_by_label("计划时长（分钟）").fill("80")
    _send(page, "列入会议计划")
    _caution(page, "综合性会议已列3次", "年中工作会", "传达重要会议精神")
    assert Matter.objects.filter(institution="meetings").count() == 3


def _begin(page: Page, institution: str, act: str) -> None:
    page.get_by_role("navigation", name="主菜单").get_by_role(
        "link", name=institution, exact=True
    ).click()
    page.get_by_role("link", name=act).first.click()


def _hand_over(page: Page, matter: Matter) -> None:
    page.goto(page.url.split("/today")[0] + f"/m/{matter.pk}/act/hand_over/")
    page.locator("[name='assignments.body']").first.fill("均县镇")
    page.locator("[name='assignments.person']").first.fill("李镇长")
    page.locator("main form .form-actions button").click()


def _send(page: Page, act: str) -> None:
    page.locator("main").get_by_role("button", name=act).click()


def _caution(page: Page, figure: str, row: str, reason: str) -> None:
    """Rule, figure and rows are there and nothing is done; then on with a reason."""
    said = page.locator("#cautions")
    expect(said).to_contain_text(figure)
    expect(said).to_contain_text("《")
    if row:
        expect(said).to_contain_text(row)
    said.get_by_label("仍要办理的理由").fill(reason)
    page.locator("main form .form-actions button").first.click()
    expect(page.locator("main .trail").first).to_contain_text(reason)
