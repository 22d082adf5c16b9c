"""The command line. `main` answers with 0 (done), 1 (not in order) or 2 (asked wrongly, or refused)."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from typing import NoReturn

from bihuan import __version__
from bihuan.cli import (
    accounts,
    draws,
    figures,
    keep,
    letters,
    official,
    proof,
    reviewing,
    rules,
    running,
    tables,
)
from bihuan.cli.answers import Refused

GROUPS = (
    running,
    tables,
    figures,
    proof,
    draws,
    rules,
    letters,
    official,
    reviewing,
    accounts,
    keep,
)


class Parser(argparse.ArgumentParser):
    """A parser that says in Chinese what was asked wrongly."""

    def error(self, message: str) -> NoReturn:
        """Print how the command is used and leave with 2."""
        self.print_usage(sys.stderr)
        self.exit(2, f"命令写得不对：{message}\n看说明：./bihuan {self.name} --help\n")

    @property
    def name(self) -> str:
        """The command without the program's name."""
        return self.prog.partition(" ")[2]


def main(argv: Sequence[str] | None = None) -> NoReturn:
    """Run one command and leave the program with its answer."""
    sys.exit(run(sys.argv[1:] if argv is None else argv))


def run(argv: Sequence[str]) -> int:
    """Run one command; returns the exit code. Faults of the user end in a sentence, never a traceback."""
    asked = parser().parse_args(argv)
    try:
        return int(asked.run(asked))
    except Refused as refused:
        print(refused.sentence, file=sys.stderr)
        return refused.code
    except BrokenPipeError:
        sys.stderr.close()
        return 1
    except KeyboardInterrupt:
        print("已中断。", file=sys.stderr)
        return 130


def parser() -> Parser:
    """Every command with its help."""
    whole = Parser(
        prog="bihuan",
        description="闭环：人大监督工作全流程闭环管理平台",
        epilog="数据放在环境变量 BIHUAN_HOME 指的目录（默认 ./var）；数据库可用 DATABASE_URL 另指。",
    )
    whole.add_argument("--version", action="version", version=__version__, help="版本")
    commands = whole.add_subparsers(title="命令", metavar="命令", dest="command", required=True)
    for group in GROUPS:
        group.add(commands)
    return whole
