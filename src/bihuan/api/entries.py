"""What a program filled in, made ready for the loop: shapes checked, bodies, files and matters found.

Whether a value is allowed is the loop's own question (`loop.forms`); here only what it cannot know is asked:
whether the thing a value names is there, and the caller's to name.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bihuan.api.problems import Problem
from bihuan.api.reading import LARGEST_KEY
from bihuan.api.tokens import Caller
from bihuan.loop.spec import Act, Field, Institution, Value
from bihuan.matters.models import Attachment
from bihuan.people.models import Body

LISTS = ("bodies", "files", "assignments", "commitments")
MOST_ROWS = 500


class Entries:
    """The data of one act by one caller. Raises Problem 422 with the field."""

    def __init__(self, caller: Caller, one: Institution, act: Act) -> None:
        self.caller = caller
        self.fields = {field.name: field for field in one.fields_of(act.id)}
        self.one = one
        self._bodies: list[Body] | None = None

    def read(self, sent: Mapping[str, Any]) -> dict[str, Value]:
        """Every value as the machine takes it."""
        return {name: self._value(name, value) for name, value in sent.items()}

    def _value(self, name: str, value: Any) -> Value:
        field = self.fields.get(name)
        if field is None:
            raise Problem(422, f"没有“{_plain(name)}”这一栏，请核对后再提交", field=_plain(name))
        if value is None or value == "":
            return None
        if field.kind in LISTS:
            return self._rows(field, value)
        if isinstance(value, list | dict):
            raise Problem(422, f"“{field.title}”只能填一个值", field=name)
        if field.kind == "body":
            return self._body(field, value)
        if field.kind == "matter":
            return self._matter(field, value)
        return value  # type: ignore[no-any-return]

    def _rows(self, field: Field, value: Any) -> Value:
        if not isinstance(value, list) or len(value) > MOST_ROWS:
            raise Problem(
                422, f"“{field.title}”要填一个列表，最多 {MOST_ROWS} 行", field=field.name
            )
        if field.kind == "bodies":
            return [self._body(field, word) for word in value]
        if field.kind == "files":
            return [self._file(field, word) for word in value]
        return [self._row(field, row, place) for place, row in enumerate(value, 1)]

    def _row(self, field: Field, row: Any, place: int) -> Value:
        if not isinstance(row, dict) or any(isinstance(v, list | dict) for v in row.values()):
            raise Problem(422, f"“{field.title}”第 {place} 行不是一行，请核对", field=field.name)
        if field.kind == "assignments" and row.get("body"):
            return {**row, "body": self._body(field, row["body"])}
        return row

    def _body(self, field: Field, word: Any) -> str:
        """The key of a body of this congress in force today, given by key or by name."""
        if self._bodies is None:
            who = self.caller.who
            rows = Body.objects.filter(Body.on(who.day), congress=who.user.congress)
            self._bodies = list(rows)
        for body in self._bodies:
            if str(word) in (str(body.pk), body.name, body.short_name):
                return str(body.pk)
        say = f"“{field.title}”没有单位“{_plain(word)}”，请填 /api/bodies/ 里的编号"
        raise Problem(422, say, field=field.name)

    def _file(self, field: Field, word: Any) -> str:
        own = Attachment.objects.filter(uploaded_by=self.caller.who.user, act=None)
        if own.filter(pk=_key(word)).exists():
            return str(_key(word))
        say = f"“{field.title}”没有文件“{_plain(word)}”，请先上传，再填返回的 id"
        raise Problem(422, say, field=field.name)

    def _matter(self, field: Field, word: Any) -> str:
        rows = self.caller.visible().filter(institution=self.one.key, pk=_key(word))
        if rows.exists():
            return str(_key(word))
        say = f"“{field.title}”没有事项“{_plain(word)}”，请填事项的 id"
        raise Problem(422, say, field=field.name)


def _key(word: Any) -> int:
    text = str(word)
    plain = text.isascii() and text.isdecimal() and len(text) < 12
    return int(text) if plain and int(text) <= LARGEST_KEY else 0


def _plain(word: Any) -> str:
    """A word as it can be said back in an answer."""
    return str(word)[:40].encode("utf-8", "replace").decode("utf-8").replace("\0", "")
