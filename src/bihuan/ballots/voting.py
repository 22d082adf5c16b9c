"""The life of a ballot: set up, opened, voted, counted by tellers, void. `closing.py` closes and declares it.

Every step is one transaction. A vote that was acknowledged is on disk; a vote is given once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from bihuan.ballots import marks, rolls, rules, urn
from bihuan.ballots.marks import Marks
from bihuan.ballots.models import WAYS, WAYS_OF, Ballot, Entry, Item, Urn, Vote, Voter
from bihuan.loop.forms import NOT_STORABLE, Refusal, storable
from bihuan.loop.votes import BadVote
from bihuan.matters import house
from bihuan.matters.act import NotDone
from bihuan.matters.models import Matter
from bihuan.people.models import Congress, Person, User

LONGEST_TITLE, LONGEST_ABOUT, MOST_ITEMS = 200, 300, 100


@dataclass(frozen=True)
class Plan:
    """What a clerk asks for. `items` are titles; a matter's ballot has its matter and the declared id instead."""

    title: str
    about: str = ""
    preset: str = ""
    way: str = "phone"
    secret: bool | None = None
    items: Sequence[str] = ()
    places: int = 0
    own: Mapping[str, str] = field(default_factory=dict)
    matter: Matter | None = None
    declared: str = ""


def set_up(
    congress: Congress, plan: Plan, persons: Sequence[Person], by: User, day: date
) -> Ballot | Refusal:
    """Prepare a ballot with its rule and its roll. Nobody can vote yet."""
    titles = [title.strip() for title in plan.items if title.strip()] or [plan.title]
    wrong = _unfit(plan, titles, persons)
    if wrong:
        return wrong
    try:
        ballot = _declared(congress, plan, by, day) if plan.declared else _own(congress, plan, by)
    except BadVote as bad:
        return Refusal(str(bad), "rule")
    if plan.declared and plan.way not in _ways(plan):
        return Refusal("这项表决不能这样投，请从所列方式中选择", "way")
    if plan.way not in WAYS or (ballot.secret and plan.way == "show"):
        return Refusal("无记名的表决不能举手，请选手机投票或纸票", "way")
    if plan.way == "show" and ballot.kind != "choice":
        return Refusal("举手只能逐项表决", "way")
    with transaction.atomic():
        ballot.save()
        Item.objects.bulk_create(
            Item(ballot=ballot, place=place, title=title[:LONGEST_TITLE], matter=plan.matter)
            for place, title in enumerate(titles, 1)
        )
        rolls.put(ballot, persons)
    return ballot


def _unfit(plan: Plan, titles: Sequence[str], persons: Sequence[Person]) -> Refusal | None:
    typed = (plan.title, plan.about, *titles)
    if not all(storable(word) for word in typed):
        return Refusal(NOT_STORABLE, "title")
    if not plan.title.strip() or len(plan.title) > LONGEST_TITLE:
        return Refusal(f"请写标题，最多 {LONGEST_TITLE} 字", "title")
    if len(plan.about) > LONGEST_ABOUT:
        return Refusal(f"事由最多 {LONGEST_ABOUT} 字，现有 {len(plan.about)} 字", "about")
    if len(titles) > MOST_ITEMS or any(len(title) > LONGEST_TITLE for title in titles):
        return Refusal(f"最多 {MOST_ITEMS} 项，每项最多 {LONGEST_TITLE} 字", "items")
    if len(set(titles)) != len(titles):
        twice = next(title for title in titles if titles.count(title) > 1)
        return Refusal(f"“{twice}”写了两次，请删去一行", "items")
    if not persons:
        return Refusal("名册是空的：请选择名册从哪里来，或写上姓名", "source")
    return Refusal(f"名册最多 {rolls.MOST} 人", "source") if len(persons) > rolls.MOST else None


def _declared(congress: Congress, plan: Plan, by: User, day: date) -> Ballot:
    assert plan.matter is not None
    one = house.institution(plan.matter.institution).ballot(plan.declared)
    secret = one.secrecy == "secret"
    return Ballot(
        congress=congress,
        title=plan.title,
        about=plan.about,
        institution=plan.matter.institution,
        declared=plan.declared,
        way=plan.way,
        secret=secret,
        local=one.local,
        rule=rules.of_declared(congress, plan.matter.institution, plan.declared, day),
        set_up_by=by,
    )


def _ways(plan: Plan) -> tuple[str, ...]:
    assert plan.matter is not None
    declared = house.institution(plan.matter.institution).ballot(plan.declared)
    return WAYS_OF[declared.secrecy]


def _own(congress: Congress, plan: Plan, by: User) -> Ballot:
    preset = rules.presets().get(plan.preset)
    if preset is None:
        raise BadVote("请选择按哪种规则计票")
    if preset.kind in ("approval", "rank") and len(plan.items) < 2:
        raise BadVote("至少要有两项可选，请在“表决事项”里一行写一项")
    secret = preset.secret if plan.secret is None else plan.secret
    if preset.national and preset.secret and not secret:
        raise BadVote(f"“{preset.title}”应当无记名（{preset.cite}）")
    return Ballot(
        congress=congress,
        title=plan.title,
        about=plan.about,
        preset=preset.key,
        kind=preset.kind,
        way=plan.way,
        secret=secret,
        local=not preset.national,
        rule=rules.of_preset(preset, plan.own, plan.places),
        set_up_by=by,
    )


def open_(pk: int, day: date, present: Sequence[int] = ()) -> Ballot | Refusal:
    """Freeze the roll and let the voting begin. `present`: voters (keys) noted as there."""
    try:
        with transaction.atomic():
            ballot = held(pk, "draft", "这次表决已经开始过了")
            voters = list(ballot.roll.all())
            if not voters:
                raise NotDone(Refusal("名册是空的，不能开始"))
            wrong = rules.wrong_roll(ballot.rule, len(voters))
            if wrong:
                raise NotDone(Refusal(wrong))
            ballot.state, ballot.opened_on = "open", day
            ballot.roll_hash = rolls.roll_hash(voters)
            ballot.save()
            ballot.roll.filter(pk__in=present).update(there=True)
            if ballot.secret and ballot.way == "phone":
                name = urn.make_key()
                empty = urn.seal(name, [], rules.longest_vote(ballot, ballot.items.count()))
                Urn.objects.create(ballot=ballot, name=name, sealed=empty)
            return ballot
    except NotDone as stopped:
        return stopped.refusal


def note_there(pk: int, voters: Sequence[int]) -> Ballot | Refusal:
    """Note who is there; whoever has voted is there and stays so."""
    try:
        with transaction.atomic():
            ballot = held(pk, "open", "这次表决不在进行，不能再记到会")
            ballot.roll.filter(voted=False).update(there=False)
            ballot.roll.filter(pk__in=voters).update(there=True)
            return ballot
    except NotDone as stopped:
        return stopped.refusal


def vote(pk: int, person: Person | None, given: Marks, receipt: str) -> Refusal | None:
    """Give one vote by phone. None when it is safely kept: the voter may be told so.

    Secret: the mark on the roll and the vote in the urn are written in one transaction and share nothing.
    """
    if not urn.is_receipt(receipt):
        return Refusal("回执号不对，请重新打开投票页面再投")
    try:
        with transaction.atomic():
            ballot = held(pk, "open", "这次表决没有在进行")
            if ballot.way != "phone":
                raise NotDone(Refusal("这次表决不用手机投票"))
            voter = _entitled(ballot, person)
            wrong = marks.refusal(ballot, titles_of(ballot), given)
            if wrong:
                raise NotDone(wrong)
            _keep(ballot, voter, given, receipt)
            Voter.objects.filter(pk=voter.pk).update(voted=True, there=True)
            return None
    except NotDone as stopped:
        return stopped.refusal
    except urn.Shut as shut:
        return Refusal(str(shut))


def _entitled(ballot: Ballot, person: Person | None) -> Voter:
    voter = ballot.roll.filter(person=person).first() if person else None
    if voter is None:
        raise NotDone(Refusal("您不在这次表决的名册上"))
    if voter.voted:
        raise NotDone(Refusal("您已经投过票了，一人一票，不能再投"))
    return voter


def _keep(ballot: Ballot, voter: Voter, given: Marks, receipt: str) -> None:
    if not ballot.secret:
        Vote.objects.create(voter=voter, marks=given)
        return
    box = Urn.objects.get(ballot=ballot)
    votes = urn.opened(box.name, bytes(box.sealed))
    if receipt in {known for known, _ in votes}:
        raise NotDone(Refusal("这个回执号已经用过，请重新打开投票页面再投"))
    width = rules.longest_vote(ballot, ballot.items.count())
    box.sealed = urn.seal(box.name, [*votes, (receipt, given)], width)
    box.save(update_fields=["sealed"])


def enter(pk: int, teller: User, data: Mapping[str, Any]) -> Entry | Refusal:
    """What a teller counted. A second entry of the same teller stands for his first."""
    try:
        with transaction.atomic():
            ballot = held(pk, "open", "这次表决不在进行，不能录入")
            if ballot.way == "phone":
                raise NotDone(Refusal("这次表决用手机投票，没有要录入的"))
            return Entry.objects.create(ballot=ballot, teller=teller, data=dict(data))
    except NotDone as stopped:
        return stopped.refusal


def newest_entries(ballot: Ballot) -> list[Entry]:
    """The entry of each teller that counts, in the order first given."""
    newest: dict[int, Entry] = {}
    for entry in ballot.entries.select_related("teller__person"):
        newest[entry.teller_id] = entry
    return list(newest.values())


def void(pk: int, reason: str, day: date) -> Ballot | Refusal:
    """End a ballot without a result, with the reason; what was voted is destroyed unread."""
    reason = reason.strip()
    if not reason or len(reason) > LONGEST_TITLE or not storable(reason):
        return Refusal(f"请写明作废的理由，最多 {LONGEST_TITLE} 字", "reason")
    try:
        with transaction.atomic():
            ballot = held(pk, ("draft", "open"), "已经封存的表决不能作废")
            ballot.state, ballot.reason, ballot.closed_on = "void", reason, day
            ballot.save()
            forget_key(ballot)
            return ballot
    except NotDone as stopped:
        return stopped.refusal


def again(pk: int, by: User, titles: Sequence[str] = ()) -> Ballot | Refusal:
    """A second round after a closed or void ballot: the same rule and roll, the first one kept as it is.

    `titles`: only these items again (those equal at the last place); all of them when empty.
    """
    with transaction.atomic():
        first = Ballot.objects.select_for_update(of=("self",)).get(pk=pk)
        if first.state not in ("closed", "declared", "void"):
            return Refusal("前一轮还没有结束")
        if Ballot.objects.filter(before=first).exists():
            return Refusal("下一轮已经筹备好了")
        items = [one for one in first.items.all() if not titles or one.title in titles]
        second = Ballot.objects.get(pk=first.pk)
        second.pk, second._state.adding = None, True
        second.state, second.round, second.before = "draft", first.round + 1, first
        second.opened_on = second.closed_on = None
        second.roll_hash, second.reason, second.public = "", "", False
        second.set_up_by = by
        second.rule = _rule_again(first, items)
        second.save()
        Item.objects.bulk_create(
            Item(ballot=second, place=place, title=one.title, matter=one.matter)
            for place, one in enumerate(items, 1)
        )
        rolls.put(second, [v.person for v in first.roll.select_related("person")])
        return second


def _rule_again(first: Ballot, items: Sequence[Item]) -> dict[str, Any]:
    """The first round's rule; where some are chosen already, only the places left are voted on."""
    rule: dict[str, Any] = dict(first.rule)
    if "places" in rule and first.state != "void" and len(items) < first.items.count():
        yes, _ = rules.chosen_of(first.rule)
        chosen = [one for one in first.closing.body["items"] if one["outcome"] == yes]
        rule["places"] -= len(chosen)
    return rule


def titles_of(ballot: Ballot) -> list[str]:
    """What stands on the paper, in order."""
    return [item.title for item in ballot.items.all()]


def forget_key(ballot: Ballot) -> None:
    """Empty the urn and, once that is committed, destroy its key."""
    box = Urn.objects.filter(ballot=ballot).first()
    if box is None:
        return
    box.sealed = b""
    box.save(update_fields=["sealed"])
    name = box.name
    transaction.on_commit(lambda: urn.destroy_key(name))


def forget_left_keys() -> int:
    """Destroy keys that outlived their ballot: the machine stopped between closing and destroying."""
    names = Urn.objects.filter(sealed=b"").values_list("name", flat=True)
    left = [name for name in names if urn.has_key(name)]
    for name in left:
        urn.destroy_key(name)
    return len(left)


def held(pk: int, state: str | tuple[str, ...] = (), otherwise: str = "") -> Ballot:
    """The ballot, held until the transaction ends. Raises NotDone where it is in none of the states asked for."""
    rows: QuerySet[Ballot] = Ballot.objects.select_for_update(of=("self",), no_key=True)
    ballot = rows.select_related("congress").get(pk=pk)
    if state and ballot.state not in ((state,) if isinstance(state, str) else state):
        raise NotDone(Refusal(otherwise))
    return ballot
