"""The figures over labelled letters."""

import json
from pathlib import Path

import pytest

from bihuan.text.evaluate import agreement, main, score

TEXT = "现答复如下：\n我局将在青禾路安装路灯30盏。我局将在柳湾村铺设水管。\n2024年5月20日"


def labelled(*quotes: str, optional: tuple[str, ...] = ()) -> dict[str, object]:
    return {
        "text": TEXT,
        "commitments": [{"quote": quote} for quote in quotes],
        "optional": [{"quote": quote} for quote in optional],
        "only_plans": True,
        "formulaic": None,
    }


def test_it_matches_quotes_that_share_half_of_the_shorter() -> None:
    counts = score([labelled("在青禾路安装路灯", "我局将在柳湾村铺设水管")])
    assert (counts.matched, counts.wrong, counts.missed) == (2, 0, 0)


def test_it_counts_what_was_missed_and_what_was_wrong() -> None:
    counts = score([labelled("在青禾路安装路灯", "现答复如下")])
    assert (counts.matched, counts.wrong, counts.missed) == (1, 1, 1)
    assert counts.precision == counts.recall == counts.f1 == 0.5


def test_it_neither_asks_for_nor_minds_an_optional_quote() -> None:
    counts = score([labelled("在青禾路安装路灯", optional=("我局将在柳湾村铺设水管",))])
    assert (counts.matched, counts.wrong, counts.missed) == (1, 0, 0)


def test_it_corrects_agreement_for_chance() -> None:
    assert agreement([(True, True), (False, False)]) == (1.0, 1.0)
    assert agreement([(True, False), (False, True)]) == (0.0, -1.0)
    assert agreement([]) == (0.0, 0.0)


def test_it_prints_the_figures_of_a_folder(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    line = json.dumps(labelled("在青禾路安装路灯"), ensure_ascii=False)
    (tmp_path / "replies.jsonl").write_text(f"{line}\n{line}\n", encoding="utf-8")
    assert main([str(tmp_path)]) == 0
    assert "all: letters 2; commitments P 0.500 R 1.000" in capsys.readouterr().out


def test_it_says_in_chinese_what_it_cannot_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(tmp_path)]) == 2
    assert "无法读取标注文件 replies.jsonl" in capsys.readouterr().err
    assert main([]) == 2
