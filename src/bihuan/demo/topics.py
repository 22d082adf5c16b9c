"""What deputies ask for, and the three parts in which they write it."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import zip_longest
from pathlib import Path
from random import Random

from bihuan.demo.names import places


@dataclass(frozen=True)
class Topic:
    """A kind of suggestion: how it is titled and argued, who handles it, what they can answer."""

    field: str
    lead: str
    co: list[str]
    where: str
    titles: list[str]
    now: str
    why: str
    ask: list[str]
    done: str
    do: list[str]
    hard: str


@dataclass(frozen=True)
class Wish:
    """One suggestion as its proposer writes it. Wishes of one `topic` and `place` ask for the same thing."""

    topic: Topic
    place: str
    title: str
    text: str


OPENINGS = ("近期，我们走访了有关群众和单位，情况如下。", "根据选民反映和实地走访，情况如下。", "")
SCALE = (
    "据初步了解，这件事直接关系{homes}户、{heads}多名群众的日常生活，其中老人和学生占了将近一半。",
    "我们随机走访了{homes}户，超过八成把它列为最希望解决的事，不少人当场留下了电话，愿意配合施工和协调。",
    "这件事连续几年在代表联络站的接待记录中出现，最近一个季度又有{homes}人次反映，可见不是一家一户的小事。",
)
CAUSES = (
    "有关单位此前做过一些工作，但多是零星修补，没有从根子上解决，管一阵、好一阵，又回到原样。",
    "几家单位都有责任又都不牵头，群众问了几处，得到的答复不一样。",
    "与周边相比，这里的投入明显偏少，群众的期望却越来越高，再拖下去，解决的代价会更大。",
)
CLOSINGS = (
    "以上事项请承办单位到现场看一看，办成哪些、什么时候办成，请在答复中写明。",
    "群众盼望的是看得见的变化，恳请早作安排。",
    "如一次办不完，请分步实施，并把每一步的时间告诉群众。",
    "",
)


@cache
def topics() -> tuple[Topic, ...]:
    """Every topic, in the order written."""
    rows = tomllib.loads(Path(__file__).with_name("topics.toml").read_text(encoding="utf-8"))
    return tuple(Topic(**row) for row in rows["topics"])


def wishes(chance: Random) -> Iterator[Wish]:
    """Every wish there can be, each title once: first each thing asked once, then asked anew in other words."""
    rounds: list[list[tuple[Topic, str, str]]] = []
    for titles in zip_longest(*(_titles(topic, chance) for topic in topics())):
        rounds.append([one for one in titles if one])
    asked = [one for each in rounds for one in each]
    for topic, place, pattern in _by_turn(asked, chance):
        yield Wish(topic, place, pattern.format(p=place), _text(topic, place, chance))


def _titles(topic: Topic, chance: Random) -> list[tuple[Topic, str, str]]:
    found = [(topic, place, title) for title in topic.titles for place in places(topic.where)]
    chance.shuffle(found)
    return found


def _by_turn(
    asked: list[tuple[Topic, str, str]], chance: Random
) -> Iterator[tuple[Topic, str, str]]:
    """Not topic after topic: shuffled in blocks, so that every year has every field."""
    for start in range(0, len(asked), 60):
        block = asked[start : start + 60]
        chance.shuffle(block)
        yield from block


def _text(topic: Topic, place: str, chance: Random) -> str:
    homes = chance.randint(6, 48) * 10
    scale = chance.choice(SCALE).format(homes=homes, heads=homes * 3)
    asks = topic.ask if chance.random() < 0.7 else topic.ask[: chance.randint(1, 2)]
    wanted = "；".join(f"{'一二三'[n]}是{ask}" for n, ask in enumerate(asks))
    parts = (
        f"一、现状。{chance.choice(OPENINGS)}{topic.now}{scale}",
        f"二、原因。{topic.why}{chance.choice(CAUSES)}",
        f"三、建议。{wanted}。{chance.choice(CLOSINGS)}",
    )
    return "\n".join(parts).replace("{p}", place)
