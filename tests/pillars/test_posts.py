"""From the vote to the register of posts: confirmed once, in the act's own transaction, never twice, never guessed."""

from __future__ import annotations

from datetime import date

import pytest
from tests.ballots.removal import committee_of, head_of_traffic, motion
from tests.cast import Cast, cast
from tests.pillars.stories import appoint

from bihuan.institutions.appointees.coverage import coverage
from bihuan.loop.forms import Refusal
from bihuan.matters.act import Doer, act, raise_matter
from bihuan.matters.models import Act, Matter
from bihuan.matters.seal import seal
from bihuan.matters.verify import verify
from bihuan.people.models import Appointment, Person

__all__ = ["cast"]
DAY = date(2026, 3, 25)
VOTES = {"meeting": "常委会第三十三次会议", "votes_for": 26, "votes_against": 0, "abstained": 1}


def voted(
    cast: Cast, name: str, body: str = "finance", post: str = "局长", decision: str = "通过"
) -> Matter:
    """A nomination on which the committee has voted."""
    data = {"title": f"任命{name}", "appointee": name, "body": str(cast.bodies[body].pk)}
    data |= {"post": post, "organ": "政府", "nominated_by": "市长（县长）"}
    clerk = Doer("clerk", cast.clerk)
    made = raise_matter(cast.congress, "appointees", "raise", clerk, date(2026, 3, 2), data)
    assert isinstance(made, Matter), made
    appointed = {"appointed_on": DAY.isoformat(), "term_ends": "2026-12-31"}
    cast.take(made, "vote", clerk, DAY, {**VOTES, "decision": decision, **appointed})
    return made


def entered(cast: Cast, matter: Matter, **data: str) -> Act | Refusal:
    given = {"register_from": DAY.isoformat(), **data}
    return act(matter.pk, "enter_post", Doer("clerk", cast.clerk), DAY, given)


def refused(answer: Act | Refusal) -> Refusal:
    assert isinstance(answer, Refusal), answer
    return answer


def by_committee() -> list[tuple[str, str, str, date | None, date | None]]:
    rows = Appointment.objects.filter(by_committee=True).order_by("pk")
    return [(str(r.person), str(r.body), r.post, r.begins, r.ends) for r in rows]


def test_it_proposes_what_was_voted_and_writes_it_when_the_clerk_confirms(cast: Cast) -> None:
    matter = voted(cast, "周一")
    clerk, address = cast.client("clerk"), f"/m/{matter.pk}/act/enter_post/"
    assert "写入任职登记" in clerk.get(f"/m/{matter.pk}/").content.decode()
    form = clerk.get(address).content.decode()
    for said in ("新登记 周一", DAY.isoformat(), "2026-12-31"):
        assert f'value="{said}"' in form
    assert by_committee() == []
    sent = {"register_who": "新登记 周一", "register_from": DAY.isoformat(), "seen": "2"}
    clerk.post(address, {**sent, "register_until": "2026-12-31", "token": "one"})
    clerk.post(address, {**sent, "register_until": "2026-12-31", "token": "one"})
    assert by_committee() == [("周一", "市财政局", "局长", DAY, date(2026, 12, 31))]
    kept = Act.objects.get(matter=matter, kind="enter_post").data["register"]
    assert (kept["name"], kept["body"], kept["begins"]) == ("周一", "市财政局", DAY.isoformat())
    seal(cast.congress, DAY)
    assert verify(cast.congress).ok


def test_it_shows_the_new_appointee_on_the_map_and_in_a_dossier(cast: Cast) -> None:
    matter = voted(cast, "周一")
    assert coverage(cast.congress, DAY).rows == []
    assert (
        "还没有写入任职登记"
        in cast.client("leader").get("/i/appointees/coverage/").content.decode()
    )
    assert isinstance(entered(cast, matter), Act)
    found = [row.holder.person for row in coverage(cast.congress, DAY).rows]
    assert [person.name for person in found] == ["周一"]
    page = cast.client("leader").get(f"/i/appointees/dossier/{found[0].pk}/").content.decode()
    assert "市财政局局长" in page and matter.title in page
    assert (
        "还没有写入任职登记"
        not in cast.client("leader").get("/i/appointees/coverage/").content.decode()
    )


def test_it_offers_it_once_and_refuses_what_stands_in_the_register(cast: Cast) -> None:
    person = appoint(cast)
    matter = voted(cast, person.name, "traffic")
    said = refused(entered(cast, matter)).say
    assert said == "周建国已经登记为市交通运输局局长（2022-01-10 至今），不用再写"
    assert len(by_committee()) == 1
    other = voted(cast, "周一")
    assert isinstance(entered(cast, other), Act)
    assert "只办一次" in refused(entered(cast, other)).say
    assert "写入任职登记</a>" not in cast.client("clerk").get(f"/m/{other.pk}/").content.decode()


def test_it_asks_which_of_two_of_one_name_is_meant(cast: Cast) -> None:
    matter = voted(cast, "周建国")
    namesake = Person.objects.create(congress=cast.congress, name="周建国")
    answer = refused(entered(cast, matter))
    assert answer.field == "register_who" and f"{namesake.pk} 周建国" in answer.say
    assert "市交通运输局干部" in answer.say
    assert answer.say == refused(entered(cast, matter, register_who="周建国")).say
    stranger = str(cast.leader.person_id)
    assert refused(entered(cast, matter, register_who=stranger)).field == "register_who"
    assert by_committee() == []
    assert isinstance(entered(cast, matter, register_who=f"{namesake.pk} 周建国"), Act)
    assert Appointment.objects.get(by_committee=True).person == namesake


def test_it_registers_a_namesake_anew_where_the_clerk_says_so(cast: Cast) -> None:
    matter = voted(cast, "周建国")
    assert isinstance(entered(cast, matter, register_who="新登记 周建国"), Act)
    assert Person.objects.filter(name="周建国").count() == 2


@pytest.mark.parametrize(
    ("data", "post", "words"),
    [
        ({"register_until": "2026-03-24"}, "局长", "早于任职自"),
        ({"register_from": "2026-02-30"}, "局长", "不存在"),
        ({"register_from": ""}, "局长", "请填写“任职自”"),
        ({}, "职" * 61, "最多 60 字"),
    ],
)
def test_it_writes_nothing_from_bad_input(
    cast: Cast, data: dict[str, str], post: str, words: str
) -> None:
    matter = voted(cast, "周一", post=post)
    assert words in refused(entered(cast, matter, **data)).say
    assert by_committee() == [] and not Person.objects.filter(name="周一").exists()
    assert not Act.objects.filter(kind="enter_post").exists()


def test_it_makes_nobody_a_member_of_the_committee(cast: Cast) -> None:
    committee_of(cast, 3, date(2026, 3, 1))
    cast.bodies["chamber"] = Appointment.objects.filter(post="委员").earliest("pk").body  # type: ignore[index]
    answer = refused(entered(cast, voted(cast, "周一", "chamber", "委员")))
    assert "由人民代表大会选举" in answer.say and "第四十七条" in answer.cite


def test_it_offers_nothing_before_the_vote_or_after_it_failed(cast: Cast) -> None:
    matter = voted(cast, "周一", decision="未通过")
    assert "不能“写入任职登记”" in refused(entered(cast, matter)).say
    assert by_committee() == []


def test_it_ends_the_post_on_the_day_that_was_decided(cast: Cast) -> None:
    clerk, matter = Doer("clerk", cast.clerk), voted(cast, "周一")
    entered(cast, matter)
    cast.take(matter, "swear", clerk, DAY, {"sworn_on": DAY.isoformat(), "sworn_where": "会议厅"})
    leave = {"leave_kind": "辞职", "reason": "工作调动。"}
    cast.take(matter, "propose_leave", clerk, date(2026, 10, 12), leave)
    day = date(2026, 10, 28)
    cast.take(matter, "decide_leave", clerk, day, {**VOTES, "decision": "通过"})
    client, address = cast.client("clerk"), f"/m/{matter.pk}/act/end_post/"
    row = Appointment.objects.get(by_committee=True)
    form = client.get(address).content.decode()
    assert f'value="{row.pk} 周一 市财政局局长（{DAY} 至今）"' in form
    assert f'value="{day}"' in form
    client.post(address, {"register_last": day.isoformat(), "token": "two"})
    assert by_committee() == [("周一", "市财政局", "局长", DAY, day)]


def test_it_ends_the_post_of_who_was_removed(cast: Cast) -> None:
    committee_of(cast)
    held, matter = head_of_traffic(cast), motion(cast)
    clerk, day = Doer("clerk", cast.clerk), date(2026, 6, 25)
    counted = {"secret": True, "votes_for": 15, "votes_against": 9, "votes_abstained": 3}
    cast.take(matter, "vote", clerk, day, counted)
    form = cast.client("clerk").get(f"/m/{matter.pk}/act/end_post/").content.decode()
    assert f'value="{held.pk} 周建国 市交通运输局局长（2022-01-10 至今）"' in form
    assert f'value="{day}"' in form
    early = act(matter.pk, "end_post", clerk, day, {"register_last": "2021-01-01"})
    assert "哪一个" in refused(early).say and "市交通运输局干部" in refused(early).say
    Appointment.objects.filter(post="干部").delete()
    early = act(matter.pk, "end_post", clerk, day, {"register_last": "2021-01-01"})
    assert "任职登记里没有周建国" in refused(early).say
    cast.take(matter, "end_post", clerk, day, {"register_last": day.isoformat()})
    held.refresh_from_db()
    assert held.ends == day
    again = act(matter.pk, "end_post", clerk, day, {"register_last": day.isoformat()})
    assert "只办一次" in refused(again).say


def test_it_asks_which_of_his_posts_ends(cast: Cast) -> None:
    committee_of(cast)
    held, matter = head_of_traffic(cast), motion(cast)
    Appointment.objects.filter(pk=held.pk).update(post="党组书记、局长")
    held.refresh_from_db()
    clerk, day = Doer("clerk", cast.clerk), date(2026, 6, 25)
    counted = {"secret": True, "votes_for": 15, "votes_against": 9, "votes_abstained": 3}
    cast.take(matter, "vote", clerk, day, counted)
    last = {"register_last": day.isoformat()}
    answer = refused(act(matter.pk, "end_post", clerk, day, last))
    assert answer.field == "register_entry" and "市交通运输局干部" in answer.say
    cast.take(matter, "end_post", clerk, day, {**last, "register_entry": str(held.pk)})
    held.refresh_from_db()
    assert held.ends == day


def test_it_leaves_no_entry_where_the_act_itself_is_refused(cast: Cast) -> None:
    matter = voted(cast, "周一")
    seen = Matter.objects.get(pk=matter.pk).acts_count
    data = {"register_from": DAY.isoformat()}
    clerk = Doer("clerk", cast.clerk)
    late = act(matter.pk, "enter_post", clerk, DAY, data, seen=seen - 1)
    assert "刚刚有了新的动作" in refused(late).say
    assert by_committee() == []
