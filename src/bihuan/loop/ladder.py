"""The escalation ladder (督办阶梯): which step comes next for a body or a matter, and why.

Institutions declare the steps (`[[rungs]]`) with the facts that open them; thresholds are dated params. This
only says what may be proposed. People take it, leave it or put it off; nothing here ever acts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from bihuan.loop.conditions import holds
from bihuan.loop.params import Applied, Rules, worked_out
from bihuan.loop.spec import Institution, Rung, Value

MATTER_FACTS = frozenset({"late", "days_late", "press_count", "press_days"})
"""Of a matter: its limit has passed, by how many days, how often it was pressed, how many days ago last."""
BODY_FACTS = frozenset({"late", "pressed", "pressed_twice", "broken", "redone"})
"""Of a body, over the matters it leads: overdue now; of these pressed once and twice, promises, and those in a
second round or later."""
STEP_FACTS = ("count", "days", "open")
"""Of each step that was taken before: how often in the window, how many days ago last, how many go on."""


@dataclass(frozen=True)
class Step:
    """A rung in its institution, with the rules of the congress that weigh it."""

    rung: Rung
    rules: Rules

    @property
    def institution(self) -> Institution:
        """The institution that declares it."""
        return self.rules.institution

    @property
    def statutory(self) -> bool:
        """Whether national law knows this step; otherwise it is local practice and is called so."""
        law = self.institution.law_of(self.rung.cite)
        return bool(law and law.national)

    @property
    def cite(self) -> str:
        """The article, or the local rule."""
        return self.institution.cited(self.rung.cite)

    @property
    def place(self) -> str:
        """Whose practice a local step is."""
        law = self.institution.law_of(self.rung.cite)
        return law.place if law else ""


@dataclass(frozen=True)
class Proposed:
    """A step that the facts open: the sentence that says why, and the rules that were applied."""

    step: Step
    why: str
    rules: tuple[Applied, ...] = ()


def rungs_of(grounds: Iterable[Rules]) -> list[Step]:
    """Every declared step of these institutions, from the lowest up."""
    found = [Step(rung, rules) for rules in grounds for rung in rules.institution.rungs]
    return sorted(found, key=lambda step: (step.rung.order, step.rung.id))


def next_step(
    steps: Sequence[Step], of: str, facts: Mapping[str, Value], on: date
) -> Proposed | None:
    """The lowest step for this kind of subject whose condition holds, or None.

    `facts` are MATTER_FACTS or BODY_FACTS, and `<rung>_count`, `_days`, `_open` for the steps taken before;
    what is not there counts as never.
    """
    for step in steps:
        rung = step.rung
        if rung.of != of or rung.automatic or not rung.when:
            continue
        applied: dict[str, Applied] = {}
        when = {name: _asked(step, asked, facts, on, applied) for name, asked in rung.when.items()}
        if holds(when, facts):
            return Proposed(step, _sentence(rung.why, facts, applied), tuple(applied.values()))
    return None


def _asked(
    step: Step, asked: Value, facts: Mapping[str, Value], on: date, applied: dict[str, Applied]
) -> Value:
    if not (isinstance(asked, str) and asked[:1] == "$"):
        return asked
    for one in worked_out(step.rules, asked[1:], on, facts):
        applied[one.name] = one
    return applied[asked[1:]].value


def _sentence(why: str, facts: Mapping[str, Value], applied: Mapping[str, Applied]) -> str:
    said = {**facts, **{name: one.value for name, one in applied.items()}}
    for name, value in said.items():
        why = why.replace(f"{{{name}}}", str(value))
    return why
