"""Many at once: the same rows, the same refusals, the same chain as one by one."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.cast import Cast

from bihuan.loop.forms import Refusal
from bihuan.matters import booking, search
from bihuan.matters.act import Doer, Proposing, raise_matter
from bihuan.matters.booking import Booking, Books
from bihuan.matters.models import Act, Counter, Matter, Proposer
from bihuan.matters.verify import verify

DAY = date(2026, 3, 2)
OWN = ("id", "matter_id", "at", "hash", "head", "previous")
"""What no two writings share: keys, times, and the hashes over them."""

WORDS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=12)
ROWS = st.lists(
    st.fixed_dictionaries(
        {"title": WORDS},
        optional={
            "text": WORDS,
            "old_number": st.sampled_from(["1", "12", "9" * 41]),
            "category": st.sampled_from(["A", "B", "错"]),
            "reply_on": st.sampled_from(["2025-05-06", "2025-13-01"]),
            "result": st.sampled_from(["满意", "不满意"]),
            "implemented": st.booleans(),
        },
    ),
    min_size=1,
    max_size=7,
)


def _bookings(cast: Cast, rows: Sequence[dict[str, Any]]) -> list[Booking]:
    """Every second row has a proposer with a seat; rows of one title bear the same token."""
    seat = cast.seats["deputy"]
    return [
        Booking(
            DAY,
            row,
            proposers=[Proposing(seat.person.name, seat), Proposing("李四")][: place % 3],
            token=f"t-{row['title']}",
            identity=row["title"],
            raised_on=date(2025 - place % 2, 3, 4),
        )
        for place, row in enumerate(rows)
    ]


def _one_by_one(cast: Cast, bookings: Sequence[Booking]) -> list[Refusal | None]:
    made = [
        raise_matter(
            cast.congress,
            "suggestions",
            "record",
            Doer("clerk", cast.clerk),
            one.day,
            one.data,
            proposers=one.proposers,
            token=one.token,
            identity=one.identity,
            raised_on=one.raised_on,
        )
        for one in bookings
    ]
    return [one if isinstance(one, Refusal) else None for one in made]


def _at_once(cast: Cast, bookings: Sequence[Booking]) -> list[Refusal | None]:
    with Books(cast.congress, "suggestions", "record", Doer("clerk", cast.clerk)) as books:
        return books.raise_all(bookings)


def _left(work: Callable[[], Any]) -> tuple[Any, ...]:
    """What the work returns and leaves in the tables; undone afterwards."""
    with transaction.atomic():
        told = work()
        # A series that was only begun by a row that was refused has given nothing out.
        numbers = list(Counter.objects.exclude(last=0).values_list("series", "last"))
        rows = [_plain(model) for model in (Matter, Act, Proposer)]
        found, sound = _index(), verify().broken
        transaction.set_rollback(True)
    return told, sorted(numbers), rows, found, sound


def _plain(model: type[Any]) -> list[dict[str, Any]]:
    rows = model.objects.order_by("pk").values()
    return [{n: v for n, v in row.items() if n not in OWN} for row in rows]


def _index() -> list[Any]:
    key = "rowid, title" if connection.vendor == "sqlite" else "matter_id, part"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {key}, body FROM {search.TABLE} ORDER BY 1, 2")
        return [row[1:] for row in cursor.fetchall()]


@given(rows=ROWS)
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_it_writes_the_same_rows_as_one_by_one(cast: Cast, rows: list[dict[str, Any]]) -> None:
    bookings = _bookings(cast, rows)
    singly = _left(lambda: _one_by_one(cast, bookings))
    together = _left(lambda: _at_once(cast, bookings))
    assert together == singly
    assert together[-1] == []


def test_it_writes_batch_after_batch(cast: Cast, monkeypatch: Any) -> None:
    monkeypatch.setattr(booking, "BATCH", 2)
    rows = [{"title": f"关于第{place}件事的建议"} for place in range(5)]
    bookings = _bookings(cast, rows)
    assert _left(lambda: _at_once(cast, bookings)) == _left(lambda: _one_by_one(cast, bookings))


def test_it_books_nothing_twice(cast: Cast) -> None:
    bookings = _bookings(cast, [{"title": "甲"}, {"title": "乙"}])
    assert _one_by_one(cast, bookings[:1]) == [None]
    assert _at_once(cast, bookings) == [None, None]
    assert sorted(Matter.objects.values_list("title", flat=True)) == ["乙", "甲"]
    assert verify().ok


def test_it_can_be_found_at_once(cast: Cast) -> None:
    _at_once(cast, _bookings(cast, [{"title": "关于修建人行天桥的建议", "text": "学生过街危险"}]))
    assert search.find(Matter.objects.all(), "过街").get() == Matter.objects.get()
