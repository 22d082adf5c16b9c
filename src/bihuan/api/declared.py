"""Declarations as told to a program: what an institution is, and each act's form as JSON Schema."""

from __future__ import annotations

from datetime import date
from typing import Any

from bihuan.api.tokens import Caller
from bihuan.loop.forms import LONGTEXT_LIMIT, TEXT_LIMIT, asked_for
from bihuan.loop.params import Rules
from bihuan.loop.spec import ASSIGNMENT_KINDS, Act, Field, Institution
from bihuan.matters import house
from bihuan.matters import ledger as books
from bihuan.people.models import Congress

DAY = {"type": "string", "format": "date"}
BODY = {"type": ["string", "integer"], "description": "单位的编号或全称"}


def declaration(caller: Caller, one: Institution, congress: Congress) -> dict[str, Any]:
    """The whole institution on this day in this congress."""
    rules, today = house.rules_of(congress, one.key), caller.who.day
    return {
        "key": one.key,
        "title": one.title,
        "label": one.label,
        "summary": one.summary,
        "version": one.version,
        "states": [
            {
                "id": state.id,
                "title": state.title,
                "phase": state.phase,
                "track": state.track,
                "held_by": state.held_by,
            }
            for state in one.states
        ],
        "acts": [_act(one, act, rules, today) for act in one.acts],
        "params": [rules.applied(row.name, today).as_json() for row in rules.all_on(today)],
        "indicators": [
            {"key": i.key, "title": i.title, "help": i.help, "cite": i.cite, "target": i.target}
            for i in one.indicators
        ],
        "filters": [field.name for field in books.filterable(one)],
    }


def _act(one: Institution, act: Act, rules: Rules, today: date) -> dict[str, Any]:
    law = one.law_of(act.cite)
    return {
        "id": act.id,
        "title": act.title,
        "by": list(act.by),
        "track": act.track,
        "raises": act.raises,
        "from_states": list(act.from_states),
        "cite": law.cite() if law else "",
        "help": act.help,
        "form": form(one, act, rules, today),
    }


def form(one: Institution, act: Act, rules: Rules, today: date) -> dict[str, Any]:
    """The JSON Schema (2020-12) of an act's data. What depends on other fields is asked by the act itself."""
    fields = one.fields_of(act.id)
    return {
        "type": "object",
        "properties": {field.name: _field(field, rules, today) for field in fields},
        "required": [field.name for field in fields if asked_for(field, act.id, {})],
        "additionalProperties": False,
    }


def _field(field: Field, rules: Rules, today: date) -> dict[str, Any]:
    described: dict[str, Any] = {"title": field.title, **_kind(field, rules, today)}
    return {**described, "description": field.help} if field.help else described


def _kind(field: Field, rules: Rules, today: date) -> dict[str, Any]:
    if field.kind == "choice":
        choices = books.declared(field, rules, today)
        return {"oneOf": [{"const": c.id, "title": c.said} for c in choices]}
    if field.kind in ("text", "longtext"):
        limit = LONGTEXT_LIMIT if field.kind == "longtext" else TEXT_LIMIT
        return {"type": "string", "maxLength": field.max_length or limit}
    return KINDS[field.kind]


KINDS: dict[str, dict[str, Any]] = {
    "date": DAY,
    "number": {"type": "number"},
    "money": {"type": "number"},
    "yesno": {"type": "boolean"},
    "body": BODY,
    "bodies": {"type": "array", "items": BODY},
    "person": {"type": "string", "maxLength": TEXT_LIMIT},
    "matter": {"type": ["string", "integer"], "description": "事项的 id"},
    "files": {
        "type": "array",
        "items": {"type": ["string", "integer"]},
        "description": "先上传，填 id",
    },
    "assignments": {
        "type": "array",
        "items": {
            "type": "object",
            "properties": {
                "body": BODY,
                "person": {"type": "string"},
                "kind": {"enum": list(ASSIGNMENT_KINDS)},
                "limit": DAY,
            },
            "required": ["body", "person"],
        },
    },
    "commitments": {
        "type": "array",
        "items": {
            "type": "object",
            "properties": {
                "title": {"type": "string"},
                "by": DAY,
                "person": {"type": "string"},
                "quote": {"type": "string"},
            },
            "required": ["title", "by"],
        },
    },
}
