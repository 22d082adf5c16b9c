"""`user`: accounts made, given a password, a role, or closed from the machine itself."""

from __future__ import annotations

import argparse
import getpass
import sys
from typing import TYPE_CHECKING, Any

from bihuan.cli.answers import (
    OK,
    Commands,
    Refused,
    command,
    congress_named,
    local_today,
    print_json,
    say,
    set_up,
)

if TYPE_CHECKING:
    from bihuan.people.models import User


def add(commands: Commands) -> None:
    """Declare the commands."""
    users = command(commands, "user", "账号：新增、改密码、给角色、收回角色、停用、列出")
    deeds = users.add_subparsers(title="做什么", metavar="做什么", dest="deed", required=True)
    for name, help, run in (
        ("add", "新增账号", add_user),
        ("passwd", "改密码", set_password),
        ("role", "给一个角色（--end 为收回）", give_role),
        ("close", "停用账号", close),
    ):
        made = deeds.add_parser(name, help=help, description=help)
        made.add_argument("username", metavar="用户名")
        made.set_defaults(run=run)
        _options(made, name)
    listed = command(deeds, "list", "列出账号和角色", data=True)
    listed.set_defaults(run=show)


def _options(made: argparse.ArgumentParser, name: str) -> None:
    if name in ("add", "passwd"):
        made.add_argument("--password-stdin", action="store_true", help="从标准输入读密码")
    if name == "add":
        made.add_argument("--name", default="", metavar="姓名", help="人员姓名（没有这个人就新增）")
        made.add_argument("--congress", default="", metavar="名称")
        made.add_argument("--role", default="", metavar="角色")
    if name == "role":
        made.add_argument("role", metavar="角色")
        made.add_argument("--end", action="store_true", help="收回")
    if name in ("add", "role"):
        made.add_argument("--body", default="", metavar="单位", help="角色所在的单位")
        made.add_argument("--delegation", default="", metavar="代表团", help="角色所在的代表团")


def add_user(asked: argparse.Namespace) -> int:
    """Make an account; the password is asked for, never an argument that others could read."""
    set_up()
    from django.db import transaction

    from bihuan.people.models import Person, User

    if User.objects.filter(username=asked.username).exists():
        raise Refused(f"用户“{asked.username}”已经有了。")
    congress = congress_named(asked.congress)
    password = _password(asked)
    with transaction.atomic():
        person = None
        if asked.name:
            person, _ = Person.objects.get_or_create(congress=congress, name=asked.name)
        user = User.objects.create_user(
            asked.username, password, congress=congress, person=person, must_change_password=True
        )
        if asked.role:
            _give(user, asked)
    say(f"已新增用户“{asked.username}”，首次登录须改密码。")
    return OK


def set_password(asked: argparse.Namespace) -> int:
    """Set a password; it must be changed at the next sign-in."""
    set_up()
    user = _user(asked.username)
    user.set_password(_password(asked))
    user.must_change_password = True
    user.save(update_fields=["password", "must_change_password"])
    say("密码已改，下次登录须再改一次。")
    return OK


def give_role(asked: argparse.Namespace) -> int:
    """Give a role from today, or end it yesterday."""
    set_up()
    user = _user(asked.username)
    if asked.end:
        return _end(user, asked.role)
    _give(user, asked)
    say(f"已给“{asked.username}”角色：{asked.role}")
    return OK


def close(asked: argparse.Namespace) -> int:
    """Close an account; what it did stays."""
    set_up()
    user = _user(asked.username)
    user.is_active = False
    user.save(update_fields=["is_active"])
    say(f"用户“{asked.username}”已停用。")
    return OK


def show(asked: argparse.Namespace) -> int:
    """List the accounts with their roles in force today."""
    set_up()
    from bihuan.people.models import Grant, User

    today = local_today()
    grants: dict[int, list[str]] = {}
    for user_id, role in Grant.objects.filter(Grant.on(today)).values_list("user_id", "role"):
        grants.setdefault(user_id, []).append(role)
    found: list[dict[str, Any]] = [
        {
            "username": one.username,
            "name": str(one),
            "congress": one.congress.name if one.congress else "",
            "active": one.is_active,
            "roles": sorted(grants.get(one.pk, [])),
        }
        for one in User.objects.select_related("person", "congress").order_by("username")
    ]
    if asked.json:
        print_json(found)
    else:
        say(*(f"{one['username']}\t{one['name']}\t{'、'.join(one['roles'])}" for one in found))
    return OK


def _end(user: User, role: str) -> int:
    from datetime import timedelta

    from bihuan.people.models import Grant

    today = local_today()
    ended = Grant.objects.filter(Grant.on(today), user=user, role=role)
    if not ended.update(ends=today - timedelta(days=1)):
        raise Refused(f"“{user.username}”现在没有角色“{role}”。")
    say(f"已收回“{user.username}”的角色：{role}")
    return OK


def _give(user: User, asked: argparse.Namespace) -> None:
    from bihuan.people.models import ADMINISTRATORS, ROLES, Body, Delegation, Grant

    if asked.role not in ROLES:
        raise Refused(
            f"没有角色“{asked.role}”，可用：{'、'.join(f'{k}（{v}）' for k, v in ROLES.items())}"
        )
    today = local_today()
    held = set(Grant.objects.filter(Grant.on(today), user=user).values_list("role", flat=True))
    if (held - {asked.role}) and (asked.role in ADMINISTRATORS or held & set(ADMINISTRATORS)):
        raise Refused("系统、安全、审计管理员三者分设，也不能兼任业务角色。请另建账号。")
    body = delegation = None
    if asked.body:
        body = Body.objects.filter(congress=user.congress, name=asked.body).first()
    if asked.delegation:
        delegation = (
            Delegation.objects.filter(term__congress=user.congress, name=asked.delegation)
            .order_by("-term__number")
            .first()
        )
    for word, found in ((asked.body, body), (asked.delegation, delegation)):
        if word and found is None:
            raise Refused(f"没有“{word}”，请核对名称。")
    Grant.objects.create(user=user, role=asked.role, body=body, delegation=delegation, begins=today)


def _user(name: str) -> User:
    from bihuan.people.models import User

    found = User.objects.filter(username=name).first()
    if found is None:
        raise Refused(f"没有用户“{name}”。")
    return found


def _password(asked: argparse.Namespace) -> str:
    from django.contrib.auth.password_validation import validate_password
    from django.core.exceptions import ValidationError

    if asked.password_stdin or not sys.stdin.isatty():
        password = sys.stdin.readline().rstrip("\n")
    else:
        password = getpass.getpass("新密码：")
    try:
        validate_password(password)
    except ValidationError as weak:
        raise Refused("；".join(weak.messages)) from None
    return password
