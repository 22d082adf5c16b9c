"""Imports that can be left and found again: the uploaded file, its preview, the commit and its progress.

Each run is a folder under `BIHUAN_HOME/imports`: the file as it came, `run.json`, rewritten whole at each step, and
`cautions.jsonl`, a line for every row of which a check spoke. The commit is a job (`background.py`) and one database
transaction, so its progress is kept outside the database, where a watcher can see it; where a worker dies, nothing of
it was written and another takes it up.
"""

from __future__ import annotations

import json
import os
import secrets
import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any

from django.conf import settings


@dataclass
class Run:
    """One import on its way: previewed → waiting → running → done or refused."""

    id: str
    congress: int
    user: int
    key: str
    file: str
    day: str
    state: str = "previewed"
    done: int = 0
    whole: int = 0
    at: float = 0.0
    report: dict[str, Any] = field(default_factory=dict)
    notices: list[str] = field(default_factory=list)
    sentence: str = ""
    despite: str = ""
    leave_out: bool = False

    @property
    def folder(self) -> Path:
        """Where the run's files are."""
        return _home() / self.id

    @property
    def path(self) -> Path:
        """The uploaded file."""
        return self.folder / "file"

    @property
    def told(self) -> Told:
        """The rows of which checks spoke, with what they said."""
        return Told(self.folder / "cautions.jsonl", self.report.get("cautions", {}).get("rows", 0))

    @property
    def percent(self) -> int:
        """How far the commit has come, 0–100."""
        return 100 * self.done // self.whole if self.whole else 0

    @property
    def on_its_way(self) -> bool:
        """Whether a worker has it, or will."""
        return self.state in ("waiting", "running")

    def save(self) -> None:
        """Write the run's state whole: a reader sees the old or the new, never half."""
        self.at = time.time()
        partial = self.folder / f"run.{secrets.token_hex(4)}"
        partial.write_text(json.dumps(asdict(self), ensure_ascii=False), encoding="utf-8")
        os.replace(partial, self.folder / "run.json")


@dataclass(frozen=True)
class Told:
    """What was said of rows, read from the run's folder as far as a page shows it."""

    file: Path
    count: int

    def few(self, begin: int, end: int) -> list[dict[str, Any]]:
        """Those from one place to before another; nothing beyond them is read."""
        if not self.count:
            return []
        with self.file.open(encoding="utf-8") as lines:
            return [json.loads(line) for line in islice(lines, begin, end)]

    def keep(self, told: Iterable[dict[str, Any]]) -> None:
        """Write what was said, a line for a row."""
        with self.file.open("w", encoding="utf-8") as lines:
            lines.writelines(json.dumps(one, ensure_ascii=False) + "\n" for one in told)


def begin(congress: int, user: int, key: str, name: str, content: bytes, day: date) -> Run:
    """Keep an uploaded file under a name nobody can guess."""
    run = Run(secrets.token_hex(12), congress, user, key, name[:120], day.isoformat())
    run.folder.mkdir(parents=True, mode=0o700)
    run.path.write_bytes(content)
    run.save()
    return run


def find(run_id: str, user: int) -> Run | None:
    """A user's own run, or None: nobody opens another's file."""
    file = _home() / Path(run_id).name / "run.json"
    if not file.is_file():
        return None
    run = Run(**json.loads(file.read_text(encoding="utf-8")))
    return run if run.user == user else None


def mine(user: int, key: str) -> list[Run]:
    """A user's latest runs of one ledger, newest first."""
    found = [find(folder.name, user) for folder in _home().glob("*") if folder.is_dir()]
    own = [run for run in found if run and run.key == key]
    return sorted(own, key=lambda run: -run.at)[:5]


def _home() -> Path:
    return Path(settings.HOME) / "imports"
