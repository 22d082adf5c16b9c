"""Letters: made from real matters, numbered without gaps, by the national standard, seen by whom they are for."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from docx import Document
from pypdf import PdfReader
from tests.cast import Cast
from tests.letters import clerks, standard

from bihuan.letters import access as letter_access
from bihuan.letters import bulk, declared, forms, make, own_forms, pdf, register
from bihuan.letters.models import Letter
from bihuan.letters.sandbox import BadTemplate, check
from bihuan.letters.text import pieces
from bihuan.loop.forms import Refusal
from bihuan.matters import access, files
from bihuan.matters.models import Matter

DAY = date(2026, 5, 20)
HAN = "办理代表建议是国家机关的法定职责各承办单位应当认真研究及时答复并通报落实情况" * 14
VALUES = {
    "发文机关标志": "江州市人民代表大会常务委员会办公室",
    "发文机关": "江州市人民代表大会常务委员会办公室",
    "发文字号": "江人常办函〔2026〕5号",
    "标题": "关于交办代表建议的函",
    "主送机关": "江州市交通运输局",
    "正文": pieces(f"{HAN}\n一、要求\n（一）签收\n1.按期。\n（1）答复。\n{HAN}\n{HAN}"),
    "附件": ["1.原文", "2.情况表"],
    "成文日期": "2026年5月2日",
    "附注": "联系人：王志刚",
    "抄送": "江州市人民政府办公室",
    "印发机关": "江州市人民代表大会常务委员会办公室",
    "印发日期": "2026年5月2日",
    "版头标记": "特急",
}


def standing(cast: Cast, role: str) -> access.Standing:
    return access.standing_of(cast.users[role], DAY)


def drafted(cast: Cast, matter: Matter, key: str = "hand_over", role: str = "clerk") -> Letter:
    letter = declared.letters()[f"suggestions/{key}"]
    who = standing(cast, role)
    share = letter_access.shares_for(who, letter, matter)[0]
    made = register.draft(who, letter, register.Subject(matter, share), DAY)
    assert isinstance(made, Letter), made
    return made


def issued(cast: Cast, matter: Matter, key: str = "hand_over", role: str = "clerk") -> Letter:
    made = register.issue(standing(cast, role), drafted(cast, matter, key, role).pk, DAY)
    assert isinstance(made, Letter), made
    return made


def content(row: Letter) -> bytes:
    assert row.docx is not None
    with files.open_file(row.docx) as file:
        return file.read()


def words(docx: bytes) -> str:
    sheet = Document(BytesIO(docx))
    return "\n".join(paragraph.text for paragraph in sheet.paragraphs)


# The standard


@pytest.mark.parametrize("form", forms.FORMS)
def test_it_agrees_with_the_national_standard(form: str) -> None:
    assert standard.faults(make.docx(forms.national(form), VALUES)) == []


def _broken(docx: bytes, part: str, old: str, new: str) -> bytes:
    target, changed = BytesIO(), 0
    with zipfile.ZipFile(BytesIO(docx)) as source, zipfile.ZipFile(target, "w") as parts:
        for name in source.namelist():
            text = source.read(name)
            if re.fullmatch(part, name):
                changed += len(re.findall(old, text.decode()))
                text = re.sub(old, new, text.decode()).encode()
            parts.writestr(name, text)
    assert changed, "the mutation changed nothing"
    return target.getvalue()


@pytest.mark.parametrize(
    ("part", "old", "new"),
    [
        ("word/document.xml", 'w:top="2098"', 'w:top="1440"'),
        ("word/document.xml", 'w:left="1587"', 'w:left="1800"'),
        ("word/document.xml", 'w:linePitch="579"', 'w:linePitch="312"'),
        ("word/document.xml", "〔2026〕5号", "[2026]5号"),
        ("word/document.xml", "〔2026〕5号", "〔2026〕第05号"),
        ("word/document.xml", "2026年5月2日", "2026年05月02日"),
        ("word/styles.xml", 'w:eastAsia="黑体"', 'w:eastAsia="宋体"'),
        ("word/styles.xml", 'w:sz w:val="32"', 'w:sz w:val="28"'),
        ("word/settings.xml", "<w:evenAndOddHeaders/>", ""),
        (r"word/footer\d.xml", "— ", "- "),
        (r"word/footer\d.xml", 'w:jc w:val="left"', 'w:jc w:val="right"'),
        ("word/document.xml", "FF0000", "000000"),
        ("word/document.xml", "江州市交通运输局：", "江州市交通运输局"),
        ("word/document.xml", "2.情况表", "2.情况表。"),
    ],
)
def test_it_finds_what_is_broken(part: str, old: str, new: str) -> None:
    whole = make.docx(forms.national("document"), VALUES)
    assert standard.faults(_broken(whole, part, old, new))


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("letters") / "letter.pdf"
    plain = VALUES | {"正文": pieces(f"{HAN}{HAN}{HAN}")}
    target.write_bytes(pdf.from_docx(make.docx(forms.national("letter"), plain)))
    return target


def test_it_draws_22_lines_of_28_characters(drawn: Path) -> None:
    lines = standard.lines_of(drawn, 2)
    assert len(lines) == 22
    full = [text for _, text in lines[:-1]]
    assert max(map(len, full)) == 28
    assert sum(len(text) == 28 for text in full) >= 18


def test_it_numbers_pages_but_the_first_of_a_letter(drawn: Path) -> None:
    pages = [page.extract_text() for page in PdfReader(drawn).pages]
    shown = [re.findall(r"—\s*(\d+)\s*—", text) for text in pages]
    assert shown == [[], *([str(n)] for n in range(2, len(pages) + 1))]
    box = PdfReader(drawn).pages[0].mediabox
    assert (round(box.width), round(box.height)) == (595, 842)


def test_it_says_plainly_where_no_pdf_can_be_made(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)
    assert not pdf.available()
    with pytest.raises(pdf.NoPdf, match="没有安装 LibreOffice"):
        pdf.from_docx(b"")


# From matters


def test_it_writes_the_hand_over_from_the_matter(cast: Cast) -> None:
    row = issued(cast, cast.suggestion("handed", co=["finance"]))
    said = words(content(row))
    assert standard.faults(content(row)) == []
    assert row.written == "丹人常办函〔2026〕1号"
    for word in (
        "丹江市交通运输局：",
        "周建国",
        "张春梅代表",
        "关于修建城北人行天桥的建议",
        "2026年5月20日",
    ):
        assert word in said
    assert row.docx and row.docx.matter_id == row.matter_id and row.issued_by == cast.clerk


def test_it_marks_the_reply_and_keeps_the_rating_out_of_it(cast: Cast) -> None:
    matter = cast.suggestion("rating")
    row = issued(cast, matter, "reply", "contact")
    said = words(content(row))
    assert standard.faults(content(row)) == []
    assert "办理结果：B" in said and "已列入计划" in said and "张春梅代表：" in said
    rated = cast.suggestion("redoing", title="关于另一座天桥的建议")
    letter = declared.letters()["suggestions/press"]
    press = drafted(cast, rated, "press")
    values = register._values(
        standing(cast, "clerk"), letter, register.Subject(rated, rated.assignments.get()), DAY
    )
    assert "不满意" not in press.text + "".join(map(str, values.values()))


def test_it_reports_a_year_with_tables_and_charts(cast: Cast) -> None:
    cast.suggestion("closed")
    cast.suggestion("rating", title="关于拓宽道路的建议")
    who, letter = standing(cast, "clerk"), declared.letters()["suggestions/yearly"]
    draft = register.draft(who, letter, register.Subject(year=2026), DAY)
    assert isinstance(draft, Letter)
    row = register.issue(who, draft.pk, DAY)
    assert isinstance(row, Letter), row
    assert standard.faults(content(row)) == []
    with zipfile.ZipFile(BytesIO(content(row))) as parts:
        drawn = [name for name in parts.namelist() if name.startswith("word/charts/")]
        assert len(drawn) == 2 and b"numLit" in parts.read(drawn[0])
    assert "最多" in words(content(row)) and len(Document(BytesIO(content(row))).tables) == 2


def test_it_refuses_a_table_there_is_no_data_for(cast: Cast) -> None:
    row = drafted(cast, cast.suggestion("handed"))
    given = {"subject": row.subject, "to": row.to, "text": "【表：没有的】"}
    assert register.edit(row, given) is None
    refused = register.issue(standing(cast, "clerk"), row.pk, DAY)
    assert isinstance(refused, Refusal) and "没有的" in refused.say
    assert issued(cast, cast.suggestion("handed", title="关于别的建议")).number == 1


# The register


def test_it_keeps_a_void_number_with_its_reason(cast: Cast) -> None:
    matter, who = cast.suggestion("handed"), standing(cast, "clerk")
    first = issued(cast, matter)
    assert isinstance(register.void(who, first.pk, " "), Refusal)
    gone = register.void(who, first.pk, "主送机关写错")
    assert isinstance(gone, Letter) and gone.state == "void" and gone.written.endswith("1号")
    assert issued(cast, matter).number == 2
    assert isinstance(register.discard(first), Refusal)
    assert isinstance(register.edit(gone, {"subject": "改"}), Refusal)


def test_it_issues_the_same_letter_once(cast: Cast) -> None:
    row = drafted(cast, cast.suggestion("handed"))
    who = standing(cast, "clerk")
    one, two = register.issue(who, row.pk, DAY), register.issue(who, row.pk, DAY)
    assert isinstance(one, Letter) and isinstance(two, Letter)
    assert one.number == two.number == 1


@pytest.mark.django_db(transaction=True)
def test_it_gives_no_number_twice_to_sixteen_clerks(tmp_path: Path) -> None:
    """On PostgreSQL in the test's database; SQLite's is in memory, so a file of its own is used."""
    found = clerks.sixteen() if connection.vendor == "postgresql" else _on_a_file(tmp_path)
    assert found == {"taken": list(range(1, 17)), "wrong": []}


def _on_a_file(home: Path) -> dict[str, Any]:
    root = Path(__file__).parents[2]
    env = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    env |= {
        "BIHUAN_HOME": str(home),
        "PYTHONPATH": f"{root / 'src'}{os.pathsep}{root}",
        "DJANGO_SETTINGS_MODULE": "bihuan.settings",
    }
    said = subprocess.run(
        [sys.executable, "-m", "tests.letters.clerks"],
        cwd=root, env=env, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    found: dict[str, Any] = json.loads(said)
    return found


def test_it_makes_one_for_each_share_and_none_twice(cast: Cast) -> None:
    matter = cast.suggestion("handed", co=["finance"])
    who, letter = standing(cast, "clerk"), declared.letters()["suggestions/hand_over"]
    told: list[tuple[int, int]] = []
    shares = bulk.wanted(who, letter, Matter.objects.filter(pk=matter.pk))
    run = bulk.issue_all(who, letter, shares, DAY, lambda at, of: told.append((at, of)))
    assert told == [(1, 2), (2, 2)] and [row.number for row in run.issued] == [1, 2]
    with zipfile.ZipFile(BytesIO(bulk.zipped(run))) as parts:
        assert len(parts.namelist()) == 3
    assert bulk.wanted(who, letter, Matter.objects.filter(pk=matter.pk)) == []


# Templates


def _template(*lines: str) -> bytes:
    sheet = Document()
    for line in lines:
        sheet.add_paragraph(line)
    target = BytesIO()
    sheet.save(target)
    return target.getvalue()


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{{ 标题 }}{{ 不认识的 }}", "“不认识的”系统里没有"),
        ("{{ 标题 ", "写法不对"),
    ],
)
def test_it_names_what_is_wrong_in_a_template(cast: Cast, line: str, said: str) -> None:
    letter = declared.letters()["suggestions/hand_over"]
    file = SimpleUploadedFile("模板.docx", _template(line))
    refused = own_forms.set_template(standing(cast, "clerk"), letter, file)
    assert isinstance(refused, Refusal) and said in refused.say


@pytest.mark.parametrize(
    "line",
    [
        "{{ ''.__class__.__mro__ }}",
        "{{ 标题.__init__.__globals__ }}",
        "{{ 'a' * 100000000 }}",
        "{% for n in range(10) %}{{ n }}{% endfor %}",
    ],
)
def test_it_lets_a_template_do_nothing_else(line: str) -> None:
    with pytest.raises(BadTemplate):
        template = _template(line)
        check(template, {"标题"})
        make.docx(template, {"标题": "甲"})


def test_it_uses_a_template_of_the_congress_and_escapes_what_people_wrote(cast: Cast) -> None:
    who, letter = standing(cast, "clerk"), declared.letters()["suggestions/hand_over"]
    file = SimpleUploadedFile(
        "模板.docx", _template("本级自备 {{ 标题 }} {{ 事项 }} {{ 发文字号 }}")
    )
    assert not isinstance(own_forms.set_template(who, letter, file), Refusal)
    assert not isinstance(own_forms.set_code(who, letter, "丹人办函"), Refusal)
    row = issued(cast, cast.suggestion("handed", title="关于<b>&{{ 人大 }}的建议"))
    assert "本级自备" in words(content(row)) and "<b>&{{ 人大 }}" in words(content(row))
    assert row.written == "丹人办函〔2026〕1号"


# Access and screens


def test_it_shows_a_letter_to_whom_it_is_for_only(cast: Cast) -> None:
    matter = cast.suggestion("rating")
    row, draft = issued(cast, matter, "reply", "contact"), drafted(cast, matter, "reply", "contact")
    may = {
        role
        for role in cast.users
        if letter_access.readable(standing(cast, role)).filter(pk=row.pk).exists()
    }
    assert may == {"clerk", "secretariat", "committee", "leader", "contact", "deputy"}
    readers = {
        role
        for role in cast.users
        if letter_access.readable(standing(cast, role)).filter(pk=draft.pk).exists()
    }
    assert readers == {"contact"}
    assert row.docx is not None
    for role in ("deputy", "clerk", "contact"):
        assert cast.client(role).get(f"/f/{row.docx.pk}/").status_code == 404


def _post(client: Client, path: str, **data: str) -> int:
    return client.post(path, data).status_code


def test_it_goes_from_draft_to_number_on_screen(cast: Cast) -> None:
    matter, clerk = cast.suggestion("handed"), cast.client("clerk")
    assert "交办函" in clerk.get(f"/m/{matter.pk}/letters/").content.decode()
    assert _post(clerk, f"/m/{matter.pk}/letters/hand_over/", share="1") == 302
    row = Letter.objects.get()
    page = f"/letters/{row.pk}/"
    assert "还没有编号" in clerk.get(page).content.decode()
    given = {
        "subject": "关于交办建议的函",
        "to": row.to,
        "text": row.text,
        "copies": "",
        "note": "",
    }
    assert _post(clerk, page, **{**given, "text": ""}) == 422
    assert clerk.get(f"{page}file/docx/").status_code == 200 and not Letter.objects.get().number
    assert _post(clerk, page, **given, then="issue") == 302
    assert "人常办函〔" in clerk.get(page).content.decode()
    assert clerk.get(f"{page}file/docx/").status_code == 200
    assert "关于交办建议的函" in clerk.get("/letters/").content.decode()
    assert clerk.get("/letters/export/")["Content-Type"].startswith("application/vnd.openxml")
    assert _post(cast.client("contact"), f"{page}void/", reason="乱来") == 404
    assert _post(clerk, f"{page}void/", reason="重发") == 302
    assert "重发" in clerk.get("/letters/").content.decode()


@pytest.mark.parametrize("role", ["contact", "deputy", "leader", "unit"])
def test_it_lets_nobody_else_make_a_hand_over(cast: Cast, role: str) -> None:
    matter = cast.suggestion("handed")
    status = _post(cast.client(role), f"/m/{matter.pk}/letters/hand_over/", share="1")
    assert status in (403, 404) and not Letter.objects.exists()


def test_it_declares_letters_that_hold_together() -> None:
    found = declared.letters()
    assert {"suggestions/hand_over", "suggestions/press", "suggestions/reply", "suggestions/yearly",
            "opinions/opinion", "opinions/hand_over", "opinions/report"} <= set(found)  # fmt: skip
