"""The register as a workbook: one row a letter, numbers in order, void ones with their reason."""

from __future__ import annotations

from collections.abc import Iterable
from io import BytesIO

import xlsxwriter  # type: ignore[import-untyped]
from django.utils import timezone

from bihuan.letters.models import Letter

HEADINGS = (
    "发文字号", "标题", "主送机关", "抄送", "发文机关", "成文日期", "状态", "作废理由", "编号人", "编号时间",
)  # fmt: skip
WIDTHS = (24, 48, 24, 32, 32, 14, 8, 24, 12, 18)


def workbook(rows: Iterable[Letter], title: str) -> bytes:
    """An .xlsx of the letters. What users wrote is written as text, never as a formula."""
    target = BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True}) as book:
        sheet = book.add_worksheet("发文登记簿")
        head = book.add_format(
            {"bold": True, "bg_color": "#EEEEEE", "border": 1, "text_wrap": True}
        )
        cell = book.add_format({"border": 1, "text_wrap": True, "valign": "top"})
        sheet.write_string(0, 0, title, book.add_format({"bold": True, "font_size": 14}))
        for column, (heading, width) in enumerate(zip(HEADINGS, WIDTHS, strict=True)):
            sheet.set_column(column, column, width)
            sheet.write_string(1, column, heading, head)
        for place, row in enumerate(rows, 2):
            for column, words in enumerate(_cells(row)):
                sheet.write_string(place, column, words, cell)
        sheet.freeze_panes(2, 1)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(1)
    return target.getvalue()


def _cells(row: Letter) -> tuple[str, ...]:
    at = timezone.localtime(row.issued_at) if row.issued_at else None
    return (
        row.written,
        row.subject,
        row.to,
        row.copies,
        row.sender,
        row.day.isoformat() if row.day else "",
        row.state_title,
        row.void_reason,
        str(row.issued_by or ""),
        f"{at:%Y-%m-%d %H:%M}" if at else "",
    )
