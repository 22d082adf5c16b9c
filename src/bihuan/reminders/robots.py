"""Robots of the three messengers, and text-message gateways spoken to by a web form, as plugins of Apprise.

Apprise reads the addresses, cuts what is too long and knows the payloads. Sending is our own here, because the
messengers refuse with HTTP 200 and an `errcode`, which Apprise 2.3 takes for success (all but Feishu's), because a
government's own WeCom or Feishu stands under another host, and because Feishu's signature is unknown to it.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import time
from typing import Any

import requests
from apprise.plugins.custom_form import FORMPayloadField, NotifyForm
from apprise.plugins.dingtalk import NotifyDingTalk
from apprise.plugins.feishu import NotifyFeishu
from apprise.plugins.wecombot import NotifyWeComBot
from django.conf import settings

SECONDS = (5.0, 15.0)
"""To connect, and to be answered."""
LONGEST = 80


class NotTaken(Exception):
    """The gateway did not take the message; the text is a Chinese sentence that holds no secret."""


def post(url: str, said: str, code: str, **more: Any) -> None:
    """POST, and read the answer's `code`, which must be 0. Raises NotTaken."""
    answer = _answered(url, **more)
    try:
        told = answer.json()
    except ValueError:
        told = None
    if not isinstance(told, dict) or code not in told:
        raise NotTaken("网关的答复读不懂，请核对地址")
    if told[code] != 0:
        words = str(told.get("errmsg") or told.get("msg") or "")[:LONGEST]
        raise NotTaken(f"{said}不收：{told[code]} {words}".strip())


def _answered(url: str, **more: Any) -> requests.Response:
    try:
        answer = requests.post(url, timeout=SECONDS, allow_redirects=False, **more)
    except requests.Timeout:
        raise NotTaken("网关没有及时应答") from None
    except requests.exceptions.SSLError:
        raise NotTaken("网关的证书不可信") from None
    except requests.RequestException:
        raise NotTaken("连不上网关，请核对地址和网络") from None
    if not answer.ok or answer.is_redirect:
        raise NotTaken(f"网关答复 HTTP {answer.status_code}")
    return answer


class WeCom(NotifyWeComBot):  # type: ignore[misc]
    """企业微信群机器人."""

    def send(self, body: str, title: str = "", **_more: Any) -> bool:
        """Raises NotTaken."""
        url = settings.ROBOT_ADDRESSES["wecom"].format(key=self.key)
        post(url, "企业微信", "errcode", json={"msgtype": "text", "text": {"content": body}})
        return True


class DingTalk(NotifyDingTalk):  # type: ignore[misc]
    """钉钉群机器人; with a secret (加签) each message is signed."""

    def send(self, body: str, title: str = "", **_more: Any) -> bool:
        """Raises NotTaken."""
        url = settings.ROBOT_ADDRESSES["dingtalk"].format(key=self.token)
        text = f"{title}\n{body}" if title else body
        payload = {"msgtype": "text", "text": {"content": text}}
        post(url, "钉钉", "errcode", json=payload, params=self._signed())
        return True

    def _signed(self) -> dict[str, str]:
        if not self.secret:
            return {}
        stamp = str(round(time.time() * 1000))
        return {"timestamp": stamp, "sign": _signature(self.secret, f"{stamp}\n{self.secret}")}


class Feishu(NotifyFeishu):  # type: ignore[misc]
    """飞书群机器人; `signing` is the secret of 签名校验, if it is switched on."""

    signing = ""

    def send(self, body: str, title: str = "", **_more: Any) -> bool:
        """Raises NotTaken."""
        url = settings.ROBOT_ADDRESSES["feishu"].format(key=self.token)
        text = f"{title}\n{body}" if title else body
        payload = {"msg_type": "text", "content": {"text": text}, **self._signed()}
        post(url, "飞书", "code", json=payload)
        return True

    def _signed(self) -> dict[str, str]:
        if not self.signing:
            return {}
        stamp = str(int(time.time()))
        return {"timestamp": stamp, "sign": _signature(f"{stamp}\n{self.signing}", "")}


def _signature(key: str, text: str) -> str:
    return base64.b64encode(hmac.new(key.encode(), text.encode(), hashlib.sha256).digest()).decode()


class TextForm(NotifyForm):  # type: ignore[misc]
    """A text-message gateway that takes a web form and says in its answer whether it took the message."""

    def send(self, body: str, title: str = "", **_more: Any) -> bool:
        """Raises NotTaken, also where the answer is not what `BIHUAN_SMS_ANSWER` says it is when all is well."""
        port = f":{self.port}" if self.port else ""
        url = f"{'https' if self.secure else 'http'}://{self.host}{port}{self.fullpath}"
        form = {self.payload_map[FORMPayloadField.MESSAGE]: body, **self.payload_extras}
        auth = (self.user, self.password or "") if self.user else None
        answer = _answered(url, data=form, params=self.params, headers=self.headers, auth=auth)
        if settings.SMS_ANSWER and not re.search(settings.SMS_ANSWER, answer.text):
            raise NotTaken(f"短信网关不收：{' '.join(answer.text.split())[:LONGEST]}")
        return True
