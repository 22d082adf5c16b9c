"""Letters of one's own: any of the kinds that party and government organs (15) or congresses (14) may issue.

They are drafts without a declared text, about no matter; numbers, sheet and register are those of every letter.
"""

from __future__ import annotations

from datetime import date

from bihuan.letters import declared, register
from bihuan.letters.content import full_name
from bihuan.letters.kinds import LISTS
from bihuan.letters.models import Letter
from bihuan.loop.forms import Refusal
from bihuan.matters.access import WHOLE_CONGRESS, Standing
from bihuan.people.models import Body

TITLES = {"congress": "人大机关公文", "government": "党政机关公文"}


def offered(standing: Standing) -> list[tuple[str, list[declared.Letter]]]:
    """The kinds this user may draft, by list: title and letters."""
    found = []
    for name in LISTS:
        own = [
            letter
            for letter in declared.letters().values()
            if letter.about == "free" and letter.kinds == name and standing.has(*letter.by)
        ]
        if own:
            found.append((TITLES[name], own))
    return found


def begin(standing: Standing, letter: declared.Letter, day: date) -> Letter | Refusal:
    """An empty draft of this kind; a body's contact writes in his body's name."""
    made = register.draft(standing, letter, register.Subject(), day)
    if isinstance(made, Refusal) or standing.has(*WHOLE_CONGRESS):
        return made
    body = Body.objects.filter(congress=made.congress, path__in=standing.paths).first()
    if body is None:
        register.discard(made)
        return Refusal("您没有可以代表发文的单位")
    made.body, made.sender = body, full_name(body, made.congress)[:80]
    made.code = f"{body.name.lstrip('省市县区镇乡')[:1]}发"
    made.save(update_fields=["body", "sender", "code"])
    return made
