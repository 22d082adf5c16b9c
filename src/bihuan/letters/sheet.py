"""An empty sheet by GB/T 9704-2012: page, grid, page numbers and a named style for each part of a document.

The styles carry Chinese names, so that whoever edits a template in Word sees what each part is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from docx import Document
from docx.document import Document as Sheet
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, Twips
from docx.text.paragraph import Paragraph

from bihuan.letters.measures import (
    ALTERNATIVES,
    BOTTOM_MM,
    CHARACTER,
    CLOSER,
    FANG,
    HEI,
    KAI,
    LEFT_MM,
    LINE,
    PAGE_MM,
    RED,
    RIGHT_MM,
    SIZE_2,
    SIZE_3,
    SIZE_4,
    SONG,
    TOP_MM,
    XIAOBIAO,
    twips,
)


@dataclass(frozen=True)
class Style:
    """A part of a document: its font, size (half-points), place, and room before it (lines of the grid)."""

    font: str = FANG
    size: int = SIZE_3
    align: str = "both"
    first: int = 0
    left: int = 0
    right: int = 0
    before: float = 0
    line: int = LINE
    red: bool = False
    with_next: bool = False


INDENT = 2 * CHARACTER
STYLES = {
    "发文机关标志": Style(XIAOBIAO, 72, "center", line=900, red=True),
    "版头要素": Style(HEI, align="left"),
    "发文字号": Style(align="center", before=2),
    "公文标题": Style(XIAOBIAO, SIZE_2, "center", before=2, line=720, with_next=True),
    "主送机关": Style(align="left", before=1),
    "正文段落": Style(first=INDENT),
    "一级标题": Style(HEI, first=INDENT, with_next=True),
    "二级标题": Style(KAI, first=INDENT, with_next=True),
    "三级标题": Style(first=INDENT),
    "四级标题": Style(first=INDENT),
    "图表标题": Style(HEI, SIZE_4, "center", with_next=True),
    "图表位置": Style(align="center", line=0),
    "表格文字": Style(FANG, SIZE_4, "center", line=440),
    "附件说明": Style(left=INDENT, before=1, align="left"),
    "附件续行": Style(left=INDENT + 3 * CHARACTER, align="left"),
    "发文机关署名": Style(align="right", before=2, with_next=True),
    "成文日期": Style(align="right", right=4 * CHARACTER),
    "附注": Style(first=INDENT, align="left"),
    "版记": Style(FANG, SIZE_4, "left", left=280, right=280, line=500),
    "页码": Style(SONG, SIZE_4, "left", line=360),
}  # fmt: skip


def empty_sheet() -> Sheet:
    """A document with the page, the grid, the fonts and the styles, and nothing on it."""
    sheet = Document()
    body = sheet.element.body
    for paragraph in list(body.iterchildren(qn("w:p"))):
        body.remove(paragraph)
    _page(sheet)
    _normal(sheet)
    for name, style in STYLES.items():
        _style(sheet, name, style)
    _alternatives(sheet)
    return sheet


def _page(sheet: Sheet) -> None:
    section = sheet.sections[0]
    section.page_width, section.page_height = Mm(PAGE_MM[0]), Mm(PAGE_MM[1])
    section.top_margin, section.bottom_margin = Mm(TOP_MM), Mm(BOTTOM_MM)
    section.left_margin, section.right_margin = Mm(LEFT_MM), Mm(RIGHT_MM)
    section.header_distance, section.footer_distance = Mm(15), Mm(20)
    grid = section._sectPr.find(qn("w:docGrid"))
    if grid is None:
        grid = OxmlElement("w:docGrid")
        section._sectPr.append(grid)
    grid.set(qn("w:type"), "lines")
    grid.set(qn("w:linePitch"), str(LINE))
    grid.attrib.pop(qn("w:charSpace"), None)


def _normal(sheet: Sheet) -> None:
    normal = sheet.styles["Normal"]
    _font(normal.element.get_or_add_rPr(), FANG, SIZE_3)
    normal.paragraph_format.space_after = Pt(0)
    for old in sheet.styles.element.iter(qn("w:lang")):
        old.set(qn("w:eastAsia"), "zh-CN")


def _style(sheet: Sheet, name: str, style: Style) -> None:
    made: Any = sheet.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
    made.base_style = sheet.styles["Normal"]
    made.quick_style = True
    properties = made.element.get_or_add_rPr()
    _font(properties, style.font, style.size, style.red)
    room = made.element.get_or_add_pPr()
    if style.with_next:
        room.append(OxmlElement("w:keepNext"))
    room.append(_set("w:widowControl", val="0"))
    room.append(_set("w:overflowPunct", val="0"))
    room.append(_set("w:autoSpaceDE", val="0"))
    room.append(_set("w:autoSpaceDN", val="0"))
    room.append(_spacing(style))
    room.append(_set("w:ind", left=style.left, right=style.right, firstLine=style.first))
    room.append(_set("w:jc", val=style.align))


def _spacing(style: Style) -> Any:
    before = round(style.before * LINE)
    if not style.line:
        return _set("w:spacing", before=before, after=0, line=240, lineRule="auto")
    return _set("w:spacing", before=before, after=0, line=style.line, lineRule="exact")


def _font(properties: Any, font: str, size: int, red: bool = False) -> None:
    for old in list(properties):
        properties.remove(old)
    latin = font
    fonts = _set("w:rFonts", ascii=latin, hAnsi=latin, eastAsia=font, cs=latin, hint="eastAsia")
    properties.append(fonts)
    if red:
        properties.append(_set("w:color", val=RED))
    # The closer setting belongs to the grid of the text; other sizes stand on their own.
    if size == SIZE_3:
        properties.append(_set("w:spacing", val=CLOSER))
    properties.append(_set("w:kern", val=0))
    properties.append(_set("w:sz", val=size))
    properties.append(_set("w:szCs", val=size))


def _set(tag: str, **values: object) -> Any:
    made = OxmlElement(tag)
    for name, value in values.items():
        made.set(qn(f"w:{name}"), str(value))
    return made


def _alternatives(sheet: Sheet) -> None:
    """Name open fonts beside the fonts of the standard, where Word looks for them."""
    from lxml import etree

    for part in sheet.part.package.iter_parts():
        if str(part.partname) != "/word/fontTable.xml":
            continue
        table = etree.fromstring(part.blob)
        for font, others in ALTERNATIVES.items():
            entry = etree.SubElement(table, qn("w:font"))
            entry.set(qn("w:name"), font)
            etree.SubElement(entry, qn("w:altName")).set(qn("w:val"), others)
        part._blob = etree.tostring(table, xml_declaration=True, encoding="UTF-8", standalone=True)


# Page numbers and lines


def number_pages(sheet: Sheet, *, first: bool) -> None:
    """— 1 —, size 4: odd pages right, even pages left, one character from the edge.

    `first`: whether the first page carries one (in the letter format it does not).
    """
    section = sheet.sections[0]
    sheet.settings.odd_and_even_pages_header_footer = True
    section.different_first_page_header_footer = not first
    _page_number(section.footer.paragraphs[0], "right")
    _page_number(section.even_page_footer.paragraphs[0], "left")


def _page_number(paragraph: Paragraph, side: str) -> None:
    paragraph.style = "页码"
    properties = paragraph._p.get_or_add_pPr()
    properties.append(_set("w:spacing", before=0, after=94, line=360, lineRule="exact"))
    properties.append(_set("w:ind", left=280, right=280))
    properties.append(_set("w:jc", val=side))
    paragraph.add_run("— ")
    for kind in ("begin", "instr", "end"):
        run = paragraph.add_run()
        if kind == "instr":
            code = OxmlElement("w:instrText")
            code.set(qn("xml:space"), "preserve")
            code.text = "PAGE"
            run._r.append(code)
        else:
            run._r.append(_set("w:fldChar", fldCharType=kind))
    paragraph.add_run(" —")


def underline(
    paragraph: Paragraph, line: str, size: int, *, gap: int = 0, wide: bool = False
) -> None:
    """A red line below a paragraph; `wide` for the 170 mm of the letter format (the text is 156)."""
    _border(paragraph, "bottom", line, size, gap)
    if wide:
        paragraph.paragraph_format.left_indent = Twips(-twips(8))
        paragraph.paragraph_format.right_indent = Twips(-twips(6))


def _border(paragraph: Paragraph, side: str, line: str, size: int, gap: int) -> None:
    borders = OxmlElement("w:pBdr")
    borders.append(_set(f"w:{side}", val=line, sz=size, space=gap, color=RED))
    properties = paragraph._p.get_or_add_pPr()
    properties.insert_element_before(
        borders, "w:shd", "w:tabs", "w:suppressAutoHyphens", "w:spacing", "w:ind", "w:jc", "w:rPr"
    )


def right_tab(paragraph: Paragraph) -> None:
    """A tab at the right edge of the text."""
    tabs = OxmlElement("w:tabs")
    tabs.append(_set("w:tab", val="right", pos=twips(156)))
    paragraph._p.get_or_add_pPr().insert_element_before(tabs, "w:spacing", "w:ind", "w:jc", "w:rPr")
