"""Fields nobody fills in: what the program reads from what was filled in (`Field.computed`)."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from bihuan.loop.spec import Field, Institution, Value
from bihuan.text.commitments import only_plans

READERS: dict[str, Callable[[str], Value]] = {"only_plans": lambda text: only_plans(text).value}


def read(institution: Institution, act_id: str, data: Mapping[str, Value]) -> dict[str, Value]:
    """What was filled in, with the computed fields of the act; what was sent in their place is dropped."""
    computed = [one for one in institution.fields_of(act_id) if one.computed]
    own = {one.name for one in computed}
    asked = {name: value for name, value in data.items() if name not in own}
    return asked | {one.name: _computed(one, asked) for one in computed}


def _computed(one: Field, data: Mapping[str, Value]) -> Value:
    text = str(data.get(one.computed_from) or "")
    return READERS[one.computed](text) if text.strip() else None
