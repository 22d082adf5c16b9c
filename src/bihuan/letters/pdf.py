"""From .docx to PDF by LibreOffice, where the machine has it; without it the pages say so."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from django.conf import settings

SECONDS = 90
FONTS = Path(__file__).with_name("fonts.conf")


MISSING = (
    "本机没有安装 LibreOffice，不能生成 PDF。请下载 Word 文件，"
    "或请系统管理员安装 libreoffice-writer-nogui。"
)


class NoPdf(RuntimeError):
    """A PDF could not be made; the text is a Chinese sentence."""


def available() -> bool:
    """Whether this machine can make PDFs."""
    return bool(_program())


def _program() -> str | None:
    return shutil.which("soffice") or shutil.which("libreoffice")


def from_docx(content: bytes) -> bytes:
    """The PDF of a .docx. One at a time, with a profile of its own and a time limit. Raises NoPdf."""
    program = _program()
    if program is None:
        raise NoPdf(
            "本机没有安装 LibreOffice，不能生成 PDF。请下载 Word 文件，或请系统管理员安装 libreoffice-writer-nogui。"
        )
    with tempfile.TemporaryDirectory() as folder, _turn():
        source = Path(folder) / "letter.docx"
        source.write_bytes(content)
        command = [
            program, "--headless", "--norestore", f"-env:UserInstallation=file://{folder}/profile",
            "--convert-to", "pdf", "--outdir", folder, str(source),
        ]  # fmt: skip
        try:
            subprocess.run(
                command,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=SECONDS,
                check=False,
                env={**os.environ, "FONTCONFIG_FILE": str(FONTS), "HOME": folder},
            )
        except (OSError, subprocess.TimeoutExpired):
            raise NoPdf(
                "LibreOffice 没有在规定时间内转换完，请稍后再试，或先下载 Word 文件。"
            ) from None
        made = source.with_suffix(".pdf")
        if not made.exists():
            raise NoPdf("LibreOffice 没有转换成功，请下载 Word 文件查看。")
        return made.read_bytes()


class _turn:
    """Wait for the one before: LibreOffice takes some 200 MB each time."""

    def __enter__(self) -> None:
        folder = Path(settings.FILES_FOLDER)
        folder.mkdir(parents=True, exist_ok=True)
        self.file = (folder / "soffice.lock").open("w")
        fcntl.flock(self.file, fcntl.LOCK_EX)

    def __exit__(self, *_: object) -> None:
        self.file.close()
