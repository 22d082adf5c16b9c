"""Other institutions."""
from __future__ import annotations
from random import Random
from bihuan.demo.player import Player


def play_oversight(player: Player, chance: Random, share: float) -> None:
    return None
