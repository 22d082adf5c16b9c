"""What of a draw is anybody's: the announced ones that are public, their file, and until when they name persons."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db.models import QuerySet

from bihuan.draws.models import Draw
from bihuan.loop.machine import Place
from bihuan.loop.terms import due, parse_term
from bihuan.matters import house
from bihuan.people.models import Congress

KEY = "draws"
"""The common params of this name (`matters/common/draws`)."""


def announced() -> QuerySet[Draw]:
    """The draws that were announced as public ones, whatever became of them, newest first."""
    return Draw.objects.filter(public=True, announced_on__isnull=False).select_related("congress")


def place_of(congress: Congress) -> Place:
    """The rules and the calendar by which this congress shows names."""
    return house.place_of(congress, KEY)


def names_until(draw: Draw, place: Place) -> date:
    """The last day on which an announced draw names anybody in public.

    The rule is the one in force when the list was announced: what those listed could read then holds.
    """
    assert draw.announced_on is not None
    term = parse_term(str(place.rules.value("names_shown", draw.announced_on)))
    begins = draw.drawn_on or draw.announced_on
    return due(begins, term, place.calendar, rolls=False).due


def file_of(draw: Draw) -> Mapping[str, Any] | None:
    """What is published: after the draw all that works it out again, before it the announcement; none before that."""
    if draw.file is not None or draw.announced is None:
        return draw.file
    return {"announced": draw.announced, "announced_hash": draw.announced_hash}
