"""Every address × every role × (own, another body's, another congress's object): no leak, no 500.

The addresses are read from the URL list itself: a page added tomorrow is probed tomorrow. What each role may
see of each object is written out below by hand, not computed with the code under test.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from datetime import date

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from tests.cast import Cast, make_cast

from bihuan.institutions.sessions import agenda
from bihuan.institutions.sessions.models import CommitteeSession, Item
from bihuan.matters.act import Doer, Proposing, raise_matter
from bihuan.matters.models import Act, Matter
from bihuan.people.models import Congress, Person, Seat, Term, User

pytestmark = [pytest.mark.django_db, pytest.mark.once]

OWN, OTHERS, ELSEWHERE = "QZX-OWN-71", "QZX-OTHER-82", "QZX-ELSEWHERE-93"
SITTING = "QZX-SITTING-55"
WORDS = "人行天桥"
"""What is searched for: in every title, so that a search that forgets access finds all three."""

OVERSEERS = {"clerk", "secretariat", "committee", "leader"}
MAY_SEE = {
    OWN: OVERSEERS | {"delegation", "deputy", "contact"},
    OTHERS: OVERSEERS | {"other_deputy", "other_contact"},
    ELSEWHERE: {"outsider"},
    SITTING: OVERSEERS,
}
ROLES = (
    "clerk", "secretariat", "delegation", "committee", "contact", "other_contact", "deputy",
    "other_deputy", "leader", "unit", "system_admin", "security_admin", "audit_admin", "nobody",
    "outsider",
)  # fmt: skip
SAFE_TITLES = {"similar"}
"""Shows title, year and outcome of earlier matters to those who may raise one: by design, in one congress."""

EXPECTED = {200, 204, 301, 302, 303, 400, 401, 403, 404, 405, 409, 413, 422, 429}


@dataclass(frozen=True)
class World:
    """A cast, and three matters each marked with a word of its own."""

    cast: Cast
    matters: dict[str, Matter]
    items: dict[str, Item]


def addresses(resolver: URLResolver | None = None, prefix: str = "") -> Iterator[tuple[str, str]]:
    """(name, route) of every registered address."""
    for pattern in (resolver or get_resolver()).url_patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern, route)
        elif isinstance(pattern, URLPattern):
            yield pattern.name or route, route


def filled(route: str, world: World, mark: str) -> str:
    """The route with its places filled for one matter; institutions, acts and keys by real values."""
    matter = world.matters[mark]
    last = Act.objects.filter(matter=matter).order_by("-seq").first()
    values = {
        "pk": str(matter.pk),
        "institution": "suggestions",
        "key": "implementation_rate",
        "act_id": "hand_over",
        "act": "hand_over",
        "kind": "docx",
        "seq": str(last.seq if last else 1),
        "user": str(world.cast.clerk.pk),
        "channel": "mail",
    }
    if route.startswith("i/sessions/"):
        item = world.items.get(mark, world.items[OWN])
        values |= {"pk": str(item.session_id), "item": str(item.pk)}

    def place(found: re.Match[str]) -> str:
        name = found.group("name")
        return values.get(name, "1" if found.group("kind") == "int" else "suggestions")

    clean = re.sub(r"<(?:(?P<kind>\w+):)?(?P<name>\w+)>", place, route)
    return "/" + re.sub(r"[\^$\\]", "", clean).replace("(?P", "")


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: object) -> Iterator[World]:
    """Built once for all probes, and taken away after them."""
    with django_db_blocker.unblock(), transaction.atomic():  # type: ignore[attr-defined]
        yield _build()
        transaction.set_rollback(True)


def _build() -> World:
    cast = make_cast()
    own = cast.suggestion("rating", title=f"关于修建{WORDS}的建议 {OWN}")
    others = cast.suggestion(
        "to_hand_over", title=f"关于修建{WORDS}的建议 {OTHERS}", by="other_deputy"
    )
    clerk = Doer("clerk", cast.clerk)
    shares = [{"body": str(cast.bodies["finance"].pk), "person": "吴秀英", "kind": "lead"}]
    cast.take(others, "hand_over", clerk, date(2026, 3, 9), {"assignments": shares})
    foreign = _elsewhere(cast)
    items = {OWN: _sitting(cast.congress, cast.clerk, SITTING)}
    items[ELSEWHERE] = _sitting(cast.elsewhere, cast.outsider, ELSEWHERE)
    return World(cast, {OWN: own, OTHERS: others, ELSEWHERE: foreign}, items)


def _sitting(congress: Congress, clerk: User, mark: str) -> Item:
    """A committee session with one item, at a place that bears the mark too."""
    day = date(2026, 3, 20)
    session = agenda.plan(congress, agenda.Planned(1, day, day, place=mark), clerk)
    assert isinstance(session, CommitteeSession), session
    data = {"title": f"关于{WORDS}的决定 {mark}", "kind": "议案、决定"}
    made = agenda.list_item(session, "list_item", data, Doer("clerk", clerk), date(2026, 3, 2))
    assert isinstance(made, Item), made
    return made


def _elsewhere(cast: Cast) -> Matter:
    term = Term.objects.create(congress=cast.elsewhere, number=3)
    person = Person.objects.create(congress=cast.elsewhere, name="外县代表")
    seat = Seat.objects.create(congress=cast.elsewhere, term=term, person=person)
    made = raise_matter(
        cast.elsewhere,
        "suggestions",
        "record",
        Doer("clerk", cast.outsider),
        date(2026, 3, 2),
        {"title": f"关于修建{WORDS}的建议 {ELSEWHERE}"},
        proposers=[Proposing(person.name, seat)],
    )
    assert isinstance(made, Matter), made
    return made


def probe(client: Client, name: str, url: str, method: str) -> tuple[int, str]:
    """One request; the answer's status and text. An exception in a view is a failed probe, not an error page."""
    client.raise_request_exception = True
    query = {"q": WORDS, "title": f"关于修建{WORDS}的建议", "text": WORDS}
    answer = client.get(url, query) if method == "get" else client.post(url, query)
    content = b"".join(answer) if answer.streaming else answer.content
    return answer.status_code, content.decode("utf-8", "replace")


@pytest.mark.parametrize("role", [*ROLES, "anonymous"])
def test_it_shows_each_role_only_what_is_its_own(world: World, role: str) -> None:
    faults: list[str] = []
    client = Client() if role == "anonymous" else world.cast.client(role)
    signed_in = deepcopy(client.cookies)
    for name, route in addresses():
        # An address that names no object is the same for all three.
        for mark in (OWN, OTHERS, ELSEWHERE) if "<" in route else (OWN,):
            for method in ("get", "post"):
                client.cookies = deepcopy(signed_in)
                url = filled(route, world, mark)
                faults += _faults(client, role, name, url, method)
    assert not faults, "\n".join(sorted(set(faults)))


def _faults(client: Client, role: str, name: str, url: str, method: str) -> list[str]:
    with transaction.atomic():
        status, text = probe(client, name, url, method)
        transaction.set_rollback(True)
    found = [] if status in EXPECTED else [f"{method} {url}：{status}"]
    for mark, may_see in MAY_SEE.items():
        by_design = name in SAFE_TITLES and mark != ELSEWHERE and role != "outsider"
        if mark in text and role not in may_see and not by_design:
            found.append(f"{method} {url}：{role} 看到了 {mark}")
    return found


def test_it_probes_every_registered_address() -> None:
    names = [name for name, _ in addresses()]
    assert len(names) > 20
    assert {"ledger", "matter", "act", "board", "today"} <= set(names)
