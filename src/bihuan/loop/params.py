"""Params (参数): dated values of rules, by area. The narrowest area and the latest date win."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TypeVar, cast

from bihuan.loop.portions import portion_of
from bihuan.loop.spec import Institution, Param, Value

Asked = tuple[str, str, date]
Answer = TypeVar("Answer")
MOST_KEPT = 20_000


class NoSuchParam(LookupError):
    """No row of this param is in force for the place on the day; the sentence says which."""


@dataclass(frozen=True)
class Applied:
    """A rule as it was applied: stored with the act, so that the act can be explained for ever."""

    name: str
    title: str
    value: Value
    since: str
    cite: str
    area: str

    def as_json(self) -> dict[str, Value]:
        """Plain JSON, as it enters the act's row and its hash."""
        return {
            "name": self.name,
            "title": self.title,
            "value": self.value,
            "since": self.since,
            "cite": self.cite,
            "area": self.area,
        }


@dataclass(frozen=True)
class Rules:
    """The params of one institution as they hold in one place.

    `areas` goes from the narrowest to the widest and ends with `""` (the whole country);
    `own` are the congress's own rows, which stand before the folder's rows of the same area and date.
    """

    institution: Institution
    areas: tuple[str, ...] = ("",)
    own: tuple[Param, ...] = ()
    known: dict[Asked, object] = field(default_factory=dict, init=False, compare=False, repr=False)
    """Answers given before, of which there are few: the same params are asked for by every act of a day.
    Never handed on to rules made of these, whose institution may say other words.
    """

    def kept(self, asked: Asked, answer: Callable[[], Answer]) -> Answer:
        """What was answered to this before, else the answer, kept."""
        if asked not in self.known:
            if len(self.known) >= MOST_KEPT:
                self.known.clear()
            self.known[asked] = answer()
        return cast(Answer, self.known[asked])

    def param(self, name: str, on: date) -> Param:
        """The row in force on the day. Raises NoSuchParam with a Chinese sentence."""
        return self.kept(("param", name, on), lambda: self._param(name, on))

    def _param(self, name: str, on: date) -> Param:
        rows = [row for row in self._rows() if self._in_force(row, name, on)]
        if not rows:
            raise NoSuchParam(f"{self.institution.title}：参数“{name}”在 {on} 没有生效的值")
        return max(rows, key=lambda row: (-self.areas.index(row.area), row.since, row in self.own))

    def value(self, name: str, on: date) -> Value:
        """The value in force on the day."""
        return self.param(name, on).value

    def applied(self, name: str, on: date) -> Applied:
        """The row in force with its citation spelled out."""
        return self.kept(("applied", name, on), lambda: self._applied(name, on))

    def _applied(self, name: str, on: date) -> Applied:
        row = self.param(name, on)
        cite = self.institution.cited(row.cite) or row.cite
        return Applied(row.name, row.title, row.value, row.since.isoformat(), cite, row.area)

    def all_on(self, on: date) -> list[Param]:
        """Every param in force on the day, one row a name, in the order declared."""
        names = dict.fromkeys(row.name for row in self._rows() if self._in_force(row, row.name, on))
        return [self.param(name, on) for name in names]

    def _rows(self) -> Iterable[Param]:
        return (*self.institution.params, *self.own)

    def _in_force(self, row: Param, name: str, on: date) -> bool:
        return row.name == name and row.area in self.areas and row.since <= on


def worked_out(
    rules: Rules, name: str, on: date, facts: Mapping[str, Value]
) -> tuple[Applied, ...]:
    """A rule as applied, after what it was reckoned from: 29 members, and so 6 for a fifth of them.

    Raises NoSuchParam where the number it is a part of is not known; the sentence says where to enter it.
    """
    rule = rules.applied(name, on)
    portion = portion_of(rule.value)
    if portion is None:
        return (rule,)
    declared = any(row.name == portion.of for row in rules.institution.params)
    before = worked_out(rules, portion.of, on, facts) if declared else ()
    base = before[-1].value if before else facts.get(portion.of)
    if not isinstance(base, int) or base < 1:
        title = before[-1].title if before else portion.of
        raise NoSuchParam(
            f"还没有登记“{title}”，算不出“{rule.title}”，请先在“规则参数”的“{rules.institution.title}”里填写"
        )
    return (*before, replace(rule, value=portion.least(base)))
