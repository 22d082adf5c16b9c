"""Small words for templates: lights, days, addresses that keep a page's filters."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import template
from django.template import Context
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from bihuan.loop.spec import Institution
from bihuan.loop.terms import BadTerm, parse_term
from bihuan.matters import house, queries
from bihuan.matters.models import Assignment, Matter
from bihuan.matters.queries import Light
from bihuan.people.models import ROLES

register = template.Library()


@register.simple_tag
def light(row: Matter | Assignment | Light, today: date | None = None) -> SafeString:
    """`{% light matter today %}`: shape, colour and word. Takes a matter, a share or a Light."""
    shown = row if isinstance(row, Light) else queries.light(row, today or timezone.localdate())
    return light_of(shown.key)


@register.simple_tag
def light_of(key: str) -> SafeString:
    """`{% light_of "late" %}`: the light of this name, as in a legend or a filter."""
    word, shape = queries.LIGHTS[key]
    return format_html(
        '<span class="light light-{}"><span class="light-shape" aria-hidden="true">{}</span>{}</span>',
        key,
        shape,
        _(word),
    )


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
        return house.institution(row.institution).state(row.state).title
    except KeyError:
        return row.state


@register.filter
def institution_title(key: str) -> str:
    """`{{ matter.institution|institution_title }}`."""
    one = house.institutions().get(key)
    return one.title if one else key


@register.filter
def field_title(one: Institution, name: str) -> str:
    """`{{ one|field_title:"reply_on" }}`: 答复日期, or the name itself where nothing of that name is declared."""
    found = one.field(name)
    return found.title if found else name


@register.filter
def term_words(value: str) -> str:
    """`{{ rule.value|term_words }}`: 5 个工作日 for `5 working days`; what is no term stays as it is."""
    try:
        return parse_term(value).chinese()
    except BadTerm:
        return value


@register.filter
def role_title(role: str) -> str:
    """`{{ grant.role|role_title }}`: 承办单位联系人 for `contact`."""
    return _(ROLES.get(role, role))


@register.filter
def get(mapping: Any, key: Any) -> Any:
    """`{{ counts|get:key }}`: a mapping's value, nothing where there is none."""
    return mapping.get(key, "") if hasattr(mapping, "get") else ""


@register.simple_tag(takes_context=True)
def with_query(context: Context, **changes: Any) -> str:
    """`{% with_query page=2 %}`: this page's query with some values changed; None or "" takes one out."""
    query = context["request"].GET.copy()
    for name, value in changes.items():
        query.pop(name, None)
        if value not in (None, ""):
            query[name] = str(value)
    return f"?{query.urlencode()}"
