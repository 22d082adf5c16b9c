"""Sixteen clerks at once. As a program: on an SQLite file of its own, in the folder that BIHUAN_HOME names."""

from __future__ import annotations

import json
import threading
from datetime import date
from typing import Any

CLERKS = 16
DAY = date(2026, 5, 20)


def sixteen() -> dict[str, Any]:
    """Let each issue one letter of the same series; returns the numbers taken and what went wrong."""
    from django.db import connection
    from tests.cast import make_cast

    from bihuan.letters import access as letter_access
    from bihuan.letters import declared, register
    from bihuan.letters.models import Letter
    from bihuan.loop.forms import Refusal
    from bihuan.matters import access

    cast = make_cast()
    matter = cast.suggestion("handed")
    who = access.standing_of(cast.clerk, DAY)
    letter = declared.letters()["suggestions/hand_over"]
    about = register.Subject(matter, letter_access.shares_for(who, letter, matter)[0])
    drafts = [register.draft(who, letter, about, DAY) for _ in range(CLERKS)]
    together, wrong = threading.Barrier(CLERKS), []

    def clerk(pk: int) -> None:
        try:
            together.wait()
            made = register.issue(who, pk, DAY)
            if isinstance(made, Refusal):
                wrong.append(made.say)
        except Exception as error:
            wrong.append(repr(error))
        finally:
            connection.close()

    clerks = [
        threading.Thread(target=clerk, args=(row.pk,)) for row in drafts if isinstance(row, Letter)
    ]
    for one in clerks:
        one.start()
    for one in clerks:
        one.join()
    taken = Letter.objects.filter(state="issued").values_list("number", flat=True)
    return {"taken": sorted(taken), "wrong": wrong}


if __name__ == "__main__":
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    print(json.dumps(sixteen(), ensure_ascii=False))
