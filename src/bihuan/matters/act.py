"""The only writer: one act is one transaction — lock, let the clock speak, step, write, chain.

Either everything of an act is written or nothing is. The row of the act carries the rule it applied; the
matter's row is moved by compare-and-swap on the number of its acts, and the loser does nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from bihuan.loop.forms import NAME_LIMIT, NOT_STORABLE, Refusal, storable
from bihuan.loop.machine import NEW, lapses, step
from bihuan.loop.situation import Done, Lapse, Opening, Situation
from bihuan.loop.spec import Act as ActSpec
from bihuan.loop.spec import Institution, Value
from bihuan.loop.terms import Limit, explain
from bihuan.matters import house, readers, search
from bihuan.matters.chain import FIRST, file_json, hash_of, proposers_json, standing_hash
from bihuan.matters.models import Act, Assignment, Attachment, Counter, Matter, Proposer
from bihuan.matters.situations import (
    outcome_json,
    put_matter,
    put_share,
    situation_of,
)
from bihuan.people.models import Body, Congress, Person, Seat, User

CLOCK, OPERATOR = "时钟", "运维（命令行）"
WITHOUT_USER = {"clock": CLOCK, "child": "所属事项"}
JOINED_FROM = "joined_from"
"""The field in which a matter is told that another was joined into it, and its proposers with it."""
LONGEST_NUMBER = 40
CALENDAR_CORRECTED = "calendar_corrected"
CALENDAR_CORRECTED_TITLE = "日历更正，时限重算"
BALLOT_CLOSED = "ballot_closed"
HOUSE_ACTS = {CALENDAR_CORRECTED: CALENDAR_CORRECTED_TITLE, BALLOT_CLOSED: "表决封存"}
"""The acts no institution declares: open limits moved with the days of rest; a vote on it was closed."""


@dataclass(frozen=True)
class Doer:
    """Who acts: as which actor, by which user, for whom. The clock, children and the operator have no user."""

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
    raised_on: date | None = None,
) -> Matter | Refusal:
    """Begin a matter. Returns it as it stands, or the refusal; the same token never begins two.

    `raised_on` is given where the matter is older than its first act here (a ledger booked later).
    """
    long = _too_long(doer, token, identity, proposers)
    if long:
        return long
    try:
        with transaction.atomic():
            known = _already(congress, token)
            if known:
                return known.matter
            matter = _new(congress, institution, raised_on or today, identity, doer.user)
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
    long = _too_long(doer, token)
    if long:
        return long
    try:
        with transaction.atomic():
            matter = held_matters().get(pk=matter_id)
            known = _already(matter.congress, token)
            if known:
                return _same(known, matter_id, act_id)
            if seen is not None and seen != matter.acts_count:
                return Refusal("这件事项刚刚有了新的动作，请看过最新情况再办")
            settle(matter, today)
            return _take(matter, act_id, doer, today, data or {}, share, token)
    except NotDone as stopped:
        return stopped.refusal


def _too_long(
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


def held_matters(*, skip_locked: bool = False) -> QuerySet[Matter]:
    """Matters to be held until the transaction ends: the row itself, not the congress it belongs to."""
    held = Matter.objects.select_for_update(of=("self",), no_key=True, skip_locked=skip_locked)
    return held.select_related("congress")


def _same(known: Act, matter_id: int, act_id: str) -> Act | Refusal:
    if (known.matter_id, known.kind) == (matter_id, act_id):
        return known
    return Refusal("这次提交与先前的另一次提交重号，没有办理，请刷新页面后重新提交")


def settle(matter: Matter, today: date) -> list[Act]:
    """Note every limit that passed before today (inside a transaction that holds the matter).

    Raises NotDone if the institution refuses its own clock, e.g. for want of a param.
    """
    institution = house.institution(matter.institution)
    noted: dict[Lapse, Act] = {}
    while due := lapses(institution, situation_of(matter), today):
        lapse = due[0]
        if lapse in noted:
            break
        noted[lapse] = _take(matter, lapse.act, Doer("clock"), lapse.day, {}, lapse.assignment)
    return list(noted.values())


@dataclass(frozen=True)
class Rewritten:
    """A limit reckoned anew: of which share (`""`: the matter's own), from which day to which."""

    share: str
    before: date
    after: date
    limit: Limit


def rewrite_limits(
    matter: Matter, doer: Doer, today: date, moved: Sequence[Rewritten], calendar: str
) -> Act:
    """Write limits that a corrected calendar moved (inside a transaction that holds the matter).

    Returns the act CALENDAR_CORRECTED, whose data tells each day before and after.
    """
    institution = house.institution(matter.institution)
    before = situation_of(matter)
    after = before
    for one in moved:
        after = _with_limit(after, one)
    done = Done(
        act=ActSpec(
            CALENDAR_CORRECTED, CALENDAR_CORRECTED_TITLE, ("clock",), from_states=(before.state,)
        ),
        day=_day(matter, today),
        actor=doer.actor,
        before=before.state,
        after=after,
        data={"calendar": calendar, "limits": [_told(one) for one in moved]},
        late=False,
        touched=tuple(one.share for one in moved if one.share),
    )
    return _write(matter, institution, done, doer, "", "")


def note(matter: Matter, kind: str, doer: Doer, today: date, data: Mapping[str, Value]) -> Act:
    """Write one of HOUSE_ACTS that changes nothing where the matter stands: it is only in its chain from now on.

    Inside a transaction that holds the matter.
    """
    before = situation_of(matter)
    done = Done(
        act=ActSpec(kind, HOUSE_ACTS[kind], ("clerk",), from_states=(before.state,)),
        day=_day(matter, today),
        actor=doer.actor,
        before=before.state,
        after=before,
        data=data,
        late=False,
    )
    return _write(matter, house.institution(matter.institution), done, doer, "", "")


def _with_limit(situation: Situation, one: Rewritten) -> Situation:
    """A limit that moved beyond the day may pass again: what was noted for the old day stays in the trail."""
    if not one.share:
        lapsed = situation.lapsed and one.after <= one.before
        return replace(situation, due=one.after, limit=one.limit, lapsed=lapsed)
    shares = tuple(
        replace(
            held, due=one.after, limit=one.limit, lapsed=held.lapsed and one.after <= one.before
        )
        if held.key == one.share
        else held
        for held in situation.assignments
    )
    return replace(situation, assignments=shares)


def _told(one: Rewritten) -> dict[str, Value]:
    return {
        "share": one.share,
        "before": one.before.isoformat(),
        "after": one.after.isoformat(),
        "sum": explain(one.limit),
    }


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
    filled = readers.read(place.institution, act_id, data)
    outcome = step(place, before, act_id, doer.actor, _day(matter, today), filled, share)
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
    shares = _put_shares(matter, institution, done)
    row = _row(matter, institution, done, doer, share, token)
    row.outcome["rows"] = standing_hash(matter, shares)
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
    """Who proposes it, kept by each act that made or changed that: raised, or joined by another matter."""
    if not done.act.raises and JOINED_FROM not in done.data:
        return {}
    return {"proposers": proposers_json(matter.proposers.all())}


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
        described["files"] = [file_json(file) for file in files]
    return described


def _files(congress_id: int, ids: Value) -> list[Attachment]:
    wanted = [key_of(str(one)) for one in ids] if isinstance(ids, list) else []
    free = Attachment.objects.filter(congress_id=congress_id, act=None, matter=None)
    return list(free.filter(pk__in=wanted))


def key_of(word: str) -> int:
    """A row's key as it was typed or sent; 0, which no row has, for anything else (², ten thousand digits)."""
    return int(word) if word.isascii() and word.isdecimal() and len(word) < 18 else 0


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


def _put_shares(matter: Matter, institution: Institution, done: Done) -> list[Assignment]:
    """Write the shares the act touched; returns all of the matter's."""
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
        rows[held.key] = row
    return list(rows.values())


def _body(congress_id: int, key: str) -> Body:
    body = Body.objects.filter(congress_id=congress_id, pk=key_of(key)).first()
    if body is None:
        raise NotDone(Refusal("没有这个承办单位，请从列表中选择", "assignments"))
    return body


def _number(matter: Matter, done: Done) -> None:
    """Numbers run by institution and year without gaps; a number brought along is kept."""
    if not done.act.numbers or matter.number:
        return
    brought = str(done.after.facts.get("old_number", ""))
    if len(brought) > LONGEST_NUMBER:
        say = f"编号最多 {LONGEST_NUMBER} 字，现有 {len(brought)} 字，请核对"
        raise NotDone(Refusal(say, "old_number"))
    if brought:
        matter.number = brought
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
    # SQLite uses the index of tokens only where the query says, as the index does, that none is blank.
    held = Act.objects.filter(congress=congress, token=token).exclude(token="")
    return held.select_related("matter").first()


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
    _tell_joined(target, done, matter)


def _tell_joined(target: Matter, done: Done, matter: Matter) -> None:
    """The other matter keeps in its own trail whom it gained; one that cannot be told cannot be joined."""
    other = held_matters().get(pk=target.pk)
    try:
        settle(other, done.day)
        _take(other, done.act.tells_target, Doer("child"), done.day, {JOINED_FROM: str(matter.pk)})
    except NotDone as stopped:
        raise NotDone(
            Refusal(f"不能并入“{target}”：{stopped.refusal.say}", "joined_to", stopped.refusal.cite)
        ) from None


def _target(matter: Matter, word: str) -> Matter:
    """The matter named by its key or its number of the same year; never itself or one already joined."""
    own = Matter.objects.filter(congress_id=matter.congress_id, institution=matter.institution)
    found = own.filter(pk=key_of(word)).first() or own.filter(number=word, year=matter.year).first()
    if found is None or found.pk == matter.pk or found.phase == "void":
        raise NotDone(Refusal(f"找不到可以并入的“{word}”，请填写另一件在办事项", "joined_to"))
    return found


def _tell(matter_id: int, act_id: str, day: date, data: Mapping[str, Value]) -> None:
    """Tell another matter what happened; what it then refuses (not all children done) is no error."""
    other = held_matters().get(pk=matter_id)
    try:
        with transaction.atomic():
            settle(other, day)
            _take(other, act_id, Doer("child"), day, data)
    except NotDone:
        return
