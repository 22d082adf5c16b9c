"""Counted over all congresses at once, each congress has the figures that its own rows give."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from tests.cast import Cast

from bihuan.loop.conditions import split
from bihuan.loop.spec import Indicator, Institution
from bihuan.matters import house
from bihuan.matters.act import Doer
from bihuan.matters.models import Act, Assignment, Matter
from bihuan.measures import totals
from bihuan.measures.bodies import by_lead_body
from bihuan.measures.counting import Counting
from bihuan.measures.everywhere import everywhere
from bihuan.measures.indicators import compute, figures_of
from bihuan.measures.models import Total
from bihuan.people.models import Body, Congress

TODAY = date(2026, 6, 15)
PAST = TODAY - timedelta(days=30)
ROWS = 24


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.utils.timezone.localdate", lambda *given: TODAY)


@pytest.fixture
def congresses(cast: Cast) -> list[Congress]:
    """Three congresses: two with matters of every institution, one with none."""
    county = Congress.objects.create(name="汉水县人大常委会", short_name="汉水", level="county")
    bodies = [Body.objects.create(congress=cast.elsewhere, name=f"县{n}局") for n in "一二三"]
    for place, one in enumerate(house.institutions().values()):
        _scatter(cast.congress, list(cast.bodies.values()), one, Random(place))
        _scatter(cast.elsewhere, bodies, one, Random(1000 + place))
    return [cast.congress, cast.elsewhere, county]


def _scatter(congress: Congress, bodies: list[Body], one: Institution, chance: Random) -> None:
    """Matters in any state, with any of the facts that a figure looks at, shares, and acts that fill in sums."""
    for _ in range(ROWS):
        state = chance.choice([state for state in one.states if state.track == "matter"])
        days = chance.randrange(-3, 120)
        facts = {name: chance.choice(told) for name, told in _told(one) if chance.random() < 0.7}
        matter = Matter.objects.create(
            congress=congress, institution=one.key, year=chance.choice((2025, 2026)), title="桥", state=state.id,
            phase=state.phase, since=TODAY, raised_on=TODAY - timedelta(days=days), facts=facts,
            closed_on=TODAY if state.phase == "closed" else None, round=chance.choice((1, 2)),
        )  # fmt: skip
        for key in range(chance.randrange(3)):
            _share(matter, str(key + 1), chance.choice(bodies), chance, facts)
        _acts(matter, one, chance)


def _told(one: Institution) -> Iterator[tuple[str, list[Any]]]:
    """Each fact that a figure of the institution asks for, and what it may hold."""
    asked: dict[str, list[Any]] = {}
    for indicator in one.indicators:
        for name, value in (*indicator.base.items(), *indicator.hit.items()):
            fact, lookup = split(name)
            same = value if isinstance(value, list) else [value]
            more = {"gte": [0, 2] if isinstance(value, int) else ["2026-01-05"]}.get(lookup, same)
            asked.setdefault(fact, []).extend(more)
        if indicator.by not in ("", "body", "year"):
            asked.setdefault(indicator.by, []).extend(["甲", "乙"])
    for fact in sorted(asked.keys() - {"state", "kind", "round", "owed"}):
        kind = type(asked[fact][0])
        alike = [value for value in asked[fact] if type(value) is kind and value != ""]
        if alike:
            yield fact, [True, False] if kind is bool else alike


def _share(matter: Matter, key: str, body: Body, chance: Random, facts: dict[str, Any]) -> None:
    handed, due = (TODAY - timedelta(days=chance.randrange(-2, 90)) for _ in range(2))
    Assignment.objects.create(
        congress=matter.congress, institution=matter.institution, matter=matter, key=key, body=body, person_name="周",
        kind=chance.choice(("lead", "separate", "co")), state="working", since=handed, handed_on=handed, due_on=due,
        phase=chance.choice(("handling", "closed", "void")), done_on=chance.choice((None, handed)), facts=facts,
    )  # fmt: skip


def _acts(matter: Matter, one: Institution, chance: Random) -> None:
    """Every act that fills in a sum, once, and how the matter stood after it."""
    sums = {indicator.sum for indicator in one.indicators if indicator.sum}
    acts = [a for a in one.acts if sums & {field.name for field in one.fields_of(a.id)}]
    stood = {"state": matter.state, "phase": matter.phase, "round": 1, "facts": matter.facts}
    at = timezone.now()
    for seq, act in enumerate(acts or one.acts[:1]):
        day, data = TODAY - timedelta(days=chance.randrange(90)), dict.fromkeys(sums, seq + 5)
        Act.objects.create(
            congress=matter.congress, institution=one.key, matter=matter, seq=seq, kind=act.id, who="王", at=at,
            day=day, data=data, outcome=stood,
        )  # fmt: skip


def _figures(ground: Counting) -> list[Any]:
    months = [ground.months("raised"), ground.months("ended")]
    bodies = [ground.by_body(one) for one in ground.indicators("body")]
    return [*figures_of(ground), ground.closed(), *months, *bodies]


@pytest.mark.parametrize("day", [TODAY, PAST])
@pytest.mark.parametrize("year", [None, 2026])
def test_it_gives_each_congress_the_figures_of_its_own_rows(
    congresses: list[Congress], day: date, year: int | None
) -> None:
    counted = 0
    for whole in everywhere(house.institutions().values(), day, year):
        for congress in congresses:
            told = _figures(whole.of(congress))
            alone = Counting(congress, whole.one, day, year, None)
            assert told == _figures(alone), (whole.one.key, congress)
            counted += sum(figure.numerator > 0 for figure in figures_of(whole.of(congress)))
    assert counted > 150, "hardly a figure counts anything"


def test_it_agrees_with_what_a_congress_reads(congresses: list[Congress]) -> None:
    """The figures of its board, whether or not its totals are counted."""
    totals.count(congresses[0], TODAY)
    for whole in everywhere(house.institutions().values(), TODAY):
        for congress in congresses:
            read = compute(congress, whole.one.key, TODAY)
            assert list(figures_of(whole.of(congress))) == read, (whole.one.key, congress)


def test_it_asks_no_more_for_many_congresses_than_for_one(congresses: list[Congress]) -> None:
    one = house.institution("suggestions")

    def asked(chosen: list[Congress]) -> int:
        with CaptureQueriesContext(connection) as queries:
            [whole] = everywhere([one], TODAY)
            for congress in chosen:
                assert _figures(whole.of(congress))
        return len(queries)

    assert asked(congresses) == asked(congresses[:1])


def test_it_counts_by_the_limits_each_congress_set_for_itself(congresses: list[Congress]) -> None:
    """A stricter limit stands in the shares as days: the same words give each congress its own rate."""
    Assignment.objects.all().delete()
    for place, congress in enumerate(congresses[:2]):
        matter = Matter.objects.filter(congress=congress, institution="opinions", phase="handling")
        chosen = matter.filter(raised_on__lte=PAST).first()
        assert chosen is not None
        body = Body.objects.filter(congress=congress).first()
        assert body is not None
        Assignment.objects.create(
            congress=congress, institution="opinions", matter=chosen, key="1", body=body, person_name="周", kind="lead",
            state="working", phase="handling", since=PAST, handed_on=PAST, due_on=TODAY + timedelta(days=place - 1),
        )  # fmt: skip
    [whole] = everywhere([house.institution("opinions")], TODAY)
    owed = [_bases(whole.of(congress), "report_on_time") for congress in congresses[:2]]
    assert owed == [[1], []]


def _bases(ground: Counting, key: str) -> list[int | None]:
    return [figure.denominator for figure in figures_of(ground) if figure.key == key]


def test_it_finds_in_all_congresses_what_a_check_of_each_finds(congresses: list[Congress]) -> None:
    for congress in congresses:
        totals.count(congress, TODAY)
    assert not list(totals.differences_everywhere(TODAY))
    Total.objects.filter(congress=congresses[1], what="rate", indicator="raised").update(base=7)
    Total.objects.filter(congress=congresses[0], what="body").delete()
    moved = Matter.objects.filter(congress=congresses[1], institution="suggestions").values("pk")[
        :3
    ]
    Matter.objects.filter(pk__in=[row["pk"] for row in moved]).update(counted_until=None)
    each = {(one, said) for one in congresses for said in totals.differences(one, TODAY)}
    found = list(totals.differences_everywhere(TODAY))
    assert set(found) == each and len(found) == len(each)
    assert {one for one, _said in found} == set(congresses[:2])


def test_it_counts_a_matter_for_its_new_body_after_another_returned_it(cast: Cast) -> None:
    """A share given back is void; the matter still counts for the body that has it now."""
    matter = cast.suggestion("handed", day=TODAY - timedelta(days=20))
    day = TODAY - timedelta(days=10)
    contact = Doer("lead_body", cast.contact, str(cast.bodies["traffic"]))
    clerk = Doer("clerk", cast.clerk)
    cast.take(matter, "return", contact, day, {"reason": "不属于本单位职责"}, "1")
    cast.take(matter, "allow_return", clerk, day, {"reason": "属实"}, "1")
    lead = {"body": str(cast.bodies["finance"].pk), "person": "吴秀英", "kind": "lead"}
    cast.take(matter, "hand_over", clerk, day, {"assignments": [lead]})
    ground = Counting(cast.congress, house.institution("suggestions"), TODAY, None, None)
    rate = _indicator(ground.one, "reply_rate")
    assert [(f.group, f.denominator) for f in ground.by_body(rate)] == [("市财政局", 1)]
    assert [(row.body, row.open) for row in by_lead_body(ground, TODAY)] == [("市财政局", 1)]


def _indicator(one: Institution, key: str) -> Indicator:
    return next(indicator for indicator in one.indicators if indicator.key == key)
