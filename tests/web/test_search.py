"""The search through everything one may see."""

from __future__ import annotations

import pytest
from tests.cast import Cast, cast

from bihuan.matters import search
from bihuan.matters.models import Matter

__all__ = ["cast"]


def test_it_finds_two_characters_and_shows_only_what_is_ones_own(cast: Cast) -> None:
    cast.suggestion("working", title="关于修建柳湾大桥的建议")
    for role, found in (
        ("clerk", True),
        ("contact", True),
        ("other_contact", False),
        ("outsider", False),
    ):
        text = cast.client(role).get("/search/", {"q": "柳湾"}).content.decode()
        assert ("关于修建柳湾大桥的建议" in text) is found, role


def test_it_says_how_to_search_when_nothing_is_asked_or_found(cast: Cast) -> None:
    client = cast.client("clerk")
    assert "搜什么" in client.get("/search/").content.decode()
    assert "没有找到" in client.get("/search/", {"q": "柳湾"}).content.decode()
    assert client.get("/search/", {"q": '"*(\x00' * 80}).status_code == 200


def test_it_finds_the_newest_first_wherever_they_lie(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Among the newest matters, and beyond them where those do not hold enough."""
    monkeypatch.setattr("bihuan.matters.search.NEWEST", 2)
    first = cast.suggestion("working", title="关于修桥的建议")
    for title in ("关于修路的建议", "关于修渠的建议", "关于修桥墩的建议"):
        last = cast.suggestion("working", title=title)
    rows = Matter.objects.filter(congress=cast.congress)
    assert search.newest(rows, "修桥", 1) == [last.pk]
    assert search.newest(rows, "修桥", 2) == [last.pk, first.pk]
    assert search.newest(rows, "修塔", 2) == []
