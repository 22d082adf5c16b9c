"""Bodies listed as slack in rectifying two years running, with the evidence: what a ladder may propose upon.

People list (主任会议), people lift; here it is only read. Nothing follows by itself: a removal motion needs those whom
the Supervision Law names (articles 60–62), and the person's right of defence comes before any vote.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from bihuan.loop.params import NoSuchParam
from bihuan.matters import house
from bihuan.matters.models import Act, Matter
from bihuan.people.models import Body, Congress

KEY = "appointees"


@dataclass(frozen=True)
class Slack:
    """One appointee listed in consecutive years: `acts` are the listings, each with grounds and defence."""

    matter: Matter
    person: str
    body: str
    years: tuple[int, ...]
    acts: tuple[Act, ...]


def listed(congress: Congress, day: date) -> list[Slack]:
    """Those in office who were listed, and not lifted, in as many consecutive years as the rule says."""
    needed = _years_needed(congress, day)
    acts = Act.objects.filter(
        congress=congress, institution=KEY, kind__in=("list_slack", "lift_slack"), day__lte=day
    ).select_related("matter")
    by_matter: dict[int, list[Act]] = {}
    for act in acts.order_by("matter_id", "seq"):
        by_matter.setdefault(act.matter_id, []).append(act)
    found = (_running(own, needed) for own in by_matter.values())
    return [one for one in found if one and one.matter.state == "in_office"]


def _years_needed(congress: Congress, day: date) -> int:
    try:
        return int(str(house.rules_of(congress, KEY).value("slack_years", day)))
    except NoSuchParam:
        return 2


def _running(acts: Iterable[Act], needed: int) -> Slack | None:
    """The last run of years, each listed and none of them lifted again."""
    standing: dict[int, Act] = {}
    for act in acts:
        year = int(act.data["slack_year"])
        if act.kind == "list_slack":
            standing[year] = act
        else:
            standing.pop(year, None)
    years = sorted(standing)
    run = [year for year in years if all(step in standing for step in range(year, years[-1] + 1))]
    if len(run) < needed:
        return None
    matter = standing[run[-1]].matter
    return Slack(
        matter,
        str(matter.facts.get("appointee", "")),
        _body(matter),
        tuple(run),
        tuple(standing[year] for year in run),
    )


def _body(matter: Matter) -> str:
    word = str(matter.facts.get("body", ""))
    found = (
        Body.objects.filter(congress=matter.congress_id, pk=int(word)) if word.isdecimal() else None
    )
    return str(found.first() or word) if found is not None else word
