"""From an act to the register of posts: what `[[posts]]` declares is written in the act's own transaction.

A name is not a person. Which one is meant, and which entry of the register, is proposed beforehand and confirmed by
whoever takes the act; a word left empty is good only where it can mean one thing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, TypeVar

from bihuan.loop.forms import Refusal
from bihuan.loop.situation import Done
from bihuan.loop.spec import Post, Value
from bihuan.matters import house
from bihuan.matters.doers import NotDone, key_of
from bihuan.matters.holding import InHand
from bihuan.matters.models import Matter
from bihuan.people import posts as register
from bihuan.people.models import Appointment, Body, Congress, Person

REGISTER = "register"
"""Under this name an act's row keeps what was written into the register."""
NEW = "新登记"


def proposed(matter: Matter, act_id: str, day: date) -> dict[str, Any]:
    """What the act's form is filled in with; nothing where the act writes no post."""
    post = house.institution(matter.institution).post_by(act_id)
    if post is None:
        return {}
    found = {post.day: _first(post.day_from, matter.facts)}
    if post.until:
        found[post.until] = _first(post.until_from, matter.facts)
    words = _words(post, matter.congress, matter.facts, _day(found[post.day]) or day)
    return {**found, post.which: words[0] if len(words) == 1 else ""}


def _first(names: Sequence[str], facts: Mapping[str, Any]) -> str:
    return next((str(facts[name]) for name in names if facts.get(name)), "")


def _words(post: Post, congress: Congress, facts: Mapping[str, Any], day: date) -> list[str]:
    """What could well be meant, each as it is written in the form: key and words."""
    name = str(facts.get(post.person, ""))
    if post.does == "begins":
        return [_person_said(one) for one in register.named(congress, name)] or [f"{NEW} {name}"]
    rows = _entries(post, congress, facts, day)
    return [_entry_said(row) for row in _called(rows, post, facts) or rows]


def _person_said(person: Person) -> str:
    held = person.appointments.select_related("body").order_by("-begins", "-pk").first()
    return f"{person.pk} {person}（{held.body}{held.post}）" if held else f"{person.pk} {person}"


def _entry_said(row: Appointment) -> str:
    return f"{row.pk} {row.person} {row.body}{row.post}（{register.span(row)}）"


def _entries(
    post: Post, congress: Congress, facts: Mapping[str, Any], day: date
) -> list[Appointment]:
    """The entries that may be meant: what persons of this name hold on the day, in the body if anything."""
    body = _body(congress, facts.get(post.body))
    return register.held(congress, str(facts.get(post.person, "")), body, day)


def _called(rows: Sequence[Appointment], post: Post, facts: Mapping[str, Any]) -> list[Appointment]:
    """Those whose post is called just so: 局长, or with its body 市交通运输局局长."""
    said = str(facts.get(post.post, "")).strip()
    return [row for row in rows if said in (row.post, f"{row.body.name}{row.post}")]


# Writing


def entered(hand: InHand, done: Done) -> dict[str, Value]:
    """Write what this act does to the register. Returns what its row keeps of it; raises NotDone."""
    post = hand.place.institution.post_by(done.act.id)
    if post is None:
        return {}
    day = _day(done.after.facts.get(post.day)) or done.day
    writing = _Writing(post, hand.matter.congress, done.after.facts, day)
    row = writing.begun() if post.does == "begins" else writing.ended()
    if isinstance(row, Refusal):
        raise NotDone(row)
    return {REGISTER: _kept(row)}


class _Writing:
    """One entry being written: whose, where, which, from the facts."""

    def __init__(self, post: Post, congress: Congress, facts: Mapping[str, Any], day: date) -> None:
        self.post, self.congress, self.facts, self.day = post, congress, facts, day
        self.name = str(facts.get(post.person, "")).strip()
        self.meant = str(facts.get(post.which, "")).strip()

    def begun(self) -> Appointment | Refusal:
        body = _body(self.congress, self.facts.get(self.post.body))
        if body is None:
            return Refusal("找不到任职的单位，请系统管理员先在“单位”里登记")
        person = self._person()
        if isinstance(person, Refusal):
            return person
        until = _day(self.facts.get(self.post.until)) if self.post.until else None
        return register.begin(
            person, body, str(self.facts.get(self.post.post, "")), self.day, until
        )

    def _person(self) -> Person | Refusal:
        found = register.named(self.congress, self.name)
        if self.meant.startswith(NEW) or not (self.meant or found):
            return Person.objects.create(congress=self.congress, name=self.name)
        one = _meant(found, self.meant)
        return one or self._unclear([_person_said(each) for each in found], f"或者“{NEW}”")

    def ended(self) -> Appointment | Refusal:
        found = _entries(self.post, self.congress, self.facts, self.day)
        if not found:
            return Refusal(
                f"任职登记里没有{self.name}在 {self.day} 担任的职务，没有可以写的；"
                "登记有误的，请系统管理员在“职务”里改",
                self.post.which,
            )
        sure = found if self.meant else _called(found, self.post, self.facts)
        one = _meant(sure, self.meant)
        if one is None:
            return self._unclear([_entry_said(row) for row in found])
        return register.end(one, self.day)

    def _unclear(self, words: Sequence[str], besides: str = "") -> Refusal:
        known = "；".join(words) or "没有同名的人"
        say = f"“{self.name}”对应的是哪一个，请填开头的编号{besides}：{known}"
        return Refusal(say, self.post.which)


Row = TypeVar("Row", Person, Appointment)


def _meant(rows: Sequence[Row], word: str) -> Row | None:
    """The row whose key the word begins with; without a word the only one."""
    if not word:
        return rows[0] if len(rows) == 1 else None
    key = key_of(word.split()[0])
    return next((row for row in rows if row.pk == key), None)


def _body(congress: Congress, word: Any) -> Body | None:
    return Body.objects.filter(congress=congress, pk=key_of(str(word or ""))).first()


def _day(word: Any) -> date | None:
    return date.fromisoformat(str(word)) if word else None


def _kept(row: Appointment) -> dict[str, Value]:
    """The entry in words and keys, as it now stands."""
    return {
        "entry": row.pk,
        "person": row.person_id,
        "name": row.person.name,
        "body": row.body.name,
        "post": row.post,
        "begins": row.begins.isoformat() if row.begins else "",
        "ends": row.ends.isoformat() if row.ends else "",
    }
