"""A session of the standing committee: who is a member, who was there, what was decided, and what the law says."""

from __future__ import annotations

from datetime import date, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from docx import Document
from pytest_django.fixtures import Settings
from tests.cast import Cast
from tests.sessions.committee import Committee, at, make_committee

from bihuan.api.calendars import feed
from bihuan.institutions.sessions import (
    agenda,
    checks,
    minutes,
    presence,
    quality,
    speaking,
    taking_down,
    votes,
)
from bihuan.institutions.sessions.models import CommitteeSession, Item, Note, Speech
from bihuan.loop.forms import Refusal
from bihuan.matters.access import standing_of
from bihuan.matters.act import Doer
from bihuan.matters.models import Matter
from bihuan.people.committee import conflicts_on, is_member, members_on
from bihuan.people.models import Appointment, Body

DAY = date(2026, 5, 28)


@pytest.fixture
def committee(cast: Cast, settings: Settings, tmp_path: Path) -> Committee:
    settings.FILES_FOLDER = tmp_path / "files"
    return make_committee(cast)


def said(done: object) -> str:
    """The sentence of a refusal."""
    assert isinstance(done, Refusal), done
    return done.say


# Members


def test_it_knows_the_members_of_any_day_from_their_posts(committee: Committee) -> None:
    congress, last = committee.cast.congress, committee.members[-1]
    Appointment.objects.filter(person=last).update(ends=date(2025, 6, 30))
    office = committee.cast.bodies["standing"]
    Appointment.objects.create(person=committee.cast.clerk.person, body=office, post="主任")
    members = members_on(congress, DAY)
    assert [one.post for one in members[:3]] == ["主任", "副主任", "委员"]
    assert len(members) == 8, "the head of an office is no member"
    assert len(members_on(congress, date(2025, 6, 30))) == 9
    assert not is_member(congress, last, DAY) and is_member(congress, last, date(2025, 1, 1))


def test_it_warns_of_posts_a_member_may_not_hold(committee: Committee) -> None:
    court = Body.objects.create(congress=committee.cast.congress, name="市人民法院", kind="court")
    Appointment.objects.create(person=committee.members[2], body=court, post="陪审员")
    members = members_on(committee.cast.congress, DAY)
    found = conflicts_on(committee.cast.congress, DAY, members)
    assert [(one.member.person.name, one.post.body.name) for one in found] == [
        ("委员丙", "市人民法院")
    ]
    assert found[0].cite.endswith("第四十七条")
    page = committee.cast.client("clerk").get(reverse("sessions:session-plan")).content.decode()
    assert "委员丙现任" in page and "第四十七条" in page


# Attendance and quorum


def test_it_opens_only_when_more_than_half_of_all_members_came(committee: Committee) -> None:
    session = committee.session(DAY)
    committee.arrive(session, 4, at(DAY, 8, 50))
    refused = presence.open_session(session, at(DAY, 9))
    assert "全体组成人员 9 人，现在到会 4 人，要 5 人以上" in said(refused)
    assert refused is not None and refused.cite.endswith("第五十一条")
    presence.arrive(session, committee.members[4], at(DAY, 8, 59), committee.cast.clerk)
    assert presence.open_session(session, at(DAY, 9)) is None


def test_it_reads_presence_from_when_each_came_and_left(committee: Committee) -> None:
    session, by = committee.session(DAY), committee.cast.clerk
    committee.arrive(session, 6, at(DAY, 8, 50))
    presence.open_session(session, at(DAY, 9))
    for person in committee.members[:2]:
        presence.depart(session, person, at(DAY, 10), by)
    presence.arrive(session, committee.members[0], at(DAY, 11), by)
    counts = [presence.quorum_at(session, at(DAY, hour)).present for hour in (9, 10, 11)]
    assert counts == [6, 4, 5]
    found = [one for one in checks.of_session(session, DAY) if "在场" in one.say]
    assert "10:00 起在场 4 人，不足全体 9 人的过半数" in found[0].say and len(found) == 1
    presence.close_session(session, at(DAY, 12))
    assert presence.quorum_at(session, at(DAY, 12)).present == 0


@pytest.mark.parametrize(
    ("hour", "day", "say"),
    [
        (9, DAY, "已经记为到会"),
        (7, DAY, "在这之后还记过到会"),
        (9, date(2026, 5, 29), "不在会期内"),
    ],
)
def test_it_refuses_times_that_cannot_be(
    committee: Committee, hour: int, day: date, say: str
) -> None:
    session, by = committee.session(DAY), committee.cast.clerk
    presence.arrive(session, committee.members[0], at(DAY, 8), by)
    if hour == 7:
        presence.depart(session, committee.members[0], at(DAY, 8, 30), by)
    assert say in said(presence.arrive(session, committee.members[0], at(day, hour), by))
    stranger = committee.cast.clerk.person
    assert stranger is not None
    assert "不是常委会组成人员" in said(presence.arrive(session, stranger, at(DAY, 9), by))
    assert "还没有记到会" in said(presence.depart(session, committee.members[5], at(DAY, 9), by))


def test_it_keeps_a_struck_line_to_be_read_and_leave_with_its_reason(committee: Committee) -> None:
    session, by = committee.session(DAY), committee.cast.clerk
    row = presence.arrive(session, committee.members[0], at(DAY, 8), by)
    assert not isinstance(row, Refusal)
    assert presence.strike(row, by, at(DAY, 8, 5)) is None
    assert presence.present_at(session, at(DAY, 9)) == set()
    assert session.attendances.count() == 1
    leave = presence.ask_leave(session, committee.members[1], "赴省参加培训", by, DAY)
    assert not isinstance(leave, Refusal)
    assert "已经请过假" in said(presence.ask_leave(session, committee.members[1], "病假", by, DAY))
    assert presence.decide_leave(leave, True, by, DAY) is None
    assert presence.sheet(session)[1].leave == leave


# Votes


def sitting(committee: Committee, present: int = 8) -> tuple[CommitteeSession, Item]:
    """A session under way with one item being deliberated."""
    session = committee.session(DAY)
    item = committee.item(session, DAY - timedelta(days=12))
    committee.arrive(session, present, at(DAY, 8, 50))
    assert presence.open_session(session, at(DAY, 9)) is None
    committee.cast.take(item.matter, "hear", committee.clerk, DAY)
    return session, Item.objects.select_related("matter", "session").get(pk=item.pk)


@pytest.mark.parametrize(
    ("counts", "outcome"),
    [((5, 3, 0), "通过"), ((4, 0, 4), "未通过"), ((4, 3, 0), "未通过")],
)
def test_it_passes_what_more_than_half_of_all_members_voted_for(
    committee: Committee, counts: tuple[int, int, int], outcome: str
) -> None:
    _, item = sitting(committee)
    done = votes.book(item, votes.Count(*counts), at(DAY, 10), committee.cast.clerk)
    assert not isinstance(done, Refusal), done.say
    facts = Matter.objects.get(pk=item.matter_id).facts
    assert (facts["vote_outcome"], facts["members"], facts["present"]) == (outcome, 9, 8)
    assert done.cite.endswith("第五十一条")


def test_it_refuses_a_vote_without_quorum_or_with_more_votes_than_people(
    committee: Committee,
) -> None:
    session, item = sitting(committee, present=5)
    by = committee.cast.clerk
    many = votes.book(item, votes.Count(5, 1, 0), at(DAY, 10), by)
    assert "共 6 票，多于表决时到会的 5 人" in said(many)
    presence.depart(session, committee.members[0], at(DAY, 10), by)
    few = votes.book(item, votes.Count(4, 0, 0), at(DAY, 10, 30), by)
    assert "不足 5 人（过半数），不能表决" in said(few)
    assert "会议还没有开" in said(votes.book(item, votes.Count(4, 0, 0), at(DAY, 8), by))


@pytest.mark.parametrize(
    ("told", "say"),
    [
        ({"votes_for": 4, "vote_outcome": "通过"}, "登记的结果却是“通过”"),
        ({"votes_for": 5, "vote_outcome": "未通过"}, "登记的结果却是“未通过”"),
        ({"votes_for": 5, "present": 4, "vote_outcome": "通过"}, "不足 5 人"),
    ],
)
def test_it_recounts_results_that_came_from_elsewhere(
    committee: Committee, told: dict[str, object], say: str
) -> None:
    session, item = sitting(committee)
    counts = {"members": 9, "present": 8, "votes_against": 1, "votes_abstain": 0, **told}
    committee.cast.take(item.matter, "vote", Doer("child", committee.cast.clerk), DAY, counts)
    found = [one for one in checks.of_session(session, DAY) if "的表决：" in one.say]
    assert len(found) == 1 and say in found[0].say


def test_it_offers_a_ballot_on_what_is_being_deliberated(committee: Committee) -> None:
    session, item = sitting(committee)
    client = committee.cast.client("clerk")
    page = client.get(f"/m/{item.matter_id}/").content.decode()
    assert "常委会会议表决" in page and "人事任免无记名表决" in page
    told = {"vote_outcome": "通过", "votes_for": 5, "votes_against": 0, "votes_abstain": 0}
    note = {"vote_note": "全体组成人员 9 人，到会 8 人，赞成 5 票；结果：通过。"}
    committee.cast.take(item.matter, "declare_vote", committee.clerk, DAY, {**told, **note})
    committee.cast.take(item.matter, "conclude", committee.clerk, DAY)
    assert not [one for one in checks.of_session(session, DAY) if "主任会议" in one.say]
    address = reverse("sessions:session", args=[session.pk])
    assert "赞成 5、反对 0、弃权 0</span>" in client.get(address).content.decode()


def test_it_asks_for_the_vote_that_nobody_else_can_take(committee: Committee) -> None:
    session, item = sitting(committee)
    committee.cast.take(item.matter, "conclude", committee.clerk, DAY)
    found = [one for one in checks.of_session(session, DAY) if "主任会议" in one.say]
    assert len(found) == 1 and found[0].cite.endswith("第五十四条")


# Speeches


def test_it_limits_speeches_by_the_local_rule_and_the_second_on_an_item_more(
    committee: Committee,
) -> None:
    session, item = sitting(committee)
    by, speaker = committee.cast.clerk, committee.members[0]
    first = speaking.sign_up(item, speaker, by)
    assert isinstance(first, Speech)
    assert "已经在" in said(speaking.sign_up(item, speaker, by))
    assert speaking.begin(first, at(DAY, 9, 10)) is None
    other = speaking.sign_up(item, committee.members[1], by)
    assert isinstance(other, Speech)
    assert "正在发言" in said(speaking.begin(other, at(DAY, 9, 11)))
    speaking.end(first, at(DAY, 9, 26))
    assert (first.minutes, first.over) == (15, True)
    again = speaking.sign_up(item, speaker, by)
    assert isinstance(again, Speech)
    assert speaking.begin(again, at(DAY, 9, 30)) is None and again.minutes == 10
    speaking.end(again, at(DAY, 9, 35))
    absent = speaking.sign_up(item, committee.members[8], by)
    assert isinstance(absent, Speech)
    assert "没有记到会" in said(speaking.begin(absent, at(DAY, 9, 40)))
    figures = {one.title: (one.hit, one.base) for one in quality.of_session(session, DAY)}
    assert figures["没有超过时限的发言"] == (1, 2)
    assert figures["到会组成人员"] == (8, 9)


# Opinions


def test_it_hands_what_was_said_into_the_opinions_with_a_link_both_ways(
    committee: Committee,
) -> None:
    session, item = sitting(committee)
    noted = taking_down.take_down(
        item, committee.members[0], "公布停车收费目录", "城管局三个月内公布。", committee.cast.clerk
    )
    assert isinstance(noted, Note)
    opinion = taking_down.form_opinion(noted, committee.clerk, DAY)
    assert isinstance(opinion, Matter)
    assert (opinion.institution, opinion.state, opinion.parent_id) == (
        "opinions",
        "countermeasure",
        item.matter_id,
    )
    assert opinion.facts["meeting"] == session.name and opinion.text == "城管局三个月内公布。"
    noted.refresh_from_db()
    assert noted.opinion == opinion
    assert "已经列入" in said(taking_down.form_opinion(noted, committee.clerk, DAY))
    figures = {one.title: (one.hit, one.base) for one in quality.of_session(session, DAY)}
    assert figures["已交办到单位、责任人、期限"] == (0, 1)
    client = committee.cast.client("clerk")
    assert str(opinion.pk) in client.get(f"/m/{item.matter_id}/").content.decode()
    page = client.get(reverse("sessions:session-notes", args=[session.pk])).content.decode()
    assert f"/l/opinions/bulk/hand_over/?m={opinion.pk}" in page


# Limits and checks


def test_it_moves_the_limits_when_the_session_moves(committee: Committee) -> None:
    session = committee.session(DAY)
    item = committee.report(session, date(2026, 4, 1))
    share = item.matter.assignments.get()
    assert share.due_on == date(2026, 5, 8) and share.limit["backwards"]
    later = date(2026, 6, 25)
    moved = agenda.move_session(
        session, later, later, "主任会议决定延后", committee.clerk, date(2026, 4, 2)
    )
    share.refresh_from_db()
    assert moved is None and share.due_on == date(2026, 6, 5)
    off = agenda.call_off(session, "并入下次会议", committee.clerk, date(2026, 4, 3))
    assert off is None
    assert Matter.objects.get(pk=item.matter_id).state == "taken_off"


def test_it_tells_late_material_with_its_article(committee: Committee) -> None:
    session = committee.session(DAY)
    item = committee.report(session, date(2026, 5, 20))
    found = checks.of_session(session, date(2026, 5, 21))
    late = [one for one in found if "还没有送到" in one.say]
    assert len(late) == 1 and late[0].cite.endswith("第十五条")
    body = Doer("lead_body", committee.cast.contact, "市交通运输局")
    committee.cast.take(item.matter, "draft", body, date(2026, 5, 22), share="1")
    says = [one.say for one in checks.of_session(session, date(2026, 5, 23))]
    assert any("征求意见稿 2026-05-22 才送到，晚于会前二十日" in say for say in says)
    figures = {one.title: (one.hit, one.base) for one in quality.of_session(session, DAY)}
    assert figures["征求意见稿按期送到"] == (0, 1)


@pytest.mark.parametrize(
    ("second", "today", "many"),
    [
        (date(2026, 7, 28), date(2026, 8, 1), 0),
        (date(2026, 7, 29), date(2026, 8, 1), 1),
        (date(2026, 7, 1), date(2026, 9, 2), 1),
    ],
)
def test_it_counts_two_months_from_one_session_to_the_next(
    committee: Committee, second: date, today: date, many: int
) -> None:
    sessions = [committee.session(DAY, 1), committee.session(second, 2)]
    found = checks.gaps(committee.cast.congress, sessions, today)
    assert len(found) == many
    assert all(one.cite.endswith("第五十一条") for one in found)


# Minutes and calendar


def test_it_writes_the_minutes_in_the_national_form(committee: Committee) -> None:
    session, item = sitting(committee)
    votes.book(item, votes.Count(7, 1, 0), at(DAY, 10), committee.cast.clerk)
    by = committee.cast.clerk
    presence.ask_leave(session, committee.members[8], "赴省参加培训", by, DAY)
    presence.close_session(session, at(DAY, 12))
    sheet = Document(BytesIO(minutes.docx(session)))
    text = "\n".join(paragraph.text for paragraph in sheet.paragraphs)
    assert "第34次会议纪要" in text and "全体组成人员9人，出席8人" in text
    assert "赞成7票，反对1票，弃权0票，通过（全体组成人员过半数）" in text
    assert "委员辛请假：赴省参加培训" in text
    assert sheet.tables[0].rows[1].cells[2].text == "08:50—12:00"
    answer = committee.cast.client("clerk").get(
        reverse("sessions:session-minutes", args=[session.pk])
    )
    assert answer["Content-Type"].endswith("wordprocessingml.document")


def test_it_numbers_in_the_minutes_only_what_stayed_on_the_agenda(committee: Committee) -> None:
    session = committee.session(DAY)
    off = committee.item(session, DAY, "其他").matter
    committee.cast.take(off, "take_off", committee.clerk, DAY, {"reason": "改期再议"})
    committee.item(session, DAY)
    committee.arrive(session, 9, at(DAY, 8, 50))
    assert presence.open_session(session, at(DAY, 9)) is None
    sheet = Document(BytesIO(minutes.docx(session)))
    lines = [paragraph.text for paragraph in sheet.paragraphs]
    assert "（一）关于议案、决定的议题" in lines and not any("其他的议题" in line for line in lines)


def test_it_puts_sessions_into_the_calendars_of_those_who_see_them(committee: Committee) -> None:
    committee.session(DAY)
    for role, there in (("clerk", True), ("deputy", True), ("other_deputy", False)):
        user = committee.cast.users[role]
        assert ("常委会第34次会议" in feed(standing_of(user, DAY), "http://x").decode()) is there


# On screen


def post(client: Client, name: str, *args: int, **values: object) -> str:
    """Send a form; the page that follows."""
    answer = client.post(reverse(f"sessions:session-{name}", args=args), values, follow=True)
    assert answer.status_code == 200, answer.content.decode()[:1500]
    return answer.content.decode()


def test_it_is_held_from_plan_to_minutes_on_screen(committee: Committee) -> None:
    clerk, today = committee.cast.client("clerk"), timezone.localdate()
    page = post(clerk, "new", number="7", begins=today.isoformat(), place="会议厅")
    session = CommitteeSession.objects.get(number=7)
    assert "会议厅" in page and '<option value="议案、决定">议案、决定</option>' in page
    file = SimpleUploadedFile("草案.txt", "决定草案".encode())
    page = post(
        clerk, "add-item", session.pk, title="关于决定的议题", kind="议案、决定", files=file
    )
    item = session.items.get()
    assert "草案.txt" in page
    assert "要 5 人以上" in post(clerk, "change", session.pk, what="open")
    for person in committee.members[:6]:
        post(clerk, "attend", session.pk, arrive=str(person.pk))
    assert "已宣布开会" in post(clerk, "change", session.pk, what="open")
    post(clerk, "item", session.pk, item.pk, what="hear")
    page = post(clerk, "item", session.pk, item.pk, what="vote", yes="x", no="0", abstained="0")
    assert "都要填数字" in page
    page = post(clerk, "item", session.pk, item.pk, what="vote", yes="5", no="1", abstained="0")
    assert "赞成 5、反对 1、弃权 0；在场 6，全体 9" in page
    hall = clerk.get(reverse("sessions:session-projector", args=[session.pk])).content.decode()
    assert "符合法定人数" in hall
    post(clerk, "item", session.pk, item.pk, what="conclude")
    assert "已闭会" in post(clerk, "change", session.pk, what="close")
    assert clerk.get(reverse("sessions:session-minutes", args=[session.pk])).status_code == 200


def test_it_asks_no_more_of_the_database_for_a_longer_agenda(
    committee: Committee, django_assert_max_num_queries: Any
) -> None:
    session, client = committee.session(DAY), committee.cast.client("deputy")
    address = reverse("sessions:session", args=[session.pk])
    committee.item(session, DAY)
    client.get(address)
    with CaptureQueriesContext(connection) as short:
        client.get(address)
    for _ in range(5):
        committee.item(session, DAY)
    with django_assert_max_num_queries(len(short)):
        assert client.get(address).status_code == 200


def test_it_lets_a_member_read_sign_up_and_ask_leave_and_nobody_else(committee: Committee) -> None:
    today = timezone.localdate()
    session = committee.session(today)
    item = committee.item(session, today)
    member = committee.cast.client("deputy")
    address = reverse("sessions:session", args=[session.pk])
    page = post(member, "mine", session.pk, what="speak", row=str(item.pk))
    assert "取消发言报名" in page and "列一项议题" not in page
    page = post(member, "mine", session.pk, what="leave", reason="赴省参加培训")
    assert "赴省参加培训" in page
    for role in ("other_deputy", "contact", "unit", "nobody", "outsider", "system_admin"):
        assert committee.cast.client(role).get(address).status_code == 404, role
        answer = committee.cast.client(role).post(
            reverse("sessions:session-mine", args=[session.pk])
        )
        assert answer.status_code == 404, role
    refused = member.post(
        reverse("sessions:session-change", args=[session.pk]), {"what": "call_off"}
    )
    assert refused.status_code == 403


def test_it_gives_a_member_the_material_once_it_was_sent(committee: Committee) -> None:
    today = timezone.localdate()
    session = committee.session(today + timedelta(days=40))
    committee.report(session, today)
    post(
        committee.cast.client("clerk"),
        "add-item",
        session.pk,
        title="关于决定的议题",
        kind="议案、决定",
        files=SimpleUploadedFile("草案.txt", "决定草案".encode()),
    )
    item = session.items.get(place=2)
    file = item.matter.attachments.get()
    address = reverse("sessions:session-file", args=[session.pk, file.pk])
    assert committee.cast.client("deputy").get(address).status_code == 200
    assert committee.cast.client("other_deputy").get(address).status_code == 404


@pytest.mark.parametrize(
    ("values", "say"),
    [
        ({"number": "0", "begins": "2026-05-28"}, "1 至 999"),
        ({"number": "9", "begins": "五月"}, "请填写开会日"),
        ({"number": "9", "begins": "2026-05-28", "ends": "2026-05-01"}, "结束日早于开会日"),
        ({"number": "9", "begins": "2026-05-28", "ends": "2027-05-28"}, "最多排 15 天"),
        ({"number": "34", "begins": "2026-06-28"}, "请改会次"),
    ],
)
def test_it_says_what_is_wrong_with_a_plan(
    committee: Committee, values: dict[str, str], say: str
) -> None:
    committee.session(DAY)
    answer = committee.cast.client("clerk").post(reverse("sessions:session-new"), values)
    assert answer.status_code == 422 and say in answer.content.decode()
    assert CommitteeSession.objects.count() == 1
