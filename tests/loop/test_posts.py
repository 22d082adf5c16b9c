"""What institutions declare about the register of posts: read whole, and refused by key where it does not hold."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from bihuan.loop.check import check
from bihuan.loop.load import load
from bihuan.matters import house

ALL = house.institutions()


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """The folder of removals, to be changed."""
    target = tmp_path / "removals"
    shutil.copytree(ALL["removals"].folder, target)
    return target


def test_it_reads_what_an_act_writes(copied: Path) -> None:
    one = load(copied)
    post = one.post_by("end_post")
    assert post is not None and (post.does, post.day_from) == ("ends", ("vote_on",))
    assert one.post_by("vote") is None
    assert check(one, ALL) == []


@pytest.mark.parametrize(
    ("before", "after", "id_"),
    [
        ('act = "end_post"\ndoes', 'act = "end"\ndoes', "C014"),
        ("once = true", "once = false", "C051"),
        ('by = ["clerk"]\nfrom = ["removed"]', 'by = ["clock"]\nfrom = ["removed"]', "C051"),
        ('act = "end_post"\ndoes', 'act = "draft"\ndoes', "C051"),
        ('body = "target"', 'body = "title"', "C052"),
        ('person = "person"', 'person = "somebody"', "C052"),
        ('which = "register_entry"', 'which = "title"', "C010"),
        ('day_from = ["vote_on"]', 'day_from = ["voted_on"]', "C053"),
    ],
)
def test_it_names_what_does_not_hold_together(
    copied: Path, before: str, after: str, id_: str
) -> None:
    file = copied / "institution.toml"
    text = file.read_text(encoding="utf-8")
    assert before in text
    file.write_text(text.replace(before, after, 1), encoding="utf-8")
    named = [fault for fault in check(load(copied), ALL) if fault.id == id_]
    assert named and all(fault.hint and "posts[ends]" in fault.key for fault in named)
