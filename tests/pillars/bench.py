"""A court with judges in office by appointment of the committee, its contact, and draws carried out to the end."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from django.utils import timezone
from tests.cast import Cast
from tests.pillars.stories import judges_appraisal

from bihuan.draws import drawing
from bihuan.draws.models import Draw
from bihuan.institutions.judicial import lots, persons
from bihuan.institutions.judicial.models import PersonsDraw
from bihuan.loop.forms import Refusal
from bihuan.matters.act import Doer
from bihuan.matters.models import Matter
from bihuan.people.models import Appointment, Body, Grant, Person, User

NAMES = ("郑平", "冯和", "许安", "韩静")
SECRETS = {"clerk": "柳河边上有一棵老槐树", "leader": "明天也许会下雨也许不会"}


def court(cast: Cast) -> list[Appointment]:
    """The court, four judges in office, and one who has left it."""
    body = Body.objects.create(congress=cast.congress, name="市人民法院", kind="court")
    posts = [_judge(cast, body, name) for name in NAMES]
    _judge(cast, body, "离任者", ends=date(2025, 6, 30))
    return posts


def _judge(cast: Cast, body: Body, name: str, **dates: date) -> Appointment:
    person = Person.objects.create(congress=cast.congress, name=name)
    return Appointment.objects.create(
        person=person,
        body=body,
        post="审判员",
        by_committee=True,
        begins=date(2022, 1, 10),
        **dates,
    )


def contact_of(cast: Cast, body: Body) -> User:
    """Who answers for the court, with an account."""
    person = Person.objects.create(congress=cast.congress, name="曹政务")
    user = User.objects.create(
        username="court", congress=cast.congress, person=person, password=cast.clerk.password
    )
    Grant.objects.create(user=user, role="contact", body=body)
    return user


def carried_out(cast: Cast, draw: Draw, day: date, secrets: Mapping[str, str] = SECRETS) -> Draw:
    """Committed, announced, opened and drawn."""
    for role, secret in secrets.items():
        assert drawing.commit(draw.pk, cast.users[role], secret) is None
    assert isinstance(drawing.announce(draw.pk, day), Draw)
    for role, secret in secrets.items():
        assert drawing.open_share(draw.pk, cast.users[role], secret) is None
    done = drawing.draw_now(draw.pk, day)
    assert isinstance(done, Draw), done
    return done


def reviewing(cast: Cast, experts: int = 1) -> Matter:
    """Two cases and so many experts drawn and booked."""
    matter = judges_appraisal(cast)
    users = [cast.users[role] for role in SECRETS]
    day = timezone.localdate()
    draw = lots.set_up(matter, 2, experts, users, cast.clerk, day)
    assert not isinstance(draw, Refusal), draw
    assert lots.book(matter, carried_out(cast, draw, day), Doer("clerk", cast.clerk), day) is None
    return Matter.objects.get(pk=matter.pk)


def persons_drawn(cast: Cast) -> PersonsDraw:
    """The court's judges drawn from, one of them left out."""
    posts, day = court(cast), timezone.localdate()
    given = [persons.Line(post, "民事", 12, "") for post in posts[:-1]]
    given.append(persons.Line(posts[-1], "刑事", 3, "正在外地挂职"))
    users = [cast.users[role] for role in SECRETS]
    made = persons.set_up(cast.congress, day.year, given, {"民事": 1}, users, cast.clerk, day)
    assert isinstance(made, PersonsDraw), made
    carried_out(cast, made.draw, day)
    return made
