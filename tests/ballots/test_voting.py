"""A ballot's life: the frozen roll, one person one vote, what is refused, second rounds, tellers apart."""

from __future__ import annotations

from datetime import date

import pytest
from tests.ballots.members import (
    DAY,
    LEVELS,
    cast_vote,
    closed,
    keys,
    members,
    opinion,
    prepared,
    refused,
    running,
)
from tests.cast import Cast

from bihuan.ballots import closing, rules, urn, voting
from bihuan.ballots.models import Ballot, Closing, Paper, Urn, Voter
from bihuan.ballots.verify import verify
from bihuan.ballots.voting import Plan
from bihuan.loop.votes import BadVote
from bihuan.matters.models import Act
from bihuan.people.models import Person


def test_it_counts_a_secret_vote_and_publishes_every_paper_under_its_receipt(
    cast: Cast, django_capture_on_commit_callbacks: object
) -> None:
    voters = members(cast, 5)
    ballot = running(cast, voters)
    given = {cast_vote(ballot, user, "满意"): ["满意"] for user in voters[:3]}
    given[cast_vote(ballot, voters[3], "不满意")] = ["不满意"]
    done = closed(ballot, cast)
    assert dict(Paper.objects.values_list("receipt", "marks")) == given
    item = Closing.objects.get(ballot=done).body["items"][0]
    assert (item["counts"], item["not_voted"]) == ({"满意": 3, "基本满意": 0, "不满意": 1}, 0)
    assert (item["base"], item["outcome"], item["consequence"]) == (5, "满意", "测评结果公布")
    assert rules.NOT_STATUTORY in Closing.objects.get().body["rule_said"]


@pytest.mark.django_db(transaction=True)
def test_it_destroys_the_key_when_the_urn_was_emptied(cast: Cast) -> None:
    voters = members(cast, 2)
    ballot = running(cast, voters)
    assert keys() == [ballot.urn.name]
    cast_vote(ballot, voters[0], "满意")
    closed(ballot, cast)
    assert keys() == []
    assert bytes(Urn.objects.get().sealed) == b""


@pytest.mark.django_db(transaction=True)
def test_it_destroys_a_key_that_a_crash_left_behind(cast: Cast) -> None:
    ballot = running(cast, members(cast, 1))
    name = ballot.urn.name
    held = (urn._path(name)).read_bytes()
    closed(ballot, cast)
    urn._path(name).write_bytes(held)
    assert voting.forget_left_keys() == 1
    assert keys() == []


def test_it_takes_one_vote_a_person_and_only_from_the_roll(cast: Cast) -> None:
    voters = members(cast, 3)
    ballot = running(cast, voters[:2])
    cast_vote(ballot, voters[0], "满意")
    again = voting.vote(ballot.pk, voters[0].person, ["不满意"], urn.new_receipt())
    assert "一人一票" in refused(again)
    outside = voting.vote(ballot.pk, voters[2].person, ["满意"], urn.new_receipt())
    assert refused(outside) == "您不在这次表决的名册上"
    nobody = voting.vote(ballot.pk, None, ["满意"], urn.new_receipt())
    assert refused(nobody) == "您不在这次表决的名册上"
    odd = voting.vote(ballot.pk, voters[1].person, ["很好"], urn.new_receipt())
    assert refused(odd) == "请从所列选项中选一项"
    forged = voting.vote(ballot.pk, voters[1].person, ["满意"], "1234")
    assert "回执号不对" in refused(forged)


def test_it_takes_a_blank_vote_as_void(cast: Cast) -> None:
    voters = members(cast, 3)
    ballot = running(cast, voters)
    cast_vote(ballot, voters[0], "")
    cast_vote(ballot, voters[1], "满意")
    closed(ballot, cast)
    item = Closing.objects.get().body["items"][0]
    assert (item["void"], item["counts"]["满意"], item["outcome"]) == (1, 1, "不满意")


def test_it_freezes_the_roll_at_opening(cast: Cast) -> None:
    voters = members(cast, 2)
    ballot = running(cast, voters)
    assert ballot.roll_hash
    late = Person.objects.create(congress=cast.congress, name="后来的人")
    Voter.objects.create(ballot=ballot, person=late, name="后来的人")
    _, broken = verify()
    assert [one.why for one in broken] == ["名册与开始投票时不同：有人被加进、删去或改名"]


def test_it_opens_once_and_closes_only_what_runs(cast: Cast) -> None:
    ballot = prepared(cast, members(cast, 1))
    assert refused(closing.close(ballot.pk, cast.clerk, DAY)) == "这次表决不在进行，不能封存"
    assert isinstance(voting.open_(ballot.pk, DAY), Ballot)
    assert refused(voting.open_(ballot.pk, DAY)) == "这次表决已经开始过了"
    closed(ballot, cast)
    assert "不能作废" in refused(voting.void(ballot.pk, "看错了", DAY))


def test_it_keeps_the_first_round_beside_the_second(cast: Cast) -> None:
    voters = members(cast, 3)
    first = running(cast, voters)
    cast_vote(first, voters[0], "满意")
    closed(first, cast)
    second = voting.again(first.pk, cast.clerk)
    assert isinstance(second, Ballot)
    assert (second.round, second.before_id, str(second)[-5:]) == (2, first.pk, "（第2轮）")
    assert refused(voting.again(first.pk, cast.clerk)) == "下一轮已经筹备好了"
    voting.open_(second.pk, DAY)
    for user in voters:
        cast_vote(second, user, "满意")
    closed(second, cast)
    outcomes = [row.body["items"][0]["outcome"] for row in Closing.objects.all()]
    assert outcomes == ["不满意", "满意"]
    assert verify() == (2, [])


def test_it_votes_again_on_those_equal_at_the_last_place(cast: Cast) -> None:
    voters = members(cast, 4)
    plan = {"preset": "projects", "items": ["学校", "医院", "道路"], "places": 2, "title": "票决"}
    ballot = running(cast, voters, **plan)
    for user, marks in zip(voters, ([1, 2], [1, 3], [1, 2], [1, 3]), strict=True):
        cast_vote(ballot, user, *map(str, marks))
    closed(ballot, cast)
    assert [one["outcome"] for one in Closing.objects.get().body["items"]] == [
        "入选", "未入选", "未入选",
    ]  # fmt: skip


def test_it_calls_the_whole_of_a_congress_its_deputies(cast: Cast) -> None:
    plan = {"preset": "projects", "items": ["学校", "医院"], "places": 1, "title": "票决"}
    voters = members(cast, 3)
    ballot = running(cast, voters, **plan)
    assert "全体代表过半数同意的入选" in rules.said(ballot)
    page = cast.client("clerk").get(f"/ballots/{ballot.pk}/").content.decode()
    hall = cast.client("clerk").get(f"/ballots/{ballot.pk}/hall/").content.decode()
    assert all("全体代表" in each and "全体组成人员" not in each for each in (page, hall))
    for user in voters:
        cast_vote(ballot, user, "1")
    done = closed(ballot, cast)
    assert closing.summary(done.closing.body, 1).startswith("全体代表 3 人")


def test_it_asks_again_for_the_places_left(cast: Cast) -> None:
    voters = members(cast, 3)
    plan = {"preset": "projects", "items": ["学校", "医院", "道路"], "places": 2, "title": "票决"}
    ballot = running(cast, voters, own={"base": "valid", "tie": "reached"}, **plan)
    for user, marks in zip(voters, (["1", "2"], ["1", "3"], ["2", "3"]), strict=True):
        cast_vote(ballot, user, *marks)
    closed(ballot, cast)
    items = Closing.objects.get().body["items"]
    assert [one["outcome"] for one in items] == ["票数相等，再次投票"] * 3
    second = voting.again(ballot.pk, cast.clerk, ["学校", "医院"])
    assert isinstance(second, Ballot)
    assert voting.titles_of(second) == ["学校", "医院"]


def test_it_scores_without_ranking_anybody(cast: Cast) -> None:
    voters = members(cast, 12)
    plan = {"preset": "scores", "items": ["甲法官", "乙法官"], "title": "履职评议评分"}
    ballot = running(cast, voters, **plan)
    for place, user in enumerate(voters):
        cast_vote(ballot, user, [str(80 + place)] * 4, ["90.5", "90", "91", "90"])
    closed(ballot, cast)
    first, second = Closing.objects.get().body["items"]
    assert (first["outcome"], first["counted"]) == ("85.50 分", 2)
    assert (first["title"], second["title"]) == ("甲法官", "乙法官")
    assert verify()[1] == []


def test_it_refuses_marks_beyond_full(cast: Cast) -> None:
    voters = members(cast, 1)
    ballot = running(cast, voters, preset="scores", items=["甲法官"], title="评分")
    answer = voting.vote(ballot.pk, voters[0].person, [["101", "1", "1", "1"]], urn.new_receipt())
    assert "应在 0 和 100 之间" in refused(answer)
    answer = voting.vote(ballot.pk, voters[0].person, [["x", "1", "1", "1"]], urn.new_receipt())
    assert "应在 0 和 100 之间" in refused(answer)


def _counted(satisfied: int, mostly: int, present: int = 5) -> dict[str, object]:
    counts = dict(zip(LEVELS, (satisfied, mostly, 0), strict=True))
    received = satisfied + mostly
    return {
        "present": present,
        "issued": present,
        "received": received,
        "items": [{"counts": counts, "void": 0}],
    }


def test_it_has_two_tellers_count_papers_apart_and_says_only_where_they_differ(cast: Cast) -> None:
    ballot = running(cast, members(cast, 5), way="paper")
    voting.enter(ballot.pk, cast.clerk, _counted(4, 1))
    assert "还差 1 份录入" in refused(closing.close(ballot.pk, cast.clerk, DAY))
    voting.enter(ballot.pk, cast.clerk, _counted(4, 1))
    assert "还差 1 份录入" in refused(closing.close(ballot.pk, cast.clerk, DAY))
    voting.enter(ballot.pk, cast.secretariat, _counted(3, 2))
    said = refused(closing.close(ballot.pk, cast.clerk, DAY))
    assert said == ("两份录入不一致：“关于安全生产工作的满意度测评”的票数。请各自重新清点后再录入")
    voting.enter(ballot.pk, cast.secretariat, _counted(4, 1))
    closed(ballot, cast)
    assert Closing.objects.get().body["items"][0]["outcome"] == "满意"
    assert verify() == (1, [])


def test_it_says_when_papers_do_not_add_up(cast: Cast) -> None:
    ballot = running(cast, members(cast, 5), way="paper")
    for teller in (cast.clerk, cast.secretariat):
        voting.enter(ballot.pk, teller, _counted(4, 1) | {"received": 6})
    assert "多于发出的 5 张：这次表决无效" in refused(closing.close(ballot.pk, cast.clerk, DAY))
    for teller in (cast.clerk, cast.secretariat):
        voting.enter(ballot.pk, teller, _counted(4, 1) | {"received": 4})
    assert "各项加废票是 5 张，收回的是 4 张" in refused(closing.close(ballot.pk, cast.clerk, DAY))


def test_it_takes_a_show_of_hands_from_one_teller(cast: Cast) -> None:
    ballot = running(cast, members(cast, 5), way="show", preset="committee", title="通过议程")
    counts = {"赞成": 3, "反对": 1, "弃权": 0}
    data = {"present": 4, "issued": 4, "received": 4, "items": [{"counts": counts, "void": 0}]}
    voting.enter(ballot.pk, cast.clerk, data)
    closed(ballot, cast)
    item = Closing.objects.get().body["items"][0]
    assert (item["outcome"], item["not_voted"], item["steps"][0]["met"]) == ("通过", 0, True)


@pytest.mark.parametrize(
    ("plan", "said"),
    [
        ({"title": " "}, "请写标题"),
        ({"preset": "none"}, "请选择按哪种规则计票"),
        ({"way": "show"}, "无记名的表决不能举手"),
        ({"items": ["甲", "甲"]}, "“甲”写了两次"),
        ({"preset": "committee", "own": {"base": "present"}}, "由法律规定"),
        ({"preset": "removal", "secret": False}, "应当无记名"),
        ({"preset": "projects", "items": ["甲", "乙"]}, "请写明要选出几项"),
        ({"own": {"tie": "x"}}, "平票规则不能是“x”"),
        ({"title": "a\0b"}, "无法保存的字符"),
    ],
)
def test_it_says_what_is_wrong_with_a_plan(cast: Cast, plan: dict[str, object], said: str) -> None:
    persons = [one.person for one in members(cast, 1) if one.person]
    asked = {"title": "测评", "preset": "zhenhai", **plan}
    made = voting.set_up(cast.congress, Plan(**asked), persons, cast.clerk, DAY)  # type: ignore[arg-type]
    assert said in refused(made)
    assert not Ballot.objects.exists()


def test_it_declares_nothing_without_a_quorum(cast: Cast) -> None:
    voters = members(cast, 5)
    ballot = running(cast, voters, preset="committee", title="任免案")
    for user in voters[:2]:
        cast_vote(ballot, user, "赞成")
    closed(ballot, cast)
    assert "没有达到法定人数" in refused(closing.announce(ballot.pk))


def test_it_takes_the_rule_of_a_matters_ballot_from_its_institution(cast: Cast) -> None:
    voters, matter = members(cast, 3), opinion(cast)
    plan = {"title": matter.title, "matter": matter, "declared": "satisfaction", "preset": ""}
    ballot = running(cast, voters, **plan)
    assert ballot.local and ballot.secret
    assert ballot.rule["cites"]["base"].startswith("《镇海区")
    for user in voters:
        cast_vote(ballot, user, "基本满意")
    closed(ballot, cast)
    noted = Act.objects.get(matter=matter, kind="ballot_closed")
    assert noted.data["closing"] == Closing.objects.get().hash
    fills = closing.fills(ballot, 1)
    assert (fills["vote_result"], fills["vote_mostly"]) == ("基本满意", 3)
    assert "地方测评，不是法定程序" in str(fills["vote_note"])
    assert verify() == (1, [])


def test_it_refuses_a_rule_whose_param_is_not_in_force(cast: Cast) -> None:
    with pytest.raises(BadVote, match="没有生效的值"):
        rules.of_declared(cast.congress, "opinions", "satisfaction", date(1999, 1, 1))
