"""What `[[ballots]]` of an institution must hold together: act, fields, choices, params and the law behind it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from bihuan.loop.forms import as_choice
from bihuan.loop.spec import Act, Ballot, Institution, Param, Value
from bihuan.loop.votes import (
    BASES,
    TIES,
    BadVote,
    are_steps,
    check_void,
    check_word,
    choices_of,
    parse_steps,
    parse_threshold,
)

Found = Iterator[tuple[str, str, str, str]]
LOCAL_WORDS = ("测评", "满意", "评议")
"""A vote so called is a local practice: 《监督法》 knows none."""
FILLED = ("result_field", "note_field", "number_field", "secret_field")
"""The keys of a ballot that name fields which its result fills in, beside its counts."""


def ballots(one: Institution, _: Mapping[str, Institution]) -> Found:
    """Everything wrong in the declared ballots: (id, key, what, hint)."""
    for ballot in one.ballots:
        where = f"ballots[{ballot.id}]"
        act = next((act for act in one.acts if act.id == ballot.act), None)
        if act is None:
            yield "C014", f"{where}.act", f"没有动作“{ballot.act}”", "请在 acts 里声明"
        elif act.track != "matter" or "clerk" not in act.by:
            yield (
                "C040",
                f"{where}.act",
                f"“{act.title}”不由工作人员在事项上办",
                '宣布结果的动作要在 matter 一线，by 里有 "clerk"',
            )
        yield from _filled(one, ballot, act, where)
        yield from _standing(one, ballot, where)
        yield from _rule(one, ballot, where)


def _filled(one: Institution, ballot: Ballot, act: Act | None, where: str) -> Found:
    """The fields that the ballot fills in are asked by its act."""
    asked = {field.name for field in one.fields_of(ballot.act)} if act else set()
    named = [(key, getattr(ballot, key)) for key in FILLED]
    for key, name in [*named, *(("counts", name) for name in ballot.counts.values())]:
        if act and name and name not in asked:
            yield (
                "C010",
                f"{where}.{key}",
                f"动作“{ballot.act}”不填字段“{name}”",
                "请在 fields 里声明，act 里写上它",
            )
    said = one.field(ballot.secret_field)
    if said and said.kind != "yesno":
        yield (
            "C046",
            f"{where}.secret_field",
            f"“{said.name}”不是是否字段",
            '请把 kind 改为 "yesno"',
        )


def _standing(one: Institution, ballot: Ballot, where: str) -> Found:
    """A local vote is called local, a statutory one rests on a national law."""
    law = one.law_of(ballot.cite)
    if law is None:
        yield "C017", f"{where}.cite", f"没有依据“{ballot.cite}”", "请在 law 里写明标题、条款和出处"
    elif law.national == ballot.local:
        said = (
            ("引的是国家法律", "删去 local")
            if ballot.local
            else ("引的不是国家法律", "写 local = true")
        )
        yield "C041", f"{where}.local", said[0], f"请改引依据，或{said[1]}"
    if not ballot.local and any(word in ballot.title for word in LOCAL_WORDS):
        yield (
            "C042",
            f"{where}.local",
            "满意度测评、评议投票是地方做法，不是法定程序",
            "请写 local = true",
        )


def _rule(one: Institution, ballot: Ballot, where: str) -> Found:
    """Every row of every param that the ballot is counted by can be read, whatever the place and day."""
    named = (("choices_param", ballot.choices_param), ("members", ballot.members))
    for key, name in (*ballot.rule_params.items(), *named):
        if name and not any(param.name == name for param in one.params):
            yield "C004", f"{where}.{key}", f"没有参数“{name}”", "请在 params 里写明"
    lists = _lists(one, ballot)
    if not all(len(choices) > 1 for choices in lists):
        yield "C015", f"{where}.choices", "选项少于两个", "请写 choices，或 choices_param"
    for choices in lists:
        for choice in set(ballot.counts) - set(choices):
            yield "C043", f"{where}.counts", f"没有选项“{choice}”", f"可用：{'、'.join(choices)}"
        for part, name in ballot.rule_params.items():
            for row in _rows(one, name):
                yield from _unreadable(part, row, choices, where)
    yield from _results(one, ballot, where)


def _results(one: Institution, ballot: Ballot, where: str) -> Found:
    """Every result the rule can give may be filled in where it is booked."""
    field = one.field(ballot.result_field)
    if field is None or field.kind != "choice":
        return
    allowed = {choice.id for choice in field.choices}
    for row in _rows(one, field.choices_param):
        allowed |= (
            {as_choice(each).id for each in row.value} if isinstance(row.value, list) else set()
        )
    for row in _rows(one, ballot.passes):
        for step in row.value if are_steps(row.value) and isinstance(row.value, list) else []:
            result = step.get("result") if isinstance(step, dict) else None
            if result not in allowed:
                yield (
                    "C045",
                    f"{where}.pass",
                    f"结果“{result}”填不进字段“{field.name}”",
                    f"可用：{'、'.join(sorted(allowed))}",
                )


def refusal(one: Institution, name: str, value: Value) -> str:
    """Why a place cannot set this param so, where a ballot is counted by it; empty when it can, or none is."""
    for ballot in one.ballots:
        parts = [part for part, param in ballot.rule_params.items() if param == name]
        for choices in _lists(one, ballot):
            for part in parts:
                try:
                    _read(part, value, choices)
                except BadVote as bad:
                    return str(bad)
    return ""


def _lists(one: Institution, ballot: Ballot) -> list[tuple[str, ...]]:
    listed = _rows(one, ballot.choices_param)
    return [choices_of(ballot, row) for row in listed] or [choices_of(ballot, None)]


def _rows(one: Institution, name: str) -> list[Param]:
    return [param for param in one.params if name and param.name == name]


def _unreadable(part: str, row: Param, choices: tuple[str, ...], where: str) -> Found:
    try:
        _read(part, row.value, choices)
    except BadVote as bad:
        yield "C044", f"{where}.{part}", f"参数“{row.name}”：{bad}", "请改正 params 里的值"


def _read(part: str, value: Value, choices: tuple[str, ...]) -> None:
    """Read one part of a rule. Raises BadVote."""
    if part == "base":
        check_word(value, BASES, "基数")
    elif part == "tie":
        check_word(value, TIES, "平票规则")
    elif part == "void":
        check_void(value, choices)
    elif part == "passes":
        parse_steps(value, choices)
    elif part == "quorum":
        parse_threshold(value)
