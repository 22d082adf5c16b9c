"""Promises in a reply letter (承诺事项), and whether the letter tells of anything done.

A commitment is a future action on this matter that somebody could check afterwards. Good
intentions (进一步加强…), endeavours without a result (积极争取…) and things already done are none.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from bihuan.text import phrases
from bihuan.text.dates import TimeWords, due, letter_date, time_words
from bihuan.text.sentences import Span, clauses_in, paragraphs, sentences_in, span


@dataclass(frozen=True, slots=True)
class Commitment:
    """One promise: `text[start:end] == quote`.

    `by`: the time words as printed or None. `due`: their last day or None. `who`: the doing body
    named in the text or None for the replying body itself.
    """

    quote: str
    start: int
    end: int
    by: str | None
    due: date | None
    who: str | None


@dataclass(frozen=True, slots=True)
class Judgement:
    """A yes or no on a letter, a Chinese sentence saying why, and the passages it rests on."""

    value: bool
    why: str
    reasons: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class _Clause:
    span: Span
    future: bool
    own_future: bool
    by: TimeWords | None
    due: date | None
    promise: bool


def commitments(text: str, on: date | None = None) -> list[Commitment]:
    """The promises of a reply letter, in the order of the text.

    `on` is the day of the letter; without it the date the letter itself is signed with. Without
    either, time words are quoted but not resolved.
    """
    day = on or letter_date(text)
    return [
        _commitment(text, run)
        for sentence, planned in _own_sentences(text)
        for run in _runs(_read(text, sentence, planned, day))
    ]


def _commitment(text: str, run: list[_Clause]) -> Commitment:
    whole = span(text, run[0].span.start, run[-1].span.end)
    dated = [clause for clause in run if clause.by]
    first = next((clause for clause in dated if clause.due), dated[0] if dated else None)
    who = next((who for clause in run if (who := phrases.doing_body(clause.span.text))), None)
    return Commitment(
        quote=whole.text,
        start=whole.start,
        end=whole.end,
        by=first.by.text if first and first.by else None,
        due=first.due if first else None,
        who=who,
    )


def _own_sentences(text: str) -> Iterator[tuple[Span, bool]]:
    """The sentences in which the replying body speaks, each with whether it stands under a plan."""
    planned = asking = False
    for paragraph in paragraphs(text):
        asking = phrases.ASKING.search(paragraph.text) is not None or (
            asking and not phrases.ANSWERING.search(paragraph.text)
        )
        if asking:
            continue
        if phrases.PLAN_HEADING.search(paragraph.text):
            planned = True
        elif phrases.OTHER_HEADING.search(paragraph.text):
            planned = False
        local = planned
        for sentence in sentences_in(text, paragraph):
            local = local or phrases.PLAN_OPENING.search(sentence.text[:12]) is not None
            if not phrases.SERVICE.search(sentence.text):
                yield sentence, local


def _read(text: str, sentence: Span, planned: bool, on: date | None) -> list[_Clause]:
    future, tentative, read = planned, False, []
    for piece in clauses_in(text, sentence):
        own = phrases.FUTURE.search(piece.text) is not None
        by, last_day = _limit(piece.text, on)
        own = own or (last_day is not None and on is not None and last_day > on and not _over(piece.text))
        future = own or (future and not _over(piece.text))
        tentative = (tentative or phrases.TENTATIVE.search(piece.text) is not None) and not phrases.TRIGGERED.search(piece.text)
        clause = _Clause(piece, future, own, by, last_day, promise=False)
        read.append(replace(clause, promise=not tentative and _promises(clause)))
    return read


def _limit(clause: str, on: date | None) -> tuple[TimeWords | None, date | None]:
    """The time words of a clause that name the latest day, and that day."""
    found = [(words, due(words.text, on) if on else None) for words in time_words(clause)]
    dated = [(words, day) for words, day in found if day is not None]
    if dated:
        return max(dated, key=lambda pair: pair[1])
    return found[-1] if found else (None, None)


def _over(clause: str) -> bool:
    return bool(phrases.DONE.search(clause) or phrases.ONGOING.search(clause))


def _promises(clause: _Clause) -> bool:
    words = clause.span.text
    if not clause.future or not phrases.ACTION.search(words):
        return False
    if phrases.NEGATED.search(words) or (_over(words) and not clause.own_future):
        return False
    if phrases.SOLICIT.search(words):
        return False
    if phrases.TRIGGERED.search(words):
        return True
    dated = clause.by is not None and clause.by.kind != "vague" and clause.own_future
    if phrases.SOFT_HEAD.search(words) or phrases.SOFT_TAIL.search(words) or phrases.VAGUE_MANNER.search(words):
        return dated and phrases.RESULT.search(words) is not None
    if phrases.AIM.search(words):
        return dated
    return not phrases.PURPOSE.search(words)


def _runs(read: list[_Clause]) -> list[list[_Clause]]:
    """Neighbouring clauses that make up one promise."""
    runs: list[list[_Clause]] = []
    last = -2
    for index, clause in enumerate(read):
        if not clause.promise:
            continue
        if last == index - 1 and _continues(clause):
            runs[-1].append(clause)
        else:
            runs.append([clause])
        last = index
    return runs


def _continues(clause: _Clause) -> bool:
    """A clause that only says when the work before it will be finished."""
    return phrases.COMPLETION_ONLY.search(clause.span.text) is not None


def only_plans(text: str) -> Judgement:
    """Whether the letter tells of no completed action on the matter itself.

    The reasons are the sentences that tell of one, or else the sentences that speak of plans.
    """
    local = phrases.local_subject(text)
    done = tuple(s for s, _ in _own_sentences(text) if _tells_of_action(text, s, local))
    if done:
        return Judgement(False, "答复写明了已经办成或办过的事项。", done)
    plans = tuple(s for s, planned in _own_sentences(text) if _speaks_of_plans(text, s, planned))
    return Judgement(True, "答复没有写明已经办成的事项，只有打算、理由或说明。", plans)


def _speaks_of_plans(text: str, sentence: Span, planned: bool) -> bool:
    return any(clause.future for clause in _read(text, sentence, planned, None))


def _tells_of_action(text: str, sentence: Span, local: bool) -> bool:
    if phrases.HANDLING.search(sentence.text) and not phrases.STRONG_DONE.search(sentence.text):
        return False
    if local and phrases.ELSEWHERE.search(sentence.text):
        return False
    return any(_done(clause.text) for clause in clauses_in(text, sentence))


_NOT_DONE = (phrases.FUTURE, phrases.NEGATED, phrases.IN_A_PLAN, phrases.REQUIRED)


def _done(clause: str) -> bool:
    if any(kind.search(clause) for kind in _NOT_DONE):
        return False
    return phrases.COMPLETED.search(clause) is not None


def formulaic(text: str) -> Judgement:
    """Whether the letter holds no completed action, no commitment and no concrete reason or fact."""
    if not only_plans(text).value or commitments(text):
        return Judgement(False, "答复含有已办事项或者可以核查的承诺。")
    facts = tuple(s for s, _ in _own_sentences(text) if _states_a_fact(s.text))
    if facts:
        return Judgement(False, "答复就所提事项说明了具体情况或者理由。", facts)
    rest = tuple(s for s, _ in _own_sentences(text))
    return Judgement(True, "答复没有已办事项、可核查的承诺，也没有具体情况或者理由。", rest)


def _states_a_fact(sentence: str) -> bool:
    if phrases.HANDLING.search(sentence):
        return False
    return bool(phrases.REASON.search(sentence) or phrases.quantity(sentence))


def claims_more_than_it_tells(text: str, category_meaning: str = "solved") -> Judgement:
    """Whether a reply filed as solved ("solved", category A) speaks of plans only.

    Any other `category_meaning` claims nothing done, so there is nothing to contradict.
    """
    if category_meaning != "solved":
        return Judgement(False, "该类别没有声称已经解决。")
    judged = only_plans(text)
    if judged.value:
        return replace(judged, why="答复归为已经解决，但正文没有写明已经办成的事项。")
    return Judgement(False, "正文写明了已经办成或办过的事项。", judged.reasons)
