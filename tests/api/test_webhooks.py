"""Notices: signed, only of what the owner may see, tried again, sent once more, and never into our own network."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings
from tests.cast import Cast

from bihuan.api import outbound, webhooks
from bihuan.api.models import Delivery, Subscription
from bihuan.loop.forms import Refusal
from bihuan.matters.act import Doer
from bihuan.people.models import Grant, User

pytestmark = pytest.mark.django_db


@dataclass
class Receiver:
    """A program elsewhere: keeps what it is sent, and answers what it was told to."""

    url: str
    answers: list[int] = field(default_factory=list)
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)


@pytest.fixture
def receiver(settings: Settings) -> Iterator[Receiver]:
    """A real server on this machine, which the settings name as allowed."""
    made = Receiver("")

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            made.got.append(({k.lower(): v for k, v in self.headers.items()}, body))
            self.send_response(made.answers.pop(0) if made.answers else 204)
            self.send_header("location", "http://127.0.0.1:9/")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    made.url = f"http://127.0.0.1:{server.server_port}/bihuan"
    settings.HOOK_HOSTS = [f"127.0.0.1:{server.server_port}"]
    yield made
    server.shutdown()
    server.server_close()


def subscribed(user: User, url: str) -> Subscription:
    made = webhooks.subscribe(user, "对接", url, [])
    assert isinstance(made, Subscription), made
    return made


def judged(secret: str, headers: dict[str, str], body: bytes) -> bool:
    """As a receiver judges by the specification, written here on its own."""
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    key = base64.b64decode(secret.removeprefix("whsec_"))
    own = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    return f"v1,{own}" in headers["webhook-signature"].split(" ")


def test_it_tells_signed_what_the_owner_may_see_and_nothing_else(
    cast: Cast, receiver: Receiver
) -> None:
    cast.suggestion("handed", title="关于早先的建议")
    told, silent = subscribed(cast.contact, receiver.url), subscribed(cast.outsider, receiver.url)
    matter = cast.suggestion("working", title="关于路灯的建议")
    cast.suggestion("to_hand_over", title="关于别人的建议")
    assert webhooks.deliver_due()["sent"] == len(receiver.got) > 0
    for headers, body in receiver.got:
        assert judged(webhooks.secret_of(told), headers, body)
        assert not judged(webhooks.secret_of(silent), headers, body)
        assert json.loads(body)["data"]["matter"]["id"] == matter.pk
        assert "路灯" not in body.decode()
    assert {json.loads(body)["data"]["act"]["id"] for _, body in receiver.got} >= {"hand_over"}
    assert webhooks.deliver_due() == {"queued": 0, "sent": 0, "failed": 0}
    assert not silent.deliveries.exists()


def test_it_tries_again_later_and_says_how_it_went(cast: Cast, receiver: Receiver) -> None:
    hook = subscribed(cast.clerk, receiver.url)
    matter = cast.suggestion("draft")
    receiver.answers = [500, 302, 200]
    cast.take(matter, "submit", Doer("proposer", cast.deputy), date(2026, 3, 3))
    now = timezone.now()
    for wait in (0, 5, 300):
        now += timedelta(seconds=wait)
        webhooks.deliver_due(now)
        webhooks.deliver_due(now)
    row = Delivery.objects.filter(act__kind="submit").get()
    mine = [headers for headers, _ in receiver.got if headers["webhook-id"] == row.message]
    assert row.state == "sent" and 200 <= row.log[-1]["status"] < 300
    assert row.attempts == len(mine) == len(row.log)
    assert {500, 302} <= {one["status"] for sent in hook.deliveries.all() for one in sent.log}
    page = cast.client("clerk").get(f"/interfaces/hooks/{hook.pk}/").content.decode()
    assert "已送达" in page
    cast.client("clerk").post(f"/interfaces/deliveries/{row.pk}/again/")
    webhooks.deliver_due(now + timedelta(seconds=1))
    assert receiver.got[-1][0]["webhook-id"] == row.message
    assert cast.client("leader").post(f"/interfaces/deliveries/{row.pk}/again/").status_code == 404


def test_it_gives_up_after_three_days_and_ends_where_it_is_told_to(
    cast: Cast, receiver: Receiver
) -> None:
    hook = subscribed(cast.clerk, receiver.url)
    cast.suggestion("to_hand_over")
    receiver.answers = [503] * 1000
    now = timezone.now()
    for wait in (0, *webhooks.WAITS, 86400):
        now += timedelta(seconds=wait)
        webhooks.deliver_due(now)
    states = set(hook.deliveries.values_list("state", "attempts"))
    assert states == {("failed", len(webhooks.WAITS) + 1)}
    row = hook.deliveries.first()
    assert row is not None
    webhooks.send_again(row)
    receiver.answers = [410]
    webhooks.deliver_due(now + timedelta(days=1))
    hook.refresh_from_db()
    assert hook.ended_at is not None and "410" in hook.why_ended


def test_it_stops_when_the_owner_may_no_longer_see(cast: Cast, receiver: Receiver) -> None:
    hook = subscribed(cast.clerk, receiver.url)
    cast.suggestion("to_hand_over")
    receiver.answers = [500] * 50
    now = timezone.now()
    webhooks.deliver_due(now)
    asked = len(receiver.got)
    Grant.objects.filter(user=cast.clerk).update(ends=timezone.localdate() - timedelta(days=1))
    webhooks.deliver_due(now + timedelta(minutes=1))
    assert len(receiver.got) == asked
    assert set(hook.deliveries.values_list("state", flat=True)) == {"dropped"}


def test_it_changes_its_secret_with_a_day_of_both(cast: Cast, receiver: Receiver) -> None:
    hook = subscribed(cast.clerk, receiver.url)
    old = webhooks.secret_of(hook)
    page = cast.client("clerk").post(f"/interfaces/hooks/{hook.pk}/rotate/").content.decode()
    hook.refresh_from_db()
    new = webhooks.secret_of(hook)
    assert new != old and new in page.replace("&#x2B;", "+").replace("&#43;", "+")
    now = timezone.now()
    for at, old_holds in ((now, True), (now + timedelta(hours=25), False)):
        headers = webhooks.signed(hook, "msg_1", at, b"{}")
        assert judged(new, headers, b"{}") and judged(old, headers, b"{}") is old_holds


def test_it_misses_no_act_that_is_written_late(cast: Cast, receiver: Receiver) -> None:
    hook = subscribed(cast.clerk, receiver.url)
    cast.suggestion("to_hand_over")
    webhooks.deliver_due()
    first = hook.deliveries.order_by("act").first()
    assert first is not None
    first.delete()  # as if its transaction had ended only now, after acts with higher keys
    assert webhooks.deliver_due()["queued"] == 1


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "192.168.0.1", "172.16.9.9", "169.254.169.254", "0.0.0.0",
        "100.64.0.1", "224.0.0.1", "::1", "fe80::1%eth0", "fc00::1", "::ffff:127.0.0.1",
        "64:ff9b::7f00:1", "2002:7f00:1::", "::127.0.0.1",
    ],
)  # fmt: skip
def test_it_takes_no_inner_address_for_a_public_one(address: str) -> None:
    assert not outbound.is_public(address)
    assert outbound.is_public("223.5.5.5") and outbound.is_public("2400:3200::1")


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1/", "https://localhost/", "https://[::1]/", "https://2130706433/",
        "https://0x7f.1/", "http://223.5.5.5/", "ftp://223.5.5.5/", "https://u:p@223.5.5.5/",
        "https://223.5.5.5:99999/", "https://例子.中国/", "https://", "javascript:alert(1)", "https://a\tb/",
    ],
)  # fmt: skip
def test_it_refuses_such_an_address_with_a_sentence(cast: Cast, url: str) -> None:
    refused = webhooks.subscribe(cast.clerk, "对接", url, [])
    assert isinstance(refused, Refusal) and refused.field == "url" and len(refused.say) > 8
    with pytest.raises(outbound.NotSent):
        outbound.post(url, b"", {})
