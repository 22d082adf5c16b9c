"""How commands answer: lines for people, JSON for scripts, and a sentence where something is refused."""

from __future__ import annotations

import argparse
import json
import os
import sys
from datetime import date
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from bihuan.people.models import Congress

Commands: TypeAlias = "argparse._SubParsersAction[Any]"

OK, NOT_OK, REFUSED = 0, 1, 2


class Refused(Exception):
    """The command cannot be done; `sentence` says why and what to do."""

    def __init__(self, sentence: str, code: int = REFUSED) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.code = code


def command(
    commands: Commands, name: str, help: str, *, data: bool = False
) -> argparse.ArgumentParser:
    """A new command; with `data` it takes `--json`."""
    made: argparse.ArgumentParser = commands.add_parser(name, help=help, description=help)
    if data:
        made.add_argument("--json", action="store_true", help="以 JSON 输出，供程序读取")
    return made


def print_json(answer: Any) -> None:
    """The answer as JSON, Chinese as Chinese."""
    sys.stdout.write(json.dumps(answer, ensure_ascii=False, indent=2, default=str) + "\n")


def say(*lines: str) -> None:
    """Lines for a person."""
    for line in lines:
        print(line)


def note(*lines: str) -> None:
    """Lines beside the answer, on the error stream, so that JSON stays JSON."""
    for line in lines:
        print(line, file=sys.stderr)


def day(text: str) -> date:
    """A day as an argument. Raises argparse's error in Chinese."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"“{text}”不是日期，请写成 2026-05-31 的样子") from None


def set_up(*, migrated: bool = True) -> None:
    """Make the database and the institutions ready; refuses with every fault of the declarations.

    With `migrated` an empty or outdated database is refused with what to do.
    """
    _django()
    _check_house()
    if migrated and waiting_migrations():
        raise Refused("数据库还没有建好或不是当前版本。请先运行：./bihuan migrate")


def _django() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bihuan.settings")
    import django

    from bihuan.loop.load import Faulty

    try:
        django.setup()
    except Faulty as faulty:
        raise Refused(str(faulty)) from None
    except OSError as error:
        raise Refused(f"数据目录不能使用：{error}。请检查 BIHUAN_HOME 和权限。") from None


def _check_house() -> None:
    from bihuan.loop.load import Faulty
    from bihuan.matters import house

    try:
        house.institutions()
    except Faulty as faulty:
        raise Refused(str(faulty)) from None


def waiting_migrations() -> bool:
    """Whether the database lacks tables this version needs. Refuses when it cannot be reached."""
    from django.db import DatabaseError, connection
    from django.db.migrations.executor import MigrationExecutor

    try:
        executor = MigrationExecutor(connection)
        return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    except DatabaseError as error:
        raise Refused(f"连不上数据库：{error}。请检查 DATABASE_URL 或 BIHUAN_HOME。") from None


def congress_named(name: str = "") -> Congress:
    """The congress of this name, or the first one (a single one needs no name)."""
    from bihuan.people.models import Congress

    known = list(Congress.objects.order_by("pk"))
    if not known:
        raise Refused("库里还没有人大。请先登录新建，或运行 ./bihuan demo 建一个演示的。")
    found = [one for one in known if name in (one.name, one.short_name)] if name else known[:1]
    if not found:
        raise Refused(f"没有“{name}”，现有：{'、'.join(one.name for one in known)}")
    return found[0]


def institution_key(key: str) -> str:
    """The key if an institution has it; refuses naming those there are."""
    from bihuan.matters import house

    try:
        return house.institution(key).key
    except KeyError as missing:
        raise Refused(str(missing.args[0])) from None


def local_today() -> date:
    """Today where the congress is."""
    from django.utils import timezone

    return timezone.localdate()
