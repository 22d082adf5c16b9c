"""The Merkle tree, against the published vectors of Certificate Transparency and a plain reading of the RFC."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.cast import Cast

from bihuan.matters import chain, merkle
from bihuan.matters.models import Act, Assignment, Matter

ENTRIES = [
    bytes.fromhex(entry)
    for entry in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
INCLUSIONS = {
    (0, 8): [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
    (5, 8): [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
}
CONSISTENCIES = {
    (6, 8): [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
    (2, 5): [
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ],
}
entries = st.integers(1, 70).map(lambda size: [bytes([n]) for n in range(size)])


def plain_root(of: list[bytes]) -> bytes:
    """MTH as §2.1.1 defines it, word for word."""
    if not of:
        return hashlib.sha256().digest()
    if len(of) == 1:
        return hashlib.sha256(b"\0" + of[0]).digest()
    split = max(2**n for n in range(20) if 2**n < len(of))
    return hashlib.sha256(b"\1" + plain_root(of[:split]) + plain_root(of[split:])).digest()


@pytest.mark.parametrize("size", range(9))
def test_it_reckons_the_published_roots(size: int) -> None:
    assert merkle.root(ENTRIES[:size]).hex() == ROOTS[size]


@pytest.mark.parametrize(("index", "size"), INCLUSIONS)
def test_it_gives_the_published_proofs_of_inclusion(index: int, size: int) -> None:
    proof = merkle.inclusion_proof(index, ENTRIES[:size])
    assert [step.hex() for step in proof] == INCLUSIONS[index, size]


@pytest.mark.parametrize(("old", "new"), CONSISTENCIES)
def test_it_gives_the_published_proofs_of_consistency(old: int, new: int) -> None:
    proof = merkle.consistency_proof(old, ENTRIES[:new])
    assert [step.hex() for step in proof] == CONSISTENCIES[old, new]


@given(entries)
def test_it_agrees_with_a_plain_reading_of_the_definition(of: list[bytes]) -> None:
    assert merkle.root(of) == plain_root(of)


@given(entries, st.data())
def test_it_accepts_its_proof_of_inclusion_and_no_other(
    of: list[bytes], data: st.DataObject
) -> None:
    index = data.draw(st.integers(0, len(of) - 1))
    proof, root = merkle.inclusion_proof(index, of), merkle.root(of)
    leaf = merkle.leaf_hash(of[index])
    assert merkle.check_inclusion(leaf, index, len(of), proof, root)
    assert not merkle.check_inclusion(merkle.leaf_hash(b"other"), index, len(of), proof, root)
    assert not merkle.check_inclusion(leaf, len(of), len(of), proof, root)
    assert not merkle.check_inclusion(leaf, index, len(of), [*proof, root], root)
    assert not proof or not merkle.check_inclusion(leaf, index, len(of), proof[:-1], root)


@given(entries, st.data())
def test_it_accepts_its_proof_of_consistency_and_no_other(
    of: list[bytes], data: st.DataObject
) -> None:
    old = data.draw(st.integers(1, len(of)))
    proof, before, after = merkle.consistency_proof(old, of), merkle.root(of[:old]), merkle.root(of)
    assert merkle.check_consistency(old, len(of), proof, before, after)
    assert not merkle.check_consistency(old, len(of), proof, before, merkle.EMPTY)
    assert not merkle.check_consistency(old, len(of), proof, merkle.EMPTY, after)
    assert not merkle.check_consistency(old, len(of), [*proof, before], before, after)


def test_it_refuses_places_outside_the_tree() -> None:
    with pytest.raises(ValueError, match="不在"):
        merkle.inclusion_ranges(8, 8)
    with pytest.raises(ValueError, match="长不成"):
        merkle.consistency_ranges(0, 8)


def test_it_hashes_every_column_of_an_act_but_its_key() -> None:
    columns = {field.attname for field in Act._meta.concrete_fields}
    assert columns - {*chain.COVERED, "at", "day"} == {"id", "hash"}


def test_it_hashes_every_column_an_act_leaves_behind() -> None:
    matter = {field.attname for field in Matter._meta.concrete_fields}
    assert matter - set(chain.MATTER_ROW) == {
        "id",
        "acts_count",
        "head",
        "last_day",
        "counted_until",
    }
    share = {field.attname for field in Assignment._meta.concrete_fields}
    assert share - set(chain.SHARE_ROW) == {"id", "matter_id"}


def test_it_chains_each_act_to_the_one_before(cast: Cast) -> None:
    acts = list(cast.suggestion("closed").acts.all())
    assert [act.previous for act in acts] == [chain.FIRST, *(act.hash for act in acts[:-1])]
    assert [chain.hash_of(act) for act in acts] == [act.hash for act in acts]
