"""A declared condition as a database filter. Agrees with `loop.conditions.holds` by test."""

from __future__ import annotations

from django.db.models import Q
from django.db.models.fields.json import KeyTextTransform, KeyTransform
from django.db.models.lookups import IsNull

from bihuan.loop.conditions import split
from bihuan.loop.spec import Condition, Value

COLUMNS = {"state", "round", "phase", "kind"}
"""Names that are columns of the row (or keys beside `facts` in an act's outcome), not facts."""


def as_q(when: Condition, root: str = "") -> Q:
    """The filter for a condition. `root` is the JSON the facts stand in, when not the row itself."""
    whole = Q()
    for name, asked in when.items():
        whole &= _line(name, asked, root)
    return whole


def _line(name: str, asked: Value, root: str) -> Q:
    fact, lookup = split(name)
    prefix = f"{root}__" if root else ""
    if fact in COLUMNS:
        return Q(**{_join(f"{prefix}{fact}", lookup): asked})
    if asked == "" and lookup == "":
        if root:  # `has_key` over a subquery is more than Django can put into words on SQLite
            return Q(IsNull(KeyTextTransform(fact, KeyTransform("facts", root)), True))
        return ~Q(**{f"{prefix}facts__has_key": fact})
    return Q(**{_join(f"{prefix}facts__{fact}", lookup): asked})


def _join(path: str, lookup: str) -> str:
    return f"{path}__{lookup}" if lookup else path
