"""A long ledger imported, beside bare reading of the workbook and bulk insert of the same rows, in the same run.

    .venv/bin/python -m benchmarks.imports [rows] [rounds]     # 100000 rows, 3 rounds
    DATABASE_URL=postgres://… .venv/bin/python -m benchmarks.imports

Ours is what the command line and the screen do: the workbook is looked through (every cell read, every row tried on
the machine, doubles found), then every suggestion is booked: numbered, hashed, chained, findable. The floor reads
the same workbook with python-calamine and writes the rows that ours left behind (matters, acts, proposers, counter,
search index), which it is given beforehand, by executemany or COPY. Each side writes into tables that hold
nothing of the other, in one transaction; they take turns. Memory is the growth of a fresh process over what it had
before it opened the workbook, at a tenth of the rows and at all of them.
"""

from __future__ import annotations

import multiprocessing
import resource
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from benchmarks import ground

TODAY = date(2026, 3, 2)
DEPUTIES, BODIES = 300, 30
HEADER = (
    "编号", "届次", "标题", "建议内容", "领衔代表", "主办单位", "答复类别", "答复日期", "测评结果", "提出日期",
)  # fmt: skip
PLACES = ("城北片区", "均州路", "丹赵路", "右岸新城", "六里坪镇", "浪河镇", "习家店镇", "石鼓镇")
THINGS = (
    "人行天桥",
    "污水管网",
    "公交线路",
    "老旧小区",
    "农村公路",
    "中小学食堂",
    "停车位",
    "灌溉渠道",
)
TEXT = (
    "{place}群众多次反映，现有{thing}建成时间较早，设施老化，已不能满足需要，近两年由此引起的投诉明显增多。"
    "建议由{body}牵头，会同有关部门实地调查，{year}年内拿出方案，明确资金来源和完成时限，并把进展向群众公开。（第{number}件）"
)


def workbook(path: Path, count: int) -> None:
    """A ledger of so many suggestions, as offices keep them."""
    import xlsxwriter

    book = xlsxwriter.Workbook(path, {"constant_memory": True})
    sheet = book.add_worksheet("台账")
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    sheet.write_row(0, 0, HEADER)
    for place, row in enumerate(suggestions(count), 1):
        for column, cell in enumerate(row):
            sheet.write(place, column, cell, *([day] if isinstance(cell, date) else []))
    book.close()


def suggestions(count: int) -> Iterator[tuple[object, ...]]:
    deputies, bodies = ground.names(DEPUTIES), ground.body_names(BODIES)
    for number in range(1, count + 1):
        place, thing = PLACES[number % 8], THINGS[number // 8 % 8]
        body = bodies[number % BODIES]
        raised = date(2023, 1, 5) + timedelta(days=number % 700)
        by = "、".join(
            deputies[(number * step) % DEPUTIES] for step in (1, 7, 11)[: 1 + number % 3]
        )
        yield (
            number,
            f"第十八届第{'一二三四五'[number % 5]}次会议",
            f"关于加快{place}{thing}建设的建议之{number}",
            TEXT.format(place=place, thing=thing, body=body, year=raised.year, number=number),
            by,
            body,
            "ABC"[number % 3],
            raised + timedelta(days=80),
            ("满意", "基本满意", "满意", "不满意")[number % 4],
            raised,
        )


# Ours


def ours(congress: Any, path: Path) -> int:
    """Look through the workbook and book it; returns how many rows."""
    from bihuan.exchange import matters_in

    made = matters_in.plan(congress, "suggestions", path, TODAY)
    assert not made.rejected and not made.notices, (made.rejected[:3], made.notices[:3])
    return matters_in.commit(made, None, TODAY)[0]


# The floor


TABLES = ("matters_matter", "matters_act", "matters_proposer", "matters_counter")
INDEX = {
    "sqlite": ("rowid, title, body", ("rowid", "title", "body")),
    "postgresql": ("matter_id, part, CAST(body AS text)", ("matter_id", "part", "body")),
}
Rows = tuple[tuple[str, ...], list[tuple[Any, ...]]]


def left_behind(vendor: str) -> dict[str, Rows]:
    """Every row that ours left in the tables, as its database takes it."""
    plain, found = ground.bare(vendor), dict[str, Rows]()
    for table in TABLES:
        columns = _columns(plain, vendor, table)
        texts = [f"CAST({c} AS text)" if vendor == "postgresql" else c for c in columns]
        found[table] = columns, plain.execute(f"SELECT {', '.join(texts)} FROM {table}").fetchall()
    columns, names = INDEX[vendor]
    found["matters_index"] = names, plain.execute(f"SELECT {columns} FROM matters_index").fetchall()
    return found


def _columns(plain: Any, vendor: str, table: str) -> tuple[str, ...]:
    cursor = plain.execute(f"SELECT * FROM {table} LIMIT 0")
    return tuple(f'"{column[0]}"' for column in cursor.description)


def floor(vendor: str, path: Path, rows: dict[str, Rows]) -> int:
    """Read the workbook, write the rows."""
    from python_calamine import CalamineWorkbook

    read = sum(1 for _ in CalamineWorkbook.from_path(path).get_sheet_by_index(0).iter_rows())
    plain = ground.bare(vendor)
    plain.execute("BEGIN IMMEDIATE" if vendor == "sqlite" else "BEGIN")
    for table, (columns, values) in rows.items():
        if vendor == "sqlite":
            marks = ", ".join("?" * len(columns))
            plain.executemany(
                f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})", values
            )
            continue
        with plain.cursor().copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as stream:
            for row in values:
                stream.write_row(row)
    plain.execute("COMMIT")
    plain.close()
    return read - 1


def emptied(vendor: str) -> None:
    """The tables as before, also on disk, so that no side pays for what the other left."""
    from bihuan.matters import guard

    plain = ground.bare(vendor)
    tables = [*TABLES, "matters_index"]
    for statement in guard.removing(vendor):
        plain.execute(statement)
    if vendor == "sqlite":
        for table in reversed(tables):
            plain.execute(f"DELETE FROM {table}")
        plain.execute("VACUUM")
        plain.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    else:
        plain.execute(f"TRUNCATE {', '.join(tables)} CASCADE")
        plain.execute("CHECKPOINT")
    for statement in guard.installing(vendor):
        plain.execute(statement)
    plain.close()


# Turns, each in a process of its own


@dataclass(frozen=True)
class Turn:
    """Seconds by the clock and of the processor (of the process alone), megabytes of growth, and rows done."""

    seconds: float
    processor: float
    megabytes: float
    done: int


def apart(work: Callable[..., int], *given: Any) -> Turn:
    """One piece of work in a fresh process."""
    from django.db import connections

    connections.close_all()
    fork = multiprocessing.get_context("fork")
    told, asked = fork.Pipe()
    process = fork.Process(target=_measured, args=(asked, work, given))
    process.start()
    asked.close()
    answer: Turn = told.recv()
    process.join()
    return answer


def _measured(told: Any, work: Callable[..., int], given: Sequence[Any]) -> None:
    before, begun, busy = _largest(), time.perf_counter(), time.process_time()
    done = work(*given)
    seconds, processor = time.perf_counter() - begun, time.process_time() - busy
    told.send(Turn(seconds, processor, _largest() - before, done))


def _largest() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def reading(path: Path) -> int:
    """Only the workbook held open and gone through: what any reader needs."""
    from python_calamine import CalamineWorkbook

    return sum(1 for _ in CalamineWorkbook.from_path(path).get_sheet_by_index(0).iter_rows())


def verified() -> str:
    from bihuan.matters.verify import verify

    report = verify()
    return f"verify: {report.acts} acts, {len(report.broken)} broken"


def taken(side: str, vendor: str, congress: Any, path: Path, rows: dict[str, Rows]) -> Turn:
    """One side's turn on empty tables."""
    emptied(vendor)
    work = (ours, congress, path) if side == "ours" else (floor, vendor, path, rows)
    turn = apart(*work)
    print(f"    {side} {turn.seconds:.1f} s, of the processor {turn.processor:.1f} s", flush=True)
    return turn


def memory(name: str, turn: Turn, path: Path) -> None:
    bare = apart(reading, path)
    print(
        f"    memory at {name} rows: ours {turn.megabytes:.0f} MB, "
        f"the open workbook alone {bare.megabytes:.0f} MB",
        flush=True,
    )


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 3
    with ground.stand("imports") as vendor:
        from django.conf import settings

        congress = ground.cast(DEPUTIES, BODIES).congress
        few, path = (Path(settings.HOME) / f"{rows}.xlsx" for rows in (count // 10, count))
        workbook(few, count // 10)
        workbook(path, count)
        print(f"{vendor}, {count} suggestions, workbook of {path.stat().st_size / 1e6:.1f} MB")
        memory(str(count // 10), taken("ours", vendor, congress, few, {}), few)
        turns: dict[str, list[Turn]] = {"ours": [], "floor": []}
        turns["ours"].append(taken("ours", vendor, congress, path, {}))
        memory(str(count), turns["ours"][0], path)
        print(f"    {verified()}", flush=True)
        rows = left_behind(vendor)
        turns["floor"].append(taken("floor", vendor, congress, path, rows))
        for number in range(1, rounds):
            for side in sorted(turns, reverse=bool(number % 2)):
                turns[side].append(taken(side, vendor, congress, path, rows))
        told(turns)


def told(turns: dict[str, list[Turn]]) -> None:
    for what in ("seconds", "processor"):
        sides = [[getattr(one, what) for one in turns[side]] for side in ("ours", "floor")]
        ratios = [a / b for a, b in zip(*sides, strict=True)]
        print(
            f"    {what}: ours {ground.spread(sides[0], 1)}, floor {ground.spread(sides[1], 1)}, "
            f"ours : floor = {ground.spread(ratios)}"
        )


if __name__ == "__main__":
    main()
