"""A draw as its pages show it: to those who run it, to everybody, and on the wall."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from bihuan.draws import method
from bihuan.draws.models import STATES, Draw


def shown_draw(row: Draw) -> dict[str, Any]:
    """List, rule, contributors and result, as the templates below `draws/parts` read them."""
    plan = method.read(row.announced or row.plan)
    left_out = method.left_out(plan)
    tickets = row.file["tickets"] if row.file else []
    contributors = list(row.contributors.all())
    return {
        "row": row,
        "state": STATES[row.state],
        "plan": plan,
        "entries": [(entry, left_out.get(entry.id, "")) for entry in plan.entries],
        "takes": list(plan.take.items()),
        "left_out": left_out,
        "stratified": any(entry.stratum for entry in plan.entries),
        "counted": any(entry.count is not None for entry in plan.entries),
        "contributors": contributors,
        "withheld": [one.name for one in contributors if not one.secret],
        "tickets": tickets,
        "drawn": [ticket for ticket in tickets if ticket["drawn"]],
    }


def as_text(told: Mapping[str, Any]) -> str:
    """The published file as it is handed out: the same bytes to everybody."""
    return json.dumps(told, ensure_ascii=False, indent=1)
