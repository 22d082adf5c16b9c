"""The number of a session's minutes: taken once from the register of letters, together with the file that is kept."""

from __future__ import annotations

from typing import BinaryIO

from django.db import transaction
from django.utils import timezone

from bihuan.institutions.sessions import minutes
from bihuan.institutions.sessions.models import CommitteeSession
from bihuan.institutions.sessions.readers import KEY
from bihuan.letters import declared, register
from bihuan.letters.models import Letter
from bihuan.loop.forms import Refusal
from bihuan.matters import files
from bihuan.matters.access import Standing


def letter() -> declared.Letter:
    """What minutes are among the letters: 文种, 机关代字, who may number them."""
    return declared.letters()[f"{KEY}/minutes"]


def issued(session: CommitteeSession) -> Letter | None:
    """The minutes as numbered; None before that, and where they were declared void."""
    row = session.minutes
    return row if row is not None and row.state == "issued" else None


def take_number(standing: Standing, session: CommitteeSession) -> Letter | Refusal:
    """Number the minutes of a closed session and keep their file, both or neither.

    Once numbered they stay as they are, whoever asks again; after 作废 they take another number.
    """
    with transaction.atomic():
        # Not joined: whoever waited for the row would be given the letters of the moment before he waited.
        row = CommitteeSession.objects.select_for_update().get(pk=session.pk)
        known = issued(row)
        if known:
            return known
        if row.closed_at is None:
            return Refusal("闭会以后才能给会议纪要编号：纪要写的是整次会议")
        form = register.template_of(row.congress, letter())
        paper = register.Paper(
            subject=minutes.title(row),
            text=minutes.text(row),
            draw=lambda number: minutes.docx(row, number, form),
        )
        day = timezone.localdate(row.closed_at)
        made = register.issue_drawn(standing, letter(), paper, day)
        if isinstance(made, Letter):
            row.minutes = made
            row.save(update_fields=["minutes"])
        return made


def draft(standing: Standing, session: CommitteeSession) -> bytes:
    """The minutes as they would be numbered now."""
    form = register.template_of(session.congress, letter())
    number = register.not_numbered(standing, letter(), timezone.localdate())
    return minutes.docx(session, number, form)


def kept(row: Letter) -> BinaryIO | None:
    """The file as it was numbered; None where it is gone from the house's files."""
    try:
        return files.open_file(row.docx) if row.docx else None
    except FileNotFoundError:
        return None
