"""How everything stands on a day, as a report in the national format: tables, charts, and a note at each figure.

The figures are those of the cockpit's page; each says in a footnote what was counted, of what, and as of when.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from bihuan.ladder.proposals import Proposal
from bihuan.letters import content
from bihuan.letters.charts import Chart
from bihuan.letters.documents import document
from bihuan.letters.make import Shown, Table
from bihuan.letters.register import NEXT_MARK, balanced
from bihuan.matters.models import Matter
from bihuan.measures.boards import Trend
from bihuan.measures.bodies import BodyStand, Overdue, most
from bihuan.measures.cockpit import ByBody, Cockpit
from bihuan.measures.figures import Figure
from bihuan.measures.promised import Promised
from bihuan.people.models import Congress
from bihuan.text.numerals import in_chinese

LATE_SHOWN = 10
TWICE = "一件事有两个主办单位的，两个单位各计一次"


@dataclass(frozen=True)
class Late:
    """An overdue matter as the report lists it."""

    matter: Matter
    institution: str
    bodies: str
    due: date | None
    days: int
    pressed: int


@dataclass(frozen=True)
class Told:
    """All that the report tells, counted elsewhere."""

    congress: Congress
    cockpit: Cockpit
    overdue: Sequence[Overdue] = ()
    tables: Sequence[ByBody] = ()
    trends: Sequence[tuple[str, Sequence[Trend]]] = ()
    promised: Sequence[Promised] = ()
    late: Sequence[Late] = ()
    proposals: Sequence[Proposal] = ()

    @property
    def day(self) -> str:
        """The day it stands for, as documents write it."""
        return content.written_day(self.cockpit.as_of)


def report(told: Told, drawn_on: date) -> bytes:
    """The report as a .docx, without a number: it is registered when it is issued."""
    congress = told.congress
    shown = Shown(dict(_tables(told)), dict(_charts(told)))
    return document(
        congress,
        balanced(f"关于监督事项办理情况的报告（截至{told.day}）"),
        "\n".join(_text(told)),
        drawn_on,
        shown,
        发文机关标志=f"{congress.name}文件",
        发文字号=f"{congress.name[:1]}人常发{NEXT_MARK}号",
        主送机关="主任会议",
    )


# The text


def _text(told: Told) -> Iterator[str]:
    yield _opening(told)
    parts = [lines for part in PARTS if (lines := list(part(told)))]
    for place, (heading, *lines) in enumerate(parts, 1):
        yield f"{in_chinese(place)}、{heading}"
        yield from lines


def _opening(told: Told) -> str:
    said = {light: told.cockpit.total(light) for light in ("open", "late", "soon", "closed")}
    note = _note(told, f"各项制度合计；在办 {said['open']} 件，逾期按各事项最近的时限算")
    return (
        f"截至{told.day}，各项监督事项在办{said['open']}件，其中逾期{said['late']}件、"
        f"七天内到期{said['soon']}件；已办结{said['closed']}件{note}。"
    )


def _of_institutions(told: Told) -> Iterator[str]:
    if told.cockpit.stands:
        yield from ("各项制度办理情况", "【表：各项制度】")


def _of_overdue(told: Told) -> Iterator[str]:
    if not told.overdue:
        return
    yield "逾期情况"
    yield overdue_finding(told, noted=True) + "。"
    yield "【图：各单位逾期】"
    if told.late:
        yield f"逾期最久的{len(told.late)}件如下。"
        yield "【表：逾期事项】"


def overdue_finding(told: Told, *, noted: bool = False) -> str:
    """市住建局逾期14件，占全部逾期34件的41.2%; several where they are equal."""
    worst, whole = most(told.overdue), told.cockpit.total("late")
    names, many = "、".join(one.body for one in worst[:3]), worst[0].late
    share = percent(many, whole)
    note = _note(told, f"分子 {many}，分母 {whole}；{TWICE}") if noted else ""
    each = "各" if len(worst) > 1 else ""
    return f"{names}逾期{each}{many}件，占全部逾期{whole}件的{share}{note}"


def _of_bodies(told: Told) -> Iterator[str]:
    chosen = [table for table in told.tables if table.rows]
    if not chosen:
        return
    yield "各单位办理情况"
    yield f"各率并列，下面一行是分子和分母；单位按机构顺序，不排名次{_note(told, TWICE)}。"
    for table in chosen:
        yield f"【表：各单位 {table.institution.title}】"


def _of_trends(told: Told) -> Iterator[str]:
    lines = [line for title, trends in told.trends for line in _trend_lines(told, title, trends)]
    if lines:
        yield from ("历年情况", *lines)


def _trend_lines(told: Told, title: str, trends: Sequence[Trend]) -> Iterator[str]:
    for trend in trends:
        counted = "；".join(f"{one.year} 年 {_parts(one)}" for one in trend.figures)
        yield f"{title}，{trend.finding}{_note(told, f'{trend.indicator.title}：{counted}')}。"
        yield f"【图：{title} {trend.indicator.title}】"


def _of_promises(told: Told) -> Iterator[str]:
    chosen = [one for one in told.promised if one.made]
    if not chosen:
        return
    yield "承诺了没有办成的"
    for one in chosen:
        late = one.stand.late
        note = _note(told, f"分子 {late}，分母 {one.made}")
        yield f"承诺{one.made}项，到期没有办成{late}项，占{percent(late, one.made)}{note}。"
        if one.broken:
            yield f"【表：{one.stand.institution.title}】"


def _of_next_steps(told: Told) -> Iterator[str]:
    if not told.proposals:
        return
    yield "建议的下一步"
    yield "以下各步由系统按事实提出，采取不采取由主任会议决定。"
    for place, one in enumerate(told.proposals, 1):
        kind = "法定程序" if one.step.statutory else "地方做法"
        yield f"{place}.{one.body}：{one.step.rung.title}（{kind}，{one.step.cite}）。{one.proposed.why}。"


PARTS = (
    _of_institutions,
    _of_overdue,
    _of_bodies,
    _of_trends,
    _of_promises,
    _of_next_steps,
)


def _note(told: Told, words: str) -> str:
    return f"【注：{words}，截至 {told.cockpit.as_of.isoformat()}。】"


# Tables and charts


def _tables(told: Told) -> Iterator[tuple[str, Table]]:
    yield "各项制度", _stands(told)
    if told.late:
        yield "逾期事项", _late(told)
    for table in told.tables:
        yield f"各单位 {table.institution.title}", _by_body(table)
    for one in told.promised:
        yield one.stand.institution.title, _promises(one.stand.institution.title, one.broken)


def _stands(told: Told) -> Table:
    rows = tuple(
        (one.institution.title, str(one.late), str(one.soon), str(one.open), str(one.closed))
        for one in told.cockpit.stands
    )
    late = sum(1 for one in told.cockpit.stands if one.late)
    title = f"{len(rows)}项制度中{late}项有逾期" if late else "各项制度都没有逾期"
    return Table(title, ("制度", "逾期", "七天内到期", "在办", "办结"), rows)


def _late(told: Told) -> Table:
    rows = tuple(
        (
            one.matter.title[:30],
            one.institution,
            one.bodies,
            one.due.isoformat() if one.due else "",
            f"{one.days} 天",
            f"{one.pressed} 次",
        )
        for one in told.late
    )
    unpressed = sum(1 for one in told.late if not one.pressed)
    title = f"逾期最久的{len(rows)}件中{unpressed}件还没有督办"
    return Table(title, ("事项", "制度", "单位", "时限", "超期", "已督办"), rows)


def _by_body(table: ByBody) -> Table:
    rows = tuple((row.body, *(_cell(one) for one in row.figures)) for row in table.rows)
    return Table(
        f"{table.institution.title}：{len(rows)}个单位",
        ("单位", *(title for _key, title in table.titles)),
        rows,
    )


def _cell(figure: Figure | None) -> str:
    return f"{figure.text}\n{_parts(figure)}" if figure and figure.denominator else "–"


def _parts(figure: Figure) -> str:
    return f"{figure.numerator:g}/{figure.denominator}"


def _promises(title: str, rows: Sequence[BodyStand]) -> Table:
    cells = tuple((row.body, str(row.late), str(row.whole)) for row in rows)
    said = f"{title}：{len(rows)}个单位有到期没有办成的"
    return Table(said, ("单位", "到期没有办成", "承诺"), cells)


def _charts(told: Told) -> Iterator[tuple[str, Chart]]:
    if told.overdue:
        bars = [(one.body, float(one.late)) for one in told.overdue]
        yield "各单位逾期", Chart(overdue_finding(told), bars, "件")
    for title, trends in told.trends:
        for trend in trends:
            years = [(f"{one.year}", float(one.percent(1))) for one in trend.figures]
            yield f"{title} {trend.indicator.title}", Chart(trend.finding, years, "%")


def percent(part: int, whole: int) -> str:
    """A share in percent to one place, half up; an en rule where there is no base."""
    if not whole:
        return "–"
    exact = Decimal(part) * 100 / Decimal(whole)
    return f"{exact.quantize(Decimal('0.1'), rounding=ROUND_HALF_UP)}%"
