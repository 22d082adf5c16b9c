"""The cast that tests of the screens share: one congress with somebody in every role, and a stranger.

`from tests.cast import Cast, cast` gives a test the fixture; `make_cast()` builds it anywhere a database is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
from django.contrib.auth.hashers import make_password
from django.test import Client

from bihuan.loop.forms import Refusal
from bihuan.matters.act import Doer, Proposing, act, raise_matter
from bihuan.matters.models import Act, Matter
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

PASSWORD = "correct-horse-9-staple"
TERM_BEGINS = date(2021, 12, 1)
ADMINISTRATORS = ("system_admin", "security_admin", "audit_admin")


@dataclass(frozen=True)
class Cast:
    """Everybody by name. `users` goes by role; `other_contact`, `other_deputy` do the same work elsewhere."""

    congress: Congress
    elsewhere: Congress
    term: Term
    delegation: Delegation
    bodies: Mapping[str, Body]
    seats: Mapping[str, Seat]
    users: Mapping[str, User]

    def __getattr__(self, role: str) -> User:
        try:
            return self.users[role]
        except KeyError:
            raise AttributeError(role) from None

    def client(self, role: str) -> Client:
        """A browser in which the user of this role is signed in."""
        client = Client()
        client.force_login(self.users[role], "django.contrib.auth.backends.ModelBackend")
        return client

    def suggestion(
        self,
        upto: str = "draft",
        *,
        title: str = "关于修建城北人行天桥的建议",
        day: date = date(2026, 3, 2),
        lead: str = "traffic",
        co: Sequence[str] = (),
        by: str = "deputy",
    ) -> Matter:
        """A suggestion brought by acts as far as asked: draft, committee_review, to_hand_over, handed,
        working, rating, redoing or closed. Each act is a day after the one before."""
        matter = self._raised(title, day, by)
        for place, (stage, steps) in enumerate(self._story(lead, co)):
            if upto == "draft":
                break
            for act_id, doer, data, share in steps:
                self.take(matter, act_id, doer, day + timedelta(days=place + 1), data, share)
            if stage == upto:
                break
        return Matter.objects.get(pk=matter.pk)

    def _raised(self, title: str, day: date, by: str) -> Matter:
        doer, seat = self.users[by], self.seats[by]
        data = {"title": title, "text": "学生过街危险。建议修建人行天桥。", "source": "闭会期间"}
        proposing = [Proposing(seat.person.name, seat)]
        made = raise_matter(
            self.congress,
            "suggestions",
            "raise",
            Doer("deputy", doer),
            day,
            data,
            proposers=proposing,
        )
        assert isinstance(made, Matter), made
        return made

    def _story(self, lead: str, co: Sequence[str]) -> list[tuple[str, list[Any]]]:
        clerk, proposer = Doer("clerk", self.users["clerk"]), Doer("proposer", self.users["deputy"])
        body = Doer("lead_body", self.users["contact"], str(self.bodies[lead]))
        shares = [{"body": str(self.bodies[lead].pk), "person": "周建国", "kind": "lead"}]
        shares += [{"body": str(self.bodies[k].pk), "person": "吴秀英", "kind": "co"} for k in co]
        reply = {"category": "B", "reply_text": "已列入计划，2026年12月底前建成。"}
        done = {"category": "A", "reply_text": "我局已于今年5月20日建成天桥并开放通行。"}
        bad = {"attitude": "满意", "result": "不满意", "comment": "没有回答什么时候修"}
        return [
            ("committee_review", [("submit", proposer, {}, "")]),
            ("to_hand_over", [("accept", clerk, {}, "")]),
            ("handed", [("hand_over", clerk, {"assignments": shares}, "")]),
            ("working", [("acknowledge", body, {}, "1")]),
            ("rating", [("reply", body, reply, "1")]),
            ("redoing", [("rate", proposer, bad, "")]),
            ("closed", [
                ("reply", body, done, "1"),
                ("rate", proposer, {**bad, "result": "满意"}, ""),
            ]),
        ]  # fmt: skip

    def take(
        self,
        matter: Matter,
        act_id: str,
        doer: Doer,
        day: date,
        data: Mapping[str, Any] | None = None,
        share: str = "",
    ) -> Act:
        """One act that must succeed."""
        done = act(matter.pk, act_id, doer, day, data or {}, share=share)
        assert not isinstance(done, Refusal), done.say
        return done


def make_cast() -> Cast:
    """Build the cast in the database."""
    congress = Congress.objects.create(
        name="丹江市人民代表大会常务委员会", short_name="丹江市人大", level="county", area="420381"
    )
    elsewhere = Congress.objects.create(
        name="临水县人民代表大会常务委员会", short_name="临水县人大", level="county", area="420382"
    )
    term = Term.objects.create(congress=congress, number=18, begins=TERM_BEGINS)
    Session.objects.create(term=term, number=5, name="第十八届第五次会议", begins=date(2026, 1, 8))
    delegation = Delegation.objects.create(term=term, name="城关代表团")
    bodies = _bodies(congress)
    seats = {
        "deputy": _seat(congress, term, delegation, "张春梅"),
        "other_deputy": _seat(congress, term, None, "李大山"),
    }
    users = _users(congress, bodies, delegation, seats)
    users["outsider"] = _user(elsewhere, "outsider", "外县工作人员", "clerk")
    return Cast(congress, elsewhere, term, delegation, bodies, seats, users)


def _bodies(congress: Congress) -> dict[str, Body]:
    make = Body.objects.create
    government = make(congress=congress, name="丹江市人民政府", kind="government")
    return {
        "standing": make(congress=congress, name="市人大常委会代表工委", kind="standing"),
        "committee": make(congress=congress, name="市人大财政经济委员会", kind="committee"),
        "government": government,
        "traffic": make(congress=congress, name="市交通运输局", parent=government),
        "finance": make(congress=congress, name="市财政局", parent=government),
        "township": make(congress=congress, name="均县镇", kind="township"),
    }


def _seat(congress: Congress, term: Term, delegation: Delegation | None, name: str) -> Seat:
    person = Person.objects.create(congress=congress, name=name)
    return Seat.objects.create(
        congress=congress,
        term=term,
        person=person,
        delegation=delegation,
        constituency="城关选区",
        begins=TERM_BEGINS,
    )


def _users(
    congress: Congress,
    bodies: Mapping[str, Body],
    delegation: Delegation,
    seats: Mapping[str, Seat],
) -> dict[str, User]:
    users = {
        "clerk": _user(congress, "clerk", "王志刚", "clerk", bodies["standing"]),
        "secretariat": _user(congress, "secretariat", "陈文", "secretariat"),
        "delegation": _user(congress, "delegation", "刘团", "delegation", delegation=delegation),
        "committee": _user(congress, "committee", "孙委员", "committee", bodies["committee"]),
        "contact": _user(congress, "contact", "周建国", "contact", bodies["traffic"]),
        "other_contact": _user(congress, "other_contact", "吴秀英", "contact", bodies["finance"]),
        "leader": _user(congress, "leader", "赵主任", "leader"),
        "unit": _user(congress, "unit", "钱小乡", "unit", bodies["township"]),
        "nobody": _user(congress, "nobody", "无角色", ""),
    }
    for key, seat in seats.items():
        users[key] = _user(congress, key, "", "deputy", person=seat.person)
    for role in ADMINISTRATORS:
        users[role] = _user(congress, role, role, role)
    return users


def _user(
    congress: Congress,
    username: str,
    name: str,
    role: str,
    body: Body | None = None,
    *,
    delegation: Delegation | None = None,
    person: Person | None = None,
) -> User:
    person = person or Person.objects.create(congress=congress, name=name)
    if body:
        Appointment.objects.create(person=person, body=body, post="干部")
    user = User.objects.create(
        username=username, congress=congress, person=person, password=_hashed_once()
    )
    if role:
        Grant.objects.create(user=user, role=role, body=body, delegation=delegation)
    return user


_HASH: list[str] = []


def _hashed_once() -> str:
    """One hash for everybody: a good hash is slow, and fifteen of them would slow every test."""
    if not _HASH:
        _HASH.append(make_password(PASSWORD))
    return _HASH[0]


@pytest.fixture
def cast(db: None) -> Cast:
    """A fresh cast in a fresh database."""
    return make_cast()
