"""Two pillars in a browser: a department's appraisal from choice to 双满意, a duty report from demand to rectified."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import pytest
from playwright.sync_api import expect
from tests.browser.conftest import Wall
from tests.browser.test_story import Person, fill
from tests.browser.windows import Opener
from tests.cast import Cast, make_cast
from tests.pillars.stories import appoint

from bihuan.matters.models import Matter
from bihuan.matters.seal import seal
from bihuan.matters.verify import verify

pytestmark = pytest.mark.browser

WORDS = "原话：“跑了四趟，每趟都说少一张纸。”"
ROLES = ("clerk", "committee", "leader", "contact")
GRADES = 5


@pytest.fixture(scope="module")
def cast(ground: None) -> Cast:
    """The cast, the head of the traffic office appointed by the committee."""
    cast = make_cast()
    appoint(cast)
    return cast


@pytest.fixture
def people(cast: Cast, wall: Wall, windows: Opener) -> Mapping[str, Person]:
    wall.day = date(2026, 1, 5)
    return {role: Person(windows().sign_in(role)) for role in ROLES}


def assigned(field: str) -> dict[str, str]:
    parts = {"body": "市交通运输局", "person": "周建国", "kind": "lead"}
    return {f"{field}.{part}#1": value for part, value in parts.items()}


def votes(of: str = "") -> dict[str, str]:
    counts = {"all_members": 29, "present": 29, "satisfied": 28, "mostly_satisfied": 1}
    counts |= {"dissatisfied": 0}
    return {f"{of}{name}": str(count) for name, count in counts.items()}


def test_it_appraises_a_department_and_reads_a_report_to_the_last_problem(
    people: Mapping[str, Person], cast: Cast, wall: Wall
) -> None:
    report = _demanded_and_handed_in(people, wall)
    _read_apart_and_together(people, wall, report)
    appraisal = _chosen_and_looked_into(people, wall)
    _handed_back_and_voted(people, wall, appraisal)
    for problem in Matter.objects.filter(institution="rectifications").order_by("pk"):
        _rectified(people, f"/m/{problem.pk}/")
    people["clerk"].reads(report, "已评结")
    _voted_again(people, wall, appraisal)
    people["leader"].reads("/i/duty_reports/board/", "4×100%", "1 / 1")
    people["leader"].reads("/b/appraisals/", "双满意", "100.0%")
    people["leader"].reads("/i/appointees/coverage/", "周建国", "1 / 1")
    assert {role: p.window.faults for role, p in people.items() if p.window.faults} == {}
    seal(cast.congress, wall.day)
    assert verify(cast.congress).ok


def _demanded_and_handed_in(people: Mapping[str, Person], wall: Wall) -> str:
    clerk = people["clerk"]
    clerk.window.open("/i/duty_reports/demand/")
    form = clerk.page.locator("main form[method=post]")
    fill(form, {"report_by": "2026-01-31", "form": "不超过五千字"})
    form.get_by_role("button", name="发出报送要求").click()
    expect(clerk.page.locator(".notice.success")).to_contain_text("1 份")
    path = f"/m/{Matter.objects.get(institution='duty_reports').pk}/"
    wall.day = date(2026, 1, 20)
    told = "一年来办结代表建议31件，新改建农村公路86公里，投入资金4200万元。"
    people["contact"].take(path, "报送", {"report_text": told})
    wall.day = date(2026, 2, 3)
    group = {"group_leader": "赵主任", "group_members": "委员二人", "manner": "互不可见"}
    clerk.take(path, "成立专班", group)
    return path


def _read_apart_and_together(people: Mapping[str, Person], wall: Wall, path: str) -> None:
    clerk, committee = people["clerk"], people["committee"]
    clerk.window.open(path)
    clerk.page.get_by_role("link", name="揭开审阅单").click()
    clerk.page.get_by_label("孙委员").check()
    clerk.page.get_by_role("button", name="请他们审阅").click()
    committee.window.open("/today/")
    committee.page.get_by_role("link", name="我的审阅").click()
    committee.page.locator("main ol a").click()
    form = committee.page.locator("main form:has(#remark)")
    fill(form, {f"mark-{n}": "写得实" for n in range(GRADES)} | {"remark": "数字清楚，缺打算。"})
    form.get_by_role("button", name="交审阅单").click()
    expect(committee.page.locator("main")).to_contain_text("封存的校验值")
    clerk.page.reload()
    clerk.page.get_by_role("button", name="一起揭开").click()
    expect(clerk.page.locator("main")).to_contain_text("数字清楚，缺打算")
    clerk.take(path, "集中评阅", {"quality": "合格", "quality_note": "写实。"})
    problem = {"problem": "养护资金缺口没有写", "problem_by": "2026-05-29"}
    committee.take(path, "反馈问题", problem | assigned("problem_assignments"))
    reason = {
        "review_text": "合格，反馈问题一条。",
        "no_extension_reason": "没有需要到现场核实的。",
    }
    committee.take(path, "拟定评阅报告", reason)
    wall.day = date(2026, 3, 25)
    clerk.take(path, "测评履职报告", votes() | {"vote_result": "满意"})


def _chosen_and_looked_into(people: Mapping[str, Person], wall: Wall) -> str:
    committee = people["committee"]
    committee.window.open("/i/appraisals/choice/")
    committee.page.get_by_role("link", name="选定 市交通运输局").click()
    form = committee.page.locator("main form[method=post]").last
    asked = {
        "title": "评议农村公路管护",
        "variant": "专项工作评议",
        "subject": "管护",
        "year": "2026",
    }
    fill(form, asked | {"finish_by": "2026-12-20"} | assigned("assignments"))
    form.get_by_role("button", name="选定评议对象").click()
    committee.page.wait_for_url("**/m/*/")
    path = committee.page.url.removeprefix(committee.window.origin)
    plan = {"plan_text": "走访、座谈", "group_leader": "赵主任", "group_members": "委员二人"}
    committee.take(path, "制定评议方案", plan)
    seen = {"way": "走访", "investigated_on": "2026-03-25", "place": "二十户", "found": "记下原话"}
    committee.take(path, "记录调查", seen)
    committee.take(path, "原样记下问题", {"problem": "办事跑四趟", "problem_text": WORDS})
    return path


def _handed_back_and_voted(people: Mapping[str, Person], wall: Wall, path: str) -> None:
    committee = people["committee"]
    wall.day = date(2026, 4, 20)
    committee.window.open(path)
    committee.page.get_by_role("link", name="问题已反馈给单位").click()
    expect(committee.page.locator("main")).to_contain_text(WORDS)
    committee.page.locator("[name^=by-]").fill("2026-08-31")
    committee.page.get_by_role("button", name="反馈给单位").click()
    committee.page.wait_for_url(f"**{path}")
    people["leader"].take(path, "提请常委会评议", {"meeting": "常委会第三十五次会议"})
    wall.day = date(2026, 4, 28)
    result = {"vote_result": "满意", "rectify_by": "2026-10-30"}
    people["clerk"].take(path, "定性测评", votes() | result)


def _rectified(people: Mapping[str, Person], path: str) -> None:
    people["contact"].reads(path, "整改中")
    people["contact"].take(path, "报送整改凭据", {"proof": "现场照片和回访记录。"})
    people["committee"].take(path, "核实销号")


def _voted_again(people: Mapping[str, Person], wall: Wall, path: str) -> None:
    wall.day = date(2026, 10, 20)
    people["contact"].take(path, "报送整改报告", {"report_text": "问题一条，已经改好。"})
    result = {"report_vote_result": "满意"}
    people["clerk"].take(path, "整改报告表决", votes("report_") | result)
    people["clerk"].reads(path, "已评结")
