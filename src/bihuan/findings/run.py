"""All checks over all rows of a congress: what is found is written once, what no longer holds is said to be gone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from bihuan.findings import books
from bihuan.findings.models import Evidence, Finding
from bihuan.jobs.kinds import Progress
from bihuan.jobs.models import Job
from bihuan.loop.checks import Book, Fault, faults, year_of
from bihuan.loop.params import NoSuchParam, Rules
from bihuan.loop.spec import Check, Institution
from bihuan.matters import house
from bihuan.people.models import Congress

LONGEST_SAY = 500


@dataclass(frozen=True)
class Ran:
    """What a run changed."""

    new: int = 0
    changed: int = 0
    gone: int = 0

    def __add__(self, other: Ran) -> Ran:
        return Ran(self.new + other.new, self.changed + other.changed, self.gone + other.gone)


def run(congress: Congress, today: date, year: int | None = None) -> Ran:
    """Run every check over one year (else this one and the last); each check is one transaction."""
    years = [today.year, today.year - 1] if year is None else [year]
    whole = Ran()
    for one_year in years:
        asked = books.asked(congress, one_year) if _asks() else None
        for one in house.institutions().values():
            if not one.checks:
                continue
            rules = house.rules_of(congress, one.key)
            for check in one.checks:
                book: Book = books.Kept(congress, one, one_year)
                if check.of == "asks" and asked is not None:
                    book = asked
                whole += _one(congress, rules, check, book, today)
    return whole


def _asks() -> bool:
    return any(check.of == "asks" for one in house.institutions().values() for check in one.checks)


def found(rules: Rules, check: Check, book: Book, today: date) -> list[Fault]:
    """What one check finds by the rules in force at the end of the year, or today in the year that runs.

    A check whose rule was not yet in force finds nothing.
    """
    day = min(today, year_of(book)[1])
    try:
        return faults(check, rules, book, day)
    except NoSuchParam:
        return []


@transaction.atomic
def _one(congress: Congress, rules: Rules, check: Check, book: Book, today: date) -> Ran:
    one = rules.institution
    told = {fault.group[:120]: fault for fault in found(rules, check, book, today)}
    kept = {
        finding.group: finding
        for finding in Finding.objects.select_for_update().filter(
            congress=congress, institution=one.key, check_key=check.id, year=book.year
        )
    }
    new = [
        _begin(congress, one, check, book, fault, today)
        for g, fault in told.items()
        if g not in kept
    ]
    changed = [_renew(kept[g], fault, book, today) for g, fault in told.items() if g in kept]
    gone = [f for g, f in kept.items() if g not in told and f.gone_on is None]
    for finding in gone:
        finding.gone_on = today
        finding.save(update_fields=["gone_on"])
    return Ran(len(new), sum(changed), len(gone))


def _begin(
    congress: Congress, one: Institution, check: Check, book: Book, fault: Fault, today: date
) -> Finding:
    finding = Finding(
        congress=congress,
        institution=one.key,
        check_key=check.id,
        heading=check.heading,
        year=book.year,
        group=fault.group[:120],
        found_on=today,
        seen_on=today,
    )
    _tell(finding, fault, book)
    finding.save()
    _show(finding, fault)
    return finding


def _tell(finding: Finding, fault: Fault, book: Book) -> None:
    finding.begins, finding.ends = fault.period or year_of(book)
    finding.say = fault.say[:LONGEST_SAY]
    finding.value, finding.threshold = fault.value, fault.threshold
    finding.figures, finding.cite = dict(fault.figures), fault.cite[:200]


def _renew(finding: Finding, fault: Fault, book: Book, today: date) -> bool:
    """A finding seen again: as it now stands, its rows with it. One that was set aside and has grown is open anew."""
    before = (finding.say, finding.value, finding.gone_on, _keys(finding))
    settled = finding.settlements.order_by("-id").first()
    _tell(finding, fault, book)
    finding.seen_on, finding.gone_on = today, None
    if settled and finding.state in ("explained", "refuted") and _worse(fault, settled.value):
        finding.state = "open"
    finding.save()
    after = (finding.say, finding.value, None, sorted(row.key for row in fault.rows))
    if before == after:
        return False
    _show(finding, fault)
    return True


def _keys(finding: Finding) -> list[int]:
    return sorted(finding.evidence.values_list("matter_id", flat=True))


def _worse(fault: Fault, settled: float) -> bool:
    return abs(fault.value - fault.threshold) > abs(settled - fault.threshold)


def _show(finding: Finding, fault: Fault) -> None:
    finding.evidence.all().delete()
    keys = dict.fromkeys(row.key for row in fault.rows if row.key)
    Evidence.objects.bulk_create(
        Evidence(finding=finding, matter_id=key, place=place) for place, key in enumerate(keys)
    )


def run_all(job: Job, progress: Progress) -> Mapping[str, Any]:
    """The nightly job: every congress; or the one a clerk asked for."""
    today = timezone.localdate()
    own = [job.congress] if job.congress else list(Congress.objects.order_by("pk"))
    return {str(one.pk): asdict(run(one, today)) for one in _told(own, progress)}


def _told(own: list[Congress], progress: Progress) -> Iterator[Congress]:
    for place, one in enumerate(own):
        progress(place, len(own))
        yield one
