"""A letter's text as its clerk edits it, and the paragraphs it becomes.

One line is one paragraph. 一、 （一） 1. （1） at its beginning say its level; a line 【表：…】 or 【图：…】 stands for
a table or a chart of that name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

LONGEST_HEADING = 34
_LEVELS = (
    ("一级", re.compile(r"[一二三四五六七八九十]+、")),
    ("二级", re.compile(r"（[一二三四五六七八九十]+）")),
    ("三级", re.compile(r"\d+[.．]")),
    ("四级", re.compile(r"（\d+）")),
)
_SHOWN = re.compile(r"【(表|图)：(.+?)】")


@dataclass(frozen=True)
class Piece:
    """One paragraph: its level or 图表, and its words. The names are those templates use."""

    层次: str
    文字: str


def pieces(text: str) -> list[Piece]:
    """The paragraphs of a text; blank lines fall away."""
    return list(_pieces(text))


def _pieces(text: str) -> Iterator[Piece]:
    for line in text.splitlines():
        words = line.strip().lstrip("\u3000")
        if words:
            yield Piece(_level(words), words)


def _level(words: str) -> str:
    if _SHOWN.fullmatch(words):
        return "图表"
    level = next((name for name, begins in _LEVELS if begins.match(words)), "")
    # 一、 and （一） set a heading apart by its font; a numbered sentence is text like any other.
    heading = len(words) <= LONGEST_HEADING and not words.endswith(("。", "；", "："))
    return level if heading or level in ("三级", "四级") else ""


def shown(words: str) -> tuple[str, str] | None:
    """(表 or 图, its name) where a line stands for one."""
    found = _SHOWN.fullmatch(words.strip())
    return (found.group(1), found.group(2)) if found else None


def in_digits(year: int, month: int, day: int) -> str:
    """A date as documents write it: Arabic digits, no leading zero (GB/T 9704-2012, 7.3.5.4)."""
    return f"{year}年{month}月{day}日"


def written(code: str, year: int, number: int | str) -> str:
    """A document number: 机关代字〔年份〕序号号."""
    return f"{code}〔{year}〕{number}号"
