"""Books that count in SQL, opened at one row before an act; and everything asked of units, in memory.

Over all rows at night books stand on a `register`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, F, FloatField, QuerySet, Sum
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast

from bihuan.asks.gather import Ask, asks, base_units
from bihuan.loop.checks import Listed, Row, under
from bihuan.loop.conditions import holds
from bihuan.loop.periods import Period
from bihuan.loop.spec import Condition, Institution
from bihuan.matters.models import Matter
from bihuan.measures.conditions import as_q
from bihuan.people.models import Body, Congress
from bihuan.text.similar import fold

LISTS = ("bodies",)
"""Kinds of field that hold several values."""
TEXTS = ("text", "choice", "matter")
"""Kinds of field that hold one text."""


@dataclass(frozen=True)
class Kept:
    """The rows of one institution as they stand, those that came to nothing left out."""

    congress: Congress
    institution: Institution
    year: int
    focus: Row | None = None

    def rows(self, where: Condition, between: Period, texts: bool = False) -> list[Row]:
        """One query. Rows whose day cannot be read are in no period; with `texts`, those without one are left out."""
        columns = ["pk", "title", "number", "state", "facts", *(["text"] if texts else [])]
        rows = self._matters(where, between).only(*columns)
        found = (rows.exclude(text="") if texts else rows).iterator()
        read = (row_of(self.institution, matter, texts) for matter in found)
        own = [row for row in read if row]
        return sorted([*own, *self._focused(where, between)], key=lambda row: (row.day, row.key))

    def count(self, where: Condition, between: Period) -> int:
        """One query."""
        focused = sum(1 for _ in self._focused(where, between))
        return self._matters(where, between).count() + focused

    def total(self, name: str, where: Condition, between: Period) -> float:
        """One query."""
        amount = Cast(KeyTextTransform(name, "facts"), FloatField())
        filled = self._matters(where, between).filter(facts__has_key=name)
        kept = filled.aggregate(total=Sum(amount))["total"] or 0
        return float(kept) + sum(row.amount(name) for row in self._focused(where, between))

    def counts(self, by: str, where: Condition, between: Period) -> Mapping[str, int]:
        """Grouped by the database where the field holds one value, by hand where it holds a list."""
        field = self.institution.field(by)
        listed = field is not None and field.kind in LISTS
        counted = self._listed(by, where, between) if listed else self._grouped(by, where, between)
        for row in self._focused(where, between):
            counted.update(row.of(by))
        return counted

    def groups(
        self, by: str, where: Condition, between: Period, least: int
    ) -> Mapping[str, list[Row]]:
        """Counted first; only where a value has so many rows are those under the values looked for read."""
        counted = self.counts(by, where, between)
        own = counted if self.focus is None else self.focus.of(by)
        wanted = [value for value in own if counted.get(value, 0) >= least]
        found = under(by, self.rows(self._of(by, wanted, where), between)) if wanted else {}
        return {value: found[value] for value in wanted}

    def _of(self, by: str, values: list[str], where: Condition) -> Condition:
        """Narrowed to values of a field, where the database can tell them as they are told here."""
        field = self.institution.field(by)
        return {**where, f"{by}__in": [*values]} if field and field.kind in TEXTS else where

    def _grouped(self, by: str, where: Condition, between: Period) -> Counter[str]:
        rows = (
            self._matters(where, between).order_by().annotate(value=KeyTextTransform(by, "facts"))
        )
        found = rows.values("value").annotate(n=Count("pk")).values_list("value", "n")
        return Counter({str(value): n for value, n in found if value not in (None, "")})

    def _listed(self, by: str, where: Condition, between: Period) -> Counter[str]:
        lists = self._matters(where, between).annotate(value=F(f"facts__{by}"))
        counted: Counter[str] = Counter()
        for value in lists.values_list("value", flat=True).iterator():
            counted.update(str(one) for one in set(value or []))
        return counted

    def _matters(self, where: Condition, between: Period) -> QuerySet[Matter]:
        first, last = between
        day = f"facts__{self.institution.day_of}"
        rows = Matter.objects.filter(
            as_q(where),
            congress=self.congress,
            institution=self.institution.key,
            **{f"{day}__gte": first.isoformat(), f"{day}__lte": last.isoformat()},
        ).exclude(phase="void")
        return rows.exclude(pk=self.focus.key) if self.focus and self.focus.key else rows

    def _focused(self, where: Condition, between: Period) -> Iterator[Row]:
        row = self.focus
        if row and between[0] <= row.day <= between[1] and holds(where, row.facts):
            yield row


def row_of(one: Institution, matter: Matter, texts: bool = False) -> Row | None:
    """A matter as its checks see it; None where it has no day to stand on."""
    facts = {**matter.facts, "state": matter.state}
    facts |= {"text": matter.text, "title": matter.title} if texts else {}
    return row_from(one, matter.pk, matter.title, facts, matter.number)


def row_from(
    one: Institution, key: int, title: str, facts: Mapping[str, Any], number: str = ""
) -> Row | None:
    """The same from its facts."""
    try:
        day = date.fromisoformat(str(facts.get(one.day_of) or ""))
    except ValueError:
        return None
    return Row(key, title, day, facts, number)


def asked(
    congress: Congress, year: int, units: Iterable[Body] | None = None, focus: Row | None = None
) -> Listed:
    """Everything asked of these units (else of all at the base) in a year."""
    named = list(base_units(congress) if units is None else units)
    names = {body.pk: str(body) for body in named}
    found = asks(congress, date(year, 1, 1), date(year, 12, 31), named)
    return Listed(tuple(row_of_ask(ask, names) for ask in found), year, focus)


def row_of_ask(ask: Ask, names: Mapping[int, str]) -> Row:
    """Something asked as the checks of the base see it; `unit_month` groups by unit and month, `things` by what is to
    be handed in, under whatever spelling.
    """
    return Row(
        key=ask.matter,
        title=ask.title,
        day=ask.day,
        facts={
            "unit": str(ask.unit),
            "unit_name": names.get(ask.unit, ""),
            "unit_month": f"{ask.unit}/{ask.day.isoformat()[:7]}",
            "word": ask.word,
            "asked_by": ask.asked_by,
            "what": list(ask.what),
            "things": [fold(thing) for thing in ask.what],
        },
    )
