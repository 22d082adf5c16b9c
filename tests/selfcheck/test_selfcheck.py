"""The self-examination: in the seeds' form, and every number in it traced to a query."""

from __future__ import annotations

import re
from datetime import date
from io import BytesIO

import pytest
from docx import Document
from tests.cast import Cast

from bihuan.cli import run as command
from bihuan.findings.models import Finding
from bihuan.findings.run import run
from bihuan.findings.settle import confirm, problem_of, set_aside
from bihuan.loop.spec import HEADINGS
from bihuan.matters.act import Doer, raise_matter
from bihuan.matters.models import Matter
from bihuan.selfcheck import sources
from bihuan.selfcheck.report import Report, docx, draft

pytestmark = pytest.mark.django_db
DAY = date(2026, 6, 1)
DATES = re.compile(r"前\d个季度|\d{4}年(?:\d{1,2}月\d{1,2}日|第[一二三四]季度)?|\d+月\d+日")


def papers(cast: Cast, count: int, month: int, day: int = 5) -> None:
    """Papers outside the count issued in a month, entered as an old ledger is."""
    for number in range(count):
        data = {
            "title": f"关于{month}月工作的提示{number + 1}",
            "paper_kind": "工作提示",
            "inside": False,
            "organizer": "办公室",
            "issued_on": f"2026-{month:02}-{day:02}",
            "length": 1200,
        }
        doer = Doer("clerk", cast.clerk)
        made = raise_matter(cast.congress, "paperwork", "record", doer, DAY, data)
        assert isinstance(made, Matter)


@pytest.fixture
def year(cast: Cast) -> Cast:
    papers(cast, 4, 2)
    papers(cast, 9, 5)
    run(cast.congress, DAY, 2026)
    return cast


def report(cast: Cast) -> Report:
    return draft(cast.congress, DAY)


def test_it_has_the_six_headings_of_the_local_reports_in_their_order(year: Cast) -> None:
    lines = report(year).paper.lines
    headings = [line for line in lines if line[1:2] == "、" and line.endswith("方面")]
    assert [line[2:-2] for line in headings] == list(HEADINGS.values())
    assert lines.count("（一）问题表现") == lines.count("（二）整改措施") == 4


def test_it_tells_what_the_checks_found_with_their_figures(year: Cast) -> None:
    text = report(year).text
    assert "第二季度印发口径外文件9份，较前1个季度平均数（4.0份）增长125%" in text
    assert "登记文件制发9份，上一季度4份，上年同期0份" in text


def test_it_names_the_measure_its_body_its_limit_and_where_it_stands(year: Cast) -> None:
    finding = Finding.objects.get(check_key="outside_grows")
    doer = Doer("clerk", year.clerk)
    body = str(year.bodies["traffic"].pk)
    rows = [{"body": body, "person": "张某", "kind": "lead"}]
    data = {**problem_of(finding), "assignments": rows, "by": "2026-08-31"}
    made = confirm(finding.pk, doer, year.clerk, DAY, data)
    assert isinstance(made, Matter), made
    line = next(line for line in report(year).paper.lines if made.title in line)
    assert "交通" in line and "张某" in line and "2026年8月31日前完成" in line


def test_it_keeps_the_reason_of_what_was_explained(year: Cast) -> None:
    finding = Finding.objects.get(check_key="outside_grows")
    assert isinstance(
        set_aside(finding.pk, "explained", "汛期集中提示，已合并。", year.clerk), Finding
    )
    assert "已说明。汛期集中提示，已合并。" in report(year).text


def test_it_leaves_out_what_was_refuted(year: Cast) -> None:
    finding = Finding.objects.get(check_key="outside_grows")
    set_aside(finding.pk, "refuted", "重复登记。", year.clerk)
    assert "增长125%" not in report(year).text


def test_it_traces_every_number_in_it_to_a_query(year: Cast) -> None:
    """Each number outside dates and headings stands in the note of its sentence; each note is counted again."""
    made = report(year)
    for line in made.paper.lines:
        marked = re.search(r"〔注(\d+)〕$", line)
        body = DATES.sub("", re.sub(r"〔注\d+〕$|^\d+\.", "", line))
        numbers = re.findall(r"\d+(?:\.\d+)?", body)
        if not numbers:
            continue
        assert marked, f"没有注：{line}"
        note = made.paper.notes[int(marked[1]) - 1]
        known = {
            float(word) for figure in note.figures for word in re.findall(r"\d+(?:\.\d+)?", figure)
        }
        strange = [n for n in numbers if not any(abs(float(n) - k) < 0.51 for k in known)]
        assert strange == [], f"{line}：{strange} 不在注里（{note.figures}）"
    again = sources.trend(year.congress, sources.registers("documents")[0], DAY)
    rows = Matter.objects.filter(institution="paperwork", facts__issued_on__gte="2026-04-01")
    assert (again.now, again.before) == (rows.count(), 4)


def test_it_counts_clues_and_tells_no_word_of_them(year: Cast) -> None:
    data = {
        "title": "节前快递较多",
        "heading": HEADINGS["gifts"],
        "noted_on": "2026-03-01",
        "text": "收发室登记的快递明显增多。",
    }
    doer, day = Doer("leader", year.leader), date(2026, 3, 2)
    made = raise_matter(year.congress, "clues", "raise", doer, day, data)
    assert isinstance(made, Matter)
    year.take(made, "pass_on", Doer("leader", year.leader), date(2026, 3, 9), {"receipt": "签收"})
    text = report(year).text
    assert "登记线索1条，移送监察机关1条" in text
    assert "快递" not in text
    assert year.client("clerk").get(f"/m/{made.pk}/").status_code == 404
    assert year.client("leader").get(f"/m/{made.pk}/").status_code == 200


def test_it_stands_as_it_stood_on_a_past_day(year: Cast) -> None:
    assert "登记文件制发4份" in draft(year.congress, date(2026, 3, 31)).text


def test_it_is_a_document_in_the_national_format(year: Cast) -> None:
    made = report(year)
    sheet = Document(BytesIO(docx(made)))
    text = "\n".join(paragraph.text for paragraph in sheet.paragraphs)
    assert made.title in text
    assert all(line in text for line in made.paper.lines)


def test_it_is_written_by_one_command(
    year: Cast, tmp_path, capsys: pytest.CaptureFixture[str]
) -> None:  # type: ignore[no-untyped-def]
    target = tmp_path / "report.docx"
    asked = ["report", "selfcheck", "--as-of", "2026-06-01", "-o", str(target)]
    assert command([*asked, "--congress", year.congress.name]) == 0
    assert target.read_bytes()[:2] == b"PK"
    assert "已写入" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("role", "status"), [("clerk", 200), ("leader", 200), ("deputy", 403), ("contact", 403)]
)
def test_it_is_read_by_the_clerk_and_the_leaders(year: Cast, role: str, status: int) -> None:
    assert year.client(role).get("/selfcheck/?as_of=2026-06-01").status_code == status


@pytest.mark.parametrize("asked", ["2026-13-40", "", "许多", "9999-12-31", "0001-01-01"])
def test_it_answers_any_day_asked_for(year: Cast, asked: str) -> None:
    assert year.client("clerk").get("/selfcheck/", {"as_of": asked}).status_code == 200


def test_it_reckons_quarters_over_the_turn_of_the_year() -> None:
    assert sources.quarter_of(date(2026, 2, 10)) == (date(2026, 1, 1), date(2026, 2, 10))
    assert sources.quarter_of(date(2026, 2, 10), 1) == (date(2025, 10, 1), date(2025, 12, 31))
    assert sources.same_last_year(date(2028, 2, 29)) == (date(2027, 1, 1), date(2027, 2, 28))
