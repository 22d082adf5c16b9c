"""The cockpit: how everything stands on a day, every number with its rows, and what is late with its evidence."""

from __future__ import annotations

import re
from datetime import date
from io import BytesIO
from urllib.parse import quote

import pytest
from python_calamine import CalamineWorkbook
from tests.cast import Cast

from bihuan.matters.act import Doer

pytestmark = pytest.mark.django_db

PRESS = {"press_note": "请抓紧办理。"}


def _page(cast: Cast, role: str, query: str = "") -> str:
    answer = cast.client(role).get(f"/cockpit/{query}")
    assert answer.status_code == 200, role
    return answer.content.decode()


def _numbers(page: str, light: str) -> str:
    found = re.search(rf'suggestions/\?light={light}&amp;as_of=[\d-]+"[^>]*>([\d,]+)<', page)
    return found[1] if found else ""


def test_it_is_for_those_who_oversee_the_congress(cast: Cast) -> None:
    for role in ("leader", "clerk", "committee"):
        assert "驾驶舱" in _page(cast, role)
    for role in ("deputy", "contact", "unit", "system_admin"):
        assert cast.client(role).get("/cockpit/").status_code == 403, role


def test_it_counts_what_is_late_and_opens_it(cast: Cast) -> None:
    late = cast.suggestion("working", day=date(2025, 1, 6), title="关于早该办好的事")
    cast.suggestion("closed", title="关于办好了的事")
    cast.suggestion("draft", title="关于还没交的事")
    page = _page(cast, "leader")
    assert (_numbers(page, "late"), _numbers(page, "open"), _numbers(page, "closed")) == (
        "1",
        "1",
        "1",
    )
    rows = cast.client("leader").get("/cockpit/suggestions/?light=late").content.decode()
    assert f'href="/m/{late.pk}/"' in rows and "办好了的事" not in rows


def test_it_stands_as_it_stood(cast: Cast) -> None:
    cast.suggestion("closed", day=date(2026, 3, 2))
    before = _page(cast, "leader", "?as_of=2026-03-05")
    assert (_numbers(before, "open"), _numbers(before, "closed")) == ("1", "0")
    assert (
        cast.client("leader")
        .get("/cockpit/suggestions/?light=open&as_of=2026-03-05")
        .content.decode()
        .count("/m/")
        >= 1
    )
    assert "那一天还没有事项" in _page(cast, "leader", "?as_of=2026-02-01")


def test_it_puts_the_figures_of_a_body_side_by_side_and_opens_them(cast: Cast) -> None:
    cast.suggestion("closed", lead="traffic")
    cast.suggestion("working", lead="finance", title="关于另一件事的建议")
    page = _page(cast, "leader")
    table = page.split('id="bodies"')[1].split("</section>")[0]
    assert "答复率" in table and "落实率" in table and "测评回应率" in table
    body = str(cast.bodies["traffic"].name)
    opened = cast.client("leader").get(f"/b/suggestions/reply_rate/?group={quote(body)}")
    assert "计入 1 件，分母 1 件" in opened.content.decode()
    other = str(cast.bodies["finance"].name)
    opened = cast.client("leader").get(f"/b/suggestions/reply_rate/?group={quote(other)}")
    assert "计入 0 件，分母 1 件" in opened.content.decode()


def test_it_sorts_only_when_asked(cast: Cast) -> None:
    cast.suggestion("closed", lead="traffic")
    cast.suggestion("working", lead="finance", title="关于另一件事的建议")
    names = [str(cast.bodies[key].name) for key in ("traffic", "finance")]

    def order(query: str) -> list[str]:
        table = _page(cast, "leader", query).split('id="bodies"')[1]
        return sorted(names, key=table.index)

    assert order("?sort=suggestions.reply_rate")[0] == names[1]
    by_house = sorted(
        names, key=lambda name: next(b.path for b in cast.bodies.values() if b.name == name)
    )
    assert order("") == by_house


def test_it_tells_how_often_a_late_matter_was_pressed(cast: Cast) -> None:
    matter = cast.suggestion("working", day=date(2025, 1, 6))
    assert "还没有" in _page(cast, "leader").split('id="late"')[1]
    cast.take(matter, "press", Doer("clerk", cast.clerk), date(2025, 9, 1), PRESS)
    page = _page(cast, "leader").split('id="late"')[1]
    assert "1 次" in page and "2025-09-01" in page and "督办" in page


def test_it_goes_out_as_a_workbook_with_the_same_figures(cast: Cast) -> None:
    cast.suggestion("working", day=date(2025, 1, 6))
    answer = cast.client("leader").get("/cockpit/workbook/")
    book = CalamineWorkbook.from_filelike(BytesIO(answer.content))
    first = book.get_sheet_by_index(0).to_python()
    assert first[1][:4] == ["代表建议办理", 1, 1, 0]
    late = book.get_sheet_by_name("逾期（今天）").to_python()
    assert late[1][2] == "关于修建城北人行天桥的建议" and float(late[1][5]) > 300


@pytest.mark.parametrize("query", ["?light=odd", "?age=9", "?age=x"])
def test_it_knows_no_other_numbers(cast: Cast, query: str) -> None:
    assert cast.client("leader").get(f"/cockpit/suggestions/{query}").status_code == 404


@pytest.mark.parametrize(
    "query", ["?as_of=never", "?as_of=2999-01-01", "?sort=x", "?sort=suggestions.no"]
)
def test_it_takes_odd_questions_calmly(cast: Cast, query: str) -> None:
    assert "驾驶舱" in _page(cast, "leader", query)
