"""Questionnaires: made for an appraisal, answered by anyone, summed up in an act, forgotten one by one in time."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction

from bihuan.institutions.appraisals.models import Answer, Questionnaire
from bihuan.loop.calendar import Calendar
from bihuan.loop.forms import Refusal, storable
from bihuan.loop.params import Rules
from bihuan.loop.spec import Value
from bihuan.loop.terms import due, parse_term
from bihuan.matters import house
from bihuan.matters.act import Doer, NotDone, act
from bihuan.matters.models import Matter
from bihuan.people.models import User

KEY = "appraisals"
OPEN_STATES = ("planned", "investigating")
CHOICES = ("满意", "基本满意", "不满意", "不了解")
MOST_QUESTIONS, LONGEST_QUESTION, LONGEST_WORDS = 20, 100, 300


@dataclass(frozen=True)
class Draft:
    """What a clerk typed for a questionnaire: one question a line."""

    title: str
    questions: tuple[str, ...]
    closes: date


def read_draft(title: str, lines: str, closes: date | None, today: date) -> Draft | Refusal:
    """The draft, or what is wrong with it."""
    questions = tuple(line.strip() for line in lines.splitlines() if line.strip())
    if not title.strip() or len(title.strip()) > 80:
        return Refusal("请写问卷题目，最多 80 字", "title")
    if not questions or len(questions) > MOST_QUESTIONS:
        return Refusal(f"请写问题，一行一个，最多 {MOST_QUESTIONS} 个", "questions")
    long = next((n for n, q in enumerate(questions, 1) if len(q) > LONGEST_QUESTION), None)
    if long:
        return Refusal(f"第 {long} 个问题超过 {LONGEST_QUESTION} 字，请改短", "questions")
    if closes is None or closes < today:
        return Refusal("请填写截止日期，今天或者以后，按 2026-05-31 的样子", "closes")
    if not storable(title + lines):
        return Refusal("填写的内容里有无法保存的字符，请重新输入", "questions")
    return Draft(title.strip(), questions, closes)


def make(matter: Matter, draft: Draft, user: User, today: date) -> Questionnaire | Refusal:
    """Open a questionnaire for an appraisal that is being prepared or looked into."""
    if matter.state not in OPEN_STATES:
        return Refusal("只有方案已定、正在调查的评议才能发问卷")
    rules = house.rules_of(matter.congress, KEY)
    return Questionnaire.objects.create(
        congress_id=matter.congress_id,
        matter=matter,
        token=secrets.token_urlsafe(12),
        title=draft.title,
        questions=list(draft.questions),
        opens=today,
        closes=draft.closes,
        kept_until=kept_until(rules, draft.closes, house.calendar_of(matter.congress)),
        made_by=user,
    )


def kept_until(rules: Rules, closes: date, calendar: Calendar) -> date:
    """The last day on which single answers are kept, by the rule of that day."""
    term = parse_term(str(rules.value("answers_kept_within", closes)))
    return due(closes, term, calendar).due


def answer(asked: Questionnaire, chosen: Sequence[str], words: str, today: date) -> Refusal | None:
    """Take one answer. Refused outside its days, with a question left out, or with too many words."""
    if not asked.opens <= today <= asked.closes:
        return Refusal("这份问卷已经截止，谢谢您")
    for number, choice in enumerate(chosen, 1):
        if choice not in CHOICES:
            return Refusal(f"第 {number} 题还没有选")
    if len(words.strip()) > LONGEST_WORDS:
        return Refusal(f"想说的话最多 {LONGEST_WORDS} 字，现有 {len(words.strip())} 字")
    if not storable(words):
        return Refusal("填写的内容里有无法保存的字符，请重新输入")
    Answer.objects.create(questionnaire=asked, day=today, chosen=list(chosen), words=words.strip())
    return None


def totals(asked: Questionnaire) -> list[tuple[str, list[tuple[str, int]]]]:
    """For each question how often each choice was made."""
    rows = list(asked.answers.values_list("chosen", flat=True))
    return [
        (question, _counted(Counter(row[place] for row in rows)))
        for place, question in enumerate(asked.questions)
    ]


def _counted(counter: Counter[str]) -> list[tuple[str, int]]:
    return [(choice, counter[choice]) for choice in CHOICES]


def enter(asked: Questionnaire, doer: Doer, today: date) -> Refusal | None:
    """Write the totals into the appraisal's trail, once, after the last day."""
    if today <= asked.closes:
        return Refusal(f"问卷到 {asked.closes} 才截止，截止以后再记入")
    told = "\n".join(_told(asked))
    try:
        with transaction.atomic():
            held = Questionnaire.objects.select_for_update().get(pk=asked.pk)
            if held.entered:
                return Refusal("这份问卷的结果已经记入了")
            held.entered = True
            held.save(update_fields=["entered"])
            data: dict[str, Value] = {"answers": asked.answers.count(), "answers_text": told}
            done = act(asked.matter_id, "questionnaire", doer, today, data)
            if isinstance(done, Refusal):
                raise NotDone(done)
    except NotDone as stopped:
        return stopped.refusal
    return None


def _told(asked: Questionnaire) -> Iterator[str]:
    yield f"{asked.title}（{asked.opens} 至 {asked.closes}）"
    for number, (question, counts) in enumerate(totals(asked), 1):
        said = "，".join(f"{choice} {count}" for choice, count in counts)
        yield f"{number}. {question}：{said}"


def forget(today: date) -> int:
    """Delete the answers whose time is over. Returns how many went."""
    gone, _ = Answer.objects.filter(questionnaire__kept_until__lt=today).delete()
    return gone
