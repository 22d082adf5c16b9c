"""What a clerk says to a finding: confirmed (it is rectified in the loop), explained, or refuted. Reasons are kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from bihuan.findings.models import Evidence, Finding, Settlement
from bihuan.loop.forms import Refusal, storable
from bihuan.loop.spec import Value
from bihuan.matters import access, house
from bihuan.matters.act import Doer, NotDone, raise_matter
from bihuan.matters.models import Matter
from bihuan.people.models import User

RECTIFICATIONS, RAISE = "rectifications", "raise"
SOURCE = "自查"
SEERS = ("clerk", "leader", "committee")
LONGEST_REASON = 500


def visible(who: access.Standing) -> QuerySet[Finding]:
    """The findings this user may see: of his congress, in institutions open to him, if he oversees the work."""
    own = Finding.objects.filter(congress_id=who.user.congress_id or 0)
    if not who.has(*SEERS):
        return own.none()
    shut = [one.key for one in house.institutions().values() if not access.open_to(who, one)]
    return own.exclude(institution__in=shut)


def of_matter(who: access.Standing, matter: Matter) -> QuerySet[Finding]:
    """The findings in which a matter is a row, and the one it came from, as far as this user may see them."""
    named = Q(Exists(Evidence.objects.filter(finding=OuterRef("pk"), matter=matter)))
    return visible(who).filter(named | Q(matter=matter), gone_on=None)


def set_aside(finding_id: int, state: str, reason: str, user: User) -> Finding | Refusal:
    """Explain (`explained`) or refute (`refuted`) a finding with a reason."""
    reason = reason.strip()
    if not reason:
        return Refusal("请写明理由", "reason")
    if len(reason) > LONGEST_REASON or not storable(reason):
        return Refusal(f"理由最多 {LONGEST_REASON} 字，不能有无法保存的字符", "reason")
    with transaction.atomic():
        finding = Finding.objects.select_for_update().get(pk=finding_id)
        if finding.state == "confirmed":
            return Refusal("已经列入整改，不能再改为说明或误报；问题不成立的，请在整改台账里办理")
        return _settled(finding, state, reason, user)


def confirm(
    finding_id: int, doer: Doer, user: User, today: date, data: Mapping[str, Value], token: str = ""
) -> Matter | Refusal:
    """It holds: it becomes a matter of rectification with body, person and limit, both linked to each other."""
    try:
        with transaction.atomic():
            finding = (
                Finding.objects.select_for_update().select_related("congress").get(pk=finding_id)
            )
            if finding.matter:
                return finding.matter
            made = raise_matter(
                finding.congress, RECTIFICATIONS, RAISE, doer, today, data, token=token
            )
            if isinstance(made, Refusal):
                raise NotDone(made)
            finding.matter = made
            _settled(finding, "confirmed", "", user)
            return made
    except NotDone as stopped:
        return stopped.refusal


def _settled(finding: Finding, state: str, reason: str, user: User) -> Finding:
    finding.state = state
    finding.save(update_fields=["state", "matter"])
    Settlement.objects.create(
        finding=finding, state=state, reason=reason, value=finding.value, who=user
    )
    return finding


def problem_of(finding: Finding) -> dict[str, Value]:
    """A finding as the beginning of a problem to be rectified: its words, its rule, where it comes from."""
    check = house.institution(finding.institution).check(finding.check_key)
    title = check.title if check else finding.check_key
    return {
        "title": f"{title}（{finding.year}年）"[:120],
        "text": finding.say,
        "rule": finding.cite,
        "source": SOURCE,
        "year": str(finding.year),
    }


@dataclass(frozen=True)
class Tally:
    """How a check fares: what it found, and how often it was right. For whoever tunes its threshold."""

    institution: str
    check: str
    found: int
    confirmed: int
    explained: int
    refuted: int


def tallies(findings: QuerySet[Finding]) -> list[Tally]:
    """Of each check that ever found anything, in the order of the house."""
    rows = (
        findings.order_by("institution", "check_key")
        .values("institution", "check_key")
        .annotate(
            n=Count("pk"),
            c=Count("pk", filter=Q(state="confirmed")),
            e=Count("pk", filter=Q(state="explained")),
            r=Count("pk", filter=Q(state="refuted")),
        )
    )
    return [Tally(r["institution"], r["check_key"], r["n"], r["c"], r["e"], r["r"]) for r in rows]
