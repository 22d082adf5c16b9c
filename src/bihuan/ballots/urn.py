"""The urn of a secret ballot: all votes given so far, sealed as one row, its key outside the database.

While the ballot runs the database holds one ciphertext of a length that tells only how many votes are in it;
earlier states of it, wherever they may have survived (write-ahead log, dead rows, backups), cannot be read
without the key. Closing takes the votes out, publishes them in the order of their random receipts, and
destroys the key: then nothing that was ever stored says in which order, or with whose mark on the roll, a
vote came in. AES-256-GCM: an urn that somebody altered does not open.
"""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from bihuan.matters.files import sync_folder

NONCE = 12
ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""No 0, 1, I and O: a receipt is read aloud and copied by hand."""
GROUPS, LETTERS = 4, 4
FILLING = b" "

Given = tuple[str, Any]
"""A receipt and the marks it stands for."""


class Shut(Exception):
    """The urn cannot be opened; the Chinese sentence says why and what to do."""


def new_receipt() -> str:
    """A random receipt of 80 bits, e.g. `K7QF-9M2P-X4TD-6HWA`."""
    letters = [secrets.choice(ALPHABET) for _ in range(GROUPS * LETTERS)]
    return "-".join("".join(letters[n : n + LETTERS]) for n in range(0, len(letters), LETTERS))


def is_receipt(word: str) -> bool:
    """Whether a word has the form of a receipt."""
    groups = word.split("-")
    plain = "".join(groups)
    return [len(g) for g in groups] == [LETTERS] * GROUPS and set(plain) <= set(ALPHABET)


def make_key() -> str:
    """Make a key and put it safely on disk; returns its name."""
    name = secrets.token_hex(16)
    path = _path(name)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        os.write(handle, AESGCM.generate_key(256))
        os.fsync(handle)
    finally:
        os.close(handle)
    sync_folder(path.parent)
    return name


def destroy_key(name: str) -> None:
    """Overwrite the key and remove it. Harmless when it is gone already."""
    path = _path(name)
    try:
        with path.open("r+b") as file:
            file.write(secrets.token_bytes(path.stat().st_size))
            file.flush()
            os.fsync(file.fileno())
    except FileNotFoundError:
        return
    path.unlink(missing_ok=True)
    sync_folder(path.parent)


def has_key(name: str) -> bool:
    """Whether the key is still here."""
    return _path(name).exists()


def seal(name: str, votes: Iterable[Given], width: int) -> bytes:
    """Seal votes, each filled up to `width` bytes, in the order of their receipts. Raises Shut."""
    lines = [
        json.dumps(vote, ensure_ascii=False, separators=(",", ":")).encode().ljust(width, FILLING)
        for vote in sorted(votes, key=lambda vote: vote[0])
    ]
    nonce = secrets.token_bytes(NONCE)
    return nonce + _cipher(name).encrypt(nonce, b"\n".join(lines), name.encode())


def opened(name: str, sealed: bytes) -> list[Given]:
    """The votes in a sealed urn, in the order of their receipts. Raises Shut."""
    try:
        plain = _cipher(name).decrypt(sealed[:NONCE], sealed[NONCE:], name.encode())
    except InvalidTag:
        raise Shut("票箱的内容被改动过，打不开；这次表决请作废，重新投票") from None
    return [(row[0], row[1]) for row in map(json.loads, plain.splitlines())]


def _cipher(name: str) -> AESGCM:
    try:
        return AESGCM(_path(name).read_bytes())
    except (FileNotFoundError, ValueError):
        raise Shut(
            "票箱的钥匙不在这台机器上（例如数据是从备份恢复的）；这次表决请作废，重新投票"
        ) from None


def _path(name: str) -> Path:
    return Path(settings.BALLOT_KEYS_FOLDER) / f"{name}.key"
