"""A court with judges in office by appointment of the committee, its contact, and draws carried out to the end."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from tests.cast import Cast

from bihuan.draws import drawing
from bihuan.draws.models import Draw
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
