"""Minutes take their number from the register of letters: once, after the close, with a file that stays."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.urls import reverse
from docx import Document
from tests.cast import Cast, cast
from tests.sessions import takers
from tests.sessions.committee import Committee, at, make_committee

from bihuan.institutions.sessions import numbered, presence
from bihuan.institutions.sessions.models import CommitteeSession
from bihuan.letters import register
from bihuan.letters.models import Letter
from bihuan.loop.forms import Refusal
from bihuan.matters.access import Standing, standing_of

__all__ = ["cast"]
DAY = date(2026, 3, 26)


@pytest.fixture
def committee(cast: Cast) -> Committee:
    return make_committee(cast)


def sat(committee: Committee, day: date = DAY, number: int = 34) -> CommitteeSession:
    """A session held and closed."""
    session = committee.session(day, number)
    committee.item(session, day)
    committee.arrive(session, 9, at(day, 8, 50))
    assert presence.open_session(session, at(day, 9)) is None
    assert presence.close_session(session, at(day, 12)) is None
    return session


def clerk_of(committee: Committee) -> Standing:
    return standing_of(committee.cast.clerk, DAY)


def taken(committee: Committee, session: CommitteeSession) -> Letter:
    made = numbered.take_number(clerk_of(committee), session)
    assert isinstance(made, Letter), made
    return made


def words(docx: bytes) -> str:
    return "\n".join(paragraph.text for paragraph in Document(BytesIO(docx)).paragraphs)


def downloaded(committee: Committee, session: CommitteeSession, role: str = "clerk") -> bytes:
    address = reverse("sessions:session-minutes", args=[session.pk])
    answer = committee.cast.client(role).get(address)
    assert answer.status_code == 200
    return b"".join(answer.streaming_content) if answer.streaming else answer.content  # type: ignore[attr-defined]


def test_it_takes_the_next_number_with_the_file_and_shows_both(committee: Committee) -> None:
    session, client = sat(committee), committee.cast.client("clerk")
    address = reverse("sessions:session", args=[session.pk])
    assert "丹人常纪〔　〕号" in words(downloaded(committee, session))
    assert "编号，存入发文登记簿" in client.get(address).content.decode()
    change = reverse("sessions:session-change", args=[session.pk])
    page = client.post(change, {"what": "number"}, follow=True).content.decode()
    assert "会议纪要已编号：丹人常纪〔2026〕1号" in page
    assert "丹人常纪〔2026〕1号</a>" in page and 'value="number"' not in page
    assert "丹人常纪〔2026〕1号" in words(downloaded(committee, session))
    assert "丹人常纪〔2026〕1号" in client.get(reverse("letters")).content.decode()
    assert taken(committee, sat(committee, date(2026, 4, 23), 35)).number == 2


def test_it_keeps_number_and_file_however_often_it_is_asked(committee: Committee) -> None:
    session = sat(committee)
    first, before = taken(committee, session), downloaded(committee, session)
    assert taken(committee, session).pk == first.pk
    presence.strike(session.attendances.earliest("pk"), committee.cast.clerk, at(DAY, 13))
    assert downloaded(committee, session) == before == downloaded(committee, session, "leader")
    assert Letter.objects.count() == 1


def test_it_gives_no_number_before_the_close(committee: Committee) -> None:
    session = committee.session(DAY)
    committee.arrive(session, 9, at(DAY, 8, 50))
    assert presence.open_session(session, at(DAY, 9)) is None
    refused = numbered.take_number(clerk_of(committee), session)
    assert isinstance(refused, Refusal) and "闭会以后才能" in refused.say
    change = reverse("sessions:session-change", args=[session.pk])
    client = committee.cast.client("clerk")
    page = client.post(change, {"what": "number"}, follow=True).content.decode()
    assert "闭会以后才能给会议纪要编号" in page
    assert Letter.objects.count() == 0


def test_it_takes_another_number_after_the_first_was_void(committee: Committee) -> None:
    session = sat(committee)
    first = taken(committee, session)
    assert isinstance(register.void(clerk_of(committee), first.pk, "漏记一项表决"), Letter)
    page = committee.cast.client("clerk").get(reverse("sessions:session", args=[session.pk]))
    assert "漏记一项表决" in page.content.decode()
    assert "丹人常纪〔　〕号" in words(downloaded(committee, session))
    assert taken(committee, session).number == 2
    assert Letter.objects.filter(state="void").count() == 1


def test_it_takes_no_number_where_the_file_cannot_be_drawn(
    committee: Committee, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = sat(committee)

    def broken(*_: object) -> bytes:
        raise OSError("磁盘满了")

    with monkeypatch.context() as patch:
        patch.setattr("bihuan.institutions.sessions.minutes.docx", broken)
        with pytest.raises(OSError, match="磁盘满了"):
            numbered.take_number(clerk_of(committee), session)
    assert Letter.objects.count() == 0
    assert taken(committee, session).number == 1


@pytest.mark.parametrize("role", ["committee", "leader", "deputy", "contact"])
def test_it_lets_only_a_clerk_number(committee: Committee, role: str) -> None:
    session = sat(committee)
    change = reverse("sessions:session-change", args=[session.pk])
    assert committee.cast.client(role).post(change, {"what": "number"}).status_code == 403
    assert Letter.objects.count() == 0


def test_it_is_not_drafted_among_the_letters_of_ones_own(committee: Committee) -> None:
    client = committee.cast.client("clerk")
    assert "sessions/minutes" not in client.get(reverse("letters")).content.decode()
    item = sat(committee).items.get()
    page = client.get(reverse("matter-letters", args=[item.matter_id])).content.decode()
    assert "会议纪要" not in page


@pytest.mark.django_db(transaction=True)
def test_it_gives_eight_sessions_eight_numbers_whoever_asks_twice(tmp_path: Path) -> None:
    """On PostgreSQL in the test's database; SQLite's is in memory, so a file of its own is used."""
    found = takers.sixteen() if connection.vendor == "postgresql" else _on_a_file(tmp_path)
    assert found == {"taken": list(range(1, 9)), "letters": 8, "wrong": []}


def _on_a_file(home: Path) -> dict[str, Any]:
    root = Path(__file__).parents[2]
    env = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    env |= {
        "BIHUAN_HOME": str(home),
        "PYTHONPATH": f"{root / 'src'}{os.pathsep}{root}",
        "DJANGO_SETTINGS_MODULE": "bihuan.settings",
    }
    said = subprocess.run(
        [sys.executable, "-m", "tests.sessions.takers"],
        cwd=root, env=env, capture_output=True, text=True, check=True,
    )  # fmt: skip
    found: dict[str, Any] = json.loads(said.stdout)
    return found
