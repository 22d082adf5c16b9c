"""The yearly demand: one act to every head whom the committee appointed, and to the organs that review their own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q

from bihuan.loop.forms import Refusal
from bihuan.loop.spec import Value
from bihuan.matters.act import Doer, raise_matter
from bihuan.matters.models import Assignment, Matter
from bihuan.people.models import Appointment, Body, Congress

KEY = "duty_reports"
OWN_REVIEW = ("supervision", "court", "procuratorate")
"""Kinds of organs that review their own appointees and file what they found (S1)."""


@dataclass(frozen=True)
class Owed:
    """One head who is asked: `asked` if it was done for that year already, `load` what his body has open now.

    `person`: who answers; for an organ that reviews its own, whoever answered for it last.
    """

    post: Appointment
    person: str
    asked: bool
    load: int

    @property
    def own_review(self) -> bool:
        """Whether his organ reviews its own instead."""
        return self.post.body.kind in OWN_REVIEW


def heads(congress: Congress, year: int, day: date) -> list[Owed]:
    """Heads in office by appointment of the committee; of an organ that reviews its own, one line for it."""
    posts = Appointment.objects.filter(
        Appointment.on(day), Body.on(day), by_committee=True, body__congress=congress
    )
    posts = posts.select_related("body", "person").order_by("body__path", "pk")
    asked, load = _asked(congress, year), _load(congress)
    found: list[Owed] = []
    organs: set[int] = set()
    for post in posts:
        if post.body.kind in OWN_REVIEW and post.body_id in organs:
            continue
        organs.add(post.body_id)
        person = _answers_for(post) if post.body.kind in OWN_REVIEW else post.person.name
        found.append(Owed(post, person, identity(year, post) in asked, load.get(post.body_id, 0)))
    return found


def _answers_for(post: Appointment) -> str:
    last = Assignment.objects.filter(body=post.body_id).order_by("-pk").first()
    return last.person_name if last else post.person.name


def identity(year: int, post: Appointment) -> str:
    """What makes a demand the same: never two for one post (one organ) and year."""
    own = post.body.kind in OWN_REVIEW
    return f"{year}/organ/{post.body_id}" if own else f"{year}/post/{post.pk}"


def _asked(congress: Congress, year: int) -> set[str]:
    rows = Matter.objects.filter(
        congress=congress, institution=KEY, identity__startswith=f"{year}/"
    ).exclude(phase="void")
    return set(rows.values_list("identity", flat=True))


def _load(congress: Congress) -> Mapping[int, int]:
    """Open shares of every body: what it has to do already, shown before anything more is asked of it."""
    still = Q(phase__in=("pending", "handling"))
    rows = Assignment.objects.filter(still, congress=congress).order_by()
    return dict(rows.values_list("body").annotate(n=Count("pk")))


@dataclass(frozen=True)
class Demand:
    """What is asked of everybody."""

    year: int
    report_by: date
    contents: str
    form: str


def send(
    congress: Congress, demand: Demand, chosen: Iterable[Owed], doer: Doer, today: date
) -> list[Matter] | Refusal:
    """Ask each of them; whoever was asked already is passed over. Call inside a transaction: all or none."""
    made: list[Matter] = []
    for owed in chosen:
        if owed.asked:
            continue
        one = _ask(congress, demand, owed, doer, today)
        if isinstance(one, Refusal):
            return Refusal(f"{owed.post}：{one.say}", one.field, one.cite)
        made.append(one)
    return made


def _ask(
    congress: Congress, demand: Demand, owed: Owed, doer: Doer, today: date
) -> Matter | Refusal:
    post = owed.post
    row: dict[str, Value] = {"body": str(post.body_id), "person": owed.person, "kind": "lead"}
    what = "自行评阅情况" if owed.own_review else f"{post.post}{post.person}履职报告"
    data: dict[str, Value] = {
        "title": f"{post.body}{what}（{demand.year} 年度）",
        "year": demand.year,
        "report_by": demand.report_by.isoformat(),
        "assignments": [row],
    }
    if not owed.own_review:
        data |= {"contents": demand.contents, "form": demand.form}
    act = "ask_own_review" if owed.own_review else "raise"
    key = identity(demand.year, post)
    before = Matter.objects.filter(congress=congress, institution=KEY, identity=key).count()
    token = f"duty/{key}/{before}"
    return raise_matter(congress, KEY, act, doer, today, data, token=token, identity=key)
