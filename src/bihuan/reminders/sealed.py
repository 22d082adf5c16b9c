"""Addresses that are secrets, encrypted with a key that the database does not hold (Fernet: AES-128 and HMAC).

The key follows from the installation's own (`BIHUAN_SECRET_KEY`): a backup of the tables alone opens nothing.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings


def seal(values: Mapping[str, str]) -> str:
    """Encrypted text of these values."""
    return _cipher().encrypt(json.dumps(dict(values)).encode()).decode()


def opened(sealed: str) -> dict[str, str]:
    """The values again; nothing where the installation's key is another one now."""
    try:
        values: dict[str, str] = json.loads(_cipher().decrypt(sealed.encode()))
        return values
    except InvalidToken:
        return {}


def _cipher() -> Fernet:
    derived = HKDF(SHA256(), length=32, salt=None, info=b"bihuan/outlets")
    return Fernet(base64.urlsafe_b64encode(derived.derive(settings.SECRET_KEY.encode())))
