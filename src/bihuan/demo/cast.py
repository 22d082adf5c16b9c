"""Who can be tried: one person for every kind of work, each with something to do on the first page."""

from __future__ import annotations

import json
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path

from bihuan.demo.ground import Ground
from bihuan.demo.lots import SECRETS
from bihuan.people.models import ROLES, User


@dataclass(frozen=True)
class Member:
    """One of the cast: as whom to sign in, and what to try first."""

    username: str
    name: str
    role: str
    line: str


LINES = {
    "clerk": (
        "代表工委工作人员",
        "今日待办里有待审查、待交办的建议：审查通过一件，再把几件一起交办；申请退办的请作决定。",
    ),
    "delegation": ("青石代表团团长", "大会期间的建议正等代表团审查：看一件，通过或者退回修改。"),
    "secretariat": (
        "大会秘书处议案组",
        "代表团审过的建议到了秘书处：审查通过；民生实事票决正在投票，看会场情况、结束投票并封存。",
    ),
    "committee": ("城建环资委办公室", "看逾期的建议，督办一件；到期未整改的问题也在这里。"),
    "leader": (
        "常委会副主任",
        "先看红灯：把一件建议列为重点督办，看承诺到期没有兑现的单位；"
        f"“抽签”里等您公开密语“{SECRETS['leader']}”。",
    ),
    "system_admin": ("系统管理员", "给一个单位开联系人账号，办一次改任；看不到任何事项的内容。"),
    "security_admin": ("安全管理员", "看登录失败和锁定的账号，核对角色授予。"),
    "audit_admin": ("审计管理员", "查谁在什么时候做了什么，验证动作链和每日封存。"),
}
CONTACTS = {
    "jiaotong": (
        "市交通运输局",
        "市交通运输局联系人",
        "签收新交办的建议，答复快到期的一件：系统会读出答复里的承诺。",
    ),
    "caizheng": (
        "市财政局",
        "市财政局联系人（会办）",
        "会办意见一个月内要回：签收一件，回复会办意见。",
    ),
    "qingshi": (
        "青石街道",
        "街道（基层单位）",
        "本月各方面交给街道的事都在一张日历上：签收一件，办一件。",
    ),
}


def write_cast(ground: Ground, folder: Path) -> None:
    """Give the cast passwords and write `cast.json` and `accounts.txt` (readable by the owner alone)."""
    members = [*_staff(ground), *_contacts(ground), *_deputies(ground)]
    accounts = folder / "accounts.txt"
    accounts.touch(mode=0o600)
    accounts.write_text("".join(_account(member) for member in members), encoding="utf-8")
    rows = [asdict(member) for member in members]
    cast = json.dumps(rows, ensure_ascii=False, indent=1)
    (folder / "cast.json").write_text(cast, encoding="utf-8")


def _account(member: Member) -> str:
    password = secrets.token_urlsafe(12)
    user = User.objects.get(username=member.username)
    user.set_password(password)
    user.save(update_fields=["password"])
    return f"{member.username}\t{password}\t{member.name}\n"


def _staff(ground: Ground) -> list[Member]:
    return [
        Member(key, f"{ground.staff[key]}（{title}）", ROLES[key], line)
        for key, (title, line) in LINES.items()
    ]


def _contacts(ground: Ground) -> list[Member]:
    return [
        _renamed(ground.contacts[body], username, f"{title}", line)
        for username, (body, title, line) in CONTACTS.items()
    ]


def _deputies(ground: Ground) -> list[Member]:
    first, second = (ground.deputies[seat.pk] for seat in ground.seats[:2])
    return [
        _renamed(
            first,
            "deputy",
            "代表（手机）",
            "在民生实事票决里投一票，记下回执号；测评一件刚收到的答复，接着写完草稿里的建议。",
        ),
        _renamed(
            second,
            "deputy2",
            "代表、常委会委员",
            "看重办的那件到了哪一步；在“常委会会议”看下一次会议的材料，报名发言。",
        ),
    ]


def _renamed(user: User, username: str, title: str, line: str) -> Member:
    """A user of the cast has a name that is easy to type."""
    user.username = username
    user.save(update_fields=["username"])
    grant = user.grants.get()
    return Member(username, f"{user}（{title}）", ROLES[grant.role], line)
