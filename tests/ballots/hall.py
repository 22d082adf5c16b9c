"""A small program around a real server: `prepare` a hall of members with two running ballots, `close` one of them."""

from __future__ import annotations

import json
import sys


def prepare() -> None:
    from django.core.management import call_command
    from django.test import Client
    from tests.ballots.members import members, running
    from tests.cast import make_cast

    call_command("migrate", verbosity=0)
    cast = make_cast()
    voters = members(cast, 35)
    sessions = []
    for user in [cast.clerk, *voters]:
        client = Client()
        client.force_login(user, "django.contrib.auth.backends.ModelBackend")
        sessions.append(client.cookies["sessionid"].value)
    ballots = [running(cast, voters, title=f"第 {n} 项测评").pk for n in (1, 2)]
    print(json.dumps({"ballots": ballots, "clerk": sessions[0], "phones": sessions[1:]}))


def close(pk: str) -> None:
    from bihuan.ballots import closing
    from bihuan.ballots.models import Ballot, Paper
    from bihuan.ballots.verify import verify

    ballot = Ballot.objects.get(pk=int(pk))
    before = [one.why for one in verify()[1]]
    done = closing.close(ballot.pk, ballot.set_up_by, ballot.opened_on or ballot.closed_on)
    assert isinstance(done, Ballot), done
    papers = Paper.objects.filter(ballot=ballot).values_list("receipt", "marks")
    found = {
        "papers": dict(papers),
        "voted": ballot.roll.filter(voted=True).count(),
        "broken": before + [one.why for one in verify()[1]],
    }
    print(json.dumps(found))


if __name__ == "__main__":
    import django

    django.setup()
    command, *arguments = sys.argv[1:]
    globals()[command](*arguments)
