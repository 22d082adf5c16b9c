"""The pages on which reminders outside are chosen, tried, watched and ended."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings
from tests.cast import Cast
from tests.reminders import receivers

from bihuan.people.models import Event
from bihuan.reminders.models import Gateway, Message, Outlet

CHOICES = "/reminders/choices/"
WECOM = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=693a91f6-7xxx-4bc4-97a0-0ec2sifa5aaa"


@pytest.fixture
def mail(settings: Settings, cast: Cast) -> Iterator[receivers.Mail]:
    for role in ("contact", "system_admin"):
        person = cast.users[role].person
        assert person is not None
        person.email = f"{role}@danjiang.example"
        person.save()
    with receivers.mail() as told:
        settings.MAIL_GATEWAY = f"mailto://u:geheim-7@127.0.0.1:{told.port}?from=b@danjiang.example"
        yield told


@pytest.fixture
def web(settings: Settings) -> Iterator[receivers.Web]:
    with receivers.web() as told:
        settings.ROBOT_ADDRESSES = {
            **settings.ROBOT_ADDRESSES,
            "wecom": told.address + "/send?key={key}",
        }
        yield told


def test_it_keeps_what_a_person_chose_and_shows_it_again(cast: Cast, mail: receivers.Mail) -> None:
    me = cast.client("contact")
    given = {"mail": ["pressed", "soon"], "quiet_from": "21", "quiet_to": "9"}
    assert me.post(CHOICES, given).status_code == 302
    outlet = Outlet.objects.get()
    assert outlet.kinds == ["pressed", "soon"] and (outlet.quiet_from, outlet.quiet_to) == (21, 9)
    page = me.get(CHOICES).content.decode()
    assert "contact@danjiang.example" in page and 'value="21"' in page and "geheim-7" not in page
    me.post(CHOICES, {})
    assert not Outlet.objects.get().on


def test_it_says_what_is_wrong_with_a_choice_and_keeps_nothing(
    cast: Cast, mail: receivers.Mail
) -> None:
    answer = cast.client("contact").post(CHOICES, {"mail": ["soon"], "quiet_from": "99"})
    assert answer.status_code == 422 and "0 至 23" in answer.content.decode()
    answer = cast.client("leader").post(CHOICES, {"mail": ["soon"]})
    assert answer.status_code == 422 and "请系统管理员补登" in answer.content.decode()
    assert not Outlet.objects.exists()


def test_it_connects_the_group_of_a_body_to_its_contact_alone(
    cast: Cast, web: receivers.Web
) -> None:
    traffic, finance = str(cast.bodies["traffic"].pk), str(cast.bodies["finance"].pk)
    given = {"body": traffic, "channel": "wecom", "address": WECOM, "kinds": ["pressed"]}
    me = cast.client("contact")
    assert me.post(f"{CHOICES}robot/", {**given, "body": finance}).status_code == 422
    assert (
        me.post(f"{CHOICES}robot/", {**given, "address": "https://x.example/"}).status_code == 422
    )
    assert me.post(f"{CHOICES}robot/", given).status_code == 302
    outlet = Outlet.objects.get()
    assert outlet.body == cast.bodies["traffic"]
    page = me.get(CHOICES).content.decode()
    assert "693a91f6" not in page and "市交通运输局" in page
    assert cast.client("other_contact").post(f"{CHOICES}{outlet.pk}/test/").status_code == 404
    assert me.post(f"{CHOICES}{outlet.pk}/test/").status_code == 302 and len(web.hits) == 1
    assert cast.client("other_contact").post(f"{CHOICES}{outlet.pk}/remove/").status_code == 404
    me.post(f"{CHOICES}{outlet.pk}/remove/")
    assert not Outlet.objects.get().on and Outlet.objects.get().sealed == ""


def test_it_sends_at_most_ten_tests_an_hour(cast: Cast, web: receivers.Web) -> None:
    me = cast.client("contact")
    me.post(f"{CHOICES}robot/", {"channel": "wecom", "address": WECOM, "kinds": ["soon"]})
    for _turn in range(12):
        page = me.post(f"{CHOICES}{Outlet.objects.get().pk}/test/", follow=True).content.decode()
    assert len(web.hits) == 10 and "一小时最多试发 10 条" in page
    assert Event.objects.filter(kind="outlet", what__startswith="试发").count() == 10


def test_it_lets_the_system_administrator_try_and_switch_gateways_and_never_shows_a_secret(
    cast: Cast, mail: receivers.Mail
) -> None:
    admin = cast.client("system_admin")
    page = admin.get("/reminders/gateways/").content.decode()
    assert "127.0.0.1" in page and "geheim-7" not in page
    admin.post("/reminders/gateways/mail/test/")
    assert mail.letters[0][1]["subject"] == "【闭环】试发"
    admin.post("/reminders/gateways/mail/switch/")
    assert not Gateway.objects.get().on
    assert cast.client("contact").post(CHOICES, {"mail": ["soon"]}).status_code == 422
    for role in ("clerk", "security_admin", "audit_admin", "contact"):
        assert cast.client(role).get("/reminders/gateways/").status_code == 403
    for channel in ("wecom", "pigeon"):
        assert admin.post(f"/reminders/gateways/{channel}/test/").status_code == 404


def test_it_shows_the_log_without_a_word_of_what_was_said(cast: Cast, mail: receivers.Mail) -> None:
    now = timezone.now()
    cast.client("contact").post(CHOICES, {"mail": ["soon"]})
    Message.objects.create(
        congress=cast.congress,
        outlet=Outlet.objects.get(),
        day=now.date(),
        state="failed",
        tries=6,
        made_at=now,
        next_at=now,
        reason="收件地址被网关拒收",
    )
    for role in ("system_admin", "audit_admin"):
        page = cast.client(role).get("/reminders/messages/?state=failed").content.decode()
        assert "收件地址被网关拒收" in page and "周建国" in page
        assert "contact@danjiang.example" not in page
    assert (
        "收件"
        not in cast.client("system_admin").get("/reminders/messages/?state=sent").content.decode()
    )
    assert cast.client("clerk").get("/reminders/messages/").status_code == 403


def test_it_lists_the_reminding_params_and_says_where_a_value_must_lie(cast: Cast) -> None:
    clerk = cast.client("clerk")
    assert "时限届满前几个工作日提醒" in clerk.get("/house/params/").content.decode()
    given = {"value": "25", "since": "2030-01-01", "cite": "提醒办法"}
    answer = clerk.post("/house/params/reminding/digest_hour/", given)
    assert answer.status_code == 422 and "请填 0 至 23 之间的整数" in answer.content.decode()
    assert (
        clerk.post("/house/params/reminding/digest_hour/", {**given, "value": "9"}).status_code
        == 302
    )
