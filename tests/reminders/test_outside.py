"""Reminders outside: sent for real to receivers on this machine, once, in time, without a matter's words."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from urllib.parse import parse_qs
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings
from tests.cast import Cast
from tests.reminders import receivers

from bihuan.jobs import queue, worker
from bihuan.jobs.models import Job
from bihuan.loop.forms import Refusal
from bihuan.matters.act import Doer
from bihuan.matters.local_params import set_param
from bihuan.matters.models import Assignment, Matter
from bihuan.people.models import CalendarDay, Grant
from bihuan.reminders import outlets, send
from bihuan.reminders.gather import gather
from bihuan.reminders.load import sent_outside
from bihuan.reminders.models import KINDS, Cursor, Item, Message, Outlet, Reminder
from bihuan.reminders.outlets import Quiet, choose, parse_quiet, set_robot
from bihuan.reminders.plan import plan
from bihuan.reminders.send import KEPT, WAITS, clear, send_due

HERE = ZoneInfo("Asia/Shanghai")
BEGUN, HANDED = date(2026, 3, 2), date(2026, 3, 5)
WECOM = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=693a91f6-7xxx-4bc4-97a0-0ec2sifa5aaa"
DINGTALK = f"https://oapi.dingtalk.com/robot/send?access_token={'a1' * 32}"
FEISHU = "https://open.feishu.cn/open-apis/bot/v2/hook/c0ffee00-1111-2222-3333-444455556666"
ALL = list(KINDS)


def at(day: date, hour: int, minute: int = 0) -> datetime:
    """A local moment."""
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=HERE)


@pytest.fixture
def mail(settings: Settings) -> Iterator[receivers.Mail]:
    with receivers.mail() as told:
        settings.MAIL_GATEWAY = f"mailto://127.0.0.1:{told.port}?from=bihuan@danjiang.example"
        settings.SITE_ADDRESS = "https://bihuan.danjiang.example"
        yield told


@pytest.fixture
def web(settings: Settings) -> Iterator[receivers.Web]:
    with receivers.web() as told:
        settings.ROBOT_ADDRESSES = {
            "wecom": told.address + "/cgi-bin/webhook/send?key={key}",
            "dingtalk": told.address + "/robot/send?access_token={key}",
            "feishu": told.address + "/open-apis/bot/v2/hook/{key}",
        }
        yield told


@pytest.fixture
def handed(cast: Cast) -> Matter:
    """A suggestion handed over on Wednesday, told in the afternoon."""
    Cursor.objects.create(congress=cast.congress, seen_to=0)
    matter = cast.suggestion("handed", day=BEGUN, co=["finance"])
    for role, person in {"contact": "zhou", "other_contact": "wu", "clerk": "wang"}.items():
        one = cast.users[role].person
        assert one is not None
        one.email, one.phone = f"{person}@danjiang.example", "13800138000"
        one.save()
    return matter


def wants(
    cast: Cast, role: str = "contact", channel: str = "mail", quiet: Quiet | None = None
) -> Outlet:
    done = choose(cast.users[role], channel, ALL, quiet or Quiet(), at(BEGUN, 9))
    assert isinstance(done, Outlet), done
    return done


def robot(cast: Cast, channel: str, address: str, secret: str = "") -> Outlet:
    done = set_robot(
        cast.bodies["traffic"], channel, address, secret, ALL, cast.contact, at(BEGUN, 9)
    )
    assert isinstance(done, Outlet), done
    return done


def go(cast: Cast, now: datetime) -> dict[str, int]:
    """What the jobs do at a moment."""
    gather(cast.congress, now)
    plan(cast.congress, now)
    return {end: count for end, count in send_due(now).items() if count}


def press(cast: Cast, matter: Matter, day: date) -> None:
    cast.take(matter, "press", Doer("clerk", cast.clerk), day, {"press_note": "请抓紧"})


def test_it_sends_one_digest_a_person_and_day_of_what_was_known_that_morning(
    cast: Cast, handed: Matter, mail: receivers.Mail
) -> None:
    wants(cast)
    assert go(cast, at(HANDED, 15)) == {}
    friday = HANDED + timedelta(days=1)
    assert go(cast, at(friday, 8, 5)) == {"sent": 1}
    assert go(cast, at(friday, 8, 10)) == {} and go(cast, at(friday, 17)) == {}
    to, letter = mail.letters[0]
    assert len(mail.letters) == 1 and "zhou@danjiang.example" in to
    assert letter["subject"] == "【闭环】今日汇总：1 件"
    assert f"https://bihuan.danjiang.example/m/{handed.pk}/" in mail.body()


def test_it_carries_number_institution_limit_and_link_and_no_word_of_the_matter(
    cast: Cast, handed: Matter, mail: receivers.Mail
) -> None:
    wants(cast)
    go(cast, at(HANDED, 15))
    go(cast, at(HANDED + timedelta(days=1), 9))
    said = mail.body() + str(mail.letters[0][1])
    due = Reminder.objects.get(user=cast.contact).due_on
    assert f"交办：代表建议办理 {handed.number or '（未编号）'} 时限 {due}" in mail.body()
    assert handed.title not in said and "张春梅" not in said and "天桥" not in said


def test_it_sends_what_is_urgent_at_once_and_many_urgent_things_as_one_message(
    cast: Cast, handed: Matter, mail: receivers.Mail
) -> None:
    wants(cast)
    press(cast, handed, HANDED)
    press(cast, handed, HANDED)
    assert go(cast, at(HANDED, 15)) == {"sent": 1}
    assert mail.letters[0][1]["subject"] == "【闭环】提醒：2 件"
    assert go(cast, at(HANDED + timedelta(days=1), 9)) == {"sent": 1}
    assert mail.body().count("交办：") == 1 and "督办" not in mail.body()


def test_it_takes_what_is_urgent_from_the_params_of_the_congress(
    cast: Cast, handed: Matter, mail: receivers.Mail
) -> None:
    wants(cast)
    args = ("2026年提醒办法", None, BEGUN)
    set_param(cast.congress, "reminding", "urgent_handed", "是", BEGUN, *args)
    assert go(cast, at(HANDED, 15)) == {"sent": 1}


def test_it_is_silent_at_night_on_days_off_and_on_the_congress_s_own_holidays(
    cast: Cast, handed: Matter, mail: receivers.Mail
) -> None:
    wants(cast)
    press(cast, handed, HANDED)
    assert go(cast, at(HANDED, 19, 30)) == {} and go(cast, at(HANDED, 23)) == {}
    friday, saturday, monday = (HANDED + timedelta(days=n) for n in (1, 2, 4))
    CalendarDay.objects.create(congress=cast.congress, day=friday, working=False, why="地方节日")
    assert go(cast, at(friday, 10)) == {} and go(cast, at(saturday, 10)) == {}
    assert go(cast, at(monday, 7, 59)) == {}
    assert go(cast, at(monday, 8)) == {"sent": 1}
    assert "督办" in mail.body() and "交办" in mail.body()


def test_it_lets_a_person_make_his_quiet_longer_and_never_shorter(
    cast: Cast, handed: Matter, mail: receivers.Mail
) -> None:
    wants(cast, quiet=Quiet(12, 15))
    wants(cast, "other_contact", quiet=Quiet(3, 4))
    press(cast, handed, HANDED)
    assert go(cast, at(HANDED, 20)) == {}
    friday = HANDED + timedelta(days=1)
    assert go(cast, at(friday, 12, 30)) == {"sent": 1}
    assert "wu@" in mail.letters[0][0]
    assert go(cast, at(friday, 15)) == {"sent": 1}


def test_it_tells_nobody_twice_however_many_processes_send(
    cast: Cast, handed: Matter, mail: receivers.Mail
) -> None:
    wants(cast)
    press(cast, handed, HANDED)
    gather(cast.congress, at(HANDED, 15))
    assert plan(cast.congress, at(HANDED, 15)) == 1
    assert plan(cast.congress, at(HANDED, 15)) == 0
    message = Message.objects.get()
    assert send_due(at(HANDED, 15))["sent"] == 1 and "sent" not in send_due(at(HANDED, 15))
    Message.objects.filter(pk=message.pk).update(state="sending")
    assert send_due(at(HANDED, 15, 30))["unsure"] == 1
    assert len(mail.letters) == 1


def test_it_brings_in_the_next_digest_what_may_not_have_arrived(
    cast: Cast, handed: Matter, mail: receivers.Mail
) -> None:
    wants(cast)
    press(cast, handed, HANDED)
    gather(cast.congress, at(HANDED, 15))
    plan(cast.congress, at(HANDED, 15))
    Message.objects.update(state="sending", tries=1)
    assert go(cast, at(HANDED, 16)) == {"unsure": 1}
    assert "不能确定是否送到" in Message.objects.get().reason
    assert go(cast, at(HANDED, 16, 5)) == {}
    assert go(cast, at(HANDED + timedelta(days=1), 8)) == {"sent": 1}
    assert "督办" in mail.body()


def test_it_tries_again_with_growing_waits_then_gives_up_and_says_why(
    cast: Cast, handed: Matter, mail: receivers.Mail
) -> None:
    wants(cast)
    press(cast, handed, HANDED)
    mail.refuse = "550 no such person"
    now = at(HANDED, 8, 1)
    assert go(cast, now) == {"put_off": 1}
    assert Message.objects.get().reason == "收件地址被网关拒收"
    assert go(cast, now + timedelta(seconds=30)) == {}
    for wait in WAITS:
        now += timedelta(seconds=wait)
        ended = go(cast, now)
    assert ended == {"failed": 1} and mail.letters == []
    mail.refuse = ""
    assert go(cast, now) == {}
    assert go(cast, at(HANDED + timedelta(days=1), 8)) == {"sent": 1}


def test_it_sends_nothing_of_what_was_read_or_may_no_longer_be_seen(
    cast: Cast, handed: Matter, mail: receivers.Mail
) -> None:
    wants(cast)
    wants(cast, "other_contact")
    press(cast, handed, HANDED)
    now = at(HANDED, 15)
    gather(cast.congress, now)
    plan(cast.congress, now)
    Reminder.objects.filter(user=cast.contact).update(read_at=now)
    Grant.objects.filter(user=cast.other_contact).update(ends=BEGUN)
    assert send_due(now)["dropped"] == 2
    assert mail.letters == [] and go(cast, now) == {}


def test_it_says_why_a_gateway_cannot_be_reached_without_saying_its_address(
    cast: Cast, handed: Matter, settings: Settings
) -> None:
    settings.MAIL_GATEWAY = "mailto://bihuan:geheim-9@127.0.0.1:9?from=a@b.example"
    reason = outlets.test(wants(cast))
    assert reason == "连不上网关，请核对地址和网络"
    settings.MAIL_GATEWAY = "nonsense://geheim-9"
    assert outlets.test(wants(cast)) == "网关地址写得不对，请系统管理员核对"


def test_it_speaks_to_a_group_by_wecom_and_reads_its_answer(
    cast: Cast, handed: Matter, web: receivers.Web
) -> None:
    robot(cast, "wecom", WECOM)
    press(cast, handed, HANDED)
    assert go(cast, at(HANDED, 15)) == {"sent": 1}
    hit = web.hits[0]
    assert hit.path == "/cgi-bin/webhook/send" and hit.query["key"].startswith("693a91f6")
    text = json.loads(hit.body)["text"]["content"]
    assert "督办：代表建议办理" in text and handed.title not in text
    web.answers = [(200, '{"errcode":93000,"errmsg":"invalid webhook url"}')]
    assert outlets.test(Outlet.objects.get()) == "企业微信不收：93000 invalid webhook url"
    web.answers = [(200, "<html>captive portal</html>")]
    assert outlets.test(Outlet.objects.get()) == "网关的答复读不懂，请核对地址"
    web.answers = [(503, "")]
    assert outlets.test(Outlet.objects.get()) == "网关答复 HTTP 503"


def test_it_signs_what_it_says_to_dingtalk_and_feishu(cast: Cast, web: receivers.Web) -> None:
    assert outlets.test(robot(cast, "dingtalk", DINGTALK, "SECabcdef0123456789")) == ""
    hit = web.hits[-1]
    key, stamp = "SECabcdef0123456789", hit.query["timestamp"]
    digest = hmac.new(key.encode(), f"{stamp}\n{key}".encode(), hashlib.sha256).digest()
    assert hit.query["sign"] == base64.b64encode(digest).decode()
    assert outlets.test(robot(cast, "feishu", FEISHU, "feishuSecret01")) == ""
    sent = json.loads(web.hits[-1].body)
    digest = hmac.new(f"{sent['timestamp']}\nfeishuSecret01".encode(), b"", hashlib.sha256).digest()
    assert sent["sign"] == base64.b64encode(digest).decode() and sent["msg_type"] == "text"
    assert outlets.test(robot(cast, "feishu", FEISHU)) == ""
    assert "sign" not in json.loads(web.hits[-1].body)


def test_it_tells_a_group_of_an_event_once_however_many_contacts_the_body_has(
    cast: Cast, handed: Matter, web: receivers.Web
) -> None:
    Grant.objects.create(user=cast.nobody, role="contact", body=cast.bodies["traffic"])
    robot(cast, "wecom", WECOM)
    go(cast, at(HANDED, 15))
    go(cast, at(HANDED + timedelta(days=1), 8))
    assert json.loads(web.hits[0].body)["text"]["content"].count("交办：") == 1


def test_it_sends_text_messages_by_a_web_form_with_figures_alone(
    cast: Cast, handed: Matter, web: receivers.Web, settings: Settings
) -> None:
    host = web.address.removeprefix("http://")
    settings.SMS_GATEWAY = f"form://{host}/sms?:message=content&:mobile={{phone}}&:sign=闭环"
    settings.SMS_ANSWER = r"\bOK\b"
    wants(cast, channel="sms")
    press(cast, handed, HANDED)
    web.answers = [(200, "ERR 余额不足"), (200, "OK 1")]
    now = at(HANDED, 15)
    assert go(cast, now) == {"put_off": 1}
    assert Message.objects.get().reason == "短信网关不收：ERR 余额不足"
    assert go(cast, now + timedelta(minutes=2)) == {"sent": 1}
    form = {name: values[0] for name, values in parse_qs(web.hits[-1].body.decode()).items()}
    assert form["mobile"] == "13800138000" and form["sign"] == "闭环"
    assert form["content"] == "【闭环】督办 1 件，请登录平台查看。"


def test_it_keeps_a_robot_s_address_encrypted_and_forgets_it_on_removal(
    cast: Cast, web: receivers.Web, settings: Settings
) -> None:
    outlet = robot(cast, "wecom", WECOM)
    assert "693a91f6" not in outlet.sealed
    settings.SECRET_KEY = "another"
    assert "请重新登记" in outlets.test(outlet)
    outlets.remove(outlet)
    assert Outlet.objects.get().sealed == ""


@pytest.mark.parametrize(
    ("channel", "address", "secret"),
    [
        ("wecom", "https://attacker.example/", ""),
        ("wecom", DINGTALK, ""),
        ("dingtalk", WECOM, ""),
        ("feishu", "https://open.feishu.cn/", ""),
        ("feishu", "http://[", ""),
        ("mail", WECOM, ""),
        ("dingtalk", DINGTALK, "有 空格"),
    ],
)
def test_it_refuses_what_is_no_robot(cast: Cast, channel: str, address: str, secret: str) -> None:
    done = set_robot(cast.contact, channel, address, secret, ALL, cast.contact, at(BEGUN, 9))
    assert isinstance(done, Refusal) and not Outlet.objects.exists()


def test_it_speaks_to_the_house_s_host_alone_whatever_address_was_pasted(
    cast: Cast, web: receivers.Web
) -> None:
    pasted = f"https://169.254.169.254/cgi-bin/webhook/send?key={'k' * 36}"
    assert outlets.test(robot(cast, "wecom", pasted)) == ""
    assert len(web.hits) == 1


def test_it_refuses_quiet_hours_that_are_none() -> None:
    assert parse_quiet("", "", True) == Quiet(days_off=True)
    assert parse_quiet("22", "7", False) == Quiet(22, 7)
    for begins, ends in (("25", "7"), ("九", "7"), ("22", ""), ("7", "7"), ("-1", "3")):
        assert isinstance(parse_quiet(begins, ends, False), Refusal)


def test_it_refuses_a_channel_without_an_address_or_not_offered(
    cast: Cast, mail: receivers.Mail
) -> None:
    done = choose(cast.contact, "mail", ALL, Quiet(), at(BEGUN, 9))
    assert isinstance(done, Refusal) and "请系统管理员补登" in done.say
    assert isinstance(choose(cast.contact, "sms", ALL, Quiet(), at(BEGUN, 9)), Refusal)


def test_it_counts_what_went_out_about_each_body_and_keeps_the_count_when_the_log_is_cleared(
    cast: Cast, handed: Matter, mail: receivers.Mail, web: receivers.Web
) -> None:
    wants(cast)
    robot(cast, "wecom", WECOM)
    press(cast, handed, HANDED)
    assert go(cast, at(HANDED, 15)) == {"sent": 2}
    assert sent_outside(cast.congress, 2026)[cast.bodies["traffic"].pk] == 2
    assert clear(at(HANDED, 15) + KEPT - timedelta(days=1)) == 0
    assert clear(at(HANDED, 15) + KEPT + timedelta(days=1)) > 0
    assert not Message.objects.exists() and not Item.objects.exists()
    assert sent_outside(cast.congress, 2026)[cast.bodies["traffic"].pk] == 2


def test_it_leaves_alone_what_another_process_is_sending(
    cast: Cast, handed: Matter, mail: receivers.Mail
) -> None:
    wants(cast)
    press(cast, handed, HANDED)
    now = at(HANDED, 15)
    gather(cast.congress, now)
    plan(cast.congress, now)
    seen = Message.objects.get()
    assert send._take(seen, now) and not send._take(seen, now)
    assert send_due(now)["unsure"] == 0 and mail.letters == []


def test_it_reminds_so_many_days_before_as_the_congress_set_and_refuses_what_makes_no_sense(
    cast: Cast, handed: Matter
) -> None:
    gather(cast.congress, at(HANDED, 9))
    Assignment.objects.filter(key="2").update(due_on=None)
    Assignment.objects.filter(key="1").update(due_on=date(2026, 3, 18))
    told = ("2026年提醒办法", None, BEGUN)
    for senseless in ("0", "16", "2.5"):
        done = set_param(cast.congress, "reminding", "remind_before", senseless, BEGUN, *told)
        assert isinstance(done, Refusal) and "1 至 15" in done.say
    assert gather(cast.congress, at(date(2026, 3, 11), 9)) == 0
    set_param(cast.congress, "reminding", "remind_before", "5", BEGUN, *told)
    assert gather(cast.congress, at(date(2026, 3, 11), 9)) == 1


def test_it_is_done_by_a_worker_from_the_act_to_the_letter(
    cast: Cast, mail: receivers.Mail
) -> None:
    today = timezone.localdate()
    for name, value in (("quiet_from", "0"), ("quiet_to", "0"), ("quiet_days_off", "否")):
        set_param(cast.congress, "reminding", name, value, today, "试验", None, today)
    assert cast.contact.person is not None
    cast.contact.person.email = "zhou@danjiang.example"
    cast.contact.person.save()
    choose(cast.contact, "mail", ["pressed"], Quiet(), timezone.now())
    Cursor.objects.create(congress=cast.congress, seen_to=0)
    press(cast, cast.suggestion("handed", day=today - timedelta(days=4)), today)
    queue.put("reminders")
    assert worker.drain() == 2
    assert Job.objects.get(kind="messages").result["sent"] == 1
    assert len(mail.letters) == 1 and "督办" in mail.body()
