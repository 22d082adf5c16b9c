"""Experts who were drawn answer by a link of their own: they step aside, or hand in a sheet that is sealed at once.

A sheet handed in leaves its check value on the matter (SHA-256 over its JSON with a salt, as RFC 8785 writes it).
When all are in they are opened together, in the order of their check values; names stay with the draw.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.core import signing
from django.db import transaction
from django.utils import timezone

from bihuan.ballots.scoring import Part
from bihuan.institutions.judicial import lots, scores
from bihuan.institutions.judicial.models import Invitation
from bihuan.loop.forms import Refusal, storable
from bihuan.matters.act import Doer, NotDone, act
from bihuan.matters.canonical import canonical, check_value
from bihuan.matters.models import Act, Matter

REVIEWING = "reviewing"
LONGEST_REMARK, LONGEST_WHY = 500, 200
_signer = signing.Signer(salt="bihuan.judicial.expert")


@dataclass(frozen=True)
class Case:
    """What an expert is told of a case: closed ones only."""

    number: str
    cause: str
    closed_on: str


def token_of(one: Invitation) -> str:
    """The word in an expert's link. It is reckoned anew each time and kept nowhere."""
    return _signer.sign(str(one.pk))


def invitation_of(token: str) -> Invitation | None:
    """Whose link it is; None for a word not given out, and once the sheets are opened."""
    try:
        key = _signer.unsign(token)
    except signing.BadSignature:
        return None
    rows = Invitation.objects.select_related("matter__congress")
    return rows.filter(pk=key, matter__state=REVIEWING).first()


def invited(matter: Matter) -> list[Invitation]:
    """The experts of the appraisal, in the order invited."""
    return list(Invitation.objects.filter(matter=matter))


def numbers(matter: Matter) -> list[str]:
    """The numbers of the cases drawn."""
    return [line for line in str(matter.facts.get("drawn_cases", "")).splitlines() if line]


def cases(matter: Matter) -> list[Case]:
    """The cases drawn, as they were listed last."""
    listed = Act.objects.filter(matter=matter, kind="list_case").order_by("seq")
    told = {row.data["case_number"]: row.data for row in listed}
    return [
        Case(number, told[number]["cause"], told[number]["case_closed_on"])
        for number in numbers(matter)
        if number in told
    ]


def step_aside(one: Invitation, why: str, today: date) -> Refusal | None:
    """Note the conflict an expert declares and call the next of the draw, if there is one; all or nothing."""
    why = why.strip()
    if not why or len(why) > LONGEST_WHY or not storable(why):
        return Refusal(f"请写明有什么利害关系，最多 {LONGEST_WHY} 字", "why")
    try:
        with transaction.atomic():
            held = _waiting(one)
            held.aside, held.answered_at = why, timezone.now()
            held.save(update_fields=["aside", "answered_at"])
            _note(held, "step_aside", {"expert": held.name, "conflict_note": why}, today)
            _call_reserve(held.matter)
    except NotDone as stopped:
        return stopped.refusal
    return None


def _waiting(one: Invitation) -> Invitation:
    """The invitation, held; raises NotDone once it was answered."""
    held = (
        Invitation.objects.select_for_update(of=("self",)).select_related("matter").get(pk=one.pk)
    )
    if held.seal or held.aside:
        raise NotDone(Refusal("您已经答复过了，不能再改"))
    return held


def _note(held: Invitation, kind: str, data: dict[str, str], today: date) -> None:
    done = act(held.matter_id, kind, Doer("expert"), today, data)
    if isinstance(done, Refusal):
        raise NotDone(done)


def _call_reserve(matter: Matter) -> None:
    draw = lots.latest(matter)
    called = Invitation.objects.filter(matter=matter).values_list("name", flat=True)
    name = lots.reserve(draw, called) if draw else ""
    if name:
        Invitation.objects.create(congress_id=matter.congress_id, matter=matter, name=name)


def hand_in(
    one: Invitation, marks: Mapping[str, Mapping[str, str]], remark: str, today: date
) -> str | Refusal:
    """Seal a sheet (case → part → mark as typed) and note its check value on the matter. Returns the check value."""
    marked = scores.parts(one.matter.congress, today)
    read = _read(marks, numbers(one.matter), marked)
    if isinstance(read, Refusal):
        return read
    if not remark.strip() or len(remark.strip()) > LONGEST_REMARK or not storable(remark):
        return Refusal(f"请写评查意见，最多 {LONGEST_REMARK} 字", "remark")
    sheet = {"cases": read, "remark": remark.strip(), "salt": secrets.token_hex(16)}
    try:
        with transaction.atomic():
            held = _waiting(one)
            held.sheet, held.seal, held.answered_at = sheet, check_value(sheet), timezone.now()
            held.save(update_fields=["sheet", "seal", "answered_at"])
            _note(held, "sheet_in", {"sheet_seal": held.seal}, today)
    except NotDone as stopped:
        return stopped.refusal
    return held.seal


def _read(
    marks: Mapping[str, Mapping[str, str]], asked: Sequence[str], marked: Sequence[Part]
) -> dict[str, dict[str, str]] | Refusal:
    for number in asked:
        for part in marked:
            if scores.mark_of(marks.get(number, {}).get(part.title, "").strip()) is None:
                return Refusal(f"{number}：“{part.title}”请打 0 到 {part.full} 分", "marks")
    return {
        number: {part.title: marks[number][part.title].strip() for part in marked}
        for number in asked
    }


def open_together(matter: Matter, doer: Doer, today: date) -> Refusal | None:
    """Open all sheets at once and book every case's score; the rows of the experts go. All or nothing."""
    try:
        with transaction.atomic():
            rows = list(Invitation.objects.select_for_update().filter(matter=matter, aside=""))
            _all_in(rows)
            opened = [row.sheet for row in sorted(rows, key=lambda row: row.seal)]
            done = act(matter.pk, "open_sheets", doer, today, {"sheets_text": _told(opened)})
            refused = done if isinstance(done, Refusal) else _score(matter, opened, doer, today)
            if refused:
                raise NotDone(refused)
            Invitation.objects.filter(matter=matter).delete()
    except NotDone as stopped:
        return stopped.refusal
    return None


def _all_in(rows: Sequence[Invitation]) -> None:
    missing = sum(not row.seal for row in rows)
    if missing:
        raise NotDone(Refusal(f"还有 {missing} 份评分表没有交，交齐了才能揭开"))
    if not rows:
        raise NotDone(Refusal("没有可以揭开的评分表"))


def _told(opened: Sequence[Mapping[str, object]]) -> str:
    """Every sheet as it was sealed, with its check value."""
    return "\n".join(
        f"评分表{place}\n原文：{canonical(sheet).decode()}\n校验值：{check_value(sheet)}"
        for place, sheet in enumerate(opened, 1)
    )


def _score(
    matter: Matter,
    opened: Sequence[Mapping[str, dict[str, dict[str, str]]]],
    doer: Doer,
    today: date,
) -> Refusal | None:
    marked, asked = scores.parts(matter.congress, today), numbers(matter)
    rows = [
        {case: [Decimal(sheet["cases"][case][part.title]) for part in marked] for case in asked}
        for sheet in opened
    ]
    remarks = "\n".join(f"专家意见：{sheet['remark']}" for sheet in opened)
    counted = scores.count(matter, rows, asked, today, marked)
    return scores.book(matter, counted, dict.fromkeys(asked, remarks), doer, today)


def forget() -> int:
    """Delete the invitations of appraisals whose review is over. Returns how many went."""
    return Invitation.objects.exclude(matter__state=REVIEWING).delete()[0]
