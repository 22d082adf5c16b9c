"""The rules of the house that no linter knows."""

import ast
import re
import subprocess
import sys
import tomllib
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "bihuan"
PURE_ROOMS = ("loop", "text")
DOCUMENTED_ROOMS = ("loop", "text", "people", "matters", "measures", "exchange")
LOCKS = ("requirements.txt", "requirements-dev.txt")
CLOCKS = {"now", "today", "utcnow", "time", "time_ns", "monotonic", "localtime", "gmtime"}


CACHES = {".hypothesis", ".import_linter_cache", ".mypy_cache", ".pytest_cache", ".ruff_cache"}
UNTRACKED = CACHES | {".venv", "__pycache__", "node_modules", "var", "build", "dist"}


@cache
def _tracked() -> tuple[Path, ...]:
    """Files under version control or about to be; in an archive without git, all that could be."""
    if not (ROOT / ".git").exists():
        found = (
            path for path in ROOT.rglob("*") if not UNTRACKED & set(path.relative_to(ROOT).parts)
        )
        return tuple(path for path in found if path.is_file() and path.suffix != ".pyc")
    listed = subprocess.run(
        ["git", "-C", str(ROOT), "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        capture_output=True,
        check=True,
        text=True,
    )
    paths = (ROOT / name for name in listed.stdout.split("\0") if name)
    return tuple(path for path in paths if path.is_file())


def _texts() -> dict[Path, str]:
    texts = {}
    for path in _tracked():
        content = path.read_bytes()
        if b"\0" not in content:
            texts[path.relative_to(ROOT)] = content.decode()
    return texts


def _modules(*rooms: str) -> list[Path]:
    return [path for room in rooms for path in sorted((SOURCE / room).rglob("*.py"))]


def _nodes(path: Path) -> list[ast.AST]:
    return list(ast.walk(ast.parse(path.read_text(encoding="utf-8"), str(path))))


def _where(path: Path, node: ast.AST) -> str:
    return f"{path.relative_to(ROOT)}:{getattr(node, 'lineno', 1)}"


def _imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        return [f"{node.module or ''}.{alias.name}" for alias in node.names]
    return []


def test_it_has_no_drawer_called_utils() -> None:
    drawers = {"utils.py", "util.py", "helpers.py", "misc.py", "common.py"}
    assert [path for path in _tracked() if path.name in drawers] == []


def test_it_does_nothing_through_signals() -> None:
    wired = [
        _where(path, node)
        for path in SOURCE.rglob("*.py")
        for node in _nodes(path)
        for name in _imported(node)
        if name == "django.dispatch.receiver" or re.search(r"(^|\.)signals(\.|$)", name)
    ]
    assert wired == []


@pytest.mark.parametrize("name", LOCKS)
def test_it_locks_every_package_by_version_and_hash(name: str) -> None:
    entries = re.split(r"\n(?=\S)", (ROOT / name).read_text(encoding="utf-8").strip())
    unlocked = [
        entry.splitlines()[0]
        for entry in entries
        if "==" not in entry.splitlines()[0] or "--hash=sha256:" not in entry
    ]
    assert unlocked == []


def _pins(name: str) -> set[str]:
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    return {line.split()[0].split("[")[0] for line in lines if "==" in line.split("#")[0]}


def test_it_tests_with_the_very_packages_it_runs_on() -> None:
    assert _pins("requirements.txt") <= _pins("requirements-dev.txt")


@pytest.mark.parametrize("name", ["requirements", "requirements-dev"])
def test_it_asks_for_exact_versions_and_has_them_locked(name: str) -> None:
    asked = [
        re.sub(r"\[.*?\]", "", line.strip())
        for line in (ROOT / f"{name}.in").read_text(encoding="utf-8").splitlines()
        if line.strip() and not line.startswith(("#", "-"))
    ]
    assert [line for line in asked if line not in _pins(f"{name}.txt")] == []


def test_it_names_no_package_index() -> None:
    index = re.compile(
        r"--(?:extra-)?index-url\s+\S*:/|/simple/|(?:registry\.|files\.)[a-z]+\.org|\"resolved\":"
        r"|pypi\.org|pythonhosted|npmjs|mirrors?\.[a-z]+\."
    )
    here = Path(__file__).relative_to(ROOT)
    named = [
        f"{path}: {found.group()}"
        for path, text in _texts().items()
        if path != here and (found := index.search(text))
    ]
    assert named == []


def test_it_names_no_folder_of_the_machine_it_was_written_on() -> None:
    home = re.compile(r"(?<![\w.~$}-])/(?:root|home|work|Users|tmp)/[\w.-]")
    here = Path(__file__).relative_to(ROOT)
    named = [
        f"{path}: {found.group()}"
        for path, text in _texts().items()
        if path != here and "vendor" not in path.parts and (found := home.search(text))
    ]
    assert named == []


def test_it_keeps_the_loop_and_the_text_free_of_django() -> None:
    impure = [
        _where(path, node)
        for path in _modules(*PURE_ROOMS)
        for node in _nodes(path)
        for name in _imported(node)
        if name.split(".")[0] == "django"
    ]
    assert impure == []


def _reads_a_clock(node: ast.AST) -> bool:
    """Whether `node` calls something like `date.today()`, `datetime.now()` or `time.time()`."""
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        return False
    owner = node.func.value
    name = owner.attr if isinstance(owner, ast.Attribute) else getattr(owner, "id", "")
    return name in {"date", "datetime", "time"} and node.func.attr in CLOCKS


def test_it_lets_the_loop_and_the_text_see_no_clock() -> None:
    looking = [
        _where(path, node)
        for path in _modules(*PURE_ROOMS)
        for node in _nodes(path)
        if _reads_a_clock(node) or "time" in [name.split(".")[0] for name in _imported(node)]
    ]
    assert looking == []


def test_it_knows_a_clock_when_it_sees_one() -> None:
    calls = ["date.today()", "datetime.datetime.now()", "time.time()", "datetime.now(tz)"]
    assert all(_reads_a_clock(ast.parse(call, mode="eval").body) for call in calls)
    assert not _reads_a_clock(ast.parse("facts.today()", mode="eval").body)


def _public_definitions(path: Path) -> list[ast.FunctionDef | ast.ClassDef]:
    body = ast.parse(path.read_text(encoding="utf-8"), str(path)).body
    kinds = (ast.FunctionDef, ast.ClassDef)
    return [node for node in body if isinstance(node, kinds) and not node.name.startswith("_")]


def test_it_explains_every_public_function_and_class() -> None:
    silent = [
        f"{_where(path, node)} {node.name}"
        for path in _modules(*DOCUMENTED_ROOMS)
        if "migrations" not in path.parts
        for node in _public_definitions(path)
        if not ast.get_docstring(node)
    ]
    assert silent == []


def test_it_keeps_the_rooms_apart() -> None:
    linter = Path(sys.executable).with_name("lint-imports")
    linted = subprocess.run(
        [linter, "--no-logo", "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert linted.returncode == 0, linted.stdout + linted.stderr


def test_it_says_unreleased_in_the_changelog() -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert re.search(r"^## \[Unreleased\]$", changelog, re.MULTILINE)


def _anchors(page: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {
        re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings
    }


def _broken_links(page: Path) -> list[str]:
    prose = re.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.S | re.M)
    broken = []
    for link in re.findall(r"\]\(<?([^)\s>]+)>?(?: \"[^\"]*\")?\)", prose):
        if re.match(r"[a-z]+:", link):
            continue
        name, _, anchor = link.partition("#")
        target = (page.parent / name).resolve() if name else page
        lost_anchor = anchor and target.suffix == ".md" and anchor not in _anchors(target)
        if not target.exists() or lost_anchor:
            broken.append(f"{page.relative_to(ROOT)}: {link}")
    return broken


def test_it_links_only_to_pages_that_exist() -> None:
    pages = [path for path in _tracked() if path.suffix == ".md"]
    assert [link for page in pages for link in _broken_links(page)] == []


def test_it_fixes_one_english_word_for_one_chinese_word() -> None:
    glossary = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", glossary, re.MULTILINE)
    words = [row for row in rows if row[0] not in ("English", "---")]
    for column in (0, 1):
        named = [row[column] for row in words]
        assert sorted({word for word in named if named.count(word) > 1}) == []


def test_it_carries_its_licence_and_the_same_version_everywhere() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["license"] == "Apache-2.0"
    assert "Apache License" in (ROOT / "LICENSE").read_text(encoding="utf-8")
