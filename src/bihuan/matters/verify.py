"""Everything that is recorded, checked again: chains, the rows acts left behind, seals and files.

Reads in batches, keeps only one batch, and stops nobody: what looks broken while others write is looked at
again with the matter held, before it is said to be so.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from django.db import connection, transaction
from django.db.models import Exists, OuterRef

from bihuan.matters import files, guard, house, merkle
from bihuan.matters.act import HOUSE_ACTS, held_matters
from bihuan.matters.chain import (
    FIRST,
    file_json,
    hash_of,
    proposers_json,
    seal_hash,
    standing_hash,
)
from bihuan.matters.models import Act, Assignment, Attachment, Leaf, Matter, Proposer, Seal
from bihuan.matters.seal import LONGEST_TRANSACTION, above_of
from bihuan.people.models import Congress

BATCH = 200
LEAVES = 2_000
SHOWN = {"state": "环节", "phase": "阶段", "round": "轮次", "number": "编号"}


@dataclass(frozen=True)
class Broken:
    """One fault: on which matter, at which act, what is wrong."""

    matter: str
    act: str
    why: str

    def __str__(self) -> str:
        return "".join(f"【{part}】" for part in (self.matter, self.act) if part) + self.why


@dataclass
class Report:
    """What was looked at, and what was found broken. `guarded`: the triggers are in place."""

    guarded: bool = True
    acts: int = 0
    matters: int = 0
    sealed: int = 0
    files: int = 0
    broken: list[Broken] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Whether nothing is broken."""
        return not self.broken


def verify(congress: Congress | None = None) -> Report:
    """Check every act, matter, seal and file of a congress, or of all. Changes nothing."""
    report = Report(guarded=guard.present(connection))
    for one in [congress] if congress else Congress.objects.order_by("pk"):
        report.broken += _matters(one, report)
        report.broken += _strays(one)
        report.broken += _seal_rows(one)
        report.broken += _seals(one, report)
        report.broken += _unsealed(one)
        report.broken += _attached(one, report)
    return report


# Chains, and the rows they leave behind


def _matters(congress: Congress, report: Report) -> Iterator[Broken]:
    own = Matter.objects.filter(congress=congress).order_by("pk")
    last = 0
    while batch := list(own.filter(pk__gt=last)[:BATCH]):
        last = batch[-1].pk
        report.matters += len(batch)
        for key in _suspects(batch, report):
            yield from _surely(key)


def _suspects(batch: list[Matter], report: Report) -> list[int]:
    """The matters of a batch that do not hold together, as far as one can see without holding them."""
    found = _Beside(batch)
    matters = {matter.pk: matter for matter in batch}
    sound = set()
    for key, chain in groupby(_acts(batch), key=lambda act: act.matter_id):
        if not list(_matter(matters[key], _counted(chain, report), found)):
            sound.add(key)
    return [key for key in matters if key not in sound]


def _counted(chain: Iterable[Act], report: Report) -> Iterator[Act]:
    for act in chain:
        report.acts += 1
        yield act


def _surely(key: int) -> list[Broken]:
    """The faults of a matter while nobody can move it."""
    with transaction.atomic():
        matter = held_matters().filter(pk=key).first()
        return list(_matter(matter, _acts([matter]), _Beside([matter]))) if matter else []


def _acts(batch: list[Matter]) -> Iterator[Act]:
    acts = Act.objects.filter(matter__in=batch).order_by("matter_id", "seq", "pk")
    return acts.iterator(LEAVES)


class _Beside:
    """What stands beside the matters of a batch: shares, proposers and files, by one query each."""

    def __init__(self, batch: list[Matter]) -> None:
        self.shares: dict[int, list[Assignment]] = defaultdict(list)
        for share in Assignment.objects.filter(matter__in=batch):
            self.shares[share.matter_id].append(share)
        self.proposers: dict[int, list[Proposer]] = defaultdict(list)
        for proposer in Proposer.objects.filter(matter__in=batch):
            self.proposers[proposer.matter_id].append(proposer)
        self.files: dict[int, list[Attachment]] = defaultdict(list)
        for file in Attachment.objects.filter(act__matter__in=batch):
            self.files[file.act_id or 0].append(file)


def _matter(matter: Matter, acts: Iterable[Act], beside: _Beside) -> Iterator[Broken]:
    last: Act | None = None
    named: Act | None = None
    for act in acts:
        for why in (*_links(last, act), *_row(act), *_given(act, beside.files[act.pk])):
            yield Broken(_label(matter), _named(act), why)
        named = act if "proposers" in _dict(act.outcome) or named is None else named
        last = act
    if last is None:
        yield Broken(_label(matter), "", "没有一个动作记录：动作被删除，或事项是绕过程序写入的")
        return
    if named:
        for why in _proposed(named, beside.proposers[matter.pk]):
            yield Broken(_label(matter), _named(named), why)
    for why in _stands(matter, last, beside.shares[matter.pk]):
        yield Broken(_label(matter), _named(last), why)


def _proposed(act: Act, rows: list[Proposer]) -> Iterator[str]:
    """Whether the proposers are those the act that named them last kept: raised, or joined by another."""
    told, now = _list(_dict(act.outcome).get("proposers")), proposers_json(rows)
    if told == now:
        return
    gone = [str(_dict(one).get("name")) for one in told if one not in now]
    came = [one["name"] for one in now if one not in told]
    when = "提出" if act.seq == 1 else "并案"
    parts = (("少了", gone), ("多了", came))
    words = "；".join(f"{word}“{'、'.join(names)}”" for word, names in parts if names)
    yield f"提出人与{when}时记录的不一致，被增删或改动过（{words or '次序'}）"


def _links(before: Act | None, act: Act) -> Iterator[str]:
    place, link = (before.seq + 1, before.hash) if before else (1, FIRST)
    if act.seq > place:
        missing = f"第 {place} 个" if act.seq == place + 1 else f"第 {place} 至 {act.seq - 1} 个"
        yield f"在它之前缺少{missing}动作：被删除或改了次序"
    elif act.seq < place:
        yield "序号与别的动作重复：是插入的，或改了次序"
    if act.previous != link:
        yield "与前一个动作接不上：前一个动作被删除、改动、插入或调换过次序"


def _row(act: Act) -> Iterator[str]:
    try:
        same = hash_of(act) == act.hash
    except (ValueError, TypeError):
        same = False
    if not same:
        yield "内容与记录时的校验值不符：这一行被改动过"


def _given(act: Act, attached: list[Attachment]) -> Iterator[str]:
    told = [_dict(row) for row in _list(_dict(act.data).get("files"))]
    now = [file_json(file) for file in attached]
    place = {(act.congress_id, act.matter_id)}
    moved = {(file.congress_id, file.matter_id) for file in attached} - place
    if moved or _in_order(told) != _in_order(now):
        yield "附件登记与这个动作所附的不一致：附件记录被删除或改动过"


def _in_order(rows: list[dict[str, Any]]) -> list[list[tuple[str, str]]]:
    return sorted(sorted((name, str(value)) for name, value in row.items()) for row in rows)


def _stands(matter: Matter, last: Act, shares: list[Assignment]) -> Iterator[str]:
    """Whether the matter's row and its shares are as the last act left them."""
    if matter.acts_count > last.seq:
        yield f"事项记有 {matter.acts_count} 个动作，之后的动作不见了：被删除"
    elif matter.acts_count < last.seq:
        yield f"事项只记有 {matter.acts_count} 个动作，之后的是插入的，或事项被改回过去"
    if matter.head != last.hash:
        yield "事项记下的最后校验值不是这个动作的：最后的动作被改动、删除，或事项这一行被改动"
    if matter.last_day != last.day:
        yield "事项记下的最后日期不是这个动作的日期"
    outcome = _dict(last.outcome)
    try:
        same = standing_hash(matter, shares) == outcome.get("rows")
    except (ValueError, TypeError):
        same = False
    if not same:
        yield f"事项或承办现在的样子与这个动作之后的不一致（{_difference(matter, shares, outcome)}）"


def _difference(matter: Matter, shares: list[Assignment], outcome: Mapping[str, Any]) -> str:
    """Which of the things kept in the outcome differ, in words; if none does, it is one of the others."""
    named = [
        f"{word}应为“{outcome.get(name)}”，现为“{getattr(matter, name)}”"
        for name, word in SHOWN.items()
        if getattr(matter, name) != outcome.get(name)
    ]
    due = matter.due_on.isoformat() if matter.due_on else None
    if due != outcome.get("due"):
        named.append(f"时限应为 {outcome.get('due')}，现为 {due}")
    facts = _dict(outcome.get("facts"))
    now = {**matter.facts, "title": matter.title} if isinstance(matter.facts, dict) else {}
    named += [f"“{name}”" for name in facts if name in now and facts[name] != now[name]]
    named += [f"少了“{name}”" for name in facts if name not in now]
    if len(_list(outcome.get("shares"))) != len(shares):
        named.append("承办单位的个数")
    return "；".join(named) or "正文、承办、时限算法或其他栏目"


def _strays(congress: Congress) -> Iterator[Broken]:
    """Acts whose matter is gone; the database's own references forbid it, unless they were switched off."""
    matter = Matter.objects.filter(pk=OuterRef("matter_id"))
    for act in Act.objects.filter(~Exists(matter), congress=congress).iterator(LEAVES):
        yield Broken(f"事项 {act.matter_id}", _named(act), "动作还在，事项已被删除")


# Seals


def _seal_rows(congress: Congress) -> Iterator[Broken]:
    """Each seal's own row, and that it follows the seal before it."""
    before = FIRST
    for one in Seal.objects.filter(congress=congress).order_by("size", "pk").iterator(LEAVES):
        if seal_hash(one, before) != one.hash:
            why = "这个封存的日期、时间或内容被改动过，或在它之前的封存被删除、插入"
            yield Broken(_seal_label(one), "", why)
        before = one.hash


def _seals(congress: Congress, report: Report) -> Iterator[Broken]:
    tree = merkle.Frontier()
    seals = list(Seal.objects.filter(congress=congress, size__gt=0).order_by("size", "pk"))
    for batch in _leaves(congress):
        acts = Act.objects.defer("data", "rules", "outcome").in_bulk(
            [leaf.act_id for leaf in batch]
        )
        for leaf in batch:
            report.sealed += 1
            yield from _leaf(leaf, tree, acts.get(leaf.act_id))
            while seals and seals[0].size <= tree.size:
                yield from _root(seals.pop(0), tree)
    for one in seals:
        yield Broken(_seal_label(one), "", f"封存了 {one.size} 个动作，封存表只剩 {tree.size} 个")


def _leaves(congress: Congress) -> Iterator[list[Leaf]]:
    own = Leaf.objects.filter(congress=congress).order_by("index")
    last = -1
    while batch := list(own.filter(index__gt=last)[:LEAVES]):
        yield batch
        last = batch[-1].index


def _leaf(leaf: Leaf, tree: merkle.Frontier, act: Act | None) -> Iterator[Broken]:
    faults = list(_leaf_faults(leaf, tree, act))
    if faults:
        matter = Matter.objects.filter(pk=leaf.matter_id).first()
        where = _label(matter) if matter else f"事项 {leaf.matter_id}（已不在）"
        what = _named(act) if act else f"第 {leaf.seq} 个动作"
        yield from (Broken(where, what, why) for why in faults)


def _leaf_faults(leaf: Leaf, tree: merkle.Frontier, act: Act | None) -> Iterator[str]:
    if leaf.index != tree.size:
        yield f"封存表在它之前缺了第 {tree.size} 条：封存表被删改过"
    if act is None:
        yield "封存过的动作不见了：被删除"
    elif act.hash != leaf.hash:
        yield "与封存时的校验值不同：封存后被改写过"
    elif (act.matter_id, act.seq, act.congress_id) != (leaf.matter_id, leaf.seq, leaf.congress_id):
        yield "封存后被移到了别的位置"
    completed = tree.append(_as_leaf(leaf.hash))
    if leaf.above != above_of(completed):
        yield f"封存表第 {leaf.index} 条的子树校验值被改动过"


def _as_leaf(entry: str) -> bytes:
    try:
        return merkle.leaf_hash(bytes.fromhex(entry))
    except ValueError:
        return merkle.EMPTY


def _root(seal: Seal, tree: merkle.Frontier) -> Iterator[Broken]:
    if tree.size != seal.size or tree.root().hex() != seal.root:
        yield Broken(_seal_label(seal), "", "封存表算不出这个封存值：封存表或封存值被改动过")


def _unsealed(congress: Congress) -> Iterator[Broken]:
    """Acts that bear a time long before the last seal and yet were not there to be sealed."""
    last = Seal.objects.filter(congress=congress).order_by("size", "pk").last()
    if last is None:
        return
    sealed = Leaf.objects.filter(congress=congress, act_id=OuterRef("pk"))
    old = Act.objects.filter(congress=congress, at__lt=last.at - LONGEST_TRANSACTION)
    for act in old.filter(~Exists(sealed)).select_related("matter").iterator(LEAVES):
        why = f"记录时间早于 {last.day} 的封存，封存时却没有它：是后来插入的"
        yield Broken(_label(act.matter), _named(act), why)


# Files


def _attached(congress: Congress, report: Report) -> Iterator[Broken]:
    """Every file given with an act: there, and with the content it was given with."""
    rows = Attachment.objects.filter(congress=congress, act__isnull=False)
    ordered = rows.select_related("matter", "act").order_by("sha256", "pk").iterator(LEAVES)
    for sha256, same in groupby(ordered, key=lambda row: row.sha256):
        why = _content(sha256)
        for row in same:
            report.files += 1
            if why and row.matter and row.act:
                yield Broken(_label(row.matter), _named(row.act), f"附件“{row.name}”{why}")


def _content(sha256: str) -> str:
    try:
        same = files.content_hash(files.path_of(sha256)) == sha256
    except OSError:
        return "的文件不见了或读不出来，请从备份恢复"
    return "" if same else "的内容与提交时不同：文件被改动过，请从备份恢复"


# Names


def _label(matter: Matter) -> str:
    return str(matter) or f"事项 {matter.pk}"


def _seal_label(seal: Seal) -> str:
    return f"{seal.day} 的封存"


def _named(act: Act) -> str:
    return f"第 {act.seq} 个动作“{_title(act)}”"


def _title(act: Act) -> str:
    if act.kind in HOUSE_ACTS:
        return HOUSE_ACTS[act.kind]
    try:
        return house.institution(act.institution).act(act.kind).title
    except KeyError:
        return act.kind


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
