"""The ledger of findings: opened into its rows, confirmed into the rectification loop, explained or refuted."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from tests.cast import Cast

from bihuan.findings.models import Finding
from bihuan.findings.run import run, run_all
from bihuan.jobs.models import Job
from bihuan.matters.act import Doer, raise_matter
from bihuan.matters.models import Matter

TODAY = date(2026, 6, 1)


@pytest.fixture
def clerk(cast: Cast) -> Client:
    return cast.client("clerk")


def paper(cast: Cast, **facts: Any) -> Matter:
    plain: dict[str, Any] = {
        "title": "某意见", "paper_kind": "意见", "inside": True, "organizer": "办公室",
        "issued_on": "2026-05-01", "length": 6000,
    }  # fmt: skip
    clerk = Doer("clerk", cast.clerk)
    made = raise_matter(cast.congress, "paperwork", "record", clerk, TODAY, {**plain, **facts})
    assert isinstance(made, Matter), made
    return made


@pytest.fixture
def long_paper(cast: Cast) -> Finding:
    paper(cast)
    run(cast.congress, TODAY, 2026)
    return Finding.objects.get()


def test_it_lists_findings_and_opens_the_rows(clerk: Client, long_paper: Finding) -> None:
    page = clerk.get(reverse("findings")).content.decode()
    assert "正文6,000字，超过5,000字的上限" in page
    opened = clerk.get(reverse("finding", args=[long_paper.pk])).content.decode()
    row = long_paper.evidence.get().matter
    assert reverse("matter", args=[row.pk]) in opened
    assert "整治形式主义为基层减负若干规定" in opened
    assert (
        reverse("finding", args=[long_paper.pk])
        in clerk.get(reverse("matter", args=[row.pk])).content.decode()
    )


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("", True),
        ("heading=documents", True),
        ("heading=powers", False),
        ("check=paperwork.too_long", True),
        ("check=paperwork.unreviewed", False),
        ("year=2025", False),
        ("state=refuted", False),
        ("state=all&year=2026", True),
        ("state=gone", False),
    ],
)
def test_it_narrows_the_ledger(clerk: Client, long_paper: Finding, query: str, shown: bool) -> None:
    page = clerk.get(f"{reverse('findings')}?{query}").content.decode()
    assert (long_paper.say in page) is shown


def test_it_becomes_a_problem_to_be_rectified_linked_both_ways(
    cast: Cast, clerk: Client, long_paper: Finding
) -> None:
    url = reverse("finding-confirm", args=[long_paper.pk])
    form = clerk.get(url).content.decode()
    assert "篇幅超过上限（2026年）" in form and long_paper.say in form
    sent = {
        "title": "篇幅超过上限", "text": long_paper.say, "rule": long_paper.cite, "source": "自查",
        "year": "2026", "by": "2026-12-01", "assignments.body": ["市交通运输局"],
        "assignments.person": ["周建国"], "assignments.kind": ["lead"], "assignments.limit": [""],
    }  # fmt: skip
    answer = clerk.post(url, sent)
    long_paper.refresh_from_db()
    assert long_paper.state == "confirmed" and long_paper.matter is not None
    assert long_paper.matter.institution == "rectifications"
    assert answer.headers["Location"] == reverse("matter", args=[long_paper.matter.pk])
    problem = clerk.get(answer.headers["Location"]).content.decode()
    assert reverse("finding", args=[long_paper.pk]) in problem
    assert clerk.post(url, sent).headers["Location"] == answer.headers["Location"]
    assert Matter.objects.filter(institution="rectifications").count() == 1


def test_it_says_what_is_missing_when_it_is_confirmed_without_a_person(
    clerk: Client, long_paper: Finding
) -> None:
    url = reverse("finding-confirm", args=[long_paper.pk])
    answer = clerk.post(url, {"title": "篇幅超过上限", "by": "2026-12-01"})
    assert answer.status_code == 422
    assert "请填写“整改单位和责任人”" in answer.content.decode()
    long_paper.refresh_from_db()
    assert long_paper.state == "open"


@pytest.mark.parametrize("state", ["explained", "refuted"])
def test_it_keeps_the_reason_for_which_it_was_set_aside(
    clerk: Client, long_paper: Finding, state: str
) -> None:
    url = reverse("finding-set-aside", args=[long_paper.pk])
    assert clerk.post(url, {"as": state, "reason": " "}).status_code == 422
    assert clerk.post(url, {"as": state, "reason": "附件过长，正文不长"}).status_code == 302
    long_paper.refresh_from_db()
    assert long_paper.state == state
    assert (
        "附件过长，正文不长" in clerk.get(reverse("finding", args=[long_paper.pk])).content.decode()
    )


def test_it_counts_what_was_refuted_for_each_check(clerk: Client, long_paper: Finding) -> None:
    url = reverse("finding-set-aside", args=[long_paper.pk])
    clerk.post(url, {"as": "refuted", "reason": "附件过长"})
    from bihuan.findings.settle import tallies

    [tally] = tallies(Finding.objects.all())
    assert (tally.check, tally.found, tally.refuted) == ("too_long", 1, 1)
    assert "一般文件字数上限" in clerk.get(reverse("checks")).content.decode()


def test_it_opens_anew_what_was_explained_and_has_grown(
    cast: Cast, clerk: Client, long_paper: Finding
) -> None:
    clerk.post(
        reverse("finding-set-aside", args=[long_paper.pk]),
        {"as": "explained", "reason": "附件过长"},
    )
    row = long_paper.evidence.get().matter
    run(cast.congress, TODAY, 2026)
    long_paper.refresh_from_db()
    assert long_paper.state == "explained"
    Matter.objects.filter(pk=row.pk).update(facts={**row.facts, "length": 9000})
    run(cast.congress, TODAY, 2026)
    long_paper.refresh_from_db()
    assert long_paper.state == "open" and long_paper.settlements.count() == 1


@pytest.mark.parametrize("role", ["contact", "deputy", "unit", "system_admin", "nobody"])
def test_it_is_for_those_who_oversee_the_work(cast: Cast, long_paper: Finding, role: str) -> None:
    client = cast.client(role)
    assert client.get(reverse("findings")).status_code == 403
    assert client.get(reverse("finding", args=[long_paper.pk])).status_code == 403


def test_it_shows_nothing_to_another_congress(cast: Cast, long_paper: Finding) -> None:
    stranger = cast.client("outsider")
    assert stranger.get(reverse("finding", args=[long_paper.pk])).status_code == 404
    assert long_paper.say not in stranger.get(reverse("findings")).content.decode()


def test_it_lets_a_leader_look_and_a_clerk_decide(cast: Cast, long_paper: Finding) -> None:
    leader = cast.client("leader")
    assert leader.get(reverse("finding", args=[long_paper.pk])).status_code == 200
    url = reverse("finding-set-aside", args=[long_paper.pk])
    assert leader.post(url, {"as": "refuted", "reason": "x"}).status_code == 403


def test_it_runs_at_night_and_when_a_clerk_asks(cast: Cast, clerk: Client) -> None:
    paper(cast, issued_on=f"{TODAY:%Y}-01-05")
    assert clerk.post(reverse("findings-run")).status_code == 302
    job = Job.objects.get(kind="findings")
    assert job.congress == cast.congress
    result = run_all(job, lambda done, whole: None)
    assert result and Finding.objects.exists()


# What is asked of units


def test_it_shows_a_township_everything_asked_of_it_in_one_calendar(cast: Cast) -> None:
    clerk, township = Doer("clerk", cast.clerk), str(cast.bodies["township"].pk)
    for title, office in (("防汛调度会", "督查室"), ("水库安全会", "农委")):
        made = raise_matter(
            cast.congress, "meetings", "raise", clerk, TODAY,
            {
                "title": title, "meeting_kind": "一般性会议", "organizer": office,
                "held_on": "2026-06-10", "minutes_planned": 60, "units": [township],
                "materials": "水库名册",
            },
        )  # fmt: skip
        assert isinstance(made, Matter), made
    unit = cast.client("unit")
    page = unit.get(reverse("burden-mine") + "?month=2026-06").content.decode()
    assert "防汛调度会" in page and "水库安全会" in page
    assert "同一样材料要了不止一次" in page
    assert "共 2 件" in page
    overview = cast.client("clerk").get(reverse("burdens") + "?q=2026-2").content.decode()
    assert "均县镇" in overview
    own = cast.client("leader").get(
        reverse("burden", args=[cast.bodies["township"].pk]) + "?month=2026-06"
    )
    assert "水库名册" in own.content.decode()


def test_it_fills_in_what_it_counted_for_the_quarterly_feedback(cast: Cast) -> None:
    unit = cast.client("unit")
    page = unit.get(reverse("burden-mine") + "?month=2026-06").content.decode()
    assert "填本季度减负反馈" in page
    form = unit.get(reverse("raise", args=["burden", "report"]) + "?year=2026&meetings=3&visits=1")
    assert 'value="3"' in form.content.decode()


def test_it_keeps_a_township_out_of_what_is_asked_of_others(cast: Cast) -> None:
    unit = cast.client("unit")
    assert unit.get(reverse("burdens")).status_code == 403
    assert unit.get(reverse("burden", args=[cast.bodies["traffic"].pk])).status_code == 403


@pytest.mark.parametrize("month", ["", "x", "2026-13", "0001-01", "9999-12"])
def test_it_takes_any_month_asked_for(cast: Cast, month: str) -> None:
    page = cast.client("unit").get(reverse("burden-mine"), {"month": month})
    assert page.status_code == 200
