"""Accounts: opened with a one-time password, reset the same way, switched off and never deleted."""

from __future__ import annotations

import re
import secrets

from bihuan.loop.forms import Refusal, storable
from bihuan.people.models import Congress, Person, User

LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""Without those that look alike on paper: the password is read out or written down."""
USERNAME = re.compile(r"[\w.@-]{3,40}")


def one_time_password() -> str:
    """Three groups of four, about 59 bits: `kd7m-x3pa-9twe`."""
    return "-".join("".join(secrets.choice(LETTERS) for _ in range(4)) for _ in range(3))


def open_account(congress: Congress, username: str, person: Person) -> tuple[User, str] | Refusal:
    """A new user and his one-time password. He can do nothing until he is given a role."""
    name = username.strip()
    if not USERNAME.fullmatch(name):
        return Refusal("用户名要 3 至 40 个字，可用文字、数字和 . _ @ -", "username")
    if User.objects.filter(username__iexact=name).exists():
        return Refusal(f"用户名“{name}”已经有人用了，请换一个", "username")
    if person.congress_id != congress.pk:
        return Refusal("这个人不在本级人大的名册里，请先登记", "person")
    password = one_time_password()
    user = User.objects.create_user(
        name, password, congress=congress, person=person, must_change_password=True
    )
    return user, password


def reset_password(user: User) -> str:
    """A new one-time password; the old one stops working at once, in every browser."""
    password = one_time_password()
    user.set_password(password)
    user.must_change_password = True
    user.save(update_fields=["password", "must_change_password"])
    return password


def switch(user: User, active: bool) -> None:
    """Let the user in again, or no more. What he did stays under his name."""
    user.is_active = active
    user.save(update_fields=["is_active"])


def link(user: User, name: str) -> Refusal | None:
    """Let whom the identity provider calls so sign in as this user; an empty name ends it. One name, one account."""
    word = name.strip()
    if len(word) > 200 or not storable(word):
        return Refusal("统一身份标识最多 200 个字，不能含控制字符", "name")
    if word and User.objects.filter(single_name=word).exclude(pk=user.pk).exists():
        return Refusal("这个统一身份已经挂接了另一个账号，请核对", "name")
    user.single_name = word or None
    user.save(update_fields=["single_name"])
    return None
