"""What `[[posts]]` of an institution must hold together: the act that writes, and the fields that say what."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from bihuan.loop.spec import Act, Institution, Post

Found = Iterator[tuple[str, str, str, str]]
KINDS = {"person": "person", "body": "body", "post": "text"}
"""What each field of the matter must be that says whose post it is."""
ASKED = {"which": "text", "day": "date", "until": "date"}
"""And each that the act asks."""


def posts(one: Institution, _: Mapping[str, Institution]) -> Found:
    """Everything wrong in what is declared about the register of posts: (id, key, what, hint)."""
    for post in one.posts:
        where = f"posts[{post.id}]"
        act = next((act for act in one.acts if act.id == post.act), None)
        if act is None:
            yield "C014", f"{where}.act", f"没有动作“{post.act}”", "请在 acts 里声明"
        elif not _confirms(act):
            yield (
                "C051",
                f"{where}.act",
                f"“{act.title}”不是由工作人员确认、只办一次的动作",
                'matter 一线，写 from、once = true、by = ["clerk"]',
            )
        yield from _fields(one, post, where)
        yield from _proposed(one, post, where)


def _confirms(act: Act) -> bool:
    """A clerk confirms it on a matter that stands, once: nobody's post begins or ends by itself."""
    return act.track == "matter" and not act.raises and act.once and act.by == ("clerk",)


def _fields(one: Institution, post: Post, where: str) -> Found:
    asked = {field.name for field in one.fields_of(post.act)}
    for key, kind in (KINDS | ASKED).items():
        name = getattr(post, key)
        if not name and key == "until":
            continue
        field = one.field(name)
        if field is None or field.kind != kind:
            yield (
                "C052",
                f"{where}.{key}",
                f"“{name}”不是已声明的 {kind} 字段",
                "请在 fields 里声明",
            )
        elif key in ASKED and name not in asked:
            yield (
                "C010",
                f"{where}.{key}",
                f"动作“{post.act}”不填字段“{name}”",
                "请在字段的 act 里写上它",
            )


def _proposed(one: Institution, post: Post, where: str) -> Found:
    days = {field.name for field in one.fields if field.kind == "date"}
    days |= {f"{act.id}_on" for act in one.acts}
    for key in ("day_from", "until_from"):
        for name in getattr(post, key):
            if name not in days:
                yield (
                    "C053",
                    f"{where}.{key}",
                    f"没有“{name}”这个日期",
                    "可用日期字段，或动作名加 _on",
                )
