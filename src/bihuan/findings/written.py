"""What one check found in one year is written: new findings, those that changed, those that are gone. In bulk.

However many findings there are, a check costs a handful of statements; of those that stayed as they were
only the day they were last seen is written.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from bihuan.findings.models import Evidence, Finding, Settlement
from bihuan.loop.checks import Fault
from bihuan.loop.spec import Check, Institution
from bihuan.people.models import Congress

LONGEST_SAY, LONGEST_CITE, LONGEST_GROUP = 500, 200, 120
AT_ONCE = 500
TOLD = ("begins", "ends", "say", "value", "threshold", "figures", "cite")
"""The columns a fault fills."""


@dataclass(frozen=True)
class Ran:
    """What a run changed."""

    new: int = 0
    changed: int = 0
    gone: int = 0

    def __add__(self, other: Ran) -> Ran:
        return Ran(self.new + other.new, self.changed + other.changed, self.gone + other.gone)


@dataclass(frozen=True)
class Place:
    """Where findings belong: to a check of an institution in a congress, in one year."""

    congress: Congress
    institution: Institution
    check: Check
    year: int

    def findings(self) -> QuerySet[Finding]:
        """All there ever were."""
        return Finding.objects.filter(
            congress=self.congress,
            institution=self.institution.key,
            check_key=self.check.id,
            year=self.year,
        )

    def evidence(self) -> dict[int, list[int]]:
        """The rows of each of them, in order."""
        rows = Evidence.objects.filter(finding__in=self.findings()).order_by("place", "id")
        shown: dict[int, list[int]] = {}
        for finding, matter in rows.values_list("finding_id", "matter_id"):
            shown.setdefault(finding, []).append(matter)
        return shown

    def settled(self) -> dict[int, float]:
        """The value each had when somebody last said something to it."""
        said = Settlement.objects.filter(finding__in=self.findings()).order_by("id")
        return dict(said.values_list("finding_id", "value"))


@transaction.atomic
def write(place: Place, faults: Iterable[Fault], today: date) -> Ran:
    """Write what a check found now: `faults` are all there are, so what is not among them is gone."""
    told = {fault.group[:LONGEST_GROUP]: fault for fault in faults}
    kept = {finding.group: finding for finding in place.findings().select_for_update()}
    new = {group: fault for group, fault in told.items() if group not in kept}
    again = [(kept[group], fault) for group, fault in told.items() if group in kept]
    gone = [one.pk for group, one in kept.items() if group not in told and one.gone_on is None]
    _begin(place, new, today)
    changed = _renew(place, again, today) if again else 0
    _part(gone, today)
    return Ran(len(new), changed, len(gone))


def _begin(place: Place, new: Mapping[str, Fault], today: date) -> None:
    made = [
        Finding(
            congress=place.congress,
            institution=place.institution.key,
            check_key=place.check.id,
            heading=place.check.heading,
            year=place.year,
            group=group,
            found_on=today,
            seen_on=today,
            **_columns(fault, place.year),
        )
        for group, fault in new.items()
    ]
    _show(zip(Finding.objects.bulk_create(made, AT_ONCE), new.values(), strict=True))


def _renew(place: Place, again: list[tuple[Finding, Fault]], today: date) -> int:
    """Findings seen again, as they now stand, their rows with them; how many of them changed.

    One that was set aside and has grown since is open anew.
    """
    evidence, settled = place.evidence(), place.settled()
    moved = [pair for pair in again if evidence.get(pair[0].pk, []) != _keys(pair[1])]
    changed = {finding.pk for finding, _ in moved}
    rewritten = []
    for finding, fault in again:
        aside = finding.state in ("explained", "refuted") and finding.pk in settled
        opened = aside and _worse(fault, settled[finding.pk])
        if _tell(finding, _columns(fault, place.year)) or opened or finding.gone_on:
            finding.gone_on, finding.state = None, "open" if opened else finding.state
            rewritten.append(finding)
    Finding.objects.bulk_update(rewritten, [*TOLD, "gone_on", "state"], AT_ONCE)
    if any(finding.seen_on != today for finding, _ in again):
        place.findings().filter(gone_on=None).update(seen_on=today)
    _hide(finding.pk for finding, _ in moved)
    _show(moved)
    return len(changed | {finding.pk for finding in rewritten})


def _columns(fault: Fault, year: int) -> dict[str, Any]:
    begins, ends = fault.period or (date(year, 1, 1), date(year, 12, 31))
    return {
        "begins": begins,
        "ends": ends,
        "say": fault.say[:LONGEST_SAY],
        "value": fault.value,
        "threshold": fault.threshold,
        "figures": dict(fault.figures),
        "cite": fault.cite[:LONGEST_CITE],
    }


def _tell(finding: Finding, columns: Mapping[str, Any]) -> bool:
    """Fill the finding; whether anything in it is new."""
    new = {name: value for name, value in columns.items() if getattr(finding, name) != value}
    for name, value in new.items():
        setattr(finding, name, value)
    return bool(new)


def _worse(fault: Fault, settled: float) -> bool:
    return abs(fault.value - fault.threshold) > abs(settled - fault.threshold)


def _part(keys: list[int], today: date) -> None:
    for start in range(0, len(keys), AT_ONCE):
        Finding.objects.filter(pk__in=keys[start : start + AT_ONCE]).update(gone_on=today)


def _hide(findings: Iterable[int]) -> None:
    keys = list(findings)
    for start in range(0, len(keys), AT_ONCE):
        Evidence.objects.filter(finding__in=keys[start : start + AT_ONCE]).delete()


def _keys(fault: Fault) -> list[int]:
    return list(dict.fromkeys(row.key for row in fault.rows if row.key))


def _show(told: Iterable[tuple[Finding, Fault]]) -> None:
    rows = (
        Evidence(finding=finding, matter_id=key, place=place)
        for finding, fault in told
        for place, key in enumerate(_keys(fault))
    )
    Evidence.objects.bulk_create(rows, 2_000)
