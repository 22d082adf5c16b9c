"""Canonical JSON (RFC 8785), fast for what acts are made of.

The standard library's encoder writes the same bytes as the canonical form where a value holds only text, whole
numbers that a double can hold, yes, no and nothing, in lists and in tables whose keys are ASCII: the escapes are
the same ones, and ASCII keys sort alike by code point and by UTF-16. Everything else goes the long way round.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from hashlib import sha256
from typing import Any

import rfc8785

LARGEST = 2**53 - 1
"""The largest whole number that RFC 8785 lets in."""

PLAIN = frozenset({str, bool, type(None)})

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


def check_value(value: Any) -> str:
    """The SHA-256 of a value as `canonical` writes it, in hex: whoever has the value works it out again."""
    return sha256(canonical(value)).hexdigest()


def _is_plain(value: Any) -> bool:
    """Gone through a table at a time: an act has hundreds of values, most of them plain text side by side."""
    left: list[Iterable[Any]] = [[value]]
    while left:
        inner = left.pop()
        if PLAIN.issuperset(map(type, inner)):
            continue
        for one in inner:
            kind = type(one)
            if kind is dict:
                if not _ascii_keys(one):
                    return False
                left.append(one.values())
            elif kind is list:
                left.append(one)
            elif kind is int:
                if not -LARGEST <= one <= LARGEST:
                    return False
            elif kind not in PLAIN:
                return False
    return True


def _ascii_keys(table: dict[Any, Any]) -> bool:
    try:
        return "".join(table).isascii()
    except TypeError:
        return False
