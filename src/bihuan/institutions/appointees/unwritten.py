"""Appointments that were voted and are not in the register of posts yet: what the map cannot show."""

from __future__ import annotations

from bihuan.loop.spec import Value
from bihuan.matters.act import key_of
from bihuan.matters.models import Matter
from bihuan.people.models import Appointment, Congress

KEY = "appointees"
STATES = ("to_swear", "in_office", "leaving")


def appointments(congress: Congress) -> list[Matter]:
    """The matters of who was voted into a post here that nobody wrote down, by hand or by the act; oldest first."""
    voted = Matter.objects.filter(
        congress=congress, institution=KEY, state__in=STATES, facts__has_key="vote_count"
    ).exclude(facts__has_key="enter_post_count")
    rows = list(voted.order_by("pk"))
    known = _registered(congress) if rows else set()
    return [row for row in rows if _post(row.facts) not in known]


def _registered(congress: Congress) -> set[tuple[str, int, str]]:
    posts = Appointment.objects.filter(by_committee=True, body__congress=congress)
    return set(posts.values_list("person__name", "body", "post"))


def _post(facts: dict[str, Value]) -> tuple[str, int, str]:
    name, body, post = (str(facts.get(key, "")) for key in ("appointee", "body", "post"))
    return name, key_of(body), post
