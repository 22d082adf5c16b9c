"""`draw verify FILE` and `draw commit NAME`: what anybody may do with a published draw, without a database."""

from __future__ import annotations

import argparse
import getpass
import json
import sys
from pathlib import Path
from typing import Any

from bihuan.cli.answers import NOT_OK, OK, Commands, Refused, print_json, say
from bihuan.draws import method


def add(commands: Commands) -> None:
    """Declare the commands."""
    made = commands.add_parser("draw", help="重算一次公布的抽签，不需要数据库")
    inner = made.add_subparsers(title="命令", metavar="命令", dest="what", required=True)
    verify = inner.add_parser("verify", help="用公布的文件重算抽签，有一处不符就能查出")
    verify.add_argument("file", type=Path, metavar="文件", help="公布的抽签文件（JSON）")
    verify.add_argument("--json", action="store_true", help="输出 JSON")
    verify.set_defaults(run=run_verify)
    commit = inner.add_parser("commit", help="在自己的机器上算出承诺，密语不离开这台机器")
    commit.add_argument("name", metavar="姓名", help="抽签里写的姓名")
    commit.set_defaults(run=run_commit)


def run_verify(asked: argparse.Namespace) -> int:
    """Work a published draw out again; 1 when something does not follow."""
    file = _read(asked.file)
    faults = method.verify(file)
    drawn = [t["name"] for t in file.get("tickets", []) if t.get("drawn")] if not faults else []
    if asked.json:
        told = {"ok": not faults, "faults": faults, "drawn": drawn}
        print_json({**told, "announced_hash": file.get("announced_hash")})
    elif faults:
        say(*faults)
    else:
        say(f"{file['announced']['title']}：重算相符。抽中 {'、'.join(drawn)}。")
        # A file invented as a whole agrees with itself; only what was read out tells it from the real one.
        say(f"公布的内容校验值 {file['announced_hash']}，请与抽签前读出的、公开页上的核对。")
    return OK if not faults else NOT_OK


def _read(path: Path) -> dict[str, Any]:
    try:
        read = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise Refused(f"打不开文件 {path}：{error.strerror}") from None
    except ValueError:
        raise Refused(f"{path} 不是公布的抽签文件（应是 UTF-8 的 JSON）") from None
    if not isinstance(read, dict) or not isinstance(read.get("announced"), dict):
        raise Refused(f"{path} 不是公布的抽签文件：里面没有 announced")
    return read


def run_commit(asked: argparse.Namespace) -> int:
    """Print a commitment for a secret that is typed and not shown."""
    secret = getpass.getpass("密语：") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
    if len(secret) < method.SHORTEST_SECRET:
        raise Refused(f"密语至少要 {method.SHORTEST_SECRET} 个字")
    say(method.commitment(asked.name, secret))
    return OK
