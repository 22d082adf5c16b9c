"""Signing in, being shut out, replacing a password, language and type size."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.test import Client
from pytest_django.fixtures import Settings
from tests.cast import PASSWORD, Cast, cast

from bihuan.people.models import Event

__all__ = ["cast"]

SIGN_IN = "/sign-in/"


def _try(client: Client, username: str, password: str) -> int:
    return client.post(SIGN_IN, {"username": username, "password": password}).status_code


def test_it_leads_from_the_root_to_the_sign_in_page(client: Client, db: None) -> None:
    assert client.get("/", follow=True).redirect_chain[-1][0] == SIGN_IN


def test_it_answers_the_watchman_without_a_sign_in(client: Client, db: None) -> None:
    assert client.get("/healthz").content == b"ok"


def test_it_lets_in_with_the_right_password_and_logs_it(client: Client, cast: Cast) -> None:
    answer = client.post(SIGN_IN, {"username": "clerk", "password": PASSWORD})
    assert answer.status_code == 302 and answer["Location"] == "/today/"
    assert Event.objects.filter(user=cast.clerk, kind="sign-in", ok=True).count() == 1


def test_it_goes_back_to_the_page_asked_for_but_never_to_another_house(
    client: Client, cast: Cast
) -> None:
    asked = {"username": "clerk", "password": PASSWORD, "next": "/b/"}
    assert client.post(SIGN_IN, asked)["Location"] == "/b/"
    other = Client()
    astray = {**asked, "next": "https://elsewhere.example/"}
    assert other.post(SIGN_IN, astray)["Location"] == "/today/"


def test_it_refuses_a_wrong_password_in_chinese_and_logs_it(client: Client, cast: Cast) -> None:
    answer = client.post(SIGN_IN, {"username": "clerk", "password": "wrong"})
    assert answer.status_code == 422 and "用户名或密码不对" in answer.content.decode()
    assert Event.objects.filter(user=cast.clerk, kind="sign-in", ok=False).count() == 1


def test_it_shuts_the_door_after_five_wrong_passwords_and_says_how_long(
    client: Client, cast: Cast
) -> None:
    for _ in range(4):
        assert _try(client, "clerk", "wrong") == 422
    last = client.post(SIGN_IN, {"username": "clerk", "password": "wrong"})
    assert last.status_code == 429 and "15 分钟" in last.content.decode()
    assert _try(client, "clerk", PASSWORD) == 429
    assert Event.objects.filter(kind="lock-out").exists()


def test_it_locks_out_one_name_and_leaves_the_others_in(client: Client, cast: Cast) -> None:
    for _ in range(5):
        _try(client, "clerk", "wrong")
    assert _try(Client(), "leader", PASSWORD) == 302


def test_it_opens_nothing_but_the_password_page_with_a_one_time_password(cast: Cast) -> None:
    cast.clerk.must_change_password = True
    cast.clerk.save()
    client = cast.client("clerk")
    assert client.get("/today/")["Location"] == "/password/"
    new = {"old": PASSWORD, "new": "a-better-staple-77", "again": "a-better-staple-77"}
    assert client.post("/password/", new)["Location"] == "/today/"
    assert client.get("/today/").status_code == 200


@pytest.mark.parametrize(
    ("old", "new", "again", "says"),
    [
        ("wrong", "a-better-staple-77", "a-better-staple-77", "原密码不对"),
        (PASSWORD, PASSWORD, PASSWORD, "要和原密码不同"),
        (PASSWORD, "short", "short", "至少"),
        (PASSWORD, "a-better-staple-77", "another-staple-77", "不一致"),
    ],
)
def test_it_says_at_the_field_what_is_wrong_with_a_new_password(
    cast: Cast, old: str, new: str, again: str, says: str
) -> None:
    answer = cast.client("clerk").post("/password/", {"old": old, "new": new, "again": again})
    assert answer.status_code == 422 and says in answer.content.decode()


def test_it_signs_out_by_post_only(cast: Cast) -> None:
    client = cast.client("clerk")
    assert client.get("/sign-out/").status_code == 405
    assert client.post("/sign-out/")["Location"] == SIGN_IN
    assert client.get("/today/").status_code == 302


def _write_cast(settings: Settings, home: Path) -> None:
    settings.HOME = home
    (home / "demo").mkdir()
    row = {"username": "clerk", "name": "王志刚", "role": "工作人员", "line": "看看今天要办什么"}
    (home / "demo" / "cast.json").write_text(json.dumps([row]), encoding="utf-8")


def test_it_shows_the_cast_in_a_demonstration_and_lets_one_in_by_a_click(
    client: Client, cast: Cast, settings: Settings, tmp_path: Path
) -> None:
    _write_cast(settings, tmp_path)
    settings.DEMO = True
    assert "看看今天要办什么" in client.get(SIGN_IN).content.decode()
    assert client.post("/sign-in/as/", {"username": "leader"}).status_code == 404
    assert client.post("/sign-in/as/", {"username": "clerk"})["Location"] == "/today/"


def test_it_knows_no_cast_outside_a_demonstration(
    client: Client, cast: Cast, settings: Settings, tmp_path: Path
) -> None:
    _write_cast(settings, tmp_path)
    settings.DEMO = False
    assert "看看今天要办什么" not in client.get(SIGN_IN).content.decode()
    assert client.post("/sign-in/as/", {"username": "clerk"}).status_code == 404


def test_it_sends_a_content_security_policy_without_inline_anything(
    client: Client, db: None
) -> None:
    answer = client.get(SIGN_IN)
    policy = answer["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "unsafe-inline" not in policy
    assert "style=" not in answer.content.decode()


def test_it_refuses_a_form_that_is_not_its_own(cast: Cast) -> None:
    answer = Client(enforce_csrf_checks=True).post(SIGN_IN, {"username": "a", "password": "b"})
    assert answer.status_code == 403 and "页面已过期" in answer.content.decode()


def test_it_switches_the_language_and_keeps_page_and_choice(cast: Cast) -> None:
    client = cast.client("clerk")
    answer = client.post("/language/", {"language": "en", "next": "/password/"})
    assert answer["Location"] == "/password/"
    page = client.get("/password/").content.decode()
    assert '<html lang="en"' in page and "Change password" in page
    cast.clerk.refresh_from_db()
    assert cast.clerk.language == "en"


def test_it_keeps_large_type_for_the_user(cast: Cast) -> None:
    client = cast.client("deputy")
    client.post("/large-type/")
    assert "data-large" in client.get("/today/").content.decode()
