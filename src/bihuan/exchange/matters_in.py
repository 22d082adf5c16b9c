"""Ledgers in: every row of a sheet becomes a matter, a correction of one booked before, or nothing new.

`plan` only looks: it reads the cells, finds the matter each row means and tries every act on the machine.
`commit` then takes all the acts in one transaction, or none. A row means the matter with the same number,
session and title; a blank cell says nothing and never erases. A matter booked by import and not yet moved is
corrected by the act `edit_record`; one that is under way is never changed by a sheet.

A date written as a month only (2024-05) is booked as the last day of that month, so that nothing looks earlier
than it can have been; what was written goes into the remark (where there is one) and into the notices.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from calendar import monthrange
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models.fields.json import KT

from bihuan.exchange.headers import Row, Sniffer, Table, by_values
from bihuan.exchange.matters_out import (
    DEPUTIES,
    NUMBER,
    RAISED_ON,
    RAISED_TITLE,
    REF,
    REF_TITLE,
    Names,
    fetched,
    importable,
    names_of,
    value_of,
)
from bihuan.exchange.report import Progress, Rejected, Report, Unusable, name_of, read_tables
from bihuan.exchange.sheets import Cell, Source
from bihuan.exchange.values import (
    PLACEHOLDERS,
    BadValue,
    PartialDate,
    read_bodies,
    read_choice,
    read_date,
    read_decimal,
    read_number,
    read_people,
    text,
)
from bihuan.loop.forms import Refusal, choices_of
from bihuan.loop.machine import NEW, Place, step
from bihuan.loop.params import Rules
from bihuan.loop.spec import Field, Institution, Value
from bihuan.matters import house
from bihuan.matters.act import Doer, Proposing, act, raise_matter
from bihuan.matters.models import Matter
from bihuan.matters.situations import situation_of
from bihuan.people.models import Body, Congress, Seat, User

CORRECT = "edit_record"
"""The act that corrects a booked matter, where the institution declares it."""

RAISED_WORDS = (
    RAISED_TITLE, "提出时间", "登记日期", "收到日期", "收文日期", "受理日期", "交办日期", "交办时间",
)  # fmt: skip
YES_NO = {
    "是": True, "否": False, "已落实": True, "未落实": False, "落实": True, "√": True, "×": False,
    "有": True, "true": True, "false": False,
}  # fmt: skip
LONG = 60
LONGEST_NAME = 40
FIELD, AREA, REMARK = "field", "area", "remark"
DULL_SHEETS = re.compile(
    r"(sheet|工作表|表)\s*\d*|.*(台账|一览表|交办表|汇总|清单|明细).*", re.IGNORECASE
)

Key = tuple[str, ...]


class NotCommitted(Exception):
    """Nothing was written: between looking and writing, these rows became impossible."""

    def __init__(self, rejected: list[Rejected]) -> None:
        super().__init__("；".join(map(str, rejected)))
        self.rejected = rejected


@dataclass
class Planned:
    """One good row: what it says, when it happened, and the matter it means (None: a new one)."""

    row: int
    sheet: str
    data: dict[str, Value]
    deputies: tuple[str, ...] = ()
    raised_on: date | None = None
    day: date | None = None
    key: Key = ()
    ref: int | None = None
    matter: int | None = None
    seen: int = 0
    headers: Mapping[str, str] = field(default_factory=dict)
    shown: dict[str, str] = field(default_factory=dict)


@dataclass
class Plan(Report):
    """What an import would do. `rows` are those to be added, `corrections` those to be changed."""

    congress: Congress | None = None
    institution: str = ""
    rows: list[Planned] = field(default_factory=list)
    corrections: list[Planned] = field(default_factory=list)


def plan(
    congress: Congress | None, institution: str, source: Source, today: date, *, name: str = ""
) -> Plan:
    """Look through a file and say what importing it would do; writes nothing.

    Without a congress every row is new and judged by the national rules. Raises Unusable when the file as a whole
    cannot be imported, KeyError for an unknown institution.
    """
    declared = house.institution(institution)
    if not importable(declared):
        raise Unusable(f"“{declared.title}”不能从表格导入。")
    made = Plan(congress=congress, institution=institution)
    reading = _Reading(declared, congress, today, made)
    tables = read_tables(source, name_of(source, name), reading.synonyms(), reading.sniffer(), made)
    rows = [row for table in tables for row in reading.rows(table, several=len(tables) > 1)]
    _Sorting(declared, congress, today, made).sort(rows)
    made.rejected.sort(key=lambda one: one.row)
    return made


def commit(
    made: Plan, user: User | None, today: date, progress: Progress | None = None
) -> tuple[int, int]:
    """Write a plan: all of its good rows in one transaction, or none. Returns (added, changed).

    Raises NotCommitted when a row is refused because its matter moved since the plan was made.
    """
    whole = len(made.rows) + len(made.corrections)
    writing = _Writing(made, user, today)
    with transaction.atomic():
        for count, one in enumerate((*made.rows, *made.corrections), 1):
            writing.write(one)
            if progress is not None:
                progress(count, whole)
        if writing.refused:
            raise NotCommitted(writing.refused)
    return len(made.rows), len(made.corrections)


# Reading cells


class _Reading:
    """How the cells of one institution's sheets are read, and what was wrong with them."""

    def __init__(
        self, institution: Institution, congress: Congress | None, today: date, made: Plan
    ) -> None:
        self.institution, self.today, self.made = institution, today, made
        self.fields = {one.name: one for one in importable(institution)}
        rules = _place(congress, institution).rules
        self.choices = {
            one.name: {
                word: choice.id
                for choice in choices_of(one, rules, today)
                for word in (choice.id, choice.title, *choice.synonyms)
                if word
            }
            for one in self.fields.values()
            if one.kind == "choice"
        }
        self.bodies = _known_bodies(congress)

    def synonyms(self) -> dict[str, tuple[str, ...]]:
        assert self.institution.imports is not None
        more = self.institution.imports.synonyms
        words = {
            one.name: (one.title, *one.synonyms, *more.get(one.name, ()))
            for one in self.fields.values()
        }
        return {**words, RAISED_ON: RAISED_WORDS, REF: (REF_TITLE,)}

    def sniffer(self) -> Sniffer:
        """Where one header stands for several fields, the values below it decide."""
        tests: dict[str, Callable[[str], bool]] = {RAISED_ON: _reads(read_date)}
        for one in self.fields.values():
            if one.kind in ("choice", "date", "number", "money", "yesno"):
                tests[one.name] = _reads(self._reader(one))
            elif one.kind == "longtext":
                tests[one.name] = lambda shown: len(shown) > LONG
        return by_values(tests)

    def rows(self, table: Table, several: bool) -> list[Planned]:
        headers = {one.field: one.header for one in table.columns if one.field}
        read = [self._row(row, headers, several) for row in table.rows]
        self.made.take_columns(table)
        return [one for one in read if one is not None]

    def _row(self, row: Row, headers: Mapping[str, str], several: bool) -> Planned | None:
        sheet = row.sheet if several else ""
        one = Planned(row.number, sheet, {}, headers=headers)
        good = [self._cell(one, name, raw) for name, raw in row.cells.items()]
        if several and FIELD in self.fields and FIELD not in headers:
            self._name_by_sheet(one)
        return one if all(good) else None

    def _name_by_sheet(self, one: Planned) -> None:
        if not DULL_SHEETS.fullmatch(one.sheet):
            one.data[FIELD] = one.sheet

    def _cell(self, one: Planned, name: str, raw: Cell) -> bool:
        one.shown[name] = text(raw)
        if name == REF:
            one.ref = int(number) if (number := text(raw)).isdecimal() else None
            return True
        try:
            if name == RAISED_ON:
                one.raised_on = self._raised(read_date(raw))
                return True
            value = self._value(one, self.fields[name], raw)
        except BadValue as bad:
            self.made.rejected.append(_rejected(one, name, bad.reason))
            return False
        if value not in (None, "", []):
            one.data[name] = value
        return True

    def _raised(self, found: PartialDate | None) -> date | None:
        if found is not None and found.day > self.today:
            raise BadValue(found.day, f"晚于今天（{self.today}），请核对")
        return found.day if found else None

    def _value(self, one: Planned, field: Field, raw: Cell) -> Value:
        value = self._reader(field)(raw)
        if field.name == DEPUTIES and value is not None:
            one.deputies = value.names
            return _line(raw)
        if isinstance(value, PartialDate):
            return self._whole_date(one, field, value)
        if field.kind in ("body", "bodies") and isinstance(value, list):
            return self._named(one, field, value)
        return value  # type: ignore[no-any-return]

    def _reader(self, field: Field) -> Callable[[Cell], Any]:
        if field.name == NUMBER:
            return read_number
        if field.name == DEPUTIES:
            return _people
        if field.kind == "choice":
            allowed = self.choices[field.name]
            return lambda raw: _choice(raw, allowed)
        return READERS[field.kind]

    def _whole_date(self, one: Planned, field: Field, found: PartialDate) -> str:
        if found.precision == "day":
            return found.day.isoformat()
        last = found.day.replace(day=monthrange(found.day.year, found.day.month)[1])
        written = f"{field.title}原文：{one.shown[field.name]}"
        self.made.notices.append(f"{_where(one)}：{written}，只写到月，记为 {last}")
        if REMARK in self.fields and written not in str(one.data.get(REMARK, "")):
            one.data[REMARK] = "；".join(filter(None, (str(one.data.get(REMARK, "")), written)))
        return last.isoformat()

    def _named(self, one: Planned, field: Field, names: list[str]) -> Value:
        """Bodies under the names they have here; those not known stay as they were written."""
        for name in names:
            if _plain(name) not in self.bodies:
                self.made.notices.append(f"{_where(one)}：机构名录里没有“{name}”，按原文保留")
        known: list[Value] = [self.bodies.get(_plain(name), name) for name in names]
        if field.kind == "bodies":
            return list(dict.fromkeys(known))
        if len(known) > 1:
            raise BadValue(one.shown[field.name], "这一栏只能填一个单位")
        return known[0] if known else None


def _line(raw: Cell) -> str | None:
    """One line of text; a mere placeholder is nothing."""
    shown = re.sub(r"\s*[\r\n]+\s*", "", text(raw))
    return None if _plain(shown) in PLACEHOLDERS else shown


def _paragraphs(raw: Cell) -> str | None:
    shown = text(raw).replace("\r\n", "\n").replace("\r", "\n")
    return None if _plain(shown) in PLACEHOLDERS else shown


def _people(raw: Cell) -> Any:
    people = read_people(raw)
    long = next((name for name in people.names if len(name) > LONGEST_NAME), "") if people else ""
    if long:
        raise BadValue(text(raw), f"姓名超过 {LONGEST_NAME} 字，请核对这一格是不是姓名")
    return people


def _choice(raw: Cell, allowed: Mapping[str, str]) -> str | None:
    """The choice's id for any word that stands for it; refused naming the choices, not all their words."""
    try:
        return read_choice(raw, allowed)
    except BadValue:
        words = "、".join(dict.fromkeys(allowed.values()))
        raise BadValue(text(raw), f"不在可填的范围内，可填：{words}") from None


def _amount(raw: Cell) -> int | float | None:
    number = read_decimal(raw)
    if number is None:
        return None
    return int(number) if number == number.to_integral_value() else float(number)


READERS: dict[str, Callable[[Cell], Any]] = {
    "text": _line,
    "person": _line,
    "longtext": _paragraphs,
    "date": read_date,
    "number": _amount,
    "money": _amount,
    "yesno": lambda raw: read_choice(raw, YES_NO),
    "body": read_bodies,
    "bodies": read_bodies,
}


def _reads(reader: Callable[[Cell], Any]) -> Callable[[str], bool]:
    def reads(shown: str) -> bool:
        try:
            return reader(shown) is not None
        except BadValue:
            return False

    return reads


def _place(congress: Congress | None, institution: Institution) -> Place:
    if congress is None:
        return Place(Rules(institution), house.national_calendar())
    return house.place_of(congress, institution.key)


def _known_bodies(congress: Congress | None) -> dict[str, str]:
    """Every name a body goes by → its full name. A name two bodies share leads to neither."""
    if congress is None:
        return {}
    found: dict[str, set[str]] = {}
    for body in Body.objects.filter(congress=congress):
        for word in (body.name, body.short_name, *body.aliases):
            found.setdefault(_plain(str(word)), set()).add(body.name)
    clear = {word: min(names) for word, names in found.items() if len(names) == 1 and word}
    return clear | {_plain(name): name for names in found.values() for name in names}


# Which matter a row means


class _Sorting:
    """Tells new rows from known ones, and tries on the machine whether each could be taken."""

    def __init__(
        self, institution: Institution, congress: Congress | None, today: date, made: Plan
    ) -> None:
        assert institution.imports is not None
        self.institution, self.congress, self.today, self.made = institution, congress, today, made
        self.fields = {one.name: one for one in importable(institution)}
        number, *context, title = institution.imports.key
        area = [AREA] if AREA in self.fields and AREA not in context else []
        self.number, self.context, self.title = number, [*context, *area], title
        self.place = _place(congress, institution)
        self.names: Names = names_of(congress) if congress is not None else {}
        self.booked_today = 0

    def sort(self, rows: list[Planned]) -> None:
        known = _Known(self.congress, self.institution.key, self.context)
        for one in rows:
            one.key = self._key(one)
            one.matter = known.by_ref(one.ref, one.key)
        fresh = self._without_doubles(rows)
        for one in fresh:
            one.matter = one.matter or known.exact(one.key)
        fresh = self._without_shared_numbers(fresh)
        meant = {one.matter for one in fresh if one.matter is not None}
        for one in fresh:
            if one.matter is None and self._numbered(one.key):
                found = known.by_number(one.key[:-1])
                one.matter = found if found not in meant else None
        self._judge_new([one for one in fresh if one.matter is None])
        self._judge_known([one for one in fresh if one.matter is not None])
        if self.booked_today:
            self.made.notices.append(
                f"有 {self.booked_today} 行的提出日期早于现行规则，动作记在今天，提出日期照写"
            )

    def _without_doubles(self, rows: list[Planned]) -> list[Planned]:
        first: dict[Key | int, Planned] = {}
        fresh: list[Planned] = []
        for one in rows:
            earlier = first.setdefault(one.matter or one.key, one)
            if earlier is not one:
                self._refuse_double(one, earlier)
                continue
            fresh.append(one)
        return fresh

    def _key(self, one: Planned) -> Key:
        parts = (one.data.get(name, "") for name in (self.number, *self.context, self.title))
        return tuple(_plain(str(part)) for part in parts)

    def _refuse_double(self, one: Planned, earlier: Planned) -> None:
        name = self.number if one.key[0] else self.title
        more = "" if one.key[0] else "；如果是两件，请填写编号"
        reason = f"与{_where(earlier)}是同一件（编号、届次、标题都相同），请删去一行{more}"
        self.made.rejected.append(_rejected(one, name, reason))

    def _numbered(self, key: Key) -> bool:
        """Whether number and session together name one matter, whatever its title."""
        context = key[1 : 1 + len(self.context)]
        named = [one for one, name in zip(context, self.context, strict=True) if name != AREA]
        chosen = any(self.fields[n].kind == "choice" for n in self.context if n in self.fields)
        return bool(key[0]) and all(named) and not chosen

    def _without_shared_numbers(self, rows: list[Planned]) -> list[Planned]:
        """Two titles under one number: refused where the session says it is one list, else only noted."""
        first: dict[Key, Planned] = {}
        kept: list[Planned] = []
        for one in rows:
            earlier = first.setdefault(one.key[:-1], one)
            if one.key[0] and earlier is not one and one.matter is None:
                words = f"编号与{_where(earlier)}相同而标题不同"
                if self._numbered(one.key):
                    self.made.rejected.append(_rejected(one, self.number, f"{words}，请改正编号"))
                    continue
                self.made.notices.append(f"{_where(one)}的{words}，按两件处理，请核对")
            kept.append(one)
        return kept

    # New rows

    def _judge_new(self, rows: list[Planned]) -> None:
        for one in rows:
            refusal = self._try(one)
            if refusal is None:
                self.made.added += 1
                self.made.rows.append(one)
            else:
                self._refuse(one, refusal)

    def _try(self, one: Planned) -> Refusal | None:
        """On the day it was raised if the rules reach back so far, else booked today."""
        assert self.institution.imports is not None
        refusal = None
        for day in dict.fromkeys((one.raised_on or self.today, self.today)):
            tried = step(self.place, NEW, self.institution.imports.act, "clerk", day, one.data)
            if not isinstance(tried, Refusal):
                one.day = day
                self.booked_today += one.raised_on is not None and day != one.raised_on
                return None
            refusal = tried
        return refusal

    def _refuse(self, one: Planned, refusal: Refusal) -> None:
        self.made.rejected.append(_rejected(one, refusal.field, refusal.say))

    # Known rows

    def _judge_known(self, rows: list[Planned]) -> None:
        found = {one.pk: one for one in _in_chunks([one.matter for one in rows if one.matter])}
        meant = Counter(one.matter for one in rows)
        for one in rows:
            matter = found[one.matter or 0]
            if meant[one.matter] > 1:
                reason = "文件里有几行都像是库中的同一件事项，请填写编号和届次加以区别"
                self.made.rejected.append(_rejected(one, self.title, reason))
                continue
            differing = [f for f in self.fields.values() if self._differs(one, matter, f)]
            if differing:
                self._judge_change(one, matter, differing)
            else:
                self.made.unchanged += 1

    def _differs(self, one: Planned, matter: Matter, field: Field) -> bool:
        if field.name not in one.data:
            return False
        here = value_of(matter, field, self.names)
        said = one.data[field.name]
        if field.name == DEPUTIES:
            return one.deputies != _names_in(here)
        if field.kind == "yesno":
            return bool(here) != bool(said)
        return _form(here) != _form(said)

    def _judge_change(self, one: Planned, matter: Matter, differing: list[Field]) -> None:
        names = {other.name for other in differing}
        refusal = self._cannot_change(one, matter, names)
        if refusal is None:
            one.data = {
                name: value for name, value in one.data.items() if name in names | {"title"}
            }
            one.seen = matter.acts_count
            self.made.changed += 1
            self.made.corrections.append(one)
            return
        for other in differing:
            here = _shown(value_of(matter, other, self.names))
            reason = f"与库中不同（库中：{here or '空'}）。{refusal}"
            self.made.rejected.append(_rejected(one, other.name, reason))

    def _cannot_change(self, one: Planned, matter: Matter, names: set[str]) -> str | None:
        if not any(act.id == CORRECT for act in self.institution.acts):
            return "请到事项页面用相应的动作办理，不能用导入更改"
        if names & {DEPUTIES, NUMBER}:
            return "编号和提出人不能用导入更改，请核对"
        data = {name: value for name, value in one.data.items() if name in names | {"title"}}
        tried = step(self.place, situation_of(matter), CORRECT, "clerk", self.today, data)
        if not isinstance(tried, Refusal):
            return None
        return f"这件事项不能用导入更改：{tried.say}；请到事项页面用相应的动作办理"


class _Known:
    """The matters already here, by what makes them the same. One light query, however many rows come."""

    def __init__(self, congress: Congress | None, key: str, context: list[str]) -> None:
        self.whole: dict[Key, int] = {}
        self.numbers: dict[Key, list[int]] = {}
        self.refs: dict[int, Key] = {}
        if congress is None:
            return
        own = Matter.objects.filter(congress=congress, institution=key).order_by("-phase", "pk")
        facts = {f"fact{place}": KT(f"facts__{name}") for place, name in enumerate(context)}
        for pk, number, title, *values in own.annotate(**facts).values_list(
            "pk", "number", "title", *facts
        ):
            where = tuple(_plain(str(value or "")) for value in values)
            self._add(pk, _plain(number), where, _plain(title))

    def _add(self, pk: int, number: str, where: Key, title: str) -> None:
        self.refs[pk] = (number, *where, title)
        self.whole.setdefault((number, *where, title), pk)
        self.whole.setdefault(("", *where, title), pk)
        self.numbers.setdefault((number, *where), []).append(pk)

    def by_ref(self, ref: int | None, key: Key) -> int | None:
        """The matter an exported row came from, if number or title still agree: keys differ elsewhere."""
        found = self.refs.get(ref) if ref is not None else None
        agrees = found is not None and (found[-1] == key[-1] or (key[0] and found[0] == key[0]))
        return ref if agrees else None

    def exact(self, key: Key) -> int | None:
        """The matter with this number (or none given), session and title."""
        return self.whole.get(key)

    def by_number(self, key: Key) -> int | None:
        """The only matter with this number in this session, if there is just one."""
        found = self.numbers.get(key, [])
        return found[0] if len(found) == 1 else None


def _in_chunks(keys: list[int]) -> Iterator[Matter]:
    for start in range(0, len(keys), 500):
        yield from fetched(Matter.objects.filter(pk__in=keys[start : start + 500]))


# Writing


class _Writing:
    """Takes the acts of a plan, one after the other, inside the caller's transaction."""

    def __init__(self, made: Plan, user: User | None, today: date) -> None:
        assert made.congress is not None
        self.made, self.congress, self.today = made, made.congress, today
        self.doer = Doer("clerk", user)
        self.refused: list[Rejected] = []
        self.seats = _Seats(made.congress)
        imports = house.institution(made.institution).imports
        assert imports is not None
        self.act = imports.act

    def write(self, one: Planned) -> None:
        outcome = self._raise(one) if one.matter is None else self._correct(one, one.matter)
        if isinstance(outcome, Refusal):
            self.refused.append(_rejected(one, outcome.field, outcome.say))

    def _raise(self, one: Planned) -> object:
        raised = one.raised_on or self.today
        identity = "|".join(one.key)
        token = hashlib.sha256(f"{self.made.institution}|{identity}".encode()).hexdigest()[:48]
        return raise_matter(
            self.congress,
            self.made.institution,
            self.act,
            self.doer,
            one.day or self.today,
            one.data,
            proposers=[Proposing(name, self.seats.of(name, raised)) for name in one.deputies],
            token=f"import-{token}",
            identity=identity[:200],
            raised_on=raised,
        )

    def _correct(self, one: Planned, matter: int) -> object:
        return act(matter, CORRECT, self.doer, self.today, one.data, seen=one.seen)


class _Seats:
    """The deputies of a congress by name; a name two deputies share on a day finds neither."""

    def __init__(self, congress: Congress) -> None:
        self.by_name: dict[str, list[Seat]] = {}
        for seat in Seat.objects.filter(congress=congress).select_related("person", "term"):
            self.by_name.setdefault(seat.person.name, []).append(seat)

    def of(self, name: str, day: date) -> Seat | None:
        """The seat of this name in force on the day, else the only one there ever was."""
        seats = self.by_name.get(name, [])
        current = [seat for seat in seats if _in_force(seat, day)]
        chosen = current or seats
        return chosen[0] if len(chosen) == 1 else None


def _in_force(seat: Seat, day: date) -> bool:
    return (seat.begins or day) <= day <= (seat.ends or day)


# Small things


def _rejected(one: Planned, name: str, reason: str) -> Rejected:
    header = one.headers.get(name, "") if name else ""
    where = f"工作表“{one.sheet}”：" if one.sheet else ""
    return Rejected(one.row, header or name, one.shown.get(name, ""), f"{where}{reason}")


def _where(one: Planned) -> str:
    return f"{f'工作表“{one.sheet}”' if one.sheet else ''}第 {one.row} 行"


def _plain(words: str) -> str:
    """What is compared, never what is kept: half-width, small letters, no blanks."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", words)).casefold()


def _names_in(value: Value) -> tuple[str, ...]:
    people = read_people(str(value or ""))
    return people.names if people else ()


def _form(value: Value) -> object:
    if isinstance(value, list):
        return sorted(_plain(str(one)) for one in value)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return _plain(str(value)) if value is not None else ""


def _shown(value: Value) -> str:
    rows: Iterable[Value] = value if isinstance(value, list) else [value]
    return "、".join(str(row) for row in rows if row not in (None, ""))[:60]
