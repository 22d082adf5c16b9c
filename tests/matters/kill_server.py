"""A small program that takes acts over a socket, to be killed at any moment; and the clients it serves.

`prepare`: make the database and its cast. `serve PIDFILE`: print the port, then serve by a process that is
replaced as soon as it dies. `client PORT NUMBER ACTS`: have so many acts taken, each asked for until it is
acknowledged. `report`: what the database holds afterwards. The database is the one in the environment.
"""

import json
import os
import socket
import sys
import threading
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

DAY = date(2026, 3, 20)
SHARED = "大家都来催的一件"


# The server


def prepare() -> None:
    from django.core.management import call_command
    from tests.cast import make_cast

    call_command("migrate", verbosity=0)
    make_cast().suggestion("working", title=SHARED)


def serve(pidfile: str) -> None:
    from django.db import connections

    from bihuan.matters import house

    house.institutions()
    connections.close_all()
    listener = socket.create_server(("127.0.0.1", 0), backlog=64)
    print(listener.getsockname()[1], flush=True)
    while True:
        child = os.fork()
        if child == 0:
            _serve_for_ever(listener)
        partial = Path(f"{pidfile}.new")
        partial.write_text(str(child))
        partial.replace(pidfile)
        os.waitpid(child, 0)


def _serve_for_ever(listener: socket.socket) -> None:
    while True:
        caller, _ = listener.accept()
        threading.Thread(target=_answer, args=[caller]).start()


def _answer(caller: socket.socket) -> None:
    from django.db import connection

    with caller, caller.makefile("rw") as line:
        for asked in line:
            line.write(json.dumps(_take(json.loads(asked))) + "\n")
            line.flush()
    connection.close()


def _take(asked: dict[str, Any]) -> dict[str, Any]:
    from bihuan.loop.forms import Refusal
    from bihuan.matters.act import Doer, Proposing, act, raise_matter
    from bihuan.matters.models import Act, Matter
    from bihuan.people.models import Congress, Seat, User

    doer = Doer(asked["actor"], User.objects.get(username=asked["user"]))
    token, data = asked["token"], asked["data"]
    if asked["act"] == "raise":
        seat = Seat.objects.get(person__name="张春梅")
        congress = Congress.objects.get(name__startswith="丹江")
        made = raise_matter(
            congress,
            "suggestions",
            "raise",
            doer,
            DAY,
            data,
            proposers=[Proposing("张春梅", seat)],
            token=token,
        )
        if isinstance(made, Refusal):
            return {"refused": made.say}
        return {"matter": made.pk, "hash": Act.objects.get(token=token).hash}
    key = asked["matter"] or Matter.objects.get(title=SHARED).pk
    done = act(key, asked["act"], doer, DAY, data, share=asked["share"], token=token)
    if isinstance(done, Refusal):
        return {"refused": done.say}
    return {"matter": done.matter_id, "hash": done.hash}


# The clients


def _wishes(number: int, body: int) -> Iterator[tuple[str, str, str, dict[str, Any], str]]:
    """Act, actor, user, data, share: a suggestion from its first day to its rating, with every second act
    on the one matter that all of them press."""
    share = {"body": str(body), "person": "周建国"}
    reply = {
        "category": "B",
        "reply_text": "列入",
        "commitments": [{"title": "建", "by": "2026-12-31"}],
    }
    own = [
        ("raise", "deputy", "deputy", {"title": f"第 {number} 件", "source": "闭会期间"}, ""),
        ("submit", "proposer", "deputy", {}, ""),
        ("accept", "clerk", "clerk", {}, ""),
        ("hand_over", "clerk", "clerk", {"assignments": [share]}, ""),
        ("acknowledge", "lead_body", "contact", {}, "1"),
        ("reply", "lead_body", "contact", reply, "1"),
        ("rate", "proposer", "deputy", {"attitude": "满意", "result": "满意"}, ""),
    ]
    for one in own:
        yield one
        yield ("press", "clerk", "clerk", {"press_note": f"{number} 催办"}, "shared")


def client(port: str, number: str, acts: str, body: str) -> None:
    matter = 0
    wishes = list(_wishes(int(number), int(body)))[: int(acts)]
    for place, (act_id, actor, user, data, share) in enumerate(wishes):
        shared = share == "shared"
        wish = {"act": act_id, "actor": actor, "user": user, "data": data}
        wish |= {"share": "" if shared else share, "matter": 0 if shared else matter}
        answer = _until_answered(int(port), wish | {"token": f"{number}-{place}"})
        matter = matter if shared else answer.get("matter", 0)
        told = json.dumps(answer | {"token": f"{number}-{place}"}) + "\n"
        os.write(sys.stdout.fileno(), told.encode())  # one write: all clients share the pipe


def _until_answered(port: int, wish: dict[str, Any]) -> dict[str, Any]:
    while True:
        try:
            with (
                socket.create_connection(("127.0.0.1", port), timeout=30) as server,
                server.makefile("rw") as line,
            ):
                line.write(json.dumps(wish) + "\n")
                line.flush()
                answer: dict[str, Any] = json.loads(line.readline())
                return answer
        except (OSError, ValueError):
            time.sleep(0.01)


# Afterwards


def report() -> None:
    from bihuan.matters.models import Act, Matter
    from bihuan.matters.verify import verify

    checked = verify()
    raised = Matter.objects.filter(institution="suggestions")
    found = {
        "broken": [str(one) for one in checked.broken],
        "taken": list(Act.objects.exclude(token="").values_list("token", "hash")),
        "acts": Act.objects.count(),
        "numbers": sorted(int(n) for n in raised.values_list("number", flat=True) if n),
        "promises": Matter.objects.filter(institution="commitments").count(),
        "replies": Act.objects.filter(kind="reply").count(),
    }
    print(json.dumps(found))


def body() -> None:
    from bihuan.people.models import Body

    print(Body.objects.get(name="市交通运输局").pk)


if __name__ == "__main__":
    command, *arguments = sys.argv[1:]
    if command != "client":
        import django

        django.setup()
    globals()[command](*arguments)
