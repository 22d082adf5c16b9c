"""From an outlet to the plugin of Apprise that reaches it, and what went wrong as a sentence.

Mail and text messages leave through the house's own gateways, whose addresses (with their passwords) come from the
environment. A robot's address is the outlet's own.
"""

from __future__ import annotations

import logging
import re
import threading
from typing import Any
from urllib.parse import quote, urlsplit

from apprise import Apprise, AppriseAsset
from apprise.exception import AppriseImproperlyConfigured
from django.conf import settings

from bihuan.people.models import Congress
from bihuan.reminders.models import CHANNELS, ROBOTS, Gateway, Outlet
from bihuan.reminders.robots import DingTalk, Feishu, NotTaken, TextForm, WeCom
from bihuan.reminders.sealed import opened

ASSET = AppriseAsset(app_id="Bihuan", app_desc="闭环", storage_mode="memory", storage_path=None)
_log = logging.getLogger("apprise")

WRONG = (
    (r"error=(\d{3})", "网关答复 HTTP {}"),
    (r"timed out|timeout", "网关没有及时应答"),
    (r"certificate|SSL", "网关的证书不可信"),
    (r"\(53[0-9]|uthentication", "网关不认账号或密码"),
    (r"\(55[0-9]|ecipient", "收件地址被网关拒收"),
    (r"refused|resolve|not known|unreachable|reset|No address", "连不上网关，请核对地址和网络"),
)
"""What Apprise says of a failure, and what is told: never its own words, which may hold an address."""


def configured(channel: str) -> bool:
    """Whether the house has a way to send by this channel; robots bring their own."""
    return channel in ROBOTS or bool(_house_address(channel))


def offered(congress: Congress) -> list[str]:
    """The channels that people of this congress may choose."""
    off = Gateway.objects.filter(congress=congress, on=False).values_list("channel", flat=True)
    return [one for one in CHANNELS if configured(one) and one not in set(off)]


def host_of(channel: str) -> str:
    """Where a channel leads, without whatever is secret in it."""
    if channel in ROBOTS:
        return urlsplit(settings.ROBOT_ADDRESSES[channel]).hostname or ""
    return urlsplit(_house_address(channel)).hostname or ""


def _house_address(channel: str) -> str:
    return {"mail": settings.MAIL_GATEWAY, "sms": settings.SMS_GATEWAY}.get(channel, "")


def address_of(outlet: Outlet) -> str:
    """Whom mail or a text message goes to, as the register of persons says; empty if it does not."""
    person = outlet.user.person if outlet.user else None
    if person is None:
        return ""
    return {"mail": person.email, "sms": person.phone}.get(outlet.channel, "")


def deliver(outlet: Outlet, title: str, body: str) -> None:
    """Send one message now. Raises NotTaken with the reason."""
    plugin = _plugin(outlet)
    with Heard() as heard:
        try:
            taken = plugin.notify(body=body, title=title, body_format="text")
        except (AppriseImproperlyConfigured, TypeError, ValueError):
            raise NotTaken("网关地址写得不对，请系统管理员核对") from None
    if not taken:
        raise NotTaken(heard.reason())


def _plugin(outlet: Outlet) -> Any:
    if outlet.channel in ROBOTS:
        return _robot(outlet)
    to, house = address_of(outlet), _house_address(outlet.channel)
    if not house:
        raise NotTaken(f"没有配置{CHANNELS[outlet.channel]}网关")
    if not to:
        what = "邮箱" if outlet.channel == "mail" else "手机号码"
        raise NotTaken(f"人员登记里没有{what}，请系统管理员补登")
    return _mail(house, to) if outlet.channel == "mail" else _text(house, to)


def _robot(outlet: Outlet) -> Any:
    secret = opened(outlet.sealed)
    if not secret:
        raise NotTaken("机器人地址打不开了（本机密钥已更换），请重新登记")
    if outlet.channel == "wecom":
        return WeCom(key=secret["key"], asset=ASSET)
    if outlet.channel == "dingtalk":
        return DingTalk(token=secret["key"], secret=secret["secret"] or None, asset=ASSET)
    robot = Feishu(token=secret["key"], asset=ASSET)
    robot.signing = secret["secret"]
    return robot


def _mail(house: str, to: str) -> Any:
    return _made(f"{house}{'&' if '?' in house else '/?'}to={quote(to)}&format=text")


def _text(house: str, to: str) -> Any:
    address = house.replace("{phone}", quote(to))
    if not address.startswith(("form://", "forms://")):
        return _made(address)
    read = TextForm.parse_url(address)
    return TextForm(**read, asset=ASSET) if read else _made("")


def _made(address: str) -> Any:
    with Heard():
        plugin = Apprise.instantiate(address, asset=ASSET) if address else None
    if plugin is None:
        raise NotTaken("网关地址写得不对，请系统管理员核对")
    return plugin


class Heard(logging.Handler):
    """What Apprise says while it sends in this thread: it tells of failures in its log alone.

    The settings keep that log from going anywhere else, because it holds addresses.
    """

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self._thread, self._lines = threading.get_ident(), list[str]()

    def emit(self, record: logging.LogRecord) -> None:
        """Keep it if it is ours."""
        if record.thread == self._thread and record.levelno < logging.ERROR:
            self._lines.append(record.getMessage())

    def reason(self) -> str:
        """Why it was not sent, as far as can be told."""
        said = "\n".join(line for line in self._lines if "Exception" in line or "error=" in line)
        for pattern, told in WRONG:
            if found := re.search(pattern, said):
                return told.format(*found.groups())
        return "网关没有收下"

    def __enter__(self) -> Heard:
        _log.addHandler(self)
        return self

    def __exit__(self, *_of: object) -> None:
        _log.removeHandler(self)
