"""The ground benchmarks stand on: a fresh database of their own, dropped afterwards, with one small congress in it.

PostgreSQL where `DATABASE_URL` names one (a new database beside it), else SQLite in a folder under the current
one's `var`: the disk counts, so not in a folder that may lie in memory. `stand()` must be entered before any model
is imported.
"""

from __future__ import annotations

import os
import shutil
import statistics
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "src"))
TERM_BEGINS = date(2021, 12, 1)


@contextmanager
def stand(name: str) -> Iterator[str]:
    """Django set up on a fresh, migrated database; gives its vendor."""
    (ROOT / "var").mkdir(exist_ok=True)
    home = Path(tempfile.mkdtemp(prefix=f"bench-{name}-", dir=ROOT / "var"))
    given = os.environ.get("DATABASE_URL", "")
    own = f"bihuan_bench_{name}_{os.getpid()}"
    server = given if given.startswith("postgres") else ""
    if server:
        _administer(server, f"CREATE DATABASE {own}")
    url = f"{server.rsplit('/', 1)[0]}/{own}" if server else f"sqlite:///{home / own}.sqlite3"
    os.environ |= {
        "DATABASE_URL": url,
        "BIHUAN_HOME": str(home),
        "DJANGO_SETTINGS_MODULE": "bihuan.settings",
    }
    try:
        yield _set_up()
    finally:
        from django.db import connection

        connection.close()
        if server:
            _administer(server, f"DROP DATABASE {own} WITH (FORCE)")
        shutil.rmtree(home)


def _administer(server: str, statement: str) -> None:
    import psycopg

    with psycopg.connect(server, autocommit=True) as admin:
        admin.execute(statement)


def _set_up() -> str:
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    call_command("migrate", verbosity=0)
    return connection.vendor


def bare(vendor: str) -> Any:
    """A connection without Django, as durable as the program's own; statements end by commit."""
    from django.conf import settings

    held = settings.DATABASES["default"]
    if vendor == "sqlite":
        import sqlite3

        plain = sqlite3.connect(held["NAME"], timeout=60, isolation_level=None)
        for pragma in held["OPTIONS"]["init_command"].split(";"):
            plain.execute(pragma)
        # As the program's own connections have it.
        plain.execute("PRAGMA foreign_keys=ON")
        return plain
    import psycopg

    return psycopg.connect(
        host=held["HOST"], port=held["PORT"] or None, user=held["USER"], dbname=held["NAME"],
        password=held["PASSWORD"] or None, autocommit=True,
    )  # fmt: skip


@dataclass(frozen=True)
class Cast:
    """One congress with everybody a suggestion needs."""

    congress: Any
    seats: Sequence[Any]
    lead: Any
    co: Any
    clerk: Any
    deputy: Any
    contact: Any
    co_contact: Any


def cast(deputies: int = 1, bodies: int = 2) -> Cast:
    """Make the congress: so many deputies and bodies, a clerk, and a contact for the first two bodies."""
    from bihuan.people.models import Body, Congress, Person, Seat, Term, User

    congress = Congress.objects.create(
        name="丹江市人民代表大会常务委员会", short_name="丹江市人大", level="county", area="420381"
    )
    term = Term.objects.create(congress=congress, number=18, begins=TERM_BEGINS)
    people = [Person.objects.create(congress=congress, name=one) for one in names(deputies)]
    seats = [
        Seat.objects.create(congress=congress, term=term, person=one, begins=TERM_BEGINS)
        for one in people
    ]
    made = [Body.objects.create(congress=congress, name=one) for one in body_names(bodies)]

    def user(word: str) -> User:
        return User.objects.create(username=word, congress=congress)

    users = [user(word) for word in ("clerk", "deputy", "contact", "co_contact")]
    return Cast(congress, seats, made[0], made[1], *users)


def names(count: int) -> list[str]:
    """So many names of three characters."""
    first, second = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨", "春夏秋冬梅兰竹菊国建志秀"
    all_of_them = [a + b + c for a in first for b in second for c in second]
    return all_of_them[:count]


def body_names(count: int) -> list[str]:
    """So many bodies of a city."""
    words = (
        "交通运输 财政 教育 公安 民政 司法 自然资源 生态环境 住房建设 水利 农业农村 商务 文化旅游 卫生健康 "
        "应急 审计 统计 医疗保障 市场监督 城市管理 林业 体育 信访 乡村振兴 发展改革 工业信息 科技 人社 退役军人 气象"
    )
    return [f"市{word}局" for word in words.split()][:count]


def spread(values: Sequence[float], digits: int = 2) -> str:
    """Median and range, as every figure is told."""
    return f"{statistics.median(values):.{digits}f} ({min(values):.{digits}f}–{max(values):.{digits}f})"
