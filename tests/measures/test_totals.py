"""Figures from totals are the figures of the rows: whatever was done, and whenever it was counted."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from tests.cast import Cast, cast, make_cast

from bihuan.matters import house
from bihuan.matters.access import standing_of
from bihuan.matters.models import Matter
from bihuan.measures import totals
from bihuan.measures.cockpit import cockpit, stands
from bihuan.measures.counting import Counting
from bihuan.measures.indicators import compute
from bihuan.measures.models import Part, Round, Total

TODAY = date(2026, 6, 15)
STAGES = (
    "draft",
    "committee_review",
    "to_hand_over",
    "handed",
    "working",
    "rating",
    "redoing",
    "closed",
)

__all__ = ["cast"]


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.utils.timezone.localdate", lambda *given: TODAY)


def _same(cast: Cast, day: date = TODAY) -> None:
    """Every figure, as counted on the rows and as read."""
    for key, one in house.institutions().items():
        rows = Counting(cast.congress, one, day, None, None)
        read = totals.grounds(cast.congress, [one], day)[0]
        told, real = _figures(read), _figures(rows)
        assert told == real, key
    assert not list(totals.differences(cast.congress, day))


def _figures(ground: Counting) -> list[object]:
    found: list[object] = [
        ground.rates(),
        ground.closed(),
        ground.months("raised"),
        ground.months("ended"),
    ]
    for indicator in ground.one.indicators:
        found.append(ground.split(indicator) if indicator.by else None)
        found.append(ground.summed(indicator) if indicator.sum else None)
    return found + [ground.by_body(one) for one in ground.indicators("body")]


class TestTotals(TestCase):
    """Hypothesis needs a database of its own for every example."""

    @settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
    @given(
        st.lists(
            st.one_of(st.sampled_from(STAGES), st.just("count"), st.integers(1, 40)), max_size=7
        )
    )
    def test_it_reads_what_a_count_over_all_rows_gives(self, story: list[str | int]) -> None:
        """Matters come to some stage, rounds of counting fall anywhere, days pass, a limit with them."""
        cast, day = make_cast(), TODAY
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("django.utils.timezone.localdate", lambda *given: day)
            for step in story:
                if step == "count":
                    totals.count(cast.congress, day)
                elif isinstance(step, int):
                    day += timedelta(days=step)
                else:
                    lead = "traffic" if len(story) % 2 else "finance"
                    co = ["finance"] if lead == "traffic" else []
                    cast.suggestion(
                        str(step),
                        day=TODAY - timedelta(days=20),
                        lead=lead,
                        co=co,
                    )
                _same(cast, day)


def test_it_takes_a_matter_out_in_the_act_that_moves_it(cast: Cast) -> None:
    matter = cast.suggestion("rating")
    totals.count(cast.congress, TODAY)
    assert Matter.objects.get(pk=matter.pk).counted_until is not None
    before = {f.key: f.numerator for f in compute(cast.congress, "suggestions", TODAY)}
    from bihuan.matters.act import Doer

    good = {"attitude": "满意", "result": "满意"}
    cast.take(matter, "rate", Doer("proposer", cast.deputy), TODAY, good)
    assert Matter.objects.get(pk=matter.pk).counted_until is None
    after = {f.key: f.numerator for f in compute(cast.congress, "suggestions", TODAY)}
    assert after["satisfied_rate"] == before["satisfied_rate"] + 1
    _same(cast)


def test_it_counts_a_share_as_owed_from_the_day_after_its_limit(cast: Cast) -> None:
    matter = cast.suggestion("working", day=TODAY - timedelta(days=10))
    due = matter.assignments.get().due_on
    assert due is not None
    totals.count(cast.congress, TODAY)
    assert Matter.objects.get(pk=matter.pk).counted_until == due
    with pytest.MonkeyPatch.context() as patch:
        later = due + timedelta(days=1)
        patch.setattr("django.utils.timezone.localdate", lambda *given: later)
        rate = next(
            f for f in compute(cast.congress, "suggestions", later) if f.key == "reply_on_time"
        )
        assert (rate.numerator, rate.denominator) == (0, 1)


def test_it_counts_only_what_moved_and_begins_anew_when_the_declaration_changed(cast: Cast) -> None:
    cast.suggestion("closed")
    cast.suggestion("working")
    assert totals.count(cast.congress, TODAY) == 2
    assert totals.count(cast.congress, TODAY) == 0
    Round.objects.update(declared="older")
    assert totals.grounds(cast.congress, [house.institution("suggestions")], TODAY)[0].sums is None  # type: ignore[attr-defined]
    assert totals.count(cast.congress, TODAY) == 2
    _same(cast)


def test_it_finds_a_total_that_was_changed(cast: Cast) -> None:
    cast.suggestion("closed")
    totals.count(cast.congress, TODAY)
    Total.objects.filter(what="rate", indicator="raised").update(base=7)
    assert [found for found in totals.differences(cast.congress, TODAY) if "raised" in found]
    totals.count(cast.congress, TODAY, anew=True)
    _same(cast)
    assert Part.objects.count() == 1


def test_it_asks_the_same_number_of_queries_however_many_matters(cast: Cast) -> None:
    who = standing_of(cast.leader, TODAY)
    institutions = list(house.institutions().values())

    def asked() -> int:
        with CaptureQueriesContext(
            connection,
        ) as context:
            cockpit(who, institutions, TODAY)
        return len(context.captured_queries)

    cast.suggestion("closed")
    totals.count(cast.congress, TODAY)
    once = asked()
    cast.suggestion("closed", title="关于修路的建议")
    cast.suggestion("rating", title="关于修渠的建议")
    totals.count(cast.congress, TODAY)
    assert asked() == once


def test_it_counts_all_institutions_in_one_question_as_each_by_itself(cast: Cast) -> None:
    for stage in STAGES:
        cast.suggestion(stage, day=TODAY - timedelta(days=40))
    standing, ones = standing_of(cast.leader, TODAY), list(house.institutions().values())
    for day in (TODAY, TODAY - timedelta(days=20)):
        alone = [stand for one in ones for stand in stands(standing, [one], day)]
        assert stands(standing, ones, day) == alone and alone
    totals.count(cast.congress, TODAY)
    counted = stands(standing, ones, TODAY)
    assert counted == [stand for one in ones for stand in stands(standing, [one], TODAY)]
    of = {stand.institution.key: stand for stand in counted}["suggestions"]
    rows = Counting(cast.congress, of.institution, TODAY, None, None).matters()
    assert (of.total, of.closed) == (rows.count(), rows.filter(phase="closed").count())
    assert of.total < Matter.objects.filter(institution="suggestions").count(), "a draft counts"
