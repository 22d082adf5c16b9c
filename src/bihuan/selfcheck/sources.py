"""What the report draws on, as of a day: registers by quarter, findings, what became of them, clues by number only."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q, QuerySet

from bihuan.findings import books
from bihuan.findings.models import Finding
from bihuan.loop.checks import Period
from bihuan.loop.spec import Institution
from bihuan.matters import house
from bihuan.matters.models import Act, Assignment, Matter
from bihuan.people.models import Congress

CLUES = "clues"
PASSED = "passed"
FIRST_MONTHS = (1, 4, 7, 10)


def quarter_of(day: date, back: int = 0) -> Period:
    """The quarter a day stands in up to that day; so many quarters before, the whole of it."""
    place = day.year * 4 + (day.month - 1) // 3 - back
    first = date(place // 4, FIRST_MONTHS[place % 4], 1)
    following = place + 1
    last = date(following // 4, FIRST_MONTHS[following % 4], 1) - timedelta(days=1)
    return first, min(last, day) if back == 0 else last


def quarter_title(period: Period) -> str:
    """2026年第一季度."""
    return f"{period[0].year}年第{'一二三四'[(period[0].month - 1) // 3]}季度"


def same_last_year(day: date) -> Period:
    """The same days of the quarter a year before."""
    first, last = quarter_of(day)
    return first.replace(year=first.year - 1), _year_before(last)


def _year_before(day: date) -> date:
    leap = day.month == 2 and day.day == 29
    return day.replace(year=day.year - 1, day=28 if leap else day.day)


@dataclass(frozen=True)
class Trend:
    """How many a register holds in a quarter, in the one before, and in the same days of the year before."""

    institution: Institution
    now: int
    before: int
    year_before: int


def registers(heading: str) -> list[Institution]:
    """The institutions whose own rows are checked under a heading."""
    return [
        one
        for one in house.institutions().values()
        if one.day_of and any(c.heading == heading and c.of == "rows" for c in one.checks)
    ]


def trend(congress: Congress, one: Institution, day: date) -> Trend:
    """Counted on the rows, three queries."""
    book = books.Kept(congress, one, day.year)
    periods = (quarter_of(day), quarter_of(day, 1), same_last_year(day))
    now, before, year_before = (book.count({}, period) for period in periods)
    return Trend(one, now, before, year_before)


def found(congress: Congress, heading: str, day: date) -> QuerySet[Finding]:
    """What the checks found in the year up to the day and what still holds, refutations left out."""
    own = Finding.objects.filter(congress=congress, heading=heading, year=day.year)
    held = Q(gone_on=None) | Q(gone_on__gt=day)
    return (
        own.filter(held, begins__lte=day)
        .exclude(state="refuted")
        .select_related("matter")
        .prefetch_related("evidence__matter", "settlements")
        .order_by("institution", "check_key", "ends", "pk")
    )


@dataclass(frozen=True)
class Measure:
    """A problem under rectification as it stood on the day: who, by when, in which state."""

    matter: Matter
    state: str
    closed: bool
    body: str
    person: str
    due: str


def measures(findings: list[Finding], day: date) -> Iterator[Measure]:
    """What became of confirmed findings, as of the day."""
    for finding in findings:
        if finding.matter is not None:
            last = _last(finding.matter, day)
            if last is not None:
                yield _measure(finding.matter, last, day)


def _last(matter: Matter, day: date) -> Act | None:
    return Act.objects.filter(matter=matter, day__lte=day).order_by("-seq").first()


def _measure(matter: Matter, last: Act, day: date) -> Measure:
    one = house.institution(matter.institution)
    state = one.state(str(last.outcome.get("state") or last.after))
    shares = Assignment.objects.filter(matter=matter, handed_on__lte=day).select_related("body")
    share = shares.exclude(phase="void").order_by("pk").first()
    due = str(last.outcome.get("due") or "")
    return Measure(
        matter,
        state.title,
        not state.open,
        share.body.name if share else "",
        share.person_name if share else "",
        due or (share.due_on.isoformat() if share and share.due_on else ""),
    )


def clues(congress: Congress, title: str, day: date) -> tuple[int, int]:
    """How many clues under a heading up to the day, and how many were passed on. Numbers only: no word of them."""
    rows = Matter.objects.filter(
        congress=congress, institution=CLUES, raised_on__lte=day, facts__heading=title
    )
    year = rows.filter(raised_on__year=day.year)
    return year.count(), year.filter(state=PASSED, closed_on__lte=day).count()
