"""A session of the standing committee, held by its clerk with a tablet, while a member looks at his phone."""

from __future__ import annotations

import pytest
from django.utils import timezone
from playwright.sync_api import expect
from tests.browser.chromium import PHONE
from tests.browser.conftest import Wall
from tests.browser.windows import Opener
from tests.cast import Cast, make_cast
from tests.sessions.committee import Committee, make_committee

from bihuan.matters.models import Matter

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def committee(ground: None) -> Committee:
    cast: Cast = make_cast()
    return make_committee(cast)


def test_it_goes_from_plan_to_vote_and_opinion(
    committee: Committee, wall: Wall, windows: Opener
) -> None:
    today = timezone.localtime().date()
    wall.day = today
    session = committee.session(today)
    committee.item(session, today)
    member = windows(PHONE).sign_in("deputy")
    member.open(f"/i/sessions/{session.pk}/")
    member.page.get_by_role("button", name="报名发言").click()
    expect(member.page.locator("main")).to_contain_text("已报名发言")

    clerk = windows().sign_in("clerk")
    page = clerk.page
    page.get_by_role("link", name="常委会会议", exact=True).click()
    page.get_by_role("link", name=session.name).click()
    page.get_by_role("link", name="出席", exact=True).click()
    for person in committee.members[:8]:
        row = page.get_by_role("row").filter(has_text=person.name)
        row.get_by_role("button", name="到会").click()
        expect(row.get_by_role("button", name="离会")).to_be_visible()
    expect(page.locator("main")).to_contain_text("全体 9 人，在场 8 人")
    page.get_by_role("link", name="议程和材料").click()
    page.locator("summary", has_text="宣布开会").click()
    page.get_by_role("button", name="宣布开会").click()
    page.locator("td summary", has_text="办理").click()
    page.get_by_role("button", name="听取、提请审议").click()
    page.locator("td summary", has_text="办理").click()
    page.get_by_label("赞成").fill("5")
    page.get_by_role("button", name="登记表决").click()
    expect(page.locator("main")).to_contain_text("在场 8，全体 9")
    page.get_by_role("link", name="发言", exact=True).click()
    page.get_by_role("row").filter(has_text="张春梅").get_by_role("button", name="开始").click()
    expect(page.locator("main")).to_contain_text("张春梅 正在发言")
    page.get_by_role("link", name="记录和审议意见").click()
    page.get_by_label("议题").select_option(index=1)
    page.get_by_label("要点").fill("公布停车收费目录")
    page.get_by_label("要谁做什么").fill("城管局三个月内公布。")
    page.get_by_role("button", name="记下", exact=True).click()
    page.get_by_role("button", name="列入审议意见").click()
    expect(page.get_by_role("link", name="把 1 条一起交办")).to_be_visible()
    assert Matter.objects.get(institution="opinions").parent_id == session.items.get().matter_id
