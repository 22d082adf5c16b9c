"""Which matter each row of a ledger means, and whether the machine would take it. Nothing is written here."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from hashlib import blake2b
from itertools import chain
from typing import Any

from django.db.models.fields.json import KT

from bihuan.exchange.cautioned import Counted, Places, lines
from bihuan.exchange.matters_out import (
    DEPUTIES,
    NUMBER,
    Names,
    fetched,
    importable,
    named,
    names_of,
    value_of,
)
from bihuan.exchange.planned import (
    Key,
    Planned,
    form,
    names_in,
    plain,
    rejected,
    shown,
    spool,
    where,
)
from bihuan.exchange.report import Report
from bihuan.exchange.spool import Spool
from bihuan.findings.lot import lot
from bihuan.loop.forms import Refusal
from bihuan.loop.machine import NEW, Place, step
from bihuan.loop.situation import Done, Situation
from bihuan.loop.spec import Field, Institution, Value
from bihuan.matters import readers
from bihuan.matters.models import Matter
from bihuan.matters.situations import situation_of
from bihuan.people.models import Congress

CORRECT = "edit_record"
"""The act that corrects a booked matter, where the institution declares it."""

AREA, TITLE = "area", "title"
CHUNK = 500


@dataclass
class Plan(Report):
    """What an import would do. `rows` are those to be added, `corrections` those to be changed, `counted` those of
    either that a check spoke of, `left_out` those of them that were not written.
    """

    congress: Congress | None = None
    institution: str = ""
    rows: Spool[Planned] = field(default_factory=spool)
    corrections: Spool[Planned] = field(default_factory=spool)
    counted: Counted = field(default_factory=Counted)
    left_out: int = 0

    @property
    def cautioned(self) -> int:
        """Of how many rows a check spoke: they are written with a reason, or not at all."""
        return self.counted.rows

    def told(self) -> Iterator[dict[str, Any]]:
        """Each of these rows with what was said of it."""
        return lines(chain(self.rows, self.corrections))

    def as_json(self) -> dict[str, Any]:
        """As every report; where checks spoke, of how many rows which one did."""
        told = super().as_json()
        if self.cautioned:
            checks = dict(self.counted.by_check.most_common())
            told["cautions"] = {"rows": self.cautioned, "by_check": checks}
            told |= {"left_out": self.left_out} if self.left_out else {}
        return told


class Sorting:
    """Tells new rows from known ones, and tries on the machine whether each could be taken."""

    def __init__(
        self,
        institution: Institution,
        congress: Congress | None,
        place: Place,
        today: date,
        made: Plan,
    ) -> None:
        assert institution.imports is not None
        self.institution, self.congress, self.today, self.made = institution, congress, today, made
        self.fields = {one.name: one for one in importable(institution)}
        context = [name for name in institution.imports.key if name not in (NUMBER, TITLE)]
        area = [AREA] if AREA in self.fields and AREA not in context else []
        self.number, self.context, self.title = NUMBER, [*context, *area], TITLE
        self.place = place
        self.names: Names = names_of(congress) if congress is not None else {}
        self.booked_today = 0
        acts = {institution.imports.act, *(act.id for act in institution.acts if act.id == CORRECT)}
        self.lot = lot(congress, institution, acts, today) if congress else None
        self.places = Places()

    def sort(self, rows: Spool[Planned]) -> None:
        """Every row into the plan: as new, as a correction, as unchanged, or refused.

        The rows are gone through twice; of each no more is held than a digest and the matter it means.
        """
        known = Known(self.congress, self.institution.key, self.context)
        meant = self._meant(rows, known)
        sure = {matter for matter in meant.values() if matter}
        changes = array("Q")
        for place, matter in meant.items():
            one = rows[place]
            one.matter = matter or self._by_number(one, known, sure)
            if one.matter is None:
                self._judge_new(one)
            else:
                meant[place] = one.matter
                changes.append(place)
        self._judge_known(rows, meant, changes)
        if self.booked_today:
            self.made.notices.append(
                f"有 {self.booked_today} 行的提出日期早于现行规则，动作记在今天，提出日期照写"
            )

    def _meant(self, rows: Spool[Planned], known: Known) -> dict[int, int]:
        """Place of a row → the matter it surely means, 0 where none; doubles are refused and left out."""
        first: dict[int | bytes, int] = {}
        numbers: dict[bytes, int] = {}
        meant: dict[int, int] = {}
        for place, one in enumerate(rows):
            one.matter = known.by_ref(one.ref, one.key)
            earlier = first.setdefault(one.matter or digest(one.key), place)
            if earlier != place:
                self._refuse_double(one, rows[earlier])
                continue
            one.matter = one.matter or known.exact(one.key)
            if self._alone(one, place, rows, numbers):
                meant[place] = one.matter or 0
        return meant

    def _by_number(self, one: Planned, known: Known, sure: set[int]) -> int | None:
        found = known.by_number(one.key[:-1]) if self._numbered(one.key) else None
        return found if found not in sure else None

    def key(self, one: Planned) -> Key:
        """What makes it the same matter: number, session (and what else is declared), title."""
        parts = (one.data.get(name, "") for name in (self.number, *self.context, self.title))
        return tuple(plain(str(part)) for part in parts)

    def _refuse_double(self, one: Planned, earlier: Planned) -> None:
        name = self.number if one.key[0] else self.title
        more = "" if one.key[0] else "；如果是两件，请填写编号"
        reason = f"与{where(earlier)}是同一件（编号、届次、标题都相同），请删去一行{more}"
        self.made.rejected.append(rejected(one, name, reason))

    def _numbered(self, key: Key) -> bool:
        """Whether number and session together name one matter, whatever its title."""
        context = key[1 : 1 + len(self.context)]
        named = [one for one, name in zip(context, self.context, strict=True) if name != AREA]
        chosen = any(self.fields[n].kind == "choice" for n in self.context if n in self.fields)
        return bool(key[0]) and all(named) and not chosen

    def _alone(
        self, one: Planned, place: int, rows: Spool[Planned], numbers: dict[bytes, int]
    ) -> bool:
        """Two titles under one number: refused where the session says it is one list, else only noted."""
        earlier = numbers.setdefault(digest(one.key[:-1]), place)
        if not one.key[0] or earlier == place or one.matter is not None:
            return True
        words = f"编号与{where(rows[earlier])}相同而标题不同"
        if self._numbered(one.key):
            self.made.rejected.append(rejected(one, self.number, f"{words}，请改正编号"))
            return False
        self.made.notices.append(f"{where(one)}的{words}，按两件处理，请核对")
        return True

    # New rows

    def _judge_new(self, one: Planned) -> None:
        tried = self._try(one)
        if isinstance(tried, Refusal):
            self._refuse(one, tried)
            return
        self._listen(one, tried)
        self.made.added += 1
        self.made.rows.append(one)

    def _try(self, one: Planned) -> Done | Refusal:
        """On the day it was raised if the rules reach back so far, else booked today."""
        assert self.institution.imports is not None
        days = dict.fromkeys((one.raised_on or self.today, self.today))
        for day in days:
            tried = self._step(NEW, self.institution.imports.act, day, one.data)
            if not isinstance(tried, Refusal):
                one.day = day
                self.booked_today += one.raised_on is not None and day != one.raised_on
                break
        return tried

    def _step(
        self, before: Situation, act: str, day: date, data: Mapping[str, Value]
    ) -> Done | Refusal:
        """As it will be taken: with what the program reads from the texts that were filled in."""
        filled = readers.read(self.institution, act, data)
        return step(self.place, before, act, "clerk", day, filled)

    def _listen(self, one: Planned, done: Done, matter: Matter | None = None) -> None:
        """What the checks say of the row as it would stand, beside those before it; kept with it."""
        if self.lot is None:
            return
        self.places.take(one)
        said = self.lot.said_of(done, matter)
        one.cautions = [self.places.said(caution) for caution in said]
        self.made.counted.count(one)

    def _refuse(self, one: Planned, refusal: Refusal) -> None:
        self.made.rejected.append(rejected(one, refusal.field, refusal.say))

    # Known rows

    def _judge_known(
        self, rows: Spool[Planned], meant: Mapping[int, int], places: Sequence[int]
    ) -> None:
        often = Counter(meant[place] for place in places)
        for begin in range(0, len(places), CHUNK):
            few = places[begin : begin + CHUNK]
            keys = {meant[place] for place in few}
            found = {one.pk: one for one in fetched(Matter.objects.filter(pk__in=keys))}
            for place in few:
                one = rows[place]
                one.matter = meant[place]
                self._judge_one(one, found[one.matter], often[one.matter])

    def _judge_one(self, one: Planned, matter: Matter, times: int) -> None:
        if times > 1:
            reason = "文件里有几行都像是库中的同一件事项，请填写编号和届次加以区别"
            self.made.rejected.append(rejected(one, self.title, reason))
            return
        differing = [field for field in self.fields.values() if self._differs(one, matter, field)]
        if differing:
            self._judge_change(one, matter, differing)
        else:
            self.made.unchanged += 1

    def _differs(self, one: Planned, matter: Matter, field: Field) -> bool:
        if field.name not in one.data:
            return False
        here = value_of(matter, field, self.names)
        said = one.data[field.name]
        if field.name == DEPUTIES:
            return one.deputies != names_in(here)
        if field.kind == "yesno":
            return bool(here) != bool(said)
        return form(here) != form(named(field, said, self.names))

    def _judge_change(self, one: Planned, matter: Matter, differing: list[Field]) -> None:
        names = {other.name for other in differing}
        data = {name: value for name, value in one.data.items() if name in names | {"title"}}
        changed = self._changed(data, matter, names)
        if isinstance(changed, Done):
            one.data, one.seen = data, matter.acts_count
            self._listen(one, changed, matter)
            self.made.changed += 1
            self.made.corrections.append(one)
            return
        for other in differing:
            here = shown(value_of(matter, other, self.names))
            reason = f"与库中不同（库中：{here or '空'}）。{changed}"
            self.made.rejected.append(rejected(one, other.name, reason))

    def _changed(self, data: Mapping[str, Value], matter: Matter, names: set[str]) -> Done | str:
        """What the correction would lead to, or why no sheet can bring it."""
        if not any(act.id == CORRECT for act in self.institution.acts):
            return "请到事项页面用相应的动作办理，不能用导入更改"
        if names & {DEPUTIES, NUMBER}:
            return "编号和提出人不能用导入更改，请核对"
        tried = self._step(situation_of(matter), CORRECT, self.today, data)
        if not isinstance(tried, Refusal):
            return tried
        return f"这件事项不能用导入更改：{tried.say}；请到事项页面用相应的动作办理"


class Known:
    """The matters already here, by what makes them the same. One light query, however many rows come."""

    def __init__(self, congress: Congress | None, key: str, context: list[str]) -> None:
        self.whole: dict[Key, int] = {}
        self.numbers: dict[Key, list[int]] = {}
        self.refs: dict[int, Key] = {}
        if congress is None:
            return
        own = Matter.objects.filter(congress=congress, institution=key).order_by("-phase", "pk")
        facts = {f"fact{place}": KT(f"facts__{name}") for place, name in enumerate(context)}
        for pk, number, title, *values in own.annotate(**facts).values_list(
            "pk", "number", "title", *facts
        ):
            where = tuple(plain(str(value or "")) for value in values)
            self._add(pk, plain(number), where, plain(title))

    def _add(self, pk: int, number: str, where: Key, title: str) -> None:
        self.refs[pk] = (number, *where, title)
        self.whole.setdefault((number, *where, title), pk)
        self.whole.setdefault(("", *where, title), pk)
        self.numbers.setdefault((number, *where), []).append(pk)

    def by_ref(self, ref: int | None, key: Key) -> int | None:
        """The matter an exported row came from, if number or title still agree: keys differ elsewhere."""
        found = self.refs.get(ref) if ref is not None else None
        agrees = found is not None and (found[-1] == key[-1] or (key[0] and found[0] == key[0]))
        return ref if agrees else None

    def exact(self, key: Key) -> int | None:
        """The matter with this number (or none given), session and title."""
        return self.whole.get(key)

    def by_number(self, key: Key) -> int | None:
        """The only matter with this number in this session, if there is just one."""
        found = self.numbers.get(key, [])
        return found[0] if len(found) == 1 else None


def digest(key: Key) -> bytes:
    """What two rows are held to be the same by, short enough to keep one for every row of a file."""
    return blake2b("\x1f".join(key).encode(), digest_size=12).digest()
