"""The daily seal, and the proofs handed out."""

import hashlib
import json
from datetime import date, timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from tests.cast import Cast

from bihuan.matters import guard, merkle, seal
from bihuan.matters.models import Act, Leaf, Seal
from bihuan.matters.verify import verify

DAY = date(2026, 3, 20)


def _leaves(cast: Cast, size: int) -> list[bytes]:
    """Acts without end are slow to make; leaves are appended as the sealer does, from given hashes."""
    entries = [hashlib.sha256(str(n).encode()).digest() for n in range(size)]
    tree = merkle.Frontier()
    Leaf.objects.bulk_create(
        seal._leaf(cast.congress, tree, n + 1, 1, n + 1, entry.hex())
        for n, entry in enumerate(entries)
    )
    return entries


@pytest.mark.parametrize("table", guard.TABLES)
@pytest.mark.parametrize("change", ["UPDATE {} SET congress_id = congress_id", "DELETE FROM {}"])
def test_it_lets_nobody_change_what_was_recorded(cast: Cast, table: str, change: str) -> None:
    cast.suggestion()
    seal.seal(cast.congress, DAY)
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(change.format(table))
    assert guard.present(connection)


def test_it_seals_what_is_new_and_keeps_the_root_of_all(cast: Cast) -> None:
    cast.suggestion("handed")
    first = seal.seal(cast.congress, DAY)
    cast.suggestion("working", title="关于路灯的建议")
    second = seal.seal(cast.congress, DAY + timedelta(days=1))
    hashes = [bytes.fromhex(act.hash) for act in Act.objects.order_by("pk")]
    assert (first.size, second.size) == (4, 9)
    assert first.root == merkle.root(hashes[:4]).hex()
    assert second.root == merkle.root(hashes).hex()
    grown = [bytes.fromhex(step) for step in seal.grown(cast.congress, first, second)]
    roots = bytes.fromhex(first.root), bytes.fromhex(second.root)
    assert merkle.check_consistency(4, 9, grown, *roots)


def test_it_makes_one_seal_of_two_on_a_day_without_new_acts(cast: Cast) -> None:
    cast.suggestion()
    assert seal.seal(cast.congress, DAY) == seal.seal(cast.congress, DAY)
    assert seal.seal(cast.congress, DAY + timedelta(days=1)).size == 1
    assert Seal.objects.count() == 2


def test_it_seals_each_congress_by_itself(cast: Cast) -> None:
    cast.suggestion()
    assert seal.seal(cast.elsewhere, DAY).size == 0
    assert seal.seal(cast.elsewhere, DAY).root == merkle.EMPTY.hex()


def test_it_takes_an_act_that_was_committed_after_a_later_one(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    cast.suggestion("handed")
    early = Act.objects.order_by("pk")[1]
    unsealed = seal._unsealed
    monkeypatch.setattr(seal, "_unsealed", lambda one: unsealed(one).exclude(pk=early.pk))
    assert seal.seal(cast.congress, DAY).size == 3
    monkeypatch.undo()
    assert seal.seal(cast.congress, DAY).size == 4
    assert Leaf.objects.get(index=3).act_id == early.pk
    assert verify().ok


def test_it_goes_on_after_being_cut_off_between_leaves_and_root(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    cast.suggestion("working")
    monkeypatch.setattr(seal, "BATCH", 2)
    assert seal._append(cast.congress, 0)
    assert seal.seal(cast.congress, DAY).size == 5
    assert [leaf.index for leaf in Leaf.objects.order_by("index")] == [0, 1, 2, 3, 4]
    assert verify().ok


@pytest.mark.parametrize("size", [255, 256, 257, 1500])
def test_it_reckons_roots_and_proofs_from_kept_subtrees(cast: Cast, size: int) -> None:
    entries = _leaves(cast, size)
    assert seal.tree_of(cast.congress, 0, size).root() == merkle.root(entries)
    for index in (0, size // 2, size - 1):
        ranges = merkle.inclusion_ranges(index, size)
        path = [seal.tree_of(cast.congress, *one).root() for one in ranges]
        assert path == merkle.inclusion_proof(index, entries)


def test_it_gives_an_outsider_all_he_needs_to_check_an_act(cast: Cast) -> None:
    matter = cast.suggestion("working")
    seal.seal(cast.congress, DAY)
    proof = seal.proof_of(matter.acts.all()[3])
    assert proof is not None
    handed = json.loads(json.dumps(proof.as_json()))
    assert seal.check_proof(handed)
    assert json.loads(handed["act"])["kind"] == "hand_over"


@pytest.mark.parametrize(
    "change",
    [
        {"act": "{}"},
        {"index": 0},
        {"size": 2},
        {"path": []},
        {"path": ["zz"]},
        {"root": "00"},
        {"root": None},
        {"index": "x"},
    ],
)
def test_it_takes_no_proof_that_was_changed(cast: Cast, change: dict[str, object]) -> None:
    matter = cast.suggestion("working")
    seal.seal(cast.congress, DAY)
    proof = seal.proof_of(matter.acts.all()[3])
    assert proof is not None
    assert not seal.check_proof(proof.as_json() | change)


def test_it_has_no_proof_of_what_is_not_sealed_yet(cast: Cast) -> None:
    act = cast.suggestion().acts.get()
    assert seal.proof_of(act) is None
