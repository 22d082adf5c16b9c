"""Which suggestion was raised when, by whom, and how it fares: S1's totals over five years, to the piece.

774 raised: 478 at sessions, 296 in activities between them; 327 implemented (42.2 %), every year above 40 %.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from bihuan.demo.assembly import TURNED
from bihuan.demo.ground import Ground
from bihuan.demo.names import TOWNS
from bihuan.demo.topics import Wish, wishes
from bihuan.people.models import Seat

TRAFFIC, MONEY = "市交通运输局", "市财政局"
AT_SESSIONS, BETWEEN = "大会期间", "闭会期间"
RAISED_AT_SESSIONS = (96, 96, 96, 95, 95)
RAISED_BETWEEN = (54, 56, 60, 63, 63)
IMPLEMENTED = (66, 65, 66, 66, 64)


@dataclass(frozen=True)
class Fate:
    """How far a suggestion has come. `stage`: where it stops; `manner` of the reply; what became of promises.

    `back`: (least, most) days before today of the hand-over, or of the raising where it was not handed over.
    """

    stage: str
    manner: str = ""
    promises: str = ""
    ratings: tuple[str, ...] = ("",)
    confirmed: bool = False
    back: tuple[int, int] | None = None

    @property
    def implemented(self) -> bool:
        """Whether what was asked for has been verified as done."""
        return self.confirmed or self.promises == "kept"


KEPT = Fate("closed", "promise", "kept")
DONE = Fate("closed", "done", confirmed=True)
REDONE = Fate("closed", "done", ratings=("不满意", "满意"), confirmed=True)
UNDONE = (
    *[Fate("closed", "plan")] * 5,
    *[Fate("closed", "hard")] * 4,
    *[Fate("closed", "empty", ratings=("基本满意",))] * 2,
    *[Fate("closed", "claimed", ratings=("基本满意",))] * 2,
    *[Fate("unrated", "plan")] * 2,
    Fate("closed", "empty", ratings=("不满意", "基本满意")),
    Fate("closed", "hard", ratings=("不满意", "不满意")),
    Fate("closed", "promise", "dropped", ratings=("基本满意",)),
)
"""How suggestions that were not implemented ended, in their usual proportion."""

FOLLOWED_BEFORE: dict[int, tuple[Fate, ...]] = {
    2: (Fate("closed", "promise", "overdue"),) * 2,
    3: (*[Fate("closed", "promise", "open")] * 8, *[Fate("closed", "promise", "overdue")] * 4),
}
"""Promises of earlier years that are still followed."""

OPEN_NOW = (
    *[Fate("committee_review", back=(1, 4))] * 4,
    *[Fate("to_hand_over", back=(8, 11))] * 4,
    *[Fate("handed", back=(1, 3))] * 6,
    *[Fate("working", back=(12, 60))] * 9,
    *[Fate("working", back=(87, 89))] * 4,
    *[Fate("working", back=(102, 125))] * 5,
    *[Fate("return_asked", back=(5, 6))] * 3,
    *[Fate("extended", back=(112, 140))] * 4,
    *[Fate("rating", "plan", back=(40, 70))] * 5,
    *[Fate("rating", "claimed", back=(40, 70))] * 3,
    *[Fate("rating", "promise", "open", back=(40, 70))] * 2,
    *[Fate("lapsed", "empty", back=(70, 90))] * 2,
    *[Fate("redoing", "empty", ratings=("不满意",), back=(70, 90))] * 4,
)
REVIEWED_NOW = (
    *[Fate("delegation_review", back=(1, 3))] * 4,
    *[Fate("secretariat_review", back=(2, 4))] * 3,
)
FOLLOWED_NOW = (
    *[Fate("closed", "promise", "open")] * 12,
    *[Fate("closed", "promise", "soon")] * 4,
    *[Fate("closed", "promise", "overdue")] * 5,
    *[Fate("closed", "promise", "proven")] * 3,
)
UNCOUNTED = (
    *[Fate("draft", back=(1, 6))] * 3,
    *[Fate("refused", back=(20, 200))] * 3,
    *[Fate("merged", back=(60, 120))] * 5,
)
"""On top of the 774: drafts, what was not accepted, what was joined to another."""


@dataclass
class Case:
    """One suggestion of the plan. `chance` is its own, so that no case disturbs another."""

    wish: Wish
    fate: Fate
    source: str
    session: str
    day: date
    seats: list[Seat]
    chance: Random
    twin: Case | None = field(default=None, repr=False)


def cases(ground: Ground, chance: Random, share: float = 1.0) -> list[Case]:
    """The whole plan in the order raised; `share` below 1 leaves out that part of the finished ones."""
    planner = _Planner(ground, chance)
    planned = [case for year in range(5) for case in planner.year(year)]
    planned = [case for case in planned if _kept(case, chance, share)]
    planned += planner.uncounted(planned)
    _cast(ground, planned)
    return sorted(planned, key=lambda case: case.day)


def _kept(case: Case, chance: Random, share: float) -> bool:
    return share >= 1 or case.fate.back is not None or chance.random() < share


def _cast(ground: Ground, planned: list[Case]) -> None:
    """See to it that everybody of the cast has something to do."""

    def open_at(*stages: str) -> list[Case]:
        found = [case for case in planned if case.fate.back and case.fate.stage in stages]
        return [case for case in found if not case.twin and case not in twins]

    twins = [case.twin for case in planned if case.twin]
    first, second, own = ground.seats[0], ground.seats[1], ground.seats[0::12]
    rating, redoing, draft = open_at("rating"), open_at("redoing"), open_at("draft")
    given = [(rating[0], first), (draft[0], first), (rating[1], second), (redoing[0], second)]
    given += list(zip(open_at("delegation_review"), own, strict=False))[:3]
    for case, seat in given:
        case.seats = [seat, *[other for other in case.seats[1:] if other != seat]]
    wanted = [*open_at("handed")[:2], *open_at("working")[-9:-4][:2], open_at("working")[-1]]
    _swap(planned, wanted, lambda wish: wish.topic.lead == TRAFFIC and MONEY in wish.topic.co)
    _swap(planned, open_at("handed")[2:3], lambda wish: wish.place in TOWNS["青石街道"])


def _swap(planned: list[Case], wanted: list[Case], fits: Callable[[Wish], bool]) -> None:
    """Give the wanted cases wishes that fit, in exchange for their own."""
    spare = [case for case in planned if case.fate.back is None and fits(case.wish)]
    for case, other in zip(wanted, spare, strict=False):
        case.wish, other.wish = other.wish, case.wish


class _Planner:
    def __init__(self, ground: Ground, chance: Random) -> None:
        self.ground, self.chance = ground, chance
        self.wishes = wishes(Random(chance.random()))

    def year(self, number: int) -> Iterator[Case]:
        between = RAISED_BETWEEN[number]
        open_now = list(OPEN_NOW) if number == 4 else []
        reviewed = list(REVIEWED_NOW) if number == 4 else []
        settled = self._settled(number, between - len(open_now))
        fates = settled[: between - len(open_now)] + open_now
        for fate in fates:
            yield self._case(number, fate, BETWEEN)
        for fate in settled[between - len(open_now) :] + reviewed:
            yield self._case(number, fate, AT_SESSIONS)

    def _settled(self, number: int, between: int) -> list[Fate]:
        """Everything of a year that is not open now, shuffled over sessions and activities."""
        apart = len(REVIEWED_NOW) + TURNED if number == 4 else 0
        at_sessions = RAISED_AT_SESSIONS[number] - apart
        done = IMPLEMENTED[number]
        kept = done * 45 // 100
        followed = FOLLOWED_NOW if number == 4 else FOLLOWED_BEFORE.get(number, ())
        fates = [*[KEPT] * kept, *[REDONE] * 2, *[DONE] * (done - kept - 2), *followed]
        missing = at_sessions + between - len(fates)
        fates += [UNDONE[place % len(UNDONE)] for place in range(missing)]
        self.chance.shuffle(fates)
        return fates

    def _case(self, number: int, fate: Fate, source: str) -> Case:
        day = self._day(number, fate, source)
        session = self._session(day) if source == AT_SESSIONS else ""
        chance = Random(self.chance.random())
        return Case(next(self.wishes), fate, source, session, day, self._seats(chance), chance)

    def _day(self, number: int, fate: Fate, source: str) -> date:
        if fate.back:
            return self.ground.today - timedelta(days=self.chance.randint(*fate.back))
        if source == AT_SESSIONS:
            opening = self.ground.sessions[number].begins
            assert opening
            return opening + timedelta(days=self.chance.randint(0, 2))
        last = 90 if number == 4 else 290
        return date(self.ground.first_year + number, 2, 20) + timedelta(
            days=self.chance.randint(0, last - 80)
        )

    def _session(self, day: date) -> str:
        held = [one for one in self.ground.sessions if one.begins and one.begins <= day]
        return held[-1].name

    def _seats(self, chance: Random) -> list[Seat]:
        """Two in three are raised by one deputy alone."""
        return chance.sample(
            self.ground.seats, 1 if chance.random() < 0.66 else chance.randint(2, 5)
        )

    def uncounted(self, planned: list[Case]) -> list[Case]:
        joinable = [
            case for case in planned if case.fate.stage == "working" and case.source == BETWEEN
        ]
        made = [self._case(4, fate, BETWEEN) for fate in UNCOUNTED]
        merging = [case for case in made if case.fate.stage == "merged"]
        for case, twin in zip(merging, joinable, strict=False):
            case.twin = twin
            case.wish = _reworded(twin.wish)
            case.day = twin.day + timedelta(days=1)
        return made


def _reworded(wish: Wish) -> Wish:
    """The same request in another deputy's words."""
    title = wish.title.replace("关于", "关于再次呼吁", 1).replace("的建议", "事项的建议")
    return Wish(wish.topic, wish.place, title, wish.text.replace("近期，我们", "日前，我们"))
