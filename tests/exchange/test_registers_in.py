"""A register of meetings goes in: what was asked of units counts, and what checks say is told before it is written."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.cast import Cast, cast

from bihuan.asks.burden import burden
from bihuan.exchange import matters_in, matters_out
from bihuan.findings.before import Intent, cautions
from bihuan.matters.act import Doer, raise_matter
from bihuan.matters.models import Act, Matter
from bihuan.matters.verify import verify

__all__ = ["cast"]
pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 23)
HEADER = (
    "会议名称", "会议类别", "主办单位", "召开日期", "参会单位", "实际时长（分钟）", "参会人数", "要求报送的材料",
)  # fmt: skip


def sheet(*rows: Sequence[object]) -> bytes:
    stream = io.StringIO()
    csv.writer(stream).writerows([HEADER, *rows])
    return stream.getvalue().encode()


def look(cast: Cast, *rows: Sequence[object]) -> matters_in.Plan:
    return matters_in.plan(cast.congress, "meetings", sheet(*rows), TODAY, name="会议.csv")


ROW = ("防汛调度会", "一般性会议", "督查室", "2026-06-10", "均县镇、县水务局", 60, 40)
LONG = ("超时的调度会", "一般性会议", "督查室", "2026-06-11", "", 130, 40)


def test_it_counts_an_imported_meeting_among_what_was_asked_of_the_unit(cast: Cast) -> None:
    matters_in.commit(look(cast, ROW), None, TODAY)
    township = cast.bodies["township"]
    assert Matter.objects.get().facts["units"] == [str(township.pk), "县水务局"]
    counted = burden(township, date(2026, 1, 1), date(2026, 12, 31))
    assert [ask.title for ask in counted.asks] == ["防汛调度会"]


def test_it_exports_units_by_name_and_takes_them_back_unchanged(cast: Cast, tmp_path: Path) -> None:
    known = [str(cast.bodies["township"].pk), "县水务局"]
    enter(cast, title="防汛调度会", held_on="2026-06-10", units=known)
    target = tmp_path / "会议.csv"
    matters_out.export(cast.congress, "meetings", target, TODAY)
    assert "均县镇、县水务局" in target.read_text("utf-8-sig")
    back = matters_in.plan(cast.congress, "meetings", target, TODAY)
    assert (back.added, back.changed, back.unchanged, back.rejected) == (0, 0, 1, [])


# What checks say of the rows


def said(plan: matters_in.Plan) -> list[tuple[int, str, str]]:
    """Row, check and sentence of everything that was said."""
    return [
        (one.row, caution["check"], caution["say"]) for one in plan.rows for caution in one.cautions
    ]


def general(title: str, day: str) -> tuple[object, ...]:
    return (title, "综合性会议", "办公室", day, "", 60, 40)


def test_it_says_row_by_row_what_each_would_break_beside_those_before_it(cast: Cast) -> None:
    enter(cast, title="年初工作会", meeting_kind="综合性会议", held_on="2026-01-09")
    plan = look(
        cast,
        general("年中工作会", "2026-06-09"),
        ("调度会", "一般性会议", "办公室", "2026-06-10", "", 130, 40),
        general("年末工作会", "2026-11-09"),
    )
    assert [(row, check) for row, check, _ in said(plan)] == [
        (3, "meetings.over_time"),
        (4, "meetings.too_many_general"),
    ]
    last = plan.rows[2].cautions[0]
    assert "综合性会议已列3次" in last["say"] and (last["value"], last["threshold"]) == (3, 2)
    assert last["beside"] == ["第 2 行"] and len(last["rows"]) == 1
    assert plan.as_json()["cautions"] == {
        "rows": 2,
        "by_check": {"meetings.over_time": 1, "meetings.too_many_general": 1},
    }
    assert Matter.objects.count() == 1


def test_it_counts_what_the_file_asks_of_a_unit_with_what_was_asked_before(cast: Cast) -> None:
    enter(cast, title="防汛会", held_on="2026-06-03", units=[str(cast.bodies["township"].pk)])
    plan = look(
        cast,
        *[(f"会{n}", "一般性会议", "办公室", f"2026-06-1{n}", "均县镇", 60, 40) for n in (1, 2)],
    )
    (only,) = said(plan)
    assert only[:2] == (3, "burden.too_often") and "第三次要求" in only[2]


def test_it_nags_nobody_about_years_gone_by(cast: Cast) -> None:
    rows = [general(f"工作会{n}", f"2025-0{n}-09") for n in range(1, 6)]
    long = ("老调度会", "一般性会议", "办公室", "2024-06-10", "均县镇", 400, 40)
    assert not look(cast, *rows, long).cautioned


def test_it_writes_nothing_without_an_answer(cast: Cast) -> None:
    plan = look(cast, LONG)
    with pytest.raises(matters_in.NotCommitted, match="写明仍要导入的理由"):
        matters_in.commit(plan, None, TODAY)
    assert not Matter.objects.exists()


def test_it_keeps_the_reason_with_each_row_a_check_spoke_of_and_no_other(cast: Cast) -> None:
    plan = look(cast, LONG, ROW)
    answer = matters_in.Answer("防汛期间，会后补说明")
    assert matters_in.commit(plan, cast.clerk, TODAY, answer=answer) == (2, 0)
    first, other = Act.objects.order_by("pk")
    assert first.data["despite"]["reason"] == "防汛期间，会后补说明"
    (kept,) = first.data["despite"]["cautions"]
    assert kept["check"] == "meetings.over_time" and "beside" not in kept
    assert "despite" not in other.data
    assert not verify().broken


def test_it_leaves_out_the_rows_a_check_spoke_of(cast: Cast) -> None:
    plan = look(cast, LONG, ROW)
    assert matters_in.commit(plan, None, TODAY, answer=matters_in.Answer(leave_out=True)) == (1, 0)
    assert [one.title for one in Matter.objects.all()] == ["防汛调度会"]
    assert (plan.added, plan.left_out) == (1, 1)


def test_it_says_nothing_again_of_rows_that_are_there_already(cast: Cast) -> None:
    matters_in.commit(look(cast, LONG, ROW), None, TODAY, answer=matters_in.Answer("防汛期间"))
    again = look(cast, LONG, ROW)
    assert (again.added, again.unchanged, again.cautioned) == (0, 2, 0)


def test_it_asks_the_database_no_more_for_many_rows_than_for_few(cast: Cast) -> None:
    def asked(count: int) -> int:
        rows = [
            (f"会{n}", "综合性会议", "办公室", f"2026-06-{n % 28 + 1:02}", "均县镇", 130, 40)
            for n in range(count)
        ]
        with CaptureQueriesContext(connection) as queries:
            assert look(cast, *rows).cautioned == count
        return len(queries)

    assert asked(3) == asked(60)


def test_it_says_of_a_file_what_the_form_says_of_one_row_after_the_other(cast: Cast) -> None:
    rows = varied()
    told = said(look(cast, *rows))
    one_by_one = []
    for place, row in enumerate(rows):
        plan = look(cast, row)
        data = plan.rows[0].data
        intent = Intent(cast.congress, "meetings", None, "record", "clerk", TODAY, data)
        one_by_one += [(place + 2, one.key, one.fault.say) for one in cautions([intent])]
        enter(cast, **data)
    assert told == one_by_one and len({check for _, check, _ in told}) >= 4


def varied() -> list[tuple[object, ...]]:
    """Forty meetings in no order, of which the checks have several things to say."""
    kinds = ("综合性会议", "一般性会议", "专题研讨会", "一般性会议")
    units = ("均县镇", "", "均县镇、市财政局")
    return [
        (
            f"会{n}",
            kinds[n % 4],
            "督查室",
            f"{2025 + (n % 5 > 0)}-{n * 7 % 3 + 5:02}-{n * 11 % 27 + 1:02}",
            units[n % 3],
            (60, 100, 130)[n % 3],
            40,
            f"名册{n % 6}" if n % 2 else "",
        )
        for n in range(40)
    ]


def enter(cast: Cast, **data: Any) -> Matter:
    """A meeting booked by the form."""
    plain = {"meeting_kind": "一般性会议", "organizer": "督查室", "minutes": 60, "attending": 40}
    doer = Doer("clerk", cast.clerk)
    made = raise_matter(cast.congress, "meetings", "record", doer, TODAY, {**plain, **data})
    assert isinstance(made, Matter), made
    return made
