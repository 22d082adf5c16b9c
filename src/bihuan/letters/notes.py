"""Footnotes in a .docx: 【注：…】 in a text becomes a note at the foot of its page, numbered by Word.

python-docx knows no footnotes, so the part is written here (ECMA-376 Part 1, 17.11).
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from typing import Any
from xml.sax.saxutils import escape

from docx.document import Document as Sheet
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.text.paragraph import Paragraph

MARK = re.compile(r"【注：(.+?)】")
CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
FONT = "宋体"
SIZE = 18
"""9 pt: smaller than the text, as notes are set."""


def put(sheet: Sheet) -> None:
    """Turn every 【注：…】 of the body and its tables into a footnote; a sheet without one stays as it is."""
    said: list[str] = []
    for paragraph in list(_paragraphs(sheet)):
        if MARK.search(paragraph.text):
            _mark(paragraph, said)
    if said:
        _part(sheet, said)


def plain(text: str) -> str:
    """A text without its notes: what its length is counted by."""
    return MARK.sub("", text)


def _paragraphs(sheet: Sheet) -> Iterator[Paragraph]:
    yield from sheet.paragraphs
    for table in sheet.tables:
        for row in table.rows:
            for cell in row.cells:
                yield from cell.paragraphs


def _mark(paragraph: Paragraph, said: list[str]) -> None:
    runs = paragraph.runs
    first, text = runs[0]._r, "".join(run.text for run in runs)
    for run in runs[1:]:
        run._r.getparent().remove(run._r)
    pieces = MARK.split(text)
    runs[0].text = pieces[0]
    last: Any = first
    for place in range(1, len(pieces), 2):
        said.append(pieces[place])
        for made in (_reference(len(said)), _words(first, pieces[place + 1])):
            last.addnext(made)
            last = made


def _reference(number: int) -> Any:
    run = OxmlElement("w:r")
    properties = OxmlElement("w:rPr")
    raised = OxmlElement("w:vertAlign")
    raised.set(qn("w:val"), "superscript")
    properties.append(raised)
    reference = OxmlElement("w:footnoteReference")
    reference.set(qn("w:id"), str(number))
    run.append(properties)
    run.append(reference)
    return run


def _words(like: Any, text: str) -> Any:
    run = OxmlElement("w:r")
    properties = like.find(qn("w:rPr"))
    if properties is not None:
        run.append(copy.deepcopy(properties))
    words = OxmlElement("w:t")
    words.set(qn("xml:space"), "preserve")
    words.text = text
    run.append(words)
    return run


def _part(sheet: Sheet, said: list[str]) -> None:
    package = sheet.part.package
    name = PackURI("/word/footnotes.xml")
    part = Part(name, CONTENT_TYPE, _xml(said).encode(), package)
    sheet.part.relate_to(part, RELATIONSHIP_TYPE.FOOTNOTES)


def _xml(said: list[str]) -> str:
    notes = "".join(_note(number, words) for number, words in enumerate(said, 1))
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
        f'<w:footnotes xmlns:w="{WORD}">'
        '<w:footnote w:type="separator" w:id="-1"><w:p><w:r><w:separator/></w:r></w:p></w:footnote>'
        '<w:footnote w:type="continuationSeparator" w:id="0"><w:p><w:r><w:continuationSeparator/>'
        f"</w:r></w:p></w:footnote>{notes}</w:footnotes>"
    )


def _note(number: int, words: str) -> str:
    font = f'<w:rFonts w:ascii="{FONT}" w:hAnsi="{FONT}" w:eastAsia="{FONT}"/>'
    size = f'<w:spacing w:val="0"/><w:sz w:val="{SIZE}"/><w:szCs w:val="{SIZE}"/>'
    raised = f'<w:rPr>{font}{size}<w:vertAlign w:val="superscript"/></w:rPr>'
    return (
        f'<w:footnote w:id="{number}"><w:p><w:pPr><w:spacing w:before="0" w:after="0" w:line="260"'
        f' w:lineRule="exact"/></w:pPr><w:r>{raised}<w:footnoteRef/></w:r><w:r><w:rPr>{font}{size}'
        f'</w:rPr><w:t xml:space="preserve"> {escape(words)}</w:t></w:r></w:p></w:footnote>'
    )
