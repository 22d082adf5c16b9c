"""Roles, accounts and the registers a system administrator keeps."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.test import Client
from tests.cast import Cast, cast

from bihuan.loop.forms import Refusal
from bihuan.people import accounts, roles
from bihuan.people.models import Body, CalendarDay, Event, Grant, Person, Seat, User

__all__ = ["cast"]

DAY = date(2026, 3, 16)


def _give(cast: Cast, to: str, role: str, body: str = "") -> Grant | Refusal:
    where = cast.bodies[body] if body else None
    return roles.give(cast.users[to], role, where, None, cast.security_admin, DAY)


def _says(done: object) -> str:
    assert isinstance(done, Refusal), done
    return done.say


@pytest.mark.parametrize("role", ["security_admin", "audit_admin", "clerk"])
def test_it_keeps_administrators_apart_from_one_another_and_from_the_work(
    cast: Cast, role: str
) -> None:
    assert "互不兼任" in _says(_give(cast, "system_admin", role))


def test_it_gives_no_administrators_role_to_one_who_works(cast: Cast) -> None:
    assert "工作人员" in _says(_give(cast, "clerk", "system_admin"))


def test_it_gives_two_working_roles_to_one_user(cast: Cast) -> None:
    assert isinstance(_give(cast, "clerk", "leader"), Grant)


def test_it_gives_nobody_a_role_by_his_own_hand(cast: Cast) -> None:
    assert "不能给自己授权" in _says(_give(cast, "security_admin", "leader"))


def test_it_asks_for_the_body_the_delegation_and_the_seat_that_a_role_needs(cast: Cast) -> None:
    assert "请选择机构" in _says(_give(cast, "nobody", "contact"))
    assert "请选择代表团" in _says(_give(cast, "nobody", "delegation"))
    assert "没有代表席位" in _says(_give(cast, "nobody", "deputy"))
    assert "请从列表中选择角色" in _says(_give(cast, "nobody", "king"))


def test_it_gives_no_role_across_congresses(cast: Cast) -> None:
    assert "不属于本级人大" in _says(_give(cast, "outsider", "clerk"))


def test_it_does_not_give_the_same_role_twice(cast: Cast) -> None:
    assert "不必再授" in _says(_give(cast, "contact", "contact", "traffic"))
    assert isinstance(_give(cast, "contact", "contact", "finance"), Grant)


def test_it_ends_a_role_at_once_and_keeps_the_row(cast: Cast) -> None:
    grant = Grant.objects.get(user=cast.clerk)
    assert roles.end(grant, cast.security_admin, DAY) is None
    assert grant.ends == DAY - timedelta(days=1)
    assert "已经收回" in _says(roles.end(grant, cast.security_admin, DAY))


def test_it_frees_for_another_role_whoever_gave_up_his(cast: Cast) -> None:
    roles.end(Grant.objects.get(user=cast.system_admin), cast.security_admin, DAY)
    assert isinstance(_give(cast, "system_admin", "clerk"), Grant)


def _open(client: Client, person: Person, username: str) -> str:
    asked = {"person": person.pk, "username": username}
    return client.post("/house/users/new/", asked).content.decode()


def test_it_opens_an_account_with_a_one_time_password_shown_once(cast: Cast) -> None:
    person = Person.objects.create(congress=cast.congress, name="新来的")
    page = _open(cast.client("system_admin"), person, "newcomer")
    user = User.objects.get(username="newcomer")
    shown = page.split('class="one-time">')[1].split("<")[0]
    assert user.must_change_password and user.check_password(shown)
    logged = Event.objects.get(kind="account")
    assert shown not in logged.what and "newcomer" in logged.what


@pytest.mark.parametrize(
    ("username", "says"),
    [("clerk", "已经有人用了"), ("CLERK", "已经有人用了"), ("a b", "3 至 40 个字")],
)
def test_it_refuses_a_username_that_is_taken_or_cannot_be(
    cast: Cast, username: str, says: str
) -> None:
    person = Person.objects.create(congress=cast.congress, name="新来的")
    assert says in _open(cast.client("system_admin"), person, username)


def test_it_resets_a_password_and_throws_out_the_old_one(cast: Cast) -> None:
    clerk = cast.client("clerk")
    cast.client("system_admin").post(f"/house/users/{cast.clerk.pk}/reset/")
    assert clerk.get("/today/").status_code == 302


def test_it_switches_a_user_off_and_on_but_never_the_administrator_himself(cast: Cast) -> None:
    admin = cast.client("system_admin")
    admin.post(f"/house/users/{cast.clerk.pk}/switch/")
    assert not User.objects.get(pk=cast.clerk.pk).is_active
    admin.post(f"/house/users/{cast.clerk.pk}/switch/")
    admin.post(f"/house/users/{cast.system_admin.pk}/switch/")
    assert (
        User.objects.filter(pk__in=[cast.clerk.pk, cast.system_admin.pk], is_active=True).count()
        == 2
    )


def test_it_touches_no_user_of_another_congress(cast: Cast) -> None:
    admin = cast.client("system_admin")
    assert admin.post(f"/house/users/{cast.outsider.pk}/reset/").status_code == 404
    assert "outsider" not in admin.get("/house/users/").content.decode()


REGISTERS = ["bodies", "persons", "posts", "seats", "days"]


@pytest.mark.parametrize("key", REGISTERS)
def test_it_shows_each_register_and_its_form(cast: Cast, key: str) -> None:
    client = cast.client("system_admin")
    assert client.get(f"/house/{key}/").status_code == 200
    assert client.get(f"/house/{key}/new/").status_code == 200


def test_it_registers_a_body_with_its_other_names_and_keeps_the_tree_below_right(
    cast: Cast,
) -> None:
    client = cast.client("system_admin")
    asked = {"name": "市水利局", "kind": "department", "aliases": "水利局、市水务局"}
    client.post("/house/bodies/new/", asked)
    water = Body.objects.get(name="市水利局")
    assert water.aliases == ["水利局", "市水务局"]
    government = cast.bodies["government"]
    moved = {"name": government.name, "kind": "government", "parent": water.pk}
    client.post(f"/house/bodies/{government.pk}/", moved)
    assert Body.objects.get(name="市财政局").path.startswith(water.path)


def test_it_refuses_a_body_below_itself_or_of_a_name_taken(cast: Cast) -> None:
    client, government = cast.client("system_admin"), cast.bodies["government"]
    below = {"name": government.name, "kind": "government", "parent": cast.bodies["finance"].pk}
    answer = client.post(f"/house/bodies/{government.pk}/", below)
    assert answer.status_code == 422 and "上级不能是" in answer.content.decode()
    taken = client.post("/house/bodies/new/", {"name": "市财政局", "kind": "department"})
    assert taken.status_code == 422 and "已经有同样的一条" in taken.content.decode()


def test_it_refuses_dates_that_run_backwards(cast: Cast) -> None:
    seat = Seat.objects.get(person=cast.seats["deputy"].person)
    asked = {
        "person": seat.person_id,
        "term": seat.term_id,
        "begins": "2026-02-01",
        "ends": "2026-01-01",
    }
    answer = cast.client("system_admin").post(f"/house/seats/{seat.pk}/", asked)
    assert answer.status_code == 422 and "早于开始日期" in answer.content.decode()


def test_it_adds_a_local_holiday_once(cast: Cast) -> None:
    client = cast.client("system_admin")
    asked = {"day": "2026-07-01", "working": "0", "why": "建市纪念日"}
    assert client.post("/house/days/new/", asked).status_code == 302
    assert CalendarDay.objects.get(congress=cast.congress).working is False
    assert client.post("/house/days/new/", asked).status_code == 422


@pytest.mark.parametrize("role", ["clerk", "security_admin", "audit_admin", "deputy"])
def test_it_lets_only_the_system_administrator_into_the_registers(cast: Cast, role: str) -> None:
    client = cast.client(role)
    for path in ("/house/users/", *(f"/house/{key}/" for key in REGISTERS)):
        assert client.get(path).status_code == 403


def test_it_makes_passwords_that_can_be_read_out(cast: Cast) -> None:
    password = accounts.one_time_password()
    assert len(password) == 14 and not set(password) & set("0O1Il")
