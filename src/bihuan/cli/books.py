"""`report`, `rulebook` and `replay`: reports drawn from the ledgers, the rules as a volume, another threshold tried."""

from __future__ import annotations

import argparse
from pathlib import Path

from bihuan.cli.answers import (
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


def add(commands: Commands) -> None:
    """Declare the commands."""
    report = command(commands, "report", "按台账起草报告：selfcheck 自查报告", data=True)
    report.add_argument("kind", choices=("selfcheck",), metavar="报告")
    report.add_argument("--as-of", type=day, metavar="日期", help="截至哪一天（默认今天）")
    report.add_argument("-o", "--output", type=Path, metavar="文件", help="另存为 .docx")
    report.add_argument("--congress", default="", metavar="名称")
    report.set_defaults(run=show_report)
    volume = command(commands, "rulebook", "制度汇编：全部规则、版本、依据和用处", data=True)
    volume.add_argument("-o", "--output", type=Path, metavar="文件", help="另存为 .docx")
    volume.add_argument("--congress", default="", metavar="名称")
    volume.set_defaults(run=show_rulebook)
    tried = command(commands, "replay", "试算：一年的台账按另一个界限会发现什么", data=True)
    tried.add_argument("key", metavar="制度")
    tried.add_argument("check", metavar="检查")
    tried.add_argument("name", metavar="参数")
    tried.add_argument("value", metavar="换成", help="如 120、30%%、15 days")
    tried.add_argument("--year", type=int, metavar="年度", help="默认今年")
    tried.add_argument("--congress", default="", metavar="名称")
    tried.set_defaults(run=run_replay)


def show_report(asked: argparse.Namespace) -> int:
    """Print the self-examination as of a day, or write it as a document; `--json` gives the notes apart."""
    set_up()
    from bihuan.selfcheck.report import docx, draft

    report = draft(congress_named(asked.congress), asked.as_of or local_today())
    if asked.output:
        _write(asked.output, docx(report))
    if asked.json:
        notes = [{"figures": list(n.figures), "said": n.said()} for n in report.paper.notes]
        print_json({"title": report.title, "lines": report.paper.lines, "notes": notes})
    elif asked.output:
        say(
            f"已写入 {asked.output}：{len(report.paper.lines)} 段，注 {len(report.paper.notes)} 条。"
        )
    else:
        say(report.title, *report.text.splitlines())
    return OK


def show_rulebook(asked: argparse.Namespace) -> int:
    """Print the rules and what is amiss, or write the volume."""
    set_up()
    from bihuan.matters import house
    from bihuan.rulebook.book import book
    from bihuan.rulebook.faults import amiss
    from bihuan.rulebook.handbook import handbook

    congress, today = congress_named(asked.congress), local_today()
    chapters = book(congress, list(house.institutions().values()), today)
    found = amiss(chapters, today)
    if asked.output:
        _write(asked.output, handbook(congress, chapters, found, today))
    if asked.json:
        rules = [
            {
                "institution": rule.institution,
                "name": rule.name,
                "title": rule.title,
                "now": rule.now.said if rule.now else None,
                "cite": rule.now.cite if rule.now else None,
                "versions": len(rule.versions),
                "used_by": [f"{use.kind}：{use.title}" for use in rule.used_by],
            }
            for chapter in chapters
            for rule in chapter.rules
        ]
        print_json({"rules": rules, "amiss": [{"kind": a.kind, "say": a.say} for a in found]})
    else:
        count = sum(len(chapter.rules) for chapter in chapters)
        say(f"制度 {len(chapters)} 项，规则 {count} 条，需要核对 {len(found)} 处。")
        say(*(f"{one.title}\t{one.where}\t{one.say}" for one in found))
    return OK


def run_replay(asked: argparse.Namespace) -> int:
    """Run one check over a year with one param changed, and print what is found more and less."""
    set_up()
    from bihuan.loop.forms import Refusal
    from bihuan.rulebook.replay import replay

    today = local_today()
    year = asked.year or today.year
    key = institution_key(asked.key)
    done = replay(
        congress_named(asked.congress), key, asked.check, asked.name, asked.value, year, today
    )
    if isinstance(done, Refusal):
        raise Refused(done.say)
    if asked.json:
        print_json(
            {
                "year": year,
                "before": len(done.before),
                "after": len(done.after),
                "added": [fault.say for fault in done.added],
                "dropped": [fault.say for fault in done.dropped],
            }
        )
    else:
        say(f"{year} 年：现行界限发现 {len(done.before)} 处，换过以后 {len(done.after)} 处。")
        say(*(f"多发现\t{fault.say}" for fault in done.added))
        say(*(f"不再发现\t{fault.say}" for fault in done.dropped))
    return OK


def _write(target: Path, content: bytes) -> None:
    try:
        target.write_bytes(content)
    except OSError as error:
        raise Refused(f"写不进“{target}”：{error.strerror}。请换一个目录。") from None
