"""Giving and ending roles: the one place that keeps the three administrators apart (GB/T 22239)."""

from __future__ import annotations

from datetime import date, timedelta

from django.db.models import Q

from bihuan.loop.forms import Refusal
from bihuan.people.models import ADMINISTRATORS, ROLES, Body, Delegation, Grant, User

FOR_A_BODY = ("contact", "unit", "committee")
"""Roles that mean nothing without a body."""


def give(
    user: User,
    role: str,
    body: Body | None,
    delegation: Delegation | None,
    by: User,
    day: date,
) -> Grant | Refusal:
    """Give a role from `day` on. Refused with a sentence where the role cannot be his."""
    refusal = (
        _not_a_role(role)
        or _not_for_himself(user, by)
        or _elsewhere(user, body, delegation, by)
        or _for_whom(user, role, body, delegation, day)
        or _apart(user, role, day)
        or _twice(user, role, body, delegation, day)
    )
    if refusal:
        return refusal
    own_body = body if role != "delegation" else None
    own_delegation = delegation if role == "delegation" else None
    return Grant.objects.create(
        user=user, role=role, body=own_body, delegation=own_delegation, begins=day, given_by=by
    )


def end(grant: Grant, by: User, day: date) -> Refusal | None:
    """End a role at once: yesterday was its last day. The row stays, so that the past can be told."""
    if grant.user_id == by.pk:
        return Refusal("不能收回自己的角色，请由另一位安全管理员办理")
    if grant.ends is not None and grant.ends < day:
        return Refusal("这个角色已经收回了")
    grant.ends = day - timedelta(days=1)
    grant.save(update_fields=["ends"])
    return None


def not_over(day: date) -> Q:
    """Grants in force on the day or that will be."""
    return Q(ends=None) | Q(ends__gte=day)


def _not_a_role(role: str) -> Refusal | None:
    if role in ROLES:
        return None
    return Refusal("请从列表中选择角色", "role")


def _not_for_himself(user: User, by: User) -> Refusal | None:
    if user.pk != by.pk:
        return None
    return Refusal("不能给自己授权，请由另一位安全管理员办理", "user")


def _elsewhere(
    user: User, body: Body | None, delegation: Delegation | None, by: User
) -> Refusal | None:
    congress = by.congress_id
    if user.congress_id != congress:
        return Refusal("这位用户不属于本级人大，不能授权", "user")
    if body and body.congress_id != congress:
        return Refusal("这个机构不属于本级人大，请从列表中选择", "body")
    if delegation and delegation.term.congress_id != congress:
        return Refusal("这个代表团不属于本级人大，请从列表中选择", "delegation")
    return None


def _for_whom(
    user: User, role: str, body: Body | None, delegation: Delegation | None, day: date
) -> Refusal | None:
    if role in FOR_A_BODY and body is None:
        return Refusal(f"“{ROLES[role]}”要指明是哪个机构，请选择机构", "body")
    if role == "delegation" and delegation is None:
        return Refusal("“代表团”要指明是哪个代表团，请选择代表团", "delegation")
    if role == "deputy" and not _has_seat(user, day):
        return Refusal("这位用户没有代表席位，请先在“代表”里登记", "role")
    return None


def _has_seat(user: User, day: date) -> bool:
    return user.person is not None and user.person.seats.filter(not_over(day)).exists()


def _apart(user: User, role: str, day: date) -> Refusal | None:
    held = set(user.grants.filter(not_over(day)).values_list("role", flat=True)) - {role}
    hindering = held if role in ADMINISTRATORS else held & set(ADMINISTRATORS)
    if not hindering:
        return None
    has = "、".join(ROLES[one] for one in sorted(hindering))
    return Refusal(
        f"这位用户已是“{has}”，不能再任“{ROLES[role]}”：三种管理员互不兼任，也不兼业务角色",
        "role",
        "GB/T 22239-2019",
    )


def _twice(
    user: User, role: str, body: Body | None, delegation: Delegation | None, day: date
) -> Refusal | None:
    place = {"delegation": delegation} if role == "delegation" else {"body": body}
    same = user.grants.filter(not_over(day), role=role, **place)
    return Refusal(f"这位用户已经是“{ROLES[role]}”，不必再授", "role") if same.exists() else None
