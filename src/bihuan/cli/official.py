"""`letters`: the register of official documents, what can be made, and one made from the command line."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bihuan.cli.answers import (
    OK,
    Commands,
    Refused,
    command,
    congress_named,
    local_today,
    print_json,
    say,
    set_up,
)

if TYPE_CHECKING:
    from bihuan.letters.models import Letter
    from bihuan.matters.access import Standing


def add(commands: Commands) -> None:
    """Declare the commands."""
    top = commands.add_parser(
        "letters", help="公文：登记簿、可以做的公文、编号发文", description="公文"
    )
    kinds = top.add_subparsers(title="子命令", metavar="子命令", dest="what", required=True)
    found = command(kinds, "list", "发文登记簿，作废的也在内", data=True)
    found.add_argument("--congress", default="", metavar="名称", help="哪个人大（默认第一个）")
    found.set_defaults(run=show_register)
    known = command(kinds, "kinds", "各制度可以做的公文", data=True)
    known.set_defaults(run=show_kinds)
    made = command(kinds, "make", "起草、编号并写出一份公文", data=True)
    made.add_argument("kind", metavar="公文", help="如 suggestions/hand_over，见 letters kinds")
    made.add_argument("--user", required=True, metavar="用户名", help="以谁的名义")
    made.add_argument("--matter", type=int, metavar="事项", help="事项在网址里的号码")
    made.add_argument("--share", default="", metavar="承办", help="第几个承办（默认第一个可做的）")
    made.add_argument("--year", type=int, metavar="年度", help="年度报告的年度")
    made.add_argument("--draft", action="store_true", help="只看版面，不编号、不登记")
    made.add_argument("-o", "--output", type=Path, metavar="文件", help="写到哪里（.docx 或 .pdf）")
    made.set_defaults(run=make)


def show_register(asked: argparse.Namespace) -> int:
    """Print the register."""
    set_up()
    from bihuan.letters.models import Letter

    rows = list(
        Letter.objects.filter(congress=congress_named(asked.congress)).exclude(state="draft")
    )
    if asked.json:
        print_json([_json(row) for row in rows])
    else:
        say(*(f"{row.written}\t{row.state_title}\t{row.day}\t{row.subject}" for row in rows))
    return OK


def _json(row: Letter) -> dict[str, Any]:
    return {
        "number": row.written,
        "kind": f"{row.institution}/{row.key}",
        "subject": row.subject,
        "to": row.to,
        "day": row.day,
        "state": row.state,
        "void_reason": row.void_reason,
        "matter": row.matter_id,
    }


def show_kinds(asked: argparse.Namespace) -> int:
    """Print the letters the institutions declare."""
    set_up()
    letters = _declared().values()
    if asked.json:
        print_json([{"name": one.name, "title": one.title, "kind": one.kind} for one in letters])
    else:
        say(*(f"{one.name}\t{one.title}\t{one.kind}" for one in letters))
    return OK


def _declared() -> dict[str, Any]:
    from bihuan.letters import declared
    from bihuan.loop.load import Faulty

    try:
        return dict(declared.letters())
    except Faulty as faulty:
        raise Refused(str(faulty)) from None


def make(asked: argparse.Namespace) -> int:
    """Draft one letter; unless only looking, number it and keep it; write it to a file."""
    set_up()
    from bihuan.letters import register
    from bihuan.letters.sandbox import BadTemplate
    from bihuan.loop.forms import Refusal

    who, today = _standing(asked.user), local_today()
    row = register.draft(who, *_about(asked, who), today)
    if isinstance(row, Refusal):
        raise Refused(row.say)
    try:
        if asked.draft:
            content = register.preview(who, row, today)
        else:
            issued = register.issue(who, row.pk, today)
            if isinstance(issued, Refusal):
                raise Refused(issued.say)
            row, content = issued, _content(issued)
    except BadTemplate as bad:
        raise Refused(str(bad)) from None
    finally:
        register.discard(row)
    _write(asked.output, content)
    if asked.json:
        print_json({**_json(row), "file": str(asked.output) if asked.output else None})
    else:
        say(row.written or "草稿，没有编号", row.subject)
    return OK


def _standing(username: str) -> Standing:
    from bihuan.matters.access import standing_of
    from bihuan.people.models import User

    user = User.objects.select_related("congress", "person").filter(username=username).first()
    if user is None:
        raise Refused(f"没有用户“{username}”，请核对用户名。")
    return standing_of(user, local_today())


def _about(asked: argparse.Namespace, who: Standing) -> tuple[Any, Any]:
    from bihuan.letters import access as letter_access
    from bihuan.letters.register import Subject
    from bihuan.matters import access

    letter = _declared().get(asked.kind)
    if letter is None:
        raise Refused(f"没有公文“{asked.kind}”，用 ./bihuan letters kinds 看有哪些。")
    if not letter_access.may_make(who, letter):
        raise Refused(f"用户“{asked.user}”没有做“{letter.title}”的角色。")
    if letter.about == "page":
        raise Refused(f"“{letter.title}”在它自己的页面上编号，不在这里起草。")
    if letter.about == "year":
        return letter, Subject(year=asked.year or local_today().year)
    matter = access.visible(who).filter(pk=asked.matter or 0).first()
    if matter is None:
        raise Refused("请用 --matter 指明这位用户看得到的事项。")
    if letter.about == "matter":
        if not letter_access.on_matter(who, letter, matter):
            raise Refused(f"这件事项现在不能做“{letter.title}”。")
        return letter, Subject(matter)
    shares = letter_access.shares_for(who, letter, matter)
    found = [one for one in shares if not asked.share or one.key == asked.share]
    if not found:
        raise Refused(f"这件事项现在没有可以做“{letter.title}”的承办单位。")
    return letter, Subject(matter, found[0])


def _content(row: Letter) -> bytes:
    from bihuan.matters import files

    assert row.docx is not None
    with files.open_file(row.docx) as file:
        return file.read()


def _write(target: Path | None, content: bytes) -> None:
    if target is None:
        return
    from bihuan.letters import pdf

    try:
        target.write_bytes(pdf.from_docx(content) if target.suffix == ".pdf" else content)
    except pdf.NoPdf as no:
        raise Refused(str(no)) from None
    except OSError as error:
        raise Refused(f"写不进“{target}”：{error.strerror}") from None
