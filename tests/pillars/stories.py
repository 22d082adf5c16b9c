"""Appointees, reports, appraisals and judges brought by acts to where a test or a picture begins."""

from __future__ import annotations

from datetime import date

from django.utils import timezone
from tests.cast import Cast

from bihuan.institutions.appraisals import asking
from bihuan.institutions.appraisals.models import Questionnaire
from bihuan.matters.act import Doer, raise_matter
from bihuan.matters.models import Matter
from bihuan.people.models import Appointment, Person

JANUARY, MARCH = date(2026, 1, 5), date(2026, 3, 2)
DAY = date(2026, 4, 1)


def appoint(cast: Cast, role: str = "contact", body: str = "traffic", **dates: date) -> Person:
    """The committee appoints the person behind a user to head a body."""
    person = cast.users[role].person
    assert person is not None
    begins = dates.pop("begins", date(2022, 1, 10))
    Appointment.objects.create(
        person=person,
        body=cast.bodies[body],
        post="局长",
        by_committee=True,
        begins=begins,
        **dates,
    )
    return person


def recorded(cast: Cast, person: Person, body: str = "traffic") -> Matter:
    data = {
        "title": f"任命{person}",
        "appointee": person.name,
        "body": str(cast.bodies[body].pk),
        "post": "局长",
        "organ": "政府",
        "appointed_on": "2022-01-10",
    }
    made = raise_matter(cast.congress, "appointees", "record", Doer("clerk", cast.clerk), DAY, data)
    assert isinstance(made, Matter), made
    return made


REPORT = (
    "周建国代表市交通运输局报告：一年来办结代表建议31件，新改建农村公路86公里，群众满意。\n"
    "进一步提高思想认识，进一步加强学习教育，进一步转变工作作风，切实把各项工作抓紧抓实抓好。\n"
    "问题是养护资金不足，明年6月底前补齐缺口320万元。"
)


def report(cast: Cast, manner: str = "互不可见", year: int = 2025) -> Matter:
    """A report handed in, and a group formed to read it."""
    clerk = Doer("clerk", cast.clerk)
    rows = [{"body": str(cast.bodies["traffic"].pk), "person": "周建国"}]
    data = {"title": "市交通运输局局长周建国履职报告", "year": year, "report_by": "2026-01-31"}
    data |= {"contents": "依法履职", "form": "五千字以内", "assignments": rows}
    made = raise_matter(cast.congress, "duty_reports", "raise", clerk, JANUARY, data)
    assert isinstance(made, Matter), made
    body = Doer("lead_body", cast.contact, "市交通运输局")
    cast.take(made, "submit", body, JANUARY, {"report_text": REPORT}, "1")
    group = {"group_leader": "赵主任", "group_members": "委员二人", "manner": manner}
    cast.take(made, "form_group", clerk, JANUARY, group)
    return Matter.objects.get(pk=made.pk)


WORDS = "原话：“跑了四趟，每趟都说少一张纸；  问谁谁推。”\n\t第二行　有全角空格，<b>标签</b>，还有“引号”。"


def appraisal(cast: Cast, *, problems: int = 0) -> Matter:
    """An appraisal of the traffic office under investigation, with problems noted in these words."""
    day, committee = timezone.localdate(), Doer("committee", cast.committee)
    rows = [{"body": str(cast.bodies["traffic"].pk), "person": "周建国"}]
    data = {
        "title": "评议农村公路管护",
        "variant": "专项工作评议",
        "subject": "管护",
        "year": day.year,
    }
    data |= {"finish_by": "2099-12-20", "assignments": rows}
    made = raise_matter(cast.congress, "appraisals", "raise", committee, day, data)
    assert isinstance(made, Matter), made
    plan = {"plan_text": "走访", "group_leader": "赵主任", "group_members": "委员二人"}
    cast.take(made, "plan", committee, day, plan)
    seen = {"way": "走访", "investigated_on": day.isoformat(), "place": "企业", "found": "记下原话"}
    cast.take(made, "investigate", committee, day, seen)
    for number in range(problems):
        told = {"problem": f"办事跑四趟之{number}", "problem_text": WORDS}
        cast.take(made, "note_problem", committee, day, told)
    return Matter.objects.get(pk=made.pk)


def questionnaire(cast: Cast, matter: Matter, closes: date | None = None) -> Questionnaire:
    today = timezone.localdate()
    draft = asking.Draft("管护满意度", ("路面好不好", "反映了有没有人管"), closes or today)
    made = asking.make(matter, draft, cast.clerk, today)
    assert isinstance(made, Questionnaire), made
    return made


def judges_appraisal(cast: Cast) -> Matter:
    """A judge's appraisal with three closed cases and three experts, one of whom declared a conflict."""
    clerk = Doer("clerk", cast.clerk)
    rows = [{"body": str(cast.bodies["finance"].pk), "person": "吴秀英"}]
    data = {"title": "法官履职评议", "year": 2026, "post": "审判员", "field": "民事"}
    data |= {"draw_number": "2026-1", "finish_by": "2099-12-20", "assignments": rows}
    made = raise_matter(cast.congress, "judicial", "raise", clerk, MARCH, data)
    assert isinstance(made, Matter), made
    for number in (11, 12, 13):
        case = {
            "case_number": f"民初{number}号",
            "cause": "买卖合同",
            "case_closed_on": "2025-11-20",
        }
        cast.take(made, "list_case", clerk, MARCH, case)
    for name, conflict in (("何谦", "否"), ("罗素", "否"), ("唐果", "是")):
        expert = {"expert": name, "expert_from": "邻市", "across": "是", "conflict": conflict}
        expert |= {"conflict_note": "曾是同事"} if conflict == "是" else {}
        cast.take(made, "invite_expert", clerk, MARCH, expert)
    return Matter.objects.get(pk=made.pk)
