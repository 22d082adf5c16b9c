"""An official paper read as structure: its head, its parts, what they are for, and how long it is.

Pure analysis of a string; reading files belongs to `bihuan.exchange.papers`. The kinds are those of the
2012 regulation for party and government organs (Art 8) and of the 2000 rules for people's congresses.
"""

import re
from collections import Counter
from dataclasses import dataclass, replace

from bihuan.text.checkable import Line, judge
from bihuan.text.sentence_kinds import FACT, MEASURE
from bihuan.text.sentences import Span, paragraphs, sentences_in

PARTY_AND_GOVERNMENT = (
    "决议", "决定", "命令", "公报", "公告", "通告", "意见", "通知", "通报", "报告",
    "请示", "批复", "议案", "函", "纪要",
)  # fmt: skip
CONGRESS = (
    "公告", "决议", "决定", "法规", "议案", "建议批评和意见", "请示", "批复", "报告", "通知",
    "通报", "函", "意见", "会议纪要",
)  # fmt: skip
INFORMAL = (
    "工作提示", "提示函", "提示", "提醒函", "情况通报", "情况专报", "专报", "工作要情", "要情", "简报",
    "便笺", "工作动态", "信息快报", "备忘录", "征求意见稿", "工作要点", "情况说明", "督办单", "清单", "倡议书",
    "明白纸", "周报", "日报", "月报", "快报",
)  # fmt: skip
"""Heads outside both lists: papers that no count of issued documents sees."""

BACKGROUND, MEASURES, MIXED = "background", "measures", "mixed"


@dataclass(frozen=True, slots=True)
class Part:
    """A part under a numbered heading. `level`: 1 一、 2 （一） 3 1. 4 （1）; `length` with all below it."""

    level: int
    number: str
    heading: str
    role: str
    length: int
    share: float


@dataclass(frozen=True, slots=True)
class Paper:
    """What a paper says of itself and how it is built. Lengths are counted by `length`; shares are 0 to 1."""

    title: str
    number: str | None
    issuer: str | None
    kind: str | None
    formal: bool
    addressees: tuple[str, ...]
    length: int
    parts: tuple[Part, ...]
    shares: dict[str, float]
    lines: tuple[Line, ...]

    @property
    def uncheckable(self) -> tuple[Line, ...]:
        """The measures of which nobody could check afterwards whether they were done."""
        return tuple(line for line in self.lines if line.uncheckable)


_WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9.,%]*|[^\sA-Za-z0-9]")


def length(text: str) -> int:
    """The length as word processors count it (字数): a Han character, a mark, a Latin word, a figure is one."""
    return sum(1 for _ in _WORD.finditer(text))


def read(text: str) -> Paper:
    """The structure of a paper. Nothing is refused: what is not found is None or empty."""
    found = [_unmarked(one) for one in paragraphs(text)]
    title_at = _title_at(found)
    title = _title(found, title_at)
    kind = _kind(title) or _said_kind(found[:6])
    body = _body(found, title_at)
    parts, lines = _parts(text, body)
    total = sum(length(one.text) for one in body)
    weights = Counter[str]()
    for part, size in parts:
        weights[part.role] += size
    whole = sum(weights.values()) or 1
    return Paper(
        title=title,
        number=_number(found),
        issuer=_issuer(title, found),
        kind=kind,
        formal=kind in PARTY_AND_GOVERNMENT or kind in CONGRESS,
        addressees=_addressees(body[:6]),
        length=total,
        parts=tuple(part for part, _ in parts if part.level),
        shares={role: round(weights[role] / whole, 4) for role in (BACKGROUND, MEASURES, MIXED)},
        lines=tuple(lines),
    )


def _unmarked(paragraph: Span) -> Span:
    """The paragraph without Markdown's heading signs."""
    bare = paragraph.text.lstrip("#").lstrip()
    if len(bare) == len(paragraph.text):
        return paragraph
    return Span(bare, paragraph.end - len(bare), paragraph.end)


_KIND_WORDS = sorted(
    {
        *PARTY_AND_GOVERNMENT,
        *CONGRESS,
        *INFORMAL,
        "令",
        "条例",
        "办法",
        "规定",
        "规则",
        "方案",
        "细则",
    },
    key=len,
    reverse=True,
)
_KIND = re.compile(rf"(?P<kind>{'|'.join(_KIND_WORDS)})(?:\s*[（(][^）)]*[）)])?$")
_LAWS = frozenset(("条例", "办法", "规定", "规则", "细则"))
_SAME_KIND = {"令": "命令", "纪要": "纪要"}


def _kind(title: str) -> str | None:
    match = _KIND.search(re.sub(r"[\s*]", "", title))
    if not match:
        return "法规" if re.search(r"(?<![办方作看做])法(?:[（(].*)?$", title) else None
    kind = match["kind"]
    return "法规" if kind in _LAWS else _SAME_KIND.get(kind, kind)


def _said_kind(opening: list[Span]) -> str | None:
    """The kind a spoken report gives itself in its first sentences."""
    return "报告" if any(_SPOKEN.search(one.text) for one in opening) else None


_SPOKEN = re.compile(r"[作做].{0,12}报告[，,]|向.{0,16}报告.{0,8}工作|政府工作报告")
_NUMBER = re.compile(
    r"[\u4e00-\u9fff]{1,14}\s*[〔\[［(（]\s*(?:19|20)\d\d\s*[〕\]］)）]\s*(?:第\s*)?\d+\s*号"
)
_BODY_NAME = (
    r"(?:人民代表大会常务委员会|人民代表大会|人大常委会|常务委员会|人民政府|办公厅|办公室|委员会|工作委员会|代表工委|领导小组|指挥部|"
    r"工委|管委会|党组|法院|检察院|[局厅部委院署])"
)
_DATE = re.compile(
    r"^(?:(?:19|20)\d\d年\d{1,2}月\d{1,2}日|[二一][〇○零一二三四五六七八九]{3}年.{1,6}月.{1,4}日)"
)


def _number(found: list[Span]) -> str | None:
    for one in found[:12]:
        match = _NUMBER.search(one.text)
        if match and len(one.text) <= len(match[0]) + 14 and "收悉" not in one.text:
            return re.sub(r"\s", "", match[0])
    return None


def _title_at(found: list[Span]) -> int:
    """The first short line of the head that ends like a title; else the first line that is no number or salutation."""
    head = found[:10]
    for index, one in enumerate(head):
        whole = one.text + (found[index + 1].text if index + 1 < len(found) else "")
        if len(one.text) <= 80 and _is_title(one.text):
            return index
        if len(whole) <= 80 and one.text.startswith("关于") and _is_title(whole):
            return index
    for index, one in enumerate(head):
        plain = (
            not _level(one.text)[0] and not _NUMBER.search(one.text) and not _DATE.match(one.text)
        )
        if plain and len(one.text) <= 60 and not _NO_TITLE.search(one.text):
            return index
    return -1


_NO_TITLE = re.compile(r"[：:。，,！；]$|[，,’:：]|回顾|书记|主任\s|首页")


def _is_title(line: str) -> bool:
    bare = re.sub(r"[\s*]", "", line)
    return (
        not _level(bare)[0]
        and bool(_KIND.search(bare))
        and not bare.endswith(("。", "：", ":"))
        and len(bare) >= 4
    )


def _title(found: list[Span], at: int) -> str:
    if at < 0:
        return ""
    first = found[at].text
    if not _is_title(first) and at + 1 < len(found):
        both = first + found[at + 1].text
        if len(both) <= 80 and _is_title(both):
            return both
    if at and re.search(rf"{_BODY_NAME}$", found[at - 1].text) and first.startswith("关于"):
        return found[at - 1].text + first
    return first


def _issuer(title: str, found: list[Span]) -> str | None:
    named = re.match(rf"(?P<who>.{{2,30}}?{_BODY_NAME})(?=关于|《|公告|令|通告|印发|转发)", title)
    if named:
        return named["who"]
    tail = [one.text.strip() for one in found[-14:]]
    for line in reversed(tail):
        if 4 <= len(line) <= 40 and re.fullmatch(rf"[\u4e00-\u9fff·\s]+{_BODY_NAME}", line):
            return re.sub(r"\s", "", line)
    head = [one.text.strip() for one in found[:4]]
    for line in head:
        if len(line) <= 40 and re.fullmatch(rf"[\u4e00-\u9fff]+{_BODY_NAME}(?:文件)?", line):
            return line.removesuffix("文件")
    return None


def _body(found: list[Span], title_at: int) -> list[Span]:
    """What the rules count: behind the title, up to the signature, the copies and the record of printing."""
    body = found[title_at + 1 :]
    if title_at >= 0 and body and not _is_title(found[title_at].text):
        body = found[title_at + 1 :]
    for index in range(len(body) - 1, max(-1, len(body) - 16), -1):
        if _DATE.match(body[index].text) and len(body[index].text) <= 16 and index:
            signed = index - (1 if re.search(rf"{_BODY_NAME}$", body[index - 1].text) else 0)
            return body[:signed] or body
    return [one for one in body if not re.match(r"^(?:抄[送报]|印发机关|主题词)[：:]", one.text)]


_ADDRESSED = re.compile(
    r"^(?!.*(?:如下|以下|。|主要)).*(?:[府处门位局委院厅会室部司社校镇村县市区]|代表|委员|同志)(?:[（(][^）)]*[）)])?[：:]$"
)
_BETWEEN = re.compile(r"[，,；;]|(?<=[府处门位局委院厅会室部司社校])、")


def _addressees(head: list[Span]) -> tuple[str, ...]:
    for one in head:
        line = one.text
        if len(line) <= 200 and _ADDRESSED.search(line):
            names = _BETWEEN.split(line.rstrip("：:"))
            return tuple(name.strip() for name in names if name.strip())
    return ()


_LEVELS = (
    (1, re.compile(r"^(?:[一二三四五六七八九十]{1,3}、|第[一二三四五六七八九十百]+[章部][分]?)")),
    (
        2,
        re.compile(
            r"^(?:[（(][一二三四五六七八九十]{1,3}[）)]|第[一二三四五六七八九十百零]+[条节])"
        ),
    ),
    (3, re.compile(r"^\d{1,2}\s*[.．、](?!\d)")),
    (4, re.compile(r"^(?:[（(]\d{1,2}[）)]|[①-⑳])")),
)
_BACKGROUND_HEAD = re.compile(
    r"问题表现|基本情况|现状|回顾|成效|成就|背景|存在.{0,6}问题|主要问题|总体情况|过去|工作情况|开展情况|进展|做法|形势|发展成|主要工作和"
)
_MEASURES_HEAD = re.compile(
    r"措施|要求|任务|安排|下一?步|建议|打算|整改|部署|步骤|分工|举措|20\d\d年.{0,12}(?:重点|工作)|今年.{0,12}工作"
)
_MEASURES_VERB = re.compile(
    r"全力|着力|加强|推进|深化|健全|强化|提升|重点|保障|目标|计划|推动|加快|坚持"
)
_AHEAD = re.compile(r"(?<![重主需必首概])要(?!素|求|闻|点|件)|将|应当|必须|拟|力争|确保|今年")


def _level(line: str) -> tuple[int, str]:
    for level, sign in _LEVELS:
        match = sign.match(line)
        if match:
            return level, match[0].strip()
    return 0, ""


def _unnumbered(line: str) -> bool:
    """In a paper that numbers no part: a short line without a stop that says what follows."""
    named = _BACKGROUND_HEAD.search(line) or _MEASURES_HEAD.search(line)
    return bool(named) and len(line) <= 40 and not re.search(r"[，,。：:；]$", line)


def _heading(line: str, number: str) -> str:
    """A numbered line is a heading whole, or up to its first full stop when the text runs on."""
    first = re.split(r"(?<=[。：:])", line[len(number) :].strip(), maxsplit=1)[0]
    return first.rstrip("。：:") if len(first) <= 50 else first[:30] + "…"


def _parts(text: str, body: list[Span]) -> tuple[list[tuple[Part, int]], list[Line]]:
    """Every part with what its own paragraphs weigh; the paragraphs before the first heading are level 0."""
    rows: list[tuple[int, str, str, list[Span]]] = [(0, "", "", [])]
    plain = not any(_level(one.text)[0] == 1 for one in body)
    for one in body:
        level, number = _level(one.text)
        if plain and not level and _unnumbered(one.text):
            level = 1
        if level:
            rows.append((level, number, _heading(one.text, number), [one]))
        else:
            rows[-1][3].append(one)
    judged = [
        _judged(text, number, spans, alone=index + 1 >= len(rows) or rows[index + 1][0] <= level)
        for index, (level, number, _, spans) in enumerate(rows)
    ]
    own = [sum(length(one.text) for one in spans) for _, _, _, spans in rows]
    total = sum(own) or 1
    parts, roles = [], dict[int, str]()
    for index, (level, number, heading, _) in enumerate(rows):
        end = next((i for i in range(index + 1, len(rows)) if rows[i][0] <= level), len(rows))
        end = end if level else index + 1
        above = next((roles[key] for key in range(level - 1, 0, -1) if key in roles), None)
        named = _named_role(heading) or above
        inside = [line for lines in judged[index:end] for line in lines]
        role = named or _headed_role(heading) or _told_role(inside)
        if role == BACKGROUND:
            judged[index] = [_told(line) for line in judged[index]]
        roles = {key: value for key, value in roles.items() if key < level}
        if named:
            roles[level] = named
        size = sum(own[index:end])
        parts.append((Part(level, number, heading, role, size, round(size / total, 4)), own[index]))
    return parts, [line for lines in judged for line in lines]


def _judged(text: str, number: str, spans: list[Span], *, alone: bool) -> list[Line]:
    """The sentences of a part. A numbered sentence with nothing under it is no heading but the demand itself."""
    said = [s.text for one in spans for s in sentences_in(text, one)]
    if number and alone and len(said) == 1 and said[0].endswith("。"):
        line = judge(said[0][len(number) :])
        return [replace(line, text=said[0])]
    return [judge(one) for one in said]


def _named_role(heading: str) -> str | None:
    if _BACKGROUND_HEAD.search(heading):
        return BACKGROUND
    return MEASURES if _MEASURES_HEAD.search(heading) else None


def _headed_role(heading: str) -> str | None:
    return MEASURES if _MEASURES_VERB.search(heading) else None


def _told(line: Line) -> Line:
    """In a part that looks back a sentence without tense tells what was done."""
    looks_back = line.kind == MEASURE and not _AHEAD.search(line.text)
    return Line(line.text, FACT) if looks_back else line


def _told_role(lines: list[Line]) -> str:
    weights = Counter[str]()
    for line in lines:
        weights[line.kind] += len(line.text)
    if weights[FACT] > 2 * weights[MEASURE]:
        return BACKGROUND
    return MEASURES if weights[MEASURE] > 2 * weights[FACT] else MIXED
