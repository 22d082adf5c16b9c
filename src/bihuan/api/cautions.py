"""Before a program's act: what the checks say of it is the answer, unless the reason for going on came along.

The same words, the same rule and the same trail as on a form (decision 39): nothing is forbidden, nothing goes unsaid.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.urls import reverse

from bihuan.api.problems import Problem
from bihuan.api.tokens import Caller
from bihuan.findings.before import Intent, cautions
from bihuan.findings.caution import DESPITE, MOST_CAUTIONS, MOST_ROWS, Caution, despite, plain
from bihuan.loop.forms import storable
from bihuan.loop.spec import Value
from bihuan.matters.access import Offer
from bihuan.matters.models import Matter
from bihuan.people.models import Congress

KIND, TITLE = "cautions", "有事前提示，还没有办"
SAY = "有 {n} 条事前提示，还没有办：{first}。可以改过再送；仍要办理的，写明理由（despite）再送"


def answered(
    caller: Caller,
    congress: Congress,
    offer: Offer,
    on: Matter | str,
    data: Mapping[str, Value],
    reason: str,
) -> dict[str, Value]:
    """What is kept beside the act: the reason with what was said; nothing where no check speaks.

    `on`: the matter, or the institution of one that the act begins.

    Raises Problem 409 with every caution where no reason came, 422 for one that cannot be kept.
    """
    if not storable(reason):
        raise Problem(422, "理由里有无法保存的字符，请核对后再提交", field=DESPITE)
    matter, key = (None, on) if isinstance(on, str) else (on, on.institution)
    day = caller.who.day
    said = cautions(
        [Intent(congress, key, matter, offer.act.id, offer.actor, day, data, offer.share)]
    )
    if not said:
        return {}
    if not plain(reason):
        raise _stopped(caller, said)
    return despite(plain(reason), [caution.as_json() for caution in said])


def _stopped(caller: Caller, said: list[Caution]) -> Problem:
    say = SAY.format(n=len(said), first=said[0].fault.say)
    shown = said[:MOST_CAUTIONS]
    keys = {row.key for caution in shown for row in caution.rows[:MOST_ROWS]}
    seen = caller.visible().in_bulk(keys)
    told = [_told(caution, seen) for caution in shown]
    return Problem(
        409, say, field=DESPITE, cite=said[0].fault.cite, kind=KIND, title=TITLE, cautions=told
    )


def _told(caution: Caution, seen: dict[int, Matter]) -> dict[str, Any]:
    """As it is kept, but of the rows only those the caller may see, by name and address."""
    rows = [seen[row.key] for row in caution.rows[:MOST_ROWS] if row.key in seen]
    return {
        **caution.as_json(),
        "unit": caution.unit or None,
        "rows": [
            {
                "id": row.pk,
                "institution": row.institution,
                "title": row.title,
                "url": reverse("api:api-matter", args=[row.pk]),
            }
            for row in rows
        ],
        "more_rows": len(caution.rows) - len(rows),
    }
