"""Conditions: four look-ups over facts (equal, `__lt`, `__gte`, `__in`), and no fifth.

`{ result__in = ["满意", "基本满意"], co_open = 0 }` holds when every line of it holds. A fact that is not
there equals nothing but the empty text, so `{ category = "" }` asks for its absence.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from bihuan.loop.spec import Condition, Value

LOOKUPS: dict[str, Callable[[Value, Value], bool]] = {
    "": lambda fact, asked: fact == asked,
    "lt": lambda fact, asked: _comparable(fact, asked) and fact < asked,  # type: ignore[operator]
    "gte": lambda fact, asked: _comparable(fact, asked) and fact >= asked,  # type: ignore[operator]
    "in": lambda fact, asked: isinstance(asked, list) and fact in asked,
}


def split(name: str) -> tuple[str, str]:
    """Take `result__in` apart into the fact's name and the look-up (`""` is equal)."""
    fact, _, lookup = name.partition("__")
    return fact, lookup


def holds(when: Condition, facts: Mapping[str, Value]) -> bool:
    """Whether every line of the condition holds over these facts. Empty conditions hold."""
    return all(_line_holds(name, asked, facts) for name, asked in when.items())


def _line_holds(name: str, asked: Value, facts: Mapping[str, Value]) -> bool:
    fact, lookup = split(name)
    absent_asked = asked == "" and lookup == ""
    value = facts.get(fact)
    return value in (None, "") if absent_asked else LOOKUPS[lookup](value, asked)


def _comparable(fact: Value, asked: Value) -> bool:
    numbers = (int, float)
    both_numbers = isinstance(fact, numbers) and isinstance(asked, numbers)
    return both_numbers or (isinstance(fact, str) and isinstance(asked, str))
