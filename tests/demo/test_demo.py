"""The demo congress, built once in full: its totals, its variety, and something to do for everybody."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from pytest_django.plugin import DjangoDbBlocker

from bihuan.ballots import closing, urn, voting
from bihuan.ballots import verify as ballot_verify
from bihuan.ballots.access import waiting_for
from bihuan.ballots.models import KINDS, Ballot, Closing
from bihuan.demo import build as building
from bihuan.demo import lots, topics
from bihuan.draws import drawing, method
from bihuan.draws.models import Draw
from bihuan.institutions.judicial import persons
from bihuan.institutions.judicial.models import Invitation, PersonsDraw
from bihuan.institutions.sessions.models import CommitteeSession
from bihuan.institutions.sessions.presence import quorum_at
from bihuan.loop.forms import Refusal
from bihuan.matters import access
from bihuan.matters.act import BALLOT_CLOSED
from bihuan.matters.models import Act, Matter
from bihuan.matters.queries import LIGHTS, in_light
from bihuan.measures.indicators import compute, rows
from bihuan.people.models import ADMINISTRATORS, Congress, Grant, Person, User

pytestmark = [pytest.mark.django_db, pytest.mark.once]
TODAY = date(2026, 11, 24)
WELL_KNOWN = {
    "王志刚",
    "李克强",
    "周永明",
    "李强",
    "王毅",
    "赵乐际",
    "王沪宁",
    "蔡奇",
    "丁薛祥",
    "李希",
}


@pytest.fixture(scope="module")
def demo(
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Path]:
    """The whole demo in a transaction that is rolled back when the module is done."""
    from django.db import transaction

    folder = tmp_path_factory.mktemp("home") / "demo"
    patch = pytest.MonkeyPatch()
    patch.setattr(building, "FOLDER", folder)
    patch.setattr(building, "STAMP", folder / "built")
    with django_db_blocker.unblock(), transaction.atomic():
        building.build(TODAY)
        yield folder
        transaction.set_rollback(True)
    patch.undo()


@pytest.fixture
def congress(demo: Path) -> Congress:
    return Congress.objects.get(name="江州市人民代表大会常务委员会")


def _figure(congress: Congress, key: str, group: str = "", year: int | None = None) -> int:
    found = compute(congress, "suggestions", TODAY, year=year)
    return int(next(f.numerator for f in found if f.key == key and f.group == group))


def test_it_has_exactly_the_totals_and_each_opens_its_rows(congress: Congress) -> None:
    def opened(key: str, group: str = "") -> int:
        return rows(congress, "suggestions", key, TODAY, group=group).count()

    assert _figure(congress, "raised") == opened("raised") == 774
    assert _figure(congress, "source_share", "大会期间") == 478
    assert opened("source_share", "大会期间") == 478
    assert _figure(congress, "source_share", "闭会期间") == 296
    assert opened("source_share", "闭会期间") == 296
    assert _figure(congress, "implementation_rate") == opened("implementation_rate") == 327
    figures = compute(congress, "suggestions", TODAY)
    assert next(f.text for f in figures if f.key == "implementation_rate").startswith("42.2")
    assert {f.denominator for f in figures if f.key == "field_share"} == {774}


@pytest.mark.parametrize("year", range(2022, 2027))
def test_it_implements_more_than_forty_percent_every_year(congress: Congress, year: int) -> None:
    done = _figure(congress, "implementation_rate", year=year)
    assert done > 0.4 * _figure(congress, "raised", year=year)


def test_it_has_closed_all_193_opinions(congress: Congress) -> None:
    opinions = Matter.objects.filter(congress=congress, institution="opinions")
    assert opinions.count() == opinions.filter(state="struck_off").count() == 193


def _share(congress: Congress, institution: str, key: str) -> tuple[int, int]:
    """Hit and base of a figure, and that each opens into just as many rows."""
    found = next(f for f in compute(congress, institution, TODAY) if f.key == key)
    hits = rows(congress, institution, key, TODAY).count()
    base = rows(congress, institution, key, TODAY, hit=False).count()
    assert (found.numerator, found.denominator or found.numerator) == (hits, base)
    return hits, base


def test_it_heard_42_reports_at_sessions_that_could_sit(congress: Congress) -> None:
    reports = Matter.objects.filter(congress=congress, institution="sessions", state="concluded")
    assert reports.filter(facts__kind="听取和审议报告").count() == 42
    held = CommitteeSession.objects.filter(congress=congress, closed_at__isnull=False)
    assert held.count() >= 30
    assert {day.year for day in held.values_list("begins", flat=True)} == set(range(2022, 2027))
    for session in held:
        assert session.opened_at is not None
        assert quorum_at(session, session.opened_at).met
    formed = Matter.objects.filter(congress=congress, institution="opinions", parent__isnull=False)
    assert formed.count() == 80, "the last two years' opinions lead back to their items"


def test_it_reaches_four_times_a_hundred_with_26_heads_and_117_problems(congress: Congress) -> None:
    assert _share(congress, "duty_reports", "demanded") == (26, 26)
    assert _share(congress, "duty_reports", "on_time") == (26, 26)
    assert _share(congress, "rectifications", "reading_rectified") == (117, 117)
    assert _share(congress, "duty_reports", "filed_count") == (3, 3)
    this = Matter.objects.filter(congress=congress, institution="duty_reports", state="concluded")
    assert this.filter(facts__quality="合格", facts__vote_result="满意").count() == 26


def test_it_has_ten_departments_doubly_satisfied_with_79_problems_and_35_opinions(
    congress: Congress,
) -> None:
    assert _share(congress, "appraisals", "double_satisfied") == (10, 10)
    assert _share(congress, "rectifications", "appraisal_rectified") == (79, 79)
    assert _share(congress, "rectifications", "appraisal_opinions_done") == (35, 35)
    years = Matter.objects.filter(congress=congress, institution="appraisals")
    assert sorted(years.values_list("facts__year", flat=True)) == sorted([*range(2022, 2027)] * 2)


@pytest.mark.parametrize("light", LIGHTS)
def test_it_shows_every_light(congress: Congress, light: str) -> None:
    assert Matter.objects.filter(in_light(light, TODAY), congress=congress).exists()


def test_it_has_no_title_twice_and_texts_of_three_parts(congress: Congress) -> None:
    raised = list(Matter.objects.filter(congress=congress, institution="suggestions"))
    own = [matter for matter in raised if not matter.parent_id]
    assert len({matter.title for matter in own}) == len(own)
    assert all(150 <= len(m.text) <= 400 and m.text.count("\n") == 2 for m in own)
    assert len({topic.field for topic in topics.topics()}) == 11


def test_it_quotes_every_commitment_from_its_reply(congress: Congress) -> None:
    replies = Act.objects.filter(congress=congress, kind="reply", data__has_key="commitments")
    assert replies.count() > 100
    for reply in replies:
        for promise in reply.data["commitments"]:
            assert promise["quote"] in reply.data["reply_text"]


def test_it_grants_no_more_than_the_special_fund(congress: Congress) -> None:
    assert 0 < _figure(congress, "fund_granted") <= 3_000_000


def test_it_gives_everybody_of_the_cast_something_to_do(demo: Path, congress: Congress) -> None:
    cast = json.loads((demo / "cast.json").read_text())
    assert len(cast) >= 12
    for member in cast:
        user = User.objects.get(username=member["username"])
        if Grant.objects.filter(user=user, role__in=ADMINISTRATORS).exists():
            continue
        standing = access.standing_of(user, TODAY)
        running = access.visible(standing).filter(phase__in=("pending", "handling"))
        assert any(access.offers(standing, matter) for matter in running), member


def test_it_keeps_the_passwords_from_others(demo: Path) -> None:
    assert (demo / "accounts.txt").stat().st_mode & 0o077 == 0


def test_it_names_nobody_well_known(congress: Congress) -> None:
    assert not WELL_KNOWN & set(Person.objects.values_list("name", flat=True))


def test_it_is_built_once(congress: Congress) -> None:
    before = Act.objects.count()
    building.build(TODAY)
    assert Act.objects.count() == before


# Votes and draws


def test_it_holds_votes_of_every_kind_that_are_counted_again(congress: Congress) -> None:
    closed = Ballot.objects.filter(congress=congress, state="declared")
    assert set(closed.values_list("kind", flat=True)) == set(KINDS)
    assert set(closed.values_list("way", flat=True)) == {"phone", "paper"}
    assert {True, False} == set(closed.filter(way="phone").values_list("secret", flat=True))
    assert closed.filter(public=True).count() == closed.exclude(kind="score").count()
    assert ballot_verify.verify() == (closed.count(), [])
    days = list(Closing.objects.filter(congress=congress).values_list("day", flat=True))
    assert days == sorted(days) and 12 <= len(days) <= 40


@pytest.mark.parametrize(
    ("institution", "least"),
    [("appraisals", 4), ("opinions", 1), ("sessions", 4), ("appointees", 1), ("judicial", 1)],
)
def test_it_books_what_the_members_voted(congress: Congress, institution: str, least: int) -> None:
    ballots = Ballot.objects.filter(congress=congress, institution=institution)
    assert ballots.count() >= least
    for ballot in ballots:
        item = ballot.items.get()
        filled = closing.fills(ballot, 1)
        assert item.act is not None and item.matter is not None
        assert filled and filled.items() <= item.act.data.items()
        assert item.matter.acts.filter(kind=BALLOT_CLOSED, data__ballot=ballot.pk).exists()


def test_it_has_a_paper_vote_that_two_tellers_counted_apart(congress: Congress) -> None:
    ballot = Ballot.objects.get(congress=congress, way="paper")
    tellers = {entry.teller.username for entry in voting.newest_entries(ballot)}
    assert tellers == {"clerk2", "secretariat"}


def test_it_votes_again_on_what_came_out_equal(congress: Congress) -> None:
    second = Ballot.objects.get(congress=congress, round=2)
    assert second.before is not None
    assert voting.titles_of(second) == closing.equal_at_last(second.before)
    assert [one["outcome"] for one in second.closing.body["items"]] == ["入选", "未入选"]


@pytest.mark.parametrize("username", ["deputy", "deputy2"])
def test_it_waits_for_the_deputies_votes(congress: Congress, username: str) -> None:
    user = User.objects.get(username=username)
    ballot = waiting_for(access.standing_of(user, TODAY)).get()
    assert ballot.roll.filter(voted=True).count() > 20
    marks = [str(place) for place in range(1, ballot.rule["places"] + 1)]
    assert voting.vote(ballot.pk, user.person, marks, urn.new_receipt()) is None


def test_it_draws_what_anybody_works_out_again(congress: Congress) -> None:
    every = Draw.objects.filter(congress=congress, state="drawn")
    assert all(method.verify(one.file or {}) == [] for one in every)
    assert drawing.verify() == (every.count() + 1, [])
    drawn = every.get(title__contains="专项工作评议部门")
    names = {ticket["name"] for ticket in (drawn.file or {})["tickets"] if ticket["drawn"]}
    done = Matter.objects.filter(congress=congress, institution="appraisals")
    assert len(names) == 2
    assert not names & set(done.values_list("assignments__body__name", flat=True))


def test_it_draws_judges_and_has_experts_review_their_cases(congress: Congress) -> None:
    drawn = PersonsDraw.objects.get(congress=congress)
    matters = [each.matter for each in persons.drawn(drawn) if each.matter]
    assert {matter.state for matter in matters} == {"closed", "reviewing"}
    assert len((drawn.draw.file or {})["left_out"]) == 2, "both of the old ledger stand aside"
    reviewing = next(matter for matter in matters if matter.state == "reviewing")
    waiting = Invitation.objects.filter(congress=congress)
    assert set(waiting.values_list("matter", flat=True)) == {reviewing.pk}
    assert waiting.exclude(seal="").count() == 1 < waiting.count()


def test_it_waits_for_the_secret_that_the_leader_is_told_of(demo: Path, congress: Congress) -> None:
    waiting = Draw.objects.get(congress=congress, state="opening")
    cast = {one["username"]: one["line"] for one in json.loads((demo / "cast.json").read_text())}
    leader = User.objects.get(username="leader")
    assert isinstance(drawing.draw_now(waiting.pk, TODAY), Refusal)
    assert lots.SECRETS["leader"] in cast["leader"]
    assert drawing.open_share(waiting.pk, leader, lots.SECRETS["leader"]) is None
    done = drawing.draw_now(waiting.pk, TODAY)
    assert isinstance(done, Draw) and len((done.file or {})["drawn"]) == 4
