"""The index of near copies."""

import random

from bihuan.text.nearness import Index, signature

CHANCE = random.Random(3)


def made_up(count: int = 600) -> str:
    return "".join(chr(0x4E00 + CHANCE.randrange(3000)) for _ in range(count))


def edited(text: str, share: float) -> str:
    """The text with a share of it exchanged in one piece."""
    cut = int(len(text) * share)
    return text[:100] + made_up(cut) + text[100 + cut :]


def filled(count: int = 60) -> tuple[Index, list[str]]:
    texts = [made_up() for _ in range(count)]
    index = Index()
    assert index.add_many(texts) == range(count)
    return index, texts


def test_it_finds_a_paper_whose_third_was_rewritten() -> None:
    index, texts = filled()
    assert [near.other for near in index.near(edited(texts[7], 0.3))] == [7]


def test_it_finds_nothing_for_a_paper_of_its_own() -> None:
    index, _ = filled()
    assert index.near(made_up()) == []


def test_a_paper_added_singly_is_found_at_once_and_after_many_more() -> None:
    index, _ = filled()
    late = made_up()
    number = index.add(late)
    assert [near.other for near in index.near(late)] == [number]
    index.add_many(made_up() for _ in range(10))
    assert [near.other for near in index.near(late)] == [number]


def test_it_lists_every_pair_once() -> None:
    index, texts = filled()
    copy = index.add(edited(texts[3], 0.2))
    assert [(near.one, near.other) for near in index.pairs()] == [(3, copy)]


def test_a_letter_head_that_everybody_uses_makes_nobody_alike() -> None:
    shared = made_up(400)
    index = Index()
    index.add_many(shared + made_up(600) for _ in range(120))
    assert index.pairs() == []


def test_it_finds_a_short_paragraph_in_another_paper() -> None:
    index, _ = filled()
    paragraph = made_up(120)
    number = index.add(paragraph)
    assert index.near(paragraph[:50] + made_up(12) + paragraph[60:])[0].other == number


def test_texts_of_no_length_are_like_nothing() -> None:
    index = Index()
    index.add_many(["", "一", "，。！", "", made_up()])
    assert signature("，。") is None
    assert index.pairs() == []
    assert index.near("") == []
