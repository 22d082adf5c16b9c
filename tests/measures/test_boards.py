"""Boards: figures that open their rows, for whoever may count them, in a fixed number of queries."""

from __future__ import annotations

from datetime import date, timedelta

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from tests.cast import Cast

from bihuan.matters.access import standing_of
from bihuan.measures.boards import board
from bihuan.measures.indicators import compute, rows

MARCH = date(2026, 3, 31)


def test_it_counts_what_each_figure_opens(cast: Cast) -> None:
    for stage in ("to_hand_over", "working", "rating", "closed"):
        cast.suggestion(stage, title=f"关于修路的建议 {stage}")
    for figure in compute(cast.congress, "suggestions"):
        opened = rows(cast.congress, "suggestions", figure.key, group=figure.group)
        base = rows(cast.congress, "suggestions", figure.key, group=figure.group, hit=False)
        if figure.unit == "%":
            assert opened.count() == figure.numerator, figure
            assert figure.group or base.count() == figure.denominator, figure


def test_it_stands_at_a_past_day_as_it_stood(cast: Cast) -> None:
    cast.suggestion("rating", day=date(2026, 3, 2))
    by_day = {
        day: next(f for f in compute(cast.congress, "suggestions", day) if f.key == "reply_rate")
        for day in (date(2026, 3, 1), date(2026, 3, 5), MARCH)
    }
    told = [(figure.numerator, figure.denominator) for figure in by_day.values()]
    assert told == [(0, 0), (0, 1), (1, 1)]


def test_it_asks_as_often_for_many_matters_as_for_few(cast: Cast) -> None:
    client = cast.client("clerk")

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(reverse("board", args=["suggestions"])).status_code == 200
        return len(queries)

    cast.suggestion("rating", title="关于修路的建议 0")
    few = asked()
    for place in range(1, 16):
        cast.suggestion("rating", title=f"关于修路的建议 {place}")
    assert asked() == few


def test_it_keeps_open_ratings_from_the_body_that_was_rated(cast: Cast) -> None:
    cast.suggestion("redoing")
    today = timezone.localdate()
    told = board(standing_of(cast.contact, today), "suggestions", today)
    keys = {figure.key for figure in told.figures} | {split.indicator.key for split in told.splits}
    assert "reply_rate" in keys
    assert not {"satisfied_rate", "result_share", "attitude_share", "rating_response"} & keys
    page = cast.client("contact").get(reverse("figure", args=["suggestions", "satisfied_rate"]))
    assert page.status_code == 404


def test_it_never_looks_into_the_future(cast: Cast) -> None:
    tomorrow = (timezone.localdate() + timedelta(days=1)).isoformat()
    page = cast.client("leader").get(reverse("board", args=["suggestions"]), {"as_of": tomorrow})
    assert f'value="{timezone.localdate().isoformat()}"' in page.content.decode()
