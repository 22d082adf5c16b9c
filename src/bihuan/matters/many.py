"""Very many matters read at once: chosen columns as plain tuples, and their facts understood a batch at a time."""

from __future__ import annotations

import gc
import json
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from typing import Any

from django.db.models import F, Func, Q, QuerySet, TextField, Value
from django.db.models.functions import Cast

from bihuan.loop.periods import Period
from bihuan.loop.spec import Institution
from bihuan.matters.models import Matter
from bihuan.people.models import Congress

Facts = dict[str, Any]
BATCH = 2_000


class FactText(Func):
    """One fact as text, by the operator both databases have; Django's own look-up asks SQLite three times."""

    template = "(%(expressions)s)"
    arg_joiner = " ->> "
    output_field = TextField()

    def __init__(self, name: str) -> None:
        super().__init__(F("facts"), Value(name))


def on_days(congress: Congress, one: Institution, between: Period) -> QuerySet[Matter]:
    """The matters of an institution whose day (`day_of`, annotated as `day`) is in the period, without those that
    came to nothing. The day is a text: whoever takes it for a date must see whether it is one.
    """
    first, last = (day.isoformat() for day in between)
    rows = Matter.objects.filter(congress=congress, institution=one.key).exclude(phase="void")
    return rows.annotate(day=FactText(one.day_of)).filter(Q(day__range=(first, last)))


def with_facts(rows: QuerySet[Matter], *columns: str) -> Iterator[tuple[list[Any], list[Facts]]]:
    """The columns asked for and the facts beside them, in one query: a batch of rows at a time, each column a tuple.

    Parsing many small texts as one list takes a third of the time of parsing each: names of facts are then made once.
    """
    raw = rows.values_list(*columns, Cast("facts", TextField())).iterator(BATCH)
    while batch := list(islice(raw, BATCH)):
        *read, texts = zip(*batch, strict=True)
        yield read, json.loads(f"[{','.join(texts)}]")


@contextmanager
def many_kept() -> Iterator[None]:
    """While very many rows are read to be kept: the search for rings of objects would go through all of them again and
    again, more than doubling the time, and facts are never rings.
    """
    searched = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if searched:
            gc.enable()
