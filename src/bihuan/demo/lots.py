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
from bihuan.people.models import User

SECRETS = {
    "leader": "柳河秋水共长天一色",
    "clerk": "青石板上听三更雨",
    "committee": "橘子洲头雁第七声",
}


def drawn(player: Player, plan: Announced, day: date) -> Draw:
    """A draw from the announcement to the lots, all on one day. Raises Unplayable."""
    return carried_out(player, _set_up(player, plan, day), day)


def announced(player: Player, plan: Announced, day: date, opened: tuple[str, ...] = ()) -> Draw:
    """A draw that is announced; of those who committed, these have opened their secret. Raises Unplayable."""
    return _opened(player, _set_up(player, plan, day), day, opened)


def contributors(player: Player) -> list[User]:
    """Who gives a share of the seed."""
    return [player.ground.staff[key] for key in SECRETS]


def carried_out(player: Player, draw: Draw, day: date) -> Draw:
    """A draw that was set up, brought to its lots. Raises Unplayable."""
    return _sure(drawing.draw_now(_opened(player, draw, day, tuple(SECRETS)).pk, day))


def _set_up(player: Player, plan: Announced, day: date) -> Draw:
    by = player.ground.staff["clerk2"]
    return _sure(drawing.set_up(player.ground.congress, plan, contributors(player), by, day))


def _opened(player: Player, draw: Draw, day: date, keys: tuple[str, ...]) -> Draw:
    staff = player.ground.staff
    for key, secret in SECRETS.items():
        _none(drawing.commit(draw.pk, staff[key], secret))
    draw = _sure(drawing.announce(draw.pk, day))
    for key in keys:
        _none(drawing.open_share(draw.pk, staff[key], SECRETS[key]))
    return draw


def _sure(done: Draw | Refusal) -> Draw:
    if isinstance(done, Refusal):
        raise Unplayable(f"抽签：{done.say}")
    return done


def _none(refused: Refusal | None) -> None:
    if refused:
        raise Unplayable(f"抽签：{refused.say}")
