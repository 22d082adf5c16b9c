"""Congresses of five levels, their bodies as a tree, persons, dated posts and seats, users and roles.

Membership and office are facts with dates, never flags: “as of which day” is always asked. Every table
is led by its congress, so that a city or province can be parted by congress without a change of code.
"""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.utils import timezone

from bihuan.people.devices import Recovery, Totp

__all__ = ["Recovery", "Totp"]

LEVELS = {
    "township": "乡镇",
    "county": "县级",
    "city": "设区的市",
    "province": "省级",
    "nation": "全国",
}
BODY_KINDS = {
    "standing": "常委会及其机关",
    "committee": "专门委员会、工作委员会",
    "government": "人民政府",
    "department": "政府部门",
    "supervision": "监察委员会",
    "court": "人民法院",
    "procuratorate": "人民检察院",
    "township": "乡镇、街道",
    "other": "其他单位",
}
ROLES = {
    "clerk": "工作人员",
    "secretariat": "大会秘书处",
    "delegation": "代表团",
    "committee": "专门委员会",
    "contact": "承办单位联系人",
    "deputy": "代表",
    "leader": "领导",
    "unit": "基层单位",
    "system_admin": "系统管理员",
    "security_admin": "安全管理员",
    "audit_admin": "审计管理员",
}
ADMINISTRATORS = ("system_admin", "security_admin", "audit_admin")
"""Three apart (GB/T 22239): nobody may hold two of them, nor one of them and a working role."""


class Dated(models.Model):
    """Something that holds from a day on, until a day or open-ended."""

    begins = models.DateField("自", null=True, blank=True)
    ends = models.DateField("至", null=True, blank=True)

    class Meta:
        abstract = True

    @staticmethod
    def on(day: object) -> Q:
        """The condition “in force on this day”."""
        begun = Q(begins=None) | Q(begins__lte=day)
        return begun & (Q(ends=None) | Q(ends__gte=day))


class Congress(models.Model):
    """A people's congress and its standing committee (township: its presidium)."""

    name = models.CharField("名称", max_length=60, unique=True)
    short_name = models.CharField("简称", max_length=20)
    level = models.CharField("级别", max_length=12)
    area = models.CharField("行政区划代码", max_length=12, blank=True)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="below")

    def __str__(self) -> str:
        return self.name

    def areas(self) -> tuple[str, ...]:
        """Where its rules come from, the narrowest first: 420381, 420300, 420000, 县级, the country (`""`).

        What a law sets by level of congress (how many must sign) is declared for the level as an area.
        """
        code = self.area
        wider = (code[:4].ljust(6, "0"), code[:2].ljust(6, "0")) if code else ()
        return (
            *dict.fromkeys(part for part in (code, *wider) if part),
            LEVELS.get(self.level, self.level),
            "",
        )


class Term(Dated):
    """A term (届) of a congress."""

    congress = models.ForeignKey(Congress, models.CASCADE, related_name="terms")
    number = models.PositiveSmallIntegerField("届")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["congress", "number"], name="one_term_a_number")
        ]

    def __str__(self) -> str:
        return f"第{self.number}届"

    @classmethod
    def newest(cls, congress: Congress, day: date) -> Term | None:
        """The term that runs on the day, else the newest that has begun."""
        begun = cls.objects.filter(Q(begins=None) | Q(begins__lte=day), congress=congress)
        return begun.order_by("-number").first()


class Session(Dated):
    """A session (次会议) of a term."""

    term = models.ForeignKey(Term, models.CASCADE, related_name="sessions")
    number = models.PositiveSmallIntegerField("次")
    name = models.CharField("名称", max_length=60)

    def __str__(self) -> str:
        return self.name


class Body(Dated):
    """A body (机构、单位) in the tree of one congress's area."""

    congress = models.ForeignKey(Congress, models.CASCADE, related_name="bodies")
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="below")
    name = models.CharField("名称", max_length=60)
    short_name = models.CharField("简称", max_length=30, blank=True)
    aliases = models.JSONField("别称", default=list, blank=True)
    kind = models.CharField("类别", max_length=16, default="department")
    path = models.CharField(max_length=200, default="", editable=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["congress", "name"], name="one_body_a_name")
        ]
        indexes: ClassVar = [models.Index(fields=["congress", "path"])]

    def __str__(self) -> str:
        return self.short_name or self.name

    @property
    def words(self) -> list[str]:
        """Every word that means it where a ledger names a body: its key and all its names."""
        return [w for w in (str(self.pk), self.name, self.short_name, *self.aliases) if w]

    def save(self, *args: object, **kwargs: object) -> None:
        """Keep the path that finds a body's subtree in one look-up: `/1/7/23/`."""
        super().save(*args, **kwargs)  # type: ignore[arg-type]
        path = f"{self.parent.path if self.parent else '/'}{self.pk}/"
        if path != self.path:
            self.path = path
            super().save(update_fields=["path"])


class Person(models.Model):
    """A person: the name, and as little else as the work needs."""

    congress = models.ForeignKey(Congress, models.CASCADE, related_name="persons")
    name = models.CharField("姓名", max_length=40)
    phone = models.CharField("电话", max_length=20, blank=True)
    email = models.EmailField("邮箱", blank=True)
    note = models.CharField("备注", max_length=100, blank=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["congress", "name"])]

    def __str__(self) -> str:
        return self.name


class Appointment(Dated):
    """A post (职务) that a person holds in a body, with its dates."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="appointments")
    body = models.ForeignKey(Body, models.CASCADE, related_name="appointments")
    post = models.CharField("职务", max_length=60)
    by_committee = models.BooleanField("由常委会任命", default=False)

    def __str__(self) -> str:
        return f"{self.body}{self.post} {self.person}"


class Delegation(models.Model):
    """A delegation (代表团) of one term."""

    term = models.ForeignKey(Term, models.CASCADE, related_name="delegations")
    name = models.CharField("名称", max_length=40)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["term", "name"], name="one_delegation_a_name")
        ]

    def __str__(self) -> str:
        return self.name


class Seat(Dated):
    """A deputy's seat (代表): a person in a term, for a constituency, in a delegation."""

    congress = models.ForeignKey(Congress, models.CASCADE, related_name="seats")
    term = models.ForeignKey(Term, models.CASCADE, related_name="seats")
    person = models.ForeignKey(Person, models.CASCADE, related_name="seats")
    delegation = models.ForeignKey(
        Delegation, models.PROTECT, null=True, blank=True, related_name="seats"
    )
    constituency = models.CharField("选举单位", max_length=60, blank=True)
    number = models.CharField("代表证号", max_length=20, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["term", "person"], name="one_seat_a_term")
        ]

    def __str__(self) -> str:
        return self.person.name


class UserManager(BaseUserManager["User"]):
    """Makes users; there is no superuser: three administrators share what one would do."""

    def create_user(self, username: str, password: str | None = None, **fields: object) -> User:
        """A user with a hashed password (None: cannot sign in by password)."""
        user = self.model(username=username, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """Someone who can sign in, in one congress. What he may do are his grants in force today."""

    username = models.CharField("用户名", max_length=40, unique=True)
    congress = models.ForeignKey(Congress, models.PROTECT, null=True, related_name="users")
    person = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="users")
    is_active = models.BooleanField("可登录", default=True)
    single_name = models.CharField("统一身份标识", max_length=200, null=True, unique=True)
    must_change_password = models.BooleanField("下次登录须改密码", default=False)
    language = models.CharField("语言", max_length=8, default="zh-hans")
    large_type = models.BooleanField("大字", default=False)
    created_at = models.DateTimeField(default=timezone.now)

    USERNAME_FIELD = "username"
    objects = UserManager()

    def __str__(self) -> str:
        return self.person.name if self.person else self.username


class Grant(Dated):
    """A role given to a user, for a body or a delegation where the role has one."""

    user = models.ForeignKey(User, models.CASCADE, related_name="grants")
    role = models.CharField("角色", max_length=16)
    body = models.ForeignKey(Body, models.CASCADE, null=True, blank=True, related_name="grants")
    delegation = models.ForeignKey(
        Delegation, models.CASCADE, null=True, blank=True, related_name="grants"
    )
    given_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="grants_given"
    )
    given_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"{self.user}：{ROLES.get(self.role, self.role)}"


class CalendarDay(models.Model):
    """A day a congress adds or corrects: a local holiday, a make-up working day, a year announced late."""

    congress = models.ForeignKey(Congress, models.CASCADE, related_name="calendar_days")
    day = models.DateField("日期")
    working = models.BooleanField("上班")
    why = models.CharField("事由", max_length=60)
    entered_by = models.ForeignKey(User, models.PROTECT, null=True)
    entered_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["congress", "day"], name="one_kind_a_day")
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.why}"


class Event(models.Model):
    """The log of what users do outside matters: sign-ins, grants, exports, params (kept ≥ 6 months)."""

    at = models.DateTimeField(default=timezone.now, db_index=True)
    congress = models.ForeignKey(Congress, models.CASCADE, null=True, related_name="events")
    user = models.ForeignKey(User, models.PROTECT, null=True, related_name="events")
    kind = models.CharField(max_length=30)
    what = models.CharField(max_length=300)
    ok = models.BooleanField(default=True)
    address = models.GenericIPAddressField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.what}"
