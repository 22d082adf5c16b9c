"""A figure: numerator, denominator, day and how it is rounded. No rate without its base and its day.

Rounding is half-up (四舍五入) on the exact quotient: percent to four places in data, to one on screens.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

DATA_PLACES = 4
SCREEN_PLACES = 1


@dataclass(frozen=True)
class Figure:
    """One figure of one indicator. `group` is the value it is for where the indicator is split,
    `label` that value as people call it.
    """

    institution: str
    key: str
    title: str
    numerator: float
    denominator: int | None
    as_of: date
    unit: str = "%"
    group: str = ""
    label: str = ""
    target: str = ""
    help: str = ""
    cite: str = ""
    less_is_better: bool = False
    year: int | None = None

    @property
    def value(self) -> float | None:
        """Percent (0–100) for a rate, the count or sum otherwise; None where the base is empty."""
        if self.denominator is None:
            return self.numerator
        return float(self.percent(DATA_PLACES)) if self.denominator else None

    def percent(self, places: int = SCREEN_PLACES) -> Decimal:
        """The rate in percent, half-up. Raises ZeroDivisionError where the base is empty."""
        if not self.denominator:
            raise ZeroDivisionError(self.key)
        exact = Decimal(str(self.numerator)) * 100 / Decimal(self.denominator)
        return exact.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)

    @property
    def text(self) -> str:
        """As printed: `42.2%`, `774 件`, or an en rule where there is no base to divide by."""
        if self.denominator is None:
            return f"{self.numerator:,.0f} {self.unit}".strip()
        return f"{self.percent()}%" if self.denominator else "–"

    @property
    def width(self) -> str:
        """How long its bar is, 0–100."""
        return str(self.percent(1)) if self.denominator else "0"

    @property
    def reached(self) -> bool | None:
        """Whether the declared target is met; None without a target or a base."""
        if not self.target or self.value is None:
            return None
        target = float(self.target.rstrip("%"))
        return self.value <= target if self.less_is_better else self.value >= target

    def as_json(self) -> dict[str, Any]:
        """The stable form that scripts read."""
        key = f"{self.key}/{self.group}" if self.group else self.key
        return {
            "institution": self.institution,
            "key": key,
            "title": f"{self.title}：{self.group}" if self.group else self.title,
            "numerator": _plain(self.numerator),
            "denominator": self.denominator,
            "value": _plain(self.value),
            "as_of": self.as_of.isoformat(),
        }


def _plain(number: float | None) -> float | int | None:
    return int(number) if number is not None and float(number).is_integer() else number
