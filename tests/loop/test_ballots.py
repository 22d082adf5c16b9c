"""Ballots as institutions declare them: read whole, and refused by key where they do not hold together."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from bihuan.loop.check import check
from bihuan.loop.check_ballots import refusal
from bihuan.loop.load import Faulty, load
from bihuan.loop.votes import BadVote, read_steps, steps_text
from bihuan.matters import house

ALL = house.institutions()


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """The folder of opinions, to be changed."""
    target = tmp_path / "opinions"
    shutil.copytree(ALL["opinions"].folder, target)
    return target


def changed(folder: Path, before: str, after: str) -> Path:
    file = folder / "institution.toml"
    text = file.read_text(encoding="utf-8")
    assert before in text
    file.write_text(text.replace(before, after, 1), encoding="utf-8")
    return folder


def test_it_reads_a_declared_ballot(copied: Path) -> None:
    one = load(copied)
    ballot = one.ballot("satisfaction")
    assert (ballot.act, ballot.secrecy, ballot.local) == ("vote", "secret", True)
    assert ballot.rule_params["passes"] == "vote_pass"
    assert check(one, ALL) == []


@pytest.mark.parametrize(
    ("before", "after", "id_"),
    [
        ('act = "vote"\nsecrecy', 'act = "voting"\nsecrecy', "C014"),
        ('act = "vote"\nsecrecy', 'act = "form_group"\nsecrecy', "C010"),
        ('act = "vote"\nsecrecy', 'act = "table"\nsecrecy', "C040"),
        ("local = true", "local = false", "C042"),
        ('local = true\ncite = "danjiangkou"', 'local = true\ncite = "sup17"', "C041"),
        ('local = true\ncite = "danjiangkou"', 'local = true\ncite = "nobody"', "C017"),
        ('base = "vote_base"', 'base = "vote_bases"', "C004"),
        ('choices_param = "ratings"\nresult', 'choices = ["满意"]\nresult', "C015"),
        ('"基本满意" = "vote_mostly"', '"很满意" = "vote_mostly"', "C043"),
        ('result_field = "vote_result"', 'result_field = "report_text"', "C010"),
        ('value = "not_reached"', 'value = "perhaps"', "C044"),
        ('of = ["满意"], at = "1/2"', 'of = ["满意"], at = "half"', "C044"),
        ('{ result = "不满意" }', '{ result = "很不满意" }', "C045"),
        ('note_field = "vote_note"', 'number_field = "no_such"', "C010"),
        ('note_field = "vote_note"', 'secret_field = "vote_note"', "C046"),
        ('base = "vote_base"', 'base = "vote_base"\nmembers = "committee_member"', "C004"),
    ],
)
def test_it_names_what_does_not_hold_together(
    copied: Path, before: str, after: str, id_: str
) -> None:
    faults = check(load(changed(copied, before, after)), ALL)
    named = [fault for fault in faults if fault.id == id_]
    assert named and all(fault.hint and "ballots[satisfaction]" in fault.key for fault in named)


def test_it_refuses_a_secrecy_it_does_not_know(copied: Path) -> None:
    with pytest.raises(Faulty, match=r"ballots\[satisfaction\]\.secrecy"):
        load(changed(copied, 'secrecy = "secret"', 'secrecy = "hidden"'))


def test_it_refuses_a_local_value_that_cannot_be_counted_by() -> None:
    one = ALL["opinions"]
    assert refusal(one, "vote_base", "present") == ""
    assert "基数不能是“most”" in refusal(one, "vote_base", "most")
    assert "of 里要写选项" in refusal(one, "vote_pass", read_steps("好：很好 > 1/2\n不好"))
    assert refusal(one, "ratings", "x") == ""


def test_it_edits_a_pass_rule_as_text_and_back() -> None:
    value = next(param.value for param in ALL["opinions"].params if param.name == "vote_pass")
    assert steps_text(value) == "满意：满意 1/2\n基本满意：满意＋基本满意 > 1/2\n不满意"
    assert read_steps(steps_text(value)) == value
    with pytest.raises(BadVote, match="读不出来"):
        read_steps("满意：满意多于一半\n不满意")
