"""The votes of the pillars are counted by the rules they declare, and fill in what their acts ask for."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from tests.ballots.members import cast_vote, closed, members, running
from tests.cast import Cast, cast
from tests.pillars.stories import appraisal

from bihuan.ballots import closing, rules
from bihuan.loop import bounds
from bihuan.matters import house
from bihuan.matters.act import Doer
from bihuan.matters.models import Matter

__all__ = ["cast"]
LOCAL = [
    ("duty_reports", "satisfaction"),
    ("appraisals", "qualitative"),
    ("appraisals", "report"),
    ("judicial", "satisfaction"),
]


@pytest.mark.parametrize(("key", "ballot"), LOCAL)
def test_it_calls_each_satisfaction_vote_local(key: str, ballot: str) -> None:
    declared = house.institution(key).ballot(ballot)
    law = house.institution(key).law_of(declared.cite)
    assert declared.local and law and not law.national


@pytest.mark.parametrize("ballot", ["appointment", "leave"])
def test_it_rests_a_vote_on_an_office_on_the_organic_law(cast: Cast, ballot: str) -> None:
    declared = house.institution("appointees").ballot(ballot)
    law = house.institution("appointees").law_of(declared.cite)
    assert not declared.local and law and law.national
    rule = rules.of_declared(cast.congress, "appointees", ballot, timezone.localdate())
    assert rule["parts"]["base"] == "all"


def test_it_fills_the_appraisals_act_from_the_ballot(cast: Cast) -> None:
    matter, today = appraisal(cast), timezone.localdate()
    clerk = Doer("clerk", cast.clerk)
    cast.take(matter, "hand_back", clerk, today, {"hand_back_note": "没有需要反馈的。"})
    cast.take(matter, "table", Doer("leader", cast.leader), today, {"meeting": "常委会会议"})
    voters = members(cast, 5)
    plan = {"title": matter.title, "matter": matter, "declared": "qualitative", "preset": ""}
    ballot = running(cast, voters, **plan)
    for user, choice in zip(voters, ["满意"] * 3 + ["基本满意", "不满意"], strict=True):
        cast_vote(ballot, user, choice)
    closed(ballot, cast)
    filled = closing.fills(ballot, 1)
    assert (filled["satisfied"], filled["mostly_satisfied"], filled["dissatisfied"]) == (3, 1, 1)
    assert filled["vote_result"] == "满意"
    own = {"rectify_by": (today + timedelta(90)).isoformat()}
    cast.take(matter, "vote", clerk, today, {**filled, **own})
    assert Matter.objects.get(pk=matter.pk).state == "rectifying"


@pytest.mark.parametrize(("name", "value"), [("vote_base", "present"), ("vote_tie", "reached")])
def test_it_leaves_no_choice_where_the_organic_law_sets_how_an_office_is_voted_on(
    cast: Cast, name: str, value: str
) -> None:
    today = timezone.localdate()
    found = bounds.refusal(house.rules_of(cast.congress, "appointees"), name, value, today)
    assert found and "第五十一条" in found.say
    own = bounds.refusal(house.rules_of(cast.congress, "appraisals"), name, value, today)
    assert own is None
