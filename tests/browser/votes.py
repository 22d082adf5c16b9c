"""Ballots and draws at every stage, for the screens: who votes are the cast's deputies and its clerk."""

from __future__ import annotations

from datetime import date

from tests.ballots.members import opinion
from tests.cast import Cast

from bihuan.ballots import closing, urn, voting
from bihuan.ballots.models import Ballot
from bihuan.ballots.voting import Plan
from bihuan.draws import drawing
from bihuan.draws.method import Announced, Entry
from bihuan.draws.models import Draw
from bihuan.people.models import Person, User

DAY = date(2026, 6, 25)
LONG_AGO = date(2024, 6, 25)
JUDGES = tuple(Entry(f"{n:02d}", f"法官{n:02d}", "刑事" if n % 2 else "民事", n) for n in range(6))
SECRETS = ("春江潮水连海平一", "海上明月共潮生二")


def votes(cast: Cast) -> dict[str, str]:
    """The numbers of ballots and draws, by the names that the screens' paths use."""
    matter = opinion(cast)
    about = Plan(title=matter.title, matter=matter, declared="satisfaction")
    projects = ["城北人行天桥", "老年助餐点", "社区卫生服务站"]
    made = {
        "vote_draft": _ballot(cast, Plan(title="通过会议议程", preset="committee")),
        "vote_open": _open(
            cast, Plan(title="安全生产工作满意度测评", preset="zhenhai", items=projects)
        ),
        "vote_paper": _open(cast, Plan(title="任免案表决", preset="removal", way="paper")),
        "vote_score": _open(cast, Plan(title="履职评议评分", preset="scores", items=["甲", "乙"])),
        "vote_closed": _closed(cast, about),
        "vote_public": _closed(cast, Plan(title="教育工作满意度测评", preset="zhenhai")),
    }
    closing.announce(made["vote_public"].pk)
    closing.make_public(made["vote_public"].pk)
    numbers = {name: str(row.pk) for name, row in made.items()}
    numbers["voting"] = str(matter.pk)
    return numbers | {name: str(row.pk) for name, row in _draws(cast).items()}


def _voters(cast: Cast) -> list[User]:
    return [cast.deputy, cast.other_deputy, cast.clerk]


def _ballot(cast: Cast, plan: Plan) -> Ballot:
    persons: list[Person] = [user.person for user in _voters(cast) if user.person]
    made = voting.set_up(cast.congress, plan, persons, cast.clerk, DAY)
    assert isinstance(made, Ballot), made.say
    return made


def _open(cast: Cast, plan: Plan) -> Ballot:
    done = voting.open_(_ballot(cast, plan).pk, DAY)
    assert isinstance(done, Ballot), done.say
    return done


def _closed(cast: Cast, plan: Plan) -> Ballot:
    row = _open(cast, plan)
    for user, mark in zip(_voters(cast), ("满意", "满意", "基本满意"), strict=True):
        assert voting.vote(row.pk, user.person, [mark], urn.new_receipt()) is None
    done = closing.close(row.pk, cast.clerk, DAY)
    assert isinstance(done, Ballot), done.say
    return done


def _draws(cast: Cast) -> dict[str, Draw]:
    """One that waits for commitments, one that waits for a secret, one drawn, one void, one of years ago."""
    titles = ("抽取法官", "抽取检察官", "抽取案件", "抽取专家", "抽取陪审员")
    asked, opening, drawn, void, past = (_draw(cast, title) for title in titles)
    for row, day in ((opening, DAY), (drawn, DAY), (void, DAY), (past, LONG_AGO)):
        for user, secret in zip((cast.clerk, cast.leader), SECRETS, strict=True):
            drawing.commit(row.pk, user, secret)
        drawing.announce(row.pk, day)
    for row, day in ((drawn, DAY), (past, LONG_AGO)):
        for user, secret in zip((cast.clerk, cast.leader), SECRETS, strict=True):
            drawing.open_share(row.pk, user, secret)
        drawing.draw_now(row.pk, day)
    drawing.open_share(void.pk, cast.clerk, SECRETS[0])
    drawing.void(void.pk, "有人不公开密语，重新抽签")
    made = {"asked": asked, "opening": opening, "drawn": drawn, "void": void, "past": past}
    return {f"draw_{name}": row for name, row in made.items()}


def _draw(cast: Cast, title: str) -> Draw:
    plan = Announced(title, JUDGES, {"": 1}, 1, {"03": "当事人的近亲属"})
    made = drawing.set_up(cast.congress, plan, [cast.clerk, cast.leader], cast.clerk, DAY)
    assert isinstance(made, Draw), made.say
    return made
