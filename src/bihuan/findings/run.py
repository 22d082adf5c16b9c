"""All checks over all rows of a congress: what is found is written once, what no longer holds is said to be gone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

from django.utils import timezone

from bihuan.findings import books
from bihuan.findings.register import Read, Register
from bihuan.findings.written import Place, Ran, write
from bihuan.jobs.kinds import Progress
from bihuan.jobs.models import Job
from bihuan.loop.checks import Book, Fault, faults, year_of
from bihuan.loop.params import NoSuchParam, Rules
from bihuan.loop.spec import Check, Institution
from bihuan.matters import house
from bihuan.matters.many import many_kept
from bihuan.people.models import Congress


def run(congress: Congress, today: date, year: int | None = None) -> Ran:
    """Run every check over one year (else this one and the last); each check of a year is one transaction."""
    years = [today.year, today.year - 1] if year is None else [year]
    opened = Books(congress, years)
    whole = Ran()
    for one in house.institutions().values():
        for place, told in looked_through(opened, one, today):
            whole += write(place, told, today)
    return whole


class Books:
    """The books of a congress in some years: one institution after the other is read once and let go again."""

    def __init__(self, congress: Congress, years: Sequence[int]) -> None:
        self.congress, self._years = congress, years
        self._asked: dict[int, Book] = {}

    def of(self, one: Institution) -> Iterator[tuple[Check, Book]]:
        """Each check of an institution with its book of each year."""
        register = Register(self.congress, one, self._years)
        for year in self._years:
            for check in one.checks:
                asks = check.of == "asks"
                yield check, self._everything_asked(year) if asks else Read(register, year)

    def _everything_asked(self, year: int) -> Book:
        if year not in self._asked:
            self._asked[year] = books.asked(self.congress, year)
        return self._asked[year]


def looked_through(opened: Books, one: Institution, today: date) -> list[tuple[Place, list[Fault]]]:
    """What each check of an institution finds in each year. Nothing is written."""
    rules = house.rules_of(opened.congress, one.key)
    with many_kept():
        return [
            (Place(opened.congress, one, check, book.year), found(rules, check, book, today))
            for check, book in opened.of(one)
        ]


def found(rules: Rules, check: Check, book: Book, today: date) -> list[Fault]:
    """What one check finds by the rules in force at the end of the year, or today in the year that runs.

    A check whose rule was not yet in force finds nothing.
    """
    day = min(today, year_of(book)[1])
    try:
        return faults(check, rules, book, day)
    except NoSuchParam:
        return []


def run_all(job: Job, progress: Progress) -> Mapping[str, Any]:
    """The nightly job: every congress; or the one a clerk asked for."""
    today = timezone.localdate()
    own = [job.congress] if job.congress else list(Congress.objects.order_by("pk"))
    return {str(one.pk): asdict(run(one, today)) for one in _told(own, progress)}


def _told(own: list[Congress], progress: Progress) -> Iterator[Congress]:
    for place, one in enumerate(own):
        progress(place, len(own))
        yield one
