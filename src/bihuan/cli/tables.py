"""`import` and `export`: ledgers, people and bodies from and to Excel or CSV."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bihuan.cli.answers import (
    NOT_OK,
    OK,
    REFUSED,
    Commands,
    Refused,
    command,
    congress_named,
    day,
    institution_key,
    local_today,
    note,
    print_json,
    say,
    set_up,
    waiting_migrations,
)

if TYPE_CHECKING:
    from bihuan.exchange.report import Report
    from bihuan.people.models import Congress, User

ROSTERS = ("people", "bodies")
SHOWN = 50


def add(commands: Commands) -> None:
    """Declare the commands."""
    put = command(commands, "import", "导入台账、人员或机构（.xlsx .xls .csv）", data=True)
    put.add_argument("key", metavar="类别", help="制度的名字（如 suggestions），或 people、bodies")
    put.add_argument("file", type=Path, metavar="文件")
    put.add_argument("--dry-run", action="store_true", help="只看结果，不写入")
    put.add_argument("--skip-rejected", action="store_true", help="有问题的行跳过，其余照样导入")
    put.add_argument(
        "--despite", default="", metavar="理由", help="有事前提示的行照样导入，理由留在动作里"
    )
    put.add_argument("--leave-out", action="store_true", help="有事前提示的行不导入，其余照样导入")
    put.add_argument("--congress", default="", metavar="名称", help="哪个人大（默认第一个）")
    put.add_argument("--user", default="", metavar="用户名", help="以谁的名义导入")
    put.add_argument("--day", type=day, metavar="日期", help="记在哪一天（默认今天）")
    put.set_defaults(run=run_import)
    get = command(commands, "export", "导出台账、人员或机构（.xlsx 或 .csv），改后可再导入")
    get.add_argument("key", metavar="类别", help="制度的名字（如 suggestions），或 people、bodies")
    get.add_argument("-o", "--output", type=Path, required=True, metavar="文件")
    get.add_argument("--congress", default="", metavar="名称", help="哪个人大（默认第一个）")
    get.set_defaults(run=run_export)


def run_import(asked: argparse.Namespace) -> int:
    """Look through a file and, unless only looking, write all of it or none."""
    set_up(migrated=not asked.dry_run)
    from bihuan.exchange.report import Report, Unusable

    try:
        report = _plan(asked)
    except (Unusable, Refused) as unusable:
        if not asked.json:
            raise Refused(unusable.sentence) from None
        print_json({"error": unusable.sentence, **Report().as_json()})
        return REFUSED
    stops = "" if asked.dry_run else _stops(asked, report)
    if stops:
        report.added = report.changed = 0
    elif not asked.dry_run:
        _commit(asked, report)
    _tell(asked, report, stops)
    return NOT_OK if stops else OK


def _stops(asked: argparse.Namespace, report: Report) -> str:
    """Why nothing is written, and by which word it would be; empty where nothing stands in the way."""
    if report.rejected and not asked.skip_rejected:
        return "有不能导入的行，一行也没有写入。改正后再导入，或加 --skip-rejected 跳过它们。"
    if getattr(report, "cautioned", 0) and not (_reason(asked) or asked.leave_out):
        return (
            "有事前提示，一行也没有写入。改过再导入，或加 --despite 写明仍要导入的理由，"
            "或加 --leave-out 不导入这些行。"
        )
    return ""


def _reason(asked: argparse.Namespace) -> str:
    """Why to go on in spite of cautions. Raises Refused for one that cannot be kept."""
    from bihuan.findings.caution import LONGEST_REASON, plain
    from bihuan.loop.forms import storable

    reason = plain(asked.despite)
    if len(reason) > LONGEST_REASON or not storable(reason):
        raise Refused(f"理由最多 {LONGEST_REASON} 字，不能有无法保存的字符。")
    return reason


def _plan(asked: argparse.Namespace) -> Report:
    from bihuan.exchange import matters_in, people_in

    if not asked.file.is_file():
        raise Refused(f"没有文件“{asked.file}”，请核对路径。")
    key = asked.key if asked.key in ROSTERS else institution_key(asked.key)
    congress = _congress(asked)
    today = asked.day or local_today()
    if key in ROSTERS:
        return people_in.plan(congress, key, asked.file, today)
    return matters_in.plan(congress, key, asked.file, today)


def _congress(asked: argparse.Namespace) -> Congress | None:
    """The congress asked for; when only looking, none is needed."""
    from bihuan.people.models import Congress

    if asked.dry_run and (waiting_migrations() or not Congress.objects.exists()):
        return None
    return congress_named(asked.congress)


def _commit(asked: argparse.Namespace, report: Report) -> None:
    from bihuan.exchange import matters_in, people_in

    today = asked.day or local_today()
    try:
        if isinstance(report, matters_in.Plan):
            answer = matters_in.Answer(_reason(asked), asked.leave_out)
            matters_in.commit(report, _user(asked.user), today, answer=answer)
        elif isinstance(report, people_in.Plan):
            people_in.commit(report, _user(asked.user), today)
    except matters_in.NotCommitted as stopped:
        raise Refused(f"没有导入：{stopped}", NOT_OK) from None


def _user(name: str) -> User | None:
    from bihuan.people.models import User

    if not name:
        return None
    found = User.objects.filter(username=name).first()
    if found is None:
        raise Refused(f"没有用户“{name}”。")
    return found


def _tell(asked: argparse.Namespace, report: Report, stops: str) -> None:
    told = list(getattr(report, "told", tuple)())
    if asked.json:
        print_json(report.as_json() | ({"cautioned": told} if told else {}))
        note(*report.notices)
        return
    will = "将" if asked.dry_run else ""
    counts = f"{will}新增 {report.added}，{will}更改 {report.changed}，不变 {report.unchanged}"
    cautioned = f"，有事前提示 {len(told)}" if told else ""
    say(f"{counts}，不能导入 {len(report.rejected)}{cautioned}")
    say("认出的列：" + "、".join(f"{h}→{f}" for h, f in report.columns.items()))
    if report.ignored:
        say("没有导入的列：" + "、".join(report.ignored))
    say(*map(str, report.rejected[:SHOWN]), *_said(told), *report.notices[:SHOWN])
    if stops:
        say(stops)


def _said(told: list[dict[str, Any]]) -> list[str]:
    """What checks say of the first rows, by row."""
    return [
        f"第 {one['row']} 行“{one['about']}”：{said['say']}（{said['cite']}）"
        for one in told[:SHOWN]
        for said in one["said"]
    ]


def run_export(asked: argparse.Namespace) -> int:
    """Write a file that can be imported again."""
    set_up()
    written = _write(asked)
    say(f"已导出 {written} 行：{asked.output}")
    return OK


def _write(asked: argparse.Namespace) -> int:
    from bihuan.exchange import matters_out, people_out
    from bihuan.exchange.workbook import Unwritable

    if asked.output.suffix.lower() not in (".xlsx", ".csv"):
        raise Refused("导出的文件名要以 .xlsx 或 .csv 结尾。")
    key = asked.key if asked.key in ROSTERS else institution_key(asked.key)
    room: Any = people_out if key in ROSTERS else matters_out
    try:
        return int(room.export(congress_named(asked.congress), key, asked.output, local_today()))
    except Unwritable as bad:
        raise Refused(str(bad)) from None
    except OSError as error:
        raise Refused(f"写不了“{asked.output}”：{error.strerror or error}") from None
