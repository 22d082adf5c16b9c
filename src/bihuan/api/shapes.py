"""The shapes of what is told and what is sent: they are the OpenAPI document's schemas."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

from ninja import Field, Schema
from pydantic import ConfigDict

from bihuan.findings.caution import LONGEST_REASON

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


class DespiteShape(Schema):
    """Why an act was taken in spite of cautions, with what was said."""

    reason: str
    cautions: list[dict[str, Any]]


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
    despite: DespiteShape | None = Field(None, description="有事前提示而仍办理的理由和当时的提示")
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


Despite = Field(
    "",
    max_length=LONGEST_REASON,
    description="仍要办理的理由：有事前提示时不写就不办（409，列出提示）；没有提示时不留",
)


class Raising(Schema):
    """What begins a matter. `proposers`: names of deputies, where the act asks for them."""

    model_config = ConfigDict(extra="forbid")

    act: str = Field(min_length=1, max_length=40)
    data: dict[str, Any] = Field(default_factory=dict, description="按声明中该动作的 form 填写")
    proposers: list[str] = Field(default_factory=list, max_length=200)
    despite: str = Despite


class Taking(Schema):
    """An act on a matter, or on one body's share of it."""

    model_config = ConfigDict(extra="forbid")

    act: str = Field(min_length=1, max_length=40)
    share: str = Field("", max_length=6)
    seen: int | None = Field(None, ge=0, le=10**8, description="看到的动作数；之后有新动作则不办理")
    data: dict[str, Any] = Field(default_factory=dict, description="按声明中该动作的 form 填写")
    despite: str = Despite


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


class CautionRow(Schema):
    """A matter that a caution is about."""

    id: int
    institution: str
    title: str
    url: str


class CautionShape(Schema):
    """What one check says of an act before it is taken: the rule that would be broken, by how much, with which rows."""

    check: str = Field(description="制度.规则")
    title: str
    say: str = Field(description="给人看的一句话")
    value: float
    threshold: float
    cite: str = Field(description="依据")
    unit: int | None = Field(description="加重了哪个单位的负担")
    rows: list[CautionRow] = Field(description="相关的事项，只列调用者能看到的")
    more_rows: int = Field(description="另有几件没有列出")


class ProblemShape(Schema):
    """RFC 9457. `type` ends in `/cautions` where nothing is wrong but checks speak: send it again with `despite`."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    field: str = ""
    cite: str = ""
    errors: list[dict[str, str]] = Field(default_factory=list)
    cautions: list[CautionShape] = Field(
        default_factory=list, description="还没有办：自查规则的提示"
    )


Light = Literal["late", "soon", "running", "pending", "closed", "void"]
Order = Literal["oldest", "newest"]
