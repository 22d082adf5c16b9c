"""A satisfaction vote in the hall: three members vote on phones, the wall counts, the clerk books the result."""

from __future__ import annotations

from datetime import date

import pytest
from playwright.sync_api import expect
from tests.ballots.members import members, opinion
from tests.browser.chromium import PHONE
from tests.browser.conftest import Wall
from tests.browser.windows import Opener, Window
from tests.cast import Cast, make_cast

from bihuan.ballots.models import Ballot
from bihuan.ballots.verify import verify
from bihuan.matters.models import Act, Matter

pytestmark = pytest.mark.browser

VOTES = ("满意", "满意", "基本满意")


@pytest.fixture(scope="module")
def cast(ground: None) -> Cast:
    return make_cast()


def test_it_books_what_three_members_voted_on_their_phones(
    cast: Cast, wall: Wall, windows: Opener
) -> None:
    wall.day = date(2026, 6, 25)
    members(cast, 3)
    matter = opinion(cast)
    clerk = windows().sign_in("clerk")
    _opened(clerk, matter)
    ballot = Ballot.objects.get()
    hall = windows().sign_in("leader")
    hall.open(f"/ballots/{ballot.pk}/hall/")
    expect(hall.page.locator(".count b")).to_have_text("0")
    expect(hall.page.locator(".address")).to_have_text(f"{hall.origin}/ballots/{ballot.pk}/vote/")
    phones = [windows(PHONE).sign_in(f"member0{n}") for n in (1, 2, 3)]
    receipts = [_voted(one, vote) for one, vote in zip(phones, VOTES, strict=True)]
    expect(hall.page.locator(".count b")).to_have_text("3", timeout=3_000)
    _declared(clerk, ballot)
    booked = Act.objects.get(matter=matter, kind="vote")
    assert booked.data["vote_result"] == "满意"
    assert Matter.objects.get(pk=matter.pk).state == "evaluating"
    _found(phones[2], ballot, receipts[2], VOTES[2])
    assert verify() == (1, [])
    assert [window.faults for window in (clerk, hall, *phones)] == [[]] * 5


def _opened(clerk: Window, matter: Matter) -> None:
    page = clerk.page
    clerk.open(f"/m/{matter.pk}/")
    page.get_by_role("link", name="发起表决").click()
    page.get_by_label("名册从哪里来").select_option(label="市人大常委会")
    page.get_by_role("button", name="筹备").click()
    expect(page.locator("main")).to_contain_text("地方测评，不是法定程序")
    page.get_by_role("button", name="开始投票").click()
    expect(page.locator(".notice.success")).to_contain_text("名册已经固定")


def _voted(phone: Window, vote: str) -> str:
    page = phone.page
    phone.open("/today/")
    page.get_by_role("link", name="加快补齐消防通道短板").first.click()
    page.get_by_text(vote, exact=True).click()
    page.get_by_role("main").get_by_role("button", name="投票").click()
    expect(page.get_by_role("status")).to_contain_text("您的票已经投进票箱")
    receipt = page.locator(".receipt").text_content()
    assert receipt
    return receipt


def _declared(clerk: Window, ballot: Ballot) -> None:
    page = clerk.page
    clerk.open(f"/ballots/{ballot.pk}/")
    page.get_by_role("button", name="结束投票并封存").click()
    expect(page.locator("main")).to_contain_text("满意 2 票 ÷ 全体组成人员 3 = 66.7%")
    page.get_by_role("link", name="宣布结果，记入事项").click()
    page.get_by_role("button", name="测评办理情况").click()
    expect(page.locator(".notice.success")).to_contain_text("结果已经宣布")


def _found(phone: Window, ballot: Ballot, receipt: str, vote: str) -> None:
    phone.open(f"/ballots/{ballot.pk}/")
    phone.page.get_by_label("回执号").fill(receipt)
    phone.page.get_by_role("button", name="找我的票").click()
    expect(phone.page.get_by_role("status")).to_contain_text(vote)
