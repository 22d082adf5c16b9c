"""Numbers as Chinese writes them."""

from __future__ import annotations

DIGITS = "〇一二三四五六七八九"


def in_chinese(number: int) -> str:
    """一 to 九十九, as headings are numbered; anything else in digits."""
    if not 0 < number < 100:
        return str(number)
    tens, ones = divmod(number, 10)
    head = "" if not tens else ("十" if tens == 1 else f"{DIGITS[tens]}十")
    return head + (DIGITS[ones] if ones else "")
