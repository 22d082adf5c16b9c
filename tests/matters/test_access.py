"""Who may see what; and one light for one matter, as a filter and as a property."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from tests.cast import Cast

from bihuan.matters import access, house
from bihuan.matters.act import Doer
from bihuan.matters.models import Matter
from bihuan.matters.queries import LIGHTS, in_light, light
from bihuan.people.models import Congress, Grant, User

DAY = date(2026, 3, 20)


def _sees(cast: Cast, role: str, matter: Matter, day: date = DAY) -> bool:
    return access.visible(access.standing_of(cast.users[role], day)).filter(pk=matter.pk).exists()


def _who_sees(cast: Cast, matter: Matter) -> set[str]:
    return {role for role in cast.users if _sees(cast, role, matter)}


WHOLE = {"clerk", "secretariat", "committee", "leader"}


def test_it_shows_a_draft_to_its_proposer_alone(cast: Cast) -> None:
    assert _who_sees(cast, cast.suggestion()) == {"deputy"}


def test_it_shows_a_submitted_matter_to_the_congress_and_its_delegation(cast: Cast) -> None:
    matter = cast.suggestion("committee_review")
    assert _who_sees(cast, matter) == WHOLE | {"deputy", "delegation"}


def test_it_shows_a_matter_to_the_bodies_that_hold_it(cast: Cast) -> None:
    matter = cast.suggestion("handed")
    assert _who_sees(cast, matter) == WHOLE | {"deputy", "delegation", "contact"}
    both = cast.suggestion("handed", co=["finance"])
    assert _who_sees(cast, both) == WHOLE | {"deputy", "delegation", "contact", "other_contact"}


def test_it_shows_a_published_matter_to_every_deputy(cast: Cast) -> None:
    matter = cast.suggestion("closed")
    assert not _sees(cast, "other_deputy", matter)
    cast.take(matter, "publish", Doer("clerk", cast.clerk), DAY)
    assert _sees(cast, "other_deputy", matter)


def test_it_never_shows_a_matter_to_another_congress(cast: Cast) -> None:
    matter = cast.suggestion("closed")
    for role in ("clerk", "leader", "deputy", "contact"):
        Grant.objects.create(user=cast.outsider, role=role, body=cast.bodies["traffic"])
    assert not _sees(cast, "outsider", matter)
    assert not access.visible_shares(access.standing_of(cast.outsider, DAY)).exists()


def test_it_shows_nothing_to_who_has_no_role_or_may_not_sign_in(cast: Cast) -> None:
    matter = cast.suggestion("closed")
    assert not _sees(cast, "nobody", matter)
    cast.clerk.is_active = False
    assert not _sees(cast, "clerk", matter)


def test_it_shows_nothing_beyond_the_days_of_a_grant(cast: Cast) -> None:
    matter = cast.suggestion("closed")
    Grant.objects.filter(user=cast.clerk).update(begins=DAY, ends=DAY)
    assert _sees(cast, "clerk", matter)
    assert not _sees(cast, "clerk", matter, DAY + timedelta(days=1))
    assert not _sees(cast, "clerk", matter, DAY - timedelta(days=1))


def test_it_shows_a_body_what_bodies_below_it_hold(cast: Cast) -> None:
    matter = cast.suggestion("handed")
    Grant.objects.filter(user=cast.other_contact).update(body=cast.bodies["government"])
    assert _sees(cast, "other_contact", matter)


def test_it_shows_each_body_its_own_shares(cast: Cast) -> None:
    cast.suggestion("handed", co=["finance"])
    counts = {
        role: access.visible_shares(access.standing_of(cast.users[role], DAY)).count()
        for role in ("clerk", "contact", "other_contact", "unit", "deputy")
    }
    assert counts == {"clerk": 2, "contact": 1, "other_contact": 1, "unit": 0, "deputy": 0}


def _hidden(cast: Cast, role: str, matter: Matter) -> set[str]:
    actors = access.relation(access.standing_of(cast.users[role], DAY), matter)
    return access.hidden_fields(house.institution("suggestions"), matter, actors)


@pytest.mark.parametrize(("upto", "hidden"), [("redoing", True), ("closed", False)])
def test_it_hides_the_rating_from_the_body_until_the_matter_is_closed(
    cast: Cast, upto: str, hidden: bool
) -> None:
    matter = cast.suggestion(upto)
    rated = matter.acts.filter(kind="rate").first()
    assert rated is not None
    seen = access.readable_data(rated, _hidden(cast, "contact", matter))
    assert ("result" not in seen) == hidden
    assert access.readable_data(rated, _hidden(cast, "deputy", matter)) == rated.data
    assert access.readable_data(rated, _hidden(cast, "clerk", matter)) == rated.data


def test_it_offers_each_the_acts_of_his_own_part(cast: Cast) -> None:
    matter = cast.suggestion("handed", co=["finance"])
    offered = {
        role: {
            (offer.act.id, offer.share)
            for offer in access.offers(access.standing_of(cast.users[role], DAY), matter)
        }
        for role in ("contact", "other_contact", "deputy")
    }
    assert ("acknowledge", "1") in offered["contact"]
    assert ("acknowledge", "2") not in offered["contact"]
    assert ("acknowledge", "2") in offered["other_contact"]
    assert not any(act == "acknowledge" for act, _ in offered["deputy"])


def _row(phase: str, due_on: date | None) -> Matter:
    return Matter(
        institution="suggestions",
        year=2026,
        title="x",
        state="x",
        phase=phase,
        since=DAY,
        raised_on=DAY,
        due_on=due_on,
    )


class TestLight(TestCase):
    """Property tests need a database that is put back after every example."""

    @given(
        st.sampled_from(["pending", "handling", "closed", "void"]),
        st.none() | st.integers(-20, 20).map(lambda days: DAY + timedelta(days=days)),
    )
    def test_it_gives_one_light_by_filter_and_by_property(
        self, phase: str, due_on: date | None
    ) -> None:
        congress = Congress.objects.create(name="甲", short_name="甲", level="county")
        row = _row(phase, due_on)
        row.congress = congress
        row.save()
        shown = [key for key in LIGHTS if Matter.objects.filter(in_light(key, DAY)).exists()]
        assert shown == [light(row, DAY).key]


def test_it_is_late_only_after_the_last_day() -> None:
    assert light(_row("handling", DAY), DAY).key == "soon"
    assert light(_row("handling", DAY - timedelta(days=1)), DAY).key == "late"
    assert light(_row("handling", DAY + timedelta(days=8)), DAY).key == "running"
    assert light(_row("closed", DAY - timedelta(days=1)), DAY).days_left is None


def test_it_knows_nobody_without_a_congress(db: None) -> None:
    user = User.objects.create(username="x")
    assert not access.visible(access.standing_of(user, DAY)).exists()
