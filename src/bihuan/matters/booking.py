"""Many matters raised at once, e.g. from a sheet: the same acts as one by one, written a batch at a time.

Every row goes through the same machine, is refused with the same sentences, hashed and chained and made findable as
by `act.raise_matter`; only the statements are fewer. PostgreSQL takes a batch by COPY, SQLite by executemany.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from types import TracebackType

from bihuan.loop.forms import Refusal
from bihuan.loop.spec import Value
from bihuan.matters import house, rows, search
from bihuan.matters.act import proposer_rows, raise_matter
from bihuan.matters.doers import Doer, NotDone, Proposing, key_of, too_long
from bihuan.matters.holding import InHand, blank
from bihuan.matters.models import Act, Attachment, Counter, Matter, Proposer
from bihuan.matters.taking import stepped
from bihuan.matters.writing import Known, Written, body_names, composed, next_number, persons_in
from bihuan.people.models import Congress

BATCH = 500


@dataclass(frozen=True)
class Booking:
    """One matter to be raised; the same as `raise_matter` is given."""

    day: date
    data: Mapping[str, Value]
    proposers: Sequence[Proposing] = ()
    token: str = ""
    identity: str = ""
    raised_on: date | None = None
    aside: Mapping[str, Value] | None = None


class Books:
    """Raises matters of one institution by one act, inside the caller's transaction, until it is closed.

    Used as a context: what is left of the last batch is written at its end, unless an exception ends it.
    """

    def __init__(self, congress: Congress, institution: str, act: str, doer: Doer) -> None:
        self.congress, self.institution, self.act, self.doer = congress, institution, act, doer
        self.place = house.place_of(congress, institution)
        self.known = _Kept(congress)
        self.waiting: list[tuple[InHand, Written]] = []
        self.tokens: set[str] = set()
        self.keys: list[int] = []

    def __enter__(self) -> Books:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is None:
            self.write()

    def raise_all(self, bookings: Sequence[Booking]) -> list[Refusal | None]:
        """Raise these in order; for each the refusal, or None where it was taken (or had been before)."""
        taken = self._taken([one.token for one in bookings])
        return [None if one.token in taken else self.raise_one(one) for one in bookings]

    def raise_one(self, one: Booking) -> Refusal | None:
        """Raise one whose token is in no table. Returns the refusal, if it is refused."""
        if one.token and one.token in self.tokens:
            return None
        long = too_long(self.doer, one.token, one.identity, one.proposers)
        if long:
            return long
        before = dict(self.known.counters)
        try:
            self._compose(one)
        except NotDone as stopped:
            self.known.give_back(before)
            return stopped.refusal
        self.tokens.add(one.token)
        if len(self.waiting) >= BATCH:
            self.write()
        return None

    def write(self) -> None:
        """Put what is waiting into the tables."""
        hands, made = [one for one, _ in self.waiting], [one for _, one in self.waiting]
        rows.insert_many(Matter, [one.matter for one in hands])
        rows.insert_many(Proposer, [row for one in hands for row in one.proposers or ()])
        rows.insert_many(Act, [one.row for one in made])
        rows.run(rows.inserting(share) for one in made for share in one.fresh)
        search.index_many((one.matter, one.proposer_names()) for one in hands)
        self.known.write()
        self.waiting, self.tokens, self.keys = [], set(), []

    def _taken(self, tokens: Sequence[str]) -> set[str]:
        """Those of the tokens with which an act was taken before."""
        asked = [token for token in tokens if token]
        marks = ", ".join(["%s"] * len(asked))
        sql = f"""SELECT token FROM {Act._meta.db_table}
            WHERE congress_id = %s AND NOT (token = '') AND token IN ({marks})"""
        found = rows.asked(sql, [self.congress.pk, *asked]) if asked else []
        return {token for (token,) in found}

    def _compose(self, one: Booking) -> None:
        matter = blank(
            self.congress,
            self.institution,
            one.raised_on or one.day,
            identity=one.identity,
            by=self.doer.user,
        )
        hand = InHand(matter, self.place, fresh=True)
        done = stepped(hand, self.act, self.doer, one.day, one.data)
        if done.opens or done.joins or done.data.get("files"):
            return self._singly(one)
        matter.pk = self._next_key()
        hand.proposers = proposer_rows(matter, one.proposers)
        made = composed(hand, done, self.doer, "", one.token, self.known, one.aside)
        self.waiting.append((hand, made))

    def _next_key(self) -> int:
        if not self.keys:
            self.keys = rows.next_keys(Matter, BATCH)[::-1]
        return self.keys.pop()

    def _singly(self, one: Booking) -> None:
        """What has consequences elsewhere is taken by itself, after all that came before it."""
        self.write()
        made = raise_matter(
            self.congress,
            self.institution,
            self.act,
            self.doer,
            one.day,
            one.data,
            proposers=one.proposers,
            token=one.token,
            identity=one.identity,
            raised_on=one.raised_on,
            aside=one.aside,
        )
        if isinstance(made, Refusal):
            raise NotDone(made)


@dataclass
class _Kept(Known):
    """What acts must know of other tables, asked once a batch; numbers are counted on from the series' lock."""

    congress: Congress
    counters: dict[str, int] = field(default_factory=dict)
    names: dict[int, str | None] = field(default_factory=dict)
    persons: dict[int, dict[tuple[str, int], int]] = field(default_factory=dict)
    files: list[Attachment] = field(default_factory=list)

    def body_name(self, key: str) -> str | None:
        body = key_of(key)
        if body not in self.names:
            self.names[body] = body_names(self.congress.pk, [body]).get(body)
        return self.names[body]

    def person(self, name: str, body: str) -> int | None:
        key = key_of(body)
        if key not in self.persons:
            self.persons[key] = persons_in(self.congress.pk, [key])
        return self.persons[key].get((name, key))

    def number(self, series: str) -> int:
        held = self.counters.get(series)
        self.counters[series] = next_number(self.congress, series) if held is None else held + 1
        return self.counters[series]

    def give_back(self, before: Mapping[str, int]) -> None:
        """A refused act takes no number: the series stay locked, and as far as they had come."""
        self.counters = {name: before.get(name, last - 1) for name, last in self.counters.items()}

    def write(self) -> None:
        """Leave the counters as far as they were counted, and ask anew next time."""
        sql = (
            f"UPDATE {Counter._meta.db_table} SET last = %s WHERE congress_id = %s AND series = %s"
        )
        for series, last in self.counters.items():
            rows.done(sql, [last, self.congress.pk, series])
        self.counters, self.names, self.persons = {}, {}, {}
