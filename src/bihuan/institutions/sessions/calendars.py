"""Sessions in the calendar feed, for those who see them."""

from __future__ import annotations

from collections.abc import Iterable

from bihuan.api.calendars import AHEAD, BEFORE, Entry
from bihuan.institutions.sessions.readers import visible
from bihuan.matters.access import Standing


def entries(standing: Standing, root: str) -> Iterable[Entry]:
    """The sessions of the last month and of the year to come."""
    first, last = standing.day - BEFORE, standing.day + AHEAD
    for one in visible(standing).filter(begins__range=(first, last), called_off_on=None):
        note = "，".join(
            part for part in (f"{one.starts_at:%H:%M}" if one.starts_at else "", one.place) if part
        )
        yield Entry(
            uid=f"committee-session{one.pk}@{one.congress_id}.bihuan",
            day=one.begins,
            until=one.ends,
            title=one.name,
            note=note,
            url=f"{root}/i/sessions/{one.pk}/",
            remind=False,
        )
