"""A new institution is one new folder: declaration, two cases, a page for the clerk — and no edit elsewhere."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from django.urls import reverse
from pytest_django.fixtures import Settings
from python_calamine import load_workbook
from tests.cast import Cast, cast

from bihuan.loop.case import read_cases, replay
from bihuan.matters import house
from bihuan.matters.models import Matter

__all__ = ["cast"]

DECLARATION = """
title = "主任接待日"
count_word = "件"
group = "代表工作"
order = 55
columns = [{ name = "number" }, { name = "title" }, { name = "lead" }, { name = "state" }, { name = "due" }]

[[law]]
key = "local"
title = "主任接待日办法"
place = "江州市 2026"

[[params]]
name = "answer_within"
title = "答复期限"
value = "10 working days"
since = 2026-01-01
cite = "local"

[[states]]
id = "noted"
title = "已登记"
phase = "pending"
held_by = "clerk"

[[states]]
id = "answering"
title = "办理中"
held_by = "clerk"
due = "answer_within"

[[states]]
id = "closed"
title = "已答复"
phase = "closed"
held_by = "clerk"

[[acts]]
id = "note"
title = "登记"
by = ["clerk"]
to = "noted"
numbers = true

[[acts]]
id = "start"
title = "开始办理"
by = ["clerk"]
from = ["noted"]
to = "answering"

[[acts]]
id = "answer"
title = "答复"
by = ["clerk"]
from = ["answering"]
to = "closed"

[[acts]]
id = "lapse"
title = "逾期"
by = ["clock"]
from = ["answering"]

[[fields]]
name = "title"
title = "来访事由"
kind = "text"
act = ["note"]
required = true

[[fields]]
name = "visitor_kind"
title = "来访人类别"
kind = "choice"
act = ["note"]
choices = ["选民", "企业"]
filter = true

[[fields]]
name = "answer_text"
title = "答复内容"
kind = "longtext"
act = ["answer"]
required = true

[[indicators]]
key = "answered_rate"
title = "接待答复率"
hit = { state = "closed" }

[import]
act = "note"
key = ["title"]
"""

CASE = """
title = "十个工作日内答复"
[[story]]
on = 2026-02-09
by = "clerk"
act = "note"
data = { title = "反映路灯不亮" }
expect = { state = "noted" }
[[story]]
on = 2026-02-10
by = "clerk"
act = "start"
expect = { due = 2026-03-02 }
[[story]]
on = 2026-02-11
by = "clerk"
act = "answer"
data = { answer_text = "已修好。" }
expect = { state = "closed" }
"""

LATE = """
title = "逾期"
[[story]]
on = 2026-02-09
by = "clerk"
act = "note"
data = { title = "反映路灯不亮" }
[[story]]
on = 2026-02-10
by = "clerk"
act = "start"
[[story]]
on = 2026-04-01
by = "clerk"
act = "answer"
data = { answer_text = "已修好。" }
expect = { state = "closed", lapsed = ["lapse"] }
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The one new folder."""
    own = tmp_path / "more" / "receptions"
    (own / "cases").mkdir(parents=True)
    (own / "institution.toml").write_text(DECLARATION, encoding="utf-8")
    (own / "cases" / "in-time.toml").write_text(CASE, encoding="utf-8")
    (own / "cases" / "late.toml").write_text(LATE, encoding="utf-8")
    (own / "README.md").write_text("# 主任接待日\n", encoding="utf-8")
    return own


@pytest.fixture
def found(folder: Path, settings: Settings) -> Iterator[None]:
    """The program started with the folder's directory named in its settings."""
    settings.INSTITUTION_FOLDERS = [*settings.INSTITUTION_FOLDERS, folder.parent]
    house.institutions.cache_clear()
    yield
    house.institutions.cache_clear()


def take(cast: Cast, url: str, **values: str) -> None:
    """Fill in the form at this address and send it, with what the page itself put in hidden fields."""
    client = cast.client("clerk")
    page = client.get(url)
    assert page.status_code == 200, url
    answer = client.post(url, values, follow=True)
    assert answer.status_code == 200, answer.content.decode()[:2000]


def test_it_appears_everywhere_by_itself(found: None, cast: Cast) -> None:
    client = cast.client("clerk")
    assert "主任接待日" in client.get(reverse("today")).content.decode()
    assert "主任接待日" in client.get(reverse("ledger", args=["receptions"])).content.decode()
    take(
        cast,
        reverse("raise", args=["receptions", "note"]),
        title="反映路灯不亮",
        visitor_kind="选民",
    )
    matter = Matter.objects.get(institution="receptions")
    assert (matter.state, matter.number) == ("noted", "1")
    take(cast, reverse("act", args=[matter.pk, "start"]))
    take(cast, reverse("act", args=[matter.pk, "answer"]), answer_text="已修好。")
    assert "已答复" in client.get(reverse("matter", args=[matter.pk])).content.decode()
    assert "接待答复率" in client.get(reverse("board", args=["receptions"])).content.decode()
    ledger = client.get(reverse("ledger", args=["receptions"])).content.decode()
    assert "反映路灯不亮" in ledger and "来访人类别" in ledger
    listed = client.get(reverse("api:api-list", args=["receptions"])).json()
    assert [item["title"] for item in listed["items"]] == ["反映路灯不亮"]
    assert any(one["key"] == "receptions" for one in client.get(reverse("api:api")).json()["items"])


def test_it_comes_out_as_a_sheet_and_in_again(found: None, cast: Cast) -> None:
    take(cast, reverse("raise", args=["receptions", "note"]), title="反映路灯不亮")
    answer = cast.client("clerk").get(reverse("export", args=["receptions"]))
    rows = load_workbook(BytesIO(answer.content)).get_sheet_by_index(0).to_python()
    assert any("反映路灯不亮" in row for row in rows)


def test_it_plays_its_own_cases(found: None) -> None:
    one = house.institution("receptions")
    cases = read_cases(one)
    misses = [replay(case, house.institutions(), house.national_calendar())[0] for case in cases]
    assert len(cases) == 2 and misses == [[], []]


@pytest.mark.parametrize(
    ("was", "instead", "named"),
    [
        ('due = "answer_within"', 'due = "no_such_param"', "states[answering].due"),
        ('to = "closed"', 'to = "nowhere"', "acts[answer].to"),
        ("since = 2026-01-01\n", "", "params[answer_within].since"),
        ('place = "江州市 2026"', "", "law[local].place"),
        ('kind = "choice"', 'kind = "choise"', "fields[visitor_kind].kind"),
    ],
)
def test_it_stops_the_start_with_file_key_and_remedy(
    folder: Path, tmp_path: Path, was: str, instead: str, named: str
) -> None:
    file = folder / "institution.toml"
    file.write_text(DECLARATION.replace(was, instead, 1), encoding="utf-8")
    own = {"BIHUAN_INSTITUTIONS": str(folder.parent), "BIHUAN_HOME": str(tmp_path / "home")}
    started = subprocess.run(
        [sys.executable, "-m", "bihuan", "institutions", "--json"],
        env={**os.environ, **own, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        timeout=60,
    )
    said = started.stdout + started.stderr
    assert started.returncode != 0
    assert str(file) in json.dumps(said, ensure_ascii=False) and named in said, said
    assert "Traceback" not in said
