"""Who is entitled to vote: taken from dated facts on the day, changed by hand while preparing, frozen at opening."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

import rfc8785

from bihuan.ballots.models import Ballot, Voter
from bihuan.loop.forms import Refusal
from bihuan.matters.act import key_of
from bihuan.people.models import Appointment, Body, Congress, Delegation, Person, Seat, Term

DEPUTIES, ALL_DEPUTIES = "deputies", "全体代表"
MOST = 3_000


def sources(congress: Congress, day: date) -> list[tuple[str, str]]:
    """What a roll may be taken from: bodies of the congress with posts in force, delegations, all deputies."""
    posts = Appointment.objects.filter(Appointment.on(day), body__congress=congress)
    held = posts.filter(body__kind__in=("standing", "committee")).values("body")
    bodies = Body.objects.filter(pk__in=held).order_by("path")
    delegations = Delegation.objects.filter(term__in=_terms(congress, day)).order_by("pk")
    return [
        *((f"body-{body.pk}", body.name) for body in bodies),
        (DEPUTIES, ALL_DEPUTIES),
        *((f"delegation-{one.pk}", one.name) for one in delegations),
    ]


def persons_of(congress: Congress, source: str, day: date) -> list[Person] | Refusal:
    """The persons of a source on the day, by name."""
    kind, _, key = source.partition("-")
    pk = key_of(key)
    persons = Person.objects.filter(congress=congress)
    if kind == "body":
        held = Appointment.objects.filter(Appointment.on(day), body=pk, body__congress=congress)
        found = persons.filter(pk__in=held.values("person"))
    elif kind in (DEPUTIES, "delegation"):
        seats = Seat.objects.filter(Seat.on(day), term__in=_terms(congress, day))
        seats = seats.filter(delegation=pk) if kind == "delegation" else seats
        found = persons.filter(pk__in=seats.values("person"))
    else:
        return Refusal("请从列表中选择名册从哪里来", "source")
    return list(found.order_by("name", "pk")[: MOST + 1])


def named(congress: Congress, text: str) -> list[Person] | Refusal:
    """The persons whose names are typed, one a line or parted by 、."""
    words = [word.strip() for word in text.replace("、", "\n").replace("，", "\n").split("\n")]
    by_name: dict[str, list[Person]] = {word: [] for word in words if word}
    for person in Person.objects.filter(congress=congress, name__in=by_name):
        by_name[person.name].append(person)
    for word, rows in by_name.items():
        if len(rows) != 1:
            why = "不止一位" if rows else "人员里没有"
            return Refusal(f"“{word}”{why}，请核对姓名，或先在“人员”里登记", "names")
    return [person for rows in by_name.values() for person in rows]


def put(ballot: Ballot, persons: Iterable[Person]) -> None:
    """Write the roll of a ballot in preparation anew."""
    once = {person.pk: person for person in persons}
    ballot.roll.all().delete()
    Voter.objects.bulk_create(
        Voter(ballot=ballot, person=person, name=person.name) for person in once.values()
    )


def roll_hash(voters: Sequence[Voter]) -> str:
    """SHA-256 over who is on the roll: persons and names, nothing that changes while the vote runs."""
    rows: Any = sorted([voter.person_id, voter.name] for voter in voters)
    return hashlib.sha256(rfc8785.dumps(rows)).hexdigest()


def _terms(congress: Congress, day: date) -> list[int]:
    terms = Term.objects.filter(Term.on(day), congress=congress)
    return list(terms.order_by("-number").values_list("pk", flat=True)[:1])
