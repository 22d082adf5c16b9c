"""What the variables of a letter say: from the matter and its acts as this user may read them, or from figures."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db.models import QuerySet

from bihuan.letters import declared, variables
from bihuan.letters.charts import Chart
from bihuan.letters.make import Shown, Table
from bihuan.letters.sandbox import fill_text
from bihuan.letters.text import in_digits
from bihuan.loop.forms import as_choice
from bihuan.loop.spec import ASSIGNMENT_KINDS, Field, Institution
from bihuan.matters import access, house
from bihuan.matters.access import Standing
from bihuan.matters.models import Assignment, Matter
from bihuan.measures import indicators
from bihuan.measures.figures import Figure
from bihuan.people.models import Body, Congress


class Silent(dict[str, Any]):
    """Figures by title; one that is not counted here reads as an en rule."""

    def __missing__(self, name: str) -> str:
        return "–"


def written_day(day: date | None) -> str:
    """A day as documents write it, empty where there is none."""
    return in_digits(day.year, day.month, day.day) if day else ""


def place(congress: Congress) -> str:
    """The name of the place: 江州市人大 is of 江州市."""
    return congress.short_name.removesuffix("人大").removesuffix("人大常委会")


def full_name(body: Body, congress: Congress) -> str:
    """A body as letters name it: 市财政局 of 江州市 is 江州市财政局."""
    where = place(congress)
    if where and body.name[:1] == where[-1:] and not body.name.startswith(where):
        return where[:-1] + body.name
    return body.name


def general(standing: Standing, one: Institution, day: date) -> dict[str, Any]:
    """The variables every letter has, and every other one empty."""
    congress, person = standing.user.congress, standing.user.person
    assert congress is not None
    empty: dict[str, Any] = dict.fromkeys(variables.names(one), "")
    return {
        **empty,
        "人大": congress.name,
        "人大简称": congress.short_name,
        "地名": place(congress),
        "首字": congress.name[:1],
        "今天": written_day(day),
        "年度": str(day.year),
        "联系人": str(standing.user),
        "电话": person.phone if person else "",
        "制度": one.title,
        "政府": _government(congress),
        "指标": Silent(),
        "超期天数": 0,
    }


def _government(congress: Congress) -> str:
    found = Body.objects.filter(congress=congress, kind="government").order_by("path").first()
    return full_name(found, congress) if found else f"{place(congress)}人民政府"


def of_matter(
    standing: Standing, letter: declared.Letter, matter: Matter, share: Assignment | None, day: date
) -> dict[str, Any]:
    """The variables of a letter about a matter, or about one share of it."""
    one = house.institution(matter.institution)
    hidden = _hidden(standing, letter, one, matter)
    values = general(standing, one, day) | _filled_in(standing, one, matter, share, hidden)
    names = [row.name for row in matter.proposers.all()]
    shares = list(matter.assignments.exclude(phase="void").select_related("body"))
    values |= {
        "年度": str(matter.year),
        "事项": matter.title,
        "编号": matter.number,
        "事项内容": matter.text,
        "提出人": _proposers(names),
        "领衔人": names[0] if names else "",
        "提出日期": written_day(matter.raised_on),
        "主办单位": _bodies(shares, matter.congress, "lead", "separate"),
        "会办单位": _bodies(shares, matter.congress, "co"),
    }
    if letter.gather:
        values |= _gathered(standing, letter, matter)
    return values | (_of_share(share, matter.congress, day) if share else {})


def _hidden(
    standing: Standing, letter: declared.Letter, one: Institution, matter: Matter
) -> set[str]:
    """What its maker may not see, nor whoever the letter goes to: a clerk's letter must not tell a body its rating."""
    to = frozenset(letter.readers)
    mine = access.hidden_fields(one, matter, access.relation(standing, matter))
    told = (
        {f.name for f in one.fields if to & set(f.hidden_from)}
        if matter.phase != "closed"
        else set()
    )
    return mine | told


def _proposers(names: list[str]) -> str:
    if len(names) > 1:
        return f"{names[0]}等{len(names)}名代表"
    return f"{names[0]}代表" if names else ""


def _bodies(shares: list[Assignment], congress: Congress, *kinds: str) -> str:
    return "、".join(full_name(row.body, congress) for row in shares if row.kind in kinds)


def _of_share(share: Assignment, congress: Congress, day: date) -> dict[str, Any]:
    late = (day - share.due_on).days if share.due_on and not share.done_on else 0
    return {
        "承办单位": full_name(share.body, congress),
        "单位首字": share.body.name.lstrip("省市县区镇乡")[:1],
        "责任人": share.person_name,
        "承办方式": ASSIGNMENT_KINDS.get(share.kind, share.kind),
        "期限": written_day(share.due_on),
        "超期天数": max(0, late),
    }


def _filled_in(
    standing: Standing,
    one: Institution,
    matter: Matter,
    share: Assignment | None,
    hidden: set[str],
) -> dict[str, str]:
    """Each field by its title: what was last filled in on the matter or on this share, as he may read it."""
    acts = list(matter.acts.order_by("seq"))
    barred = access.barred_acts(one, acts, access.relation(standing, matter))
    said: dict[str, Any] = {}
    for act in acts:
        if act.seq in barred or act.share not in ("", share.key if share else ""):
            continue
        said |= access.readable_data(act, hidden)
    rules = house.rules_of(matter.congress, one.key)
    found: dict[str, str] = {}
    for field in one.fields:
        if field.name in said and field.title.isidentifier():
            found[field.title] = _words(field, said[field.name], rules, matter)
    return found


def _words(field: Field, value: Any, rules: Any, matter: Matter) -> str:
    if field.kind == "choice":
        choices = field.choices
        if field.choices_param:
            choices = tuple(
                as_choice(row)
                for row in rules.value(field.choices_param, matter.last_day or matter.raised_on)
            )
        titles = {choice.id: choice.said for choice in choices}
        return titles.get(str(value), str(value))
    if field.kind == "date":
        try:
            return written_day(date.fromisoformat(str(value)))
        except ValueError:
            return str(value)
    if field.kind == "yesno":
        return "是" if value else "否"
    return "" if value is None or isinstance(value, list | dict) else str(value)


def _gathered(standing: Standing, letter: declared.Letter, matter: Matter) -> dict[str, Any]:
    same = {f"facts__{name}": matter.facts.get(name) for name in letter.gather}
    rows = access.visible(standing).filter(institution=matter.institution, **same)
    rows = rows.exclude(phase="void").order_by("pk").prefetch_related("assignments__body")
    items = list(rows)
    return {"条目": "\n".join(_item(n, row) for n, row in enumerate(items, 1)), "条数": len(items)}


def _item(number: int, row: Matter) -> str:
    live = [share for share in row.assignments.all() if share.phase != "void"]
    who = "；".join(
        f"{ASSIGNMENT_KINDS.get(s.kind, s.kind)}：{full_name(s.body, row.congress)}，责任人{s.person_name}"
        + (f"，{written_day(s.due_on)}前" if s.due_on else "")
        for s in live
    )
    words = row.title.rstrip("。；")
    body = (
        f"{row.text.rstrip('。；')}。" if row.text and row.text.strip() != row.title.strip() else ""
    )
    return f"{number}.{words}。{body}" + (f"（{who}）" if who else "")


# A year


def of_year(
    standing: Standing, one: Institution, year: int, day: date
) -> tuple[dict[str, Any], Shown]:
    """The variables of a report on a year, and its tables and charts, counted on what this user may see."""
    congress = standing.user.congress
    assert congress is not None
    seen: QuerySet[Matter] = access.visible(standing)
    figures = indicators.compute(congress, one.key, day, year=year, matters=seen)
    plain = [figure for figure in figures if not figure.group and figure.value is not None]
    split: dict[str, list[Figure]] = {}
    for figure in figures:
        if figure.group:
            split.setdefault(figure.title, []).append(figure)
    values = general(standing, one, day) | {
        "年度": str(year),
        "指标": Silent({figure.title: figure.text.replace(" ", "") for figure in plain}),
        "件数": _all(plain),
        "概括": _summary(plain),
    }
    tables = {"主要指标": _main(plain)} if plain else {}
    tables |= {title: _table(title, rows) for title, rows in split.items()}
    drawn = {title: _chart(title, rows) for title, rows in split.items()}
    return values, Shown(tables, drawn)


def _all(plain: list[Figure]) -> str:
    counted = next((figure for figure in plain if figure.denominator is None), None)
    return f"{counted.numerator:g}" if counted else "0"


def _rates(plain: list[Figure]) -> list[Figure]:
    return [figure for figure in plain if figure.denominator]


def _summary(plain: list[Figure]) -> str:
    return "，".join(f"{figure.title}{figure.text}" for figure in _rates(plain))


def _main(plain: list[Figure]) -> Table:
    rates = [figure for figure in _rates(plain) if figure.reached is not None]
    met = sum(figure.reached is True for figure in rates)
    finding = f"{len(rates)}项有目标的指标中{met}项达到目标" if rates else "主要指标"
    rows = tuple(
        (
            figure.title,
            f"{figure.numerator:g}" if figure.denominator is not None else "—",
            f"{figure.denominator}" if figure.denominator is not None else "—",
            figure.text.replace(" ", ""),
            figure.target or "—",
        )
        for figure in plain
    )
    return Table(finding, ("指标", "分子", "分母", "结果", "目标"), rows)


def _finding(title: str, rows: list[Figure]) -> str:
    """What a reader should take from it, as a sentence."""
    total = rows[0].denominator
    if _is_share(rows):
        most = max(rows, key=lambda row: row.numerator)
        return f"{title}：{_label(most)}最多，{most.numerator:g}件，占{most.text}"
    full = sum(row.value == 100 for row in rows)
    return f"{title}：{len(rows)}个单位中{full}个为100%" if total else title


def _is_share(rows: list[Figure]) -> bool:
    """Whether the groups are parts of one whole, and not a rate for each body."""
    declared_ = house.institution(rows[0].institution).indicators
    return not next(one.hit for one in declared_ if one.key == rows[0].key)


def _label(figure: Figure) -> str:
    return figure.label or figure.group


def _in_order(rows: list[Figure]) -> list[Figure]:
    """By name, so that no list of bodies is a ranking."""
    return sorted(rows, key=_label)


def _table(title: str, rows: list[Figure]) -> Table:
    cells = tuple(
        (_label(row), f"{row.numerator:g}", str(row.denominator), row.text)
        for row in _in_order(rows)
    )
    heading = "类别" if _is_share(rows) else "承办单位"
    return Table(_finding(title, rows), (heading, "分子", "分母", "比例"), cells)


def _chart(title: str, rows: list[Figure]) -> Chart:
    if _is_share(rows):
        return Chart(
            _finding(title, rows), [(_label(r), r.numerator) for r in _in_order(rows)], "件"
        )
    bars = [(_label(row), float(row.percent(1))) for row in _in_order(rows) if row.denominator]
    return Chart(_finding(title, rows), bars, "%")


def texts(letter: declared.Letter, values: Mapping[str, Any]) -> dict[str, str]:
    """The declared texts of a letter with the variables filled in. Raises BadTemplate."""
    return {name: fill_text(getattr(letter, name), values).strip() for name in declared.TEXTS}
