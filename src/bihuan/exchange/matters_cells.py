"""How the cells of one institution's ledgers are read: each row as what it says, or what is wrong with it.

A date written as a month only (2024-05) is booked as the last day of that month, so that nothing looks earlier
than it can have been; what was written goes into the remark (where there is one) and into the notices.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from functools import lru_cache
from typing import Any

from bihuan.exchange.headers import Row, Sniffer, Table, by_values
from bihuan.exchange.matters_out import (
    DEPUTIES,
    NUMBER,
    RAISED_ON,
    RAISED_TITLE,
    REF,
    REF_TITLE,
    importable,
)
from bihuan.exchange.planned import Planned, plain, rejected, where
from bihuan.exchange.report import Report
from bihuan.exchange.sheets import Cell
from bihuan.exchange.values import (
    PLACEHOLDERS,
    BadValue,
    PartialDate,
    choice_reader,
    read_bodies,
    read_date,
    read_decimal,
    read_number,
    read_people,
    text,
)
from bihuan.loop.forms import choices_of
from bihuan.loop.machine import Place
from bihuan.loop.spec import Field, Institution, Value
from bihuan.people.models import Body, Congress

RAISED_WORDS = (
    RAISED_TITLE, "提出时间", "登记日期", "收到日期", "收文日期", "受理日期", "交办日期", "交办时间",
)  # fmt: skip
YES_NO = {
    "是": True, "否": False, "已落实": True, "未落实": False, "落实": True, "√": True, "×": False,
    "有": True, "true": True, "false": False,
}  # fmt: skip
LONG = 60
KEPT = 4_096
"""How many different cells of a column are remembered."""
LONGEST_NAME = 40
FIELD, REMARK = "field", "remark"
DULL_SHEETS = re.compile(
    r"(sheet|工作表|表)\s*\d*|.*(台账|一览表|交办表|汇总|清单|明细).*", re.IGNORECASE
)


class Reading:
    """How the cells of one institution's sheets are read, and what was wrong with them."""

    def __init__(
        self,
        institution: Institution,
        congress: Congress | None,
        place: Place,
        today: date,
        made: Report,
    ) -> None:
        self.institution, self.today, self.made = institution, today, made
        self.fields = {one.name: one for one in importable(institution)}
        rules = place.rules
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
        self.readers = {one.name: self._made_reader(one) for one in self.fields.values()}
        self.bodies = _known_bodies(congress)
        self.units = institution.asks.units if institution.asks else ""
        self.keys = _keys_of(congress) if self.units else {}

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
                tests[one.name] = _reads(self.readers[one.name])
            elif one.kind == "longtext":
                tests[one.name] = lambda shown: len(shown) > LONG
        return by_values(tests)

    def rows(self, table: Table, several: bool) -> Iterator[Planned]:
        """The good rows of a table; what is wrong with the others goes into the report."""
        headers = {one.field: one.header for one in table.columns if one.field}
        for row in table.rows:
            if (one := self._row(row, headers, several)) is not None:
                yield one
        self.made.take_columns(table)

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
            self.made.rejected.append(rejected(one, name, bad.reason))
            return False
        if value not in (None, "", []):
            one.data[name] = value
        return True

    def _raised(self, found: PartialDate | None) -> date | None:
        if found is not None and found.day > self.today:
            raise BadValue(found.day, f"晚于今天（{self.today}），请核对")
        return found.day if found else None

    def _value(self, one: Planned, field: Field, raw: Cell) -> Value:
        value = self.readers[field.name](raw)
        if field.name == DEPUTIES and value is not None:
            one.deputies = value.names
            return _line(raw)
        if isinstance(value, PartialDate):
            return self._whole_date(one, field, value)
        if field.kind in ("body", "bodies") and isinstance(value, list):
            return self._named(one, field, value)
        return value  # type: ignore[no-any-return]

    def _made_reader(self, field: Field) -> Callable[[Cell], Any]:
        """A column says few different things: what a cell was read as is kept for the next one like it."""
        reader = self._plain_reader(field)
        return reader if field.kind in ("text", "longtext") else lru_cache(KEPT, typed=True)(reader)

    def _plain_reader(self, field: Field) -> Callable[[Cell], Any]:
        if field.name == NUMBER:
            return read_number
        if field.name == DEPUTIES:
            return _people
        if field.kind == "choice":
            return _choosing(self.choices[field.name])
        return READERS[field.kind]

    def _whole_date(self, one: Planned, field: Field, found: PartialDate) -> str:
        if found.precision == "day":
            return found.day.isoformat()
        last = found.day.replace(day=monthrange(found.day.year, found.day.month)[1])
        written = f"{field.title}原文：{one.shown[field.name]}"
        self.made.notices.append(f"{where(one)}：{written}，只写到月，记为 {last}")
        if REMARK in self.fields and written not in str(one.data.get(REMARK, "")):
            one.data[REMARK] = "；".join(filter(None, (str(one.data.get(REMARK, "")), written)))
        return last.isoformat()

    def _named(self, one: Planned, field: Field, names: list[str]) -> Value:
        """Bodies under the names they have here; those not known stay as they were written.

        Of whom something is asked is kept by key, as a form keeps it: by it the burden on each unit is counted.
        """
        for name in names:
            if plain(name) not in self.bodies:
                self.made.notices.append(f"{where(one)}：机构名录里没有“{name}”，按原文保留")
        known: list[Value] = [self.bodies.get(plain(name), name) for name in names]
        if field.name == self.units:
            known = [self.keys.get(str(name), name) for name in known]
        if field.kind == "bodies":
            return list(dict.fromkeys(known))
        if len(known) > 1:
            raise BadValue(one.shown[field.name], "这一栏只能填一个单位")
        return known[0] if known else None


def _line(raw: Cell) -> str | None:
    """One line of text; a mere placeholder is nothing."""
    shown = re.sub(r"\s*[\r\n]+\s*", "", text(raw))
    return None if plain(shown) in PLACEHOLDERS else shown


def _paragraphs(raw: Cell) -> str | None:
    shown = text(raw).replace("\r\n", "\n").replace("\r", "\n")
    return None if plain(shown) in PLACEHOLDERS else shown


def _people(raw: Cell) -> Any:
    people = read_people(raw)
    long = next((name for name in people.names if len(name) > LONGEST_NAME), "") if people else ""
    if long:
        raise BadValue(text(raw), f"姓名超过 {LONGEST_NAME} 字，请核对这一格是不是姓名")
    return people


def _choosing(allowed: Mapping[str, str]) -> Callable[[Cell], str | None]:
    """The choice's id for any word that stands for it; refused naming the choices, not all their words."""
    reader = choice_reader(allowed)
    words = "、".join(dict.fromkeys(allowed.values()))

    def choice(raw: Cell) -> str | None:
        try:
            return reader(raw)
        except BadValue:
            raise BadValue(text(raw), f"不在可填的范围内，可填：{words}") from None

    return choice


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
    "yesno": choice_reader(YES_NO),
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


def _known_bodies(congress: Congress | None) -> dict[str, str]:
    """Every name a body goes by → its full name. A name two bodies share leads to neither."""
    if congress is None:
        return {}
    found: dict[str, set[str]] = {}
    for body in Body.objects.filter(congress=congress):
        for word in (body.name, body.short_name, *body.aliases):
            found.setdefault(plain(str(word)), set()).add(body.name)
    clear = {word: min(names) for word, names in found.items() if len(names) == 1 and word}
    return clear | {plain(name): name for names in found.values() for name in names}


def _keys_of(congress: Congress | None) -> dict[str, str]:
    """Full name → key, of the bodies of which there is only one of that name."""
    rows = Body.objects.filter(congress=congress) if congress else Body.objects.none()
    found: dict[str, list[int]] = {}
    for key, name in rows.values_list("pk", "name"):
        found.setdefault(name, []).append(key)
    return {name: str(keys[0]) for name, keys in found.items() if len(keys) == 1}
