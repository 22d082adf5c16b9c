"""The facts that open a step of the ladder: of a matter from its own row, of bodies by grouped queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Count, F, Q, QuerySet
from django.db.models.functions import Coalesce

from bihuan.loop.ladder import Step
from bihuan.loop.spec import Value
from bihuan.matters.models import Assignment, Matter
from bihuan.matters.queries import OPEN
from bihuan.people.models import Congress

LEADING = ("lead", "separate")
"""The kinds of share that answer for a matter."""
LIMIT_ON = Coalesce(F("due_on"), F("matter__due_on"))
"""The limit that a share goes by: its own, else its matter's."""


@dataclass(frozen=True)
class Taken:
    """A step that was taken: the matter raised by it, and the body it names."""

    step: str
    body: int
    matter: Matter


@dataclass
class Record:
    """What is on record about one body: the facts, and the earlier steps they count."""

    body: int
    facts: dict[str, Value] = field(default_factory=dict)
    taken: list[Taken] = field(default_factory=list)


def of_matter(matter: Matter, today: date) -> dict[str, Value]:
    """The facts of a matter, from its row alone."""
    late = matter.phase in OPEN and matter.due_on is not None and matter.due_on < today
    found: dict[str, Value] = {
        "late": late,
        "days_late": (today - matter.due_on).days if late and matter.due_on else 0,
        "press_count": int(matter.facts.get("press_count") or 0),
    }
    pressed_on = matter.facts.get("press_on")
    if pressed_on:
        found["press_days"] = (today - date.fromisoformat(str(pressed_on))).days
    return found


def of_bodies(
    congress: Congress,
    steps: Iterable[Step],
    today: date,
    since: date,
    bodies: Collection[int] | None = None,
) -> dict[int, Record]:
    """The record of every body with something overdue or with a step taken, in two queries.

    `since`: how far back earlier steps count. `bodies` narrows it to some.
    """
    rungs = [step for step in steps if step.rung.of == "body" and not step.rung.automatic]
    records: dict[int, Record] = {}
    for row in _counted(congress, today, bodies):
        facts: dict[str, Value] = {name: row[name] for name in row if name != "body"}
        records[row["body"]] = Record(row["body"], facts)
    for taken in _taken(congress, rungs, since, bodies):
        records.setdefault(taken.body, Record(taken.body)).taken.append(taken)
    for record in records.values():
        _add_steps(record, rungs, today)
    return records


def overdue(congress: Congress, today: date) -> QuerySet[Assignment]:
    """The shares a body leads that are open in an open matter and past their limit.

    A late share makes its matter late: asked first, for late matters are few and found by their index.
    """
    late = Assignment.objects.filter(
        congress=congress, matter__phase__in=OPEN, matter__due_on__lt=today
    )
    own = Q(due_on__lt=today) | Q(due_on=None)
    return late.filter(own, kind__in=LEADING, phase__in=OPEN)


def pressed(times: int) -> Q:
    """The shares whose matter was pressed so often."""
    return Q(matter__facts__press_count__gte=times)


def _counted(
    congress: Congress, today: date, bodies: Collection[int] | None
) -> list[dict[str, int]]:
    shares = overdue(congress, today).order_by()
    if bodies is not None:
        shares = shares.filter(body__in=bodies)
    counted = shares.values("body").annotate(
        late=Count("pk"),
        pressed=Count("pk", filter=pressed(1)),
        pressed_twice=Count("pk", filter=pressed(2)),
        broken=Count("pk", filter=Q(matter__parent__isnull=False)),
        redone=Count("pk", filter=Q(matter__round__gte=2)),
    )
    return [{name: int(str(value)) for name, value in row.items()} for row in counted]


def _taken(
    congress: Congress, rungs: list[Step], since: date, bodies: Collection[int] | None
) -> list[Taken]:
    """Steps are few: they are read, not counted by the database."""
    by_act = {(step.institution.key, step.rung.act): step.rung for step in rungs}
    keys = {key for key, _act in by_act}
    rows = Matter.objects.filter(congress=congress, institution__in=keys, raised_on__gte=since)
    found = []
    for matter in rows.exclude(phase="void").defer("text", "limit").order_by("raised_on", "pk"):
        for (key, act), rung in by_act.items():
            body = str(matter.facts.get(rung.target) or "")
            if matter.institution == key and f"{act}_count" in matter.facts and body.isdecimal():
                found.append(Taken(rung.id, int(body), matter))
    return [one for one in found if bodies is None or one.body in bodies]


def _add_steps(record: Record, rungs: list[Step], today: date) -> None:
    for name in ("late", "pressed", "pressed_twice", "broken", "redone"):
        record.facts.setdefault(name, 0)
    own: defaultdict[str, list[Matter]] = defaultdict(list)
    for taken in record.taken:
        own[taken.step].append(taken.matter)
    for step in rungs:
        matters = own[step.rung.id]
        record.facts[f"{step.rung.id}_count"] = len(matters)
        record.facts[f"{step.rung.id}_open"] = sum(1 for one in matters if one.phase in OPEN)
        if matters:
            record.facts[f"{step.rung.id}_days"] = (today - matters[-1].raised_on).days
