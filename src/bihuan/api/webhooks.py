"""Signed notices of acts, in the form of Standard Webhooks: each subscriber is told what he may see, at least once.

The acts themselves are the outbox: they are append-only and numbered, so nothing has to be written beside them
and nothing is lost when a process dies. `deliver_due` is what a schedule calls; any number may run at once.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Max, Q
from django.utils import timezone

from bihuan.api import meter, once
from bihuan.api.models import Delivery, Subscription
from bihuan.api.outbound import NotSent, address_allowed, post
from bihuan.api.reading import state_of
from bihuan.api.tokens import Caller
from bihuan.loop.forms import Refusal
from bihuan.matters import access, house
from bihuan.matters.act import HOUSE_ACTS
from bihuan.matters.models import Act
from bihuan.people.models import User

WAITS = (5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400)
"""Seconds before each further attempt: about three days in all."""
CLAIMED = timedelta(minutes=5)
OVERLAP = timedelta(minutes=15)
"""Keys are dealt out before a transaction ends: acts younger than this are looked at again."""
OLDER_HOLDS = timedelta(hours=24)
MOST_AT_ONCE = 500
MOST = 10
GONE = 410
Send = Callable[[str, bytes, dict[str, str]], int]


# Subscriptions


def subscribe(user: User, name: str, url: str, institutions: list[str]) -> Subscription | Refusal:
    """Tell `url` of acts from now on. Refused where the address may not be called."""
    if not 1 <= len(name.strip()) <= 60 or "\0" in name:
        return Refusal("请写明用途，1 至 60 个字", "name")
    if not set(institutions) <= set(house.institutions()):
        return Refusal("请从列表中选择制度", "institutions")
    say = address_allowed(url)
    if say:
        return Refusal(say, "url")
    if user.subscriptions.filter(ended_at=None).count() >= MOST:
        return Refusal(f"最多登记 {MOST} 个地址，请先停用不再需要的", "url")
    last = Act.objects.filter(congress=user.congress).aggregate(last=Max("pk"))["last"] or 0
    return Subscription.objects.create(
        user=user,
        name=name.strip(),
        url=url,
        institutions=sorted(set(institutions)),
        seen_to=last,
        begins_after=last,
    )


def secret_of(subscription: Subscription, generation: int | None = None) -> str:
    """The signing secret: derived from the installation's own, so that no table holds it."""
    number = generation or subscription.generation
    word = f"hook/{subscription.pk}/{number}/{subscription.created_at.isoformat()}"
    key = hmac.new(settings.SECRET_KEY.encode(), word.encode(), hashlib.sha256).digest()
    return f"whsec_{base64.b64encode(key).decode()}"


def rotate(subscription: Subscription) -> str:
    """A new secret; for a day notices are signed with both, so that the receiver can change over."""
    subscription.generation += 1
    subscription.older_until = timezone.now() + OLDER_HOLDS
    subscription.save(update_fields=["generation", "older_until"])
    return secret_of(subscription)


def end(subscription: Subscription, why: str = "") -> None:
    """No more notices; what waits is dropped."""
    Subscription.objects.filter(pk=subscription.pk, ended_at=None).update(
        ended_at=timezone.now(), why_ended=why[:100]
    )
    subscription.deliveries.filter(state="waiting").update(state="dropped")


# Signing


def signed(subscription: Subscription, message: str, at: datetime, body: bytes) -> dict[str, str]:
    """The headers that prove a notice: id, time, and a signature by each secret that holds."""
    stamp = str(int(at.timestamp()))
    generations = [subscription.generation]
    if subscription.older_until and subscription.older_until > at:
        generations.append(subscription.generation - 1)
    signatures = [
        signature(secret_of(subscription, number), message, stamp, body) for number in generations
    ]
    return {
        "webhook-id": message,
        "webhook-timestamp": stamp,
        "webhook-signature": " ".join(signatures),
        "content-type": "application/json",
    }


def signature(secret: str, message: str, stamp: str, body: bytes) -> str:
    """`v1,` and the HMAC-SHA256 over `id.timestamp.body`, in base64."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    covered = f"{message}.{stamp}.".encode() + body
    return f"v1,{base64.b64encode(hmac.new(key, covered, hashlib.sha256).digest()).decode()}"


# Delivering


def deliver_due(now: datetime | None = None, send: Send = post) -> dict[str, int]:
    """Queue what is new, send what is due, forget what is old. Returns how many of each were sent or failed.

    For a schedule to call every few seconds. Safe to run in many processes, and after any of them died.
    """
    at = now or timezone.now()
    queued = sum(_queue(one, at) for one in Subscription.objects.filter(ended_at=None))
    counts = {"queued": queued, "sent": 0, "failed": 0}
    due = Delivery.objects.filter(state="waiting", next_at__lte=at).order_by("next_at", "pk")
    for delivery in due.select_related("subscription__user", "act__matter")[:MOST_AT_ONCE]:
        if _claim(delivery, at):
            counts["sent" if _attempt(delivery, at, send) else "failed"] += 1
    meter.tidy()
    once.tidy()
    return counts


def _queue(subscription: Subscription, at: datetime) -> int:
    """One delivery for each new act its owner may see."""
    rows = Act.objects.filter(congress_id=subscription.user.congress_id or 0)
    new = rows.filter(pk__gt=subscription.seen_to, institution__in=_wanted(subscription))
    new = new.exclude(pk__in=subscription.deliveries.values("act"))
    fresh = list(new.select_related("matter").order_by("pk")[:MOST_AT_ONCE])
    told = [act for act in fresh if may_see(subscription, act)]
    made = Delivery.objects.bulk_create(
        [
            Delivery(subscription=subscription, act=act, next_at=at, message=_message())
            for act in told
        ],
        ignore_conflicts=True,
    )
    settled = rows.filter(pk__gt=subscription.seen_to, at__lt=at - OVERLAP)
    if len(fresh) == MOST_AT_ONCE:
        settled = settled.filter(pk__lte=fresh[-1].pk)
    last = settled.aggregate(last=Max("pk"))["last"]
    if last:
        Subscription.objects.filter(pk=subscription.pk, seen_to__lt=last).update(seen_to=last)
    return len(made)


def _wanted(subscription: Subscription) -> list[str]:
    keys = set(house.institutions())
    return sorted(keys & set(subscription.institutions) if subscription.institutions else keys)


def _message() -> str:
    return f"msg_{secrets.token_hex(16)}"


def may_see(subscription: Subscription, act: Act) -> bool:
    """Whether the owner may see this act, today: rights that ended end the notices too."""
    user = subscription.user
    if not user.is_active or user.must_change_password:
        return False
    caller = Caller(access.standing_of(user, timezone.localdate()))
    if act.institution not in caller.keys:
        return False
    return caller.visible().filter(pk=act.matter_id).exists()


def _claim(delivery: Delivery, at: datetime) -> bool:
    """Take one for this process alone: whoever moves `next_at` first has it."""
    mine = Delivery.objects.filter(pk=delivery.pk, state="waiting", next_at=delivery.next_at)
    return mine.update(next_at=at + CLAIMED) == 1


def _attempt(delivery: Delivery, at: datetime, send: Send) -> bool:
    """Send once and write down how it went."""
    subscription = delivery.subscription
    if not may_see(subscription, delivery.act):
        _written(delivery, at, 0, "已无权查看，不再发送", state="dropped")
        return False
    body = notice(delivery)
    status, say = 0, ""
    try:
        status = send(subscription.url, body, signed(subscription, delivery.message, at, body))
    except NotSent as error:
        say = str(error)
    if 200 <= status < 300:
        _written(delivery, at, status, "", state="sent")
        return True
    over = delivery.attempts >= len(WAITS)
    _written(delivery, at, status, say, state="failed" if over else "waiting")
    if status == GONE:
        end(subscription, "对方回答 410：地址已撤销")
    return False


def _written(delivery: Delivery, at: datetime, status: int, say: str, *, state: str) -> None:
    wait = WAITS[min(delivery.attempts, len(WAITS) - 1)]
    delivery.attempts += 1
    delivery.state = state
    delivery.next_at = at + timedelta(seconds=wait)
    delivery.log = [*delivery.log, {"at": at.isoformat(), "status": status, "say": say[:200]}][-50:]
    delivery.save(update_fields=["attempts", "state", "next_at", "log"])


def notice(delivery: Delivery) -> bytes:
    """What is told: which act on which matter. What was filled in is read by the interface, with its rights."""
    act, matter = delivery.act, delivery.act.matter
    titles = HOUSE_ACTS | {one.id: one.title for one in house.institution(act.institution).acts}
    told: dict[str, Any] = {
        "type": "act.taken",
        "timestamp": act.at.isoformat(),
        "data": {
            "institution": act.institution,
            "matter": {
                "id": matter.pk,
                "number": matter.number,
                "year": matter.year,
                "url": f"/api/matters/{matter.pk}/",
            },
            "act": {
                "seq": act.seq,
                "id": act.kind,
                "title": titles.get(act.kind, act.kind),
                "day": act.day.isoformat(),
                "share": act.share,
                "state": state_of(act.institution, act.after),
                "late": act.late,
                "hash": act.hash,
            },
        },
    }
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()


def send_again(delivery: Delivery) -> None:
    """Queue it once more, under the same message id, whatever became of it."""
    Delivery.objects.filter(~Q(state="waiting"), pk=delivery.pk).update(
        state="waiting", attempts=0, next_at=timezone.now()
    )
