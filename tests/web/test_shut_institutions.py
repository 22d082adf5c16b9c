"""An institution declared for some roles only is shut to the others on every page, and at the query."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from django.urls import reverse
from django.utils import timezone
from tests.cast import Cast

from bihuan.matters import access, house
from bihuan.matters.models import Matter
from bihuan.matters.startup import orphans


@pytest.fixture
def shut(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Suggestions, for clerks and leaders only."""
    one = replace(house.institution("suggestions"), visible_to=("clerk", "leader"))
    found = {**house.institutions(), one.key: one}
    monkeypatch.setattr(house, "institutions", lambda: found)
    yield


@pytest.mark.parametrize(("role", "status"), [("clerk", 200), ("leader", 200), ("committee", 404)])
def test_it_opens_ledger_board_figure_sheet_and_list_to_the_roles_named(
    shut: None, cast: Cast, role: str, status: int
) -> None:
    matter = cast.suggestion("working")
    pages = [
        reverse("ledger", args=["suggestions"]),
        reverse("board", args=["suggestions"]),
        reverse("figure", args=["suggestions", "reply_rate"]),
        reverse("export", args=["suggestions"]),
        reverse("api:api-list", args=["suggestions"]),
        reverse("matter", args=[matter.pk]),
    ]
    client = cast.client(role)
    assert [client.get(page).status_code for page in pages] == [status] * len(pages)
    seen = access.visible(access.standing_of(cast.users[role], timezone.localdate()))
    assert seen.filter(pk=matter.pk).exists() is (status == 200)


def test_it_names_states_that_hold_matters_but_are_declared_no_more(cast: Cast) -> None:
    matter = cast.suggestion("working")
    assert orphans() == []
    Matter.objects.filter(pk=matter.pk).update(state="no_such_state")
    (fault,) = orphans()
    assert fault.key == "states[no_such_state]" and "retired = true" in fault.hint
