"""A satisfaction vote is a local practice: nothing the program says calls it a statutory procedure."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bihuan.ballots import rules
from bihuan.matters import house

ROOT = Path(__file__).parents[2]
KINDS = ("*.html", "*.toml", "*.py", "*.md", "*.po", "*.txt", "*.js")
PLACES = (
    ROOT / "src",
    ROOT / "docs",
    ROOT / "README.md",
    ROOT / "README.zh-CN.md",
    ROOT / "CHANGELOG.md",
)
LOCAL = re.compile(r"满意度测评|测评|满意度|satisfaction vote|Satisfaction vote")
STATUTORY = re.compile(r"法定程序|法定的测评|法定测评|statutory")
DENIED = re.compile(
    r"(不是|并非|非|no|not a|not|never|不得称|没有)[^。；.;\n]{0,16}(法定|statutory)|地方"
)


def texts() -> list[Path]:
    found = [
        path for place in PLACES if place.is_dir() for kind in KINDS for path in place.rglob(kind)
    ]
    return sorted({*found, *(place for place in PLACES if place.is_file())})


def faults(text: str) -> list[str]:
    """Sentences in which a satisfaction vote and the statute meet without being told apart."""
    sentences = re.split(r"[。！？；\n]|(?<=[.!?])\s", text)
    return [
        one.strip()
        for one in sentences
        if LOCAL.search(one) and STATUTORY.search(one) and not DENIED.search(one)
    ]


def test_it_reads_every_text_the_program_comes_with() -> None:
    found = texts()
    assert len(found) > 300
    named = {path.name for path in found}
    assert {"institution.toml", "presets.toml", "vote.html", "django.po", "glossary.md"} <= named


def test_it_never_calls_a_satisfaction_vote_statutory() -> None:
    wrong = {str(path): said for path in texts() if (said := faults(path.read_text("utf-8")))}
    assert wrong == {}


@pytest.mark.parametrize(
    "text",
    [
        "满意度测评是法定程序",
        "按法定程序进行满意度测评",
        "The satisfaction vote is a statutory procedure",
    ],
)
def test_it_would_find_one(text: str) -> None:
    assert faults(text)


@pytest.mark.parametrize(
    "text", ["满意度测评是地方做法，不是法定程序", "法定人数", "表决是法定程序"]
)
def test_it_takes_no_offence_at_what_is_right(text: str) -> None:
    assert faults(text) == []


def test_it_marks_every_satisfaction_vote_as_local() -> None:
    declared = [ballot for one in house.institutions().values() for ballot in one.ballots]
    assert declared
    votes = [ballot for ballot in declared if LOCAL.search(ballot.title)]
    assert all(ballot.local for ballot in votes)
    presets = [one for one in rules.presets().values() if LOCAL.search(one.title)]
    assert presets and not any(one.national for one in presets)
