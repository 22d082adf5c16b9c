"""The report in the form of the local ones: for each heading 问题表现 with figures, 整改措施 with their state.

Nothing is written that is not in a ledger: sentences are those of the checks, counts are queries of `sources`, and
each carries a note. Headings without checks (gifts and meals, flattery) tell numbers of clues and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from bihuan.findings.models import Finding
from bihuan.letters.content import written_day
from bihuan.letters.documents import document
from bihuan.loop.spec import HEADINGS
from bihuan.matters import house
from bihuan.people.models import Congress
from bihuan.selfcheck import sources
from bihuan.selfcheck.notes import Note, Paper, Said, numbered
from bihuan.text.numerals import in_chinese

CONFIDENTIAL = ("gifts", "flattery")
TITLE = "形式主义隐形变异问题自查和整改情况报告"


@dataclass(frozen=True)
class Report:
    """The report of a congress as of a day."""

    congress: Congress
    day: date
    paper: Paper

    @property
    def title(self) -> str:
        """The title as printed."""
        return f"{self.congress.name}{TITLE}"

    @property
    def text(self) -> str:
        """All lines, the notes behind them."""
        notes = [f"注{n}　{note.said()}" for n, note in enumerate(self.paper.notes, 1)]
        return "\n".join([*self.paper.lines, "附：数字出处", *notes])


def draft(congress: Congress, day: date) -> Report:
    """Draw the report up from the ledgers as they stood on the day."""
    paper = Paper()
    by_heading = {key: list(sources.found(congress, key, day)) for key in HEADINGS}
    paper.all(_opening(congress, by_heading, day))
    for place, (key, title) in enumerate(HEADINGS.items(), 1):
        paper.say(Said(f"{in_chinese(place)}、{title}方面"))
        if key in CONFIDENTIAL:
            paper.all(_of_clues(congress, title, day))
            continue
        paper.say(Said("（一）问题表现"))
        paper.all(_problems(congress, key, by_heading[key], day))
        paper.say(Said("（二）整改措施"))
        paper.all(_measures(by_heading[key], day))
    return Report(congress, day, paper)


def docx(report: Report) -> bytes:
    """The report in the national format (GB/T 9704-2012)."""
    return document(report.congress, report.title, report.text, report.day)


def _opening(congress: Congress, by_heading: dict[str, list[Finding]], day: date) -> Iterator[Said]:
    every = [finding for own in by_heading.values() for finding in own]
    checks = sum(len(one.checks) for one in house.institutions().values())
    states = {
        state: sum(f.state == state for f in every) for state in ("confirmed", "explained", "open")
    }
    first = date(day.year, 1, 1)
    text = (
        f"对{written_day(first)}至{written_day(day)}的台账按{checks}项检查作了自查，发现问题{len(every)}个："
        f"已列入整改{states['confirmed']}个，作出说明{states['explained']}个，待处理{states['open']}个。"
    )
    figures = (str(checks), str(len(every)), *(str(n) for n in states.values()))
    yield Said(text, Note(figures, "问题线索台账", total=len(every), address="/findings/"))


def _problems(
    congress: Congress, heading: str, findings: list[Finding], day: date
) -> Iterator[Said]:
    for number, finding in enumerate(findings, 1):
        yield Said(f"{number}.{_problem(finding)}", _note_of(finding))
    if not findings:
        yield Said("检查没有发现问题。")
    for one in sources.registers(heading):
        yield _compared(sources.trend(congress, one, day), day)


def _problem(finding: Finding) -> str:
    check = house.institution(finding.institution).check(finding.check_key)
    title = check.title if check else finding.check_key
    return f"{title}。{finding.say.rstrip('。')}。"


def _note_of(finding: Finding) -> Note:
    rows = [evidence.matter for evidence in finding.evidence.all()]
    figures = tuple(str(value) for value in (finding.figures or {}).values())
    return Note(
        (f"{finding.value:g}", *figures),
        f"{house.institution(finding.institution).title}台账",
        finding.cite,
        numbered(row.number for row in rows),
        len(rows),
        f"/findings/{finding.pk}/",
    )


def _compared(trend: sources.Trend, day: date) -> Said:
    """This quarter beside the last and beside the same days of last year."""
    one, now = trend.institution, sources.quarter_of(day)
    text = (
        f"{sources.quarter_title(now)}（至{written_day(now[1])}）登记{one.title}{trend.now}{one.count_word}，"
        f"上一季度{trend.before}{one.count_word}，上年同期{trend.year_before}{one.count_word}"
        f"{_change(trend)}。"
    )
    note = Note(
        tuple(str(n) for n in (trend.now, trend.before, trend.year_before)),
        f"{one.title}台账",
        total=trend.now,
        address=f"/l/{one.key}/",
    )
    return Said(text, note)


def _change(trend: sources.Trend) -> str:
    if not trend.year_before:
        return ""
    change = (trend.now - trend.year_before) * 100 / trend.year_before
    return f"，同比{'增长' if change > 0 else '减少'}{abs(change):.0f}%" if change else "，同比持平"


def _measures(findings: list[Finding], day: date) -> Iterator[Said]:
    number = 0
    for measure in sources.measures(findings, day):
        number += 1
        yield _measure(number, measure)
    for finding in findings:
        if finding.state == "explained":
            number += 1
            yield Said(
                f"{number}.{_problem(finding).split('。')[0]}：已说明。{_reason(finding)}",
                _note_of(finding),
            )
    waiting = sum(finding.state == "open" for finding in findings)
    if waiting:
        note = Note((str(waiting),), "问题线索台账（待处理）", total=waiting, address="/findings/")
        yield Said(f"尚有{waiting}个问题待处理。", note)
    elif not number:
        yield Said("没有需要整改的问题。")


def _measure(number: int, measure: sources.Measure) -> Said:
    matter = measure.matter
    who = f"由{measure.body}{measure.person}负责" if measure.body else "尚未交办"
    due = (
        ""
        if not measure.due or measure.closed
        else f"，{written_day(date.fromisoformat(measure.due))}前完成"
    )
    text = f"{number}.{matter.title}：{who}{due}，现为“{measure.state}”。"
    note = Note(
        (measure.due,),
        "整改台账",
        rows=numbered([matter.number]),
        total=1,
        address=f"/m/{matter.pk}/",
    )
    return Said(text, note)


def _reason(finding: Finding) -> str:
    said = [one.reason for one in finding.settlements.all() if one.state == "explained"]
    return f"{said[-1].rstrip('。')}。" if said else ""


def _of_clues(congress: Congress, title: str, day: date) -> Iterator[Said]:
    noted, passed = sources.clues(congress, title, day)
    text = f"登记线索{noted}条，移送监察机关{passed}条，线索内容依法保密。"
    yield Said(text, Note((str(noted), str(passed)), "保密线索台账", total=noted))
