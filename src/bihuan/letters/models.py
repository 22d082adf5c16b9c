"""Letters and their register. A number once taken is never given back: a letter that fails is 作废, with its reason."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone

from bihuan.letters.text import written
from bihuan.matters.models import Attachment, Matter
from bihuan.people.models import Body, Congress, User

STATES = {"draft": "草稿", "issued": "已发", "void": "作废"}


class Letter(models.Model):
    """One letter: a draft without a number, an issued one with its number and files, or one declared void."""

    congress = models.ForeignKey(Congress, models.PROTECT, related_name="letters")
    institution = models.CharField("制度", max_length=40)
    key = models.CharField("公文", max_length=40)
    matter = models.ForeignKey(Matter, models.PROTECT, null=True, related_name="letters")
    share = models.CharField("承办", max_length=6, blank=True)
    body = models.ForeignKey(Body, models.PROTECT, null=True, related_name="letters")
    """Whose share it is about; the issuer where a body writes."""
    about_year = models.PositiveSmallIntegerField("年度", null=True)
    state = models.CharField("状态", max_length=8, default="draft")
    sender = models.CharField("发文机关", max_length=80)
    code = models.CharField("机关代字", max_length=30)
    year = models.PositiveSmallIntegerField("发文年份", null=True)
    number = models.PositiveIntegerField("序号", null=True)
    subject = models.CharField("标题", max_length=200)
    to = models.CharField("主送机关", max_length=200, blank=True)
    text = models.TextField("正文")
    copies = models.CharField("抄送", max_length=300, blank=True)
    note = models.CharField("附注", max_length=200, blank=True)
    mark = models.CharField("版头标记", max_length=40, blank=True)
    attachments = models.TextField("附件", blank=True)
    drafted_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    drafted_at = models.DateTimeField(default=timezone.now)
    issued_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    issued_at = models.DateTimeField(null=True)
    day = models.DateField("成文日期", null=True)
    docx = models.ForeignKey(Attachment, models.PROTECT, null=True, related_name="+")
    pdf = models.ForeignKey(Attachment, models.PROTECT, null=True, related_name="+")
    void_reason = models.CharField("作废理由", max_length=200, blank=True)
    voided_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    voided_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["-year", "code", "-number", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["congress", "code", "year", "number"], name="one_letter_a_number"
            ),
            models.CheckConstraint(
                condition=Q(state="draft", number=None) | Q(number__isnull=False),
                name="a_draft_takes_no_number",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["congress", "year", "code", "-number"]),
            models.Index(fields=["matter", "state"]),
        ]

    def __str__(self) -> str:
        return f"{self.written} {self.subject}".strip()

    @property
    def written(self) -> str:
        """The document number, empty for a draft."""
        return written(self.code, self.year or 0, self.number) if self.number else ""

    @property
    def state_title(self) -> str:
        """Its state as people call it."""
        return STATES[self.state]


class OwnForm(models.Model):
    """What a congress set for one kind of letter: its 机关代字, and a template of its own."""

    congress = models.ForeignKey(Congress, models.CASCADE, related_name="own_forms")
    institution = models.CharField(max_length=40)
    key = models.CharField(max_length=40)
    code = models.CharField("机关代字", max_length=30, blank=True)
    template = models.ForeignKey(Attachment, models.PROTECT, null=True, related_name="+")
    set_by = models.ForeignKey(User, models.PROTECT)
    set_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["congress", "institution", "key"], name="one_form_a_letter"
            )
        ]

    def __str__(self) -> str:
        return f"{self.institution}/{self.key} {self.code}"
