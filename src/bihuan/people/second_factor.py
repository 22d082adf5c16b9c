"""Two-factor sign-in (两步验证): an authenticator's code beside the password, and recovery codes for a lost telephone.

GB/T 22239-2019 8.1.4.1 d) asks at level 3 for two kinds of proof, one of them cryptographic.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import date, datetime

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from bihuan.loop.forms import Refusal
from bihuan.people.accounts import LETTERS
from bihuan.people.devices import Recovery, Totp
from bihuan.people.models import Grant, User

CODES = 10
WRONG = "验证码不对。请核对手机时间，等新的验证码出来再输；用过的验证码不能再用"


def device_of(user: User) -> Totp | None:
    """The authenticator he signs in with, if he has one."""
    found: Totp | None = Totp.objects.filter(user=user, confirmed=True).first()
    return found


def required(user: User, day: date) -> bool:
    """Whether the house asks it of one of his roles on the day."""
    return bool(required_of([user], day))


def required_of(users: Iterable[User], day: date) -> set[int]:
    """The keys of those among these users of whom the house asks it on the day, for one of their roles."""
    roles = settings.SECOND_FACTOR_ROLES
    if not roles:
        return set()
    held = Grant.objects.filter(Grant.on(day), user__in=[one.pk for one in users], role__in=roles)
    return set(held.values_list("user_id", flat=True))


def begin(user: User) -> Totp:
    """An authenticator that he is to confirm; the same one until he does."""
    waiting: Totp | None = Totp.objects.filter(user=user, confirmed=False).first()
    if waiting:
        return waiting
    made: Totp = Totp.objects.create(user=user, confirmed=False, name="手机验证器")
    return made


def confirm(user: User, code: str) -> list[str] | Refusal:
    """Switch it on with the first code; returns the recovery codes, never to be had again."""
    with transaction.atomic():
        device = Totp.objects.select_for_update().filter(user=user, confirmed=False).first()
        if device is None or device_of(user):
            return Refusal("两步验证已经开通了", "code")
        if not device.verify_token(_plain(code)):
            return Refusal(WRONG, "code")
        device.confirmed = True
        device.save(update_fields=["confirmed"])
        return issue_codes(user)


def issue_codes(user: User) -> list[str]:
    """New recovery codes; those he had are good no more."""
    with transaction.atomic():
        Recovery.objects.filter(user=user).delete()
        device = Recovery.objects.create(user=user, name="恢复码")
        codes = [_code() for _ in range(CODES)]
        for code in codes:
            device.token_set.create(token=device.fingerprint(_plain(code)))
    return codes


def _code() -> str:
    """Two groups of five, about 49 bits."""
    return "-".join("".join(secrets.choice(LETTERS) for _ in range(5)) for _ in range(2))


def _plain(code: str) -> str:
    """As it is compared: without the blanks and hyphens that make it readable."""
    return "".join(code.split()).replace("-", "").lower()[:20]


def verify(user: User, code: str) -> str:
    """`totp` or `recovery` where the code is right, else nothing. Right once: what was used is used up.

    A wrong one makes the next wait, each time twice as long (django-otp); while one waits nothing is looked at.
    """
    word = _plain(code)
    kind: type[Totp | Recovery] = Totp if word.isdecimal() and len(word) == 6 else Recovery
    with transaction.atomic():
        device = kind.objects.select_for_update().filter(user=user, confirmed=True).first()
        right = device is not None and device.verify_token(word)
    return {Totp: "totp", Recovery: "recovery"}[kind] if right else ""


def waits_until(user: User) -> datetime | None:
    """When he may try again, if he was wrong just now."""
    now, latest = timezone.now(), None
    for kind in (Totp, Recovery):
        device = kind.objects.filter(user=user, confirmed=True).first()
        allowed, told = device.verify_is_allowed() if device else (True, None)
        if not allowed and told and told["locked_until"] > now:
            latest = max(latest or now, told["locked_until"])
    return latest


def codes_left(user: User) -> int:
    """How many recovery codes he has left."""
    device = Recovery.objects.filter(user=user).first()
    return device.token_set.count() if device else 0


def remove(user: User) -> None:
    """Without a second factor again."""
    Totp.objects.filter(user=user).delete()
    Recovery.objects.filter(user=user).delete()
