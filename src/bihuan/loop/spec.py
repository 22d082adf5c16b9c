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
    "expert": "专家",
    "clock": "时钟",
    "child": "所属事项",
}
"""Who may act on a matter. `clock` is the passing of a limit, `child` a matter opened by this one,
`expert` somebody from outside without an account, by a link of his own."""

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

COMPUTED = {
    "only_plans": "答复只有打算，没有写明已办成的事",
    "paper_length": "正文字数",
    "background_share": "背景阐述占全文的百分比",
    "measures_share": "意见和措施占全文的百分比",
    "uncheckable": "事后查不到落实没有的句子数",
    "uncheckable_share": "这样的句子占要求的百分比",
    "demands": "对下级提出的要求数",
    "hidden_order": "名为提示、简报，实际下达任务",
    "screenshots": "要求报送截图、照片等参会凭据",
}
"""What the program can read from a long text as a yes or no (`matters/readers.py`)."""

HEADINGS = {
    "documents": "文件制发",
    "meetings": "会议和节庆论坛展会",
    "inspections": "督查检查调研",
    "powers": "职权运行",
    "gifts": "隐蔽吃喝、隔空收礼",
    "flattery": "对上拔高、对下上纲上线",
}
"""The headings of a self-examination, in the order of the local reports it follows."""

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
    `shared`: what a congress sets in one institution holds in all that declare this name.
    `between`: the least and the most that make sense at all, where no law speaks.
    """

    name: str
    title: str
    value: Value
    since: date
    cite: str
    area: str = ""
    note: str = ""
    bound: Literal["", "at_most", "at_least", "exact"] = ""
    shared: bool = False
    between: tuple[int, ...] = ()


@dataclass(frozen=True)
class State:
    """Where a matter or an assignment can stand (环节). Its limit is `due`: a param's name.

    `due_from = "kept"`: the limit that was running goes on. `due_before = { field = …, days = … }`: so many days
    (a param) before the day in that field, e.g. of the meeting a report is meant for.
    `withholds`: what the body said in coming here is not the matter's yet, until an act that `releases` lets it
    out (`withheld.py`).
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
    due_before: Mapping[str, str] = field(default_factory=dict)
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
        return self.dues.get(kind, self.due) or self.due_before.get("days", "")


@dataclass(frozen=True)
class Outcome:
    """Where an act leads when `when` holds; the first that holds is taken."""

    to: str
    when: Condition = field(default_factory=dict)
    new_round: bool = False


@dataclass(frozen=True)
class Need:
    """A condition an act must meet, and the sentence said when it does not.

    `given`: it is asked for only where this holds. `{param}` in the sentence stands for the value applied.
    """

    when: Condition
    say: str
    cite: str = ""
    given: Condition = field(default_factory=dict)


@dataclass(frozen=True)
class Move:
    """What a matter's act does to assignments already there: those of `kinds` go to state `to`.

    `from_states`: only those that stand in one of these; empty means wherever they stand.
    """

    kinds: tuple[str, ...]
    to: str
    when: Condition = field(default_factory=dict)
    from_states: tuple[str, ...] = ()


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
    """Something a person (or the clock) does (动作). `from_states` empty means: it raises the matter.

    `tells`: as what those concerned are told of it (`reminders`); empty: nobody is.
    `screen`: the name of the institution's own page on which it is taken, instead of the declared form.
    `quiet`: it has no button among what may be raised; some page of its own leads to it.
    `once`: on a matter it is taken once and then offered no more.
    """

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
    tells: Literal["", "handed", "returned", "pressed", "lapsed"] = ""
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
    screen: str = ""
    once: bool = False

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

    @property
    def said(self) -> str:
        """What a person reads: the title, or the bare word where the list is one of bare words."""
        return self.title or self.id


@dataclass(frozen=True)
class Field:
    """Something asked in an act's form; its value becomes the fact of the same name.

    `past`: a day that has already come, such as the one on which a case was closed.
    """

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
    typed_in: tuple[str, ...] = ()
    read_from: str = ""
    past: bool = False

    @property
    def asked(self) -> bool:
        """Whether a person ever fills it in; the others are read from what he filled in."""
        return not self.computed or bool(self.typed_in)

    def asked_in(self, act_id: str) -> bool:
        """Whether a person fills it in with this act: a figure the program reads from a text given here, but
        that is typed where only the figure came down (`typed_in`)."""
        return not self.computed or act_id in self.typed_in


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
class Check:
    """A check (自查规则): a function of that name in the folder's `checks.py`, told over the institution's rows.

    `acts`: in whose forms it speaks before they are sent. `of = "asks"`: its rows are not the institution's
    own but everything asked of a unit, by whomever.
    """

    id: str
    title: str
    heading: str
    cite: str
    params: tuple[str, ...] = ()
    acts: tuple[str, ...] = ()
    of: Literal["rows", "asks"] = "rows"
    help: str = ""


@dataclass(frozen=True)
class Asks:
    """What a matter of this institution asks of units: who (`units`, a field of bodies), on which day, what.

    `when`: from where on it counts. `what`: fields that say what is to be handed in, one thing a line.
    """

    units: str
    word: str
    when: Condition = field(default_factory=dict)
    what: tuple[str, ...] = ()


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
class Ballot:
    """A vote whose result an act books: who is asked what, and the params by which it is counted.

    `base`, `tie`, `void`, `passes` (`pass` in TOML), `quorum` and `consequence` name params (`votes.py` reads
    their values). `members` names the param that says how many make up the base of all members: the roll must
    hold just as many. When the clerk declares the result, the ballot fills in the act's fields: `result_field`
    (none where the act itself reckons what follows), the fields of `counts` by choice, `note_field` with the sum
    in words, `number_field` with the ballot's number and the yes or no of `secret_field` with how it was held.
    """

    id: str
    title: str
    act: str
    base: str
    tie: str
    void: str
    passes: str
    secrecy: Literal["secret", "named", "show"] = "named"
    choices: tuple[str, ...] = ()
    choices_param: str = ""
    result_field: str = ""
    note_field: str = ""
    number_field: str = ""
    secret_field: str = ""
    counts: Mapping[str, str] = field(default_factory=dict)
    members: str = ""
    quorum: str = ""
    consequence: str = ""
    local: bool = False
    cite: str = ""
    help: str = ""

    @property
    def rule_params(self) -> dict[str, str]:
        """The params it is counted by: part of the rule → name, those that are named."""
        parts = ("base", "tie", "void", "passes", "quorum", "consequence")
        return {part: getattr(self, part) for part in parts if getattr(self, part)}


@dataclass(frozen=True)
class Post:
    """What an act writes into the register of posts (任职登记): a post that begins, or one that ends.

    `person`, `body` and `post` name the fields that say whose it is and which. `which` and `day` (and `until`)
    name fields of the act, filled in beforehand: which person or entry of the register is meant, from or until
    which day. `day_from`, `until_from`: the facts a day is proposed from, the first that is known.
    """

    id: str
    act: str
    does: Literal["begins", "ends"]
    person: str
    body: str
    post: str
    which: str
    day: str
    until: str = ""
    day_from: tuple[str, ...] = ()
    until_from: tuple[str, ...] = ()


@dataclass(frozen=True)
class Rung:
    """A step of the escalation ladder (`ladder.py`): when it is proposed, for what, and which act takes it.

    `of` a matter: `act` is the matter's own. `of` a body: `act` raises a matter of this institution, which
    names the body in field `target`. `automatic`: the program does it; nobody is asked.
    """

    id: str
    title: str
    order: int
    of: Literal["matter", "body"]
    act: str = ""
    when: Condition = field(default_factory=dict)
    why: str = ""
    evidence: tuple[str, ...] = ()
    cite: str = ""
    target: str = "target"
    automatic: bool = False
    help: str = ""


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
    ballots: tuple[Ballot, ...] = ()
    posts: tuple[Post, ...] = ()
    rungs: tuple[Rung, ...] = ()
    imports: Import | None = None
    similar: bool = False
    day_of: str = ""
    checks: tuple[Check, ...] = ()
    asks: Asks | None = None
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

    def check(self, check_id: str) -> Check | None:
        """The check of this id, if any."""
        return next((check for check in self.checks if check.id == check_id), None)

    def field(self, name: str) -> Field | None:
        """The field of this name, if any."""
        return next((field_ for field_ in self.fields if field_.name == name), None)

    def ballot(self, ballot_id: str) -> Ballot:
        """The declared ballot of this id. Raises KeyError naming the institution if there is none."""
        for ballot in self.ballots:
            if ballot.id == ballot_id:
                return ballot
        raise KeyError(f"{self.key} 没有声明表决 {ballot_id}")

    def post_by(self, act_id: str) -> Post | None:
        """What this act writes into the register of posts, if anything."""
        return next((post for post in self.posts if post.act == act_id), None)

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

    def cited(self, key: str) -> str:
        """The article that `cite` names, as it is printed; empty where it names none."""
        law = self.law_of(key)
        return law.cite() if law else ""
