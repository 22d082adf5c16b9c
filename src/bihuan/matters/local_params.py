"""The values of rules that a congress sets for itself, from a day on; what was before is never rewritten."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date

from bihuan.loop import bounds, check_ballots
from bihuan.loop.forms import NOT_STORABLE, Refusal, as_choice, storable
from bihuan.loop.params import NoSuchParam
from bihuan.loop.spec import Param, Value
from bihuan.loop.terms import BadTerm, parse_term
from bihuan.loop.votes import BadVote, are_steps, read_steps, steps_text
from bihuan.matters import house
from bihuan.matters.models import LocalParam
from bihuan.people.models import Congress, User

LONGEST_CITE = 160
PERCENT = re.compile(r"\d{1,3}(\.\d+)?%")
NUMBER = re.compile(r"-?\d{1,12}(\.\d{1,4})?")


def set_param(
    congress: Congress,
    institution: str,
    name: str,
    text: str,
    since: date | None,
    cite: str,
    by: User | None,
    today: date,
) -> LocalParam | Refusal:
    """Set a param from a day on, today at the earliest. The value is read as the kind that stands there.

    Refused with the article where it goes beyond what a law leaves to a place. `by` none: the operator.
    """
    rules = house.rules_of(congress, institution)
    try:
        standing = rules.param(name, today)
    except NoSuchParam as missing:
        return Refusal(str(missing))
    if since is None or since < today:
        return Refusal("请填写今天或以后的日期：已经办过的事不因改参数而变", "since")
    if not cite.strip():
        return Refusal("请写明依据：哪个文件、哪次会议定的", "cite")
    if len(cite.strip()) > LONGEST_CITE:
        return Refusal(f"依据最多 {LONGEST_CITE} 字，现有 {len(cite.strip())} 字", "cite")
    if not storable(f"{text}{cite}"):
        return Refusal(NOT_STORABLE, "value")
    value = parse_value(standing, text)
    if isinstance(value, Refusal):
        return value
    unreadable = check_ballots.refusal(rules.institution, name, value)
    if unreadable:
        return Refusal(unreadable, "value")
    beyond = bounds.refusal(rules, name, value, since)
    if beyond:
        return beyond
    return LocalParam.objects.create(
        congress=congress,
        institution=institution,
        name=name,
        title=standing.title,
        value=value,
        since=since,
        cite=cite.strip(),
        set_by=by,
    )


def parse_value(standing: Param, text: str) -> Value | Refusal:
    """The text as a value of the same kind as the one in force."""
    word = text.strip()
    if not word:
        return Refusal("请填写新的值", "value")
    if isinstance(standing.value, bool):
        return _yes_no(word)
    if isinstance(standing.value, int | float):
        return _number(word)
    if are_steps(standing.value):
        return _steps(word)
    if isinstance(standing.value, dict):
        return _table(word)
    if isinstance(standing.value, list):
        return _choices(standing.value, word)
    if isinstance(standing.value, str):
        return _words(standing.value, word)
    return Refusal("这一项不能在屏幕上改，请在制度文件夹里改", "value")


def _steps(text: str) -> Value | Refusal:
    try:
        return read_steps(text)
    except BadVote as bad:
        return Refusal(str(bad), "value")


def _table(text: str) -> Value | Refusal:
    """One line an entry: what, and what is said of it."""
    pairs = [
        line.replace(":", "：", 1).partition("：") for line in text.splitlines() if line.strip()
    ]
    if not all(key.strip() and mark and said.strip() for key, mark, said in pairs):
        return Refusal("一行一项，写成“不满意：重新办理”", "value")
    return {key.strip(): said.strip() for key, _mark, said in pairs}


def _yes_no(word: str) -> Value | Refusal:
    known = {"是": True, "否": False}
    return known[word] if word in known else Refusal("请填“是”或“否”", "value")


def _number(word: str) -> Value | Refusal:
    if not NUMBER.fullmatch(word):
        return Refusal(f"这里要填数字，现在是“{word}”", "value")
    number = float(word)
    return int(number) if number.is_integer() else number


def _words(standing: str, word: str) -> Value | Refusal:
    if PERCENT.fullmatch(standing):
        return word if PERCENT.fullmatch(word) else Refusal("请写成百分数，如 40%", "value")
    try:
        parse_term(standing)
    except BadTerm:
        return word
    try:
        parse_term(word)
    except BadTerm as bad:
        return Refusal(str(bad), "value")
    return word


def _choices(standing: list[Value], text: str) -> Value | Refusal:
    """One choice a line; a choice that was there keeps its tone and its other words."""
    known = {as_choice(row).id: row for row in standing}
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    ids = [re.split(r"[：:]", line, maxsplit=1)[0].strip() for line in lines]
    doubled = next((one for one in ids if ids.count(one) > 1), None)
    if doubled:
        return Refusal(f"“{doubled}”写了两行，请删去一行", "value")
    return [_choice(known.get(key), key, line) for key, line in zip(ids, lines, strict=True)]


def _choice(known: Value, key: str, line: str) -> Value:
    title = re.split(r"[：:]", line, maxsplit=1)[-1].strip()
    kept: Mapping[str, Value] = known if isinstance(known, dict) else {}
    return {**kept, "id": key, **({"title": title} if title != key else {})}


def as_text(value: Value) -> str:
    """A value as it is shown and edited: the way back of `parse_value`."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if are_steps(value):
        return steps_text(value)
    if isinstance(value, dict):
        return "\n".join(f"{key}：{said}" for key, said in value.items())
    if isinstance(value, list):
        choices = [as_choice(row) for row in value]
        return "\n".join(f"{c.id}：{c.title}" if c.title else c.id for c in choices)
    try:
        return parse_term(value).chinese() if isinstance(value, str) else str(value)
    except BadTerm:
        return str(value)


def history(congress: Congress, institution: str, name: str) -> list[Param]:
    """Every value this param has or had here, in the institution's folder or set locally, newest first."""
    rules = house.rules_of(congress, institution)
    rows = [*rules.institution.params, *rules.own]
    found = [row for row in rows if row.name == name and row.area in rules.areas]
    return sorted(found, key=lambda row: row.since, reverse=True)
