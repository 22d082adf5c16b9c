"""Tokens: shown once, kept as a hash, narrowed, ended, counted."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings
from tests.api.conftest import Programs
from tests.cast import Cast

from bihuan.api.models import Token
from bihuan.matters.models import Matter
from bihuan.people.models import Event, Grant

pytestmark = pytest.mark.django_db


def test_it_shows_a_token_once_and_keeps_its_hash(cast: Cast) -> None:
    client = cast.client("clerk")
    until = (timezone.localdate() + timedelta(days=30)).isoformat()
    sent = {
        "name": "对接",
        "scopes": ["read"],
        "institutions": ["suggestions"],
        "expires_on": until,
    }
    page = client.post("/interfaces/tokens/new/", sent)
    token = Token.objects.get()
    assert page.status_code == 200 and "no-store" in page["Cache-Control"]
    text = page.content.decode().split('<code class="secret">')[1].split("<")[0]
    assert text not in str(Token.objects.values()) and token.hash != text
    assert text not in client.get("/interfaces/").content.decode()
    assert Event.objects.filter(what__contains="对接").exists()
    late = client.post("/interfaces/tokens/new/", {**sent, "expires_on": "2099-01-01"})
    assert late.status_code == 422 and "一年以内" in late.content.decode()


def test_it_narrows_its_owner_to_scope_and_institution(cast: Cast, program: Programs) -> None:
    matter = cast.suggestion("to_hand_over")
    reader = program("clerk", ["read"])
    refused = reader.post(f"/api/matters/{matter.pk}/acts/", {"act": "hand_over"})
    assert refused.status_code == 403 and "范围" in refused.json()["detail"]
    assert reader.get(f"/api/matters/{matter.pk}/").json()["offers"] == []
    other = program("clerk", ["read", "act"], ["opinions"])
    assert [one["key"] for one in other.get("/api/").json()["items"]] == ["opinions"]
    for path in (f"/api/matters/{matter.pk}/", "/api/suggestions/"):
        assert other.get(path).status_code == 404
    assert other.post("/api/suggestions/", {"act": "record"}).status_code == 404
    assert Matter.objects.count() == 1


def test_it_ends_with_revocation_expiry_role_and_account(cast: Cast, program: Programs) -> None:
    clerk = program("clerk")
    assert clerk.get("/api/me/").status_code == 200
    assert Token.objects.get().last_used_at is not None
    Grant.objects.filter(user=cast.clerk).update(ends=timezone.localdate() - timedelta(days=1))
    assert clerk.get("/api/").json()["items"] == []
    cast.clerk.must_change_password = True
    cast.clerk.save()
    assert clerk.get("/api/").status_code == 403
    cast.clerk.is_active = False
    cast.clerk.save()
    assert clerk.get("/api/").status_code == 401
    leader = program("leader")
    Token.objects.filter(pk=leader.token.pk).update(expires_on=timezone.localdate() - timedelta(1))
    assert leader.get("/api/").status_code == 401
    deputy = program("deputy")
    admin = cast.client("system_admin")
    assert "deputy" in admin.get("/interfaces/all/").content.decode()
    admin.post(f"/interfaces/all/tokens/{deputy.token.pk}/revoke/")
    assert deputy.get("/api/").status_code == 401


def test_it_is_its_owners_alone(cast: Cast, program: Programs) -> None:
    token = program("clerk").token
    assert cast.client("leader").post(f"/interfaces/tokens/{token.pk}/revoke/").status_code == 404
    assert cast.client("outsider").get("/interfaces/all/").status_code == 403
    assert cast.client("nobody").get("/interfaces/").status_code == 403
    cast.client("clerk").post(f"/interfaces/tokens/{token.pk}/revoke/")
    assert Token.objects.get().revoked_at is not None


def test_it_asks_to_wait_after_too_many_requests(
    cast: Cast, program: Programs, settings: Settings
) -> None:
    settings.API_PER_MINUTE = 3
    clerk = program("clerk")
    answers = [clerk.get("/api/me/") for _ in range(8)]
    slow = [one for one in answers if one.status_code == 429]
    assert slow and 0 < int(slow[0]["Retry-After"]) <= 60
    assert "秒后再试" in slow[0].json()["detail"]
    assert program("leader").get("/api/me/").status_code == 200
