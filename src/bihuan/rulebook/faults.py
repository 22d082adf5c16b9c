"""What does not hold together in the rulebook: rules that contradict one another, and rules that nothing goes by."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from bihuan.loop import bounds
from bihuan.rulebook.book import Chapter, Rule
from bihuan.rulebook.uses import cited

KINDS = {
    "contradiction": "说法不一",
    "beyond": "超出法律限度",
    "orphan": "没有用处",
    "uncited": "没有引用",
    "future": "尚未生效",
}
"""What can be amiss, and the words for it."""


@dataclass(frozen=True)
class Amiss:
    """One thing amiss: which kind, where, and what to do about it."""

    kind: str
    where: str
    say: str
    remedy: str

    @property
    def title(self) -> str:
        """The kind in words."""
        return KINDS[self.kind]


def amiss(chapters: list[Chapter], day: date) -> list[Amiss]:
    """Everything amiss in the book as of a day, contradictions first."""
    found = [
        *_contradictions(chapters),
        *_beyond(chapters, day),
        *_unused(chapters),
        *_uncited(chapters),
    ]
    order = list(KINDS)
    return sorted(found, key=lambda one: order.index(one.kind))


def _contradictions(chapters: list[Chapter]) -> Iterator[Amiss]:
    """The same rule under the same name in two institutions with two values in force."""
    named: dict[tuple[str, str], list[tuple[Chapter, Rule]]] = {}
    for chapter in chapters:
        for rule in chapter.rules:
            if rule.now:
                named.setdefault((rule.name, rule.title), []).append((chapter, rule))
    for (_name, title), places in named.items():
        values = {rule.now.said for _, rule in places if rule.now}
        if len(values) > 1:
            told = "；".join(f"{c.institution.title}：{r.now.said}" for c, r in places if r.now)
            yield Amiss(
                "contradiction",
                "、".join(chapter.institution.title for chapter, _ in places),
                f"“{title}”在几项制度里不一样（{told}）",
                "确属同一条规则的，请改成一致；各有用意的，请把名称写得不一样",
            )


def _beyond(chapters: list[Chapter], day: date) -> Iterator[Amiss]:
    """Values that go beyond what a law leaves to a place (entered before the law changed, or restored)."""
    for chapter in chapters:
        for rule in chapter.rules:
            if rule.now is None:
                continue
            refused = bounds.refusal(chapter.ground, rule.name, rule.now.value, day)
            if refused:
                yield Amiss(
                    "beyond",
                    f"{chapter.institution.title}：{rule.title}",
                    refused.say,
                    "请在“规则参数”里改到法律允许的范围以内",
                )


def _unused(chapters: list[Chapter]) -> Iterator[Amiss]:
    for chapter in chapters:
        for rule in chapter.rules:
            where = f"{chapter.institution.title}：{rule.title}"
            if not rule.used_by:
                yield Amiss(
                    "orphan",
                    where,
                    f"“{rule.title}”没有任何环节、检查或表决用到",
                    "只供查阅的，可以留着；应当起作用的，请在制度文件里用上",
                )
            if rule.now is None:
                begins = min(version.since for version in rule.versions)
                yield Amiss(
                    "future",
                    where,
                    f"在这一天没有生效的值，最早自 {begins} 起",
                    "请核对生效日期和所属地区",
                )


def _uncited(chapters: Iterable[Chapter]) -> Iterator[Amiss]:
    for chapter in chapters:
        known = cited(chapter.institution)
        for law in chapter.laws:
            if law.key not in known:
                yield Amiss(
                    "uncited",
                    chapter.institution.title,
                    f"{law.cite()}列在依据里，但没有哪条规则引用它",
                    "请核对是否漏引，或从依据里去掉",
                )
