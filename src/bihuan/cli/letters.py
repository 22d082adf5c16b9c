"""`terms` and `commitments`: sums over days and promises in letters. No database is needed."""

from __future__ import annotations

import argparse
import os
from datetime import date
from pathlib import Path

from bihuan.cli.answers import OK, Commands, Refused, command, day, print_json, say
from bihuan.loop.calendar import BadCalendar, load_calendar
from bihuan.loop.terms import BadTerm, due, explain, parse_term

CALENDARS = Path(__file__).resolve().parents[3] / "calendar"


def add(commands: Commands) -> None:
    """Declare the commands."""
    terms = command(commands, "terms", "算期限：从某日起算的到期日和每一步", data=True)
    terms.add_argument("day", type=day, metavar="起算日", help="如 2026-02-10")
    terms.add_argument("term", metavar="期限", help="如 “5 working days”“3 months”“30 days”")
    terms.set_defaults(run=show_term)
    found = command(commands, "commitments", "从答复函（文本文件）里读出承诺", data=True)
    found.add_argument("file", type=Path, metavar="文件", help="UTF-8 或 GB18030 文本")
    found.add_argument("--on", type=day, metavar="日期", help="答复的日期，用来推算“年底前”等")
    found.set_defaults(run=show_commitments)


def show_term(asked: argparse.Namespace) -> int:
    """Print when a limit runs out and how it is reckoned."""
    try:
        folder = Path(os.environ.get("BIHUAN_CALENDAR", CALENDARS))
        limit = due(asked.day, parse_term(asked.term), load_calendar(folder))
    except (BadTerm, BadCalendar, OSError, OverflowError) as bad:
        raise Refused(f"算不出来：{bad}") from None
    if asked.json:
        steps = [step.as_json() for step in limit.steps]
        print_json({"due": limit.due.isoformat(), "steps": steps})
    else:
        say(explain(limit), f"到期日：{limit.due}")
    return OK


def show_commitments(asked: argparse.Namespace) -> int:
    """Print the promises of a letter."""
    from bihuan.text.commitments import commitments

    found = commitments(_letter(asked.file), asked.on)
    if asked.json:
        print_json(
            [{"quote": c.quote, "by": c.by, "due": _iso(c.due), "who": c.who} for c in found]
        )
    else:
        say(*(f"{c.due or c.by or '没有期限'}\t{c.who or ''}\t{c.quote}" for c in found))
    return OK


def _iso(due_on: date | None) -> str | None:
    return due_on.isoformat() if due_on else None


def _letter(file: Path) -> str:
    try:
        content = file.read_bytes()
    except OSError as error:
        raise Refused(f"打不开“{file}”：{error.strerror}") from None
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Refused(f"看不懂“{file}”的编码，请另存为 UTF-8 文本。")
