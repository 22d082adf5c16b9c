"""`indicators`: every figure with its numerator, denominator and day."""

from __future__ import annotations

import argparse

from bihuan.cli.answers import (
    OK,
    Commands,
    command,
    congress_named,
    day,
    institution_key,
    print_json,
    say,
    set_up,
)


def add(commands: Commands) -> None:
    """Declare the command."""
    made = command(commands, "indicators", "算指标：分子、分母、数值和截止日", data=True)
    made.add_argument("--institution", default="", metavar="制度", help="只算这一个制度")
    made.add_argument("--as-of", type=day, metavar="日期", help="截止到哪一天（默认今天）")
    made.add_argument("--congress", default="", metavar="名称", help="哪个人大（默认第一个）")
    made.set_defaults(run=show)


def show(asked: argparse.Namespace) -> int:
    """Print the figures."""
    set_up()
    from bihuan.measures.indicators import compute

    key = institution_key(asked.institution) if asked.institution else None
    found = compute(congress_named(asked.congress), key, asked.as_of)
    if asked.json:
        print_json([one.as_json() for one in found])
    else:
        say(*(f"{one.institution}\t{one.title} {one.group}\t{one.text}" for one in found))
    return OK
