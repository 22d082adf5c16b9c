"""Reading apart: sheets are sealed one by one and opened together; nobody sees another's before all are in.

A sheet handed in leaves its check value on the matter at once (SHA-256 over its JSON with a salt, as RFC 8785
writes it). When the sheets are opened their JSON stands in the act, so that anyone can see that none was changed.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from datetime import date

from django.db import transaction
from django.utils import timezone

from bihuan.institutions.duty_reports.models import Reader
from bihuan.loop.forms import Refusal
from bihuan.matters.act import Doer, NotDone, act
from bihuan.matters.canonical import canonical, check_value
from bihuan.matters.models import Matter
from bihuan.people.models import User

READING = "reading_apart"
GRADES = ("写得实", "一般", "空泛", "没有写")
LONGEST_REMARK = 1_000
MOST_READERS = 12
"""All sheets together have to fit into one act."""


def readers(matter: Matter) -> list[Reader]:
    """The readers of the round that runs, in the order invited."""
    rows = Reader.objects.filter(matter=matter, round=matter.round).select_related("user__person")
    return list(rows)


@transaction.atomic
def invite(matter: Matter, users: Iterable[User]) -> Refusal | None:
    """Ask these users to read; who is asked already is passed over. Refused once reading apart is over.
    Whoever invites at the same moment waits, so that nobody is asked twice.
    """
    matter = Matter.objects.select_for_update().get(pk=matter.pk)
    if matter.state != READING:
        return Refusal("现在不在分散审阅环节，不能再请人审阅")
    asked = {row.user_id for row in readers(matter)}
    fresh = [user for user in users if user.pk not in asked]
    if len(asked) + len(fresh) > MOST_READERS:
        return Refusal(f"一份报告最多请 {MOST_READERS} 人审阅，现有 {len(asked)} 人")
    Reader.objects.bulk_create(
        Reader(congress_id=matter.congress_id, matter=matter, round=matter.round, user=user)
        for user in fresh
    )
    return None


def release(reader: Reader) -> Refusal | None:
    """Take back an invitation. A sheet that is in stays."""
    if reader.seal:
        return Refusal("这位的审阅单已经交了，不能撤下")
    reader.delete()
    return None


def hand_in(
    reader: Reader, marks: dict[str, str], remark: str, criteria: Sequence[str], today: date
) -> Refusal | None:
    """Seal a sheet and note its check value on the matter; both or neither."""
    refusal = _incomplete(marks, remark, criteria)
    if refusal:
        return refusal
    sheet = {
        "marks": {name: marks[name] for name in criteria},
        "remark": remark.strip(),
        "salt": secrets.token_hex(16),
    }
    try:
        with transaction.atomic():
            held = Reader.objects.select_for_update().get(pk=reader.pk)
            if held.seal:
                return Refusal("您的审阅单已经交了，不能再改")
            held.sheet, held.seal, held.handed_in_at = sheet, check_value(sheet), timezone.now()
            held.save(update_fields=["sheet", "seal", "handed_in_at"])
            doer = Doer("committee", reader.user, "专班")
            done = act(reader.matter_id, "sheet_in", doer, today, {"sheet_seal": held.seal})
            if isinstance(done, Refusal):
                raise NotDone(done)
    except NotDone as stopped:
        return stopped.refusal
    return None


def _incomplete(marks: dict[str, str], remark: str, criteria: Sequence[str]) -> Refusal | None:
    for name in criteria:
        if marks.get(name) not in GRADES:
            return Refusal(f"请给“{name}”选一档：{'、'.join(GRADES)}")
    if not remark.strip():
        return Refusal("请写审阅意见")
    if len(remark.strip()) > LONGEST_REMARK:
        return Refusal(f"审阅意见最多 {LONGEST_REMARK} 字，现有 {len(remark.strip())} 字")
    return None


def all_in(rows: Sequence[Reader]) -> bool:
    """Whether every reader asked has handed in."""
    return bool(rows) and all(row.seal for row in rows)


def open_together(matter: Matter, doer: Doer, today: date, named: bool) -> Refusal | None:
    """Open all sheets at once, in the order of their check values where no names are told."""
    rows = readers(matter)
    if not all_in(rows):
        missing = sum(not row.seal for row in rows)
        return Refusal(
            f"还有 {missing} 份审阅单没有交，交齐了才能揭开" if rows else "还没有请人审阅"
        )
    rows = rows if named else sorted(rows, key=lambda row: row.seal)
    text = "\n".join(_told(row, place, named) for place, row in enumerate(rows, 1))
    done = act(matter.pk, "open_sheets", doer, today, {"sheets_text": text})
    return done if isinstance(done, Refusal) else None


def _told(row: Reader, place: int, named: bool) -> str:
    sheet = row.sheet
    marks = "；".join(f"{name}：{grade}" for name, grade in sheet["marks"].items())
    who = str(row.user) if named else f"审阅人{place}"
    plain = canonical(sheet).decode()
    return f"{who}\n{marks}\n意见：{sheet['remark']}\n校验值：{row.seal}\n原文：{plain}"
