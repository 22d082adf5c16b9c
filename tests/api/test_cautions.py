"""A program is warned like a person: nothing is done before it says why, and the reason stays in the act."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from jsonschema import Draft202012Validator
from tests.api.conftest import Program, Programs
from tests.cast import Cast

from bihuan.api.models import Answered
from bihuan.matters.act import Doer, raise_matter
from bihuan.matters.models import Act, Matter
from bihuan.matters.verify import verify

pytestmark = pytest.mark.django_db
TODAY = date(2026, 6, 1)
HINT = {
    "title": "关于防汛工作的工作提示",
    "paper_kind": "工作提示",
    "inside": False,
    "organizer": "办公室",
    "issued_on": "2026-06-03",
    "text": "各乡镇人大：请于6月25日前将排查情况报送市人大办公室，并逐项填报台账。",
}
PAPER = "/api/paperwork/"


@pytest.fixture(autouse=True)
def first_of_june(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "localdate", lambda *_: TODAY)


def meeting(cast: Cast, title: str) -> Matter:
    data = {
        "title": title, "organizer": "督查室", "meeting_kind": "一般性会议", "minutes_planned": 60,
        "held_on": "2026-06-10", "units": [str(cast.bodies["township"].pk)],
    }  # fmt: skip
    made = raise_matter(cast.congress, "meetings", "raise", Doer("clerk", cast.clerk), TODAY, data)
    assert isinstance(made, Matter), made
    return made


def hand_over(program: Program, matter: Matter, **more: Any) -> Any:
    rows = [{"body": "均县镇", "person": "李镇长", "kind": "lead"}]
    sent = {"act": "hand_over", "data": {"assignments": rows}, **more}
    return program.post(f"/api/matters/{matter.pk}/acts/", sent)


def test_it_answers_with_rule_figure_article_and_rows_and_does_nothing(
    cast: Cast, program: Programs
) -> None:
    meetings = [meeting(cast, title) for title in ("防汛调度会", "食品安全会")]
    matter = cast.suggestion("to_hand_over", day=date(2026, 5, 20))
    stopped = hand_over(program("clerk"), matter)
    told = stopped.json()
    assert stopped.status_code == 409 and stopped["Content-Type"] == "application/problem+json"
    assert told["type"].endswith("/cautions") and told["field"] == "despite"
    (caution,) = told["cautions"]
    assert caution["check"] == "burden.too_often"
    assert (caution["value"], caution["threshold"]) == (3, 2)
    assert "这是本月向均县镇提出的第三次要求" in caution["say"] and "《" in caution["cite"]
    assert caution["unit"] == cast.bodies["township"].pk
    assert {row["id"] for row in caution["rows"]} == {matter.pk, *(one.pk for one in meetings)}
    assert "防汛调度会" in {row["title"] for row in caution["rows"]}
    assert not matter.assignments.exists() and not Answered.objects.exists()


def test_it_goes_on_with_a_reason_that_stays_in_the_act(cast: Cast, program: Programs) -> None:
    for title in ("防汛调度会", "食品安全会"):
        meeting(cast, title)
    matter = cast.suggestion("to_hand_over", day=date(2026, 5, 20))
    clerk = program("clerk")
    done = hand_over(clerk, matter, despite=" 群众反映强烈\r\n")
    assert done.status_code == 201, done.content.decode()
    kept = matter.acts.get(kind="hand_over").data["despite"]
    assert kept["reason"] == "群众反映强烈"
    assert [one["check"] for one in kept["cautions"]] == ["burden.too_often"]
    assert not verify().broken

    def trail(role: str) -> Any:
        acts = program(role).get(f"/api/matters/{matter.pk}/").json()["trail"]
        return next(act["despite"] for act in acts if act["act"] == "hand_over")

    assert trail("clerk")["reason"] == "群众反映强烈" and trail("deputy") is None


def test_it_takes_the_same_key_again_with_the_reason_and_answers_it_once(
    cast: Cast, program: Programs
) -> None:
    clerk = program("clerk")
    sent = {"act": "raise", "data": HINT}
    stopped = clerk.post(PAPER, sent, key="hint-0001")
    assert stopped.status_code == 409 and not Matter.objects.exists()
    assert [one["check"] for one in stopped.json()["cautions"]] == ["paperwork.red_to_white"]
    reasoned = {**sent, "despite": "汛情紧急，会后补发通知"}
    first, second = (clerk.post(PAPER, reasoned, key="hint-0001") for _ in range(2))
    assert first.status_code == second.status_code == 201
    assert second["Idempotency-Replayed"] == "true" and Matter.objects.count() == 1
    assert clerk.post(PAPER, sent, key="hint-0001").status_code == 422


@pytest.mark.parametrize("reason", ["", "  ", "\n"])
def test_it_takes_blanks_for_no_reason(cast: Cast, program: Programs, reason: str) -> None:
    sent = {"act": "raise", "data": HINT, "despite": reason}
    assert program("clerk").post(PAPER, sent).status_code == 409


@pytest.mark.parametrize("reason", ["急" * 501, "急\0", "急\ud800"])
def test_it_refuses_a_reason_it_cannot_keep(cast: Cast, program: Programs, reason: str) -> None:
    answer = program("clerk").post(PAPER, {"act": "raise", "data": HINT, "despite": reason})
    assert answer.status_code == 422 and not Matter.objects.exists()


def test_it_keeps_no_reason_where_nothing_was_said(cast: Cast, program: Programs) -> None:
    notice = {**HINT, "title": "关于防汛工作的通知", "paper_kind": "通知", "inside": True}
    sent = {"act": "raise", "data": notice, "despite": "以防万一"}
    assert program("clerk").post(PAPER, sent).status_code == 201
    assert "despite" not in Act.objects.get().data


def test_it_lets_no_reason_stand_for_a_rule_that_refuses(cast: Cast, program: Programs) -> None:
    sent = {"act": "raise", "data": {**HINT, "organizer": ""}, "despite": "急"}
    answer = program("clerk").post(PAPER, sent)
    assert answer.status_code == 422 and "制发单位" in answer.json()["detail"]


def test_it_names_no_row_the_token_does_not_open(cast: Cast, program: Programs) -> None:
    for title in ("防汛调度会", "食品安全会"):
        meeting(cast, title)
    matter = cast.suggestion("to_hand_over", day=date(2026, 5, 20))
    (caution,) = hand_over(program("clerk", institutions=["suggestions"]), matter).json()[
        "cautions"
    ]
    assert [row["id"] for row in caution["rows"]] == [matter.pk] and caution["more_rows"] == 2


def test_it_asks_no_reason_for_booking_years_gone_by(cast: Cast, program: Programs) -> None:
    data = {
        "title": "工作会", "meeting_kind": "一般性会议", "organizer": "督查室", "attending": 40,
        "held_on": "2025-05-11", "minutes": 300,
    }  # fmt: skip
    clerk = program("clerk")
    assert clerk.post("/api/meetings/", {"act": "record", "data": data}).status_code == 201
    now = {"act": "record", "data": {**data, "held_on": "2026-05-11"}}
    assert clerk.post("/api/meetings/", now).status_code == 409


def test_it_documents_what_it_answers(cast: Cast, program: Programs) -> None:
    document = Client().get("/api/openapi.json").json()
    told = program("clerk").post(PAPER, {"act": "raise", "data": HINT}).json()
    schema = {"$ref": "#/components/schemas/Problem", "components": document["components"]}
    Draft202012Validator(schema).validate(told)
    assert told["cautions"]
    for where in ("/api/{institution}/", "/api/matters/{pk}/acts/"):
        assert "despite" in document["paths"][where]["post"]["responses"]["409"]["description"]
    for shape in ("Taking", "Raising"):
        assert document["components"]["schemas"][shape]["properties"]["despite"]["maxLength"] == 500
