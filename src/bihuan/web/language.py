"""Institutions in the language of whoever looks: English where it was chosen and `en.toml` says it.

Only what is drawn goes through here. Letters, sheets, logs and acts take the declaration itself, in Chinese.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from bihuan.loop.english import in_english
from bihuan.loop.params import Rules
from bihuan.loop.spec import ACTORS, Choice, Column, Field, Institution
from bihuan.loop.terms import Term
from bihuan.matters import access, house
from bihuan.matters import ledger as books
from bihuan.matters.act import HOUSE_ACTS
from bihuan.matters.models import Matter
from bihuan.measures.figures import Figure
from bihuan.people.models import Congress

_kept: dict[tuple[str, str], Institution] = {}


def in_chinese() -> bool:
    """Whether the page is drawn in Chinese, the language everything is declared in."""
    return not (get_language() or "").startswith("en")


def worded(one: Institution) -> Institution:
    """The institution as this page says it."""
    if in_chinese():
        return one
    key = (str(one.folder), one.version)
    if key not in _kept:
        _kept[key] = in_english(one)
    return _kept[key]


def institution(key: str) -> Institution:
    """The institution of this key as this page says it. Raises KeyError with a Chinese sentence."""
    return worded(house.institution(key))


def institutions() -> Mapping[str, Institution]:
    """Every institution by key, as this page says it, in menu order."""
    return {key: worded(one) for key, one in house.institutions().items()}


def ruled() -> Mapping[str, Institution]:
    """Whatever has params: every institution, and what is common to them, as this page says it."""
    return {**institutions(), **{key: worded(one) for key, one in house.common().items()}}


def rules_of(congress: Congress, key: str) -> Rules:
    """The params in force here, titles and choices as this page says them; values and terms are the same."""
    return replace(house.rules_of(congress, key), institution=institution(key))


def offers(who: access.Standing, matter: Matter) -> list[access.Offer]:
    """`access.offers` as this page says them."""
    one = institution(matter.institution)
    return [replace(each, act=one.act(each.act.id)) for each in access.offers(who, matter)]


def term_said(term: Term) -> str:
    """5 个工作日, 5 working days."""
    return term.chinese() if in_chinese() else str(term)


def heading(one: Institution, column: Column) -> str:
    """The title above a column of the ledger."""
    title = books.heading(one, column)
    return _(title) if title in books.BUILT_IN.values() else title


def figure(one: Figure) -> Figure:
    """A figure with its title as this page says it; a count in English goes without 件, 份."""
    if in_chinese():
        return one
    titles = {each.key: each.title for each in institution(one.institution).indicators}
    unit = one.unit if one.unit == "%" else ""
    return replace(one, title=titles.get(one.key, one.title), unit=unit)


def actor_title(actor: str) -> str:
    """Who acted, by what he was to the matter; nothing for a word that names no actor."""
    return (
        pgettext("actor", "代表")
        if actor == "deputy"
        else _(ACTORS[actor])
        if actor in ACTORS
        else ""
    )


def act_title(one: Institution, kind: str) -> str:
    """What was done: an act of the institution or of the house; the bare word where it is declared no more."""
    titles = (act.title for act in one.acts if act.id == kind)
    return next(titles, "") or _(HOUSE_ACTS.get(kind, kind))


def yes_no(choice: Choice) -> Choice:
    """是 and 否, which are options of their own."""
    return replace(choice, title=_(choice.title)) if choice in books.YES_NO else choice


@dataclass(frozen=True)
class Reading(books.Reading):
    """What a ledger's cells say on a page: sheets take `books.Reading`, which is always Chinese."""

    def words(self, one: Field, value: Any) -> str:
        """A stored value as a person reads it on this page."""
        if in_chinese():
            return super().words(one, value)
        if one.kind == "yesno" and value not in (None, ""):
            return _("是") if value else _("否")
        return super().words(one, value)

    def proposers(self, row: Matter) -> str:
        """Who raised it: the first two, and how many in all."""
        if in_chinese():
            return super().proposers(row)
        names = [one.name for one in row.proposers.all()]
        if len(names) < 3:
            return super().proposers(row)
        return _("%(first)s等 %(n)d 人") % {"first": "、".join(names[:2]), "n": len(names)}
