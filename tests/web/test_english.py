"""English screens for whoever chose them; the record, the sheets and other people's screens stay Chinese."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone, translation
from python_calamine import CalamineWorkbook
from tests.cast import Cast, cast

import bihuan
from bihuan.asks.gather import SHARE
from bihuan.ballots import models as ballots
from bihuan.ballots.rolls import ALL_DEPUTIES
from bihuan.ballots.rules import NOT_STATUTORY, presets
from bihuan.draws import models as draws
from bihuan.institutions.duty_reports.sheets import GRADES
from bihuan.institutions.sessions import quality
from bihuan.jobs import models as jobs
from bihuan.jobs.kinds import kinds
from bihuan.letters import free
from bihuan.letters import models as letters
from bihuan.letters.kinds import LISTS
from bihuan.loop.votes import BASES, TIES, VOIDS
from bihuan.matters import house
from bihuan.matters.doers import OPERATOR, WITHOUT_USER
from bihuan.matters.models import Act
from bihuan.people.models import BODY_KINDS
from bihuan.rulebook import faults, uses
from bihuan.web import language

__all__ = ["cast"]

PACKAGE = Path(bihuan.__file__).parent
HAN = re.compile(r"[\u4e00-\u9fff]")
TRANSLATED = re.compile(r"\{% blocktranslate.*?endblocktranslate %\}|\{%.*?%\}", re.DOTALL)
STORED = re.compile(r'value="[^"{]*"')
SPOKEN = re.compile(r'default:"([^"]*)"')
MEANT = {"闭环", "切换为中文", "抄送：", "〔　〕号"}
"""The program's name, the way back to Chinese, and the letter as it will be printed."""


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


def _figures() -> Iterator[str]:
    """The words of a session's figures, which stand in the calls that make them."""
    for node in ast.walk(ast.parse(Path(quality.__file__).read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Figure":
            yield from (one.value for one in node.args if isinstance(one, ast.Constant))  # type: ignore[misc]


DECLARED = {
    "ballots": [
        *ballots.KINDS.values(),
        *ballots.WAYS.values(),
        *ballots.STATES.values(),
        *(one.title for one in presets().values()),
        *BASES.values(),
        *TIES.values(),
        *VOIDS.values(),
        ALL_DEPUTIES,
        NOT_STATUTORY,
    ],
    "draws": draws.STATES.values(),
    "letters": [*letters.STATES.values(), *free.TITLES.values(), *LISTS["congress"]],
    "letters of government": LISTS["government"],
    "jobs": [*(kind.title for kind in kinds().values()), *jobs.STATES.values()],
    "bodies": BODY_KINDS.values(),
    "doers": [*WITHOUT_USER.values(), OPERATOR],
    "rulebook": [*faults.KINDS.values(), *uses.PARTS.values(), uses.BY_CODE],
    "sessions": [quality.BEFORE, quality.IN, quality.AFTER, *_figures()],
    "grades": GRADES,
}


@pytest.mark.parametrize("words", DECLARED.values(), ids=DECLARED)
def test_it_has_english_for_every_word_that_is_declared_outside_institutions(
    words: list[str],
) -> None:
    with translation.override("en"):
        assert [word for word in words if translation.gettext(word) == word] == []


def test_it_has_english_for_what_institutions_call_their_asks() -> None:
    asked = {one.asks.word for one in house.institutions().values() if one.asks}
    with translation.override("en"):
        assert [word for word in (*asked, SHARE) if translation.gettext(word) == word] == []


def test_it_leaves_no_chinese_in_a_template_unmarked() -> None:
    left = []
    for file in sorted(PACKAGE.glob("**/templates/**/*.html")):
        text = STORED.sub("", TRANSLATED.sub("\n", file.read_text(encoding="utf-8")))
        text = re.sub(r"\{\{.*?\}\}", lambda m: "\n".join(["", *SPOKEN.findall(m[0]), ""]), text)
        words = {word.strip(" ·") for word in re.split(r"[<>\n]", text) if HAN.search(word)}
        left += [f"{file.name}: {word}" for word in words - MEANT]
    assert left == []


def test_it_keeps_a_page_of_its_own_in_the_group_of_its_institution(cast: Cast) -> None:
    menu = _english(cast, "clerk").get("/today/").content.decode()
    assert menu.count(">Supervision<") == 1 and "监督工作" not in menu


def test_it_counts_without_a_measure_word() -> None:
    with translation.override("en"):
        assert language.institution("suggestions").count_word == ""
    assert house.institution("suggestions").count_word
