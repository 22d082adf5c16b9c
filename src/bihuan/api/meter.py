"""How often one may ask: so many requests a minute, counted in the database that all processes share."""

from __future__ import annotations

import time

from django.db import IntegrityError, transaction
from django.db.models import Case, F, When

from bihuan.api.models import Meter

MINUTE = 60


def take(key: str, most: int) -> int:
    """Count one request of `key`. Returns 0, or in how many seconds to ask again."""
    now = int(time.time())
    minute = now // MINUTE
    if not _count(key, minute):
        try:
            with transaction.atomic():
                Meter.objects.create(key=key, minute=minute, count=1)
        except IntegrityError:
            _count(key, minute)
    taken = Meter.objects.filter(key=key).values_list("count", flat=True).first() or 0
    return MINUTE - now % MINUTE if taken > most else 0


def _count(key: str, minute: int) -> int:
    counted = Case(When(minute=minute, then=F("count") + 1), default=1)
    return Meter.objects.filter(key=key).update(count=counted, minute=minute)


def tidy() -> int:
    """Forget who asked before the last hour. Returns how many rows went."""
    return Meter.objects.filter(minute__lt=int(time.time()) // MINUTE - MINUTE).delete()[0]
