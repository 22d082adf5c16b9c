"""Ballots (表决、测评): what is asked, who is entitled, what was voted, and the chain of closings.

Who voted (`Voter`) and what was voted in secret (`Urn` while it runs, `Paper` once closed) share no key, no
order and no time: the urn is one sealed row whose key is outside the database and destroyed at closing; the
papers are written all at once, in the order of their random receipts.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from bihuan.matters.models import Act, Matter
from bihuan.people.models import Congress, Person, User

STATES = {
    "draft": "筹备",
    "open": "正在投票",
    "closed": "已封存",
    "declared": "已宣布",
    "void": "作废",
}
KINDS = {"choice": "逐项表决", "approval": "差额票决", "rank": "排序投票", "score": "评分"}
WAYS = {"phone": "手机投票", "paper": "纸票，两人分别录入", "show": "举手，当场计数"}


class Ballot(models.Model):
    """One vote. Its rule is frozen here when it is set up, its roll when it opens."""

    congress = models.ForeignKey(Congress, models.PROTECT, related_name="ballots")
    title = models.CharField("标题", max_length=200)
    about = models.CharField("事由", max_length=300, blank=True)
    institution = models.CharField("制度", max_length=40, blank=True)
    declared = models.CharField("声明的表决", max_length=40, blank=True)
    preset = models.CharField("规则", max_length=40, blank=True)
    kind = models.CharField("方式", max_length=10, default="choice")
    way = models.CharField("怎样投", max_length=8, default="phone")
    secret = models.BooleanField("无记名", default=False)
    local = models.BooleanField("地方做法", default=False)
    rule = models.JSONField("规则", default=dict)
    state = models.CharField("状态", max_length=10, default="draft")
    round = models.PositiveSmallIntegerField("轮次", default=1)
    before = models.OneToOneField(
        "self", models.PROTECT, null=True, related_name="after", verbose_name="前一轮"
    )
    set_up_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    opened_on = models.DateField("开始投票", null=True)
    closed_on = models.DateField("封存", null=True)
    roll_hash = models.CharField(max_length=64, blank=True)
    public = models.BooleanField("公布", default=False)
    reason = models.CharField("作废理由", max_length=200, blank=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["congress", "state", "-id"])]

    def __str__(self) -> str:
        return self.title if self.round == 1 else f"{self.title}（第{self.round}轮）"


class Item(models.Model):
    """One line of the ballot paper: a question, a candidate or a subject; its matter, if it has one."""

    ballot = models.ForeignKey(Ballot, models.CASCADE, related_name="items")
    place = models.PositiveSmallIntegerField("次序")
    title = models.CharField("内容", max_length=200)
    matter = models.ForeignKey(Matter, models.PROTECT, null=True, related_name="ballot_items")
    act = models.ForeignKey(Act, models.PROTECT, null=True, related_name="+")
    """The act that booked the result."""

    class Meta:
        ordering: ClassVar = ["ballot_id", "place"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["ballot", "place"], name="one_item_a_place")
        ]

    def __str__(self) -> str:
        return self.title


class Voter(models.Model):
    """One person on the roll. `voted` says that he did, never when or what."""

    ballot = models.ForeignKey(Ballot, models.CASCADE, related_name="roll")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    name = models.CharField("姓名", max_length=40)
    there = models.BooleanField("到会", default=False)
    voted = models.BooleanField("已投票", default=False)

    class Meta:
        ordering: ClassVar = ["ballot_id", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["ballot", "person"], name="once_on_a_roll")
        ]

    def __str__(self) -> str:
        return self.name


class Urn(models.Model):
    """The secret votes given so far, sealed as one: a single row, written anew with every vote (`urn.py`)."""

    ballot = models.OneToOneField(Ballot, models.CASCADE, primary_key=True, related_name="urn")
    name = models.CharField("钥匙的名字", max_length=32)
    sealed = models.BinaryField()

    def __str__(self) -> str:
        return self.name


class Paper(models.Model):
    """One secret ballot as published after closing. Its key is the voter's receipt: random, and nothing else."""

    receipt = models.CharField("回执号", max_length=24, primary_key=True)
    ballot = models.ForeignKey(Ballot, models.PROTECT, related_name="papers", db_index=False)
    marks = models.JSONField()

    class Meta:
        ordering: ClassVar = ["receipt"]
        indexes: ClassVar = [models.Index(fields=["ballot", "receipt"])]

    def __str__(self) -> str:
        return self.receipt


class Vote(models.Model):
    """One named vote: whose it is belongs to it."""

    voter = models.OneToOneField(Voter, models.PROTECT, primary_key=True, related_name="vote")
    marks = models.JSONField()

    def __str__(self) -> str:
        return str(self.voter)


class Entry(models.Model):
    """What one teller counted: of paper ballots two tellers apart, of hands one. The newest of each counts."""

    ballot = models.ForeignKey(Ballot, models.CASCADE, related_name="entries")
    teller = models.ForeignKey(User, models.PROTECT, related_name="+")
    data = models.JSONField()

    class Meta:
        ordering: ClassVar = ["ballot_id", "id"]

    def __str__(self) -> str:
        return f"{self.ballot_id} {self.teller}"


class Closing(models.Model):
    """What was published when a ballot closed, chained over the congress. Never changed (trigger)."""

    congress = models.ForeignKey(Congress, models.PROTECT, related_name="closings")
    ballot = models.OneToOneField(Ballot, models.PROTECT, related_name="closing")
    seq = models.PositiveIntegerField()
    day = models.DateField("日期")
    body = models.JSONField()
    previous = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        ordering: ClassVar = ["congress_id", "seq"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["congress", "seq"], name="one_closing_a_place")
        ]

    def __str__(self) -> str:
        return f"{self.ballot_id} {self.hash[:12]}"
