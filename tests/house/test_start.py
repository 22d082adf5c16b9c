"""The one command: what `./bihuan` does before Python takes over.

A stand-in for Python notes what it is asked and makes no real environment, so nothing is fetched.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

STAND_IN = """#!/bin/sh
echo "$*" >>"{log}"
case "$*" in
    *realpath*) echo "$0" ;;
    "-m venv --clear "*) rm -rf "$4" && mkdir -p "$4/bin" && cp "$0" "$4/bin/python" ;;
    *purelib*) mkdir -p "{site}" && echo "{site}" ;;
    "-m pip "*) sleep 0.2; test ! -e "{offline}" ;;
    "-m bihuan where") echo "$BIHUAN_HOME" ;;
    "-m "*) echo "$PWD: $*" ;;
    *) exec "{python}" "$@" ;;
esac
"""


class Clone:
    """A folder holding the command and two small locks, and the stand-in's notes."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "a clone"
        self.venv = self.root / ".venv"
        self.site = folder / "site"
        self.offline = folder / "offline"
        self.log = folder / "log"
        self.root.mkdir()
        shutil.copy(ROOT / "bihuan", self.root)
        (self.root / "requirements.txt").write_text("one\n")
        (self.root / "requirements-dev.txt").write_text("one\ntwo\n")
        self.python = folder / "stand-in"
        self.python.write_text(
            STAND_IN.format(
                log=self.log, site=self.site, offline=self.offline, python=sys.executable
            )
        )
        self.python.chmod(0o755)

    def popen(
        self, *arguments: str, command: Path | None = None, **more: str
    ) -> "subprocess.Popen[str]":
        """Start the command from another folder than its own."""
        return subprocess.Popen(
            [command or self.root / "bihuan", *arguments],
            cwd=self.log.parent,
            env={"PATH": os.environ["PATH"], "BIHUAN_PYTHON": str(self.python), **more},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *arguments: str, **more: str) -> tuple[int, str, str]:
        """Run the command to its end: exit status, what it printed, what it complained of."""
        started = self.popen(*arguments, command=None, **more)
        out, err = started.communicate(timeout=30)
        return started.returncode, out.strip(), err

    def installs(self) -> list[str]:
        """The locks that were installed, in order."""
        return [
            line.rsplit("/", 1)[1]
            for line in self.log.read_text().splitlines()
            if line.startswith("-m pip install")
        ]


@pytest.fixture
def clone(tmp_path: Path) -> Clone:
    """A fresh clone that was never started."""
    return Clone(tmp_path)


def test_it_is_a_script_any_posix_shell_can_read() -> None:
    assert os.access(ROOT / "bihuan", os.X_OK)
    subprocess.run(["sh", "-n", ROOT / "bihuan"], check=True)
    subprocess.run(["bash", "-n", ROOT / ".ci" / "run"], check=True)


def test_it_prepares_itself_once_and_hands_its_arguments_over(clone: Clone) -> None:
    for _ in range(2):
        status, out, _err = clone.run("serve", "--port", "8000")
        assert (status, out.split(": ")[1]) == (0, "-m bihuan serve --port 8000")
    assert clone.installs() == ["requirements.txt"]
    assert (clone.site / "bihuan.pth").read_text() == f"{clone.root / 'src'}\n"


def test_it_finds_its_folder_through_links(clone: Clone, tmp_path: Path) -> None:
    (tmp_path / "first").symlink_to(clone.root / "bihuan")
    (tmp_path / "second").symlink_to("first")
    out, _ = clone.popen("demo", command=tmp_path / "second").communicate(timeout=30)
    assert out.endswith("-m bihuan demo\n")
    assert clone.venv.exists()


def test_it_keeps_its_data_in_its_folder_unless_told_otherwise(clone: Clone) -> None:
    assert clone.run("where")[1] == str(clone.root / "var")
    assert clone.run("where", BIHUAN_HOME="elsewhere")[1] == "elsewhere"


def test_it_installs_what_the_tests_need_only_for_the_tests(clone: Clone) -> None:
    _, out, _ = clone.run("test", "-k", "redo")
    assert out == f"{clone.root}: -m pytest -k redo"
    clone.run("demo")
    assert clone.installs() == ["requirements-dev.txt"]


def test_it_installs_again_when_the_lock_changed(clone: Clone) -> None:
    clone.run("demo")
    (clone.root / "requirements.txt").write_text("other\n")
    clone.run("demo")
    assert clone.installs() == ["requirements.txt", "requirements.txt"]


def test_it_goes_on_after_an_installation_that_failed(clone: Clone) -> None:
    clone.offline.touch()
    status, out, err = clone.run("demo")
    assert (status, out) == (1, "")
    assert "请检查网络后再运行一次" in err
    clone.offline.unlink()
    assert clone.run("demo")[0] == 0


def test_it_mends_an_environment_that_was_cut_off_half_made(clone: Clone) -> None:
    (clone.venv / "bin").mkdir(parents=True)
    (clone.venv / "bin" / "python").symlink_to("gone")
    assert clone.run("demo")[0] == 0


def test_it_lets_two_first_starts_wait_for_one_another(clone: Clone) -> None:
    both = [clone.popen("demo"), clone.popen("demo")]
    assert [started.communicate(timeout=30)[0][-15:] for started in both] == [
        "-m bihuan demo\n"
    ] * 2
    assert clone.installs() == ["requirements.txt"]


def test_it_leaves_a_foreign_folder_alone(clone: Clone, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter").touch()
    status, _, err = clone.run("demo", BIHUAN_VENV=str(tmp_path / "mine"))
    assert (status, [path.name for path in (tmp_path / "mine").iterdir()]) == (1, ["letter"])
    assert "请改为一个空目录" in err


def test_it_says_which_python_is_missing(clone: Clone) -> None:
    status, _, err = clone.run("demo", BIHUAN_PYTHON="no-such-python")
    assert status == 1
    assert "闭环需要 Python 3.11" in err
    assert "Bihuan needs Python 3.11" in err
