"""What a message says outside the house: kind, institution, number, limit, link, and nothing of the matter itself.

Mail is kept by strangers, a group is read by all who are in it, a telephone lies on a table. A title may already
name a person; so it stays inside, behind the sign-in (`docs/decisions/0023`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from django.conf import settings
from django.urls import reverse

from bihuan.matters import house
from bihuan.reminders.models import KINDS, Reminder

MOST_LINES = 12
"""A WeCom text holds 2048 bytes."""


def title(reminders: Sequence[Reminder], urgent: bool) -> str:
    """The subject."""
    what = "提醒" if urgent else "今日汇总"
    return f"【闭环】{what}：{len(reminders)} 件"


def text(channel: str, reminders: Sequence[Reminder], urgent: bool) -> str:
    """The body; a text message gets the figures alone."""
    if channel == "sms":
        return _short(reminders)
    head = [] if channel in ("mail", "dingtalk", "feishu") else [title(reminders, urgent)]
    lines = [_line(one) for one in reminders[:MOST_LINES]]
    rest = len(reminders) - len(lines)
    more = [f"另有 {rest} 件，请登录查看。"] if rest else []
    return "\n".join([*head, *lines, *more, _inbox()]).strip()


def _short(reminders: Sequence[Reminder]) -> str:
    counts = Counter(one.kind for one in reminders)
    parts = "、".join(f"{KINDS[kind]} {counts[kind]} 件" for kind in KINDS if counts[kind])
    return f"【闭环】{parts}，请登录平台查看。"


def _line(one: Reminder) -> str:
    matter = one.matter
    named = house.institutions().get(matter.institution)
    what = f"{named.title if named else matter.institution} {matter.number or '（未编号）'}"
    limit = f" 时限 {one.due_on:%Y-%m-%d}" if one.due_on else ""
    return f"{KINDS[one.kind]}：{what}{limit} {_link('matter', matter.pk)}".strip()


def _inbox() -> str:
    where = _link("reminders")
    return f"全部提醒：{where}" if where else "请登录平台查看。"


def _link(name: str, *args: int) -> str:
    return f"{settings.SITE_ADDRESS}{reverse(name, args=args)}" if settings.SITE_ADDRESS else ""
