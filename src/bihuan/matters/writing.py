"""What an act leaves behind: its own row with the hash, the matter's row moved on, its shares, files and words to find.

`composed` makes the rows, without touching a table beyond what it must ask; `written` puts them there. The bulk
door (`booking.py`) composes the same way and writes many at a time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.utils import timezone

from bihuan.loop.forms import Refusal
from bihuan.loop.situation import Done, Held
from bihuan.loop.spec import Value
from bihuan.matters import rows, search
from bihuan.matters.chain import FIRST, file_json, hash_of, proposers_json, standing_hash
from bihuan.matters.doers import Doer, NotDone, key_of
from bihuan.matters.holding import InHand
from bihuan.matters.models import Act, Assignment, Attachment, Counter, Matter
from bihuan.matters.search import JOINED_FROM
from bihuan.matters.situations import outcome_json, put_matter, put_share
from bihuan.people.models import Congress

LONGEST_NUMBER = 40
MOVED = (
    "state", "phase", "since", "due_on", "own_due_on", "lapsed", "limit", "round", "facts", "closed_on",
    "public", "acts_count", "head", "last_day", "counted_until",
)  # fmt: skip
WORDS = ("number", "title", "text")
"""What is written anew only where an act changed it: long, and the same by most acts."""
SHARE_MOVED = (
    "state", "phase", "since", "due_on", "own_limit", "extended", "limit", "lapsed", "done_on", "facts",
)  # fmt: skip


@dataclass
class Written:
    """The rows of one act, composed and not yet in the tables."""

    row: Act
    fresh: list[Assignment] = field(default_factory=list)
    moved: list[Assignment] = field(default_factory=list)
    files: list[Attachment] = field(default_factory=list)


def write(
    hand: InHand,
    done: Done,
    doer: Doer,
    share: str,
    token: str,
    aside: Mapping[str, Value] | None = None,
) -> Act:
    """Write an act (inside a transaction that holds the matter). Raises NotDone where the matter cannot take it.

    `aside`: kept in its row beside what was filled in.
    """
    words, before = _words(hand.matter), search.Before.of(hand.matter)
    made = composed(hand, done, doer, share, token, _Asked(hand, done), aside)
    if hand.fresh:
        found_by = search.indexing_new(hand.matter, hand.proposer_names())
    else:
        found_by = search.indexing(hand.matter, done, made.row, hand.proposer_names, before)
    rows.run([*_written(hand, made, words), *found_by])
    for file in made.files:
        file.matter, file.act = hand.matter, made.row
        file.save(update_fields=["matter", "act"])
    return made.row


def composed(
    hand: InHand,
    done: Done,
    doer: Doer,
    share: str,
    token: str,
    known: Known,
    aside: Mapping[str, Value] | None = None,
) -> Written:
    """The matter moved on (not yet saved), and the rows of the act. `known` answers what the tables hold."""
    matter, institution = hand.matter, hand.place.institution
    put_matter(matter, institution, done.after)
    matter.counted_until = None
    _close(matter, done)
    _number(matter, done, known)
    made = Written(_row(hand, done, doer, share, token, known))
    _put_shares(hand, done, known, made)
    made.row.data |= dict(aside or {})
    made.row.outcome["rows"] = standing_hash(matter, hand.shares)
    made.row.hash = hash_of(made.row)
    matter.acts_count, matter.head, matter.last_day = made.row.seq, made.row.hash, made.row.day
    made.files = known.files
    return made


class Known:
    """What an act must know of other tables: bodies, persons, files, the next number, the time."""

    files: list[Attachment]

    def body_name(self, key: str) -> str | None:
        """What a body of this congress is called; None where there is none of this key."""
        raise NotImplementedError

    def person(self, name: str, body: str) -> int | None:
        """The key of the person of this name who holds a post in this body."""
        raise NotImplementedError

    def number(self, series: str) -> int:
        """The next number of a series."""
        raise NotImplementedError

    def now(self) -> datetime:
        """When the act is recorded."""
        return timezone.now()


class _Asked(Known):
    """Asked of the database for one act: bodies and persons all at once, and only where shares are given."""

    def __init__(self, hand: InHand, done: Done) -> None:
        self.congress = hand.matter.congress
        self.keys = sorted({key_of(key) for key in _bodies_named(hand, done)})
        self.names: dict[int, str] | None = None
        self.persons: dict[tuple[str, int], int] | None = None
        self.files = _files(hand.matter.congress_id, done.data.get("files"))

    def body_name(self, key: str) -> str | None:
        if self.names is None:
            self.names = body_names(self.congress.pk, self.keys)
        return self.names.get(key_of(key))

    def person(self, name: str, body: str) -> int | None:
        if self.persons is None:
            self.persons = persons_in(self.congress.pk, self.keys)
        return self.persons.get((name, key_of(body)))

    def number(self, series: str) -> int:
        return next_number(self.congress, series)


def _bodies_named(hand: InHand, done: Done) -> list[str]:
    """The bodies whose names this act keeps, and those that get a share by it."""
    given = done.data.get("assignments")
    rows_given = given if isinstance(given, list) else []
    named = [str(row["body"]) for row in rows_given if isinstance(row, dict)]
    held = {share.key for share in hand.shares}
    return [*named, *(one.body for one in done.after.assignments if one.key not in held)]


def body_names(congress_id: int, keys: Sequence[int]) -> dict[int, str]:
    """Key → name of these bodies of a congress."""
    sql = f"SELECT id, name FROM people_body WHERE congress_id = %s AND id IN ({_marks(keys)})"
    return dict(rows.asked(sql, [congress_id, *keys])) if keys else {}


def persons_in(congress_id: int, bodies: Sequence[int]) -> dict[tuple[str, int], int]:
    """(name, body) → the person of that name with a post there, the first known where there are two."""
    sql = f"""
        SELECT p.name, a.body_id, min(p.id) FROM people_person p
        JOIN people_appointment a ON a.person_id = p.id
        WHERE p.congress_id = %s AND a.body_id IN ({_marks(bodies)}) GROUP BY p.name, a.body_id"""
    found = rows.asked(sql, [congress_id, *bodies]) if bodies else []
    return {(name, body): key for name, body, key in found}


def _marks(keys: Sequence[int]) -> str:
    return ", ".join(["%s"] * len(keys))


# The row of the act


def _row(hand: InHand, done: Done, doer: Doer, share: str, token: str, known: Known) -> Act:
    matter, institution = hand.matter, hand.place.institution
    law = institution.law_of(done.act.cite)
    row = rows.new(
        Act,
        congress_id=matter.congress_id,
        institution=matter.institution,
        matter_id=matter.pk,
        seq=matter.acts_count + 1,
        kind=done.act.id,
        actor=done.actor,
        user_id=doer.user.pk if doer.user else None,
        who=doer.who,
        on_behalf=doer.on_behalf,
        at=known.now(),
        day=done.day,
        share=share,
        before=done.before,
        after=_stands(done, share),
        late=done.late,
        data=_described(done.data, known),
        outcome=outcome_json(institution, matter, done.after) | _proposed(hand, done),
        rules=[rule.as_json() for rule in done.rules],
        cite=law.cite() if law else "",
        token=token,
        previous=matter.head or FIRST,
    )
    row._state.fields_cache |= {"matter": matter, "user": doer.user}
    return row


def _stands(done: Done, share: str) -> str:
    held = done.after.assignment(share) if share else None
    return held.state if held else done.after.state


def _proposed(hand: InHand, done: Done) -> dict[str, Value]:
    """Who proposes it, kept by each act that made or changed that: raised, or joined by another matter."""
    if not done.act.raises and JOINED_FROM not in done.data:
        return {}
    return {"proposers": proposers_json(hand.proposed_by())}


def _described(data: Mapping[str, Value], known: Known) -> dict[str, Value]:
    """Bodies by name as they were called that day, files by name and hash: readable for ever."""
    described = dict(data)
    given = data.get("assignments")
    if isinstance(given, list):
        described["assignments"] = [
            {**row, "body_name": known.body_name(str(row["body"])) or ""}
            for row in given
            if isinstance(row, dict)
        ]
    if data.get("files"):
        described["files"] = [file_json(file) for file in known.files]
    return described


# The matter and its shares


def _close(matter: Matter, done: Done) -> None:
    if matter.phase in ("closed", "void"):
        matter.closed_on = matter.closed_on or done.day
    else:
        matter.closed_on = None


def _number(matter: Matter, done: Done, known: Known) -> None:
    """Numbers run by institution and year without gaps; a number brought along is kept."""
    if not done.act.numbers or matter.number:
        return
    brought = str(done.after.facts.get("old_number", ""))
    if len(brought) > LONGEST_NUMBER:
        say = f"编号最多 {LONGEST_NUMBER} 字，现有 {len(brought)} 字，请核对"
        raise NotDone(Refusal(say, "old_number"))
    matter.number = brought or str(known.number(f"{matter.institution}/{matter.year}"))


def next_number(congress: Congress, series: str) -> int:
    """Take the next number of a series, inside the caller's transaction: a rolled-back act takes none."""
    sql = f"""
        INSERT INTO {Counter._meta.db_table} (congress_id, series, last) VALUES (%s, %s, 1)
        ON CONFLICT (congress_id, series) DO UPDATE SET last = {Counter._meta.db_table}.last + 1
        RETURNING last"""
    return int(rows.asked(sql, [congress.pk, series])[0][0])


def _put_shares(hand: InHand, done: Done, known: Known, made: Written) -> None:
    """Move the shares the act touched; new ones join the others in hand."""
    matter, institution = hand.matter, hand.place.institution
    held = {row.key: row for row in hand.shares}
    for one in done.after.assignments:
        if one.key not in done.touched:
            continue
        row = held.get(one.key)
        if row is None:
            row = _new_share(matter, one, known)
            hand.shares.append(row)
            made.fresh.append(row)
        else:
            made.moved.append(row)
        put_share(row, institution, one)


def _new_share(matter: Matter, held: Held, known: Known) -> Assignment:
    if known.body_name(held.body) is None:
        raise NotDone(Refusal("没有这个承办单位，请从列表中选择", "assignments"))
    return Assignment(
        congress_id=matter.congress_id,
        institution=matter.institution,
        matter=matter,
        key=held.key,
        body_id=key_of(held.body),
        person_name=held.person,
        person_id=known.person(held.person, held.body),
        kind=held.kind,
        handed_on=held.handed_on,
    )


# Into the tables


def _words(matter: Matter) -> tuple[str, ...]:
    return tuple(getattr(matter, name) for name in WORDS)


def _written(hand: InHand, made: Written, words: tuple[str, ...]) -> list[rows.Statement]:
    """All that goes into the tables for one act, to be sent at once."""
    if hand.fresh:
        own = [rows.inserting(hand.matter), *map(rows.inserting, hand.proposers or ())]
    else:
        own = [swapping(hand.matter, WORDS if words != _words(hand.matter) else ())]
    return [
        *own,
        *map(rows.inserting, made.fresh),
        *(rows.updating(share, SHARE_MOVED) for share in made.moved),
        rows.inserting(made.row),
    ]


def swapping(matter: Matter, words: tuple[str, ...] = WORDS) -> rows.Statement:
    """Compare-and-swap: the matter moves only from the act count its new act was built on; else raises NotDone."""

    def then(found: list[rows.Found], touched: int) -> None:
        if touched != 1:
            raise NotDone(Refusal("这件事项刚刚被别人办过，请看过最新情况再办"))

    return rows.updating(matter, (*words, *MOVED), "acts_count = %s", [matter.acts_count - 1], then)


def _files(congress_id: int, ids: Value) -> list[Attachment]:
    wanted = [key_of(str(one)) for one in ids] if isinstance(ids, list) else []
    if not wanted:
        return []
    free = Attachment.objects.filter(congress_id=congress_id, act=None, matter=None)
    return list(free.filter(pk__in=wanted))
