"""Open data: only what is public, in the standards' own shapes, and honest about what was taken back."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from jsonschema import Draft202012Validator, FormatChecker, ValidationError
from pytest_django.fixtures import Settings
from tests.ballots.members import cast_vote, closed, members, running
from tests.cast import Cast, cast

from bihuan.ballots import closing
from bihuan.matters.act import Doer
from bihuan.matters.models import Matter
from bihuan.people.models import Person

__all__ = ["cast"]
pytestmark = pytest.mark.django_db
SHAPES = json.loads((Path(__file__).parent / "shapes.json").read_text(encoding="utf-8"))


def validator(kind: str) -> Draft202012Validator:
    schema = {"$ref": f"#/$defs/{kind}", "$defs": SHAPES["$defs"]}
    return Draft202012Validator(schema, format_checker=FormatChecker())


def check(told: dict[str, Any]) -> None:
    """The object, and every object inside it, against the shape its type names."""
    validator(str(told["type"]).rsplit("/", 1)[-1]).validate(told)
    for value in told.values():
        for inner in value if isinstance(value, list) else [value]:
            if isinstance(inner, dict) and "type" in inner:
                check(inner)


def ask(address: str, **more: Any) -> Any:
    answer = Client().get(address.replace("http://testserver", ""), **more)
    assert answer.status_code == 200, (address, answer.status_code)
    return answer.json()


def pages(address: str) -> Iterator[dict[str, Any]]:
    while address:
        page = ask(address)
        yield from page["data"]
        address = page["links"].get("next", "")


def publish(cast: Cast, matter: Matter, day: date = date(2026, 3, 20)) -> Matter:
    cast.take(matter, "publish", Doer("clerk", cast.clerk), day)
    return Matter.objects.get(pk=matter.pk)


def test_it_can_be_walked_from_the_system_to_every_object(cast: Cast) -> None:
    matter = publish(cast, cast.suggestion("rating", title="关于路灯的建议"))
    system = ask("/oparl/1.1/")
    check(system)
    own = next(body for body in pages(system["body"]) if body["name"] == cast.congress.name)
    check(own)
    met: set[str] = set()
    for name in ("organization", "person", "meeting", "paper", "membership", "file",
                 "legislativeTermList", "agendaItem", "consultation", "locationList"):  # fmt: skip
        for told in pages(own[name]):
            check(told)
            assert ask(told["id"])["id"] == told["id"]
            met.add(told["type"].rsplit("/", 1)[-1])
    assert met == {
        "Organization",
        "Person",
        "Meeting",
        "Paper",
        "Membership",
        "File",
        "LegislativeTerm",
    }
    paper = next(pages(own["paper"]))
    assert paper["name"] == "关于路灯的建议" and paper["bihuan:state"]["id"] == "rating"
    assert ask(paper["originatorPerson"][0])["name"] == "张春梅"
    assert ask(paper["underDirectionOf"][0])["name"] == "市交通运输局"
    text = Client().get(paper["mainFile"]["accessUrl"].replace("http://testserver", ""))
    assert text.content.decode() == matter.text


@pytest.mark.parametrize("kind", sorted(SHAPES["$defs"]))
def test_it_would_notice_a_missing_field(kind: str) -> None:
    shape = SHAPES["$defs"][kind]
    assert shape["required"]
    with pytest.raises(ValidationError):
        validator(kind).validate({})


def test_it_tells_nothing_that_is_not_public(cast: Cast) -> None:
    Person.objects.filter(name="张春梅").update(phone="13800001111", email="secret@example.org")
    hidden = cast.suggestion("rating", title="关于未公开的建议")
    public = publish(cast, cast.suggestion("closed", title="关于公开的建议"), date(2026, 4, 1))
    own = f"/oparl/1.1/body/{cast.congress.pk}/"
    kinds = ("", "papers/", "files/", "people/", "memberships/", "organizations/")
    addresses = [own + kind for kind in kinds]
    addresses += [f"/oparl/1.1/paper/{public.pk}/", f"/popolo/{cast.congress.pk}/"]
    everything = "".join(Client().get(address).content.decode() for address in addresses)
    assert "关于公开的建议" in everything
    for secret in ("未公开", "13800001111", "secret@", "没有回答什么时候修", "周建国", "王志刚"):
        assert secret not in everything, secret
    for address in ("paper/{}/", "file/{}/", "file/{}/text/"):
        assert Client().get("/oparl/1.1/" + address.format(hidden.pk)).status_code == 404


def test_it_says_that_what_was_public_is_no_more(cast: Cast) -> None:
    matter = publish(cast, cast.suggestion("rating", title="关于收回的建议"))
    before = ask(f"/oparl/1.1/paper/{matter.pk}/")
    bad = {"attitude": "满意", "result": "不满意", "comment": "没有回答什么时候修"}
    cast.take(matter, "rate", Doer("proposer", cast.deputy), date(2026, 3, 21), bad)
    assert Matter.objects.get(pk=matter.pk).state == "redoing"
    gone = ask(f"/oparl/1.1/paper/{matter.pk}/")
    check(gone)
    assert gone["deleted"] is True and set(gone) == {"id", "type", "deleted", "created", "modified"}
    assert gone["modified"] >= before["modified"]
    papers = f"/oparl/1.1/body/{cast.congress.pk}/papers/"
    assert ask(papers)["data"] == []
    since = ask(papers, data={"modified_since": before["modified"]})["data"]
    assert [one["deleted"] for one in since] == [True]
    assert ask(papers, data={"modified_since": "2099-01-01T00:00:00+08:00"})["data"] == []
    assert Client().get(f"/oparl/1.1/file/{matter.pk}/text/").status_code == 404


def test_it_pages_by_key_in_as_many_queries_for_many(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bihuan.opendata.views.PAGE", 2)
    papers = f"/oparl/1.1/body/{cast.congress.pk}/papers/"
    made = [publish(cast, cast.suggestion("rating", title=f"关于 {n} 的建议")).pk for n in range(2)]
    ask(papers)
    with CaptureQueriesContext(connection) as few:
        ask(papers)
    made += [
        publish(cast, cast.suggestion("rating", title=f"关于 {n} 的建议")).pk for n in range(3)
    ]
    assert [int(one["id"].split("/")[-2]) for one in pages(papers)] == made
    with CaptureQueriesContext(connection) as many:
        ask(papers)
    assert len(few) == len(many)


def test_it_sends_nothing_twice_and_asks_to_wait(cast: Cast, settings: Settings) -> None:
    first = Client().get("/oparl/1.1/")
    assert first["Access-Control-Allow-Origin"] == "*"
    again = Client().get("/oparl/1.1/", headers={"If-None-Match": first["ETag"]})
    assert again.status_code == 304 and not again.content
    settings.OPEN_PER_MINUTE = 1
    slow = [Client().get("/oparl/1.1/") for _ in range(4)][-1]
    assert slow.status_code == 429 and int(slow["Retry-After"]) > 0


def test_it_tells_people_and_proposals_as_popolo(cast: Cast) -> None:
    publish(cast, cast.suggestion("rating", title="关于路灯的建议"))
    told = ask(f"/popolo/{cast.congress.pk}/")
    for kind, rows in (("persons", "Popolo.Person"), ("organizations", "Popolo.Organization"),
                       ("memberships", "Popolo.Membership"), ("motions", "Popolo.Motion")):  # fmt: skip
        assert told[kind], kind
        for row in told[kind]:
            validator(rows).validate(row)
    persons = {row["id"]: row["name"] for row in told["persons"]}
    assert persons[told["motions"][0]["creator_id"]] == "张春梅"
    known = {row["id"] for row in told["organizations"]}
    assert {row["organization_id"] for row in told["memberships"]} <= known


def test_it_tells_published_votes_as_popolo_and_names_only_of_named_ones(cast: Cast) -> None:
    voters = members(cast, 3)
    for title, plan in (
        ("议程", {"preset": "committee"}),
        ("测评", {"preset": "zhenhai"}),
        ("没有公布的", {"preset": "committee"}),
    ):
        ballot = running(cast, voters, title=title, **plan)
        for user in voters:
            cast_vote(ballot, user, ballot.rule["choices"][0])
        closed(ballot, cast)
        closing.announce(ballot.pk)
        if title != "没有公布的":
            closing.make_public(ballot.pk)
    told = ask(f"/popolo/{cast.congress.pk}/")["vote_events"]
    for row in told:
        validator("Popolo.VoteEvent").validate(row)
    secret, named = told
    assert (secret["identifier"], secret["result"], secret["votes"]) == ("测评", "满意", [])
    assert secret["counts"][0] == {"option": "满意", "value": 3}
    assert (named["identifier"], named["counts"][0]["option"]) == ("议程", "yes")
    assert {vote["voter"]["name"] for vote in named["votes"]} == {"委员01", "委员02", "委员03"}
