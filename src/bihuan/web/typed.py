"""What people type into the small forms of pages, read as what it stands for."""

from __future__ import annotations

from datetime import date

from django.utils.dateparse import parse_date


def typed_day(word: str) -> date | None:
    """A day as a date field sends it; None for anything else, a day that no calendar has among it."""
    try:
        return parse_date(word.strip())
    except ValueError:
        return None
