"""What an institution (制度) is: frozen tables, read from its `institution.toml`.

Nothing here does anything. `load.py` makes these from a folder, `check.py` refuses what does not
hold together, `machine.py` moves a matter by them, and every screen is drawn from them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Literal

Scalar = str | int | float | bool | date | None
Value = Scalar | list["Value"] | dict[str, "Value"]
Condition = Mapping[str, Value]
Track = Literal["matter", "assignment"]

PHASES = {"pending": "待交办", "handling": "办理中", "closed": "办结", "void": "不再承办"}
"""The phases a state may declare; 临期 and 逾期 follow from the limit, never from a declaration.
`void` is for assignments that no longer count (returned, withdrawn) and matters merged or refused."""

ACTORS = {
    "proposer": "提出人",
    "deputy": "代表",
    "delegation": "代表团",
    "secretariat": "大会秘书处",
    "clerk": "工作人员",
    "committee": "专门委员会",
    "leader": "领导",
    "lead_body": "主办单位",
    "co_body": "会办单位",
    "unit": "基层单位",
    "clock": "时钟",
    "child": "所属事项",
}
"""Who may act on a matter. `clock` is the passing of a limit, `child` a matter opened by this one."""

FIELD_KINDS = (
    "text",
    "longtext",
    "choice",
    "date",
    "number",
    "money",
    "yesno",
    "body",
    "bodies",
    "person",
    "matter",
    "files",
    "assignments",
    "commitments",
)

COMPUTED = {"only_plans": "答复只有打算，没有写明已办成的事"}
"""What the program can read from a long text as a yes or no (`matters/readers.py`)."""

ASSIGNMENT_KINDS = {"lead": "主办", "co": "会办", "separate": "分别办理"}


@dataclass(frozen=True)
class Law:
    """A text that a rule rests on: a national law, a local rule or a recorded local practice."""

    key: str
    title: str
    article: str = ""
    url: str = ""
    national: bool = False
    place: str = ""

    def cite(self) -> str:
        """The citation as printed beside a limit or an act, e.g. 《代表法》第五十一条."""
        return f"《{self.title}》{self.article}"


@dataclass(frozen=True)
class Param:
    """One dated value of a rule. The narrowest area and the latest date win (`params.py`).

    `bound`: the law leaves a place no more (no less, nothing else) than this value (`bounds.py`).
    """

    name: str
    title: str
    value: Value
    since: date
    cite: str
    area: str = ""
    note: str = ""
    bound: Literal["", "at_most", "at_least", "exact"] = ""


@dataclass(frozen=True)
class State:
    """Where a matter or an assignment can stand (环节). Its limit is `due`: a param's name.

    `due_from = "kept"`: the limit that was running goes on. `withholds`: what the body said in coming here is
    not the matter's yet, until an act that `releases` lets it out (`withheld.py`).
    """

    id: str
    title: str
    phase: str = "handling"
    track: Track = "matter"
    held_by: str = "clerk"
    due: str = ""
    dues: Mapping[str, str] = field(default_factory=dict)
    due_field: str = ""
    due_from: Literal["today", "handed", "kept"] = "today"
    withholds: bool = False
    retired: bool = False
    private: bool = False
    help: str = ""

    @property
    def open(self) -> bool:
        """Whether something here is still to be done."""
        return self.phase in ("pending", "handling")

    def due_param(self, kind: str = "") -> str:
        """The param that sets the limit here, for an assignment of `kind` (lead, co, separate)."""
        return self.dues.get(kind, self.due)


@dataclass(frozen=True)
class Outcome:
    """Where an act leads when `when` holds; the first that holds is taken."""

    to: str
    when: Condition = field(default_factory=dict)
    new_round: bool = False


@dataclass(frozen=True)
class Need:
    """A condition an act must meet, and the sentence said when it does not."""

    when: Condition
    say: str
    cite: str = ""


@dataclass(frozen=True)
class Move:
    """What a matter's act does to assignments already there: those of `kinds` go to state `to`."""

    kinds: tuple[str, ...]
    to: str
    when: Condition = field(default_factory=dict)


@dataclass(frozen=True)
class Opens:
    """Matters that an act opens in another institution: one, or one for each row of field `each`."""

    institution: str
    act: str = "raise"
    each: str = ""
    copy: Mapping[str, str] = field(default_factory=dict)
    with_proposers: bool = False
    with_assignment: bool = False


@dataclass(frozen=True)
class Act:
    """Something a person (or the clock) does (动作). `from_states` empty means: it raises the matter."""

    id: str
    title: str
    by: tuple[str, ...]
    track: Track = "matter"
    from_states: tuple[str, ...] = ()
    to: tuple[Outcome, ...] = ()
    carries: tuple[Outcome, ...] = ()
    moves: tuple[Move, ...] = ()
    needs: tuple[Need, ...] = ()
    sets: Mapping[str, Scalar] = field(default_factory=dict)
    opens: tuple[Opens, ...] = ()
    assign: str = ""
    releases: bool = False
    joins: str = ""
    tells_target: str = ""
    tells_parent: str = ""
    numbers: bool = False
    due: str = ""
    due_from: Literal["today", "since"] = "today"
    within: str = ""
    within_from: Literal["handed", "since"] = "handed"
    cite: str = ""
    help: str = ""
    tone: Literal["plain", "primary", "grave"] = "plain"
    bulk: bool = False
    quiet: bool = False

    @property
    def raises(self) -> bool:
        """Whether this act begins a matter instead of moving one."""
        return not self.from_states


@dataclass(frozen=True)
class Choice:
    """One allowed value of a choice field, with the other words offices use for it."""

    id: str
    title: str = ""
    synonyms: tuple[str, ...] = ()
    tone: Literal["", "good", "middling", "bad"] = ""


@dataclass(frozen=True)
class Field:
    """Something asked in an act's form; its value becomes the fact of the same name."""

    name: str
    title: str
    kind: str
    acts: tuple[str, ...]
    required: bool = False
    required_in: tuple[str, ...] = ()
    required_when: Condition = field(default_factory=dict)
    choices: tuple[Choice, ...] = ()
    choices_param: str = ""
    help: str = ""
    synonyms: tuple[str, ...] = ()
    column: bool = False
    filter: bool = False
    hidden_from: tuple[str, ...] = ()
    hidden_until: str = ""
    max_length: int = 0
    computed: str = ""
    computed_from: str = ""

    @property
    def asked(self) -> bool:
        """Whether a person fills it in; the others are read from what he filled in."""
        return not self.computed


@dataclass(frozen=True)
class Indicator:
    """A figure: rows that meet `hit` among rows that meet `base`. `by` gives one figure per value.

    `per_body`: the cockpit also tells it apart by the bodies in charge.
    """

    key: str
    title: str
    of: Track = "matter"
    base: Condition = field(default_factory=dict)
    hit: Condition = field(default_factory=dict)
    by: str = ""
    sum: str = ""
    target: str = ""
    cite: str = ""
    help: str = ""
    board: bool = True
    per_body: bool = False
    less_is_better: bool = False


@dataclass(frozen=True)
class Column:
    """A column of the ledger, in order: a built-in (`number title state days_left …`) or a field."""

    name: str
    title: str = ""
    wide: bool = False


@dataclass(frozen=True)
class Import:
    """How a row of a sheet becomes a matter: which act books it and what makes it the same matter."""

    act: str
    key: tuple[str, ...]
    synonyms: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Institution:
    """One institution, whole. `folder` is where it was read from."""

    key: str
    title: str
    folder: Path
    label: str = ""
    summary: str = ""
    count_word: str = "件"
    group: str = ""
    order: int = 100
    area: str = ""
    menu: bool = True
    public_when: Condition = field(default_factory=dict)
    visible_to: tuple[str, ...] = ()
    law: tuple[Law, ...] = ()
    params: tuple[Param, ...] = ()
    states: tuple[State, ...] = ()
    acts: tuple[Act, ...] = ()
    fields: tuple[Field, ...] = ()
    indicators: tuple[Indicator, ...] = ()
    columns: tuple[Column, ...] = ()
    imports: Import | None = None
    similar: bool = False
    version: str = ""

    def act(self, act_id: str) -> Act:
        """The act of this id. Raises KeyError naming the institution if there is none."""
        try:
            return self._acts[act_id]
        except KeyError:
            raise KeyError(f"{self.key} 没有动作 {act_id}") from None

    def state(self, state_id: str) -> State:
        """The state of this id. Raises KeyError naming the institution if there is none."""
        try:
            return self._states[state_id]
        except KeyError:
            raise KeyError(f"{self.key} 没有环节 {state_id}") from None

    def states_of(self, track: Track) -> tuple[State, ...]:
        """The states of one track, in the order declared: the stage track of a matter's page."""
        return tuple(state for state in self.states if state.track == track)

    def fields_of(self, act_id: str) -> tuple[Field, ...]:
        """What the form of this act asks, in order."""
        return self._fields_of.get(act_id, ())

    def field(self, name: str) -> Field | None:
        """The field of this name, if any."""
        return next((field_ for field_ in self.fields if field_.name == name), None)

    # The first of an id counts; `check.py` refuses a second one.

    @cached_property
    def _acts(self) -> dict[str, Act]:
        return {act.id: act for act in reversed(self.acts)}

    @cached_property
    def _states(self) -> dict[str, State]:
        return {state.id: state for state in reversed(self.states)}

    @cached_property
    def _fields_of(self) -> dict[str, tuple[Field, ...]]:
        asking = {act_id for field_ in self.fields for act_id in field_.acts}
        return {
            act_id: tuple(field_ for field_ in self.fields if act_id in field_.acts)
            for act_id in asking
        }

    def law_of(self, key: str) -> Law | None:
        """The law that `cite` names, if any."""
        return next((law for law in self.law if law.key == key), None)
