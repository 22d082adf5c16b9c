"""Ledgers in: every row of a sheet becomes a matter, a correction of one booked before, or nothing new.

`plan` only looks: it reads the cells, finds the matter each row means and tries every act on the machine.
`commit` then takes all the acts in one transaction, or none. A row means the matter with the same number,
session and title; a blank cell says nothing and never erases. A matter booked by import and not yet moved is
corrected by the act `edit_record`; one that is under way is never changed by a sheet. Rows of which a check speaks
(`cautioned`) are written with a reason or left out; nothing is written before one of the two was said.

However long the file, memory stays flat: good rows lie on disk (`spool`), and matters are booked by the batch.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import IntegrityError, transaction

from bihuan.exchange.cautioned import kept
from bihuan.exchange.matters_cells import Reading
from bihuan.exchange.matters_out import importable
from bihuan.exchange.planned import Planned, rejected, spool
from bihuan.exchange.report import Progress, Rejected, Unusable, name_of, read_tables
from bihuan.exchange.sheets import Source
from bihuan.exchange.sorting import CORRECT, Plan, Sorting
from bihuan.findings.caution import despite
from bihuan.loop.forms import Refusal
from bihuan.loop.machine import Place
from bihuan.loop.params import Rules
from bihuan.loop.spec import Institution, Value
from bihuan.matters import house
from bihuan.matters.act import Doer, Proposing, act
from bihuan.matters.booking import BATCH, Booking, Books
from bihuan.people.models import Congress, Seat, User

__all__ = ["CORRECT", "Answer", "NotCommitted", "Plan", "Planned", "commit", "plan"]

MEANWHILE = "同样的行刚刚被别人导入，这一次没有写入任何一行，请再导入一次"
UNANSWERED = "有 {} 行会引起事前提示，没有写入任何一行。请再导入一次，看过提示以后写明仍要导入的理由，或者不导入这些行"


class NotCommitted(Exception):
    """Nothing was written: between looking and writing, these rows became impossible."""

    def __init__(self, rejected: list[Rejected]) -> None:
        super().__init__("；".join(map(str, rejected)))
        self.rejected = rejected


def plan(
    congress: Congress | None, institution: str, source: Source, today: date, *, name: str = ""
) -> Plan:
    """Look through a file and say what importing it would do; writes nothing.

    Without a congress every row is new and judged by the national rules. Raises Unusable when the file as a whole
    cannot be imported, KeyError for an unknown institution.
    """
    declared = house.institution(institution)
    if not importable(declared):
        raise Unusable(f"“{declared.title}”不能从表格导入。")
    made = Plan(congress=congress, institution=institution)
    place = _place(congress, declared)
    reading = Reading(declared, congress, place, today, made)
    sorting = Sorting(declared, congress, place, today, made)
    tables = read_tables(source, name_of(source, name), reading.synonyms(), reading.sniffer(), made)
    rows = spool()
    for table in tables:
        for one in reading.rows(table, several=len(tables) > 1):
            one.key = sorting.key(one)
            rows.append(one)
    sorting.sort(rows)
    made.rejected.sort(key=lambda one: one.row)
    return made


def _place(congress: Congress | None, institution: Institution) -> Place:
    if congress is None:
        return Place(Rules(institution), house.national_calendar())
    return house.place_of(congress, institution.key)


@dataclass(frozen=True)
class Answer:
    """What is to become of the rows of which a check spoke: written with a reason, or left out."""

    despite: str = ""
    leave_out: bool = False


def commit(
    made: Plan,
    user: User | None,
    today: date,
    progress: Progress | None = None,
    answer: Answer = Answer(),
) -> tuple[int, int]:
    """Write a plan: all of its good rows in one transaction, or none. Returns (added, changed).

    Raises NotCommitted when a row is refused because its matter moved since the plan was made, or when checks spoke and
    there is no answer.
    """
    if made.cautioned and not (answer.despite or answer.leave_out):
        raise NotCommitted([Rejected(0, "", "", UNANSWERED.format(made.cautioned))])
    writing = _Writing(made, user, today, progress, answer)
    try:
        with transaction.atomic():
            writing.write()
            if writing.refused:
                raise NotCommitted(writing.refused)
    except IntegrityError:
        raise NotCommitted([Rejected(0, "", "", MEANWHILE)]) from None
    made.left_out = made.cautioned if answer.leave_out else 0
    made.added, made.changed = writing.added, writing.changed
    return made.added, made.changed


class _Writing:
    """Takes the acts of a plan inside the caller's transaction: new matters by the batch, then corrections."""

    def __init__(
        self,
        made: Plan,
        user: User | None,
        today: date,
        progress: Progress | None,
        answer: Answer,
    ) -> None:
        assert made.congress is not None
        self.made, self.congress, self.today = made, made.congress, today
        self.doer, self.answer = Doer("clerk", user), answer
        self.refused: list[Rejected] = []
        self.added = self.changed = 0
        self.seats = _Seats(made.congress)
        self.progress, self.count = progress, 0
        imports = house.institution(made.institution).imports
        assert imports is not None
        self.act = imports.act

    def write(self) -> None:
        """Everything; what was refused is in `refused`."""
        with Books(self.congress, self.made.institution, self.act, self.doer) as books:
            for begin in range(0, len(self.made.rows), BATCH):
                few = [one for one in self.made.rows[begin : begin + BATCH] if self._goes(one)]
                self._note(few, books.raise_all([self._booking(one) for one in few]))
                self.added += len(few)
        for one in filter(self._goes, self.made.corrections):
            self._note([one], [self._corrected(one)])
            self.changed += 1

    def _goes(self, one: Planned) -> bool:
        return not (one.cautions and self.answer.leave_out)

    def _aside(self, one: Planned) -> dict[str, Value] | None:
        """Why the row was written all the same, kept in its act with what was said of it."""
        said = [kept(caution) for caution in one.cautions]
        return despite(self.answer.despite, said) if said else None

    def _booking(self, one: Planned) -> Booking:
        raised = one.raised_on or self.today
        identity = "|".join(one.key)
        token = hashlib.sha256(f"{self.made.institution}|{identity}".encode()).hexdigest()[:48]
        return Booking(
            one.day or self.today,
            one.data,
            proposers=[Proposing(name, self.seats.of(name, raised)) for name in one.deputies],
            token=f"import-{token}",
            identity=identity[:200],
            raised_on=raised,
            aside=self._aside(one),
        )

    def _corrected(self, one: Planned) -> Refusal | None:
        assert one.matter is not None
        aside = self._aside(one)
        taken = act(
            one.matter, CORRECT, self.doer, self.today, one.data, seen=one.seen, aside=aside
        )
        return taken if isinstance(taken, Refusal) else None

    def _note(self, few: Sequence[Planned], refusals: Sequence[Refusal | None]) -> None:
        for one, refusal in zip(few, refusals, strict=True):
            if refusal is not None:
                self.refused.append(rejected(one, refusal.field, refusal.say))
        self.count += len(few)
        if self.progress is not None:
            left_out = self.made.cautioned if self.answer.leave_out else 0
            whole = len(self.made.rows) + len(self.made.corrections) - left_out
            self.progress(self.count, whole)


class _Seats:
    """The deputies of a congress by name; a name two deputies share on a day finds neither."""

    def __init__(self, congress: Congress) -> None:
        self.by_name: dict[str, list[Seat]] = {}
        for seat in Seat.objects.filter(congress=congress).select_related("person", "term"):
            self.by_name.setdefault(seat.person.name, []).append(seat)

    def of(self, name: str, day: date) -> Seat | None:
        """The seat of this name in force on the day, else the only one there ever was."""
        seats = self.by_name.get(name, [])
        current = [seat for seat in seats if _in_force(seat, day)]
        chosen = current or seats
        return chosen[0] if len(chosen) == 1 else None


def _in_force(seat: Seat, day: date) -> bool:
    return (seat.begins or day) <= day <= (seat.ends or day)
