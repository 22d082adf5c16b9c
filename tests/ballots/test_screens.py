"""The screens of a ballot: set up, opened, voted, closed, declared on its matter, published, signed."""

from __future__ import annotations

import re
from io import BytesIO
from typing import Any

import segno
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from docx import Document
from pytest_django.fixtures import Settings
from tests.ballots.members import DAY, cast_vote, closed, members, opinion, prepared, running
from tests.cast import Cast

from bihuan.ballots import voting
from bihuan.ballots.models import Ballot, Closing, Item
from bihuan.ballots.verify import verify
from bihuan.matters.models import Act, Matter
from bihuan.people.models import Body, User


def page(client: Client, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status, answer.content.decode()
    return answer.content.decode()


def send(client: Client, path: str, status: int = 302, **sent: Any) -> str:
    answer = client.post(path, sent)
    assert answer.status_code == status, answer.content.decode()
    return answer.content.decode()


def phone(user: User) -> Client:
    client = Client()
    client.force_login(user, "django.contrib.auth.backends.ModelBackend")
    return client


def test_it_asks_no_more_of_the_database_for_more_papers(
    cast: Cast, django_assert_max_num_queries: Any
) -> None:
    voters, asked = members(cast, 6), []
    for count in (2, 6):
        plan = {
            "preset": "ranking",
            "items": ["修路", "建桥"],
            "places": 1,
            "title": f"排序{count}",
        }
        ballot = running(cast, voters[:count], **plan)
        for user in voters[:count]:
            cast_vote(ballot, user, "2", "1")
        asked.append(f"/ballots/{closed(ballot, cast).pk}/")
    clerk = cast.client("clerk")
    page(clerk, asked[0])
    with CaptureQueriesContext(connection) as few:
        page(clerk, asked[0])
    with django_assert_max_num_queries(len(few)):
        assert "建桥、修路" in page(clerk, asked[1])


def test_it_books_the_result_on_the_matter(cast: Cast) -> None:
    voters, matter = members(cast, 3), opinion(cast)
    clerk = cast.client("clerk")
    assert "发起表决" in page(clerk, f"/m/{matter.pk}/")
    chamber = Body.objects.get(name="市人大常委会")
    asked = {"matter": matter.pk, "declared": "satisfaction", "title": matter.title, "way": "phone"}
    send(clerk, "/ballots/new/", **asked, source=f"body-{chamber.pk}")
    ballot = Ballot.objects.get()
    assert ballot.roll.count() == 3
    assert "发起表决" not in page(clerk, f"/m/{matter.pk}/").split("轨迹")[0].split("内容")[0]
    send(clerk, f"/ballots/{ballot.pk}/open/")
    assert "请您投票" in page(phone(voters[0]), "/today/")
    for user in voters:
        cast_vote(ballot, user, "不满意")
    send(clerk, f"/ballots/{ballot.pk}/close/")
    said = page(clerk, f"/ballots/{ballot.pk}/declare/1/")
    assert "地方测评，不是法定程序" in said
    send(clerk, f"/ballots/{ballot.pk}/declare/1/", vote_result="满意", vote_note="改过的")
    act = Act.objects.get(matter=matter, kind="vote")
    assert act.data["vote_result"] == "不满意"
    assert act.data["vote_dissatisfied"] == "3" or act.data["vote_dissatisfied"] == 3
    assert str(act.data["vote_note"]).endswith(Closing.objects.get().hash)
    ballot.refresh_from_db()
    assert (ballot.state, Item.objects.get().act_id) == ("declared", act.pk)
    assert (Matter.objects.get(pk=matter.pk).state, matter.round + 1) == ("handling", 2)
    send(clerk, f"/ballots/{ballot.pk}/declare/1/", status=422)
    assert verify() == (1, [])


def test_it_publishes_a_result_that_anybody_may_read(cast: Cast) -> None:
    voters = members(cast, 2)
    ballot = running(cast, voters)
    receipt = cast_vote(ballot, voters[0], "满意")
    closed(ballot, cast)
    clerk = cast.client("clerk")
    address = f"/ballots/{ballot.pk}/public/"
    page(Client(), address, status=404)
    assert "先宣布结果，再公布" in send(clerk, f"/ballots/{ballot.pk}/publish/", status=422)
    send(clerk, f"/ballots/{ballot.pk}/announce/")
    send(clerk, f"/ballots/{ballot.pk}/publish/")
    text = page(Client(), f"{address}?receipt={receipt}")
    assert "这张票在公布的票里" in text
    assert "地方测评，不是法定程序" in text
    assert "委员01" not in text


def test_it_makes_a_sheet_to_sign(cast: Cast) -> None:
    voters = members(cast, 3)
    ballot = running(cast, voters, title="安全生产测评")
    for user in voters:
        cast_vote(ballot, user, "满意")
    clerk = cast.client("clerk")
    assert "先封存" in page(clerk, f"/ballots/{ballot.pk}/sheet/", status=422)
    closed(ballot, cast)
    answer = clerk.get(f"/ballots/{ballot.pk}/sheet/")
    sheet = Document(BytesIO(answer.content))
    text = "\n".join(paragraph.text for paragraph in sheet.paragraphs)
    assert "安全生产测评结果" in text
    assert "满意 3 票 ÷ 全体组成人员 3 = 100.0%" in text
    assert [role in text for role in ("监票人（签名）", "计票人（签名）", "主持人（签名）")] == [
        True
    ] * 3
    assert "地方测评，不是法定程序" in text
    assert Closing.objects.get().hash in text
    cells = [[cell.text for cell in row.cells] for row in sheet.tables[0].rows]
    assert cells[1] == ["满意", "3", "100.0%"]


def test_it_enters_paper_ballots_by_two_people_who_do_not_see_one_another(cast: Cast) -> None:
    ballot = running(cast, members(cast, 5), way="paper")
    counted = {"present": "5", "issued": "5", "received": "5"}
    counted |= {"n1-0": "4", "n1-1": "1", "n1-2": "0", "n1-3": "0"}
    first, second = cast.client("clerk"), cast.client("secretariat")
    address = f"/ballots/{ballot.pk}/entry/"
    wrong = send(first, address, status=422, **{**counted, "n1-0": "四"})
    assert "“满意”请填整数" in wrong
    send(first, address, **counted)
    assert 'value="4"' not in page(second, address)
    send(second, address, **{**counted, "n1-0": "3", "n1-1": "2"})
    said = send(first, f"/ballots/{ballot.pk}/close/", status=422)
    assert "两份录入不一致" in said
    send(second, address, **counted)
    send(first, f"/ballots/{ballot.pk}/close/")
    assert Closing.objects.get().body["items"][0]["outcome"] == "满意"


def test_it_enters_score_sheets_line_by_line(cast: Cast) -> None:
    voters = members(cast, 3)
    ballot = running(cast, voters, preset="scores", items=["甲", "乙"], title="评分", way="paper")
    entry = {"present": "3", "issued": "3", "received": "3"}
    address = f"/ballots/{ballot.pk}/entry/"
    clerk = cast.client("clerk")
    short = send(clerk, address, status=422, **entry, sheets="90 90 90 90 / 80 80 80 80")
    assert "收回 3 张，录入了 1 行" in short
    lines = ["90 90 90 90 / 80 80 80 80"] * 2
    said = send(clerk, address, status=422, **entry, sheets="\n".join([*lines, "90 90 90 90"]))
    assert "第 3 行：要有 2 个评议对象的分数" in said
    for role in ("clerk", "secretariat"):
        order = [*lines, "70 70 70 70 / 60 60 60 61"]
        ordered = order if role == "clerk" else order[::-1]
        send(cast.client(role), address, **entry, sheets="\n".join(ordered))
    send(clerk, f"/ballots/{ballot.pk}/close/")
    assert verify() == (1, [])


def test_it_lets_nobody_vote_twice_or_for_another(cast: Cast) -> None:
    voters = members(cast, 2)
    ballot = running(cast, voters)
    address = f"/ballots/{ballot.pk}/vote/"
    first, second = phone(voters[0]), phone(voters[1])
    signed = first.get(address).context["signed"]  # type: ignore[index]
    assert "回执号不对" in send(second, address, status=422, receipt=signed, m1="0")
    assert "请从所列选项中选一项" in send(first, address, status=422, receipt=signed, m1="9")
    assert "您的票已经投进票箱" in send(first, address, status=200, receipt=signed, m1="0")
    assert "您已经投过票了" in send(first, address, status=422, receipt=signed, m1="0")
    assert "您已经投过票了" in page(first, address)
    page(cast.client("contact"), address, status=404)


def test_it_shows_the_wall_turnout_and_nothing_else(cast: Cast) -> None:
    voters = members(cast, 4)
    ballot = running(cast, voters)
    cast_vote(ballot, voters[0], "不满意")
    text = page(cast.client("leader"), f"/ballots/{ballot.pk}/hall/")
    assert "<b>1</b>" in text and "/ 4" in text
    assert "不满意" not in text
    assert (
        "不满意" not in page(cast.client("leader"), f"/ballots/{ballot.pk}/").split("计票规则")[0]
    )


def test_it_leads_phones_from_the_wall_to_the_paper_while_they_may_vote(
    cast: Cast, settings: Settings
) -> None:
    settings.SITE_ADDRESS = "https://renda.example.org"
    voters, leader = members(cast, 2), cast.client("leader")
    ballot, on_paper = prepared(cast, voters), running(cast, voters, way="paper")
    wall = f"/ballots/{ballot.pk}/hall/"
    paper = f"https://renda.example.org/ballots/{ballot.pk}/vote/"
    code = segno.make(paper, micro=False, error="m").svg_inline(border=4)
    drawn = re.search(r' d="([^"]+)"', code)
    assert drawn and drawn[1] in page(leader, wall) and paper in page(leader, wall)
    voting.open_(ballot.pk, DAY)
    assert drawn[1] in page(leader, f"{wall}turnout/")
    cast_vote(ballot, voters[0], "满意")
    closed(ballot, cast)
    assert "scan-code" not in page(leader, f"{wall}turnout/")
    assert "scan-code" not in page(leader, f"/ballots/{on_paper.pk}/hall/")


def test_it_changes_the_roll_only_while_preparing(cast: Cast) -> None:
    voters = members(cast, 3)
    ballot = prepared(cast, voters[:2])
    clerk, address = cast.client("clerk"), f"/ballots/{ballot.pk}/roll/"
    assert "“没有的人”人员里没有" in send(clerk, address, status=422, names="没有的人")
    first = ballot.roll.all()[0]
    send(clerk, address, off=[first.pk], names="委员03")
    assert set(ballot.roll.values_list("name", flat=True)) == {"委员02", "委员03"}
    voting.open_(ballot.pk, DAY)
    assert "不能再改" in send(clerk, address, status=422, names="委员01")


def test_it_says_what_is_wrong_when_setting_up(cast: Cast) -> None:
    clerk = cast.client("clerk")
    for sent, said in (
        ({"title": "测评", "preset": "zhenhai"}, "名册是空的"),
        ({"title": "测评", "preset": "zhenhai", "names": "没有的人"}, "人员里没有"),
        ({"title": "测评", "preset": "x", "names": "张春梅"}, "请选择按哪种规则计票"),
        ({"title": "测评", "preset": "zhenhai", "source": "body-x"}, "名册是空的"),
        ({"title": "测评", "preset": "zhenhai", "source": "x"}, "名册从哪里来"),
        ({"title": "", "preset": "zhenhai", "names": "张春梅"}, "请写标题"),
    ):
        assert said in send(clerk, "/ballots/new/", status=422, way="phone", **sent)
    assert not Ballot.objects.exists()


def test_it_hides_ballots_from_those_they_do_not_concern(cast: Cast) -> None:
    ballot = running(cast, members(cast, 2), title="保密的测评")
    for role in ("contact", "other_deputy", "outsider", "nobody"):
        page(cast.client(role), f"/ballots/{ballot.pk}/", status=404)
    for role in ("leader", "deputy"):
        send(cast.client(role), f"/ballots/{ballot.pk}/close/", status=403)
    send(cast.client("outsider"), f"/ballots/{ballot.pk}/close/", status=404)
    assert Ballot.objects.get().state == "open"


def test_it_ends_a_ballot_with_its_reason(cast: Cast) -> None:
    ballot = running(cast, members(cast, 2))
    clerk = cast.client("clerk")
    assert "请写明作废的理由" in send(clerk, f"/ballots/{ballot.pk}/void/", status=422, reason=" ")
    send(clerk, f"/ballots/{ballot.pk}/void/", reason="规则选错了")
    assert "规则选错了" in page(clerk, f"/ballots/{ballot.pk}/")
    send(clerk, f"/ballots/{ballot.pk}/again/")
    assert Ballot.objects.count() == 2
