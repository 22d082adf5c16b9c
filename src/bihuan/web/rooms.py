"""Screens that institutions bring along: their addresses and their entries in the menu.

A `screens.py` has `urlpatterns`, reached below `i/<key>/` under the namespace `<key>`, and `menu(standing)`, which
tells the pages this user is offered. Guarding each page is its own duty, as everywhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import ModuleType
from typing import Any

from django.conf import settings
from django.urls import URLResolver, include, path, reverse

from bihuan.loop import rooms
from bihuan.loop.spec import Act
from bihuan.matters.access import Standing
from bihuan.matters.models import Matter


@dataclass(frozen=True)
class Entry:
    """One page in the menu: in which group, by what name, at which view (`<key>:<name>`)."""

    group: str
    title: Any
    view: str


def screens() -> list[tuple[str, ModuleType]]:
    """(key, `screens`) of every institution that has any."""
    return list(rooms.parts(settings.INSTITUTION_PACKAGES, "screens"))


def addresses() -> list[URLResolver]:
    """All addresses of institutions' own screens."""
    return [
        path(f"i/{key}/", include((module.urlpatterns, key), namespace=key))
        for key, module in screens()
    ]


def entries(who: Standing) -> list[Entry]:
    """The pages that institutions offer this user."""
    return [entry for _, module in screens() for entry in module.menu(who)]


def screen_address(matter: Matter, act: Act) -> str:
    """Where an act is taken that has a page of its own: the institution's `screen`, for this matter."""
    return reverse(f"{matter.institution}:{act.screen}", args=[matter.pk])
