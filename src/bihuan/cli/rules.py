"""`institutions` and `cases`: the declarations checked, and their stories played."""

from __future__ import annotations

import argparse
from typing import Any

from bihuan.cli.answers import NOT_OK, OK, Commands, Refused, command, print_json, say, set_up


def add(commands: Commands) -> None:
    """Declare the commands."""
    listed = command(commands, "institutions", "检查并列出全部制度", data=True)
    listed.set_defaults(run=show_institutions)
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


def play_cases(asked: argparse.Namespace) -> int:
    """Play the stories; 1 when any comes out otherwise than it says."""
    set_up(migrated=False)
    from bihuan.cli.answers import institution_key
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
