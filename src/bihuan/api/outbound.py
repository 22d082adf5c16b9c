"""Calling an address somebody else wrote down, without being led into our own network.

The name is resolved once, every address it has is judged, and the connection goes to the very address that
was judged: a name that answers differently the second time gains nothing. Redirects are not followed.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
from urllib.parse import SplitResult, urlsplit

from django.conf import settings

SECONDS = 10
MOST_READ = 65_536
LONGEST = 500
EMBEDDING = tuple(
    ipaddress.ip_network(net)
    for net in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32", "::/96")
)
"""IPv6 ranges that carry an IPv4 address inside: where they lead cannot be judged from outside."""


class NotSent(Exception):
    """Nothing was answered; the sentence says why."""


def address_allowed(url: str) -> str:
    """Empty, or the sentence why this address may not be called. Asks the name service."""
    try:
        parts = _parts(url)
        _reach(parts)
    except NotSent as error:
        return str(error)
    return ""


def post(url: str, body: bytes, headers: dict[str, str]) -> int:
    """POST and return the status. Raises NotSent where there was none."""
    parts = _parts(url)
    address = _reach(parts)
    connection = _connection(parts, address)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        connection.request("POST", path, body, {**headers, "user-agent": "bihuan-webhooks"})
        answer = connection.getresponse()
        answer.read(MOST_READ)
        return answer.status
    except (OSError, http.client.HTTPException) as error:
        raise NotSent(f"没有连通：{type(error).__name__}") from None
    finally:
        connection.close()


def _parts(url: str) -> SplitResult:
    plain = url.isascii() and url.isprintable() and " " not in url and len(url) <= LONGEST
    try:
        parts = urlsplit(url)
        port_is_sound = parts.port is None or parts.port > 0
    except ValueError:
        plain = port_is_sound = False
    if (
        not plain
        or not port_is_sound
        or not parts.hostname
        or parts.scheme not in ("http", "https")
    ):
        raise NotSent("地址要写成 https://… 的样子，只用英文字母、数字和符号")
    if parts.username or parts.password:
        raise NotSent("地址里不能带用户名和密码")
    if parts.scheme == "http" and not _trusted(parts):
        raise NotSent("地址要用 https；内网地址请系统管理员在 BIHUAN_HOOK_HOSTS 中登记")
    return parts


def _trusted(parts: SplitResult) -> bool:
    """Whether the administrator named this host (and port) in the settings."""
    return bool({parts.hostname, f"{parts.hostname}:{parts.port}"} & set(settings.HOOK_HOSTS))


def _reach(parts: SplitResult) -> str:
    """The address to connect to. Raises NotSent where any address of the name is not public."""
    port = parts.port or (443 if parts.scheme == "https" else 80)
    try:
        found = socket.getaddrinfo(parts.hostname, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise NotSent(f"找不到主机“{parts.hostname}”，请核对地址") from None
    addresses = [str(one[4][0]) for one in found]
    if not _trusted(parts) and not all(is_public(one) for one in addresses):
        raise NotSent("不能发往内网或本机地址；确需使用，请系统管理员在 BIHUAN_HOOK_HOSTS 中登记")
    return addresses[0]


def is_public(text: str) -> bool:
    """Whether an IP address is one of the open Internet."""
    address = ipaddress.ip_address(text.split("%")[0])
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped:
            return is_public(str(address.ipv4_mapped))
        if any(address in net for net in EMBEDDING):
            return False
    return address.is_global and not address.is_multicast


def _connection(parts: SplitResult, address: str) -> http.client.HTTPConnection:
    host = parts.hostname or ""
    if parts.scheme == "http":
        return _Pinned(host, parts.port, address, None)
    return _Pinned(host, parts.port or 443, address, ssl.create_default_context())


class _Pinned(http.client.HTTPConnection):
    """Speaks to `address` under the name `host`: the certificate must be the name's."""

    def __init__(
        self, host: str, port: int | None, address: str, context: ssl.SSLContext | None
    ) -> None:
        self.default_port = 443 if context else 80
        super().__init__(host, port, timeout=SECONDS)
        self.address, self.context = address, context

    def connect(self) -> None:
        """Connect to the address that was judged."""
        plain = socket.create_connection((self.address, self.port), SECONDS)
        self.sock = (
            self.context.wrap_socket(plain, server_hostname=self.host) if self.context else plain
        )
