"""Sixteen clerks number minutes at once. As a program: on an SQLite file of its own, in BIHUAN_HOME."""

from __future__ import annotations

import json
import threading
from datetime import date, timedelta
from typing import Any

CLERKS = 16
DAY = date(2026, 3, 26)


def sixteen() -> dict[str, Any]:
    """Eight closed sessions, two clerks at each; returns the numbers by session and what went wrong."""
    from django.db import connection
    from tests.cast import make_cast
    from tests.sessions.committee import at, make_committee

    from bihuan.institutions.sessions import numbered, presence
    from bihuan.institutions.sessions.models import CommitteeSession
    from bihuan.letters.models import Letter
    from bihuan.loop.forms import Refusal
    from bihuan.matters import access

    committee = make_committee(make_cast())
    sessions = []
    for place in range(CLERKS // 2):
        day = DAY + timedelta(place)
        session = committee.session(day, 34 + place)
        committee.arrive(session, 9, at(day, 8, 50))
        assert presence.open_session(session, at(day, 9)) is None
        assert presence.close_session(session, at(day, 12)) is None
        sessions.append(session)
    who = access.standing_of(committee.cast.clerk, DAY)
    together, wrong = threading.Barrier(CLERKS), []

    def clerk(session: CommitteeSession) -> None:
        try:
            together.wait()
            made = numbered.take_number(who, session)
            if isinstance(made, Refusal):
                wrong.append(made.say)
        except Exception as error:
            wrong.append(repr(error))
        finally:
            connection.close()

    clerks = [threading.Thread(target=clerk, args=(one,)) for one in [*sessions, *sessions]]
    for one in clerks:
        one.start()
    for one in clerks:
        one.join()
    held = CommitteeSession.objects.values_list("minutes__number", flat=True)
    return {"taken": sorted(held), "letters": Letter.objects.count(), "wrong": wrong}


if __name__ == "__main__":
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    print(json.dumps(sixteen(), ensure_ascii=False))
