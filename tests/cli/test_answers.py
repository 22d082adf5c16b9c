"""The commands' stable answers: keys, values and exit codes."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from bihuan.cli import run
from bihuan.matters.models import Act, Matter
from bihuan.measures.models import Total
from bihuan.people.models import Congress, Grant, User

ROOT = Path(__file__).parents[2]
LEDGER = "建议编号,建议标题,承办单位,办理结果,来自\n1,关于修桥的建议,县交通局,A,网\n2,关于修路的建议,,,\n"
BAD = LEDGER + "3,关于修渠的建议,,很好,\n"
Capture = pytest.CaptureFixture[str]


@pytest.fixture
def congress(db: None) -> Congress:
    return Congress.objects.create(name="某县人大", short_name="某县", level="county")


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    file = tmp_path / "台账.csv"
    file.write_text(LEDGER, encoding="gb18030")
    return file


def ask(capsys: Capture, *argv: object) -> tuple[int, Any]:
    code = run([*map(str, argv), "--json"])
    return code, json.loads(capsys.readouterr().out)


def test_it_reckons_terms_without_a_database(capsys: Capture) -> None:
    code, answer = ask(capsys, "terms", "2026-02-10", "5 working days")
    assert (code, answer["due"]) == (0, "2026-02-24")
    assert set(answer["steps"][0]) == {"day", "counted", "why"}


def test_it_refuses_a_term_it_cannot_read(capsys: Capture) -> None:
    assert run(["terms", "2026-02-10", "soon"]) == 2
    assert capsys.readouterr().err.startswith("算不出来")


def test_it_reads_commitments_from_a_letter(capsys: Capture, tmp_path: Path) -> None:
    letter = tmp_path / "答复.txt"
    letter.write_text("我局将于2026年6月底前完成道路改造。", encoding="gb18030")
    code, answer = ask(capsys, "commitments", letter, "--on", "2026-01-05")
    assert code == 0
    assert [set(one) for one in answer] == [{"quote", "by", "due", "who"}]
    assert answer[0]["due"] == "2026-06-30"


def test_it_starts_without_django_where_no_database_is_needed() -> None:
    script = (
        "import sys; from bihuan.cli import run; run(['terms','2026-02-10','30 days','--json']);"
        "assert 'django' not in sys.modules"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT / "src",
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_it_imports_once_and_answers_with_six_keys(
    capsys: Capture, congress: Congress, ledger: Path
) -> None:
    code, answer = ask(capsys, "import", "suggestions", ledger)
    assert (code, answer) == (
        0,
        {
            "added": 2,
            "changed": 0,
            "unchanged": 0,
            "rejected": [],
            "columns": {
                "建议编号": "old_number",
                "建议标题": "title",
                "承办单位": "lead_bodies",
                "办理结果": "category",
            },
            "ignored_columns": ["来自"],
        },
    )
    assert ask(capsys, "import", "suggestions", ledger)[1]["unchanged"] == 2


def test_it_only_looks_on_a_dry_run(capsys: Capture, congress: Congress, ledger: Path) -> None:
    assert ask(capsys, "import", "suggestions", ledger, "--dry-run")[1]["added"] == 2
    assert not Matter.objects.exists()


@pytest.mark.django_db
def test_it_judges_a_ledger_before_there_is_a_congress(capsys: Capture, ledger: Path) -> None:
    assert ask(capsys, "import", "suggestions", ledger, "--dry-run")[1]["added"] == 2


def test_it_writes_all_or_nothing(capsys: Capture, congress: Congress, ledger: Path) -> None:
    ledger.write_text(BAD, encoding="utf-8")
    code, answer = ask(capsys, "import", "suggestions", ledger)
    assert (code, answer["added"], Matter.objects.count()) == (1, 0, 0)
    assert answer["rejected"][0]["row"] == 4
    assert set(answer["rejected"][0]) == {"row", "column", "value", "reason"}


def test_it_skips_bad_rows_when_told_to(capsys: Capture, congress: Congress, ledger: Path) -> None:
    ledger.write_text(BAD, encoding="utf-8")
    code, answer = ask(capsys, "import", "suggestions", ledger, "--skip-rejected")
    assert (code, answer["added"], Matter.objects.count()) == (0, 2, 2)


def test_it_writes_nothing_that_checks_speak_of_without_a_word(
    capsys: Capture, congress: Congress, ledger: Path
) -> None:
    ledger.write_text(
        "会议名称,会议类别,主办单位,召开日期,实际时长（分钟）,参会人数\n"
        "长会,一般性会议,督查室,2026-05-11,130,40\n短会,一般性会议,督查室,2026-05-12,60,40\n",
        encoding="utf-8",
    )
    day = ("--day", "2026-06-01")
    code, answer = ask(capsys, "import", "meetings", ledger, *day)
    assert (code, answer["added"], Matter.objects.count()) == (1, 0, 0)
    assert answer["cautions"] == {"rows": 1, "by_check": {"meetings.over_time": 1}}
    (told,) = answer["cautioned"]
    assert (told["row"], told["said"][0]["value"], told["said"][0]["threshold"]) == (2, 130, 90)
    code, answer = ask(capsys, "import", "meetings", ledger, *day, "--leave-out")
    assert (code, answer["added"], answer["left_out"]) == (0, 1, 1)
    code, answer = ask(capsys, "import", "meetings", ledger, *day, "--despite", "汛情紧急")
    assert (code, answer["added"], answer["unchanged"]) == (0, 1, 1)
    assert Act.objects.latest("pk").data["despite"]["reason"] == "汛情紧急"


@pytest.mark.parametrize("key", ["suggestions", "people", "bodies", "nothing"])
def test_it_answers_an_unreadable_file_with_a_sentence(
    capsys: Capture, congress: Congress, tmp_path: Path, key: str
) -> None:
    file = tmp_path / "坏.xlsx"
    file.write_bytes(b"PK\x03\x04broken")
    code, answer = ask(capsys, "import", key, file)
    assert code == 2
    assert answer.pop("error")
    assert answer == {
        "added": 0,
        "changed": 0,
        "unchanged": 0,
        "rejected": [],
        "columns": {},
        "ignored_columns": [],
    }


def test_it_exports_what_imports_as_unchanged(
    capsys: Capture, congress: Congress, ledger: Path, tmp_path: Path
) -> None:
    ask(capsys, "import", "suggestions", ledger)
    target = tmp_path / "出.xlsx"
    assert run(["export", "suggestions", "-o", str(target)]) == 0
    capsys.readouterr()
    answer = ask(capsys, "import", "suggestions", target)[1]
    assert (answer["added"], answer["changed"], answer["unchanged"]) == (0, 0, 2)


def test_it_gives_every_figure_with_its_base_and_day(
    capsys: Capture, congress: Congress, ledger: Path
) -> None:
    ask(capsys, "import", "suggestions", ledger)
    code, answer = ask(capsys, "indicators", "--institution", "suggestions")
    keys = {"institution", "key", "title", "numerator", "denominator", "value", "as_of"}
    assert code == 0
    assert all(set(one) == keys for one in answer)


def test_it_seals_and_verifies(capsys: Capture, congress: Congress, ledger: Path) -> None:
    ask(capsys, "import", "suggestions", ledger)
    assert ask(capsys, "sweep", "--day", "2030-01-01")[0] == 0
    assert ask(capsys, "seal")[1][0]["congress"] == "某县人大"
    code, answer = ask(capsys, "verify")
    assert (code, answer["ok"], answer["matters"], answer["broken"]) == (0, True, 2, [])
    assert set(answer) == {
        "ok", "acts", "matters", "sealed", "broken", "ballots", "draws",
    }  # fmt: skip


def test_it_counts_and_checks_the_totals(capsys: Capture, congress: Congress, ledger: Path) -> None:
    ask(capsys, "import", "suggestions", ledger)
    assert ask(capsys, "count") == (0, {"counted": 2})
    assert ask(capsys, "count", "--check") == (0, {"differences": []})
    Total.objects.filter(what="rate", indicator="raised").update(base=9)
    code, answer = ask(capsys, "count", "--check")
    assert code == 1 and len(answer["differences"]) == 1
    ask(capsys, "count", "--anew")
    assert ask(capsys, "count", "--check")[0] == 0


@pytest.mark.django_db
def test_it_lists_institutions_and_plays_cases(capsys: Capture) -> None:
    assert ask(capsys, "institutions")[1]["ok"] is True
    code, answer = ask(capsys, "cases", "suggestions")
    assert code == 0
    assert all(one["ok"] for one in answer)


def test_it_keeps_administrators_apart_from_work(
    capsys: Capture, congress: Congress, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", __import__("io").StringIO("Bihuan-2026-xk\n"))
    assert run(["user", "add", "gong", "--role", "clerk", "--password-stdin"]) == 0
    assert run(["user", "role", "gong", "system_admin"]) == 2
    assert Grant.objects.get().role == "clerk"
    assert User.objects.get().check_password("Bihuan-2026-xk")
    assert "三者分设" in capsys.readouterr().err


@pytest.mark.parametrize("argv", [[], ["fly"], ["terms", "yesterday", "3 months"]])
def test_it_leaves_with_two_when_asked_wrongly(capsys: Capture, argv: list[str]) -> None:
    with pytest.raises(SystemExit) as left:
        run(argv)
    assert left.value.code == 2
    assert "命令写得不对" in capsys.readouterr().err
