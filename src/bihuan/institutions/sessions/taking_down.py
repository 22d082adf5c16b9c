"""What is said, taken down; what becomes an opinion is handed into the institution 审议意见办理 as a matter of its own.

The agenda item is the opinion's parent, so each page leads to the other.
"""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.db.models import Q, QuerySet

from bihuan.institutions.sessions.models import CommitteeSession, Item, Note
from bihuan.loop.forms import Refusal
from bihuan.matters.act import Doer, act
from bihuan.matters.models import Matter
from bihuan.people.models import Person, User

OPINIONS = "opinions"
FORMS = {
    "执法检查报告": "执法检查",
    "计划预算监督": "计划预算监督",
    "听取和审议报告": "听取和审议报告",
}
"""The form of supervision that an opinion on an item of this kind belongs to; others are 其他."""
LONGEST_TITLE, LONGEST_TEXT = 120, 20_000


def take_down(item: Item, person: Person | None, title: str, text: str, by: User) -> Note | Refusal:
    """Write down a point that was made."""
    title, text = title.strip(), text.strip()
    if not title or len(title) > LONGEST_TITLE:
        return Refusal(f"请写要点，不超过 {LONGEST_TITLE} 字", "title")
    if not text or len(text) > LONGEST_TEXT:
        return Refusal("请写内容：要谁做什么、做到什么程度", "text")
    return Note.objects.create(item=item, person=person, title=title, text=text, noted_by=by)


def notes_of(session: CommitteeSession) -> QuerySet[Note]:
    """The notes that stand, by item."""
    rows = Note.objects.filter(item__session=session, struck_at=None)
    return rows.select_related("item__matter", "person", "opinion").order_by("item__place", "id")


def form_opinion(note: Note, doer: Doer, today: date) -> Matter | Refusal:
    """Make the note a deliberation opinion. Refused where it is one already or the item was not heard."""
    with transaction.atomic():
        held = Note.objects.select_for_update().get(pk=note.pk)
        if held.opinion_id or held.struck_at:
            return Refusal("这一条已经列入审议意见，或者已经划去")
        matter = note.item.matter
        data = {
            "opinion_title": note.title,
            "opinion_text": note.text,
            "opinion_form": FORMS.get(str(matter.facts.get("kind")), "其他"),
        }
        done = act(matter.pk, "form_opinion", doer, today, data)
        if isinstance(done, Refusal):
            return done
        opinion = Matter.objects.filter(parent=matter, institution=OPINIONS).latest("pk")
        held.opinion = opinion
        held.save(update_fields=["opinion"])
        return opinion


def strike(note: Note, by: User, now: datetime) -> Refusal | None:
    """Not taken up; the line stays to be read."""
    if note.opinion_id:
        return Refusal("已经列入审议意见，请到那件意见上办理")
    note.struck_at, note.struck_by = now, by
    note.save(update_fields=["struck_at", "struck_by"])
    return None


def opinions_of(session: CommitteeSession) -> QuerySet[Matter]:
    """All opinions formed on the session's items, and those booked from an old ledger under its name, in order."""
    formed = Q(parent__agenda_item__session=session)
    booked = Q(parent=None, facts__meeting=session.name)
    rows = Matter.objects.filter(
        formed | booked, congress_id=session.congress_id, institution=OPINIONS
    ).exclude(phase="void")
    return rows.prefetch_related("assignments__body").order_by("pk")
