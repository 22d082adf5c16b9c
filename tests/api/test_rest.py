"""The REST interface: lists to the end, one matter whole, acts by the same door, nothing that is hidden."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.api.conftest import Programs
from tests.cast import Cast

from bihuan.api.models import Answered
from bihuan.matters.models import Act, Matter

pytestmark = pytest.mark.django_db
LIST = "/api/suggestions/"


def pages(program: object, **query: str) -> Iterator[dict[str, object]]:
    address = LIST + "?" + "&".join(f"{name}={value}" for name, value in query.items())
    while address:
        answer = program.get(address)  # type: ignore[attr-defined]
        assert answer.status_code == 200, answer.content.decode()
        yield answer.json()
        address = answer.json()["next"]


def test_it_reads_a_list_to_its_end_while_matters_are_added(cast: Cast, program: Programs) -> None:
    clerk = program("clerk")
    made = [cast.suggestion("to_hand_over", title=f"关于第 {n} 件事的建议").pk for n in range(7)]
    seen: list[int] = []
    for page in pages(clerk, limit="3"):
        seen += [item["id"] for item in page["items"]]  # type: ignore[index, attr-defined]
        if len(seen) == 3:
            made.append(cast.suggestion("to_hand_over", title="关于新来的事的建议").pk)
    assert seen == made
    newest = [i["id"] for page in pages(clerk, limit="3", order="newest") for i in page["items"]]  # type: ignore[attr-defined]
    assert newest == made[::-1]


def test_it_asks_as_often_for_the_last_page_as_for_the_first(cast: Cast, program: Programs) -> None:
    clerk = program("clerk")
    for n in range(6):
        cast.suggestion("draft", title=f"关于第 {n} 件事的建议")
        cast.suggestion("to_hand_over", title=f"关于第 {n} 件要事的建议")
    clerk.get(LIST)
    counts = []
    for page in pages(clerk, limit="2"):
        with CaptureQueriesContext(connection) as asked:
            clerk.get(LIST, {"limit": "2", "after": str(page["items"][0]["id"])})  # type: ignore[index]
        counts.append(len(asked))
    assert len(counts) == 3 and len(set(counts)) == 1


def test_it_narrows_a_list_as_the_ledger_does(cast: Cast, program: Programs) -> None:
    handed = cast.suggestion("working", title="关于路灯的建议")
    cast.suggestion("to_hand_over", title="关于公交的建议")
    clerk = program("clerk")

    def ask(**query: str) -> list[int]:
        return [item["id"] for item in clerk.get(LIST, query).json()["items"]]

    assert ask(state="handling") == [handed.pk] == ask(q="路灯")
    assert ask(body=str(cast.bodies["traffic"].pk)) == [handed.pk]
    assert ask(light="closed") == [] and ask(light="late", q="路灯") == [handed.pk]
    wrong = clerk.get(LIST, {"f_phone": "1"})
    assert wrong.status_code == 422 and "筛选" in wrong.json()["detail"]


def test_it_acts_by_the_same_door_and_says_no_in_chinese(cast: Cast, program: Programs) -> None:
    matter = cast.suggestion("to_hand_over")
    clerk = program("clerk")
    path = f"/api/matters/{matter.pk}/acts/"
    offered = {one["act"] for one in clerk.get(f"/api/matters/{matter.pk}/").json()["offers"]}
    assert "hand_over" in offered
    refused = clerk.post(
        path, {"act": "hand_over", "data": {"assignments": [{"body": "市交通运输局"}]}}
    )
    assert refused.status_code == 422 and "责任人" in refused.json()["detail"]
    assert refused["Content-Type"] == "application/problem+json"
    rows = [{"body": "市交通运输局", "person": "周建国", "kind": "lead"}]
    done = clerk.post(path, {"act": "hand_over", "data": {"assignments": rows}})
    assert done.status_code == 201 and done.json()["act"] == "hand_over"
    last = Act.objects.filter(matter=matter).order_by("-seq")[0]
    assert (last.user, last.kind, last.hash) == (cast.clerk, "hand_over", done.json()["hash"])
    late = clerk.post(path, {"act": "hand_over", "data": {"assignments": rows}})
    assert late.status_code == 409
    seen = program("contact").post(path, {"act": "acknowledge", "share": "1", "seen": 1})
    assert seen.status_code == 409


def test_it_raises_a_matter_for_deputies_by_name(cast: Cast, program: Programs) -> None:
    clerk = program("clerk")
    data = {"title": "关于增设公交站的建议", "text": "请增设。"}
    unknown = clerk.post(LIST, {"act": "record", "data": data, "proposers": ["查无此人"]})
    assert unknown.status_code == 422 and "查无此人" in unknown.json()["detail"]
    made = clerk.post(LIST, {"act": "record", "data": data, "proposers": ["张春梅"]})
    assert made.status_code == 201, made.content.decode()
    matter = Matter.objects.get(pk=made.json()["matter"])
    assert [p.seat for p in matter.proposers.all()] == [cast.seats["deputy"]]
    assert made["Location"] == f"/api/matters/{matter.pk}/"


def test_it_does_once_what_is_sent_twice(cast: Cast, program: Programs) -> None:
    clerk = program("clerk")
    body = {"act": "record", "data": {"title": "关于一次的建议"}, "proposers": ["张春梅"]}
    first, second = (clerk.post(LIST, body, key="once-0001") for _ in range(2))
    assert (first.status_code, first.content) == (second.status_code, second.content)
    assert second["Idempotency-Replayed"] == "true" and Matter.objects.count() == 1
    other = clerk.post(LIST, {**body, "proposers": []}, key="once-0001")
    assert other.status_code == 422 and Matter.objects.count() == 1
    elsewhere = program("clerk").post(LIST, body, key="once-0001")
    assert elsewhere.status_code == 201 and Matter.objects.count() == 2
    missing = Client().post(
        LIST, body, "application/json", headers={"Authorization": f"Bearer {clerk.text}"}
    )
    assert missing.status_code == 422 and "Idempotency-Key" in missing.json()["detail"]


def test_it_keeps_answer_and_act_together_or_neither(
    cast: Cast, program: Programs, monkeypatch: pytest.MonkeyPatch
) -> None:
    clerk = program("clerk")
    body = {"act": "record", "data": {"title": "关于断电的建议"}, "proposers": ["张春梅"]}

    def dies(*_: object, **__: object) -> None:
        raise SystemExit("power cut")

    with monkeypatch.context() as cut:
        cut.setattr("bihuan.api.reading.done", dies)
        with pytest.raises(SystemExit):
            clerk.post(LIST, body, key="crash-001")
    assert not Matter.objects.exists() and not Answered.objects.exists()
    assert clerk.post(LIST, body, key="crash-001").status_code == 201
    assert Matter.objects.count() == 1


def test_it_hides_what_the_page_hides(cast: Cast, program: Programs) -> None:
    matter = cast.suggestion("redoing")
    told = program("contact").get(f"/api/matters/{matter.pk}/").json()
    assert (
        "没有回答什么时候修" in program("clerk").get(f"/api/matters/{matter.pk}/").content.decode()
    )
    hidden = {field["name"] for field in told["facts"]}
    hidden |= {field["name"] for act in told["trail"] for field in act["data"]}
    assert not hidden & {"result", "attitude", "comment"}
    assert program("other_contact").get(f"/api/matters/{matter.pk}/").status_code == 404
    assert program("outsider").get(f"/api/matters/{matter.pk}/").status_code == 404


def test_it_takes_a_file_and_gives_it_to_those_who_see_the_matter(
    cast: Cast, program: Programs
) -> None:
    contact, other = program("contact"), program("other_contact")

    def send(key: str, content: bytes) -> object:
        head = {"Authorization": f"Bearer {contact.text}", "Idempotency-Key": key}
        return Client().post(
            "/api/files/", {"file": SimpleUploadedFile("答复.txt", content)}, headers=head
        )

    kept, again = send("file-0001", "答复。".encode()), send("file-0001", "答复。".encode())
    assert kept.status_code == 201 and kept.content == again.content  # type: ignore[attr-defined]
    assert send("file-0002", b"").status_code == 422  # type: ignore[attr-defined]
    told = kept.json()  # type: ignore[attr-defined]
    assert other.get(told["url"]).status_code == 404
    matter = cast.suggestion("working")
    data = {
        "category": "B",
        "reply_text": "已列入计划，2026年12月底前建成。",
        "files": [told["id"]],
    }
    sent = {"act": "reply", "share": "1", "data": data}
    stolen = other.post(f"/api/matters/{matter.pk}/acts/", sent)
    assert stolen.status_code == 404
    done = contact.post(f"/api/matters/{matter.pk}/acts/", sent)
    assert done.status_code == 201, done.content.decode()
    got = program("clerk").get(told["url"])
    assert b"".join(got.streaming_content) == "答复。".encode()
    assert other.get(told["url"]).status_code == 404


def test_it_counts_reckons_and_declares(cast: Cast, program: Programs) -> None:
    cast.suggestion("closed")
    clerk = program("clerk")
    figures = clerk.get("/api/suggestions/indicators/", {"as_of": "2026-06-01"}).json()["items"]
    rate = next(one for one in figures if one["key"] == "reply_rate")
    assert rate["as_of"] == "2026-06-01" and rate["denominator"] == 1
    limit = clerk.get("/api/terms/", {"start": "2026-02-10", "term": "10个工作日"}).json()
    assert limit["due"] == "2026-03-02" and len(limit["steps"]) > 10
    wrong = clerk.get("/api/terms/", {"start": "2026-02-10", "term": "下周"})
    assert wrong.status_code == 422 and "看不懂时限" in wrong.json()["detail"]
    told = clerk.get("/api/suggestions/declaration/").json()
    form = next(act for act in told["acts"] if act["id"] == "record")["form"]
    assert "title" in form["required"] and form["properties"]["title"]["type"] == "string"
    assert {b["name"] for b in clerk.get("/api/bodies/").json()["items"]} >= {"市财政局"}


def test_it_reads_in_the_browser_and_writes_by_token_only(cast: Cast) -> None:
    client = cast.client("clerk")
    assert client.get("/api/").json()["items"]
    sent = client.post(
        LIST, {"act": "record"}, "application/json", headers={"Idempotency-Key": "browser-1"}
    )
    assert sent.status_code == 401
    assert Client().get("/api/").status_code == 401


def test_it_says_what_is_wrong_with_an_upload_it_cannot_read(program: Programs) -> None:
    long = "X-Long: " + "a" * 4000
    answer = Client().post(
        "/api/files/",
        f"--b\r\n{long}\r\n\r\nx\r\n--b--\r\n",
        content_type="multipart/form-data; boundary=b",
        headers={
            "Authorization": f"Bearer {program('clerk').text}",
            "Idempotency-Key": "long-head",
        },
    )
    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"
    assert "读不出来" in answer.json()["detail"]
