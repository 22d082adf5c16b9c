"""Limits that pass, and limits that a corrected calendar moves."""

from datetime import date, timedelta

import pytest
from django.db.models import QuerySet
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries
from tests.cast import Cast

from bihuan.loop.calendar import DayKind
from bihuan.loop.terms import due, parse_term
from bihuan.matters import house, sweep
from bihuan.matters.act import CALENDAR_CORRECTED, Doer, raise_matter
from bihuan.matters.models import Act, Assignment, Matter
from bihuan.matters.recompute import Moved, recompute_limits
from bihuan.matters.sweep import Swept
from bihuan.matters.verify import verify
from bihuan.people.models import CalendarDay

FAR = date(2026, 12, 1)


def _lapses() -> QuerySet[Act]:
    return Act.objects.filter(actor="clock").order_by("pk")


def test_it_notes_a_limit_on_the_day_after_it_passed(cast: Cast) -> None:
    matter = cast.suggestion("handed", day=date(2026, 3, 2))
    due_on = Assignment.objects.get().due_on
    assert due_on == date(2026, 6, 5)
    assert sweep.sweep(due_on) == Swept()
    assert sweep.sweep(FAR) == Swept(matters=1, acts=1)
    lapse = _lapses().get()
    assert (lapse.kind, lapse.day, lapse.who) == ("reply_lapsed", date(2026, 6, 6), "时钟")
    assert (lapse.share, lapse.late, lapse.matter) == ("1", True, matter)
    assert verify().ok


def test_it_notes_each_limit_once_however_often_it_sweeps(cast: Cast) -> None:
    cast.suggestion("handed")
    cast.suggestion("committee_review")
    cast.suggestion("rating")
    assert sweep.sweep(FAR).acts == 3
    assert sweep.sweep(FAR) == Swept()
    assert sweep.sweep(FAR + timedelta(days=300)) == Swept()


def test_it_passes_over_what_is_late_and_noted_without_opening_it(
    cast: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(3):
        cast.suggestion("handed")
    sweep.sweep(FAR)
    with django_assert_num_queries(1):
        sweep.sweep(FAR)


def test_it_notes_the_limits_of_every_share(cast: Cast) -> None:
    cast.suggestion("handed", co=["finance", "township"])
    assert sweep.sweep(FAR) == Swept(matters=1, acts=3)
    assert sorted(_lapses().values_list("share", flat=True)) == ["1", "2", "3"]
    days = list(_lapses().values_list("day", flat=True))
    assert days == sorted(days)


def test_it_goes_through_more_than_one_batch(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweep, "BATCH", 2)
    for _ in range(5):
        cast.suggestion("committee_review")
    assert sweep.sweep(FAR).matters == 5


def test_it_sweeps_one_congress_if_asked(cast: Cast) -> None:
    cast.suggestion("handed")
    assert sweep.sweep(FAR, cast.elsewhere) == Swept()
    assert sweep.sweep(FAR, cast.congress).acts == 1


def test_it_moves_an_overdue_commitment_on(cast: Cast) -> None:
    data = {
        "title": "建成天桥",
        "by": "2026-08-31",
        "assignments": [{"body": str(cast.bodies["traffic"].pk), "person": "周建国"}],
    }
    made = raise_matter(
        cast.congress, "commitments", "raise", Doer("clerk", cast.clerk), date(2026, 5, 1), data
    )
    assert isinstance(made, Matter)
    sweep.sweep(FAR)
    assert Matter.objects.get().state == "overdue"
    assert _lapses().get().day == date(2026, 9, 1)


# A corrected calendar


def _rest(cast: Cast, day: date) -> None:
    CalendarDay.objects.create(congress=cast.congress, day=day, working=False, why="地方节日")


def test_it_moves_limits_of_matters_and_shares_with_the_calendar(cast: Cast) -> None:
    reviewed = cast.suggestion("committee_review", title="在审")
    handed = cast.suggestion("handed", title="在办")
    before = Matter.objects.get(pk=reviewed.pk).own_due_on
    assert before == date(2026, 3, 10)
    _rest(cast, before)
    _rest(cast, date(2026, 6, 5))
    moved = recompute_limits(cast.congress, cast.clerk, date(2026, 3, 6))
    assert moved == [
        Moved(reviewed.pk, "在审", "", before, date(2026, 3, 11)),
        Moved(handed.pk, "1 在办", "市交通运输局", date(2026, 6, 5), date(2026, 6, 8)),
    ]
    assert Matter.objects.get(pk=handed.pk).due_on == date(2026, 6, 8)
    assert "顺延" in Assignment.objects.get().limit["sentence"]


def test_it_logs_each_move_in_the_trail_and_the_chain(cast: Cast) -> None:
    matter = cast.suggestion("handed")
    _rest(cast, date(2026, 6, 5))
    recompute_limits(cast.congress, cast.clerk, date(2026, 3, 6))
    act = matter.acts.get(seq=5)
    (told,) = act.data["limits"]
    assert (act.kind, act.user, act.actor) == (CALENDAR_CORRECTED, cast.clerk, "clerk")
    assert (told["share"], told["before"], told["after"]) == ("1", "2026-06-05", "2026-06-08")
    assert act.data["calendar"] == house.calendar_of(cast.congress).version
    assert (act.before, act.after) == ("handling", "handling")
    assert verify().ok


def test_it_changes_nothing_a_second_time_or_without_need(cast: Cast) -> None:
    cast.suggestion("handed")
    _rest(cast, date(2026, 7, 15))
    assert recompute_limits(cast.congress, None, date(2026, 3, 6)) == []
    _rest(cast, date(2026, 6, 5))
    assert len(recompute_limits(cast.congress, None, date(2026, 3, 6))) == 1
    assert recompute_limits(cast.congress, None, date(2026, 3, 6)) == []
    assert Act.objects.filter(kind=CALENDAR_CORRECTED).count() == 1


def test_it_lets_a_limit_pass_again_that_moved_beyond_the_day(cast: Cast) -> None:
    cast.suggestion("handed")
    sweep.sweep(date(2026, 6, 6))
    _rest(cast, date(2026, 6, 5))
    recompute_limits(cast.congress, None, date(2026, 6, 6))
    assert not Assignment.objects.get().lapsed
    assert sweep.sweep(date(2026, 6, 9)).acts == 1
    days = list(_lapses().exclude(kind=CALENDAR_CORRECTED).values_list("day", flat=True))
    assert days == [date(2026, 6, 6), date(2026, 6, 9)]


def test_it_keeps_a_shorter_limit_given_at_the_hand_over(cast: Cast) -> None:
    matter = cast.suggestion("to_hand_over")
    row = {"body": str(cast.bodies["traffic"].pk), "person": "周建国", "limit": "2026-05-08"}
    cast.take(
        matter, "hand_over", Doer("clerk", cast.clerk), date(2026, 3, 5), {"assignments": [row]}
    )
    _rest(cast, date(2026, 6, 5))
    assert recompute_limits(cast.congress, None, date(2026, 3, 6)) == []
    assert Assignment.objects.get().due_on == date(2026, 5, 8)


@given(
    st.dates(date(2024, 1, 1), date(2026, 12, 1)),
    st.sampled_from(["5 working days", "10 working days", "30 days", "1 month", "3 months"]),
    st.sets(st.integers(0, 150), max_size=10),
)
def test_an_added_holiday_never_moves_a_limit_nearer(
    start: date, term: str, rests: set[int]
) -> None:
    calendar = house.national_calendar()
    added = {start + timedelta(days=n): DayKind(False, "地方节日") for n in rests}
    before = due(start, parse_term(term), calendar).due
    assert due(start, parse_term(term), calendar.with_days(added)).due >= before
