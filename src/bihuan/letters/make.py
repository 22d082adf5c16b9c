"""A letter as a .docx: the template filled in, then what depends on lengths and figures is set right."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

from docx import Document
from docx.document import Document as Sheet
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, Twips
from docx.text.paragraph import Paragraph

from bihuan.letters import charts, notes
from bihuan.letters.charts import Chart
from bihuan.letters.measures import CHARACTER, TEXT_MM
from bihuan.letters.sandbox import BadTemplate, fill
from bihuan.letters.text import shown

SHORT = 84
"""Three lines of the grid."""
LARGEST_MARK = 40.0
WIDEST_MARK = 152 / 25.4 * 72


@dataclass(frozen=True)
class Table:
    """A table: its title (which says the finding), its headings and its rows as words."""

    title: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Shown:
    """The tables and charts that a text may ask for, by name."""

    tables: Mapping[str, Table] = field(default_factory=dict)
    charts: Mapping[str, Chart] = field(default_factory=dict)


def docx(template: bytes, values: Mapping[str, Any], figures: Shown | None = None) -> bytes:
    """The document. Raises BadTemplate where the template or the text asks for what there is not."""
    sheet = Document(BytesIO(fill(template, values)))
    _fit_mark(sheet)
    _place_signature(sheet)
    _keep_signature_with_text(sheet)
    _put_figures(sheet, figures or Shown())
    notes.put(sheet)
    sheet.core_properties.title = str(values.get("标题", ""))
    sheet.core_properties.author = str(values.get("发文机关", ""))
    sheet.core_properties.comments = ""
    target = BytesIO()
    sheet.save(target)
    return target.getvalue()


def _fit_mark(sheet: Sheet) -> None:
    """The issuer's mark on one line, as large as it fits (the standard leaves its size to the issuer)."""
    for paragraph in (*sheet.paragraphs, *sheet.sections[0].first_page_header.paragraphs):
        if _named(paragraph) == "发文机关标志" and paragraph.text.strip():
            size = min(LARGEST_MARK, WIDEST_MARK / cells(paragraph.text))
            for run in paragraph.runs:
                run.font.size = Pt(int(size * 2) / 2)
            paragraph.paragraph_format.line_spacing = Pt(round(size * 1.4))


def _place_signature(sheet: Sheet) -> None:
    """The date four characters from the edge, and the issuer centred above it where the seal goes (7.3.5.1)."""
    named = {_named(paragraph): paragraph for paragraph in sheet.paragraphs}
    issuer, day = named.get("发文机关署名"), named.get("成文日期")
    if issuer is None or day is None:
        return
    date_from_edge = max(4.0, (cells(issuer.text) - cells(day.text)) / 2)
    centre = date_from_edge + cells(day.text) / 2
    day.paragraph_format.right_indent = Twips(round(date_from_edge * CHARACTER))
    room = max(0.0, centre - cells(issuer.text) / 2)
    issuer.paragraph_format.right_indent = Twips(round(room * CHARACTER))


def _keep_signature_with_text(sheet: Sheet) -> None:
    """No page with a signature and nothing of the text (7.3.5.5)."""
    for paragraph in reversed(sheet.paragraphs):
        if _named(paragraph) in ("附件说明", "附件续行"):
            paragraph.paragraph_format.keep_with_next = True
        elif _named(paragraph) in ("正文段落", "三级标题", "四级标题"):
            # A long paragraph would be moved whole.
            short = cells(paragraph.text) <= SHORT
            paragraph.paragraph_format.keep_with_next = short
            return


def cells(text: str) -> float:
    """How many characters of the grid a text takes: a digit or Latin letter is half of one."""
    return sum(1.0 if unicodedata.east_asian_width(sign) in "WFA" else 0.5 for sign in text)


def _named(paragraph: Paragraph) -> str:
    return (paragraph.style.name or "") if paragraph.style is not None else ""


# Tables and charts


def _put_figures(sheet: Sheet, figures: Shown) -> None:
    number = 0
    for paragraph in list(sheet.paragraphs):
        asked = shown(paragraph.text)
        if asked is None:
            continue
        number += 1
        kind, name = asked
        known: Mapping[str, Any] = figures.tables if kind == "表" else figures.charts
        if name not in known:
            has = "、".join(known) or "没有"
            raise BadTemplate(f"正文里的【{kind}：{name}】没有数据，可以用的{kind}：{has}")
        for run in list(paragraph.runs):
            run._r.getparent().remove(run._r)
        titled = paragraph.insert_paragraph_before(
            f"{kind}{number}　{known[name].title}", "图表标题"
        )
        titled.paragraph_format.keep_with_next = True
        if kind == "表":
            _put_table(sheet, paragraph, figures.tables[name])
        else:
            charts.put(paragraph, figures.charts[name], number)


def _put_table(sheet: Sheet, paragraph: Paragraph, table: Table) -> None:
    made = sheet.add_table(rows=1 + len(table.rows), cols=len(table.headings))
    made.style = "Table Grid"
    made.alignment = WD_TABLE_ALIGNMENT.CENTER
    made.autofit = False
    for column, width in zip(made.columns, _widths(table), strict=True):
        column.width = Mm(width)
    widths = _widths(table)
    for place, row in enumerate((table.headings, *table.rows)):
        line = made.rows[place]
        _whole(line._tr, heading=place == 0)
        for cell, words, width in zip(line.cells, row, widths, strict=True):
            cell.width = Mm(width)
            cell.paragraphs[0].style = "表格文字"
            run = cell.paragraphs[0].add_run(words)
            run.font.bold = None
    paragraph._p.addprevious(made._tbl)
    paragraph._p.getparent().remove(paragraph._p)


def _widths(table: Table) -> list[float]:
    """Shares of the text's width by the longest words of each column."""
    longest = [
        min(16.0, max(3.5, *(_wide(row[place]) for row in (table.headings, *table.rows))))
        for place in range(len(table.headings))
    ]
    return [TEXT_MM[0] * (one + 1.5) / (sum(longest) + 1.5 * len(longest)) for one in longest]


def _wide(words: str) -> float:
    """The longest line of a cell."""
    return max((cells(line) for line in words.splitlines()), default=0.0)


def _whole(row: Any, *, heading: bool) -> None:
    properties = row.get_or_add_trPr()
    properties.append(OxmlElement("w:cantSplit"))
    if heading:
        properties.append(OxmlElement("w:tblHeader"))
    for cell in row.iter(qn("w:tcPr")):
        centred = OxmlElement("w:vAlign")
        centred.set(qn("w:val"), "center")
        cell.append(centred)
