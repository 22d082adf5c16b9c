"""The life of a draw: prepared, committed to, announced, opened, drawn."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from bihuan.draws import method
from bihuan.draws.method import Announced, BadDraw, Entry
from bihuan.draws.models import Contributor, Draw
from bihuan.loop.forms import NOT_STORABLE, Refusal, storable
from bihuan.matters import access, house
from bihuan.matters.access import Standing
from bihuan.matters.models import Matter
from bihuan.people.models import Congress, User

RUNNERS = ("clerk", "secretariat")
HASH = re.compile(r"[0-9a-f]{64}")
LONGEST, MOST, LONGEST_SECRET = 200, 2_000, 100


def visible(standing: Standing) -> QuerySet[Draw]:
    """The draws of his congress he oversees (unless about a matter hidden from him), and those he contributes to."""
    allowed = Q(contributors__user=standing.user.pk) if standing.roles else Q(pk__in=[])
    if standing.has(*access.WHOLE_CONGRESS):
        allowed |= Q(matter=None) | Q(matter__in=access.visible(standing))
    return Draw.objects.filter(allowed, congress_id=standing.user.congress_id or 0).distinct()


def set_up(
    congress: Congress,
    plan: Announced,
    contributors: Sequence[User],
    by: User,
    day: date,
    matter: Matter | None = None,
    public: bool = True,
) -> Draw | Refusal:
    """Prepare a draw: list, rule and contributors. Commitments come from the contributors themselves.

    `public`: what will be announced is everybody's. Refused for a matter that only some roles may know of.
    """
    refused = _unfit(plan) or (_shut(matter) if public else None)
    if refused:
        return refused
    names = [str(user) for user in contributors]
    if len(set(names)) != len(names):
        return Refusal("出密语的人里有同名的，请换一位", "contributors")
    try:
        method.check(_with(plan, dict.fromkeys(names, "0" * 64)))
    except BadDraw as bad:
        return Refusal(str(bad), "entries")
    with transaction.atomic():
        draw = Draw.objects.create(
            congress=congress,
            title=plan.title,
            matter=matter,
            public=public,
            plan=plan.as_json(),
            set_up_by=by,
            set_up_on=day,
        )
        Contributor.objects.bulk_create(
            Contributor(draw=draw, user=user, name=str(user)) for user in contributors
        )
    return draw


def _shut(matter: Matter | None) -> Refusal | None:
    """Why nothing of this matter is drawn in public: its institution, or its state, is open to some only."""
    if matter is None:
        return None
    one = house.institution(matter.institution)
    private = any(state.private for state in one.states if state.id == matter.state)
    if not private and not one.visible_to:
        return None
    return Refusal("这件事项只有一部分人能看，请选“内部抽签”", "public")


def _unfit(plan: Announced) -> Refusal | None:
    words = [plan.title, *plan.excluded.values()]
    words += [word for entry in plan.entries for word in (entry.id, entry.name, entry.stratum)]
    if not all(storable(word) for word in words):
        return Refusal(NOT_STORABLE, "entries")
    if not plan.title or len(plan.title) > LONGEST:
        return Refusal(f"请写标题，最多 {LONGEST} 字", "title")
    if not plan.entries or len(plan.entries) > MOST:
        return Refusal(f"请写名单，一行一个，最多 {MOST} 行", "entries")
    if any(len(word) > LONGEST for word in words):
        return Refusal(f"名单里每格最多 {LONGEST} 字", "entries")
    return None


def commit(pk: int, user: User, word: str) -> Refusal | None:
    """Take a contributor's commitment: 64 hex digits worked out elsewhere, or a secret that is hashed and forgotten."""
    with transaction.atomic():
        draw = _held(pk)
        mine = draw.contributors.filter(user=user).first()
        if mine is None or draw.state != "committing":
            return Refusal("现在不由您交承诺")
        if mine.commitment:
            return Refusal("您的承诺已经交了，不能再换")
        given = word.strip()
        if HASH.fullmatch(given):
            mine.commitment = given
        else:
            refused = _unfit_secret(word)
            if refused:
                return refused
            mine.commitment = method.commitment(mine.name, word)
        mine.save(update_fields=["commitment"])
        return None


def _unfit_secret(word: str) -> Refusal | None:
    fine = method.SHORTEST_SECRET <= len(word) <= LONGEST_SECRET and storable(word)
    if fine:
        return None
    said = f"密语要 {method.SHORTEST_SECRET} 到 {LONGEST_SECRET} 个字，别人猜不到的；请自己记住，这里不存"
    return Refusal(said, "word")


def announce(pk: int, day: date) -> Draw | Refusal:
    """Fix list, rule and commitments in public. From now on nothing of them can change."""
    with transaction.atomic():
        draw = _held(pk)
        if draw.state != "committing":
            return Refusal("名单和承诺已经公布过了")
        shares = {one.name: one.commitment for one in draw.contributors.all()}
        missing = [name for name, given in shares.items() if not given]
        if missing:
            return Refusal(f"还没有交承诺：{'、'.join(missing)}")
        announced = _with(method.read(draw.plan), shares)
        draw.announced, draw.announced_hash = announced.as_json(), announced.hash
        draw.state, draw.announced_on = "opening", day
        draw.save()
        return draw


def open_share(pk: int, user: User, secret: str) -> Refusal | None:
    """Take a contributor's secret. One that does not fit his commitment is refused and counted in public."""
    with transaction.atomic():
        draw = _held(pk)
        mine = draw.contributors.filter(user=user).first()
        if mine is None or draw.state != "opening":
            return Refusal("现在不由您公开密语")
        if mine.secret:
            return Refusal("您的密语已经公开了")
        if not storable(secret) or method.commitment(mine.name, secret) != mine.commitment:
            mine.changed += 1
            mine.save(update_fields=["changed"])
            return Refusal("这不是您承诺的密语，一个字都不能差；不符的次数会公开显示", "secret")
        mine.secret = secret
        mine.save(update_fields=["secret"])
        return None


def draw_now(pk: int, day: date) -> Draw | Refusal:
    """Draw, once every contributor has opened his secret; refused with the names of those who have not."""
    with transaction.atomic():
        draw = _held(pk)
        if draw.state != "opening" or draw.announced is None:
            return Refusal("先公布名单和承诺，再抽签")
        secrets = {one.name: one.secret for one in draw.contributors.all() if one.secret}
        try:
            about = {"congress": draw.congress.name, "day": day.isoformat()}
            draw.file = method.published(method.read(draw.announced), secrets, about)
        except BadDraw as bad:
            return Refusal(f"{bad}：抽签不能进行；坚持不公开的，请作废后重新抽签")
        draw.state, draw.drawn_on = "drawn", day
        draw.save()
        return draw


def void(pk: int, reason: str) -> Draw | Refusal:
    """End a draw without a result; who withheld his secret is named in public."""
    reason = reason.strip()
    if not reason or len(reason) > LONGEST or not storable(reason):
        return Refusal(f"请写明作废的理由，最多 {LONGEST} 字", "reason")
    with transaction.atomic():
        draw = _held(pk)
        if draw.state not in ("committing", "opening"):
            return Refusal("已经抽过签的不能作废")
        draw.state, draw.reason = "void", reason
        draw.save()
        return draw


def verify() -> tuple[int, list[tuple[str, str]]]:
    """Every draw that was announced, worked out again: how many, and (title, what is wrong)."""
    rows = list(Draw.objects.exclude(announced=None).prefetch_related("contributors"))
    return len(rows), [(str(row), why) for row in rows for why in _faults(row)]


def _faults(row: Draw) -> list[str]:
    found: list[str] = []
    try:
        announced = method.read(row.announced or {})
    except BadDraw as bad:
        return [str(bad)]
    given = {one.name: one.commitment for one in row.contributors.all()}
    if announced.hash != row.announced_hash or dict(announced.commitments) != given:
        found.append("公布过的名单、规则或承诺被改动过")
    if row.state == "drawn":
        file = row.file or {}
        found += method.verify(file)
        if file.get("announced_hash") != row.announced_hash:
            found.append("公布的文件不是这次抽签的")
    return found


def read_list(text: str) -> list[Entry] | Refusal:
    """The list as typed or pasted: 编号，姓名，类别，已审结案件; the last two may be left out."""
    found = []
    for number, line in enumerate(text.replace("\r", "").split("\n"), 1):
        if not line.strip():
            continue
        parts = [part.strip() for part in re.split(r"[,，\t]", line)]
        if len(parts) < 2 or not parts[0] or not parts[1] or len(parts) > 4:
            said = f"第 {number} 行：写“编号，姓名，类别，已审结案件数”，后两格可以不写"
            return Refusal(said, "entries")
        stratum = parts[2] if len(parts) > 2 else ""
        count = _number(parts[3]) if len(parts) > 3 else None
        if len(parts) > 3 and count is None:
            return Refusal(f"第 {number} 行：案件数“{parts[3]}”不是整数", "entries")
        found.append(Entry(parts[0], parts[1], stratum, count))
    return found


def read_excluded(text: str) -> dict[str, str] | Refusal:
    """Who stands aside: 编号：理由, one a line."""
    found = {}
    for number, line in enumerate(text.replace("\r", "").split("\n"), 1):
        if not line.strip():
            continue
        id_, mark, why = line.replace(":", "：").partition("：")
        if not mark or not why.strip():
            return Refusal(f"第 {number} 行：写“编号：理由”", "excluded")
        found[id_.strip()] = why.strip()
    return found


def read_take(text: str) -> dict[str, int] | Refusal:
    """How many: a number for each stratum, or 类别=数 parted by commas."""
    found: dict[str, int] = {}
    for part in filter(None, re.split(r"[,，、\s]+", text)):
        name, mark, number = part.rpartition("=")
        wanted = _number(number)
        if wanted is None or wanted < 1 or (mark and not name):
            return Refusal("抽几个：写一个数，或“刑事=2，民事=3”", "take")
        found[name] = wanted
    return found or Refusal("请写明抽几个", "take")


def _number(word: str) -> int | None:
    fine = word.isascii() and word.isdecimal() and len(word) < 6
    return int(word) if fine else None


def _with(plan: Announced, shares: Mapping[str, str]) -> Announced:
    told: dict[str, Any] = plan.as_json() | {"commitments": dict(shares)}
    return method.read(told)


def _held(pk: int) -> Draw:
    return (
        Draw.objects.select_for_update(of=("self",), no_key=True)
        .select_related("congress")
        .get(pk=pk)
    )
