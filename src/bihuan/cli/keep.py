"""`backup` and `restore`: rows and files in one archive, every part with its SHA-256, for either database."""

from __future__ import annotations

import argparse
from datetime import datetime
from pathlib import Path

from bihuan.cli.answers import NOT_OK, OK, Commands, Refused, command, note, say, set_up

NAMED = "bihuan-%Y%m%d-%H%M%S.tar.gz"
OWN = "bihuan-*-*.tar.gz"


def add(commands: Commands) -> None:
    """Declare the commands."""
    kept = command(commands, "backup", "备份数据库和附件到一个文件（运行中也可以备份，不影响办理）")
    kept.add_argument("file", type=Path, metavar="文件", help="如 备份.tar.gz；给目录则按时间取名")
    kept.add_argument("--keep", type=_count, metavar="份数", help="目录里只留最近这么多份")
    kept.set_defaults(run=backup)
    back = command(commands, "restore", "从备份恢复（先核对每个文件的校验值；两种数据库通用）")
    back.add_argument("file", type=Path, metavar="文件")
    how = back.add_mutually_exclusive_group()
    how.add_argument("--force", action="store_true", help="覆盖现有数据")
    how.add_argument("--check", action="store_true", help="只核对备份是否完整，不恢复")
    back.set_defaults(run=restore)


def _count(text: str) -> int:
    if not text.isdecimal() or not 0 < int(text[:9]) < 100_000:
        raise argparse.ArgumentTypeError(f"份数“{text}”不对，应是 1 以上的整数")
    return int(text)


def backup(asked: argparse.Namespace) -> int:
    """Back up; 1 when a file that the rows name was not on the disk."""
    set_up(migrated=False)
    if asked.keep and not asked.file.is_dir():
        raise Refused("--keep 要和目录一起用：./bihuan backup 目录 --keep 份数")
    code = keep_everything(asked.file)
    if asked.keep:
        for old in sorted(asked.file.glob(OWN))[: -asked.keep]:
            old.unlink(missing_ok=True)
    return code


def keep_everything(file: Path) -> int:
    """Back up to a file, or by the time under a folder; says what was kept. Refuses with the reason."""
    from bihuan.keeping.archive import back_up
    from bihuan.keeping.tables import CannotKeep

    _refuse_empty()
    target = file / datetime.now().strftime(NAMED) if file.is_dir() else file
    try:
        kept = back_up(target)
    except (OSError, CannotKeep) as error:
        raise Refused(f"备份没有完成，没有留下半个文件：{error}") from None
    say(f"已备份 {kept.rows} 行、{kept.parts} 个文件：{kept.file}", f"SHA-256 {kept.sha256}")
    if not kept.missing:
        return OK
    note(f"有 {len(kept.missing)} 个附件在磁盘上找不到，没有备份到：", *kept.missing[:20])
    return NOT_OK


def _refuse_empty() -> None:
    from django.db import DatabaseError, connection

    try:
        empty = "people_congress" not in connection.introspection.table_names()
    except DatabaseError as error:
        raise Refused(f"连不上数据库：{error}。请检查 DATABASE_URL 或 BIHUAN_HOME。") from None
    if empty:
        raise Refused("数据库还没有建好，没有可备份的。请先运行：./bihuan migrate")


def restore(asked: argparse.Namespace) -> int:
    """Check every sum, then put the database and the files in place."""
    set_up(migrated=False)
    from django.db import DatabaseError

    from bihuan.keeping import archive
    from bihuan.keeping.tables import CannotKeep

    try:
        if not asked.check and not asked.force and holds_data():
            raise Refused("现有数据库里已有数据，没有恢复。确要覆盖，请先备份，再加 --force。")
        with archive.opened(asked.file) as (folder, manifest):
            if asked.check:
                say(f"备份完整：{manifest['at']}，程序 {manifest['program']}，{_told(manifest)}。")
                return OK
            archive.restore(folder, manifest)
    except CannotKeep as reason:
        raise Refused(f"{reason}。") from None
    except (OSError, DatabaseError) as error:
        raise Refused(f"没有恢复，数据库仍是原样：{error}") from None
    say(f"已恢复 {manifest['at']} 的备份（{_told(manifest)}）。请运行 ./bihuan verify 核对。")
    if not manifest["missing"]:
        return OK
    note(f"备份时就缺 {len(manifest['missing'])} 个附件：", *manifest["missing"][:20])
    return NOT_OK


def _told(manifest: dict[str, object]) -> str:
    tables, files = manifest["tables"], manifest["files"]
    assert isinstance(tables, dict) and isinstance(files, dict)
    return f"{sum(one['rows'] for one in tables.values())} 行、{len(files)} 个文件"


def holds_data() -> bool:
    """Whether somebody works in this database: it has a congress or a user."""
    from django.db import connection

    there = connection.introspection.table_names()
    with connection.cursor() as cursor:
        for table in ("people_congress", "people_user"):
            if table in there:
                cursor.execute(f"SELECT 1 FROM {table} LIMIT 1")
                if cursor.fetchone():
                    return True
    return False
