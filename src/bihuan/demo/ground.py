"""江州市: its congress, bodies, posts, deputies and users. Nothing here is a matter yet."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from bihuan.demo.names import TOWNS, people
from bihuan.people.models import (
    Appointment,
    Body,
    Congress,
    Delegation,
    Grant,
    Person,
    Seat,
    Session,
    Term,
    User,
)

NAME = "江州市人民代表大会常务委员会"
AREA = "420399"
GOVERNMENT = "江州市人民政府"
DEPARTMENTS = (
    "市发展和改革局", "市教育局", "市科学技术和经济信息化局", "市公安局", "市民政局", "市司法局", "市财政局",
    "市人力资源和社会保障局", "市自然资源和规划局", "市生态环境局", "市住房和城乡建设局", "市交通运输局",
    "市水利和湖泊局", "市农业农村局", "市商务局", "市文化和旅游局", "市卫生健康局", "市退役军人事务局",
    "市应急管理局", "市审计局", "市市场监督管理局", "市统计局", "市医疗保障局", "市城市管理执法局",
    "市林业局", "市政务服务和大数据管理局",
)  # fmt: skip
COMMITTEES = (
    "市人大监察和司法委员会", "市人大财政经济委员会", "市人大城乡建设与环境资源保护委员会",
    "市人大农业与农村委员会", "市人大社会建设委员会", "市人大教育科学文化卫生委员会",
    "市人大常委会代表工作委员会", "市人大常委会预算工作委员会",
)  # fmt: skip
OTHERS = {
    "市监察委员会": "supervision",
    "市人民法院": "court",
    "市人民检察院": "procuratorate",
}
DEPUTIES = 180
MEMBERS = 27
NUMERALS = "一二三四五六七八九"


@dataclass
class Ground:
    """What the stories are played on."""

    congress: Congress
    term: Term
    today: date
    first_year: int
    bodies: dict[str, Body] = field(default_factory=dict)
    heads: dict[str, Person] = field(default_factory=dict)
    contacts: dict[str, User] = field(default_factory=dict)
    seats: list[Seat] = field(default_factory=list)
    deputies: dict[int, User] = field(default_factory=dict)
    staff: dict[str, User] = field(default_factory=dict)
    sessions: list[Session] = field(default_factory=list)


def lay(today: date, chance: Random) -> Ground:
    """Make the congress and everybody in it. The term began five years of work ago."""
    names = people(chance)
    first_year = (today.year if today.month >= 9 else today.year - 1) - 4
    begins = date(first_year - 1, 12, 20)
    congress = Congress.objects.create(
        name=NAME, short_name="江州市人大", level="county", area=AREA
    )
    term = Term.objects.create(congress=congress, number=18, begins=begins)
    ground = Ground(congress, term, today, first_year)
    _sessions(ground)
    _bodies(ground)
    _posts(ground, names)
    _delegations(ground, names)
    _staff(ground, names)
    _committee(ground)
    return ground


def _sessions(ground: Ground) -> None:
    """One each January, and one in these days, so that reviews at the session can be seen."""
    openings = [date(ground.first_year + n, 1, 8 + n) for n in range(5)]
    openings.append(ground.today - timedelta(days=4))
    for number, opening in enumerate(openings, 1):
        name = f"第十八届人民代表大会第{NUMERALS[number - 1]}次会议"
        ends = opening + timedelta(days=4)
        made = Session.objects.create(
            term=ground.term, number=number, name=name, begins=opening, ends=ends
        )
        ground.sessions.append(made)


def _bodies(ground: Ground) -> None:
    def make(name: str, kind: str, parent: Body | None = None) -> None:
        ground.bodies[name] = Body.objects.create(
            congress=ground.congress, name=name, kind=kind, parent=parent
        )

    make("市人大常委会办公室", "standing")
    make(GOVERNMENT, "government")
    for name in DEPARTMENTS:
        make(name, "department", ground.bodies[GOVERNMENT])
    for name, kind in OTHERS.items():
        make(name, kind)
    for name in COMMITTEES:
        make(name, "committee")
    for name in TOWNS:
        make(name, "township")


def _person(ground: Ground, name: str, body: Body, post: str, appointed: bool = False) -> Person:
    person = Person.objects.create(congress=ground.congress, name=name)
    Appointment.objects.create(
        person=person, body=body, post=post, by_committee=appointed, begins=ground.term.begins
    )
    return person


def _posts(ground: Ground, names: Iterator[str]) -> None:
    """Every handling body has a head and a contact; the contact may sign in."""
    for place, name in enumerate((GOVERNMENT, *DEPARTMENTS, *OTHERS, *TOWNS), 1):
        body = ground.bodies[name]
        appointed = name in DEPARTMENTS
        post = "局长" if appointed else "分管副职"
        ground.heads[name] = _person(ground, next(names), body, post, appointed)
        contact = _person(ground, next(names), body, "办公室负责人")
        user = _user(ground, f"lianxi{place:02}", contact)
        role = "unit" if name in TOWNS else "contact"
        Grant.objects.create(user=user, role=role, body=body, begins=ground.term.begins)
        ground.contacts[name] = user


def _user(ground: Ground, username: str, person: Person) -> User:
    return User.objects.create_user(username, None, congress=ground.congress, person=person)


def _delegations(ground: Ground, names: Iterator[str]) -> None:
    """Twelve delegations of fifteen deputies, one for each town."""
    begins = ground.term.begins
    delegations = [
        Delegation.objects.create(term=ground.term, name=f"{town[:-1].removesuffix('街')}代表团")
        for town in TOWNS
    ]
    for number in range(DEPUTIES):
        delegation = delegations[number % len(delegations)]
        person = Person.objects.create(congress=ground.congress, name=next(names))
        seat = Seat.objects.create(
            congress=ground.congress,
            term=ground.term,
            person=person,
            delegation=delegation,
            constituency=f"{tuple(TOWNS)[number % len(TOWNS)]}选区",
            number=f"18{number + 1:03}",
            begins=begins,
        )
        user = _user(ground, f"daibiao{number + 1:03}", person)
        Grant.objects.create(user=user, role="deputy", begins=begins)
        ground.seats.append(seat)
        ground.deputies[seat.pk] = user


STAFF = {
    "clerk": ("市人大常委会代表工作委员会", "代表工委主任科员"),
    "clerk2": ("市人大常委会办公室", "督办科科长"),
    "secretariat": ("市人大常委会办公室", "大会秘书处议案组"),
    "committee": ("市人大城乡建设与环境资源保护委员会", "委员会办公室主任"),
    "leader": ("市人大常委会办公室", "常委会副主任"),
    "delegation": ("青石街道", "代表团团长"),
    "system_admin": ("市人大常委会办公室", "信息中心"),
    "security_admin": ("市人大常委会办公室", "保密办"),
    "audit_admin": ("市人大常委会办公室", "机关纪委"),
}


def _staff(ground: Ground, names: Iterator[str]) -> None:
    delegation = ground.seats[0].delegation
    for key, (body_name, post) in STAFF.items():
        role, body = key.rstrip("2"), ground.bodies[body_name]
        user = _user(ground, key, _person(ground, next(names), body, post))
        scoped = body if role in ("clerk", "committee") else None
        Grant.objects.create(
            user=user,
            role=role,
            body=scoped,
            delegation=delegation if role == "delegation" else None,
            begins=ground.term.begins,
        )
        ground.staff[key] = user


def _committee(ground: Ground) -> None:
    """The standing committee itself: a chair, five vice-chairs and twenty-one members, deputies all."""
    body = Body.objects.create(congress=ground.congress, name=NAME, kind="standing")
    persons = [seat.person for seat in ground.seats[7::6]][: MEMBERS - 2]
    persons = [persons[0], _leader(ground), *persons[1:], ground.seats[1].person]
    posts = ["主任", *["副主任"] * 5, *["委员"] * (MEMBERS - 6)]
    Appointment.objects.bulk_create(
        Appointment(person=person, body=body, post=post, begins=ground.term.begins)
        for person, post in zip(persons, posts, strict=True)
    )


def _leader(ground: Ground) -> Person:
    person = ground.staff["leader"].person
    assert person is not None
    return person
