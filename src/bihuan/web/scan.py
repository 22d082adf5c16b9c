"""Scan-codes for the walls of halls: SVG that is part of the page itself, so that its policy stays as it is."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import segno
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

QUIET_ZONE = 4
"""Modules left white around the code, as ISO/IEC 18004 asks for."""


@dataclass(frozen=True)
class Scan:
    """A page to be opened on a phone: its whole address, and the picture that says it."""

    address: str
    picture: SafeString


def scan_of(request: HttpRequest, name: str, *args: object) -> Scan:
    """The page of this name, at the address the house is known by, else at the one the wall was opened by."""
    path = reverse(name, args=args)
    known = settings.SITE_ADDRESS
    address = f"{known}{path}" if known else request.build_absolute_uri(path)
    return Scan(address, _drawn(address))


@lru_cache(maxsize=64)
def _drawn(address: str) -> SafeString:
    """A wall asks twice a second: the same code is drawn once."""
    code = segno.make(address, micro=False, error="m")
    drawn = code.svg_inline(
        omitsize=True, border=QUIET_ZONE, light="#fff", svgclass=None, lineclass=None
    )
    return mark_safe(
        drawn
    )  # numbers and letters of a path, made here; the address itself is not in it
