"""Search tokens and the likeness of invented suggestions."""

import random
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bihuan.text.similar import bigrams, fingerprint, likeness, search_terms, similarity, why

SAME = [
    ("关于修建柳湾村文化广场的建议", "关于请求在柳湾村新建一处文化活动广场的建议"),
    ("关于在青禾路口增设红绿灯的建议", "请求在青禾路与学府街路口安装交通信号灯"),
    ("关于维修石板沟村通村道路的建议", "石板沟村村道破损严重，恳请尽快修复"),
    ("关于解决白杨镇饮水困难的建议", "关于加强白杨镇自来水供水保障的建议"),
    ("关于完善东关小区健身设施的建议", "建议给东关小区配备体育器材"),
]
OTHER_PLACE = [
    "关于修建杏树村文化广场的建议",
    "关于在滨河路口增设红绿灯的建议",
    "关于维修大坪村通村道路的建议",
    "关于解决青石镇饮水困难的建议",
    "关于完善西园小区健身设施的建议",
]
UNRELATED = [
    "关于加强中小学食品安全监管的建议",
    "关于支持茶叶品牌建设的建议",
    "关于规范河道采砂管理的建议",
]


def test_it_makes_pairs_of_han_characters_and_whole_words() -> None:
    assert bigrams("修建ＡＢＣ路灯LED 3.5万") == ["修建", "abc", "路灯", "led", "3", "5", "万"]
    assert bigrams("预算法") == ["预算", "算法"]
    assert bigrams("，。") == []


def test_it_splits_a_query_into_phrases() -> None:
    assert search_terms("柳湾村 路灯") == [["柳湾", "湾村"], ["路灯"]]
    assert search_terms("“路灯”、５Ｇ_桥") == [["路灯"], ["5g"], ["桥"]]
    assert search_terms("  ，") == []


@pytest.mark.parametrize(("one", "other"), SAME)
def test_it_rates_the_same_request_in_other_words_high(one: str, other: str) -> None:
    assert similarity(one, other) >= 0.5


@pytest.mark.parametrize(("pair", "elsewhere"), list(zip(SAME, OTHER_PLACE, strict=True)))
def test_it_rates_the_same_request_for_another_place_lower(
    pair: tuple[str, str], elsewhere: str
) -> None:
    assert similarity(pair[0], elsewhere) < min(0.45, similarity(*pair))


@pytest.mark.parametrize("unrelated", UNRELATED)
@pytest.mark.parametrize("one", [pair[0] for pair in SAME])
def test_it_rates_unrelated_requests_near_zero(one: str, unrelated: str) -> None:
    assert similarity(one, unrelated) < 0.15


def test_it_is_not_led_by_forms_of_politeness() -> None:
    assert similarity("关于进一步加强养老服务工作的建议", "关于进一步加强河道采砂工作的建议") == 0


def test_it_shows_the_shared_phrases_longest_first() -> None:
    assert why(*SAME[0]) == ["柳湾村", "广场", "文化"]


def test_it_ranks_a_thousand_candidates_within_a_tenth_of_a_second() -> None:
    draw = random.Random(7)
    letters = "".join(chr(0x4E00 + 11 * index) for index in range(900))
    texts = ["".join(draw.choices(letters, k=400)) for _ in range(1000)]
    prints = [fingerprint(text[:20], text) for text in texts]
    elapsed = []
    for _ in range(3):
        start = time.perf_counter()
        best = max(range(1000), key=lambda index: likeness(prints[500], prints[index]))
        elapsed.append(time.perf_counter() - start)
    assert best == 500
    assert min(elapsed) < 0.1


@given(st.text(), st.text())
def test_it_is_symmetric_and_stays_between_zero_and_one(one: str, other: str) -> None:
    value = similarity(one, other)
    assert 0 <= value <= 1 + 1e-9
    assert value == pytest.approx(similarity(other, one))


@given(st.text(alphabet="柳湾村修建路灯abc12 ，"), st.text(alphabet="柳湾村修建路灯abc12 ，"))
def test_it_only_shows_phrases_found_in_both(one: str, other: str) -> None:
    assert all(phrase in one and phrase in other for phrase in why(one, other))


@given(st.text(alphabet="预算审查监督法", min_size=2, max_size=12), st.data())
def test_it_finds_every_substring_of_two_characters_by_neighbouring_tokens(
    text: str, data: st.DataObject
) -> None:
    start = data.draw(st.integers(0, len(text) - 2))
    end = data.draw(st.integers(start + 2, len(text)))
    tokens, [asked] = bigrams(text), search_terms(text[start:end])
    assert any(tokens[at : at + len(asked)] == asked for at in range(len(tokens)))
