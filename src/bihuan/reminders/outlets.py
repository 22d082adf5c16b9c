"""Choosing: which channels a person has, what he gets by each, when he is left alone; and a body's group robots."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import parse_qs, urlsplit

from bihuan.loop.forms import Refusal
from bihuan.people.models import Body, User
from bihuan.reminders.gateways import address_of, deliver, offered
from bihuan.reminders.models import CHANNELS, KINDS, ROBOTS, Outlet
from bihuan.reminders.robots import NotTaken
from bihuan.reminders.sealed import seal

TEST = "【闭环】这是一条试发的消息。收到它，说明这个渠道通了。"
KEY = {"wecom": re.compile(r"[\w-]{20,80}"), "dingtalk": re.compile(r"[A-Za-z0-9]{20,100}"),
       "feishu": re.compile(r"[\w-]{20,80}")}  # fmt: skip
SECRET = re.compile(r"[A-Za-z0-9]{10,100}")


@dataclass(frozen=True)
class Quiet:
    """A person's own quiet hours; none: the house's alone."""

    begins: int | None = None
    ends: int | None = None
    days_off: bool = False


def parse_quiet(begins: str, ends: str, days_off: bool) -> Quiet | Refusal:
    """Two hours of the day, or neither."""
    words = (begins.strip(), ends.strip())
    if not any(words):
        return Quiet(days_off=days_off)
    hours = [int(word) for word in words if word.isascii() and word.isdigit() and len(word) < 3]
    if len(hours) != 2 or not all(0 <= hour <= 23 for hour in hours):
        return Refusal("不打扰的时段请填两个整点（0 至 23），或者都不填", "quiet_from")
    if hours[0] == hours[1]:
        return Refusal("开始和结束不能是同一个钟点；整天都不要的，请把渠道关掉", "quiet_from")
    return Quiet(hours[0], hours[1], days_off)


def choose(
    user: User, channel: str, kinds: Sequence[str], quiet: Quiet, now: datetime
) -> Outlet | Refusal:
    """Have mail or text messages of these kinds; no kind at all: the channel is off."""
    assert user.congress is not None
    wanted = [kind for kind in KINDS if kind in kinds]
    outlet = Outlet.objects.filter(user=user, channel=channel).first()
    if outlet is None:
        outlet = Outlet(congress=user.congress, user=user, channel=channel, since=now, on=False)
    if wanted and not address_of(outlet):
        what = "邮箱" if channel == "mail" else "手机号码"
        return Refusal(f"人员登记里没有您的{what}，请系统管理员补登后再选", channel)
    if wanted and channel not in offered(user.congress):
        return Refusal(f"本机关没有开通{CHANNELS[channel]}", channel)
    _turn(outlet, wanted, user, now)
    outlet.save()
    hush(user, quiet)
    return outlet


def _turn(outlet: Outlet, wanted: list[str], by: User, now: datetime) -> None:
    """Switched on anew, it tells of nothing older."""
    if wanted and not outlet.on:
        outlet.since = now
    outlet.on, outlet.set_by = bool(wanted), by
    outlet.kinds = wanted or outlet.kinds


def hush(user: User, quiet: Quiet) -> None:
    """Leave a person alone at these hours, by whatever channel."""
    user.outlets.update(quiet_from=quiet.begins, quiet_to=quiet.ends, quiet_days_off=quiet.days_off)


def quiet_of(user: User) -> Quiet:
    """The quiet hours he chose."""
    one = user.outlets.order_by("pk").first()
    return Quiet(one.quiet_from, one.quiet_to, one.quiet_days_off) if one else Quiet()


def set_robot(
    owner: User | Body,
    channel: str,
    address: str,
    secret: str,
    kinds: Sequence[str],
    by: User,
    now: datetime,
) -> Outlet | Refusal:
    """Give a person or a body's group a robot, in place of the one of this channel it had."""
    assert by.congress is not None
    key = robot_key(channel, address)
    if isinstance(key, Refusal):
        return key
    if channel not in offered(by.congress):
        return Refusal(f"本机关没有开通{CHANNELS[channel]}", "channel")
    if secret.strip() and not SECRET.fullmatch(secret.strip()):
        return Refusal("加签密钥只含字母和数字，请从机器人的安全设置里整段复制", "secret")
    wanted = [kind for kind in KINDS if kind in kinds]
    if not wanted:
        return Refusal("请至少选一种要发的提醒", "kinds")
    whose = {"user": owner} if isinstance(owner, User) else {"body": owner}
    outlet, _ = Outlet.objects.get_or_create(
        **whose, channel=channel, defaults={"congress": by.congress, "since": now}
    )
    outlet.sealed, outlet.on = seal({"key": key, "secret": secret.strip()}), True
    outlet.kinds, outlet.since, outlet.set_by = wanted, now, by
    outlet.save()
    if isinstance(owner, User):
        hush(owner, quiet_of(owner))
    return outlet


def robot_key(channel: str, address: str) -> str | Refusal:
    """What is secret in a robot's address, the only part that is kept: the host is the house's to say."""
    if channel not in ROBOTS:
        return Refusal("请选择机器人是哪一家的", "channel")
    try:
        parts = urlsplit(address.strip())
        query = parse_qs(parts.query)
    except ValueError:
        return _not_a_robot(channel)
    name = {"wecom": "key", "dingtalk": "access_token"}.get(channel)
    key = query.get(name, [""])[0] if name else parts.path.rstrip("/").rsplit("/", 1)[-1]
    if not KEY[channel].fullmatch(key):
        return _not_a_robot(channel)
    return key


def _not_a_robot(channel: str) -> Refusal:
    sample = {
        "wecom": "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=…",
        "dingtalk": "https://oapi.dingtalk.com/robot/send?access_token=…",
        "feishu": "https://open.feishu.cn/open-apis/bot/v2/hook/…",
    }[channel]
    return Refusal(f"这不是{CHANNELS[channel]}的地址，应形如 {sample}，请从群里整段复制", "address")


def remove(outlet: Outlet) -> None:
    """No more; a robot's address is forgotten at once."""
    outlet.on, outlet.sealed = False, ""
    outlet.save(update_fields=["on", "sealed"])


def test(outlet: Outlet) -> str:
    """Send a test now; empty if it was taken, else the reason."""
    try:
        deliver(outlet, "【闭环】试发", TEST)
    except NotTaken as refused:
        return str(refused)
    return ""
