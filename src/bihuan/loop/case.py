"""Cases: dated stories that are an institution's tests and its help page. No database, milliseconds.

```toml
title = "不满意的重办一次"
[[story]]
on = 2026-01-20
by = "deputy"
act = "raise"
data = { title = "关于修桥的建议" }
expect = { state = "draft" }
```
`of` names an opened matter (`"commitments/1"`), `body` the share an assignment's act is about. `expect` holds
`state`, `due`, `phase`, `refused` (words of the refusal), `shares` (body -> state), `dues` (body -> date),
`facts`, `lapsed` (acts by the clock noted on the way) and `opened` (institution -> count). A table `[params]`
sets what the congress of the story has set for itself: `committee_members = 29`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

from bihuan.loop.calendar import Calendar
from bihuan.loop.forms import Refusal
from bihuan.loop.machine import NEW, Place, lapses, step, with_children
from bihuan.loop.params import Rules
from bihuan.loop.situation import Done, Opening, Situation
from bihuan.loop.spec import Institution, Param

ROOT = ""


@dataclass(frozen=True)
class Line:
    """One line of a story: who does what on which day, and what must follow."""

    on: date
    act: str
    by: str
    data: Mapping[str, Any] = field(default_factory=dict)
    of: str = ROOT
    body: str = ""
    expect: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Case:
    """A whole story of one institution, as read from `cases/*.toml`."""

    institution: str
    name: str
    title: str
    story: tuple[Line, ...]
    area: str = ""
    note: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Miss:
    """Where a case and the declaration disagree."""

    case: str
    line: int
    what: str

    def __str__(self) -> str:
        return f"{self.case} 第 {self.line} 步：{self.what}"


def read_cases(institution: Institution) -> list[Case]:
    """Every case in the institution's `cases/` folder, by file name. Raises ValueError naming the file."""
    return [
        read_case(institution.key, file)
        for file in sorted((institution.folder / "cases").glob("*.toml"))
    ]


def read_case(institution: str, file: Path) -> Case:
    """Read one story. Raises ValueError with the file and what is wrong with it."""
    try:
        table = tomllib.loads(file.read_text(encoding="utf-8"))
        story = tuple(Line(**line) for line in table["story"])
        return Case(
            institution,
            file.stem,
            table["title"],
            story,
            table.get("area", ""),
            table.get("note", ""),
            table.get("params", {}),
        )
    except (tomllib.TOMLDecodeError, KeyError, TypeError) as error:
        raise ValueError(f"案例 {file} 读不出来：{error}") from None


def replay(
    case: Case, institutions: Mapping[str, Institution], calendar: Calendar
) -> tuple[list[Miss], dict[str, Situation]]:
    """Play a case. Returns what did not come out as the story says, and where every matter stands."""
    world = _World(institutions, calendar, case)
    for number, line in enumerate(case.story, 1):
        world.play(number, line)
    return world.misses, {name: matter.situation for name, matter in world.matters.items()}


@dataclass
class _Matter:
    institution: str
    situation: Situation
    parent: str = ROOT
    is_root: bool = False


class _World:
    def __init__(
        self, institutions: Mapping[str, Institution], calendar: Calendar, case: Case
    ) -> None:
        self.institutions, self.calendar, self.case = institutions, calendar, case
        self.matters = {ROOT: _Matter(case.institution, NEW, is_root=True)}
        self.misses: list[Miss] = []
        self.lapsed: list[str] = []

    def play(self, number: int, line: Line) -> None:
        self.lapsed = []
        for name in list(self.matters):
            self._let_lapse(name, line.on)
        if line.of not in self.matters:
            self._miss(number, f"还没有 {line.of} 这件事项")
            return
        outcome = self._act(line.of, line.act, line.by, line.on, line.data, line.body)
        self._compare(number, line, outcome)

    def _let_lapse(self, name: str, today: date) -> None:
        matter = self.matters[name]
        if not matter.situation.state:
            return
        for lapse in lapses(self._institution(name), matter.situation, today):
            self._take(name, lapse.act, "clock", lapse.day, {}, lapse.assignment)
            self.lapsed.append(lapse.act)

    def _act(
        self, name: str, act: str, by: str, on: date, data: Mapping[str, Any], body: str
    ) -> Done | Refusal:
        shares = self.matters[name].situation.assignments
        key = next((held.key for held in reversed(shares) if held.body == body), "")
        outcome = self._take(name, act, by, on, data, key)
        if isinstance(outcome, Done):
            self._follow(name, outcome)
        return outcome

    def _take(
        self, name: str, act: str, by: str, on: date, data: Mapping[str, Any], key: str
    ) -> Done | Refusal:
        outcome = step(self._place(name), self._seen(name), act, by, on, data, key)
        if isinstance(outcome, Done):
            self.matters[name].situation = outcome.after
        return outcome

    def _follow(self, name: str, done: Done) -> None:
        for opening in done.opens:
            self._open(name, opening, done.day)
        parent = self.matters[name].parent
        if done.act.tells_parent and not self.matters[name].is_root:
            self._act(parent, done.act.tells_parent, "child", done.day, {}, "")

    def _open(self, parent: str, opening: Opening, day: date) -> None:
        siblings = [m for m in self.matters.values() if m.institution == opening.institution]
        name = f"{opening.institution}/{len(siblings) + 1}"
        self.matters[name] = _Matter(opening.institution, NEW, parent)
        actor = self.institutions[opening.institution].act(opening.act).by[0]
        outcome = self._take(name, opening.act, actor, day, opening.data, "")
        if isinstance(outcome, Refusal):
            self.misses.append(Miss(self.case.name, 0, f"{name} 没能立项：{outcome.say}"))

    def _seen(self, name: str) -> Situation:
        """The matter with its children counted: nothing about them is stored twice."""
        situation = self.matters[name].situation
        for key in dict.fromkeys(m.institution for m in self.matters.values()):
            own = [
                m
                for m in self.matters.values()
                if m.institution == key and m.parent == name and not m.is_root
            ]
            still_open = sum(1 for m in own if self.institutions[key].state(m.situation.state).open)
            situation = with_children(situation, key, len(own), still_open) if own else situation
        return situation

    def _institution(self, name: str) -> Institution:
        return self.institutions[self.matters[name].institution]

    def _place(self, name: str) -> Place:
        areas = (self.case.area, "") if self.case.area else ("",)
        one = self._institution(name)
        return Place(Rules(one, areas, tuple(self._own(one, areas[0]))), self.calendar)

    def _own(self, one: Institution, area: str) -> Iterator[Param]:
        for param in one.params:
            if param.name in self.case.params and param.area in (area, ""):
                yield replace(param, value=self.case.params[param.name], area=area)

    # What the story expects

    def _compare(self, number: int, line: Line, outcome: Done | Refusal) -> None:
        if isinstance(outcome, Refusal):
            wanted = line.expect.get("refused")
            if not wanted or str(wanted) not in outcome.say:
                self._miss(number, f"没有做成：{outcome.say}")
            return
        if "refused" in line.expect:
            self._miss(number, f"本应不许做（{line.expect['refused']}），却做成了")
        for aspect, wanted in line.expect.items():
            if aspect != "refused":
                self._expect(number, aspect, wanted, self._found(aspect, wanted, line.of))

    def _expect(self, number: int, aspect: str, wanted: Any, found: Any) -> None:
        if wanted != found:
            self._miss(number, f"{aspect} 应为 {wanted}，实为 {found}")

    def _found(self, aspect: str, wanted: Any, name: str) -> Any:
        situation = self.matters[name].situation
        shares = {held.body: held for held in situation.assignments}
        found: dict[str, Any] = {
            "state": situation.state,
            "due": situation.due,
            "round": situation.round,
            "lapsed": self.lapsed,
            "phase": self._institution(name).state(situation.state).phase,
            "shares": {body: held.state for body, held in shares.items()},
        }
        if aspect == "dues":
            return {body: shares[body].due for body in wanted if body in shares}
        if aspect == "facts":
            return {fact: situation.facts.get(fact) for fact in wanted}
        if aspect == "opened":
            return {key: self._count(name, key) for key in wanted}
        return found.get(aspect, f"（案例里没有“{aspect}”这种期待）")

    def _count(self, parent: str, key: str) -> int:
        return sum(1 for m in self.matters.values() if (m.institution, m.parent) == (key, parent))

    def _miss(self, number: int, what: str) -> None:
        self.misses.append(Miss(self.case.name, number, what))
