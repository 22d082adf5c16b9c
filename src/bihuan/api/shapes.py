"""The shapes of what is told and what is sent: they are the OpenAPI document's schemas."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

from ninja import Field, Schema
from pydantic import ConfigDict

Key = Field(description="编号", ge=1)


class InstitutionShort(Schema):
    """An institution in the list."""

    key: str
    title: str
    group: str
    count_word: str
    url: str = Field(description="事项列表的地址")


class Institutions(Schema):
    """Every institution open to the caller."""

    items: list[InstitutionShort]


class StateShape(Schema):
    """Where something stands."""

    id: str
    title: str
    phase: str


class LightShape(Schema):
    """The light of a limit on the day of the answer."""

    key: str
    word: str
    days_left: int | None


class MatterShort(Schema):
    """A matter in a list."""

    id: int
    institution: str
    number: str
    year: int
    title: str
    state: StateShape
    light: LightShape
    raised_on: date
    due_on: date | None
    closed_on: date | None
    public: bool
    acts: int = Field(description="已有动作数；办理时可作为 seen 送回")
    url: str


class Matters(Schema):
    """One page; `next` is the address of the page after, or null."""

    items: list[MatterShort]
    next: str | None


class FieldValue(Schema):
    """A field as stored and as read."""

    name: str
    title: str
    value: Any
    words: str


class ProposerShape(Schema):
    """Who raised a matter."""

    name: str
    seat: int | None


class LimitShape(Schema):
    """A limit with its sum."""

    due: date
    start: date
    term: str
    sentence: str
    steps: list[dict[str, Any]]
    calendar: str
    confirmed: bool


class ShareShape(Schema):
    """A body's share."""

    key: str
    body: int
    body_name: str
    person: str
    kind: str
    state: StateShape
    light: LightShape
    handed_on: date
    due_on: date | None
    done_on: date | None


class FileShape(Schema):
    """A file given with an act."""

    id: int
    name: str
    size: int
    sha256: str
    url: str


class ActShape(Schema):
    """One act of the trail."""

    seq: int
    act: str
    title: str
    actor: str
    who: str
    on_behalf: str
    day: date
    at: datetime
    share: str
    state: str
    late: bool
    data: list[FieldValue]
    files: list[FileShape]
    rules: list[dict[str, Any]]
    cite: str
    hash: str


class OfferShape(Schema):
    """An act the caller may take now. Its fields stand in the institution's declaration."""

    act: str
    title: str
    actor: str
    share: str
    on_behalf: str


class MatterWhole(MatterShort):
    """One matter, as far as the caller may see it."""

    text: str
    round: int
    limit: LimitShape | None
    facts: list[FieldValue]
    proposers: list[ProposerShape]
    shares: list[ShareShape]
    trail: list[ActShape]
    offers: list[OfferShape]
    parent: int | None
    children: list[int]


class ActDeclared(Schema):
    """An act as declared: `form` is the JSON Schema of its `data`."""

    id: str
    title: str
    by: list[str]
    track: str
    raises: bool
    from_states: list[str]
    cite: str
    help: str
    form: dict[str, Any]


class StateDeclared(Schema):
    """A state as declared."""

    id: str
    title: str
    phase: str
    track: str
    held_by: str


class ParamApplied(Schema):
    """A rule in force today in this congress."""

    name: str
    title: str
    value: Any
    since: date
    cite: str
    area: str


class IndicatorDeclared(Schema):
    """An indicator as declared."""

    key: str
    title: str
    help: str
    cite: str
    target: str


class Declaration(Schema):
    """An institution, whole."""

    key: str
    title: str
    label: str
    summary: str
    version: str
    states: list[StateDeclared]
    acts: list[ActDeclared]
    params: list[ParamApplied]
    indicators: list[IndicatorDeclared]
    filters: list[str] = Field(description="可用作 f_… 筛选的字段")


class FigureShape(Schema):
    """A figure with its base and its day."""

    institution: str
    key: str
    title: str
    numerator: float
    denominator: int | None
    value: float | None
    as_of: date


class Figures(Schema):
    """The figures of one institution."""

    items: list[FigureShape]


class BodyShape(Schema):
    """A body."""

    id: int
    name: str
    short_name: str
    kind: str
    parent: int | None


class Bodies(Schema):
    """The bodies of the congress in force today."""

    items: list[BodyShape]


class Me(Schema):
    """Whose token this is and what it opens."""

    user: str
    congress: str
    roles: list[str]
    scopes: list[str]
    institutions: list[str]
    expires_on: date | None


class Raising(Schema):
    """What begins a matter. `proposers`: names of deputies, where the act asks for them."""

    model_config = ConfigDict(extra="forbid")

    act: str = Field(min_length=1, max_length=40)
    data: dict[str, Any] = Field(default_factory=dict, description="按声明中该动作的 form 填写")
    proposers: list[str] = Field(default_factory=list, max_length=200)


class Taking(Schema):
    """An act on a matter, or on one body's share of it."""

    model_config = ConfigDict(extra="forbid")

    act: str = Field(min_length=1, max_length=40)
    share: str = Field("", max_length=6)
    seen: int | None = Field(None, ge=0, le=10**8, description="看到的动作数；之后有新动作则不办理")
    data: dict[str, Any] = Field(default_factory=dict, description="按声明中该动作的 form 填写")


class Done(Schema):
    """What an act led to."""

    matter: int
    number: str
    seq: int
    act: str
    day: date
    state: StateShape
    hash: str
    url: str


class ProblemShape(Schema):
    """RFC 9457."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    field: str = ""
    cite: str = ""
    errors: list[dict[str, str]] = Field(default_factory=list)


Light = Literal["late", "soon", "running", "pending", "closed", "void"]
Order = Literal["oldest", "newest"]
