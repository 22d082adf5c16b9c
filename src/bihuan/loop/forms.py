"""What an act's form accepts: each declared field checked, cleaned, or refused with a sentence."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from bihuan.loop.conditions import holds
from bihuan.loop.params import Rules
from bihuan.loop.spec import ASSIGNMENT_KINDS, Choice, Field, Value

NOT_STORABLE = "填写的内容里有无法保存的字符，请重新输入"
TEXT_LIMIT = 500
LONGTEXT_LIMIT = 20_000
TITLE_LIMIT, NAME_LIMIT, MOST_ROWS = 200, 40, 200
"""What the columns hold: a title, a person's name; and the most rows of one table in a form."""
IN_COLUMNS = {"title": TITLE_LIMIT, "old_number": 40}
"""Fields whose value a matter keeps in a column of its own."""


@dataclass(frozen=True)
class Refusal:
    """Why an act is not taken: a sentence for the person, the field it is about, the article if any."""

    say: str
    field: str = ""
    cite: str = ""


class Refused(ValueError):
    """Raised inside the loop to carry a Refusal out of nested checks."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.say)
        self.refusal = refusal


def refuse(say: str, field: str = "", cite: str = "") -> Refused:
    """Make the exception for a refusal."""
    return Refused(Refusal(say, field, cite))


def choices_of(field: Field, rules: Rules, on: date) -> tuple[Choice, ...]:
    """The choices of a field on a day: its own, or the list held by its param (lists are data)."""
    if not field.choices_param:
        return field.choices
    name = field.choices_param
    return rules.kept(("choices", name, on), lambda: _choices(rules.value(name, on)))


def _choices(rows: Value) -> tuple[Choice, ...]:
    return tuple(as_choice(row) for row in rows) if isinstance(rows, list) else ()


def as_choice(row: Value) -> Choice:
    """A choice from its declared form: a bare word, or a table with id, title, synonyms, tone."""
    if isinstance(row, dict):
        synonyms = row.get("synonyms", [])
        words = tuple(str(word) for word in synonyms) if isinstance(synonyms, list) else ()
        tone = str(row.get("tone", ""))
        return Choice(str(row["id"]), str(row.get("title", "")), words, tone)  # type: ignore[arg-type]
    return Choice(str(row))


def accept(
    act: str,
    fields: tuple[Field, ...],
    data: Mapping[str, Value],
    facts: Mapping[str, Value],
    rules: Rules,
    on: date,
) -> dict[str, Value]:
    """Check what was entered against the declared fields; returns the cleaned values, blanks left out.

    Raises Refused with the field's title, what is wrong and what to do. `facts` are those before the act:
    `required_when` may look at them and at what is being entered.
    """
    _storable(data)
    known = {field.name for field in fields}
    for name in data:
        if name not in known:
            raise refuse(f"没有“{name}”这一栏，请核对后再提交", name)
    cleaned: dict[str, Value] = {
        field.name: value
        for field in fields
        if (value := _clean(field, data.get(field.name), rules, on)) not in (None, "", [])
    }
    _require(act, fields, cleaned, {**facts, **cleaned})
    return cleaned


def _storable(data: Mapping[str, Value]) -> None:
    """Neither database keeps NUL or half a surrogate pair; say so before anything is begun."""
    if not storable(json.dumps(data, ensure_ascii=False, default=str).replace("\\u0000", "\0")):
        raise refuse(NOT_STORABLE)


def storable(text: str) -> bool:
    """Whether a database can keep these characters: no NUL, no half of a surrogate pair."""
    try:
        return b"\0" not in text.encode()
    except UnicodeEncodeError:
        return False


def _require(
    act: str,
    fields: tuple[Field, ...],
    cleaned: Mapping[str, Value],
    facts: Mapping[str, Value],
) -> None:
    for field in fields:
        if asked_for(field, act, facts) and field.name not in cleaned:
            raise refuse(f"请填写“{field.title}”", field.name)


def asked_for(field: Field, act: str, facts: Mapping[str, Value]) -> bool:
    """Whether this act cannot be taken without this field."""
    always = field.required or act in field.required_in
    return always or bool(field.required_when and holds(field.required_when, facts))


def _clean(field: Field, value: Value, rules: Rules, on: date) -> Value:
    if value is None or value == "":
        return None
    if field.kind == "choice":
        return _choice(field, value, choices_of(field, rules, on))
    cleaned = CLEANERS[field.kind](field, value)
    if field.past and str(cleaned) > on.isoformat():
        raise refuse(f"“{field.title}”不能晚于办理当天 {on}，现在填的是 {cleaned}", field.name)
    return cleaned


def _text(field: Field, value: Value) -> Value:
    text = str(value).strip()
    _not_longer(field, text, _limit_of(field), "")
    return text


def _limit_of(field: Field) -> int:
    if field.kind == "person":
        return NAME_LIMIT
    widest = LONGTEXT_LIMIT if field.kind == "longtext" else TEXT_LIMIT
    return min(field.max_length or widest, IN_COLUMNS.get(field.name, widest))


def _not_longer(field: Field, text: str, limit: int, what: str) -> None:
    """Refuse what no column could hold: a name cut off would be another name."""
    if len(text) > limit:
        raise refuse(
            f"“{field.title}”{what}最多 {limit} 字，现有 {len(text)} 字，请删减", field.name
        )


def _rows(field: Field, value: list[Value]) -> list[Value]:
    if len(value) > MOST_ROWS:
        raise refuse(f"“{field.title}”最多 {MOST_ROWS} 行，现有 {len(value)} 行", field.name)
    return value


def _choice(field: Field, value: Value, choices: tuple[Choice, ...]) -> Value:
    word = str(value).strip()
    for choice in choices:
        if word in (choice.id, choice.title, *choice.synonyms):
            return choice.id
    allowed = "、".join(choice.said for choice in choices)
    raise refuse(f"“{field.title}”不能填“{word}”，可填：{allowed}", field.name)


def _date(field: Field, value: Value) -> Value:
    if isinstance(value, date):
        return value.isoformat()
    try:
        return date.fromisoformat(str(value).strip()).isoformat()
    except ValueError:
        raise refuse(
            f"“{field.title}”的日期“{value}”不存在，请按 2026-05-31 的样子填写", field.name
        ) from None


def _number(field: Field, value: Value) -> Value:
    if isinstance(value, bool) or not re.fullmatch(r"-?\d{1,12}(\.\d{1,4})?", str(value).strip()):
        raise refuse(f"“{field.title}”要填数字，现在是“{value}”", field.name)
    number = float(str(value))
    return int(number) if number.is_integer() else number


def _yesno(field: Field, value: Value) -> Value:
    words: dict[Value, bool] = {"是": True, "否": False, "true": True, "false": False, "on": True}
    if isinstance(value, bool):
        return value
    if str(value).strip() not in words:
        raise refuse(f"“{field.title}”请填“是”或“否”", field.name)
    return words[str(value).strip()]


def _list_of_text(field: Field, value: Value) -> Value:
    rows = _rows(field, value) if isinstance(value, list) else [value]
    for row in rows:
        _not_longer(field, str(row).strip(), TEXT_LIMIT, "每项")
    return [str(row).strip() for row in rows if str(row).strip()]


def _assignments(field: Field, value: Value) -> Value:
    """Rows of body, person, kind and (optional) own limit. No hand-over without body AND person: S0's
    seven overdue opinions out of twelve had neither a named person nor a limit."""
    if not isinstance(value, list):
        raise refuse(f"“{field.title}”请逐行填写单位和责任人", field.name)
    rows = [_assignment(field, row, place) for place, row in enumerate(_rows(field, value), 1)]
    bodies = [row["body"] for row in rows]
    doubled = next((body for body in bodies if bodies.count(body) > 1), None)
    if doubled:
        raise refuse(f"“{field.title}”里同一单位填了两次，请删去一行", field.name)
    return list(rows)


def _assignment(field: Field, row: Value, place: int) -> dict[str, Value]:
    if not isinstance(row, dict) or not row.get("body"):
        raise refuse(f"“{field.title}”第 {place} 行没有承办单位，请选择单位", field.name)
    if not str(row.get("person") or "").strip():
        raise refuse(f"“{field.title}”第 {place} 行没有责任人，请填写责任人姓名", field.name)
    _not_longer(field, str(row["person"]).strip(), NAME_LIMIT, f"第 {place} 行的责任人姓名")
    kind = str(row.get("kind") or "lead")
    if kind not in ASSIGNMENT_KINDS:
        raise refuse(
            f"“{field.title}”第 {place} 行的承办方式不对，可填：主办、会办、分别办理", field.name
        )
    cleaned: dict[str, Value] = {
        "body": str(row["body"]),
        "person": str(row["person"]).strip(),
        "kind": kind,
    }
    if row.get("limit"):
        cleaned["limit"] = _date(field, row["limit"])
    return cleaned


def _commitments(field: Field, value: Value) -> Value:
    if not isinstance(value, list):
        raise refuse(f"“{field.title}”请逐条填写承诺", field.name)
    return [_commitment(field, row, place) for place, row in enumerate(_rows(field, value), 1)]


def _commitment(field: Field, row: Value, place: int) -> dict[str, Value]:
    if not isinstance(row, dict) or not str(row.get("title") or "").strip():
        raise refuse(f"“{field.title}”第 {place} 条没有内容，请写明承诺做什么", field.name)
    if not row.get("by"):
        raise refuse(f"“{field.title}”第 {place} 条没有时限，请填写完成日期", field.name)
    cleaned: dict[str, Value] = {"title": str(row["title"]).strip(), "by": _date(field, row["by"])}
    extras = {name: str(row[name]).strip() for name in ("quote", "person") if row.get(name)}
    _not_longer(field, str(cleaned["title"]), TITLE_LIMIT, f"第 {place} 条的内容")
    _not_longer(field, extras.get("person", ""), NAME_LIMIT, f"第 {place} 条的责任人姓名")
    _not_longer(field, extras.get("quote", ""), LONGTEXT_LIMIT, f"第 {place} 条的原文")
    return {**cleaned, **extras}


CLEANERS: dict[str, Callable[[Field, Value], Value]] = {
    "text": _text,
    "longtext": _text,
    "date": _date,
    "number": _number,
    "money": _number,
    "yesno": _yesno,
    "body": _text,
    "bodies": _list_of_text,
    "person": _text,
    "matter": _text,
    "files": _list_of_text,
    "assignments": _assignments,
    "commitments": _commitments,
}
