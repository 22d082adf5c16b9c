"""Backups: one moment while others write, refused where anything is wrong, and for either database."""

from __future__ import annotations

import io
import json
import os
import resource
import subprocess
import sys
import tarfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
import pytest
from pytest_django.fixtures import Settings

from bihuan.keeping.archive import opened
from bihuan.keeping.tables import CannotKeep

ROOT = Path(__file__).parents[2]
WRITERS = Path(__file__).with_name("writers.py")
GIVEN = os.environ.get("DATABASE_URL", "")
KINDS = ["sqlite", *(["postgres"] if GIVEN.startswith("postgres") else [])]
"""Where PostgreSQL is given, every direction between the two is tried."""
CLIENTS, BEFORE = 4, 40
LARGEST = 100_000


@dataclass
class Home:
    """A place of its own: a folder, a database, and the program run there."""

    folder: Path
    url: str
    more: dict[str, str] = field(default_factory=dict)

    def environment(self) -> dict[str, str]:
        return os.environ | self.more | {
            "DATABASE_URL": self.url,
            "BIHUAN_HOME": str(self.folder),
            "DJANGO_SETTINGS_MODULE": "bihuan.settings",
            "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}",
        }  # fmt: skip

    def run(self, *argv: object, largest: int = 0) -> subprocess.CompletedProcess[str]:
        """The program's answer; `largest`: no file may grow beyond so many bytes, as on a full disk."""

        def limit() -> None:
            if largest:
                resource.setrlimit(resource.RLIMIT_FSIZE, (largest, largest))

        return subprocess.run(
            [sys.executable, "-m", "bihuan", *map(str, argv)],
            env=self.environment(),
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
            preexec_fn=limit,
        )

    def ask(self, *argv: object) -> Any:
        done = self.run(*argv, "--json")
        assert done.returncode == 0, done.stdout + done.stderr
        return json.loads(done.stdout)

    def script(self, *argv: str) -> str:
        command = [sys.executable, str(WRITERS), *argv]
        done = subprocess.run(
            command, env=self.environment(), capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout


Homes = Callable[[str], Home]


@pytest.fixture(scope="module")
def homes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Homes]:
    """Makes homes, each with an empty database of the kind asked for."""
    made: list[str] = []
    tmp_path = tmp_path_factory.mktemp("homes")

    def home(kind: str) -> Home:
        number = len(list(tmp_path.glob("home*")))
        folder = tmp_path / f"home{number}"
        folder.mkdir()
        if kind == "sqlite":
            return Home(folder, f"sqlite:///{folder / 'bihuan.sqlite3'}")
        name = f"bihuan_keep_{os.getpid()}_{number}"
        with psycopg.connect(GIVEN, autocommit=True) as admin:
            admin.execute(f"CREATE DATABASE {name}")
        made.append(name)
        return Home(folder, f"{GIVEN.rsplit('/', 1)[0]}/{name}")

    yield home
    for name in made:
        with psycopg.connect(GIVEN, autocommit=True) as admin:
            admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


class Writers:
    """Clients that go on writing, and what each was told."""

    def __init__(self, home: Home) -> None:
        self.told: dict[str, str] = {}
        self.running = [
            subprocess.Popen(
                [sys.executable, str(WRITERS), "write", f"w{number}"],
                env=home.environment(),
                stdout=subprocess.PIPE,
                text=True,
            )
            for number in range(CLIENTS)
        ]
        self.readers = [threading.Thread(target=self._read, args=[one]) for one in self.running]
        for reader in self.readers:
            reader.start()

    def _read(self, one: subprocess.Popen[str]) -> None:
        assert one.stdout
        for line in one.stdout:
            token, _, kept = line.strip().partition(" ")
            if len(kept) == 64:  # the last line may be cut off in the middle
                self.told[token] = kept

    def wait_for(self, count: int) -> None:
        deadline = time.monotonic() + 60
        while len(self.told) < count:
            assert time.monotonic() < deadline, "nobody writes"
            time.sleep(0.01)

    def stop(self) -> None:
        for one in self.running:
            one.kill()
        for one, reader in zip(self.running, self.readers, strict=True):
            one.wait()
            reader.join()
            assert one.stdout
            one.stdout.close()


@pytest.mark.parametrize("kind", KINDS)
def test_it_keeps_one_moment_while_clients_write(homes: Homes, tmp_path: Path, kind: str) -> None:
    home, archive = homes(kind), tmp_path / "备份.tar.gz"
    home.script("prepare")
    writers = Writers(home)
    try:
        writers.wait_for(BEFORE)
        before = dict(writers.told)
        made = home.run("backup", archive)
        after = len(writers.told)
        writers.wait_for(after + CLIENTS)
    finally:
        writers.stop()
    assert made.returncode == 0, made.stderr
    assert after > len(before)
    for other in KINDS:
        back = homes(other)
        done = back.run("restore", archive)
        assert done.returncode == 0, done.stderr
        assert back.ask("verify")["broken"] == []
        held = json.loads(back.script("tokens"))
        assert before.items() <= held.items()
        assert len(held) < len(writers.told)
        back.script("go_on")


@pytest.fixture(params=KINDS, scope="module")
def kept(
    request: pytest.FixtureRequest, homes: Homes, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Home, Path]:
    """A home with people and two files, and its backup. No test changes what it holds."""
    home = homes(request.param)
    home.script("prepare")
    (home.folder / "files" / "aa").mkdir(parents=True)
    (home.folder / "files" / "aa" / "甲").write_text("内容", encoding="utf-8")
    (home.folder / "files" / "aa" / "乙").write_bytes(os.urandom(LARGEST * 2))
    archive = tmp_path_factory.mktemp("kept") / "备份.tar.gz"
    made = home.run("backup", archive)
    assert made.returncode == 0, made.stderr
    assert archive.stat().st_mode & 0o077 == 0
    return home, archive


def _changed(archive: Path, change: Callable[[dict[str, bytes]], None]) -> Path:
    """Another archive, whose parts were changed."""
    with tarfile.open(archive) as there:
        parts = {one.name: there.extractfile(one).read() for one in there}  # type: ignore[union-attr]
    change(parts)
    target = archive.with_name("改过.tar.gz")
    with tarfile.open(target, "w:gz") as here:
        for name, content in parts.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            here.addfile(info, io.BytesIO(content))
    return target


def _manifest(**changes: Any) -> Callable[[dict[str, bytes]], None]:
    def change(parts: dict[str, bytes]) -> None:
        manifest = json.loads(parts["manifest.json"]) | changes
        parts["manifest.json"] = json.dumps(manifest).encode()

    return change


def _forge(parts: dict[str, bytes]) -> None:
    parts["tables/people.body.jsonl"] += b" "


CHANGES: dict[str, tuple[Callable[[dict[str, bytes]], None], str]] = {
    "sum": (_forge, "与清单上的校验值不符"),
    "gone": (lambda parts: parts.pop("files/aa/甲") and None, "备份里缺“files/aa/甲”"),
    "added": (lambda parts: parts.update({"files/混入": b"x"}), "多出清单上没有的"),
    "format": (_manifest(format=99), "第 99 种格式"),
    "broken": (_manifest(tables=[]), "清单读不出来"),
    "none": (lambda parts: parts.pop("manifest.json") and None, "不是本程序的备份"),
}


@pytest.mark.parametrize("name", CHANGES)
def test_it_refuses_a_wrong_archive(
    kept: tuple[Home, Path], settings: Settings, tmp_path: Path, name: str
) -> None:
    settings.HOME = tmp_path
    change, say = CHANGES[name]
    with pytest.raises(CannotKeep, match=say), opened(_changed(kept[1], change)):
        pass
    assert list(tmp_path.iterdir()) == []


def test_it_refuses_half_an_archive_or_none(
    kept: tuple[Home, Path], settings: Settings, tmp_path: Path
) -> None:
    settings.HOME = tmp_path
    short = kept[1].with_name("半个.tar.gz")
    for length in (0, 10, 5_000, -300):
        short.write_bytes(kept[1].read_bytes()[:length])
        with pytest.raises(CannotKeep, match="备份"), opened(short):
            pass
    with pytest.raises(CannotKeep, match="没有文件"), opened(tmp_path / "无"):
        pass


def test_it_changes_nothing_when_it_refuses(kept: tuple[Home, Path]) -> None:
    home, archive = kept
    held = home.ask("verify")
    later = _manifest(migrations=[["matters", "9999_later"]])
    for change, say in ((_forge, "与清单上的校验值不符"), (later, "请先把程序升级")):
        done = home.run("restore", "--force", _changed(archive, change))
        assert (done.returncode, "Traceback" in done.stderr) == (2, False), done.stderr
        assert say in done.stderr
    assert home.ask("verify") == held


def test_it_refuses_rows_that_do_not_belong_together(kept: tuple[Home, Path]) -> None:
    """Every sum is right and yet an act's matter is missing: found at the end, and nothing is changed."""
    import hashlib

    home, archive = kept

    def orphan(parts: dict[str, bytes]) -> None:
        parts["tables/matters.matter.jsonl"] = b""
        manifest = json.loads(parts["manifest.json"])
        manifest["tables"]["matters.matter"]["rows"] = 0
        manifest["files"]["tables/matters.matter.jsonl"] = hashlib.sha256(b"").hexdigest()
        parts["manifest.json"] = json.dumps(manifest).encode()

    done = home.run("restore", "--force", _changed(archive, orphan))
    assert (done.returncode, "没有恢复" in done.stderr) == (2, True), done.stderr
    assert home.ask("verify")["matters"] == 1


def test_it_overwrites_only_when_told_to(kept: tuple[Home, Path]) -> None:
    home, archive = kept
    assert home.run("restore", "--check", archive).stdout.startswith("备份完整")
    refused = home.run("restore", archive)
    assert (refused.returncode, "已有数据" in refused.stderr) == (2, True)
    (home.folder / "files" / "aa" / "甲").write_text("改坏了", encoding="utf-8")
    assert home.run("restore", "--force", archive).returncode == 0
    assert (home.folder / "files" / "aa" / "甲").read_text(encoding="utf-8") == "内容"
    assert home.ask("verify")["ok"]


def test_it_leaves_no_half_backup_on_a_full_disk(kept: tuple[Home, Path]) -> None:
    home, archive = kept
    before = archive.read_bytes()
    done = home.run("backup", archive, largest=LARGEST)
    assert (done.returncode, "Traceback" in done.stderr) == (2, False), done.stderr
    assert "备份没有完成" in done.stderr
    assert archive.read_bytes() == before
    assert [path.name for path in archive.parent.glob(".*")] == []
    full = home.run("restore", "--force", archive, largest=LARGEST)
    assert (full.returncode, "Traceback" in full.stderr) == (2, False), full.stderr
    assert home.ask("verify")["ok"]


def test_it_says_which_file_was_missing_and_keeps_the_rest(homes: Homes, tmp_path: Path) -> None:
    home = homes(KINDS[-1])
    home.script("prepare")
    home.script("lose_a_file")
    made = home.run("backup", tmp_path / "备份.tar.gz")
    assert (made.returncode, "附件在磁盘上找不到" in made.stderr) == (1, True), made.stderr
    back = homes("sqlite")
    done = back.run("restore", tmp_path / "备份.tar.gz")
    assert (done.returncode, "备份时就缺 1 个附件" in done.stderr) == (1, True), done.stderr


def test_it_brings_an_older_database_to_this_version(homes: Homes, tmp_path: Path) -> None:
    """As on the day of an upgrade: backed up as the older version left it, then migrated, then proven."""
    home, archive = homes(KINDS[-1]), tmp_path / "旧.tar.gz"
    home.script("prepare")
    home.script("go_back")
    assert "不是当前版本" in home.run("verify").stderr
    up = home.run("migrate", "--backup", archive)
    assert up.returncode == 0, up.stderr
    assert home.ask("verify")["ok"]
    back = homes("sqlite")
    assert back.run("restore", archive).returncode == 0
    assert back.ask("verify")["ok"]


def test_it_keeps_the_newest_by_name(kept: tuple[Home, Path], tmp_path: Path) -> None:
    home, folder = kept[0], tmp_path / "备份"
    folder.mkdir()
    for old in ("bihuan-20200101-000000.tar.gz", "bihuan-20200102-000000.tar.gz", "别的.tar.gz"):
        (folder / old).touch()
    assert home.run("backup", folder, "--keep", "2").returncode == 0
    names = sorted(path.name for path in folder.iterdir())
    assert len(names) == 3
    assert names[0] == "bihuan-20200102-000000.tar.gz"
    assert names[2] == "别的.tar.gz"
    assert home.run("backup", tmp_path / "一个.tar.gz", "--keep", "2").returncode == 2
