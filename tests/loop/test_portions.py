"""A part of a number as the law asks for it: people cannot be parted, and more than half is more than half."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from bihuan.loop import bounds
from bihuan.loop.check import check
from bihuan.loop.load import load_all
from bihuan.loop.params import NoSuchParam, Rules, worked_out
from bihuan.loop.portions import portion_of

ALL = load_all([Path(__file__).parents[2] / "src/bihuan/institutions"])
DAY = date(2027, 5, 11)


@pytest.mark.parametrize(
    ("written", "base", "least"),
    [
        ("1/5 of committee_members", 29, 6),
        ("1/5 of committee_members", 30, 6),
        ("1/5 of committee_members", 31, 7),
        ("1/5 of committee_members", 4, 1),
        ("more than 1/2 of committee_members", 29, 15),
        ("more than 1/2 of committee_members", 30, 16),
        ("more than 1/2 of signers", 3, 2),
        ("more than 1/1 of committee_members", 29, 30),
    ],
)
def test_it_rounds_up_to_whole_people(written: str, base: int, least: int) -> None:
    portion = portion_of(written)
    assert portion is not None and portion.least(base) == least


@pytest.mark.parametrize("value", ["3 months", "40%", "6/5 of members", "1/0 of members", 6, None])
def test_it_takes_nothing_else_for_a_portion(value: object) -> None:
    assert portion_of(value) is None


def _rules(members: int) -> Rules:
    one = ALL["removals"]
    own = next(param for param in one.params if param.name == "committee_members")
    return Rules(one, ("县级", ""), (replace(own, value=members, area="县级"),))


def test_it_keeps_what_the_number_was_reckoned_from() -> None:
    members, needed = worked_out(_rules(29), "signers_needed", DAY, {})
    assert (members.name, members.value) == ("committee_members", 29)
    assert (needed.value, "第六十一条" in needed.cite) == (6, True)


def test_it_says_where_to_enter_the_number_it_lacks() -> None:
    with pytest.raises(NoSuchParam, match="还没有登记“常委会组成人员人数”"):
        worked_out(_rules(0), "signers_needed", DAY, {})


def test_it_leaves_a_place_no_other_portion() -> None:
    refused = bounds.refusal(_rules(29), "signers_needed", "1/10 of committee_members", DAY)
    assert refused is not None and "1/5 以上" in refused.say and "第六十一条" in refused.say
    same = bounds.refusal(_rules(29), "signers_needed", "1/5 of committee_members", DAY)
    assert same is None


def test_it_refuses_a_part_of_what_nobody_declares() -> None:
    one = ALL["removals"]
    params = tuple(
        replace(p, value="1/5 of nobody") if p.name == "signers_needed" else p for p in one.params
    )
    faults = check(replace(one, params=params), ALL)
    assert [fault.id for fault in faults] == ["C027"]
