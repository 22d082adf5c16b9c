"""Pictures of every kind of letter for docs/pictures/letters: python -m tests.letters.pictures

Made from a small congress in a database of its own, and taken away with it.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from datetime import date, timedelta
from pathlib import Path

TARGET = Path(__file__).parents[2] / "docs" / "pictures" / "letters"
DAY = date(2026, 5, 20)
DOTS = 60
REPORT = (
    "一、已完成的工作\n全市12座危桥已改造9座，投入资金860万元。\n"
    "二、下一步安排\n其余3座于2026年9月底前完工。"
)


def main() -> None:
    """Build the world, issue one letter of each kind, draw its pages."""
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    from tests.cast import make_cast

    from bihuan.letters import declared
    from bihuan.letters.register import Subject

    cast = make_cast()
    handed = cast.suggestion("handed", co=["finance"])
    replied = cast.suggestion("rating", title="关于拓宽通村公路的建议")
    cast.suggestion("closed", title="关于扩建实验小学的建议")
    opinion, reported = _opinions(cast)
    share = {
        row.pk: row.assignments.order_by("pk")[0] for row in (handed, replied, opinion, reported)
    }
    jobs = [
        ("suggestions/hand_over", "clerk", Subject(handed, share[handed.pk])),
        ("suggestions/press", "clerk", Subject(handed, share[handed.pk])),
        ("suggestions/reply", "contact", Subject(replied, share[replied.pk])),
        ("suggestions/yearly", "clerk", Subject(year=2026)),
        ("opinions/opinion", "clerk", Subject(opinion)),
        ("opinions/hand_over", "clerk", Subject(opinion, share[opinion.pk])),
        ("opinions/report", "contact", Subject(reported, share[reported.pk])),
    ]
    TARGET.mkdir(parents=True, exist_ok=True)
    for old in TARGET.glob("*.png"):
        old.unlink()
    for name, role, about in jobs:
        _draw(cast, declared.letters()[name], role, about)


def _opinions(cast):  # type: ignore[no-untyped-def]
    from bihuan.loop.forms import Refusal
    from bihuan.matters.act import Doer, raise_matter
    from bihuan.matters.models import Matter

    clerk, body = Doer("clerk", cast.clerk), Doer("lead_body", cast.contact, "市交通运输局")
    made = []
    for title in ("完善农村公路管护机制", "加快危桥改造"):
        data = {
            "title": title, "text": f"要{title}，明确责任单位和资金来源。", "meeting": "市人大常委会第32次会议",
            "topic": "农村公路建设管理情况报告", "year": 2026,
        }  # fmt: skip
        row = raise_matter(
            cast.congress, "opinions", "raise_opinion", clerk, date(2026, 4, 1), data
        )
        assert not isinstance(row, Refusal), row.say
        shares = [{"body": str(cast.bodies["traffic"].pk), "person": "周建国", "kind": "lead"}]
        cast.take(row, "hand_over", clerk, date(2026, 4, 3), {"assignments": shares})
        made.append(row)
    second = made[1]
    steps = [
        ("acknowledge", body, {}),
        ("consult", body, {"report_text": REPORT}),
        ("comment", Doer("committee", cast.committee), {"view": "可以报送"}),
    ]  # fmt: skip
    for place, (act, doer, data) in enumerate(steps):
        cast.take(second, act, doer, date(2026, 4, 6) + timedelta(days=place), data, "1")
    return Matter.objects.get(pk=made[0].pk), Matter.objects.get(pk=second.pk)


def _draw(cast, letter, role, about) -> None:  # type: ignore[no-untyped-def]
    from bihuan.letters import pdf, register
    from bihuan.letters.models import Letter
    from bihuan.matters import access, files

    who = access.standing_of(cast.users[role], DAY)
    draft = register.draft(who, letter, about, DAY)
    assert isinstance(draft, Letter), draft
    row = register.issue(who, draft.pk, DAY)
    assert isinstance(row, Letter) and row.docx, row
    with tempfile.TemporaryDirectory() as folder, files.open_file(row.docx) as file:
        drawn = Path(folder) / "letter.pdf"
        drawn.write_bytes(pdf.from_docx(file.read()))
        stem = TARGET / letter.name.replace("/", "-")
        subprocess.run(["pdftoppm", "-r", str(DOTS), "-png", drawn, stem], check=True)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as home:
        os.environ |= {"BIHUAN_HOME": home, "DJANGO_SETTINGS_MODULE": "bihuan.settings"}
        os.environ.pop("DATABASE_URL", None)
        sys.path[:0] = [str(Path(__file__).parents[2] / "src")]
        main()
