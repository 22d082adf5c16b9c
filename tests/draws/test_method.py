"""The published method: anybody works it out again, nobody steers it, and who breaks his word is named."""

from __future__ import annotations

import hashlib
import json
from copy import deepcopy
from dataclasses import replace
from typing import Any

import pytest

from bihuan.draws.method import (
    Announced,
    BadDraw,
    Entry,
    check,
    commitment,
    draw,
    left_out,
    published,
    verify,
)

SECRETS = {"王志刚": "春江潮水连海平一", "张春梅": "海上明月共潮生二", "李大山": "滟滟随波千万里三"}
PLEDGED = {name: commitment(name, secret) for name, secret in SECRETS.items()}
JUDGES = tuple(
    Entry(f"{n:02d}", f"法官{n:02d}", "刑事" if n % 2 else "民事", n) for n in range(1, 21)
)
PLAN = Announced(
    "法官履职评议抽签", JUDGES, {"刑事": 2, "民事": 3}, 1, {"03": "与案件当事人是近亲属"}, PLEDGED
)


def file_of(plan: Announced = PLAN) -> dict[str, Any]:
    told = published(plan, SECRETS, {"congress": "丹江市人大常委会", "day": "2026-06-25"})
    again: dict[str, Any] = json.loads(json.dumps(told, ensure_ascii=False))
    return again


def test_it_takes_so_many_of_each_stratum_and_nobody_who_stands_aside() -> None:
    tickets = draw(PLAN, SECRETS)
    drawn = [ticket for ticket in tickets if ticket.drawn]
    assert [t.stratum for t in drawn].count("刑事") == 2
    assert [t.stratum for t in drawn].count("民事") == 3
    assert "03" not in {ticket.id for ticket in tickets}


def test_it_can_be_worked_out_with_sha256_alone() -> None:
    file = file_of()
    text = json.dumps(file["announced"], ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert hashlib.sha256(text.encode()).hexdigest() == file["announced_hash"]
    for ticket in file["tickets"]:
        line = f"{file['seed']}:{ticket['stratum']}:{ticket['id']}"
        assert hashlib.sha256(line.encode()).hexdigest() == ticket["ticket"]


def test_it_holds_as_published() -> None:
    assert verify(file_of()) == []


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        (("secrets", "张春梅"), "海上明月共潮生三", "张春梅公开的密语与事先的承诺不符"),
        (("announced", "title"), "别的抽签", "事先公布的名单、规则或承诺被改动过"),
        (("announced_hash",), "0" * 64, "事先公布的名单、规则或承诺被改动过"),
        (("seed",), "0" * 64, "种子与各人的密语算出的不符"),
        (("drawn",), ["01"], "抽中的人与签号不符"),
        (("left_out",), {}, "回避和不能抽的人与规则不符"),
        (("announced", "method"), "other", "不认识抽签方法“other”"),
        (("announced", "entries"), [{"x": 1}], "公布的名单读不出来"),
    ],
)
def test_it_finds_what_was_changed(path: tuple[str, ...], value: object, said: str) -> None:
    file = file_of()
    place = file
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    assert said in "；".join(verify(file))


def test_it_names_who_withholds_his_secret() -> None:
    file = file_of()
    del file["secrets"]["李大山"]
    assert verify(file) == ["李大山没有公开自己的密语"]
    with pytest.raises(BadDraw, match="李大山没有公开自己的密语"):
        draw(PLAN, file["secrets"])


def test_it_finds_a_contributor_put_in_afterwards() -> None:
    file = deepcopy(file_of())
    file["secrets"]["后来人"] = "我也要出一份密语"
    assert verify(file) == ["后来人没有事先承诺"]


def test_it_leaves_out_persons_with_too_few_closed_cases_and_cases_still_open() -> None:
    entries = (Entry("1", "甲", "", 0), Entry("2", "乙", "", 2), Entry("3", "丙", "", 5, False))
    plan = replace(PLAN, entries=entries, take={"": 1}, at_least=1, excluded={})
    assert left_out(plan) == {"1": "已审结案件 0 件，不足 1 件", "3": "案件没有审结"}
    assert [ticket.id for ticket in draw(plan, SECRETS)] == ["2"]


def test_it_draws_cases_of_each_person_as_strata() -> None:
    cases = tuple(Entry(f"{p}-{n}", f"案{n}", p) for p in ("甲", "乙") for n in range(5))
    plan = replace(PLAN, entries=cases, take={"": 2}, at_least=0, excluded={})
    drawn = [ticket.stratum for ticket in draw(plan, SECRETS) if ticket.drawn]
    assert drawn == ["甲", "甲", "乙", "乙"]


@pytest.mark.parametrize(
    ("plan", "said"),
    [
        (replace(PLAN, take={"刑事": 20}), "“刑事”可抽的只有 9 个，要抽 20 个"),
        (replace(PLAN, entries=(*JUDGES, JUDGES[0])), "编号“01”在名单里出现了两次"),
        (replace(PLAN, excluded={"99": "亲属"}), "要回避的“99”不在名单里"),
        (replace(PLAN, excluded={"01": ""}), "回避要写明理由"),
        (replace(PLAN, commitments={"甲": "0" * 64}), "至少要有 2 个人"),
    ],
)
def test_it_says_why_it_cannot_be_carried_out(plan: Announced, said: str) -> None:
    with pytest.raises(BadDraw, match=said):
        check(plan)


def test_it_is_uniform_over_ten_thousand_draws() -> None:
    """Chi-square over twenty entries, three drawn: 38.58 is passed once in two hundred by chance (19 degrees)."""
    entries = tuple(Entry(str(n), str(n)) for n in range(20))
    counts = dict.fromkeys((entry.id for entry in entries), 0)
    for turn in range(10_000):
        secrets = {"甲": f"secret-{turn}-a", "乙": f"secret-{turn}-b"}
        pledged = {name: commitment(name, secret) for name, secret in secrets.items()}
        plan = Announced("试抽", entries, {"": 3}, commitments=pledged)
        for ticket in draw(plan, secrets):
            counts[ticket.id] += ticket.drawn
    expected = 10_000 * 3 / 20
    # Three of twenty without replacement: the variance of each count is smaller than a multinomial's by 17/19.
    chi = sum((n - expected) ** 2 / expected for n in counts.values()) * 19 / 17
    assert chi < 38.58, counts
