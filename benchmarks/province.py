"""A province in an empty database: matters of a real loop, multiplied over some 130 congresses.

    DATABASE_URL=postgres://… .venv/bin/python benchmarks/province.py --matters 1000000

First a congress is played through the program's own doors (the demo: every institution, five years, some 1,300
matters with their acts). Then whole families of matters (a matter and what it opened) are copied into congresses
drawn by weight, each copy with its own keys, number, title, days (finished ones up to four years earlier) and
bodies, until there are as many as asked for. What a copy keeps: the words of texts and replies.

Every copied act is hashed anew over its own row and the act before it, and the last act of a matter covers the
matter's row and its shares: `./bihuan verify` accepts the result. There are no seals.

The largest congress holds a fifth (`--largest`), thirteen cities two in a hundred each, the rest is spread
evenly over the counties. Families are drawn in one shuffled order, so that the rows of a congress lie scattered
as they would have been written. PostgreSQL: tables are filled without a write-ahead log and without indexes,
which are made afterwards; what is read is the same.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import re
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "src"))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bihuan.settings")

import django  # noqa: E402

django.setup()

import rfc8785  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.db.models import Model  # noqa: E402
from django.utils import timezone  # noqa: E402

from bihuan.matters import search  # noqa: E402
from bihuan.matters.chain import FIRST, MATTER_ROW, SHARE_ROW, _plain, covered  # noqa: E402
from bihuan.matters.models import Act, Assignment, Counter, Matter, Proposer  # noqa: E402
from bihuan.people.models import (  # noqa: E402
    Appointment,
    Body,
    Congress,
    Delegation,
    Grant,
    Person,
    Seat,
    Session,
    Term,
    User,
)

PEOPLE = (
    Congress, Term, Session, Body, Person, Appointment, Delegation, Seat, User, Grant,
)  # fmt: skip
MATTERS = (Matter, Assignment, Act, Proposer)
HOUSE = (*PEOPLE, Counter)
"""What is copied once a congress; the keys of matters lie after those of people, the counters' last."""
FIRST_KEY, WIDTH = 710_000_000, 10_000_000
"""Keys of the played congress lie where no other number in its rows does, ten million a table apart."""
CONGRESSES, CITIES = 131, 13
ACTS_A_MATTER = 10
NUMBER, TITLE, HASH, PREVIOUS, ROWS, YEAR = "@@N@@", "@@T@@", "@@H@@", "@@P@@", "@@R@@", 869_999_999
TOKEN = re.compile(
    r"@@[NTHPR]@@|(?<![\w-])(?:7[1-9]|8[0-6])\d{7}(?!\w)|(?<!\d)20\d\d-[01]\d-[0-3]\d(?!\d)"
)
WARDS = [f"{a}{b}社区" for a in "东西南北新安福和平康" for b in "山湖桥塘岭河坝街"]
BATCH = 400


# The congress that is played


def play() -> None:
    """Play the demo with keys that are found again in any row."""
    from bihuan.demo.build import build

    with connection.cursor() as cursor:
        for place, model in enumerate((*PEOPLE, *MATTERS, Counter)):
            _begin_keys(cursor, model, FIRST_KEY + place * WIDTH)
    build(timezone.localdate())


def _begin_keys(cursor: Any, model: type[Model], first: int) -> None:
    table = model._meta.db_table
    if connection.vendor == "postgresql":
        cursor.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), {first})")
    else:
        cursor.execute("DELETE FROM sqlite_sequence WHERE name = %s", [table])
        cursor.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", [table, first])


# Rows as patterns


class Pattern:
    """A text of which keys, days and the like are to be filled in for each copy."""

    def __init__(self, text: str, known: set[int]) -> None:
        pieces: list[str] = []
        self.asked: list[str] = []
        end = 0
        for found in TOKEN.finditer(text):
            word = found.group()
            if word.isdecimal() and int(word) != YEAR and int(word) not in known:
                continue
            pieces.append(text[end : found.start()].replace("%", "%%"))
            self.asked.append(word)
            end = found.end()
        pieces.append(text[end:].replace("%", "%%"))
        self.text = "%s".join(pieces)

    def fill(self, words: dict[str, str]) -> str:
        return self.text % tuple([words[word] for word in self.asked])


def line(row: Model) -> str:
    """A row as PostgreSQL's COPY reads it."""
    fields = row._meta.concrete_fields
    return "\t".join(_column(f.get_internal_type(), getattr(row, f.attname)) for f in fields)


def _column(kind: str, value: Any) -> str:
    if value is None:
        return "\\N"
    if kind == "JSONField":
        value = json.dumps(value, ensure_ascii=False)
    elif isinstance(value, bool):
        return "t" if value else "f"
    text = str(value)
    return text.replace("\\", "\\\\").replace("\n", "\\n").replace("\t", "\\t").replace("\r", "\\r")


class Story:
    """A matter ready to be copied: its row, shares, proposers and acts."""

    def __init__(self, matter: Matter, known: set[int]) -> None:
        self.key, self.title, self.year = matter.pk, matter.title, matter.year
        self.shares = list(matter.assignments.all())
        self.own_proposers = list(matter.proposers.all())
        rows = list(matter.acts.order_by("seq"))
        self.keys = [row.pk for row in (*self.shares, *self.own_proposers, *rows)]
        self.open = matter.phase in ("pending", "handling")
        self.years = 0 if self.open else 4
        _mark(matter, self.title)
        shares = [_plain(s, SHARE_ROW) for s in sorted(self.shares, key=lambda s: s.key)]
        standing = {"matter": _plain(matter, MATTER_ROW), "shares": shares}
        self.standing = Pattern(rfc8785.dumps(standing).decode(), known)
        matter.head = HASH
        self.row = Pattern(line(matter), known)
        self.beside = [
            (type(row)._meta.db_table, Pattern(line(row), known))
            for row in (*self.shares, *self.own_proposers)
        ]
        self.acts = [self._act(row, row is rows[-1], known) for row in rows]

    def _act(self, row: Act, last: bool, known: set[int]) -> tuple[Pattern, Pattern]:
        row.previous, row.token = PREVIOUS, ""
        row.data, row.outcome = _retitled(row.data, self.title), _retitled(row.outcome, self.title)
        if row.outcome.get("number"):
            row.outcome["number"] = NUMBER
        if "year" in row.outcome:
            row.outcome["year"] = YEAR
        if last:
            row.outcome["rows"] = ROWS
        whole = Pattern(rfc8785.dumps(covered(row)).decode(), known)
        row.hash = HASH
        return whole, Pattern(line(row), known)


def _mark(matter: Matter, title: str) -> None:
    matter.title += TITLE
    matter.number = NUMBER if matter.number else ""
    matter.year = YEAR
    matter.facts = _retitled(matter.facts, title)


def _retitled(value: Any, title: str) -> Any:
    if isinstance(value, dict):
        return {k: _retitled(v, title) for k, v in value.items()}
    if isinstance(value, list):
        return [_retitled(each, title) for each in value]
    return value + TITLE if value == title and title else value


def families(known: set[int]) -> list[list[Story]]:
    """Each matter with what it opened; what was joined with another stays out."""
    joined = set(Proposer.objects.exclude(joined_from=None).values_list("matter_id", flat=True))
    joined |= set(Proposer.objects.exclude(joined_from=None).values_list("joined_from", flat=True))
    kin: dict[int, list[Matter]] = defaultdict(list)
    parents = dict(Matter.objects.values_list("pk", "parent"))
    for matter in Matter.objects.order_by("pk"):
        key = matter.pk
        while parents[key]:
            key = parents[key]
        kin[key].append(matter)
    whole = [rows for rows in kin.values() if not joined & {row.pk for row in rows}]
    without_files = [rows for rows in whole if not any(row.attachments.exists() for row in rows)]
    return [[Story(row, known) for row in rows] for rows in without_files]


def weights(kin: list[list[Story]]) -> list[float]:
    """How often each family is drawn: equally, but long stories oftener until a matter has ten acts."""
    sizes = [(len(rows), sum(len(row.acts) for row in rows)) for rows in kin]
    power = 0.0
    while power < 6:
        drawn = [(acts / rows) ** power for rows, acts in sizes]
        acts = sum(w * acts for w, (_, acts) in zip(drawn, sizes, strict=True))
        if acts >= ACTS_A_MATTER * sum(w * n for w, (n, _) in zip(drawn, sizes, strict=True)):
            break
        power += 0.05
    return drawn


# Copying


class Copier:
    """Copies families into congresses: yields (table, lines) to be written."""

    def __init__(self, kin: list[list[Story]], place: int, places: int, largest: float) -> None:
        self.kin, self.weights = kin, weights(kin)
        self.chance = Random(20261127 + place)
        self.step, self.next = places, {model: place + 1 for model in MATTERS}
        self.congresses = shares_of_congresses(largest)
        self.days: dict[int, dict[str, str]] = {}
        self.people: dict[int, dict[str, str]] = {}
        self.numbers: dict[tuple[int, int], int] = defaultdict(lambda: place)
        self.known_people = [str(key) for model in HOUSE for key in _keys(model)]

    def copy(self, matters: int) -> Iterator[dict[str, list[str]]]:
        """Lines by table, a batch at a time."""
        made, lines = 0, _no_lines()
        while made < matters:
            kin = self.chance.choices(self.kin, self.weights, k=BATCH)
            where = self.chance.choices(*self.congresses, k=BATCH)
            for rows, congress in zip(kin, where, strict=True):
                self._family(rows, congress, lines)
                made += len(rows)
                if made >= matters:
                    break
            yield lines
            lines = _no_lines()

    def _family(self, rows: list[Story], congress: int, lines: dict[str, list[str]]) -> None:
        years = self.chance.randint(0, 4) if not any(row.open for row in rows) else 0
        days = 364 * years + self.chance.randint(0, 20)
        words = _Words(self.days_of(days), self.people_of(congress))
        for row in rows:
            words[str(row.key)] = self._key(Matter)
        for row in rows:
            self._matter(row, congress, years, words, lines)

    def _matter(
        self, row: Story, congress: int, years: int, words: dict[str, str], lines: Any
    ) -> None:
        year = row.year - years
        self.numbers[congress, year] += self.step
        ward = f"（{self.chance.choice(WARDS)}{self.chance.randint(1, 40)}组）"
        words |= {NUMBER: str(self.numbers[congress, year]), TITLE: ward, str(YEAR): str(year)}
        for key in row.keys:
            words[str(key)] = self._key(MATTERS[(key - FIRST_KEY) // WIDTH - len(PEOPLE)])
        words[ROWS], words[PREVIOUS] = _sha(row.standing.fill(words)), FIRST
        for whole, pattern in row.acts:
            words[HASH] = _sha(whole.fill(words))
            lines[ACT].append(pattern.fill(words))
            words[PREVIOUS] = words[HASH]
        lines[MATTER].append(row.row.fill(words))
        for table, pattern in row.beside:
            lines[table].append(pattern.fill(words))
        key, number = words[str(row.key)], words[NUMBER]
        vector = search._vector(search.tokens(f"{number} {row.title}{ward}"), "A")
        lines["titles"].append(f"{key}\t{row.key}\t{vector}")

    def _key(self, model: type[Model]) -> str:
        key = self.next[model]
        self.next[model] = key + self.step
        return str(key)

    def people_of(self, congress: int) -> dict[str, str]:
        if congress not in self.people:
            self.people[congress] = {
                key: str(congress * 10_000 + int(key) % WIDTH) for key in self.known_people
            }
        return self.people[congress]

    def days_of(self, back: int) -> dict[str, str]:
        if back not in self.days:
            self.days[back] = _Days(back)
        return self.days[back]

    def people_lines(self, congress: int) -> Iterator[tuple[str, list[str]]]:
        """Everybody of a congress, as rows."""
        known = {int(key) for key in self.known_people}
        words = _Words(self.days_of(0), self.people_of(congress))
        for model in HOUSE:
            rows = list(model._default_manager.order_by("pk"))
            for row in rows:
                _renamed(row, congress)
            yield (
                model._meta.db_table,
                [Pattern(line(row), known).fill(words) for row in rows],
            )


MATTER, ACT = Matter._meta.db_table, Act._meta.db_table


def _no_lines() -> dict[str, list[str]]:
    return {**{model._meta.db_table: [] for model in MATTERS}, "titles": []}


def _renamed(row: Model, congress: int) -> None:
    if isinstance(row, Congress):
        row.name, row.short_name = f"第{congress}号{row.name}", f"{congress}号市人大"
    elif isinstance(row, User):
        row.username = f"c{congress}_{row.username}"


class _Words(dict[str, str]):
    """What is filled in for a copy: its own words, then days, then people."""

    def __init__(self, days: dict[str, str], people: dict[str, str]) -> None:
        self.days, self.people = days, people

    def __missing__(self, word: str) -> str:
        return self.people.get(word) or self.days[word]


class _Days(dict[str, str]):
    """Days so many days earlier, each reckoned once; what only looks like a day stays."""

    def __init__(self, back: int) -> None:
        self.back = timedelta(days=back)

    def __missing__(self, word: str) -> str:
        try:
            day = (date.fromisoformat(word) - self.back).isoformat()
        except ValueError:
            day = word
        self[word] = day
        return day


def _sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _keys(model: type[Model]) -> Iterable[int]:
    return model._default_manager.values_list("pk", flat=True)


def shares_of_congresses(largest: float) -> tuple[list[int], list[float]]:
    """Congresses by number and which part of the matters each holds."""
    cities = min(0.02, (1 - largest) / (2 * CITIES))
    counties = (1 - largest - CITIES * cities) / (CONGRESSES - 1 - CITIES)
    parts = [largest] + [cities] * CITIES + [counties] * (CONGRESSES - 1 - CITIES)
    return list(range(1, CONGRESSES + 1)), parts


# Writing


Writer = Callable[[str, list[str]], None]
COLUMNS = {
    model._meta.db_table: "("
    + ", ".join(f'"{f.column}"' for f in model._meta.concrete_fields)
    + ")"
    for model in (*HOUSE, *MATTERS)
} | {"province_titles": "(id, seed, vector)"}
LARGEST = 10_001


def copy_to_postgresql(table: str, lines: list[str]) -> None:
    """Rows by COPY."""
    connection.ensure_connection()
    with (
        connection.connection.cursor() as cursor,
        cursor.copy(f"COPY {table} {COLUMNS[table]} FROM STDIN") as copy,
    ):
        copy.write("\n".join(lines) + "\n")


def insert_into_sqlite(table: str, lines: list[str]) -> None:
    """Rows by INSERT."""
    rows = [[_read(word) for word in one.split("\t")] for one in lines]
    places = ", ".join("?" * len(rows[0]))
    connection.ensure_connection()
    connection.connection.cursor().executemany(
        f"INSERT INTO {table} {COLUMNS[table]} VALUES ({places})", rows
    )


_PLAIN = {"\\N": None, "t": 1, "f": 0}
_ESCAPED = {"\\n": "\n", "\\t": "\t", "\\r": "\r", "\\\\": "\\"}


def _read(word: str) -> Any:
    if word in _PLAIN:
        return _PLAIN[word]
    if "\\" not in word:
        return word
    return re.sub(r"\\[ntr\\]", lambda found: _ESCAPED[found.group()], word)


def write(copier: Copier, matters: int, into: Writer, place: int) -> None:
    """Copies until so many matters are written."""
    made, began = 0, time.monotonic()
    for lines in copier.copy(matters):
        for table, rows in lines.items():
            if rows:
                into("province_titles" if table == "titles" else table, rows)
        made += len(lines[MATTER])
        if made % 50 < 2 or made >= matters:
            rate = made / (time.monotonic() - began)
            print(f"  [{place}] {made:,} / {matters:,}  {rate:,.0f}/s", flush=True)


# PostgreSQL around it


def bare_tables() -> list[str]:
    """Take indexes and references off what is filled; returns the statements that put them back."""
    back: list[str] = []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid), contype FROM pg_constraint"
            " WHERE contype IN ('f', 'p', 'u') AND conrelid::regclass::text !~ '^(people|django|auth|pg)_'"
            " ORDER BY contype = 'f' DESC"
        )
        for table, name, text, kind in cursor.fetchall():
            if kind == "f" or _filled(table):
                later = " NOT VALID" if kind == "f" else ""
                back.append(f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {text}{later}')
                cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
        cursor.execute("SELECT tablename, indexname, indexdef FROM pg_indexes")
        for table, name, text in cursor.fetchall():
            if _filled(table):
                back.append(text)
                cursor.execute(f'DROP INDEX "{name}"')
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND relname !~ '^(pg|sql)_'"
        )
        for (table,) in cursor.fetchall():
            if not table.startswith(("people_", "django_", "auth_")):
                cursor.execute(f"ALTER TABLE {table} SET UNLOGGED")
    keys_last = sorted(back, key=lambda text: ("FOREIGN KEY" in text, "PRIMARY KEY" not in text))
    return keys_last


def _filled(table: str) -> bool:
    return table in {model._meta.db_table for model in MATTERS} | {search.TABLE}


def dress_tables(statements: list[str]) -> None:
    """Make the indexes and references again."""
    if not statements:
        return
    with connection.cursor() as cursor:
        cursor.execute("SET maintenance_work_mem = '1GB'")
        for statement in statements:
            began = time.monotonic()
            cursor.execute(statement)
            if time.monotonic() - began > 5:
                print(f"  {time.monotonic() - began:5.0f} s  {statement[:110]}", flush=True)


BODIES_OF_INDEX = {
    "postgresql": (
        f"INSERT INTO {search.TABLE} SELECT t.id, 0, CAST(t.vector AS tsvector) FROM province_titles t",
        f"INSERT INTO {search.TABLE} SELECT t.id, i.part, i.body FROM province_titles t"
        " JOIN province_bodies i ON i.matter_id = t.seed WHERE i.part > 0",
    ),
}


def index_texts() -> None:
    """The search index: titles anew, texts as they are in the played matter."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            for statement in BODIES_OF_INDEX["postgresql"]:
                cursor.execute(statement)
        else:
            cursor.execute(
                f"INSERT INTO {search.TABLE} (rowid, title, body) SELECT t.id, t.vector, i.body"
                " FROM province_titles t JOIN province_bodies i ON i.matter_id = t.seed"
            )
        cursor.execute("DROP TABLE province_titles")
        cursor.execute("DROP TABLE province_bodies")


def put_aside() -> None:
    """Keep the played texts' index; take the played rows away."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"CREATE UNLOGGED TABLE province_bodies AS SELECT * FROM {search.TABLE}")
            cursor.execute(
                "CREATE UNLOGGED TABLE province_titles (id bigint, seed bigint, vector text)"
            )
            cursor.execute("SELECT relname FROM pg_class WHERE relkind = 'r' AND relname ~"
                           " '^(matters|people|reminders|api|letters|exchange|jobs)_'")  # fmt: skip
            every = ", ".join(row[0] for row in cursor.fetchall())
            _allow(cursor)
            cursor.execute(f"TRUNCATE {every}")
            return
        cursor.execute(
            f"CREATE TABLE province_bodies AS SELECT rowid AS matter_id, body FROM {search.TABLE}"
        )
        cursor.execute("CREATE TABLE province_titles (id integer, seed integer, vector text)")
        _allow(cursor)
        cursor.execute("PRAGMA foreign_keys = OFF")
        for model in (*HOUSE, *MATTERS):
            cursor.execute(f"DELETE FROM {model._meta.db_table}")
        for table in (search.TABLE, "matters_leaf", "matters_seal"):
            cursor.execute(f"DELETE FROM {table}")


def _allow(cursor: Any) -> None:
    from bihuan.matters import guard

    for statement in guard.removing(connection.vendor):
        cursor.execute(statement)


def reminders() -> None:
    """What the first contact of every body was told of: each share handed over, read where it is done."""
    now = "CURRENT_TIMESTAMP"
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO reminders_reminder"
            " (congress_id, user_id, body_id, matter_id, kind, event, due_on, day, at, read_at)"
            " SELECT a.congress_id, g.user_id, a.body_id, a.matter_id, 'handed', 'handed/' || a.id, a.due_on,"
            f" a.handed_on, {now}, CASE WHEN a.phase IN ('pending', 'handling') THEN NULL ELSE {now} END"
            " FROM (SELECT min(user_id) AS user_id, body_id FROM people_grant WHERE role = 'contact'"
            " GROUP BY body_id) g JOIN matters_assignment a ON a.body_id = g.body_id AND a.phase <> 'void'"
        )


# The whole


def main() -> None:
    asked = _asked()
    began = time.monotonic()
    call_command("migrate", verbosity=0)
    if not Matter.objects.exists():
        play()
        print(
            f"played {Matter.objects.count():,} matters in {time.monotonic() - began:.0f} s",
            flush=True,
        )
    postgresql = connection.vendor == "postgresql"
    kin = _patterns()
    back = bare_tables() if postgresql else []
    _fill(asked, kin, began, 2 if postgresql else 1)
    index_texts()
    print(f"search index: {time.monotonic() - began:.0f} s", flush=True)
    dress_tables(back)
    reminders()
    _finish(began)


def _patterns() -> list[list[Story]]:
    known = {key for model in (*HOUSE, *MATTERS) for key in _keys(model)}
    return families(known)


def _fill(asked: Any, kin: list[list[Story]], began: float, parts: int) -> None:
    copiers = [Copier(kin, place, parts, asked.largest) for place in range(parts)]
    into = copy_to_postgresql if connection.vendor == "postgresql" else insert_into_sqlite
    people = [
        rows for congress in range(1, CONGRESSES + 1) for rows in copiers[0].people_lines(congress)
    ]
    put_aside()
    for table, rows in people:
        if rows:
            into(table, rows)
    if connection.vendor == "sqlite":
        connection.connection.execute("BEGIN")
        write(copiers[0], asked.matters, into, 0)
        connection.connection.execute("COMMIT")
    else:
        connection.close()
        children = []
        for place, copier in enumerate(copiers[1:], 1):
            child = os.fork()
            if child == 0:
                write(copier, asked.matters // parts, into, place)
                os._exit(0)
            children.append(child)
        write(copiers[0], asked.matters - asked.matters // parts * (parts - 1), into, 0)
        for child in children:
            if os.waitpid(child, 0)[1]:
                sys.exit("a part of the province was not written")
    print(f"rows written: {time.monotonic() - began:.0f} s", flush=True)


def _finish(began: float) -> None:
    from bihuan.matters import guard

    guard.install(connection)
    with connection.cursor() as cursor:
        for model in (*HOUSE, *MATTERS):
            table = model._meta.db_table
            cursor.execute(f"SELECT max(id) FROM {table}")
            _begin_keys(cursor, model, cursor.fetchone()[0] or 1)
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")
        print(f"{Matter.objects.count():,} matters, {Act.objects.count():,} acts,"
              f" largest congress {Matter.objects.filter(congress=LARGEST).count():,},"
              f" {time.monotonic() - began:.0f} s", flush=True)  # fmt: skip


def _asked() -> Any:
    words = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    words.add_argument("--matters", type=int, default=10_000)
    words.add_argument(
        "--largest", type=float, default=0.2, help="part held by the largest congress"
    )
    return words.parse_args()


if __name__ == "__main__":
    main()
