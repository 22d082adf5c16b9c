"""Whom the standing committee appointed, to which posts, in which term: read from the register of posts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from bihuan.people.models import Appointment, Congress, Person


@dataclass(frozen=True)
class Holder:
    """One appointee with the posts that the committee gave him, the newest first."""

    person: Person
    posts: tuple[Appointment, ...]

    @property
    def bodies(self) -> frozenset[int]:
        """The bodies he held a post in."""
        return frozenset(post.body_id for post in self.posts)

    def among(self, words: Iterable[object]) -> set[int]:
        """The keys of his bodies that these words of a booked ledger mean."""
        given = {str(word) for word in words if word}
        return {post.body_id for post in self.posts if given & set(post.body.words)}

    def held(self, body: int, day: date) -> bool:
        """Whether he was in office in this body on the day: what happens there then is in his dossier."""
        return any(post.body_id == body and _in_force(post, day) for post in self.posts)


def _in_force(post: Appointment, day: date) -> bool:
    begun = post.begins is None or post.begins <= day
    return begun and (post.ends is None or post.ends >= day)


def holders(congress: Congress, begins: date | None, day: date) -> list[Holder]:
    """Everyone in office by appointment of the committee at some time from `begins` to `day`, by body."""
    posts = _appointed(congress).filter(Q(begins=None) | Q(begins__lte=day))
    if begins:
        posts = posts.filter(Q(ends=None) | Q(ends__gte=begins))
    return _gathered(list(posts))


def holder(congress: Congress, person: int) -> Holder | None:
    """One person's appointments, whatever the term; None if the committee never appointed him."""
    found = _gathered(list(_appointed(congress).filter(person=person)))
    return found[0] if found else None


def _appointed(congress: Congress) -> QuerySet[Appointment]:
    posts = Appointment.objects.filter(by_committee=True, body__congress=congress)
    return posts.select_related("person", "body").order_by("body__path", "-begins", "pk")


def _gathered(posts: Sequence[Appointment]) -> list[Holder]:
    by_person: dict[int, list[Appointment]] = {}
    for post in posts:
        by_person.setdefault(post.person_id, []).append(post)
    return [Holder(own[0].person, tuple(own)) for own in by_person.values()]
