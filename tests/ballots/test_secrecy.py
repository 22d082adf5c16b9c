"""Thirty-five members vote in secret; then whoever holds everything that was ever stored tries to link them.

The observer has every table in physical order with row ids and transaction numbers, the raw files of the
database with its write-ahead log, the files of the program, and its request log with times. He may not do better
than somebody who guesses.
"""

from __future__ import annotations

import base64
import json
import logging
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from tests.ballots.members import DAY, LEVELS, closed, keys, members, running
from tests.cast import Cast
from tests.matters.conftest import parallel

from bihuan.ballots.models import Paper, Voter
from bihuan.ballots.verify import papers_of, verify
from bihuan.keeping import tables
from bihuan.people.models import User

__all__ = ["parallel"]

MEMBERS = 35
CHANCE = 7
"""Of 35 a guess links one on average; seven or more happen to one guess in 12,000."""
RECEIPT = "receipt"


@dataclass(frozen=True)
class Voted:
    """What only the test knows: who voted when, and which receipt and choice is his."""

    order: list[User]
    receipts: dict[int, str]
    choices: dict[int, str]


@dataclass(frozen=True)
class Dump:
    """What the observer holds: rows of every table in physical order, raw bytes, and log lines."""

    tables: dict[str, list[dict[str, Any]]]
    raw: bytes
    log: list[str]


@pytest.fixture
def voted(
    cast: Cast, parallel: None, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> Iterator[tuple[Voted, Dump]]:
    """Thirty-five members vote over HTTP in an order of their own; the ballot is closed; all is dumped."""
    caplog.set_level(logging.DEBUG)
    for name in ("bihuan.requests", "bihuan"):
        logging.getLogger(name).addHandler(caplog.handler)
    caplog.set_level(logging.INFO, "bihuan.requests")
    users = members(cast, MEMBERS)
    ballot = running(cast, users)
    order = random.Random(35).sample(users, MEMBERS)
    shuffled = random.Random(53)
    receipts, choices = {}, {}
    for user in order:
        choice = shuffled.randrange(len(LEVELS))
        receipts[user.person_id or 0] = _vote(user, ballot.pk, choice)
        choices[user.person_id or 0] = LEVELS[choice]
    closed(ballot, cast)
    log = [f"{record.created} {record.getMessage()} {vars(record)}" for record in caplog.records]
    yield Voted(order, receipts, choices), Dump(_tables(), _raw(tmp_path), log)
    for name in ("bihuan.requests", "bihuan"):
        logging.getLogger(name).removeHandler(caplog.handler)


def _vote(user: User, pk: int, choice: int) -> str:
    """As a phone does it: the page, the form, the answer with the receipt."""
    client = Client()
    client.force_login(user, "django.contrib.auth.backends.ModelBackend")
    page = client.get(f"/ballots/{pk}/vote/")
    assert page.context is not None
    answer = client.post(
        f"/ballots/{pk}/vote/", {"receipt": page.context["signed"], "m1": str(choice)}
    )
    assert answer.status_code == 200, answer.content.decode()
    assert page.context["receipt"] in answer.content.decode()
    return str(page.context["receipt"])


def _tables() -> dict[str, list[dict[str, Any]]]:
    """Every table as it lies on disk: SQLite's hidden rowid, PostgreSQL's ctid, xmin and xmax."""
    hidden = (
        "rowid"
        if connection.vendor == "sqlite"
        else "ctid::text, xmin::text, xmax::text, cmin::text"
    )
    order = "rowid" if connection.vendor == "sqlite" else "ctid"
    found = {}
    for name in connection.introspection.table_names():
        with connection.cursor() as cursor:
            try:
                cursor.execute(f'SELECT {hidden}, * FROM "{name}" ORDER BY {order}')
            except Exception:
                continue
            columns = [f"{n}:{column[0]}" for n, column in enumerate(cursor.description)]
            found[name] = [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]
    return found


def _raw(folder: Path) -> bytes:
    """The bytes of the database with its write-ahead log (SQLite), and every file the program wrote."""
    paths = [path for path in folder.rglob("*") if path.is_file()]
    paths += [path for path in Path(settings.HOME).rglob("*.key") if path.is_file()]
    return b"".join(path.read_bytes() for path in paths)


def _guesses(dump: Dump, voted: Voted) -> Iterator[tuple[str, list[int], list[str]]]:
    """Every order the observer can put voters in, beside every order he can put papers in."""
    roll = [row for row in dump.tables["ballots_voter"] if _of(row, "voted")]
    papers = dump.tables["ballots_paper"]
    times = [user.person_id or 0 for user in voted.order]
    voters = {"log": times, **_orders(roll, "person_id")}
    for name, people in voters.items():
        for other, receipts in _orders(papers, RECEIPT).items():
            yield f"{name} × {other}", people, receipts
            yield f"{name} × {other} backwards", people, receipts[::-1]


def _orders(rows: list[dict[str, Any]], wanted: str) -> dict[str, list[Any]]:
    """The rows as they lie, and sorted by each of their columns."""
    lying = {"as it lies": [_of(row, wanted) for row in rows]}
    by = {
        column: [_of(row, wanted) for row in sorted(rows, key=lambda row: str(row[column]))]
        for column in rows[0]
    }
    return lying | by


def _of(row: dict[str, Any], name: str) -> Any:
    return next(value for column, value in row.items() if column.partition(":")[2] == name)


@pytest.mark.django_db(transaction=True)
def test_it_links_nobody_to_his_ballot(voted: tuple[Voted, Dump]) -> None:
    truth, dump = voted
    hits = {}
    for name, people, receipts in _guesses(dump, truth):
        pairs = zip(people, receipts, strict=True)
        hits[name] = sum(truth.receipts[person] == receipt for person, receipt in pairs)
    assert len(hits) > 20
    assert max(hits.values()) < CHANCE, hits
    _shares_nothing(dump)
    _keeps_no_receipt_elsewhere(truth, dump)
    _says_the_same_of_every_vote(dump)
    _holds_every_receipt(truth)


def _shares_nothing(dump: Dump) -> None:
    """A row on the roll and a paper have no value in common but the ballot itself; the papers came in one go."""
    papers, roll = dump.tables["ballots_paper"], dump.tables["ballots_voter"]
    own = {"receipt", "marks", "ballot_id", "rowid", "ctid", "xmin", "xmax", "cmin", "text"}
    assert {column.partition(":")[2] for column in papers[0]} <= own
    if connection.vendor == "postgresql":
        assert len({_of(row, "xmin") for row in papers}) == 1
        marks = {_of(row, "xmin") for row in roll} & {_of(row, "xmin") for row in papers}
        assert marks == set()
    places = [_of(row, RECEIPT) for row in papers]
    assert places == sorted(places)
    said = [
        name for name, rows in dump.tables.items() for row in rows if _mentions_times(name, row)
    ]
    assert said == []
    assert keys() == []
    assert [bytes(_of(row, "sealed")) for row in dump.tables["ballots_urn"]] == [b""]


def _mentions_times(name: str, row: dict[str, Any]) -> bool:
    """Nothing that belongs to a vote bears a time of day."""
    ours = ("ballots_voter", "ballots_paper", "ballots_urn", "ballots_vote")
    return name in ours and any(
        "T" in str(v) and ":" in str(v) and "-" in str(v) for v in row.values()
    )


def _keeps_no_receipt_elsewhere(truth: Voted, dump: Dump) -> None:
    """A receipt stands in the published papers and nowhere else, in any common writing of it."""
    others = {name: rows for name, rows in dump.tables.items() if name != "ballots_paper"}
    text = json.dumps(others, default=str, ensure_ascii=False) + "".join(dump.log)
    for receipt in truth.receipts.values():
        for written in _writings(receipt):
            assert written not in text
    before = [part for part in _frames(dump.raw) if b"ballots_paper" not in part]
    assert before or connection.vendor == "postgresql"


def _writings(word: str) -> list[str]:
    plain = word.replace("-", "")
    coded = [base64.b64encode(w.encode()).decode().rstrip("=") for w in (word, plain)]
    return [word, plain, word.encode().hex(), plain.encode().hex(), *coded]


def _frames(raw: bytes) -> list[bytes]:
    return [raw[place : place + 4096] for place in range(0, len(raw), 4096)]


def _says_the_same_of_every_vote(dump: Dump) -> None:
    """The request log tells of every vote in the same words: route, user and time, never a choice or a length."""
    told = [line for line in dump.log if "ballots/<int:pk>/vote/" in line]
    assert len(told) >= 2 * MEMBERS
    assert not [line for line in dump.log for level in LEVELS if f"'{level}'" in line]


def _holds_every_receipt(truth: Voted) -> None:
    published = dict(Paper.objects.values_list("receipt", "marks"))
    expected = {truth.receipts[person]: [choice] for person, choice in truth.choices.items()}
    assert published == expected
    assert verify() == (1, [])


@pytest.mark.django_db(transaction=True)
def test_it_tells_nothing_while_the_vote_runs(cast: Cast, parallel: None, tmp_path: Path) -> None:
    """Half-way through, the database holds one sealed row, as long as any other with so many votes in it."""
    users = members(cast, 6)
    lengths = []
    for choice in (0, 1, 2):
        ballot = running(cast, users, title=f"第 {choice} 次")
        receipts = [_vote(user, ballot.pk, choice) for user in users[:3]]
        raw = json.dumps(_tables(), default=str, ensure_ascii=False)
        assert not [receipt for receipt in receipts if receipt in raw]
        lengths.append(len(bytes(ballot.urn.__class__.objects.get(ballot=ballot).sealed)))
    assert len(set(lengths)) == 1
    assert Paper.objects.count() == 0


def test_it_finds_every_receipt_on_the_page(cast: Cast) -> None:
    users = members(cast, 3)
    ballot = running(cast, users)
    receipts = {_vote(user, ballot.pk, n): LEVELS[n] for n, user in enumerate(users)}
    closed(ballot, cast)
    client = cast.client("clerk")
    for receipt, choice in receipts.items():
        page = client.get(f"/ballots/{ballot.pk}/", {"receipt": receipt.lower()})
        assert page.context is not None
        assert page.context["found"] == choice
    strange = client.get(f"/ballots/{ballot.pk}/", {"receipt": "AAAA-AAAA-AAAA-AAAA"})
    assert "公布的票里没有这个回执号" in strange.content.decode()


Change = Callable[[Any], None]


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ("added", "有票被加进来"),
        ("dropped", "有票被删去"),
        ("changed", "有票被改动或调换"),
        ("count", "封存的内容被改动过"),
        ("roll", "名册与开始投票时不同"),
        ("mark", "名册上投过票的人数与封存时不同"),
        ("closing", "封存的记录却不见了"),
        ("rule", "结果与公布的不同"),
    ],
)
def test_it_finds_what_was_altered_after_closing(
    cast: Cast, tamper: Callable[..., None], how: str, said: str
) -> None:
    users = members(cast, 4)
    ballot = running(cast, users)
    for user in users[:3]:
        _vote(user, ballot.pk, 0)
    done = closed(ballot, cast)
    paper, closing = Paper.objects.all()[0], done.closing
    voter = Voter.objects.filter(ballot=ballot, voted=True)[0]
    if how == "added":
        Paper.objects.create(receipt="AAAA-AAAA-AAAA-AAAA", ballot=ballot, marks=["满意"])
    elif how == "dropped":
        tamper(paper)
    elif how == "changed":
        tamper(paper, marks=["不满意"])
    elif how == "count":
        tamper(closing, body={**closing.body, "voted": 4})
    elif how == "roll":
        tamper(voter, name="别人")
    elif how == "mark":
        tamper(voter, voted=False)
    elif how == "closing":
        tamper(closing)
    else:
        tamper(ballot, rule={**ballot.rule, "parts": {**ballot.rule["parts"], "base": "valid"}})
    assert said in "；".join(one.why for one in verify()[1])


def test_it_refuses_to_alter_what_was_published(cast: Cast) -> None:
    users = members(cast, 1)
    ballot = running(cast, users)
    _vote(users[0], ballot.pk, 0)
    closed(ballot, cast)
    assert [marks for _, marks in papers_of(ballot)] == [["满意"]]
    with pytest.raises(Exception, match="append-only"):
        Paper.objects.update(marks=["不满意"])
    assert DAY


@pytest.mark.django_db(transaction=True)
def test_it_links_nobody_in_a_backup_either(cast: Cast, parallel: None, tmp_path: Path) -> None:
    """Rows are kept in the order of their keys, and a paper's key is its receipt; the urn's key is never kept."""
    users = members(cast, 6)
    done = running(cast, users)
    receipts = [_vote(user, done.pk, n % 3) for n, user in enumerate(users)]
    closed(done, cast)
    under_way = running(cast, users, title="还在投的")
    unseen = [_vote(user, under_way.pk, 0) for user in users[:3]]
    folder = tmp_path / "kept"
    folder.mkdir()
    tables.write("default", folder)
    kept = {path.stem: path.read_text("utf-8") for path in folder.glob("*.jsonl")}
    papers = [json.loads(line)[0] for line in kept.pop("ballots.paper").splitlines()]
    assert papers == sorted(receipts)
    assert not [one for one in (*receipts, *unseen) for text in kept.values() if one in text]
    assert not [key for key in keys() for name in kept if name.endswith(key)]
