"""The search through everything one may see."""

from __future__ import annotations

from tests.cast import Cast, cast

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
