"""English screens for whoever chose them; the record, the sheets and other people's screens stay Chinese."""

from __future__ import annotations

import re
from datetime import timedelta
from io import BytesIO

from django.test import Client
from django.utils import timezone
from python_calamine import CalamineWorkbook
from tests.cast import Cast, cast

from bihuan.matters.models import Act

__all__ = ["cast"]


def _english(cast: Cast, role: str) -> Client:
    client = cast.client(role)
    client.post("/language/", {"language": "en", "next": "/today/"})
    return client


def test_it_says_declared_titles_in_the_persons_own_language(cast: Cast) -> None:
    day = timezone.localdate() - timedelta(days=3)
    matter = cast.suggestion("handed", day=day)
    clerk = _english(cast, "clerk")
    ledger = clerk.get("/l/suggestions/").content.decode()
    assert "Days left" in ledger and "Handling" in ledger and "承办" not in ledger
    page = clerk.get(f"/m/{matter.pk}/").content.decode()
    assert "To be acknowledged" in page and "Hand over" in page
    assert f'<h1 class="serif" lang="zh">{matter.title}</h1>' in page
    assert "承办" in cast.client("leader").get("/l/suggestions/").content.decode()


def test_it_stores_chinese_whoever_fills_in_the_form(cast: Cast) -> None:
    matter = cast.suggestion("rating", day=timezone.localdate() - timedelta(days=8))
    deputy = _english(cast, "deputy")
    form = deputy.get(f"/m/{matter.pk}/act/rate/").content.decode()
    assert re.search(r'value="满意"[^>]*> Satisfied', form)
    sent = {"attitude": "满意", "result": "满意", "token": "t"}
    deputy.post(f"/m/{matter.pk}/act/rate/", sent)
    assert Act.objects.get(matter=matter, kind="rate").data["result"] == "满意"


def test_it_gives_sheets_in_chinese(cast: Cast) -> None:
    cast.suggestion("working")
    answer = _english(cast, "clerk").get("/x/suggestions/export/")
    book = CalamineWorkbook.from_filelike(BytesIO(answer.content))
    cells = [
        str(cell)
        for name in book.sheet_names
        for row in book.get_sheet_by_name(name).to_python()
        for cell in row
    ]
    assert "承办" in cells and "Handling" not in cells
    assert "%E4%BB%A3%E8%A1%A8" in answer.headers["Content-Disposition"]


def test_it_offers_the_stored_list_to_whoever_changes_a_param(cast: Cast) -> None:
    page = (
        _english(cast, "clerk").get("/house/params/suggestions/reply_categories/").content.decode()
    )
    assert "Reply category" in page
    assert "Under way or planned" not in page.split("<form")[-1]
    board = _english(cast, "clerk").get("/b/suggestions/").content.decode()
    assert "Implementation rate" in board
