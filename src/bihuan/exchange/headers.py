"""Finding the header of a sheet and telling which column holds which field.

Offices put titles above the header, split it into two levels, write its words with blanks and
brackets, and end the table with totals and signatures. Whatever is not handed on as a row is named
in `Table.skipped` or `Table.ignored_columns`, so nothing gets lost in silence.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice, pairwise
from typing import NamedTuple

from bihuan.exchange.sheets import Cell, Line, Merge, Sheet
from bihuan.exchange.values import text

Synonyms = Mapping[str, tuple[str, ...]]
"""Field → the words an office may write above its column."""

Sniffer = Callable[[str, Sequence[str], Sequence[str]], str | None]
"""(header, fields it may mean, values below it) → the field the values speak for, or None."""

SCANNED_LINES = 30
SAMPLED_LINES = 60
LONGEST_HEADER = 12
"""A header with more characters (brackets left out) is a sentence: only an exact synonym counts."""

NEUTRAL_TAILS = ("名称", "姓名", "全称", "情况", "类型", "栏", "名", "评价", "等次", "明细")
"""What may follow a synonym without changing what the column holds (代表 → 代表姓名)."""

TURNING_PREFIXES = ("要求", "应", "拟", "计划", "预计", "是否", "未", "非", "不", "原", "下次")
"""What turns a synonym into another thing (答复日期 → 要求答复日期)."""

_BRACKETS = re.compile(r"[(\[【〔<《][^()\[\]【】〔〕<>《》]*[)\]】〕>》]")
_TOTAL = re.compile(r"(合计|总计|小计|共计|累计|总数)[:：]?(\(?\D?\)?|共?\d+(\.\d+)?\D{0,2})")
_FOOTER = re.compile(
    r"(填表人?|制表人?|填报人?|审核人?|负责人|分管领导|经办人|联系人|联系电话|电话|复核"
    r"|填表单位|制表单位|填报单位|单位(\(盖章\))|填表日期|制表日期|填报日期|注|备注|附注|说明"
    r"|填表说明|填报说明)\d*(:|：|$).*",
    re.DOTALL,
)
_SECTION = re.compile(r"([一二三四五六七八九十]+[、.．]|[(（][一二三四五六七八九十]+[)）]).*")
_SENTENCE = re.compile(r"[,，。;；?？!！]")
_NOTE = re.compile(r"[^:：]+[:：].+")


class NoHeader(ValueError):
    """No header was found; `sentence` lists what was seen and what would be understood."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


@dataclass(frozen=True)
class Column:
    """A column: its place from 0, its header as written, the field it holds or why it is left."""

    index: int
    header: str
    field: str | None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One matter's row: where it stands in the file, and its raw cell for each recognised field."""

    number: int
    sheet: str
    cells: dict[str, Cell]


class Skipped(NamedTuple):
    """A row that holds no matter: its number, why it was passed over, and what it says."""

    number: int
    reason: str
    text: str


@dataclass
class Table:
    """A recognised table; `skipped` and `ignored_columns` are whole once `rows` is gone through."""

    sheet: str
    first_row: int
    columns: tuple[Column, ...]
    skipped: list[Skipped]
    rows: Iterator[Row] = field(default_factory=lambda: iter(()))
    unnamed: list[str] = field(default_factory=list)

    @property
    def header(self) -> dict[str, str]:
        """Header as written → field, for the recognised columns in their order."""
        return {c.header: c.field for c in self.columns if c.field is not None}

    @property
    def ignored_columns(self) -> list[str]:
        """The columns left out: not understood, a second one for a field, or without a header."""
        return [c.header for c in self.columns if c.field is None and c.header] + self.unnamed


class _Match(NamedTuple):
    """What a header may mean: 3 for an exact synonym, 2 for a contained one, 0 for nothing."""

    strength: int
    fields: tuple[str, ...]


class _Header(NamedTuple):
    """Header lines taken together: levels of text for each column, top level first."""

    first: int
    last: int
    levels: list[tuple[str, ...]]
    matches: list[_Match]

    @property
    def score(self) -> float:
        best: dict[str, int] = {}
        for match in self.matches:
            for name in match.fields[:1]:
                best[name] = max(best.get(name, 0), match.strength)
        return sum(best.values())


def recognise(sheet: Sheet, synonyms: Synonyms, sniff: Sniffer | None = None) -> Table:
    """The table in a sheet.

    `sniff` decides by the values where one word stands for several fields. Raises `NoHeader`.
    """
    head = sheet.head(SCANNED_LINES)
    header = _best_header(head, sheet.merges, _tidied(synonyms))
    if header is None:
        raise NoHeader(_no_header_sentence(sheet.name, head, synonyms))
    columns = _columns(header, _samples(sheet, header), sniff)
    above = [
        Skipped(line.number, "表头之前的标题或说明", _joined(line.cells))
        for line in islice(sheet.lines(), header.first - 1)
        if _joined(line.cells)
    ]
    table = Table(sheet.name, header.last + 1, columns, above)
    table.rows = _rows(sheet, table, _repeats(header))
    return table


def by_values(tests: Mapping[str, Callable[[str], bool]]) -> Sniffer:
    """A sniffer for the field whose test holds for most, and more than half, of the values."""

    def sniff(_header: str, fields: Sequence[str], values: Sequence[str]) -> str | None:
        held = {f: sum(map(tests[f], values)) for f in fields if f in tests}
        best = max(held, key=lambda name: held[name], default=None)
        return best if best is not None and held[best] * 2 > len(values) else None

    return sniff


def tidy(words: str) -> str:
    """A header's words without blanks, breaks, width and case, to hold against synonyms."""
    plain = "".join(unicodedata.normalize("NFKC", words).split())
    return plain.replace(":", "").replace("：", "").replace("*", "").casefold()


def _tidied(synonyms: Synonyms) -> dict[str, list[str]]:
    """Tidied word → the fields that claim it, in the order of declaration."""
    claims: dict[str, list[str]] = {}
    for name, words in synonyms.items():
        for word in words:
            fields = claims.setdefault(tidy(word), [])
            if name not in fields:
                fields.append(name)
    return claims


def _best_header(
    head: Sequence[Line], merges: Sequence[Merge], claims: Mapping[str, list[str]]
) -> _Header | None:
    candidates = (
        _header(head[start : start + depth], claims)
        for start in range(len(head))
        for depth in (1, 2, 3)
        if start + depth <= len(head) and _stands_together(head[start : start + depth], merges)
    )
    good = [header for header in candidates if _is_enough(header)]
    return max(good, key=lambda h: (h.score, h.last - h.first, -h.first), default=None)


def _is_enough(header: _Header) -> bool:
    """Two fields make a header, or one where the table is that narrow."""
    found = {match.fields[0] for match in header.matches if match.fields}
    named = sum(1 for levels in header.levels if levels)
    exact = any(match.strength == 3 for match in header.matches)
    return exact and (len(found) >= 2 or (len(found) == 1 and named <= 2))


def _header(lines: Sequence[Line], claims: Mapping[str, list[str]]) -> _Header:
    rows = [_spread(line.cells) for line in lines[:-1]] + [_shown(lines[-1].cells)]
    width = max(map(len, rows))
    levels = [_levels([row[i] if i < len(row) else "" for row in rows]) for i in range(width)]
    if len(rows) > 1:
        levels = _without_spill(levels, rows[-1])
    return _Header(lines[0].number, lines[-1].number, levels, [_match(c, claims) for c in levels])


def _shown(cells: Sequence[Cell]) -> list[str]:
    return [" ".join(text(cell).split()) for cell in cells]


def _spread(cells: Sequence[Cell]) -> list[str]:
    """An upper header level with each word carried to the right over its blank neighbours."""
    spread: list[str] = []
    for shown in _shown(cells):
        spread.append(shown or (spread[-1] if spread else ""))
    return spread


def _without_spill(levels: list[tuple[str, ...]], lowest: Sequence[str]) -> list[tuple[str, ...]]:
    """Undo the carrying where no lower word stands: such a column has no header of its own."""
    kept: list[tuple[str, ...]] = []
    for index, column in enumerate(levels):
        bare = index >= len(lowest) or not lowest[index]
        spilled = bare and index > 0 and column == levels[index - 1][: len(column)]
        kept.append(() if spilled else column)
    return kept


def _levels(words: Sequence[str]) -> tuple[str, ...]:
    distinct: list[str] = []
    for word in words:
        if word and (not distinct or tidy(distinct[-1]) != tidy(word)):
            distinct.append(word)
    return tuple(distinct)


def _stands_together(lines: Sequence[Line], merges: Sequence[Merge]) -> bool:
    """Whether the lines read as one header: no titles or notes, and tied by merges or by gaps."""
    if any(_is_title(line.cells) for line in lines[:-1]) or _joined(lines[-1].cells) == "":
        return False
    return all(
        _tied_by_merge(upper, lower, merges) or _tied_by_gaps(upper.cells, lower.cells)
        for upper, lower in pairwise(lines)
    )


def _is_title(cells: Sequence[Cell]) -> bool:
    words = {word for word in _shown(cells) if word}
    return len(words) < 2 or any(_NOTE.fullmatch(word) for word in words)


def _tied_by_merge(upper: Line, lower: Line, merges: Sequence[Merge]) -> bool:
    """A cell merged over both lines, or one merged sideways above several words."""
    across = any(m.top <= upper.number and m.bottom >= lower.number for m in merges)
    sideways = any(
        m.top <= upper.number <= m.bottom < lower.number
        and m.right > m.left
        and len({word for word in _shown(lower.cells)[m.left : m.right + 1] if word}) > 1
        for m in merges
    )
    return across or sideways


def _tied_by_gaps(upper: Sequence[Cell], lower: Sequence[Cell]) -> bool:
    """Without merges: lower words stand only in gaps of the upper line or at their start."""
    above, below = _shown(upper), _shown(lower)
    filled = [index for index, word in enumerate(below) if word]
    gaps = {index for index, word in enumerate(above) if not word}
    starts = {index for index, word in enumerate(above) if word and index + 1 in gaps}
    return (
        len(filled) >= 2
        and len(filled) < len(above)
        and any(index in gaps for index in filled)
        and all(index in gaps or index in starts for index in filled)
        and all(len(below[index]) <= LONGEST_HEADER for index in filled)
    )


def _match(levels: Sequence[str], claims: Mapping[str, list[str]]) -> _Match:
    """What a column may hold: by its lowest word, then by all levels together."""
    if not levels:
        return _Match(0, ())
    leaf, joined = tidy(levels[-1]), tidy("".join(levels))
    for form in (leaf, joined):
        if exact := _exact(form, claims):
            return _Match(3, tuple(exact))
    for form in (leaf, joined):
        if contained := _contained(_bare(form), claims):
            return _Match(2, tuple(contained))
    return _Match(0, ())


def _exact(form: str, claims: Mapping[str, list[str]]) -> list[str]:
    """The fields of the whole form, else of the form without brackets and of what they hold."""
    if form in claims:
        return claims[form]
    parts = [_bare(form), *(part[1:-1] for part in _BRACKETS.findall(form))]
    found = [name for part in parts for name in claims.get(part, ())]
    return list(dict.fromkeys(found))


def _bare(form: str) -> str:
    return _BRACKETS.sub("", form)


def _contained(form: str, claims: Mapping[str, list[str]]) -> list[str]:
    """The longest synonym the form ends on. In Chinese the last word says what a thing is:
    承办单位联系人 is a person, so a word further ahead counts only before a neutral tail."""
    if len(form) > LONGEST_HEADER or _SENTENCE.search(form):
        return []
    stems = [form, *(form.removesuffix(tail) for tail in NEUTRAL_TAILS if form.endswith(tail))]
    words = [word for word in claims if any(_ends_on(stem, word) for stem in stems)]
    return claims[max(words, key=len)] if words else []


def _ends_on(stem: str, word: str) -> bool:
    before = stem.removesuffix(word)
    return len(word) > 1 and before != stem and not before.startswith(TURNING_PREFIXES)


def _samples(sheet: Sheet, header: _Header) -> list[list[str]]:
    lines = islice(sheet.lines(), header.last, header.last + SAMPLED_LINES)
    shown = [_shown(line.cells) for line in lines]
    return [
        [row[index] for row in shown if index < len(row) and row[index]]
        for index in range(len(header.levels))
    ]


def _columns(
    header: _Header, samples: Sequence[Sequence[str]], sniff: Sniffer | None
) -> tuple[Column, ...]:
    """Give each field to one column: the surest match first, the clear ones before the doubtful."""
    names = _unique_names(header.levels)
    order = sorted(
        range(len(names)),
        key=lambda i: (-header.matches[i].strength, len(header.matches[i].fields) > 1, i),
    )
    taken: dict[str, int] = {}
    columns: dict[int, Column] = {}
    for index in order:
        meant = _meant(names[index], header.matches[index].fields, samples[index], taken, sniff)
        if meant is None or meant in taken:
            reason = f"与“{names[taken[meant]]}”列重复" if meant is not None else "不认识的列"
            columns[index] = Column(index, names[index], None, reason)
        else:
            taken[meant] = index
            columns[index] = Column(index, names[index], meant)
    return tuple(columns[index] for index in range(len(names)))


def _meant(
    name: str,
    fields: Sequence[str],
    values: Sequence[str],
    taken: Mapping[str, int],
    sniff: Sniffer | None,
) -> str | None:
    if len(fields) < 2:
        return fields[0] if fields else None
    if sniff is not None and values and (sniffed := sniff(name, fields, values)):
        return sniffed
    return next((candidate for candidate in fields if candidate not in taken), fields[0])


def _unique_names(levels: Sequence[tuple[str, ...]]) -> list[str]:
    names: list[str] = []
    for index, column in enumerate(levels):
        name = "/".join(column)
        names.append(f"{name}（第{index + 1}列）" if name and name in names else name)
    return names


def _repeats(header: _Header) -> list[list[str]]:
    """Each level of the header as a line, by which its repetition further down is known."""
    depth = max(map(len, header.levels), default=0)
    return [
        [tidy(column[min(level, len(column) - 1)]) if column else "" for column in header.levels]
        for level in range(depth)
    ]


def _rows(sheet: Sheet, table: Table, repeats: Sequence[Sequence[str]]) -> Iterator[Row]:
    fields = [(column.index, column.field) for column in table.columns if column.field]
    nameless: dict[int, bool] = {c.index: True for c in table.columns if not c.header}
    for line in islice(sheet.lines(), table.first_row - 1, None):
        reason = _why_skipped(line.cells, [index for index, _ in fields], repeats)
        if reason:
            table.skipped.append(Skipped(line.number, reason, _joined(line.cells)))
            continue
        _note_nameless(line.cells, nameless, table)
        cells = {n: line.cells[i] if i < len(line.cells) else "" for i, n in fields}
        yield Row(line.number, sheet.name, cells)


def _note_nameless(cells: Sequence[Cell], nameless: dict[int, bool], table: Table) -> None:
    """Name a column without header once something is found in it."""
    beyond = range(len(table.columns), len(cells))
    for index in [*(index for index, fresh in nameless.items() if fresh), *beyond]:
        if index < len(cells) and nameless.get(index, True) and text(cells[index]):
            nameless[index] = False
            table.unnamed.append(f"第{index + 1}列（无表头）")


def _why_skipped(
    cells: Sequence[Cell], known: Sequence[int], repeats: Sequence[Sequence[str]]
) -> str:
    """The reason a line is no matter, or an empty string."""
    shown = [text(cell) for cell in cells]
    words = [word for word in shown if word]
    if not words:
        return "空行"
    if _is_total(words):
        return "合计行"
    if any(_repeats_header(shown, repeat) for repeat in repeats):
        return "重复的表头"
    if _is_footer(words):
        return "表尾说明"
    if len(known) > 2 and len(set(words)) == 1 and _SECTION.fullmatch(words[0]):
        return "分组标题"
    if not any(index < len(shown) and shown[index] for index in known):
        return "能识别的各列都是空的"
    return ""


def _is_total(words: Sequence[str]) -> bool:
    return any("计" in word or "总" in word for word in words[:2]) and any(
        _TOTAL.fullmatch(tidy(word)) for word in words[:2]
    )


def _is_footer(words: Sequence[str]) -> bool:
    if len(set(words)) > 4:
        return False
    first = re.sub(r"\s+", "", unicodedata.normalize("NFKC", words[0]))
    return bool(_FOOTER.fullmatch(first)) and ":" in first


def _repeats_header(shown: Sequence[str], header: Sequence[str]) -> bool:
    """Most of the line's words stand under the very same words in the header."""
    words = [(i, word) for i, word in enumerate(shown) if word]
    same = other = 0
    for i, word in words:
        if i < len(header) and tidy(word) == header[i]:
            same += 1
        elif (other := other + 1) * 2 >= len(words):
            return False
    return same >= 2 and same * 2 > len(words)


def _joined(cells: Sequence[Cell]) -> str:
    return " | ".join(dict.fromkeys(word for word in _shown(cells) if word))


def _no_header_sentence(name: str, head: Sequence[Line], synonyms: Synonyms) -> str:
    seen = next(
        (words for line in head if len(words := [w for w in _shown(line.cells) if w]) > 1), []
    )
    known = "；".join("/".join(words[:3]) for words in synonyms.values())
    if not any(_joined(line.cells) for line in head):
        return f"工作表“{name}”是空的。"
    shown = f"看到的是：{'、'.join(word[:20] for word in seen[:12])}" if seen else "没有看到表头行"
    return f"工作表“{name}”里找不到能识别的表头。{shown}。能识别的表头有：{known}。"
