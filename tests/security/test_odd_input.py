"""Whatever is typed into whichever form, or stands in whichever cell: a sentence, never a fault.

The forms are read from the pages themselves, so that a form added tomorrow is tried tomorrow.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from functools import cached_property
from html.parser import HTMLParser
from http.cookies import SimpleCookie
from pathlib import Path

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.cast import Cast, make_cast

from bihuan.cli import run
from bihuan.matters.models import Matter

pytestmark = pytest.mark.django_db

ODD = (
    "长" * 30_000,
    "名" * 65,
    "甲\0乙",
    "\u202e倒\u202c\u200f\u061c",
    "e\u0301" * 90 + "👨‍👩‍👧‍👦" * 9 + "\ufdfa" * 30,
    "9" * 400,
    "²",
    "٣",
    "1e999",
    "99999-12-31",
    "%_\\' OR 1=1 --",
    "{{ 7|add:7 }}${7*7}<script>alert(1)</script>",
    "\r\nSet-Cookie: a=b",
    "//evil.example/",
    " \t\u3000\u200b ",
)
ROLES = ("clerk", "deputy", "contact", "committee", "system_admin", "security_admin", "audit_admin")
SKIPPED = "csrfmiddlewaretoken"
CONTROLS = ("input", "select", "textarea", "button")


@dataclass(frozen=True)
class FoundForm:
    """A form as it stood on a page: who saw it, where it goes, what it asks and held."""

    role: str
    method: str
    action: str
    names: dict[str, str] = field(hash=False)


class Forms(HTMLParser):
    """The forms of a page."""

    def __init__(self, role: str, url: str) -> None:
        super().__init__()
        self.role, self.url = role, url
        self.found: list[FoundForm] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            method = given.get("method", "get").lower()
            action = given.get("action") or self.url
            self.found.append(FoundForm(self.role, method, action, {}))
        elif tag in CONTROLS and self.found and given.get("name", SKIPPED) != SKIPPED:
            self.found[-1].names[given["name"]] = given.get("value", "")


@dataclass
class World:
    """A cast with matters in several states, and every form its people see."""

    cast: Cast

    @cached_property
    def clients(self) -> dict[str, tuple[Client, SimpleCookie]]:
        """A browser for each role, and its cookies as it signed in."""
        signed_in = {role: self.cast.client(role) for role in ROLES}
        return {role: (client, deepcopy(client.cookies)) for role, client in signed_in.items()}

    @cached_property
    def forms(self) -> list[FoundForm]:
        """Looked for when first asked for: the pages want a test's settings."""
        return list(_forms(self.cast))


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: object) -> Iterator[World]:
    """Built once, and taken away after all tests."""
    with django_db_blocker.unblock(), transaction.atomic():  # type: ignore[attr-defined]
        cast, today = make_cast(), timezone.localdate()
        for stage in ("draft", "to_hand_over", "working", "rating"):
            cast.suggestion(stage, day=today, title=f"关于修路的建议 {stage}")
        made = World(cast)
        assert made.clients, "signed in here, so that no test's end takes their sessions away"
        yield made
        transaction.set_rollback(True)


def _forms(cast: Cast) -> Iterator[FoundForm]:
    seen = set()
    for role in ROLES:
        client = cast.client(role)
        client.raise_request_exception = True
        for url in _pages(client):
            answer = client.get(url)
            if answer.status_code != 200 or "html" not in answer.headers.get("Content-Type", ""):
                continue
            parser = Forms(role, url)
            parser.feed(answer.content.decode())
            for one in parser.found:
                mark = (re.sub(r"\d+", "N", one.action), tuple(sorted(one.names)))
                if mark not in seen and one.names:
                    seen.add(mark)
                    yield one


def _pages(client: Client) -> Iterator[str]:
    """Every address that asks for nothing, and for one institution and each matter what they link to."""
    pages = [url for url in _plain(get_resolver()) if not url.endswith((".ics", ".xml"))]
    for matter in Matter.objects.order_by("pk"):
        pages.append(f"/m/{matter.pk}/")
    pages += ["/l/suggestions/", "/x/suggestions/import/", "/house/params/suggestions/ratings/"]
    pages += ["/house/params/suggestions/reply_within/", "/b/suggestions/"]
    pages += [f"/house/{key}/new/" for key in ("bodies", "persons", "posts", "seats", "days")]
    pages += [f"/house/{key}/" for key in ("bodies", "persons", "posts", "seats", "days")]
    for page in list(pages):
        answer = client.get(page)
        if answer.status_code == 200 and "html" in answer.headers.get("Content-Type", ""):
            links = _Links()
            links.feed(answer.content.decode())
            pages += [link for link in links.found if "/act/" in link or "/new/" in link]
    yield from dict.fromkeys(pages)


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        link = given.get("href") if tag == "a" else None
        if link and link.startswith("/"):
            self.found.append(link)


def _plain(resolver: URLResolver, prefix: str = "") -> Iterator[str]:
    for pattern in resolver.url_patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _plain(pattern, route)
        elif isinstance(pattern, URLPattern) and "<" not in route and "sign-out" not in route:
            yield "/" + route.replace("^", "").replace("$", "")


def _send(world: World, form: FoundForm, values: dict[str, str]) -> int:
    client, signed_in = world.clients[form.role]
    client.cookies = deepcopy(signed_in)
    client.raise_request_exception = True
    with transaction.atomic():
        send = client.get if form.method == "get" else client.post
        answer = send(form.action, values)
        b"".join(answer) if answer.streaming else answer.content  # type: ignore[arg-type]
        transaction.set_rollback(True)
    return answer.status_code


def test_it_finds_the_forms_of_every_room(world: World) -> None:
    assert len(world.forms) > 40
    actions = {form.action for form in world.forms}
    assert any("/act/reply/" in action for action in actions), sorted(actions)
    assert any("/act/hand_over/" in action for action in actions)
    assert any("/house/users/new/" in action for action in actions)
    assert sum(len(form.names) for form in world.forms) > 120


@pytest.mark.parametrize("odd", ODD, ids=lambda odd: ascii(odd)[:24])
def test_it_answers_every_form_filled_with_one_odd_thing(world: World, odd: str) -> None:
    faults = []
    for form in world.forms:
        try:
            status = _send(world, form, dict.fromkeys(form.names, odd))
        except Exception as error:
            faults.append(f"{form.role} {form.method} {form.action}：{error!r}"[:300])
            continue
        if status >= 500:
            faults.append(f"{form.role} {form.method} {form.action}：{status}")
    assert not faults, "\n".join(faults)


text = st.text(st.characters(codec="utf-8"), max_size=60) | st.sampled_from(ODD)
numbers = st.integers().map(str) | st.floats().map(str) | st.dates().map(str)


@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(data=st.data())
def test_it_answers_any_mixture(world: World, data: st.DataObject) -> None:
    """Some fields as they stood on the page, some odd: what a first check lets through, the next must stop."""
    form = data.draw(st.sampled_from(world.forms))
    values = {
        name: data.draw(st.one_of(st.just(held), text, numbers), label=name)
        for name, held in form.names.items()
    }
    assert _send(world, form, values) < 500


LEDGERS = {
    "suggestions": [
        "建议编号",
        "建议标题",
        "提出人",
        "承办单位",
        "责任人",
        "办理结果",
        "交办日期",
        "内容",
    ],
    "people": ["姓名", "电话", "职务", "代表团", "选举单位", "代表证号", "届"],
    "bodies": ["名称", "简称", "上级", "类别"],
}


@pytest.mark.parametrize("key", LEDGERS)
@pytest.mark.parametrize("mode", [[], ["--skip-rejected"]])
def test_it_answers_any_cell(
    world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str], key: str, mode: list[str]
) -> None:
    columns, file = LEDGERS[key], tmp_path / "台账.csv"
    plain = dict.fromkeys(columns, "") | {columns[0]: "1", columns[1]: "关于修桥的建议"}
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(columns)
        for number, odd in enumerate(ODD):
            for column in columns:
                row = plain | {columns[0]: f"{number}{column}"} | {column: odd[:5_000]}
                writer.writerow([row[name] for name in columns])
    with transaction.atomic():
        code = run(["import", key, str(file), *mode, "--json"])
        transaction.set_rollback(True)
    told = capsys.readouterr()
    assert code in (0, 1, 2)
    assert "Traceback" not in told.err
    assert "rejected" in told.out
