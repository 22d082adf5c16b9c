"""All checks over many rows, against one scan of the same table: `python benchmarks/checks.py [rows]`.

Uses the database of a home of its own (a temporary folder) unless DATABASE_URL is set to an empty one.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from datetime import date, timedelta
from random import Random

ROWS = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
os.environ.setdefault("BIHUAN_HOME", tempfile.mkdtemp())
os.environ["DJANGO_SETTINGS_MODULE"] = "bihuan.settings"

import django  # noqa: E402

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402

from bihuan.findings import books  # noqa: E402
from bihuan.findings.run import found  # noqa: E402
from bihuan.matters import house  # noqa: E402
from bihuan.matters.models import Matter  # noqa: E402
from bihuan.people.models import Congress  # noqa: E402

END, YEAR = date(2026, 12, 31), 2026
KEYS = ("paperwork", "meetings", "inspections", "powers")


def row(key: str, number: int, chance: Random) -> Matter:
    """One row of a year without anything wrong in it, as nearly all rows are."""
    day = date(YEAR, 1, 1) + timedelta(days=number % 365)
    facts = {
        "paperwork": {"issued_on": str(day), "inside": number % 2 == 0, "length": chance.randint(300, 4900)},
        "meetings": {"held_on": str(day), "minutes": 60, "attending": 50, "accompanying": 4, "basic": 3},
        "inspections": {"began_on": str(day), "visit_kind": "检查", "noticed_on": str(day), "units": ["1"]},
        "powers": {"on": str(day), "power_kind": "下放事项", "quality": "达标", "real_days": 5},
    }[key]  # fmt: skip
    state = {"paperwork": "issued", "powers": "delegated", "inspections": "reported"}.get(
        key, "recorded"
    )
    return Matter(
        congress_id=1, institution=key, year=YEAR, title=f"{key} {number}", state=state, phase="closed",
        since=day, raised_on=day, facts=facts,
    )  # fmt: skip


def fill() -> Congress:
    """The congress and its rows."""
    congress = Congress.objects.create(
        pk=1, name="试", short_name="试", level="county", area="420381"
    )
    chance = Random(1)
    for key in KEYS:
        rows = (row(key, number, chance) for number in range(ROWS // len(KEYS)))
        Matter.objects.bulk_create(rows, batch_size=5000)
    return congress


def scan() -> float:
    """One scan in SQL that looks at one fact of every row."""
    begun = time.perf_counter()
    Matter.objects.filter(facts__length__gte=1_000_000).count()
    return time.perf_counter() - begun


def main() -> None:
    """Fill, scan, check, tell."""
    call_command("migrate", verbosity=0)
    congress = fill()
    once = min(scan() for _ in range(3))
    print(f"{connection.vendor} · {ROWS:,} rows · one scan {once:.2f} s")
    whole = 0.0
    for key in KEYS:
        one = house.institution(key)
        for check in one.checks:
            begun = time.perf_counter()
            told = found(congress, one, check, books.Kept(congress, one, YEAR), END)
            took = time.perf_counter() - begun
            whole += took
            print(f"  {key}.{check.id}: {took:.2f} s, {len(told)} found")
    print(f"all checks {whole:.2f} s = {whole / once:.1f} × one scan")


if __name__ == "__main__":
    main()
