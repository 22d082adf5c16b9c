"""What a check found is written in bulk: a handful of statements for a hundred findings, and only what is new."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.cast import Cast

from bihuan.findings.models import Evidence, Finding, Settlement
from bihuan.findings.written import Place, Ran, write
from bihuan.loop.checks import Fault, Row
from bihuan.matters import house
from bihuan.matters.models import Matter

TODAY = date(2026, 6, 1)
TOMORROW = TODAY + timedelta(days=1)


@pytest.fixture
def place(cast: Cast) -> Place:
    one = house.institution("paperwork")
    check = one.check("too_long")
    assert check is not None
    return Place(cast.congress, one, check, 2026)


def faults(place: Place, count: int, **changes: object) -> list[Fault]:
    """So many faults, each of a row of its own."""
    kept = Matter.objects.bulk_create(
        Matter(
            congress=place.congress, institution="paperwork", year=2026, title=f"第{n}件",
            state="issued", phase="closed", since=TODAY, raised_on=TODAY,
        )
        for n in range(count)
    )  # fmt: skip
    rows = [Row(one.pk, one.title, TODAY) for one in kept]
    return [
        Fault("太长", 6000.0, 5000.0, (row,), f"#{row.key}", "某办法", {"n": 1}) for row in rows
    ]


def statements(place: Place, told: list[Fault], day: date) -> tuple[Ran, list[str]]:
    """What was changed, and the statements that wrote it."""
    with CaptureQueriesContext(connection) as asked:
        ran = write(place, told, day)
    said = [one["sql"] for one in asked.captured_queries]
    return ran, [sql for sql in said if sql.split()[0] in ("INSERT", "UPDATE", "DELETE")]


def test_it_writes_a_hundred_in_a_handful_of_statements(place: Place) -> None:
    told = faults(place, 100)
    ran, written = statements(place, told, TODAY)
    assert ran == Ran(new=100) and len(written) < 5
    assert Finding.objects.count() == Evidence.objects.count() == 100
    ran, written = statements(place, told, TOMORROW)
    assert ran == Ran() and len(written) == 1
    assert set(Finding.objects.values_list("seen_on", "found_on")) == {(TOMORROW, TODAY)}
    assert statements(place, told, TOMORROW) == (Ran(), [])
    ran, written = statements(place, [], TOMORROW)
    assert ran == Ran(gone=100) and len(written) == 1


def test_it_writes_only_what_changed(place: Place) -> None:
    one, other = faults(place, 2)
    write(place, [one, other], TODAY)
    grown = Fault("更长", 7000.0, 5000.0, (*one.rows, *other.rows), one.group, "某办法", {"n": 2})
    assert write(place, [grown, other], TODAY) == Ran(changed=1)
    changed = Finding.objects.get(group=one.group)
    assert (changed.say, changed.value, changed.figures) == ("更长", 7000, {"n": 2})
    assert [row.matter_id for row in changed.evidence.all()] == [row.key for row in grown.rows]
    assert Finding.objects.get(group=other.group).say == "太长"


@pytest.mark.parametrize(("value", "state"), [(6000.0, "refuted"), (6500.0, "open")])
def test_it_opens_what_was_set_aside_once_it_has_grown(
    place: Place, value: float, state: str
) -> None:
    [one] = faults(place, 1)
    write(place, [one], TODAY)
    finding = Finding.objects.get()
    Finding.objects.update(state="refuted")
    for said in (9000.0, 6000.0):  # the last word counts
        Settlement.objects.create(finding=finding, state="refuted", value=said)
    write(place, [Fault("太长", value, 5000.0, one.rows, one.group, "某办法")], TODAY)
    assert Finding.objects.get().state == state


def test_it_leaves_the_findings_of_other_checks_and_years_alone(place: Place) -> None:
    [one] = faults(place, 1)
    write(place, [one], TODAY)
    year_before = Place(place.congress, place.institution, place.check, 2025)
    other = place.institution.check("unreviewed")
    assert other is not None
    write(year_before, [], TOMORROW)
    write(Place(place.congress, place.institution, other, 2026), [], TOMORROW)
    assert Finding.objects.get().gone_on is None


def test_it_finds_again_what_was_gone(place: Place) -> None:
    told = faults(place, 1)
    write(place, told, TODAY)
    write(place, [], TODAY)
    assert write(place, told, TOMORROW) == Ran(changed=1)
    assert Finding.objects.get().gone_on is None
