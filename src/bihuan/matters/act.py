"""The only writer: one act is one transaction — lock, let the clock speak, step, write, chain.

Either everything of an act is written or nothing is. The row of the act carries the rule it applied; the
matter's row is moved by compare-and-swap on the number of its acts, and the loser does nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import IntegrityError, transaction
from django.utils import timezone

from bihuan.loop.forms import Refusal
from bihuan.loop.machine import NEW, lapses, step
from bihuan.loop.situation import Done, Opening
from bihuan.loop.spec import Institution, Value
from bihuan.matters import house, search
from bihuan.matters.chain import FIRST, hash_of
from bihuan.matters.models import Act, Assignment, Attachment, Counter, Matter, Proposer
from bihuan.matters.situations import (
    outcome_json,
    put_matter,
    put_share,
    situation_of,
)
from bihuan.people.models import Body, Congress, Person, Seat, User

CLOCK = "时钟"


@dataclass(frozen=True)
class Doer:
    """Who acts: as which actor, by which user, for whom. The clock and children have no user."""

    actor: str
    user: User | None = None
    on_behalf: str = ""

    @property
    def who(self) -> str:
        """The name kept with the act."""
        return str(self.user) if self.user else {"clock": CLOCK, "child": "所属事项"}[self.actor]


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


def raise_matter(
    congress: Congress,
    institution: str,
    act: str,
    doer: Doer,
    today: date,
    data: Mapping[str, Value],
    *,
    proposers: Sequence[Proposing] = (),
    token: str = "",
    identity: str = "",
) -> Matter | Refusal:
    """Begin a matter. Returns it as it stands, or the refusal; the same token never begins two."""
    try:
        with transaction.atomic():
            known = _already(congress, token)
            if known:
                return known.matter
            matter = _new(congress, institution, today, identity, doer.user)
            _propose(matter, proposers)
            _take(matter, act, doer, today, data, token=token)
            return matter
    except NotDone as stopped:
        return stopped.refusal
    except IntegrityError:
        known = _already(congress, token)
        if known is None:
            raise
        return known.matter


def act(
    matter_id: int,
    act_id: str,
    doer: Doer,
    today: date,
    data: Mapping[str, Value] | None = None,
    *,
    share: str = "",
    token: str = "",
    seen: int | None = None,
) -> Act | Refusal:
    """Take one act on a matter. `seen` is how many acts the form knew of: if there are more, it is refused.

    Limits that passed before today are noted first, each on the day it passed. The same `token` is never
    taken twice: a repeated request gets the act that was written the first time.
    """
    try:
        with transaction.atomic():
            matter = Matter.objects.select_for_update().select_related("congress").get(pk=matter_id)
            known = _already(matter.congress, token)
            if known:
                return known
            if seen is not None and seen != matter.acts_count:
                return Refusal("这件事项刚刚有了新的动作，请看过最新情况再办")
            settle(matter, today)
            return _take(matter, act_id, doer, today, data or {}, share, token)
    except NotDone as stopped:
        return stopped.refusal


def settle(matter: Matter, today: date) -> list[Act]:
    """Note every limit that passed before today (inside a transaction that holds the matter)."""
    institution = house.institution(matter.institution)
    noted: list[Act] = []
    for _ in range(20):
        due = lapses(institution, situation_of(matter), today)
        if not due:
            break
        noted.append(_take(matter, due[0].act, Doer("clock"), due[0].day, {}, due[0].assignment))
    return noted


def _take(
    matter: Matter,
    act_id: str,
    doer: Doer,
    today: date,
    data: Mapping[str, Value],
    share: str = "",
    token: str = "",
) -> Act:
    """Step and write. Raises NotDone with the refusal."""
    place = house.place_of(matter.congress, matter.institution)
    before = situation_of(matter) if matter.pk and matter.state else NEW
    outcome = step(place, before, act_id, doer.actor, _day(matter, today), data, share)
    if isinstance(outcome, Refusal):
        raise NotDone(outcome)
    row = _write(matter, place.institution, outcome, doer, share, token)
    search.index(matter)
    _follow(matter, outcome, doer)
    return row


def _day(matter: Matter, today: date) -> date:
    """Acts of one matter never go back in time: a clock's act that comes late stands after the last."""
    return max(today, matter.last_day) if matter.last_day else today


# Writing


def _write(
    matter: Matter, institution: Institution, done: Done, doer: Doer, share: str, token: str
) -> Act:
    put_matter(matter, institution, done.after)
    _close(matter, done)
    _number(matter, done)
    _put_shares(matter, institution, done)
    row = _row(matter, institution, done, doer, share, token)
    row.hash = hash_of(row)
    row.save(force_insert=True)
    _swap(matter, row)
    _bind_files(matter, row, done.data.get("files"))
    return row


def _row(
    matter: Matter, institution: Institution, done: Done, doer: Doer, share: str, token: str
) -> Act:
    law = institution.law_of(done.act.cite)
    return Act(
        congress_id=matter.congress_id,
        institution=matter.institution,
        matter=matter,
        seq=matter.acts_count + 1,
        kind=done.act.id,
        actor=done.actor,
        user=doer.user,
        who=doer.who,
        on_behalf=doer.on_behalf,
        at=timezone.now(),
        day=done.day,
        share=share,
        before=done.before,
        after=_stands(done, share),
        late=done.late,
        data=_described(matter, done.data),
        outcome=outcome_json(institution, matter, done.after) | _proposed(matter, done),
        rules=[rule.as_json() for rule in done.rules],
        cite=law.cite() if law else "",
        token=token,
        previous=matter.head or FIRST,
    )


def _stands(done: Done, share: str) -> str:
    held = done.after.assignment(share) if share else None
    return held.state if held else done.after.state


def _proposed(matter: Matter, done: Done) -> dict[str, Value]:
    if not done.act.raises:
        return {}
    return {"proposers": [proposer.name for proposer in matter.proposers.all()]}


def _described(matter: Matter, data: Mapping[str, Value]) -> dict[str, Value]:
    """Bodies by name as they were called that day, files by name and hash: readable for ever."""
    described = dict(data)
    rows = data.get("assignments")
    if isinstance(rows, list):
        ids = [str(row["body"]) for row in rows if isinstance(row, dict)]
        names = {str(b.pk): b.name for b in Body.objects.filter(pk__in=ids)}
        described["assignments"] = [
            {**row, "body_name": names.get(str(row["body"]), "")}
            for row in rows
            if isinstance(row, dict)
        ]
    if data.get("files"):
        files = _files(matter.congress_id, data["files"])
        described["files"] = [{"name": f.name, "sha256": f.sha256, "size": f.size} for f in files]
    return described


def _files(congress_id: int, ids: Value) -> list[Attachment]:
    wanted = [int(str(i)) for i in ids if str(i).isdigit()] if isinstance(ids, list) else []
    return list(Attachment.objects.filter(congress_id=congress_id, pk__in=wanted, act=None))


def _bind_files(matter: Matter, row: Act, ids: Value) -> None:
    for file in _files(matter.congress_id, ids) if ids else []:
        file.matter, file.act = matter, row
        file.save(update_fields=["matter", "act"])


def _close(matter: Matter, done: Done) -> None:
    if matter.phase in ("closed", "void"):
        matter.closed_on = matter.closed_on or done.day
    else:
        matter.closed_on = None


def _swap(matter: Matter, row: Act) -> None:
    """Compare-and-swap: the matter moves only from the act count this act was built on."""
    matter.acts_count, matter.head, matter.last_day = row.seq, row.hash, row.day
    fields = {
        name: getattr(matter, name)
        for name in (
            "number", "title", "text", "state", "phase", "since", "due_on", "own_due_on", "lapsed",
            "limit", "round", "facts", "closed_on", "public", "acts_count", "head", "last_day",
        )
    }  # fmt: skip
    unmoved = Matter.objects.filter(pk=matter.pk, acts_count=row.seq - 1)
    if unmoved.update(**fields) != 1:
        raise NotDone(Refusal("这件事项刚刚被别人办过，请看过最新情况再办"))


def _put_shares(matter: Matter, institution: Institution, done: Done) -> None:
    rows = {row.key: row for row in matter.assignments.all()}
    for held in done.after.assignments:
        if held.key not in done.touched:
            continue
        row = rows.get(held.key) or Assignment(
            congress_id=matter.congress_id,
            institution=matter.institution,
            matter=matter,
            key=held.key,
            body=_body(matter.congress_id, held.body),
            person_name=held.person,
            person=Person.objects.filter(
                congress_id=matter.congress_id, name=held.person, appointments__body=int(held.body)
            ).first(),
            kind=held.kind,
            handed_on=held.handed_on,
        )
        put_share(row, institution, held)
        row.save()


def _body(congress_id: int, key: str) -> Body:
    body = Body.objects.filter(congress_id=congress_id, pk=key if key.isdigit() else 0).first()
    if body is None:
        raise NotDone(Refusal("没有这个承办单位，请从列表中选择", "assignments"))
    return body


def _number(matter: Matter, done: Done) -> None:
    """Numbers run by institution and year without gaps; a number brought along is kept."""
    if not done.act.numbers or matter.number:
        return
    brought = str(done.after.facts.get("old_number", ""))
    if brought:
        matter.number = brought[:40]
        return
    matter.number = str(next_number(matter.congress, f"{matter.institution}/{matter.year}"))


def next_number(congress: Congress, series: str) -> int:
    """Take the next number of a series, inside the caller's transaction: a rolled-back act takes none."""
    Counter.objects.get_or_create(congress=congress, series=series)
    counter = Counter.objects.select_for_update().get(congress=congress, series=series)
    counter.last += 1
    counter.save(update_fields=["last"])
    return counter.last


# Beginning


def _new(
    congress: Congress, institution: str, today: date, identity: str = "", by: User | None = None
) -> Matter:
    house.institution(institution)
    return Matter.objects.create(
        congress=congress,
        institution=institution,
        year=today.year,
        title="",
        state="",
        phase="pending",
        since=today,
        raised_on=today,
        raised_by=by,
        identity=identity,
    )


def _propose(matter: Matter, proposers: Sequence[Proposing]) -> None:
    Proposer.objects.bulk_create(
        Proposer(matter=matter, seat=one.seat, name=one.name, place=place)
        for place, one in enumerate(proposers)
    )


def _already(congress: Congress, token: str) -> Act | None:
    if not token:
        return None
    return Act.objects.filter(congress=congress, token=token).select_related("matter").first()


# What follows elsewhere


def _follow(matter: Matter, done: Done, doer: Doer) -> None:
    for opening in done.opens:
        _open(matter, opening, done.day, doer)
    if done.joins:
        _join(matter, done, doer)
    if done.act.tells_parent and matter.parent_id:
        _tell(matter.parent_id, done.act.tells_parent, done.day, {})


def _open(parent: Matter, opening: Opening, day: date, doer: Doer) -> None:
    child = _new(parent.congress, opening.institution, day)
    child.parent = parent
    child.save(update_fields=["parent"])
    if opening.with_proposers:
        for row in parent.proposers.all():
            Proposer.objects.create(matter=child, seat=row.seat, name=row.name, place=row.place)
    actor = house.institution(opening.institution).act(opening.act).by[0]
    _take(child, opening.act, Doer(actor, doer.user, doer.on_behalf), day, opening.data)


def _join(matter: Matter, done: Done, doer: Doer) -> None:
    """Joined: the other matter gains these proposers, so that every one of them gets its reply."""
    target = _target(matter, done.joins)
    place = target.proposers.count()
    held = set(target.proposers.values_list("seat_id", flat=True))
    for number, row in enumerate(matter.proposers.all()):
        if row.seat_id is None or row.seat_id not in held:
            Proposer.objects.create(
                matter=target,
                seat=row.seat,
                name=row.name,
                place=place + number,
                joined_from=matter,
            )
    search.index(target)
    if done.act.tells_target:
        _tell(target.pk, done.act.tells_target, done.day, {"joined_from": str(matter.pk)})


def _target(matter: Matter, word: str) -> Matter:
    """The matter named by its key or its number of the same year; never itself or one already joined."""
    own = Matter.objects.filter(congress_id=matter.congress_id, institution=matter.institution)
    found = own.filter(pk=int(word)).first() if word.isdigit() and len(word) < 15 else None
    found = found or own.filter(number=word, year=matter.year).first()
    if found is None or found.pk == matter.pk or found.phase == "void":
        raise NotDone(Refusal(f"找不到可以并入的“{word}”，请填写另一件在办事项", "joined_to"))
    return found


def _tell(matter_id: int, act_id: str, day: date, data: Mapping[str, Value]) -> None:
    """Tell another matter what happened; what it then refuses (not all children done) is no error."""
    other = Matter.objects.select_for_update().select_related("congress").get(pk=matter_id)
    try:
        with transaction.atomic():
            settle(other, day)
            _take(other, act_id, Doer("child"), day, data)
    except NotDone:
        return
