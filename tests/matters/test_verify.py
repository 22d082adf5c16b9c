"""Whatever is changed behind the program's back is found, and named."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection, transaction
from pytest_django import Settings
from tests.cast import Cast

from bihuan.loop.forms import Refusal
from bihuan.matters import chain, files, guard
from bihuan.matters import verify as module
from bihuan.matters.act import Doer, act
from bihuan.matters.models import (
    Act,
    Assignment,
    Attachment,
    Leaf,
    Matter,
    Proposer,
    Seal,
)
from bihuan.matters.seal import seal
from bihuan.matters.verify import Report, verify
from bihuan.people.models import User

Tamper = Callable[..., None]
DAY = date(2026, 3, 20)
TITLE = "关于修建城北人行天桥的建议"
LATER = datetime(2026, 1, 1, tzinfo=UTC)


def _other(field: str, cast: Cast, matter: Matter) -> Any:
    """Another value of this column than the one it has."""
    row = matter.acts.get(seq=4)
    others: dict[str, Any] = {
        "congress_id": cast.elsewhere.pk,
        "matter_id": Matter.objects.exclude(pk=matter.pk).get().pk,
        "user_id": cast.leader.pk,
        "id": row.pk + 1000,
        "seq": 40,
        "late": True,
        "at": LATER,
        "day": date(2026, 1, 1),
        "data": {**row.data, "note": "改"},
        "outcome": {**row.outcome, "round": 2},
        "rules": [],
        "hash": "0" * 64,
        "previous": "0" * 64,
    }
    return others.get(field, "改")


def _say(report: Report) -> str:
    return "\n".join(map(str, report.broken))


@pytest.fixture
def matter(cast: Cast) -> Matter:
    """A suggestion with a share and five acts, and another beside it; both sealed."""
    made = cast.suggestion("working")
    cast.suggestion(title="另一件")
    seal(cast.congress, DAY)
    return made


def test_it_finds_nothing_where_nothing_was_changed(cast: Cast, matter: Matter) -> None:
    report = verify()
    assert (report.broken, report.ok, report.guarded) == ([], True, True)
    assert (report.acts, report.matters, report.sealed) == (6, 2, 6)
    assert verify(cast.elsewhere) == Report()


@pytest.mark.parametrize("field", [field.attname for field in Act._meta.concrete_fields])
def test_it_names_the_act_of_which_a_column_was_changed(
    cast: Cast, matter: Matter, tamper: Tamper, field: str
) -> None:
    row = matter.acts.get(seq=4)
    assert getattr(row, field) != _other(field, cast, matter)
    tamper(row, **{field: _other(field, cast, matter)})
    report = verify()
    assert not report.ok
    assert not report.guarded
    assert any(one.matter == f"1 {TITLE}" for one in report.broken)
    assert any("第 4 个动作" in one.act or "第 5 个动作" in one.act for one in report.broken)


@pytest.mark.parametrize("seq", [1, 3, 5])
def test_it_names_an_act_that_was_removed(
    cast: Cast, matter: Matter, tamper: Tamper, seq: int
) -> None:
    tamper(matter.acts.get(seq=seq))
    assert f"【1 {TITLE}】【第 {seq} 个动作】封存过的动作不见了" in _say(verify())


def test_it_names_the_last_act_removed_with_the_matter_set_back(
    cast: Cast, matter: Matter, tamper: Tamper
) -> None:
    before = matter.acts.get(seq=4)
    tamper(matter.assignments.get(), state="handed", phase="pending", facts={}, since=before.day)
    facts = {**before.outcome["facts"]}
    facts.pop("title")
    columns = {"acts_count": 4, "head": before.hash, "last_day": before.day, "facts": facts}
    tamper(matter, **columns)
    tamper(matter.acts.get(seq=5))
    report = verify()
    assert [(one.matter, one.act) for one in report.broken] == [(f"1 {TITLE}", "第 5 个动作")]


def test_it_finds_the_last_act_removed_before_any_seal(cast: Cast, tamper: Tamper) -> None:
    made = cast.suggestion("working")
    tamper(made.acts.get(seq=5))
    assert "事项记有 5 个动作，之后的动作不见了" in _say(verify())


def test_it_finds_acts_whose_order_was_changed(cast: Cast, matter: Matter, tamper: Tamper) -> None:
    second, third = matter.acts.get(seq=2), matter.acts.get(seq=3)
    tamper(second, seq=99)
    tamper(third, seq=2)
    tamper(second, seq=3)
    said = _say(verify())
    assert "【第 2 个动作“代表工委审查通过”】" in said
    assert "【第 3 个动作“提交”】" in said


def _copy(act: Act, **columns: Any) -> Act:
    """A forged act that hashes as it should."""
    act.pk, act.token = None, ""
    for name, value in columns.items():
        setattr(act, name, value)
    act.hash = chain.hash_of(act)
    act.save(force_insert=True)
    return act


def test_it_names_an_act_that_was_appended_past_the_program(cast: Cast, matter: Matter) -> None:
    last = matter.acts.get(seq=5)
    _copy(last, seq=6, previous=matter.head)
    assert "【第 6 个动作“签收”】事项只记有 5 个动作，之后的是插入的" in _say(verify())


def test_it_names_an_act_that_was_forged_whole_but_backdated(
    cast: Cast, matter: Matter, tamper: Tamper
) -> None:
    forged = _copy(matter.acts.get(seq=5), seq=6, previous=matter.head, at=LATER)
    tamper(matter, head=forged.hash, acts_count=6)
    said = _say(verify())
    assert "【第 6 个动作“签收”】记录时间早于 2026-03-20 的封存，封存时却没有它" in said


def test_it_finds_a_chain_that_was_rewritten_whole(
    cast: Cast, matter: Matter, tamper: Tamper
) -> None:
    last = matter.acts.get(seq=5)
    last.who = "别人"
    forged = chain.hash_of(last)
    tamper(last, who="别人", hash=forged)
    tamper(matter, head=forged)
    assert [str(one) for one in verify().broken] == [
        f"【1 {TITLE}】【第 5 个动作“签收”】与封存时的校验值不同：封存后被改写过"
    ]


MATTER_CHANGES: dict[str, Any] = {
    "number": "9",
    "year": 2025,
    "title": "改",
    "text": "改",
    "state": "closed",
    "phase": "closed",
    "since": date(2020, 1, 1),
    "due_on": date(2030, 1, 1),
    "own_due_on": date(2030, 1, 1),
    "lapsed": True,
    "limit": {"due": "2030-01-01"},
    "round": 2,
    "facts": {},
    "raised_on": date(2020, 1, 1),
    "raised_by_id": None,
    "closed_on": date(2020, 1, 1),
    "public": True,
    "identity": "改",
    "acts_count": 4,
    "head": "0" * 64,
    "last_day": date(2020, 1, 1),
}


@pytest.mark.parametrize("field", MATTER_CHANGES)
def test_it_names_the_matter_of_which_a_column_was_changed(
    matter: Matter, tamper: Tamper, field: str
) -> None:
    tamper(matter, **{field: MATTER_CHANGES[field]})
    (*_, fault) = verify().broken
    assert fault.matter == str(Matter.objects.get(pk=matter.pk))
    assert "第 5 个动作“签收”" in fault.act


def test_it_finds_a_matter_given_another_parent_or_congress(
    cast: Cast, matter: Matter, tamper: Tamper
) -> None:
    other = Matter.objects.exclude(pk=matter.pk).get()
    tamper(matter, parent_id=other.pk)
    assert not verify().ok
    tamper(matter, parent_id=None, congress_id=cast.elsewhere.pk)
    assert not verify().ok


SHARE_CHANGES: dict[str, Any] = {
    "person_name": "别人",
    "kind": "co",
    "state": "replied",
    "phase": "closed",
    "since": date(2020, 1, 1),
    "handed_on": date(2020, 1, 1),
    "due_on": date(2030, 1, 1),
    "own_limit": date(2030, 1, 1),
    "extended": "hard_within",
    "limit": None,
    "lapsed": True,
    "done_on": date(2020, 1, 1),
    "facts": {},
    "key": "2",
    "institution": "opinions",
}


@pytest.mark.parametrize("field", SHARE_CHANGES)
def test_it_finds_a_share_that_was_changed(matter: Matter, tamper: Tamper, field: str) -> None:
    tamper(Assignment.objects.get(), **{field: SHARE_CHANGES[field]})
    assert "事项或承办现在的样子与这个动作之后的不一致" in _say(verify())


def test_it_finds_a_share_given_to_another_body_person_matter_or_congress(
    cast: Cast, matter: Matter, tamper: Tamper
) -> None:
    share = Assignment.objects.get()
    changes: dict[str, Any] = {
        "body_id": cast.bodies["finance"].pk,
        "person_id": cast.leader.person_id,
        "matter_id": Matter.objects.exclude(pk=matter.pk).get().pk,
        "congress_id": cast.elsewhere.pk,
    }
    for name, value in changes.items():
        before = getattr(share, name)
        tamper(share, **{name: value})
        assert not verify().ok, name
        tamper(share, **{name: before})
    assert {f.attname for f in Assignment._meta.concrete_fields} == {*changes, *SHARE_CHANGES, "id"}
    assert verify().ok


def test_it_finds_shares_and_proposers_removed_or_added(matter: Matter, tamper: Tamper) -> None:
    tamper(Assignment.objects.get())
    assert "承办单位的个数" in _say(verify())
    tamper(matter.proposers.get())
    assert "提出人与提出时记录的不一致" in _say(verify())
    Proposer.objects.create(matter=matter, name="别人")
    assert "提出人与提出时记录的不一致" in _say(verify())


def test_it_names_a_matter_written_past_the_program(cast: Cast) -> None:
    Matter.objects.create(
        congress=cast.congress,
        institution="suggestions",
        year=2026,
        title="没有来历的",
        state="draft",
        phase="pending",
        since=DAY,
        raised_on=DAY,
    )
    assert "【没有来历的】没有一个动作记录" in _say(verify())


def test_it_names_a_matter_that_was_removed_whole(
    cast: Cast, matter: Matter, tamper: Tamper
) -> None:
    for row in (*matter.acts.all(), *matter.proposers.all(), *matter.assignments.all()):
        tamper(row)
    tamper(matter)
    said = _say(verify())
    assert f"【事项 {matter.pk}（已不在）】【第 1 个动作】封存过的动作不见了" in said


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"hash": "0" * 64}, "与封存时的校验值不同"),
        ({"hash": "zz"}, "与封存时的校验值不同"),
        ({"above": "ab"}, "子树校验值被改动过"),
        ({"index": 50}, "封存表在它之前缺了"),
        ({"act_id": 999_999}, "封存过的动作不见了"),
        ({"seq": 50}, "移到了别的位置"),
        ({"matter_id": 999_999}, "移到了别的位置"),
        ({}, "算不出这个封存值"),
    ],
)
def test_it_finds_a_changed_leaf(
    matter: Matter, tamper: Tamper, changes: dict[str, Any], said: str
) -> None:
    if not changes:
        tamper(Leaf.objects.get(index=2))
        assert "封存表只剩 5 个" in _say(verify())
        return
    tamper(Leaf.objects.get(index=2), **changes)
    assert said in _say(verify())


@pytest.mark.parametrize("changes", [{"root": "0" * 64}, {"size": 5}, {"size": 60}])
def test_it_finds_a_changed_seal(matter: Matter, tamper: Tamper, changes: dict[str, Any]) -> None:
    tamper(Seal.objects.get(), **changes)
    assert "【2026-03-20 的封存】" in _say(verify())


SEAL_CHANGES: dict[str, Any] = {
    "day": date(2020, 1, 1),
    "at": LATER,
    "size": 5,
    "root": "0" * 64,
    "hash": "0" * 64,
}


@pytest.mark.parametrize("field", SEAL_CHANGES)
def test_it_finds_each_column_of_a_seal_changed(
    cast: Cast, matter: Matter, tamper: Tamper, field: str
) -> None:
    seal(cast.congress, DAY + timedelta(days=1))
    tamper(Seal.objects.order_by("pk")[0], **{field: SEAL_CHANGES[field]})
    assert "封存的日期、时间或内容被改动过" in _say(verify())


def test_it_finds_a_seal_removed_or_moved_to_another_congress(
    cast: Cast, matter: Matter, tamper: Tamper
) -> None:
    seal(cast.congress, DAY + timedelta(days=1))
    first = Seal.objects.order_by("pk")[0]
    tamper(first, congress_id=cast.elsewhere.pk)
    assert "【2026-03-20 的封存】" in _say(verify(cast.elsewhere))
    tamper(first)
    assert "【2026-03-21 的封存】这个封存的日期、时间或内容被改动过" in _say(verify(cast.congress))


def test_it_covers_every_column_of_what_is_sealed() -> None:
    columns = {field.attname for field in Seal._meta.concrete_fields}
    assert columns == {*SEAL_CHANGES, "id", "congress_id"}
    leaf = {field.attname for field in Leaf._meta.concrete_fields}
    assert leaf == {"id", "congress_id", "index", "act_id", "matter_id", "seq", "hash", "above"}


@pytest.fixture
def joined(cast: Cast) -> Matter:
    """A suggestion into which another deputy's was joined."""
    target = cast.suggestion("to_hand_over")
    other = cast.suggestion("to_hand_over", title="同一座桥", by="other_deputy")
    clerk = Doer("clerk", cast.clerk)
    cast.take(other, "join", clerk, DAY, {"joined_to": str(target.pk)})
    assert [row.name for row in target.proposers.all()] == ["张春梅", "李大山"]
    assert verify().ok
    return target


@pytest.mark.parametrize("place", [0, 1])
@pytest.mark.parametrize("field", ["name", "place", "seat_id", "joined_from_id", "matter_id", ""])
def test_it_finds_each_column_of_a_proposer_changed(
    cast: Cast, joined: Matter, tamper: Tamper, place: int, field: str
) -> None:
    row = joined.proposers.all()[place]
    other = cast.suggestion(title="第三件", by="deputy" if place else "other_deputy")
    changed: dict[str, Any] = {"name": "别人", "place": 7, "seat_id": None, "matter_id": other.pk}
    changed["joined_from_id"] = None if row.joined_from_id else other.pk
    tamper(row, **({field: changed[field]} if field else {}))
    said = [str(one) for one in verify().broken]
    assert any("提出人与并案时记录的不一致" in one and "并入一件" in one for one in said), said


def test_it_names_the_proposer_that_was_added(joined: Matter) -> None:
    Proposer.objects.create(matter=joined, name="混进来的", place=9)
    assert "多了“混进来的”" in _say(verify())


def test_it_refuses_to_join_into_a_matter_that_cannot_be_told(cast: Cast) -> None:
    draft = cast.suggestion("draft")
    other = cast.suggestion("to_hand_over", title="同一座桥", by="other_deputy")
    data = {"joined_to": str(draft.pk)}
    done = act(other.pk, "join", Doer("clerk", cast.clerk), DAY, data)
    assert isinstance(done, Refusal)
    assert done.say.startswith("不能并入")
    assert draft.proposers.count() == 1
    assert verify().ok


def test_it_refuses_to_empty_what_was_recorded(cast: Cast, matter: Matter) -> None:
    connection.check_constraints()  # or PostgreSQL refuses for what still waits to be checked
    for table in guard.TABLES:
        statement = f"DELETE FROM {table}"
        if connection.vendor == "postgresql":
            statement = f"TRUNCATE {table} CASCADE"
        with pytest.raises(DatabaseError, match=guard.SAY), transaction.atomic():
            connection.cursor().execute(statement)
    if connection.vendor == "postgresql":
        with pytest.raises(DatabaseError, match=guard.SAY), transaction.atomic():
            connection.cursor().execute("TRUNCATE matters_matter CASCADE")
    assert verify().ok


def _with_file(cast: Cast, settings: Settings, folder: Path) -> Attachment:
    settings.FILES_FOLDER = folder
    matter = cast.suggestion("working")
    kept = files.keep(SimpleUploadedFile("面商记录.txt", "谈了".encode()), cast.congress, None)
    assert isinstance(kept, Attachment)
    doer = Doer("lead_body", cast.contact)
    data = {"category": "A", "reply_text": "已办", "files": [str(kept.pk)]}
    cast.take(matter, "reply", doer, DAY, data, "1")
    return Attachment.objects.get()


def test_it_names_a_file_that_is_gone_or_was_changed(
    cast: Cast, settings: Settings, tmp_path: Path
) -> None:
    kept = _with_file(cast, settings, tmp_path)
    assert (verify().files, verify().ok) == (1, True)
    path = files.path_of(kept.sha256)
    path.write_bytes(b"other")
    assert "【第 6 个动作“答复代表”】附件“面商记录.txt”的内容与提交时不同" in _say(verify())
    path.unlink()
    assert "附件“面商记录.txt”的文件不见了" in _say(verify())


FILE_CHANGES: list[dict[str, Any]] = [
    {"name": "别的.txt"},
    {"sha256": "0" * 64},
    {"size": 1},
    {"kind": "text/html"},
    {"scanned": "别的"},
    {"uploaded_at": LATER},
    {"matter_id": None},
    {"act_id": None},
    {},
]


def test_it_covers_every_column_of_a_file() -> None:
    changed = {name for one in FILE_CHANGES for name in one} | {
        "id",
        "congress_id",
        "uploaded_by_id",
    }
    assert {field.attname for field in Attachment._meta.concrete_fields} == changed


def test_it_finds_a_file_given_to_another_congress_or_user(
    cast: Cast, settings: Settings, tmp_path: Path, tamper: Tamper
) -> None:
    kept = _with_file(cast, settings, tmp_path)
    for changes in ({"congress_id": cast.elsewhere.pk}, {"uploaded_by_id": cast.leader.pk}):
        before = {name: getattr(kept, name) for name in changes}
        tamper(kept, **changes)
        assert "附件登记与这个动作所附的不一致" in _say(verify())
        tamper(kept, **before)
    assert verify().ok


@pytest.mark.parametrize("changes", FILE_CHANGES)
def test_it_finds_the_record_of_a_file_changed_or_removed(
    cast: Cast, settings: Settings, tmp_path: Path, tamper: Tamper, changes: dict[str, Any]
) -> None:
    tamper(_with_file(cast, settings, tmp_path), **changes)
    assert "附件登记与这个动作所附的不一致" in _say(verify())


def test_it_says_nothing_of_a_matter_that_moved_while_it_was_read(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the matter's row and its acts somebody acts: at a second look all is well."""
    matter = cast.suggestion("handed")
    acts, moved = module._acts, []

    def meanwhile(batch: list[Matter]) -> Any:
        if not moved:
            moved.append(1)
            doer = Doer("lead_body", User.objects.get(username="contact"))
            cast.take(matter, "acknowledge", doer, DAY, {}, "1")
        return acts(batch)

    monkeypatch.setattr(module, "_acts", meanwhile)
    assert verify().ok
    assert moved


def test_it_reads_a_thousand_acts_by_few_queries(
    cast: Cast, django_assert_max_num_queries: Callable[[int], Any]
) -> None:
    for _ in range(30):
        cast.suggestion("handed")
    seal(cast.congress, DAY + timedelta(days=1))
    with django_assert_max_num_queries(24):
        assert verify(cast.congress).acts == 120
