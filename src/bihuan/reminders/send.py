"""Sending what is due: taken by one process, written when it is sent, tried again later each time, logged.

A message whose sending was broken off is not sent again, for it may have arrived. What it told of, and what a message
that was given up told of, comes with the next digest if it is still unread.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from bihuan.matters import access, house
from bihuan.people.models import Body
from bihuan.reminders import words
from bihuan.reminders.gateways import deliver, offered
from bihuan.reminders.models import Item, Message, Outgone, Reminder
from bihuan.reminders.robots import NotTaken
from bihuan.reminders.rules import may_disturb, reminding_of

WAITS = (60, 300, 1800, 7200, 21600)
"""Seconds before each further attempt: most of a working day in all."""
TAKEN = timedelta(minutes=5)
"""Longer than any gateway is waited for: whoever took a message up before that lives no more."""
MOST_AT_ONCE = 500
KEPT = timedelta(days=180)
"""The log of messages is kept for six months (《网络安全法》第二十一条), then forgotten."""
BROKEN_OFF = "发送途中中断，不能确定是否送到；为免重复不再发，未读的进下一次汇总"


def send_due(now: datetime | None = None) -> dict[str, int]:
    """Send what is due. Returns how many messages came to which end, for now or for ever."""
    at = now or timezone.now()
    counts = Counter({"unsure": _broken_off(at)})
    due = Message.objects.filter(state="waiting", next_at__lte=at).order_by("next_at", "pk")
    for message in due.select_related("outlet__user__person", "outlet__body", "congress")[
        :MOST_AT_ONCE
    ]:
        if _may_now(message, at) and _take(message, at):
            counts[_attempt(message, at)] += 1
    return dict(counts)


def _broken_off(at: datetime) -> int:
    lost = Message.objects.filter(state="sending", next_at__lt=at)
    return sum(_end(one, "unsure", at, BROKEN_OFF) for one in lost)


def _may_now(message: Message, at: datetime) -> bool:
    """Quiet hours may have begun while it waited to be tried again."""
    local, congress = timezone.localtime(at), message.congress
    rules = reminding_of(congress, local.date())
    return may_disturb(rules, message.outlet, local, house.calendar_of(congress))


def _take(message: Message, at: datetime) -> bool:
    taken = {"state": "sending", "next_at": at + TAKEN, "tries": F("tries") + 1}
    due = Message.objects.filter(pk=message.pk, state="waiting", next_at__lte=at)
    if due.update(**taken) != 1:
        return False
    message.refresh_from_db(fields=["state", "tries", "next_at"])
    return True


def _attempt(message: Message, at: datetime) -> str:
    """One attempt; the state the message is left in."""
    reminders = still_to_tell(message, timezone.localdate(at))
    outlet = message.outlet
    if not reminders or not outlet.on or outlet.channel not in offered(message.congress):
        _end(message, "dropped", at, "已看过、已无权查看，或渠道已停用")
        return "dropped"
    subject = words.title(reminders, message.urgent)
    try:
        deliver(outlet, subject, words.text(outlet.channel, reminders, message.urgent))
    except NotTaken as refused:
        return _put_off(message, at, str(refused))
    _sent(message, at, reminders)
    return "sent"


def still_to_tell(message: Message, today: date) -> list[Reminder]:
    """The reminders it carries that are unread (by the person) and of matters that may still be seen."""
    carried = Item.objects.filter(message=message).values("reminder")
    rows = Reminder.objects.filter(pk__in=carried).select_related("matter", "user", "body")
    if message.outlet.user_id:
        rows = rows.filter(read_at=None)
    by_user: dict[int, list[Reminder]] = defaultdict(list)
    for one in rows.order_by("pk"):
        by_user[one.user_id].append(one)
    return [one for own in by_user.values() for one in _seen(own, today)]


def _seen(own: list[Reminder], today: date) -> list[Reminder]:
    """Of one person's reminders those of matters that he may see today."""
    standing = access.standing_of(own[0].user, today)
    may = access.visible(standing).filter(pk__in=[one.matter_id for one in own])
    keys = set(may.values_list("pk", flat=True))
    return [one for one in own if one.matter_id in keys]


def _put_off(message: Message, at: datetime, reason: str) -> str:
    if message.tries > len(WAITS):
        _end(message, "failed", at, reason)
        return "failed"
    wait = timedelta(seconds=WAITS[message.tries - 1])
    _held(message).update(state="waiting", next_at=at + wait, reason=reason[:200])
    return "put_off"


def _held(message: Message) -> QuerySet[Message]:
    """Its row as long as this attempt is the newest."""
    return Message.objects.filter(pk=message.pk, state="sending", tries=message.tries)


def _sent(message: Message, at: datetime, reminders: list[Reminder]) -> None:
    """Written at once with the count of what each body was sent."""
    with transaction.atomic():
        _held(message).update(state="sent", ended_at=at, reason="", size=len(reminders))
        for body in {one.body for one in reminders if one.body}:
            _count(body, timezone.localdate(at).year, timezone.localdate(at).month)


def _count(body: Body, year: int, month: int) -> None:
    row, _ = Outgone.objects.get_or_create(
        body=body, year=year, month=month, defaults={"congress_id": body.congress_id}
    )
    Outgone.objects.filter(pk=row.pk).update(messages=F("messages") + 1)


def _end(message: Message, state: str, at: datetime, reason: str) -> bool:
    """It will not be sent; unless there was nothing to tell, the next digest tells it."""
    with transaction.atomic():
        ended = _held(message).update(state=state, ended_at=at, reason=reason[:200])
        if ended and state != "dropped":
            Item.objects.filter(message=message).update(lost=True)
    return bool(ended)


def clear(at: datetime) -> int:
    """Forget the log of messages that ended long ago; the count by body and month stays."""
    count, _ = Message.objects.filter(ended_at__lt=at - KEPT).delete()
    return count
