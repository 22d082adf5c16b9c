"""Signing in by the identity provider: a real one on this machine, telling the truth and lying."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from django.http import HttpResponse
from django.test import Client
from joserfc.jwk import RSAKey
from pytest_django.fixtures import Settings
from tests.cast import PASSWORD, Cast
from tests.web.provider import CLIENT, SECRET, Provider, provider

from bihuan.people import second_factor
from bihuan.people.models import Event

START, BACK = "/sign-in/house/", "/sign-in/house/back/"


@pytest.fixture
def house(settings: Settings, cast: Cast) -> Iterator[Provider]:
    """A provider, and the contact's account linked with a name of it."""
    with provider() as told:
        settings.OIDC_ISSUER, settings.OIDC_CLIENT, settings.OIDC_SECRET = (
            told.issuer,
            CLIENT,
            SECRET,
        )
        cast.contact.single_name = "zhou-4711"
        cast.contact.save()
        yield told


def come_back(client: Client, **over: str) -> Any:
    """Start here, follow to the provider, come back with what it gives."""
    to = client.get(START)
    assert to.status_code == 302
    sent = requests.get(to["Location"], allow_redirects=False, timeout=5).headers["Location"]
    query = {name: values[0] for name, values in parse_qs(urlsplit(sent).query).items()}
    return client.get(BACK, {**query, **over})


def _refused(answer: HttpResponse, client: Client) -> bool:
    assert answer.status_code == 403 and "统一身份认证没有通过" in answer.content.decode()
    return client.get("/today/").status_code == 302


def test_it_signs_in_whom_the_provider_names_if_an_account_is_linked(
    client: Client, cast: Cast, house: Provider
) -> None:
    assert START in client.get("/sign-in/").content.decode()
    assert come_back(client)["Location"] == "/today/"
    assert client.get("/today/").status_code == 200
    assert Event.objects.filter(user=cast.contact, what="统一身份认证登录", ok=True).exists()


def test_it_makes_no_account_and_lets_nobody_in_who_is_not_linked_or_switched_off(
    client: Client, cast: Cast, house: Provider
) -> None:
    house.claims = {"sub": "a-stranger", "preferred_username": "contact", "name": "周建国"}
    answer = come_back(client)
    assert answer.status_code == 403 and "还没有和本平台的账号挂接" in answer.content.decode()
    house.claims = {"sub": "zhou-4711"}
    cast.contact.is_active = False
    cast.contact.save()
    assert come_back(client).status_code == 403
    assert client.get("/today/").status_code == 302


@pytest.mark.parametrize(
    "lies",
    [
        {"nonce": "another"},
        {"nonce": None},
        {"aud": "another-client"},
        {"aud": "another-client", "azp": CLIENT},
        {"aud": None},
        {"iss": "https://elsewhere.example"},
        {"exp": int(time.time()) - 120},
        {"exp": None},
        {"iat": int(time.time()) + 3600},
    ],
)
def test_it_refuses_a_token_that_is_not_for_this_sign_in(
    client: Client, house: Provider, lies: dict[str, Any]
) -> None:
    house.lies = lies
    assert _refused(come_back(client), client)


def test_it_refuses_a_token_that_the_provider_did_not_sign(client: Client, house: Provider) -> None:
    house.stranger = RSAKey.generate_key(2048, {"kid": "one"})
    assert _refused(come_back(client), client)
    house.stranger, house.shared = None, True
    assert _refused(come_back(client), client)


def test_it_refuses_a_state_of_another_browser_a_code_used_twice_and_the_provider_s_own_no(
    client: Client, house: Provider
) -> None:
    assert _refused(come_back(client, state="another"), client)
    assert _refused(come_back(client, code="another"), client)
    assert _refused(client.get(BACK), client)
    assert _refused(client.get(BACK, {"error": "access_denied", "state": "x"}), client)


def test_it_follows_a_provider_that_changes_its_key(client: Client, house: Provider) -> None:
    come_back(client)
    house.key = RSAKey.generate_key(2048, {"kid": "two"})
    other = Client()
    assert come_back(other)["Location"] == "/today/"


def test_it_asks_who_comes_from_the_provider_for_no_password_that_he_was_never_told(
    client: Client, cast: Cast, house: Provider, settings: Settings
) -> None:
    settings.SECOND_FACTOR_ROLES = ["contact"]
    cast.contact.must_change_password = True
    cast.contact.save()
    come_back(client)
    assert client.get("/today/")["Location"] == "/second-factor/"
    page = client.get("/second-factor/").content.decode()
    assert 'name="code"' in page and 'name="password"' not in page
    client.post("/sign-out/")
    asked = {"username": "contact", "password": PASSWORD}
    client.post("/sign-in/", asked)
    assert client.get("/today/")["Location"] == "/password/"


def test_it_asks_for_the_second_factor_here_too(
    client: Client, cast: Cast, house: Provider
) -> None:
    device = second_factor.begin(cast.contact)
    device.confirmed = True
    device.save()
    assert come_back(client)["Location"] == "/sign-in/code/"
    assert client.get("/today/").status_code == 302


def test_it_signs_out_at_the_provider_too(client: Client, house: Provider) -> None:
    come_back(client)
    to = client.post("/sign-out/")["Location"]
    assert to.startswith(f"{house.issuer}/end?") and "id_token_hint=" in to
    assert client.get("/today/").status_code == 302
    assert client.post("/sign-out/")["Location"] == "/sign-in/"


def test_it_says_that_the_provider_cannot_be_reached(
    client: Client, cast: Cast, settings: Settings
) -> None:
    settings.OIDC_ISSUER = "http://127.0.0.1:9"
    for address in (START, BACK):
        answer = client.get(address)
        assert answer.status_code == 503 and "请用用户名和密码登录" in answer.content.decode()


def test_it_does_not_exist_where_no_provider_is_configured(client: Client, cast: Cast) -> None:
    assert client.get(START).status_code == client.get(BACK).status_code == 404
    assert START not in client.get("/sign-in/").content.decode()


def test_it_lets_the_system_administrator_link_one_name_with_one_account(cast: Cast) -> None:
    admin, contact, leader = cast.client("system_admin"), cast.contact.pk, cast.leader.pk
    assert admin.post(f"/house/users/{contact}/link/", {"name": " u-1 "}).status_code == 302
    cast.contact.refresh_from_db()
    assert cast.contact.single_name == "u-1"
    answer = admin.post(f"/house/users/{leader}/link/", {"name": "u-1"})
    assert answer.status_code == 422 and "已经挂接了另一个账号" in answer.content.decode()
    assert admin.post(f"/house/users/{leader}/link/", {"name": "x" * 201}).status_code == 422
    assert admin.get(f"/house/users/{cast.outsider.pk}/link/").status_code == 404
    assert cast.client("security_admin").get(f"/house/users/{contact}/link/").status_code == 403
    admin.post(f"/house/users/{contact}/link/", {"name": ""})
    cast.contact.refresh_from_db()
    assert cast.contact.single_name is None
    assert Event.objects.filter(kind="account", what__startswith="挂接统一身份").count() == 2
