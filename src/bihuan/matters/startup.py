"""What must hold before the program starts: sound declarations, no orphaned matters, no unlawful params."""

from __future__ import annotations

from django.utils import timezone

from bihuan.loop import bounds
from bihuan.loop.load import Fault
from bihuan.loop.params import Rules
from bihuan.matters import house
from bihuan.matters.models import LocalParam, Matter

house.institutions()


def orphans() -> list[Fault]:
    """States and institutions that still hold matters but are no longer declared.

    A state may be retired, not removed: the matters in it could never move again.
    """
    held = Matter.objects.order_by().values_list("institution", "state").distinct()
    return [_fault(key, state) for key, state in held if not _declared(key, state)]


def out_of_bounds() -> list[Fault]:
    """Params set by a congress that a law no longer leaves to it: set before the law, or past the screens."""
    return [
        fault
        for row in LocalParam.objects.select_related("congress").order_by("pk")
        if row.institution in house.institutions() and (fault := _beyond(row))
    ]


def _beyond(row: LocalParam) -> Fault | None:
    one = house.institution(row.institution)
    rules = Rules(one, row.congress.areas())
    refused = bounds.refusal(rules, row.name, row.value, max(row.since, timezone.localdate()))
    later = LocalParam.objects.filter(
        congress=row.congress, institution=row.institution, name=row.name
    ).filter(since__gt=row.since, since__lte=timezone.localdate())
    if refused is None or later.exists():
        return None
    where = f"{row.congress} 自 {row.since} 起的参数 {row.name}"
    hint = f"请用 ./bihuan param {row.institution} {row.name} 另设一个合法的值"
    return Fault("S002", one.folder, where, refused.say, hint)


def _declared(key: str, state: str) -> bool:
    declared = house.institutions().get(key)
    return declared is not None and any(one.id == state for one in declared.states)


def _fault(key: str, state: str) -> Fault:
    count = Matter.objects.filter(institution=key, state=state).count()
    folder = house.institutions()[key].folder if key in house.institutions() else None
    return Fault(
        "S001",
        folder or house.first_folder(),
        f"states[{state}]",
        f"制度“{key}”的环节“{state}”里还有 {count} 件事项，声明里却没有它",
        "请把这个环节写回去，并标 retired = true",
    )
