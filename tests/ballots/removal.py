"""A motion of removal, brought by acts to where the committee votes on it, before a committee of so many."""

from __future__ import annotations

from datetime import date, timedelta

from tests.ballots.members import members
from tests.cast import Cast

from bihuan.matters.act import Doer, raise_matter
from bihuan.matters.local_params import set_param
from bihuan.matters.models import LocalParam, Matter
from bihuan.people.models import Appointment, User

BEGAN = date(2026, 6, 1)
MEMBERS = 29


def head_of_traffic(cast: Cast) -> Appointment:
    """The head of the traffic office, in a post the committee gave him."""
    person = cast.contact.person
    assert person is not None
    return Appointment.objects.create(
        person=person,
        body=cast.bodies["traffic"],
        post="局长",
        by_committee=True,
        begins=date(2022, 1, 10),
    )


def committee_of(cast: Cast, count: int = MEMBERS, day: date = BEGAN) -> list[User]:
    """So many members, and the number entered as the congress's rule from the day on."""
    made = set_param(
        cast.congress, "removals", "committee_members", str(count), day, "名额批复", None, day
    )
    assert isinstance(made, LocalParam), made
    return members(cast, count)


def motion(cast: Cast, upto: str = "defended", proposed_by: str = "组成人员联名") -> Matter:
    """A motion, signed by six members unless another proposes it: submitted, tabled or defended."""
    draft = {
        "title": "关于撤销周建国市交通运输局局长职务的议案",
        "target": str(cast.bodies["traffic"].pk),
        "evidence": "两件逾期。",
    }
    clerk, chair = Doer("clerk", cast.clerk), Doer("leader", cast.leader)
    made = raise_matter(cast.congress, "removals", "draft", clerk, BEGAN, draft)
    assert isinstance(made, Matter), made
    asked = {
        "person": str(cast.contact.person),
        "post": "市交通运输局局长",
        "post_kind": "常委会任命的政府其他组成人员",
        "reason": "连续两年整改不力。",
        "congress_closed": True,
        "proposed_by": proposed_by,
        "signers": 6,
        "written": True,
    }
    told = {"defence": "会议上申辩", "defence_text": "本人到会说明。"}
    steps = {
        "submitted": ("submit", clerk, asked),
        "tabled": ("table", chair, {"meeting": "常委会第四十次会议"}),
        "defended": ("hear_defence", clerk, told),
    }
    for place, (state, (act, doer, data)) in enumerate(steps.items(), 1):
        cast.take(made, act, doer, BEGAN + timedelta(place), data)
        if state == upto:
            break
    return Matter.objects.get(pk=made.pk)
