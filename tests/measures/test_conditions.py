"""A condition means the same in the loop (over facts) and in the database (as a filter)."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bihuan.loop.conditions import holds
from bihuan.matters.models import Matter
from bihuan.measures.conditions import as_q
from bihuan.people.models import Congress

FACTS = st.dictionaries(
    st.sampled_from(["a", "b"]),
    st.one_of(
        st.booleans(),
        st.integers(-3, 3),
        st.sampled_from(["满意", "不满意", "2026-01-05", "2026-03-01", "A"]),
    ),
)
NUMBERS = st.integers(-3, 3)
WORDS = st.sampled_from(["满意", "不满意", "A", "2026-02-01"])
LINES = st.one_of(
    st.tuples(st.sampled_from(["a", "b"]), st.one_of(WORDS, NUMBERS, st.booleans(), st.just(""))),
    st.tuples(st.sampled_from(["a__in", "b__in"]), st.lists(WORDS, min_size=1, max_size=3)),
)
CONDITIONS = st.lists(LINES, max_size=2).map(dict)


@pytest.fixture
def congress(db: None) -> Congress:
    return Congress.objects.create(name="江州市人大", short_name="江州", level="county")


def matter(congress: Congress, facts: dict[str, object]) -> Matter:
    return Matter.objects.create(
        congress=congress,
        institution="suggestions",
        year=2026,
        title="桥",
        state="handling",
        phase="handling",
        since=date(2026, 1, 1),
        raised_on=date(2026, 1, 1),
        facts=facts,
    )


@settings(
    max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(facts=FACTS, when=CONDITIONS)
def test_it_filters_the_rows_whose_facts_hold(
    congress: Congress, facts: dict[str, object], when: dict[str, object]
) -> None:
    row = matter(congress, facts)
    if any(
        type(facts.get(name)) is not type(asked) for name, asked in when.items() if name in facts
    ):
        return  # 1 and True are one number in SQLite's JSON: a declaration compares like with like
    found = Matter.objects.filter(as_q(when), pk=row.pk).exists()
    assert found == holds(when, facts)
    row.delete()


@pytest.mark.parametrize(
    ("facts", "when", "expected"),
    [
        ({"n": 2}, {"n__gte": 2}, True),
        ({"n": 1}, {"n__gte": 2}, False),
        ({"n": 1}, {"n__lt": 2}, True),
        ({}, {"n__lt": 2}, False),
        ({"on": "2026-02-01"}, {"on__gte": "0"}, True),
        ({}, {"on__gte": "0"}, False),
        ({}, {"on": ""}, True),
        ({"on": "2026-02-01"}, {"on": ""}, False),
        ({"late": False}, {"late": False}, True),
        ({}, {"late": False}, False),
    ],
)
def test_it_compares_numbers_dates_and_absence_alike(
    congress: Congress, facts: dict[str, object], when: dict[str, object], expected: bool
) -> None:
    row = matter(congress, facts)
    assert holds(when, facts) is expected
    assert Matter.objects.filter(as_q(when), pk=row.pk).exists() is expected
