"""Build the demo congress: everything in one transaction, through the same doors as real use."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from random import Random

from django.conf import settings
from django.db import transaction

from bihuan.demo import ground as grounds
from bihuan.demo.cast import write_cast
from bihuan.demo.conduct import settle_some
from bihuan.demo.escalation import play_ladder
from bihuan.demo.ground import Ground
from bihuan.demo.oversight import play_oversight
from bihuan.demo.plan import cases
from bihuan.demo.player import Player
from bihuan.demo.suggestions import Suggestions
from bihuan.matters.seal import seal
from bihuan.matters.sweep import sweep
from bihuan.people.models import Congress

VERSION = 1
SEED = 18
FOLDER = settings.HOME / "demo"
STAMP = FOLDER / "built"

Progress = Callable[[float, str], None]


def build(today: date, progress: Progress | None = None, *, share: float = 1.0) -> None:
    """Build the demo as it stands on `today`; nothing happens if it is built.

    `progress(part, what)` is told how far it is, from 0 to 1. `share` below 1 leaves out that part of the
    finished suggestions. Afterwards `HOME/demo` holds `cast.json`, `accounts.txt` and the stamp `built`.
    """
    if STAMP.exists() or Congress.objects.filter(name=grounds.NAME).exists():
        return
    tell = progress or (lambda part, what: None)
    with transaction.atomic():
        ground = _populate(today, tell, share)
    seal(ground.congress, today)
    FOLDER.mkdir(parents=True, exist_ok=True)
    write_cast(ground, FOLDER)
    STAMP.write_text(json.dumps({"version": VERSION, "day": today.isoformat()}))
    tell(1.0, "演示数据已建好")


def _populate(today: date, tell: Progress, share: float) -> Ground:
    chance = Random(SEED)
    tell(0.0, "建立机构和人员")
    ground = grounds.lay(today, chance)
    player = Player(ground)
    planned = cases(ground, chance, share)
    suggestions = Suggestions(player)
    for place, case in enumerate(planned):
        if place % 20 == 0:
            tell(0.02 + 0.7 * place / len(planned), f"代表建议 {place}/{len(planned)}")
        suggestions.play(case)
    tell(0.75, "审议意见、决议、议案、执法检查、审计")
    play_oversight(player, Random(SEED + 1), share)
    tell(0.95, "核对时限")
    sweep(today, ground.congress)
    tell(0.97, "督办阶梯")
    play_ladder(player)
    settle_some(ground)
    return ground
