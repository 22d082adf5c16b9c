"""The ladder: facts open the next step, params weigh them, and what is local is never called statutory."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from bihuan.loop.check import check
from bihuan.loop.ladder import Proposed, next_step, rungs_of
from bihuan.loop.load import load_all
from bihuan.loop.params import Rules
from bihuan.loop.spec import Rung, Value

ALL = load_all([Path(__file__).parents[2] / "src/bihuan/institutions"])
DAY = date(2026, 11, 2)
LADDER = rungs_of(Rules(one, ("县级", "")) for one in ALL.values())
NOTHING: dict[str, Value] = {
    f"{step.rung.id}_{fact}": 0 for step in LADDER for fact in ("count", "open")
}


def proposed(of: str, **facts: Value) -> Proposed | None:
    return next_step(LADDER, of, {**NOTHING, **facts}, DAY)


def test_it_goes_from_reminding_to_removal() -> None:
    assert [step.rung.id for step in LADDER] == [
        "remind", "press", "press_again", "talk", "circulate", "inquiry", "interpellation",
        "investigation", "removal",
    ]  # fmt: skip


def test_it_calls_local_what_is_local_and_statutory_what_the_law_knows() -> None:
    local = {step.rung.id for step in LADDER if not step.statutory}
    assert local == {"remind", "press", "press_again", "talk", "circulate"}
    assert all(step.place for step in LADDER if not step.statutory)
    assert all("监督法》第" in step.cite for step in LADDER if step.statutory)


def step_of(found: Proposed | None) -> str:
    return found.step.rung.id if found else ""


@pytest.mark.parametrize(
    ("facts", "step"),
    [
        ({"late": False, "days_late": 0, "press_count": 0}, ""),
        ({"late": True, "days_late": 1, "press_count": 0}, "press"),
        ({"late": True, "days_late": 30, "press_count": 1, "press_days": 14}, ""),
        ({"late": True, "days_late": 30, "press_count": 1, "press_days": 15}, "press_again"),
        ({"late": True, "days_late": 90, "press_count": 2, "press_days": 60}, ""),
    ],
)
def test_it_presses_a_matter_twice_and_then_goes_to_the_body(
    facts: Mapping[str, Value], step: str
) -> None:
    assert step_of(proposed("matter", **facts)) == step


@pytest.mark.parametrize(
    ("facts", "step"),
    [
        ({"pressed_twice": 0, "late": 9}, ""),
        ({"pressed_twice": 1, "late": 1}, "talk"),
        ({"pressed_twice": 1, "pressed": 1, "late": 1, "talk_count": 1, "talk_days": 29}, ""),
        ({"pressed": 1, "late": 2, "talk_count": 1, "talk_days": 30}, "circulate"),
        ({"late": 2, "talk_count": 1, "circulate_count": 1, "circulate_days": 30}, "inquiry"),
        ({"late": 1, "talk_count": 1, "circulate_count": 1, "circulate_days": 30}, ""),
        ({"late": 1, "inquiry_count": 1, "inquiry_days": 60}, "interpellation"),
        ({"late": 1, "interpellation_count": 1, "interpellation_days": 60}, "investigation"),
        ({"late": 1, "investigation_count": 1, "investigation_days": 99}, "removal"),
        (
            {
                "late": 1,
                "investigation_count": 1,
                "investigation_days": 99,
                "investigation_open": 1,
            },
            "",
        ),
        ({"late": 0, "investigation_count": 1, "investigation_days": 99}, ""),
    ],
)
def test_it_proposes_for_a_body_the_step_its_record_opens(
    facts: Mapping[str, Value], step: str
) -> None:
    assert step_of(proposed("body", **facts)) == step


def test_it_says_why_and_by_which_rule() -> None:
    found = proposed("body", pressed=2, late=4, talk_count=1, talk_days=45)
    assert found is not None
    assert found.why == "约谈已过 45 天，还有 2 件督办以后仍然逾期"
    assert [(rule.name, rule.value) for rule in found.rules] == [("circulate_after_days", 30)]


def test_it_follows_the_param_of_the_day() -> None:
    talks = ALL["talks"]
    later = [
        replace(p, value=3, since=date(2027, 1, 1)) for p in talks.params if p.name == "talk_after"
    ]
    rules = Rules(replace(talks, params=(*talks.params, *later)), ("",))
    steps = rungs_of([rules])
    facts: dict[str, Value] = {**NOTHING, "pressed_twice": 2}
    assert step_of(next_step(steps, "body", facts, date(2026, 12, 31))) == "talk"
    assert next_step(steps, "body", facts, date(2027, 1, 1)) is None


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"when": {"scored__lt": 60}}, "C028"),
        ({"when": {"late__gte": "$none"}}, "C004"),
        ({"act": "close"}, "C029"),
        ({"cite": ""}, "C029"),
        ({"cite": "nothing"}, "C017"),
        ({"target": "nobody"}, "C029"),
    ],
)
def test_it_refuses_a_step_that_does_not_hold_together(
    change: Mapping[str, object], fault: str
) -> None:
    talks = ALL["talks"]
    rung: Rung = replace(talks.rungs[0], **change)  # type: ignore[arg-type]
    broken = replace(talks, rungs=(rung, *talks.rungs[1:]))
    assert fault in {one.id for one in check(broken, {**ALL, "talks": broken})}
