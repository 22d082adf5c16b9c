"""Many letters of one kind at once: every share of the matters chosen, one after another, each its own transaction.

What stops one letter stops no other, and a share that has the letter already gets no second. `tell` is told
after each, so that whoever runs this — a request or a job — can show how far it is.
"""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from io import BytesIO

from django.db.models import QuerySet

from bihuan.letters import access, declared, register
from bihuan.letters.models import Letter
from bihuan.loop.forms import Refusal
from bihuan.matters import files
from bihuan.matters.access import Standing
from bihuan.matters.models import Assignment, Matter

MOST = 300
Tell = Callable[[int, int], None]


@dataclass
class Run:
    """What came of it: the letters issued, and a sentence for each share without one."""

    issued: list[Letter] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)


def wanted(
    standing: Standing, letter: declared.Letter, matters: QuerySet[Matter]
) -> list[Assignment]:
    """The shares, in the matters chosen, that should get this letter and have none yet."""
    have = set(
        Letter.objects.filter(
            congress=standing.user.congress,
            institution=letter.institution,
            key=letter.key,
            state="issued",
        ).values_list("matter_id", "share")
    )
    found: list[Assignment] = []
    for matter in matters.filter(institution=letter.institution)[: MOST + 1]:
        for share in access.shares_for(standing, letter, matter):
            if (matter.pk, share.key) not in have:
                found.append(share)
    return found


def issue_all(
    standing: Standing,
    letter: declared.Letter,
    shares: Iterable[Assignment],
    day: date,
    tell: Tell | None = None,
) -> Run:
    """Draft, number and keep a letter for each share."""
    run, shares = Run(), list(shares)[:MOST]
    for place, share in enumerate(shares, 1):
        made = _one(standing, letter, share, day)
        if isinstance(made, Refusal):
            run.refused.append(f"{share.matter} {share.body}：{made.say}")
        else:
            run.issued.append(made)
        if tell:
            tell(place, len(shares))
    return run


def _one(
    standing: Standing, letter: declared.Letter, share: Assignment, day: date
) -> Letter | Refusal:
    draft = register.draft(standing, letter, register.Subject(share.matter, share), day)
    if isinstance(draft, Refusal):
        return draft
    made = register.issue(standing, draft.pk, day)
    if isinstance(made, Refusal):
        register.discard(draft)
    return made


def zipped(run: Run) -> bytes:
    """The letters as one zip, with a list of what was made and what was not."""
    target = BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as parts:
        for row in run.issued:
            assert row.docx is not None
            with files.open_file(row.docx) as file:
                parts.writestr(row.docx.name, file.read())
        lines = [f"{row.written}\t{row.subject}\t{row.to}" for row in run.issued]
        lines += [f"未生成\t{sentence}" for sentence in run.refused]
        parts.writestr("清单.txt", "\ufeff" + "\r\n".join(lines))
    return target.getvalue()
