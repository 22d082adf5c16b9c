"""What an act would lead to, told before it is taken. Nothing is written."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from bihuan.loop.forms import Refusal
from bihuan.loop.machine import NEW, step
from bihuan.loop.situation import Done
from bihuan.loop.spec import Value
from bihuan.matters import house, readers
from bihuan.matters.models import Matter
from bihuan.matters.situations import situation_of
from bihuan.people.models import Congress


def foresee(
    congress: Congress,
    institution: str,
    matter: Matter | None,
    act_id: str,
    actor: str,
    today: date,
    data: Mapping[str, Value],
    share: str = "",
) -> Done | Refusal:
    """The step as `act` (or `raise_matter`, without a matter) would take it now."""
    place = house.place_of(congress, institution)
    before = situation_of(matter) if matter else NEW
    filled = readers.read(place.institution, act_id, data)
    day = max(today, matter.last_day) if matter and matter.last_day else today
    return step(place, before, act_id, actor, day, filled, share)
