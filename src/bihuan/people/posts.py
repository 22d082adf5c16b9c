"""The register of posts (任职登记): a post that begins, and one that ends. What cannot be so is refused.

Inside the caller's transaction. The person's row is held, so that two clerks do not write the same post twice.
"""

from __future__ import annotations

from datetime import date

from django.db.models import Q

from bihuan.loop.forms import Refusal
from bihuan.people import committee
from bihuan.people.models import Appointment, Body, Congress, Person

LONGEST_POST = 60


def named(congress: Congress, name: str) -> list[Person]:
    """The persons of this name, the first registered first."""
    return list(Person.objects.filter(congress=congress, name=name.strip()).order_by("pk"))


def held(congress: Congress, name: str, body: Body | None, day: date) -> list[Appointment]:
    """The posts that persons of this name hold on the day; those in the body alone, where there are any."""
    rows = Appointment.objects.filter(
        Appointment.on(day), person__congress=congress, person__name=name.strip()
    )
    found = list(rows.select_related("person", "body").order_by("body__path", "pk"))
    return [row for row in found if body and row.body_id == body.pk] or found


def span(row: Appointment) -> str:
    """From when to when: 2022-01-10 至今."""
    return f"{row.begins or '—'} 至{f' {row.ends}' if row.ends else '今'}"


def begin(
    person: Person, body: Body, post: str, begins: date, ends: date | None = None
) -> Appointment | Refusal:
    """Write a post that the committee gave. Refused where it stands there already, or could not be given."""
    post = post.strip()
    if not post or len(post) > LONGEST_POST:
        return Refusal(f"职务要写明，最多 {LONGEST_POST} 字，现有 {len(post)} 字")
    if ends and ends < begins:
        return Refusal(f"任职至 {ends} 早于任职自 {begins}，请核对日期")
    if (
        post in committee.MEMBERSHIPS
        and committee.itself(body.congress).filter(pk=body.pk).exists()
    ):
        say = f"“{post}”是常委会组成人员，由人民代表大会选举，不由常委会任命，不能写入"
        return Refusal(say, cite=committee.CITE)
    Person.objects.select_for_update(no_key=True).get(pk=person.pk)
    twice = _overlapping(person, body, post, begins, ends)
    if twice:
        how = "" if twice.by_committee else "，但没有注明由常委会任命，请系统管理员在“职务”里改"
        return Refusal(f"{person}已经登记为{body}{post}（{span(twice)}），不用再写{how}")
    return Appointment.objects.create(
        person=person, body=body, post=post, by_committee=True, begins=begins, ends=ends
    )


def _overlapping(
    person: Person, body: Body, post: str, begins: date, ends: date | None
) -> Appointment | None:
    rows = Appointment.objects.filter(person=person, body=body, post=post)
    rows = rows.filter(Q(ends=None) | Q(ends__gte=begins))
    rows = rows.filter(Q(begins=None) | Q(begins__lte=ends)) if ends else rows
    return rows.order_by("pk").first()


def end(row: Appointment, last: date) -> Appointment | Refusal:
    """Let a post end with this day, the last on which it was held."""
    Person.objects.select_for_update(no_key=True).get(pk=row.person_id)
    row.refresh_from_db()
    what = f"{row.person}的{row.body}{row.post}"
    if row.begins and last < row.begins:
        return Refusal(f"{what}从 {row.begins} 才开始，不能在 {last} 结束，请核对日期")
    if row.ends and row.ends <= last:
        return Refusal(f"{what}已经登记到 {row.ends} 为止，不用再写")
    row.ends = last
    row.save(update_fields=["ends"])
    return row
