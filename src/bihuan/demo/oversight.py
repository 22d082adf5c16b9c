"""Everything beside suggestions, in varied states: one call for the whole."""

from __future__ import annotations

from random import Random

from django.conf import settings

from bihuan.demo.assembly import play_assembly
from bihuan.demo.checks import play_checks
from bihuan.demo.conduct import play_conduct
from bihuan.demo.opinions import play_opinions
from bihuan.demo.player import Player
from bihuan.demo.polls import play_polls
from bihuan.loop import rooms


def play_oversight(player: Player, chance: Random, share: float) -> None:
    """Opinions, motions, resolutions, inspections, audits, its own conduct; `share` thins out the opinions.

    Institutions with a room of their own play their part last; after them comes what was put off to its day.
    """
    play_opinions(player, chance, share)
    play_assembly(player, chance)
    play_checks(player, chance)
    play_conduct(player, chance)
    for _, part in rooms.parts(settings.INSTITUTION_PACKAGES, "demo"):
        part.play(player, chance, share)
    play_polls(player)
    player.catch_up()
