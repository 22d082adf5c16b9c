"""Alive, ready, figures for the watcher; one line a request with nothing personal; what every answer carries."""

from __future__ import annotations

import json
import logging

import pytest
from django.http import HttpRequest
from django.test import Client, RequestFactory
from django.urls import reverse
from pytest_django.fixtures import Settings
from tests.cast import PASSWORD, Cast

from bihuan.people.models import Event
from bihuan.web.events import address_of
from bihuan.web.json_line import JsonLine
from bihuan.web.views import watching


@pytest.mark.django_db
def test_it_is_ready_only_while_everything_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    answer = Client().get("/readyz")
    assert (answer.status_code, set(answer.json().values())) == (200, {True})
    monkeypatch.setattr(watching, "LEAST_FREE", 1 << 62)
    answer = Client().get("/readyz")
    assert answer.status_code == 503
    assert [name for name, holds in answer.json().items() if not holds] == ["disk"]


def test_it_tells_figures_only_to_who_brings_the_token(cast: Cast, settings: Settings) -> None:
    cast.suggestion("working")
    given = {"HTTP_AUTHORIZATION": "Bearer secret-token"}
    assert cast.client("clerk").get("/metrics", **given).status_code == 404  # type: ignore[arg-type]
    settings.METRICS_TOKEN = "secret-token"
    assert Client().get("/metrics").status_code == 404
    assert Client().get("/metrics", HTTP_AUTHORIZATION="Bearer 错").status_code == 404
    answer = Client().get("/metrics", **given)  # type: ignore[arg-type]
    assert answer.status_code == 200
    assert "\nbihuan_matters_open 1\n" in answer.content.decode()


def test_it_writes_one_line_a_request_and_nothing_personal(
    cast: Cast, caplog: pytest.LogCaptureFixture
) -> None:
    matter = cast.suggestion("working")
    with caplog.at_level(logging.INFO, "bihuan.requests"):
        answer = cast.client("clerk").get(
            f"/m/{matter.pk}/?q=张春梅", HTTP_X_REQUEST_ID="abcd-1234"
        )
    (record,) = [one for one in caplog.records if one.name == "bihuan.requests"]
    line = json.loads(JsonLine().format(record))
    assert answer["X-Request-ID"] == line["request"] == "abcd-1234"
    assert (line["route"], line["status"], line["user"]) == ("m/<int:pk>/", 200, cast.clerk.pk)
    assert "张春梅" not in str(line) and "王志刚" not in str(line)


@pytest.mark.django_db
def test_it_takes_no_number_that_could_break_a_line() -> None:
    for bad in ("a\nb" * 9, "x" * 65, "ab", "<script>alert</script>"):
        answer = Client().get("/healthz", HTTP_X_REQUEST_ID=bad)
        assert answer["X-Request-ID"] != bad


def test_it_says_to_the_browser_what_it_must_not_do(cast: Cast) -> None:
    answer = cast.client("clerk").get("/today/")
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Cross-Origin-Opener-Policy"] == "same-origin"
    assert answer["Cross-Origin-Resource-Policy"] == "same-origin"
    assert answer["Referrer-Policy"] == "same-origin"
    assert "geolocation=()" in answer["Permissions-Policy"]
    assert "no-store" in answer["Cache-Control"]
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in answer["Content-Security-Policy"]


def _request(**meta: str) -> HttpRequest:
    return RequestFactory().get("/", **meta)  # type: ignore[arg-type]


def test_it_believes_only_its_own_proxies_about_the_address(settings: Settings) -> None:
    forged = {"HTTP_X_FORWARDED_FOR": "6.6.6.6, 10.0.0.7", "REMOTE_ADDR": "127.0.0.1"}
    assert address_of(_request(**forged)) == "127.0.0.1"
    settings.PROXIES = 1
    assert address_of(_request(**forged)) == "10.0.0.7"
    assert address_of(_request(REMOTE_ADDR="127.0.0.1")) == "127.0.0.1"
    assert address_of(_request(HTTP_X_FORWARDED_FOR="x\ny", REMOTE_ADDR="::1")) is None


def test_it_locks_out_by_the_callers_address_not_the_proxys(cast: Cast, settings: Settings) -> None:
    settings.PROXIES = 1

    def try_from(address: str, password: str) -> int:
        sent = {"username": "clerk", "password": password}
        return Client().post("/sign-in/", sent, HTTP_X_FORWARDED_FOR=address).status_code

    assert [try_from("10.0.0.7", "wrong") for _ in range(6)][-1] == 429
    assert try_from("10.0.0.7", PASSWORD) == 429
    assert try_from("10.0.0.8", PASSWORD) == 302
    assert set(Event.objects.values_list("address", flat=True)) == {"10.0.0.7", "10.0.0.8"}


def test_it_logs_what_was_taken_out_with_the_callers_address(
    cast: Cast, settings: Settings
) -> None:
    settings.PROXIES = 1
    clerk = cast.client("clerk")
    for address in (reverse("export", args=["suggestions"]), reverse("letters-export")):
        assert clerk.get(address, HTTP_X_FORWARDED_FOR="10.0.0.7").status_code == 200
    kept = Event.objects.filter(kind__in=("export", "letter"))
    assert list(kept.values_list("address", flat=True)) == ["10.0.0.7"] * 2


@pytest.mark.django_db
def test_it_answers_only_to_its_own_names_and_leads_nowhere_else(cast: Cast) -> None:
    assert Client().get("/sign-in/", HTTP_HOST="evil.example").status_code == 400
    for away in ("//evil.example/", "https://evil.example/", "/\\evil.example", "javascript:1"):
        sent = {"username": "clerk", "password": PASSWORD, "next": away}
        assert Client().post("/sign-in/", sent)["Location"] == "/today/"
