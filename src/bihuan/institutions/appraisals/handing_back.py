"""Problems handed back as they were noted (原汁原味): body, person and limit are added, not a word is changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction

from bihuan.loop.forms import Refusal
from bihuan.loop.spec import Value
from bihuan.matters.act import Doer, NotDone, act
from bihuan.matters.models import Assignment, Matter


def noted(matter: Matter) -> list[Matter]:
    """The problems of an appraisal that the body has not been told of, in the order noted."""
    rows = Matter.objects.filter(parent=matter, institution="rectifications", state="noted")
    return list(rows.order_by("pk"))


def appraised(matter: Matter) -> Assignment | None:
    """The body under appraisal."""
    shares = Assignment.objects.filter(matter=matter).exclude(phase="void")
    return shares.select_related("body").order_by("pk").first()


@dataclass(frozen=True)
class Given:
    """What is added to one problem: who puts it right, and by when."""

    problem: Matter
    person: str
    by: date


def hand_back(
    matter: Matter, given: Sequence[Given], note: str, doer: Doer, today: date
) -> Refusal | None:
    """Hand over every problem and say on the appraisal that it was done: all or nothing."""
    share = appraised(matter)
    if share is None:
        return Refusal("这次评议没有被评议单位，请先选定")
    try:
        with transaction.atomic():
            for one in given:
                _hand_over(one, str(share.body_id), doer, today)
            said: dict[str, Value] = {"hand_back_note": note} if note else {}
            done = act(matter.pk, "hand_back", doer, today, said)
            if isinstance(done, Refusal):
                raise NotDone(done)
    except NotDone as stopped:
        return stopped.refusal
    return None


def _hand_over(one: Given, body: str, doer: Doer, today: date) -> None:
    row: dict[str, Value] = {"body": body, "person": one.person, "kind": "lead"}
    data: dict[str, Value] = {"by": one.by.isoformat(), "assignments": [row]}
    done = act(one.problem.pk, "hand_over", doer, today, data)
    if isinstance(done, Refusal):
        raise NotDone(Refusal(f"“{one.problem.title}”：{done.say}", done.field, done.cite))
