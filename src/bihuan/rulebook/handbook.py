"""The rulebook bound as one volume: a .docx in the national format, a chapter for each institution."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from bihuan.letters.content import written_day
from bihuan.letters.documents import document
from bihuan.people.models import Congress
from bihuan.rulebook.book import Chapter, Rule, Version
from bihuan.rulebook.faults import Amiss
from bihuan.text.numerals import in_chinese


def handbook(congress: Congress, chapters: list[Chapter], found: list[Amiss], day: date) -> bytes:
    """The volume as of a day, with what is amiss at its end."""
    text = "\n".join(_lines(chapters, found, day))
    return document(congress, f"{congress.name}制度汇编", text, day)


def _lines(chapters: list[Chapter], found: list[Amiss], day: date) -> Iterator[str]:
    rules = sum(len(chapter.rules) for chapter in chapters)
    yield (
        f"本汇编收入截至{written_day(day)}的制度{len(chapters)}项、规则{rules}条，"
        "每条写明现行值、生效日期、依据和用处，从前的值一并列出。"
    )
    for place, chapter in enumerate(chapters, 1):
        yield f"{in_chinese(place)}、{chapter.institution.title}"
        yield from _chapter(chapter)
    yield f"{in_chinese(len(chapters) + 1)}、需要核对的规则"
    if not found:
        yield "没有发现说法不一或者没有用处的规则。"
    for number, one in enumerate(found, 1):
        yield f"{number}.{one.title}。{one.where}：{one.say}。{one.remedy}。"


def _chapter(chapter: Chapter) -> Iterator[str]:
    if chapter.institution.summary:
        yield chapter.institution.summary
    if chapter.laws:
        yield "（一）依据"
        for number, law in enumerate(chapter.laws, 1):
            kind = "国家法律" if law.national else f"地方做法（{law.place or '本级'}）"
            yield f"{number}.{law.cite()}，{kind}。"
    if chapter.rules:
        yield f"（{'二' if chapter.laws else '一'}）规则"
        for number, rule in enumerate(chapter.rules, 1):
            yield f"{number}.{_rule(rule)}"


def _rule(rule: Rule) -> str:
    now = rule.now
    told = [f"{rule.title}。"]
    if now:
        told.append(f"现行：{now.said}，自{now.since}起，依据{now.cite}。")
    else:
        told.append("现在没有生效的值。")
    before = [each for each in rule.versions if each is not now]
    if before:
        told.append("另有：" + "；".join(_version(each) for each in before) + "。")
    if rule.used_by:
        told.append("用于" + "、".join(f"{use.kind}“{use.title}”" for use in rule.used_by) + "。")
    else:
        told.append("尚无用处。")
    return "".join(told)


def _version(version: Version) -> str:
    area = f"（{version.area}）" if version.area else ""
    return f"{version.said}{area}自{version.since}，依据{version.cite}"
