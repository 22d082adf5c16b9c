"""What this institution tidies up every night."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from bihuan.institutions.judicial.sheets import forget


def tidy(today: date) -> Mapping[str, int]:
    """Forget the experts of reviews that are over."""
    return {"invitations": forget()}
