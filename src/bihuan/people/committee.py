"""The standing committee's members (组成人员) as of a day: derived from posts and their dates, never flagged.

A member holds the post of 主任, 副主任, 秘书长 or 委员 in the body that is the standing committee itself; its
offices are of the same kind, and the head of one (办公室主任) is no member for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from bihuan.people.models import Appointment, Body, Congress, Person

POSTS = ("主任", "副主任", "秘书长", "委员")
"""In the order they are called (《地方组织法》第四十七条: who makes up a standing committee)."""
PREFIX = "常委会"
MEMBERSHIPS = (*POSTS, *(f"{PREFIX}{post}" for post in POSTS))
"""The posts as a register may write them."""
ITSELF = ("常务委员会", "人大常委会", "主席团")
BARRED = ("government", "department", "supervision", "court", "procuratorate")
"""Kinds of organs in which a member may hold no post (《地方组织法》第四十七条)."""
CITE = "《中华人民共和国地方各级人民代表大会和地方各级人民政府组织法》第四十七条"


@dataclass(frozen=True)
class Member:
    """One member: the person, the post by which he is one, and his place when the roll is called."""

    person: Person
    post: str

    @property
    def chairs(self) -> bool:
        """Whether he belongs to the council of chairs (主任会议)."""
        return self.post in POSTS[:3]


@dataclass(frozen=True)
class Conflict:
    """A member who holds a post that the law bars to members."""

    member: Member
    post: Appointment
    cite: str = CITE


def itself(congress: Congress) -> QuerySet[Body]:
    """The body that is the standing committee (a township's presidium), and none of its offices."""
    named = Q(name=congress.name)
    for ending in ITSELF:
        named |= Q(name__endswith=ending)
    return Body.objects.filter(named, congress=congress, kind="standing")


def members_on(congress: Congress, day: date) -> list[Member]:
    """Everybody who is a member on the day, in the order of the roll; one line a person."""
    rows = _posts_on(congress, day).select_related("person")
    ranked = sorted(rows, key=lambda row: (_rank(row.post), row.pk))
    found: dict[int, Member] = {}
    for row in ranked:
        found.setdefault(row.person_id, Member(row.person, row.post.removeprefix(PREFIX)))
    return list(found.values())


def _posts_on(congress: Congress, day: date) -> QuerySet[Appointment]:
    return Appointment.objects.filter(
        Appointment.on(day), body__in=itself(congress), post__in=MEMBERSHIPS
    )


def _rank(post: str) -> int:
    return POSTS.index(post.removeprefix(PREFIX))


def is_member(congress: Congress, person: Person | None, day: date) -> bool:
    """Whether this person is a member on the day."""
    return person is not None and _posts_on(congress, day).filter(person=person).exists()


def conflicts_on(congress: Congress, day: date, members: Sequence[Member]) -> list[Conflict]:
    """Posts that these members hold on the day and may not hold."""
    by_person = {member.person.pk: member for member in members}
    barred = Appointment.objects.filter(
        Appointment.on(day),
        person__in=by_person,
        body__congress=congress,
        body__kind__in=BARRED,
    ).select_related("body", "person")
    return [Conflict(by_person[row.person_id], row) for row in barred.order_by("pk")]
