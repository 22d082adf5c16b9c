"""Forms begun and not sent: kept for their writer alone, as they were typed."""

from __future__ import annotations

from django.http import QueryDict

from bihuan.matters.models import Draft
from bihuan.people.models import User

NOT_KEPT = ("csrfmiddlewaretoken", "token", "seen", "draft_key", "read", "similar")
LONGEST = 60_000


def keep(user: User, key: str, sent: QueryDict) -> None:
    """Keep what was typed. Something far longer than any form is not a draft and is let go."""
    data = {
        name: [_storable(word) for word in sent.getlist(name)]
        for name in sent
        if name not in NOT_KEPT
    }
    if sum(len(word) for words in data.values() for word in words) <= LONGEST:
        Draft.objects.update_or_create(user=user, key=key[:120], defaults={"data": data})


def _storable(word: str) -> str:
    """Without NUL, which no database keeps in JSON."""
    return word.replace("\0", "")


def of(user: User, key: str) -> QueryDict | None:
    """What was typed into this form and not sent, if anything."""
    kept = Draft.objects.filter(user=user, key=key[:120]).first()
    if kept is None:
        return None
    typed = QueryDict(mutable=True)
    for name, words in kept.data.items():
        typed.setlist(name, [str(word) for word in words])
    return typed
