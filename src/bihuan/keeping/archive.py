"""One archive: a manifest with the SHA-256 of every part, the tables, and the files given with acts.

It is written beside its place, brought to the disk and then renamed, so that there is a whole archive or
none. Files are kept by their content and are there before the row that names them: copied after the rows
were read, none of them is missed.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import sqlite3
import tarfile
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from bihuan import __version__
from bihuan.keeping import tables
from bihuan.keeping.tables import CannotKeep
from bihuan.matters.files import sync_folder

FORMAT = 2
MANIFEST, TABLES, FILES = "manifest.json", "tables", "files"
INCOMING = "incoming"
BLOCK = 1024 * 1024


@dataclass(frozen=True)
class Kept:
    """An archive that was written: where, its own SHA-256, how much it holds, and the files not found."""

    file: Path
    sha256: str
    rows: int
    parts: int
    missing: list[str]


# Out


def back_up(target: Path) -> Kept:
    """Write everything to `target`. Raises CannotKeep or OSError; then an archive there before stays as it was."""
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        with tempfile.TemporaryDirectory(dir=settings.HOME) as spool:
            manifest = _gather(Path(spool))
            _pack(partial, manifest, Path(spool))
        sha256 = _sum(partial)
        os.replace(partial, target)
        sync_folder(target.parent)
    finally:
        partial.unlink(missing_ok=True)
    rows = sum(table["rows"] for table in manifest["tables"].values())
    return Kept(target, sha256, rows, len(manifest["files"]), manifest["missing"])


def _gather(spool: Path) -> dict[str, Any]:
    """The manifest; the tables are in the spool folder, the files where they always are."""
    folder = spool / TABLES
    folder.mkdir()
    at = datetime.now(UTC).isoformat(timespec="seconds")
    with tables.moment() as alias:
        applied, written = tables.write(alias, folder)
    parts = {f"{TABLES}/{path.name}": path for path in sorted(folder.iterdir())} | _files()
    return {
        "format": FORMAT,
        "program": __version__,
        "database": connection.vendor,
        "at": at,
        "migrations": applied,
        "tables": written,
        "missing": _missing(folder / "matters.attachment.jsonl", written, parts),
        "files": {name: _sum(path) for name, path in parts.items()},
    }


def _files() -> dict[str, Path]:
    """Every kept file by its name in the archive; what is just coming in is nobody's yet."""
    folder = Path(settings.FILES_FOLDER)
    found = sorted(folder.rglob("*")) if folder.is_dir() else []
    own = [path for path in found if path.is_file() and folder / INCOMING not in path.parents]
    return {f"{FILES}/{path.relative_to(folder).as_posix()}": path for path in own}


def _missing(rows: Path, written: dict[str, Any], parts: dict[str, Path]) -> list[str]:
    """The contents that a row names and the disk does not hold."""
    if not rows.exists():
        return []
    place = written["matters.attachment"]["fields"].index("sha256")
    with rows.open(encoding="utf-8") as lines:
        named = {json.loads(line)[place] for line in lines}
    there = {Path(name).name for name in parts}
    return sorted(named - there)


def _pack(target: Path, manifest: dict[str, Any], spool: Path) -> None:
    head = json.dumps(manifest, ensure_ascii=False, indent=1).encode()
    handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        with tarfile.open(fileobj=file, mode="w:gz", compresslevel=3) as archive:
            _add(archive, MANIFEST, io.BytesIO(head), len(head))
            for name in manifest["files"]:
                path = _lies(name, spool)
                with path.open("rb") as part:
                    _add(archive, name, part, path.stat().st_size)
        file.flush()
        os.fsync(file.fileno())


def _lies(name: str, spool: Path) -> Path:
    kind, _, rest = name.partition("/")
    return spool / name if kind == TABLES else Path(settings.FILES_FOLDER) / rest


def _add(archive: tarfile.TarFile, name: str, content: Any, size: int) -> None:
    """Names and sizes only: who owned the file on this machine is nobody's business."""
    info = tarfile.TarInfo(name)
    info.size, info.mode = size, 0o640
    archive.addfile(info, content)


def _sum(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


# In


@contextmanager
def opened(file: Path) -> Iterator[tuple[Path, dict[str, Any]]]:
    """The archive unpacked in a folder that goes away again, every part checked; raises CannotKeep."""
    with tempfile.TemporaryDirectory(dir=settings.HOME) as spool:
        folder = Path(spool)
        _unpack(file, folder)
        manifest = _manifest(file, folder)
        _check(folder, manifest)
        yield folder, manifest


def _unpack(file: Path, folder: Path) -> None:
    if not file.is_file():
        raise CannotKeep(f"没有文件“{file}”，请核对路径")
    try:
        with tarfile.open(file) as archive:
            archive.extractall(folder, filter="data")
    except (tarfile.TarError, EOFError, zlib.error, ValueError) as error:
        raise CannotKeep(f"“{file}”不是完整的备份，没有恢复：{error}") from None
    except OSError as error:
        raise CannotKeep(f"备份解不开，没有恢复（文件损坏或磁盘空间不足）：{error}") from None


def _manifest(file: Path, folder: Path) -> dict[str, Any]:
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        made = manifest["format"]
    except (OSError, ValueError, KeyError, TypeError):
        raise CannotKeep(f"“{file}”里没有备份清单，它不是本程序的备份") from None
    if made != FORMAT:
        raise CannotKeep(
            f"这个备份是第 {made} 种格式（程序 {manifest.get('program')}），本程序只读第 {FORMAT} 种，"
            "请用当时版本的程序恢复后再备份一次"
        )
    wanted = {"at": str, "migrations": list, "tables": dict, "files": dict, "missing": list}
    if any(not isinstance(manifest.get(name), kind) for name, kind in wanted.items()):
        raise CannotKeep(f"“{file}”的备份清单读不出来，没有恢复")
    return {**manifest, "migrations": [tuple(node) for node in manifest["migrations"]]}


def _check(folder: Path, manifest: dict[str, Any]) -> None:
    """Exactly the parts listed, each with its sum."""
    found = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    added = sorted(found - set(manifest["files"]) - {MANIFEST})
    if added:
        raise CannotKeep(f"备份里多出清单上没有的“{added[0]}”，没有恢复")
    for name, wanted in manifest["files"].items():
        if name not in found:
            raise CannotKeep(f"备份里缺“{name}”，没有恢复")
        if _sum(folder / name) != wanted:
            raise CannotKeep(f"备份里的“{name}”与清单上的校验值不符，没有恢复")


def restore(folder: Path, manifest: dict[str, Any]) -> None:
    """Put files and database in place of what is there. Whatever fails, the database is as it was before."""
    _put_files(folder / FILES)
    rows = (folder / TABLES, manifest["migrations"], manifest["tables"])
    if connection.vendor == "sqlite":
        _by_another_file(folder / "built.sqlite3", *rows)
        return
    with transaction.atomic():
        tables.drop_all()
        tables.read(*rows)


def _by_another_file(built: Path, *rows: Any) -> None:
    """Build beside the database; SQLite's own backup then replaces its content in one transaction."""
    live = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = str(built)
    try:
        tables.read(*rows)
    finally:
        connection.close()
        connection.settings_dict["NAME"] = live
    with closing(sqlite3.connect(built)) as there, closing(sqlite3.connect(str(live))) as here:
        there.backup(here)
        here.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _put_files(source: Path) -> None:
    """Each under its name only when it is whole and on the disk; what is there already stays."""
    target = Path(settings.FILES_FOLDER)
    for path in sorted(source.rglob("*")) if source.is_dir() else []:
        if path.is_file():
            _put_file(path, target / path.relative_to(source))


def _put_file(path: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_name(f".{target.name}.part")
    try:
        with path.open("rb") as there, partial.open("wb") as here:
            while block := there.read(BLOCK):
                here.write(block)
            here.flush()
            os.fsync(here.fileno())
        partial.chmod(0o640)
        partial.replace(target)
        sync_folder(target.parent)
    finally:
        partial.unlink(missing_ok=True)
