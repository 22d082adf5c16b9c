"""Papers in the national form that are drawn up here without a draft among the letters: reports, handbooks, minutes."""

from __future__ import annotations

from datetime import date
from typing import Any

from bihuan.letters import make
from bihuan.letters.content import written_day
from bihuan.letters.forms import national
from bihuan.letters.make import Shown
from bihuan.letters.text import pieces
from bihuan.people.models import Congress

BLANK = ("版头标记", "发文字号", "主送机关", "附注", "抄送")


def document(
    congress: Congress,
    title: str,
    text: str,
    day: date,
    figures: Shown | None = None,
    form: bytes = b"",
    **own: Any,
) -> bytes:
    """The .docx, issued by the congress on the day, in the national form or the template given.

    `own`: other words for some parts of the form, by their names.
    """
    words = written_day(day)
    values = {
        **dict.fromkeys(BLANK, ""),
        "发文机关标志": congress.name,
        "发文机关": congress.name,
        "标题": title,
        "正文": pieces(text),
        "附件": [],
        "成文日期": words,
        "印发机关": congress.name,
        "印发日期": words,
    }
    return make.docx(form or national("document"), values | own, figures)
