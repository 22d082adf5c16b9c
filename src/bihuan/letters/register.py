"""The register of letters (发文登记): a draft, then a number and the file together, then — if need be — 作废.

A number is taken in the transaction that writes the letter and its file: without gaps, never twice.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.utils import timezone

from bihuan.letters import content, declared, make, pdf
from bihuan.letters.models import Letter, OwnForm
from bihuan.letters.sandbox import BadTemplate
from bihuan.letters.text import pieces, written
from bihuan.loop.forms import Refusal
from bihuan.matters import files, house
from bihuan.matters.access import Standing
from bihuan.matters.act import next_number
from bihuan.matters.models import Assignment, Attachment, Matter
from bihuan.people.models import Congress

EDITED = {"subject": 200, "to": 200, "text": 20_000, "copies": 300, "note": 200}
"""What a clerk may change in a draft, and how long it may be."""
WANTED = {"subject": "标题", "text": "正文"}
NEXT_MARK = "〔　〕"


@dataclass(frozen=True)
class Subject:
    """What a letter is to be about: a share, a matter, or a year."""

    matter: Matter | None = None
    share: Assignment | None = None
    year: int | None = None


@dataclass(frozen=True)
class Paper:
    """A letter that a page of its own institution draws: its words for the register, and the file under a number."""

    subject: str
    text: str
    draw: Callable[[str], bytes]


def draft(
    standing: Standing, letter: declared.Letter, about: Subject, day: date
) -> Letter | Refusal:
    """Begin a letter with its declared text filled in. No number is taken. Returns it, or why it cannot be."""
    try:
        values = _values(standing, letter, about, day)
        if letter.needs and not values.get(letter.needs):
            return Refusal(letter.say or f"还没有“{letter.needs}”，不能起草{letter.title}")
        said = content.texts(letter, values)
    except BadTemplate as bad:
        return Refusal(str(bad))
    congress = _congress(standing)
    return Letter.objects.create(
        congress=congress,
        institution=letter.institution,
        key=letter.key,
        matter=about.matter,
        share=about.share.key if about.share else "",
        body=about.share.body if about.share else None,
        about_year=about.year,
        sender=said["sender"][:80],
        code=_code(congress, letter, said),
        subject=said["subject"][:200],
        to=said["to"][:200],
        text=said["text"],
        copies=said["copies"][:300],
        note=said["note"][:200],
        mark=said["mark"][:40],
        attachments="\n".join(letter.attachments),
        drafted_by=standing.user,
    )


def _values(
    standing: Standing, letter: declared.Letter, about: Subject, day: date
) -> dict[str, Any]:
    if about.matter is not None:
        return content.of_matter(standing, letter, about.matter, about.share, day)
    if about.year is None:
        return content.general(standing, declared.ground(letter.institution), day)
    return content.of_year(standing, house.institution(letter.institution), about.year, day)[0]


def edit(row: Letter, given: Mapping[str, str]) -> Refusal | None:
    """Change a draft's words. Refused with a sentence naming the field."""
    if row.state != "draft":
        return Refusal("这份公文已经编号，不能再改；有错请作废后另发")
    for name, longest in EDITED.items():
        value = given.get(name, "").replace("\r\n", "\n").strip()
        if "\0" in value:
            return Refusal("文字里有不能保存的字符，请删去后再存", name)
        if not value and name in WANTED:
            return Refusal(f"{WANTED[name]}不能空着", name)
        if len(value) > longest:
            return Refusal(f"最多 {longest} 字，现在 {len(value)} 字，请删减", name)
        setattr(row, name, value)
    row.save(update_fields=list(EDITED))
    return None


def preview(standing: Standing, row: Letter, day: date) -> bytes:
    """The .docx as it would be issued today, without a number. Raises BadTemplate."""
    number = row.written or f"{row.code}{NEXT_MARK}号"
    return _docx(standing, row, number, row.day or day)


def issue(standing: Standing, pk: int, day: date) -> Letter | Refusal:
    """Take the next number and keep the file, both or neither. Issuing again gives the letter as issued.

    The PDF is made afterwards, outside the transaction (`keep_pdf`): it takes seconds.
    """
    try:
        with transaction.atomic():
            row = Letter.objects.select_for_update(of=("self",)).get(pk=pk)
            if row.state == "issued":
                return row
            if row.state == "void":
                return Refusal("这份公文已经作废，不能再发")
            if not row.text.strip():
                return Refusal("正文不能空着", "text")
            number = _numbered(standing, row, day)
            row.docx = _keep(standing, row, _docx(standing, row, number, day), "docx")
            row.save()
            return row
    except BadTemplate as bad:
        return Refusal(str(bad))


def issue_drawn(
    standing: Standing, letter: declared.Letter, paper: Paper, day: date
) -> Letter | Refusal:
    """Take the next number for a paper drawn elsewhere and keep its file, both or neither. There is no draft of it."""
    try:
        with transaction.atomic():
            said = content.texts(letter, _values(standing, letter, Subject(), day))
            congress = _congress(standing)
            row = Letter(
                congress=congress,
                institution=letter.institution,
                key=letter.key,
                sender=said["sender"][:80],
                code=_code(congress, letter, said),
                subject=paper.subject[:200],
                text=paper.text,
                drafted_by=standing.user,
            )
            number = _numbered(standing, row, day)
            row.docx = _keep(standing, row, paper.draw(number), "docx")
            row.save()
            return row
    except BadTemplate as bad:
        return Refusal(str(bad))


def not_numbered(standing: Standing, letter: declared.Letter, day: date) -> str:
    """What stands in the place of a number as long as there is none: 丹人常纪〔　〕号. Raises BadTemplate."""
    said = content.texts(letter, _values(standing, letter, Subject(), day))
    return f"{_code(_congress(standing), letter, said)}{NEXT_MARK}号"


def _numbered(standing: Standing, row: Letter, day: date) -> str:
    """Take the next number of its series, in the caller's transaction. Returns it as written."""
    row.year = day.year
    row.number = next_number(row.congress, f"letters/{row.code}/{day.year}")
    row.day, row.state = day, "issued"
    row.issued_by, row.issued_at = standing.user, timezone.now()
    return written(row.code, row.year, row.number)


def _code(congress: Congress, letter: declared.Letter, said: Mapping[str, str]) -> str:
    """Its 机关代字: the congress's own where it set one, else what is declared."""
    own = _own(congress, letter)
    return (own.code if own and own.code and letter.issuer == "congress" else said["code"])[:30]


def keep_pdf(standing: Standing, row: Letter) -> Refusal | None:
    """Make and keep the PDF of an issued letter, where this machine can. Returns why not."""
    if row.pdf_id or row.docx is None:
        return None
    try:
        with files.open_file(row.docx) as file:
            made = pdf.from_docx(file.read())
    except (pdf.NoPdf, OSError) as no:
        return Refusal(
            str(no) if isinstance(no, pdf.NoPdf) else "公文文件不在，请系统管理员从备份恢复"
        )
    row.pdf = _keep(standing, row, made, "pdf")
    row.save(update_fields=["pdf"])
    return None


def void(standing: Standing, pk: int, reason: str) -> Letter | Refusal:
    """Declare an issued letter void. Its number stays taken and visible, with the reason."""
    reason = reason.strip()
    if not reason or "\0" in reason:
        return Refusal("作废要写明理由", "reason")
    if len(reason) > 200:
        return Refusal("理由最多 200 字", "reason")
    with transaction.atomic():
        row = Letter.objects.select_for_update(of=("self",)).get(pk=pk)
        if row.state != "issued":
            return Refusal("只有已编号发出的公文才能作废", "reason")
        row.state, row.void_reason = "void", reason
        row.voided_by, row.voided_at = standing.user, timezone.now()
        row.save(update_fields=["state", "void_reason", "voided_by", "voided_at"])
    return row


def discard(row: Letter) -> Refusal | None:
    """Throw a draft away: it has no number, so nothing is missing."""
    with transaction.atomic():
        gone, _ = Letter.objects.filter(pk=row.pk, state="draft").delete()
    return None if gone else Refusal("这份公文已经编号，不能删除；有错请作废")


# How it is drawn


def _docx(standing: Standing, row: Letter, number: str, day: date) -> bytes:
    letter = declared.letters()[f"{row.institution}/{row.key}"]
    words = content.written_day(day)
    suffix = "文件" if letter.form == "document" else ""
    values: dict[str, Any] = {
        "发文机关标志": f"{row.sender}{suffix}",
        "发文机关": row.sender,
        "发文字号": number,
        "标题": balanced(row.subject),
        "主送机关": row.to,
        "正文": pieces(row.text),
        "附件": _listed(row.attachments.splitlines()),
        "成文日期": words,
        "附注": row.note,
        "抄送": row.copies,
        "印发机关": row.sender,
        "印发日期": words,
        "版头标记": row.mark,
    }
    shown = make.Shown()
    about = Subject(row.matter, _share(row), row.about_year)
    if "【" in row.text and row.about_year:
        one = house.institution(row.institution)
        more, shown = content.of_year(standing, one, row.about_year, day)
        values = more | values
    elif about.matter is not None:
        values = content.of_matter(standing, letter, about.matter, about.share, day) | values
    return make.docx(template_of(row.congress, letter), values, shown)


def _listed(names: list[str]) -> list[str]:
    return [f"{n}.{name}" for n, name in enumerate(names, 1)] if len(names) > 1 else names


def _share(row: Letter) -> Assignment | None:
    if row.matter is None or not row.share:
        return None
    return row.matter.assignments.select_related("body").filter(key=row.share).first()


def balanced(subject: str) -> str:
    """A long title in lines of like length, broken after a word that ends a sense (GB/T 9704-2012, 7.3.1)."""
    if "\n" in subject or make.cells(subject) <= 19:
        return subject
    middle = (len(subject) + 1) // 2
    places = sorted(
        range(max(4, middle - 5), min(len(subject) - 3, middle + 6)),
        key=lambda at: abs(at - middle),
    )
    good = [
        at
        for at in places
        if subject[at - 1] in "的年号议会届和府、》”" and subject[at] not in "、》”次号"
    ]
    plain = [at for at in places if not (subject[at - 1].isascii() or subject[at].isascii())]
    at = (good or plain or [middle])[0]
    return f"{subject[:at]}\n{subject[at:]}"


def template_of(congress: Congress, letter: declared.Letter) -> bytes:
    """The template in force: the congress's own, the institution's, or the national form."""
    own = _own(congress, letter)
    if own and own.template:
        with files.open_file(own.template) as file:
            return file.read()
    return letter.template()


def _own(congress: Congress, letter: declared.Letter) -> OwnForm | None:
    return (
        OwnForm.objects.filter(congress=congress, institution=letter.institution, key=letter.key)
        .select_related("template")
        .first()
    )


def _keep(standing: Standing, row: Letter, made: bytes, ending: str) -> Attachment:
    """Through the door every file takes, bound to the matter it is about."""
    name = f"{row.written} {row.subject}"[:100]
    kept = files.keep(SimpleUploadedFile(f"{name}.{ending}", made), row.congress, standing.user)
    if isinstance(kept, files.FileRefused):
        raise BadTemplate(kept.say)
    if row.matter_id:
        # Beside the matter but with no act: the letter's own page is the only way to it (`access.readable`).
        kept.matter_id = row.matter_id
        kept.save(update_fields=["matter"])
    return kept


def _congress(standing: Standing) -> Congress:
    assert standing.user.congress is not None
    return standing.user.congress
