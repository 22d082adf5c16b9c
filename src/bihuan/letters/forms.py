"""The two national forms as templates an office can edit in Word: 文件格式 and 信函格式 (GB/T 9704-2012, 7 and 10.1).

What stands in {{ }} is filled in; lines beginning with {%p … %} say which paragraphs come and go.
"""

from __future__ import annotations

from functools import cache
from io import BytesIO
from typing import Any

from docx.document import Document as Sheet
from docx.enum.text import WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Twips
from docx.text.paragraph import Paragraph

from bihuan.letters.measures import LINE, TEXT_MM, twips
from bihuan.letters.sheet import empty_sheet, number_pages, right_tab, underline

THICK, THIN = 20, 14
"""0.35 mm and 0.25 mm in twips."""
FORMS = {"letter": "信函格式", "document": "文件格式"}


@cache
def national(form: str) -> bytes:
    """The template of a form of `FORMS`, as a .docx file. Raises KeyError for another word."""
    sheet = {"letter": _letter, "document": _document}[form]()
    target = BytesIO()
    sheet.save(target)
    return target.getvalue()


def _document() -> Sheet:
    sheet = empty_sheet()
    number_pages(sheet, first=True)
    marks = _add(sheet, "版头要素", "{{ 版头标记 }}")
    marks.paragraph_format.space_after = Twips(twips(35) - LINE)
    _add(sheet, "发文机关标志", "{{ 发文机关标志 }}")
    number = _add(sheet, "发文字号", "{{ 发文字号 }}")
    underline(number, "single", 16, gap=11)
    _text(sheet, printed=True)
    return sheet


def _letter() -> Sheet:
    sheet = empty_sheet()
    number_pages(sheet, first=False)
    section = sheet.sections[0]
    # 30 mm from the page to the mark: kept in the mark, or every page would begin lower than its text area.
    section.header_distance = Mm(15)
    mark = section.first_page_header.paragraphs[0]
    mark.style, mark.text = "发文机关标志", "{{ 发文机关标志 }}"
    mark.paragraph_format.space_before = Mm(15)
    underline(mark, "thinThickSmallGap", 24, gap=11, wide=True)
    foot = section.first_page_footer.paragraphs[0]
    foot.style = "页码"
    underline(foot, "thickThinSmallGap", 24, wide=True)
    number = _add(sheet, "版头要素", "")
    number.paragraph_format.space_before = Twips(280)
    right_tab(number)
    number.add_run("{{ 版头标记 }}\t")
    plain = number.add_run("{{ 发文字号 }}")
    fonts = OxmlElement("w:rFonts")
    for name in ("ascii", "hAnsi", "eastAsia", "cs"):
        fonts.set(qn(f"w:{name}"), "仿宋_GB2312")
    plain._r.get_or_add_rPr().append(fonts)
    _text(sheet, printed=False)
    return sheet


def _text(sheet: Sheet, *, printed: bool) -> None:
    _add(sheet, "公文标题", "{{ 标题 }}")
    _add(sheet, "Normal", "{%p if 主送机关 %}")
    _add(sheet, "主送机关", "{{ 主送机关 }}：")
    _add(sheet, "Normal", "{%p endif %}")
    _add(sheet, "Normal", "{%p for 段 in 正文 %}")
    for place, (kind, style) in enumerate(
        (
            ("一级", "一级标题"), ("二级", "二级标题"), ("三级", "三级标题"), ("四级", "四级标题"),
            ("图表", "图表位置"),
        )
    ):  # fmt: skip
        word = "elif" if place else "if"
        _add(sheet, "Normal", f'{{%p {word} 段.层次 == "{kind}" %}}')
        _add(sheet, style, "{{ 段.文字 }}")
    _add(sheet, "Normal", "{%p else %}")
    _add(sheet, "正文段落", "{{ 段.文字 }}")
    _add(sheet, "Normal", "{%p endif %}")
    _add(sheet, "Normal", "{%p endfor %}")
    _add(sheet, "Normal", "{%p for 件 in 附件 %}")
    _add(sheet, "Normal", "{%p if loop.first %}")
    _add(sheet, "附件说明", "附件：{{ 件 }}")
    _add(sheet, "Normal", "{%p else %}")
    _add(sheet, "附件续行", "{{ 件 }}")
    _add(sheet, "Normal", "{%p endif %}")
    _add(sheet, "Normal", "{%p endfor %}")
    # The imprint floats; it hangs on the paragraph after it, which must be on the last page.
    _closing(sheet, printed=printed)
    _add(sheet, "发文机关署名", "{{ 发文机关 }}")
    _add(sheet, "成文日期", "{{ 成文日期 }}")
    _add(sheet, "Normal", "{%p if 附注 %}")
    _add(sheet, "附注", "（{{ 附注 }}）")
    _add(sheet, "Normal", "{%p endif %}")


def _closing(sheet: Sheet, *, printed: bool) -> None:
    """The imprint (版记) at the foot of the last page: copies, and in the document form who printed it and when."""
    _add(sheet, "Normal", "{%p if 抄送 %}")
    if printed:
        _rule(sheet, THICK)
    copies = _add(sheet, "版记", "抄送：{{ 抄送 }}。")
    copies.paragraph_format.left_indent = Twips(280 + 3 * 280)
    copies.paragraph_format.first_line_indent = Twips(-3 * 280)
    _at_the_foot(copies)
    if printed:
        _add(sheet, "Normal", "{%p else %}")
        _rule(sheet, THICK)
    _add(sheet, "Normal", "{%p endif %}")
    if printed:
        _add(sheet, "Normal", "{%p if 抄送 %}")
        _rule(sheet, THIN)
        _add(sheet, "Normal", "{%p endif %}")
        printer = _add(sheet, "版记", "{{ 印发机关 }}\t{{ 印发日期 }}印发")
        right_tab(printer)
        tab = next(printer._p.get_or_add_pPr().iter(qn("w:tab")))
        tab.set(qn("w:pos"), str(twips(TEXT_MM[0]) - 280))
        _at_the_foot(printer)
        _rule(sheet, THICK)


def _rule(sheet: Sheet, thick: int) -> None:
    """A line of the imprint: a paragraph of that height, shaded. LibreOffice leaves out the borders of a frame."""
    rule = _add(sheet, "版记", "")
    room = rule.paragraph_format
    room.left_indent = room.right_indent = Twips(0)
    room.line_spacing_rule, room.line_spacing = WD_LINE_SPACING.EXACTLY, Twips(thick)
    shade = OxmlElement("w:shd")
    for name, value in {"val": "clear", "color": "auto", "fill": "000000"}.items():
        shade.set(qn(f"w:{name}"), value)
    _put(rule, shade, "w:tabs", "w:spacing", "w:ind", "w:jc", "w:rPr")
    _at_the_foot(rule)


def _at_the_foot(paragraph: Paragraph) -> None:
    """Frame the paragraph at the bottom of the text area of the page it falls on."""
    frame = OxmlElement("w:framePr")
    for name, value in {
        "w": twips(TEXT_MM[0]), "wrap": "notBeside", "vAnchor": "margin", "hAnchor": "margin",
        "xAlign": "center", "yAlign": "bottom",
    }.items():  # fmt: skip
        frame.set(qn(f"w:{name}"), str(value))
    _put(
        paragraph,
        frame,
        "w:widowControl",
        "w:pBdr",
        "w:shd",
        "w:tabs",
        "w:spacing",
        "w:ind",
        "w:jc",
    )


def _put(paragraph: Paragraph, made: Any, *before: str) -> None:
    paragraph._p.get_or_add_pPr().insert_element_before(made, *before)


def _add(sheet: Sheet, style: str, text: str) -> Paragraph:
    return sheet.add_paragraph(text, style=style)
