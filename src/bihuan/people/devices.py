"""The second factor's devices (django-otp), so kept that the database alone can make no code.

What an authenticator is told is derived from the device's random key and the installation's own secret; of a
recovery code only a fingerprint is kept.
"""

from __future__ import annotations

import hashlib
import hmac

from django.conf import settings
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice


class Totp(TOTPDevice):  # type: ignore[misc]
    """An authenticator on a telephone (RFC 6238)."""

    class Meta:
        proxy = True

    @property
    def bin_key(self) -> bytes:
        """The shared secret: 20 bytes that no table holds."""
        return _keyed(f"totp/{self.key}").digest()[:20]


class Recovery(StaticDevice):  # type: ignore[misc]
    """Codes on paper, each good once."""

    class Meta:
        proxy = True

    def fingerprint(self, code: str) -> str:
        """What is kept of a code, 64 bits of it."""
        return _keyed(f"recovery/{self.user_id}/{code}").hexdigest()[:16]

    def verify_token(self, token: str) -> bool:
        """Whether it is one of the codes left; it is used up by that."""
        return bool(super().verify_token(self.fingerprint(token)))


def _keyed(text: str) -> hmac.HMAC:
    return hmac.new(settings.SECRET_KEY.encode(), text.encode(), hashlib.sha256)
