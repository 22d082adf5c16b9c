"""A register of meetings goes in: its units by key, so that what was asked of them counts, and out again by name."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest
from tests.cast import Cast, cast

from bihuan.asks.burden import burden
from bihuan.exchange import matters_in, matters_out
from bihuan.matters.models import Matter

__all__ = ["cast"]
pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 23)
HEADER = ("会议名称", "会议类别", "主办单位", "召开日期", "参会单位", "实际时长（分钟）", "参会人数")


def sheet(*rows: Sequence[object]) -> bytes:
    stream = io.StringIO()
    csv.writer(stream).writerows([HEADER, *rows])
    return stream.getvalue().encode()


def look(cast: Cast, *rows: Sequence[object]) -> matters_in.Plan:
    return matters_in.plan(cast.congress, "meetings", sheet(*rows), TODAY, name="会议.csv")


ROW = ("防汛调度会", "一般性会议", "督查室", "2026-06-10", "均县镇、县水务局", 60, 40)


def test_it_counts_an_imported_meeting_among_what_was_asked_of_the_unit(cast: Cast) -> None:
    matters_in.commit(look(cast, ROW), None, TODAY)
    township = cast.bodies["township"]
    assert Matter.objects.get().facts["units"] == [str(township.pk), "县水务局"]
    counted = burden(township, date(2026, 1, 1), date(2026, 12, 31))
    assert [ask.title for ask in counted.asks] == ["防汛调度会"]


def test_it_exports_units_by_name_and_takes_them_back_unchanged(cast: Cast, tmp_path: Path) -> None:
    matters_in.commit(look(cast, ROW), None, TODAY)
    target = tmp_path / "会议.csv"
    matters_out.export(cast.congress, "meetings", target, TODAY)
    assert "均县镇、县水务局" in target.read_text("utf-8-sig")
    back = matters_in.plan(cast.congress, "meetings", target, TODAY)
    assert (back.added, back.changed, back.unchanged, back.rejected) == (0, 0, 1, [])
