"""Tokens: issued once, kept as a hash, found again, revoked; and what their owner may do through them."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from django.conf import settings
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from ninja.security import HttpBearer

from bihuan.api import meter
from bihuan.api.models import SCOPES, Token
from bihuan.api.problems import Problem
from bihuan.loop.forms import Refusal
from bihuan.loop.spec import Institution
from bihuan.matters import access, house
from bihuan.matters.models import Matter
from bihuan.people.models import User
from bihuan.web.events import address_of
from bihuan.web.standing import works

PREFIX = "bh_"
SHOWN = 9
MOST = 20
"""Tokens in force for one user: more are forgotten, and what is forgotten is not revoked."""
LONGEST = timedelta(days=366)
USED_EVERY = timedelta(minutes=1)
"""`last_used_at` is written at most this often: a reader must not write at every request."""


@dataclass(frozen=True)
class Caller:
    """Who asks: his standing today, and the token he asks with (none: the browser he is signed in with)."""

    who: access.Standing
    token: Token | None = None

    @property
    def keys(self) -> set[str]:
        """The institutions open to him, as far as the token goes."""
        if not works(self.who):
            return set()
        mine = {one.key for one in house.institutions().values() if access.open_to(self.who, one)}
        return (
            mine & set(self.token.institutions) if self.token and self.token.institutions else mine
        )

    def institutions(self) -> list[Institution]:
        """Those institutions, in menu order."""
        return [one for key, one in house.institutions().items() if key in self.keys]

    def institution(self, key: str) -> Institution:
        """One of them. Raises Problem 404."""
        if key not in self.keys:
            raise Problem(404, "没有这个制度，或者不在这个令牌的范围内")
        return house.institution(key)

    def visible(self) -> QuerySet[Matter]:
        """Every matter he may see, as far as the token goes."""
        rows = access.visible(self.who)
        narrowed = self.token is not None and bool(self.token.institutions)
        return rows.filter(institution__in=self.keys) if narrowed else rows

    def must(self, scope: str) -> Token:
        """The token, if it has this scope. Raises Problem 403."""
        if self.token is None or scope not in self.token.scopes:
            raise Problem(403, f"这个令牌没有“{SCOPES[scope]}”的范围，请签发有此范围的令牌")
        return self.token


class Bearer(HttpBearer):
    """`Authorization: Bearer bh_…`."""

    def authenticate(self, request: HttpRequest, token: str) -> Caller | None:
        """The caller, or None. Raises Problem 403 or 429."""
        found = find(token, timezone.localdate())
        if found is None or not {"read", "act"} & set(found.scopes):
            return None
        wait = meter.take(f"token:{found.pk}", settings.API_PER_MINUTE)
        if wait:
            say = f"一分钟内最多 {settings.API_PER_MINUTE} 次请求，请在 {wait} 秒后再试"
            raise Problem(429, say, headers={"Retry-After": str(wait)})
        used(found, address_of(request))
        if found.user.must_change_password:
            raise Problem(403, "令牌所属的用户正等着更换一次性密码，换过以后令牌才能使用")
        return Caller(access.standing_of(found.user, timezone.localdate()), found)


def by_session(request: HttpRequest) -> Caller | None:
    """The user signed in with this browser. For reading only: nothing is written without a token."""
    user = request.user
    if request.method not in ("GET", "HEAD") or not isinstance(user, User):
        return None
    return Caller(access.standing_of(user, timezone.localdate()))


def issue(
    user: User,
    name: str,
    scopes: Collection[str],
    institutions: Collection[str],
    expires_on: date | None,
    today: date,
) -> tuple[Token, str] | Refusal:
    """A new token and, this once, its text."""
    refusal = _refused(user, name, scopes, institutions, expires_on, today)
    if refusal:
        return refusal
    text = PREFIX + secrets.token_urlsafe(32)
    token = Token.objects.create(
        user=user,
        name=name.strip(),
        begins_with=text[:SHOWN],
        hash=hash_of(text),
        scopes=sorted(set(scopes)),
        institutions=sorted(set(institutions)),
        expires_on=expires_on,
    )
    return token, text


def _refused(
    user: User,
    name: str,
    scopes: Collection[str],
    institutions: Collection[str],
    expires_on: date | None,
    today: date,
) -> Refusal | None:
    if not 1 <= len(name.strip()) <= 60 or "\0" in name:
        return Refusal("请写明用途，1 至 60 个字", "name")
    if not scopes or not set(scopes) <= set(SCOPES):
        return Refusal("请至少选择一个范围", "scopes")
    if not set(institutions) <= set(house.institutions()):
        return Refusal("请从列表中选择制度", "institutions")
    calendar = set(scopes) == {"calendar"}
    if not calendar and (expires_on is None or not today <= expires_on <= today + LONGEST):
        return Refusal("有效期要在今天以后、一年以内，到期前可以另签发一个", "expires_on")
    if in_force(user, today).count() >= MOST:
        return Refusal(f"最多同时使用 {MOST} 个，请先停用不再需要的", "name")
    return None


def in_force(user: User, today: date) -> QuerySet[Token]:
    """The user's tokens that still work."""
    running = Q(expires_on=None) | Q(expires_on__gte=today)
    return Token.objects.filter(running, user=user, revoked_at=None)


def find(text: str, today: date) -> Token | None:
    """The token in force with this text."""
    if not text.startswith(PREFIX) or len(text) > 100:
        return None
    hashed = hash_of(text)
    token = (
        Token.objects.select_related("user__congress", "user__person").filter(hash=hashed).first()
    )
    return token if token and token.works_on(today) and token.user.is_active else None


def hash_of(text: str) -> str:
    """What is kept of a token: 256 random bits need no slow hash."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def used(token: Token, address: str | None) -> None:
    """Note when and from where it was used last."""
    now = timezone.now()
    if token.last_used_at is None or now - token.last_used_at > USED_EVERY:
        Token.objects.filter(pk=token.pk).update(last_used_at=now, last_used_from=address)


def revoke(token: Token) -> None:
    """From now on it opens nothing."""
    Token.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=timezone.now())
