"""Canonical JSON (RFC 8785), fast for what acts are made of.

The standard library's encoder writes the same bytes as the canonical form where a value holds only text, whole
numbers that a double can hold, yes, no and nothing, in lists and in tables whose keys are ASCII: the escapes are
the same ones, and ASCII keys sort alike by code point and by UTF-16. Everything else goes the long way round.
"""

from __future__ import annotations

import json
from typing import Any

import rfc8785

LARGEST = 2**53 - 1
"""The largest whole number that RFC 8785 lets in."""

_encode = json.JSONEncoder(
    ensure_ascii=False, sort_keys=True, separators=(",", ":"), check_circular=False
).encode


def canonical(value: Any) -> bytes:
    """The canonical form. Raises ValueError for what has none: no number, half a surrogate pair, another kind."""
    if not _is_plain(value):
        return rfc8785.dumps(value)
    try:
        return _encode(value).encode()
    except UnicodeEncodeError:
        return rfc8785.dumps(value)


def _is_plain(value: Any) -> bool:
    kind = type(value)
    if kind is str or value is None or kind is bool:
        return True
    if kind is int:
        return bool(-LARGEST <= value <= LARGEST)
    if kind is dict:
        return all(type(key) is str and key.isascii() for key in value) and all(
            map(_is_plain, value.values())
        )
    return kind is list and all(map(_is_plain, value))
