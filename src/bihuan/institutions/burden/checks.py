"""Checks of what is asked of units at the base, by everyone together. Rows: one thing asked of one unit."""

from __future__ import annotations

from collections.abc import Iterator

from bihuan.loop.checks import Book, Fault, Limits, Row, groups
from bihuan.text.numerals import in_chinese
from bihuan.text.similar import fold


def too_often(book: Book, limits: Limits) -> Iterator[Fault]:
    """More asked of one unit in one month than the place allows itself."""
    most = limits.number("asks_a_month")
    for key, rows in groups(book, "unit_month", {}, least=int(most) + 1):
        month, unit = rows[0].day, rows[0].word("unit_name")
        nth = in_chinese(len(rows))
        told = f"这是本月向{unit}提出的第{nth}次要求" if book.focus else _counted(unit, rows)
        yield limits.broken(
            f"{told}（{month.year}年{month.month}月），超过{most:.0f}件",
            len(rows),
            rows,
            key,
            by="asks_a_month",
            period=(month.replace(day=1), rows[-1].day),
        )


def _counted(unit: str, rows: list[Row]) -> str:
    return f"一个月内向{unit}提出{len(rows)}件要求"


def asked_twice(book: Book, limits: Limits) -> Iterator[Fault]:
    """The same thing demanded of one unit again by another matter, before the time was up."""
    days = limits.number("asked_again_days")
    for unit, rows in _of_units(book):
        again = dict(_again([row for row in rows if row.has("what")], days))
        own = {t: found for t, found in again.items() if book.focus is None or book.focus in found}
        if own:
            involved = {id(row): row for found in own.values() for row in found}
            pieces = sum(len(found) for found in own.values())
            yield limits.broken(
                f"{_said(own)}；向{rows[0].word('unit_name')}重复要材料{len(own)}样、{pieces}份",
                pieces,
                sorted(involved.values(), key=lambda row: (row.day, row.key)),
                unit,
                threshold=1,
                things=len(own),
                pieces=pieces,
            )


def _of_units(book: Book) -> Iterator[tuple[str, list[Row]]]:
    """What was asked of each unit; opened at a row, only what asks its unit for one of the same things."""
    row = book.focus
    if row is None:
        yield from groups(book, "unit", {})
        return
    alike = groups(book, "things", {"unit": row.word("unit")})
    once = {id(one): one for _, rows in alike for one in rows}
    yield row.word("unit"), sorted(once.values(), key=lambda one: (one.day, one.key))


def _again(rows: list[Row], days: float) -> Iterator[tuple[str, list[Row]]]:
    """Each thing that more than one row asks for, with those rows; the name as it was first said."""
    by_thing: dict[str, tuple[str, list[Row]]] = {}
    for row in rows:
        for thing in row.words("what"):
            _name, found = by_thing.setdefault(fold(thing), (thing, []))
            if found and (row.day - found[-1].day).days > days:
                found.clear()
            if row not in found:
                found.append(row)
    yield from (pair for pair in by_thing.values() if len(pair[1]) > 1)


def _said(again: dict[str, list[Row]]) -> str:
    """The first of them in words: 同样的“水质报告”3月3日已交督查室."""
    thing, found = next(iter(again.items()))
    earlier = found[0]
    whom = earlier.word("asked_by") or f"“{earlier.title}”"
    return f"同样的“{thing}”{earlier.day.month}月{earlier.day.day}日{whom}已经要过"
