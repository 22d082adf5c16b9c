"""Cautions on a form, before it is sent: rule, figure, rows; and the reason for going on, kept with the act."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.http import HttpRequest
from django.utils.translation import gettext as _

from bihuan.asks.given import given
from bihuan.findings.before import Intent, cautions
from bihuan.findings.caution import DESPITE, LONGEST_REASON, Caution, despite, plain
from bihuan.loop.forms import storable
from bihuan.loop.spec import Value
from bihuan.matters import access
from bihuan.matters.models import Attachment, Matter
from bihuan.people.models import Body
from bihuan.web import language

MOST_SAID, MOST_ROWS = 5, 12


@dataclass(frozen=True)
class Shown:
    """One check's caution as drawn: each sentence it says, and the rows this user may open."""

    title: str
    cite: str
    sentences: tuple[str, ...]
    further: int
    rows: tuple[Matter, ...]
    more_rows: int
    files: tuple[Attachment, ...] = ()


@dataclass
class Spoken:
    """What was said before an act, what the person answered, and whether he may go on."""

    shown: list[Shown] = field(default_factory=list)
    reason: str = ""
    error: str = ""
    aside: dict[str, Value] = field(default_factory=dict)

    @property
    def stops(self) -> bool:
        """Whether the form is to be shown again before anything is done."""
        return bool(self.shown) and not self.aside


def spoken(request: HttpRequest, who: access.Standing, intents: Iterable[Intent]) -> Spoken:
    """What the checks say of these acts; with the reason that was sent, what is kept beside them."""
    told = cautions(intents)
    if not told:
        return Spoken()
    reason = plain(request.POST.get(DESPITE, ""))
    answer = Spoken(_shown(who, told), reason)
    if DESPITE in request.POST:
        answer.error = fault_of(reason)
        if not answer.error:
            answer.aside = despite(reason, [caution.as_json() for caution in told])
    return answer


def fault_of(reason: str) -> str:
    """What is wrong with a reason, empty where it can be kept."""
    if not reason:
        return _("请写明仍要办理的理由，或者改过再送")
    if len(reason) > LONGEST_REASON or not storable(reason):
        return _("理由最多 %(n)d 字，不能有无法保存的字符") % {"n": LONGEST_REASON}
    return ""


def _shown(who: access.Standing, told: Sequence[Caution]) -> list[Shown]:
    by_check: dict[str, list[Caution]] = {}
    for caution in told:
        by_check.setdefault(caution.key, []).append(caution)
    return [_one(who, same) for same in by_check.values()]


def _one(who: access.Standing, same: list[Caution]) -> Shown:
    first = same[0]
    check = language.institution(first.institution).check(first.check.id) or first.check
    keys = list(dict.fromkeys(row.key for caution in same for row in caution.rows))
    seen = access.visible(who).filter(pk__in=keys[-MOST_ROWS:]).order_by("pk")
    said = tuple(dict.fromkeys(caution.fault.say for caution in same))
    return Shown(
        title=check.title,
        cite=first.fault.cite,
        sentences=said[:MOST_SAID],
        further=max(0, len(said) - MOST_SAID),
        rows=tuple(seen),
        more_rows=max(0, len(keys) - MOST_ROWS),
        files=tuple(_given(who, same)),
    )


def _given(who: access.Standing, same: list[Caution]) -> list[Attachment]:
    """What the units concerned have handed in already that bears on what is asked."""
    about = {
        caution.unit: [*row.words("what"), row.title]
        for caution in same
        for row in caution.fault.rows
        if caution.unit and not row.key
    }
    units = Body.objects.filter(pk__in=list(about)[:MOST_SAID], congress=who.user.congress)
    seen = access.visible(who)
    return [file for unit in units for file in given(unit, who.day, about[unit.pk], seen)]
