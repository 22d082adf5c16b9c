"""Who takes an act and who proposes, and what no column could hold of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bihuan.loop.forms import NAME_LIMIT, NOT_STORABLE, Refusal, storable
from bihuan.people.models import Seat, User

CLOCK, OPERATOR = "时钟", "运维（命令行）"
WITHOUT_USER = {"clock": CLOCK, "child": "所属事项", "expert": "专家（凭本人链接）"}


@dataclass(frozen=True)
class Doer:
    """Who acts: as which actor, by which user, for whom. The clock, children, experts and the operator have no user."""

    actor: str
    user: User | None = None
    on_behalf: str = ""

    @property
    def who(self) -> str:
        """The name kept with the act."""
        return str(self.user) if self.user else WITHOUT_USER.get(self.actor, OPERATOR)


@dataclass(frozen=True)
class Proposing:
    """One proposer: his seat if he has one here, and his name as printed."""

    name: str
    seat: Seat | None = None


class NotDone(Exception):
    """Carries a refusal out of a transaction, so that nothing of it stays."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.say)
        self.refusal = refusal


def too_long(
    doer: Doer, token: str, identity: str = "", proposers: Sequence[Proposing] = ()
) -> Refusal | None:
    """What no column can hold, said before anything is begun; a name cut off would be another name."""
    given = [
        ("防重复提交的标记", token, 64),
        ("代表谁", doer.on_behalf, 60),
        ("认作同一件的依据", identity, 200),
        *(("提出人姓名", one.name, NAME_LIMIT) for one in proposers),
    ]
    for what, text, longest in given:
        if len(text) > longest:
            return Refusal(f"{what}最多 {longest} 字，现有 {len(text)} 字，请核对后再提交")
        if not storable(text):
            return Refusal(NOT_STORABLE)
    return None


def key_of(word: str) -> int:
    """A row's key as it was typed or sent; 0, which no row has, for anything else (², ten thousand digits)."""
    return int(word) if word.isascii() and word.isdecimal() and len(word) < 18 else 0
