"""`institutions`, `param` and `cases`: the declarations checked, a rule set for a congress, stories played."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from bihuan.cli.answers import (
    NOT_OK,
    OK,
    Commands,
    Refused,
    command,
    congress_named,
    day,
    institution_key,
    local_today,
    print_json,
    say,
    set_up,
)

if TYPE_CHECKING:
    from bihuan.people.models import Congress


def add(commands: Commands) -> None:
    """Declare the commands."""
    listed = command(commands, "institutions", "检查并列出全部制度", data=True)
    listed.set_defaults(run=show_institutions)
    param = command(commands, "param", "看一个规则参数；给出新值则从某一天起另设", data=True)
    param.add_argument("key", metavar="制度")
    param.add_argument("name", metavar="参数")
    param.add_argument("value", nargs="?", default="", metavar="新值", help="如 2个月、30%%、5")
    param.add_argument("--since", type=day, metavar="日期", help="自哪一天起（默认今天）")
    param.add_argument("--cite", default="", metavar="依据", help="哪个文件、哪次会议定的")
    param.add_argument("--congress", default="", metavar="名称")
    param.set_defaults(run=run_param)
    cases = command(commands, "cases", "按各制度的案例走一遍，看声明与案例是否一致", data=True)
    cases.add_argument("key", nargs="?", default="", metavar="制度", help="只看这一个制度")
    cases.set_defaults(run=play_cases)


def show_institutions(asked: argparse.Namespace) -> int:
    """Print every institution, or every fault with its file, key and remedy."""
    faults = _faults()
    if faults:
        print_json({"ok": False, "faults": faults}) if asked.json else say(*map(_line, faults))
        return NOT_OK
    from bihuan.matters import house

    found = [
        {
            "key": one.key,
            "title": one.title,
            "label": one.label,
            "folder": str(one.folder),
            "states": len(one.states),
            "acts": len(one.acts),
            "indicators": len(one.indicators),
            "import": one.imports is not None,
            "version": one.version,
        }
        for one in house.institutions().values()
    ]
    if asked.json:
        print_json({"ok": True, "institutions": found, "faults": []})
    else:
        say(
            *(
                f"{one['key']}\t{one['title']}\t{one['states']} 个环节、{one['acts']} 个动作"
                for one in found
            )
        )
    return OK


def _faults() -> list[dict[str, Any]]:
    """Read the declarations without starting on them, so that all faults can be told."""
    import os

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bihuan.settings")
    from django.conf import settings

    from bihuan.loop.check import check_all
    from bihuan.loop.load import Faulty, load_all

    try:
        faults = check_all(load_all(settings.INSTITUTION_FOLDERS))
    except Faulty as faulty:
        faults = faulty.faults
    if not faults:
        set_up(migrated=False)
    return [
        {"id": one.id, "file": str(one.file), "key": one.key, "what": one.what, "hint": one.hint}
        for one in faults
    ]


def _line(fault: dict[str, Any]) -> str:
    return f"[{fault['id']}] {fault['file']} · {fault['key']}：{fault['what']}。{fault['hint']}"


def run_param(asked: argparse.Namespace) -> int:
    """Show a param with its history, or set it; refused with the article where a law does not leave it open."""
    set_up()
    from bihuan.loop import bounds
    from bihuan.matters import house, local_params

    key, congress = institution_key(asked.key), congress_named(asked.congress)
    if not any(row.name == asked.name for row in house.institution(key).params):
        known = "、".join(dict.fromkeys(row.name for row in house.institution(key).params))
        raise Refused(f"制度“{key}”没有参数“{asked.name}”，现有：{known or '无'}")
    if asked.value:
        _set_param(congress, key, asked)
    rows = [
        {
            "since": row.since.isoformat(),
            "value": local_params.as_text(row.value),
            "cite": _cited(key, row.cite),
        }
        for row in local_params.history(congress, key, asked.name)
    ]
    bound = bounds.sentence(house.rules_of(congress, key), asked.name, local_today())
    if asked.json:
        print_json({"congress": congress.name, "name": asked.name, "bound": bound, "values": rows})
    else:
        say(*(f"自 {one['since']} 起 {one['value']}（{one['cite']}）" for one in rows))
        say(*([bound] if bound else []))
    return OK


def _set_param(congress: Congress, key: str, asked: argparse.Namespace) -> None:
    from bihuan.loop.forms import Refusal
    from bihuan.matters import local_params
    from bihuan.people.models import Event

    today = local_today()
    done = local_params.set_param(
        congress, key, asked.name, asked.value, asked.since or today, asked.cite, None, today
    )
    if isinstance(done, Refusal):
        raise Refused(f"{done.say}。")
    Event.objects.create(congress=congress, kind="param", what=f"设定参数（命令行）：{done}"[:300])


def _cited(key: str, cite: str) -> str:
    from bihuan.matters import house

    return house.institution(key).cited(cite) or cite


def play_cases(asked: argparse.Namespace) -> int:
    """Play the stories; 1 when any comes out otherwise than it says."""
    set_up(migrated=False)
    from bihuan.loop.case import read_cases, replay
    from bihuan.matters import house

    keys = [institution_key(asked.key)] if asked.key else list(house.institutions())
    results = []
    for key in keys:
        try:
            cases = read_cases(house.institution(key))
        except ValueError as bad:
            raise Refused(str(bad), NOT_OK) from None
        for case in cases:
            misses, _ = replay(case, house.institutions(), house.national_calendar())
            missed = [{"line": miss.line, "what": miss.what} for miss in misses]
            played = {"institution": key, "case": case.name, "title": case.title}
            results.append({**played, "ok": not misses, "misses": missed})
    _tell(asked.json, results)
    return OK if all(one["ok"] for one in results) else NOT_OK


def _tell(as_json: bool, results: list[dict[str, Any]]) -> None:
    if as_json:
        print_json(results)
        return
    for one in results:
        say(f"{'✓' if one['ok'] else '✗'} {one['institution']}/{one['case']} {one['title']}")
        say(*(f"    第 {miss['line']} 步：{miss['what']}" for miss in one["misses"]))
