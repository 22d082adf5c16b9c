"""Durable acts a second, beside the same rows written by bare SQL in one transaction each, in the same run.

    .venv/bin/python -m benchmarks.acts [clients …]        # 1 and 16 when none are named
    DATABASE_URL=postgres://… .venv/bin/python -m benchmarks.acts

Ours is `matters.act` as the screens call it, with tokens and the count of acts seen: each client brings its own
suggestions from raising to rating. The floor knows beforehand what to write: one suggestion is played first, and
every row that each act left behind (act, matter, shares, proposers, counter, search index) is kept; then the floor
writes exactly these rows again for new suggestions, changed columns only, one transaction an act, through sqlite3
or psycopg alone. Same tables, indexes, triggers and durability. Both take turns, round by round.
"""

from __future__ import annotations

import multiprocessing
import os
import secrets
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from benchmarks import ground

ROUNDS, ACTS_A_ROUND = 7, 432
DAY = date(2026, 3, 2)
TEXT = (
    "城北片区有三所学校，上下学时段行人与车辆交织，路口没有人行天桥，学生过街危险。近两年该路口发生事故十余起，"
    "家长和社区多次反映。建议由交通部门牵头，会同财政、住建等部门，在路口修建人行天桥一座，并完善标志标线和照明，"
    "在建成以前安排人员在早晚高峰疏导。"
)
REPLY = (
    "您提出的建议收悉，经会同有关单位研究，现答复如下：一、已委托设计单位完成方案设计，桥位选在学校东门以北五十米；"
    "二、所需经费已列入今年的城建计划；三、2026年12月底前建成开放。在此以前，交警部门每日安排两名民警在早晚高峰疏导。"
)


def story(cast: ground.Cast) -> list[tuple[str, Any, Mapping[str, Any], str]]:
    """A suggestion from raising to rating: act, who, what is filled in, on which share."""
    from bihuan.matters.act import Doer

    clerk = Doer("clerk", cast.clerk)
    deputy = Doer("deputy", cast.deputy)
    proposer = Doer("proposer", cast.deputy)
    body = Doer("lead_body", cast.contact, str(cast.lead))
    co = Doer("co_body", cast.co_contact, str(cast.co))
    shares = [
        {"body": str(cast.lead.pk), "person": "周建国", "kind": "lead"},
        {"body": str(cast.co.pk), "person": "吴秀英", "kind": "co"},
    ]
    said = {"title": "关于修建城北人行天桥的建议", "text": TEXT, "source": "闭会期间"}
    return [
        ("raise", deputy, said, ""),
        ("submit", proposer, {}, ""),
        ("accept", clerk, {}, ""),
        ("hand_over", clerk, {"assignments": shares}, ""),
        ("acknowledge", body, {}, "1"),
        ("acknowledge", co, {}, "2"),
        ("opine", co, {"opinion": "同意，经费从城建资金中安排。"}, "2"),
        ("reply", body, {"category": "B", "reply_text": REPLY}, "1"),
        ("rate", proposer, {"attitude": "满意", "result": "满意"}, ""),
    ]


class Ours:
    """The program's own acts."""

    def __init__(self, cast: ground.Cast) -> None:
        from bihuan.matters.act import Proposing

        self.cast, self.steps = cast, story(cast)
        self.proposing = [Proposing(seat.person.name, seat) for seat in cast.seats]

    def play(self, after: Callable[[int], object] = lambda matter: None) -> int:
        """One suggestion; `after` is called with its key after each act."""
        from bihuan.matters.act import act, raise_matter

        (first, doer, said, _), *others = self.steps
        made: Any = raise_matter(
            self.cast.congress, "suggestions", first, doer, DAY, said,
            proposers=self.proposing, token=token(),
        )  # fmt: skip
        after(made.pk)
        for seen, (name, who, data, share) in enumerate(others, 1):
            day = DAY + timedelta(days=seen)
            done: Any = act(made.pk, name, who, day, data, share=share, token=token(), seen=seen)
            assert hasattr(done, "hash"), done
            after(made.pk)
        return len(self.steps)


def token() -> str:
    return secrets.token_urlsafe(24)


# The floor


TABLES = {
    "matters_matter": "id = {0}",
    "matters_act": "matter_id = {0}",
    "matters_assignment": "matter_id = {0}",
    "matters_proposer": "matter_id = {0}",
    "matters_counter": "1 = 1",
}
INDEX = {
    "sqlite": ("rowid AS id, title, body", "rowid = {0}"),
    "postgresql": ("matter_id, part, CAST(body AS text) AS body", "matter_id = {0}"),
}


@dataclass(frozen=True)
class Write:
    """One row as an act left it: new, or the columns that changed."""

    table: str
    key: Any
    row: Mapping[str, Any]
    new: bool


class Recorder:
    """What each act of one suggestion left behind in the tables."""

    def __init__(self, vendor: str) -> None:
        self.vendor, self.plain = vendor, ground.bare(vendor)
        self.before = self._snapshot(0)
        self.trail: list[list[Write]] = []

    def note(self, matter: int) -> None:
        now = self._snapshot(matter)
        writes = [_write(key, row, self.before.get(key)) for key, row in now.items()]
        self.trail.append([one for one in writes if one.row])
        self.before = now

    def _snapshot(self, matter: int) -> dict[tuple[str, Any], dict[str, Any]]:
        columns, where = INDEX[self.vendor]
        asked = [(table, "*", which) for table, which in TABLES.items()]
        found = {}
        for table, what, which in [*asked, ("matters_index", columns, where)]:
            cursor = self.plain.execute(f"SELECT {what} FROM {table} WHERE {which.format(matter)}")
            names = [column[0] for column in cursor.description]
            for values in cursor.fetchall():
                row = dict(zip(names, values, strict=True))
                key = row.pop("id") if "id" in row else (row["matter_id"], row["part"])
                found[table, key] = row
        return found


def _write(key: tuple[str, Any], row: dict[str, Any], old: Mapping[str, Any] | None) -> Write:
    kept = old or {}
    changed = {name: value for name, value in row.items() if old is None or kept[name] != value}
    return Write(*key, changed, old is None)


class Floor:
    """The recorded rows, written again for one new suggestion after the other."""

    def __init__(self, vendor: str, trail: Iterable[list[Write]]) -> None:
        self.vendor, self.trail = vendor, list(trail)
        self.plain = ground.bare(vendor)
        self.matter = next(one.key for one in self.trail[0] if one.table == "matters_matter")
        self.begin = "BEGIN IMMEDIATE" if vendor == "sqlite" else "BEGIN"
        self.mark = "?" if vendor == "sqlite" else "%s"

    def play(self) -> int:
        keys: dict[tuple[str, Any], Any] = {}
        for writes in self.trail:
            self.plain.execute(self.begin)
            for one in sorted(writes, key=lambda one: one.table != "matters_matter"):
                self._put(one, keys)
            self.plain.execute("COMMIT")
        return len(self.trail)

    def _put(self, one: Write, keys: dict[tuple[str, Any], Any]) -> None:
        matter = keys.get(("matters_matter", self.matter))
        row = {name: self._value(one, name, value, matter) for name, value in one.row.items()}
        if not one.new:
            key = (
                one.key if one.table == "matters_index" else keys.get((one.table, one.key), one.key)
            )
            return self._update(one.table, row, key, matter)
        if one.table == "matters_index" and self.vendor == "sqlite":
            row = {"rowid": matter, **row}
        keys[one.table, one.key] = self._insert(one.table, row)

    def _value(self, one: Write, name: str, value: Any, matter: Any) -> Any:
        if name == "matter_id":
            return matter
        if name == "token":
            return token()
        if self.vendor == "postgresql" and isinstance(value, dict | list):
            from psycopg.types.json import Jsonb

            return Jsonb(value)
        return value

    def _insert(self, table: str, row: Mapping[str, Any]) -> Any:
        marks = ", ".join(self._mark(table, name) for name in row)
        sql = f"INSERT INTO {table} ({', '.join(map(_quoted, row))}) VALUES ({marks})"
        if self.vendor == "postgresql" and table != "matters_index":
            return self.plain.execute(f"{sql} RETURNING id", tuple(row.values())).fetchone()[0]
        return getattr(self.plain.execute(sql, tuple(row.values())), "lastrowid", None)

    def _update(self, table: str, row: Mapping[str, Any], key: Any, matter: Any) -> None:
        sets = ", ".join(f"{_quoted(name)} = {self._mark(table, name)}" for name in row)
        where, which = f"id = {self.mark}", (key,)
        if table == "matters_index":
            where, which = f"rowid = {self.mark}", (matter,)
            if self.vendor == "postgresql":
                where, which = "matter_id = %s AND part = %s", (matter, key[1])
        self.plain.execute(f"UPDATE {table} SET {sets} WHERE {where}", (*row.values(), *which))

    def _mark(self, table: str, name: str) -> str:
        vector = self.vendor == "postgresql" and (table, name) == ("matters_index", "body")
        return "CAST(%s AS tsvector)" if vector else self.mark


def _quoted(name: str) -> str:
    return f'"{name}"'


# Clients


def client(vendor: str, cast: ground.Cast, trail: list[list[Write]], orders: Any) -> None:
    """A process that plays as many suggestions as it is told, by one side or the other."""
    sides = {"ours": Ours(cast), "floor": Floor(vendor, trail)}
    for side in sides.values():
        side.play()
    orders.send(0)
    while order := orders.recv():
        side, count = order
        for _ in range(count):
            sides[side].play()
        orders.send(count * len(trail))


class Clients:
    """So many processes, told together and waited for together."""

    def __init__(self, count: int, *what: Any) -> None:
        from django.db import connections

        connections.close_all()
        fork = multiprocessing.get_context("fork")
        self.pipes = []
        for _ in range(count):
            ours, theirs = fork.Pipe()
            fork.Process(target=client, args=(*what, theirs), daemon=True).start()
            self.pipes.append(ours)
        self._wait()

    def rate(self, side: str, matters: int) -> float:
        """Acts a second of all clients together."""
        begun = time.perf_counter()
        for pipe in self.pipes:
            pipe.send((side, matters))
        done = self._wait()
        return done / (time.perf_counter() - begun)

    def close(self) -> None:
        for pipe in self.pipes:
            pipe.send(None)

    def _wait(self) -> int:
        return sum(pipe.recv() for pipe in self.pipes)


def measure(count: int, vendor: str, cast: ground.Cast, trail: list[list[Write]]) -> None:
    clients = Clients(count, vendor, cast, trail)
    matters = max(1, ACTS_A_ROUND // len(trail) // count)
    rates: dict[str, list[float]] = {"ours": [], "floor": []}
    for number in range(ROUNDS):
        for side in sorted(rates, reverse=bool(number % 2)):
            rates[side].append(clients.rate(side, matters))
    clients.close()
    ratios = [100 * a / b for a, b in zip(rates["ours"], rates["floor"], strict=True)]
    print(f"{count} client(s), {matters * count * len(trail)} acts a round, {ROUNDS} rounds")
    print(f"    ours  {ground.spread(rates['ours'], 0)} acts/s")
    print(f"    floor {ground.spread(rates['floor'], 0)} transactions/s")
    print(f"    ours : floor = {ground.spread(ratios, 0)} %", flush=True)


def durability(vendor: str) -> str:
    plain = ground.bare(vendor)
    if vendor == "sqlite":
        kept = [plain.execute(f"PRAGMA {p}").fetchone()[0] for p in ("journal_mode", "synchronous")]
        return f"SQLite, journal {kept[0]}, synchronous {kept[1]}"
    kept = [plain.execute(f"SHOW {p}").fetchone()[0] for p in ("fsync", "synchronous_commit")]
    return f"PostgreSQL, fsync {kept[0]}, synchronous_commit {kept[1]}"


def main() -> None:
    counts = [int(word) for word in sys.argv[1:]] or [1, 16]
    with ground.stand("acts") as vendor:
        cast = ground.cast()
        recorder, ours = Recorder(vendor), Ours(cast)
        ours.play()
        recorder = Recorder(vendor)
        ours.play(recorder.note)
        rows = [len(writes) for writes in recorder.trail]
        print(f"{durability(vendor)}; {os.cpu_count()} cores; rows an act: {rows}")
        for count in counts:
            measure(count, vendor, cast, recorder.trail)


if __name__ == "__main__":
    main()
