"""All checks over the rows of a year, and another threshold tried: `python -m benchmarks.checks [rows] [rounds]`.

**One scan** reads the very rows the checks read, by bare SQL on the same connection in the same process, taken one by
one and let go; nothing is made of them. It is timed in two ways, in turn with the checks: *columns* reads key, title,
number, state and each fact that some check reads (`READ`) as a column of its own; *raw* reads the facts as the text
they are kept as, which nobody could check.

One row in five hundred breaks a rule, as in a year that is looked after; `--texts` gives every fourth paper a text, so
that near copies are looked for as well.
"""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from resource import RUSAGE_SELF, getrusage
from typing import TYPE_CHECKING, Any

from benchmarks import ground

if TYPE_CHECKING:
    from bihuan.matters.models import Matter
    from bihuan.people.models import Congress

YEAR = 2026
END = date(YEAR, 12, 31)
KEYS = ("paperwork", "meetings", "inspections", "powers")
STATES = {"paperwork": "issued", "meetings": "recorded", "inspections": "reported"}
READ = {
    "paperwork": "inside hidden_order length special background_share uncheckable_share uncheckable unreviewed",
    "meetings": "meeting_kind accompanying attending urgent basic minutes minutes_planned over_reason screenshots"
    " speech_minutes materials_on substance",
    "inspections": "plan_item topic units visit_kind on_site archives form_fields off_plan files_weight unannounced"
    " noticed_on supervision_plan opinions adopted merged_items",
    "powers": "kept_review promised_days real_days quality capacity guidance training kit power_kind major area",
}
"""The facts that the checks of each register read."""
WRONG = 500
"""One row in so many breaks a rule."""
ROWS_A_UNIT = 20
TEXT_LENGTH = 1_200


def paper(day: date, chance: Random, wrong: bool, _: list[int]) -> dict[str, Any]:
    """A paper as it was read and issued."""
    return {
        "paper_kind": "意见", "inside": chance.random() < 0.5, "organizer": "办公室",
        "issued_on": str(day), "length": 6000 if wrong else chance.randint(300, 3900),
        "background_share": chance.randint(5, 39), "measures_share": chance.randint(40, 60),
        "uncheckable": chance.randint(0, 2), "uncheckable_share": chance.randint(0, 40),
    }  # fmt: skip


def meeting(day: date, chance: Random, wrong: bool, units: list[int]) -> dict[str, Any]:
    """A meeting as it was written up."""
    return {
        "meeting_kind": "一般性会议", "form": "现场", "organizer": "办公室", "held_on": str(day),
        "attending": chance.randint(40, 90), "accompanying": 80 if wrong else chance.randint(0, 4),
        "basic": chance.randint(0, 9), "minutes": chance.randint(30, 90), "substance": True,
        "materials_on": str(day - timedelta(days=5)), "units": [str(chance.choice(units))],
    }  # fmt: skip


def visit(day: date, chance: Random, wrong: bool, units: list[int]) -> dict[str, Any]:
    """An inspection as it was reported: of a topic that some others have too."""
    return {
        "visit_kind": "检查", "organizer": "督查室", "began_on": str(day), "off_plan": False,
        "noticed_on": "" if wrong else str(day - timedelta(days=7)), "on_site": True,
        "plan_item": str(chance.randrange(1_000_000)), "topic": f"专题{chance.randrange(1_000_000) % (len(units) * 4)}",
        "units": [str(chance.choice(units))], "materials": f"第{chance.randrange(1_000_000)}号材料",
        "opinions": 4, "adopted": 4,
    }  # fmt: skip


def power(day: date, chance: Random, wrong: bool, _: list[int]) -> dict[str, Any]:
    """A power as it was handed down and looked after."""
    return {
        "power_kind": "下放事项", "on": str(day), "organizer": "市某局", "level": "乡镇",
        "kept_review": wrong, "capacity": "具备", "guidance": True, "training": True, "kit": True,
        "promised_days": 7, "real_days": chance.randint(2, 7), "quality": "达标",
    }  # fmt: skip


MADE: dict[str, Callable[[date, Random, bool, list[int]], dict[str, Any]]] = {
    "paperwork": paper, "meetings": meeting, "inspections": visit, "powers": power,
}  # fmt: skip


def fill(rows: int, texts: bool) -> Congress:
    """A congress, its units and a year's rows."""
    from bihuan.matters.models import Matter
    from bihuan.people.models import Body, Congress

    congress = Congress.objects.create(name="试", short_name="试", level="county", area="420381")
    count = max(20, rows // ROWS_A_UNIT)
    made = (Body(congress=congress, name=f"乡镇{n}", kind="township") for n in range(count))
    units = [body.pk for body in Body.objects.bulk_create(made)]
    chance = Random(1)
    for key in KEYS:
        Matter.objects.bulk_create(
            (row(congress, key, n, chance, units, texts) for n in range(rows // len(KEYS))),
            batch_size=5000,
        )
    return congress


def row(
    congress: Congress, key: str, n: int, chance: Random, units: list[int], texts: bool
) -> Matter:
    """The n-th row of a register."""
    from bihuan.matters.models import Matter

    day = date(YEAR, 1, 1) + timedelta(days=chance.randrange(365))
    text = written(chance) if texts and key == "paperwork" and n % 4 == 0 else ""
    return Matter(
        congress=congress, institution=key, year=YEAR, number=f"{key}-{n}", phase="closed",
        title=f"关于第{n}件事项的记录", state=STATES.get(key, "delegated"), since=day, raised_on=day,
        facts=MADE[key](day, chance, n % WRONG == 0, units), text=text,
    )  # fmt: skip


def written(chance: Random) -> str:
    """A text of its own."""
    return "".join(chr(0x4E00 + chance.randrange(2600)) for _ in range(TEXT_LENGTH))


def scan(congress: Congress, raw: bool = False) -> int:
    """Read the rows and make nothing of them; how many they were."""
    from django.db import connection

    from bihuan.matters import house

    read = 0
    with connection.cursor() as cursor:
        for key in KEYS:
            named = "facts" if raw else ", ".join(f"facts ->> '{one}'" for one in READ[key].split())
            cursor.execute(
                f"SELECT id, title, number, state, {named} FROM matters_matter WHERE congress_id = %s"
                " AND institution = %s AND phase <> 'void' AND (facts ->> %s) BETWEEN %s AND %s",
                [congress.pk, key, house.institution(key).day_of, f"{YEAR - 1}-01-01", str(END)],
            )
            for _ in cursor.cursor:
                read += 1
    return read


def checked(congress: Congress) -> int:
    """Run all checks of the four registers; how many faults they found."""
    from bihuan.findings.run import Books, looked_through
    from bihuan.matters import house

    opened = Books(congress, [YEAR])
    told = (looked_through(opened, house.institution(key), END) for key in KEYS)
    return sum(len(faults) for checks in told for _, faults in checks)


@dataclass(frozen=True)
class Timed:
    """How long something took by the clock, how much of it this process really ran, and what came of it."""

    clock: float
    ran: float
    made: Any


def timed(work: Callable[[], Any]) -> Timed:
    """Do it once."""
    begun, running = time.perf_counter(), time.process_time()
    made = work()
    return Timed(time.perf_counter() - begun, time.process_time() - running, made)


def turn(congress: Congress) -> list[Timed]:
    """The two scans and the checks, one after the other."""
    return [
        timed(lambda: scan(congress)),
        timed(lambda: scan(congress, raw=True)),
        timed(lambda: checked(congress)),
    ]


def tell(vendor: str, turns: list[list[Timed]]) -> None:
    """Print the scans, the checks, and how many scans they cost. A server's work is not this process's."""
    columns, raw, checks = ([one[side] for one in turns] for side in range(3))
    print(f"{vendor} · {columns[0].made:,} rows read · {checks[0].made:,} faults found")
    for word in ("clock", "ran") if vendor == "sqlite" else ("clock",):
        spans = [[float(getattr(one, word)) for one in side] for side in (columns, raw, checks)]
        told = [ground.spread(span) for span in spans]
        print(f"{word}: columns {told[0]} s, raw {told[1]} s, all checks {told[2]} s")
        for name, scans in zip(("columns", "raw"), spans, strict=False):
            ratios = [ours / theirs for ours, theirs in zip(spans[2], scans, strict=True)]
            print(f"  all checks = {ground.spread(ratios, 1)} × {name}")


def replays(congress: Congress) -> Iterator[tuple[str, float]]:
    """Each check with each of its params one higher: how long the year took."""
    from bihuan.matters import house
    from bihuan.rulebook.replay import replay

    for one in house.institutions().values():
        if one.key not in (*KEYS, "burden"):
            continue
        rules = house.rules_of(congress, one.key)
        for check in one.checks:
            for name in check.params:
                held = str(rules.value(name, END))
                other = re.sub(r"\d+", lambda found: str(int(found[0]) + 1), held)
                replayed = timed(
                    lambda: replay(congress, one.key, check.id, name, other, YEAR, END)  # noqa: B023
                )
                tried = replayed.made
                moved = f"{len(tried.added)} more, {len(tried.dropped)} fewer"
                yield f"{one.key}.{check.id} {name} {held} → {other}: {moved}", replayed.clock


def main() -> None:
    """Fill, scan and check in turn, tell."""
    numbers = [int(word) for word in sys.argv[1:] if word.isdecimal()]
    rows, rounds = [*numbers, *[100_000, 3][len(numbers) :]]
    with ground.stand("checks") as vendor:
        from bihuan.findings.run import run

        congress = fill(rows, "--texts" in sys.argv)
        tell(vendor, [turn(congress) for _ in range(rounds)])
        for words in ("a night's run, all findings new", "the next one, nothing new"):
            night = timed(lambda: run(congress, END, YEAR))
            print(f"{words}: {night.clock:.2f} s, {night.made}", flush=True)
        for words, took in sorted(replays(congress), key=lambda pair: -pair[1]):
            print(f"  replay {took:.2f} s {words}")
        print(f"most memory {getrusage(RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


if __name__ == "__main__":
    main()
