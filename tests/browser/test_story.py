"""The whole loop once, as six people see it: from the phone on which it is written to the day it is struck off."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from re import search

import pytest
from playwright.sync_api import Locator, Page, expect
from tests.browser.chromium import PHONE
from tests.browser.conftest import Wall
from tests.browser.windows import Opener, Window
from tests.cast import Cast, make_cast

from bihuan.matters.models import Matter
from bihuan.matters.seal import seal
from bihuan.matters.sweep import sweep
from bihuan.matters.verify import verify
from bihuan.people.models import Body

pytestmark = pytest.mark.browser

TITLE = "关于在城北路口修建人行天桥的建议"
EARLIER = "关于城北路口增设人行天桥的建议"
REPLY = (
    "张春梅代表：\n您提出的建议收悉，现答复如下。\n"
    "城北路口日均过街行人较多，建设人行天桥确有必要。\n"
    "我局将于2026年9月底前建成人行天桥并投入使用。\n"
    "感谢您对交通工作的关心。"
)


@dataclass
class Person:
    """Somebody at his own window, who knows the addresses of what he works on."""

    window: Window

    @property
    def page(self) -> Page:
        """What is before him."""
        return self.window.page

    def take(self, path: str, act: str, typed: Mapping[str, str] | None = None) -> None:
        """Open the matter, choose the act, fill in its form, send it, and see that it is done."""
        form = self.form(path, act)
        fill(form, typed or {})
        self.send(form, act)

    def form(self, path: str, act: str) -> Locator:
        """The act's form, opened on the matter's page."""
        self.window.open(path)
        self.page.get_by_role("link", name=act, exact=True).click()
        form = self.page.locator("#act-place form")
        form.wait_for()
        return form

    def send(self, form: Locator, act: str) -> None:
        """Send the form and see that it is done."""
        form.get_by_role("button", name=act, exact=True).click()
        expect(self.page.locator(".notice.success")).to_contain_text(act)

    def reads(self, path: str, *words: str) -> None:
        """Open a page and find the words on it."""
        self.window.open(path)
        for word in words:
            expect(self.page.locator("main")).to_contain_text(word)


def fill(form: Locator, typed: Mapping[str, str]) -> None:
    """Fill in fields by their names; `name#2` is the second of that name."""
    for place, value in typed.items():
        name, _, row = place.partition("#")
        field = form.locator(f'[name="{name}"]')
        if field.first.get_attribute("type") == "radio":
            form.locator(f'[name="{name}"][value="{value}"]').check()
        elif field.nth(int(row or 1) - 1).evaluate("field => field.tagName") == "SELECT":
            field.nth(int(row or 1) - 1).select_option(value)
        else:
            field.nth(int(row or 1) - 1).fill(value)


@pytest.fixture(scope="module")
def cast(ground: None) -> Cast:
    """Everybody, a further body, and an earlier suggestion for the same thing."""
    cast = make_cast()
    Body.objects.create(
        congress=cast.congress, name="市自然资源局", parent=cast.bodies["government"]
    )
    cast.suggestion("closed", title=EARLIER, day=date(2026, 1, 12), by="other_deputy")
    return cast


ROLES = ("delegation", "secretariat", "clerk", "contact", "unit")


@pytest.fixture
def people(cast: Cast, wall: Wall, windows: Opener) -> Mapping[str, Person]:
    """Six people signed in, the deputy on a phone."""
    wall.day = date(2026, 3, 2)
    windows_of = {role: windows() for role in ROLES} | {"deputy": windows(PHONE)}
    return {role: Person(window.sign_in(role)) for role, window in windows_of.items()}


def test_it_closes_the_loop_from_a_phone_to_the_day_the_promise_is_kept(
    people: Mapping[str, Person], cast: Cast, wall: Wall, tmp_path: Path
) -> None:
    matter = _written_and_reviewed(people, wall)
    _handed_over(people, wall, matter)
    promise = _answered_with_a_promise(people, wall, matter)
    _answered_again(people, wall, matter)
    _kept(people, wall, cast, matter, promise)
    _round_trip(people["clerk"], tmp_path)
    assert {
        role: person.window.faults for role, person in people.items() if person.window.faults
    } == {}
    seal(cast.congress, wall.day)
    report = verify(cast.congress)
    assert report.ok and report.acts > 25, report.broken


def _written_and_reviewed(people: Mapping[str, Person], wall: Wall) -> str:
    deputy, clerk = people["deputy"], people["clerk"]
    deputy.window.open("/today/")
    deputy.page.get_by_role("link", name="写建议").click()
    form = deputy.page.locator("main form")
    form.locator('[name="title"]').press_sequentially(TITLE)
    expect(deputy.page.locator("#alike")).to_contain_text(EARLIER)
    fill(form, {"text": "放学时孩子们在车流里穿行。", "source": "大会期间"})
    form.get_by_role("button", name="提出建议").click()
    deputy.page.wait_for_url("**/m/*/")
    path = deputy.page.url.removeprefix(deputy.window.origin)
    deputy.take(path, "提交")
    people["delegation"].take(path, "代表团审查通过", {"advice": "情况属实，建议提交。"})
    wall.day = date(2026, 3, 3)
    people["secretariat"].take(path, "退回修改", {"reason": "请写明希望何时建成。"})
    wall.day = date(2026, 3, 4)
    wish = "放学时孩子们在车流里穿行。建议2026年秋季开学前后建成人行天桥。"
    deputy.take(path, "修改", {"text": wish})
    deputy.take(path, "提交")
    people["delegation"].take(path, "代表团审查通过")
    wall.day = date(2026, 3, 5)
    people["secretariat"].take(path, "大会秘书处审查通过")
    clerk.take(path, "代表工委审查通过", {"field": "交通"})
    return path


def _handed_over(people: Mapping[str, Person], wall: Wall, matter: str) -> None:
    clerk = people["clerk"]
    wall.day = date(2026, 3, 9)
    clerk.take(
        matter,
        "交办",
        _row(1, "市交通运输局", "周建国", "lead")
        | _row(2, "市财政局", "吴秀英", "co")
        | _row(3, "均县镇", "钱小乡", "co"),
    )
    wall.day = date(2026, 3, 10)
    people["unit"].take(matter, "签收")
    people["unit"].take(matter, "申请退办", {"reason": "路口不在本镇范围内。"})
    clerk.take(matter, "同意退办", {"reason": "情况属实，改由自然资源局会办。"})
    clerk.take(matter, "改派或增加承办单位", _row(1, "市自然资源局", "何立", "co"))
    clerk.reads(matter, "市自然资源局", "已退办", "2026-06-09")
    people["contact"].take(matter, "签收")


def _row(place: int, body: str, person: str, kind: str) -> dict[str, str]:
    parts = {"body": body, "person": person, "kind": kind}
    return {f"assignments.{part}#{place}": value for part, value in parts.items()}


def _answered_with_a_promise(people: Mapping[str, Person], wall: Wall, matter: str) -> str:
    contact, deputy = people["contact"], people["deputy"]
    wall.day = date(2026, 4, 1)
    contact.take(matter, "面商", {"met_on": "2026-04-01", "met_note": "到路口看了现场。"})
    wall.day = date(2026, 5, 8)
    form = contact.form(matter, "答复代表")
    fill(form, {"category": "B", "reply_text": REPLY})
    form.get_by_role("button", name="从答复中读出承诺").click()
    form = contact.page.locator("main form[id^=form-]")
    expect(form.locator('[name="commitments.by"]').first).to_have_value("2026-09-30")
    fill(form, {"commitments.title": "建成人行天桥并投入使用", "commitments.person": "周建国"})
    contact.send(form, "答复代表")
    wall.day = date(2026, 5, 11)
    deputy.take(
        matter, "测评", {"attitude": "满意", "result": "不满意", "comment": "钱从哪里来没有说。"}
    )
    deputy.reads(matter, "重办")
    contact.window.open(matter)
    expect(contact.page.locator("main")).not_to_contain_text("钱从哪里来没有说")
    contact.page.get_by_role("link", name="建成人行天桥并投入使用").click()
    contact.page.wait_for_url(lambda url: not url.endswith(matter))
    return contact.page.url.removeprefix(contact.window.origin)


def _answered_again(people: Mapping[str, Person], wall: Wall, matter: str) -> None:
    wall.day = date(2026, 6, 1)
    again = {"category": "B", "reply_text": "建设资金已列入今年预算，项目已经开工。"}
    people["contact"].take(matter, "答复代表", again)
    wall.day = date(2026, 6, 3)
    people["deputy"].take(matter, "测评", {"attitude": "满意", "result": "满意"})
    people["deputy"].reads(matter, "承诺跟踪")


def _kept(people: Mapping[str, Person], wall: Wall, cast: Cast, matter: str, promise: str) -> None:
    clerk = people["clerk"]
    wall.day = date(2026, 10, 12)
    assert not sweep(wall.day, cast.congress).refused
    clerk.reads(promise, "到期未兑现")
    clerk.take(promise, "督办", {"note": "已过承诺的日期，请说明何时通行。"})
    wall.day = date(2026, 10, 30)
    people["contact"].take(promise, "报送完成凭据", {"proof": "10月28日通车，验收单附后。"})
    wall.day = date(2026, 11, 2)
    clerk.take(promise, "核实销号", {"note": "已到现场看过。"})
    people["deputy"].reads(matter, "已销号")
    number = search(r"\d+", matter)
    assert number
    assert Matter.objects.get(pk=int(number[0])).facts["implemented"] is True


def _round_trip(clerk: Person, folder: Path) -> None:
    """The ledger comes out as a workbook, and the workbook comes back in without a change."""
    clerk.window.open("/l/suggestions/")
    with clerk.page.expect_download() as sent:
        clerk.page.get_by_role("link", name="导出").click()
    book = folder / "ledger.xlsx"
    sent.value.save_as(book)
    clerk.window.open("/x/suggestions/import/")
    clerk.page.locator("input[type=file]").set_input_files(book)
    clerk.page.get_by_role("button", name="上传并预览").click()
    preview = clerk.page.get_by_label("预览")
    expect(preview).to_contain_text("没有变化")
    assert preview.locator(".figure-value").all_inner_texts() == ["0", "0", "2", "0"]
