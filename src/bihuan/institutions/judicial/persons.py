"""Who may be drawn: judges and procurators in office by appointment of the committee. The list that is drawn from
holds every one of them; who is left out stands on it with his reason."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction

from bihuan.draws import drawing
from bihuan.draws.method import Announced, Entry
from bihuan.institutions.judicial.lots import number_of
from bihuan.institutions.judicial.models import PersonsDraw
from bihuan.loop.forms import Refusal
from bihuan.loop.spec import Value
from bihuan.matters import house
from bihuan.matters.act import Doer, NotDone, raise_matter
from bihuan.matters.models import Matter
from bihuan.people.models import Appointment, Body, Congress, Term, User

KEY = "judicial"
ORGANS = ("court", "procuratorate")


@dataclass(frozen=True)
class Line:
    """One line of the list: the post, his field, how many closed cases he has, why he is left out (or "")."""

    post: Appointment
    field: str = ""
    closed: int | None = None
    aside: str = ""


def lines(congress: Congress, day: date) -> list[Line]:
    """Everybody in office, as the last draw had him; who was appraised in this term is left out, with the year."""
    posts = Appointment.objects.filter(
        Appointment.on(day), Body.on(day), by_committee=True, body__congress=congress
    )
    posts = posts.filter(body__kind__in=ORGANS).select_related("body", "person")
    before, appraised = _as_drawn_before(congress), _appraised(congress, day)
    found = []
    for post in posts.order_by("body__path", "pk"):
        entry, year = before.get(post.pk), appraised.get((post.body_id, post.person.name))
        aside = f"本届 {year} 年已经评议" if year else ""
        found.append(
            Line(post, entry.stratum if entry else "", entry.count if entry else None, aside)
        )
    return found


def _as_drawn_before(congress: Congress) -> dict[int, Entry]:
    last = PersonsDraw.objects.filter(congress=congress).select_related("draw").first()
    if last is None:
        return {}
    entries = {entry["id"]: Entry(**entry) for entry in last.draw.plan["entries"]}
    return {post: entries[number] for number, post in last.posts.items() if number in entries}


def _appraised(congress: Congress, day: date) -> dict[tuple[int, str], int]:
    """(body, person) → the year of his appraisal in this term, entered here or taken over from an old ledger."""
    term = Term.newest(congress, day)
    since = term.begins.year if term and term.begins else 0
    rows = Matter.objects.filter(congress=congress, institution=KEY).exclude(phase="void")
    found: dict[tuple[int, str], int] = {}
    for matter in rows.prefetch_related("assignments"):
        year = int(matter.facts.get("year") or matter.raised_on.year)
        if year >= since:
            found |= dict.fromkeys(_whose(matter), year)
    return found


def _whose(matter: Matter) -> list[tuple[int, str]]:
    """Body and person of an appraisal: by its share, or as the old ledger names them."""
    shares = [(share.body_id, share.person_name) for share in matter.assignments.all()]
    booked = [key for key in matter.facts.get("lead_bodies") or () if str(key).isdecimal()]
    return shares + [(int(key), str(matter.facts.get("appointee", ""))) for key in booked]


def set_up(
    congress: Congress,
    year: int,
    given: Sequence[Line],
    take: Mapping[str, int],
    contributors: Sequence[User],
    by: User,
    day: date,
    public: bool = True,
) -> PersonsDraw | Refusal:
    """Prepare the draw of persons. Everyone needs a field; fewer closed cases than the rule asks: not drawn."""
    nameless = next((line for line in given if not line.field), None)
    if nameless:
        return Refusal(f"请给“{nameless.post.person}”选条线", "entries")
    numbered = {f"{number:02d}": line for number, line in enumerate(given, 1)}
    plan = Announced(
        title=f"{year} 年两官履职评议：抽取评议人员",
        entries=tuple(_entry(number, line) for number, line in numbered.items()),
        take={"": 0} | dict(take),
        at_least=int(str(house.rules_of(congress, KEY).value("cases_needed", day))),
        excluded={number: line.aside for number, line in numbered.items() if line.aside},
    )
    with transaction.atomic():
        draw = drawing.set_up(congress, plan, contributors, by, day, public=public)
        if isinstance(draw, Refusal):
            return draw
        posts = {number: line.post.pk for number, line in numbered.items()}
        return PersonsDraw.objects.create(congress=congress, draw=draw, year=year, posts=posts)


def _entry(number: str, line: Line) -> Entry:
    name = f"{line.post.person}（{line.post.body}{line.post.post}）"
    return Entry(number, name, line.field, line.closed or 0)


@dataclass(frozen=True)
class Drawn:
    """One who was drawn: his post, his field, and his appraisal once it is entered."""

    post: Appointment
    field: str
    matter: Matter | None


def drawn(one: PersonsDraw) -> list[Drawn]:
    """Who was drawn, in the order of the draw; empty before it."""
    tickets = [ticket for ticket in (one.draw.file or {}).get("tickets", []) if ticket["drawn"]]
    posts = Appointment.objects.select_related("person", "body").in_bulk(one.posts.values())
    entered = Matter.objects.filter(
        congress=one.congress_id, institution=KEY, identity__startswith=f"{one.draw_id}/"
    )
    matters = {matter.identity: matter for matter in entered.exclude(phase="void")}
    return [
        Drawn(post, ticket["stratum"], matters.get(_identity(one, post)))
        for ticket in tickets
        if (post := posts.get(one.posts[ticket["id"]]))
    ]


def _identity(one: PersonsDraw, post: Appointment) -> str:
    return f"{one.draw_id}/{post.pk}"


def enter(
    one: PersonsDraw, chosen: Iterable[Drawn], finish_by: date, doer: Doer, day: date
) -> Refusal | None:
    """Enter into the ledger whoever was drawn and is not in it yet; all or none."""
    try:
        with transaction.atomic():
            for each in chosen:
                if each.matter is None:
                    _enter(one, each, finish_by, doer, day)
    except NotDone as stopped:
        return stopped.refusal
    return None


def _enter(one: PersonsDraw, each: Drawn, finish_by: date, doer: Doer, day: date) -> None:
    post = each.post
    row: dict[str, Value] = {"body": str(post.body_id), "person": post.person.name, "kind": "lead"}
    data: dict[str, Value] = {
        "title": f"{one.year} 年{post.post}{post.person}履职评议",
        "year": one.year,
        "post": post.post,
        "field": each.field,
        "draw_number": number_of(one.draw),
        "finish_by": finish_by.isoformat(),
        "assignments": [row],
    }
    key = _identity(one, post)
    made = raise_matter(
        one.congress, KEY, "raise", doer, day, data, token=f"judicial/{key}", identity=key
    )
    if isinstance(made, Refusal):
        raise NotDone(Refusal(f"{post}：{made.say}", made.field, made.cite))


def of_year(congress: Congress, year: int) -> list[PersonsDraw]:
    """The year's draws of persons, the newest first."""
    rows = PersonsDraw.objects.filter(congress=congress, year=year)
    return list(rows.select_related("draw", "congress"))
