"""All rules of a congress as a book: a chapter for each institution, its laws, its rules and their versions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from bihuan.loop.params import NoSuchParam, Rules
from bihuan.loop.spec import Institution, Law, Param, Value
from bihuan.matters import house
from bihuan.matters.local_params import as_text
from bihuan.people.models import Congress
from bihuan.rulebook.uses import Use, uses


@dataclass(frozen=True)
class Version:
    """A value of a rule: since when, where, on what it rests, and whether this congress set it itself."""

    value: Value
    since: date
    area: str
    cite: str
    own: bool
    note: str = ""
    in_force: bool = False

    @property
    def said(self) -> str:
        """The value as people write it."""
        return said(self.value)


@dataclass(frozen=True)
class Rule:
    """One rule of an institution with all its versions, the newest first, and what goes by it."""

    institution: str
    name: str
    title: str
    versions: tuple[Version, ...]
    used_by: tuple[Use, ...]

    @property
    def now(self) -> Version | None:
        """The version in force on the book's day."""
        return next((version for version in self.versions if version.in_force), None)


@dataclass(frozen=True)
class Chapter:
    """One institution and its rules; `ground`: the params in force here, which they were read from."""

    institution: Institution
    rules: tuple[Rule, ...]
    ground: Rules

    @property
    def laws(self) -> tuple[Law, ...]:
        """The laws it names."""
        return self.institution.law


def book(congress: Congress, institutions: Sequence[Institution], day: date) -> list[Chapter]:
    """The chapters of these institutions as of a day, in the order of the house."""
    return [_chapter(congress, one, day) for one in institutions if one.params or one.law]


def _chapter(congress: Congress, one: Institution, day: date) -> Chapter:
    rules = house.rules_of(congress, one.key)
    used = uses(one)
    names = dict.fromkeys(param.name for param in one.params)
    made = []
    for name in names:
        rows = [row for row in (*one.params, *rules.own) if row.name == name]
        try:
            force: Param | None = rules.param(name, day)
        except NoSuchParam:
            force = None
        versions = tuple(_version(one, row, row in rules.own, row is force) for row in rows)
        newest = tuple(sorted(versions, key=lambda each: (each.since, each.own), reverse=True))
        made.append(Rule(one.key, name, rows[0].title, newest, tuple(used.get(name, ()))))
    return Chapter(one, tuple(made), rules)


def _version(one: Institution, row: Param, own: bool, in_force: bool) -> Version:
    place = row.area if not own else ""
    cite = one.cited(row.cite) or row.cite
    return Version(row.value, row.since, place, cite, own, row.note, in_force)


def said(value: Value) -> str:
    """A value as people write it: 3个月, 1/5 以上, 是, 满意、基本满意."""
    if isinstance(value, list):
        return "、".join(_item(row) for row in value)
    return as_text(value)


def _item(row: Value) -> str:
    """One of a list: a choice by its title, a step of a count by its result and threshold, else as it is."""
    if not isinstance(row, dict):
        return said(row)
    result = row.get("title") or row.get("result") or row.get("id") or ""
    at = row.get("at")
    return f"{result}（{at}）" if at else str(result)
