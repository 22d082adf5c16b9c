"""What a unit has handed in before: so that nobody asks for the same paper twice."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet

from bihuan.loop.terms import Term, back
from bihuan.matters.models import Assignment, Attachment, Matter
from bihuan.people.models import Body
from bihuan.text.similar import similarity

WITHIN = Term(12, "months")
LOOKED_AT = 200
ALIKE = 0.3


def given(
    unit: Body, today: date, about: Iterable[str], seen: QuerySet[Matter], most: int = 5
) -> list[Attachment]:
    """Files the unit gave with its acts in the last twelve months, in matters that may be `seen`: those that
    bear on what is asked, likest first."""
    words = [word for word in about if word.strip()]
    since = back(today, WITHIN)
    share = Assignment.objects.filter(
        matter=OuterRef("matter"), key=OuterRef("act__share"), body__path__startswith=unit.path
    )
    grant = Q(act__user__grants__body__path__startswith=unit.path)
    rows = (
        Attachment.objects.filter(
            Q(Exists(share)) | grant, matter__in=seen, act__day__gte=since, act__isnull=False
        )
        .select_related("act", "matter")
        .order_by("-act__day", "-id")
        .distinct()[:LOOKED_AT]
    )
    ranked = [(_likeness(row, words), row) for row in rows]
    near = [(likeness, row) for likeness, row in ranked if likeness >= ALIKE]
    return [row for _, row in sorted(near, key=lambda pair: -pair[0])[:most]]


def _likeness(row: Attachment, words: list[str]) -> float:
    stem = row.name.rpartition(".")[0] or row.name
    told = [stem, row.matter.title if row.matter else ""]
    return max((similarity(word, one) for word in words for one in told if one), default=0.0)
