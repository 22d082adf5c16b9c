"""Rosters out: persons with their posts and seats, and the tree of bodies. Empty, they are the template."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import BinaryIO

from bihuan.exchange import workbook
from bihuan.exchange.matters_out import CHUNK, write
from bihuan.people.models import BODY_KINDS, Appointment, Body, Congress, Person, Seat

TITLES = {
    "people": {
        "name": "姓名",
        "phone": "电话",
        "email": "邮箱",
        "body": "单位",
        "post": "职务",
        "by_committee": "由常委会任命",
        "post_begins": "任职日期",
        "post_ends": "免职日期",
        "term": "届",
        "delegation": "代表团",
        "constituency": "选举单位",
        "number": "代表证号",
        "note": "备注",
    },
    "bodies": {
        "name": "单位名称",
        "short_name": "简称",
        "aliases": "别称",
        "kind": "单位类别",
        "parent": "上级单位",
    },
}
"""Header printed above each field."""

SHEETS = {"people": "人员", "bodies": "机构"}


def export(
    congress: Congress,
    key: str,
    target: Path | BinaryIO,
    today: date,
    *,
    as_csv: bool | None = None,
) -> int:
    """Write `people` or `bodies` as .xlsx or .csv; returns how many rows were written."""
    rows = _people(congress) if key == "people" else _bodies(congress)
    titles = list(TITLES[key].values())
    return write(target, SHEETS[key], titles, rows, [workbook.DEFAULT_WIDTH] * len(titles), as_csv)


def _bodies(congress: Congress) -> Iterator[list[workbook.Value]]:
    """Parents before what is below them."""
    for body in Body.objects.filter(congress=congress).select_related("parent").order_by("path"):
        parent = body.parent.name if body.parent else ""
        kind = BODY_KINDS.get(body.kind, body.kind)
        yield [body.name, body.short_name, "、".join(body.aliases), kind, parent]


def _people(congress: Congress) -> Iterator[list[workbook.Value]]:
    """One row for each post or seat a person has, side by side as far as they go."""
    persons = Person.objects.filter(congress=congress).order_by("pk")
    found = persons.prefetch_related(
        "appointments__body", "seats__term", "seats__delegation"
    ).iterator(chunk_size=CHUNK)
    for person in found:
        posts = list(person.appointments.all())
        seats = list(person.seats.all())
        for place in range(max(len(posts), len(seats), 1)):
            post = posts[place] if place < len(posts) else None
            seat = seats[place] if place < len(seats) else None
            yield [person.name, person.phone, person.email, *_post(post), *_seat(seat), person.note]


def _post(post: Appointment | None) -> list[workbook.Value]:
    if post is None:
        return ["", "", "", None, None]
    by = "是" if post.by_committee else "否"
    return [post.body.name, post.post, by, post.begins, post.ends]


def _seat(seat: Seat | None) -> list[workbook.Value]:
    if seat is None:
        return ["", "", "", ""]
    delegation = seat.delegation.name if seat.delegation else ""
    return [str(seat.term), delegation, seat.constituency, seat.number]
