"""A ledger goes in whole or not at all, comes out again, and changes nothing when it comes back."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bihuan.exchange import matters_in, matters_out
from bihuan.exchange.report import Unusable
from bihuan.matters import act as writer
from bihuan.matters.act import Doer, Proposing, raise_matter
from bihuan.matters.models import Act, Matter, Proposer
from bihuan.measures.indicators import compute
from bihuan.people.models import Body, Congress, Person, Seat, Term

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 23)
HEADER = ("编号", "建议标题", "届次", "领衔代表", "承办单位", "答复类型", "答复时间", "代表满意度")
ROW = ("1", "关于修桥的建议", "五次会议", "张某", "县教育局", "A类", "2026年5月3日", "满意")


@pytest.fixture
def congress() -> Congress:
    return Congress.objects.create(name="某县人大", short_name="某县", level="county")


def sheet(*rows: Sequence[object], encoding: str = "utf-8") -> bytes:
    stream = io.StringIO()
    csv.writer(stream).writerows(rows)
    return stream.getvalue().encode(encoding)


def look(congress: Congress | None, content: bytes, name: str = "台账.csv") -> matters_in.Plan:
    return matters_in.plan(congress, "suggestions", content, TODAY, name=name)


def counts(plan: matters_in.Plan) -> tuple[int, int, int, int]:
    return plan.added, plan.changed, plan.unchanged, len(plan.rejected)


def test_it_books_a_row_as_a_matter_with_its_proposers(congress: Congress) -> None:
    term = Term.objects.create(congress=congress, number=18)
    person = Person.objects.create(congress=congress, name="张某")
    seat = Seat.objects.create(congress=congress, term=term, person=person)
    matters_in.commit(look(congress, sheet(HEADER, ROW)), None, TODAY)
    matter = Matter.objects.get()
    assert (matter.number, matter.title, matter.state) == ("1", "关于修桥的建议", "closed")
    assert matter.facts["reply_on"] == "2026-05-03"
    assert matter.facts["category"] == "A"
    assert Proposer.objects.get().seat == seat


def test_it_changes_nothing_when_the_same_file_comes_again(congress: Congress) -> None:
    content = sheet(HEADER, ROW, ("2", "关于修路的建议", "五次会议", "", "", "", "", ""))
    matters_in.commit(look(congress, content), None, TODAY)
    assert counts(look(congress, content)) == (0, 0, 2, 0)


def test_it_reads_a_ledger_in_gb18030(congress: Congress) -> None:
    plan = look(congress, sheet(HEADER, ROW, encoding="gb18030"))
    assert counts(plan) == (1, 0, 0, 0)
    assert plan.columns["领衔代表"] == "deputies"


def test_it_judges_a_file_without_any_congress() -> None:
    assert counts(look(None, sheet(HEADER, ROW))) == (1, 0, 0, 0)


def test_it_names_row_column_value_and_reason_of_every_bad_cell(congress: Congress) -> None:
    bad = ("1", "关于修桥的建议", "", "", "", "", "2024-13-45", "很满意")
    found = [one.as_json() for one in look(congress, sheet(HEADER, bad)).rejected]
    assert [(one["row"], one["column"], one["value"]) for one in found] == [
        (2, "答复时间", "2024-13-45"),
        (2, "代表满意度", "很满意"),
    ]
    assert found[1]["reason"] == "不在可填的范围内，可填：满意、基本满意、不满意"


def test_it_refuses_a_row_without_a_title(congress: Congress) -> None:
    plan = look(congress, sheet(HEADER, ("1", "", "", "", "", "A", "", "")))
    assert [one.reason for one in plan.rejected] == ["请填写“标题”"]


def test_it_refuses_the_same_matter_twice_in_one_file(congress: Congress) -> None:
    plan = look(congress, sheet(HEADER, ROW, ROW))
    assert counts(plan) == (1, 0, 0, 1)
    assert plan.rejected[0].row == 3


def test_it_refuses_one_number_for_two_titles_of_one_session(congress: Congress) -> None:
    other = ("1", "关于修路的建议", *ROW[2:])
    assert "编号与第 2 行相同" in look(congress, sheet(HEADER, ROW, other)).rejected[0].reason


def test_it_keeps_a_month_as_its_last_day_and_says_so(congress: Congress) -> None:
    plan = look(congress, sheet(HEADER, ("1", "关于修桥的建议", "", "", "", "", "2024-05", "")))
    assert plan.rows[0].data["reply_on"] == "2024-05-31"
    assert plan.rows[0].data["remark"] == "答复日期原文：2024-05"
    assert any("只写到月" in notice for notice in plan.notices)


def test_it_takes_bodies_by_any_of_their_names_and_keeps_unknown_ones(congress: Congress) -> None:
    Body.objects.create(congress=congress, name="某县教育体育局", aliases=["县教育局"])
    row = (*ROW[:4], "县教育局、县水务局", *ROW[5:])
    plan = look(congress, sheet(HEADER, row))
    assert plan.rows[0].data["lead_bodies"] == ["某县教育体育局", "县水务局"]
    assert any("县水务局" in notice for notice in plan.notices)


def test_it_corrects_a_booked_matter_by_an_act(congress: Congress) -> None:
    matters_in.commit(look(congress, sheet(HEADER, ROW)), None, TODAY)
    plan = look(congress, sheet(HEADER, (*ROW[:7], "不满意")))
    assert counts(plan) == (0, 1, 0, 0)
    matters_in.commit(plan, None, TODAY)
    assert Matter.objects.get().facts["result"] == "不满意"
    assert list(Act.objects.values_list("kind", flat=True)) == ["record", "edit_record"]


def test_it_corrects_a_title_by_number_and_session(congress: Congress) -> None:
    matters_in.commit(look(congress, sheet(HEADER, ROW)), None, TODAY)
    assert counts(look(congress, sheet(HEADER, ("1", "关于修大桥的建议", *ROW[2:])))) == (
        0,
        1,
        0,
        0,
    )


def test_it_lets_no_sheet_change_a_matter_under_way(congress: Congress) -> None:
    matter = whole_story(congress)
    row = (matter.number, matter.title, "", "", "", "", "", "不满意")
    plan = look(congress, sheet(HEADER, row))
    assert counts(plan) == (0, 0, 0, 1)
    assert "用相应的动作办理" in plan.rejected[0].reason


@pytest.mark.parametrize("ending", ["xlsx", "csv"])
def test_it_exports_what_comes_back_unchanged(
    congress: Congress, tmp_path: Path, ending: str
) -> None:
    matters_in.commit(look(congress, sheet(HEADER, ROW)), None, TODAY)
    whole_story(congress)
    target = tmp_path / f"台账.{ending}"
    assert matters_out.export(congress, "suggestions", target, TODAY) == 2
    assert counts(matters_in.plan(congress, "suggestions", target, TODAY)) == (0, 0, 2, 0)


def test_it_knows_exported_rows_of_one_title_apart(congress: Congress, tmp_path: Path) -> None:
    for text in ("东街", "西街"):
        said = {"title": "关于修路的建议", "text": text}
        raise_matter(congress, "suggestions", "raise", Doer("clerk"), TODAY, said)
    target = tmp_path / "台账.xlsx"
    matters_out.export(congress, "suggestions", target, TODAY)
    assert counts(matters_in.plan(congress, "suggestions", target, TODAY)) == (0, 0, 2, 0)


def test_it_refuses_a_table_of_totals_line_by_line(congress: Congress) -> None:
    totals = sheet(("办理结果", "件数", "占比(%)"), ("A", 114, "68.68"), ("B", 52, "31.33"))
    plan = look(congress, totals)
    assert len(plan.rejected) == 2
    assert "汇总数" in plan.rejected[0].reason
    assert "68.67%" in plan.rejected[0].reason


def test_it_says_why_a_file_cannot_be_used(congress: Congress) -> None:
    with pytest.raises(Unusable, match="不是表格"):
        look(congress, b"%PDF-1.4", "台账.csv")


def test_it_tells_by_the_values_what_a_column_holds(congress: Congress) -> None:
    rated = look(congress, sheet(("标题", "办理结果"), ("甲", "满意"), ("乙", "不满意")))
    answered = look(congress, sheet(("标题", "类别"), ("甲", "A"), ("乙", "列入计划")))
    sorted_by_field = look(congress, sheet(("标题", "类别"), ("甲", "农业农村"), ("乙", "教育")))
    assert rated.columns["办理结果"] == "result"
    assert answered.columns["类别"] == "category"
    assert sorted_by_field.columns["类别"] == "field"


@pytest.mark.parametrize(
    ("printed", "header"),
    [
        ({"A": (64, "50"), "B": (38, "29.7"), "C": (21, "16.4"), "D": (5, "3.9")}, "办理结果"),
        ({"甲": (43, "75.4"), "乙": (13, "22.8"), "丙": (1, "1.8")}, "答复类别"),
        ({"已解决": (116, "75.3"), "列入计划": (36, "23.4"), "难以解决": (2, "1.3")}, "办理结果"),
        ({"城市建设": (155, "36"), "财贸金融": (44, "10"), "其他": (234, "54")}, "类别"),
    ],
)
def test_it_gives_the_percentages_that_were_printed(
    congress: Congress, printed: dict[str, tuple[int, str]], header: str
) -> None:
    words = [word for word, (count, _) in printed.items() for _ in range(count)]
    rows = [(place, f"建议{place}", word) for place, word in enumerate(words, 1)]
    matters_in.commit(look(congress, sheet(("编号", "标题", header), *rows)), None, TODAY)
    keys = ("category_share", "field_share")
    found = {int(f.numerator): f for f in compute(congress, "suggestions") if f.key in keys}
    for count, percent in printed.values():
        places = len(percent.partition(".")[2])
        assert found[count].percent(places) == Decimal(percent)


CELLS = st.sampled_from(["", "满意", "基本满意", "不满意"])
LEDGERS = st.lists(
    st.tuples(st.sampled_from("甲乙丙丁"), st.sampled_from(["", "A", "b类", "丙"]), CELLS),
    max_size=4,
    unique_by=lambda row: row[0],
)


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(LEDGERS)
def test_it_is_idempotent_for_any_ledger(
    congress: Congress, rows: list[tuple[str, str, str]]
) -> None:
    fresh = Congress.objects.create(name=f"县{Congress.objects.count()}", short_name="县")
    content = sheet(("标题", "答复类别", "满意度"), *rows)
    matters_in.commit(look(fresh, content), None, TODAY)
    assert counts(look(fresh, content)) == (0, 0, len(rows), 0)


def whole_story(congress: Congress) -> Matter:
    """One suggestion from raising to rating, through hand-over and reply."""
    body, _ = Body.objects.get_or_create(congress=congress, name="某县交通运输局")
    day = date(2026, 3, 2)
    matter = raise_matter(
        congress,
        "suggestions",
        "raise",
        Doer("clerk"),
        day,
        {"title": "关于架设人行天桥的建议", "source": "闭会期间"},
        proposers=[Proposing("李某"), Proposing("王某")],
    )
    assert isinstance(matter, Matter)
    share = {"body": str(body.pk), "person": "赵某", "kind": "lead"}
    for actor, kind, data, key in (
        ("clerk", "submit", {}, ""),
        ("clerk", "accept", {}, ""),
        ("clerk", "hand_over", {"assignments": [share]}, ""),
        ("lead_body", "acknowledge", {}, "1"),
        ("lead_body", "reply", {"category": "A", "reply_text": "我局已建成该桥并开放通行。"}, "1"),
        ("proposer", "rate", {"attitude": "满意", "result": "满意"}, ""),
    ):
        taken = writer.act(matter.pk, kind, Doer(actor), day, data, share=key)
        assert isinstance(taken, Act), taken
    matter.refresh_from_db()
    return matter
