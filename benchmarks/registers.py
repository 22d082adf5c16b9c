"""A register of meetings looked through and booked: what it costs to hold each row of the running year against checks.

    .venv/bin/python -m benchmarks.registers [rows] [rounds]     # 4000 rows, 3 rounds
    DATABASE_URL=postgres://… .venv/bin/python -m benchmarks.registers

Three workbooks of the same rows: all of years gone by (nothing is asked of any check), one row in eight of the running
year, and all of the running year, each calling three townships. Seconds are of the processor, which
others on the machine disturb least. In the last, one meeting in ten goes on too long and townships are asked for more
than the place allows itself: every such row is told before anything is written.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from benchmarks import ground

TODAY = date(2026, 11, 2)
TOWNSHIPS = 20
HEADER = (
    "会议名称",
    "会议类别",
    "主办单位",
    "召开日期",
    "参会单位",
    "要求报送的材料",
    "实际时长（分钟）",
    "参会人数",
)
KINDS = ("一般性会议", "一般性会议", "一般性会议", "专题研讨会")
SPREADS = {"past": 0, "an eighth": 8, "this year": 1}


def meetings(count: int, nth: int) -> Iterator[tuple[object, ...]]:
    """So many meetings; every `nth` of them in the running year (0: none)."""
    for number in range(count):
        now = nth and number % nth == 0
        first = date(2026 if now else 2015 + number % 10, 1, 5)
        units = [f"第{(number * step + step) % TOWNSHIPS + 1}镇" for step in (1, 3, 7)]
        yield (
            f"第{number + 1}次调度会",
            KINDS[number % 4],
            f"第{number % 7 + 1}办公室",
            (first + timedelta(days=number * 7 % 290)).isoformat(),
            "、".join(dict.fromkeys(units)),
            f"第{number}号名册" if number % 5 == 0 else "",
            100 if number % 10 == 0 and KINDS[number % 4] != "专题研讨会" else 60,
            40,
        )


def workbook(path: Path, count: int, nth: int) -> None:
    import xlsxwriter

    book = xlsxwriter.Workbook(path, {"constant_memory": True})
    sheet = book.add_worksheet("台账")
    for place, row in enumerate([HEADER, *meetings(count, nth)]):
        sheet.write_row(place, 0, row)
    book.close()


def taken(congress: Any, path: Path) -> tuple[float, float, int]:
    """Processor seconds to look through and to book, and how many rows a check spoke of. Nothing is kept."""
    from django.db import transaction

    from bihuan.exchange import matters_in

    begun = time.process_time()
    made = matters_in.plan(congress, "meetings", path, TODAY)
    assert not made.rejected, made.rejected[:3]
    looked = time.process_time()
    with transaction.atomic():
        matters_in.commit(made, None, TODAY, answer=matters_in.Answer("补录历年台账"))
        booked = time.process_time()
        transaction.set_rollback(True)
    return looked - begun, booked - looked, made.cautioned


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 4000
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 3
    with ground.stand("registers") as vendor:
        from django.conf import settings

        from bihuan.people.models import Body

        congress = ground.cast().congress
        for number in range(1, TOWNSHIPS + 1):
            Body.objects.create(congress=congress, name=f"第{number}镇", kind="township")
        print(f"{vendor}, {count} meetings")
        for name, nth in SPREADS.items():
            path = Path(settings.HOME) / f"{nth}.xlsx"
            workbook(path, count, nth)
            turns = [taken(congress, path) for _ in range(rounds)]
            looked, booked = ([turn[n] for turn in turns] for n in (0, 1))
            print(
                f"    {name}: looked through {ground.spread(looked, 2)} s, booked {ground.spread(booked, 2)} s, "
                f"{turns[0][2]} rows with a caution",
                flush=True,
            )


if __name__ == "__main__":
    main()
