"""Between ballots and their screens: what tellers typed, what a voter marked, and results as they are drawn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from bihuan.ballots import marks, rules, verify, voting
from bihuan.ballots.counting import percent
from bihuan.ballots.models import Ballot, Closing
from bihuan.loop.forms import Refusal

LARGEST = 5
"""Digits of a count."""
MOST_SHEETS = 2_000


@dataclass(frozen=True)
class Bar:
    """One choice as drawn: its votes and their share of the base."""

    name: str
    votes: int
    share: str
    base: int


@dataclass(frozen=True)
class Shown:
    """One item's result as drawn."""

    place: int
    title: str
    outcome: str
    bars: list[Bar]
    steps: list[dict[str, Any]]
    notes: list[str]
    consequence: str
    faults: list[str]


def shown_results(row: Ballot, receipt: str = "") -> dict[str, Any]:
    """What a closed ballot's page shows; nothing before that."""
    closed = Closing.objects.filter(ballot=row).first()
    if closed is None:
        return {"closing": None}
    body = closed.body
    wanted = receipt.strip().upper()[:40].replace("\0", "")
    papers = verify.papers_of(row) if row.way == "phone" else []
    titles = voting.titles_of(row)
    rows = [(name.partition("#")[0], _marks_said(row, titles, given)) for name, given in papers]
    return {
        "closing": closed,
        "results": [_shown(place, item) for place, item in enumerate(body["items"], 1)],
        "turnout": {"all": body["roll"]["count"], "there": body["present"], "voted": body["voted"]},
        "papers": rows,
        "wanted": wanted,
        "found": next((said for name, said in rows if row.secret and name == wanted), None),
    }


def _shown(place: int, item: dict[str, Any]) -> Shown:
    base = item.get("base", 0)
    bars = [Bar(c, n, percent(n, base), base) for c, n in item.get("counts", {}).items()]
    notes = [str(item["said"])] if item.get("said") else []
    if item.get("void"):
        notes.append(_("废票 %(n)d 张") % {"n": item["void"]})
    if item.get("not_voted"):
        notes.append(_("到会未投票 %(n)d 人") % {"n": item["not_voted"]})
    void = item.get("void_sheets", {}).items()
    notes += [_("%(why)s的评分表 %(n)d 张不计") % {"why": why, "n": n} for why, n in void]
    return Shown(
        place,
        item["title"],
        item.get("outcome", ""),
        bars,
        item.get("steps", []),
        notes,
        item.get("consequence", ""),
        item.get("faults", []),
    )


def _marks_said(row: Ballot, titles: list[str], given: Any) -> str:
    """A paper in words."""
    if row.kind == "choice":
        return "、".join(mark or _("（空白）") for mark in given)
    if row.kind == "score":
        return "；".join("、".join(str(mark) for mark in marks_) for marks_ in given)
    return "、".join(titles[int(mark) - 1] for mark in given) or _("（空白）")


# What was marked


def read_marks(row: Ballot, sent: QueryDict) -> marks.Marks:
    """What a voter marked on his phone, as the ballot keeps it."""
    places = range(1, row.items.count() + 1)
    if row.kind == "choice":
        choices = row.rule["choices"]
        return [_choice(choices, sent.get(f"m{place}", "")) for place in places]
    if row.kind == "approval":
        return sent.getlist("m")[:200]
    if row.kind == "rank":
        return _ranked({str(place): sent.get(f"m{place}", "") for place in places})
    parts = range(len(rules.score_rule(row.rule).parts))
    return [[sent.get(f"m{place}-{part}", "")[:8] for part in parts] for place in places]


def _choice(choices: list[str], word: str) -> str:
    """A choice is sent by its number, so that no request is longer than another; anything else is refused."""
    if not word:
        return ""
    known = word.isascii() and word.isdecimal() and len(word) < 3 and int(word) < len(choices)
    return choices[int(word)] if known else "?"


def _ranked(given: dict[str, str]) -> list[str]:
    """The items in the order of the ranks typed; what is no rank makes the order incomplete."""
    ranks = {word: place for place, word in given.items()}
    return [ranks[str(n)] for n in range(1, len(given) + 1) if str(n) in ranks]


# What a teller counted


def read_entry(row: Ballot, sent: QueryDict) -> dict[str, Any] | Refusal:
    """A teller's entry, or what is wrong with it."""
    names = {"present": _("到会人数"), "issued": _("发出票数"), "received": _("收回票数")}
    if row.way == "show":
        names = {"present": names["present"]}
    data: dict[str, Any] = {}
    for name, title in names.items():
        number = _number(sent.get(name, ""))
        if number is None:
            return Refusal(_("%(title)s请填整数") % {"title": title}, name)
        data[name] = number
    if row.kind != "choice":
        return _sheets(row, sent.get("sheets", ""), data)
    items = _counted(row, sent)
    if isinstance(items, Refusal):
        return items
    cast = sum(items[0]["counts"].values()) + items[0]["void"]
    return {"issued": cast, "received": cast, **data, "items": items}


def _counted(row: Ballot, sent: QueryDict) -> list[dict[str, Any]] | Refusal:
    choices = row.rule["choices"]
    found = []
    for item in row.items.all():
        numbers = []
        for n, choice in enumerate([*choices, _("废票")]):
            number = _number(sent.get(f"n{item.place}-{n}", ""))
            if number is None:
                said = _("“%(item)s”的“%(choice)s”请填整数，没有就填 0")
                return Refusal(said % {"item": item.title, "choice": choice}, "items")
            numbers.append(number)
        found.append({"counts": dict(zip(choices, numbers[:-1], strict=True)), "void": numbers[-1]})
    return found


def _sheets(row: Ballot, text: str, data: dict[str, Any]) -> dict[str, Any] | Refusal:
    """One line a paper: places ticked or ranked, or the marks of each subject parted by a slash."""
    lines = [line.strip() for line in text.replace("\r", "").split("\n") if line.strip()]
    if len(lines) != data["received"] or len(lines) > MOST_SHEETS:
        said = _("收回 %(received)d 张，录入了 %(lines)d 行，请一行录一张")
        return Refusal(said % {"received": data["received"], "lines": len(lines)}, "sheets")
    titles, sheets = voting.titles_of(row), []
    for number, line in enumerate(lines, 1):
        given = [part.split() for part in line.split("/")] if row.kind == "score" else line.split()
        wrong = marks.refusal(row, titles, given)
        if wrong and row.kind != "score" and not _known(titles, given):
            said = _("第 %(n)d 行：%(why)s")
            return Refusal(said % {"n": number, "why": wrong.say}, "sheets")
        if wrong and row.kind == "score" and len(given) != len(titles):
            said = _("第 %(n)d 行：要有 %(items)d 个评议对象的分数，用“/”隔开")
            return Refusal(said % {"n": number, "items": len(titles)}, "sheets")
        sheets.append(given)
    return {**data, "sheets": sheets}


def _known(titles: list[str], given: Any) -> bool:
    """Whether a paper names places that exist: too many or repeated ones make it void, not unreadable."""
    return {str(mark) for mark in given} <= {str(n) for n in range(1, len(titles) + 1)}


def _number(word: str) -> int | None:
    word = word.strip()
    fine = word.isascii() and word.isdecimal() and len(word) <= LARGEST
    return int(word) if fine else None
