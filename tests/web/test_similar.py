"""Earlier matters that ask for the same, while one writes and when one joins."""

from __future__ import annotations

from tests.cast import Cast, cast

__all__ = ["cast"]

TITLE = "关于修建柳湾大桥的建议"
ADDRESS = "/l/suggestions/similar/"


def test_it_tells_a_deputy_of_an_earlier_one_without_opening_it(cast: Cast) -> None:
    matter = cast.suggestion("working", title=TITLE)
    text = cast.client("other_deputy").get(ADDRESS, {"title": "请求新建柳湾大桥"}).content.decode()
    assert TITLE in text and "承办" in text
    assert f'href="/m/{matter.pk}/"' not in text
    assert (
        TITLE
        not in cast.client("outsider").get(ADDRESS, {"title": "请求新建柳湾大桥"}).content.decode()
    )


def test_it_shows_them_in_the_form_without_javascript(cast: Cast) -> None:
    cast.suggestion("working", title=TITLE)
    sent = {"title": "新建柳湾大桥", "similar": "1", "token": "t"}
    answer = cast.client("deputy").post("/l/suggestions/new/raise/", sent)
    assert answer.status_code == 200
    assert TITLE in answer.content.decode() and 'value="新建柳湾大桥"' in answer.content.decode()


def test_it_leads_a_clerk_to_joining_with_the_target_filled_in(cast: Cast) -> None:
    cast.suggestion("working", title=TITLE)
    other = cast.suggestion("to_hand_over", title="关于新建柳湾大桥的建议")
    client = cast.client("clerk")
    text = client.get(ADDRESS, {"beside": other.pk}).content.decode()
    link = next(p.split('"')[0] for p in text.split('href="') if "/act/join/" in p.split('"')[0])
    form = client.get(link).content.decode()
    assert 'name="joined_to" type="text" value="2026年第1号"' in form
