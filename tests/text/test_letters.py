"""The invented letters, read and held against their marks: half a was learnt from first, half b after it."""

import re
import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from bihuan.text.commitments import Commitment, commitments, formulaic, only_plans
from bihuan.text.evaluate import Score, agreement, score

LETTERS = tomllib.loads((Path(__file__).parent / "letters.toml").read_text(encoding="utf-8"))[
    "letter"
]
MARK = re.compile(r"\[\[(.+?)\]\]", re.S)


def marked(letter: dict[str, Any]) -> list[list[str]]:
    """Every mark as [quote, by, who, due], empty where it names none."""
    return [(mark.split("|") + [""] * 3)[:4] for mark in MARK.findall(letter["text"])]


def plain(letter: dict[str, Any]) -> str:
    return MARK.sub(lambda mark: mark[1].split("|")[0], letter["text"])


def signed(letter: dict[str, Any]) -> dict[str, Any]:
    """The letter as the evaluation takes it, with the day it was signed below."""
    day: date = letter["on"]
    text = f"{plain(letter)}\n{day.year}年{day.month}月{day.day}日"
    return {
        "text": text,
        "commitments": [{"quote": mark[0]} for mark in marked(letter)],
        "optional": [],
    }


def half(name: str) -> list[dict[str, Any]]:
    return [letter for letter in LETTERS if letter["half"] == name]


def counts(name: str) -> Score:
    return score(signed(letter) for letter in half(name))


def exactly_found(letter: dict[str, Any]) -> list[tuple[Commitment, list[str]]]:
    marks = {mark[0]: mark for mark in marked(letter)}
    found = commitments(plain(letter), letter["on"])
    return [(item, marks[item.quote]) for item in found if item.quote in marks]


@pytest.mark.parametrize(("name", "least"), [("a", 0.85), ("b", 0.70)])
def test_it_finds_the_promises_of_invented_letters(name: str, least: float) -> None:
    assert counts(name).f1 >= least


@pytest.mark.parametrize("name", ["a", "b"])
def test_it_rarely_takes_anything_else_for_a_promise(name: str) -> None:
    assert counts(name).precision >= 0.8


@pytest.mark.parametrize("name", ["a", "b"])
def test_it_tells_plans_from_work_done_nearly_as_readers_do(name: str) -> None:
    pairs = [(letter["only_plans"], only_plans(plain(letter)).value) for letter in half(name)]
    assert agreement(pairs)[1] >= 0.6


def test_it_finds_the_letters_without_any_substance() -> None:
    found = [formulaic(plain(letter)).value for letter in LETTERS]
    assert found == [letter.get("formulaic", False) for letter in LETTERS]


def test_it_resolves_the_days_and_names_the_doers_of_what_it_finds_word_for_word() -> None:
    pairs = [pair for letter in LETTERS for pair in exactly_found(letter)]
    days = [str(item.due or "") == mark[3] for item, mark in pairs]
    doers = [(item.who or "") == mark[2] for item, mark in pairs]
    assert sum(days) >= 0.85 * len(pairs)
    assert sum(doers) >= 0.85 * len(pairs)
