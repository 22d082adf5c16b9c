"""`review` and what it answers, also for files that cannot be read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import docx
import pytest
from pypdf import PdfWriter

from bihuan.cli import run

NOTICE = (
    "关于报送材料的情况通报\n各乡镇人大：\n请于6月10日前将照片和台账报送县人大办公室。\n"
    "进一步加强组织领导，凝聚合力。\n"
)
Capture = pytest.CaptureFixture[str]


def answered(capsys: Capture, *argv: object) -> Any:
    assert run(["review", *map(str, argv), "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_it_judges_each_line_as_one_sentence(capsys: Capture, tmp_path: Path) -> None:
    file = tmp_path / "句子.txt"
    file.write_text("新建公厕12座。\n\n进一步加强组织领导。\n", encoding="utf-8")
    first, second = answered(capsys, "--lines", file)
    assert set(first) == {"text", "kind", "uncheckable", "who", "when", "how_much", "how", "why"}
    assert (first["uncheckable"], first["how_much"]) == (False, True)
    assert (second["uncheckable"], second["kind"]) == (True, "measure")


@pytest.mark.parametrize("suffix", [".txt", ".md", ".docx"])
def test_it_reads_a_paper_from_every_kind_of_file(
    capsys: Capture, tmp_path: Path, suffix: str
) -> None:
    file = tmp_path / f"通报{suffix}"
    if suffix == ".docx":
        paper = docx.Document()
        for line in NOTICE.splitlines():
            paper.add_paragraph(line)
        paper.save(str(file))
    else:
        file.write_text(NOTICE, encoding="gb18030")
    (paper_read,) = answered(capsys, file)["papers"]
    assert paper_read["kind"] == "情况通报"
    assert paper_read["claim"]["hidden"] is True
    assert paper_read["demands"][0]["by"] == "6月10日前"
    assert len(paper_read["uncheckable"]) == 1


def test_it_shows_what_papers_share(capsys: Capture, tmp_path: Path) -> None:
    for name in ("甲.txt", "乙.txt"):
        (tmp_path / name).write_text(name + NOTICE * 2, encoding="utf-8")
    answer = answered(capsys, tmp_path / "甲.txt", tmp_path / "乙.txt")
    assert answer["near_papers"][0]["share"] > 0.9


def locked(file: Path) -> None:
    paper = PdfWriter()
    paper.add_blank_page(200, 200)
    paper.encrypt("密码")
    paper.write(file)


def blank(file: Path) -> None:
    paper = PdfWriter()
    paper.add_blank_page(200, 200)
    paper.write(file)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("空.txt", b"", "空文件"),
        ("假.docx", b"plain", "不是.docx文件"),
        ("坏.docx", b"PK\x03\x04" + b"x" * 50, "不是完整的 Word 文件"),
        ("旧.doc", b"\xd0\xcf\x11\xe0" + b"\x00" * 50, "旧版 Word"),
        ("坏.pdf", b"%PDF-1.7 broken", "PDF"),
        ("乱.txt", b"\x00\x01\x02\xff" * 20, "不是文本文件"),
        ("锁.pdf", locked, "有密码"),
        ("扫描.pdf", blank, "没有文字"),
    ],
)
def test_it_says_in_chinese_why_a_file_cannot_be_read(
    capsys: Capture, tmp_path: Path, name: str, content: Any, said: str
) -> None:
    file = tmp_path / name
    if isinstance(content, bytes):
        file.write_bytes(content)
    else:
        content(file)
    assert run(["review", str(file)]) == 2
    captured = capsys.readouterr()
    assert said in captured.err
    assert name in captured.err
    assert captured.out == ""


def test_it_names_a_file_that_is_not_there(capsys: Capture, tmp_path: Path) -> None:
    assert run(["review", str(tmp_path / "无.txt")]) == 2
    assert "没有这个文件" in capsys.readouterr().err
