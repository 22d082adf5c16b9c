"""How a congress reminds, by its dated params, and when nobody is disturbed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from bihuan.loop.calendar import Calendar
from bihuan.matters import house
from bihuan.people.models import Congress
from bihuan.reminders.models import KINDS, Outlet

KEY = "reminding"
"""The common params of this name (`matters/common/reminding`)."""


@dataclass(frozen=True)
class Reminding:
    """The values in force. `urgent`: kinds that are sent at once; hours are local."""

    before: int
    digest_hour: int
    quiet_from: int
    quiet_to: int
    quiet_days_off: bool
    urgent: frozenset[str]


def reminding_of(congress: Congress, day: date) -> Reminding:
    """The congress's own arrangement on a day."""
    rules = house.rules_of(congress, KEY)

    def value(name: str) -> Any:
        return rules.value(name, day)

    return Reminding(
        before=value("remind_before"),
        digest_hour=value("digest_hour"),
        quiet_from=value("quiet_from"),
        quiet_to=value("quiet_to"),
        quiet_days_off=value("quiet_days_off"),
        urgent=frozenset(kind for kind in KINDS if value(f"urgent_{kind}")),
    )


def may_disturb(rules: Reminding, outlet: Outlet, local: datetime, calendar: Calendar) -> bool:
    """Whether something may be sent now: neither the house's quiet hours nor the receiver's own.

    A person makes his quiet longer, never shorter: what the house decided for all protects him too.
    """
    off = rules.quiet_days_off or outlet.quiet_days_off
    if off and not calendar.is_working(local.date()):
        return False
    if within(local.hour, rules.quiet_from, rules.quiet_to):
        return False
    begins, ends = outlet.quiet_from, outlet.quiet_to
    return begins is None or ends is None or not within(local.hour, begins, ends)


def within(hour: int, begins: int, ends: int) -> bool:
    """Whether an hour lies in [begins, ends), also over midnight; equal hours: never."""
    return begins <= hour < ends if begins <= ends else hour >= begins or hour < ends
