"""A removal from five signatures refused to the end of the post: defended, voted on in secret on phones, booked."""

from __future__ import annotations

import re
from datetime import date

import pytest
from playwright.sync_api import expect
from tests.ballots.members import cast_vote
from tests.ballots.removal import MEMBERS, committee_of, head_of_traffic
from tests.browser.chromium import PHONE
from tests.browser.conftest import Wall
from tests.browser.test_story import Person, fill
from tests.browser.windows import Opener, Window
from tests.cast import Cast, make_cast

from bihuan.ballots.models import Ballot
from bihuan.ballots.verify import verify as verify_ballots
from bihuan.matters.models import Act, Matter
from bihuan.matters.seal import seal
from bihuan.matters.verify import verify
from bihuan.people.models import User

pytestmark = pytest.mark.browser

TITLE = "关于撤销周建国市交通运输局局长职务的议案"
SIGNED = {
    "person": "周建国",
    "post": "市交通运输局局长",
    "post_kind": "常委会任命的政府其他组成人员",
    "reason": "连续两年整改不力。",
    "congress_closed": "是",
    "proposed_by": "组成人员联名",
    "written": "是",
}
ON_PHONES = ("赞成", "赞成", "反对")
BEFORE, DAY = date(2026, 6, 1), date(2026, 6, 25)


@pytest.fixture(scope="module")
def cast(ground: None) -> Cast:
    """The cast, with the head of the traffic office appointed by the committee."""
    cast = make_cast()
    head_of_traffic(cast)
    return cast


def test_it_removes_by_secret_ballot_of_all_members_and_ends_the_post(
    cast: Cast, wall: Wall, windows: Opener
) -> None:
    wall.day = BEFORE
    members = committee_of(cast, MEMBERS, BEFORE)
    clerk, chair = Person(windows().sign_in("clerk")), Person(windows().sign_in("leader"))
    path = _submitted(clerk)
    chair.take(path, "提请常委会审议", {"meeting": "常委会第四十次会议"})
    told = {"defence": "会议上申辩", "defence_text": "本人到会说明。"}
    clerk.take(path, "记录申辩", told)
    wall.day = DAY
    ballot = _opened(clerk.window, path)
    phones = [windows(PHONE).sign_in(user.username) for user in members[:3]]
    for phone, choice in zip(phones, ON_PHONES, strict=True):
        _voted(phone, choice)
    _others(ballot, members)
    _declared(clerk.window, ballot)
    chair.reads(path, "已撤职", "监督法》第六十二条", "赞成 15 票")
    _ended(clerk, path)
    _checked(cast, ballot, path)
    assert [one.faults for one in (clerk.window, chair.window, *phones)] == [[]] * 5


def _submitted(clerk: Person) -> str:
    """Drafted, refused with five signatures (the article is shown), accepted with six."""
    page = clerk.page
    clerk.window.open("/l/removals/new/draft/")
    form = page.locator("main form[method=post]").last
    fill(
        form, {"title": TITLE, "target": "市交通运输局", "evidence": "两件逾期，两次督办没有反馈。"}
    )
    form.get_by_role("button", name="起草撤职案").click()
    page.wait_for_url("**/m/*/")
    path = page.url.removeprefix(clerk.window.origin)
    form = clerk.form(path, "提出撤职案")
    fill(form, {**SIGNED, "signers": "5"})
    form.get_by_role("button", name="提出撤职案", exact=True).click()
    refused = page.locator("main [role=alert]")
    expect(refused).to_contain_text(f"常委会组成人员 {MEMBERS} 人，至少要 6 人")
    expect(refused).to_contain_text("监督法》第六十一条")
    clerk.take(path, "提出撤职案", {**SIGNED, "signers": "6"})
    return path


def _opened(clerk: Window, path: str) -> Ballot:
    page = clerk.page
    clerk.open(path)
    page.get_by_role("link", name="发起表决").click()
    expect(page.locator("h1")).to_contain_text("撤职案无记名表决")
    page.get_by_label("名册从哪里来").select_option(label="市人大常委会")
    page.get_by_role("button", name="筹备").click()
    main = page.locator("main")
    expect(main).to_contain_text("无记名")
    expect(main).to_contain_text(f"名册是全体组成人员，共 {MEMBERS} 人")
    expect(main).not_to_contain_text("地方测评")
    page.get_by_role("button", name="开始投票").click()
    expect(page.locator(".notice.success")).to_contain_text("名册已经固定")
    return Ballot.objects.get()


def _voted(phone: Window, choice: str) -> None:
    page = phone.page
    phone.open("/today/")
    page.get_by_role("link", name=TITLE).first.click()
    page.get_by_text(choice, exact=True).click()
    page.get_by_role("main").get_by_role("button", name="投票").click()
    expect(page.get_by_role("status")).to_contain_text("您的票已经投进票箱")


def _others(ballot: Ballot, members: list[User]) -> None:
    """Those without a window vote by the same door: fifteen for it in all, five against, nine are not there."""
    for user in members[3:16]:
        cast_vote(ballot, user, "赞成")
    for user in members[16:20]:
        cast_vote(ballot, user, "反对")


def _declared(clerk: Window, ballot: Ballot) -> None:
    page = clerk.page
    clerk.open(f"/ballots/{ballot.pk}/")
    page.get_by_role("button", name="结束投票并封存").click()
    expect(page.locator("main")).to_contain_text(f"赞成 15 票 ÷ 全体组成人员 {MEMBERS}")
    page.get_by_role("link", name="宣布结果，记入事项").click()
    page.get_by_role("button", name="记录表决结果").click()
    expect(page.locator(".notice.success")).to_contain_text("结果已经宣布")


def _ended(clerk: Person, path: str) -> None:
    """The entry and the day stand in the form; the clerk confirms."""
    form = clerk.form(path, "写入离任登记")
    expect(form.locator("[name=register_entry]")).to_have_value(
        re.compile(r"\d+ 周建国 市交通运输局局长（2022-01-10 至今）")
    )
    expect(form.locator("[name=register_last]")).to_have_value(DAY.isoformat())
    clerk.send(form, "写入离任登记")
    expect(clerk.page.get_by_role("link", name="写入离任登记")).to_have_count(0)


def _checked(cast: Cast, ballot: Ballot, path: str) -> None:
    matter = Matter.objects.get(institution="removals")
    assert matter.state == "removed" and path == f"/m/{matter.pk}/"
    booked = Act.objects.get(matter=matter, kind="vote").data
    assert (booked["votes_for"], booked["votes_against"], booked["votes_abstained"]) == (15, 5, 0)
    assert (booked["secret"], booked["ballot"]) == (True, str(ballot.pk))
    assert cast.contact.person is not None
    post = cast.contact.person.appointments.get(by_committee=True)
    assert post.ends == DAY
    assert verify_ballots() == (1, [])
    seal(cast.congress, DAY)
    assert verify(cast.congress).ok
