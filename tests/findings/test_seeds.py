"""The cases of the two self-examinations come out with their own figures: entered by acts, found by a run."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import pytest
from tests.cast import Cast

from bihuan.findings.models import Finding
from bihuan.findings.run import Ran, run
from bihuan.matters.act import Doer, act, raise_matter
from bihuan.matters.models import Matter
from bihuan.people.models import Body

TODAY = date(2025, 12, 31)


class City:
    """A cast that books what it did."""

    def __init__(self, cast: Cast) -> None:
        self.cast, self.clerk = cast, Doer("clerk", cast.clerk)

    def enter(self, institution: str, act_id: str, day: date, **data: Any) -> Matter:
        made = raise_matter(self.cast.congress, institution, act_id, self.clerk, day, data)
        assert isinstance(made, Matter), made
        return made

    def finding(self, check: str) -> Finding:
        key, _, check_id = check.partition(".")
        return Finding.objects.get(institution=key, check_key=check_id, gone_on=None)

    def base(self, name: str) -> str:
        body, _ = Body.objects.get_or_create(congress=self.cast.congress, name=name, kind="other")
        return str(body.pk)


@pytest.fixture
def city(cast: Cast) -> City:
    return City(cast)


def rows_of(finding: Finding) -> set[int]:
    return set(finding.evidence.values_list("matter_id", flat=True))


def test_it_finds_32_papers_outside_the_count_45_percent_more_than_before(city: City) -> None:
    fourth = set()
    for month, count in ((2, 22), (5, 22), (8, 22), (11, 32)):
        for n in range(count):
            made = city.enter(
                "paperwork", "record", TODAY, title=f"工作提示{month}-{n}", paper_kind="工作提示",
                inside=False, organizer="办公室", issued_on=f"2025-{month:02}-{n % 28 + 1:02}",
            )  # fmt: skip
            fourth |= {made.pk} if month == 11 else set()
    run(city.cast.congress, TODAY, 2025)
    finding = city.finding("paperwork.outside_grows")
    assert "口径外文件32份" in finding.say and "增长45%" in finding.say
    assert (finding.figures["count"], round(finding.value)) == (32, 45)
    assert rows_of(finding) == fourth
    assert "文件制发领域" in finding.cite
    assert (finding.begins, finding.ends) == (date(2025, 10, 1), TODAY)


def test_it_finds_the_report_of_12_000_characters_with_its_background(city: City) -> None:
    made = city.enter(
        "paperwork", "record", TODAY, title="某领域调研报告", paper_kind="报告", inside=True,
        organizer="某委", issued_on="2025-06-01", length=12000, background_share=41, measures_share=20,
    )  # fmt: skip
    run(city.cast.congress, TODAY, 2025)
    heavy, long = city.finding("paperwork.background_heavy"), city.finding("paperwork.too_long")
    assert (heavy.value, heavy.threshold, heavy.figures["measures"]) == (41, 40, 20)
    assert (long.value, long.threshold) == (12000, 5000)
    assert rows_of(heavy) == rows_of(long) == {made.pk}


def test_it_finds_one_supervision_made_into_three_within_15_days(city: City) -> None:
    """Seed 0: one comprehensive supervision as three projects; an enterprise gave 20 papers and more."""
    plain = {"visit_kind": "督查", "topic": "优化营商环境", "organizer": "督查室"}
    unit = [city.base("开发区某企业")]
    made = []
    for name, day, papers in (
        ("政策落实督查", date(2025, 5, 6), 8),
        ("执法检查", date(2025, 5, 18), 7),
        ("企业走访", date(2025, 5, 28), 7),
    ):
        materials = "\n".join(f"资料{n}" for n in range(papers))
        made.append(
            city.enter(
                "inspections", "record", TODAY, title=name, began_on=str(day), units=unit,
                noticed_on=str(day - timedelta(days=3)), materials=materials, **plain,
            )
        )  # fmt: skip
    run(city.cast.congress, TODAY, 2025)
    finding = city.finding("inspections.split_in_time")
    assert "1项督查拆成3项" in finding.say and "不足15天" in finding.say
    figures = {name: finding.figures[name] for name in ("planned", "parts", "gap", "materials")}
    assert figures == {"planned": 1, "parts": 3, "gap": 12, "materials": 22}
    assert rows_of(finding) == {one.pk for one in made}
    again = city.finding("burden.asked_twice")
    assert "资料0" in again.say and again.figures["pieces"] == 21


def test_it_finds_three_items_merged_into_one_plan_and_carried_out_apart(city: City) -> None:
    """Seed 3: “+200 %” are three items where the plan has one; the five visits are told beside it."""
    item = city.enter(
        "inspections", "raise", date(2025, 1, 10), title="综合督查", visit_kind="督查",
        organizer="某单位", merged_items=3, plan_by="2025-12-31", began_on="2025-01-10",
    )  # fmt: skip
    parts = []
    for name, day, visits, unit in (
        ("安全生产专项检查", "2025-03-05", 2, "甲镇"),
        ("环保工作督查", "2025-06-10", 2, "乙镇"),
        ("疫情防控督导", "2025-09-12", 1, "丙镇"),
    ):
        parts.append(
            city.enter(
                "inspections", "record", TODAY, title=name, visit_kind="督查", organizer="某单位",
                plan_item=str(item.pk), began_on=day, noticed_on="2025-03-01", visits=visits,
                units=[city.base(unit)],
            )
        )  # fmt: skip
    run(city.cast.congress, TODAY, 2025)
    finding = city.finding("inspections.packed_and_split")
    assert "把3项业务合并为1项计划" in finding.say and "较计划增加200%" in finding.say
    figures = {name: finding.figures[name] for name in ("merged", "planned", "parts", "executed")}
    assert figures == {"merged": 3, "planned": 1, "parts": 3, "executed": 5}
    assert finding.value == 200
    assert rows_of(finding) == {one.pk for one in parts}
    assert not Finding.objects.filter(check_key="split_in_time").exists()


def test_it_finds_27_checks_on_site_and_12_archives_with_38_fields_under_the_name_of_study(
    city: City,
) -> None:
    for year, count in ((2024, 23), (2025, 27)):
        for n in range(count):
            reads = {"archives": 12, "form_fields": 38} if (year, n) == (2025, 0) else {}
            city.enter(
                "inspections", "record", TODAY, title=f"优化营商环境调研{n}", visit_kind="调研",
                organizer="市直单位", began_on=f"{year}-{n % 3 + 1:02}-{n % 27 + 1:02}", on_site=True,
                **reads,
            )  # fmt: skip
    run(city.cast.congress, TODAY, 2025)
    quarter = city.finding("inspections.studies_on_site")
    assert "实地检查27次" in quarter.say and quarter.value == 27
    assert quarter.evidence.count() == 27
    files = Finding.objects.get(check_key="disguised", figures__archives=12)
    assert "现场查阅12类业务档案、要求填写38项指标" in files.say
    assert files.figures["fields"] == 38 and files.evidence.count() == 1


def test_it_finds_kept_reapproval_and_8_2_days_against_6_7(city: City) -> None:
    kept = city.enter(
        "powers", "record", TODAY, title="企业资质初审", on="2025-03-01", organizer="市局业务科室",
        kept_review=True, extra_days=5, promised_days=6.7, real_days=8.2, quality="达标",
    )  # fmt: skip
    run(city.cast.congress, TODAY, 2025)
    double, slow = (
        city.finding("powers.kept_reapproval"),
        city.finding("powers.slower_than_promised"),
    )
    assert "复核签字" in double.say and "增加5个工作日" in double.say
    assert "平均办理时限8.2天" in slow.say and "延长1.5天" in slow.say
    assert (slow.value, slow.threshold, slow.figures["over"]) == (8.2, 6.7, 1.5)
    assert rows_of(double) == rows_of(slow) == {kept.pk}


def test_it_finds_42_percent_of_powers_handled_below_standard(city: City) -> None:
    for n in range(50):
        quality = "不达标" if n < 21 else "达标"
        city.enter(
            "powers", "record", TODAY, title=f"下放事项{n}", on="2025-04-01", organizer="市局",
            quality=quality,
        )  # fmt: skip
    run(city.cast.congress, TODAY, 2025)
    finding = city.finding("powers.below_standard")
    assert finding.value == 42 and "占42%" in finding.say and finding.evidence.count() == 21


def test_it_finds_2_major_sessions_of_8_and_70_percent_of_supervision_in_one_field(
    city: City,
) -> None:
    for n in range(8):
        city.enter(
            "powers", "note_use", TODAY, title=f"第{n}次会议", power_kind="常委会会议",
            on="2025-06-01", major=n < 2,
        )  # fmt: skip
    for n, area in enumerate(["教科文卫"] * 7 + ["财政经济", "农业农村", "城建环保"]):
        city.enter(
            "powers", "note_use", TODAY, title=f"专项监督{n}", power_kind="专项监督",
            on="2025-06-01", area=area,
        )  # fmt: skip
    run(city.cast.congress, TODAY, 2025)
    few, one = city.finding("powers.few_major"), city.finding("powers.one_field")
    assert (few.figures["whole"], few.figures["major"], few.value) == (8, 2, 25)
    assert (one.value, one.figures["found"], one.evidence.count()) == (70, 7, 7)


def test_it_finds_screenshots_demanded_of_38_units(city: City) -> None:
    city.enter(
        "meetings", "record", TODAY, title="视频调度会", meeting_kind="一般性会议", form="视频",
        organizer="办公室", held_on="2025-05-05", minutes=60, screenshots=True, proof_units=38,
    )  # fmt: skip
    run(city.cast.congress, TODAY, 2025)
    assert city.finding("meetings.proof_demanded").value == 38


# A run


def _papers(city: City, **facts: Any) -> Matter:
    plain: Mapping[str, Any] = {"paper_kind": "意见", "inside": True, "organizer": "办公室"}
    day = {"issued_on": "2025-06-01"}
    return city.enter("paperwork", "record", TODAY, title="某意见", **{**plain, **day, **facts})


def test_it_adds_nothing_twice_and_says_what_no_longer_holds(city: City) -> None:
    paper = _papers(city, length=6000)
    assert run(city.cast.congress, TODAY, 2025) == Ran(new=1)
    assert run(city.cast.congress, TODAY, 2025) == Ran()
    Matter.objects.filter(pk=paper.pk).update(phase="void")
    assert run(city.cast.congress, TODAY, 2025) == Ran(gone=1)
    assert Finding.objects.get().gone_on == TODAY
    Matter.objects.filter(pk=paper.pk).update(phase="closed")
    assert run(city.cast.congress, TODAY, 2025) == Ran(changed=1)
    assert Finding.objects.get().gone_on is None


def test_it_measures_each_year_by_the_rules_of_its_time(city: City) -> None:
    """The limit of length came into force in August 2024."""
    _papers(city, length=6000, issued_on="2023-06-01")
    assert run(city.cast.congress, TODAY, 2023) == Ran()


def test_it_finds_nothing_of_another_congress(city: City) -> None:
    _papers(city, length=6000)
    assert run(city.cast.elsewhere, TODAY, 2025) == Ran()


def test_it_takes_a_matter_that_was_stopped_for_nothing(city: City) -> None:
    clerk = Doer("clerk", city.cast.clerk)
    made = city.enter(
        "paperwork", "raise", date(2025, 6, 1), title="关于学习的工作提示", paper_kind="工作提示",
        inside=False, organizer="办公室", issued_on="2025-06-01",
        text="各乡镇人大：请于6月25日前将学习情况报送市人大办公室，并逐项填报台账。",
    )  # fmt: skip
    run(city.cast.congress, TODAY, 2025)
    assert city.finding("paperwork.red_to_white")
    act(made.pk, "stop", clerk, date(2025, 6, 2), {"note": "不发"})
    assert run(city.cast.congress, TODAY, 2025).gone == 1
