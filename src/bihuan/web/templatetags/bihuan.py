"""Small words for templates: lights, days, addresses that keep a page's filters."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import urlencode

from django import template
from django.template import Context
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from bihuan.ballots.models import Ballot
from bihuan.ballots.rules import whole_of
from bihuan.loop.forms import as_choice
from bihuan.loop.spec import Act as ActSpec
from bihuan.loop.spec import Institution
from bihuan.loop.terms import BadTerm, parse_term
from bihuan.loop.votes import are_steps, steps_text
from bihuan.matters import house, queries
from bihuan.matters.access import Offer
from bihuan.matters.models import Assignment, Matter
from bihuan.matters.queries import Light
from bihuan.people.models import ROLES
from bihuan.web import language
from bihuan.web.rooms import screen_address

register = template.Library()


@register.simple_tag
def light(row: Matter | Assignment | Light, today: date | None = None) -> SafeString:
    """`{% light matter today %}`: shape, colour and word. Takes a matter, a share or a Light."""
    shown = row if isinstance(row, Light) else queries.light(row, today or timezone.localdate())
    return _drawn(shown.key, shown.word, shown.shape)


@register.simple_tag
def light_of(key: str) -> SafeString:
    """`{% light_of "late" %}`: the light of this name, as in a legend or a filter."""
    word, shape = queries.LIGHTS[key]
    return _drawn(key, word, shape)


def _drawn(key: str, word: str, shape: str) -> SafeString:
    return format_html(
        '<span class="light light-{}"><span class="light-shape" aria-hidden="true">{}</span>{}</span>',
        key,
        shape,
        _(word),
    )


@register.filter
def whole(ballot: Ballot) -> str:
    """`{{ ballot|whole }}`: what all who are entitled to vote are called together."""
    return _(whole_of(ballot.rule))


@register.filter
def days_left(row: Matter | Assignment | Light, today: date | None = None) -> str:
    """`{{ matter|days_left:today }}`: 剩 5 天 · 今天到期 · 超 12 天, or nothing where no limit runs."""
    shown = row if isinstance(row, Light) else queries.light(row, today or timezone.localdate())
    left = shown.days_left
    if left is None:
        return ""
    if left == 0:
        return _("今天到期")
    if left > 0:
        return ngettext("剩 %(n)d 天", "剩 %(n)d 天", left) % {"n": left}
    return ngettext("超 %(n)d 天", "超 %(n)d 天", -left) % {"n": -left}


@register.filter
def state_title(row: Matter | Assignment) -> str:
    """`{{ matter|state_title }}`: the state's title as declared, or its id if it is declared no more."""
    try:
        return language.institution(row.institution).state(row.state).title
    except KeyError:
        return row.state


@register.filter
def get_at(rows: list[Any], place: int) -> Any:
    """`{{ rows|get_at:2 }}`: the row at this place (from 0), or nothing."""
    return rows[place] if place < len(rows) else ""


@register.filter
def institution_title(key: str) -> str:
    """`{{ matter.institution|institution_title }}`."""
    one = house.institutions().get(key)
    return language.worded(one).title if one else key


@register.filter
def act_title(act: ActSpec, institution: str) -> str:
    """`{{ row.act|act_title:row.matter.institution }}`: the act as this page says it."""
    return language.institution(institution).act(act.id).title


@register.filter(name="lang")
def lang_of(text: object) -> SafeString:
    """`<td{{ title|lang }}>`: says that a text on an English page is Chinese; nothing elsewhere."""
    chinese = not language.in_chinese() and any("\u4e00" <= sign <= "\u9fff" for sign in str(text))
    return mark_safe(' lang="zh"' if chinese else "")


@register.filter
def field_title(one: Institution, name: str) -> str:
    """`{{ one|field_title:"reply_on" }}`: 答复日期, or the name itself where nothing of that name is declared."""
    found = one.field(name)
    return found.title if found else name


@register.filter
def term_words(value: object) -> str:
    """`{{ rule.value|term_words }}`: 5 个工作日 for `5 working days`; a list in one line, other values as they are."""
    if are_steps(value):  # type: ignore[arg-type]
        return "；".join(steps_text(value).splitlines())  # type: ignore[arg-type]
    if isinstance(value, list):
        return "、".join(_listed(one) for one in value)
    if not isinstance(value, str):
        return str(value)
    try:
        return language.term_said(parse_term(value))
    except BadTerm:
        return value


def _listed(one: object) -> str:
    """One of a list: a choice by its title."""
    if not isinstance(one, dict) or "id" not in one:
        return str(one)
    return as_choice(one).said


@register.filter
def param_title(name: str, one: Institution) -> str:
    """`{{ rule.name|param_title:one }}`: the rule's title as this page says it."""
    return next((param.title for param in one.params if param.name == name), name)


@register.filter
def role_title(role: str) -> str:
    """`{{ grant.role|role_title }}`: 承办单位联系人 for `contact`."""
    return language.actor_title("deputy") if role == "deputy" else _(ROLES.get(role, role))


@register.filter
def get(mapping: Any, key: Any) -> Any:
    """`{{ counts|get:key }}`: a mapping's value, nothing where there is none."""
    return mapping.get(key, "") if hasattr(mapping, "get") else ""


@register.simple_tag
def act_address(matter: Matter, offer: Offer, within: str | None = None) -> str:
    """`{% act_address matter offer within %}`: the form of an act; `within` leads back to the same row of a ledger."""
    if offer.act.screen:
        return screen_address(matter, offer.act)
    asked = {"share": offer.share} if offer.share else {}
    if within is not None:
        asked["back"] = f"{reverse('matter', args=[matter.pk])}?{urlencode({'in': within})}"
    address = reverse("act", args=[matter.pk, offer.act.id])
    return f"{address}?{urlencode(asked)}" if asked else address


@register.simple_tag(takes_context=True)
def with_query(context: Context, **changes: Any) -> str:
    """`{% with_query page=2 %}`: this page's query with some values changed; None or "" takes one out."""
    query = context["request"].GET.copy()
    for name, value in changes.items():
        query.pop(name, None)
        if value not in (None, ""):
            query[name] = str(value)
    return f"?{query.urlencode()}"
