"""Letters whose promises stand in plain verb phrases, without 将 or a date, in the part that says what comes next."""

import re
from pathlib import Path

import pytest

from bihuan.text.commitments import commitments
from bihuan.text.evaluate import Score, score

MARK = re.compile(r"\[\[(.+?)\]\]", re.S)
WRITTEN = (Path(__file__).parent / "plain_letters.txt").read_text(encoding="utf-8").split("===\n")
HEAD = "〔某〕代表:\n您提出的建议收悉,现答复如下:\n"


def counts() -> Score:
    return score(
        {
            "text": MARK.sub(lambda mark: mark[1], letter),
            "commitments": [{"quote": quote} for quote in MARK.findall(letter)],
            "optional": [],
        }
        for letter in WRITTEN
    )


def test_it_finds_promises_told_in_plain_verb_phrases() -> None:
    found = counts()
    assert found.f1 >= 0.85
    assert found.precision >= 0.85


@pytest.mark.parametrize(
    ("said", "quote"),
    [
        ("该路口车流量大,现有设施不足。我局安排12名协管员在早晚高峰疏导。", "我局安排12名协管员"),
        ("为方便群众乘车,公交公司开通青山镇至车站的班车,每日往返6班。", "开通青山镇至车站的班车"),
        ("三、下一步打算\n(一)选取6个小区开展试点。", "选取6个小区开展试点"),
        ("项目资金尚未落实。资金到位后,年内完成主体工程。", "年内完成主体工程"),
    ],
)
def test_it_takes_an_untold_act_behind_the_turn_for_a_promise(said: str, quote: str) -> None:
    assert any(quote in found.quote for found in commitments(HEAD + said))


@pytest.mark.parametrize(
    "said",
    [
        "接到建议后,我局第一时间组织人员抢修,投入机械26台班。",
        "近两年新建停车场5处,新增泊位1460个。",
        "关于“增加校车班次”。全县现有校车68辆,运营线路74条。",
        "邻市的做法是由政府统一招标。",
        "抄送:县人大办公室、县政府督查室。",
        "我局将密切关注上级政策动态,积极争取项目支持。",
    ],
)
def test_it_takes_nothing_told_described_or_hoped_for_a_promise(said: str) -> None:
    assert commitments(HEAD + said) == []
