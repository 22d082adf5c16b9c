"""Rosters in: persons with their posts and seats, and the tree of bodies, with the report every import gives.

A person is the one of the same name (and telephone, where several share a name); a body the one of the same
name. Rows that say nothing new change nothing; a blank cell never erases.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from bihuan.exchange.headers import Table
from bihuan.exchange.people_out import TITLES
from bihuan.exchange.report import Progress, Rejected, Report, name_of, read_tables
from bihuan.exchange.sheets import Cell, Source
from bihuan.exchange.values import (
    PLACEHOLDERS,
    BadValue,
    read_bodies,
    read_choice,
    read_date,
    read_number,
    text,
)
from bihuan.loop.forms import storable
from bihuan.people.models import (
    BODY_KINDS,
    Appointment,
    Body,
    Congress,
    Delegation,
    Person,
    Seat,
    Term,
    User,
)

WORDS: dict[str, dict[str, tuple[str, ...]]] = {
    "people": {
        "name": ("代表姓名", "名字"),
        "phone": ("手机", "手机号", "联系电话", "手机号码", "电话号码"),
        "email": ("电子邮箱", "邮件"),
        "body": ("工作单位", "所在单位", "机构", "部门"),
        "post": ("职位", "单位职务", "现任职务"),
        "by_committee": ("常委会任命", "是否常委会任命"),
        "post_begins": ("任职时间", "任命日期"),
        "post_ends": ("免职时间", "离任日期"),
        "term": ("届别", "届次"),
        "delegation": ("所在代表团", "所属代表团"),
        "constituency": ("选区", "选举单位", "原选区"),
        "number": ("证号", "代表证"),
        "note": ("说明",),
    },
    "bodies": {
        "name": ("机构名称", "名称", "单位", "机构", "全称", "单位全称"),
        "short_name": ("单位简称",),
        "aliases": ("别名", "曾用名", "其他名称"),
        "kind": ("类别", "机构类别", "类型"),
        "parent": ("上级机构", "上级", "主管部门", "隶属"),
    },
}
LENGTHS = {
    "people": {"name": 40, "phone": 20, "post": 60, "delegation": 40, "constituency": 60, "number": 20, "note": 100},
    "bodies": {"name": 60, "short_name": 30},
}  # fmt: skip
YES_NO = {"是": True, "否": False, "√": True, "×": False}
KINDS = {word: key for key, title in BODY_KINDS.items() for word in (key, title)}


@dataclass
class Line:
    """One good row: where it stands and what it says."""

    row: int
    data: dict[str, Any]
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Plan(Report):
    """What an import would do; `lines` are the rows that add or change something."""

    congress: Congress | None = None
    key: str = "people"
    lines: list[Line] = field(default_factory=list)


class _Undone(Exception):
    """Ends a trial, so that nothing of it stays."""


def plan(
    congress: Congress | None, key: str, source: Source, today: date, *, name: str = ""
) -> Plan:
    """Look through a roster (`people` or `bodies`) and say what importing it would do; writes nothing.

    Raises Unusable when the file as a whole cannot be imported.
    """
    made = Plan(congress=congress, key=key)
    synonyms = {n: (title, *WORDS[key].get(n, ())) for n, title in TITLES[key].items()}
    tables = read_tables(source, name_of(source, name), synonyms, None, made)
    lines = [line for table in tables for line in _lines(table, made)]
    lines = _parents_first(lines, made) if key == "bodies" else lines
    if congress is None:
        made.lines, made.added = lines, len(lines)
        return made
    try:
        with transaction.atomic():
            _take(made, lines)
            raise _Undone
    except _Undone:
        made.rejected.sort(key=lambda one: one.row)
        return made


def commit(
    made: Plan, user: User | None, today: date, progress: Progress | None = None
) -> tuple[int, int]:
    """Write a plan in one transaction. Returns (added, changed)."""
    assert made.congress is not None
    writer = _WRITERS[made.key](made.congress)
    with transaction.atomic():
        for count, line in enumerate(made.lines, 1):
            writer(line.data)
            if progress is not None:
                progress(count, len(made.lines))
    return made.added, made.changed


def _take(made: Plan, lines: list[Line]) -> None:
    """Write on trial: the counts are those of what writing really did."""
    assert made.congress is not None
    writer = _WRITERS[made.key](made.congress)
    for line in lines:
        try:
            outcome = writer(line.data)
        except BadValue as bad:
            made.rejected.append(Rejected(line.row, "", str(bad.value), bad.reason))
            continue
        if outcome == "same":
            made.unchanged += 1
            continue
        made.lines.append(line)
        made.added += outcome == "added"
        made.changed += outcome == "changed"


# Reading


def _lines(table: Table, made: Plan) -> list[Line]:
    headers = {one.field: one.header for one in table.columns if one.field}
    found = []
    for row in table.rows:
        line = Line(row.number, {}, headers)
        faults = len(made.rejected)
        for name, raw in row.cells.items():
            _cell(line, name, raw, made)
        if not line.data.get("name") and len(made.rejected) == faults:
            made.rejected.append(
                Rejected(row.number, headers.get("name", "name"), "", "没有填写名称")
            )
        if len(made.rejected) == faults:
            found.append(line)
    made.take_columns(table)
    return found


def _cell(line: Line, name: str, raw: Cell, made: Plan) -> None:
    try:
        value = READERS.get(name, _words)(raw)
        if not storable(text(raw)):
            raise BadValue(ascii(text(raw))[1:60], "这一格里有无法保存的字符，请删去后重新填写")
        limit = LENGTHS[made.key].get(name, 0)
        if limit and value and len(str(value)) > limit:
            raise BadValue(text(raw), f"最多 {limit} 字，现有 {len(str(value))} 字")
    except BadValue as bad:
        shown = text(raw) if storable(text(raw)) else str(bad.value)
        made.rejected.append(Rejected(line.row, line.headers[name], shown, bad.reason))
        return
    if value not in (None, "", []):
        line.data[name] = value


def _words(raw: Cell) -> str:
    shown = re.sub(r"\s*[\r\n]+\s*", "", text(raw))
    return "" if shown.casefold() in PLACEHOLDERS else shown


def _day(raw: Cell) -> date | None:
    found = read_date(raw)
    if found is not None and found.precision == "month":
        raise BadValue(text(raw), "只写到月，请补上日")
    return found.day if found else None


def _name(raw: Cell) -> str:
    """张 三 → 张三: two single characters are one name, set apart for print."""
    shown = _words(raw)
    return re.sub(r"(?<=^\S)\s+(?=\S$)", "", shown)


def _email(raw: Cell) -> str:
    shown = _words(raw)
    try:
        if shown:
            validate_email(shown)
    except ValidationError:
        raise BadValue(shown, "不是邮箱地址") from None
    return shown


def _term(raw: Cell) -> int | None:
    shown = _words(raw)
    if not shown:
        return None
    found = re.search(r"\d+|[一二三四五六七八九十]+", shown)
    number = _small(found[0]) if found else 0
    if not 0 < number < 200:
        raise BadValue(shown, "看不出是第几届，请写成“第18届”")
    return number


def _small(word: str) -> int:
    if word.isdigit():
        return int(word)
    digits = {sign: place for place, sign in enumerate("一二三四五六七八九", 1)}
    tens, ten, ones = word.rpartition("十")
    return 10 * digits.get(tens, 1) * bool(ten) + digits.get(ones, 0)


READERS: dict[str, Callable[[Cell], Any]] = {
    "name": _name,
    "phone": read_number,
    "email": _email,
    "number": read_number,
    "term": _term,
    "post_begins": _day,
    "post_ends": _day,
    "by_committee": lambda raw: read_choice(raw, YES_NO),
    "aliases": read_bodies,
    "kind": lambda raw: read_choice(raw, KINDS),
}


def _parents_first(lines: list[Line], made: Plan) -> list[Line]:
    """Order rows so that a body's parent is there before it; a circle is refused."""
    waiting = {line.data["name"]: line for line in lines}
    for line in lines:
        if waiting[line.data["name"]] is not line:
            made.rejected.append(
                Rejected(line.row, "", line.data["name"], "这个单位在文件里写了两次")
            )
    ordered: list[Line] = []
    while waiting:
        ready = [n for n, line in waiting.items() if line.data.get("parent") not in waiting]
        if not ready:
            for line in waiting.values():
                reason = "上级单位绕成了圈，请核对"
                made.rejected.append(Rejected(line.row, "", line.data["name"], reason))
            break
        ordered += [waiting.pop(name) for name in ready]
    return ordered


# Writing


Outcome = str
"""added, changed or same."""


def _fill(row: Any, values: Mapping[str, Any]) -> bool:
    """Set what differs; whether anything did."""
    fresh = {name: value for name, value in values.items() if getattr(row, name) != value}
    for name, value in fresh.items():
        setattr(row, name, value)
    if fresh:
        row.save()
    return bool(fresh)


def _picked(data: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {name: data[name] for name in names if name in data}


class _BodyWriter:
    def __init__(self, congress: Congress) -> None:
        self.congress = congress

    def __call__(self, data: Mapping[str, Any]) -> Outcome:
        values = _picked(data, "short_name", "aliases", "kind")
        if data.get("parent"):
            values["parent"] = self._parent(data)
        body = Body.objects.filter(congress=self.congress, name=data["name"]).first()
        if body is None:
            Body(congress=self.congress, name=data["name"], **values).save()
            return "added"
        moved = "parent" in values and values["parent"] != body.parent
        if not _fill(body, values):
            return "same"
        if moved:
            _repath(body)
        return "changed"

    def _parent(self, data: Mapping[str, Any]) -> Body:
        parent = Body.objects.filter(congress=self.congress, name=data["parent"]).first()
        if parent is None:
            raise BadValue(data["parent"], "没有这个上级单位，请先加上它或核对名称")
        own = Body.objects.filter(congress=self.congress, name=data["name"]).first()
        if own is not None and parent.path.startswith(own.path):
            raise BadValue(data["parent"], "上级单位不能是它自己或它的下级")
        return parent


def _repath(body: Body) -> None:
    """A body that moved takes everything below it along."""
    for below in Body.objects.filter(parent=body):
        below.parent = body
        below.save()
        _repath(below)


class _PersonWriter:
    def __init__(self, congress: Congress) -> None:
        self.congress = congress
        self.terms = {term.number: term for term in Term.objects.filter(congress=congress)}

    def __call__(self, data: Mapping[str, Any]) -> Outcome:
        person = self._person(data)
        values = _picked(data, "phone", "email", "note")
        added = person is None
        if person is None:
            person = Person.objects.create(congress=self.congress, name=data["name"], **values)
        changed = _fill(person, values)
        changed |= self._post(person, data) if data.get("body") else False
        changed |= self._seat(person, data) if self._has_seat(data) else False
        return "added" if added else ("changed" if changed else "same")

    def _person(self, data: Mapping[str, Any]) -> Person | None:
        known = list(Person.objects.filter(congress=self.congress, name=data["name"]))
        phone = data.get("phone")
        same = [one for one in known if phone and one.phone == phone]
        if same:
            return same[0]
        known = [one for one in known if not (phone and one.phone)] if len(known) > 1 else known
        if len(known) > 1:
            raise BadValue(data["name"], "库里有几个同名的人，请填写电话加以区别")
        return known[0] if known else None

    def _post(self, person: Person, data: Mapping[str, Any]) -> bool:
        body = Body.objects.filter(congress=self.congress, name=data["body"]).first()
        if body is None:
            raise BadValue(data["body"], "没有这个单位，请先导入机构或核对名称")
        values = _picked(data, "by_committee")
        values |= {n: data[f"post_{n}"] for n in ("begins", "ends") if f"post_{n}" in data}
        post = data.get("post", "")
        held = Appointment.objects.filter(person=person, body=body, post=post).first()
        if held is None:
            Appointment.objects.create(person=person, body=body, post=post, **values)
            return True
        return _fill(held, values)

    def _has_seat(self, data: Mapping[str, Any]) -> bool:
        return any(name in data for name in ("term", "delegation", "constituency", "number"))

    def _seat(self, person: Person, data: Mapping[str, Any]) -> bool:
        term = self._term(data.get("term"))
        values = _picked(data, "constituency", "number")
        if "delegation" in data:
            values["delegation"], _ = Delegation.objects.get_or_create(
                term=term, name=data["delegation"]
            )
        held = Seat.objects.filter(term=term, person=person).first()
        if held is None:
            Seat.objects.create(congress=self.congress, term=term, person=person, **values)
            return True
        return _fill(held, values)

    def _term(self, number: int | None) -> Term:
        """The term named, made when it is new; the latest where none is named."""
        if number is None and not self.terms:
            raise BadValue("", "还没有届，请加一列“届”，如“第18届”")
        chosen = number or max(self.terms)
        if chosen not in self.terms:
            self.terms[chosen] = Term.objects.create(congress=self.congress, number=chosen)
        return self.terms[chosen]


_WRITERS: dict[str, Callable[[Congress], Callable[[Mapping[str, Any]], Outcome]]] = {
    "people": _PersonWriter,
    "bodies": _BodyWriter,
}
