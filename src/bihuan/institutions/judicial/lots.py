"""What is drawn for one person's appraisal: closed cases and experts, as listed in its trail; who declared a
conflict is in the published list and left out of the draw."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from django.db import transaction

from bihuan.draws import drawing
from bihuan.draws.method import Announced, Entry
from bihuan.draws.models import Draw
from bihuan.institutions.judicial.models import Invitation
from bihuan.loop.forms import Refusal
from bihuan.loop.spec import Value
from bihuan.matters.act import Doer, act
from bihuan.matters.models import Act, Matter
from bihuan.people.models import User

CASES, EXPERTS = "案件", "专家"
MOST_CASES, MOST_EXPERTS = 5, 15
"""All sheets together have to fit into one act."""
CONFLICT = "申报有利害关系"
TITLE = "两官履职评议：抽取评查案件和专家"
"""What a public draw is called: everybody reads it, so it does not say whose appraisal it is."""


def entries(matter: Matter) -> list[Entry]:
    """Cases and experts of the trail, in order; the same number or name counts once."""
    found: dict[str, Entry] = {}
    rows = Act.objects.filter(matter=matter, kind__in=("list_case", "invite_expert"))
    for row in rows.order_by("seq"):
        entry = _case(row.data) if row.kind == "list_case" else _expert(row.data)
        found[entry.id] = entry
    return list(found.values())


def _case(data: Mapping[str, str]) -> Entry:
    name = f"{data['cause']}，{data['case_closed_on']} 结案"
    return Entry(data["case_number"], name, CASES)


def _expert(data: Mapping[str, str]) -> Entry:
    return Entry(data["expert"], f"{data['expert']}（{data['expert_from']}）", EXPERTS)


def excluded(matter: Matter) -> dict[str, str]:
    """Experts who declared a conflict: name → what they said, as declared last."""
    found: dict[str, str] = {}
    for row in Act.objects.filter(matter=matter, kind="invite_expert").order_by("seq"):
        found.pop(row.data["expert"], None)
        if row.data.get("conflict") is True:
            found[row.data["expert"]] = f"{CONFLICT}：{row.data.get('conflict_note', '')}"
    return found


def set_up(
    matter: Matter,
    cases: int,
    experts: int,
    contributors: Sequence[User],
    by: User,
    day: date,
    public: bool = True,
) -> Draw | Refusal:
    """Prepare the draw of so many cases and experts. A public one tells of a conflict that there is one, no more."""
    if cases > MOST_CASES or experts > MOST_EXPERTS:
        return Refusal(f"一人最多抽 {MOST_CASES} 件案件、{MOST_EXPERTS} 位专家")
    aside = excluded(matter)
    plan = Announced(
        title=TITLE if public else f"{matter.title}：抽取评查案件和专家",
        entries=tuple(entries(matter)),
        take={CASES: cases, EXPERTS: experts},
        excluded=dict.fromkeys(aside, CONFLICT) if public else aside,
    )
    return drawing.set_up(matter.congress, plan, contributors, by, day, matter, public)


def latest(matter: Matter) -> Draw | None:
    """The newest draw about this person's appraisal that was not declared void."""
    return Draw.objects.filter(matter=matter).exclude(state="void").first()


def drawn(draw: Draw, stratum: str) -> list[str]:
    """What was drawn of a stratum, by number or name."""
    tickets = (draw.file or {}).get("tickets", [])
    return [one["id"] for one in tickets if one["drawn"] and one["stratum"] == stratum]


def number_of(draw: Draw) -> str:
    """The number under which anybody finds a draw and works it out again."""
    return f"{draw.pk}（公布名单校验值 {draw.announced_hash[:16]}）"


def reserve(draw: Draw, called: Iterable[str]) -> str:
    """Who takes the place of an expert who steps aside: the next lowest ticket not called yet, or ""."""
    tickets = (draw.file or {}).get("tickets", [])
    names = [one["id"] for one in tickets if one["stratum"] == EXPERTS]
    return next((name for name in names if name not in set(called)), "")


def book(matter: Matter, draw: Draw, doer: Doer, day: date) -> Refusal | None:
    """Write what was drawn into the appraisal's trail, with the draw's number, and invite the experts drawn."""
    if draw.state != "drawn":
        return Refusal("还没有抽签，抽完再记入")
    experts = drawn(draw, EXPERTS)
    data: dict[str, Value] = {
        "case_draw_number": number_of(draw),
        "drawn_cases": "\n".join(drawn(draw, CASES)),
        "drawn_experts": "\n".join(experts),
    }
    with transaction.atomic():
        done = act(matter.pk, "draw_cases", doer, day, data)
        if isinstance(done, Refusal):
            return done
        Invitation.objects.bulk_create(
            Invitation(congress_id=matter.congress_id, matter=matter, name=name) for name in experts
        )
    return None
