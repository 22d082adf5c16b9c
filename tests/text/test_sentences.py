"""Paragraphs, sentences and clauses keep their places in the text."""

from hypothesis import given
from hypothesis import strategies as st

from bihuan.text.sentences import Span, clauses, paragraphs, sentences

CHINESE = st.text(
    alphabet="我局将于年月日底前修建村，。；：！？、“”《》（）()\n 　0123456789年.,:;!?'\"〔〕"
)


def quotes(spans: list[Span]) -> list[str]:
    return [piece.text for piece in spans]


def test_it_splits_a_letter_into_lines_that_hold_something() -> None:
    assert quotes(paragraphs("王代表：\n\n  来信收悉。\r\n此复")) == [
        "王代表：",
        "来信收悉。",
        "此复",
    ]


def test_it_ends_a_sentence_behind_its_full_stop() -> None:
    assert quotes(sentences("路修好了。灯还没有装！何时装？")) == [
        "路修好了。",
        "灯还没有装！",
        "何时装？",
    ]


def test_it_keeps_a_full_stop_inside_a_title_or_bracket_in_the_sentence() -> None:
    text = "按照《停车办法（试行。）》（见附件。）办理。此复。"
    assert quotes(sentences(text)) == ["按照《停车办法（试行。）》（见附件。）办理。", "此复。"]


def test_it_ends_a_sentence_behind_a_quotation_that_closes_it() -> None:
    assert quotes(sentences("他说：“路通了。”大家都高兴。")) == ["他说：“路通了。”", "大家都高兴。"]


def test_it_does_not_swallow_the_rest_after_an_unclosed_bracket() -> None:
    assert quotes(sentences("见附件（一。第二句。")) == ["见附件（一。", "第二句。"]


def test_it_leaves_the_closing_mark_out_of_a_clause() -> None:
    assert quotes(clauses("经研究，现答复如下：一是修路；二是装灯。")) == [
        "经研究",
        "现答复如下",
        "一是修路",
        "二是装灯",
    ]


def test_it_does_not_break_a_number_or_a_time_of_day() -> None:
    assert quotes(clauses("投资1,200万元,早上6:30开工")) == ["投资1,200万元", "早上6:30开工"]


@given(st.one_of(CHINESE, st.text()))
def test_it_only_gives_exact_substrings_in_order(text: str) -> None:
    for split in (paragraphs, sentences, clauses):
        end = 0
        for piece in split(text):
            assert text[piece.start : piece.end] == piece.text
            assert piece.text and end <= piece.start
            end = piece.end


@given(CHINESE)
def test_it_loses_no_word_between_sentences(text: str) -> None:
    assert "".join("".join(quotes(sentences(text))).split()) == "".join(text.split())
