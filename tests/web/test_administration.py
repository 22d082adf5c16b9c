"""The security administrator, the auditor, and the clerk's params."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone
from tests.cast import PASSWORD, Cast, cast

from bihuan.loop.spec import Param
from bihuan.matters import house, local_params
from bihuan.matters.act import BALLOT_CLOSED, Doer, held_matters, note
from bihuan.matters.models import LocalParam
from bihuan.people.models import Event, Grant

__all__ = ["cast"]

DAY = date(2026, 6, 1)
PARAM = "/house/params/suggestions/reply_within/"


def test_it_gives_a_role_on_screen_and_logs_it(cast: Cast) -> None:
    asked = {"user": cast.nobody.pk, "role": "contact", "body": cast.bodies["finance"].pk}
    assert cast.client("security_admin").post("/house/grants/give/", asked).status_code == 302
    grant = Grant.objects.get(user=cast.nobody)
    assert grant.given_by == cast.security_admin and grant.begins == timezone.localdate()
    assert "nobody" in Event.objects.get(kind="grant").what


def test_it_shows_the_refusal_with_what_was_chosen(cast: Cast) -> None:
    asked = {"user": cast.clerk.pk, "role": "audit_admin"}
    answer = cast.client("security_admin").post("/house/grants/give/", asked)
    assert answer.status_code == 422 and "互不兼任" in answer.content.decode()


def test_it_ends_a_role_and_the_next_page_knows(cast: Cast) -> None:
    clerk = cast.client("clerk")
    assert clerk.get("/house/params/").status_code == 200
    grant = Grant.objects.get(user=cast.clerk)
    cast.client("security_admin").post(f"/house/grants/{grant.pk}/end/")
    assert clerk.get("/house/params/").status_code == 403


def test_it_ends_no_role_of_another_congress(cast: Cast) -> None:
    grant = Grant.objects.get(user=cast.outsider)
    answer = cast.client("security_admin").post(f"/house/grants/{grant.pk}/end/")
    assert answer.status_code == 404


def test_it_lets_a_locked_out_user_in_again(cast: Cast, client: Client) -> None:
    for _ in range(5):
        client.post("/sign-in/", {"username": "clerk", "password": "wrong"})
    security = cast.client("security_admin")
    assert "clerk" in security.get("/house/lock-outs/").content.decode()
    security.post("/house/lock-outs/", {"username": "clerk"})
    right = {"username": "clerk", "password": PASSWORD}
    assert Client().post("/sign-in/", right).status_code == 302


def test_it_shows_the_auditor_who_did_what_and_never_what_a_matter_says(cast: Cast) -> None:
    cast.suggestion("handed", title="不给审计看的标题")
    page = cast.client("audit_admin").get("/house/acts/").content.decode()
    assert "王志刚" in page and "交办" in page
    assert "不给审计看的标题" not in page


def test_it_says_the_acts_of_the_house_in_the_auditors_language(cast: Cast) -> None:
    matter = cast.suggestion("handed")
    with transaction.atomic():
        note(held_matters().get(pk=matter.pk), BALLOT_CLOSED, Doer("clerk", cast.clerk), DAY, {})
    audit = cast.client("audit_admin")
    assert "表决封存" in audit.get("/house/acts/").content.decode()
    audit.post("/language/", {"language": "en", "next": "/"})
    assert "Closing of the vote" in audit.get("/house/acts/").content.decode()


def test_it_narrows_the_logs_by_who_kind_and_day(cast: Cast, client: Client) -> None:
    client.post("/sign-in/", {"username": "clerk", "password": "wrong"})
    client.post("/sign-in/", {"username": "leader", "password": PASSWORD})
    audit = cast.client("audit_admin")
    failed = audit.get("/house/events/?failed=1&kind=sign-in").content.decode()
    assert "登录失败：clerk" in failed and "赵主任" not in failed
    tomorrow = timezone.localdate() + timedelta(days=1)
    assert "没有符合条件" in audit.get(f"/house/events/?from={tomorrow}").content.decode()
    assert audit.get("/house/events/?from=2026-99-99").status_code == 200


def test_it_shows_the_auditor_nothing_of_another_congress(cast: Cast, client: Client) -> None:
    client.post("/sign-in/", {"username": "outsider", "password": PASSWORD})
    assert "外县工作人员" not in cast.client("audit_admin").get("/house/events/").content.decode()


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/house/grants/", "security_admin"),
        ("/house/lock-outs/", "security_admin"),
        ("/house/events/", "audit_admin"),
        ("/house/acts/", "audit_admin"),
        ("/house/params/", "clerk"),
        (PARAM, "clerk"),
    ],
)
def test_it_opens_each_screen_to_its_own_role_alone(cast: Cast, path: str, allowed: str) -> None:
    others = {"clerk", "contact", "deputy", "system_admin", "security_admin", "audit_admin"}
    assert cast.client(allowed).get(path).status_code == 200
    assert all(cast.client(role).get(path).status_code == 403 for role in others - {allowed})
    assert Client().get(path)["Location"].startswith("/sign-in/")


def _set(cast: Cast, **given: str) -> tuple[int, str]:
    since = (timezone.localdate() + timedelta(days=30)).isoformat()
    asked = {"value": "2个月", "since": since, "cite": "《本市办理办法》第十条", **given}
    answer = cast.client("clerk").post(PARAM, asked)
    return answer.status_code, answer.content.decode()


def test_it_sets_a_param_from_a_day_on_and_keeps_what_was(cast: Cast) -> None:
    assert _set(cast)[0] == 302
    row = LocalParam.objects.get()
    rules = house.rules_of(cast.congress, "suggestions")
    assert rules.value("reply_within", timezone.localdate()) == "3 months"
    assert rules.value("reply_within", row.since) == "2个月"
    page = cast.client("clerk").get(PARAM).content.decode()
    assert "未到生效日" in page and "现行" in page and "王志刚" in page
    assert house.rules_of(cast.elsewhere, "suggestions").own == ()


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"since": "2020-01-01"}, "今天或以后"),
        ({"since": "何时"}, "今天或以后"),
        ({"value": "很快"}, "看不懂时限"),
        ({"value": " "}, "请填写新的值"),
        ({"cite": " "}, "请写明依据"),
    ],
)
def test_it_says_what_is_wrong_with_a_new_param(
    cast: Cast, given: dict[str, str], says: str
) -> None:
    status, page = _set(cast, **given)
    assert status == 422 and says in page
    assert not LocalParam.objects.exists()


def test_it_reads_a_value_as_the_kind_that_stands_there() -> None:
    def standing(value: object) -> Param:
        return Param("p", "某项", value, date(2020, 1, 1), "x")  # type: ignore[arg-type]

    read = local_params.parse_value
    assert read(standing(5), "7") == 7
    assert read(standing(False), "是") is True
    assert read(standing("40%"), "45%") == "45%"
    assert read(standing("在线"), "线下") == "线下"
    kept = [{"id": "A", "title": "已解决", "tone": "good", "synonyms": ["甲"]}, {"id": "B"}]
    assert read(standing(kept), "A：解决了\nE") == [
        {"id": "A", "title": "解决了", "tone": "good", "synonyms": ["甲"]},
        {"id": "E"},
    ]
    assert local_params.as_text(read(standing(kept), local_params.as_text(kept))) == "A：已解决\nB"  # type: ignore[arg-type]


def test_it_knows_no_param_that_is_not_declared(cast: Cast) -> None:
    assert cast.client("clerk").get("/house/params/suggestions/nothing/").status_code == 404
    assert cast.client("clerk").get("/house/params/nothing/nothing/").status_code == 404
