"""The members who vote in the tests, their chamber, and short ways to a running or closed ballot."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.conf import settings
from tests.cast import Cast

from bihuan.ballots import closing, urn, voting
from bihuan.ballots.models import Ballot
from bihuan.ballots.voting import Plan
from bihuan.loop.forms import Refusal
from bihuan.matters.act import Doer, raise_matter
from bihuan.matters.models import Matter
from bihuan.people.models import Appointment, Body, Grant, Person, User

DAY = date(2026, 6, 25)
LEVELS = ["满意", "基本满意", "不满意"]


def members(cast: Cast, count: int) -> list[User]:
    """So many members of the standing committee, each with a post and an account."""
    chamber = Body.objects.create(congress=cast.congress, name="市人大常委会", kind="standing")
    made = []
    for number in range(1, count + 1):
        person = Person.objects.create(congress=cast.congress, name=f"委员{number:02d}")
        Appointment.objects.create(person=person, body=chamber, post="委员")
        user = User.objects.create(
            username=f"member{number:02d}",
            congress=cast.congress,
            person=person,
            password=cast.clerk.password,
        )
        Grant.objects.create(user=user, role="deputy")
        made.append(user)
    return made


def prepared(cast: Cast, voters: Sequence[User], **plan: object) -> Ballot:
    """A ballot set up by the clerk; a secret satisfaction vote unless asked otherwise."""
    asked = {"title": "关于安全生产工作的满意度测评", "preset": "zhenhai", **plan}
    persons = [one.person for one in voters if one.person]
    made = voting.set_up(cast.congress, Plan(**asked), persons, cast.clerk, DAY)  # type: ignore[arg-type]
    assert isinstance(made, Ballot), made.say
    return made


def running(cast: Cast, voters: Sequence[User], **plan: object) -> Ballot:
    """A ballot that can be voted on."""
    done = voting.open_(prepared(cast, voters, **plan).pk, DAY)
    assert isinstance(done, Ballot), done.say
    return done


def cast_vote(ballot: Ballot, user: User, *marks: object) -> str:
    """One vote that must be taken; returns its receipt."""
    receipt = urn.new_receipt()
    refused = voting.vote(ballot.pk, user.person, list(marks), receipt)
    assert refused is None, refused.say
    return receipt


def closed(ballot: Ballot, cast: Cast) -> Ballot:
    """The ballot closed."""
    done = closing.close(ballot.pk, cast.clerk, DAY)
    assert isinstance(done, Ballot), done.say
    return done


def refused(answer: object) -> str:
    """The sentence of a refusal."""
    assert isinstance(answer, Refusal)
    return answer.say


def opinion(cast: Cast) -> Matter:
    """A deliberation opinion that the committee is about to vote on."""
    data = {
        "title": "加快补齐消防通道短板",
        "text": "年内完成。",
        "meeting": "第三十次会议",
        "year": "2026",
    }
    made = raise_matter(
        cast.congress,
        "opinions",
        "raise_opinion",
        Doer("clerk", cast.clerk),
        date(2026, 1, 10),
        data,
    )
    assert isinstance(made, Matter), made.say
    body = str(cast.bodies["traffic"].pk)
    office = Doer("lead_body", cast.contact, "市交通运输局")
    clerk, committee = Doer("clerk", cast.clerk), Doer("committee", cast.committee)
    share = [{"body": body, "person": "周建国", "kind": "lead"}]
    steps: list[tuple[str, Doer, dict[str, object], str]] = [
        ("hand_over", clerk, {"assignments": share}, ""),
        ("acknowledge", office, {}, "1"),
        ("consult", office, {"report_text": "已完成十二处改造。"}, "1"),
        ("comment", committee, {"view": "可以报送"}, "1"),
        ("report", office, {}, "1"),
        ("table", Doer("leader", cast.leader), {}, ""),
    ]
    for place, (act, doer, filled, key) in enumerate(steps):
        cast.take(made, act, doer, date(2026, 2, 1 + place), filled, key)
    return Matter.objects.get(pk=made.pk)


def keys() -> list[str]:
    """The names of the keys on disk."""
    return sorted(path.stem for path in settings.BALLOT_KEYS_FOLDER.glob("*.key"))
