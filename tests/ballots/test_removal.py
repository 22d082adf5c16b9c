"""The secret ballot on a removal: all members on the roll, more than half of them, booked with the ballot's number."""

from __future__ import annotations

import pytest
from django.urls import reverse
from tests.ballots.members import DAY, cast_vote, closed, members, prepared, refused
from tests.ballots.removal import MEMBERS, committee_of, motion
from tests.cast import Cast, cast

from bihuan.ballots import voting
from bihuan.ballots.models import Ballot
from bihuan.ballots.verify import verify
from bihuan.ballots.voting import Plan
from bihuan.matters import house
from bihuan.matters.act import Doer, act
from bihuan.matters.models import Act, Matter
from bihuan.people.models import User

__all__ = ["cast"]


def on(matter: Matter) -> dict[str, object]:
    return {"title": matter.title, "matter": matter, "declared": "removal", "preset": ""}


def opened(cast: Cast, matter: Matter, voters: list[User]) -> Ballot:
    done = voting.open_(prepared(cast, voters, **on(matter)).pk, DAY)
    assert isinstance(done, Ballot), done
    return done


def test_it_is_a_statutory_secret_ballot_of_all_members(cast: Cast) -> None:
    one = house.institution("removals")
    declared = one.ballot("removal")
    law = one.law_of(declared.cite)
    assert law and law.national and law.article == "第六十二条"
    assert declared.secrecy == "secret" and not declared.local
    voters, matter = committee_of(cast), motion(cast)
    ballot = prepared(cast, voters, **on(matter))
    assert ballot.secret and ballot.rule["parts"]["base"] == "all"
    assert ballot.rule["members"] == MEMBERS


@pytest.mark.parametrize(
    ("yes", "state", "outcome"), [(14, "not_passed", "没有通过"), (15, "removed", "通过")]
)
def test_it_books_the_count_and_the_number_and_the_act_reckons_as_the_ballot_does(
    cast: Cast, yes: int, state: str, outcome: str
) -> None:
    voters, matter = committee_of(cast), motion(cast)
    ballot = opened(cast, matter, voters)
    for user in voters[:yes]:
        cast_vote(ballot, user, "赞成")
    for user in voters[yes : yes + 3]:
        cast_vote(ballot, user, "反对")
    closed(ballot, cast)
    assert ballot.closing.body["items"][0]["outcome"] == outcome
    clerk = cast.client("clerk")
    address = reverse("ballot-declare", args=[ballot.pk, 1])
    page = clerk.get(address).content.decode()
    assert "是否无记名投票" in page and 'name="votes_for"' not in page
    clerk.post(address, {"votes_for": "29", "secret": "否", "ballot": "0"})
    booked = Act.objects.get(matter=matter, kind="vote")
    assert (booked.data["votes_for"], booked.data["votes_against"]) == (yes, 3)
    assert (booked.data["secret"], booked.data["ballot"]) == (True, str(ballot.pk))
    assert f"赞成 {yes} 票 ÷ 全体组成人员 29" in str(booked.data["vote_note"])
    assert Matter.objects.get(pk=matter.pk).state == state
    assert verify() == (1, [])


def test_it_votes_only_with_all_members_on_the_roll(cast: Cast) -> None:
    voters, matter = committee_of(cast), motion(cast)
    short = prepared(cast, voters[:28], **on(matter))
    said = refused(voting.open_(short.pk, DAY))
    assert "名册上 28 人" in said and "全体组成人员是 29 人" in said
    short.refresh_from_db()
    assert short.state == "draft"


def test_it_cannot_be_set_up_before_the_number_of_members_is_known(cast: Cast) -> None:
    voters, matter = members(cast, 3), motion_by_chairs(cast)
    persons = [one.person for one in voters if one.person]
    made = voting.set_up(cast.congress, Plan(**on(matter)), persons, cast.clerk, DAY)  # type: ignore[arg-type]
    assert "还没有登记“常委会组成人员人数”" in refused(made)


def motion_by_chairs(cast: Cast) -> Matter:
    """A motion of the council of chairs, for which no signatures are counted."""
    return motion(cast, proposed_by="主任会议")


def test_it_has_no_result_without_a_quorum(cast: Cast) -> None:
    voters, matter = committee_of(cast), motion(cast)
    ballot = opened(cast, matter, voters)
    for user in voters[:14]:
        cast_vote(ballot, user, "赞成")
    closed(ballot, cast)
    page = cast.client("clerk").get(reverse("ballot-declare", args=[ballot.pk, 1]))
    assert "没有达到法定人数" in page.content.decode()
    assert Matter.objects.get(pk=matter.pk).state == "defended"


def test_it_still_takes_paper_ballots_counted_in_the_hall(cast: Cast) -> None:
    committee_of(cast)
    matter = motion(cast)
    counted = {"secret": True, "votes_for": 15, "votes_against": 9, "votes_abstained": 3}
    done = act(matter.pk, "vote", Doer("clerk", cast.clerk), DAY, counted)
    assert isinstance(done, Act), done
    assert Matter.objects.get(pk=matter.pk).state == "removed"
