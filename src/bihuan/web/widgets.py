"""A declared field as an HTML control, and what was sent back as the value the machine takes.

Values on a screen are words (a body by its name, a matter by year and number); the machine takes keys.
What cannot be read is said at the field it was typed in.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _

from bihuan.exchange.papers import Unreadable, text_of
from bihuan.loop.forms import asked_for
from bihuan.loop.params import Rules
from bihuan.loop.spec import ASSIGNMENT_KINDS, Act, Choice, Field, Institution, Value
from bihuan.matters import files, search
from bihuan.matters.ledger import declared
from bihuan.matters.models import Attachment, Matter
from bihuan.people.models import Body, User
from bihuan.web import shares

ROWS = 4
FEW = 5
"""Up to so many choices are shown at once, as radio buttons."""
PARTS = {
    "assignments": ("body", "person", "kind", "limit"),
    "commitments": ("title", "by", "person", "quote"),
}
Row = dict[str, str]


@dataclass
class Form:
    """One act's form: where its fields come from, what was filled in, what was wrong."""

    institution: Institution
    act: Act
    rules: Rules
    today: date
    user: User
    matters: QuerySet[Matter]
    facts: Mapping[str, Any] = field(default_factory=dict)
    values: dict[str, Any] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    prefix: str = ""

    def __post_init__(self) -> None:
        self._bodies: list[Body] | None = None

    @property
    def fields(self) -> tuple[Field, ...]:
        """What this act asks, in order."""
        return tuple(
            one for one in self.institution.fields_of(self.act.id) if one.asked_in(self.act.id)
        )

    @property
    def bodies(self) -> list[Body]:
        """The bodies to choose from, read once."""
        if self._bodies is None:
            self._bodies = list(
                Body.objects.filter(Body.on(self.today), congress=self.user.congress).order_by(
                    "path"
                )
            )
        return self._bodies

    @property
    def persons(self) -> list[tuple[Body, str]]:
        """The bodies with who answered for them last, where the form hands over; else with nobody."""
        known = shares.persons_of({body.pk for body in self.bodies}) if self.act.assign else {}
        return [(body, known.get(body.pk, "")) for body in self.bodies]

    def controls(self) -> list[Control]:
        """One control for every field."""
        return [self.control(one) for one in self.fields]

    def control(self, one: Field) -> Control:
        """A field with its value, its choices and what was wrong with it."""
        value = self.values.get(one.name, "")
        return Control(
            field=one,
            id=f"{self.prefix}{self.act.id}-{one.name}",
            value=value,
            required=asked_for(one, self.act.id, self.facts),
            error=self.errors.get(one.name, ""),
            choices=self._choices(one),
            rows=self._rows(one, value),
            kept=self._kept(value) if one.kind == "files" else [],
        )

    def _choices(self, one: Field) -> tuple[Choice, ...]:
        return declared(one, self.rules, self.today) if one.kind == "choice" else ()

    def _rows(self, one: Field, value: Any) -> list[Row]:
        if one.kind == "bodies":
            given = [{"body": word} for word in value or []]
            return given + [{"body": ""}] * max(1, 3 - len(given))
        if one.kind not in PARTS:
            return []
        given = [row for row in value or [] if isinstance(row, dict)]
        return given + [{}] * max(1, ROWS - len(given))

    def _kept(self, value: Any) -> list[Attachment]:
        keys = [int(key) for key in value or [] if str(key).isdecimal() and len(str(key)) < 15]
        return list(Attachment.objects.filter(pk__in=keys, act=None, uploaded_by=self.user))

    # What was sent

    def fill(self, sent: QueryDict) -> None:
        """Take over what was typed, as it was typed."""
        for one in self.fields:
            self.values[one.name] = _typed(one, sent)

    def keep_files(self, sent: MultiValueDict[str, UploadedFile[bytes]]) -> None:
        """Keep the files sent along; a refused one is said at its field."""
        assert self.user.congress is not None
        for one in self.fields:
            if one.kind != "files":
                continue
            for file in sent.getlist(one.name):
                kept = files.keep(file, self.user.congress, self.user)
                if isinstance(kept, Attachment):
                    self.values[one.name] = [*self.values.get(one.name, []), str(kept.pk)]
                else:
                    self.errors[one.name] = kept.say

    def data(self) -> dict[str, Value]:
        """The values for the machine; faults of reading are in `errors` afterwards."""
        read: dict[str, Value] = {}
        for one in self.fields:
            self._read_paper(one)
            value = self._read(one, self.values.get(one.name))
            if value not in ("", [], None):
                read[one.name] = value
        return read

    def _read_paper(self, one: Field) -> None:
        """A text left empty is read from the paper given with it."""
        given = self.values.get(one.read_from) if one.read_from else None
        if not given or str(self.values.get(one.name) or "").strip():
            return
        try:
            kept = self._kept(given)
            texts = [_text_of(file) for file in kept[:1]]
        except Unreadable as unreadable:
            self.errors[one.name] = str(unreadable)
            return
        self.values[one.name] = "\n".join(texts)

    def _read(self, one: Field, value: Any) -> Value:
        if one.kind == "body":
            return self._body(one, value)
        if one.kind == "bodies":
            return [self._body(one, word) for word in value or []]
        if one.kind == "matter":
            return self._matter(one, value)
        if one.kind == "assignments":
            rows = value or []
            return [{**row, "body": self._body(one, row.get("body", ""))} for row in rows]
        if one.kind == "files":
            return [str(kept.pk) for kept in self._kept(value)]
        return value if isinstance(value, list) else str(value or "")

    def _body(self, one: Field, word: str) -> str:
        """The key of a body named in full, in short or by another name."""
        if not word:
            return ""
        found = [
            body for body in self.bodies if word in (body.name, body.short_name, *body.aliases)
        ]
        if len(found) != 1:
            self.errors[one.name] = _("没有单位“%(word)s”，请从列表中选择") % {"word": word}
            return ""
        return str(found[0].pk)

    def _matter(self, one: Field, word: str) -> str:
        """The key of a matter named by year and number, by number, or by words of its title."""
        if not word:
            return ""
        found = named(self.matters.filter(institution=self.institution.key), word)
        if len(found) == 1:
            return str(found[0].pk)
        if found:
            names = "；".join(name_of(row) for row in found[:5])
            self.errors[one.name] = _("“%(word)s”对应不止一件，请选一件填写：%(names)s") % {
                "word": word,
                "names": names,
            }
        else:
            self.errors[one.name] = _("找不到“%(word)s”，请填编号或标题中的词") % {"word": word}
        return ""


@dataclass(frozen=True)
class Control:
    """What a template needs to draw one field."""

    field: Field
    id: str
    value: Any
    required: bool
    error: str
    choices: tuple[Choice, ...] = ()
    rows: Sequence[Row] = ()
    kept: Sequence[Attachment] = ()

    @property
    def template(self) -> str:
        """The template of its kind."""
        plain = {"text", "date", "number", "money", "person", "matter", "body"}
        return f"act/kinds/{'line' if self.field.kind in plain else self.field.kind}.html"

    @property
    def input_type(self) -> str:
        """The type of a plain input."""
        return "date" if self.field.kind == "date" else "text"

    @property
    def numeric(self) -> bool:
        """Whether a phone should show digits."""
        return self.field.kind in ("number", "money")

    @property
    def grouped(self) -> bool:
        """Whether it is several inputs under one legend."""
        kinds = ("yesno", "assignments", "commitments", "bodies")
        return self.field.kind in kinds or self.few

    @property
    def few(self) -> bool:
        """Whether its choices are shown at once."""
        return self.field.kind == "choice" and len(self.choices) <= FEW

    @property
    def described_by(self) -> str:
        """The ids of its help and its error."""
        parts = [f"{self.id}-help" if self.field.help else ""]
        parts.append(f"{self.id}-error" if self.error else "")
        return " ".join(part for part in parts if part)


def _text_of(file: Attachment) -> str:
    with files.open_file(file) as content:
        return text_of(content.read(), file.name)


KINDS = tuple(ASSIGNMENT_KINDS.items())


def name_of(matter: Matter) -> str:
    """How a matter is named in a form: year and number, or its title while it has none."""
    return f"{matter.year}年第{matter.number}号" if matter.number else matter.title


def named(rows: QuerySet[Matter], word: str) -> list[Matter]:
    """The matters a word may mean, at most six."""
    word = word.replace("\0", "").strip()
    year, _mark, number = word.partition("年第")
    if number and year.isdecimal() and len(year) == 4:
        return list(rows.filter(year=int(year), number=number.removesuffix("号"))[:6])
    exact = list(rows.filter(number=word).order_by("-year")[:6]) if len(word) <= 40 else []
    exact = exact or list(rows.filter(title=word)[:6])
    return exact or list(search.find(rows, word)[:6])


def _typed(one: Field, sent: QueryDict) -> Any:
    if one.kind in PARTS:
        return _typed_rows(one.name, PARTS[one.kind], sent)
    if one.kind in ("files", "bodies"):
        return [word for word in sent.getlist(one.name) if word.strip()]
    return sent.get(one.name, "").replace("\r\n", "\n")


def _typed_rows(name: str, parts: Sequence[str], sent: QueryDict) -> list[Row]:
    """Rows come as lists side by side; a row in which nothing was typed is none."""
    columns = [sent.getlist(f"{name}.{part}") for part in parts]
    longest = max((len(column) for column in columns), default=0)
    rows = [
        {
            part: column[n].strip() if n < len(column) else ""
            for part, column in zip(parts, columns, strict=True)
        }
        for n in range(min(longest, 200))
    ]
    return [row for row in rows if any(v for part, v in row.items() if part != "kind")]
