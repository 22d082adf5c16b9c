"""Scan-codes: on walls part of the page itself, so that its policy stays as it is; elsewhere a picture."""

from __future__ import annotations

import io
from dataclasses import dataclass
from functools import lru_cache

import segno
from django.conf import settings
from django.http import HttpRequest, HttpResponse
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
    address = whole_address(request, name, *args)
    return Scan(address, _drawn(address))


def whole_address(request: HttpRequest, name: str, *args: object) -> str:
    """The whole address of a page of this name, as somebody outside can open it."""
    path, known = reverse(name, args=args), settings.SITE_ADDRESS
    return f"{known}{path}" if known else request.build_absolute_uri(path)


def picture_of(address: str) -> HttpResponse:
    """The code of an address as an SVG picture of its own."""
    drawn = io.BytesIO()
    segno.make(address, micro=False, error="m").save(
        drawn, kind="svg", scale=5, border=QUIET_ZONE, light="#fff"
    )
    return HttpResponse(drawn.getvalue(), content_type="image/svg+xml")


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
