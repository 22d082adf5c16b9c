"""Matters (事项), the acts (动作) that moved them, and what proves the acts.

A `Matter` row is a projection: everything in it follows from its acts, which are append-only (database
triggers refuse UPDATE and DELETE) and chained by hash. Only `act.py` writes here.
"""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from django.db import models
from django.utils import timezone

from bihuan.people.models import Body, Congress, Person, Seat, User


class Matter(models.Model):
    """One matter of one institution, as it stands after its last act."""

    congress = models.ForeignKey(Congress, models.PROTECT, related_name="matters")
    institution = models.CharField("制度", max_length=40)
    number = models.CharField("编号", max_length=40, blank=True)
    year = models.PositiveSmallIntegerField("年度")
    title = models.CharField("标题", max_length=200)
    text = models.TextField("内容", blank=True)
    state = models.CharField("环节", max_length=40)
    phase = models.CharField("阶段", max_length=12)
    since = models.DateField("进入本环节")
    due_on = models.DateField("最近时限", null=True)
    own_due_on = models.DateField("本环节时限", null=True)
    lapsed = models.BooleanField(default=False)
    limit = models.JSONField("时限算法", null=True)
    round = models.PositiveSmallIntegerField("轮次", default=1)
    facts = models.JSONField("事实", default=dict)
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="children")
    raised_on = models.DateField("提出日期")
    raised_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    closed_on = models.DateField("办结日期", null=True)
    public = models.BooleanField("公开", default=False)
    acts_count = models.PositiveIntegerField(default=0)
    last_day = models.DateField(null=True)
    head = models.CharField(max_length=64, blank=True)
    identity = models.CharField("导入时认作同一件的依据", max_length=200, blank=True)
    counted_until = models.DateField("计入汇总到哪一天", null=True, editable=False)
    """None after every act, until it is counted anew (measures/totals.py). No hash covers it."""

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["congress", "institution", "-id"]),
            models.Index(fields=["congress", "institution", "year", "-id"], name="matter_years"),
            models.Index(
                fields=["congress", "institution", "due_on", "-id", "raised_on", "state", "phase"],
                condition=models.Q(phase__in=("pending", "handling")),
                name="matter_open",
            ),
            models.Index(
                fields=["congress", "institution", "counted_until", "year"],
                condition=models.Q(counted_until__lt=date.max),
                name="matter_limits_to_come",
            ),
            models.Index(
                fields=["congress", "institution"],
                condition=models.Q(counted_until=None),
                name="matter_moved",
            ),
            models.Index(fields=["congress", "institution", "state", "-id"]),
            models.Index(fields=["congress", "institution", "phase", "due_on"]),
            models.Index(fields=["congress", "institution", "identity"]),
            models.Index(fields=["parent", "institution", "phase"]),
            models.Index(fields=["due_on", "phase"]),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}".strip()


class Proposer(models.Model):
    """Who raised a matter: the lead proposer first, joint ones after; joined matters bring theirs."""

    matter = models.ForeignKey(Matter, models.CASCADE, related_name="proposers")
    seat = models.ForeignKey(Seat, models.PROTECT, null=True, related_name="proposed")
    name = models.CharField("姓名", max_length=40)
    place = models.PositiveSmallIntegerField("次序", default=0)
    joined_from = models.ForeignKey(Matter, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering: ClassVar = ["place", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["matter", "seat"],
                condition=models.Q(seat__isnull=False),
                name="proposed_once",
            )
        ]

    def __str__(self) -> str:
        return self.name


class Assignment(models.Model):
    """One body's share of a matter (承办), with a named person and a limit of its own."""

    congress = models.ForeignKey(Congress, models.PROTECT, related_name="assignments")
    institution = models.CharField(max_length=40)
    matter = models.ForeignKey(Matter, models.CASCADE, related_name="assignments")
    key = models.CharField(max_length=6)
    body = models.ForeignKey(Body, models.PROTECT, related_name="assignments")
    person_name = models.CharField("责任人", max_length=40)
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="assignments")
    kind = models.CharField("承办方式", max_length=10)
    state = models.CharField("环节", max_length=40)
    phase = models.CharField("阶段", max_length=12)
    since = models.DateField()
    handed_on = models.DateField("交办日期")
    due_on = models.DateField("时限", null=True)
    own_limit = models.DateField("交办时定的时限", null=True)
    extended = models.CharField(max_length=40, blank=True)
    limit = models.JSONField("时限算法", null=True)
    lapsed = models.BooleanField(default=False)
    done_on = models.DateField("了结日期", null=True)
    facts = models.JSONField(default=dict)

    class Meta:
        ordering: ClassVar = ["matter_id", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["matter", "key"], name="one_share_a_key")
        ]
        indexes: ClassVar = [
            models.Index(fields=["body", "phase", "due_on"]),
            models.Index(fields=["congress", "institution", "body"]),
        ]

    def __str__(self) -> str:
        return f"{self.body}（{self.person_name}）"


class Act(models.Model):
    """One act. The row is never changed; `hash` covers all of it and the act before."""

    congress = models.ForeignKey(Congress, models.PROTECT, related_name="acts")
    institution = models.CharField(max_length=40)
    matter = models.ForeignKey(Matter, models.PROTECT, related_name="acts")
    seq = models.PositiveIntegerField()
    kind = models.CharField("动作", max_length=40)
    actor = models.CharField("身份", max_length=16)
    user = models.ForeignKey(User, models.PROTECT, null=True, related_name="acts")
    who = models.CharField("谁", max_length=60)
    on_behalf = models.CharField("代表谁", max_length=60, blank=True)
    at = models.DateTimeField("记录时间")
    day = models.DateField("发生日期")
    share = models.CharField("承办", max_length=6, blank=True)
    before = models.CharField("前一环节", max_length=40, blank=True)
    after = models.CharField("后一环节", max_length=40)
    late = models.BooleanField("逾期", default=False)
    data = models.JSONField("填写内容", default=dict)
    outcome = models.JSONField("之后的样子", default=dict)
    rules = models.JSONField("适用的规则", default=list)
    cite = models.CharField("依据", max_length=160, blank=True)
    token = models.CharField("防重复提交", max_length=64, blank=True)
    previous = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        ordering: ClassVar = ["matter_id", "seq"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["matter", "seq"], name="one_act_a_place"),
            models.UniqueConstraint(
                fields=["congress", "token"],
                condition=~models.Q(token=""),
                name="one_act_a_token",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["congress", "institution", "kind", "day"]),
            models.Index(fields=["congress", "day"]),
            models.Index(fields=["matter", "day"]),
        ]

    def __str__(self) -> str:
        return f"{self.matter_id}#{self.seq} {self.kind}"


class Attachment(models.Model):
    """A file given with an act, kept once by its content (SHA-256)."""

    congress = models.ForeignKey(Congress, models.PROTECT, related_name="attachments")
    matter = models.ForeignKey(Matter, models.PROTECT, null=True, related_name="attachments")
    act = models.ForeignKey(Act, models.PROTECT, null=True, related_name="attachments")
    sha256 = models.CharField(max_length=64)
    name = models.CharField("文件名", max_length=120)
    size = models.PositiveIntegerField("字节")
    kind = models.CharField("类型", max_length=80)
    uploaded_by = models.ForeignKey(User, models.PROTECT, null=True)
    uploaded_at = models.DateTimeField(default=timezone.now)
    scanned = models.CharField("查毒", max_length=60, blank=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["congress", "sha256"])]

    def __str__(self) -> str:
        return self.name


class Counter(models.Model):
    """The next number of a series: one row a series, locked while a number is taken."""

    congress = models.ForeignKey(Congress, models.CASCADE)
    series = models.CharField(max_length=80)
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["congress", "series"], name="one_counter_a_series")
        ]

    def __str__(self) -> str:
        return f"{self.series}：{self.last}"


class LocalParam(models.Model):
    """A param that a congress set for itself from a day on. History keeps the value it had."""

    congress = models.ForeignKey(Congress, models.CASCADE, related_name="params")
    institution = models.CharField(max_length=40)
    name = models.CharField(max_length=40)
    title = models.CharField(max_length=60)
    value = models.JSONField()
    since = models.DateField("自")
    cite = models.CharField("依据", max_length=160)
    set_by = models.ForeignKey(User, models.PROTECT, null=True)
    set_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering: ClassVar = ["institution", "name", "since", "id"]

    def __str__(self) -> str:
        return f"{self.title} 自 {self.since} 起 {self.value}"


class Seal(models.Model):
    """A day's seal: the Merkle root (RFC 9162 form) over every act of a congress so far."""

    congress = models.ForeignKey(Congress, models.PROTECT, related_name="seals")
    day = models.DateField("日期")
    at = models.DateTimeField(default=timezone.now)
    size = models.PositiveBigIntegerField("动作数")
    root = models.CharField(max_length=64)
    hash = models.CharField("连同前一个封存的校验值", max_length=64, default="")

    class Meta:
        ordering: ClassVar = ["congress_id", "size", "id"]

    def __str__(self) -> str:
        return f"{self.day} {self.size} {self.root[:12]}"


class Leaf(models.Model):
    """An act's place in the seal's tree. Its own copy of the hash finds an act that was taken out.

    `above`: the roots of the subtrees of 2^8, 2^9, … leaves that end with this one, in hex.
    """

    congress = models.ForeignKey(Congress, models.PROTECT)
    index = models.PositiveBigIntegerField()
    act_id = models.BigIntegerField()
    matter_id = models.BigIntegerField()
    seq = models.PositiveIntegerField()
    hash = models.CharField(max_length=64)
    above = models.TextField(default="")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["congress", "index"], name="one_leaf_a_place"),
            models.UniqueConstraint(fields=["congress", "act_id"], name="one_leaf_an_act"),
        ]

    def __str__(self) -> str:
        return f"{self.index} {self.hash[:12]}"


class SavedView(models.Model):
    """A ledger's filter that a user keeps under a name, for himself or for colleagues too.

    Only the filter is shared: whoever opens it sees the rows that he may see.
    """

    user = models.ForeignKey(User, models.CASCADE, related_name="views")
    institution = models.CharField(max_length=40)
    name = models.CharField("名称", max_length=40)
    query = models.CharField(max_length=500)
    shared_with = models.CharField("给谁看", max_length=16, blank=True, default="")
    """Nobody (empty), `everyone` of the congress, or those who hold this role."""

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "institution", "name"], name="one_view_a_name")
        ]

    def __str__(self) -> str:
        return self.name


class FirstView(models.Model):
    """The view with which a user's ledger opens."""

    user = models.ForeignKey(User, models.CASCADE, related_name="first_views")
    institution = models.CharField(max_length=40)
    view = models.ForeignKey(SavedView, models.CASCADE, related_name="first_for")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "institution"], name="one_first_view")
        ]

    def __str__(self) -> str:
        return f"{self.institution} {self.view}"


class Draft(models.Model):
    """A form begun and not sent: kept for its writer alone."""

    user = models.ForeignKey(User, models.CASCADE, related_name="drafts")
    key = models.CharField(max_length=120)
    data = models.JSONField(default=dict)
    at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "key"], name="one_draft_a_form")
        ]

    def __str__(self) -> str:
        return self.key
