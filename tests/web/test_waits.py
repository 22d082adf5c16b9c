"""Who is waited for: what a day's page counts is what the ledger behind it lists; one after the other from there."""

from __future__ import annotations

import re
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.utils import timezone
from tests.cast import Cast, cast

from bihuan.matters import house
from bihuan.matters.access import standing_of
from bihuan.matters.act import Doer
from bihuan.matters.ledger import Filters, lit, matters, neighbours, page_of
from bihuan.matters.models import Matter

__all__ = ["cast"]

LEDGER = "/l/suggestions/"


@pytest.fixture
def busy(cast: Cast) -> Cast:
    """A congress on a day on which everybody has something to do."""
    today = timezone.localdate()
    for place, stage in enumerate(
        ("committee_review", "to_hand_over", "handed", "working", "rating", "redoing", "closed")
    ):
        cast.suggestion(stage, title=f"近的{place}", day=today - timedelta(days=8), co=["finance"])
        cast.suggestion(stage, title=f"远的{place}", day=today - timedelta(days=300))
    asked = cast.suggestion("handed", title="退办的", day=today - timedelta(days=4))
    body = Doer("lead_body", cast.contact, "市交通运输局")
    cast.take(asked, "return", body, today, {"reason": "不属本单位职责"}, "1")
    return cast


@pytest.mark.parametrize(
    "role", ["clerk", "contact", "other_contact", "deputy", "leader", "committee", "delegation"]
)
def test_it_counts_on_the_days_page_what_the_link_opens(busy: Cast, role: str) -> None:
    client = busy.client(role)
    page = client.get("/today/").content.decode()
    notes = re.findall(r'<a href="(/l/[^"]+\?[^"]+)">[^<]* ([\d,]+)</a>', page)
    assert notes
    for address, counted in notes:
        ledger = client.get(address.replace("&amp;", "&")).content.decode()
        asked = parse_qs(urlsplit(address).query)
        key = asked.get("light", [""])[0]
        shown = re.search(
            rf'<b>(\d+)</b> <span class="light light-{key}' if key else r"<b>(\d+)</b> <span>全部",
            ledger,
        )
        assert shown and shown[1] == counted, address


def test_it_narrows_by_what_the_user_himself_is(busy: Cast) -> None:
    contact = busy.client("contact").get(LEDGER + "?waits=to_acknowledge").content.decode()
    assert "近的2" in contact and "近的3" not in contact
    stranger = busy.client("other_deputy").get(LEDGER + "?waits=mine").content.decode()
    assert "没有符合条件的事项" in stranger
    assert "近的2" in busy.client("clerk").get(LEDGER + "?waits=nonsense").content.decode()


def test_it_shows_the_act_that_waits_in_its_row(busy: Cast) -> None:
    clerk = busy.client("clerk").get(LEDGER + "?waits=mine").content.decode()
    assert "act=hand_over" in clerk
    contact = busy.client("contact").get(LEDGER + "?waits=to_acknowledge").content.decode()
    assert re.search(r'<button class="button small" form="do-\d+">签收', contact)
    assert 'form="do-' not in busy.client("leader").get(LEDGER).content.decode()


def test_it_acknowledges_with_one_click_and_comes_back_to_the_ledger(cast: Cast) -> None:
    matter = cast.suggestion("handed", day=timezone.localdate() - timedelta(days=3))
    back = LEDGER + "?waits=to_acknowledge"
    sent = {"share": "1", "seen": str(matter.acts_count), "token": "t", "back": back}
    answer = cast.client("contact").post(f"/m/{matter.pk}/act/acknowledge/", sent)
    assert answer.headers["Location"] == back
    assert matter.assignments.get().state == "working"


@pytest.mark.parametrize("back", ["https://example.org/", "//example.org/", "javascript:alert(1)"])
def test_it_comes_back_to_this_house_only(cast: Cast, back: str) -> None:
    matter = cast.suggestion("handed", day=timezone.localdate() - timedelta(days=3))
    sent = {"share": "1", "seen": str(matter.acts_count), "token": "t", "back": back}
    answer = cast.client("contact").post(f"/m/{matter.pk}/act/acknowledge/", sent)
    assert answer.headers["Location"] == f"/m/{matter.pk}/"


def test_it_offers_at_once_only_what_a_row_shown_can_take(busy: Cast) -> None:
    client = busy.client("clerk")
    assert "/bulk/hand_over/" in client.get(LEDGER + "?state=to_hand_over").content.decode()
    closed = client.get(LEDGER + "?state=closed").content.decode()
    assert "/bulk/hand_over/" not in closed


@pytest.mark.parametrize("order", ["newest", "limit"])
def test_it_walks_the_ledger_in_its_own_order(busy: Cast, order: str) -> None:
    day = timezone.localdate()
    who, one = standing_of(busy.clerk, day), house.institution("suggestions")
    filters = Filters.read(one, {"order": order, "light": "late"})
    rows = lit(matters(who, one, filters, day), filters.light, day)
    keys = [row.pk for row in page_of(who, one, rows, filters).rows]
    assert len(keys) > 2
    for place, key in enumerate(keys):
        before, after = neighbours(rows, Matter.objects.get(pk=key), order)
        assert before == (keys[place - 1] if place else None)
        assert after == (keys[place + 1] if place + 1 < len(keys) else None)


def test_it_leads_from_a_matter_to_the_next_of_the_filter(busy: Cast) -> None:
    first, second = Matter.objects.filter(state="to_hand_over").order_by("-pk")
    client = busy.client("clerk")
    page = client.get(f"/m/{first.pk}/?in=state%3Dto_hand_over").content.decode()
    assert f'href="/m/{second.pk}/?in=state%3Dto_hand_over"' in page and 'rel="prev"' not in page
    assert 'rel="next"' not in client.get(f"/m/{first.pk}/").content.decode()


def test_it_opens_the_form_asked_for_in_its_place(busy: Cast) -> None:
    matter = Matter.objects.filter(state="to_hand_over").first()
    assert matter
    client = busy.client("clerk")
    page = client.get(f"/m/{matter.pk}/?act=hand_over&share=&back=/today/").content.decode()
    assert 'id="form-hand_over-"' in page and 'name="back" value="/today/"' in page
    assert 'id="form-' not in client.get(f"/m/{matter.pk}/?act=rate").content.decode()


def test_it_says_of_a_share_that_it_waits_to_be_acknowledged(cast: Cast) -> None:
    matter = cast.suggestion("handed", day=timezone.localdate() - timedelta(days=3))
    page = cast.client("clerk").get(f"/m/{matter.pk}/").content.decode()
    shares = page.split("承办单位</h2>")[1].split("</section>")[0]
    assert "待签收</span>" in shares and "待交办" not in shares
