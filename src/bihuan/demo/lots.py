"""Draws of the demo: announced by the clerk, committed to by three of the cast, opened, drawn.

The secrets stand here for everybody to read, so whoever tries the demo can open the share that is still waited for;
in earnest nobody but their owners knows them.
"""

from __future__ import annotations

from datetime import date

from bihuan.demo.player import Player, Unplayable
from bihuan.draws import drawing
from bihuan.draws.method import Announced
from bihuan.draws.models import Draw
from bihuan.loop.forms import Refusal

SECRETS = {
    "leader": "柳河秋水共长天一色",
    "clerk": "青石板上听三更雨",
    "committee": "橘子洲头雁第七声",
}


def drawn(player: Player, plan: Announced, day: date) -> Draw:
    """A draw from the announcement to the lots, all on one day. Raises Unplayable."""
    draw = announced(player, plan, day, opened=tuple(SECRETS))
    return _sure(drawing.draw_now(draw.pk, day))


def announced(player: Player, plan: Announced, day: date, opened: tuple[str, ...] = ()) -> Draw:
    """A draw that is announced; of those who committed, these have opened their secret. Raises Unplayable."""
    staff = player.ground.staff
    contributors = [staff[key] for key in SECRETS]
    draw = _sure(drawing.set_up(player.ground.congress, plan, contributors, staff["clerk2"], day))
    for key, secret in SECRETS.items():
        _none(drawing.commit(draw.pk, staff[key], secret))
    draw = _sure(drawing.announce(draw.pk, day))
    for key in opened:
        _none(drawing.open_share(draw.pk, staff[key], SECRETS[key]))
    return draw


def _sure(done: Draw | Refusal) -> Draw:
    if isinstance(done, Refusal):
        raise Unplayable(f"抽签：{done.say}")
    return done


def _none(refused: Refusal | None) -> None:
    if refused:
        raise Unplayable(f"抽签：{refused.say}")
