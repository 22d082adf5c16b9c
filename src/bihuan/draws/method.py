"""The published method of drawing: pure, and made of SHA-256 alone, so that anybody works it out again.

1. Before anything is known, each contributor gives a commitment: SHA-256 of `姓名:密语`.
2. The list, the rule and all commitments are announced; their hash is read out and shown.
3. Only then does each contributor open his secret. One that is withheld, or is not the one committed to, is found.
4. The seed is SHA-256 over the announcement's hash and all secrets. As long as one contributor kept his secret
   to himself until then, nobody could choose it.
5. Each entry's ticket is SHA-256 of `种子:类别:编号`. In each stratum the lowest tickets are drawn.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

METHOD = "bihuan-draw-1"
FEWEST_CONTRIBUTORS = 2
SHORTEST_SECRET = 8


class BadDraw(ValueError):
    """A draw cannot be carried out; the Chinese sentence says why."""


@dataclass(frozen=True)
class Entry:
    """One line of the list: a person, or a case of a person. `count`: his closed cases; `closed`: whether it is."""

    id: str
    name: str
    stratum: str = ""
    count: int | None = None
    closed: bool = True


@dataclass(frozen=True)
class Announced:
    """What is fixed in public before the seed can be known.

    `take`: how many of each stratum (`""`: of each not named). `excluded`: id → reason.
    `commitments`: contributor → SHA-256 in hex.
    """

    title: str
    entries: tuple[Entry, ...]
    take: Mapping[str, int]
    at_least: int = 0
    excluded: Mapping[str, str] = field(default_factory=dict)
    commitments: Mapping[str, str] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Plain values, as they are published and hashed."""
        return {
            "method": METHOD,
            "title": self.title,
            "entries": [asdict(entry) for entry in self.entries],
            "take": dict(self.take),
            "at_least": self.at_least,
            "excluded": dict(self.excluded),
            "commitments": dict(self.commitments),
        }

    @property
    def hash(self) -> str:
        """The hash that is read out before the secrets are opened."""
        return _sha256(_canonical(self.as_json()))


@dataclass(frozen=True)
class Ticket:
    """One entry's lot, and whether it was drawn."""

    id: str
    name: str
    stratum: str
    ticket: str
    drawn: bool


def commitment(name: str, secret: str) -> str:
    """What a contributor gives first: `printf '%s' '姓名:密语' | sha256sum`."""
    return _sha256(f"{name}:{secret}")


def read(told: Mapping[str, Any]) -> Announced:
    """An announcement from its published form. Raises BadDraw."""
    if told.get("method") != METHOD:
        raise BadDraw(f"不认识抽签方法“{told.get('method')}”，本程序只会 {METHOD}")
    try:
        return Announced(
            title=str(told["title"]),
            entries=tuple(Entry(**entry) for entry in told["entries"]),
            take={str(key): int(number) for key, number in told["take"].items()},
            at_least=int(told["at_least"]),
            excluded=dict(told["excluded"]),
            commitments=dict(told["commitments"]),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as wrong:
        raise BadDraw(f"公布的名单读不出来：{wrong}") from None


def left_out(announced: Announced) -> dict[str, str]:
    """Who cannot be drawn, and why: interested persons, too few closed cases, cases still open."""
    found = {}
    for entry in announced.entries:
        why = announced.excluded.get(entry.id, "")
        if not why and not entry.closed:
            why = "案件没有审结"
        if not why and announced.at_least and (entry.count or 0) < announced.at_least:
            why = f"已审结案件 {entry.count or 0} 件，不足 {announced.at_least} 件"
        if why:
            found[entry.id] = why
    return found


def check(announced: Announced) -> None:
    """Whether the draw can be carried out at all. Raises BadDraw."""
    ids = Counter(entry.id for entry in announced.entries)
    twice = next((id_ for id_, times in ids.items() if times > 1), None)
    if twice is not None:
        raise BadDraw(f"编号“{twice}”在名单里出现了两次")
    stranger = next((id_ for id_ in announced.excluded if id_ not in ids), None)
    if stranger is not None:
        raise BadDraw(f"要回避的“{stranger}”不在名单里")
    if any(not why for why in announced.excluded.values()):
        raise BadDraw("回避要写明理由")
    if len(announced.commitments) < FEWEST_CONTRIBUTORS:
        raise BadDraw(f"至少要有 {FEWEST_CONTRIBUTORS} 个人各出一份密语")
    out = left_out(announced)
    for stratum in strata(announced):
        able = [e for e in announced.entries if e.stratum == stratum and e.id not in out]
        wanted = taken(announced, stratum)
        if wanted > len(able):
            where = f"“{stratum}”" if stratum else "名单里"
            raise BadDraw(f"{where}可抽的只有 {len(able)} 个，要抽 {wanted} 个")


def strata(announced: Announced) -> list[str]:
    """The strata in the order of the list."""
    return list(dict.fromkeys(entry.stratum for entry in announced.entries))


def taken(announced: Announced, stratum: str) -> int:
    """How many are drawn of a stratum."""
    return announced.take.get(stratum, announced.take.get("", 0))


def shares(announced: Announced, secrets: Mapping[str, str]) -> list[str]:
    """Which contributors withhold their secret or open another one, in words; empty when all kept their word."""
    found = []
    for name, committed in sorted(announced.commitments.items()):
        secret = secrets.get(name, "")
        if not secret:
            found.append(f"{name}没有公开自己的密语")
        elif commitment(name, secret) != committed:
            found.append(f"{name}公开的密语与事先的承诺不符：被改动过")
    found += [f"{name}没有事先承诺" for name in sorted(set(secrets) - set(announced.commitments))]
    return found


def seed_of(announced: Announced, secrets: Mapping[str, str]) -> str:
    """The seed. Raises BadDraw naming who withheld or changed his share."""
    wrong = shares(announced, secrets)
    if wrong:
        raise BadDraw("；".join(wrong))
    opened = [[name, secrets[name]] for name in sorted(announced.commitments)]
    return _sha256(_canonical([announced.hash, opened]))


def draw(announced: Announced, secrets: Mapping[str, str]) -> list[Ticket]:
    """Every entry that could be drawn with its ticket, lowest first in each stratum. Raises BadDraw."""
    check(announced)
    seed, out = seed_of(announced, secrets), left_out(announced)
    found: list[Ticket] = []
    for stratum in strata(announced):
        able = [e for e in announced.entries if e.stratum == stratum and e.id not in out]
        lots = sorted((_sha256(f"{seed}:{stratum}:{e.id}"), e) for e in sorted(able, key=_id))
        wanted = taken(announced, stratum)
        found += [Ticket(e.id, e.name, stratum, lot, n < wanted) for n, (lot, e) in enumerate(lots)]
    return found


def published(
    announced: Announced, secrets: Mapping[str, str], about: Mapping[str, str]
) -> dict[str, Any]:
    """The file that is published after the draw."""
    tickets = draw(announced, secrets)
    return {
        **about,
        "announced": announced.as_json(),
        "announced_hash": announced.hash,
        "secrets": dict(secrets),
        "seed": seed_of(announced, secrets),
        "left_out": left_out(announced),
        "tickets": [asdict(ticket) for ticket in tickets],
        "drawn": [ticket.id for ticket in tickets if ticket.drawn],
    }


def verify(file: Mapping[str, Any]) -> list[str]:
    """Everything in a published draw that does not follow, in words. Needs nothing but the file."""
    try:
        announced = read(file.get("announced") or {})
        given = file.get("secrets")
        secrets = {str(k): str(v) for k, v in given.items()} if isinstance(given, dict) else {}
        wrong = shares(announced, secrets)
        if wrong:
            return wrong
        again = published(announced, secrets, {})
    except BadDraw as bad:
        return [str(bad)]
    words = {
        "announced_hash": "事先公布的名单、规则或承诺被改动过，与读出的校验值不符",
        "seed": "种子与各人的密语算出的不符",
        "left_out": "回避和不能抽的人与规则不符",
        "tickets": "签号与种子算出的不符",
        "drawn": "抽中的人与签号不符",
    }
    return [said for key, said in words.items() if file.get(key) != again[key]]


def _id(entry: Entry) -> str:
    return entry.id


def _canonical(value: Any) -> str:
    """JSON with sorted keys and nothing between: the same text everywhere (whole numbers and words only)."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
