"""A paper's text out of a file: .docx, .pdf with text, .txt, .md. What cannot be read is refused in Chinese."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

LARGEST = 50 * 1024 * 1024
_PACKED = 200 * 1024 * 1024


class Unreadable(Exception):
    """The file holds no text that can be read; the message says why and what to do."""


def read_paper(path: Path) -> str:
    """The text of the file, one paragraph a line. Raises Unreadable."""
    try:
        if path.is_dir():
            raise Unreadable(f"“{path}”是文件夹，请给出文件。")
        if path.stat().st_size > LARGEST:
            raise Unreadable(f"“{path.name}”超过 50 MB，请拆分后再送。")
        content = path.read_bytes()
    except OSError as error:
        raise Unreadable(f"打不开“{path}”：{_reason(error)}。请检查路径和权限。") from None
    return text_of(content, path.name)


def text_of(content: bytes, name: str) -> str:
    """The text of a file's content; the kind is told by the content, not by the name. Raises Unreadable."""
    if not content.strip():
        raise Unreadable(f"“{name}”是空文件。")
    reader = _reader(content, name)
    text = reader(content, name)
    if not text.strip():
        raise Unreadable(f"“{name}”里没有文字。扫描件请先做文字识别，再存为 Word 或文本。")
    return text


def _reader(content: bytes, name: str) -> Callable[[bytes, str], str]:
    if content.startswith(b"%PDF"):
        return _pdf
    if content.startswith(b"PK\x03\x04"):
        return _docx
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        raise Unreadable(
            f"“{name}”是旧版 Word 或加密的文件。请在 Word 或 WPS 里去掉密码，另存为 .docx。"
        )
    suffix = Path(name).suffix.lower()
    if suffix in (".docx", ".pdf"):
        raise Unreadable(
            f"“{name}”的内容不是{suffix}文件，可能改错了扩展名。请用原来的软件打开后另存。"
        )
    return _plain


def _plain(content: bytes, name: str) -> str:
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return content.decode("utf-16", errors="replace")
    if b"\x00" in content[:8192]:
        raise Unreadable(f"“{name}”不是文本文件。可以读 .docx、.pdf、.txt 和 .md。")
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Unreadable(f"看不懂“{name}”的编码，请另存为 UTF-8 文本。")


def _docx(content: bytes, name: str) -> str:
    import docx
    from docx.table import Table
    from docx.text.paragraph import Paragraph

    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            if sum(one.file_size for one in packed.infolist()) > _PACKED:
                raise Unreadable(f"“{name}”解开后超过 200 MB，不予读取。")
        paper = docx.Document(io.BytesIO(content))
        lines: list[str] = []
        for block in paper.iter_inner_content():
            if isinstance(block, Paragraph):
                lines.append(block.text)
            elif isinstance(block, Table):
                lines.extend("\t".join(cell.text for cell in row.cells) for row in block.rows)
        return "\n".join(lines)
    except Unreadable:
        raise
    except Exception as error:  # any part of a damaged package may fail, each in its own way
        raise Unreadable(
            f"“{name}”不是完整的 Word 文件（{type(error).__name__}）。请用 Word 或 WPS 打开后另存为 .docx。"
        ) from None


def _pdf(content: bytes, name: str) -> str:
    from pypdf import PdfReader
    from pypdf.errors import FileNotDecryptedError

    locked = f"“{name}”有密码，读不出来。请去掉密码后再送。"
    try:
        paper = PdfReader(io.BytesIO(content))
        if paper.is_encrypted and not paper.decrypt(""):
            raise Unreadable(locked)
        return _joined([page.extract_text() or "" for page in paper.pages])
    except Unreadable:
        raise
    except FileNotDecryptedError:
        raise Unreadable(locked) from None
    except Exception as error:  # a damaged file may fail at any object
        raise Unreadable(
            f"“{name}”不是完整的 PDF 文件（{type(error).__name__}）。请重新导出。"
        ) from None


_ENDS = ("。", "：", ":", "！", "？", "；", "”", "）")


def _joined(pages: list[str]) -> str:
    """Lines broken by the page's width put together again: a full line that ends without a mark runs on."""
    lines = [line.strip() for page in pages for line in page.splitlines() if line.strip()]
    wide = max((len(line) for line in lines), default=0)
    joined: list[str] = []
    runs_on = False
    for line in lines:
        if runs_on:
            joined[-1] += line
        else:
            joined.append(line)
        runs_on = len(line) >= 0.85 * wide and not line.endswith(_ENDS)
    return "\n".join(joined)


def _reason(error: OSError) -> str:
    known = {2: "没有这个文件", 13: "没有权限", 21: "是文件夹"}
    return known.get(error.errno or 0, error.strerror or "读取出错")
