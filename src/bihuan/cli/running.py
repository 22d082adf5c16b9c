"""`demo`, `serve`, `worker`, `migrate` and `test`: the program started."""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

from bihuan import __version__
from bihuan.cli.answers import (
    NOT_OK,
    OK,
    Commands,
    Refused,
    command,
    local_today,
    note,
    say,
    set_up,
    waiting_migrations,
)

WORKERS, THREADS = 2, 4


def add(commands: Commands) -> None:
    """Declare the commands."""
    demo = command(commands, "demo", "建一个演示的县人大并打开（已建好就直接打开）")
    demo.add_argument("--no-serve", action="store_true", help="只建数据，不打开")
    serve = command(commands, "serve", "运行平台")
    for made, run in ((demo, run_demo), (serve, run_serve)):
        made.add_argument("--port", type=_port, default=8000, metavar="端口")
        made.add_argument("--host", default="127.0.0.1", metavar="地址", help="默认只供本机")
        made.add_argument(
            "--no-worker", action="store_true", help="不在这里办后台任务（另有进程办）"
        )
        made.set_defaults(run=run)
    worker = command(commands, "worker", "办后台任务：导入、提醒、每日到期登记和封存")
    worker.add_argument("--once", action="store_true", help="把现在该办的办完就停")
    worker.add_argument("--parent", type=int, default=0, help=argparse.SUPPRESS)
    worker.set_defaults(run=run_worker)
    migrate = command(commands, "migrate", "把数据库建好或升级到当前版本")
    migrate.add_argument("--backup", type=Path, metavar="文件", help="升级前先备份到这里")
    migrate.set_defaults(run=run_migrate)
    command(commands, "test", "运行测试（请用 ./bihuan test）").set_defaults(run=run_test)


def _port(text: str) -> int:
    if not text.isdigit() or not 0 < int(text) < 65536:
        raise argparse.ArgumentTypeError(f"端口“{text}”不对，应是 1 到 65535 的数")
    return int(text)


def run_demo(asked: argparse.Namespace) -> int:
    """Build the demonstration once, then serve it."""
    os.environ["BIHUAN_DEMO"] = "1"
    set_up(migrated=False)
    _migrate()
    _build()
    _tell_accounts()
    return OK if asked.no_serve else _serve(asked)


def _build() -> None:
    """The demonstration, on a home of its own: never among a congress's real data."""
    from bihuan.demo import build as demo
    from bihuan.people.models import Congress

    if demo.STAMP.exists():
        return
    if Congress.objects.exists():
        raise Refused("这里已有正式数据，不能再建演示。请把 BIHUAN_HOME 指到另一个目录。")
    note("正在建演示数据，首次需要一会儿……")
    demo.build(local_today(), _progress)


def _progress(part: float, what: str) -> None:
    note(f"{part:>5.0%} {what}")


def _tell_accounts() -> None:
    from bihuan.demo import build as demo

    accounts = demo.FOLDER / "accounts.txt"
    if accounts.exists():
        say(accounts.read_text(encoding="utf-8").strip())


def run_serve(asked: argparse.Namespace) -> int:
    """Serve what is there."""
    set_up(migrated=False)
    _migrate()
    return _serve(asked)


def run_migrate(asked: argparse.Namespace) -> int:
    """Bring the database to this version; with a backup of what it holds before anything is changed."""
    from bihuan.cli.keep import holds_data, keep_everything

    set_up(migrated=False)
    if asked.backup and waiting_migrations() and holds_data():
        keep_everything(asked.backup)
    say("数据库已升级到当前版本。" if _migrate() else "数据库已经是当前版本。")
    return OK


def run_worker(asked: argparse.Namespace) -> int:
    """Do background work until told to stop; the job at hand is finished first."""
    set_up()
    from bihuan.jobs import schedule, worker

    if asked.once:
        schedule.put_due()
        say(f"办了 {worker.drain()} 项后台任务。")
        return OK
    stopped: list[int] = []
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda got, frame: stopped.append(got))
    worker.work(lambda: not stopped and asked.parent in (0, os.getppid()))
    return OK


@contextmanager
def _worker() -> Iterator[None]:
    """A worker beside the web server; it ends with it, even if the server is killed."""
    command = [sys.executable, "-m", "bihuan", "worker", "--parent", str(os.getpid())]
    beside = subprocess.Popen(command, start_new_session=True)
    try:
        yield
    finally:
        beside.terminate()
        beside.wait(timeout=60)


def run_test(_: argparse.Namespace) -> int:
    """Tests need their own packages, which the starter installs."""
    note("请在程序目录运行 ./bihuan test，它会先装好测试需要的组件。")
    return NOT_OK


def _migrate() -> bool:
    if not waiting_migrations():
        return False
    from django.core.management import call_command
    from django.db import DatabaseError

    try:
        call_command("migrate", interactive=False, verbosity=0)
    except DatabaseError as error:
        raise Refused(f"数据库升级没有完成：{error}") from None
    return True


def _refuse_orphans() -> None:
    """Matters in a state that is declared no more could never move again: say so before serving."""
    from bihuan.matters.startup import orphans, out_of_bounds

    faults = [*orphans(), *out_of_bounds()]
    if faults:
        raise Refused("\n".join(str(fault) for fault in faults))


def _serve(asked: argparse.Namespace) -> int:
    _refuse_orphans()
    _collect()
    _check_free(asked.host, asked.port)
    from granian import Granian
    from granian.constants import Interfaces

    say(f"已打开：http://{asked.host}:{asked.port}/ （按 Ctrl-C 停止）")
    _flush()
    with nullcontext() if asked.no_worker else _worker():
        Granian(
            "bihuan.wsgi:application",
            address=asked.host,
            port=asked.port,
            interface=Interfaces.WSGI,
            workers=WORKERS,
            blocking_threads=THREADS,
            log_access=False,
        ).serve()
    return OK


def _collect() -> None:
    """Gather the static files when any of them changed: the mark holds what they were."""
    from django.conf import settings
    from django.core.management import call_command

    mark, now = Path(settings.STATIC_ROOT) / ".gathered", _static_state()
    if mark.exists() and mark.read_text(encoding="utf-8") == now:
        return
    call_command("collectstatic", interactive=False, verbosity=0)
    mark.parent.mkdir(parents=True, exist_ok=True)
    mark.write_text(now, encoding="utf-8")


def _static_state() -> str:
    """The program's version and its own static files, each by path, size and day of change."""
    folder = Path(__file__).resolve().parents[1] / "web" / "static"
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    told = [
        f"{path.relative_to(folder)} {path.stat().st_size} {path.stat().st_mtime_ns}"
        for path in files
    ]
    return "\n".join([__version__, *told])


def _check_free(host: str, port: int) -> None:
    import socket

    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((host, port))
        except OSError as error:
            raise Refused(
                f"{host}:{port} 用不了（{error.strerror}），请换一个：--port 8001"
            ) from None


def _flush() -> None:
    import sys

    sys.stdout.flush()
