"""The ledger: what it counts, narrows, hides and does to many at once — in a fixed number of queries."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.cast import Cast, cast

from bihuan.loop.forms import Refusal
from bihuan.matters import house
from bihuan.matters.access import Standing, hidden_fields, relation, standing_of, visible
from bihuan.matters.act import Doer, Proposing, raise_matter
from bihuan.matters.ledger import SHOWN_LIGHTS, Filters, Page, counts, knows, lit, matters, page_of
from bihuan.matters.models import Act, Draft, Matter, SavedView

__all__ = ["cast"]

SUGGESTIONS = "/l/suggestions/"


def recorded(cast: Cast, count: int, **data: object) -> list[Matter]:
    made = []
    for number in range(count):
        matter = raise_matter(
            cast.congress,
            "suggestions",
            "record",
            Doer("clerk", cast.clerk),
            date(2026, 3, 2),
            {"title": f"关于第{number}件事的建议", **data},  # type: ignore[dict-item]
            proposers=[Proposing("某代表")],
        )
        assert not isinstance(matter, Refusal), matter.say
        made.append(matter)
    return made


def _read(who: Standing, **asked: str) -> tuple[Page, dict[str, int]]:
    one = house.institution("suggestions")
    filters = Filters.read(one, asked)
    rows = matters(who, one, filters, who.day)
    return page_of(who, one, lit(rows, filters.light, who.day), filters), counts(rows, who.day)


def test_it_lists_what_the_user_may_see(cast: Cast) -> None:
    cast.suggestion("working", title="关于修桥的建议")
    cast.suggestion("draft", title="关于未提交的建议")
    text = cast.client("clerk").get(SUGGESTIONS).content.decode()
    assert "关于修桥的建议" in text and "市交通运输局" in text and "周建国" in text
    assert "关于未提交的建议" not in text
    assert "关于修桥的建议" not in cast.client("other_contact").get(SUGGESTIONS).content.decode()


def test_it_counts_so_far_and_says_that_there_are_more(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bihuan.matters.ledger.MOST_COUNTED", 2)
    for number in range(4):
        cast.suggestion("closed" if number else "working", title=f"关于第{number}件事的建议")
    text = cast.client("clerk").get(SUGGESTIONS).content.decode()
    assert text.count("<b>2 以上</b>") == 2
    assert "<b>1</b>" in text
    few = cast.client("clerk").get(f"{SUGGESTIONS}?q=第3件").content.decode()
    assert "以上" not in few and "<b>1</b>" in few


def test_it_counts_the_lights_and_each_count_opens_its_rows(cast: Cast) -> None:
    cast.suggestion("working", day=date(2025, 1, 6))
    cast.suggestion("closed")
    recorded(cast, 2)
    who = standing_of(cast.clerk, date(2026, 3, 3))
    _page, counted = _read(who)
    assert counted == {"all": 4, "late": 1, "soon": 2, "running": 0, "pending": 0, "closed": 1}
    for key, count in counted.items():
        shown, _same = _read(who, light="" if key == "all" else key)
        assert len(shown.rows) == count


@pytest.mark.parametrize("order", ["newest", "limit"])
def test_it_pages_through_every_row_once(cast: Cast, order: str) -> None:
    recorded(cast, 33)
    recorded(cast, 30, result="满意")
    who, seen, after = standing_of(cast.clerk, date(2026, 3, 3)), [], ""
    for _turn in range(3):
        page, _counted = _read(who, order=order, after=after)
        seen += [row.pk for row in page.rows]
        after = page.next
    assert not after
    assert sorted(seen) == sorted(visible(who).values_list("pk", flat=True))
    assert len(seen) == len(set(seen)) == 63


def test_it_narrows_by_state_year_body_field_and_words(cast: Cast) -> None:
    handed = cast.suggestion("working", title="关于修桥的建议")
    kept = recorded(cast, 1, field="交通", lead_bodies=[str(cast.bodies["finance"].pk)])[0]
    who = standing_of(cast.clerk, date(2026, 3, 9))
    for asked, expected in (
        ({"state": "handling"}, handed),
        ({"body": str(cast.bodies["traffic"].pk)}, handed),
        ({"body": str(cast.bodies["finance"].pk)}, kept),
        ({"f_field": "交通"}, kept),
        ({"q": "修桥"}, handed),
        ({"year": "2026", "q": "件事"}, kept),
    ):
        page, _counted = _read(who, **asked)  # type: ignore[arg-type]
        assert [row.pk for row in page.rows] == [expected.pk], asked
    assert not _read(who, year="2020")[0].rows


def test_it_neither_shows_nor_filters_ratings_hidden_from_the_rated(cast: Cast) -> None:
    matter = cast.suggestion("redoing")
    body, clerk = (standing_of(user, date(2026, 3, 20)) for user in (cast.contact, cast.clerk))
    assert [row.pk for row in _read(clerk, f_result="不满意")[0].rows] == [matter.pk]
    assert not _read(body, f_result="不满意")[0].rows
    assert _read(body, f_result="不满意")[1]["all"] == 0
    ledger = cast.client("contact").get(SUGGESTIONS).content.decode()
    assert '<span class="tag bad">不满意</span>' not in ledger
    assert (
        '<span class="tag bad">不满意</span>'
        in cast.client("clerk").get(SUGGESTIONS + "?columns=all").content.decode()
    )


@pytest.mark.parametrize("stage", ["handed", "redoing", "closed"])
def test_it_hides_in_the_query_what_it_hides_on_the_page(cast: Cast, stage: str) -> None:
    matter = cast.suggestion(stage, co=["finance"])
    one = house.institution("suggestions")
    result = one.field("result")
    assert result is not None
    for role in ("clerk", "contact", "other_contact", "deputy", "other_deputy", "leader"):
        who = standing_of(cast.users[role], date(2026, 4, 1))
        hidden = "result" in hidden_fields(one, matter, relation(who, matter))
        known = Matter.objects.filter(pk=matter.pk).filter(knows(who, result)).exists()
        assert known is not hidden, role


def test_it_asks_as_often_for_a_thousand_rows_as_for_ten(
    cast: Cast,
) -> None:
    client = cast.client("clerk")
    recorded(cast, 10)
    few = _queries(client)
    _many(cast, 1000)
    assert _queries(client) == few + len(SHOWN_LIGHTS) <= 35


def _queries(client: Client) -> int:
    with CaptureQueriesContext(connection) as asked:
        assert client.get(SUGGESTIONS).status_code == 200
    return len(asked)


def _many(cast: Cast, count: int) -> None:
    row = Matter.objects.first()
    assert row is not None
    for number in range(count):
        row.pk, row.identity = None, str(number)
        row.save(force_insert=True)


def test_it_keeps_a_view_for_its_owner_alone(cast: Cast) -> None:
    client = cast.client("clerk")
    client.post(SUGGESTIONS + "views/", {"name": "逾期的", "query": "light=late&after=12"})
    view = SavedView.objects.get()
    assert view.query == "light=late"
    assert "逾期的" in client.get(SUGGESTIONS).content.decode()
    assert "逾期的" not in cast.client("leader").get(SUGGESTIONS).content.decode()
    cast.client("leader").post(f"{SUGGESTIONS}views/{view.pk}/drop/")
    assert SavedView.objects.exists()
    client.post(f"{SUGGESTIONS}views/{view.pk}/drop/")
    assert not SavedView.objects.exists()


def test_it_hands_over_fifty_at_once(cast: Cast) -> None:
    body = str(cast.bodies["traffic"].pk)
    lot = recorded(cast, 50, lead_bodies=[body])
    client, address = cast.client("clerk"), SUGGESTIONS + "bulk/hand_over/"
    keys = [str(matter.pk) for matter in lot]
    form = client.get(address, {"m": keys}).content.decode()
    assert form.count('value="市交通运输局" list') == 50
    assert form.count('value="周建国"') == 50
    sent = {f"body-{key}": "市交通运输局" for key in keys}
    answer = client.post(address, {"m": keys, "token": "t", "person": "周建国", **sent})
    assert "已办 50 件" in answer.content.decode()
    assert set(Matter.objects.values_list("state", flat=True)) == {"handling"}
    again = client.post(address, {"m": keys, "token": "t", "person": "周建国", **sent})
    assert "已办 50 件" in again.content.decode()
    assert Act.objects.filter(kind="hand_over").count() == 50


def test_it_says_which_of_many_was_refused_and_why(cast: Cast) -> None:
    ready, done = recorded(cast, 1)[0], cast.suggestion("closed")
    sent = {"m": [ready.pk, done.pk], "body": "市交通运输局", "token": "t"}
    text = cast.client("clerk").post(SUGGESTIONS + "bulk/hand_over/", sent).content.decode()
    assert "没有责任人" in text and "现在的环节不能办" in text and "已办 0 件" in text
    assert cast.client("contact").get(SUGGESTIONS + "bulk/hand_over/").status_code == 404


def test_it_answers_htmx_with_the_table_alone(cast: Cast) -> None:
    cast.suggestion("working")
    text = cast.client("clerk").get(SUGGESTIONS, headers={"HX-Request": "true"}).content.decode()
    assert text.lstrip().startswith('<div id="ledger-table">')


def test_it_never_fails_on_a_strange_address(cast: Cast) -> None:
    recorded(cast, 1)
    client = cast.client("clerk")
    for query in (
        "light=x", "after=x", "order=limit&after=2026-99-99_1", "body=9x", "year=20x6", "state=';",
        "f_result=%00", "q=%22%27*", "order=limit&after=_99999999999999999999", "after=²",
        "f_reply_on=x",
    ):  # fmt: skip
        assert client.get(f"{SUGGESTIONS}?{query}").status_code == 200, query
    assert client.get("/l/nothing/").status_code == 404


def test_it_opens_no_ledger_to_administrators(cast: Cast) -> None:
    assert cast.client("system_admin").get(SUGGESTIONS).status_code == 404


@pytest.mark.parametrize("key", sorted(house.institutions()))
def test_it_draws_the_ledger_and_the_raising_forms_of_every_institution(
    cast: Cast, key: str
) -> None:
    client = cast.client("clerk")
    one = house.institution(key)
    if one.visible_to and "clerk" not in one.visible_to:
        return
    assert client.get(f"/l/{key}/").status_code == 200
    for act in one.acts:
        if act.raises and "clerk" in act.by:
            assert client.get(f"/l/{key}/new/{act.id}/").status_code == 200


def test_it_keeps_a_draft_while_one_types(cast: Cast) -> None:
    client = cast.client("deputy")
    key = "new/suggestions/raise"
    sent = {"draft_key": key, "title": "关于修路", "token": "x"}
    assert client.post("/draft/", sent).status_code == 204
    assert Draft.objects.get().data == {"title": ["关于修路"]}
    assert 'value="关于修路"' in client.get(SUGGESTIONS + "new/raise/").content.decode()


@pytest.mark.parametrize("known", ["traffic", "government"])
def test_it_finds_imported_history_by_the_body_named_in_it(cast: Cast, known: str) -> None:
    name = cast.bodies["traffic"].name
    data = {"title": "关于旧年修路的建议", "lead_bodies": [name]}
    made = raise_matter(
        cast.congress, "suggestions", "record", Doer("clerk", cast.clerk), date(2024, 3, 4), data
    )
    assert isinstance(made, Matter)
    page = cast.client("clerk").get(f"/l/suggestions/?body={cast.bodies[known].pk}")
    assert "关于旧年修路的建议" in page.content.decode()
    other = cast.client("clerk").get(f"/l/suggestions/?body={cast.bodies['finance'].pk}")
    assert "关于旧年修路的建议" not in other.content.decode()
