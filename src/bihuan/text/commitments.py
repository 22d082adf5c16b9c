"""Promises in a reply letter (承诺事项), and whether the letter tells of anything done.

A commitment is a future action on this matter that somebody could check afterwards. Good
intentions (进一步加强…), endeavours without a result (积极争取…) and things already done are none.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from enum import Enum
from itertools import pairwise

from bihuan.text import phrases
from bihuan.text.dates import YEARLESS, TimeWords, due, letter_date, time_words
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


class _Tense(Enum):
    PLAN = "plan"
    REPORT = "report"
    OPEN = "open"


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
        for run in _runs(text, _read(text, sentence, planned, day))
    ]


def _commitment(text: str, run: list[_Clause]) -> Commitment:
    item = phrases.ITEM_NUMBER.match(run[0].span.text)
    whole = span(text, run[0].span.start + (item.end() if item else 0), run[-1].span.end)
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
    tense, asking, answering, turned = _Tense.OPEN, False, False, False
    for paragraph in paragraphs(text):
        answering = answering or phrases.ANSWERING.search(paragraph.text) is not None
        asking = phrases.ASKING.search(paragraph.text) is not None or (
            asking and not phrases.ANSWERING.search(paragraph.text)
        )
        if asking:
            continue
        tense = _tense_from_heading(paragraph.text, tense)
        if phrases.RESTATED.search(paragraph.text):
            tense = _Tense.OPEN
        local, led = tense, False
        for sentence in sentences_in(text, paragraph):
            local = _tense_of(sentence.text, local, answering)
            if local is _Tense.OPEN and answering and _is_reported_item(sentence.text):
                tense = local = _Tense.REPORT
            if not any(kind.search(sentence.text) for kind in _NOT_ITS_OWN):
                follows = (led and _goes_on(sentence.text)) or (
                    local is not _Tense.REPORT and _to_be_done(sentence.text, turned)
                )
                yield sentence, local is _Tense.PLAN or follows
                led = follows or phrases.FUTURE.search(sentence.text) is not None
                turned = turned or led or phrases.LACK.search(sentence.text) is not None
        tense = _tense_after(paragraph.text, tense)


_NOT_ITS_OWN = (
    phrases.SERVICE,
    phrases.POLICY,
    phrases.SIGNATURE,
    phrases.ITEM_TITLE,
    phrases.OPENING,
)


def _to_be_done(sentence: str, turned: bool) -> bool:
    head = phrases.TO_THIS_END.match(sentence)
    return (turned or head is not None) and _own_act(sentence[head.end() if head else 0 :])


def _own_act(sentence: str) -> bool:
    """Whether the body tells of an act of its own without saying that it is over.

    Behind the turn of a letter, where it has said what is lacking or what will be done, that is a plan.
    """
    acts = any(kind.search(sentence) for kind in _CONCRETE) and not _describes(sentence)
    return acts and not any(kind.search(sentence) for kind in _OF_ITS_OWN_TENSE)


def _describes(sentence: str) -> bool:
    return any(
        kind.search(sentence) for kind in (phrases.STATIVE, phrases.LACK, phrases.STANDING_RULE)
    )


def _goes_on(sentence: str) -> bool:
    """Whether a sentence after a promise, itself without tense, tells of one more counted act."""
    counted = phrases.COUNTED_ACT.search(sentence) or phrases.RESULTATIVE.search(sentence)
    return bool(counted) and not any(kind.search(sentence) for kind in _OF_ITS_OWN_TENSE)


_OF_ITS_OWN_TENSE = (phrases.REPORTED, phrases.ONGOING, phrases.DONE, phrases.NORM)


def _tense_after(paragraph: str, before: _Tense) -> _Tense:
    """The tense of the enumeration a paragraph introduces; else the one before it."""
    if phrases.REPORTING.search(paragraph):
        return _Tense.REPORT
    return _Tense.PLAN if phrases.PLANNING.search(paragraph) else before


def _tense_from_heading(paragraph: str, before: _Tense) -> _Tense:
    if phrases.PLAN_HEADING.search(paragraph):
        return _Tense.PLAN
    return _Tense.REPORT if phrases.OTHER_HEADING.search(paragraph) else before


def _tense_of(sentence: str, before: _Tense, answering: bool) -> _Tense:
    """The tense a sentence stands in, given the one before it in the same paragraph."""
    if phrases.PLAN_OPENING.search(sentence[:12]):
        return _Tense.PLAN
    if phrases.REPORTING.search(sentence):
        return _Tense.REPORT
    if before is _Tense.OPEN and answering and _is_item(sentence):
        return _Tense.OPEN if phrases.REPORTED.search(sentence) else _Tense.PLAN
    return before


def _is_item(sentence: str) -> bool:
    return bool(phrases.ITEM.search(sentence) and not phrases.SERVICE.search(sentence))


def _is_reported_item(sentence: str) -> bool:
    """One measure told in the past puts its whole enumeration into the past."""
    return bool(
        phrases.ITEM.search(sentence)
        and phrases.REPORTED.search(sentence)
        and not phrases.FUTURE.search(sentence)
    )


def _read(text: str, sentence: Span, planned: bool, on: date | None) -> list[_Clause]:
    future, idle, asked, awaited, read = planned, False, False, False, []
    since = on
    for piece in clauses_in(text, sentence):
        by, last_day = _limit(piece.text, on, since)
        own = _own_future(piece.text, by, last_day, on) and not _bygone(by, last_day, since, piece)
        since = _later(since, by, last_day)
        if text[piece.end : piece.end + 1] in ("：", ":") and phrases.PLANNING.search(
            piece.text + ":"
        ):
            future = True
            own = True
        bygone = last_day is not None and on is not None and last_day < on
        future = own or (future and not bygone and not _over(piece.text))
        idle = _idle(piece.text, idle and not _new_item(text, piece))
        clause = _Clause(piece, future, own, by, last_day, promise=False)
        hoped = asked and not own
        asked = phrases.WOOING.search(piece.text) is not None
        waits = phrases.AWAITED.search(piece.text) is not None
        bound = (awaited or waits) and _acts(clause)
        promise = not (idle or hoped) and (bound or _promises(clause))
        awaited = waits
        read.append(replace(clause, promise=promise))
    return read


def _new_item(text: str, clause: Span) -> bool:
    """Whether a clause begins a new item of its sentence: what was said of the one before is over."""
    return text[: clause.start].rstrip()[-1:] in ("；", ";") or bool(
        phrases.ITEM_NUMBER.match(clause.text)
    )


def _later(since: date | None, by: TimeWords | None, last_day: date | None) -> date | None:
    """The day from which a yearless month counts on: a year named leaves all its months open."""
    if since is None or last_day is None or by is None:
        return since
    return max(since, last_day.replace(month=1, day=1) if by.kind == "year" else last_day)


def _bygone(by: TimeWords | None, last_day: date | None, since: date | None, clause: Span) -> bool:
    """Whether a yearless month is over in the year spoken of, with nothing that points ahead."""
    if by is None or last_day is None or since is None or by.kind not in YEARLESS:
        return False
    pointing = phrases.FUTURE.search(clause.text) or phrases.AIM.search(clause.text)
    return last_day.year > since.year and not pointing


def _own_future(clause: str, by: TimeWords | None, last_day: date | None, on: date | None) -> bool:
    """Whether the clause itself points ahead, by a modal word or by a day still to come."""
    modal = phrases.FUTURE.search(clause)
    ahead = last_day is not None and on is not None and last_day > on
    if ahead and by is not None and by.limit and phrases.DELEGATED.search(clause):
        return True
    if _over(clause):
        return modal is not None and not phrases.DONE.search(clause[: modal.start()])
    if modal or (by and by.kind == "within"):
        return True
    if last_day is None or on is None:
        return phrases.DEICTIC.search(clause) is not None
    named_year_only = by is not None and by.kind == "year" and by.text[:4].isdigit()
    return ahead and not (named_year_only and last_day.year == on.year)


def _idle(clause: str, before: bool) -> bool:
    """Whether the clause tells a bygone idea or a standing rule, and what follows with it."""
    if phrases.TRIGGERED.search(clause) and not phrases.STANDING_RULE.search(clause):
        return False
    return before or any(kind.search(clause) for kind in _IDLE)


_IDLE = (phrases.QUOTED_RULE, phrases.TENTATIVE, phrases.STANDING_RULE, phrases.REQUEST)


def _limit(
    clause: str, on: date | None, since: date | None
) -> tuple[TimeWords | None, date | None]:
    """The time words of a clause that name the latest day, and that day.

    A month without a year follows the last day named before it in the sentence (`since`).
    """
    found = [(words, _last_day(words, on, since)) for words in time_words(clause)]
    dated = [(words, day) for words, day in found if day is not None]
    # "2021年度项目" says which projects, not until when.
    dated = [pair for pair in dated if not pair[0].text.endswith("年度")] or dated
    if dated:
        return max(dated, key=lambda pair: pair[1])
    return found[-1] if found else (None, None)


def _last_day(words: TimeWords, on: date | None, since: date | None) -> date | None:
    base = since if words.kind in YEARLESS else on
    return due(words.text, base) if base else None


def _over(clause: str) -> bool:
    return bool(phrases.DONE.search(clause) or phrases.ONGOING.search(clause))


_SOFT = (
    phrases.SOFT_HEAD,
    phrases.SOFT_TAIL,
    phrases.VAGUE_MANNER,
    phrases.EAGER,
    phrases.ABSTRACT,
)
_FINAL = (phrases.ASIDE, phrases.NEGATED, phrases.BARE_CONDITION, phrases.NORM)


def _solicits(words: str) -> bool:
    """Whether the clause only asks others for something; what it does before asking is its own act."""
    asked = phrases.SOLICIT.search(words)
    return asked is not None and phrases.RESULT.search(words[: asked.start()]) is None


def _promises(clause: _Clause) -> bool:
    words = clause.span.text
    if not clause.future or not _checkable(clause):
        return False
    if any(kind.search(words) for kind in _FINAL) or _solicits(words):
        return False
    if _over(words) and not clause.own_future:
        return False
    if phrases.TRIGGERED.search(words):
        return True
    dated = clause.by is not None and clause.by.kind != "vague" and clause.own_future
    if any(kind.search(words) for kind in _SOFT):
        return (dated and phrases.RESULT.search(words) is not None) or _counted(words)
    if phrases.AIM.search(words):
        return dated
    if phrases.PURPOSE.search(words):
        return dated or phrases.REACHES_STANDARD.search(words) is not None
    return True


def _acts(clause: _Clause) -> bool:
    """Whether the clause names an act and is no mere wish, request or condition."""
    named = phrases.ACTION.search(clause.span.text) is not None
    return named and not any(kind.search(clause.span.text) for kind in _NO_ACT)


_NO_ACT = (*_FINAL, phrases.WOOING, phrases.VAGUE_MANNER)


def _counted(words: str) -> bool:
    counted = phrases.COUNTED_ACT.search(words) or phrases.THRESHOLD.search(words)
    return bool(counted) and not phrases.VAGUE_MANNER.search(words)


def _checkable(clause: _Clause) -> bool:
    """Whether the clause names an act, an amount, a result, a day or a rhythm to look for."""
    words = clause.span.text
    if len(words) < 4:
        return False
    if any(kind.search(words) for kind in _CONCRETE) or phrases.quantity(words):
        return True
    if clause.by and len(words) <= len(clause.by.text) + 2:
        return False
    by = clause.by if clause.own_future else None
    return by is not None and (clause.due is not None or by.limit or by.kind == "every")


_CONCRETE = (phrases.ACTION, phrases.COUNTED_ACT, phrases.RESULTATIVE, phrases.THRESHOLD)


def _runs(text: str, read: list[_Clause]) -> list[list[_Clause]]:
    """Promises of one sentence; what stands between two joined ones belongs to both."""
    runs: list[list[_Clause]] = []
    start = 0
    for index, clause in enumerate(read):
        if not clause.promise:
            continue
        gap = read[start:index]
        if runs and len(gap) <= 1 and _one_promise(text, [runs[-1][-1], *gap, clause]):
            runs[-1].extend([*gap, clause])
        elif gap and _leads_to(gap[-1]) and _joined(text, gap[-1], clause):
            runs.append([gap[-1], clause])
        else:
            runs.append([clause])
        start = index + 1
    return runs


def _one_promise(text: str, chain: list[_Clause]) -> bool:
    """Whether clauses hang together by commas, all in the future, with no second deadline."""
    together = all(_joined(text, before, after) for before, after in pairwise(chain))
    first, last = chain[0], chain[-1]
    turns = phrases.NEW_PROMISE.search(last.span.text) or _own_day(first, last)
    turns = turns or _other_doer(phrases.doing_body(first.span.text), last)
    return together and all(clause.future for clause in chain) and not turns


def _other_doer(before: str | None, clause: _Clause) -> bool:
    doer = phrases.doing_body(clause.span.text)
    return before is not None and doer is not None and doer != before


def _joined(text: str, before: _Clause, after: _Clause) -> bool:
    return text[before.span.end : after.span.start].strip() in {"，", ","}


def _own_day(before: _Clause, after: _Clause) -> bool:
    return before.by is not None and after.by is not None and before.by.text != after.by.text


def _leads_to(clause: _Clause) -> bool:
    """A clause that holds only the time, the condition or the manner of the next one."""
    words = clause.span.text
    if phrases.LEADING_BODY.search(words) or (clause.by and words == clause.by.text):
        return True
    return clause.future and phrases.CONDITION.search(words) is not None


def only_plans(text: str) -> Judgement:
    """Whether the letter tells of no completed action on the matter itself.

    The reasons are the sentences that tell of one, or else the sentences that speak of plans.
    """
    local, on = phrases.local_subject(text), letter_date(text)
    done = tuple(s for s, _ in _own_sentences(text) if _tells_of_action(text, s, local, on))
    if done:
        return Judgement(False, "答复写明了已经办成或办过的事项。", done)
    plans = tuple(s for s, planned in _own_sentences(text) if _speaks_of_plans(text, s, planned))
    return Judgement(True, "答复没有写明已经办成的事项，只有打算、理由或说明。", plans)


def _speaks_of_plans(text: str, sentence: Span, planned: bool) -> bool:
    return any(clause.future for clause in _read(text, sentence, planned, None))


def _tells_of_action(text: str, sentence: Span, local: bool, on: date | None) -> bool:
    if phrases.HANDLING.search(sentence.text) and not phrases.STRONG_DONE.search(sentence.text):
        return False
    if phrases.ABROAD.search(sentence.text[:16]):
        return False
    if local and phrases.ELSEWHERE.search(sentence.text):
        return False
    return any(
        phrases.COMPLETED.search(clause.span.text) is not None
        and not clause.own_future
        and not any(kind.search(clause.span.text) for kind in _NOT_DONE)
        for clause in _read(text, sentence, False, on)
    )


_NOT_DONE = (phrases.NEGATED, phrases.IN_A_PLAN, phrases.REQUIRED)


def formulaic(text: str) -> Judgement:
    """Whether the letter holds no completed action, no commitment and no reason or fact."""
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
