"""What can be done in the background: each kind's title and the function that does it, named in the settings.

This room knows none of them, so that any room may put its work here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string

from bihuan.jobs.models import Job

Progress = Callable[[int, int], None]
"""Told how many of how many are done."""
Run = Callable[[Job, Progress], Mapping[str, Any] | None]
"""Does the work and returns what is to be remembered of it."""


class NotToBeDone(Exception):
    """Trying again would not help; the text is a Chinese sentence for whoever asked."""


@dataclass(frozen=True)
class Kind:
    """One kind of work. `whole`: its writing and its being done are one transaction, so it happens once."""

    key: str
    title: str
    path: str
    whole: bool = True
    tries: int = 5

    @property
    def run(self) -> Run:
        """The function itself, found when it is first needed."""
        found: Run = import_string(self.path)
        return found


def kinds() -> dict[str, Kind]:
    """Every kind by its key."""
    declared: dict[str, dict[str, Any]] = settings.JOBS
    return {key: Kind(key, **told) for key, told in declared.items()}


def kind(key: str) -> Kind:
    """The kind of this key. Raises NotToBeDone where this program does not know it (any more)."""
    found = kinds().get(key)
    if found is None:
        raise NotToBeDone(f"本程序不会办“{key}”这种后台任务，请核对版本。")
    return found
