"""The letters an institution declares: `institutions/<key>/letters/<letter>.toml`, and beside it a `.docx` of its own.

Every text in a declaration is a template over the variables of `content.py`; an unknown one stops the start.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import MISSING, dataclass, fields
from functools import cache
from pathlib import Path
from typing import Any

from bihuan.letters import variables
from bihuan.letters.forms import FORMS, national
from bihuan.letters.kinds import LISTS
from bihuan.letters.sandbox import BadTemplate, check, unknown_in_text
from bihuan.loop.load import Fault, Faulty
from bihuan.loop.spec import Institution
from bihuan.matters import house
from bihuan.people.models import ROLES

ABOUT = {
    "share": "一个承办单位",
    "matter": "一件事项",
    "year": "一个年度",
    "free": "不限",
    "page": "制度自己的页面上的",
}
FREE = Institution(key="free", title="自拟公文", folder=Path(__file__).parent)
"""What letters of one's own stand under: no institution declares them."""
OWN_HOUSE = ("clerk", "secretariat", "committee", "leader")
ISSUERS = ("congress", "body")
TEXTS = ("sender", "code", "subject", "to", "copies", "note", "mark", "text")


@dataclass(frozen=True)
class Letter:
    """One letter of an institution.

    `kind` is the 文种 out of `kinds`; `form` one of `FORMS`; `about` one of `ABOUT` (`page`: the institution draws
    it on a page of its own and has it numbered only); `by` the roles that may make it; `readers` the actors beside
    the congress's own people who may read it once issued (lead_body, co_body, proposer). `code` is the 机关代字 a
    congress begins with; it sets its own on the page. `gather` names fields: matters that share their values are
    listed in the letter. `needs` names a variable without which it cannot be
    made, `say` what is then said.
    """

    institution: str
    key: str
    title: str
    kind: str
    by: tuple[str, ...]
    sender: str
    code: str
    subject: str
    to: str
    text: str
    kinds: str = "congress"
    form: str = "letter"
    about: str = "share"
    issuer: str = "congress"
    states: tuple[str, ...] = ()
    share_kinds: tuple[str, ...] = ()
    share_states: tuple[str, ...] = ()
    readers: tuple[str, ...] = ()
    copies: str = ""
    note: str = ""
    mark: str = ""
    attachments: tuple[str, ...] = ()
    gather: tuple[str, ...] = ()
    needs: str = ""
    say: str = ""
    bulk: bool = False
    cite: str = ""
    own: Path | None = None

    @property
    def name(self) -> str:
        """How it is named in rows and addresses: institution/key."""
        return f"{self.institution}/{self.key}"

    def template(self) -> bytes:
        """Its .docx template: its own beside the declaration, or the national form."""
        return self.own.read_bytes() if self.own else national(self.form)


@cache
def letters() -> dict[str, Letter]:
    """Every letter by `institution/key`. Raises Faulty with every fault."""
    found: list[Letter] = []
    faults: list[Fault] = []
    for one in house.institutions().values():
        for file in sorted((one.folder / "letters").glob("*.toml")):
            try:
                found.append(_read(one, file))
            except Faulty as faulty:
                faults += faulty.faults
    if faults:
        raise Faulty(faults)
    return {letter.name: letter for letter in (*found, *_free())}


def ground(key: str) -> Institution:
    """The institution a letter stands under, FREE for one's own. Raises KeyError with a Chinese sentence."""
    return FREE if key == FREE.key else house.institution(key)


def _free() -> Iterator[Letter]:
    """A letter without a text for each kind of either list; bodies issue those of the government's."""
    for name, kinds in LISTS.items():
        for place, kind in enumerate(kinds, 1):
            yield Letter(
                institution=FREE.key,
                key=f"{name}-{place:02}",
                title=kind,
                kind=kind,
                by=(*OWN_HOUSE, "contact") if name == "government" else OWN_HOUSE,
                sender="{{ 人大 }}",
                code="{{ 首字 }}人常发",
                subject=f"关于　　　　的{kind}",
                to="",
                text="",
                kinds=name,
                form="document",
                about="free",
            )


def of_institution(key: str) -> list[Letter]:
    """The letters of one institution."""
    return [letter for letter in letters().values() if letter.institution == key]


def _read(one: Institution, file: Path) -> Letter:
    try:
        rows = tomllib.loads(file.read_text(encoding="utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise Faulty(
            [Fault("W001", file, "-", f"读不懂：{error}", "请存为 UTF-8 并改正 TOML")]
        ) from None
    faults = [Fault(id_, file, key, what, hint) for id_, key, what, hint in _keys(rows)]
    if faults:
        raise Faulty(faults)
    lists = {name: tuple(value) for name, value in rows.items() if isinstance(value, list)}
    own = file.with_suffix(".docx")
    made = Letter(
        **{**rows, **lists},
        institution=one.key,
        key=file.stem,
        own=own if own.exists() else None,
    )
    faults = [Fault(id_, file, key, what, hint) for id_, key, what, hint in _faults(one, made)]
    if faults:
        raise Faulty(faults)
    return made


_Found = Iterator[tuple[str, str, str, str]]


def _keys(rows: dict[str, Any]) -> _Found:
    given = {f.name: f for f in fields(Letter) if f.name not in ("institution", "key", "own")}
    for name, value in rows.items():
        if name not in given:
            yield "W002", name, "没有这个键", f"可用的键：{'、'.join(given)}"
        elif not _fits(str(given[name].type), value):
            yield "W003", name, f"“{value}”的类型不对", f"应是 {given[name].type}"
    for name, one in given.items():
        if one.default is MISSING and name not in rows:
            yield "W004", name, "缺少这个键", f"请补上 {name} = …"


def _fits(kind: str, value: object) -> bool:
    if kind.startswith("tuple"):
        return isinstance(value, list) and all(isinstance(word, str) for word in value)
    return isinstance(value, bool) if kind == "bool" else isinstance(value, str)


def _faults(one: Institution, letter: Letter) -> _Found:
    for key, word, allowed in _words(one, letter):
        if word not in allowed:
            yield "W005", key, f"不能是“{word}”", f"可以是：{'、'.join(allowed)}"
    known = variables.names(one)
    for name in TEXTS:
        try:
            unknown = unknown_in_text(getattr(letter, name), known)
        except BadTemplate as bad:
            yield "W006", name, str(bad), "请改正"
            continue
        for word in unknown:
            yield "W007", name, f"没有变量“{word}”", f"可用：{'、'.join(sorted(known))}"
    if letter.own:
        try:
            check(letter.template(), known | variables.SHEET)
        except BadTemplate as bad:
            yield "W008", letter.own.name, str(bad), "请改正模板"


def _words(one: Institution, letter: Letter) -> Iterable[tuple[str, str, tuple[str, ...]]]:
    yield "kinds", letter.kinds, tuple(LISTS)
    yield "kind", letter.kind, LISTS.get(letter.kinds, ())
    yield "form", letter.form, tuple(FORMS)
    yield "about", letter.about, tuple(ABOUT)
    yield "issuer", letter.issuer, ISSUERS
    yield from (("by", role, tuple(ROLES)) for role in letter.by)
    states = tuple(state.id for state in one.states_of("matter"))
    yield from (("states", state, states) for state in letter.states)
    shares = tuple(state.id for state in one.states_of("assignment"))
    yield from (("share_states", state, shares) for state in letter.share_states)
    yield from (("share_kinds", kind, ("lead", "co", "separate")) for kind in letter.share_kinds)
    readers = ("lead_body", "co_body", "proposer")
    yield from (("readers", actor, readers) for actor in letter.readers)
    yield from (("gather", name, tuple(f.name for f in one.fields)) for name in letter.gather)
