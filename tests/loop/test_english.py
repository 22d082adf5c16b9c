"""English words beside a declaration: shown where they are, Chinese elsewhere, refused where they name nothing."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from bihuan.loop.check import check
from bihuan.loop.english import Unreadable, in_english, missing, words
from bihuan.loop.forms import as_choice
from bihuan.loop.load import load, load_all
from bihuan.loop.params import Rules
from bihuan.loop.spec import Institution

FOLDER = Path(__file__).parents[2] / "src/bihuan/institutions"
ALL = load_all([FOLDER])


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """A folder of one institution that a test may change."""
    return Path(shutil.copytree(FOLDER / "commitments", tmp_path / "commitments"))


@pytest.mark.parametrize("one", ALL.values(), ids=lambda one: one.key)
def test_it_has_english_for_every_title_that_comes_with_the_program(one: Institution) -> None:
    assert missing(one) == []


@pytest.mark.parametrize("one", ALL.values(), ids=lambda one: one.key)
def test_it_has_english_for_every_help_that_comes_with_the_program(one: Institution) -> None:
    english = in_english(one)
    listed = ("states", "acts", "fields", "indicators", "ballots", "checks", "rungs")
    pairs = [
        (name, chinese, said)
        for name in listed
        for chinese, said in zip(getattr(one, name), getattr(english, name), strict=True)
    ]
    left = [
        f"{name}: {said.title}" for name, had, said in pairs if had.help and had.help == said.help
    ]
    assert left == []
    whys = {rung.why for rung in one.rungs} - {""}
    assert [rung.id for rung in english.rungs if rung.why in whys] == []


def test_it_changes_what_is_shown_and_nothing_that_is_stored() -> None:
    chinese = ALL["suggestions"]
    english = in_english(chinese)
    assert english.title == "Suggestions" and english.act("hand_over").title == "Hand over"
    assert [state.id for state in english.states] == [state.id for state in chinese.states]
    ratings = next(param.value for param in english.params if param.name == "ratings")
    assert [row["id"] for row in ratings] == ["满意", "基本满意", "不满意"]  # type: ignore[index, union-attr, call-overload]
    assert ratings[0]["title"] == "Satisfied"  # type: ignore[index, call-overload]
    assert english.law == chinese.law and english.act("rate").needs == chinese.act("rate").needs


def test_it_keeps_the_rules_of_the_record_chinese_whichever_are_asked_first() -> None:
    day, chinese = date(2026, 6, 1), Rules(ALL["suggestions"])
    english = replace(chinese, institution=in_english(ALL["suggestions"]))
    for rules, grade in ((english, "Satisfied"), (chinese, ""), (english, "Satisfied")):
        choice = as_choice(rules.value("ratings", day)[0])  # type: ignore[index, arg-type]
        assert (choice.id, choice.title) == ("满意", grade)
    assert english.applied("ratings", day).title == "Grades of rating"
    assert chinese.applied("ratings", day).title == "测评档次"


def test_it_stays_chinese_where_nothing_is_said(copied: Path) -> None:
    (copied / "en.toml").write_text('[states]\nopen = "To be kept"\n', encoding="utf-8")
    english = in_english(load(copied))
    assert english.title == "承诺事项"
    assert (english.state("open").title, english.state("dropped").title) == (
        "To be kept",
        "不再兑现",
    )
    (copied / "en.toml").unlink()
    words.cache_clear()
    assert in_english(load(copied)).state("open").title == "兑现中"


def test_it_refuses_words_for_what_is_not_declared(copied: Path) -> None:
    said = '[states]\nopne = "Typo"\n[tables]\na = "b"\n[choices.title]\nX = "Y"\n'
    (copied / "en.toml").write_text('name = "x"\n' + said, encoding="utf-8")
    faults = check(load(copied), ALL)
    found = {fault.key: fault.id for fault in faults}
    assert found == dict.fromkeys(("name", "states.opne", "tables", "choices.title.X"), "C030")
    assert all(fault.file.name == "en.toml" and fault.hint for fault in faults)


@pytest.mark.parametrize("text", ["[states", "[states]\nopen = 3\n", 'choices = "x"\n'])
def test_it_refuses_a_file_it_cannot_read(copied: Path, text: str) -> None:
    (copied / "en.toml").write_text(text, encoding="utf-8")
    one = load(copied)
    with pytest.raises(Unreadable):
        words(one.folder)
    assert [fault.id for fault in check(one, ALL)] == ["C031"]
