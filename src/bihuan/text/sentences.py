"""Paragraphs, sentences and clauses of a Chinese letter, each with its place in the original."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_PAIRS = {"《": "》", "“": "”", "‘": "’", "(": ")", "（": "）", "〔": "〕", "【": "】", "「": "」"}
_SENTENCE_END = frozenset("。！？!?")
_CLAUSE_END = _SENTENCE_END | frozenset("，；：,;:")
_TRAILING_CLOSERS = frozenset("”’）)》」】〕\"'")
_PARAGRAPH = re.compile(r"[^\n\r]+")


@dataclass(frozen=True, slots=True)
class Span:
    """An exact substring of a text: `original[start:end] == text`."""

    text: str
    start: int
    end: int


def span(original: str, start: int, end: int) -> Span:
    """The span of `original` between two offsets, without the white space at its edges."""
    piece = original[start:end]
    left = len(piece) - len(piece.lstrip())
    trimmed = piece.strip()
    return Span(trimmed, start + left, start + left + len(trimmed))


def paragraphs(text: str) -> list[Span]:
    """Every line of the text that holds something."""
    found = (span(text, match.start(), match.end()) for match in _PARAGRAPH.finditer(text))
    return [paragraph for paragraph in found if paragraph.text]


def sentences(text: str) -> list[Span]:
    """Every sentence, its full stop and closing quotation mark included.

    A full stop inside a balanced quotation, title or bracket does not end the sentence.
    """
    return [piece for paragraph in paragraphs(text) for piece in sentences_in(text, paragraph)]


def sentences_in(text: str, paragraph: Span) -> list[Span]:
    """The sentences of one paragraph of `text`."""
    return _split(text, paragraph, _SENTENCE_END)


def clauses(text: str) -> list[Span]:
    """Every clause of the text without the mark that ends it."""
    return [clause for sentence in sentences(text) for clause in clauses_in(text, sentence)]


def clauses_in(text: str, sentence: Span) -> list[Span]:
    """The clauses of one sentence of `text`, each without the mark that ends it."""
    pieces = _split(text, sentence, _CLAUSE_END)
    bare = (span(text, p.start, p.start + len(_without_end_mark(p.text))) for p in pieces)
    return [clause for clause in bare if clause.text]


def _without_end_mark(piece: str) -> str:
    body = piece.rstrip("".join(_CLAUSE_END))
    closers = piece[len(piece.rstrip("".join(_TRAILING_CLOSERS))) :]
    inner = piece[: len(piece) - len(closers)]
    return body if not closers or inner[-1:] not in _CLAUSE_END else piece


def _split(text: str, within: Span, marks: frozenset[str]) -> list[Span]:
    pieces, start = [], within.start
    for end in _ends(within.text, marks):
        pieces.append(span(text, start, within.start + end))
        start = within.start + end
    pieces.append(span(text, start, within.end))
    return [piece for piece in pieces if piece.text]


def _ends(piece: str, marks: frozenset[str]) -> Iterator[int]:
    """Offsets just behind each mark that stands outside brackets, closing marks included."""
    index = 0
    while index < len(piece):
        character = piece[index]
        if character in _PAIRS:
            closing = _closing(piece, index)
            if closing is not None and piece[closing - 1] in _SENTENCE_END:
                yield from _after_quotation(piece, closing, marks)
            index = index + 1 if closing is None else closing + 1
            continue
        index += 1
        if character in marks and not _inside_number(piece, index - 1):
            while index < len(piece) and piece[index] in marks | _TRAILING_CLOSERS:
                index += 1
            yield index


def _after_quotation(piece: str, closing: int, marks: frozenset[str]) -> Iterator[int]:
    """A quotation that ends with a full stop ends the sentence, unless a mark follows anyway."""
    following = piece[closing + 1 : closing + 2]
    if piece[closing] == "”" and following and following not in marks and following not in "的":
        yield closing + 1


def _closing(piece: str, opening: int) -> int | None:
    """The offset of the mark that closes the bracket at `opening`; None if it never closes."""
    left, right = piece[opening], _PAIRS[piece[opening]]
    depth = 0
    for index in range(opening, len(piece)):
        if piece[index] == left:
            depth += 1
        elif piece[index] == right:
            depth -= 1
            if depth == 0:
                return index
    return None


def _inside_number(piece: str, index: int) -> bool:
    before, after = piece[index - 1 : index] if index else "", piece[index + 1 : index + 2]
    return piece[index] in ",:" and before.isdigit() and after.isdigit()
