"""Headers as offices draw them, and everything above, between and below the rows."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bihuan.exchange.headers import NoHeader, Table, by_values, recognise
from bihuan.exchange.sheets import Line, Merge, Sheet
from bihuan.exchange.values import looks_like_reply_category

SYNONYMS = {
    "number": ("编号", "建议编号"),
    "title": ("标题", "案由", "建议名称"),
    "lead": ("主办单位", "承办单位", "牵头单位", "主办"),
    "co": ("会办单位", "会办"),
    "deputies": ("领衔代表", "代表", "代表姓名"),
    "category": ("办理结果", "答复类型", "类别"),
    "replied_on": ("答复日期", "答复时间"),
    "rating": ("满意度",),
    "remark": ("备注",),
    "field": ("领域", "类别"),
}
SNIFF = by_values(
    {
        "category": looks_like_reply_category,
        "field": lambda value: not looks_like_reply_category(value),
    }
)


def sheet(*lines: str, merges: tuple[Merge, ...] = ()) -> Sheet:
    rows = [Line(number, [*line.split("|")]) for number, line in enumerate(lines, 1)]
    return Sheet("交办表", lambda: iter(rows), merges)


def table(*lines: str, merges: tuple[Merge, ...] = ()) -> tuple[Table, list[dict[str, str]]]:
    found = recognise(sheet(*lines, merges=merges), SYNONYMS, SNIFF)
    return found, [{name: str(cell) for name, cell in row.cells.items()} for row in found.rows]


def meaning(header: str) -> str | None:
    return table(f"编号|标题|{header}", "1|甲|x")[0].header.get(header)


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("承办单位", "lead"),
        ("承 办\n单 位", None),
        ("答复类型(A/B/C)", "category"),
        ("答复类型（Ａ／Ｂ／Ｃ）", "category"),
        ("*备注：", "remark"),
        ("县级承办单位", "lead"),
        ("承办单位名称", "lead"),
        ("领衔代表姓名", "deputies"),
        ("对办理结果满意度", "rating"),
        ("主办单位答复时间", "replied_on"),
        ("承办单位联系人", None),
        ("代表联系电话", None),
        ("代表团", None),
        ("要求答复日期", None),
        ("是否满意度", None),
        ("基本满意票", None),
        ("请各单位在此处认真填写本次会议的承办单位", None),
        ("先签收，再填承办单位", None),
    ],
)
def test_it_takes_a_header_for_what_its_last_word_says(header: str, field: str | None) -> None:
    if header == "承 办\n单 位":
        assert list(table(f"编号|标题|{header}", "1|甲|x")[0].header.values())[-1] == "lead"
    else:
        assert meaning(header) == field


def test_it_skips_titles_and_notes_and_joins_two_levels() -> None:
    found, rows = table(
        "某县代表建议交办表||||",
        "制表单位：代表工委||||单位：件",
        "编号|案由|承办单位||备注",
        "||主办|会办|",
        "1|修路|县交通局|县财政局|",
        merges=(Merge(1, 0, 1, 4), Merge(3, 2, 3, 3), Merge(3, 0, 4, 0), Merge(3, 4, 4, 4)),
    )
    assert found.header == {
        "编号": "number",
        "案由": "title",
        "承办单位/主办": "lead",
        "承办单位/会办": "co",
        "备注": "remark",
    }
    assert [skipped.number for skipped in found.skipped] == [1, 2]
    assert found.first_row == 5
    assert rows == [
        {"number": "1", "title": "修路", "lead": "县交通局", "co": "县财政局", "remark": ""}
    ]


def test_it_joins_two_levels_where_the_merges_are_lost() -> None:
    found, rows = table("编号|案由|承办单位||备注", "||主办|会办|", "1|修路|甲局|乙局|")
    assert (rows[0]["lead"], rows[0]["co"]) == ("甲局", "乙局")
    assert found.first_row == 3


def test_it_names_every_row_that_holds_no_matter() -> None:
    found, rows = table(
        "序号|编号|标题",
        "1|9|修路",
        "||",
        "一、城建类||",
        "编号|编号|标题",
        "序号|编号|标题",
        "2||",
        "小 计|1|",
        "填表人：张某||审核：李某",
    )
    assert len(rows) == 1
    assert [(skipped.number, skipped.reason) for skipped in found.skipped] == [
        (3, "空行"),
        (4, "能识别的各列都是空的"),
        (5, "重复的表头"),
        (6, "重复的表头"),
        (7, "能识别的各列都是空的"),
        (8, "合计行"),
        (9, "表尾说明"),
    ]


def test_it_keeps_a_row_that_merely_speaks_of_totals() -> None:
    _, rows = table("编号|标题", "1|合计投资三千万元修路的建议", "2|说明书翻译的建议")
    assert len(rows) == 2


def test_it_reports_second_columns_unknown_columns_and_columns_without_header() -> None:
    found, rows = table("编号|标题|承办单位|牵头单位|电话||", "1|甲|a局|b局|5||x")
    assert rows[0]["lead"] == "a局"
    assert found.ignored_columns == ["牵头单位", "电话", "第7列（无表头）"]
    assert [c.reason for c in found.columns if c.header == "牵头单位"] == ["与“承办单位”列重复"]


def test_it_prefers_the_exact_header_over_an_earlier_likeness() -> None:
    found, _ = table("编号|标题|附议代表|代表", "1|甲|乙|丙")
    assert found.header["代表"] == "deputies"
    assert found.ignored_columns == ["附议代表"]


def test_it_tells_lead_from_co_by_what_stands_in_brackets() -> None:
    found, _ = table("标题|承办单位（会办）|承办单位（主办）", "甲|a局|b局")
    assert found.header["承办单位（主办）"] == "lead"
    assert found.header["承办单位（会办）"] == "co"


@pytest.mark.parametrize(
    ("values", "field"), [(("A", "B", "甲"), "category"), (("农业农村", "城建环保"), "field")]
)
def test_it_decides_an_ambiguous_header_by_its_values(values: tuple[str], field: str) -> None:
    found, _ = table("编号|标题|类别", *(f"1|甲|{value}" for value in values))
    assert found.header["类别"] == field


def test_it_says_what_it_saw_and_what_it_would_understand() -> None:
    with pytest.raises(NoHeader) as refused:
        recognise(sheet("议程|会议", "审议报告|第一次会议"), SYNONYMS)
    assert "看到的是：议程、会议" in refused.value.sentence
    assert "编号/建议编号" in refused.value.sentence
    with pytest.raises(NoHeader, match="是空的"):
        recognise(sheet(""), SYNONYMS)


CELLS = st.sampled_from(["", " ", "1", "修路", "合计", "编号", "标题", "填表人：", "一、城建", "x"])


@given(st.lists(st.tuples(CELLS, CELLS, CELLS), max_size=12))
def test_it_hands_on_or_names_every_row(body: list[tuple[str, str, str]]) -> None:
    found = recognise(sheet("编号|标题|备注", *("|".join(row) for row in body)), SYNONYMS)
    numbers = [row.number for row in found.rows] + [skipped.number for skipped in found.skipped]
    assert sorted(numbers) == list(range(2, len(body) + 2))
