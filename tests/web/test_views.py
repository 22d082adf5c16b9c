"""Saved views: kept, renamed, shared, deleted, and the one a ledger opens with."""

from __future__ import annotations

from django.test import Client
from tests.cast import Cast, cast

from bihuan.matters.models import FirstView, SavedView

__all__ = ["cast"]

LEDGER = "/l/suggestions/"
VIEWS = LEDGER + "views/"


def _kept(client: Client, name: str = "逾期的", query: str = "light=late") -> SavedView:
    client.post(VIEWS, {"name": name, "query": query})
    return SavedView.objects.get(name=name)


def _text(client: Client, address: str) -> str:
    return client.get(address).content.decode()


def test_it_shares_a_view_with_a_role_or_with_everyone(cast: Cast) -> None:
    clerk = cast.client("clerk")
    view = _kept(clerk)
    assert "逾期的" not in _text(cast.client("committee"), VIEWS)
    clerk.post(f"{VIEWS}{view.pk}/", {"name": "全市逾期", "shared_with": "committee"})
    assert "全市逾期" in _text(cast.client("committee"), VIEWS)
    assert 'href="?light=late"' in _text(cast.client("committee"), LEDGER)
    assert "全市逾期" not in _text(cast.client("leader"), VIEWS)
    clerk.post(f"{VIEWS}{view.pk}/", {"name": "全市逾期", "shared_with": "everyone"})
    assert "全市逾期" in _text(cast.client("leader"), VIEWS)
    assert "全市逾期" not in _text(cast.client("outsider"), VIEWS)


def test_it_shares_the_filter_and_not_the_rows(cast: Cast) -> None:
    cast.suggestion("working", title="只给交通局的建议")
    clerk = cast.client("clerk")
    view = _kept(clerk, "在办", "state=handling")
    clerk.post(f"{VIEWS}{view.pk}/", {"name": "在办", "shared_with": "everyone"})
    assert "只给交通局的建议" in _text(cast.client("contact"), f"{LEDGER}?{view.query}")
    assert "只给交通局的建议" not in _text(cast.client("other_contact"), f"{LEDGER}?{view.query}")


def test_it_lets_nobody_change_or_delete_a_colleagues_view(cast: Cast) -> None:
    clerk = cast.client("clerk")
    view = _kept(clerk)
    clerk.post(f"{VIEWS}{view.pk}/", {"name": "逾期的", "shared_with": "everyone"})
    leader = cast.client("leader")
    assert leader.post(f"{VIEWS}{view.pk}/", {"name": "改了"}).status_code == 404
    leader.post(f"{VIEWS}{view.pk}/drop/")
    assert SavedView.objects.get().name == "逾期的"


def test_it_refuses_a_name_that_is_taken_or_empty(cast: Cast) -> None:
    clerk = cast.client("clerk")
    _kept(clerk)
    other = _kept(clerk, "在办", "light=running")
    answer = clerk.post(f"{VIEWS}{other.pk}/", {"name": "逾期的"}, follow=True)
    assert "您已经有一个视图叫“逾期的”" in answer.content.decode()
    answer = clerk.post(f"{VIEWS}{other.pk}/", {"name": " "}, follow=True)
    assert "请给这个视图起个名字" in answer.content.decode()
    assert sorted(SavedView.objects.values_list("name", flat=True)) == ["在办", "逾期的"]


def test_it_opens_the_ledger_with_the_view_chosen(cast: Cast) -> None:
    clerk = cast.client("clerk")
    view = _kept(clerk)
    clerk.post(f"{VIEWS}first/", {"view": str(view.pk)})
    assert clerk.get(LEDGER).headers["Location"] == f"{LEDGER}?light=late"
    assert clerk.get(LEDGER + "?all=1").status_code == 200
    assert cast.client("committee").get(LEDGER).status_code == 200
    clerk.post(f"{VIEWS}first/", {"view": ""})
    assert clerk.get(LEDGER).status_code == 200 and not FirstView.objects.exists()


def test_it_forgets_a_first_view_that_is_shared_no_more(cast: Cast) -> None:
    clerk, leader = cast.client("clerk"), cast.client("leader")
    view = _kept(clerk)
    assert leader.post(f"{VIEWS}first/", {"view": str(view.pk)}).status_code == 404
    clerk.post(f"{VIEWS}{view.pk}/", {"name": "逾期的", "shared_with": "leader"})
    leader.post(f"{VIEWS}first/", {"view": str(view.pk)})
    assert leader.get(LEDGER).status_code == 302
    clerk.post(f"{VIEWS}{view.pk}/", {"name": "逾期的", "shared_with": ""})
    assert leader.get(LEDGER).status_code == 200
