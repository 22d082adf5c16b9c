"""Today, matter and board ask the database as often for ten thousand matters as for ten; the ledger asks a
few times more once a list is longer than it counts to the end, and then no more however long it grows.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeVar

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from tests.cast import Cast

from bihuan.matters.models import Assignment, Matter, Proposer

FEW, MANY = 10, 10_000
COUNTED_APART = 5
"""How often more the ledger asks of a long list: it counts each of its figures up to a bound."""
Row = TypeVar("Row", Matter, Assignment, Proposer)


def copies(cast: Cast, count: int) -> None:
    """More matters like one under way, with its shares and proposers, written straight into the tables:
    what is measured here is reading.
    """
    model = cast.suggestion("working", co=("finance",))
    share = Assignment.objects.filter(matter=model).first()
    proposer = Proposer.objects.get(matter=model)
    assert share is not None
    rows = Matter.objects.bulk_create(_alike(model, count), batch_size=1_000)
    Assignment.objects.bulk_create(
        [_with(share, Assignment, row) for row in rows], batch_size=1_000
    )
    Proposer.objects.bulk_create([_with(proposer, Proposer, row) for row in rows], batch_size=1_000)


def _alike(model: Matter, count: int) -> Iterator[Matter]:
    for _ in range(count):
        yield _with(model, Matter, None)


def _with(row: Row, kind: type[Row], matter: Matter | None) -> Row:
    fields = [field.attname for field in kind._meta.concrete_fields if field.attname != "id"]
    made = kind(**{name: getattr(row, name) for name in fields})
    if matter is not None:
        made.matter_id = matter.pk
    return made


def asked(cast: Cast, role: str, url: str) -> int:
    """How many queries a page takes."""
    client = cast.client(role)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(url).status_code == 200, url
    return len(queries)


def test_it_asks_as_often_for_ten_thousand_as_for_ten(cast: Cast) -> None:
    copies(cast, FEW)
    matter = Matter.objects.order_by("pk").first()
    assert matter is not None
    pages = [
        (role, url)
        for role in ("clerk", "contact", "deputy", "leader")
        for url in (
            reverse("today"),
            reverse("ledger", args=["suggestions"]),
            reverse("matter", args=[matter.pk]),
            reverse("board", args=["suggestions"]),
        )
    ]
    few = {page: asked(cast, *page) for page in pages}
    copies(cast, MANY)
    for page in pages:
        more = COUNTED_APART if page[1] == reverse("ledger", args=["suggestions"]) else 0
        assert few[page] <= asked(cast, *page) <= few[page] + more, page
