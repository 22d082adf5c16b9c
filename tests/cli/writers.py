"""Takes acts without end on the database of the environment, telling each once it is committed; and its cast.

`prepare`: make the database and its people. `write NAME`: raise suggestions until killed, a line for each.
`go_on`, `lose_a_file`, `go_back`: what single tests need. `tokens`: every token the database holds, with
the hash of its act.
"""

import json
import sys
from datetime import date


def prepare() -> None:
    from django.core.management import call_command
    from tests.cast import make_cast

    from bihuan.matters.seal import seal

    call_command("migrate", verbosity=0)
    cast = make_cast()
    cast.suggestion("working")
    seal(cast.congress, date(2026, 3, 20))


def write(name: str) -> None:
    from bihuan.matters.act import Doer, Proposing, raise_matter
    from bihuan.matters.models import Act, Matter
    from bihuan.people.models import Congress, Seat, User

    congress = Congress.objects.get(name__startswith="丹江")
    seat = Seat.objects.get(person__name="张春梅")
    doer = Doer("deputy", User.objects.get(username="deputy"))
    number = 0
    while True:
        number += 1
        token = f"{name}-{number}"
        made = raise_matter(
            congress,
            "suggestions",
            "raise",
            doer,
            date(2026, 3, 20),
            {"title": f"{name} 的第 {number} 件", "text": "修路。" * 50, "source": "闭会期间"},
            proposers=[Proposing("张春梅", seat)],
            token=token,
        )
        assert isinstance(made, Matter), made
        print(token, Act.objects.get(token=token).hash, flush=True)


def go_on() -> None:
    """One more act on what was restored: keys go on after the last."""
    from bihuan.matters.act import Doer, act
    from bihuan.matters.models import Act, Matter
    from bihuan.people.models import User

    matter = Matter.objects.get(title__contains="人行天桥")
    doer = Doer("clerk", User.objects.get(username="clerk"))
    last = Act.objects.order_by("pk").last()
    done = act(matter.pk, "press", doer, date(2026, 3, 25), {"press_note": "恢复后继续"})
    assert isinstance(done, Act) and last and done.pk > last.pk, done


def lose_a_file() -> None:
    """A row of a file whose content is not on the disk."""
    from bihuan.matters.models import Attachment
    from bihuan.people.models import Congress

    congress = Congress.objects.order_by("pk")[0]
    Attachment.objects.create(
        congress=congress, sha256="ab" * 32, name="丢了.txt", size=3, kind="text/plain"
    )


def go_back() -> None:
    """The tables as the version before this one left them."""
    from django.core.management import call_command

    call_command("migrate", "matters", "0003", verbosity=0)


def tokens() -> None:
    from bihuan.matters.models import Act

    print(json.dumps(dict(Act.objects.exclude(token="").values_list("token", "hash"))))


if __name__ == "__main__":
    import django

    django.setup()
    command, *arguments = sys.argv[1:]
    globals()[command](*arguments)
