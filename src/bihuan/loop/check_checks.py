"""What is wrong with an institution's checks and with what it says it asks of units (rules of `check.py`)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from bihuan.loop.checks import Missing, functions
from bihuan.loop.spec import HEADINGS, Check, Institution

Found = Iterator[tuple[str, str, str, str]]


def check_faults(one: Institution, _: Mapping[str, Institution]) -> Found:
    """Each check has a function, a heading, an article, its params and acts; rows have a day to stand on."""
    if one.checks and not one.day_of and any(check.of == "rows" for check in one.checks):
        yield "C032", "day_of", "自查规则不知道事项算在哪一天", '请写 day_of = "日期字段名"'
    if one.day_of and not _is_kind(one, one.day_of, "date"):
        yield "C032", "day_of", f"“{one.day_of}”不是日期字段", "请在 fields 里声明"
    if not one.checks:
        return
    try:
        known = set(functions(one.folder))
    except Missing as missing:
        yield "C033", "checks", str(missing), "请在制度文件夹里写好 checks.py"
        return
    for check in one.checks:
        yield from _one(one, check, known)


def _one(one: Institution, check: Check, known: set[str]) -> Found:
    where = f"checks[{check.id}]"
    if check.id not in known:
        yield "C033", where, f"checks.py 里没有函数“{check.id}”", "请补上同名函数"
    if check.heading not in HEADINGS:
        yield "C034", f"{where}.heading", f"没有“{check.heading}”", f"可用：{'、'.join(HEADINGS)}"
    if not one.law_of(check.cite):
        yield "C035", f"{where}.cite", f"没有依据“{check.cite}”", "请在 law 里写明出处"
    for name in check.params:
        if name not in {param.name for param in one.params}:
            yield "C004", f"{where}.params", f"没有参数“{name}”", "请在 params 里写明"
    for act in check.acts:
        if act not in {other.id for other in one.acts}:
            yield "C014", f"{where}.act", f"没有动作“{act}”", "请在 acts 里声明"


def asks_faults(one: Institution, _: Mapping[str, Institution]) -> Found:
    """What is asked of units is asked of declared bodies, on the day of the matter."""
    if one.asks is None:
        return
    if not _is_kind(one, one.asks.units, "bodies"):
        yield (
            "C036",
            "asks.units",
            f"“{one.asks.units}”不是单位字段",
            '请声明 kind = "bodies" 的字段',
        )
    if not one.day_of:
        yield "C032", "day_of", "不知道要求落在哪一天", '请写 day_of = "日期字段名"'
    for name in one.asks.what:
        if not _is_kind(one, name, "longtext"):
            yield "C036", "asks.what", f"“{name}”不是长文本字段", "一行一样，写在长文本字段里"


def _is_kind(one: Institution, name: str, kind: str) -> bool:
    found = one.field(name)
    return found is not None and found.kind == kind
