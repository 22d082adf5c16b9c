"""Two-factor sign-in: a code beside the password, each good once, wrong ones counted, lost ones reset and logged."""

from __future__ import annotations

import re
import time
from base64 import b32decode
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_otp.oath import totp
from django_otp.plugins.otp_static.models import StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice
from pytest_django.fixtures import Settings
from tests.cast import PASSWORD, Cast

from bihuan.api import tokens
from bihuan.people import second_factor
from bihuan.people.devices import Totp
from bihuan.people.models import Event, User

SIGN_IN, CODE, OWN = "/sign-in/", "/sign-in/code/", "/second-factor/"
TURN = 30


@pytest.fixture(autouse=True)
def at_once(settings: Settings) -> None:
    """No waits between tries, but where a test is about them."""
    settings.OTP_TOTP_THROTTLE_FACTOR = settings.OTP_STATIC_THROTTLE_FACTOR = 0


def now_code(user: User, later: int = 0) -> str:
    """What the telephone shows now, or so many turns later."""
    device = Totp.objects.get(user=user)
    return f"{totp(device.bin_key, t0=-later * TURN):06d}"


def wrong_code(user: User) -> str:
    shown = {now_code(user, later) for later in (-2, -1, 0, 1, 2)}
    return next(f"{n:06d}" for n in range(10) if f"{n:06d}" not in shown)


def enrol(cast: Cast, role: str = "clerk") -> list[str]:
    """Switch it on as a person would; returns the recovery codes."""
    me = cast.client(role)
    me.get(OWN)
    user = cast.users[role]
    page = me.post(OWN, {"code": now_code(user), "password": PASSWORD}).content.decode()
    Totp.objects.filter(user=user).update(last_t=-1)  # the same turn may be used to sign in
    return re.findall(r'class="one-time">([a-z0-9]{5}-[a-z0-9]{5})<', page)


def half_in(username: str = "clerk") -> Client:
    client = Client()
    answer = client.post(SIGN_IN, {"username": username, "password": PASSWORD, "next": "/b/"})
    assert answer["Location"] == CODE
    return client


def test_it_shows_a_picture_and_a_key_that_an_authenticator_understands(cast: Cast) -> None:
    page = cast.client("clerk").get(OWN).content.decode()
    shown = re.search(r'class="secret">([A-Z2-7 ]+)<', page)
    assert shown and "data:image/svg+xml" in page
    secret = b32decode(shown.group(1).replace(" ", ""))
    assert secret == Totp.objects.get(user=cast.clerk).bin_key and len(secret) == 20


def test_it_keeps_neither_the_key_nor_a_recovery_code_in_the_database(cast: Cast) -> None:
    codes = enrol(cast)
    device = TOTPDevice.objects.get(user=cast.clerk)
    assert bytes.fromhex(device.key) != Totp.objects.get(user=cast.clerk).bin_key
    kept = set(StaticToken.objects.values_list("token", flat=True))
    assert len(codes) == 10 and not kept & {code.replace("-", "") for code in codes}


def test_it_switches_on_only_for_who_knows_password_and_code(cast: Cast) -> None:
    me = cast.client("clerk")
    me.get(OWN)
    right = now_code(cast.clerk)
    answer = me.post(OWN, {"code": right, "password": "wrong"})
    assert answer.status_code == 422 and "密码不对" in answer.content.decode()
    answer = me.post(OWN, {"code": wrong_code(cast.clerk), "password": PASSWORD})
    assert answer.status_code == 422 and second_factor.device_of(cast.clerk) is None
    assert (
        Client().post(SIGN_IN, {"username": "clerk", "password": PASSWORD})["Location"] == "/today/"
    )


def test_it_asks_for_the_code_after_the_password_and_goes_on_to_the_page_asked_for(
    cast: Cast,
) -> None:
    enrol(cast)
    client = half_in()
    assert client.get("/today/").status_code == 302
    assert client.post(CODE, {"code": now_code(cast.clerk)})["Location"] == "/b/"
    assert client.get("/today/").status_code == 200
    assert Event.objects.filter(user=cast.clerk, kind="sign-in", what="登录", ok=True).exists()


def test_it_takes_no_code_twice(cast: Cast) -> None:
    codes = enrol(cast)
    used = now_code(cast.clerk)
    assert half_in().post(CODE, {"code": used}).status_code == 302
    assert half_in().post(CODE, {"code": used}).status_code == 422
    assert half_in().post(CODE, {"code": codes[0].upper().replace("-", " ")}).status_code == 302
    assert half_in().post(CODE, {"code": codes[0]}).status_code == 422
    assert second_factor.codes_left(cast.clerk) == 9


def test_it_takes_no_code_of_long_ago(cast: Cast) -> None:
    enrol(cast)
    assert half_in().post(CODE, {"code": now_code(cast.clerk, -4)}).status_code == 422


def test_it_counts_wrong_codes_towards_the_lock_out(cast: Cast) -> None:
    enrol(cast)
    client, wrong = half_in(), wrong_code(cast.clerk)
    for _turn in range(4):
        assert client.post(CODE, {"code": wrong}).status_code == 422
    assert client.post(CODE, {"code": wrong}).status_code == 429
    assert client.post(CODE, {"code": now_code(cast.clerk)}).status_code == 429
    assert Client().post(SIGN_IN, {"username": "clerk", "password": PASSWORD}).status_code == 429
    assert Event.objects.filter(kind="second-factor", user=cast.clerk, ok=False).count() == 5
    assert Event.objects.filter(kind="lock-out", user=cast.clerk).exists()


def test_it_makes_each_try_wait_longer(cast: Cast, settings: Settings) -> None:
    enrol(cast)
    settings.OTP_TOTP_THROTTLE_FACTOR = 10
    client = half_in()
    assert client.post(CODE, {"code": wrong_code(cast.clerk)}).status_code == 422
    answer = client.post(CODE, {"code": now_code(cast.clerk)})
    assert answer.status_code == 429 and "秒再输" in answer.content.decode()


def test_it_forgets_who_was_half_in_after_five_minutes_or_when_the_password_changed(
    cast: Cast,
) -> None:
    enrol(cast)
    client = half_in()
    cast.clerk.set_password("another-staple-77")
    cast.clerk.save()
    assert client.post(CODE, {"code": now_code(cast.clerk)})["Location"] == SIGN_IN
    cast.clerk.set_password(PASSWORD)
    cast.clerk.save()
    client = half_in()
    session = client.session
    session["half_in"] = {**session["half_in"], "at": time.time() - 301}
    session.save()
    assert client.post(CODE, {"code": now_code(cast.clerk)})["Location"] == SIGN_IN
    assert Client().get(CODE)["Location"] == SIGN_IN


def test_it_gives_new_recovery_codes_and_switches_off_against_a_code(cast: Cast) -> None:
    codes = enrol(cast)
    me = cast.client("clerk")
    assert me.post(f"{OWN}codes/", {"code": wrong_code(cast.clerk)}).status_code == 422
    page = me.post(f"{OWN}codes/", {"code": now_code(cast.clerk)}).content.decode()
    new = re.findall(r'class="one-time">([a-z0-9-]{11})<', page)
    assert half_in().post(CODE, {"code": codes[0]}).status_code == 422
    assert me.post(f"{OWN}off/", {"code": new[0]}).status_code == 302
    assert (
        Client().post(SIGN_IN, {"username": "clerk", "password": PASSWORD})["Location"] == "/today/"
    )


def test_it_opens_nothing_but_the_set_up_where_the_house_requires_it(
    cast: Cast, settings: Settings
) -> None:
    settings.SECOND_FACTOR_ROLES = ["leader", "security_admin"]
    me = cast.client("leader")
    assert me.get("/today/")["Location"] == OWN and me.post("/reminders/read/")["Location"] == OWN
    assert "必须使用两步验证" in me.get(OWN).content.decode()
    assert cast.client("clerk").get("/today/").status_code == 200
    enrol(cast, "leader")
    assert me.get("/today/").status_code == 200
    answer = me.post(f"{OWN}off/", {"code": now_code(cast.leader)})
    assert answer.status_code == 422 and "不能关闭" in answer.content.decode()


def test_it_is_reset_by_the_security_administrator_alone_and_logged(cast: Cast) -> None:
    enrol(cast)
    reset = f"/house/second-factors/{cast.clerk.pk}/reset/"
    for role in ("system_admin", "audit_admin", "clerk"):
        assert cast.client(role).post(reset).status_code == 403
    admin = cast.client("security_admin")
    assert "已开通" in admin.get("/house/second-factors/?q=clerk").content.decode()
    assert admin.post(reset).status_code == 302
    assert second_factor.device_of(cast.clerk) is None
    assert Event.objects.filter(user=cast.security_admin, what="重置两步验证：clerk").exists()
    assert admin.post(f"/house/second-factors/{cast.outsider.pk}/reset/").status_code == 404
    enrol(cast, "security_admin")
    admin.post(f"/house/second-factors/{cast.security_admin.pk}/reset/")
    assert second_factor.device_of(cast.security_admin) is not None


def test_it_leaves_tokens_of_programs_alone(cast: Cast, settings: Settings) -> None:
    settings.SECOND_FACTOR_ROLES = ["clerk"]
    enrol(cast)
    until = timezone.localdate() + timedelta(days=30)
    done = tokens.issue(cast.clerk, "政务平台", ["read"], [], until, timezone.localdate())
    assert isinstance(done, tuple)
    answer = Client().get("/api/suggestions/", headers={"Authorization": f"Bearer {done[1]}"})
    assert answer.status_code == 200


def test_it_tells_who_must_have_it_in_as_many_queries_for_all_as_for_one(
    cast: Cast, settings: Settings
) -> None:
    settings.SECOND_FACTOR_ROLES = ("clerk",)
    admin = cast.client("security_admin")
    asked = []
    for found in ("clerk", ""):
        with CaptureQueriesContext(connection) as queries:
            page = admin.get(f"/house/second-factors/?q={found}").content.decode()
        assert "clerk" in page
        asked.append(len(queries))
    assert asked[0] == asked[1]
    everyone = list(User.objects.filter(congress=cast.congress))
    must = second_factor.required_of(everyone, timezone.localdate())
    assert must == {one.pk for one in everyone if second_factor.required(one, timezone.localdate())}
    assert cast.clerk.pk in must and cast.security_admin.pk not in must
