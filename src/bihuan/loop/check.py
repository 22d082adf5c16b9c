"""Refuse to start when a declaration does not hold together: id, file, key, what, remedy.

`load.py` has read the shapes; here the meanings are held against one another: names that nothing
declares, limits without a date or an article, states nobody can leave, clocks without a limit.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from bihuan.loop.bounds import comparable, refusal
from bihuan.loop.check_ballots import ballots
from bihuan.loop.check_checks import asks_faults, check_faults
from bihuan.loop.check_posts import posts
from bihuan.loop.conditions import LOOKUPS, split
from bihuan.loop.english import ENGLISH, Unreadable, strange
from bihuan.loop.ladder import BODY_FACTS, MATTER_FACTS, STEP_FACTS
from bihuan.loop.load import DECLARATION, Fault
from bihuan.loop.params import Rules
from bihuan.loop.portions import portion_of
from bihuan.loop.spec import (
    ACTORS,
    COMPUTED,
    FIELD_KINDS,
    PHASES,
    Act,
    Condition,
    Institution,
    Outcome,
    Param,
    Rung,
    State,
    Value,
)
from bihuan.loop.terms import BadTerm, parse_term

Found = Iterator[tuple[str, str, str, str]]
"""(id, key, what, hint)"""


def check(institution: Institution, all_of_them: Mapping[str, Institution]) -> list[Fault]:
    """Everything wrong in one institution, given all the others. An empty list means it may start."""
    file = institution.folder / DECLARATION
    found = [
        Fault(id_, file, key, what, hint)
        for rule in RULES
        for id_, key, what, hint in rule(institution, all_of_them)
    ]
    return found + _english(institution)


def check_all(all_of_them: Mapping[str, Institution]) -> list[Fault]:
    """Everything wrong in any of them."""
    return [fault for one in all_of_them.values() for fault in check(one, all_of_them)]


def _english(one: Institution) -> list[Fault]:
    """Keys of `en.toml` that name nothing: a word nobody would ever see."""
    file = one.folder / ENGLISH
    try:
        return [Fault("C030", file, key, what, hint) for key, what, hint in strange(one)]
    except Unreadable as unreadable:
        return [Fault("C031", file, "-", str(unreadable), "请改正，或删去这个文件")]


def _doubled(one: Institution, _: Mapping[str, Institution]) -> Found:
    groups = {
        "states": [state.id for state in one.states],
        "acts": [act.id for act in one.acts],
        "fields": [field.name for field in one.fields],
        "law": [law.key for law in one.law],
        "indicators": [indicator.key for indicator in one.indicators],
        "ballots": [ballot.id for ballot in one.ballots],
        "posts": [post.id for post in one.posts],
        "checks": [check.id for check in one.checks],
    }
    for name, ids in groups.items():
        for id_ in dict.fromkeys(id_ for id_ in ids if ids.count(id_) > 1):
            yield "C001", f"{name}[{id_}]", "写了两次", "请删去或改名"


def _states(one: Institution, _: Mapping[str, Institution]) -> Found:
    params = {param.name for param in one.params}
    for state in one.states:
        where = f"states[{state.id}]"
        if state.phase not in PHASES:
            yield "C002", f"{where}.phase", f"没有阶段“{state.phase}”", f"可用：{'、'.join(PHASES)}"
        if state.held_by and state.held_by not in ACTORS:
            yield "C003", f"{where}.held_by", f"没有身份“{state.held_by}”", _actors()
        for name in (state.due, *state.dues.values()):
            if name and name not in params:
                yield (
                    "C004",
                    f"{where}.due",
                    f"没有参数“{name}”",
                    "请在 params 里写明期限、生效日和依据",
                )
        if state.due_field and not one.field(state.due_field):
            yield "C005", f"{where}.due_field", f"没有字段“{state.due_field}”", "请在 fields 里声明"
        yield from _led_up(one, state, f"{where}.due_before")


def _led_up(one: Institution, state: State, where: str) -> Found:
    """A limit reckoned back needs a declared day to start from, and a param in days."""
    if not state.due_before:
        return
    if set(state.due_before) != {"field", "days"}:
        yield (
            "C026",
            where,
            "要写 field 和 days 两个键",
            '如 { field = "meeting_on", days = "draft_before" }',
        )
        return
    named = one.field(state.due_before["field"])
    if named is None or named.kind != "date":
        yield "C026", f"{where}.field", "不是已声明的日期字段", '请在 fields 里声明，kind = "date"'
    rows = [param for param in one.params if param.name == state.due_before["days"]]
    if not rows:
        yield "C004", f"{where}.days", f"没有参数“{state.due_before['days']}”", "请在 params 里写明"
    for param in rows:
        if not re.fullmatch(r"\d{1,5} days?", str(param.value)):
            yield (
                "C026",
                f"params[{param.name}].value",
                f"“{param.value}”不是日数",
                "请写成“20 days”",
            )


def _left(one: Institution, _: Mapping[str, Institution]) -> Found:
    for state in one.states:
        moves = [act for act in one.acts for move in act.moves if state.track == "assignment"]
        leaves = [act for act in one.acts if state.id in act.from_states] + moves
        if state.open and not state.retired and not leaves:
            yield (
                "C006",
                f"states[{state.id}]",
                "没有动作能离开这个环节",
                "请给它一个动作，或把阶段改为 closed",
            )
        followed = state.due_field and state.track == "matter"
        limited = state.due or state.dues or state.due_before or followed
        clocked = any("clock" in act.by and act.track == state.track for act in leaves)
        if state.open and limited and not clocked:
            yield (
                "C007",
                f"states[{state.id}].due",
                "有期限，却没有到期动作",
                '请加一个 by = ["clock"] 的动作',
            )


def _acts(one: Institution, _: Mapping[str, Institution]) -> Found:
    ids = {state.id: state.track for state in one.states}
    for act in one.acts:
        where = f"acts[{act.id}]"
        for actor in act.by:
            if actor not in ACTORS:
                yield "C003", f"{where}.by", f"没有身份“{actor}”", _actors()
        for id_ in act.from_states:
            if ids.get(id_) != act.track:
                yield "C008", f"{where}.from", f"没有环节“{id_}”", f"该动作走的是 {act.track} 一线"
        yield from _targets(act.to, ids, act.track, f"{where}.to")
        yield from _targets(act.carries, ids, "matter", f"{where}.carries")
        for move in act.moves:
            ends = (move.to, *move.from_states)
            yield from _targets(tuple(map(Outcome, ends)), ids, "assignment", f"{where}.moves")
        if act.raises and not act.to:
            yield "C009", f"{where}.to", "提出事项的动作没有去处", "请写 to = 首个环节"


def _withheld(one: Institution, _: Mapping[str, Institution]) -> Found:
    """What is held back needs an act that lets it out, and only a share can hold it."""
    released = {id_ for act in one.acts if act.releases for id_ in act.from_states}
    for state in one.states:
        if state.withholds and (state.track != "assignment" or state.id not in released):
            yield (
                "C025",
                f"states[{state.id}].withholds",
                "留住的话没有动作放出去",
                "请在承办一线给它一个 releases = true 的动作",
            )


def _targets(outcomes: tuple[Outcome, ...], ids: Mapping[str, str], track: str, key: str) -> Found:
    for outcome in outcomes:
        if ids.get(outcome.to) != track:
            yield "C008", key, f"没有环节“{outcome.to}”", f"请在 states 里声明（track = {track}）"


def _references(one: Institution, all_of_them: Mapping[str, Institution]) -> Found:
    fields = {field.name for field in one.fields}
    params = {param.name for param in one.params}
    for act in one.acts:
        where = f"acts[{act.id}]"
        for name in filter(None, (act.assign, act.joins)):
            if name not in fields:
                yield "C010", where, f"没有字段“{name}”", "请在 fields 里声明"
        if act.due and act.due not in params:
            yield "C004", f"{where}.due", f"没有参数“{act.due}”", "请在 params 里写明"
        if act.tells_target and act.tells_target not in {other.id for other in one.acts}:
            yield (
                "C014",
                f"{where}.tells_target",
                f"没有动作“{act.tells_target}”",
                "请在 acts 里声明",
            )
        if act.within and act.within not in params:
            yield "C004", f"{where}.within", f"没有参数“{act.within}”", "请在 params 里写明"
        yield from _openings(act, all_of_them, where)
        yield from _citation(one, act.cite, where)
        for need in act.needs:
            yield from _citation(one, need.cite, f"{where}.needs")


def _openings(act: Act, all_of_them: Mapping[str, Institution], where: str) -> Found:
    for opens in act.opens:
        other = all_of_them.get(opens.institution)
        if other is None:
            yield "C011", f"{where}.opens", f"没有制度“{opens.institution}”", "请核对文件夹名"
        elif opens.act not in {child.id for child in other.acts if child.raises}:
            yield "C012", f"{where}.opens", f"“{other.title}”没有提出动作“{opens.act}”", "请核对"


def _fields(one: Institution, _: Mapping[str, Institution]) -> Found:
    acts = {act.id for act in one.acts}
    params = {param.name for param in one.params}
    for field in one.fields:
        where = f"fields[{field.name}]"
        if field.kind not in FIELD_KINDS:
            yield (
                "C013",
                f"{where}.kind",
                f"没有种类“{field.kind}”",
                f"可用：{'、'.join(FIELD_KINDS)}",
            )
        for act in field.acts:
            if act not in acts:
                yield "C014", f"{where}.act", f"没有动作“{act}”", "请在 acts 里声明"
        if field.kind == "choice" and not (field.choices or field.choices_param):
            yield "C015", f"{where}.choices", "选择项是空的", "请写 choices，或 choices_param"
        if field.choices_param and field.choices_param not in params:
            yield (
                "C004",
                f"{where}.choices_param",
                f"没有参数“{field.choices_param}”",
                "请在 params 里写明",
            )
        if field.computed and field.computed not in COMPUTED:
            yield (
                "C023",
                f"{where}.computed",
                f"不会读“{field.computed}”",
                f"可用：{'、'.join(COMPUTED)}",
            )
        source = one.field(field.computed_from) if field.computed else None
        read_in = set(field.acts) - set(field.typed_in)
        if field.computed and not (source and read_in <= set(source.acts)):
            yield "C024", f"{where}.computed_from", "读不到正文", "请写同一动作里的长文本字段名"
        if field.past and field.kind != "date":
            yield "C050", f"{where}.past", "只有日期才谈得上过去", "请删去，或把 kind 改为 date"
        for actor in field.hidden_from:
            if actor not in ACTORS:
                yield "C003", f"{where}.hidden_from", f"没有身份“{actor}”", _actors()


def _params(one: Institution, _: Mapping[str, Institution]) -> Found:
    for param in one.params:
        where = f"params[{param.name}]"
        yield from _citation(one, param.cite, where)
        yield from _portion(one, param, where)
        yield from _term(param, where)
        yield from _bound(one, param, where)


def _bound(one: Institution, param: Param, where: str) -> Found:
    """A bound is a national law's and can be measured; the folder's other rows stay within it."""
    law = one.law_of(param.cite)
    if param.bound and not (law and law.national):
        yield (
            "C023",
            f"{where}.bound",
            "不是国家法律，不能作为法定界限",
            "请引国家法律，或删去 bound",
        )
    if param.bound in ("at_most", "at_least") and not comparable(param.value):
        yield "C024", f"{where}.value", "不能比较，不能作为法定界限", "可用数、百分数或期限"
    if not param.bound and param.area:
        rules = Rules(one, (param.area, ""))
        beyond = refusal(rules, param.name, param.value, param.since)
        if beyond:
            yield "C025", f"{where}.value", beyond.say, f"依据：{beyond.cite}"


def _portion(one: Institution, param: Param, where: str) -> Found:
    """What a part is taken of must be a number the program knows."""
    portion = portion_of(param.value)
    known = {row.name for row in one.params} | {field.name for field in one.fields}
    if portion and portion.of not in known:
        yield "C027", f"{where}.value", f"没有“{portion.of}”这个数", "请声明同名参数或字段"


def _term(param: Param, where: str) -> Found:
    if not param.name.endswith("_within"):
        return
    try:
        parse_term(str(param.value))
    except BadTerm as bad:
        yield "C016", f"{where}.value", str(bad), "期限写成“3 months”“10 working days”这样"


def _citation(one: Institution, key: str, where: str) -> Found:
    if key and one.law_of(key) is None:
        yield "C017", f"{where}.cite", f"没有依据“{key}”", "请在 law 里写明标题、条款和出处"


def _laws(one: Institution, _: Mapping[str, Institution]) -> Found:
    for law in one.law:
        where = f"law[{law.key}]"
        if law.national and not law.article:
            yield "C018", f"{where}.article", "国家法律没有写条款", "请写明第几条"
        if not law.national and not law.place:
            yield (
                "C019",
                f"{where}.place",
                "地方做法没有写地方",
                "请写明出自何处，地方做法不是法定程序",
            )


def _conditions(one: Institution, _: Mapping[str, Institution]) -> Found:
    params = {param.name for param in one.params}
    for where, when in _all_conditions(one):
        for name, asked in when.items():
            yield from _lookup(name, where)
            yield from _param_named(asked, params, where)
            fact, _lookup_name = split(name)
            if not _fact_known(one, fact):
                yield "C021", f"{where}.{name}", f"没有“{fact}”这个事实", "请核对字段名或动作名"


def _lookup(name: str, where: str) -> Found:
    if split(name)[1] not in LOOKUPS:
        yield "C020", f"{where}.{name}", "条件只认四种写法", "名、名__lt、名__gte、名__in"


def _param_named(asked: Value, params: set[str], where: str) -> Found:
    if isinstance(asked, str) and asked.startswith("$") and asked[1:] not in params:
        yield "C004", where, f"没有参数“{asked[1:]}”", "请在 params 里写明"


def _all_conditions(one: Institution) -> Iterator[tuple[str, Condition]]:
    for act in one.acts:
        where = f"acts[{act.id}]"
        for outcome in (*act.to, *act.carries):
            yield where, outcome.when
        for need in act.needs:
            yield f"{where}.needs", need.when
            yield f"{where}.needs", need.given
        for move in act.moves:
            yield f"{where}.moves", move.when
    for field in one.fields:
        yield f"fields[{field.name}].required_when", field.required_when
    for indicator in one.indicators:
        yield f"indicators[{indicator.key}].base", indicator.base
        yield f"indicators[{indicator.key}].hit", indicator.hit
    yield "public_when", one.public_when


COUNTED = {"state", "round", "lead_count", "lead_open", "co_count", "co_open"}
SHARE = {"kind", "body", "owed", "late", "open"}
SUFFIXES = ("_on", "_count", "_late", "_open")


def _fact_known(one: Institution, fact: str) -> bool:
    if fact in COUNTED | SHARE or one.field(fact):
        return True
    if any(fact in act.sets for act in one.acts):
        return True
    stem = next((fact.removesuffix(end) for end in SUFFIXES if fact.endswith(end)), "")
    opened = {opens.institution for act in one.acts for opens in act.opens}
    return stem in {act.id for act in one.acts} | opened


def _columns(one: Institution, _: Mapping[str, Institution]) -> Found:
    built_in = {
        "number", "title", "state", "phase", "light", "due", "days_left", "lead", "co", "persons",
        "proposers", "raised_on", "round", "session", "children", "parent",
    }  # fmt: skip
    for column in one.columns:
        if column.name not in built_in and not one.field(column.name):
            yield "C022", f"columns[{column.name}]", "没有这一列", "用内置列名，或先声明同名字段"


def _rungs(one: Institution, all_of_them: Mapping[str, Institution]) -> Found:
    """A step of the ladder asks for known facts, is taken by a declared act, and says what it rests on."""
    steps = {rung.id for other in all_of_them.values() for rung in other.rungs}
    params = {param.name for param in one.params}
    for rung in one.rungs:
        where = f"rungs[{rung.id}]"
        for name, asked in rung.when.items():
            yield from _lookup(name, where)
            yield from _param_named(asked, params, where)
            if not _step_fact(split(name)[0], rung, steps):
                yield "C028", f"{where}.{name}", "没有这个事实", "请核对督办阶梯可用的事实"
        yield from _citation(one, rung.cite, where)
        yield from _taken_by(one, rung, where)


def _step_fact(fact: str, rung: Rung, steps: set[str]) -> bool:
    known = MATTER_FACTS if rung.of == "matter" else BODY_FACTS
    step, _, of = fact.rpartition("_")
    return fact in known or (rung.of == "body" and step in steps and of in STEP_FACTS)


def _taken_by(one: Institution, rung: Rung, where: str) -> Found:
    if not rung.cite:
        yield "C029", f"{where}.cite", "没有写依据", "请写明国家法律的条款，或者哪里的地方做法"
    raising = {act.id for act in one.acts if act.raises}
    if rung.of == "body" and not rung.automatic and rung.act not in raising:
        yield "C029", f"{where}.act", f"没有提出动作“{rung.act}”", "请写本制度里提出事项的动作"
    if rung.of == "body" and not rung.automatic and not one.field(rung.target):
        yield "C029", f"{where}.target", f"没有字段“{rung.target}”", "请声明一个 kind = body 的字段"


def _actors() -> str:
    return "可用的身份：" + "、".join(ACTORS)


RULES: tuple[Callable[[Institution, Mapping[str, Institution]], Found], ...] = (
    _doubled,
    _states,
    _left,
    _acts,
    _references,
    _withheld,
    _fields,
    _params,
    _laws,
    _conditions,
    _columns,
    ballots,
    posts,
    _rungs,
    check_faults,
    asks_faults,
)
