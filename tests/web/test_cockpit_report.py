"""The cockpit's blocks and its report: who is overdue, what was promised, the years; the same figures on paper."""

from __future__ import annotations

import re
from datetime import date
from io import BytesIO
from zipfile import ZipFile

import pytest
from docx import Document
from python_calamine import CalamineWorkbook
from tests.cast import Cast

from bihuan.matters.act import Doer
from bihuan.matters.models import Matter

pytestmark = pytest.mark.django_db

PROMISE = {
    "category": "B",
    "reply_text": "将于2026年6月30日前建成天桥。",
    "commitments": [{"title": "建成天桥", "by": "2026-06-30"}],
}


def page(cast: Cast, query: str = "", url: str = "/cockpit/") -> str:
    answer = cast.client("leader").get(f"{url}{query}")
    assert answer.status_code == 200
    return answer.content.decode()


def late_ones(cast: Cast) -> None:
    for number in range(3):
        cast.suggestion("working", day=date(2025, 1, 6), title=f"关于早该办好的事之{number}")
    cast.suggestion("working", day=date(2025, 1, 6), title="关于另一件事", lead="finance")


def kept_promise(cast: Cast) -> Matter:
    matter = cast.suggestion("working", day=date(2026, 1, 6), title="关于天桥的建议")
    body = Doer("lead_body", cast.contact, str(cast.bodies["traffic"]))
    cast.take(matter, "reply", body, date(2026, 2, 2), PROMISE, "1")
    return matter


def report(cast: Cast, query: str = "") -> bytes:
    answer = cast.client("leader").get(f"/cockpit/report/{query}")
    assert answer.status_code == 200
    assert "attachment" in answer["Content-Disposition"]
    return answer.content


def words(content: bytes) -> str:
    sheet = Document(BytesIO(content))
    cells = [cell.text for table in sheet.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in sheet.paragraphs), *cells])


def test_it_says_in_the_title_who_has_most_overdue(cast: Cast) -> None:
    late_ones(cast)
    shown = page(cast)
    name = str(cast.bodies["traffic"].name)
    assert f"{name} 3 件逾期，占全部逾期 4 件的 75.0%" in shown
    assert f'href="/cockpit/body/{cast.bodies["traffic"].pk}/?as_of=' in shown


def test_it_names_all_that_have_as_many(cast: Cast) -> None:
    cast.suggestion("working", day=date(2025, 1, 6))
    cast.suggestion("working", day=date(2025, 1, 6), title="关于另一件事", lead="finance")
    assert "各 1 件逾期，各占全部逾期 2 件的 50.0%" in page(cast)


def test_it_shows_why_on_the_page_of_the_body(cast: Cast) -> None:
    late_ones(cast)
    shown = page(cast, url=f"/cockpit/body/{cast.bodies['traffic'].pk}/")
    assert "逾期 3 件" in shown and "关于早该办好的事之1" in shown and "关于另一件事" not in shown
    before = page(cast, "?as_of=2025-01-20", f"/cockpit/body/{cast.bodies['traffic'].pk}/")
    assert "没有逾期的事项" in before
    assert cast.client("leader").get("/cockpit/body/99999999/").status_code == 404
    foreign = cast.client("outsider").get(f"/cockpit/body/{cast.bodies['traffic'].pk}/")
    assert foreign.status_code == 404


def test_it_tells_what_was_promised_and_not_done(cast: Cast) -> None:
    kept_promise(cast)
    assert "承诺 1 项，到期没有办成 1 项，占 100.0%" in page(cast)
    assert "承诺 1 项，没有到期未办成的" in page(cast, "?as_of=2026-05-01")


def test_it_shows_the_years_of_its_rates(cast: Cast) -> None:
    cast.suggestion("closed", day=date(2025, 1, 6), title="关于去年的事")
    cast.suggestion("working", day=date(2026, 1, 6), title="关于今年的事")
    years = page(cast).split('id="years"')[1]
    assert re.search(r"答复率：2025 年 100.0%，2026 年 (100.0|0.0)%", years)


def test_it_goes_out_as_a_report_with_the_figures_of_the_page(cast: Cast) -> None:
    late_ones(cast)
    kept_promise(cast)
    said = words(report(cast))
    name = str(cast.bodies["traffic"].name)
    # Of the six, one waits for a deputy's rating: that is not the body's to answer for.
    assert f"{name}逾期4件，占全部逾期6件的66.7%" in said
    assert "承诺1项，到期没有办成1项，占100.0%" in said
    assert "代表建议办理" in said and "关于早该办好的事之2" in said
    shown = page(cast)
    rates = re.findall(r">(\d+\.\d%)</a> <small class=\"muted\">(\d+)/(\d+)</small>", shown)
    assert rates
    for rate, numerator, denominator in rates:
        assert f"{rate}\n{numerator}/{denominator}" in said


def test_it_notes_each_figure_with_its_base_and_day(cast: Cast) -> None:
    late_ones(cast)
    with ZipFile(BytesIO(report(cast, "?as_of=2026-05-01"))) as parts:
        notes = parts.read("word/footnotes.xml").decode()
        body = parts.read("word/document.xml").decode()
        charts = [name for name in parts.namelist() if name.startswith("word/charts/")]
    assert "分子 3，分母 4" in notes and notes.count("截至 2026-05-01") >= 3
    assert "【注" not in body and body.count("w:footnoteReference") == notes.count('w:id="') - 2
    assert charts


def test_it_is_whole_where_nothing_is_on_record(cast: Cast) -> None:
    assert "在办0件" in words(report(cast, "?as_of=2024-01-01"))


def test_it_goes_out_as_a_workbook_with_the_new_blocks(cast: Cast) -> None:
    late_ones(cast)
    content = cast.client("leader").get("/cockpit/workbook/").content
    book = CalamineWorkbook.from_filelike(BytesIO(content))
    rows = book.get_sheet_by_name("各单位逾期").to_python()
    assert [str(cast.bodies["traffic"].name), 3] in [row[:2] for row in rows]


def test_it_is_for_those_who_oversee_the_congress(cast: Cast) -> None:
    for role in ("deputy", "contact", "unit", "system_admin"):
        assert cast.client(role).get("/cockpit/report/").status_code == 403, role
