"""Letters in bulk from the ledger, as a job that can be left; and letters of one's own, of every kind."""

from __future__ import annotations

import zipfile
from io import BytesIO

import pytest
from django.utils import timezone
from docx import Document
from tests.cast import Cast
from tests.letters import standard

from bihuan.jobs import worker
from bihuan.jobs.models import Job
from bihuan.letters import background, declared
from bihuan.letters.kinds import CONGRESS, PARTY_AND_GOVERNMENT
from bihuan.letters.models import Letter
from bihuan.matters import access, files
from bihuan.matters.models import Matter

pytestmark = pytest.mark.django_db

URL = "/l/suggestions/letters/hand_over/"


def handed(cast: Cast) -> list[Matter]:
    return [
        cast.suggestion("handed", title="关于修建天桥的建议"),
        cast.suggestion("handed", title="关于校舍经费的建议", lead="finance"),
    ]


def test_the_ledger_offers_it_for_the_matters_ticked(cast: Cast) -> None:
    first, second = handed(cast)
    page = cast.client("clerk").get("/l/suggestions/").content.decode()
    assert f'formaction="{URL}"' in page
    assert (
        f'formaction="{URL}"' not in cast.client("leader").get("/l/suggestions/").content.decode()
    )
    chosen = cast.client("clerk").get(f"{URL}?m={first.pk}").content.decode()
    assert first.title in chosen and second.title not in chosen


def run_of(cast: Cast, *matters: Matter, token: str = "t") -> str:
    sent = {"m": [one.pk for one in matters], "token": token}
    answer = cast.client("clerk").post(URL, sent)
    assert answer.status_code == 302
    return str(answer["Location"])


def test_it_runs_in_the_background_and_can_be_found_again(cast: Cast) -> None:
    where = run_of(cast, *handed(cast))
    client = cast.client("clerk")
    assert "已经排上队" in client.get(where).content.decode()
    assert not Letter.objects.exists()
    assert client.get(f"{where}zip/").status_code == 404
    assert where in client.get("/letters/").content.decode()
    worker.drain("tests")
    page = client.get(where).content.decode()
    assert "已编号发出 2 份" in page
    with zipfile.ZipFile(BytesIO(client.get(f"{where}zip/").content)) as parts:
        assert len([name for name in parts.namelist() if name.endswith(".docx")]) == 2


def test_it_is_asked_once_by_one_click_sent_twice(cast: Cast) -> None:
    matters = handed(cast)
    assert run_of(cast, *matters) == run_of(cast, *matters)
    worker.drain("tests")
    assert Letter.objects.count() == 2


def test_it_goes_on_where_a_killed_worker_stopped(cast: Cast) -> None:
    first, second = handed(cast)
    run_of(cast, first, second)
    job = Job.objects.get(kind="letters")
    who = access.standing_of(cast.clerk, timezone.localdate())
    letter = declared.letters()["suggestions/hand_over"]
    half = first.assignments.all()
    background.bulk.issue_all(who, letter, half.select_related("matter", "body"), who.day)
    result = background.issue_many(job, lambda done, whole: None)
    assert result == {"refused": [], "issued": 2}
    assert sorted(Letter.objects.values_list("number", flat=True)) == [1, 2]


def test_nobody_else_sees_the_run(cast: Cast) -> None:
    where = run_of(cast, *handed(cast))
    worker.drain("tests")
    for role in ("contact", "deputy", "leader", "outsider"):
        assert cast.client(role).get(where).status_code == 404, role
        assert cast.client(role).get(f"{where}zip/").status_code == 404, role


def test_it_offers_every_kind_of_both_lists() -> None:
    free = [letter for letter in declared.letters().values() if letter.about == "free"]
    by_list = {
        name: [one.kind for one in free if one.kinds == name] for name in ("congress", "government")
    }
    assert (by_list["congress"], len(CONGRESS)) == (list(CONGRESS), 14)
    assert (by_list["government"], len(PARTY_AND_GOVERNMENT)) == (list(PARTY_AND_GOVERNMENT), 15)


def test_it_is_chosen_drafted_and_issued_on_the_national_sheet(cast: Cast) -> None:
    client = cast.client("clerk")
    page = client.get("/letters/").content.decode()
    assert (
        page.count('<option value="congress-') == 14
        and page.count('<option value="government-') == 15
    )
    where = client.post("/letters/free/", {"kind": "congress-10"})["Location"]
    row = Letter.objects.get()
    assert row.subject.endswith("的通知") and client.get(where).status_code == 200
    empty = client.post(f"/letters/{row.pk}/issue/")
    assert empty.status_code == 422 and Letter.objects.get().number is None
    words = {
        "subject": "关于召开第三次联席会议的通知",
        "to": "市人民政府办公室",
        "text": "定于12月3日上午召开联席会议，请派员参加。",
        "then": "issue",
    }
    assert client.post(where, words).status_code == 302
    issued = Letter.objects.get()
    assert issued.state == "issued" and issued.number == 1 and issued.docx is not None
    with files.open_file(issued.docx) as file:
        content = file.read()
    assert standard.faults(content) == []
    assert "联席会议" in "\n".join(p.text for p in Document(BytesIO(content)).paragraphs)


def test_a_body_writes_in_its_own_name_and_is_read_by_its_own(cast: Cast) -> None:
    client = cast.client("contact")
    page = client.get("/letters/").content.decode()
    assert '<option value="government-10"' in page and "congress-" not in page
    where = client.post("/letters/free/", {"kind": "government-10"})["Location"]
    row = Letter.objects.get()
    assert str(cast.bodies["traffic"].name).lstrip("市") in row.sender and row.code == "交发"
    assert cast.client("other_contact").get(where).status_code == 404
    assert client.post("/letters/free/", {"kind": "congress-10"}).status_code == 403
    assert client.post("/letters/free/", {"kind": "²"}).status_code == 422
