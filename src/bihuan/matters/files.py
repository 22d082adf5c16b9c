"""Files given with acts, kept once by their content (SHA-256) under `FILES_FOLDER`/aa/bb/….

What a file is, is read from its content and not believed from its name. Nothing is kept that the virus
scanner, where one is set, did not let pass.
"""

from __future__ import annotations

import hashlib
import os
import shlex
import subprocess
import tempfile
import unicodedata
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile

from bihuan.matters.models import Attachment
from bihuan.people.models import Congress, User

LARGEST = 20 * 1024 * 1024
SCAN_SECONDS = 60
LONGEST_NAME = 120
BLOCK = 1024 * 1024


@dataclass(frozen=True)
class FileRefused:
    """Why a file is not kept: a sentence for the person who gave it."""

    say: str


class _Refused(ValueError):
    pass


def keep(
    uploaded: UploadedFile[Any], congress: Congress, user: User | None
) -> Attachment | FileRefused:
    """Check and keep a file; returns its row, not yet bound to an act, or the refusal.

    The content is on the disk before the row is written.
    """
    name = safe_name(uploaded.name or "")
    incoming = _incoming()
    try:
        sha256, size = _receive(uploaded, name, incoming)
        kind = _kind(incoming, name)
        scanned = _scan(incoming, name)
        _place(incoming, path_of(sha256))
    except _Refused as refused:
        return FileRefused(str(refused))
    finally:
        incoming.unlink(missing_ok=True)
    return Attachment.objects.create(
        congress=congress,
        sha256=sha256,
        name=name,
        size=size,
        kind=kind,
        uploaded_by=user,
        scanned=scanned,
    )


def open_file(attachment: Attachment) -> BinaryIO:
    """The content, opened for reading. Raises FileNotFoundError if it is not there."""
    return path_of(attachment.sha256).open("rb")


def path_of(sha256: str) -> Path:
    """Where the content of this hash is kept."""
    return Path(settings.FILES_FOLDER) / sha256[:2] / sha256[2:4] / sha256


def content_hash(path: Path) -> str:
    """SHA-256 of a file's content, in hex. Raises OSError if it cannot be read."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def safe_name(given: str) -> str:
    """The last part of a name as people see it, without what could mislead them or a file system."""
    name = unicodedata.normalize("NFC", given.replace("\\", "/").rsplit("/", 1)[-1])
    shown = "".join(char for char in name if unicodedata.category(char)[0] != "C")
    clean = "".join("_" if char in '<>:"|?*' else char for char in shown).strip(" .")
    stem, dot, ending = (clean or "未命名").rpartition(".")
    return f"{stem[: LONGEST_NAME - len(ending) - 1]}{dot}{ending}"[-LONGEST_NAME:]


# Receiving


def _incoming() -> Path:
    """A file of our own beside the kept ones, so that moving it there is one step."""
    folder = Path(settings.FILES_FOLDER) / "incoming"
    folder.mkdir(parents=True, exist_ok=True)
    handle, path = tempfile.mkstemp(dir=folder)
    os.close(handle)
    return Path(path)


def _receive(uploaded: UploadedFile[Any], name: str, incoming: Path) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    with incoming.open("wb") as file:
        for block in uploaded.chunks(BLOCK):
            size += len(block)
            if size > LARGEST:
                raise _Refused(f"“{name}”超过 20 MB，请压缩图片或拆成几个文件后再上传")
            digest.update(block)
            file.write(block)
        file.flush()
        os.fsync(file.fileno())
    if not size:
        raise _Refused(f"“{name}”是空文件，请重新选择")
    return digest.hexdigest(), size


def _place(incoming: Path, target: Path) -> None:
    """All or nothing under its final name, and on the disk when this returns."""
    for folder in (target.parent.parent, target.parent):
        folder.mkdir(exist_ok=True)
        sync_folder(folder.parent)
    incoming.chmod(0o640)
    incoming.replace(target)
    sync_folder(target.parent)


def sync_folder(folder: Path) -> None:
    """Wait until names put into the folder are on the disk: without it a new file may be lost with the power."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


# What it is


def _kind(path: Path, name: str) -> str:
    ending = name.rpartition(".")[2].lower()
    if ending not in KINDS:
        raise _Refused(f"“{name}”的类型不能上传，可以上传：{'、'.join(KINDS)}")
    kind, recognise = KINDS[ending]
    if not recognise(path):
        raise _Refused(f"“{name}”的内容不是 {ending} 文件，请用原来的软件另存为 {ending} 后再上传")
    return kind


def _begins(*magic: bytes) -> Callable[[Path], bool]:
    def recognise(path: Path) -> bool:
        with path.open("rb") as file:
            return file.read(16).startswith(magic)

    return recognise


def _office(part: str) -> Callable[[Path], bool]:
    """An Office Open XML file whose main part is `part`; one with macros is not taken for it."""

    def recognise(path: Path) -> bool:
        try:
            with zipfile.ZipFile(path) as parts:
                names = set(parts.namelist())
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
            return False
        macros = any(name.lower().endswith("vbaproject.bin") for name in names)
        return {"[Content_Types].xml", part} <= names and not macros

    return recognise


def _compound(*streams: str) -> Callable[[Path], bool]:
    """An old Office file: a compound file that has one of these streams."""

    def recognise(path: Path) -> bool:
        content = path.read_bytes()
        named = any(stream.encode("utf-16-le") + b"\0\0" in content for stream in streams)
        return content.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1") and named

    return recognise


def _text(path: Path) -> bool:
    content = path.read_bytes()
    if b"\0" in content:
        return False
    return _decodes(content, "utf-8") or _decodes(content, "gb18030")


def _decodes(content: bytes, encoding: str) -> bool:
    try:
        content.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


_OPEN_XML = "application/vnd.openxmlformats-officedocument"
KINDS: dict[str, tuple[str, Callable[[Path], bool]]] = {
    "pdf": ("application/pdf", _begins(b"%PDF-")),
    "docx": (f"{_OPEN_XML}.wordprocessingml.document", _office("word/document.xml")),
    "xlsx": (f"{_OPEN_XML}.spreadsheetml.sheet", _office("xl/workbook.xml")),
    "doc": ("application/msword", _compound("WordDocument")),
    "xls": ("application/vnd.ms-excel", _compound("Workbook", "Book")),
    "jpg": ("image/jpeg", _begins(b"\xff\xd8\xff")),
    "jpeg": ("image/jpeg", _begins(b"\xff\xd8\xff")),
    "png": ("image/png", _begins(b"\x89PNG\r\n\x1a\n")),
    "txt": ("text/plain", _text),
}
"""Endings taken, with what each is served as and how its content is recognised."""


# Viruses


def _scan(path: Path, name: str) -> str:
    """The scanner's name if it let the file pass, empty where none is set."""
    command = shlex.split(settings.VIRUS_SCAN_COMMAND)
    if not command:
        return ""
    try:
        scan = subprocess.run(
            [*command, str(path)],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=SCAN_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        raise _Refused(
            f"查毒程序“{command[0]}”没有运行成功，“{name}”未保存，"
            "请系统管理员检查 BIHUAN_VIRUS_SCAN 的设置"
        ) from None
    if scan.returncode:
        raise _Refused(f"“{name}”没有通过查毒，未保存，请在本机查毒后重新上传")
    return Path(command[0]).name[:60]
