"""What must hold before the program starts: declarations that hold together, no orphaned matters."""

from __future__ import annotations

from bihuan.loop.load import Fault
from bihuan.matters import house
from bihuan.matters.models import Matter

house.institutions()


def orphans() -> list[Fault]:
    """States and institutions that still hold matters but are no longer declared.

    A state may be retired, not removed: the matters in it could never move again.
    """
    held = Matter.objects.order_by().values_list("institution", "state").distinct()
    return [_fault(key, state) for key, state in held if not _declared(key, state)]


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
