"""Calendars: what is due for the reader alone, behind an address that can be taken back."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from icalendar import Calendar
from tests.cast import Cast

from bihuan.api import calendars
from bihuan.api.models import Token
from bihuan.matters import access, house

pytestmark = pytest.mark.django_db


def address_of(cast: Cast, role: str) -> str:
    page = cast.client(role).post("/interfaces/calendar/new/").content.decode()
    return page.split('<code class="secret">')[1].split("<")[0].removeprefix("http://testserver")


def titles(content: bytes) -> list[str]:
    made = Calendar.from_ical(content)
    return [str(event["summary"]) for event in made.walk("VEVENT")]


def test_it_holds_what_is_due_for_the_reader_alone(cast: Cast) -> None:
    day = timezone.localdate() - timedelta(days=10)
    cast.suggestion("working", title="关于路灯的建议", day=day)
    cast.suggestion("working", title="关于邻居的建议", day=day, by="other_deputy")
    seen = {role: titles(Client().get(address_of(cast, role)).content) for role in
            ("clerk", "contact", "other_contact", "deputy", "outsider")}  # fmt: skip
    limits = {role: [t for t in found if t.startswith("到期")] for role, found in seen.items()}
    assert len(limits["clerk"]) == len(limits["contact"]) == 2
    assert len(limits["deputy"]) == 1 and "路灯" in limits["deputy"][0]
    assert limits["other_contact"] == limits["outsider"] == []
    assert "第十八届第五次会议" in seen["clerk"]


def test_it_reads_back_with_day_key_and_stamp(cast: Cast) -> None:
    matter = cast.suggestion("working", day=timezone.localdate() - timedelta(days=10))
    made = Calendar.from_ical(Client().get(address_of(cast, "contact")).content)
    event = next(e for e in made.walk("VEVENT") if str(e["uid"]).startswith("m"))
    matter.refresh_from_db()
    assert event.start == matter.due_on and event.end == matter.due_on + timedelta(days=1)  # type: ignore[operator]
    assert str(event["url"]).endswith(f"/m/{matter.pk}/") and "dtstamp" in event
    assert made["version"] == "2.0" and "prodid" in made


def test_it_tells_no_title_of_what_is_confidential(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    cast.suggestion("working", title="关于机密的建议", day=timezone.localdate() - timedelta(days=9))
    known = house.institutions()
    shut = replace(known["suggestions"], visible_to=("clerk",))
    monkeypatch.setattr(house, "institutions", lambda: {**known, "suggestions": shut})
    standing = access.standing_of(cast.clerk, timezone.localdate())
    found = "".join(titles(calendars.feed(standing, "https://example.org")))
    assert "代表建议" in found and "机密" not in found


def test_it_closes_with_the_address_the_account_and_the_scope(cast: Cast) -> None:
    address = address_of(cast, "clerk")
    token = Token.objects.get()
    assert token.hash not in address and Client().get(address).status_code == 200
    secret = address.removeprefix("/calendar/").removesuffix(".ics")
    asked = Client().get("/api/", headers={"Authorization": f"Bearer {secret}"})
    assert asked.status_code == 401
    assert Client().get("/calendar/bh_wrong.ics").status_code == 404
    cast.client("clerk").post(f"/interfaces/tokens/{token.pk}/revoke/")
    assert Client().get(address).status_code == 404
