"""`backup` and `restore`: database and files in one archive, every part with its SHA-256.

SQLite is copied by its own online backup, which is whole even while others write; PostgreSQL by pg_dump.
Files are kept by their content and never changed, so copying them after the database misses none of its own.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import json
import os
import shutil
import sqlite3
import subprocess
import tarfile
import tempfile
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bihuan import __version__
from bihuan.cli.answers import OK, Commands, Refused, command, say, set_up

MANIFEST = "manifest.json"
SQLITE, POSTGRES = "bihuan.sqlite3", "bihuan.pgdump"
FILES = "files"


def add(commands: Commands) -> None:
    """Declare the commands."""
    kept = command(commands, "backup", "备份数据库和附件到一个文件（运行中也可以备份）")
    kept.add_argument("file", type=Path, metavar="文件", help="如 备份.tar.gz")
    kept.set_defaults(run=backup)
    back = command(commands, "restore", "从备份恢复（先核对每个文件的校验值）")
    back.add_argument("file", type=Path, metavar="文件")
    back.add_argument("--force", action="store_true", help="覆盖现有数据")
    back.set_defaults(run=restore)


def backup(asked: argparse.Namespace) -> int:
    """Write the archive beside its place first, so that a broken run leaves no half archive."""
    set_up()
    from django.conf import settings

    partial = asked.file.with_name(f".{asked.file.name}.part")
    try:
        with tempfile.TemporaryDirectory(dir=settings.HOME) as folder:
            dump = _dump(Path(folder))
            parts = [(dump.name, dump), *_attached(settings.FILES_FOLDER)]
            _pack(partial, parts)
        os.replace(partial, asked.file)
    except OSError as error:
        raise Refused(f"备份没有完成：{error}") from None
    finally:
        partial.unlink(missing_ok=True)
    say(f"已备份 {len(parts)} 个文件：{asked.file}")
    return OK


def restore(asked: argparse.Namespace) -> int:
    """Check every sum, then put the database and the files in place."""
    set_up(migrated=False)
    from django.conf import settings
    from django.db import connection

    home = Path(settings.HOME)
    if not asked.force and _holds_data():
        raise Refused("现有数据库里已有数据，没有恢复。确要覆盖，请先备份，再加 --force。")
    with tempfile.TemporaryDirectory(dir=home) as folder:
        manifest = _unpack(asked.file, Path(folder))
        _check(Path(folder), manifest)
        connection.close()
        _put_database(Path(folder), connection.vendor)
        if (Path(folder) / FILES).is_dir():
            shutil.copytree(Path(folder) / FILES, settings.FILES_FOLDER, dirs_exist_ok=True)
    say(f"已恢复 {manifest['at']} 的备份（{len(manifest['files'])} 个文件）。")
    return OK


def _dump(folder: Path) -> Path:
    from django.db import connection

    if connection.vendor == "sqlite":
        copy = folder / SQLITE
        name = str(connection.settings_dict["NAME"])
        with closing(sqlite3.connect(name)) as here, closing(sqlite3.connect(copy)) as there:
            here.backup(there)
        return copy
    copy = folder / POSTGRES
    _run_postgres("pg_dump", "--format=custom", f"--file={copy}")
    return copy


def _run_postgres(program: str, *arguments: str) -> None:
    from django.db import connection

    if shutil.which(program) is None:
        raise Refused(f"这台机器没有 {program}，请安装 PostgreSQL 客户端。")
    given = connection.settings_dict
    names = {"PGHOST": "HOST", "PGPORT": "PORT", "PGUSER": "USER", "PGPASSWORD": "PASSWORD"}
    own = {variable: str(given[key]) for variable, key in names.items() if given.get(key)}
    own["PGDATABASE"] = str(given["NAME"])
    done = subprocess.run(
        [program, *arguments],
        env={**os.environ, **own},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise Refused(f"{program} 没有成功：{done.stderr.strip()[:400]}")


def _attached(folder: Path) -> list[tuple[str, Path]]:
    found = sorted(path for path in folder.rglob("*") if path.is_file()) if folder.is_dir() else []
    return [(f"{FILES}/{path.relative_to(folder).as_posix()}", path) for path in found]


def _pack(target: Path, parts: list[tuple[str, Path]]) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    sums = {name: _sum(path) for name, path in parts}
    now = datetime.now(UTC).isoformat(timespec="seconds")
    manifest = json.dumps({"version": __version__, "at": now, "files": sums}, indent=1).encode()
    with tarfile.open(target, "w:gz", compresslevel=3) as archive:
        head = tarfile.TarInfo(MANIFEST)
        head.size = len(manifest)
        archive.addfile(head, io.BytesIO(manifest))
        for name, path in parts:
            archive.add(path, arcname=name, recursive=False)


def _sum(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _unpack(file: Path, folder: Path) -> dict[str, Any]:
    try:
        with tarfile.open(file) as archive:
            archive.extractall(folder, filter="data")
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise Refused(f"没有文件“{file}”，或者它不是本程序的备份。") from None
    except (tarfile.TarError, OSError, EOFError, ValueError) as error:
        raise Refused(f"“{file}”不是完整的备份：{error}") from None
    if not isinstance(manifest, dict) or not isinstance(manifest.get("files"), dict):
        raise Refused(f"“{file}”的清单读不出来。")
    return manifest


def _check(folder: Path, manifest: dict[str, Any]) -> None:
    for name, wanted in manifest["files"].items():
        path = folder / name
        if not path.is_file() or _sum(path) != wanted:
            raise Refused(f"备份里的“{name}”缺失或校验值不符，没有恢复。")


def _holds_data() -> bool:
    from django.db import connection

    if "people_congress" not in connection.introspection.table_names():
        return False
    from bihuan.people.models import Congress

    return Congress.objects.exists()


def _put_database(folder: Path, vendor: str) -> None:
    from django.db import connection

    if vendor == "sqlite":
        if not (folder / SQLITE).exists():
            raise Refused("这是 PostgreSQL 的备份，现在用的是 SQLite。请核对 DATABASE_URL。")
        name = str(connection.settings_dict["NAME"])
        with (
            closing(sqlite3.connect(folder / SQLITE)) as there,
            closing(sqlite3.connect(name)) as here,
        ):
            there.backup(here)
        return
    if not (folder / POSTGRES).exists():
        raise Refused("这是 SQLite 的备份，现在用的是 PostgreSQL。请核对 DATABASE_URL。")
    _run_postgres(
        "pg_restore", "--clean", "--if-exists", "--no-owner", "--single-transaction",
        f"--dbname={connection.settings_dict['NAME']}", str(folder / POSTGRES),
    )  # fmt: skip
