"""All indicators of all institutions of all congresses, counted anew on the rows, beside one scan of the same tables.

    DATABASE_URL=… .venv/bin/python benchmarks/indicators.py [--rounds 3]

The scan reads every matter with its facts, every share with its facts, and the acts that fill in a field that an
indicator adds up: once each, in SQL. Both are run turn about; the time is what this process and its database
backends ran (parallel workers are switched off for both), and the clock beside it. Totals are not used: it is
the count over all congresses that `./bihuan count --check` holds the totals against.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "src"), str(Path(__file__).parent)]
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bihuan.settings")

import django  # noqa: E402

django.setup()

from django.db import connection  # noqa: E402
from django.utils import timezone  # noqa: E402
from ground import spread  # noqa: E402
from pages import _backend, _run_time  # noqa: E402

from bihuan.matters import house  # noqa: E402
from bihuan.matters.models import Matter  # noqa: E402
from bihuan.measures.everywhere import everywhere  # noqa: E402
from bihuan.measures.indicators import figures_of  # noqa: E402
from bihuan.people.models import Congress  # noqa: E402

WANTED = 3.0


def recompute() -> int:
    """Every figure of every institution of every congress; returns how many figures."""
    congresses, figures = list(Congress.objects.order_by("pk")), 0
    for whole in everywhere(house.institutions().values(), timezone.localdate()):
        for congress in congresses:
            ground = whole.of(congress)
            figures += len(list(figures_of(ground)))
            figures += sum(len(ground.by_body(each)) for each in ground.indicators("body"))
    return figures


def scan() -> int:
    """One scan of the same tables."""
    kinds = sorted(
        {
            act.id
            for one in house.institutions().values()
            for indicator in one.indicators
            if indicator.sum
            for act in one.acts
            if any(field.name == indicator.sum for field in one.fields_of(act.id))
        }
    )
    text = "CAST({} AS text)"
    with connection.cursor() as cursor:
        for table in ("matters_matter", "matters_assignment"):
            cursor.execute(f"SELECT sum(length({text.format('facts')})) FROM {table}")
        marks = ", ".join(["%s"] * len(kinds))
        cursor.execute(
            f"SELECT sum(length({text.format('data')})) FROM matters_act WHERE kind IN ({marks})",
            kinds,
        )
        return int(cursor.fetchone()[0] or 0)


def main() -> None:
    """Run both in turn and print the ratio."""
    words = argparse.ArgumentParser()
    words.add_argument("--rounds", type=int, default=3)
    rounds = words.parse_args().rounds
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET max_parallel_workers_per_gather = 0")
    backend = _backend(connection)
    taken: dict[str, list[tuple[float, float]]] = {"scan": [], "recompute": []}
    for _round in range(rounds):
        for work in (scan, recompute):
            ran, began = _ran(backend), time.perf_counter()
            work()
            told = (time.perf_counter() - began, (_ran(backend) - ran) / 1e9)
            taken[work.__name__].append(told)
            print(
                f"  {work.__name__:10} {told[0]:8.1f} s on the clock, {told[1]:8.1f} s run",
                flush=True,
            )
    for name, told in taken.items():
        print(
            f"{name}: clock {spread([c for c, _ in told])} s, run {spread([r for _, r in told])} s"
        )
    ratio = median(r for _, r in taken["recompute"]) / median(r for _, r in taken["scan"])
    clock = median(c for c, _ in taken["recompute"]) / median(c for c, _ in taken["scan"])
    print(f"{Matter.objects.count():,} matters: recomputed in {ratio:.2f} × one scan (run), {clock:.2f} × on the"
          f" clock; at most {WANTED:.0f} wanted; load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")  # fmt: skip


def _ran(backend: str) -> int:
    return sum(_run_time(pid) for pid in ("self", backend) if pid)


if __name__ == "__main__":
    main()
