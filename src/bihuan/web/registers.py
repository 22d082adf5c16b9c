"""The registers a system administrator keeps: bodies, persons, posts, seats and local calendar days."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from bihuan.people.models import (
    BODY_KINDS,
    Appointment,
    Body,
    CalendarDay,
    Congress,
    Delegation,
    Person,
    Seat,
)

if TYPE_CHECKING:
    ModelForm = forms.ModelForm[Any]
else:
    ModelForm = forms.ModelForm


class OfCongress(ModelForm):
    """A form whose choices are those of one congress, and nobody else's."""

    def __init__(self, congress: Congress, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.congress = congress
        for name, field in self.fields.items():
            if isinstance(field, forms.ModelChoiceField):
                field.queryset = own(_model_of(field), congress)
                field.empty_label = _("请选择")
            if isinstance(field, forms.DateField):
                field.widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
            field.widget.attrs["id"] = f"id_{name}"
        if hasattr(self.instance, "congress_id"):
            self.instance.congress = congress

    def clean(self) -> dict[str, Any]:
        """Dates that follow one another, and no second row of the same."""
        given = super().clean() or self.cleaned_data
        begins, ends = given.get("begins"), given.get("ends")
        if begins and ends and ends < begins:
            self.add_error("ends", _("结束日期早于开始日期，请核对"))
        return given

    def validate_unique(self) -> None:
        """Also by congress, which the form does not ask for; a form with faults is not compared yet."""
        if self.errors:
            return
        try:
            self.instance.full_clean(validate_unique=True, exclude=self._not_asked())
        except ValidationError:
            self.add_error(None, _("已经有同样的一条了，请改那一条"))

    def _not_asked(self) -> set[str]:
        asked = {*self.fields, "congress"}
        return {field.name for field in self._meta.model._meta.fields if field.name not in asked}


def _model_of(field: forms.ModelChoiceField[Any]) -> type[Model]:
    assert field.queryset is not None
    return field.queryset.model


def own(model: type[Model], congress: Congress) -> QuerySet[Any]:
    """The rows of one congress."""
    ways: dict[type[Model], str] = {Delegation: "term__congress", Appointment: "body__congress"}
    return model._default_manager.filter(**{ways.get(model, "congress"): congress})


class BodyForm(OfCongress):
    """A body."""

    kind = forms.ChoiceField(
        label=_("类别"), choices=lambda: [(kind, _(title)) for kind, title in BODY_KINDS.items()]
    )
    aliases = forms.CharField(
        label=_("别称"), required=False, help_text=_("导入台账时认作同一单位的叫法，用顿号隔开")
    )

    class Meta:
        model = Body
        fields = ("name", "short_name", "aliases", "kind", "parent", "begins", "ends")
        labels: ClassVar = {"parent": _("上级")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["aliases"] = "、".join(self.instance.aliases or [])

    def clean_aliases(self) -> list[str]:
        """A list from words parted by 、."""
        return [word.strip() for word in self.cleaned_data["aliases"].split("、") if word.strip()]

    def clean_parent(self) -> Body | None:
        """Never below itself."""
        parent: Body | None = self.cleaned_data["parent"]
        if parent and self.instance.pk and parent.path.startswith(self.instance.path):
            raise ValidationError(_("上级不能是它自己或它的下级，请另选"))
        return parent

    def save(self, commit: bool = True) -> Body:
        """With the paths of everything below, which follow from the parent's."""
        body: Body = super().save(commit)
        _walk(body)
        return body


def _walk(body: Body) -> None:
    for below in Body.objects.filter(parent=body):
        below.save()
        _walk(below)


class PersonForm(OfCongress):
    """A person."""

    class Meta:
        model = Person
        fields = ("name", "phone", "email", "note")


class PostForm(OfCongress):
    """A post."""

    class Meta:
        model = Appointment
        fields = ("person", "body", "post", "by_committee", "begins", "ends")
        labels: ClassVar = {"person": _("姓名"), "body": _("机构")}


class SeatForm(OfCongress):
    """A deputy's seat."""

    class Meta:
        model = Seat
        fields = ("person", "term", "delegation", "constituency", "number", "begins", "ends")
        labels: ClassVar = {"person": _("姓名"), "term": _("届"), "delegation": _("代表团")}


class DayForm(OfCongress):
    """A day of the local calendar."""

    working = forms.TypedChoiceField(
        label=_("这一天"),
        choices=[("0", _("放假")), ("1", _("上班"))],
        coerce=lambda word: word == "1",
    )

    class Meta:
        model = CalendarDay
        fields = ("day", "working", "why")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["working"] = "1" if self.instance.working else "0"


Cells = Callable[[Any], list[Any]]


@dataclass(frozen=True)
class Register:
    """One register: its form, the columns of its list and what its search looks into."""

    key: str
    title: Any
    hint: Any
    form: type[OfCongress]
    heads: tuple[Any, ...]
    cells: Cells
    searched: tuple[str, ...]
    order: tuple[str, ...]
    with_: tuple[str, ...] = ()

    def rows(self, congress: Congress, text: str = "") -> QuerySet[Any]:
        """The congress's rows whose searched columns hold the text."""
        wanted = Q()
        for column in self.searched if text else ():
            wanted |= Q(**{f"{column}__icontains": text})
        rows = own(self.form._meta.model, congress).filter(wanted)
        return rows.select_related(*self.with_).order_by(*self.order)


REGISTERS = {
    one.key: one
    for one in (
        Register(
            "bodies",
            _("机构"),
            _("承办单位、委员会、乡镇街道。改名时请新登记一个，并给旧的填上结束日期。"),
            BodyForm,
            (_("名称"), _("简称"), _("类别"), _("上级")),
            lambda b: [b.name, b.short_name, _(BODY_KINDS.get(b.kind, b.kind)), b.parent or ""],
            ("name", "short_name"),
            ("path",),
            ("parent",),
        ),
        Register(
            "persons",
            _("人员"),
            _("姓名和办事要用的联系方式，别的不登记。"),
            PersonForm,
            (_("姓名"), _("电话"), _("邮箱"), _("备注")),
            lambda p: [p.name, p.phone, p.email, p.note],
            ("name", "phone"),
            ("name", "id"),
        ),
        Register(
            "posts",
            _("职务"),
            _("谁在哪个机构任什么职务，从哪天到哪天。"),
            PostForm,
            (_("姓名"), _("机构"), _("职务"), _("自"), _("至")),
            lambda a: [a.person, a.body, a.post, a.begins, a.ends],
            ("person__name", "body__name", "post"),
            ("body__path", "id"),
            ("person", "body"),
        ),
        Register(
            "seats",
            _("代表"),
            _("每届代表的席位：选举单位、代表团、任期。"),
            SeatForm,
            (_("姓名"), _("届"), _("代表团"), _("选举单位"), _("自"), _("至")),
            lambda s: [s.person, s.term, s.delegation or "", s.constituency, s.begins, s.ends],
            ("person__name", "constituency", "delegation__name"),
            ("-term__number", "person__name"),
            ("person", "term", "delegation"),
        ),
        Register(
            "days",
            _("本地节假日"),
            _(
                "全国的放假和调休已经在内；这里只登记本地增加或更正的日子。改了以后，在办事项的期限重新计算。"
            ),
            DayForm,
            (_("日期"), _("这一天"), _("事由")),
            lambda d: [d.day, _("上班") if d.working else _("放假"), d.why],
            ("why",),
            ("-day",),
        ),
    )
}
