"""The ledger (台账) of an institution: which rows a user sees, in which order, and what stands in each cell.

Everything is asked in a fixed number of queries, however many rows there are.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from django.db.models import (
    BooleanField,
    Case,
    Count,
    Exists,
    F,
    Model,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Value,
    When,
)

from bihuan.loop.forms import as_choice, choices_of
from bihuan.loop.params import NoSuchParam, Rules
from bihuan.loop.spec import Choice, Column, Field, Institution
from bihuan.matters import house, queries, search
from bihuan.matters.access import Standing, visible
from bihuan.matters.models import Assignment, Matter, Proposer
from bihuan.matters.waiting import WAITS, Waiting
from bihuan.people.models import Body

PAGE = 25
MOST_OPTIONS = 60
MOST_COUNTED = 1_000
"""Rows counted to the piece above a ledger; more are told as “1000 以上”. Boards and the cockpit count exactly."""
LATEST = 500
"""Rows among which the values of a field without declared choices are looked for."""
ORDERS = ("newest", "limit")
SHOWN_LIGHTS = ("late", "soon", "running", "pending", "closed")
BUILT_IN = {
    "number": "编号",
    "title": "标题",
    "state": "环节",
    "phase": "阶段",
    "light": "进展",
    "due": "时限",
    "days_left": "剩余天数",
    "lead": "主办单位",
    "co": "会办单位",
    "persons": "责任人",
    "proposers": "提出人",
    "raised_on": "提出日期",
    "round": "轮次",
    "session": "届次",
    "year": "年度",
    "children": "承诺事项",
    "parent": "所属事项",
}
NOWHERE = Q(pk__in=[])
EVERYWHERE = ~NOWHERE
YES_NO = (Choice("true", "是"), Choice("false", "否"))


@dataclass(frozen=True)
class Filters:
    """What a ledger is narrowed to. `fields` go by field name; `after` is where the page begins."""

    light: str = ""
    waits: str = ""
    state: str = ""
    body: str = ""
    year: str = ""
    text: str = ""
    order: str = "newest"
    after: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, institution: Institution, asked: Mapping[str, str]) -> Filters:
        """From a query string; what is not a filter here is passed over, and so is NUL."""
        asked = {name: str(word).replace("\0", "") for name, word in asked.items()}
        word = {name: str(asked.get(name, ""))[:100] for name in ("light", "state", "body", "year")}
        order, waits = str(asked.get("order", "newest")), str(asked.get("waits", ""))
        return cls(
            **word,
            waits=waits if waits in WAITS else "",
            text=str(asked.get("q", ""))[: search.LONGEST_QUERY],
            order=order if order in ORDERS else "newest",
            after=str(asked.get("after", ""))[:40],
            fields={
                one.name: str(asked[f"f_{one.name}"])[:100]
                for one in filterable(institution)
                if asked.get(f"f_{one.name}")
            },
        )


@dataclass(frozen=True)
class Page:
    """A page of rows, and where the next one begins (`""`: this was the last)."""

    rows: list[Matter]
    next: str


def filterable(institution: Institution) -> list[Field]:
    """The fields a ledger can be filtered by."""
    return [one for one in institution.fields if one.filter]


# Which rows


def matters(standing: Standing, institution: Institution, filters: Filters, today: date) -> Any:
    """The matters this user sees of the institution, narrowed by all filters but the light."""
    rows = visible(standing).filter(institution=institution.key)
    if filters.waits:
        rows = rows.filter(Waiting(standing, today).which(filters.waits))
    if filters.state:
        rows = rows.filter(state=filters.state)
    if filters.year.isdecimal() and len(filters.year) == 4:
        rows = rows.filter(year=int(filters.year))
    if filters.body.isdecimal() and len(filters.body) < 15:
        rows = rows.filter(_of_body(institution, filters.body))
    for name, value in filters.fields.items():
        rows = rows.filter(_has(standing, institution, name, value))
    return search.find(rows, filters.text) if filters.text.strip() else rows


def _of_body(institution: Institution, key: str) -> Q:
    """Where the body or one below it has a share; of matters without shares, where a field names it."""
    own = dict(
        Body.objects.filter(path__contains=f"/{key}/").order_by("path").values_list("pk", "name")
    )
    held = Assignment.objects.filter(institution=institution.key, body__in=list(own))
    found = Q(pk__in=held.exclude(phase="void").values("matter"))
    named = NOWHERE
    for one in institution.fields:
        if one.kind in ("body", "bodies"):
            for word in [key, *list(own.values())[:MOST_OPTIONS]]:
                named |= _holds_word(one.name, word)
    if named == NOWHERE:
        return found
    return found | (~Q(Exists(Assignment.objects.filter(matter=OuterRef("pk")))) & named)


def _holds_word(name: str, word: str) -> Q:
    """A field that is this word or a list with it. Forms keep a body's key, imported ledgers its name; SQLite
    shows a list as it was written, PostgreSQL as it reads.
    """
    held = f"facts__{name}"
    in_list = Q(**{f"{held}__icontains": f'"{word}"'})
    return Q(**{held: word}) | in_list | Q(**{f"{held}__icontains": json.dumps(word)})


def _has(standing: Standing, institution: Institution, name: str, value: str) -> Q:
    """The rows with this value — only where the user may know it: a filter must not tell what a cell hides."""
    one = institution.field(name)
    assert one is not None
    asked: Any = value
    if one.kind == "yesno":
        asked = value == "true"
    elif one.kind in ("number", "money") and value.lstrip("-").isdecimal():
        asked = int(value)
    return Q(**{f"facts__{name}": asked}) & knows(standing, one)


def knows(standing: Standing, one: Field) -> Q:
    """The rows on which this user may see the field: `access.hidden_fields` as a condition."""
    if not one.hidden_from:
        return Q()
    mine = _relations(standing)
    if any(actor not in one.hidden_from and related is None for actor, related in mine.items()):
        return Q()
    knowing = Q(phase="closed") if one.hidden_until == "closed" else NOWHERE
    barred = NOWHERE
    for actor, related in mine.items():
        if actor in one.hidden_from:
            barred |= EVERYWHERE if related is None else related
        else:
            knowing |= related or NOWHERE
    return knowing | ~barred


def _relations(standing: Standing) -> dict[str, Q | None]:
    """Actor -> on which matters this user is that; None: on all."""
    found: dict[str, Q | None] = {
        role: None
        for role in ("clerk", "secretariat", "committee", "leader")
        if role in standing.roles
    }
    proposed = Proposer.objects.filter(matter=OuterRef("pk"))
    if standing.seats:
        found["proposer"] = Q(Exists(proposed.filter(seat__in=standing.seats)))
    if standing.delegations:
        theirs = proposed.filter(seat__delegation__in=standing.delegations)
        found["delegation"] = Q(Exists(theirs))
    if standing.paths:
        held = _held_by(standing)
        found["lead_body"] = Q(Exists(held.exclude(kind="co")))
        found["co_body"] = Q(Exists(held.filter(kind="co")))
    return found


def _held_by(standing: Standing) -> QuerySet[Assignment]:
    below = Q(pk__in=[])
    for path in standing.paths:
        below |= Q(body__path__startswith=path)
    return Assignment.objects.filter(below, matter=OuterRef("pk")).exclude(phase="void")


def lit(rows: QuerySet[Matter], key: str, today: date) -> QuerySet[Matter]:
    """The rows that show this light, or all."""
    return rows.filter(queries.in_light(key, today)) if key in queries.LIGHTS else rows


def counts(rows: QuerySet[Matter], today: date) -> dict[str, int]:
    """How many rows show each light, and `all`; beyond MOST_COUNTED one more than that is told."""
    first = rows.order_by("-id")[: MOST_COUNTED + 1]
    newest = list(first.values_list("phase", "due_on"))
    if len(newest) <= MOST_COUNTED:
        lights = Counter(queries.light_of(phase, due_on, today) for phase, due_on in newest)
        return {key: lights[key] for key in SHOWN_LIGHTS} | {"all": len(newest)}
    found = {key: _bounded(lit(rows, key, today)) for key in SHOWN_LIGHTS}
    return found | {"all": len(newest)}


def _bounded(rows: QuerySet[Matter]) -> int:
    return len(rows.order_by().values_list("pk")[: MOST_COUNTED + 1])


def page_of(
    standing: Standing, institution: Institution, rows: QuerySet[Matter], filters: Filters
) -> Page:
    """One page of rows with all that their cells need: bodies, proposers, parents, what is hidden."""
    keys = list(_ordered(rows, filters).values_list("pk", flat=True)[: PAGE + 1])
    place = {key: number for number, key in enumerate(keys[:PAGE])}
    shown = sorted(_drawn(standing, institution, keys[:PAGE]), key=lambda row: place[row.pk])
    more = len(keys) > PAGE and shown
    return Page(shown, _cursor(shown[-1], filters.order) if more else "")


def _drawn(standing: Standing, institution: Institution, keys: list[int]) -> QuerySet[Matter]:
    """The rows of one page: what is asked for each is asked of these alone."""
    secret = [one for one in institution.fields if one.hidden_from]
    rows = Matter.objects.filter(pk__in=keys)
    rows = rows.annotate(**{f"knows_{one.name}": _flag(knows(standing, one)) for one in secret})
    rows = (
        rows.select_related("parent")
        .defer("text", "limit")
        .prefetch_related(
            Prefetch("assignments", Assignment.objects.select_related("body").defer("limit")),
            "proposers",
        )
    )
    if any(column.name == "children" for column in institution.columns):
        closed = Count("children", filter=Q(children__phase="closed"), distinct=True)
        rows = rows.annotate(children_all=Count("children", distinct=True), children_done=closed)
    return rows


def neighbours(rows: QuerySet[Matter], row: Matter, order: str) -> tuple[int | None, int | None]:
    """The keys of the matters before and after this one in the ledger's order: two queries."""
    if order == "limit":
        before, after = _around_limit(row)
        turned = (F("due_on").desc(nulls_first=True), "pk")
        first = rows.filter(before).order_by(*turned)
        second = rows.filter(after).order_by(F("due_on").asc(nulls_last=True), "-pk")
    else:
        first = rows.filter(pk__gt=row.pk).order_by("pk")
        second = rows.filter(pk__lt=row.pk).order_by("-pk")
    keys = [found.values_list("pk", flat=True).first() for found in (first, second)]
    return keys[0], keys[1]


def _around_limit(row: Matter) -> tuple[Q, Q]:
    if row.due_on is None:
        return Q(due_on__isnull=False) | Q(pk__gt=row.pk), Q(due_on=None, pk__lt=row.pk)
    same = Q(due_on=row.due_on)
    earlier = Q(due_on__lt=row.due_on) | (same & Q(pk__gt=row.pk))
    later = Q(due_on__gt=row.due_on) | Q(due_on=None) | (same & Q(pk__lt=row.pk))
    return earlier, later


def _flag(known: Q) -> Any:
    if not known:
        return Value(True, BooleanField())
    return Case(When(known, then=Value(True)), default=Value(False), output_field=BooleanField())


def _ordered(rows: QuerySet[Matter], filters: Filters) -> QuerySet[Matter]:
    if filters.order == "limit":
        return _after_limit(rows, filters.after).order_by(F("due_on").asc(nulls_last=True), "-id")
    last = _number(filters.after)
    return (rows.filter(pk__lt=last) if last else rows).order_by("-id")


def _after_limit(rows: QuerySet[Matter], after: str) -> QuerySet[Matter]:
    day, _, key = after.partition("_")
    last = _number(key)
    if not last:
        return rows
    due = _day(day)
    if due is None:
        return rows.filter(due_on=None, pk__lt=last)
    return rows.filter(Q(due_on__gt=due) | Q(due_on=due, pk__lt=last) | Q(due_on=None))


def _cursor(row: Matter, order: str) -> str:
    if order == "newest":
        return str(row.pk)
    return f"{row.due_on.isoformat() if row.due_on else ''}_{row.pk}"


def _number(word: str) -> int:
    return int(word) if word.isdecimal() and len(word) < 15 else 0


def _day(word: str) -> date | None:
    try:
        return date.fromisoformat(word)
    except ValueError:
        return None


# What a filter offers


def options(standing: Standing, institution: Institution, today: date) -> dict[str, list[Choice]]:
    """The values each filterable field can be narrowed to: declared choices, or what the facts hold."""
    rules = _rules(standing, institution)
    return {
        one.name: _options(standing, institution, rules, one, today)
        for one in filterable(institution)
    }


def _rules(standing: Standing, institution: Institution) -> Rules:
    """The params in force, in the words of the institution as given: screens may say it in English."""
    assert standing.user.congress is not None
    rules = house.rules_of(standing.user.congress, institution.key)
    return replace(rules, institution=institution)


def _options(
    standing: Standing, institution: Institution, rules: Rules, one: Field, today: date
) -> list[Choice]:
    if one.kind == "yesno":
        return list(YES_NO)
    if one.kind == "choice":
        return list(declared(one, rules, today))
    rows = visible(standing).filter(knows(standing, one), institution=institution.key)
    held = rows.order_by("-id").values_list(f"facts__{one.name}", flat=True)[:LATEST]
    words = {word for word in held if word is not None and not isinstance(word, list)}
    return [as_choice(word) for word in sorted(words, key=str)[:MOST_OPTIONS] if word != ""]


def declared(one: Field, rules: Rules, on: date) -> tuple[Choice, ...]:
    """The choices of a field on a day; none where its list is not in force yet."""
    try:
        return choices_of(one, rules, on)
    except NoSuchParam:
        return ()


def years(standing: Standing, institution: Institution) -> list[int]:
    """The years that have matters, newest first."""
    return queries.years(visible(standing).filter(institution=institution.key))


# What stands in a cell


def heading(institution: Institution, column: Column) -> str:
    """The title above a column."""
    one = institution.field(column.name)
    return column.title or (one.title if one else BUILT_IN.get(column.name, column.name))


@dataclass(frozen=True)
class Reading:
    """What turns stored values into words: the choices of the day and the names of bodies."""

    institution: Institution
    choices: Mapping[str, Mapping[str, Choice]]
    bodies: Mapping[str, str]

    @classmethod
    def of(cls, standing: Standing, institution: Institution, today: date) -> Reading:
        """For a congress on a day: two queries."""
        rules = _rules(standing, institution)
        own = Body.objects.filter(congress=standing.user.congress)
        return cls(
            institution,
            {
                one.name: {choice.id: choice for choice in declared(one, rules, today)}
                for one in institution.fields
                if one.kind == "choice"
            },
            {str(body.pk): str(body) for body in own},
        )

    def words(self, one: Field, value: Any) -> str:
        """A stored value as a person reads it."""
        if value in (None, "", []):
            return ""
        if one.kind == "yesno":
            return "是" if value else "否"
        if one.kind == "choice":
            choice = self.choices.get(one.name, {}).get(str(value))
            return choice.said if choice else str(value)
        if one.kind in ("body", "bodies"):
            keys = value if isinstance(value, list) else [value]
            return "、".join(self.bodies.get(str(key), str(key)) for key in keys)
        if one.kind == "money" and isinstance(value, int | float):
            return f"{value:,}"
        return "、".join(str(part) for part in value) if isinstance(value, list) else str(value)

    def tone(self, one: Field, value: Any) -> str:
        """good, middling or bad, where a choice says so."""
        choice = self.choices.get(one.name, {}).get(str(value))
        return choice.tone if choice else ""

    def cell(self, row: Matter, name: str) -> str:
        """The text of one cell. What is hidden from the reader is empty."""
        one = self.institution.field(name)
        if name in CELLS and (name == "title" or one is None):
            return str(CELLS[name](self, row))
        if one is None:
            return str(row.facts.get(name, ""))
        if not getattr(row, f"knows_{name}", True):
            return ""
        return self.words(one, row.facts.get(name))

    def held(self, row: Matter, co: bool) -> str:
        """The bodies of one side; a matter booked from an old ledger has them as facts."""
        kinds = ("co",) if co else ("lead", "separate")
        names = [str(s.body) for s in live(row.assignments.all()) if s.kind in kinds]
        known = self.institution.field("co_bodies" if co else "lead_bodies")
        if names or known is None or row.assignments.all():
            return "、".join(dict.fromkeys(names))
        return self.words(known, row.facts.get(known.name))

    def proposers(self, row: Matter) -> str:
        """Who raised it: the first two, and how many in all."""
        names = [one.name for one in row.proposers.all()] or str(
            row.facts.get("deputies", "")
        ).split("、")
        return "、".join(names[:2]) + (f"等 {len(names)} 人" if len(names) > 2 else "")

    def state(self, row: Model) -> str:
        """The title of the state a matter or a share stands in."""
        try:
            return self.institution.state(row.state).title  # type: ignore[attr-defined]
        except KeyError:
            return str(row.state)  # type: ignore[attr-defined]


def live(shares: Iterable[Assignment]) -> list[Assignment]:
    """The shares that count: not those returned or withdrawn."""
    return [share for share in shares if share.phase != "void"]


def _persons(row: Matter) -> str:
    return "、".join(dict.fromkeys(share.person_name for share in live(row.assignments.all())))


def _children(row: Matter) -> str:
    every = getattr(row, "children_all", 0)
    return f"{getattr(row, 'children_done', 0)}/{every}" if every else ""


CELLS: dict[str, Any] = {
    "number": lambda reading, row: row.number,
    "title": lambda reading, row: row.title,
    "state": lambda reading, row: reading.state(row),
    "lead": lambda reading, row: reading.held(row, co=False),
    "co": lambda reading, row: reading.held(row, co=True),
    "persons": lambda reading, row: _persons(row),
    "proposers": lambda reading, row: reading.proposers(row),
    "due": lambda reading, row: row.due_on.isoformat() if row.due_on else "",
    "raised_on": lambda reading, row: row.raised_on.isoformat(),
    "round": lambda reading, row: str(row.round) if row.round > 1 else "",
    "year": lambda reading, row: str(row.year),
    "children": lambda reading, row: _children(row),
    "parent": lambda reading, row: row.parent.title if row.parent else "",
}
"""Built-in columns. Lights and days left depend on the day: screens draw them from `queries.light`."""
