"""One judge from draw to publication, as clerk, chair, member, the court and experts without accounts see it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from re import search

import pytest
from playwright.sync_api import Page, expect
from tests.ballots.members import members
from tests.browser.chromium import PHONE
from tests.browser.conftest import Wall
from tests.browser.test_story import Person, fill
from tests.browser.windows import Opener, Window
from tests.cast import Cast, make_cast
from tests.pillars.bench import NAMES, contact_of, court

from bihuan.ballots.models import Ballot
from bihuan.ballots.verify import verify as verify_ballots
from bihuan.draws import drawing
from bihuan.draws.models import Draw
from bihuan.matters.models import Matter
from bihuan.matters.seal import seal
from bihuan.matters.verify import verify
from bihuan.people.models import Appointment

pytestmark = pytest.mark.browser

SECRETS = {"clerk": "柳河边上有一棵老槐树", "leader": "明天也许会下雨也许不会"}
EXPERTS = ("何谦", "罗素", "唐果")
VOTES = ("满意", "满意", "基本满意")


@pytest.fixture(scope="module")
def cast(ground: None) -> Cast:
    """The cast, four judges, the court's contact, and three members who vote."""
    cast = make_cast()
    contact_of(cast, court(cast)[0].body)
    members(cast, 3)
    return cast


@pytest.fixture
def people(cast: Cast, wall: Wall, windows: Opener) -> Mapping[str, Person]:
    wall.day = date(2026, 3, 2)
    roles = ("clerk", "committee", "leader", "court")
    return {role: Person(windows().sign_in(role)) for role in roles}


def test_it_appraises_a_judge_from_the_draw_to_publication(
    people: Mapping[str, Person], cast: Cast, wall: Wall, windows: Opener
) -> None:
    path = _persons_drawn(people)
    _cases_and_experts_drawn(people, path)
    experts = _reviewed(people, windows, path)
    _visited_and_answered(people, wall, path)
    phones = _voted_in_the_hall(people, wall, windows, path)
    _published(people, wall, windows, path)
    everybody = [person.window for person in people.values()] + experts + phones
    assert [window.faults for window in everybody if window.faults] == []
    assert drawing.verify() == (2, []) and verify_ballots() == (1, [])
    seal(cast.congress, wall.day)
    assert verify(cast.congress).ok


def _persons_drawn(people: Mapping[str, Person]) -> str:
    clerk = people["clerk"]
    clerk.window.open("/today/")
    clerk.window.open("/i/judicial/persons/")
    form = clerk.page.locator("main form").last
    typed = {}
    for place, post in enumerate(Appointment.objects.filter(post="审判员", ends=None)):
        typed |= {f"field-{post.pk}": "民事", f"closed-{post.pk}": str(20 + place)}
    last = Appointment.objects.filter(post="审判员", ends=None).last()
    assert last is not None
    fill(form, typed | {f"aside-{last.pk}": "正在外地挂职", "take-民事": "1"})
    _contributors(clerk.page)
    form.get_by_role("button", name="筹备抽签").click()
    _drawn(people, "两官履职评议：抽取评议人员")
    clerk.window.open("/i/judicial/persons/")
    clerk.page.get_by_label("评议完成时限").fill("2026-11-30")
    clerk.page.get_by_role("button", name="抽中的列入评议").click()
    expect(clerk.page.locator(".notice.success")).to_contain_text("已列入 1 位")
    matter = Matter.objects.get(institution="judicial")
    assert any(name in matter.title for name in NAMES[:3])
    return f"/m/{matter.pk}/"


def _contributors(page: Page) -> None:
    for name in ("王志刚", "赵主任"):
        page.get_by_label(name, exact=True).check()


def _drawn(people: Mapping[str, Person], title: str) -> None:
    """Both commit, the list is announced, both open their secrets, the clerk draws before everybody's eyes."""
    draw = Draw.objects.first()
    assert draw is not None and title in draw.title
    path = f"/draws/{draw.pk}/"
    for role, secret in SECRETS.items():
        people[role].window.open(path)
        people[role].page.locator("#word").fill(secret)
        people[role].page.get_by_role("button", name="交承诺").click()
    clerk = people["clerk"]
    clerk.window.open(path)
    clerk.page.get_by_role("button", name="公布名单和承诺").click()
    for role, secret in SECRETS.items():
        people[role].window.open(path)
        people[role].page.locator("#secret").fill(secret)
        people[role].page.get_by_role("button", name="公开密语").click()
    clerk.window.open(path)
    clerk.page.get_by_role("button", name="抽签", exact=True).click()
    expect(clerk.page.locator(".notice.success")).to_contain_text("已经抽签")


def _cases_and_experts_drawn(people: Mapping[str, Person], path: str) -> None:
    clerk, committee = people["clerk"], people["committee"]
    for number in (11, 12, 13):
        case = {"case_number": f"（2025）民初{number}号", "cause": "买卖合同"}
        committee.take(path, "列入已结案件", case | {"case_closed_on": "2025-11-20"})
    for name in EXPERTS:
        expert = {"expert": name, "expert_from": "邻市政法学院", "across": "是"}
        clerk.take(path, "邀请评查专家", expert | {"conflict": "否"})
    clerk.window.open(path)
    clerk.page.get_by_role("link", name="随机抽取案件和专家").click()
    fill(clerk.page.locator("main form").last, {"cases": "1", "experts": "2"})
    _contributors(clerk.page)
    clerk.page.get_by_role("button", name="准备抽签").click()
    expect(clerk.page.locator("main")).to_contain_text("抽取评查案件和专家")
    _drawn(people, "抽取评查案件和专家")
    clerk.window.open(f"/i/judicial/{path.strip('/m')}/draw/")
    clerk.page.get_by_role("button", name="把抽签结果记入").click()
    expect(clerk.page.locator("main")).to_contain_text("抽中的案件")


def _reviewed(people: Mapping[str, Person], windows: Opener, path: str) -> list[Window]:
    """The first steps aside, the next of the draw takes his place; both sheets are opened together."""
    committee = people["committee"]
    committee.window.open(path)
    committee.page.get_by_role("link", name="记录案件评分").click()
    links = committee.page.locator(".hash").all_text_contents()
    assert len(links) == 2
    phones = [windows(PHONE) for _ in range(3)]
    phones[0].page.goto(links[0])
    phones[0].page.get_by_text("有利害关系，我要回避").click()
    phones[0].page.locator("#why").fill("代理过对方当事人")
    phones[0].page.get_by_role("button", name="回避", exact=True).click()
    expect(phones[0].page.get_by_role("status")).to_contain_text("下一位递补")
    committee.page.reload()
    expect(committee.page.locator("main")).to_contain_text("代理过对方当事人")
    links = committee.page.locator(".hash").all_text_contents()
    for phone, link in zip(phones[1:], links, strict=True):
        _marked(phone, link)
    committee.page.reload()
    committee.page.get_by_role("button", name="一起揭开并计分").click()
    expect(committee.page.locator(".notice.success")).to_contain_text("评分已经记入")
    phones[1].page.reload()
    expect(phones[1].page.locator("h1")).to_contain_text("这个链接用不了了")
    return phones


def _marked(phone: Window, link: str) -> None:
    phone.page.goto(link)
    form = phone.page.locator("main form").first
    marks = {f"mark-0-{k}": str(90 + k) for k in range(4)}
    fill(form, marks | {"remark": "说理充分，送达有瑕疵。"})
    phone.page.get_by_label("我声明").check()
    form.get_by_role("button", name="交评分表").click()
    expect(phone.page.get_by_role("status")).to_contain_text("评分表收到了")
    assert search(r"[0-9a-f]{64}", phone.page.locator(".receipt").text_content() or "")


def _visited_and_answered(people: Mapping[str, Person], wall: Wall, path: str) -> None:
    committee = people["committee"]
    wall.day = date(2026, 4, 20)
    visited = {"party": "被告", "visited_on": "2026-04-18", "visit_note": "认可庭审作风。"}
    committee.take(path, "回访当事人", visited)
    unit = {"unit_present": "46", "unit_competent": "41", "unit_basic": "5"}
    committee.take(path, "单位民主测评", unit | {"unit_incompetent": "0"})
    people["court"].take(path, "本人说明", {"own_words": "送达瑕疵属实，已改。"})
    wall.day = date(2026, 5, 20)
    people["leader"].take(path, "提请常委会评议", {"meeting": "常委会第三十五次会议"})
    asked = {"question": "怎样防止送达瑕疵？", "answer": "地址确认书前置。"}
    people["clerk"].take(path, "代表现场提问", asked)


def _voted_in_the_hall(
    people: Mapping[str, Person], wall: Wall, windows: Opener, path: str
) -> list[Window]:
    clerk, page = people["clerk"], people["clerk"].page
    wall.day = date(2026, 5, 28)
    clerk.window.open(path)
    page.get_by_role("link", name="发起表决").click()
    page.get_by_label("名册从哪里来").select_option(label="市人大常委会")
    page.get_by_role("button", name="筹备").click()
    expect(page.locator("main")).to_contain_text("地方测评，不是法定程序")
    page.get_by_role("button", name="开始投票").click()
    ballot = Ballot.objects.get()
    phones = [windows(PHONE).sign_in(f"member0{n}") for n in (1, 2, 3)]
    for phone, vote in zip(phones, VOTES, strict=True):
        phone.open(f"/ballots/{ballot.pk}/vote/")
        phone.page.get_by_text(vote, exact=True).click()
        phone.page.get_by_role("main").get_by_role("button", name="投票").click()
        expect(phone.page.get_by_role("status")).to_contain_text("您的票已经投进票箱")
    clerk.window.open(f"/ballots/{ballot.pk}/")
    page.get_by_role("button", name="结束投票并封存").click()
    expect(page.locator("main")).to_contain_text("满意 2 票 ÷ 全体组成人员 3 = 66.7%")
    page.get_by_role("link", name="宣布结果，记入事项").click()
    page.get_by_role("button", name="测评", exact=True).click()
    expect(page.locator(".notice.success")).to_contain_text("结果已经宣布")
    return phones


def _published(people: Mapping[str, Person], wall: Wall, windows: Opener, path: str) -> None:
    clerk = people["clerk"]
    wall.day = date(2026, 6, 3)
    clerk.take(path, "公布评议结果", {"publish_note": "常委会网站、法院公示栏"})
    clerk.reads(path, "结果已公布", "91.3", "满意")
    clerk.take(path, "评结（没有反馈问题）")
    people["leader"].reads("/l/judicial/", "已评结")
