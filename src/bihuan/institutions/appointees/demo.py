"""The demo's appointees: everyone the committee appointed in the term, one of them with every step played."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from random import Random

from bihuan.ballots.voting import Plan
from bihuan.demo.chamber import Chamber, members
from bihuan.demo.names import people
from bihuan.demo.player import Player
from bihuan.matters.models import Matter
from bihuan.people.models import Appointment, Person

KEY = "appointees"
JUDGES = {"市人民法院": ("审判员", "法院", 6), "市人民检察院": ("检察员", "检察院", 4)}
SLACK = "市交通运输局"
FOR_THE_JUDGE = {"赞成": 24, "反对": 1, "弃权": 1}
SHEETS, PARTS = 25, 4


def play(player: Player, chance: Random, share: float) -> None:
    """Judges and procurators first, then everybody booked, then one new appointment."""
    names = people(Random(chance.random()))
    known = set(
        Person.objects.filter(congress=player.ground.congress).values_list("name", flat=True)
    )
    fresh = (name for name in names if name not in known)
    made: dict[str, list[Appointment]] = {}
    for body, (post, _organ, count) in JUDGES.items():
        begins = player.ground.term.begins
        made[body] = [_appoint(player, next(fresh), body, post, begins) for _ in range(count)]
    posts = Appointment.objects.filter(by_committee=True, body__congress=player.ground.congress)
    for held in posts.select_related("person", "body").order_by("pk"):
        _book(player, held)
    _new(player, next(fresh))
    day = player.workday(date(player.ground.first_year + 4, 9, 18))
    player.later(day, lambda: _score(player, made["市人民检察院"], day))


def _appoint(player: Player, name: str, body: str, post: str, begins: date | None) -> Appointment:
    ground = player.ground
    person = Person.objects.create(congress=ground.congress, name=name)
    return Appointment.objects.create(
        person=person, body=ground.bodies[body], post=post, by_committee=True, begins=begins
    )


def _book(player: Player, held: Appointment) -> None:
    assert held.begins
    day = player.workday(held.begins + timedelta(days=5))
    organ = JUDGES.get(str(held.body.name), ("", "政府", 0))[1]
    data = {
        "title": f"任命{held.person}为{held.body}{held.post}",
        "appointee": held.person.name,
        "body": str(held.body_id),
        "post": held.post,
        "organ": organ,
        "appointed_on": held.begins.isoformat(),
    }
    matter = player.begin(KEY, "record", player.staff("clerk"), day, data)
    if held.body.name == SLACK:
        _list_slack(player, matter)


def _list_slack(player: Player, matter: Matter) -> None:
    """Two years running: what the council of chairs then sees on the map."""
    for year in (player.ground.first_year + 1, player.ground.first_year + 2):
        data = {
            "slack_year": year,
            "slack_reason": "答复里承诺的三件事到期没有兑现，两次督办没有反馈。",
            "own_words": "项目资金由上级下达，到位晚；已经逐件列出新的时间。",
        }
        day = player.workday(date(year + 1, 1, 18))
        player.take(matter, "list_slack", player.staff("leader"), day, data)


def _new(player: Player, name: str) -> None:
    """One judge of this year: nominated, examined, voted on, entered into the register of posts, sworn."""
    year, clerk = player.ground.first_year + 4, player.staff("clerk")
    day = player.workday(date(year, 3, 26))
    data: dict[str, object] = {
        "title": f"任命{name}为市人民法院审判员", "appointee": name, "body": player.body("市人民法院"),
        "post": "审判员", "organ": "法院", "nominated_by": "法院院长",
    }  # fmt: skip
    matter = player.begin(KEY, "raise", clerk, player.workday(date(year, 3, 3)), data)
    exam = {"exam_on": player.workday(date(year, 3, 12)).isoformat(), "exam_score": 93}
    player.take(matter, "exam", clerk, player.workday(date(year, 3, 13)), exam)
    player.take(matter, "speak", clerk, day, {"speech": "表态发言，回答委员两个提问。"})
    player.later(day, lambda: _vote(player, matter, day))


def _vote(player: Player, matter: Matter, day: date) -> None:
    """By secret ballot of all members; whoever is appointed takes the oath the same day."""
    more = {
        "meeting": "常委会会议",
        "all_members": len(members(player, day)),
        "present": sum(FOR_THE_JUDGE.values()),
        "appointed_on": day.isoformat(),
    }
    Chamber(player).decide(matter, "appointment", FOR_THE_JUDGE, day, more)
    entered = {"register_who": "新登记", "register_from": day.isoformat()}
    player.take(matter, "enter_post", player.staff("clerk"), day, entered)
    oath = {"sworn_on": day.isoformat(), "sworn_where": "常委会会议厅，主任监誓"}
    player.take(matter, "swear", player.staff("clerk"), day, oath)


def _score(player: Player, posts: Sequence[Appointment], day: date) -> None:
    """Members give the procurators marks; what comes out is for the persons and the committee, not for the public."""
    chamber, roll = Chamber(player), members(player, day)
    about = "常委会组成人员对检察员履职情况评分，评分表无记名；不排名，结果反馈本人和所在单位。"
    names = [post.person.name for post in posts]
    plan = Plan(f"{day.year}年检察员履职情况评分", about=about, preset="scores", items=names)
    ballot = chamber.running(plan, roll, roll[:SHEETS], day)
    chamber.cast(ballot, roll[:SHEETS], [_sheet(number, len(names)) for number in range(SHEETS)])
    chamber.announce(chamber.close(ballot, day), public=False)


def _sheet(number: int, subjects: int) -> list[list[str]]:
    """One member's marks: the first sheet is full marks throughout, the second the same for everyone; both are void."""
    if number < 2:
        return [["100" if number == 0 else "90"] * PARTS for _ in range(subjects)]
    return [
        [str(82 + (number * 5 + subject * 3 + part * 7) % 17) for part in range(PARTS)]
        for subject in range(subjects)
    ]
