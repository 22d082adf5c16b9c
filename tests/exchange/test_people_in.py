"""Rosters of persons and bodies go in by name, come out, and change nothing when they come back."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest

from bihuan.exchange import people_in, people_out
from bihuan.people.models import Appointment, Body, Congress, Person, Seat

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 23)
BODIES = (
    ("机构名称", "类别", "上级机构", "别名"),
    ("某县教育局", "政府部门", "某县人民政府", "县教育局、教体局"),
    ("某县人民政府", "人民政府", "", ""),
)
PEOPLE = (
    ("姓名", "手机", "工作单位", "职务", "届次", "代表团", "任职时间"),
    ("张 某", "13900000001", "某县教育局", "局长", "第十八届", "第一代表团", "2024.5.3"),
    ("李某", "", "", "", "18", "第一代表团", ""),
)


@pytest.fixture
def congress() -> Congress:
    return Congress.objects.create(name="某县人大", short_name="某县", level="county")


def put(congress: Congress, key: str, rows: Sequence[Sequence[str]]) -> people_in.Plan:
    stream = io.StringIO()
    csv.writer(stream).writerows(rows)
    plan = people_in.plan(congress, key, stream.getvalue().encode(), TODAY, name="名册.csv")
    if not plan.rejected:
        people_in.commit(plan, None, TODAY)
    return plan


def counts(plan: people_in.Plan) -> tuple[int, int, int, int]:
    return plan.added, plan.changed, plan.unchanged, len(plan.rejected)


def test_it_builds_the_tree_of_bodies_in_any_order(congress: Congress) -> None:
    assert counts(put(congress, "bodies", BODIES)) == (2, 0, 0, 0)
    office = Body.objects.get(name="某县教育局")
    assert office.parent == Body.objects.get(name="某县人民政府")
    assert (office.kind, office.aliases) == ("department", ["县教育局", "教体局"])
    assert counts(put(congress, "bodies", BODIES)) == (0, 0, 2, 0)


def test_it_adds_persons_with_posts_and_seats_once(congress: Congress) -> None:
    put(congress, "bodies", BODIES)
    assert counts(put(congress, "people", PEOPLE)) == (2, 0, 0, 0)
    assert counts(put(congress, "people", PEOPLE)) == (0, 0, 2, 0)
    assert Appointment.objects.get().begins == date(2024, 5, 3)
    assert {seat.person.name for seat in Seat.objects.filter(term__number=18)} == {"张某", "李某"}


def test_it_only_looks_until_told_to_write(congress: Congress) -> None:
    content = "姓名,电话\n张某,139\n".encode()
    people_in.plan(congress, "people", content, TODAY, name="名册.csv")
    assert not Person.objects.exists()


def test_it_names_what_is_wrong(congress: Congress) -> None:
    plan = put(congress, "people", [*PEOPLE, ("", "1", "", "", "", "", "")])
    assert [(one.row, one.reason) for one in plan.rejected] == [
        (2, "没有这个单位，请先导入机构或核对名称"),
        (4, "没有填写名称"),
    ]


def test_it_refuses_bodies_in_a_circle(congress: Congress) -> None:
    plan = put(congress, "bodies", (("名称", "上级单位"), ("甲局", "乙局"), ("乙局", "甲局")))
    assert {one.reason for one in plan.rejected} == {"上级单位绕成了圈，请核对"}


@pytest.mark.parametrize("key", ["people", "bodies"])
def test_it_exports_what_comes_back_unchanged(congress: Congress, tmp_path: Path, key: str) -> None:
    put(congress, "bodies", BODIES)
    put(congress, "people", PEOPLE)
    target = tmp_path / "名册.xlsx"
    assert people_out.export(congress, key, target, TODAY) == 2
    assert counts(people_in.plan(congress, key, target, TODAY)) == (0, 0, 2, 0)
