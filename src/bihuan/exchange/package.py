"""Looking inside a zipped workbook before it is loaded.

A sheet is loaded as one dense rectangle, so two stray cells far apart, or a packed file that swells
when opened, could take the whole memory. This pass measures first. On the way it notes what a
loader shows as an empty cell although something is there: error values and formulas that were
never calculated.
"""

from __future__ import annotations

import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO
from xml.etree import ElementTree

INFLATED_LIMIT = 600 * 1024 * 1024
"""Bytes a workbook may take once unpacked; 100,000 rows of nine text columns take about 60 MB."""

CHUNK = 1024 * 1024

# No part of these may run past the next "<", or a hostile file could make the search quadratic.
_PLACE = rb'[^<>]*?\br="([A-Z]{1,3})(\d{1,7})"'
_CELL = re.compile(rb"<c\b" + _PLACE)
_ERROR = re.compile(
    rb'<c\b(?=[^<>]*\bt="e")' + _PLACE + rb"[^<>]*>(?:<f\b[^<>]*>(?:[^<]*</f>)?)?<v>([^<]*)</v>"
)
_UNCALCULATED = re.compile(
    rb"<c\b" + _PLACE + rb"[^<>]*><f\b[^<>]*>([^<]+)</f>(?:<v\s*/>|<v></v>)?</c>"
)

BROKEN = (zipfile.BadZipFile, zlib.error, struct.error, OSError, ValueError, EOFError, RuntimeError)
"""What reading a damaged package may raise."""

Hidden = dict[tuple[int, int], str]
"""(row from 1, column from 0) → what the loader would show as empty."""


class Swollen(ValueError):
    """The package takes more than `INFLATED_LIMIT` bytes when unpacked."""


@dataclass(frozen=True)
class Extent:
    """What one worksheet part spans: its last row and column (from 1) and its hidden contents."""

    rows: int
    columns: int
    hidden: Hidden


def part_names(file: BinaryIO) -> set[str]:
    """The parts of a zip package. Raises one of `BROKEN` for a damaged one."""
    with zipfile.ZipFile(file) as package:
        return set(package.namelist())


def measure(file: BinaryIO) -> dict[str, Extent]:
    """Sheet title → extent, for an .xlsx package; other packages only have their size checked.

    Raises `Swollen`, and one of `BROKEN` when the package is damaged or lies about its sizes.
    """
    with zipfile.ZipFile(file) as package:
        if sum(part.file_size for part in package.infolist()) > INFLATED_LIMIT:
            raise Swollen
        extents = {name: _extent(package, name) for name in package.namelist()}
        return {title: extents[name] for title, name in _sheets(package) if name in extents}


def _extent(package: zipfile.ZipFile, name: str) -> Extent:
    """Read a part to its end (which also proves its declared size) and measure its cells."""
    rows = columns = 0
    hidden: Hidden = {}
    for piece in _pieces(package, name):
        found = _CELL.findall(piece)
        if found:
            rows = max(rows, max(int(row) for _, row in found))
            columns = max(columns, max(_column(letters) for letters in {c for c, _ in found}))
        if b't="e"' in piece or b"<f" in piece:
            hidden.update(_hidden(piece))
    return Extent(rows, columns, hidden)


def _pieces(package: zipfile.ZipFile, name: str) -> Iterator[bytes]:
    """The part in pieces that never cut a cell in two."""
    rest = b""
    with package.open(name) as part:
        while chunk := part.read(CHUNK):
            piece = rest + chunk
            cut = piece.rfind(b"<c ")
            cut = cut if cut > 0 and len(piece) - cut < CHUNK else len(piece)
            yield piece[:cut]
            rest = piece[cut:]
    yield rest


def _hidden(piece: bytes) -> Hidden:
    errors = ((match, "") for match in _ERROR.finditer(piece))
    formulas = ((match, "=") for match in _UNCALCULATED.finditer(piece))
    return {
        (int(match[2]), _column(match[1]) - 1): sign + match[3].decode("utf-8", "replace")
        for group in (errors, formulas)
        for match, sign in group
    }


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _sheets(package: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    """(sheet title, part name) by ECMA-376 part 1, 18.2.20 and its relationships part."""
    try:
        book = ElementTree.fromstring(package.read("xl/workbook.xml"))
        links = ElementTree.fromstring(package.read("xl/_rels/workbook.xml.rels"))
    except (KeyError, ElementTree.ParseError):
        return
    targets = {link.get("Id"): link.get("Target", "") for link in links}
    for sheet in book.iter():
        if sheet.tag.endswith("}sheet"):
            link = next((v for k, v in sheet.attrib.items() if k.endswith("}id")), None)
            target = targets.get(link, "")
            part = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
            yield sheet.get("name", ""), part
