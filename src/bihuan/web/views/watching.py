"""For whatever watches over the process: alive, ready to serve, and figures about the house."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Callable

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from bihuan.loop.load import Faulty
from bihuan.matters import house
from bihuan.matters.models import Act, Matter, Seal

LEAST_FREE = 200 * 1024 * 1024
OPEN = ("pending", "handling")


@never_cache
@require_GET
def ready(request: HttpRequest) -> JsonResponse:
    """200 when requests can be served, else 503: which part is not in order, never why in detail."""
    found = {name: _holds(check) for name, check in CHECKS.items()}
    return JsonResponse(found, status=200 if all(found.values()) else 503)


def _holds(check: Callable[[], bool]) -> bool:
    try:
        return check()
    except (DatabaseError, Faulty, OSError):
        return False


def _database() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        return bool(cursor.fetchone())


def _migrated() -> bool:
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


def _declared() -> bool:
    return bool(house.institutions())


def _disk() -> bool:
    return os.access(settings.HOME, os.W_OK) and shutil.disk_usage(settings.HOME).free > LEAST_FREE


CHECKS: dict[str, Callable[[], bool]] = {
    "database": _database,
    "migrations": _migrated,
    "declarations": _declared,
    "disk": _disk,
}


@never_cache
@require_GET
def metrics(request: HttpRequest) -> HttpResponse:
    """Figures for Prometheus. Not public: there only where a token is set, for whoever brings it.

    Read from the database when asked, so that every process tells the same.
    """
    token, given = settings.METRICS_TOKEN, request.headers.get("Authorization", "")
    if not token or not secrets.compare_digest(given.encode(), f"Bearer {token}".encode()):
        raise Http404
    lines = [
        f"# HELP {name} {help}\n# TYPE {name} gauge\n{name} {value}\n"
        for name, help, value in _gauges()
    ]
    return HttpResponse("".join(lines), content_type="text/plain; version=0.0.4; charset=utf-8")


def _gauges() -> list[tuple[str, str, float]]:
    """Name, help and value: plain gauges, so that the text format needs no library."""
    today = timezone.localdate()
    still_open = Matter.objects.filter(phase__in=OPEN)
    last = Seal.objects.order_by("-at").values_list("at", flat=True).first()
    age = (timezone.now() - last).total_seconds() if last else -1
    newest = Act.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    return [
        ("bihuan_matters_open", "Matters not closed", still_open.count()),
        (
            "bihuan_matters_overdue",
            "Open, limit passed",
            still_open.filter(due_on__lt=today).count(),
        ),
        ("bihuan_last_act", "Key of the newest act", newest),
        ("bihuan_seal_age_seconds", "Since the last seal; -1: none", age),
        ("bihuan_disk_free_bytes", "In BIHUAN_HOME", shutil.disk_usage(settings.HOME).free),
    ]
