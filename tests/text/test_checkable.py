"""Sentences that nobody could check, told from those somebody could."""

import pytest

from bihuan.text.checkable import judge
from bihuan.text.sentence_kinds import kind_of


@pytest.mark.parametrize(
    "sentence",
    [
        "进一步提高政治站位，切实加强组织领导。",
        "健全长效机制，推动各项工作走深走实。",
        "要树立大局意识，凝聚工作合力。",
        "坚持“两个毫不动摇”，激发各类主体活力。",
        "各级人民政府要高度重视安全生产工作。",
        "深入落实中央八项规定精神，锲而不舍纠正“四风”。",
    ],
)
def test_it_finds_a_measure_without_body_day_number_or_object(sentence: str) -> None:
    assert judge(sentence).uncheckable


@pytest.mark.parametrize(
    ("sentence", "by"),
    [
        ("由市商务局牵头建立备案制度。", "who"),
        ("各项整改于6月底前完成。", "when"),
        ("市督查局每季度对执行情况进行抽查。", "when"),
        ("新建公办幼儿园12所。", "how_much"),
        ("公费医疗覆盖面力争达到95%。", "how_much"),
        ("制定《会议活动管理办法》。", "how"),
        ("实施康养服务提升工程。", "how"),
        ("对拆分检查的单位责令作出书面说明。", "how"),
        ("加快建设长春生物制药基地。", "how"),
    ],
)
def test_it_says_what_makes_a_measure_checkable(sentence: str, by: str) -> None:
    judged = judge(sentence)
    words = getattr(judged, by)
    assert words and words in sentence and words in judged.why
    assert not judged.uncheckable


@pytest.mark.parametrize(
    ("sentence", "kind"),
    [
        ("去年建成高标准农田3万亩。", "fact"),
        ("部分单位存在重复检查现象。", "fact"),
        ("制度的生命在于执行，关键是落实。", "fact"),
        ("（二）加强和改进作风", "heading"),
        ("2.严控总量，实施动态监管。", "heading"),
        ("支点一:评阅履职报告。", "heading"),
        ("加强粮食储备管理。", "measure"),
        ("各位代表！", "other"),
        ("", "other"),
    ],
)
def test_it_tells_facts_headings_and_measures_apart(sentence: str, kind: str) -> None:
    assert kind_of(sentence) == kind


def test_it_calls_nothing_but_measures_uncheckable() -> None:
    judged = judge("近年来，作风建设不断加强。")
    assert not judged.uncheckable
    assert judged.why == "讲的是已有的情况，不是要办的事。"
