"""`sweep`, `seal`, `count` and `verify`: what the clock did, the day's seal, totals, whether every act stands."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, Any

from bihuan.cli.answers import (
    NOT_OK,
    OK,
    Commands,
    command,
    congress_named,
    day,
    local_today,
    print_json,
    say,
    set_up,
)

if TYPE_CHECKING:
    from bihuan.people.models import Congress


def add(commands: Commands) -> None:
    """Declare the commands."""
    for name, help, run in (
        ("sweep", "把已经过了的时限记下来（每天运行一次，多运行无害）", run_sweep),
        ("seal", "把到今天为止的全部动作封存", run_seal),
    ):
        made = command(commands, name, help, data=True)
        made.add_argument("--day", type=day, metavar="日期", help="按哪一天（默认今天）")
        made.add_argument("--congress", default="", metavar="名称", help="只办这个人大")
        made.set_defaults(run=run)
    count = command(
        commands, "count", "更新看板、驾驶舱的汇总数（后台每两分钟自己更新）", data=True
    )
    count.add_argument("--check", action="store_true", help="只核对：汇总数和逐件计数是否一致")
    count.add_argument("--anew", action="store_true", help="全部从头计数")
    count.add_argument("--congress", default="", metavar="名称", help="只办这个人大")
    count.set_defaults(run=run_count)
    verify = command(
        commands, "verify", "核对全部动作、表决和封存，有一处被改动就能查出", data=True
    )
    verify.set_defaults(run=run_verify)


def run_sweep(asked: argparse.Namespace) -> int:
    """Note every limit that passed."""
    set_up()
    from dataclasses import asdict

    from bihuan.matters.sweep import sweep

    on = asked.day or local_today()
    swept = asdict(sweep(on, congress_named(asked.congress) if asked.congress else None))
    answer = {"day": on.isoformat(), **swept}
    print_json(answer) if asked.json else say("、".join(f"{k} {v}" for k, v in answer.items()))
    return OK


def run_count(asked: argparse.Namespace) -> int:
    """Bring the totals up to date, or hold them against a count over all rows."""
    set_up()
    from bihuan.measures import totals
    from bihuan.people.models import Congress

    on = local_today()
    chosen = (
        [congress_named(asked.congress)]
        if asked.congress
        else list(Congress.objects.order_by("pk"))
    )
    if not asked.check:
        counted = sum(totals.count(one, on, asked.anew) for one in chosen)
        print_json({"counted": counted}) if asked.json else say(f"计入 {counted} 件")
        return OK
    wrong = [f"{one}：{found}" for one, found in _differing(chosen if asked.congress else [], on)]
    if asked.json:
        print_json({"differences": wrong})
    else:
        say(*(wrong or ["汇总数和逐件计数一致。"]))
    return NOT_OK if wrong else OK


def _differing(chosen: list[Congress], on: date) -> Iterator[tuple[Congress, str]]:
    """Where totals and rows differ: in these congresses, or in all."""
    from bihuan.measures import totals

    if not chosen:
        yield from totals.differences_everywhere(on)
    for one in chosen:
        yield from ((one, found) for found in totals.differences(one, on))


def run_seal(asked: argparse.Namespace) -> int:
    """Seal the acts of one congress, or of each."""
    set_up()
    from bihuan.matters.seal import seal
    from bihuan.people.models import Congress

    on = asked.day or local_today()
    chosen = (
        [congress_named(asked.congress)]
        if asked.congress
        else list(Congress.objects.order_by("pk"))
    )
    seals = [(one, seal(one, on)) for one in chosen]
    answer = [
        {"congress": one.name, "day": made.day.isoformat(), "size": made.size, "root": made.root}
        for one, made in seals
    ]
    if asked.json:
        print_json(answer)
    else:
        say(
            *(
                f"{one['congress']} {one['day']}：{one['size']} 个动作，{one['root']}"
                for one in answer
            )
        )
    return OK


def run_verify(asked: argparse.Namespace) -> int:
    """Recompute everything; 1 when something was altered."""
    set_up()
    answer = _verified()
    if asked.json:
        print_json(answer)
    else:
        say(
            f"{answer['matters']} 件事项、{answer['acts']} 个动作，其中 {answer['sealed']} 个已封存；"
            f"{answer['ballots']} 次表决已封存，{answer['draws']} 次抽签已公布。"
        )
        say(*(f"事项 {b['matter']} 动作 {b['act']}：{b['why']}" for b in answer["broken"]))
        say("全部相符。" if answer["ok"] else "有记录被改动或缺失。")
    return OK if answer["ok"] else NOT_OK


def _verified() -> dict[str, Any]:
    from bihuan.ballots.verify import verify as verify_ballots
    from bihuan.draws import drawing
    from bihuan.matters.verify import Broken, verify

    report = verify()
    ballots, broken = verify_ballots()
    draws, wrong = drawing.verify()
    report.broken += [*broken, *(Broken(f"抽签“{title}”", "", why) for title, why in wrong)]
    return {
        "ok": report.ok,
        "ballots": ballots,
        "draws": draws,
        "acts": report.acts,
        "matters": report.matters,
        "sealed": report.sealed,
        "broken": [{"matter": one.matter, "act": one.act, "why": one.why} for one in report.broken],
    }
