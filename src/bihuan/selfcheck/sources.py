"""What the report draws on, as of a day: registers by quarter, findings, what became of them, clues by number only."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from bihuan.findings import books
from bihuan.findings.models import Finding
from bihuan.loop.periods import Period, quarter, quarter_number, quarter_said, year_earlier
from bihuan.loop.spec import Institution
from bihuan.matters import house
from bihuan.matters.models import Act, Assignment, Matter
from bihuan.people.models import Congress

CLUES = "clues"
PASSED = "passed"


def quarter_of(day: date, back: int = 0) -> Period:
    """The quarter a day stands in up to that day; so many quarters before, the whole of it."""
    year, place = divmod(day.year * 4 + quarter_number(day) - 1 - back, 4)
    first, last = quarter(year, place + 1)
    return first, min(last, day) if back == 0 else last


def quarter_title(period: Period) -> str:
    """2026年第一季度."""
    return f"{period[0].year}年{quarter_said(quarter_number(period[0]))}"


def same_last_year(day: date) -> Period:
    """The same days of the quarter a year before."""
    return year_earlier(quarter_of(day))


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
    matters = [finding.matter for finding in findings if finding.matter is not None]
    acts = Act.objects.filter(matter__in=matters, day__lte=day).order_by("seq")
    last = {act.matter_id: act for act in acts}
    shares = Assignment.objects.filter(matter__in=matters, handed_on__lte=day)
    newest_first = shares.exclude(phase="void").select_related("body").order_by("-pk")
    first = {share.matter_id: share for share in newest_first}
    for matter in matters:
        if matter.pk in last:
            yield _measure(matter, last[matter.pk], first.get(matter.pk))


def _measure(matter: Matter, last: Act, share: Assignment | None) -> Measure:
    one = house.institution(matter.institution)
    state = one.state(str(last.outcome.get("state") or last.after))
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
